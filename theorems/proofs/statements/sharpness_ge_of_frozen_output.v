(* C4: with a frozen output row the least sharpness gains a power of the norm of that row.  The
   row p is the last layer, above n trained layers. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (n m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d n.+1, m)) (W : network F d).

(* S is at least the largest eigenvalue of the Hessian in the layers W 0 .. W (n-1). *)
Definition bounds_frozen_sharpness (S : F) : Prop :=
  forall V : network F d, V n = 0 -> hessian X Y W V <= S * energy n V.

(* |α_k|², Σ_k |α_k|²|B_kKz|² over the trained layers, and (w*ᵀKz)². *)
Definition row_gain (k : nat) : F := sq (suffix n.+1 W k.+1).
Definition frozen_energy (y : 'cV[F]_(d 0)) : F := \sum_(k < n) row_gain k * gain_in X W y k.
Definition row_pairing (y : 'cV[F]_(d 0)) : F :=
  sq (cross X Y *m y) / dot y (moment X *m y).

(* G is the largest |Kz|² (w*ᵀKz)^{2(n-1)}. *)
Definition is_frozen_gain (G : F) : Prop :=
  (forall y, moment X *m y != 0 -> path_ends X y * row_pairing y ^+ n.-1 <= G) /\
  (exists y, moment X *m y != 0 /\ path_ends X y * row_pairing y ^+ n.-1 = G).

End Terms.

(* |α_k|² |B_{k+1}Kz|² >= (w*ᵀKz)² for neighbouring trained layers. *)
Definition pairs : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (y : 'cV[F]_(d 0%N)),
  minimizer X Y W ->
  forall k : nat, (k.+1 < n)%N -> row_pairing X Y y <= row_gain n W k * gain_in X W y k.+1.

(* |B_1Kz|² |α_L|² = |p|²|Kz|². *)
Definition start : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (y : 'cV[F]_(d 0%N)), (0 < n)%N ->
  gain_in X W y 0 * row_gain n W n.-1 = sq (W n) * path_ends X y.

(* S >= 2 Σ_k |α_k|²|B_kKz|². *)
Definition direction : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (y : 'cV[F]_(d 0%N)) (S : F),
  (0 < n)%N -> (forall k, (0 < d k)%N) -> d n.+1 = 1%N -> moment X *m y != 0 ->
  minimizer X Y W -> bounds_frozen_sharpness X Y W S ->
  2 * frozen_energy n X W y <= S.

(* S >= 2L|p|^{2/L} max_z |Kz|^{2/L} |w*ᵀKz|^{2-2/L}, L = n. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (S G r : F),
  (0 < n)%N -> (forall k, (0 < d k)%N) -> d n.+1 = 1%N ->
  minimizer X Y W -> bounds_frozen_sharpness X Y W S ->
  is_frozen_gain X Y G -> is_root n (sq (W n) * G) r ->
  2 * n%:R * r <= S.

(* --- false twins -------------------------------------------------------------------------- *)

(* The energy of all n + 1 layers, the frozen one too. *)
Definition output_counted : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (y : 'cV[F]_(d 0%N)) (S : F),
  (0 < n)%N -> (forall k, (0 < d k)%N) -> d n.+1 = 1%N -> moment X *m y != 0 ->
  minimizer X Y W -> bounds_frozen_sharpness X Y W S ->
  2 * (\sum_(k < n.+1) row_gain n W k * gain_in X W y k) <= S.
