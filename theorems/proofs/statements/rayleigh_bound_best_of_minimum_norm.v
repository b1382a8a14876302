(* C7: on under-determined data the sharpness bound is best at the solution of least norm.  Every
   solution of TΣ = C bounds the sharpness as in C1; T0 is the one of least norm.  Σ need not be
   singular here. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
From Proofs.statements Require Import sharpness_ge_rayleigh.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* T0 has the least norm of all solutions. *)
Definition least_norm (F : realFieldType) (d : nat -> nat) (L m : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T0 : 'M[F]_(d L, d 0%N)) : Prop :=
  regressor X Y T0 /\ (forall T, regressor X Y T -> sq T0 <= sq T).

(* a(w)|w|² = a(w_0)|w_0|². *)
Definition energy : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)),
  regressor X Y T -> least_norm X Y T0 ->
  rayleigh X T * sq T = rayleigh X T0 * sq T0.

(* a(w_0) = a(w) + a(w)|w - w_0|²/|w_0|². *)
Definition lifted : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)),
  regressor X Y T -> least_norm X Y T0 ->
  rayleigh X T0 = rayleigh X T + rayleigh X T * sq (T - T0) / sq T0.

(* a_2(w) = a_2(w_0). *)
Definition moments : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)),
  regressor X Y T -> least_norm X Y T0 ->
  rayleigh2 X T = rayleigh2 X T0.

(* a_2(w_0) = a(w_0) + |Σw_0 - a(w_0)w_0|²/w_0ᵀΣw_0. *)
Definition tilted : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)),
  regressor X Y T -> least_norm X Y T0 ->
  rayleigh2 X T0 = rayleigh X T0 + tilt X T0.

(* S(W) >= 2L a(w)|w|^{2-2/L} for every solution w. *)
Definition every : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  forall T r, regressor X Y T -> is_root L (sq T ^+ L.-1) r ->
  2 * L%:R * rayleigh X T * r <= S.

(* 2L a(w_0)|w_0|^{2-2/L} >= 2L a(w)|w|^{2-2/L}. *)
Definition best : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N))
         (r r0 : F),
  (0 < L)%N -> regressor X Y T -> least_norm X Y T0 ->
  is_root L (sq T ^+ L.-1) r -> is_root L (sq T0 ^+ L.-1) r0 ->
  2 * L%:R * rayleigh X T * r <= 2 * L%:R * rayleigh X T0 * r0.

(* S(W) >= 2L a(w_0)|w_0|^{2-2/L}. *)
Definition least : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T0 : 'M[F]_(d L, d 0%N))
         (W : network F d) (S r0 : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  least_norm X Y T0 -> is_root L (sq T0 ^+ L.-1) r0 ->
  2 * L%:R * rayleigh X T0 * r0 <= S.

(* S(W) = 2L a(w_0)|w_0|^{2-2/L} for aligned layers along a top eigenvector of Σ. *)
Definition attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T0 : 'M[F]_(d L, d 0%N))
         (W : network F d) (g top r0 : F) (q : forall k, 'cV[F]_(d k)),
  (0 < L)%N -> minimizer X Y W -> aligned_on_top X W g top q -> top != 0 ->
  least_norm X Y T0 -> is_root L (sq T0 ^+ L.-1) r0 ->
  is_sharpness X Y W (2 * L%:R * rayleigh X T0 * r0).

(* Both bounds agree where w has the least norm as well. *)
Definition equal : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N))
         (r r0 : F),
  (0 < L)%N -> least_norm X Y T -> least_norm X Y T0 ->
  is_root L (sq T ^+ L.-1) r -> is_root L (sq T0 ^+ L.-1) r0 ->
  2 * L%:R * rayleigh X T * r = 2 * L%:R * rayleigh X T0 * r0.

(* 2L a(w)|w|^{2-2/L} (a_2(w)/a(w))^{1/L} is the same at w and w_0. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N))
         (r r0 t t0 : F),
  (0 < L)%N -> regressor X Y T -> least_norm X Y T0 ->
  is_root L (sq T ^+ L.-1) r -> is_root L (sq T0 ^+ L.-1) r0 ->
  is_root L (rayleigh2 X T / rayleigh X T) t -> is_root L (rayleigh2 X T0 / rayleigh X T0) t0 ->
  2 * L%:R * rayleigh X T * r * t = 2 * L%:R * rayleigh X T0 * r0 * t0.

(* 2L a(w)|w|^{2-2/L} (Λ/a(w))^{1/L} is the same at w and w_0. *)
Definition upper : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N))
         (top r r0 t t0 : F),
  (0 < L)%N -> regressor X Y T -> least_norm X Y T0 ->
  is_root L (sq T ^+ L.-1) r -> is_root L (sq T0 ^+ L.-1) r0 ->
  is_root L (top / rayleigh X T) t -> is_root L (top / rayleigh X T0) t0 ->
  2 * L%:R * rayleigh X T * r * t = 2 * L%:R * rayleigh X T0 * r0 * t0.

(* S_min does not choose: computed from w or from w_0, that is for the labels wᵀx or w_0ᵀx, it is
   that of the data, and the same for all data of equal Σ and C. *)
Definition invariant : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m m' : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (X' : 'M[F]_(d 0%N, m')) (Y' : 'M[F]_(d L, m')) (T T0 : 'M[F]_(d L, d 0%N)) (S : F),
  regressor X Y T -> least_norm X Y T0 -> moment X' = moment X -> cross X' Y' = cross X Y ->
  [/\ is_minimal_sharpness X (T *m X) S <-> is_minimal_sharpness X (T0 *m X) S,
      is_minimal_sharpness X (T0 *m X) S <-> is_minimal_sharpness X Y S &
      is_minimal_sharpness X Y S <-> is_minimal_sharpness X' Y' S].

(* --- false twins -------------------------------------------------------------------------- *)

(* The quotient does not depend on the solution, nor does the bound. *)
Definition any_solution : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N))
         (r r0 : F),
  (0 < L)%N -> regressor X Y T -> least_norm X Y T0 ->
  is_root L (sq T ^+ L.-1) r -> is_root L (sq T0 ^+ L.-1) r0 ->
  2 * L%:R * rayleigh X T * r = 2 * L%:R * rayleigh X T0 * r0.
