(* U13: at every point the squared gradient is at most 2L times the loss times the sharpness.  The
   layer W k has the block 2|A_k|_2²|B_kK|_2², here 2 * (a k * b k); no minimizer is assumed. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* |∇R|² <= 4 R Σ_k |A_k|_2² |B_kK|_2². *)
Definition blocks : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W G : network F d) (a b : nat -> F),
  is_gradient X Y W G ->
  (forall k : nat, (k < L)%N ->
    is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k)) ->
  energy L G <= 4 * loss X Y W * \sum_(k < L) a k * b k.

(* |∇R|² <= 2L R times the largest block. *)
Definition largest : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W G : network F d) (a b : nat -> F) (top : F),
  is_gradient X Y W G ->
  (forall k : nat, (k < L)%N ->
    is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k)) ->
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) <= top) ->
  energy L G <= 2 * L%:R * loss X Y W * top.

(* |∇R|² <= 2L R S. *)
Definition sharpness : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W G : network F d) (S : F), (forall k : nat, (0 < d k)%N) ->
  is_gradient X Y W G -> bounds_sharpness X Y W S ->
  energy L G <= 2 * L%:R * loss X Y W * S.

(* |∇R|² = 2L R S for scalar chains of equal weights g, half way to their target: y = 2g^L x. *)
Definition attained : Prop :=
  forall (F : realFieldType) (L m : nat) (X : 'M[F]_(1, m)) (g S : F)
         (W G : network F (fun=> 1%N)) (Y := (2 * g ^+ L) *: X),
  (forall k : nat, W k = g%:M) ->
  @is_gradient F (fun=> 1%N) L m X Y W G ->
  @is_sharpness F (fun=> 1%N) L m X Y W S ->
  energy L G = 2 * L%:R * @loss F (fun=> 1%N) L m X Y W * S.

(* --- false twins -------------------------------------------------------------------------- *)

(* L for 2L. *)
Definition half : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W G : network F d) (S : F), (forall k : nat, (0 < d k)%N) ->
  is_gradient X Y W G -> bounds_sharpness X Y W S ->
  energy L G <= L%:R * loss X Y W * S.
