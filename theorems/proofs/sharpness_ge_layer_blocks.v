(* U4.  In one layer alone the map is affine, so the residual term vanishes there and the form is
   2|A_k V B_k X|²/m: at a top pair of vectors it is the block.  The norm of a product gives the
   pairs, AM-GM the map.  Along a path of equal gains all suffixes and prefixes have rank one. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks quantities lemmas layers.
From Proofs.statements Require sharpness_ge_layer_blocks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Theorem blocks : statements.sharpness_ge_layer_blocks.blocks.
Proof.
move=> F d L m X Y W S bound k a b kL [_ [v [v0 av]]] [_ [w [w0 bw]]].
have v_gt0 : 0 < sq v by rewrite lt_def v0 sq_ge0.
have w_gt0 : 0 < sq w by rewrite lt_def w0 sq_ge0.
have := bound (one_layer (v *m w^T)).
rewrite hessianE ddprefix_one_layer mul0mx dot0r mul0rn addr0 dprefix_one_layer //.
have -> : suffix L W k.+1 *m (v *m w^T) *m prefix W k *m X
    = suffix L W k.+1 *m v *m (X^T *m ((prefix W k)^T *m w))^T.
  by rewrite !trmx_mul !trmxK !mulmxA.
rewrite energy_one_layer // !sq_rank1 mulrCA -moment_ge0 bw av mulrACA -mulr_natl.
rewrite [2 * (a * b * _)]mulrA.
by rewrite ler_pmul2r ?mulr_gt0.
Qed.

Theorem pairs : statements.sharpness_ge_layer_blocks.pairs.
Proof.
move=> F d L m X W k a b p kL A_norm B_norm [_ [v [v0 pv]]].
have b_ge0 := data_norm_ge0 B_norm; case: B_norm => bound _.
have v_gt0 : 0 < sq v by rewrite lt_def v0 sq_ge0.
rewrite -(ler_pmul2r v_gt0) -pv -(suffix_prefix W kL) trmx_mul -mulmxA.
apply: le_trans (bound _) _; rewrite mulrAC mulrC.
by rewrite ler_wpmul2l // (norm_sq_trmx A_norm).
Qed.

Lemma start_norm (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) top :
  is_data_max X top -> is_norm_on_data X (prefix W 0) top.
Proof.
by move=> [bound [x [x0 E]]]; split=> [v|]; [|exists x]; rewrite /= trmx1 mul1mx.
Qed.

Lemma end_norm (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) a :
  is_norm_sq (suffix L W L) a -> a = 1.
Proof.
move=> [_ [v [v0]]]; rewrite suffixn mul1mx -[X in X = _]mul1r.
by move/(mulIf v0).
Qed.

Theorem start : statements.sharpness_ge_layer_blocks.start.
Proof.
move=> F d L m X W a b top /end_norm -> B_norm /(start_norm W) top_norm.
by rewrite mulr1; apply: largest_unique B_norm top_norm.
Qed.

Theorem average : statements.sharpness_ge_layer_blocks.average.
Proof.
move=> F d L m X W a b largest L_gt0 _ bound.
rewrite ler_pdivr_mulr ?ltr0n // mulr_sumr mulr_natr -[L in _ *+ L]card_ord -sumr_const.
by apply: ler_sum => k _; apply: bound.
Qed.

Theorem map : statements.sharpness_ge_layer_blocks.map.
Proof.
move=> F d [//|N] m X W a b top p r largest L_gt0 norms top_max P_norm [r_ge0 rE] bound.
have mean := average L_gt0 norms bound; apply: le_trans mean.
rewrite -mulrA ler_pmul2l ?ltr0n //.
pose al k := if (k < N.+1)%N then a k else 1; pose be k := if (k < N.+1)%N then b k else p.
have al_ge0 k : 0 <= al k.
  rewrite /al; case: ifP => [kL|_]; last exact: ler01.
  by have [/norm_ge0] := norms k kL.
have be_ge0 k : 0 <= be k.
  rewrite /be; case: ifP => [kL|_]; last exact: data_norm_ge0 P_norm.
  by have [_ /data_norm_ge0] := norms k kL.
have -> : \sum_(k < N.+1) a k * b k = \sum_(k < N.+1) al k * be k.
  by apply: eq_bigr => k _; rewrite /al /be ltn_ord.
rewrite -(@ler_pexpn2r _ N.+1) ?nnegrE ?divr_ge0 ?ler0n ?sumr_ge0 // => [|k _]; last exact: mulr_ge0.
rewrite rE; have -> : top = be 0%N.
  have [_ B_norm] := norms 0%N isT; rewrite /be /=.
  exact: (largest_unique (start_norm W top_max) B_norm).
apply: path_bound => [//|//|||k kN].
- by have [A_norm _] := norms N (ltnSn N); rewrite /al ltnSn (end_norm A_norm).
- exact: data_norm_ge0 P_norm.
- have kN' : (k < N.+1)%N := ltnW kN.
  rewrite /al /be kN' ltnS kN.
  have [A_norm _] := norms k kN'; have [_ B_norm] := norms k.+1 kN.
  exact: (pairs _ A_norm B_norm P_norm).
Qed.

Theorem thinnest : statements.sharpness_ge_layer_blocks.thinnest.
Proof.
move=> F d L m X W a b w p largest least norms [_ [v [v0 pv]]] bound [k [kL <-]].
have [A_norm B_norm W_norm] := norms k kL; have b_ge0 := data_norm_ge0 B_norm.
have w_ge0 := norm_ge0 W_norm; case: B_norm => B_le _.
have v_gt0 : 0 < sq v by rewrite lt_def v0 sq_ge0.
apply: (@le_trans _ _ (2 * (a k * b k) * w k)); last by rewrite ler_wpmul2r ?bound.
rewrite -mulrA ler_pmul2l ?ltr0n // -(ler_pmul2r v_gt0) -pv.
have -> : (prefix W L)^T *m v = (prefix W k)^T *m ((W k)^T *m ((suffix L W k.+1)^T *m v)).
  by rewrite -(suffix_prefix W kL) -/(prefix W k.+1) /= !trmx_mul !mulmxA.
apply: le_trans (B_le _) _.
have -> : a k * b k * w k * sq v = b k * (w k * (a k * sq v)) by ring.
rewrite ler_wpmul2l //; apply: le_trans (norm_sq_trmx W_norm _) _.
by rewrite ler_wpmul2l // (norm_sq_trmx A_norm).
Qed.

(* --- one path of equal gains -------------------------------------------------------------- *)
Section Path.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0, m)).
Variables (W : network F d) (g top : F) (q : forall k, 'cV[F]_(d k)).
Hypothesis unit : forall k : nat, sq (q k) = 1.
Hypothesis layers : forall k : nat, W k = g *: (q k.+1 *m (q k)^T).
Hypothesis top_max : is_data_max X top.
Hypothesis top_vector : moment X *m q 0%N = top *: q 0%N.

Lemma q1 k : (q k)^T *m q k = 1%:M.
Proof. by rewrite row_col -/(sq _) unit. Qed.

Lemma path_prefix k : prefix W k.+1 = g ^+ k.+1 *: (q k.+1 *m (q 0%N)^T).
Proof.
elim: k => [|k IH]; first by rewrite /= layers mulmx1.
rewrite [LHS]/= -/(prefix W k.+1) IH layers -scalemxAl -scalemxAr scalerA -exprS.
by rewrite mulmxA -(mulmxA (q k.+2)) q1 mulmx1.
Qed.

Lemma path_above f k : (k + f)%N = L -> above L W f k *m q k = g ^+ f *: q L.
Proof.
elim: f k => [|f IH] k; first by rewrite addn0 => <-; rewrite /= pid_mx_1 mul1mx scale1r.
rewrite addnS -addSn => kL; rewrite /= layers -scalemxAr -scalemxAl mulmxA -mulmxA q1 mulmx1.
by rewrite IH // scalerA -exprS.
Qed.

Lemma path_suffix k : (k < L)%N -> suffix L W k = g ^+ (L - k) *: (q L *m (q k)^T).
Proof.
move=> kL; rewrite suffixS // layers -scalemxAr mulmxA path_above ?subnKC //.
by rewrite -scalemxAl scalerA -exprS subnSK.
Qed.

Lemma power_ge0 k : 0 <= (g ^+ 2) ^+ k. Proof. by rewrite exprn_ge0 ?sqr_ge0. Qed.

Lemma unit_neq0 k : sq (q k) != 0. Proof. by rewrite unit oner_eq0. Qed.

Lemma path_suffix_norm k : (k < L)%N -> is_norm_sq (suffix L W k.+1) ((g ^+ 2) ^+ (L - k.+1)).
Proof.
rewrite leq_eqVlt => /predU1P [kL|kL].
  rewrite -kL subnn expr0 suffixn; split=> [v|]; first by rewrite mul1mx mul1r.
  by exists (q k.+1); rewrite mul1mx mul1r unit_neq0.
have form (v : 'cV[F]_(d k.+1)) : sq (suffix L W k.+1 *m v)
    = (g ^+ 2) ^+ (L - k.+1) * dot (q k.+1) v ^+ 2.
  rewrite path_suffix // -scalemxAl sqZ exprAC -mulmxA row_col.
  by rewrite mul_mx_scalar sqZ unit mulr1.
split=> [v|]; last by exists (q k.+1); rewrite unit_neq0 form -/(sq _) unit expr1n.
rewrite form ler_wpmul2l ?power_ge0 //.
by have := cauchy_schwarz (q k.+1) v; rewrite unit mul1r.
Qed.

Lemma path_layer_norm k : is_norm_sq (W k) (g ^+ 2).
Proof.
have form (v : 'cV[F]_(d k)) : sq (W k *m v) = g ^+ 2 * dot (q k) v ^+ 2.
  rewrite layers -scalemxAl sqZ -mulmxA row_col.
  by rewrite mul_mx_scalar sqZ unit mulr1.
split=> [v|]; last by exists (q k); rewrite unit_neq0 form -/(sq _) unit expr1n.
rewrite form ler_wpmul2l ?sqr_ge0 //.
by have := cauchy_schwarz (q k) v; rewrite unit mul1r.
Qed.

Lemma path_data_norm k : is_norm_on_data X (prefix W k) ((g ^+ 2) ^+ k * top).
Proof.
case: k => [|k]; first by rewrite expr0 mul1r; apply: start_norm.
have top_ge0 := data_max_ge0 top_max.
have form (v : 'cV[F]_(d k.+1)) :
    dot ((prefix W k.+1)^T *m v) (moment X *m ((prefix W k.+1)^T *m v))
    = (g ^+ 2) ^+ k.+1 * top * dot (q k.+1) v ^+ 2.
  rewrite path_prefix linearZ /= trmx_mul trmxK -scalemxAl -mulmxA row_col.
  rewrite mul_mx_scalar scalerA -scalemxAr top_vector dotZl !dotZr -/(sq _) unit.
  by rewrite exprAC; ring.
split=> [v|]; last by exists (q k.+1); rewrite unit_neq0 form -/(sq _) unit expr1n.
rewrite form ler_wpmul2l ?mulr_ge0 ?power_ge0 //.
by have := cauchy_schwarz (q k.+1) v; rewrite unit mul1r.
Qed.

Lemma path_block k : (k < L)%N ->
  (g ^+ 2) ^+ (L - k.+1) * ((g ^+ 2) ^+ k * top) = (g ^+ 2) ^+ L.-1 * top.
Proof.
move=> kL; rewrite mulrA -exprD; congr (_ ^+ _ * _).
by rewrite addnC; case: L kL => // N; rewrite ltnS subSS => /subnKC.
Qed.

End Path.

Theorem attained : statements.sharpness_ge_layer_blocks.attained.
Proof.
move=> F d L m X W g top q L_gt0 unit layers top_max top_vector.
have top_ge0 := data_max_ge0 top_max.
exists (fun k => (g ^+ 2) ^+ (L - k.+1)), (fun k => (g ^+ 2) ^+ k * top).
exists ((g ^+ 2) ^+ L * top), ((g ^+ 2) ^+ L.-1 * top).
split=> [k kL|||k kL]; last by rewrite path_block.
- split; first exact: path_suffix_norm unit layers _ kL.
  exact: path_data_norm unit layers top_max top_vector k.
- exact: path_data_norm unit layers top_max top_vector L.
- split; first by rewrite mulr_ge0 // exprn_ge0 ?sqr_ge0.
  case: L L_gt0 => // N _; rewrite /= !exprMn -(exprAC _ N.+1 N) [top ^+ N.+1]exprS.
  by rewrite mulrCA.
Qed.

Theorem pairs_attained : statements.sharpness_ge_layer_blocks.pairs_attained.
Proof.
move=> F d L m X W g top q unit layers top_max top_vector k kL.
exists ((g ^+ 2) ^+ (L - k.+1)), ((g ^+ 2) ^+ k.+1 * top), ((g ^+ 2) ^+ L * top).
split; first exact: path_suffix_norm unit layers _ kL.
- exact: path_data_norm unit layers top_max top_vector k.+1.
- exact: path_data_norm unit layers top_max top_vector L.
- by rewrite mulrA -exprD subnK.
Qed.

Theorem average_attained : statements.sharpness_ge_layer_blocks.average_attained.
Proof.
move=> F d L m X W g top q L_gt0 unit layers top_max top_vector.
exists (fun k => (g ^+ 2) ^+ (L - k.+1)), (fun k => (g ^+ 2) ^+ k * top).
split=> k kL.
  split; first exact: path_suffix_norm unit layers _ kL.
  exact: path_data_norm unit layers top_max top_vector k.
rewrite path_block // (eq_bigr (fun=> (g ^+ 2) ^+ L.-1 * top)) => [|j _]; last exact: path_block.
by rewrite sumr_const card_ord -mulr_natr [2 * (_ * L%:R)]mulrA mulfK ?pnatr_eq0 ?gtn_eqF.
Qed.

Theorem thinnest_attained : statements.sharpness_ge_layer_blocks.thinnest_attained.
Proof.
move=> F d L m X W g top q unit layers top_max top_vector.
exists (fun k => (g ^+ 2) ^+ (L - k.+1)), (fun k => (g ^+ 2) ^+ k * top), (fun=> g ^+ 2).
exists ((g ^+ 2) ^+ L * top); split=> [k kL||k j kL _].
- split; [exact: path_suffix_norm unit layers _ kL | | exact: path_layer_norm unit layers k].
  exact: path_data_norm unit layers top_max top_vector k.
- exact: path_data_norm unit layers top_max top_vector L.
- rewrite path_block // -mulrA [_ * g ^+ 2]mulrAC -exprSr prednK //.
  exact: leq_ltn_trans (leq0n k) kL.
Qed.

(* Two layers of one neuron, both 1, and the target 2: the residual -1 takes from the Hessian what
   the layers have in common, and S = 2, while each block is 2. *)
Theorem depth_times_blocks_false : ~ statements.sharpness_ge_layer_blocks.depth_times_blocks.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_realFieldType d := scalar_network 1%N (1 : rat).
have sq1 (A : 'M[rat]_1) : sq A = A 0 0 ^+ 2 by rewrite /sq /dot !big_ord1 expr2.
have dot1 (A B : 'M[rat]_1) : dot A B = A 0 0 * B 0 0 by rewrite /dot !big_ord1.
have bound : @bounds_sharpness _ d 2 1 one (2%:M) W 2.
  move=> V; rewrite hessianE invr1 mul1r !mulmx1 /residual !mulmx1 /energy !big_ord_recr big_ord0.
  rewrite /= !mulmx1 !(mulmx0, add0r) /W /scalar_network !mul1mx.
  move: (V 0%N : 'M_1) (V 1%N : 'M_1) => A B; rewrite !sq1 dot1 !mxE big_ord1 eqxx /= !mulr1n.
  have -> : (1 - 2 : rat) = -1 by [].
  move: (A _ _) (B _ _) => x y; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have one_neq0 : sq one != 0 by rewrite sq1 mxE.
have A_norm : is_norm_sq (suffix 2 W 1) 1.
  rewrite /W suffix_scalar // expr1.
  by split=> [v|]; [|exists one]; rewrite mul1mx mul1r.
have B_norm : is_norm_on_data one (prefix W 0) 1.
  apply: start_norm; rewrite /is_data_max moment1.
  by split=> [v|]; [|exists one]; rewrite mul1mx mul1r.
by move=> /(_ _ d 2%N 1%N one (2%:M) W _ bound 0%N 1 1 isT A_norm B_norm).
Qed.
