(* Z3p: noise only rescales the covariance and weight decay is a quasi-norm of the whole map. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy aligned.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* Neurons i and j of the last hidden layer contribute differently to w. *)
Definition unequal (F : realFieldType) (d : nat -> nat) (D : nat) (W : network F d) : Prop :=
  exists i j : 'I_(d D),
  col i (W D) *m row i (prefix W D) != col j (W D) *m row j (prefix W D).

(* Π_k γ_k|W_k|² >= Γ|w|². *)
Definition norms : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (g : nat -> F) (W : network F d),
  (forall k, 0 <= g k) ->
  decay_product D g * effective_sq D W <= \prod_(k < D.+1) layer_penalty g W k.

(* U M_D Uᵀ >= κ wᵀA_0w. *)
Definition data : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N)) (s : F)
         (W : network F d),
  semidefinite A -> 0 <= s ->
  noise_factor d D s * effective_energy D A W <= noisy_output_power D A s W.

(* Σ_k γ_k|W_k|² >= (D+1) (Γ|w|²)^{1/(D+1)}. *)
Definition decay : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (g : nat -> F) (W : network F d) (r : F),
  (forall k, 0 <= g k) -> is_root D.+1 (decay_product D g * effective_sq D W) r ->
  D.+1%:R * r <= total_decay D g W.

(* L(W) >= κ wᵀA_0w - 2 w·c + (D+1) (Γ|w|²)^{1/(D+1)}. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d) (r : F),
  semidefinite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_root D.+1 (decay_product D g * effective_sq D W) r ->
  reduced_objective A c s (effective_map D W) r <= regularised_loss A c g s W.

(* Equality at aligned weights whose layers pay the same. *)
Definition attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d) (r : F),
  (forall k, 0 <= g k) -> aligned D W -> equal_cost D g W ->
  is_root D.+1 (decay_product D g * effective_sq D W) r ->
  regularised_loss A c g s W = reduced_objective A c s (effective_map D W) r.

(* With noise, > where neurons of the last hidden layer contribute differently. *)
Definition strict : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d) (r : F),
  (0 < D)%N -> definite A -> (forall k, 0 <= g k) -> 0 < s -> unequal D W ->
  is_root D.+1 (decay_product D g * effective_sq D W) r ->
  reduced_objective A c s (effective_map D W) r < regularised_loss A c g s W.

(* --- false twins -------------------------------------------------------------------------- *)

(* The decay of a single layer, Γ|w|², for the quasi-norm. *)
Definition plain_decay : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (g : nat -> F) (W : network F d),
  (forall k, 0 <= g k) -> decay_product D g * effective_sq D W <= total_decay D g W.
