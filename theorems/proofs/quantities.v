(* Numbers of a data set and of weights: terms of theorems/quantities.py.  K = Σ^{1/2} is not taken: |AK|_2² is the
   largest value of vᵀAΣAᵀv over unit vectors v. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Quantities.
Variables (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0, m)).

(* s is Λ = λ_max(Σ). *)
Definition is_data_max (s : F) : Prop := is_largest (fun x => dot x (moment X *m x)) s.

(* s is |AK|_2². *)
Definition is_norm_on_data n (A : 'M[F]_(n, d 0)) (s : F) : Prop :=
  is_largest (fun v => dot (A^T *m v) (moment X *m (A^T *m v))) s.

(* a = w*ᵀΣw*/|w*|² and a_2 = w*ᵀΣ²w*/w*ᵀΣw* of a regressor w*ᵀ = T. *)
Definition rayleigh n (T : 'M[F]_(n, d 0)) : F := dot T (T *m moment X) / sq T.
Definition rayleigh2 n (T : 'M[F]_(n, d 0)) : F := sq (T *m moment X) / dot T (T *m moment X).

End Quantities.

(* D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ, the imbalance of neighbouring layers. *)
Definition imbalance (R : comRingType) (d : nat -> nat) (W : network R d) (k : nat) :
  'M[R]_(d k.+1) :=
  (W k.+1)^T *m W k.+1 - W k *m (W k)^T.
