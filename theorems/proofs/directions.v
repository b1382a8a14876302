(* The path from an input to an output: the terms of theorems/directions.py.  For u of outputs and
   y of inputs, û = u/|u| and z = Ky/|Ky| with K = Σ^{1/2}, so that Kz = Σy/|Ky|. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Directions.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).
Variables (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0)).

(* a_k = |A_kᵀû|², b_k = |B_k Kz|², k = 0 .. L-1; b_L = |PKz|². *)
Definition gain_out (k : nat) : F := sq ((suffix L W k.+1)^T *m u) / sq u.
Definition gain_in (k : nat) : F := sq (prefix W k *m (moment X *m y)) / dot y (moment X *m y).

(* Σ_k a_k b_k, |Kz|², and (û·TKz)² where TΣ = C. *)
Definition path_energy : F := \sum_(k < L) gain_out k * gain_in k.
Definition path_ends : F := sq (moment X *m y) / dot y (moment X *m y).
Definition pairing : F := dot u (cross X Y *m y) ^+ 2 / (sq u * dot y (moment X *m y)).

(* What U1 maximises, |Kz|² (û·TKz)^{2(L-1)}. *)
Definition path_gain : F := path_ends * pairing ^+ L.-1.

End Directions.

Section Gain.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).

(* G is the weighted gain of the target: the largest of these over all directions. *)
Definition is_gain (G : F) : Prop :=
  (forall u y, u != 0 -> moment X *m y != 0 -> path_gain X Y u y <= G) /\
  (exists u y, [/\ u != 0, moment X *m y != 0 & path_gain X Y u y = G]).

(* S is 2L times its L-th root, the quantity minimal_sharpness: no minimizer is flatter (U1.least);
   that some are as flat is proved for the networks of U1.exact and U1.dual and of M1.attained. *)
Definition is_minimal_sharpness (S : F) : Prop :=
  exists G r, [/\ is_gain G, is_root L G r & S = 2 * L%:R * r].

End Gain.
