(* N7: sampling noise moves the norms of two layers by a known law, and draws numbers together. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Samples.
Variables (F : realFieldType) (p q n : nat).
Variables (u : 'cV[F]_p) (w : 'cV[F]_q) (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F).

(* The loss (uᵀM_s w - y_s)² of a sample. *)
Definition sample_error s (a : 'cV[F]_p) (b : 'cV[F]_q) : F := (a^T *m M s *m b) 0 0 - y s.
Definition sample_loss s a b : F := sample_error s a b ^+ 2.

(* Its gradients in u and in w: it is quadratic in each, so differences of step one are exact. *)
Definition slope_u s : 'cV[F]_p :=
  \col_i ((sample_loss s (u + delta_mx i 0) w - sample_loss s (u - delta_mx i 0) w) / 2%:R).
Definition slope_w s : 'cV[F]_q :=
  \col_i ((sample_loss s u (w + delta_mx i 0) - sample_loss s u (w - delta_mx i 0)) / 2%:R).

(* A_s, its derivative in the products u_i w_j. *)
Definition derivative s : 'M[F]_(p, q) := (2%:R * sample_error s u w) *: M s.

(* Means over the samples. *)
Definition mean (x : 'I_n -> F) : F := n%:R^-1 * \sum_s x s.
Definition mean_matrix k l (B : 'I_n -> 'M[F]_(k, l)) : 'M[F]_(k, l) := n%:R^-1 *: \sum_s B s.
Definition batch_u : 'cV[F]_p := mean_matrix slope_u.
Definition batch_w : 'cV[F]_q := mean_matrix slope_w.

(* |u|² - |w|², after a step on all samples, and the mean of it after a step on one. *)
Definition norm_gap : F := sq u - sq w.
Definition norm_gap_after eta : F := sq (u - eta *: batch_u) - sq (w - eta *: batch_w).
Definition norm_gap_mean eta : F :=
  mean (fun s => sq (u - eta *: slope_u s) - sq (w - eta *: slope_w s)).
Definition slope_difference : F := sq batch_u - sq batch_w.

(* uᵀE[AAᵀ]u and wᵀE[AᵀA]w, and the same centred: uᵀC_1u and wᵀC_2w. *)
Definition moment_u : F := dot u (mean_matrix (fun s => derivative s *m (derivative s)^T) *m u).
Definition moment_w : F := dot w (mean_matrix (fun s => (derivative s)^T *m derivative s) *m w).
Definition noise_u : F :=
  moment_u - dot u (mean_matrix derivative *m (mean_matrix derivative)^T *m u).
Definition noise_w : F :=
  moment_w - dot w ((mean_matrix derivative)^T *m mean_matrix derivative *m w).

(* -∇f·∇L + ½T tr(C∇²f) for f = |u|² - |w|², C the covariance of the samples' gradients. *)
Definition generated_drift T : F :=
  T * mean (fun s => sq (slope_u s - batch_u) - sq (slope_w s - batch_w))
  - 2%:R * (dot u batch_u - dot w batch_w).

(* ∇fᵀC∇f, the variance over the samples of ∇f·∇ℓ_s. *)
Definition variance (x : 'I_n -> F) : F := mean (fun s => x s ^+ 2) - mean x ^+ 2.
Definition path_noise : F := variance (fun s => 2%:R * (dot u (slope_u s) - dot w (slope_w s))).

End Samples.

(* For numbers u and w: ∂ℓ/∂(uw) on all samples, and its variance over them. *)
Definition product_slope (F : realFieldType) n (u w : 'cV[F]_1) (M : 'I_n -> 'M[F]_1) y : F :=
  mean (fun s => derivative u w M y s 0 0).
Definition product_slope_variance (F : realFieldType) n (u w : 'cV[F]_1) (M : 'I_n -> 'M[F]_1) y :
  F := variance (fun s => derivative u w M y s 0 0).

(* |u⁺|² - |w⁺|² = |u|² - |w|² + η² (|g_u|² - |g_w|²). *)
Definition discrete : Prop :=
  forall (F : realFieldType) (p q n : nat) (u : 'cV[F]_p) (w : 'cV[F]_q)
         (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F) (eta : F),
  norm_gap_after u w M y eta = norm_gap u w + eta ^+ 2 * slope_difference u w M y.

(* For numbers, (1 - η²s²)(u² - w²). *)
Definition scalars : Prop :=
  forall (F : realFieldType) (n : nat) (u w : 'cV[F]_1) (M : 'I_n -> 'M[F]_1) (y : 'I_n -> F)
         (eta : F),
  norm_gap_after u w M y eta = (1 - eta ^+ 2 * product_slope u w M y ^+ 2) * norm_gap u w.

(* After a step on one sample, in the mean: |u|² - |w|² + η² (wᵀE[AᵀA]w - uᵀE[AAᵀ]u). *)
Definition single : Prop :=
  forall (F : realFieldType) (p q n : nat) (u : 'cV[F]_p) (w : 'cV[F]_q)
         (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F) (eta : F),
  (0 < n)%N ->
  norm_gap_mean u w M y eta
    = norm_gap u w + eta ^+ 2 * (moment_w u w M y - moment_u u w M y).

(* The generator takes |u|² - |w|² to -T (uᵀC_1u - wᵀC_2w). *)
Definition drift : Prop :=
  forall (F : realFieldType) (p q n : nat) (u : 'cV[F]_p) (w : 'cV[F]_q)
         (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F) (T : F),
  generated_drift u w M y T = - T * (noise_u u w M y - noise_w u w M y).

(* The noise does not move |u|² - |w|². *)
Definition noiseless : Prop :=
  forall (F : realFieldType) (p q n : nat) (u : 'cV[F]_p) (w : 'cV[F]_q)
         (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F),
  path_noise u w M y = 0.

(* For numbers the drift is -T Var(s) (u² - w²). *)
Definition scalar_drift : Prop :=
  forall (F : realFieldType) (n : nat) (u w : 'cV[F]_1) (M : 'I_n -> 'M[F]_1) (y : 'I_n -> F)
         (T : F),
  generated_drift u w M y T = - T * product_slope_variance u w M y * norm_gap u w.

(* --- false twins -------------------------------------------------------------------------- *)

(* Vectors of equal norms keep equal norms. *)
Definition norms_stay_balanced : Prop :=
  forall (F : realFieldType) (p q n : nat) (u : 'cV[F]_p) (w : 'cV[F]_q)
         (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F) (eta : F),
  0 < eta -> norm_gap u w = 0 -> norm_gap_after u w M y eta = 0.
