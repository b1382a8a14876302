(* U12: the least sharpness is at least half of its bracket for any number of outputs.  T is a
   target, TΣ = C.  F is a real closed field, for the directions in the proof need square roots. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* r = (L-1)^{1-1/L} Λ^{1/L} |TK|_2^{2-2/L}, p = |TK|_2². *)
Definition crossed_root (F : realFieldType) (L : nat) (top p r : F) : Prop :=
  is_root L (L.-1%:R ^+ L.-1 * top * p ^+ L.-1) r.

(* S_min >= 2(L-1)^{1-1/L} Λ^{1/L} |TK|_2^{2-2/L}. *)
Definition lower : Prop :=
  forall (F : rcfType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top p r : F),
  (0 < L)%N -> T *m moment X = cross X Y ->
  is_minimal_sharpness X Y S_min ->
  is_data_max X top -> is_norm_on_data X T p -> crossed_root L top p r ->
  2 * r <= S_min.

(* S_min >= LΛ^{1/L} |TK|_2^{2-2/L}. *)
Definition half : Prop :=
  forall (F : rcfType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top p r : F),
  (0 < L)%N -> T *m moment X = cross X Y ->
  is_minimal_sharpness X Y S_min ->
  is_data_max X top -> is_norm_on_data X T p -> is_root L (top * p ^+ L.-1) r ->
  L%:R * r <= S_min.

(* S_min (1 - a/Λ)^{1-1/L} = 2(L-1)^{1-1/L} Λ^{1/L} |TK|_2^{2-2/L} where Σw* = aw* and La <= Λ. *)
Definition beside : Prop :=
  forall (F : rcfType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top p r t : F),
  let a := rayleigh X T in
  (0 < L)%N -> d L = 1%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  T *m moment X = a *: T -> L%:R * a <= top ->
  is_minimal_sharpness X Y S_min ->
  is_data_max X top -> is_norm_on_data X T p -> crossed_root L top p r ->
  is_root L ((1 - a / top) ^+ L.-1) t ->
  S_min * t = 2 * r.

(* S_min >= 2L|TK|_2²/|T|_2^{2/L}, t = |T|_2². *)
Definition stretched : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min p t r : F),
  (0 < L)%N -> T *m moment X = cross X Y ->
  is_minimal_sharpness X Y S_min ->
  is_norm_on_data X T p -> is_norm_sq T t -> is_root L (p ^+ L / t) r ->
  2 * L%:R * r <= S_min.

(* Equality for T = c v qᵀ along a top eigenvector q of Σ. *)
Definition stretched_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (c : F) (v : 'cV[F]_(d L)) (q : 'cV[F]_(d 0%N))
         (S_min top p t r : F),
  (0 < L)%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  T = c *: (v *m q^T) -> sq v = 1 -> sq q = 1 ->
  is_data_max X top -> moment X *m q = top *: q ->
  is_minimal_sharpness X Y S_min ->
  is_norm_on_data X T p -> is_norm_sq T t -> is_root L (p ^+ L / t) r ->
  S_min = 2 * L%:R * r.

(* The bracket from below as one from above. *)
Definition above : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top p r : F),
  (0 < L)%N -> T *m moment X = cross X Y ->
  is_minimal_sharpness X Y S_min ->
  is_data_max X top -> is_norm_on_data X T p -> crossed_root L top p r ->
  S_min <= 2 * r.
