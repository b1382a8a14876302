(* N10: gradient descent contracts imbalances of scalar chains while the residual is small. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss chains.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Pairs.
Variables (F : realFieldType) (L : nat) (W : network F chain_widths).

(* r = P - z. *)
Definition chain_residual (z : F) : F := chain_product L W - z.

(* b_ij = w_i² - w_j², and the product of the squares of all other weights. *)
Definition pair_imbalance (i j : nat) : F := weight W i ^+ 2 - weight W j ^+ 2.
Definition other_weights_sq (i j : nat) : F :=
  \prod_(k < L | (k != i :> nat) && (k != j :> nat)) weight W k ^+ 2.

End Pairs.

(* b_ij⁺ = b_ij (1 - η²r² Π_{k≠i,j} w_k²). *)
Definition step : Prop :=
  forall (F : realFieldType) (L m : nat) (X Y : 'M[F]_(1, m)) (W G : network F chain_widths)
         (z eta : F),
  @moment F chain_widths m X = 1%:M -> @cross F chain_widths L m X Y = z%:M ->
  @is_gradient F chain_widths L m X Y W G ->
  forall i j, (i < L)%N -> (j < L)%N -> i != j ->
  pair_imbalance (moved W G eta) i j = pair_imbalance W i j
    * (1 - eta ^+ 2 * chain_residual L W z ^+ 2 * other_weights_sq L W i j).

(* The same for the first two weights: b⁺ = b (1 - η²r²q) with b = b_12 and q = w_3² ... w_L². *)
Definition first : Prop :=
  forall (F : realFieldType) (L m : nat) (X Y : 'M[F]_(1, m)) (W G : network F chain_widths)
         (z eta : F),
  @moment F chain_widths m X = 1%:M -> @cross F chain_widths L m X Y = z%:M ->
  @is_gradient F chain_widths L m X Y W G -> (1 < L)%N ->
  pair_imbalance (moved W G eta) 0 1 = pair_imbalance W 0 1
    * (1 - eta ^+ 2 * chain_residual L W z ^+ 2 * other_weights_sq L W 0 1).

(* |b_ij| does not grow if η²r² Π_{k≠i,j} w_k² <= 2. *)
Definition falls : Prop :=
  forall (F : realFieldType) (L m : nat) (X Y : 'M[F]_(1, m)) (W G : network F chain_widths)
         (z eta : F),
  @moment F chain_widths m X = 1%:M -> @cross F chain_widths L m X Y = z%:M ->
  @is_gradient F chain_widths L m X Y W G ->
  forall i j, (i < L)%N -> (j < L)%N -> i != j ->
  eta ^+ 2 * chain_residual L W z ^+ 2 * other_weights_sq L W i j <= 2 ->
  pair_imbalance (moved W G eta) i j ^+ 2 <= pair_imbalance W i j ^+ 2.

(* It grows if η²r² Π_{k≠i,j} w_k² > 2 and b_ij is not zero. *)
Definition grows : Prop :=
  forall (F : realFieldType) (L m : nat) (X Y : 'M[F]_(1, m)) (W G : network F chain_widths)
         (z eta : F),
  @moment F chain_widths m X = 1%:M -> @cross F chain_widths L m X Y = z%:M ->
  @is_gradient F chain_widths L m X Y W G ->
  forall i j, (i < L)%N -> (j < L)%N -> i != j ->
  2 < eta ^+ 2 * chain_residual L W z ^+ 2 * other_weights_sq L W i j ->
  0 < pair_imbalance W i j ^+ 2 ->
  pair_imbalance W i j ^+ 2 < pair_imbalance (moved W G eta) i j ^+ 2.

(* S² = 4 (b² + 4z²) at a minimizer of depth 2. *)
Definition limit : Prop :=
  forall (F : realFieldType) (m : nat) (X Y : 'M[F]_(1, m)) (W : network F chain_widths) (z S : F),
  @moment F chain_widths m X = 1%:M -> @cross F chain_widths 2 m X Y = z%:M ->
  @minimizer F chain_widths 2 m X Y W -> @is_sharpness F chain_widths 2 m X Y W S ->
  S ^+ 2 = 4 * (pair_imbalance W 0 1 ^+ 2 + 4 * z ^+ 2).

(* --- false twins -------------------------------------------------------------------------- *)

(* η for η²: b_ij⁺ = b_ij (1 - η r² Π_{k≠i,j} w_k²). *)
Definition first_order : Prop :=
  forall (F : realFieldType) (L m : nat) (X Y : 'M[F]_(1, m)) (W G : network F chain_widths)
         (z eta : F),
  @moment F chain_widths m X = 1%:M -> @cross F chain_widths L m X Y = z%:M ->
  @is_gradient F chain_widths L m X Y W G -> 0 < eta ->
  forall i j, (i < L)%N -> (j < L)%N -> i != j ->
  pair_imbalance (moved W G eta) i j = pair_imbalance W i j
    * (1 - eta * chain_residual L W z ^+ 2 * other_weights_sq L W i j).
