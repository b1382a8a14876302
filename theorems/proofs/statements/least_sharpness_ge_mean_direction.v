(* U14: the least sharpness is at least that of the mean direction of the inputs.  The data are
   Y = TX without noise, so that R(0) = tr(TΣTᵀ).  F is a real closed field, for the direction in
   the proof needs square roots. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* tr Σ, and R(0) = E|y|². *)
Definition data_trace (F : realFieldType) n m (X : 'M[F]_(n, m)) : F :=
  \tr (m%:R^-1 *: (X *m X^T)).
Definition loss_at_zero (F : realFieldType) n m (Y : 'M[F]_(n, m)) : F := m%:R^-1 * sq Y.

(* d_x S_min >= 2L (tr Σ)^{1/L} R(0)^{1-1/L}. *)
Definition mean : Prop :=
  forall (F : rcfType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min r : F) (Y := T *m X),
  (0 < L)%N -> is_minimal_sharpness X Y S_min ->
  is_root L (data_trace X * loss_at_zero Y ^+ L.-1) r ->
  2 * L%:R * r <= (d 0%N)%:R * S_min.

(* Equality where Σ and TᵀT are multiples of the identity. *)
Definition attained : Prop :=
  forall (F : rcfType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (a c S_min r : F) (Y := T *m X),
  (0 < L)%N -> moment X = a%:M -> T^T *m T = c%:M -> is_minimal_sharpness X Y S_min ->
  is_root L (data_trace X * loss_at_zero Y ^+ L.-1) r ->
  (d 0%N)%:R * S_min = 2 * L%:R * r.

(* --- false twins -------------------------------------------------------------------------- *)

(* Without the number of inputs. *)
Definition whole : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min r : F) (Y := T *m X),
  (0 < L)%N -> is_minimal_sharpness X Y S_min ->
  is_root L (data_trace X * loss_at_zero Y ^+ L.-1) r ->
  2 * L%:R * r <= S_min.
