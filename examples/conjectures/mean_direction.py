"""The least sharpness is at least what the mean direction of the inputs gives.

Proposed by ``certimin propose --about minimal_sharpness --over minimizers``.  On paper: a symmetric
matrix of trace zero has an orthonormal basis in which its diagonal vanishes (Fillmore 1969).  For
A = Σ/tr Σ - KTᵀTK/R(0) such a basis has (|Kz_i|²)/tr Σ = (|TKz_i|²)/R(0) = t_i with Σ_i t_i = 1, so
that some t_i >= 1/d_x; put that z_i into the formula of U1.  No kernel has checked this.

Attack it:  certimin search examples/conjectures/mean_direction.py
"""

from verify.conjecture import conjecture

CONJECTURE = conjecture(
    "mean-direction",
    "minimal_sharpness >= 2*depth*data_trace**(1/depth)*loss_at_zero**(1 - 1/depth)/d_x",
    over="minimizers",
    depth=(2, 5),
    width=(1, 4),
    title="the least sharpness is at least that of the mean direction of the inputs",
)
