(* N5: the end-to-end map flows by the dual Gram matrix, and by itself if layers are balanced. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss stepped.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* How fast the map of a curve of networks moves at the time t. *)
Definition map_velocity (F : realFieldType) (d : nat -> nat) (L : nat)
    (C : network (poly_comRingType F) d) (t : F) : 'M[F]_(d L, d 0%N) :=
  map_mx (fun p : {poly F} => p^`().[t]) (prefix C L).

(* dP/dt = -Σ_k A_kA_kᵀ G B_kᵀB_k, G = 2(PΣ - C), at any time at which a curve has
   dW_k/dt = -∇_{W_k} R. *)
Definition flow : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (C : network (poly_comRingType F) d) (t : F),
  is_gradient X Y (position C t) (fun k => - velocity C t k) ->
  map_velocity L C t = - \sum_(k < L)
    suffix L (position C t) k.+1 *m (suffix L (position C t) k.+1)^T
      *m (2 *: error X Y (position C t))
      *m (prefix (position C t) k)^T *m prefix (position C t) k.

(* --- false twins -------------------------------------------------------------------------- *)

(* The error without the factor 2, as for the loss with a factor 1/2. *)
Definition half_slope : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (C : network (poly_comRingType F) d) (t : F),
  is_gradient X Y (position C t) (fun k => - velocity C t k) ->
  map_velocity L C t = - \sum_(k < L)
    suffix L (position C t) k.+1 *m (suffix L (position C t) k.+1)^T
      *m error X Y (position C t)
      *m (prefix (position C t) k)^T *m prefix (position C t) k.
