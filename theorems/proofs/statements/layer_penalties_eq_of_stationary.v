(* Z1: at a stationary point every layer pays the same weight decay. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

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

(* Stationarity dropped. *)
Definition any_weights : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (g : nat -> F) (W : network F d),
  (forall k, 0 < g k) ->
  forall j k : nat, (j <= D)%N -> (k <= D)%N -> layer_penalty g W j = layer_penalty g W k.
