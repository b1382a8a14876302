(* N16: a linear neuron with two learning rates moves by one conserved number. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Neuron.
Variables (F : realFieldType) (n : nat).

(* δ = η_w a² - η_a|w|², along a curve of weights that are polynomials in the time. *)
Definition neuron_invariant (eta_a eta_w : F) (a : {poly F}) (w : 'cV[{poly F}]_n) : {poly F} :=
  eta_w%:P * a ^+ 2 - eta_a%:P * sq w.

(* da/dt = -η_a w·g and dw/dt = -η_w a g at the time t, g the slope of the loss in aw. *)
Definition flows (eta_a eta_w : F) (g : 'cV[F]_n) (a : {poly F}) (w : 'cV[{poly F}]_n) (t : F) :
    Prop :=
  a^`().[t] = - (eta_a * \sum_i (w i 0).[t] * g i 0) /\
  (forall i, (w i 0)^`().[t] = - (eta_w * a.[t] * g i 0)).

End Neuron.

(* dδ/dt = 0 along the flow on any loss. *)
Definition conserved : Prop :=
  forall (F : realFieldType) (n : nat) (eta_a eta_w : F) (g : 'cV[F]_n)
         (a : {poly F}) (w : 'cV[{poly F}]_n) (t : F),
  flows eta_a eta_w g a w t -> (neuron_invariant eta_a eta_w a w)^`().[t] = 0.

(* --- false twins -------------------------------------------------------------------------- *)

(* a² - |w|² is conserved whatever the rates. *)
Definition without_rates : Prop :=
  forall (F : realFieldType) (n : nat) (eta_a eta_w : F) (g : 'cV[F]_n)
         (a : {poly F}) (w : 'cV[{poly F}]_n) (t : F),
  0 < eta_a -> 0 < eta_w -> flows eta_a eta_w g a w t -> (neuron_invariant 1 1 a w)^`().[t] = 0.
