(* N1: on whitened data even spectral norms around the layers make a minimizer flattest.  The
   sharpness of a minimizer lies between the largest 2|A_k|_2²|B_kK|_2² and the sum of them.  The
   layer W k has a k = |A_k|_2² and b k = |B_kK|_2². *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks quantities.
From Proofs.statements Require Import sharpness_log_convex_in_hidden_bases.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* a k = |A_k|_2² and b k = |B_kK|_2² for every layer. *)
Definition are_block_norms (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) (a b : nat -> F) : Prop :=
  forall k : nat, (k < L)%N ->
  is_norm_sq (suffix L W k.+1) (a k) /\ is_norm_on_data X (prefix W k) (b k).

(* t = λ_max(K(gI + W_1ᵀW_1)K), the largest value over z = Ky/|Ky|. *)
Definition is_two_layer_top (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) (g t : F) : Prop :=
  (forall y : 'cV_(d 0%N), g * sq (moment X *m y) + sq (W 0%N *m (moment X *m y))
                           <= t * dot y (moment X *m y)) /\
  (exists y : 'cV_(d 0%N), moment X *m y != 0 /\
     g * sq (moment X *m y) + sq (W 0%N *m (moment X *m y)) = t * dot y (moment X *m y)).

(* S(W) >= 2 max_k |A_k|_2² |B_kK|_2². *)
Definition below : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (a b : nat -> F) (S : F),
  are_block_norms L X W a b -> bounds_sharpness X Y W S ->
  forall k : nat, (k < L)%N -> 2 * (a k * b k) <= S.

(* q(W) <= 2 Σ_k |A_k|_2² |B_kK|_2² in every direction D of the map. *)
Definition terms : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (W : network F d) (a b : nat -> F) (D : 'M[F]_(d L, d 0%N)),
  are_block_norms L X W a b ->
  gram_quotient X W D <= 2 * (\sum_(k < L) a k * b k).

(* S(W) <= 2 Σ_k |A_k|_2² |B_kK|_2²: no value of the Hessian is larger. *)
Definition above : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (a b : nat -> F),
  minimizer X Y W -> are_block_norms L X W a b ->
  bounds_sharpness X Y W (2 * (\sum_(k < L) a k * b k)).

(* Σ_k |A_k|_2² |B_kK|_2² is one number. *)
Definition same : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (W : network F d) (a b a' b' : nat -> F),
  are_block_norms L X W a b ->
  (forall k : nat, (k < L)%N ->
    is_norm_sq (suffix L W k.+1) (a' k) /\ is_norm_on_data X (prefix W k) (b' k)) ->
  \sum_(k < L) a k * b k = \sum_(k < L) a' k * b' k.

(* S(W) <= L 2 max_k |A_k|_2² |B_kK|_2². *)
Definition within : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (a b : nat -> F) (largest : F),
  minimizer X Y W -> are_block_norms L X W a b ->
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) <= largest) ->
  bounds_sharpness X Y W (L%:R * largest).

(* On whitened data, with s = σ² and r = σ^{2-2/L}: if no |A_k|_2² |B_k|_2² exceeds r, then
   S(W) = 2L σ^{2-2/L}. *)
