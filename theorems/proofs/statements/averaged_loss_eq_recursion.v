(* Z0: neuron noise averages exactly: a covariance recursion gives the expected loss. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy noise.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* E_x E_ε |Px - y|² - E|y|² = U M_D Uᵀ - 2 w·c for independent noise of any finite law of mean 1
   and variance s. *)
Definition average : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d) (T : finType) (p e : T -> F) (s : F),
  noise_law p e s ->
  averaged_loss A c W p e = noisy_output_power D A s W - 2 * effective_alignment c W.

(* The same for dropout masks. *)
Definition dropout : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d) (s : F),
  1 + s != 0 ->
  averaged_loss A c W (keep s) (mask s) =
    noisy_output_power D A s W - 2 * effective_alignment c W.

(* --- false twins -------------------------------------------------------------------------- *)

(* Noise of mean 1 does not matter. *)
Definition no_noise : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d) (s : F),
  1 + s != 0 ->
  averaged_loss A c W (keep s) (mask s) =
    effective_energy D A W - 2 * effective_alignment c W.
