(* Z7: at the global minimum the variance of the prediction is bounded whatever the decay. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy aligned.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* E_x Var_ε f(x) = U M_D Uᵀ - wᵀA_0w. *)
Definition prediction_variance (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
    (s : F) (W : network F d) : F := noisy_output_power D A s W - effective_energy D A W.

(* V has the map of W, is aligned, and all its layers pay the same: such weights exist for every W
   with one output and positive decays where the field has the roots that scale their layers. *)
Definition aligned_twin (F : realFieldType) (d : nat -> nat) (D : nat) (g : nat -> F)
    (W V : network F d) : Prop :=
  [/\ aligned D V, equal_cost D g V & effective_map D V = effective_map D W].

(* E_x Var_ε f = (κ-1) wᵀA_0w at global minima. *)
Definition average_given_twin : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W V : network F d),
  semidefinite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> aligned_twin D g W V ->
  prediction_variance D A s W = (noise_factor d D s - 1) * effective_energy D A W.

(* E_x Var_ε f <= (κ-1)/κ² cᵀA_0⁻¹c at global minima. *)
Definition bound_given_twin : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W V : network F d),
  definite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> aligned_twin D g W V ->
  prediction_variance D A s W <=
    (noise_factor d D s - 1) / noise_factor d D s ^+ 2 * explained_power A c.

(* E_x Var_ε f <= (κ-1) cᵀA_0⁻¹c at global minima: it vanishes as κ -> 1. *)
Definition wide_given_twin : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W V : network F d),
  definite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> aligned_twin D g W V ->
  prediction_variance D A s W <= (noise_factor d D s - 1) * explained_power A c.

(* E_x Var_ε f <= cᵀA_0⁻¹c / κ at global minima: it vanishes as κ grows. *)
Definition noisy_given_twin : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W V : network F d),
  definite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> aligned_twin D g W V ->
  prediction_variance D A s W <= explained_power A c / noise_factor d D s.

(* E_x Var_ε f <= cᵀA_0⁻¹c / 4 at every stationary point. *)
Definition quarter : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  definite A -> (forall k, 0 <= g k) -> stationary A c g s W ->
  prediction_variance D A s W <= explained_power A c / 4.

(* --- false twins -------------------------------------------------------------------------- *)

(* A quarter at any weights. *)
Definition quarter_anywhere : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (s : F) (W : network F d),
  definite A -> 0 <= s -> prediction_variance D A s W <= explained_power A c / 4.
