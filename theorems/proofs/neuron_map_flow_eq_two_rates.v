(* N16.  Both terms of dδ/dt are 2η_aη_w a w·g, with opposite signs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks.
From Proofs.statements Require neuron_map_flow_eq_two_rates.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.neuron_map_flow_eq_two_rates.

Lemma speed (F : realFieldType) n (b c : F) (a : {poly F}) (w : 'cV[{poly F}]_n) (t : F) :
  (neuron_invariant b c a w)^`().[t]
  = c * (a.[t] * a^`().[t] *+ 2) - b * ((\sum_i (w i 0).[t] * (w i 0)^`().[t]) *+ 2).
Proof.
rewrite /neuron_invariant !mul_polyC derivB !derivZ hornerD hornerN !hornerZ; congr (_ * _ - _ * _).
  by rewrite expr2 derivM hornerD !hornerM mulrC -mulr2n.
rewrite /sq /dot raddf_sum horner_sum -sumrMnl; apply: eq_bigr => i _ /=.
by rewrite big_ord1 derivM hornerD !hornerM mulrC -mulr2n.
Qed.

Theorem conserved : statements.neuron_map_flow_eq_two_rates.conserved.
Proof.
move=> F n b c g a w t [fall move_w].
have sum : \sum_i (w i 0).[t] * (w i 0)^`().[t] = - (c * a.[t] * \sum_i (w i 0).[t] * g i 0).
  by rewrite mulr_sumr -sumrN; apply: eq_bigr => i _; have -> := move_w i; ring.
by rewrite speed fall sum; move: (\sum_i _) => s; ring.
Qed.

(* a = 1 - X and w = 1 - 2X with slope 1 and rates 1 and 2. *)
Theorem without_rates_false : ~ statements.neuron_map_flow_eq_two_rates.without_rates.
Proof.
pose a : {poly rat} := 1 - 'X; pose w : 'cV[{poly rat}]_1 := const_mx (1 - 2%:P * 'X).
have flow : @flows _ 1 1 2 (const_mx 1) a w 0.
  split=> [|i]; rewrite ?big_ord1 /a !mxE !derivE !hornerE //.
move=> /(_ _ _ _ _ _ _ _ _ ltr01 (ltr0n _ 2) flow).
rewrite speed big_ord1 /a !mxE !derivE !hornerE.
by move=> /eqP.
Qed.
