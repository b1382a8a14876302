(* Z8: small starts of a deep network fall to the origin, and at rest decay bounds every layer. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* <W, ∇L> = 2 (Σ_k γ_k|W_k|² + (D+1)(U M_D Uᵀ - w·c)), the slope along the ray through W. *)
Definition radial : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  regularised_slope A c g s W W = 2 * (total_decay D g W +
    D.+1%:R * (noisy_output_power D A s W - effective_alignment c W)).

(* D >= 2: <W, ∇L> > 0 at every W != 0 with |c|²|W|^{2(D-1)} <= min(γ)² (D+1)^{D-1}; here m is any
   positive number that no decay falls below. *)
Definition basin : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s m : F) (W : network F d),
  (1 < D)%N -> definite A -> 0 <= s -> 0 < m -> (forall k, m <= g k) ->
  cross_sq c * size_sq D W ^+ D.-1 <= m ^+ 2 * D.+1%:R ^+ D.-1 -> 0 < size_sq D W ->
  0 < regularised_slope A c g s W W.

(* U M_D Uᵀ >= κ wᵀA_0w. *)
Definition reduced : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N)) (s : F)
         (W : network F d),
  semidefinite A -> 0 <= s ->
  noise_factor d D s * effective_energy D A W <= noisy_output_power D A s W.

(* (w·c)² <= wᵀA_0w cᵀA_0⁻¹c. *)
Definition correlation : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d),
  definite A -> effective_alignment c W ^+ 2 <= explained_power A c * effective_energy D A W.

(* γ_k|W_k|² <= cᵀA_0⁻¹c / (4κ) for every layer of every stationary point. *)
Definition scale : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  definite A -> 0 <= s -> stationary A c g s W ->
  forall k : nat, (k <= D)%N ->
  layer_penalty g W k <= explained_power A c / (4 * noise_factor d D s).

(* D >= 2: γ_k|W_k|² <= (D-1)/D² cᵀA_0⁻¹c/κ where W is stationary and no higher than the origin, as
   every global minimum is. *)
Definition minimum : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  (1 < D)%N -> definite A -> 0 <= s -> stationary A c g s W -> regularised_loss A c g s W <= 0 ->
  forall k : nat, (k <= D)%N ->
  layer_penalty g W k <= (D%:R - 1) / D%:R ^+ 2 * (explained_power A c / noise_factor d D s).

(* --- false twins -------------------------------------------------------------------------- *)

(* The loss grows along every ray at D = 1. *)
Definition shallow_basin : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  definite A -> 0 <= s -> (forall k, 0 < g k) -> 0 < size_sq 1 W ->
  0 < regularised_slope A c g s W W.
