(* F4: gradient flow conserves the imbalance of neighbouring layers. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss quantities stepped.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* dD_k/dt = 0 at any time at which a curve has dW_k/dt = -∇_{W_k} R. *)
Definition flow : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (C : network (poly_comRingType F) d) (t : F),
  is_gradient X Y (position C t) (fun k => - velocity C t k) ->
  forall k, (k.+1 < L)%N -> forall i j, (imbalance C k i j)^`().[t] = 0.

(* D_k⁺ - D_k = η² (∇_{k+1}ᵀ ∇_{k+1} - ∇_k ∇_kᵀ). *)
Definition descent : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W G : network F d) (eta : F),
  is_gradient X Y W G ->
  forall k, (k.+1 < L)%N ->
  imbalance (step W G eta) k - imbalance W k = eta ^+ 2 *: imbalance G k.

(* Σ_k tr(D_k⁺ - D_k) = η² (|∇_L|² - |∇_1|²). *)
Definition trace : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W G : network F d) (eta : F),
  is_gradient X Y W G ->
  \sum_(k < L.-1) \tr (imbalance (step W G eta) k - imbalance W k)
    = eta ^+ 2 * (sq (G L.-1) - sq (G 0%N)).

(* --- false twins -------------------------------------------------------------------------- *)

(* Gradient descent with a finite step conserves the imbalance. *)
Definition finite_step : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W G : network F d) (eta : F),
  0 < eta -> is_gradient X Y W G ->
  \sum_(k < L.-1) \tr (imbalance (step W G eta) k - imbalance W k) = 0.
