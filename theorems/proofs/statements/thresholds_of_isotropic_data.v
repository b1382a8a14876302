(* Z5: isotropic data have two thresholds: for existence and for global minimality. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy aligned.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* Γ (κa)^{D-1} D^{2D} / (D-1)^{D-1}, with 0^0 = 1. *)
Definition collapse (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (g : nat -> F)
    (s : F) : F :=
  decay_product D g * (noise_factor d D s * a) ^+ D.-1 * D%:R ^+ (2 * D) / D.-1%:R ^+ D.-1.

(* Γ (κa)^{D-1} (2D)^{2D} / ((D-1)^{D-1} (D+1)^{D+1}). *)
Definition birth (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (g : nat -> F)
    (s : F) : F :=
  decay_product D g * (noise_factor d D s * a) ^+ D.-1 * (2 * D)%:R ^+ (2 * D)
    / (D.-1%:R ^+ D.-1 * D.+1%:R ^+ D.+1).

(* L >= 0 at all weights if |c|^{2D} is at or below collapse. *)
Definition below : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  (0 < D)%N -> 0 <= a -> (forall k, 0 <= g k) -> 0 <= s ->
  cross_sq c ^+ D <= collapse d D a g s ->
  0 <= regularised_loss a%:M c g s W.

(* Weights with L < 0, stationary or not, have |c|^{2D} above it. *)
Definition negative : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  (0 < D)%N -> 0 <= a -> (forall k, 0 <= g k) -> 0 <= s ->
  regularised_loss a%:M c g s W < 0 ->
  collapse d D a g s < cross_sq c ^+ D.

(* Stationary points with w != 0, of any loss, have |c|^{2D} at or above birth. *)
Definition exists_ : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  (0 < D)%N -> 0 <= a -> (forall k, 0 <= g k) -> 0 <= s ->
  stationary a%:M c g s W -> effective_map D W != 0 ->
  birth d D a g s <= cross_sq c ^+ D.

(* 4^D collapse = (D+1)^{D+1} birth. *)
Definition ratio : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (g : nat -> F) (s : F),
  4 ^+ D * collapse d D a g s = D.+1%:R ^+ D.+1 * birth d D a g s.

(* Aligned stationary weights with κa|w|² = (D-1)τ are as high as the origin. *)
Definition tie_value : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  aligned D W -> stationary a%:M c g s W ->
  noise_factor d D s * a * effective_sq D W = (D%:R - 1) * layer_penalty g W D ->
  regularised_loss a%:M c g s W = 0.

(* Their size is |w|^{2D} = Γ ((D-1)/(κa))^{D+1}. *)
Definition jump : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  0 < a -> 0 <= s ->
  aligned D W -> stationary a%:M c g s W -> effective_map D W != 0 ->
  noise_factor d D s * a * effective_sq D W = (D%:R - 1) * layer_penalty g W D ->
  effective_sq D W ^+ D =
    decay_product D g * ((D%:R - 1) / (noise_factor d D s * a)) ^+ D.+1.

(* One output: aligned stationary weights with w != 0 and κa|w|² = (D-1)τ have |c| at collapse. *)
Definition tie : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  (0 < D)%N -> d D.+1 = 1%N ->
  aligned D W -> stationary a%:M c g s W -> effective_map D W != 0 ->
  noise_factor d D s * a * effective_sq D W = (D%:R - 1) * layer_penalty g W D ->
  cross_sq c ^+ D = collapse d D a g s.

(* Those with (D+1) κa|w|² = (D-1)τ have |c| at birth. *)
Definition born : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  (0 < D)%N -> d D.+1 = 1%N ->
  aligned D W -> stationary a%:M c g s W -> effective_map D W != 0 ->
  D.+1%:R * (noise_factor d D s * a * effective_sq D W) = (D%:R - 1) * layer_penalty g W D ->
  cross_sq c ^+ D = birth d D a g s.

(* D = 1, one output: κa|w| = |c| - Γ^{1/2} at aligned stationary weights with w != 0. *)
Definition continuous : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (a : F) (c : 'M[F]_(d 2%N, d 0%N)) (g : nat -> F)
         (s : F) (W : network F d) (nw nc nG : F),
  d 2%N = 1%N -> 0 <= a -> (forall k, 0 <= g k) -> 0 <= s ->
  aligned 1 W -> stationary a%:M c g s W -> effective_map 1 W != 0 ->
  is_root 2 (effective_sq 1 W) nw -> is_root 2 (cross_sq c) nc ->
  is_root 2 (decay_product 1 g) nG ->
  noise_factor d 1 s * a * nw = nc - nG.

(* --- false twins -------------------------------------------------------------------------- *)

(* Solutions exist only above collapse. *)
Definition one_threshold : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (a : F) (c : 'M[F]_(d D.+1, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  (0 < D)%N -> 0 <= a -> (forall k, 0 <= g k) -> 0 <= s ->
  stationary a%:M c g s W -> effective_map D W != 0 ->
  collapse d D a g s <= cross_sq c ^+ D.
