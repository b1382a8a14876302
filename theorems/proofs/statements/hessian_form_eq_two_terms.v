(* F2: the Hessian form is a Gram term plus a residual term. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W V : network F d).

(* P_1 = Σ_k A_k V_k B_k and P_2 = Σ_{j<k} A_k V_k (W_{k-1} ... W_{j+1}) V_j B_j. *)
Definition first_variation : 'M[F]_(d L, d 0) :=
  \sum_(k < L) suffix L W k.+1 *m V k *m prefix W k.
Definition second_variation : 'M[F]_(d L, d 0) :=
  \sum_(k < L) \sum_(j < k) suffix L W k.+1 *m V k *m suffix k W j.+1 *m V j *m prefix W j.

(* |P_1 K|² = tr(P_1 Σ P_1ᵀ), K = Σ^{1/2}, and <E, P_2>. *)
Definition gram_term : F := \tr (first_variation *m moment X *m first_variation^T).
Definition residual_term : F := dot (error X Y W) second_variation.

(* 2 A_kᵀ ṖΣ B_kᵀ + 2 Ȧ_kᵀ E B_kᵀ + 2 A_kᵀ E Ḃ_kᵀ, a dot being the derivative along V. *)
Definition product_in_layer (k : nat) : 'M[F]_(d k.+1, d k) :=
  let A := suffix L W k.+1 in
  let A' := rate (suffix L (line W V) k.+1) in
  let B := prefix W k in
  let B' := rate (prefix (line W V) k) in
  let P' := rate (prefix (line W V) L) in
  2 *: (A^T *m (P' *m moment X) *m B^T) + 2 *: (A'^T *m error X Y W *m B^T)
    + 2 *: (A^T *m error X Y W *m B'^T).

End Terms.

(* D²R[V,V] = 2 |Σ_k A_k V_k B_k K|² + 4 Σ_{j<k} <E, A_k V_k (W_{k-1} ... W_{j+1}) V_j B_j>. *)
Definition form : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W V : network F d),
  hessian X Y W V = 2 * gram_term L X W V + 4 * residual_term X Y W V.

(* At minimizers D²R[V,V] = 2 |Σ_k A_k V_k B_k K|². *)
Definition at_minimizers : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W V : network F d),
  minimizer X Y W -> hessian X Y W V = 2 * gram_term L X W V.

(* (∇²R V)_k = 2 A_kᵀ ṖΣ B_kᵀ + 2 Ȧ_kᵀ E B_kᵀ + 2 A_kᵀ E Ḃ_kᵀ, and nothing else. *)
Definition product : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W V G : network F d),
  is_hessian_product X Y W V G <-> (forall k, (k < L)%N -> G k = product_in_layer X Y W V k).

(* --- false twins -------------------------------------------------------------------------- *)

(* 2 for 4 in the residual term. *)
Definition two_for_four : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W V : network F d),
  hessian X Y W V = 2 * gram_term L X W V + 2 * residual_term X Y W V.

(* The Gram term alone, off minimizers. *)
Definition gram_term_alone : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W V : network F d),
  hessian X Y W V = 2 * gram_term L X W V.
