(* Aligned networks, theorems/weight_decay/aligned.py: layers of rank one along signs r_k,
   W_0 = r_1 v and W_k = b_k r_{k+1} r_kᵀ.  With one output r_{D+1} is a number. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Aligned.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).

(* Hidden neurons have signs 1 or -1. *)
Definition aligned (W : network F d) : Prop :=
  exists (r : forall k, 'cV[F]_(d k)) (b : nat -> F) (v : 'rV[F]_(d 0)),
  [/\ forall k i, (0 < k <= D)%N -> r k i 0 ^+ 2 = 1,
      W 0%N = r 1%N *m v
    & forall k, (0 < k <= D)%N -> W k = b k *: (r k.+1 *m (r k)^T)].

(* All layers pay the same. *)
Definition equal_cost (g : nat -> F) (W : network F d) : Prop :=
  forall k, (k <= D)%N -> layer_penalty g W k = layer_penalty g W D.

End Aligned.
