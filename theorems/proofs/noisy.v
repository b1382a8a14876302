(* Noisy networks with weight decay: the terms of theorems/weight_decay/networks.py, origins.py and
   reduction.py.  A network has D hidden layers and D+1 matrices W 0, ..., W D; each hidden neuron
   is multiplied by noise of mean 1 and variance s = σ², each layer has a decay g k.  The data are
   a second moment A = A_0 = E xxᵀ and a correlation c = E yxᵀ; losses leave out E|y|².  There may
   be several outputs: with one, c and w = W D ... W 0 are rows and traces are single numbers.
   Definitions only; a referee reads this once. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- the loss, over any commutative ring --------------------------------------------------- *)
Section Loss.
Variables (R : comRingType) (d : nat -> nat) (D : nat).
Variables (A : 'M[R]_(d 0)) (c : 'M[R]_(d D.+1, d 0)) (g : nat -> R) (s : R).
Implicit Types W : network R d.

(* Q + σ² diag(Q): what noise makes of a second moment. *)
Definition with_noise n (Q : 'M[R]_n) : 'M[R]_n := Q + s *: diag_mx (\row_i Q i i).

(* M_0 = A, M_{k+1} = Q + σ² diag(Q) with Q = W_k M_k W_kᵀ. *)
Fixpoint noisy_moment W (k : nat) : 'M[R]_(d k) :=
  if k is j.+1 then with_noise (W j *m noisy_moment W j *m (W j)^T) else A.

(* U M_D Uᵀ with U = W D. *)
Definition noisy_output_power W : R := \tr (W D *m noisy_moment W D *m (W D)^T).

(* w, w·c, wᵀA_0w and |w|² of the effective map w. *)
Definition effective_map W : 'M[R]_(d D.+1, d 0) := prefix W D.+1.
Definition effective_alignment W : R := dot (effective_map W) c.
Definition effective_energy W : R := \tr (effective_map W *m A *m (effective_map W)^T).
Definition effective_sq W : R := sq (effective_map W).

(* What layer k pays, γ_k|W_k|², and what all layers pay. *)
Definition layer_penalty W (k : nat) : R := g k * sq (W k).
Definition total_decay W : R := \sum_(k < D.+1) layer_penalty W k.

(* U M_D Uᵀ - 2 w·c + Σ_k γ_k|W_k|²: the loss averaged over the noise, without E|y|². *)
Definition regularised_loss W : R :=
  noisy_output_power W - 2 * effective_alignment W + total_decay W.

(* Γ = Π_k γ_k, |c|² and |W|² = Σ_k |W_k|². *)
Definition decay_product : R := \prod_(k < D.+1) g k.
Definition cross_sq : R := sq c.
Definition size_sq W : R := energy D.+1 W.

(* All weights zero. *)
Definition origin : network R d := fun=> 0.

End Loss.

(* --- derivatives --------------------------------------------------------------------------- *)
Section Derivatives.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Implicit Types W V : network F d.

(* t -> L(W + tV), a polynomial, and its first two derivatives at 0: what the gradient and the
   Hessian of L are along V. *)
Definition regularised_along W V : {poly F} :=
  regularised_loss (constant A) (constant c) (fun k => (g k)%:P) s%:P (line W V).
Definition regularised_slope W V : F := (regularised_along W V)^`().[0].
Definition regularised_hessian W V : F := (regularised_along W V)^`(2).[0].

(* ∇L(W) = 0. *)
Definition stationary W : Prop := forall V, regularised_slope W V = 0.

(* The direction that changes layer k alone, as W does: the slope along it is dL(tW_k)/dt. *)
Definition alone W (k : nat) : network F d := fun j => (j == k)%:R *: W j.

(* W has the least loss of all weights. *)
Definition is_global_minimum W : Prop :=
  forall V, regularised_loss A c g s W <= regularised_loss A c g s V.

(* κ = Π_i (1 + σ²/d_i) over the hidden layers. *)
Definition noise_factor : F := \prod_(i < D) (1 + s / (d i.+1)%:R).

(* cᵀA_0⁻¹c, what linear regression explains. *)
Definition explained_power : F := \tr (c *m invmx A *m c^T).

(* κ wᵀA_0w - 2 w·c + (D+1) r, where r is the (D+1)-th root of Γ|w|²; w is any linear map. *)
Definition reduced_objective (w : 'M[F]_(d D.+1, d 0)) (r : F) : F :=
  noise_factor * \tr (w *m A *m w^T) - 2 * dot w c + D.+1%:R * r.

(* A is the second moment of some data; it is definite if they span all inputs. *)
Definition semidefinite n (B : 'M[F]_n) : Prop :=
  B^T = B /\ forall x : 'cV_n, 0 <= dot x (B *m x).
Definition definite n (B : 'M[F]_n) : Prop :=
  B^T = B /\ forall x : 'cV_n, x != 0 -> 0 < dot x (B *m x).

End Derivatives.
