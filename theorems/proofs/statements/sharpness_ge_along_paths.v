(* F6: along any path from an input to an output the sharpness of a minimizer is bounded below. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* S(W) >= 2 Σ_k |A_kᵀû|² |B_kKz|². *)
Definition direction : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)) (S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> u != 0 -> moment X *m y != 0 ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  2 * path_energy X W u y <= S.

(* |A_kᵀû|² |B_{k+1}Kz|² >= (û·TKz)² for neighbouring layers. *)
Definition pairs : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)),
  u != 0 -> moment X *m y != 0 ->
  minimizer X Y W ->
  forall k : nat, (k.+1 < L)%N -> pairing X Y u y <= gain_out W u k * gain_in X W y k.+1.

(* S(W) >= 2L (|Kz|² (û·TKz)^{2(L-1)})^{1/L}. *)
Definition path : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)) (S r : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> u != 0 -> moment X *m y != 0 ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  is_root L (path_ends X y * pairing X Y u y ^+ L.-1) r ->
  2 * L%:R * r <= S.

(* --- false twins -------------------------------------------------------------------------- *)

(* 3 for 2 along a path. *)
Definition three : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)) (S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> u != 0 -> moment X *m y != 0 ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  3 * path_energy X W u y <= S.
