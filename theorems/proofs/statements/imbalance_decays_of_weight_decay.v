(* N3: with weight decay the layers balance, whatever is fitted. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss quantities stepped.
From Proofs.statements Require Import weight_energy_ge_schatten.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Decayed.
Variables (F : realFieldType) (d : nat -> nat) (L : nat).

(* G is the gradient at W of a loss of P that has the derivative N there: by the chain rule its
   slope along V is <N, dP/dt>.  N is any matrix. *)
Definition is_data_gradient (W : network F d) (N : 'M[F]_(d L, d 0)) (G : network F d) : Prop :=
  forall V, dot N (rate (prefix (line W V) L)) = inner L G V.

(* G_k + 2γW_k: what decay makes of it. *)
Definition decayed (W G : network F d) (g : F) : network F d := fun k => G k + (2 * g) *: W k.

End Decayed.

(* W_{k+1}ᵀ ∇_{k+1} - ∇_k W_kᵀ = 2γ D_k at any weights. *)
Definition neighbours : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W G : network F d)
         (N : 'M[F]_(d L, d 0%N)) (g : F),
  is_data_gradient W N G ->
  forall k, (k.+1 < L)%N ->
  (W k.+1)^T *m decayed W G g k.+1 - decayed W G g k *m (W k)^T = (2 * g) *: imbalance W k.

(* dD_k/dt = -4γ D_k at any time at which a curve has dW_k/dt = -∇_k. *)
Definition flow : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (C : network (poly_comRingType F) d)
         (t : F) (G : network F d) (N : 'M[F]_(d L, d 0%N)) (g : F),
  is_data_gradient (position C t) N G ->
  (forall k, (k < L)%N -> velocity C t k = - decayed (position C t) G g k) ->
  forall k, (k.+1 < L)%N -> forall i j,
  (imbalance C k i j)^`().[t] = - (4 * g) * imbalance (position C t) k i j.

(* d/dt Σ_k tr D_k = -4γ Σ_k tr D_k. *)
Definition rate : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (C : network (poly_comRingType F) d)
         (t : F) (G : network F d) (N : 'M[F]_(d L, d 0%N)) (g : F),
  is_data_gradient (position C t) N G ->
  (forall k, (k < L)%N -> velocity C t k = - decayed (position C t) G g k) ->
  (\sum_(k < L.-1) \tr (imbalance C k))^`().[t]
    = - (4 * g) * \sum_(k < L.-1) \tr (imbalance (position C t) k).

(* D_k⁺ = (1 - 2ηγ)² D_k + η² (G_{k+1}ᵀG_{k+1} - G_kG_kᵀ) after a step of descent, W_k - η∇_k. *)
Definition descent : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W G : network F d)
         (N : 'M[F]_(d L, d 0%N)) (g eta : F),
  is_data_gradient W N G ->
  forall k, (k.+1 < L)%N ->
  imbalance (step W (decayed W G g) eta) k
    = (1 - 2 * eta * g) ^+ 2 *: imbalance W k
      + eta ^+ 2 *: ((G k.+1)^T *m G k.+1 - G k *m (G k)^T).

(* 2γ max_k |D_k| <= max_k (|W_{k+1}| |∇_{k+1}| + |W_k| |∇_k|), with w, h and x the norms of W, ∇
   and D, and X and Y upper bounds, the former the largest of the x. *)
Definition nearly : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W G : network F d)
         (N : 'M[F]_(d L, d 0%N)) (g : F) (w h x : nat -> F) (X Y : F),
  0 <= g -> is_data_gradient W N G ->
  (forall k, is_root 2 (sq (W k)) (w k)) ->
  (forall k, is_root 2 (sq (decayed W G g k)) (h k)) ->
  (forall k, is_root 2 (sq (imbalance W k)) (x k)) ->
  (exists k, (k.+1 < L)%N /\ X = x k) ->
  (forall k, (k.+1 < L)%N -> w k.+1 * h k.+1 + w k * h k <= Y) ->
  2 * g * X <= Y.

(* D_k = 0 at stationary points, if γ > 0. *)
Definition balanced : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W G : network F d)
         (N : 'M[F]_(d L, d 0%N)) (g : F),
  0 < g -> is_data_gradient W N G -> (forall k, (k < L)%N -> decayed W G g k = 0) ->
  forall k, (k.+1 < L)%N -> imbalance W k = 0.

(* Σ_k |W_k|² = L Σ_i s_i(P)^{2/L} there. *)
Definition energy : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W G : network F d)
         (N : 'M[F]_(d L, d 0%N)) (g h : F),
  0 < g -> is_data_gradient W N G -> (forall k, (k < L)%N -> decayed W G g k = 0) ->
  is_schatten L W h -> networks.energy L W = L%:R * h.

(* --- false twins -------------------------------------------------------------------------- *)

(* dD_k/dt = -2γ D_k. *)
Definition half_rate : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (C : network (poly_comRingType F) d)
         (t : F) (G : network F d) (N : 'M[F]_(d L, d 0%N)) (g : F),
  is_data_gradient (position C t) N G ->
  (forall k, (k < L)%N -> velocity C t k = - decayed (position C t) G g k) ->
  (\sum_(k < L.-1) \tr (imbalance C k))^`().[t]
    = - (2 * g) * \sum_(k < L.-1) \tr (imbalance (position C t) k).

(* Imbalances are conserved. *)
Definition conserved : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (C : network (poly_comRingType F) d)
         (t : F) (G : network F d) (N : 'M[F]_(d L, d 0%N)) (g : F),
  is_data_gradient (position C t) N G ->
  (forall k, (k < L)%N -> velocity C t k = - decayed (position C t) G g k) ->
  (\sum_(k < L.-1) \tr (imbalance C k))^`().[t] = 0.
