(* Networks on a curve, and after a step of gradient descent. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Motion.
Variables (F : realFieldType) (d : nat -> nat).

(* Where a curve of networks is at the time t, a polynomial in every weight, and how fast. *)
Definition position (C : network (poly_comRingType F) d) (t : F) : network F d :=
  fun k => map_mx (fun p : {poly F} => p.[t]) (C k).
Definition velocity (C : network (poly_comRingType F) d) (t : F) : network F d :=
  fun k => map_mx (fun p : {poly F} => p^`().[t]) (C k).

(* W_k - η G_k. *)
Definition step (W G : network F d) (eta : F) : network F d := fun k => W k - eta *: G k.

End Motion.
