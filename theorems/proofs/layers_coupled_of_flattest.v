(* M2.  Along a path (S/2L)^L is at least the product of the neighbours p_k = a_k b_{k+1} >= σ².  At
   a flattest point both AM-GM and all p_k >= σ² are equalities, so that b_{k+1}/b_k is known, and
   both paths are parallel.  Elsewhere one p_k may be larger, and its angle shows by how much. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions lemmas sharpness_ge_along_paths.
From Proofs Require Import sharpness_ge_of_minimizer.
From Proofs.statements Require layers_coupled_of_flattest.
Import Order.TTheory GRing.Theory Num.Theory.
Import statements.layers_coupled_of_flattest.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- numbers: a path of n.+1 layers --------------------------------------------------------- *)
Section Numbers.
Variables (F : realFieldType) (n : nat) (a b : nat -> F) (s : F).
Hypothesis (a_ge0 : forall k, 0 <= a k) (b_ge0 : forall k, 0 <= b k).
Hypothesis (an : a n = 1) (b0 : b 0%N = 1) (s_ge0 : 0 <= s).
Hypothesis (pairs : forall k, (k < n)%N -> s <= a k * b k.+1).
Let t k := a k * b k.

Lemma product_pairs : \prod_(k < n.+1) t k = \prod_(k < n) (a k * b k.+1).
Proof.
rewrite big_split /= big_ord_recr /= an mulr1 (big_ord_recl n (fun k => b k)) /= b0 mul1r.
by rewrite -big_split.
Qed.

Lemma product_one j : (j < n)%N -> a j * b j.+1 * s ^+ n.-1 <= \prod_(k < n.+1) t k.
Proof.
move=> jn; rewrite product_pairs (bigD1 (Ordinal jn)) //=.
apply: ler_wpmul2l; first exact: mulr_ge0.
have -> : s ^+ n.-1 = \prod_(k < n | k != Ordinal jn) s.
  by rewrite prodr_const cardC1 card_ord.
by apply: ler_prod => k _; rewrite s_ge0 pairs.
Qed.

