(* Z7.  A global minimum costs no more than aligned weights of its map, which cost the reduced
   objective; its data and its decay each cost no less than their part of that (Z3'), so that both
   are equal: U M_D Uᵀ = κ wᵀA_0w.  With w·c >= U M_D Uᵀ the form of A_0 at cA_0⁻¹ - tw bounds
   it. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas aligned aligned_lemmas.
From Proofs Require Import layer_penalties_eq_of_stationary loss_ge_reduced_problem.
From Proofs Require Import small_starts_end_at_origin.
From Proofs.statements Require prediction_variance_le_of_minimum.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.prediction_variance_le_of_minimum.

Lemma power_eq (F : realFieldType) (d : nat -> nat) D (A : 'M[F]_(d 0%N))
    (c : 'M[F]_(d D.+1, d 0%N)) g s (W V : network F d) :
  semidefinite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> aligned_twin D g W V ->
  noisy_output_power D A s W = noise_factor d D s * effective_energy D A W.
Proof.
move=> [_ A_ge0] g_ge0 s_ge0 least [[R [b [v [signs first later]]]] equal same].
have root : is_root D.+1 (decay_product D g * effective_sq D W) (layer_penalty g V D).
  split; first exact: penalty_ge0.
  rewrite /effective_sq -same -/(effective_sq D V) (sq_aligned signs first later) -big_split /=.
  rewrite -[X in _ ^+ X]card_ord -prodr_const.
  by apply: eq_bigr => k _; rewrite -(equal k) // -ltnS.
have := least V; have aV : aligned D V by exists R, b, v.
have rootV : is_root D.+1 (decay_product D g * effective_sq D V) (layer_penalty g V D).
  by rewrite /effective_sq same.
rewrite (attained A c s g_ge0 aV equal rootV) same /reduced_objective /regularised_loss.
have := decay g_ge0 root; have := power_ge D s_ge0 A_ge0 W.
rewrite -/(effective_energy D A W) -/(effective_alignment c W).
set Y := noisy_output_power _ _ _ _; set K := _ * effective_energy _ _ _.
set a := effective_alignment _ _; set T := total_decay _ _ _; set t := _ * layer_penalty _ _ _.
move=> low paid cheap; apply/eqP; rewrite eq_le low andbT.
rewrite -(ler_add2r (- (2 * a) + t)) !addrA; apply: le_trans cheap.
by rewrite ler_add2l.
Qed.

(* At a global minimum the slope along the last layer vanishes. *)
Lemma signal_ge (F : realFieldType) (d : nat -> nat) D (A : 'M[F]_(d 0%N))
    (c : 'M[F]_(d D.+1, d 0%N)) g s (W : network F d) :
  semidefinite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> noisy_output_power D A s W <= effective_alignment c W.
Proof.
move=> [_ A_ge0] g_ge0 s_ge0 least.
have := least; set Y := noisy_output_power _ _ _ _; set a := effective_alignment _ _ => _.
pose p := layer_penalty g W D; have p_ge0 : 0 <= p by apply: penalty_ge0.
have Y_ge0 : 0 <= Y by apply: power_ge0.
have along h : 0 <= h * (2 * (Y + p - a) + h * (Y + p)).
  have := least (scaled (fun k => 1 + (k == D)%:R * h) W); rewrite loss_scaled.
  have -> : \prod_(j < D.+1) (1 + (val j == D)%:R * h) = 1 + h.
    rewrite big_ord_recr /= eqxx mul1r big1 ?mul1r // => j _.
    by rewrite ltn_eqF ?mul0r ?addr0 //; apply: ltn_ord.
  rewrite -/Y -/a big_ord_recr /= eqxx mul1r -/p.
  have -> : \sum_(k < D) (1 + (val k == D)%:R * h) ^+ 2 * layer_penalty g W k =
      total_decay D g W - p.
    rewrite /total_decay big_ord_recr /= addrK; apply: eq_bigr => j _.
    by rewrite ltn_eqF ?mul0r ?addr0 ?expr1n ?mul1r //; apply: ltn_ord.
  rewrite /regularised_loss -/Y -/a -subr_ge0; move: (total_decay D g W) => T.
  by congr (0 <= _); ring.
suff v0 : Y + p - a = 0 by move/eqP: v0; rewrite subr_eq0 => /eqP <-; rewrite ler_addl.
move: along; set u := Y + p; set v := u - a => along; have u_ge0 : 0 <= u by rewrite addr_ge0.
apply/eqP; rewrite -sqrf_eq0 eq_le sqr_ge0 andbT; have [u0|u_neq0] := eqVneq u 0.
  have := along (- v); have -> : - v * (2 * v + - v * u) = - (2 * v ^+ 2) + v ^+ 2 * u by ring.
  by rewrite u0 mulr0 addr0 oppr_ge0 pmulr_rle0 ?ltr0n.
have u_gt0 : 0 < u by rewrite lt_def u_neq0.
have := along (- (v / u)); have -> : - (v / u) * (2 * v + - (v / u) * u) = - (v ^+ 2 / u).
  have cancel : v / u * u = v by rewrite divfK.
  transitivity (- (v / u) * (2 * v) + v / u * (v / u * u)); first by ring.
  by rewrite cancel; ring.
by rewrite oppr_ge0 pmulr_lle0 ?invr_gt0.
Qed.

Theorem average_given_twin : statements.prediction_variance_le_of_minimum.average_given_twin.
Proof.
move=> F d D A c g s W V A_ge0 g_ge0 s_ge0 least twin.
by rewrite /prediction_variance (power_eq A_ge0 g_ge0 s_ge0 least twin) mulrBl mul1r.
Qed.

Lemma explained_ge (F : realFieldType) (d : nat -> nat) D (A : 'M[F]_(d 0%N))
    (c : 'M[F]_(d D.+1, d 0%N)) g s (W V : network F d) :
  definite A -> (forall k, 0 <= g k) -> 0 <= s ->
  is_global_minimum A c g s W -> aligned_twin D g W V ->
  noise_factor d D s ^+ 2 * effective_energy D A W <= explained_power A c.
Proof.
move=> A_def g_ge0 s_ge0 least twin.
have A_ge0 : semidefinite A by split; [case: A_def | apply: definite_ge0].
have power := power_eq A_ge0 g_ge0 s_ge0 least twin.
have := signal_ge A_ge0 g_ge0 s_ge0 least; rewrite power => signal.
have square : 0 <= 1 ^+ 2 * explained_power A c
    - 2 * 1 * noise_factor d D s * effective_alignment c W
    + noise_factor d D s ^+ 2 * effective_energy D A W.
  by rewrite -regression //; apply/value_ge0/definite_ge0.
have K_gt0 := noise_factor_gt0 d s_ge0 D.
move: signal square K_gt0; move: (noise_factor d D s) (explained_power A c) => K q.
move: (effective_alignment c W) (effective_energy D A W) => a e signal square K_gt0.
rewrite -subr_ge0; have -> : q - K ^+ 2 * e = (1 ^+ 2 * q - 2 * 1 * K * a + K ^+ 2 * e)
  + 2 * K * (a - K * e) by ring.
by rewrite addr_ge0 // mulr_ge0 ?subr_ge0 // mulr_ge0 ?ler0n ?ltW.
Qed.

Theorem bound_given_twin : statements.prediction_variance_le_of_minimum.bound_given_twin.
Proof.
move=> F d D A c g s W V A_def g_ge0 s_ge0 least twin.
have A_ge0 : semidefinite A by split; [case: A_def | apply: definite_ge0].
have E := average_given_twin A_ge0 g_ge0 s_ge0 least twin; rewrite E.
have K_gt0 := noise_factor_gt0 d s_ge0 D; have K_ge1 := noise_factor_ge1 d s_ge0 D.
rewrite -mulrA ler_wpmul2l ?subr_ge0 // mulrC ler_pdivl_mulr ?exprn_gt0 // mulrC.
exact: explained_ge least twin.
Qed.

Theorem wide_given_twin : statements.prediction_variance_le_of_minimum.wide_given_twin.
Proof.
move=> F d D A c g s W V A_def g_ge0 s_ge0 least twin.
have K_gt0 := noise_factor_gt0 d s_ge0 D; have K_ge1 := noise_factor_ge1 d s_ge0 D.
apply: le_trans (bound_given_twin A_def g_ge0 s_ge0 least twin) _.
rewrite -mulrA ler_wpmul2l ?subr_ge0 // mulrC ler_pdivr_mulr ?exprn_gt0 //.
by rewrite ler_pemulr ?explained_ge0 ?exprn_ege1.
Qed.

Theorem noisy_given_twin : statements.prediction_variance_le_of_minimum.noisy_given_twin.
Proof.
move=> F d D A c g s W V A_def g_ge0 s_ge0 least twin.
have K_gt0 := noise_factor_gt0 d s_ge0 D; have K_ge1 := noise_factor_ge1 d s_ge0 D.
apply: le_trans (bound_given_twin A_def g_ge0 s_ge0 least twin) _.
rewrite mulrAC ler_pdivr_mulr ?exprn_gt0 // expr2 mulrA mulfVK ?gt_eqF // mulrC.
by rewrite ler_wpmul2l ?explained_ge0 // ler_subl_addr ler_paddr ?ler01.
Qed.

Theorem quarter : statements.prediction_variance_le_of_minimum.quarter.
Proof.
move=> F d D A c g s W A_def g_ge0 rest; rewrite /prediction_variance ler_pdivl_mulr ?ltr0n //.
have pay : 0 <= layer_penalty g W D by apply: penalty_ge0.
have := common rest (leqnn D) => E; rewrite E subr_ge0 in pay.
have square : 0 <= 1 ^+ 2 * explained_power A c - 2 * 1 * 2 * effective_alignment c W
    + 2 ^+ 2 * effective_energy D A W.
  by rewrite -regression //; apply/value_ge0/definite_ge0.
move: pay square; move: (explained_power A c) (effective_energy D A W) => q e.
move: (noisy_output_power D A s W) (effective_alignment c W) => Y a pay square.
rewrite -subr_ge0; have -> : q - (Y - e) * 4 = (1 ^+ 2 * q - 2 * 1 * 2 * a + 2 ^+ 2 * e)
  + 4 * (a - Y) by ring.
by rewrite addr_ge0 // mulr_ge0 ?subr_ge0 ?ler0n.
Qed.

(* One neuron, weights 1, no signal, σ² = 1. *)
Theorem quarter_anywhere_false : ~ statements.prediction_variance_le_of_minimum.quarter_anywhere.
Proof.
pose W : network rat_realFieldType (fun=> 1%N) := scalar_network _ 1.
have A_def : definite (1%:M : 'M[rat]_1).
  by split=> [|x]; rewrite ?trmx1 // mul1mx -/(sq x) sq_gt0.
move=> /(_ _ (fun=> 1%N) 1%N 1%:M 0 1 W A_def ler01).
rewrite /explained_power !mul0mx mxtrace0 mul0r /prediction_variance /effective_energy.
rewrite /effective_map prefix_scalar expr1n /noisy_output_power /= /W /scalar_network trmx1.
rewrite ?mulmx1 ?mul1mx ?mulmx1 /with_noise ?scale1r /mxtrace !big_ord1.
by rewrite !mxE eqxx !mulr1n addrK ler10.
Qed.