Definition even : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (a b : nat -> F) (s r S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> moment X = 1%:M ->
  minimizer X Y W -> is_norm_sq (cross X Y) s -> is_root L (s ^+ L.-1) r ->
  are_block_norms L X W a b -> (forall k : nat, (k < L)%N -> a k * b k <= r) ->
  is_sharpness X Y W S -> S = 2 * L%:R * r.

(* S(W) = 2 Σ_k |A_k|_2² |B_kK|_2² with one input and one output. *)
Definition scalar : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (a b : nat -> F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> d 0%N = 1%N -> d L = 1%N ->
  minimizer X Y W -> are_block_norms L X W a b ->
  is_sharpness X Y W (2 * (\sum_(k < L) a k * b k)).

(* e_j (S/2 - e_j)^{L-1} >= (L-1)^{L-1} σ^{2L-2} for every e_j = |A_j|_2² |B_j|_2², the largest too,
   with one input and one output and L = n.+1 layers on whitened data; s is σ². *)
Definition uneven : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d n.+1, m))
         (W : network F d) (a b : nat -> F) (s S : F),
  (forall k, (0 < d k)%N) -> d 0%N = 1%N -> d n.+1 = 1%N -> moment X = 1%:M ->
  minimizer X Y W -> is_norm_sq (cross X Y) s -> are_block_norms n.+1 X W a b ->
  is_sharpness X Y W S ->
  forall j : nat, (j < n.+1)%N ->
  n%:R ^+ n * s ^+ n <= a j * b j * (S / 2 - a j * b j) ^+ n.

(* q(W) <= 2 λ_max(K(|W_2|_2²I + W_1ᵀW_1)K) for two layers, in every direction D of the map. *)
Definition two_above : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (g t : F) (D : 'M[F]_(d 2%N, d 0%N)),
  is_norm_sq (W 1%N) g -> is_two_layer_top X W g t ->
  gram_quotient X W D <= 2 * t.

(* S(W) = 2 λ_max(K(|W_2|_2²I + W_1ᵀW_1)K) for two layers, on any data. *)
Definition two : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d 2%N, m))
         (W : network F d) (g t : F),
  (forall k, (0 < d k)%N) -> minimizer X Y W ->
  is_norm_sq (W 1%N) g -> is_two_layer_top X W g t ->
  is_sharpness X Y W (2 * t).

(* λ_max(K(|W_2|_2²I + W_1ᵀW_1)K) = |W_1|_2² + |W_2|_2² on whitened data. *)
Definition on_white_data : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d)
         (p q t : F),
  moment X = 1%:M -> is_norm_sq (W 0%N) p -> is_norm_sq (W 1%N) q ->
  is_two_layer_top X W q t -> t = p + q.

(* |W_1|_2 |W_2|_2 >= σ for two layers; s is σ² = |W_2W_1|_2². *)
Definition product : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (W : network F d) (p q sigma : F),
  0 <= p -> 0 <= q -> 0 <= sigma ->
  is_norm_sq (W 0%N) (p ^+ 2) -> is_norm_sq (W 1%N) (q ^+ 2) ->
  is_norm_sq (prefix W 2) (sigma ^+ 2) -> sigma <= p * q.

(* S(W) = 2 (|W_1|_2² + |W_2|_2²) for two layers on whitened data. *)
Definition norms : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d 2%N, m))
         (W : network F d) (p q : F),
  (forall k, (0 < d k)%N) -> moment X = 1%:M -> minimizer X Y W ->
  is_norm_sq (W 0%N) p -> is_norm_sq (W 1%N) q ->
  is_sharpness X Y W (2 * (p + q)).

(* S(W) >= 4σ + 2 (|W_1|_2 - |W_2|_2)² for two layers on whitened data. *)
Definition two_price : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d 2%N, m))
         (W : network F d) (p q sigma S : F),
  (forall k, (0 < d k)%N) -> moment X = 1%:M -> minimizer X Y W ->
  0 <= p -> 0 <= q -> 0 <= sigma ->
  is_norm_sq (W 0%N) (p ^+ 2) -> is_norm_sq (W 1%N) (q ^+ 2) ->
  is_norm_sq (cross X Y) (sigma ^+ 2) -> bounds_sharpness X Y W S ->
  4 * sigma + 2 * (p - q) ^+ 2 <= S.

(* --- false twins -------------------------------------------------------------------------- *)

(* The sharpness is that of the largest block. *)
Definition largest_alone : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (W : network F d) (a b : nat -> F) (largest S : F),
  minimizer X Y W -> are_block_norms L X W a b ->
  (forall k : nat, (k < L)%N -> 2 * (a k * b k) <= largest) ->
  is_sharpness X Y W S -> S <= largest.
