(* The gradient and the Hessian in coordinates: what numeric/loss.py computes.  Both are named by
   what they do to directions; [networks.v] has the derivatives along one direction. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Directions.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types W U V G : network F d.

(* Σ_k <U_k, V_k> over the L layers; the energy of V is <V, V>. *)
Definition inner U V : F := \sum_(k < L) dot (U k) (V k).
Definition plus U V : network F d := fun k => U k + V k.

(* G is the gradient of R at W: the slope along V is <G, V> for every V. *)
Definition is_gradient W G : Prop := forall V, slope X Y W V = inner G V.

(* D²R[U,V], the symmetric form that belongs to the quadratic one. *)
Definition hessian_between W U V : F :=
  (hessian X Y W (plus U V) - hessian X Y W U - hessian X Y W V) / 2.

(* G is the product of the Hessian at W with V: D²R[V,U] is <G, U> for every U. *)
Definition is_hessian_product W V G : Prop := forall U, hessian_between W V U = inner G U.

(* E = PΣ - C. *)
Definition error W : 'M[F]_(d L, d 0) := prefix W L *m moment X - cross X Y.

(* The direction that moves one weight: row i and column j of layer k. *)
Definition coordinate (k i j : nat) : network F d :=
  fun l => \matrix_(a, b) [&& l == k, a == i :> nat & b == j :> nat]%:R.

End Directions.

(* The derivative at t = 0 of a matrix that is a polynomial in t: a dot. *)
Definition rate (F : realFieldType) p q (A : 'M[{poly F}]_(p, q)) : 'M[F]_(p, q) :=
  map_mx (fun x : {poly F} => x^`().[0]) A.
