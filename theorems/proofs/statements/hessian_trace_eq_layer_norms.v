(* F3p: the trace of the Hessian is a sum of layer norms, everywhere. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Traces.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

(* tr ∇²R: the sum of the form over the directions that move one weight. *)
Definition hessian_trace : F :=
  \sum_(k < L) \sum_(i < d k.+1) \sum_(j < d k) hessian X Y W (coordinate F d k i j).

(* Σ_k |A_k|² tr(B_k Σ B_kᵀ). *)
Definition layer_sum : F := \sum_(k < L)
  sq (suffix L W k.+1) * \tr (prefix W k *m moment X *m (prefix W k)^T).

End Traces.

(* tr ∇²R = 2 Σ_k |A_k|² tr(B_k Σ B_kᵀ). *)
Definition trace : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
  hessian_trace X Y W = 2 * layer_sum L X W.

(* --- false twins -------------------------------------------------------------------------- *)

(* The factor 2 left out. *)
Definition one_for_two : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
  hessian_trace X Y W = layer_sum L X W.
