(* U10: one-output minimizers are as sharp as aligned ones, up to the largest layer.  P is the
   map w*ᵀ, y gives z = Ky/|Ky|, and N is any bound of all |W_k|_F², as the largest of them is. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0, m)).
Variables (W : network F d).

Definition layers_at_most (N : F) : Prop := forall k : nat, (k < L)%N -> sq (W k) <= N.

(* |α_k|² |B_kKz|², and (ŵ·Kz)², which is |PKz|²/|P|². *)
Definition term (y : 'cV[F]_(d 0)) (k : nat) : F := sq (suffix L W k.+1) * gain_in X W y k.
Definition share (y : 'cV[F]_(d 0)) : F :=
  sq (prefix W L *m (moment X *m y)) / (sq (prefix W L) * dot y (moment X *m y)).

(* mu is λ_max(Σ + (L-1)KŵŵᵀK), the largest |Kz|² + (L-1)(ŵ·Kz)². *)
Definition is_aligned_top (mu : F) : Prop :=
  (forall y, moment X *m y != 0 -> path_ends X y + L.-1%:R * share y <= mu) /\
  (exists y, moment X *m y != 0 /\ path_ends X y + L.-1%:R * share y = mu).

(* N is max_k |W_k|_F². *)
Definition is_layer_energy_max (N : F) : Prop :=
  layers_at_most N /\ (exists k : nat, (k < L)%N /\ sq (W k) = N).

(* W_k = g q_{k+1} q_kᵀ with unit vectors q_k: layers of rank one, aligned, and balanced. *)
Definition aligned_layers (g : F) (q : forall k, 'cV[F]_(d k)) : Prop :=
  [/\ g != 0, forall k : nat, (k <= L)%N -> sq (q k) = 1 &
      forall k : nat, (k < L)%N -> W k = g *: (q k.+1 *m (q k)^T)].

(* W_1 = g u vᵀ and |W_2|² = g², with unit vectors u at any angle to W_2 and v on top of Σ. *)
Definition two_bent_layers (g top : F) (u : 'cV[F]_(d 1)) (v : 'cV[F]_(d 0)) : Prop :=
  [/\ sq u = 1, sq v = 1, W 0%N = g *: (u *m v^T), sq (W 1%N) = g ^+ 2 &
      moment X *m v = top *: v].

End Terms.

(* |α_1|²|Kz|² >= (|w*|²/N) |Kz|²; for any number of outputs. *)
Definition first : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (y : 'cV[F]_(d 0%N)) (N : F),
  (0 < L)%N -> layers_at_most L W N ->
  sq (prefix W L) / N * path_ends X y <= term L X W y 0.

(* Σ_{k>1} |α_k|²|B_kKz|² >= (L-1)(|w*|²/N) (ŵ·Kz)²; for any number of outputs. *)
Definition later : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (y : 'cV[F]_(d 0%N)) (N : F),
  (0 < L)%N -> layers_at_most L W N ->
  L.-1%:R * (sq (prefix W L) / N) * share L X W y <= \sum_(1 <= k < L) term L X W y k.

(* |α_1|²|Kz|² <= N^{L-1} |Kz|². *)
Definition first_above : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (y : 'cV[F]_(d 0%N)) (N : F),
  (0 < L)%N -> d L = 1%N -> layers_at_most L W N ->
  term L X W y 0 <= N ^+ L.-1 * path_ends X y.

(* Σ_{k>1} |α_k|²|B_kKz|² <= (L-1)((|w*|²/N) (ŵ·Kz)² + (N^{L-1} - |w*|²/N) |Kz|²). *)
Definition later_above : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (y : 'cV[F]_(d 0%N)) (N : F),
  (0 < L)%N -> d L = 1%N -> layers_at_most L W N ->
  \sum_(1 <= k < L) term L X W y k <= L.-1%:R * (sq (prefix W L) / N * share L X W y
    + (N ^+ L.-1 - sq (prefix W L) / N) * path_ends X y).

(* N^L >= |w*|². *)
Definition no_less : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (N : F),
  d L = 1%N -> layers_at_most L W N -> sq (prefix W L) <= N ^+ L.

(* S(W) >= 2(|w*|²/N) μ. *)
Definition below : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (N mu S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> d L = 1%N -> minimizer X Y W ->
  layers_at_most L W N -> is_aligned_top L X W mu -> bounds_sharpness X Y W S ->
  2 * (sq (prefix W L) / N) * mu <= S.

(* S(W) <= 2(|w*|²/N) μ + 2LΛ(N^{L-1} - |w*|²/N). *)
Definition above : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (N mu top S : F),
  (0 < L)%N -> d L = 1%N -> minimizer X Y W ->
  layers_at_most L W N -> is_aligned_top L X W mu -> is_data_max X top -> is_sharpness X Y W S ->
  S <= 2 * (sq (prefix W L) / N) * mu
    + 2 * L%:R * top * (N ^+ L.-1 - sq (prefix W L) / N).

(* |W_k|_F² <= |W_L|_F² + Σ_j |tr D_j| for every layer. *)
Definition last : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (k : nat), (k <= n)%N ->
  sq (W k) <= sq (W n) + \sum_(j < n) `|\tr (imbalance W j)|.

(* max(|W_L|_F² - Σ_j |D_j|_2, 0)^L <= |w*|², L = n.+1 layers; e j is |D_j|_2. *)
Definition ratios : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (e : nat -> F),
  d n.+1 = 1%N ->
  (forall j : nat, (j < n)%N -> 0 <= e j /\ is_norm_sq (imbalance W j) (e j ^+ 2)) ->
  Order.max (sq (W n) - \sum_(j < n) e j) 0 ^+ n.+1 <= sq (prefix W n.+1).

(* N <= |w*|^{2/L} + Σ_j (|D_j|_2 + |tr D_j|), for every |W_k|_F² and so for the largest of them. *)
Definition energy : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (e : nat -> F) (t : F),
  d n.+1 = 1%N ->
  (forall j : nat, (j < n)%N -> 0 <= e j /\ is_norm_sq (imbalance W j) (e j ^+ 2)) ->
  is_root n.+1 (sq (prefix W n.+1)) t ->
  forall k : nat, (k <= n)%N ->
  sq (W k) <= t + \sum_(j < n) (e j + `|\tr (imbalance W j)|).

(* S(W) = 2(|w*|²/N) μ for aligned layers of rank one. *)
Definition below_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (g N mu : F) (q : forall k, 'cV[F]_(d k)),
  (0 < L)%N -> d L = 1%N -> minimizer X Y W -> aligned_layers L W g q ->
  is_layer_energy_max L W N -> is_aligned_top L X W mu ->
  is_sharpness X Y W (2 * (sq (prefix W L) / N) * mu).

(* S(W) = 2(|w*|²/N) μ + 2LΛ(N^{L-1} - |w*|²/N) for the same. *)
Definition above_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (g N mu top : F) (q : forall k, 'cV[F]_(d k)),
  (0 < L)%N -> d L = 1%N -> minimizer X Y W -> aligned_layers L W g q ->
  is_layer_energy_max L W N -> is_aligned_top L X W mu -> is_data_max X top ->
  is_sharpness X Y W (2 * (sq (prefix W L) / N) * mu
    + 2 * L%:R * top * (N ^+ L.-1 - sq (prefix W L) / N)).

(* N = |w*|^{2/L} + Σ_j (|D_j|_2 + |tr D_j|) for the same; for any number of outputs. *)
Definition energy_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (g N t : F) (e : nat -> F)
         (q : forall k, 'cV[F]_(d k)),
  aligned_layers n.+1 W g q -> is_layer_energy_max n.+1 W N ->
  (forall j : nat, (j < n)%N -> 0 <= e j /\ is_norm_sq (imbalance W j) (e j ^+ 2)) ->
  is_root n.+1 (sq (prefix W n.+1)) t ->
  N = t + \sum_(j < n) (e j + `|\tr (imbalance W j)|).

(* The same as above_attained for two layers of equal energy at any angle. *)
Definition above_bent : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d 2%N, m))
         (W : network F d) (g N mu top : F) (u : 'cV[F]_(d 1%N)) (v : 'cV[F]_(d 0%N)),
  d 2%N = 1%N -> g != 0 -> minimizer X Y W -> two_bent_layers X W g top u v ->
  is_layer_energy_max 2 W N -> is_aligned_top 2 X W mu -> is_data_max X top ->
  is_sharpness X Y W (2 * (sq (prefix W 2) / N) * mu
    + 2 * 2%:R * top * (N ^+ 1 - sq (prefix W 2) / N)).

(* --- false twins -------------------------------------------------------------------------- *)

(* Twice the lower half. *)
Definition twice_below : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (N mu S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> d L = 1%N -> minimizer X Y W ->
  layers_at_most L W N -> is_aligned_top L X W mu -> bounds_sharpness X Y W S ->
  4 * (sq (prefix W L) / N) * mu <= S.
