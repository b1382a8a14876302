(* Z1: at a stationary point every layer pays the same weight decay. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Neurons.
Variables (F : realFieldType) (d : nat -> nat) (g : nat -> F) (W : network F d).

(* The directions that change what neuron i above layer k receives, row i of W_k, and what it sends,
   column i of W_{k+1}, as W does. *)
Definition received (k i : nat) : network F d :=
  fun l => \matrix_(a, b) (if (l == k) && (a == i :> nat) then W l a b else 0).
Definition sent (k i : nat) : network F d :=
  fun l => \matrix_(a, b) (if (l == k.+1) && (b == i :> nat) then W l a b else 0).

(* γ_{k+1}|col_i W_{k+1}|² = γ_k|row_i W_k|². *)
Definition neuron_balanced (k : nat) (i : 'I_(d k.+1)) : Prop :=
  g k.+1 * sq (col i (W k.+1)) = g k * sq (row i (W k)).

(* γ_{k+1} W_{k+1}ᵀW_{k+1} = γ_k W_kW_kᵀ. *)
Definition matrix_balanced (k : nat) : Prop :=
  g k.+1 *: ((W k.+1)^T *m W k.+1) = g k *: (W k *m (W k)^T).

End Neurons.

(* ∂_t L(t col_i W_{k+1}) - ∂_t L(t row_i W_k) = 2 (γ_{k+1}|col_i W_{k+1}|² - γ_k|row_i W_k|²) at
   t = 1, for every hidden neuron at any weights. *)
Definition exchange : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d) (k : nat)
         (i : 'I_(d k.+1)),
  (k < D)%N ->
  regularised_slope A c g s W (sent W k i) - regularised_slope A c g s W (received W k i)
    = 2 * (g k.+1 * sq (col i (W k.+1)) - g k * sq (row i (W k))).

(* γ_{k+1}|col_i W_{k+1}|² = γ_k|row_i W_k|² at stationary points, for every hidden neuron. *)
Definition neurons : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  stationary A c g s W ->
  forall k : nat, (k < D)%N -> forall i, neuron_balanced g W (k := k) i.

(* γ_{k+1} W_{k+1}ᵀW_{k+1} = γ_k W_kW_kᵀ at stationary points without noise, σ² = 0. *)
Definition matrices : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (W : network F d),
  stationary A c g 0 W ->
  forall k : nat, (k < D)%N -> matrix_balanced g W k.

(* The same with noise, for one output. *)
Definition one_output : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  d D.+1 = 1%N -> semidefinite A -> (forall k, 0 < g k) -> 0 <= s -> stationary A c g s W ->
  forall k : nat, (k < D)%N -> matrix_balanced g W k.

(* dL(tW_k)/dt = 2 (U M_D Uᵀ - w·c + γ_k|W_k|²) at t = 1, for each layer k at any weights. *)
Definition radial : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d) (k : nat),
  (k <= D)%N ->
  regularised_slope A c g s W (alone W k) =
    2 * (noisy_output_power D A s W - effective_alignment c W + layer_penalty g W k).

(* γ_u|U|² = γ_D|W_D|² = ... = γ_1|W_1|² at stationary points. *)
Definition balance : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  stationary A c g s W ->
  forall j k : nat, (j <= D)%N -> (k <= D)%N -> layer_penalty g W j = layer_penalty g W k.

(* Each of them is w·c - U M_D Uᵀ. *)
Definition common : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  stationary A c g s W ->
  forall k : nat, (k <= D)%N ->
  layer_penalty g W k = effective_alignment c W - noisy_output_power D A s W.

(* --- false twins -------------------------------------------------------------------------- *)

(* The matrix form with noise, for any number of outputs. *)
Definition matrix_with_noise : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  semidefinite A -> (forall k, 0 < g k) -> 0 <= s -> stationary A c g s W ->
  forall k : nat, (k < D)%N -> matrix_balanced g W k.

(* Stationarity dropped. *)
Definition any_weights : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (g : nat -> F) (W : network F d),
  (forall k, 0 < g k) ->
  forall j k : nat, (j <= D)%N -> (k <= D)%N -> layer_penalty g W j = layer_penalty g W k.
