(* U9: the energy of the layers is at least a Schatten quasi-norm, and balanced layers have it. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Schatten.
Variables (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d).

(* h = Σ_i s_i(P)^{2/L}: the columns of Q are orthonormal eigenvectors of PᵀP, e are the
   eigenvalues s_i(P)², and r_i is the L-th root of e_i. *)
Definition is_schatten (h : F) : Prop :=
  exists (Q : 'M[F]_(d 0)) (e r : 'rV[F]_(d 0)),
  [/\ Q^T *m Q = 1%:M, (prefix W L)^T *m prefix W L *m Q = Q *m diag_mx e,
      (forall i, is_root L (e 0 i) (r 0 i)) & h = \sum_i r 0 i].

(* The layers are balanced between k and k.+1: W_{k+1}ᵀW_{k+1} = W_kW_kᵀ. *)
Definition balanced_at (k : nat) : Prop := (W k.+1)^T *m W k.+1 = W k *m (W k)^T.

End Schatten.

(* Π_k |W_k|² >= (Σ_i s_i(P)^{2/L})^L. *)
Definition product : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (h : F),
  is_schatten L W h -> h ^+ L <= \prod_(k < L) sq (W k).

(* Σ_k |W_k|² >= L Σ_i s_i(P)^{2/L}. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (h : F),
  is_schatten L W h -> L%:R * h <= energy L W.

(* Equality for balanced layers. *)
Definition balanced : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (h : F),
  (forall k, (k.+1 < L)%N -> balanced_at W k) ->
  is_schatten L W h -> energy L W = L%:R * h.

(* And for no others. *)
Definition only_if : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (h : F) (k : nat),
  (k.+1 < L)%N -> ~ balanced_at W k ->
  is_schatten L W h -> L%:R * h < energy L W.

(* --- false twins -------------------------------------------------------------------------- *)

(* L + 1 for L. *)
Definition larger_factor : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (h : F),
  is_schatten L W h -> (L%:R + 1) * h <= energy L W.