Lemma agm : \prod_(k < n.+1) t k <= ((\sum_(k < n.+1) t k) / n.+1%:R) ^+ n.+1 /\
  (\prod_(k < n.+1) t k = ((\sum_(k < n.+1) t k) / n.+1%:R) ^+ n.+1 ->
   forall i j : 'I_n.+1, t i = t j).
Proof.
have [] := @leif_AGM F _ (predT : pred 'I_n.+1) (fun k => t k)
  (fun k _ => mulr_ge0 (a_ge0 k) (b_ge0 k)).
rewrite card_ord => le iff; split=> // eq i j.
by move: iff; rewrite eq eqxx => /esym/forall_inP/(_ i isT)/forall_inP/(_ j isT)/eqP.
Qed.

Lemma flat_path h : 0 < h -> h ^+ n.+1 = s -> \sum_(k < n.+1) t k <= n.+1%:R * h ^+ n ->
  (forall k, (k < n.+1)%N -> t k = h ^+ n) /\ (forall k, (k < n)%N -> a k * b k.+1 = s).
Proof.
move=> h_gt0 hE flat; have s_gt0 : 0 < s by rewrite -hE exprn_gt0.
have t_ge0 k : 0 <= t k := mulr_ge0 (a_ge0 k) (b_ge0 k).
have sum_ge0 : 0 <= \sum_(k < n.+1) t k by apply: sumr_ge0.
have mean_le : ((\sum_(k < n.+1) t k) / n.+1%:R) ^+ n.+1 <= s ^+ n.
  rewrite -hE exprAC; apply: ler_expn2r; rewrite ?nnegrE ?exprn_ge0 ?(ltW h_gt0) //.
    by rewrite divr_ge0 ?ler0n.
  by rewrite ler_pdivr_mulr ?ltr0n // mulrC.
have prod_ge : s ^+ n <= \prod_(k < n.+1) t k.
  rewrite product_pairs -[n in s ^+ n]card_ord -prodr_const.
  by apply: ler_prod => k _; rewrite s_ge0 pairs.
have [le iff] := agm.
have prodE : \prod_(k < n.+1) t k = s ^+ n.
  by apply/eqP; rewrite eq_le prod_ge andbT (le_trans le).
split=> k kn.
  have same (j : 'I_n.+1) : t j = t k.
    by apply: (iff _ j (Ordinal kn)); apply/eqP; rewrite eq_le le prodE.
  apply/eqP; rewrite -(@eqr_expn2 _ n.+1) ?exprn_ge0 ?(ltW h_gt0) //.
  rewrite [X in _ == X]exprAC hE -prodE (eq_bigr (fun=> t k)) => [|j _]; last exact: same.
  by rewrite prodr_const card_ord.
apply/eqP; rewrite eq_le pairs // andbT.
have n_gt0 : (0 < n)%N := leq_ltn_trans (leq0n k) kn.
have := product_one kn; rewrite prodE -{2}(prednK n_gt0) exprS.
by rewrite ler_pmul2r // exprn_gt0.
Qed.

End Numbers.

(* --- the path of a top singular vector ------------------------------------------------------ *)
Section Path.
Variables (F : realFieldType) (d : nat -> nat) (n m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d n.+1, m)) (W : network F d) (v : 'cV[F]_(d 0%N)).
Variable s : F.
Hypothesis (d_gt0 : forall k, (0 < d k)%N) (top : top_vector X Y v s) (s_neq0 : s != 0).
Hypothesis (white : moment X = 1%:M) (fits : minimizer X Y W).
Let u := cross X Y *m v.
Let a := gain_out W u.
Let b := gain_in X W v.

Lemma v_gt0 : 0 < sq v. Proof. by have [_ ? _] := top; rewrite sq_gt0. Qed.

Lemma uE : sq u = s * sq v. Proof. by have [_ _] := top. Qed.

Lemma u_neq0 : u != 0.
Proof. by rewrite -sq_eq0 uE mulf_neq0 // gt_eqF // v_gt0. Qed.

Lemma s_gt0 : 0 < s.
Proof. by rewrite lt_def s_neq0 -(pmulr_lge0 _ v_gt0) -uE sq_ge0. Qed.

Lemma mv : moment X *m v = v. Proof. by rewrite white mul1mx. Qed.

Lemma mv_neq0 : moment X *m v != 0. Proof. by rewrite mv; have [] := top. Qed.

Lemma bE k : b k = sq (point W v k) / sq v. Proof. by rewrite /b /gain_in mv. Qed.

Lemma end_a : a n = 1.
Proof. by rewrite /a /gain_out suffixn trmx1 mul1mx divff // sq_eq0 u_neq0. Qed.

Lemma start_b : b 0%N = 1. Proof. by rewrite bE /point mul1mx divff // gt_eqF // v_gt0. Qed.

Lemma last_b : b n.+1 = s.
Proof.
have PE : prefix W n.+1 = cross X Y by rewrite -fits white mulmx1.
by rewrite bE /point PE uE mulfK // gt_eqF // v_gt0.
Qed.

Lemma top_pairing : pairing X Y u v = s.
Proof.
rewrite /pairing mv -[dot u _]/(sq u) -[dot v v]/(sq v) expr2 uE.
have v0 : sq v != 0 by rewrite gt_eqF // v_gt0.
by rewrite [s * sq v * (s * sq v)]mulrC -mulf_div divff ?mul1r ?mulfK // mulf_neq0.
Qed.

Lemma top_pairs k : (k < n)%N -> s <= a k * b k.+1.
Proof. by move=> kn; rewrite -top_pairing; apply: pairs u_neq0 mv_neq0 fits _ _. Qed.

Lemma a_ge0 k : 0 <= a k. Proof. by rewrite divr_ge0 ?sq_ge0. Qed.

Lemma b_ge0 k : 0 <= b k. Proof. by rewrite bE divr_ge0 ?sq_ge0. Qed.

Lemma top_sum S : bounds_sharpness X Y W S -> 2 * (\sum_(k < n.+1) a k * b k) <= S.
Proof. by move=> bound; apply: direction _ d_gt0 u_neq0 mv_neq0 fits bound. Qed.

(* --- flattest ------------------------------------------------------------------------------- *)
Variable h : F.
Hypothesis (root : is_root n.+1 s h) (flat : bounds_sharpness X Y W (2 * n.+1%:R * h ^+ n)).

Lemma h_gt0 : 0 < h.
Proof.
have [h_ge0 hE] := root; rewrite lt_def h_ge0 andbT; apply: contraNneq s_neq0 => h0.
by rewrite -hE h0 expr0n.
Qed.

Lemma flat_terms : (forall k, (k < n.+1)%N -> a k * b k = h ^+ n) /\
  (forall k, (k < n.+1)%N -> a k * b k.+1 = s).
Proof.
have [_ hE] := root; have sum : \sum_(k < n.+1) a k * b k <= n.+1%:R * h ^+ n.
  by have := top_sum flat; rewrite -mulrA ler_pmul2l ?ltr0n.
have [terms inner] := flat_path a_ge0 b_ge0 end_a start_b (ltW s_gt0) top_pairs h_gt0 hE sum.
split=> // k; rewrite ltnS leq_eqVlt => /orP[/eqP ->|]; last exact: inner.
by rewrite end_a mul1r last_b.
Qed.

Lemma flat_gain k : (k < n.+1)%N -> b k.+1 = h * b k /\ b k != 0.
Proof.
move=> kn; have [terms inner] := flat_terms; have [_ hE] := root.
have hn_neq0 : h ^+ n != 0 by rewrite expf_neq0 // gt_eqF // h_gt0.
have := terms k kn; have := inner k kn; rewrite -hE exprS => inn ter.
have [ak bk] : a k != 0 /\ b k != 0.
  by split; apply: contraNneq hn_neq0 => z; rewrite -ter z ?mul0r ?mulr0.
by split=> //; apply: (mulfI ak); rewrite inn -ter mulrCA.
Qed.

Lemma flat_point k : (k < n.+1)%N -> sq (point W v k.+1) = h * sq (point W v k).
Proof.
move=> kn; have [gain _] := flat_gain kn.
have v0 : (sq v)^-1 != 0 by rewrite invr_neq0 // gt_eqF // v_gt0.
by apply: (mulIf v0); rewrite -mulrA -!bE.
Qed.

Lemma point_gt0 k : (k < n.+1)%N -> 0 < sq (point W v k).
Proof.
move=> kn; have [_] := flat_gain kn; rewrite bE lt_def sq_ge0 andbT.
by apply: contraNneq => ->; rewrite mul0r.
Qed.

Lemma flat_gainE k : (k < n.+1)%N -> gain W v k = h.
Proof.
move=> kn; have -> : gain W v k = sq (point W v k.+1) / sq (point W v k).
  by rewrite /gain /point mulmxA.
by rewrite flat_point // mulfK // gt_eqF // point_gt0.
Qed.

(* Both paths are parallel. *)
Lemma parallel k : (k <= n.+1)%N ->
  (suffix n.+1 W k)^T *m u = (sq u / sq (point W v k)) *: point W v k.
Proof.
have PE : prefix W n.+1 = cross X Y by rewrite -fits white mulmx1.
have near p (x y : 'cV[F]_p) (c : F) : sq y != 0 -> dot x y = c -> sq x * sq y <= c ^+ 2 ->
    x = (c / sq y) *: y.
  move=> y_neq0 xy le; apply/eqP; rewrite -subr_eq0 -sq_eq0 eq_le sq_ge0 andbT.
  have y_gt0 : 0 < sq y by rewrite lt_def y_neq0 sq_ge0.
  rewrite sqB dotZr xy sqZ -(pmulr_lle0 _ y_gt0).
  have -> : (sq x - c / sq y * c *+ 2 + (c / sq y) ^+ 2 * sq y) * sq y =
    sq x * sq y - c ^+ 2 * (sq y / sq y) *+ 2 + c ^+ 2 * (sq y / sq y) ^+ 2 by ring.
  by rewrite divff // expr1n !mulr1 mulr2n opprD addrA addrNK subr_le0.
case: k => [_|k kn].
  rewrite -[suffix n.+1 W 0]mulmx1 -[suffix n.+1 W 0 *m _]/(suffix n.+1 W 0 *m prefix W 0).
  rewrite suffix_prefix // PE; apply: near; rewrite /point mul1mx ?gt_eqF ?v_gt0 //.
    by rewrite -dot_mull.
  have [[below _] _ _] := top.
  have := norm_trmx (ltW s_gt0) below u; rewrite uE => le.
  apply: le_trans (ler_wpmul2r (sq_ge0 _) le) _.
  by rewrite expr2 mulrAC -!mulrA.
have [_ inner] := flat_terms; have := inner k kn.
have u0 : sq u != 0 by rewrite sq_eq0 u_neq0.
have v0 : sq v != 0 by rewrite gt_eqF // v_gt0.
rewrite bE /a /gain_out mulf_div => pair.
have pairE : sq ((suffix n.+1 W k.+1)^T *m u) * sq (point W v k.+1) = sq u ^+ 2.
  apply: (mulIf (invr_neq0 (mulf_neq0 u0 v0))); rewrite pair.
  have -> : sq u ^+ 2 = s * (sq u * sq v) by rewrite expr2 {2}uE mulrCA.
  by rewrite mulfK // mulf_neq0.
apply: near; last by rewrite pairE.
  by rewrite flat_point // mulf_neq0 // gt_eqF ?h_gt0 ?point_gt0.
rewrite /point -dot_mull mulmxA suffix_prefix // PE.
by [].
Qed.

Lemma flat_back k : (k < n.+1)%N -> (W k)^T *m point W v k.+1 = h *: point W v k.
Proof.
move=> kn; have up := parallel (ltnW kn); have := parallel kn.
have u0 : sq u != 0 by rewrite sq_eq0 u_neq0.
have x0 : sq (point W v k) != 0 by rewrite gt_eqF // point_gt0.
have h0 : h != 0 by rewrite gt_eqF // h_gt0.
move=> down; rewrite suffixS // trmx_mul -mulmxA down -scalemxAr in up.
have c_neq0 : sq u / sq (point W v k.+1) != 0.
  by rewrite flat_point // mulf_neq0 ?invr_neq0 ?mulf_neq0.
apply: (scalerI c_neq0); rewrite up scalerA; congr (_ *: _).
by rewrite flat_point // invfM -mulrA [_ * h]mulrC mulVKf.
Qed.

End Path.

Theorem gain_most : statements.layers_coupled_of_flattest.gain_most.
Proof.
move=> F d [//|n] m X Y W v s h _ d_gt0 top s_neq0 root [white fits flat].
have gainE k := @flat_gainE F d n m X Y W v s d_gt0 top s_neq0 white fits h root flat k.
by split=> [k /gainE ->//|]; exists 0%N; rewrite gainE.
Qed.

Theorem gain_least : statements.layers_coupled_of_flattest.gain_least.
Proof.
move=> F d [//|n] m X Y W v s h _ d_gt0 top s_neq0 root [white fits flat].
have gainE k := @flat_gainE F d n m X Y W v s d_gt0 top s_neq0 white fits h root flat k.
by split=> [k /gainE ->//|]; exists 0%N; rewrite gainE.
Qed.

Theorem return_ : statements.layers_coupled_of_flattest.return_.
Proof.
move=> F d [//|n] m X Y W v s h _ d_gt0 top s_neq0 root [white fits flat] k kn.
have back := @flat_back F d n m X Y W v s d_gt0 top s_neq0 white fits h root flat k kn.
have point := @flat_point F d n m X Y W v s d_gt0 top s_neq0 white fits h root flat k kn.
rewrite /statements.layers_coupled_of_flattest.point /= -mulmxA in back point *.
by rewrite back sqZ point mulrA expr2.
Qed.

Theorem cost : statements.layers_coupled_of_flattest.cost.
Proof.
move=> F d [//|n] m X Y W v s S d_gt0 top white fits bound k kn.
have v0 := v_gt0 top; have v_neq0 : sq v != 0 by rewrite gt_eqF.
have L0 : 0 < 2 * n.+1%:R :> F by rewrite mulr_gt0 ?ltr0n.
have S_ge0 : 0 <= S := sharpness_ge0 (isT : (0 < n.+1)%N) d_gt0 fits bound.
have align_ge0 : 0 <= alignment_sq X Y W v k.
  by rewrite divr_ge0 ?sqr_ge0 ?mulr_ge0 ?sq_ge0.
have n_gt0 : (0 < n)%N := leq_ltn_trans (leq0n k) kn.
have [s0|s_neq0] := eqVneq s 0.
  by rewrite s0 expr0n gtn_eqF //= mulr0 mulr_ge0 ?exprn_ge0.
have pairs := top_pairs top s_neq0 white fits.
pose u := cross X Y *m v; pose a := gain_out W u; pose b := gain_in X W v.
have a0 j : 0 <= a j by rewrite divr_ge0 ?sq_ge0.
have b0 j : 0 <= b j by rewrite /b /gain_in white !mul1mx divr_ge0 ?sq_ge0.
have an : a n = 1 by apply: end_a top s_neq0.
have start : b 0%N = 1 by apply: start_b top white.
have s_ge0 := ltW (s_gt0 top s_neq0).
have one := product_one a0 b0 an start s_ge0 pairs kn.
have [mean _] := agm n a0 b0.
have sum := top_sum d_gt0 top s_neq0 white fits bound.
have power : \prod_(j < n.+1) (a j * b j) <= (S / (2 * n.+1%:R)) ^+ n.+1.
  apply: le_trans mean _; apply: ler_expn2r; rewrite ?nnegrE ?divr_ge0 ?(ltW L0) ?ler0n //.
    by apply: sumr_ge0 => j _; apply: mulr_ge0.
  by rewrite invfM mulrA ler_wpmul2r ?invr_ge0 ?ler0n // ler_pdivl_mulr ?ltr0n // mulrC.
have met : alignment_sq X Y W v k * (a k * b k.+1) = s.
  have pk_neq0 : a k * b k.+1 != 0 by rewrite gt_eqF // (lt_le_trans (s_gt0 top s_neq0)) // pairs.
  have bk : b k.+1 = sq (point W v k.+1) / sq v by rewrite /b /gain_in white !mul1mx.
  have PE : prefix W n.+1 = cross X Y by rewrite -fits white mulmx1.
  move: pk_neq0; rewrite bk /a /gain_out /alignment_sq -/u mulf_div.
  set x := (_^T *m u); set y := point W v k.+1 => pk_neq0.
  have xy : dot x y = sq u.
    by rewrite /x /y /point -dot_mull mulmxA suffix_prefix 1?ltnW // PE.
  have xy_neq0 : sq x * sq y != 0.
    by apply: contraNneq pk_neq0 => ->; rewrite mul0r.
  rewrite xy mulrA mulfVK // expr2 {1}(uE top) -/u.
  have u0 : sq u != 0 by rewrite sq_eq0 (u_neq0 top s_neq0).
  by rewrite -(mulrA s) [sq v * _]mulrC mulfK // mulf_neq0.
have lower' : s ^+ n <= alignment_sq X Y W v k * (S / (2 * n.+1%:R)) ^+ n.+1.
  apply: le_trans (ler_wpmul2l align_ge0 power); apply: le_trans (ler_wpmul2l align_ge0 one).
  by rewrite mulrA met -exprS prednK.
apply: le_trans (ler_wpmul2l (exprn_ge0 n.+1 (ltW L0)) lower') _.
by rewrite mulrCA -exprMn [_ * (S / _)]mulrC mulfVK // gt_eqF.
Qed.

Theorem alignment : statements.layers_coupled_of_flattest.alignment.
Proof.
move=> F d L m X Y W v s S d_gt0 top white fits bound k kL.
have L_gt0 : (0 < L)%N := leq_ltn_trans (leq0n _) kL.
have S_ge0 := sharpness_ge0 L_gt0 d_gt0 fits bound.
have [S0|S_neq0] := eqVneq (S ^+ L) 0.
  by rewrite S0 invr0 mulr0 divr_ge0 ?sqr_ge0 ?mulr_ge0 ?sq_ge0.
rewrite ler_pdivr_mulr; last by rewrite lt_def S_neq0 exprn_ge0.
exact: cost d_gt0 top white fits bound k kL.
Qed.

(* --- a path with one bend ------------------------------------------------------------------- *)
Section Bend.
Variables (F : realFieldType) (d : nat -> nat) (n m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d n.+2, m)).
Variables (e : forall k, 'cV[F]_(d k)) (x : 'cV[F]_(d 1%N)) (w c : F).
Hypothesis (w_neq0 : w != 0) (c_neq0 : c != 0).
Hypothesis (unit : forall k, (k <= n.+2)%N -> sq (e k) = 1).
Hypothesis (unit_x : sq x = 1) (bend : dot (e 1%N) x = c).
Hypothesis (white : moment X = 1%:M).
Let W := bent_path e x w c.
Let g := w * c.
Hypothesis fits : minimizer X Y W.

Lemma outer_vec p q (a : 'cV[F]_p) (b b' : 'cV[F]_q) : (a *m b^T) *m b' = dot b b' *: a.
Proof.
rewrite -mulmxA; have -> : b^T *m b' = (dot b b')%:M.
  by rewrite [LHS]mx11_scalar dotE [\tr _]big_ord1.
by rewrite mul_mx_scalar.
Qed.

Lemma outer_mul p q r (a : 'cV[F]_p) (b b' : 'cV[F]_q) (z : 'cV[F]_r) :
  (a *m b^T) *m (b' *m z^T) = dot b b' *: (a *m z^T).
Proof. by rewrite mulmxA outer_vec -scalemxAl. Qed.

(* The unit vectors that the signal takes, and the gains to there and from there. *)
Definition taken (k : nat) : 'cV[F]_(d k) := match k with 1%N => x | k => e k end.
Definition to (k : nat) : F := if k is j.+1 then w * g ^+ j else 1.
Definition from (k : nat) : F := if k is j.+1 then g ^+ (n - j) else w * g ^+ n.

Lemma unit_taken k : (k <= n.+2)%N -> sq (taken k) = 1.
Proof. by case: k => [|[|k]] kn //=; rewrite unit. Qed.

Lemma to_from k : (k < n.+2)%N -> from k * to k = w * g ^+ n.
Proof.
case: k => [|k] kn /=; first by rewrite mulr1.
by rewrite mulrCA -exprD subnK.
Qed.

Lemma prefix_bent k : (k < n.+2)%N -> prefix W k.+1 = to k.+1 *: (taken k.+1 *m (e 0%N)^T).
Proof.
elim: k => [|k IH] kn; first by rewrite /= mulmx1 mulr1.
rewrite -[prefix W k.+2]/(W k.+1 *m prefix W k.+1) (IH (ltnW kn)).
case: k kn {IH} => [|k] kn /=.
  rewrite -scalemxAl -scalemxAr outer_mul bend !scalerA mulr1 expr1.
  by rewrite -mulrA.
rewrite -scalemxAl -scalemxAr outer_mul -/(sq _) unit 1?ltnW // scale1r scalerA.
by rewrite mulrCA -exprS.
Qed.

Lemma above_bent f k : (k.+2 + f = n.+2)%N ->
  above n.+2 W f k.+2 *m e k.+2 = g ^+ f *: e n.+2.
Proof.
elim: f k => [|f IH] k /=; first by rewrite addn0 => ->; rewrite pid_mx_1 mul1mx scale1r.
move=> kf; have kn : (k.+2 <= n.+2)%N by rewrite -kf leq_addr.
rewrite -mulmxA -scalemxAl outer_vec -/(sq _) unit // scale1r -scalemxAr IH ?scalerA ?exprS //.
by rewrite addSn -addnS.
Qed.

Lemma suffix_bent k : (k.+1 < n.+2)%N ->
  suffix n.+2 W k.+1 = from k *: (e n.+2 *m (e k.+1)^T).
Proof.
move=> kn; rewrite suffixS //.
have on j : (j <= n)%N -> suffix n.+2 W j.+2 *m e j.+2 = g ^+ (n - j) *: e n.+2.
  by move=> jn; rewrite /suffix !subSS above_bent // !addSn subnKC.
case: k kn => [|k] kn /=; rewrite -scalemxAr mulmxA on // -scalemxAl scalerA ?subn0 //.
by rewrite -exprS subnSK.
Qed.

Lemma suffix_tr k : (k < n.+2)%N -> (suffix n.+2 W k.+1)^T *m e n.+2 = from k *: e k.+1.
Proof.
rewrite ltnS leq_eqVlt => /orP[/eqP ->|kn].
  by rewrite suffixn trmx1 mul1mx /= subnn scale1r.
rewrite suffix_bent // linearZ /= trmx_mul trmxK -scalemxAl outer_vec -/(sq _) unit //.
by rewrite scale1r.
Qed.

Lemma suffix_on k : (k < n.+2)%N -> suffix n.+2 W k.+1 *m e k.+1 = from k *: e n.+2.
Proof.
rewrite ltnS leq_eqVlt => /orP[/eqP ->|kn].
  by rewrite suffixn mul1mx /= subnn scale1r.
rewrite suffix_bent // -scalemxAl outer_vec -/(sq _) unit ?scale1r //.
exact: ltnW.
Qed.

Lemma outer_le p q (a : 'cV[F]_p) (b v : 'cV[F]_q) t : sq a = 1 -> sq b = 1 ->
  sq ((t *: (a *m b^T)) *m v) <= t ^+ 2 * sq v.
Proof.
move=> a1 b1; rewrite -scalemxAl outer_vec !sqZ a1 mulr1 ler_wpmul2l ?sqr_ge0 //.
by have := cauchy_schwarz b v; rewrite b1 mul1r.
Qed.

Lemma suffix_le k (v : 'cV[F]_(d k.+1)) : (k < n.+2)%N ->
  sq (suffix n.+2 W k.+1 *m v) <= from k ^+ 2 * sq v.
Proof.
rewrite ltnS leq_eqVlt => /orP[/eqP E|kn].
  by rewrite E in v *; rewrite suffixn mul1mx /= subnn expr1n mul1r.
by rewrite suffix_bent // outer_le // unit // ltnW.
Qed.

Lemma prefix_on k : (k < n.+3)%N -> prefix W k *m e 0%N = to k *: taken k.
Proof.
case: k => [|k] kn; first by rewrite mul1mx scale1r.
by rewrite prefix_bent // -scalemxAl outer_vec -/(sq _) unit // scale1r.
Qed.

Lemma prefix_tr k : (k < n.+3)%N -> (prefix W k)^T *m taken k = to k *: e 0%N.
Proof.
case: k => [|k] kn; first by rewrite trmx1 mul1mx scale1r.
rewrite prefix_bent // linearZ /= trmx_mul trmxK -scalemxAl outer_vec -/(sq _).
by rewrite -/(taken k.+1) unit_taken // scale1r.
Qed.

Lemma prefix_le k (v : 'cV[F]_(d 0%N)) : (k < n.+3)%N ->
  sq (prefix W k *m v) <= to k ^+ 2 * sq v.
Proof.
case: k => [|k] kn; first by rewrite mul1mx expr1n mul1r.
by rewrite prefix_bent // outer_le // ?unit_taken // unit.
Qed.

Let t := (w * g ^+ n) ^+ 2.

Lemma sharpness_bent : is_sharpness X Y W (2 * (n.+2%:R * t)).
Proof.
have form V : hessian X Y W V = 2 * sq (dprefix W V n.+2).
  by rewrite (hessian_minimizer _ fits) moment_sq white mulmx1 mulr_natl.
have nn : n.+2%:R != 0 :> F by rewrite pnatr_eq0.
have t_gt0 : 0 < t by rewrite exprn_even_gt0 //= mulf_neq0 // expf_neq0 // mulf_neq0.
split=> [V|].
  rewrite form -mulrA ler_pmul2l ?ltr0n // dprefixE.
  apply: le_trans (sq_sum_le _ (fun k => suffix n.+2 W k.+1 *m V k *m prefix W k)) _.
  rewrite -mulrA ler_wpmul2l ?ler0n // mulr_sumr; apply: ler_sum => k _ /=.
  have kn := ltn_ord k; rewrite /t -(to_from kn) exprMn [_ ^+ 2 * _]mulrC -mulrA.
  apply: le_trans (sq_mulr _ (sqr_ge0 (to k)) (fun v => prefix_le v (ltnW kn))) _.
  rewrite ler_wpmul2l ?sqr_ge0 //; apply: sq_mull => v.
  exact: suffix_le.
pose V : network F d := fun k => (from k * to k) *: (e k.+1 *m (taken k)^T).
have VE : energy n.+2 V = n.+2%:R * t.
  rewrite /energy (eq_bigr (fun=> t)) => [|k _].
    by rewrite sumr_const card_ord mulr_natl.
  have kn := ltn_ord k; rewrite sqZ sq_rank1 unit // unit_taken ?(ltnW kn) // !mulr1.
  by rewrite to_from.
have DE : dprefix W V n.+2 = (n.+2%:R * t) *: (e n.+2 *m (e 0%N)^T).
  rewrite dprefixE (eq_bigr (fun=> t *: (e n.+2 *m (e 0%N)^T))) => [|k _].
    by rewrite sumr_const card_ord -scaler_nat scalerA.
  have kn := ltn_ord k; rewrite /V -scalemxAr -scalemxAl mulmxA suffix_on // -mulmxA.
  have -> : (taken k)^T *m prefix W k = to k *: (e 0%N)^T.
    by rewrite -[LHS]trmxK trmx_mul trmxK prefix_tr ?linearZ // ltnW.
  rewrite -scalemxAl -scalemxAr !scalerA; congr (_ *: _).
  by rewrite -mulrA to_from // -expr2.
exists V; rewrite VE mulf_neq0 // ?gt_eqF //; split=> //.
rewrite form DE sqZ sq_rank1 !unit // !mulr1 -mulrA.
by rewrite expr2.
Qed.

Let P : cross X Y = to n.+2 *: (e n.+2 *m (e 0%N)^T).
Proof. by rewrite -fits white mulmx1 prefix_bent. Qed.

Lemma top_bent : top_vector X Y (e 0%N) (to n.+2 ^+ 2).
Proof.
have e0 : sq (e 0%N) = 1 by apply: unit.
have PE : cross X Y *m e 0%N = to n.+2 *: e n.+2.
  by rewrite P -scalemxAl outer_vec -/(sq _) e0 scale1r.
have top : sq (cross X Y *m e 0%N) = to n.+2 ^+ 2 * sq (e 0%N).
  by rewrite PE sqZ e0 unit.
have e_neq0 : sq (e 0%N) != 0 by rewrite e0 oner_neq0.
split=> //; last by rewrite -sq_eq0.
split=> [v|]; last by exists (e 0%N).
by rewrite P outer_le // unit.
Qed.

Lemma floor_bent : (2 * n.+2%:R) ^+ n.+2 * (to n.+2 ^+ 2) ^+ n.+1
    / (2 * (n.+2%:R * t)) ^+ n.+2 = c ^+ 2.
Proof.
have g_neq0 : g != 0 by rewrite mulf_neq0.
have nn : 2 * n.+2%:R != 0 :> F by rewrite mulf_neq0 // pnatr_eq0.
have t_neq0 : t != 0 by rewrite !expf_neq0 // mulf_neq0 // expf_neq0.
rewrite mulrA [(_ * t) ^+ _]exprMn -mulf_div divff ?expf_neq0 // mul1r.
apply: (canLR (mulfK (expf_neq0 _ t_neq0))).
have -> : to n.+2 ^+ 2 = t * g ^+ 2 by rewrite /to [g ^+ n.+1]exprSr mulrA exprMn.
have -> : (t * g ^+ 2) ^+ n.+1 = t ^+ n.+1 * (g ^+ 2 * (g ^+ n) ^+ 2).
  by rewrite exprMn [g ^+ 2 ^+ _]exprAC [g ^+ n.+1]exprS [(g * _) ^+ 2]exprMn.
rewrite [t ^+ n.+2]exprS; have -> : c ^+ 2 * (t * t ^+ n.+1) = t ^+ n.+1 * (c ^+ 2 * t) by ring.
by rewrite {3}/t /g !exprMn; congr (_ * _); ring.
Qed.

Lemma alignment_bent k : (k.+1 < n.+2)%N ->
  alignment_sq X Y W (e 0%N) k = if k is 0%N then c ^+ 2 else 1.
Proof.
move=> kn; have PE : cross X Y *m e 0%N = to n.+2 *: e n.+2.
  by rewrite P -scalemxAl outer_vec -/(sq _) unit // scale1r.
have g_neq0 : g != 0 by rewrite mulf_neq0.
have to_neq0 j : to j != 0 by case: j => [|j] /=; rewrite ?oner_neq0 // mulf_neq0 ?expf_neq0.
have from_neq0 j : from j != 0 by case: j => [|j] /=; rewrite ?mulf_neq0 ?expf_neq0.
have [e1 t1] := (unit (ltnW kn), unit_taken (ltnW kn)).
rewrite /alignment_sq /point PE; cbv zeta; rewrite -scalemxAr suffix_tr 1?ltnW //.
rewrite prefix_on ?scalerA; last exact: ltnW kn.
rewrite dotZl dotZr !sqZ e1 t1 !mulr1.
set a := to n.+2 * from k; have a_neq0 : a != 0 by rewrite mulf_neq0.
rewrite -exprMn mulrA exprMn mulrC mulrA mulVf ?mul1r; last first.
  by rewrite expf_neq0 // mulf_neq0.
case: k kn {a a_neq0} e1 t1 => [|k] kn e1 _ /=; first by rewrite bend.
by rewrite -/(sq _) e1 expr1n.
Qed.

Lemma cosine_le1 : c ^+ 2 <= 1.
Proof. by rewrite -bend; have := cauchy_schwarz (e 1%N) x; rewrite unit // unit_x mulr1. Qed.

End Bend.

Theorem alignment_attained : statements.layers_coupled_of_flattest.alignment_attained.
Proof.
move=> F d [|[|n]] // m X Y e x w c W _ w_neq0 c_neq0 unit unit_x bend white fits.
exists (to w c n.+2 ^+ 2), (2 * (n.+2%:R * (w * (w * c) ^+ n) ^+ 2)).
have floor := floor_bent n w_neq0 c_neq0; rewrite /= in floor.
have aligned := alignment_bent w_neq0 c_neq0 unit unit_x bend white fits.
split; first exact: top_bent unit bend white fits.
- exact: sharpness_bent w_neq0 c_neq0 unit unit_x bend white fits.
- move=> k kn; rewrite floor aligned //; case: k kn => // k kn.
  exact: cosine_le1 unit unit_x bend.
- by exists 0%N; rewrite floor aligned.
Qed.

(* --- the claims that the others build on ------------------------------------------------------ *)

Theorem meeting : statements.layers_coupled_of_flattest.meeting.
Proof.
move=> F d L m X Y W u y fits k kL; rewrite /cosine /gain_out /gain_in /pairing; cbv zeta.
set x := (suffix L W k.+1)^T *m u; set z := prefix W k.+1 *m (moment X *m y).
have -> : dot u (cross X Y *m y) = dot x z.
  rewrite /x -[RHS]dot_mull /z (mulmxA (suffix _ _ _)) suffix_prefix; last exact: ltnW.
  by rewrite mulmxA fits.
have := cauchy_schwarz x z; have [zero|xz_neq0] := eqVneq (sq x * sq z) 0.
  rewrite zero real_exprn_even_le0 ?num_real //= => /eqP ->.
  by rewrite expr0n !mul0r.
move=> _; move: (dot x z ^+ 2) (sq x) (sq z) (sq u) (dot y _) xz_neq0 => D a b s q ab_neq0.
have -> : D / (a * b) * (a / s) * (b / q) = D * (a * b / (a * b)) * (s^-1 * q^-1) by ring.
by rewrite divff // mulr1 invfM.
Qed.

Theorem stretch : statements.layers_coupled_of_flattest.stretch.
Proof.
move=> F d L m X Y v white; rewrite /pairing white mul1mx -!/(sq _); set s := sq _.
have [->|s_neq0] := eqVneq s 0; first by rewrite expr0n !mul0r.
by rewrite expr2 invfM mulrA mulfK.
Qed.

Theorem last : statements.layers_coupled_of_flattest.last.
Proof.
move=> F d [//|n] m X Y W v _ white fits; rewrite (stretch Y v white).
have PE : prefix W n.+1 = cross X Y by rewrite -fits white mulmx1.
rewrite /gain_out /gain_in /= suffixn trmx1 mul1mx -/(prefix W n.+1) PE white !mul1mx -!/(sq _).
set s := sq _; have [->|s_neq0] := eqVneq s 0; first by rewrite !mul0r.
by rewrite divff ?mul1r.
Qed.

(* --- false twins -------------------------------------------------------------------------- *)

(* Layers 2 and 1/2 of one neuron: the gains are 4 and 1/4 for T = 1. *)
Theorem any_minimizer_false : ~ statements.layers_coupled_of_flattest.any_minimizer.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_comRing d := fun k => (if k is 0%N then 2 else 2^-1)%:M.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 2 1 one one = 1%:M by rewrite /cross invr1 scale1r trmx1 mulmx1.
have sq1 : sq one = 1 by rewrite /sq dotE trmx1 mulmx1 mxtrace1.
have fits : @minimizer _ d 2 1 one one W.
  by rewrite /minimizer moment1 cross1 !mulmx1 /= mulmx1 -scalar_mxM mulVf.
have top : @top_vector _ d 2 1 one one one 1.
  have one_neq0 : sq one != 0 by rewrite sq1 oner_neq0.
  split; [|by rewrite -sq_eq0|by rewrite cross1 mul1mx mul1r].
  rewrite cross1; split=> [w|]; first by rewrite mul1mx mul1r.
  by exists one; rewrite mul1mx mul1r.
have root : is_root 2 1 (1 : rat) by split; rewrite ?ler01 // expr1n.
move=> /(_ _ d 2%N 1%N one one W one 1 1 isT (fun=> isT) top (oner_neq0 _) root moment1 fits).
move=> /(_ 0%N isT); rewrite /gain /point mul1mx sq1 divr1 /W /= mulmx1 -scalemx1 sqZ sq1 mulr1.
by [].
Qed.

(* Two layers with a bend of cosine 3/5: cos² is 9/25, S_min/S = 3/5. *)
Theorem linear_cost_false : ~ statements.layers_coupled_of_flattest.linear_cost.
Proof.
pose d k : nat := if k is 0%N then 1%N else 2%N; pose c : rat := 3 / 5.
pose first : 'cV[rat]_2 := delta_mx 0 0; pose second : 'cV[rat]_2 := delta_mx 1 0.
pose e (k : nat) : 'cV[rat]_(d k) := match k with 0%N => 1%:M | _.+1 => first end.
pose x : 'cV[rat]_(d 1%N) := c *: first + (4 / 5) *: second.
have dots (a b a' b' : rat) :
    dot (a *: first + b *: second) (a' *: first + b' *: second) = a * a' + b * b'.
  by rewrite /dot !big_ord_recl !big_ord0 !mxE /= !(mulr0, mulr1, addr0, add0r).
have firstE : first = 1 *: first + 0 *: second by rewrite scale1r scale0r addr0.
have sq1 : sq (1%:M : 'M[rat]_1) = 1 by rewrite /sq dotE trmx1 mulmx1 mxtrace1.
have unit k : (k <= 2)%N -> sq (e k) = 1.
  by case: k => [|k] _ //=; rewrite /sq firstE dots mulr0 addr0 mulr1.
have unit_x : sq x = 1 by rewrite /sq dots.
have bend : dot (e 1%N) x = c by rewrite /= firstE dots mul1r mul0r addr0.
have c_neq0 : c != 0 by [].
pose W := bent_path e x 1 c; pose X : 'M[rat]_(d 0%N, 1) := 1%:M.
pose Y : 'M[rat]_(d 2%N, 1) := prefix W 2.
have white : moment X = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have fits : minimizer X Y W by rewrite /minimizer white /cross invr1 scale1r trmx1.
have top := top_bent unit bend white fits.
have [bound _] := sharpness_bent (oner_neq0 _) c_neq0 unit unit_x bend white fits.
have aligned := alignment_bent (oner_neq0 _) c_neq0 unit unit_x bend white fits.
have root : is_root 2 (to 1 c 2 ^+ 2) c by rewrite /= !mul1r expr1.
have d_gt0 k : (0 < d k)%N by case: k.
move=> /(_ _ d 2%N 1%N X Y W _ _ c _ d_gt0 top root white fits bound 0%N isT).
by rewrite aligned.
Qed.
