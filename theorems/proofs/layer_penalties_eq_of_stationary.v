(* Z1.  Scaling layer k by 1 + X scales U M_D Uᵀ by (1 + X)², w·c by 1 + X and its penalty by
   (1 + X)²; the slope of this polynomial vanishes at a stationary point. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas.
From Proofs.statements Require layer_penalties_eq_of_stationary.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Theorem radial : statements.layer_penalties_eq_of_stationary.radial.
Proof.
move=> F d D A c g s W k kD; rewrite slope_scaled.
have pick (f : nat -> F) : \sum_(j < D.+1) (val j == k)%:R * f j = f k.
  rewrite (bigD1 (Ordinal (kD : k < D.+1)%N)) //= eqxx mul1r big1 ?addr0 // => j.
  by rewrite -val_eqE /= => /negPf ->; rewrite mul0r.
have one : \sum_(j < D.+1) (val j == k)%:R = 1 :> F.
  by rewrite -[RHS](pick (fun=> 1)); apply: eq_bigr => j _; rewrite mulr1.
by rewrite pick one mul1r.
Qed.

Theorem common : statements.layer_penalties_eq_of_stationary.common.
Proof.
move=> F d D A c g s W rest k kD; have := rest (alone W k); rewrite radial //.
move/eqP; rewrite mulf_eq0 pnatr_eq0 /= addr_eq0 => /eqP E.
by rewrite -[RHS]opprB E opprK.
Qed.

Theorem balance : statements.layer_penalties_eq_of_stationary.balance.
Proof. by move=> F d D A c g s W rest j k jD kD; rewrite !(common rest). Qed.

(* Two layers of one neuron with weights 1 and 0. *)
Theorem any_weights_false : ~ statements.layer_penalties_eq_of_stationary.any_weights.
Proof.
pose W : network rat_realFieldType (fun=> 1%N) := fun k => (k == 0%N)%:R%:M.
move=> /(_ _ _ 1%N (fun=> 1) W (fun=> ltr01) 0%N 1%N isT isT).
rewrite /layer_penalty /W /= !mul1r /sq /dot !big_ord1 !mxE /=.
by move/eqP; rewrite mulr1 mulr0 oner_eq0.
Qed.
