(* U11: sharpness is log-convex in the hidden bases of a minimizer.  Bases are a matrix G k for
   each width d k, the identity for the inputs and the outputs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0, m)).
Implicit Types (W : network F d) (G : forall k, 'M[F]_(d k)).

(* The layers G_k W_k G_{k-1}^{-1}, and the same for the inverse bases. *)
Definition forward G W : network F d := fun k => G k.+1 *m W k *m invmx (G k).
Definition backward G W : network F d := fun k => invmx (G k.+1) *m W k *m G k.

(* Bases of the hidden layers: invertible, and the identity at both ends. *)
Definition hidden_bases G : Prop :=
  [/\ forall k : nat, G k \in unitmx, G 0%N = 1%:M & G L = 1%:M].
Definition symmetric G : Prop := forall k : nat, (G k)^T = G k.
Definition rotations G : Prop := forall k : nat, (G k)^T *m G k = 1%:M.

(* Π k is the projector on the row space of W (L-1) ... W k, which is A_k of the page; and the
   layers Π_k W_k.  For the last of them Π is the identity. *)
Definition projectors W (Pi : forall k, 'M[F]_(d k)) : Prop :=
  forall k : nat, (k <= L)%N ->
  [/\ (Pi k)^T = Pi k, Pi k *m Pi k = Pi k & (Pi k :=: suffix L W k)%MS].
Definition contraction (Pi : forall k, 'M[F]_(d k)) W : network F d := fun k => Pi k.+1 *m W k.

(* q(W) = 2 Σ_k |A_kᵀ DΣ B_kᵀ|² / |DK|², the form of 2JJᵀ at Z = DK/|DK|. *)
Definition gram_quotient W (D : 'M[F]_(d L, d 0)) : F :=
  2 * (\sum_(k < L) sq ((suffix L W k.+1)^T *m (D *m moment X) *m (prefix W k)^T))
    / dot D (D *m moment X).

End Terms.

(* q(W)² <= q(GW) q(G⁻¹W) in each direction D.  Neither a minimizer nor positive bases are needed:
   symmetric invertible ones suffice. *)
Definition cauchy : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (G : forall k, 'M[F]_(d k)) (D : 'M[F]_(d L, d 0%N)),
  hidden_bases L G -> symmetric G ->
  gram_quotient X W D ^+ 2
    <= gram_quotient X (forward G W) D * gram_quotient X (backward G W) D.

(* S(W)² <= S(GW) S(G⁻¹W). *)
Definition convex : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (G : forall k, 'M[F]_(d k)) (S S_forward S_backward : F),
  hidden_bases L G -> symmetric G -> minimizer X Y W ->
  is_sharpness X Y W S ->
  bounds_sharpness X Y (forward G W) S_forward ->
  bounds_sharpness X Y (backward G W) S_backward ->
  S ^+ 2 <= S_forward * S_backward.

(* q(ΠW) <= q(W) in each direction D. *)
Definition shrinks : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (Pi : forall k, 'M[F]_(d k)) (D : 'M[F]_(d L, d 0%N)),
  projectors L W Pi ->
  gram_quotient X (contraction Pi W) D <= gram_quotient X W D.

(* S(Π_1W_1, ..., Π_{L-1}W_{L-1}, W_L) <= S(W): what bounds the one bounds the other. *)
Definition contract : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (Pi : forall k, 'M[F]_(d k)) (S : F),
  projectors L W Pi -> minimizer X Y W ->
  bounds_sharpness X Y W S -> bounds_sharpness X Y (contraction Pi W) S.

(* Rotations keep each value of the form, q(GW) = q(W). *)
Definition steered : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (G : forall k, 'M[F]_(d k)) (D : 'M[F]_(d L, d 0%N)),
  hidden_bases L G -> rotations G ->
  gram_quotient X (forward G W) D = gram_quotient X W D.

(* And so do their inverses, q(G⁻¹W) = q(W). *)
Definition steered_back : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (G : forall k, 'M[F]_(d k)) (D : 'M[F]_(d L, d 0%N)),
  hidden_bases L G -> rotations G ->
  gram_quotient X (backward G W) D = gram_quotient X W D.

(* Rotations keep the sharpness, S(GW) = S(W); at any weights. *)
Definition turned : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (G : forall k, 'M[F]_(d k)) (S : F),
  hidden_bases L G -> rotations G ->
  (is_sharpness X Y (forward G W) S <-> is_sharpness X Y W S).

(* And so do their inverses, S(G⁻¹W) = S(W). *)
Definition turned_back : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (G : forall k, 'M[F]_(d k)) (S : F),
  hidden_bases L G -> rotations G ->
  (is_sharpness X Y (backward G W) S <-> is_sharpness X Y W S).

(* With one neuron in each hidden layer, and no suffix zero, contraction changes nothing. *)
Definition kept : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (Pi : forall k, 'M[F]_(d k)) (D : 'M[F]_(d L, d 0%N)),
  projectors L W Pi ->
  (forall k : nat, (0 < k < L)%N -> d k = 1%N /\ suffix L W k != 0) ->
  gram_quotient X (contraction Pi W) D = gram_quotient X W D.

(* Contraction leaves a minimizer, no flatter than the flattest; for any number of outputs. *)
Definition contracted : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (Pi : forall k, 'M[F]_(d k)) (S S_min : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  projectors L W Pi -> minimizer X Y W ->
  is_minimal_sharpness X Y S_min -> bounds_sharpness X Y (contraction Pi W) S ->
  minimizer X Y (contraction Pi W) /\ S_min <= S.

(* --- false twins -------------------------------------------------------------------------- *)

(* Changes of the hidden bases leave the sharpness as it is. *)
Definition invariant : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (G : forall k, 'M[F]_(d k)) (S : F),
  hidden_bases L G -> symmetric G -> minimizer X Y W ->
  is_sharpness X Y W S -> bounds_sharpness X Y (forward G W) S.
