(* Z3p.  The last noise first: U(Q + σ² diag Q)Uᵀ exceeds (1 + σ²/d) UQUᵀ by σ²/2d times the
   sum over pairs of neurons of (s_i - s_j) M (s_i - s_j)ᵀ, s_i their contributions; then layer
   by layer.
   Decay: AM-GM and |AB| <= |A||B|.  Aligned networks turn every step into an equality. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas aligned aligned_lemmas.
From Proofs.statements Require loss_ge_reduced_problem.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Theorem norms : statements.loss_ge_reduced_problem.norms.
Proof. by move=> F d D g W g_ge0; apply: payments_ge. Qed.

Theorem data : statements.loss_ge_reduced_problem.data.
Proof. by move=> F d D A s W [_ A_ge0] s_ge0; apply: power_ge. Qed.

Theorem decay : statements.loss_ge_reduced_problem.decay.
Proof.
move=> F d D g W r g_ge0 [r_ge0 rE].
rewrite mulrC -ler_pdivl_mulr ?ltr0n // -(@ler_pexpn2r _ D.+1) ?nnegrE //.
  by rewrite rE decay_mean.
by rewrite divr_ge0 ?ler0n ?total_decay_ge0.
Qed.

Theorem lower : statements.loss_ge_reduced_problem.lower.
Proof.
move=> F d D A c g s W r A_ge0 g_ge0 s_ge0 root; rewrite /reduced_objective /regularised_loss.
by apply: ler_add; [rewrite ler_add2r; apply: data | apply: decay].
Qed.

Theorem attained : statements.loss_ge_reduced_problem.attained.
Proof.
move=> F d D A c g s W r g_ge0 [R [b [v [signs first later]]]] equal root.
rewrite /regularised_loss /reduced_objective (power_aligned A s signs first later).
congr (_ + _); have -> : total_decay D g W = D.+1%:R * layer_penalty g W D.
  rewrite /total_decay (eq_bigr (fun=> layer_penalty g W D)) => [|k _].
    by rewrite sumr_const card_ord mulr_natl.
  by rewrite equal // -ltnS.
congr (_ * _); apply: (root_unique (ltn0Sn D)) root; split; first exact: penalty_ge0.
rewrite (sq_aligned signs first later) -big_split /= -[X in _ ^+ X]card_ord -prodr_const.
by apply: eq_bigr => k _; rewrite -(equal k) // -ltnS.
Qed.

Theorem strict : statements.loss_ge_reduced_problem.strict.
Proof.
move=> F d [//|n] A c g s W r _ [_ A_gt0] g_ge0 s_gt0 [i [j ij]] root.
have A_ge0 (x : 'cV_(d 0%N)) : 0 <= dot x (A *m x).
  by have [->|/A_gt0/ltW //] := eqVneq x 0; rewrite dot0l.
rewrite /reduced_objective /regularised_loss ltr_le_add //; last exact: decay.
rewrite ltr_add2r.
have width : (0 < d n.+1)%N by apply: leq_ltn_trans (ltn_ord i).
have M_ge0 := @moment_form_ge0 _ _ A s (ltW s_gt0) A_ge0 W n.
rewrite [noisy_output_power _ _ _ _]/noisy_output_power /= power_step //.
set S := contribution _ _; set pairs := \sum_(a < _) _.
have pairs_gt0 : 0 < pairs.
  have term_ge0 a b : 0 <= \tr ((S a - S b) *m noisy_moment A s W n *m (S a - S b)^T).
    exact: value_ge0.
  rewrite /pairs (bigD1 i) //= ltr_paddr ?sumr_ge0 // => [a _|]; first by rewrite sumr_ge0.
  rewrite (bigD1 j) //= ltr_paddr ?sumr_ge0 //.
  apply: lt_le_trans (moment_value_ge (ltW s_gt0) A_ge0 _ _).
  rewrite mulr_gt0 ?noise_factor_gt0 ?(ltW s_gt0) // value_gt0 //.
  have move_in a : S a *m prefix W n = col a (W n.+1) *m row a (prefix W n.+1).
    by rewrite /S /contribution -mulmxA -row_mul.
  by rewrite mulmxBl !move_in subr_eq0.
apply: (@le_lt_trans _ _ ((1 + s / (d n.+1)%:R) * \tr (W n.+1 *m W n *m noisy_moment A s W n
    *m (W n.+1 *m W n)^T))); last first.
  by rewrite ltr_addl mulr_gt0 // divr_gt0 ?mulr_gt0 ?ltr0n.
rewrite noise_factorS mulrAC mulrC ler_wpmul2l ?addr_ge0 ?ler01 ?divr_ge0 ?ler0n ?(ltW s_gt0) //.
have := moment_value_ge (ltW s_gt0) A_ge0 W (W n.+1 *m W n).
by rewrite /effective_energy /effective_map /= !mulmxA.
Qed.

(* Two layers of one neuron with weights 2: 16 > 4 + 4. *)
Theorem plain_decay_false : ~ statements.loss_ge_reduced_problem.plain_decay.
Proof.
pose W : network rat_realFieldType (fun=> 1%N) := scalar_network _ 2.
move=> /(_ _ _ 1%N (fun=> 1) W (fun=> ler01)).
rewrite /decay_product big1 // mul1r /effective_sq /effective_map /total_decay.
rewrite prefix_scalar big_ord_recr big_ord1 /layer_penalty /= !mul1r /W /scalar_network.
by rewrite /sq /dot !big_ord1 !mxE.
Qed.
