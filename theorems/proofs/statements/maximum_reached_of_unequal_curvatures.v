(* N12: stochastic gradient descent is stable by a product of factors and reaches some maxima. *)
From mathcomp Require Import all_ssreflect all_algebra.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Curvatures.
Variables (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F).

(* w after steps on the samples of a path: each takes w to w - ηh_i w, on the loss ½h_i w². *)
Definition end_of (w0 : F) (path : seq 'I_n) : F :=
  foldl (fun w i => w - eta * (h i * w)) w0 path.

(* The product of w_t over all n^t paths of t steps. *)
Definition path_product (w0 : F) (t : nat) : F :=
  \prod_(path : {ffun 'I_t -> 'I_n}) end_of w0 [seq path j | j : 'I_t].

(* The means of w_t and of w_t² over all n^t paths of t steps. *)
Definition path_mean (w0 : F) (t : nat) : F :=
  (n ^ t)%:R^-1 * \sum_(path : {ffun 'I_t -> 'I_n}) end_of w0 [seq path j | j : 'I_t].
Definition path_square_mean (w0 : F) (t : nat) : F :=
  (n ^ t)%:R^-1 * \sum_(path : {ffun 'I_t -> 'I_n}) end_of w0 [seq path j | j : 'I_t] ^+ 2.

(* The factors 1 - ηh_i: their product, and the product and the mean of their squares. *)
Definition factor i : F := 1 - eta * h i.
Definition factor_product : F := \prod_i factor i.
Definition square_product : F := \prod_i factor i ^+ 2.
Definition mean_square : F := n%:R^-1 * \sum_i factor i ^+ 2.
Definition mean_curvature : F := n%:R^-1 * \sum_i h i.

End Curvatures.

(* Two curvatures with the factors 1/(2 + a + b) and 2 + b. *)
Definition maximal (F : realFieldType) (a b eta : F) : 'I_2 -> F :=
  fun i => (1 - (if i == 0 then (2%:R + a + b)^-1 else 2%:R + b)) / eta.

(* Π_paths w_t = w_0^(n^t) (Π_i (1 - ηh_i))^(t n^(t-1)). *)
Definition logarithm : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta w0 : F) (t : nat),
  path_product h eta w0 t = w0 ^+ (n ^ t) * factor_product h eta ^+ (t * n ^ t.-1).

(* E w_t = (1 - η h̄)^t w_0. *)
Definition mean : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta w0 : F) (t : nat),
  (0 < n)%N -> path_mean h eta w0 t = (1 - eta * mean_curvature h) ^+ t * w0.

(* E w_t² = ((1/n) Σ_i (1 - ηh_i)²)^t w_0². *)
Definition square : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta w0 : F) (t : nat),
  path_square_mean h eta w0 t = mean_square h eta ^+ t * w0 ^+ 2.

(* Π_i (1 - ηh_i)² = (Π_i (1 - ηh_i))². *)
Definition squared : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F),
  square_product h eta = factor_product h eta ^+ 2.

(* (1/n) Σ_i (1 - ηh_i)² >= (1 - η h̄)². *)
Definition variance : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F),
  (0 < n)%N -> (1 - eta * mean_curvature h) ^+ 2 <= mean_square h eta.

(* Stable in square implies stable. *)
Definition weaker : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F),
  (0 < n)%N -> mean_square h eta < 1 -> square_product h eta < 1.

(* And then the mean loss has a minimum at 0. *)
Definition minimum : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F),
  (0 < n)%N -> 0 < eta -> mean_square h eta < 1 -> 0 < mean_curvature h.

(* At some maxima, h̄ < 0, *)
Definition maximum : Prop :=
  forall (F : realFieldType) (a b eta : F),
  0 < a -> 0 < b -> 0 < eta -> mean_curvature (maximal a b eta) < 0.

(* the product of the factors is below 1, *)
Definition reached : Prop :=
  forall (F : realFieldType) (a b eta : F),
  0 < a -> 0 < b -> 0 < eta -> square_product (maximal a b eta) eta < 1.

(* and the mean square grows. *)
Definition grows : Prop :=
  forall (F : realFieldType) (a b eta : F),
  0 < a -> 0 < b -> 0 < eta -> 1 < mean_square (maximal a b eta) eta.

(* --- false twins -------------------------------------------------------------------------- *)

(* Stable at minima only. *)
Definition never_a_maximum : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F),
  (0 < n)%N -> 0 < eta -> square_product h eta < 1 -> 0 <= mean_curvature h.

(* Stable only if stable in square. *)
Definition square_needed : Prop :=
  forall (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F),
  (0 < n)%N -> square_product h eta < 1 -> mean_square h eta <= 1.
