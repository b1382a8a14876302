(* F1: the gradient in a layer is the residual between the layers around it. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* ∇_{W_k} R = 2 A_kᵀ (PΣ - C) B_kᵀ, and nothing else is the gradient. *)
Definition gradient : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W G : network F d),
  is_gradient X Y W G <-> (forall k, (k < L)%N -> G k = 2 *:
    ((suffix L W k.+1)^T *m (prefix W L *m moment X - cross X Y) *m (prefix W k)^T)).

(* --- false twins -------------------------------------------------------------------------- *)

(* A_k and B_k swapped, for square layers. *)
Definition swapped : Prop :=
  forall (F : realFieldType) (p L m : nat) (X Y : 'M[F]_(p, m)) (W G : network F (fun=> p)),
  @is_gradient F (fun=> p) L m X Y W G -> forall k, (k < L)%N -> G k = 2 *:
    ((prefix W k : 'M[F]_p)^T *m (prefix W L *m @moment F (fun=> p) m X
       - @cross F (fun=> p) L m X Y) *m (suffix L W k.+1)^T).
