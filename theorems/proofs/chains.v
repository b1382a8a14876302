(* Networks of one input and one output on data with Σ = 1, and a step of gradient descent on half
   the loss: terms of theorems/dynamics/chains.py. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* The widths 1, n, 1 of the product of two vectors, and the widths 1 of a chain of scalars. *)
Definition product_widths (n k : nat) : nat := if k == 1%N then n else 1%N.
Definition chain_widths (k : nat) : nat := 1%N.

(* The numbers such networks compute: W 1 W 0, and the product of the first L weights. *)
Definition product (F : comRingType) n (W : network F (product_widths n)) : F := prefix W 2 0 0.
Definition chain_product (F : comRingType) L (W : network F chain_widths) : F := prefix W L 0 0.

(* The k-th weight of a chain. *)
Definition weight (F : comRingType) (W : network F chain_widths) (k : nat) : F := W k 0 0.

(* A step of gradient descent on f = R/2 with step size η; G is the gradient of R. *)
Definition moved (F : realFieldType) d (W G : network F d) (eta : F) : network F d :=
  fun k => W k - (eta / 2) *: G k.
