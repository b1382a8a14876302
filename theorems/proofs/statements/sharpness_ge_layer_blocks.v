(* U4: at every point the sharpness is at least that of a single layer and of the whole map.  The
   layer W k has the block 2|A_k|_2²|B_kK|_2², here 2 * (a k * b k); no minimizer is assumed. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* S(W) >= 2 max_k |A_k|_2² |B_kK|_2². *)
Definition blocks : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (S : F),
  bounds_sharpness X Y W S ->
  forall (k : nat) (a b : F), (k < L)%N ->
  is_norm_sq (suffix L W k.+1) a -> is_norm_on_data X (prefix W k) b ->
  2 * (a * b) <= S.

(* |A_k|_2² |B_{k+1}K|_2² >= |PK|_2² for every layer; above the last one B is P. *)
Definition pairs : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (k : nat) (a b p : F), (k < L)%N ->
  is_norm_sq (suffix L W k.+1) a -> is_norm_on_data X (prefix W k.+1) b ->
  is_norm_on_data X (prefix W L) p ->
  p <= a * b.

(* |B_1K|_2² |A_L|_2² = Λ. *)
Definition start : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (a b top : F),
  is_norm_sq (suffix L W L) a -> is_norm_on_data X (prefix W 0) b -> is_data_max X top ->
  b * a = top.

(* 2 max_k |A_k|_2² |B_kK|_2² >= (2/L) Σ_k |A_k|_2² |B_kK|_2². *)
Definition average : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (a b : nat -> F) (largest : F), (0 < L)%N ->
  (forall k : nat, (k < L)%N ->
    is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k)) ->
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) <= largest) ->
  2 * (\sum_(k < L) a k * b k) / L%:R <= largest.

(* 2 max_k |A_k|_2² |B_kK|_2² >= 2 Λ^{1/L} |PK|_2^{2-2/L}. *)
Definition map : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (a b : nat -> F) (top p r largest : F), (0 < L)%N ->
  (forall k : nat, (k < L)%N ->
    is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k)) ->
  is_data_max X top -> is_norm_on_data X (prefix W L) p ->
  is_root L (top * p ^+ L.-1) r ->
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) <= largest) ->
  2 * r <= largest.

(* 2 max_k |A_k|_2² |B_kK|_2² min_k |W_k|_2² >= 2|PK|_2². *)
Definition thinnest : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (a b w : nat -> F) (p largest least : F),
  (forall k : nat, (k < L)%N ->
    [/\ is_norm_sq (suffix L W k.+1) (a k), is_norm_on_data X (prefix W k) (b k) &
        is_norm_sq (W k) (w k)]) ->
  is_norm_on_data X (prefix W L) p ->
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) <= largest) ->
  (exists k : nat, (k < L)%N /\ w k = least) ->
  2 * p <= largest * least.

(* 2|A_k|_2²|B_kK|_2² = 2 Λ^{1/L} |PK|_2^{2-2/L} for every k along one path of equal gains,
   W_k = g q_{k+1} q_kᵀ with unit vectors q_k, that starts at a top eigenvector of Σ. *)
Definition attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (g top : F) (q : forall k, 'cV[F]_(d k)), (0 < L)%N ->
  (forall k : nat, sq (q k) = 1) -> (forall k : nat, W k = g *: (q k.+1 *m (q k)^T)) ->
  is_data_max X top -> moment X *m q 0%N = top *: q 0%N ->
  exists (a b : nat -> F) (p r : F),
  [/\ forall k : nat, (k < L)%N ->
        is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k),
      is_norm_on_data X (prefix W L) p,
      is_root L (top * p ^+ L.-1) r &
      forall k : nat, (k < L)%N -> 2 * (a k * b k) = 2 * r].

(* |A_k|_2² |B_{k+1}K|_2² = |PK|_2² along that path. *)
Definition pairs_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (g top : F) (q : forall k, 'cV[F]_(d k)),
  (forall k : nat, sq (q k) = 1) -> (forall k : nat, W k = g *: (q k.+1 *m (q k)^T)) ->
  is_data_max X top -> moment X *m q 0%N = top *: q 0%N ->
  forall k : nat, (k < L)%N -> exists a b p : F,
  [/\ is_norm_sq (suffix L W k.+1) a, is_norm_on_data X (prefix W k.+1) b,
      is_norm_on_data X (prefix W L) p & a * b = p].

(* 2 max_k |A_k|_2² |B_kK|_2² = (2/L) Σ_k |A_k|_2² |B_kK|_2² along that path. *)
Definition average_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (g top : F) (q : forall k, 'cV[F]_(d k)), (0 < L)%N ->
  (forall k : nat, sq (q k) = 1) -> (forall k : nat, W k = g *: (q k.+1 *m (q k)^T)) ->
  is_data_max X top -> moment X *m q 0%N = top *: q 0%N ->
  exists a b : nat -> F,
  (forall k : nat, (k < L)%N ->
    is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k)) /\
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) = 2 * (\sum_(j < L) a j * b j) / L%:R).

(* 2|A_k|_2² |B_kK|_2² |W_j|_2² = 2|PK|_2² for all k and j along that path. *)
Definition thinnest_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (g top : F) (q : forall k, 'cV[F]_(d k)),
  (forall k : nat, sq (q k) = 1) -> (forall k : nat, W k = g *: (q k.+1 *m (q k)^T)) ->
  is_data_max X top -> moment X *m q 0%N = top *: q 0%N ->
  exists (a b w : nat -> F) (p : F),
  [/\ forall k : nat, (k < L)%N ->
        [/\ is_norm_sq (suffix L W k.+1) (a k), is_norm_on_data X (prefix W k) (b k) &
            is_norm_sq (W k) (w k)],
      is_norm_on_data X (prefix W L) p &
      forall k j : nat, (k < L)%N -> (j < L)%N -> 2 * (a k * b k) * w j = 2 * p].

(* --- false twins -------------------------------------------------------------------------- *)

(* L times the largest block, as at flattest minimizers. *)
Definition depth_times_blocks : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (S : F),
  bounds_sharpness X Y W S ->
  forall (k : nat) (a b : F), (k < L)%N ->
  is_norm_sq (suffix L W k.+1) a -> is_norm_on_data X (prefix W k) b ->
  L%:R * (2 * (a * b)) <= S.
