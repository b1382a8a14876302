(* C1: with one output the sharpness of a minimizer is bounded below by depth, norm and data.
   The regressor w* is the row T with TΣ = C; a = w*ᵀΣw*/|w*|².  Where r is the L-th root of
   |w*|^{2(L-1)}, it is |w*|^{2-2/L}. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)).

(* T is a regressor: TΣ = C, and d_y = 1. *)
Definition regressor : Prop := d L = 1%N /\ T *m moment X = cross X Y.

(* |Σw* - aw*|²/w*ᵀΣw*, with a = w*ᵀΣw*/|w*|². *)
Definition tilt : F := sq (T *m moment X - rayleigh X T *: T) / dot T (T *m moment X).

(* W_k = g q_{k+1} q_kᵀ with unit vectors q_k, q_0 a top eigenvector of Σ with eigenvalue top. *)
Definition aligned_on_top (W : network F d) (g top : F) (q : forall k, 'cV[F]_(d k)) : Prop :=
  [/\ g != 0, forall k, sq (q k) = 1, forall k, W k = g *: (q k.+1 *m (q k)^T),
      moment X *m q 0%N = top *: q 0%N &
      forall v : 'cV_(d 0%N), dot v (moment X *m v) <= top * sq v].

End Terms.

(* |Kz|² = a_2 at y = w*; u is any number but 0. *)
Definition start : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)) (u : 'cV[F]_(d L)),
  regressor X Y T -> u != 0 -> path_ends X (T^T *m u) = rayleigh2 X T.

(* (û·TKz)² = a|w*|² at y = w*. *)
Definition pair : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)) (u : 'cV[F]_(d L)),
  regressor X Y T -> u != 0 -> pairing X Y u (T^T *m u) = rayleigh X T * sq T.

(* a_2 = a + |Σw* - aw*|²/w*ᵀΣw*. *)
Definition tilted : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)),
  regressor X Y T -> rayleigh2 X T = rayleigh X T + tilt X T.

(* S(W) >= S_min. *)
Definition least : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N))
         (W : network F d) (S_min S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> regressor X Y T ->
  minimizer X Y W -> bounds_sharpness X Y W S -> is_minimal_sharpness X Y S_min -> S_min <= S.

(* S_min >= 2L (a_2 (a|w*|²)^{L-1})^{1/L}. *)
Definition along : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N))
         (S_min r : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> regressor X Y T ->
  is_minimal_sharpness X Y S_min ->
  is_root L (rayleigh2 X T * (rayleigh X T * sq T) ^+ L.-1) r -> 2 * L%:R * r <= S_min.

(* S_min >= 2L a |w*|^{2-2/L}. *)
Definition flattest : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N))
         (S_min r : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> regressor X Y T ->
  is_minimal_sharpness X Y S_min ->
  is_root L (sq T ^+ L.-1) r -> 2 * L%:R * rayleigh X T * r <= S_min.

(* S(W) >= 2L a |w*|^{2-2/L}. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N))
         (W : network F d) (S r : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> regressor X Y T ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  is_root L (sq T ^+ L.-1) r -> 2 * L%:R * rayleigh X T * r <= S.

(* S_min <= 2|w*|^{2-2/L} sqrt((2L-1)Λ² + (L-1)²a²). *)
Definition upper : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N))
         (S_min top r t : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> regressor X Y T ->
  is_minimal_sharpness X Y S_min -> is_largest (fun v => dot v (moment X *m v)) top ->
  is_root L (sq T ^+ L.-1) r ->
  is_root 2 ((2 * L%:R - 1) * top ^+ 2 + (L%:R - 1) ^+ 2 * rayleigh X T ^+ 2) t ->
  S_min <= 2 * r * t.

(* S(W) = 2L a |w*|^{2-2/L} for aligned layers of equal gain along a top eigenvector. *)
Definition lower_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (g top r : F) (q : forall k, 'cV[F]_(d k)),
  let T := prefix W L in
  (0 < L)%N -> regressor X Y T -> aligned_on_top X W g top q ->
  is_root L (sq T ^+ L.-1) r -> is_sharpness X Y W (2 * L%:R * rayleigh X T * r).

(* S_min = 2|w*|^{2-2/L} sqrt((2L-1)Λ² + (L-1)²a²) for the same. *)
Definition upper_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (g top r t : F) (q : forall k, 'cV[F]_(d k)),
  let T := prefix W L in
  (0 < L)%N -> regressor X Y T -> aligned_on_top X W g top q -> top != 0 ->
  is_root L (sq T ^+ L.-1) r ->
  is_root 2 ((2 * L%:R - 1) * top ^+ 2 + (L%:R - 1) ^+ 2 * rayleigh X T ^+ 2) t ->
  is_minimal_sharpness X Y (2 * r * t).

(* --- false twins -------------------------------------------------------------------------- *)

(* |w*|² for |w*|^{2-2/L}. *)
Definition square_of_norm : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N))
         (W : network F d) (S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> regressor X Y T ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  2 * L%:R * rayleigh X T * sq T <= S.
