(* C3.  Along its last layer the map is linear, so the slope there is 2E tr(...) and the loss is a
   square completed; the gradient of the first layer is 2 A_1ᵀE, of rank one for one output; and
   PX = A_1 (W_1X) compares the two. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import sharpness_le_of_small_initialisation.
From Proofs Require Import networks directions quantities lemmas layers.
From Proofs Require sharpness_between_layer_energies minimal_sharpness_between_closed_forms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Gradients.
Variables (F : realFieldType) (d : nat -> nat) (n m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d n.+1, m)) (W : network F d).

Lemma slope_one_layer k (D : 'M[F]_(d k.+1, d k)) : (k < n.+1)%N ->
  slope X Y W (one_layer D)
    = m%:R^-1 * dot (residual X Y W) (suffix n.+1 W k.+1 *m D *m prefix W k *m X) *+ 2.
Proof. by move=> kn; rewrite slopeE dprefix_one_layer. Qed.

Lemma residual_excess (M : 'M[F]_(d n.+1, d 0%N)) :
  m%:R^-1 * dot (residual X Y W) (M *m X) = dot (excess X Y W) M.
Proof.
rewrite dot_mulr -dotZl /excess /residual /moment /cross mulmxBl scalerBr -scalemxAr.
by rewrite mulmxA.
Qed.

Lemma gradient_first (G : 'M[F]_(d 1%N, d 0%N)) : is_layer_gradient X Y W G ->
  G = 2 *: ((suffix n.+1 W 1)^T *m excess X Y W).
Proof.
move=> grad; apply/eqP; rewrite -subr_eq0 -sq_eq0; apply/eqP.
set D := G - _; have := grad (one_layer D) (fun j => @one_layer_off _ _ _ _ j).
rewrite slope_one_layer // mulmx1 residual_excess one_layer_at dot_mull => E.
rewrite {1}/D /sq; have -> : dot (G - 2 *: ((suffix n.+1 W 1)^T *m excess X Y W)) D
    = dot G D - 2 * dot ((suffix n.+1 W 1)^T *m excess X Y W) D.
  by rewrite ![dot _ D]dotC dotBr dotZr.
by rewrite -E mulr_natl subrr.
Qed.

End Gradients.

Theorem first : statements.sharpness_le_of_small_initialisation.first.
Proof.
move=> F d n m X Y W G d1 /gradient_first ->.
rewrite sqZ (sharpness_between_layer_energies.sq_column _ _ d1) mulrA.
by congr (_ * _ * _); rewrite expr2 -natrM.
Qed.

Theorem carried : statements.sharpness_le_of_small_initialisation.carried.
Proof.
move=> F d n m X W; rewrite !formE mulrCA ler_wpmul2l ?invr_ge0 ?ler0n //.
have -> : prefix W n.+1 *m X = suffix n.+1 W 1 *m (W 0%N *m X).
  by rewrite mulmxA -(suffix_prefix W (isT : 1 <= n.+1)%N) /= mulmx1.
exact: sharpness_between_layer_energies.sq_mul.
Qed.

Theorem energy : statements.sharpness_le_of_small_initialisation.energy.
Proof.
move=> F d n m X Y W G grad.
have := grad (one_layer (W n)) (fun j => @one_layer_off _ _ _ _ j).
rewrite slope_one_layer // one_layer_at suffixn mul1mx [dot G _]dotC => <-.
have zero : prefix (@zero_network F d) n.+1 *m X = 0 by rewrite /= /zero_network !mul0mx.
rewrite -/(prefix W n.+1) /loss zero formE /residual.
move: (prefix W n.+1 *m X) => Z; rewrite sub0r sqN sqB [dot (Z - Y) Z]dotC dotBr -!/(sq Z).
move: (m%:R^-1) (sq Y) (sq Z) (dot Z Y) => i y z e.
ring.
Qed.

Theorem stationary : statements.sharpness_le_of_small_initialisation.stationary.
Proof.
move=> F d n m X Y W G_last G_first d1 last_grad first_grad.
rewrite (energy last_grad) (first d1 first_grad).
have regroup (t a e : F) : t * (4 * a * e) = 4 * (a * t) * e by ring.
rewrite regroup ler_wpmul2r ?sq_ge0 // ler_wpmul2l ?ler0n //.
exact: carried.
Qed.

Theorem critical : statements.sharpness_le_of_small_initialisation.critical.
Proof.
move=> F d n m X Y W d1 flat less.
have grad k (D : 'M[F]_(d k.+1, d k)) : D = 0 -> is_layer_gradient X Y W D.
  by move=> -> V _; rewrite flat dot0l.
have := stationary d1 (grad n 0 erefl) (grad 0%N 0 erefl).
rewrite dot0r addr0 {2}/sq dot0r mulr0 pmulr_rle0 ?mulr_gt0 ?ltr0n ?subr_gt0 //.
rewrite le_eqVlt ltNge sq_ge0 orbF sq_eq0 subr_eq0 => /eqP.
by [].
Qed.

Theorem layered : statements.sharpness_le_of_small_initialisation.layered.
Proof.
move=> F d n m X Y W M top S d1 fits norms top_max sharp.
have M_ge0 : 0 <= M by have [s [/norm_ge0 s0 sM]] := norms 0%N (leq0n n); apply: le_trans sM.
have top_ge0 := data_max_ge0 top_max.
have layer k (v : 'cV[F]_(d k)) : (k <= n)%N -> sq (W k *m v) <= M * sq v.
  by move=> /norms [s [[bound _] sM]]; apply: le_trans (bound v) _; rewrite ler_wpmul2r ?sq_ge0.
have layer_T k (v : 'cV[F]_(d k.+1)) : (k <= n)%N -> sq ((W k)^T *m v) <= M * sq v.
  move=> /norms [s [norm sM]]; apply: le_trans (norm_sq_trmx norm v) _.
  by rewrite ler_wpmul2r ?sq_ge0.
have out k : (k <= n.+1)%N -> sq (suffix n.+1 W k) <= M ^+ (n.+1 - k).
  move=> kn; rewrite /suffix; move: (subnKC kn); move: (n.+1 - k)%N => f.
  elim: f k {kn} => [|f IH] k.
    rewrite addn0 => ->; rewrite /= pid_mx_1.
    by rewrite (sharpness_between_layer_energies.sq_identity F d1).
  rewrite addnS -addSn => kn; rewrite [above _ _ _ _]/= exprS.
  rewrite -(sharpness_between_layer_energies.sq_one_row _ d1) trmx_mul -mulmxA.
  have kn' : (k <= n)%N by rewrite -ltnS -kn leq_addr.
  apply: le_trans (layer_T _ _ kn') _; rewrite ler_wpmul2l //.
  by rewrite sharpness_between_layer_energies.sq_one_row // IH.
have inner k (x : 'cV[F]_(d 0%N)) : (k <= n.+1)%N -> sq (prefix W k *m x) <= M ^+ k * sq x.
  elim: k => [|k IH] kn; first by rewrite mul1mx mul1r.
  rewrite /= -mulmxA exprS -mulrA; apply: le_trans (layer _ _ kn) _.
  by rewrite ler_wpmul2l // IH // ltnW.
have [->|[y [y_neq0 le_S]]] := sharpness_between_layer_energies.path_attains d1 fits sharp.
  by rewrite !mulr_ge0 ?ler0n ?exprn_ge0.
apply: le_trans le_S _; rewrite -!mulrA ler_pmul2l ?ltr0n // mulr_natl.
rewrite -[n.+1 in leRHS]card_ord -sumr_const; apply: ler_sum => k _.
have le_top := minimal_sharpness_between_closed_forms.ends_le top_max y_neq0.
apply: le_trans (_ : M ^+ n * path_ends X y <= _); last first.
  by rewrite mulrC ler_wpmul2r ?exprn_ge0.
rewrite /sharpness_between_layer_energies.term /gain_in /path_ends !mulrA.
rewrite ler_wpmul2r ?sharpness_between_layer_energies.form_inv_ge0 //.
have kn : (k <= n)%N by rewrite -ltnS.
have -> : M ^+ n = M ^+ (n.+1 - k.+1) * M ^+ k by rewrite -exprD subSS subnK.
rewrite -mulrA ler_pmul ?mulr_ge0 ?sq_ge0 ?out //.
by apply: inner; apply: ltnW.
Qed.

(* One bound of all layers from bounds of each. *)
Lemma common_bound (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (w : F) :
  (forall k : nat, (k <= n)%N -> exists s, is_norm_sq (W k) s /\ s ^+ n.+1 <= w) ->
  exists M, [/\ 0 <= M, M ^+ n.+1 <= w &
    forall k : nat, (k <= n)%N -> exists s, is_norm_sq (W k) s /\ s <= M].
Proof.
move=> small.
have upto N : (N <= n)%N -> exists M, [/\ 0 <= M, M ^+ n.+1 <= w &
    forall k : nat, (k <= N)%N -> exists s, is_norm_sq (W k) s /\ s <= M].
  elim: N => [_|N IH NL].
    have [s [norm le_s]] := small 0%N (leq0n n); exists s; split=> //; first exact: norm_ge0 norm.
    by move=> k; rewrite leqn0 => /eqP ->; exists s.
  have [M [M_ge0 M_le norms]] := IH (ltnW NL); have [s [norm le_s]] := small _ NL.
  exists (Order.max M s); split; first by rewrite le_maxr M_ge0.
    by rewrite maxEle; case: ifP.
  move=> k; rewrite leq_eqVlt => /predU1P [->|kN].
    by exists s; rewrite le_maxr lexx orbT.
  have [s' [norm' le_M]] := norms k kN; exists s'.
  by rewrite le_maxr le_M.
exact: upto.
Qed.

Theorem flat : statements.sharpness_le_of_small_initialisation.flat.
Proof.
move=> F d n m X Y W T top S r d1 fits _ small top_max sharp [r_ge0 rE].
have top_ge0 := data_max_ge0 top_max.
have [M [M_ge0 M_le norms]] := common_bound small.
apply: le_trans (layered d1 fits norms top_max sharp) _.
rewrite ler_wpmul2l ?mulr_ge0 ?ler0n //.
rewrite -(@ler_pexpn2r _ n.+1) ?nnegrE ?exprn_ge0 // rE exprAC.
by rewrite ler_expn2r ?nnegrE ?exprn_ge0 ?mulr_ge0 ?ler0n ?sq_ge0.
Qed.

Theorem paper : statements.sharpness_le_of_small_initialisation.paper.
Proof.
move=> F d n m X Y W T top S t d1 fits _ small top_max sharp [t_ge0 tE].
have top_ge0 := data_max_ge0 top_max.
have [M [M_ge0 M_le norms]] := common_bound small.
apply: le_trans (layered d1 fits norms top_max sharp) _.
have -> : 8 * n.+1%:R * top * t = 2 * n.+1%:R * top * (4 * t) by move: (n.+1%:R) => l; ring.
rewrite ler_wpmul2l ?mulr_ge0 ?ler0n //.
rewrite -(@ler_pexpn2r _ n.+1) ?nnegrE ?exprn_ge0 ?mulr_ge0 ?ler0n // exprMn tE exprAC.
apply: le_trans (_ : (4 * sq T) ^+ n <= _).
  by rewrite ler_expn2r ?nnegrE ?exprn_ge0 ?mulr_ge0 ?ler0n ?sq_ge0.
rewrite exprMn exprS -mulrA ler_pemull ?mulr_ge0 ?exprn_ge0 ?ler0n ?sq_ge0 //.
by rewrite ler1n.
Qed.

Theorem ratio : statements.sharpness_le_of_small_initialisation.ratio.
Proof.
move=> F d n m X Y W T top S S_min d1 fits target C_neq0 small top_max sharp.
move=> [G [s [[gain _] [s_ge0 sE] ->]]]; have top_ge0 := data_max_ge0 top_max.
have [M [M_ge0 M_le norms]] := common_bound small.
have T_neq0 : T *m moment X != 0 by rewrite target.
have a_gt0 := minimal_sharpness_between_closed_forms.rayleigh_gt0 T_neq0.
have w_gt0 := minimal_sharpness_between_closed_forms.map_gt0 T_neq0.
have low : rayleigh X T ^+ n.+1 * sq T ^+ n <= G.
  have [u0 _ My _] := minimal_sharpness_between_closed_forms.one_row T (moment X) d1.
  rewrite minimal_sharpness_between_closed_forms.moment_sym in My.
  have y_neq0 : moment X *m (T^T *m (const_mx 1 : 'cV[F]_(d n.+1))) != 0.
    by rewrite -sq_eq0 My sq_eq0.
  apply: le_trans (gain _ _ u0 y_neq0); rewrite /path_gain.
  rewrite (minimal_sharpness_between_closed_forms.spread X T d1).
  rewrite (minimal_sharpness_between_closed_forms.pairing d1 target C_neq0) -pred_Sn.
  have := minimal_sharpness_between_closed_forms.growth T_neq0.
  move: (rayleigh X T) (rayleigh2 X T) (sq T) a_gt0 w_gt0 => a a2 w a_gt0 w_gt0.
  have -> : a2 * a * w ^+ 2 = a2 * (a * w ^+ 2) by ring.
  have -> : (a * w) ^+ 2 = a * (a * w ^+ 2) by ring.
  rewrite ler_pmul2r ?mulr_gt0 ?exprn_gt0 // => le_a2.
  rewrite exprS -mulrA -exprMn ler_wpmul2r // exprn_ge0 // mulr_ge0 // ltW //.
apply: le_trans (layered d1 fits norms top_max sharp) _.
have enough : rayleigh X T * M ^+ n <= 4 * s.
  have a_ge0 := ltW a_gt0; have M_pow := exprn_ge0 n M_ge0.
  have gap_ge0 : 0 <= rayleigh X T ^+ n.+1 * sq T ^+ n.
    by apply: mulr_ge0; apply: exprn_ge0; rewrite // ltW.
  have s4_ge0 : 0 <= 4 * s by rewrite mulr_ge0 ?ler0n.
  rewrite -(@ler_pexpn2r _ n.+1) ?nnegrE ?(mulr_ge0 a_ge0 M_pow) //.
  rewrite [leRHS]exprMn sE [leLHS]exprMn [M ^+ n ^+ _]exprAC.
  apply: le_trans (_ : rayleigh X T ^+ n.+1 * (4 * sq T) ^+ n <= _).
    rewrite ler_wpmul2l ?exprn_ge0 ?(ltW a_gt0) // ler_expn2r ?nnegrE ?exprn_ge0 //.
    by rewrite mulr_ge0 ?ler0n ?sq_ge0.
  apply: le_trans (_ : 4 ^+ n.+1 * (rayleigh X T ^+ n.+1 * sq T ^+ n) <= _); last first.
    by rewrite ler_wpmul2l ?exprn_ge0 ?ler0n.
  rewrite [(4 * _) ^+ _]exprMn mulrCA ler_wpmul2r ?gap_ge0 //.
  by rewrite exprS ler_pemull ?exprn_ge0 ?ler0n // ler1n.
have regroup (l i : F) : 4 * top * i * (2 * l * s) = 2 * l * top * (4 * s * i) by ring.
rewrite regroup ler_wpmul2l ?mulr_ge0 ?ler0n // ler_pdivl_mulr //.
by rewrite mulrC.
Qed.

Theorem attained : statements.sharpness_le_of_small_initialisation.attained.
Proof.
move=> F d n m X Y W s top r p q n0 d1 s_neq0 fits [[p1 q1] W0 mid lastE mapE] top_max.
move=> eigen root; have s_gt0 : 0 < s ^+ 2 by rewrite lt_def sqr_ge0 expf_neq0.
have rE : r = (s ^+ 2) ^+ n.
  apply: root_unique root _; rewrite // mapE; split; first by rewrite exprn_ge0 // ltW.
  by rewrite exprAC.
have through k a (M : 'M[F]_(d k, a)) : (0 < k < n)%N -> sq (W k *m M) = s ^+ 2 * sq M.
  move=> /mid [E _]; rewrite /sq dot_mull mulmxA E mul_scalar_mx dotZl.
  by [].
have back k a (M : 'M[F]_(a, d k.+1)) : (0 < k < n)%N -> sq (M *m W k) = s ^+ 2 * sq M.
  move=> /mid [_ E]; rewrite /sq dot_mulr -mulmxA E mul_mx_scalar dotZl.
  by [].
have start (y : 'cV[F]_(d 0%N)) : sq (W 0%N *m y) = s ^+ 2 * dot q y ^+ 2.
  rewrite W0 -scalemxAl sqZ -mulmxA [q^T *m y]mx11_scalar mul_mx_scalar sqZ p1 mulr1.
  by rewrite dotE /mxtrace big_ord1.
have out f k : (0 < k)%N -> (k + f = n.+1)%N -> sq (suffix n.+1 W k) = (s ^+ 2) ^+ f.
  elim: f k => [|f IH] k k0.
    by rewrite addn0 => ->; rewrite suffixn (sharpness_between_layer_energies.sq_identity F d1).
  rewrite addnS => -[kf]; have kn : (k <= n)%N by rewrite -kf leq_addr.
  case: f IH kf => [_|f IH kf].
    by rewrite addn0 => ->; rewrite (suffixS W (ltnSn n)) suffixn mul1mx lastE expr1.
  have kn' : (k < n)%N by rewrite -kf addnS ltnS leq_addr.
  by rewrite (suffixS W (kn : (k < n.+1)%N)) back ?k0 // IH ?exprS // addSn kf.
have inner k (y : 'cV[F]_(d 0%N)) : (k < n)%N ->
    sq (prefix W k.+1 *m y) = (s ^+ 2) ^+ k.+1 * dot q y ^+ 2.
  elim: k => [|k IH] kn; first by rewrite /= mulmx1 start expr1.
  rewrite -[prefix W k.+2]/(W k.+1 *m prefix W k.+1) -mulmxA through // IH ?(ltnW kn) //.
  by rewrite exprS mulrA.
have termE y (k : 'I_n.+1) : sharpness_between_layer_energies.term n.+1 X W y k
    = (s ^+ 2) ^+ n * (if k == 0%N :> nat then path_ends X y
      else dot q (moment X *m y) ^+ 2 / dot y (moment X *m y)).
  rewrite /sharpness_between_layer_energies.term /gain_in; case: k => [[|k] kn] /=.
    by rewrite (out n) // mul1mx.
  have kn' : (k < n)%N by [].
  rewrite (out (n - k.+1)%N) //; last by rewrite addSn subnKC.
  by rewrite -[W k *m _]/(prefix W k.+1) inner // !mulrA -exprD subnK.
have ends_le y := @minimal_sharpness_between_closed_forms.ends_le _ _ _ X top y top_max.
split; last first.
  move=> k; rewrite mapE => kn; exists (s ^+ 2); split=> //.
  case: k kn => [_|k].
    split=> [v|]; last by exists q; rewrite start -/(sq q) q1 expr1n oner_eq0.
    rewrite start ler_wpmul2l ?(ltW s_gt0) //.
    by apply: le_trans (cauchy_schwarz _ _) _; rewrite q1 mul1r.
  rewrite leq_eqVlt => /predU1P [kn|kn]; last first.
    split=> [v|]; first by rewrite through.
    exists (prefix W k.+1 *m q); rewrite through // inner ?(ltnW kn) // -/(sq q) q1 expr1n mulr1.
    by rewrite expf_neq0 // gt_eqF.
  rewrite kn; split=> [v|]; first by rewrite -lastE sharpness_between_layer_energies.sq_mul.
  pose u := const_mx 1 : 'cV[F]_(d n.+1); exists ((W n)^T *m u).
  have uE : sq ((W n)^T *m u) = s ^+ 2.
    by rewrite sharpness_between_layer_energies.sq_one_row // lastE.
  rewrite uE gt_eqF //; split=> //; apply/eqP; rewrite eq_le; apply/andP; split.
    by rewrite -{2}uE -lastE sharpness_between_layer_energies.sq_mul.
  have [_ u1 _ _] := minimal_sharpness_between_closed_forms.one_row (W n) 1%:M d1.
  have := cauchy_schwarz u (W n *m ((W n)^T *m u)).
  by rewrite u1 mul1r dot_mull -/(sq _) uE expr2.
have [top0|top_neq0] := eqVneq top 0.
  have flat V : hessian X Y W V = 0.
    rewrite (hessian_minimizer _ fits); apply/eqP; rewrite mulrn_eq0 /= eq_le.
    rewrite mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0 // andbT -[leRHS](mul0r (sq (dprefix W V n.+1))).
    by rewrite -top0; apply: moment_le; have [] := top_max.
  rewrite top0 mulr0 mul0r; split=> [V|]; first by rewrite flat mul0r.
  exists (one_layer (p *m q^T)); rewrite flat mul0r energy_one_layer // sq_rank1 p1 q1 mulr1.
  by rewrite oner_eq0.
have top_gt0 : 0 < top by rewrite lt_def top_neq0 (data_max_ge0 top_max).
have Mq : moment X *m q != 0.
  by rewrite eigen scaler_eq0 (negPf top_neq0) /= -sq_eq0 q1 oner_eq0.
rewrite rE; apply: (sharpness_between_layer_energies.sharpness_of_terms d1 fits).
- by apply: mulr_gt0 (exprn_gt0 n s_gt0); rewrite !mulr_gt0 ?ltr0n.
- move=> y y_neq0; rewrite -!mulrA ler_pmul2l ?ltr0n // mulr_natl.
  rewrite -[n.+1 in leRHS]card_ord -sumr_const; apply: ler_sum => k _.
  rewrite termE [leLHS]mulrC (ler_pmul2r (exprn_gt0 n s_gt0)); case: ifP => _; first exact: ends_le.
  apply: le_trans (ends_le _ y_neq0).
  rewrite /path_ends ler_wpmul2r ?sharpness_between_layer_energies.form_inv_ge0 //.
  by apply: le_trans (cauchy_schwarz _ _) _; rewrite q1 mul1r.
exists q; split=> //; rewrite -!mulrA; congr (_ * _); rewrite mulr_natl.
rewrite -[n.+1 in RHS]card_ord -sumr_const; apply: eq_bigr => k _; rewrite termE [LHS]mulrC.
congr (_ * _); rewrite /path_ends eigen sqZ dotZr -/(sq q) q1 !mulr1 expr2.
by case: ifP => _; rewrite mulfK // gt_eqF.
Qed.

(* One layer of one neuron, W = 1 for the target 2: E = -1 and the gradient is -2. *)
Theorem first_with_two_false : ~ statements.sharpness_le_of_small_initialisation.first_with_two.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_realFieldType d := scalar_network 1%N (1 : rat).
have sq1 : sq one = 1 by apply: minimal_sharpness_between_closed_forms.sq_one.
have E : @excess _ d 0 1 one (2%:M) W = - one.
  rewrite /excess /moment /cross invr1 !scale1r trmx1 /= !mulmx1 /W /scalar_network.
  by apply/matrixP => i j; rewrite !ord1 !mxE; apply/eqP; vm_compute.
have grad : @is_layer_gradient _ d 0 1 one (2%:M) W 0 (- 2 *: one).
  move=> V _; rewrite slopeE residual_excess E /= mulmx0 add0r mulmx1.
  by rewrite -scaleN1r !dotZl -mulr_natl mulrA mulrN1.
move=> /(_ _ d 0%N 1%N one (2%:M) W _ (erefl _) grad).
by rewrite E sqN sqZ sq1 suffixn sq1 !mulr1.
Qed.
