(* F5.  A network of multiples of the layers has the multiple of the product, and its form along
   multiples of a direction is that along the direction: this gives the upper bound.  For the lower
   one, A_k W_k B_k = P and Cauchy-Schwarz bound each term of the form along the path of F6 by the
   inverse norm of its layer.  With all norms equal the norms of A_k and B_k bound the form by the
   same sum. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas.
From Proofs.statements Require sharpness_unbounded_of_rescaling.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.sharpness_unbounded_of_rescaling.

(* --- multiples of layers -------------------------------------------------------------------- *)
Section Scaled.
Variables (F : realFieldType) (d : nat -> nat) (a : nat -> F).
Implicit Types W V : network F d.
Definition scaled W : network F d := fun k => a k *: W k.

Lemma prefix_scaled W k : prefix (scaled W) k = (\prod_(l < k) a l) *: prefix W k.
Proof.
elim: k => [|k IH] /=; first by rewrite big_ord0 scale1r.
by rewrite IH big_ord_recr /= -scalemxAl -scalemxAr scalerA mulrC.
Qed.

Lemma dprefix_scaled W U V k : (forall l, U l = a l *: V l) ->
  dprefix (scaled W) U k = (\prod_(l < k) a l) *: dprefix W V k.
Proof.
move=> UE; elim: k => [|k IH] /=; first by rewrite scaler0.
rewrite IH UE prefix_scaled big_ord_recr /= -!scalemxAl -!scalemxAr !scalerA -scalerDr.
by rewrite mulrC.
Qed.

Lemma ddprefix_scaled W U V k : (forall l, U l = a l *: V l) ->
  ddprefix (scaled W) U k = (\prod_(l < k) a l) *: ddprefix W V k.
Proof.
move=> UE; elim: k => [|k IH] /=; first by rewrite scaler0.
rewrite IH UE (dprefix_scaled W k UE) big_ord_recr /= -!scalemxAl -!scalemxAr !scalerA -scalerDr.
by rewrite mulrC.
Qed.

Variables (L m : nat) (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Hypothesis (one : \prod_(l < L) a l = 1).

Lemma scaled_prefix W : prefix (scaled W) L = prefix W L.
Proof. by rewrite prefix_scaled one scale1r. Qed.

Lemma hessian_scaled W U V : (forall l, U l = a l *: V l) ->
  hessian X Y (scaled W) U = hessian X Y W V.
Proof.
move=> UE; rewrite !hessianE /residual scaled_prefix (dprefix_scaled W L UE).
by rewrite (ddprefix_scaled W L UE) one !scale1r.
Qed.

End Scaled.

Section Rescaled.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (c : F) (i j : 'I_L).
Hypotheses (ij : i != j) (c_neq0 : c != 0).
Implicit Types W V : network F d.

Definition factor (k : nat) : F := if k == i then c^-1 else if k == j then c else 1.

Lemma factor_neq0 k : factor k != 0.
Proof. by rewrite /factor; do 2?case: ifP => _; rewrite ?invr_neq0 ?oner_eq0. Qed.

Lemma factor_sum (f : nat -> F) : \sum_(k < L) factor k ^- 2 * f k
  = c ^+ 2 * f i + c ^- 2 * f j + \sum_(k < L | (k != i) && (k != j)) f k.
Proof.
rewrite (bigD1 i) //= (bigD1 j) 1?eq_sym //= addrA /factor eqxx exprVn invrK.
rewrite ifN 1?eq_sym // eqxx; congr (_ + _); apply: eq_bigr => k /andP[ki kj].
by rewrite !ifN // expr1n invr1 mul1r.
Qed.

Lemma factor_prod : \prod_(k < L) factor k = 1.
Proof.
rewrite (bigD1 i) //= (bigD1 j) 1?eq_sym //= /factor eqxx ifN 1?eq_sym // eqxx mulrA mulVf //.
by rewrite big1 ?mulr1 // => k /andP[ki kj]; rewrite !ifN.
Qed.

Lemma rescaled_minimizer W : minimizer X Y (rescaled W c i j) <-> minimizer X Y W.
Proof. by rewrite /minimizer -(scaled_prefix factor_prod W). Qed.

End Rescaled.

Theorem stays : statements.sharpness_unbounded_of_rescaling.stays.
Proof.
move=> F d L m X Y W c i j ij c_neq0; split; last exact: rescaled_minimizer.
by rewrite /loss -(scaled_prefix (factor_prod ij c_neq0) W).
Qed.

Theorem upper : statements.sharpness_unbounded_of_rescaling.upper.
Proof.
move=> F d L m X Y W c i j S ij c_ge1 fits bound V.
have c_gt0 : 0 < c by apply: lt_le_trans c_ge1.
have c_neq0 : c != 0 by rewrite gt_eqF.
pose V' : network F d := fun k => (factor c i j k)^-1 *: V k.
have UE k : V k = factor c i j k *: V' k.
  by rewrite /V' scalerA mulfV ?scale1r ?factor_neq0.
rewrite (hessian_scaled X Y (factor_prod ij c_neq0) W UE).
have c2_ge1 : 1 <= c ^+ 2 by apply: exprn_ege1.
have VE : energy L V' <= c ^+ 2 * energy L V.
  rewrite mulr_sumr; apply: ler_sum => k _; rewrite /V' sqZ ler_wpmul2r ?sq_ge0 //.
  rewrite /factor; case: ifP => _; [by rewrite invrK | case: ifP => _].
    by apply: le_trans c2_ge1; rewrite exprVn invf_le1 ?exprn_gt0 // exprn_ege1.
  by rewrite invr1 expr1n.
have [S_ge0|S_lt0] := leP 0 S.
  by apply: le_trans (bound V') _; rewrite (mulrC (c ^+ 2)) -mulrA ler_wpmul2l.
have := le_trans (hessian_ge0 V' fits) (bound V'); rewrite nmulr_rge0 // => V'_le0.
have V'0 : energy L V' = 0 by apply/eqP; rewrite eq_le V'_le0 energy_ge0.
have V0 : energy L V = 0.
  rewrite /energy big1 // => k _; rewrite UE (energy_eq0 V'0) // scaler0.
  by rewrite /sq dot0r.
by rewrite V0 mulr0; apply: le_trans (bound V') _; rewrite V'0 mulr0.
Qed.

(* --- the bound from below ------------------------------------------------------------------- *)
Section Lower.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types W V : network F d.

Definition path_direction W (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0)) : network F d :=
  fun k => (suffix L W k.+1)^T *m u *m (prefix W k *m (moment X *m y))^T.

Lemma path_form W u y : minimizer X Y W -> let V := path_direction W u y in
  energy L V ^+ 2 *+ 2 <= sq u * dot y (moment X *m y) * hessian X Y W V.
Proof.
move=> fits; set V := path_direction W u y; move=> /=.
have inner : m%:R^-1 * dot (u *m (X^T *m y)^T) (dprefix W V L *m X) = energy L V.
  rewrite dprefixE mulmx_suml dot_sumr mulr_sumr; apply: eq_bigr => k _.
  rewrite -(mulmxA _ _ X) -(mulmxA _ _ (prefix W k *m X)) dot_mull dot_mulr -dotZl [RHS]/sq.
  congr (dot _ (V k)); rewrite /V /path_direction /moment -scalemxAl -scalemxAr linearZ /=.
  by rewrite -scalemxAr; congr (_ *: _); rewrite !trmx_mul !trmxK !mulmxA.
rewrite (hessian_minimizer _ fits) mulrnAr ler_muln2r /= moment_ge0.
have regroup (i a b e : F) : a * (i * b) * (i * e) = i ^+ 2 * (a * b * e) by ring.
by rewrite regroup -inner exprMn ler_wpmul2l ?sqr_ge0 // -sq_rank1 cauchy_schwarz.
Qed.

Definition bounded_by n p (A : 'M[F]_(n, p)) (s : F) : Prop :=
  forall v, sq (A *m v) <= s * sq (v : 'cV_p).

Lemma top_form W (T : 'M_(d L, d 0)) (u : 'cV[F]_(d L)) (N : nat -> F) t : (0 < L)%N ->
  minimizer X Y W -> T *m moment X = cross X Y -> sq u != 0 -> 0 < t ->
  dot u (T *m moment X *m T^T *m u) = t * sq u ->
  (forall k, (k < L)%N -> bounded_by (W k) (N k)) ->
  exists V, 0 < energy L V /\
    2 * t * (\sum_(k < L) (N k)^-1) * energy L V <= hessian X Y W V.
Proof.
move=> L_gt0 fits TC u_neq0 t_gt0 top NB; pose y := T^T *m u; pose p := t * sq u.
have u_gt0 : 0 < sq u by rewrite lt_def u_neq0 sq_ge0.
have p_gt0 : 0 < p by apply: mulr_gt0.
have uy : dot u (cross X Y *m y) = p by rewrite -TC mulmxA top.
have yy : dot y (moment X *m y) = p by rewrite /y -dot_mull !mulmxA top.
pose a k := sq ((suffix L W k.+1)^T *m u); pose b k := sq (prefix W k *m (moment X *m y)).
have pair k : (k < L)%N -> p ^+ 2 <= N k * (a k * b k).
  move=> kL; rewrite -uy -fits -(suffix_prefix W (ltnW kL)) (suffixS W kL) -!mulmxA dot_mull.
  apply: le_trans (cauchy_schwarz _ _) _; rewrite mulrCA ler_wpmul2l ?sq_ge0 //.
  exact: NB.
have p2_gt0 : 0 < p ^+ 2 by apply: exprn_gt0.
have ab_ge0 k : 0 <= a k * b k by rewrite mulr_ge0 ?sq_ge0.
have N_gt0 k : (k < L)%N -> 0 < N k.
  move=> kL; rewrite ltNge; apply/negP => N_le0; have := lt_le_trans p2_gt0 (pair k kL).
  by rewrite ltNge mulr_le0_ge0.
have VE : energy L (path_direction W u y) = \sum_(k < L) a k * b k.
  by apply: eq_bigr => k _; rewrite sq_rank1.
have sum : p ^+ 2 * (\sum_(k < L) (N k)^-1) <= \sum_(k < L) a k * b k.
  rewrite mulr_sumr; apply: ler_sum => k _.
  by rewrite ler_pdivr_mulr ?N_gt0 // (mulrC _ (N k)) pair.
have sum_gt0 : 0 < \sum_(k < L) (N k)^-1.
  rewrite (bigD1 (Ordinal L_gt0)) //= ltr_paddr ?invr_gt0 ?N_gt0 // sumr_ge0 // => k _.
  by rewrite invr_ge0 ltW ?N_gt0.
have h_gt0 := lt_le_trans (mulr_gt0 p2_gt0 sum_gt0) sum.
exists (path_direction W u y); rewrite VE; split=> //.
rewrite -(ler_pmul2l (mulr_gt0 u_gt0 p_gt0)) -{2}yy; apply: le_trans (path_form u y fits).
rewrite VE; move: (\sum_(k < L) a k * b k) h_gt0 (\sum_(k < L) _) sum {sum_gt0} => h h_gt0 s sum.
have -> : sq u * p * (2 * t * s * h) = (p ^+ 2 * s) * h *+ 2 by rewrite /p; ring.
by rewrite ler_muln2r /= (expr2 h) ler_wpmul2r // ltW.
Qed.

Lemma target_gt0 (T : 'M_(d L, d 0)) t : T *m moment X = cross X Y -> cross X Y != 0 ->
  is_largest (fun u => dot u (T *m moment X *m T^T *m u)) t -> 0 < t.
Proof.
move=> TC C_neq0 [bound _]; rewrite ltNge; apply: contra C_neq0 => t_le0.
have symm : (moment X)^T = moment X by rewrite /moment linearZ /= trmx_mul trmxK.
rewrite -TC -(trmxK (T *m moment X)) trmx_mul symm.
suff -> : moment X *m T^T = 0 by rewrite trmx0.
apply/matrixP => a b; rewrite [RHS]mxE.
have v_eq0 : moment X *m (T^T *m delta_mx b (0 : 'I_1)) = 0.
  apply/eqP; apply: contraT => /moment_gt0; rewrite -dot_mull !mulmxA ltNge.
  by rewrite (le_trans (bound _)) // mulr_le0_ge0 ?sq_ge0.
by move/matrixP: v_eq0 => /(_ a 0); rewrite mulmxA -colE ![col _ _ _ _]mxE [RHS]mxE.
Qed.

Lemma sq_mul_le n p (A : 'M[F]_(n, p)) : bounded_by A (sq A).
Proof.
move=> v; rewrite {1 3}/sq /dot mulr_suml; apply: ler_sum => a _; rewrite big_ord1.
have := cauchy_schwarz (row a A) v^T; rewrite sq_trmx -expr2; congr (_ ^+ 2 <= _ * _).
  by rewrite mxE /dot big_ord1; apply: eq_bigr => b _; rewrite !mxE.
by rewrite /sq /dot big_ord1; apply: eq_bigr => b _; rewrite !mxE.
Qed.

Variables (c : F) (i j : 'I_L).
Hypotheses (ij : i != j) (c_neq0 : c != 0).

Lemma rescaled_sum (N : nat -> F) :
  \sum_(k < L) (factor c i j k ^+ 2 * N k)^-1 = inverse_norms c i j N.
Proof.
under eq_bigr do rewrite invfM.
by rewrite (factor_sum c ij (fun k => (N k)^-1)) /inverse_norms (invfM (c ^+ 2) (N j)).
Qed.

Lemma rescaled_bounded W (N : nat -> F) k :
  bounded_by (W k) (N k) -> bounded_by (rescaled W c i j k) (factor c i j k ^+ 2 * N k).
Proof.
by move=> NB v; rewrite /rescaled -/(factor c i j k) -scalemxAl sqZ -mulrA ler_wpmul2l ?sqr_ge0.
Qed.

Lemma rescaled_top W (N : nat -> F) t : minimizer X Y W -> cross X Y != 0 ->
  is_target_on_data X Y t -> (forall k, (k < L)%N -> bounded_by (W k) (N k)) ->
  0 < t /\ exists V, 0 < energy L V /\
    2 * t * inverse_norms c i j N * energy L V <= hessian X Y (rescaled W c i j) V.
Proof.
move=> fits C_neq0 [T [TC top]] NB; have t_gt0 := target_gt0 TC C_neq0 top; split=> //.
case: top => _ [u [u_neq0 uE]]; rewrite -rescaled_sum.
have L_gt0 : (0 < L)%N := leq_ltn_trans (leq0n i) (ltn_ord i).
have fits' : minimizer X Y (rescaled W c i j) by apply/rescaled_minimizer.
pose N' k := factor c i j k ^+ 2 * N k.
apply: (@top_form _ T u N' t L_gt0 fits' TC u_neq0 t_gt0 uE) => k kL.
by apply: rescaled_bounded; apply: NB.
Qed.

Lemma lower_bound W (N : nat -> F) t S : minimizer X Y W -> cross X Y != 0 ->
  is_target_on_data X Y t -> (forall k, (k < L)%N -> bounded_by (W k) (N k)) ->
  bounds_sharpness X Y (rescaled W c i j) S -> 2 * t * inverse_norms c i j N <= S.
Proof.
move=> fits C_neq0 target NB bound.
have [_ [V [V_gt0 VE]]] := rescaled_top fits C_neq0 target NB.
by rewrite -(ler_pmul2r V_gt0) (le_trans VE).
Qed.

Lemma layer_gt0 W k : minimizer X Y W -> cross X Y != 0 -> (k < L)%N -> 0 < sq (W k).
Proof.
move=> fits C_neq0 kL; rewrite sq_gt0; apply: contra C_neq0 => /eqP W0.
by rewrite -fits -(suffix_prefix W (ltnW kL)) (suffixS W kL) W0 mulmx0 !mul0mx.
Qed.

Lemma strict_bound W n t S : minimizer X Y W -> cross X Y != 0 ->
  is_target_on_data X Y t -> bounded_by (W i) n ->
  bounds_sharpness X Y (rescaled W c i j) S -> 2 * c ^+ 2 * t / n < S.
Proof.
move=> fits C_neq0 target nB bound.
pose N (k : nat) := if k == i then n else sq (W k).
have NB k : (k < L)%N -> bounded_by (W k) (N k).
  by rewrite /N; case: eqP => [->|_] _; [exact: nB | exact: sq_mul_le].
have [t_gt0 _] := rescaled_top fits C_neq0 target NB.
apply: lt_le_trans (lower_bound fits C_neq0 target NB bound).
have -> : 2 * c ^+ 2 * t / n = 2 * t * (c ^+ 2 / n) by ring.
rewrite ltr_pmul2l ?mulr_gt0 ?ltr0n // /inverse_norms /N eqxx -addrA ltr_addl ltr_paddr //.
  by apply: sumr_ge0 => k /andP[ki _]; rewrite ifN // invr_ge0 sq_ge0.
rewrite ifN 1?eq_sym // invr_gt0 mulr_gt0 ?layer_gt0 //.
by rewrite lt_def sqr_ge0 sqrf_eq0 c_neq0.
Qed.

End Lower.

Theorem lower : statements.sharpness_unbounded_of_rescaling.lower.
Proof.
move=> F d L m X Y W c i j N t S ij c_neq0 fits C_neq0 target norms.
by apply: lower_bound => // k kL; case: (norms k kL).
Qed.

Theorem unbounded : statements.sharpness_unbounded_of_rescaling.unbounded.
Proof.
move=> F d L m X Y W i j n t ij fits C_neq0 target [nB _].
split=> [c S c_neq0|M]; first exact: strict_bound.
have t_gt0 : 0 < t by case: target => T [TC top]; apply: target_gt0 TC C_neq0 top.
have W_gt0 := layer_gt0 fits C_neq0 (ltn_ord i).
pose c : F := 1 + `|M| * sq (W i) / (2 * t).
have c_ge1 : 1 <= c by rewrite ler_addl divr_ge0 ?mulr_ge0 ?normr_ge0 ?sq_ge0 ?ler0n // ltW.
have c_gt0 := lt_le_trans ltr01 c_ge1.
exists c; split=> // S bound.
have := strict_bound ij (lt0r_neq0 c_gt0) fits C_neq0 target (@sq_mul_le _ _ _ (W i)) bound.
apply: le_lt_trans; rewrite ler_pdivl_mulr //.
have -> : 2 * c ^+ 2 * t = c * c * (2 * t) by ring.
apply: (@le_trans _ _ (c * (2 * t))).
  rewrite mulrDl mul1r mulfVK ?gt_eqF ?mulr_gt0 ?ltr0n //.
  apply: ler_paddl; first by rewrite mulr_ge0 ?ler0n // ltW.
  by apply: ler_wpmul2r (ler_norm M); apply: ltW.
rewrite -mulrA; apply: ler_pemull => //.
by rewrite ltW // !mulr_gt0 ?ltr0n.
Qed.

(* --- equal norms on whitened data ------------------------------------------------------------ *)
Section Bounded.
Variable F : realFieldType.

Lemma bounded_mul n p q (A : 'M[F]_(n, p)) (B : 'M[F]_(p, q)) a b :
  0 <= a -> bounded_by A a -> bounded_by B b -> bounded_by (A *m B) (a * b).
Proof.
move=> a_ge0 Aa Bb v; rewrite -mulmxA -mulrA; apply: le_trans (Aa _) _.
exact: ler_wpmul2l.
Qed.

Lemma bounded_one n : bounded_by (1%:M : 'M[F]_n) 1.
Proof. by move=> v; rewrite mul1mx mul1r. Qed.

Lemma bounded_trmx n p (A : 'M[F]_(n, p)) a : 0 <= a -> bounded_by A a -> bounded_by A^T a.
Proof.
move=> a_ge0 Aa u; have := cauchy_schwarz u (A *m (A^T *m u)).
rewrite dot_mull -/(sq (A^T *m u)) => bound.
have [->|w_neq0] := eqVneq (sq (A^T *m u)) 0; first by rewrite mulr_ge0 ?sq_ge0.
have w_gt0 : 0 < sq (A^T *m u) by rewrite lt_def w_neq0 sq_ge0.
rewrite -(ler_pmul2r w_gt0) -expr2; apply: le_trans bound _.
by rewrite [leRHS]mulrAC [leRHS]mulrC ler_wpmul2l ?sq_ge0.
Qed.

Lemma bounded_matrix n p q (A : 'M[F]_(n, p)) a (M : 'M[F]_(p, q)) :
  bounded_by A a -> sq (A *m M) <= a * sq M.
Proof.
have columns r (B : 'M[F]_(r, q)) : sq B = \sum_b sq (col b B).
  rewrite /sq /dot exchange_big; apply: eq_bigr => b _.
  by apply: eq_bigr => k _; rewrite big_ord1 !mxE.
move=> Aa; rewrite !columns mulr_sumr; apply: ler_sum => b _.
by rewrite !colE -mulmxA.
Qed.

Lemma bounded_gt0 n p (A : 'M[F]_(n, p)) a : A != 0 -> bounded_by A a -> 0 < a.
Proof.
rewrite -sq_gt0 => A_gt0 Aa; rewrite ltNge; apply/negP => a_le0.
have := lt_le_trans A_gt0 (_ : sq A <= a * sq (1%:M : 'M[F]_p)).
rewrite -{1}[A]mulmx1 bounded_matrix // => /(_ isT).
by rewrite ltNge mulr_le0_ge0 ?sq_ge0.
Qed.

Variables (d : nat -> nat) (L : nat) (W : network F d) (r : F).
Hypotheses (r_ge0 : 0 <= r) (Wr : forall k, (k < L)%N -> bounded_by (W k) r).

Lemma bounded_prefix k : (k <= L)%N -> bounded_by (prefix W k) (r ^+ k).
Proof.
elim: k => [|k IH] kL; first exact: bounded_one.
by rewrite exprS; apply: bounded_mul => //; [apply: Wr | apply: IH; apply: ltnW].
Qed.

Lemma bounded_suffix f k : (k + f)%N = L -> bounded_by (suffix L W k) (r ^+ f).
Proof.
elim: f k => [|f IH] k kf.
  have -> : k = L by rewrite -kf addn0.
  by rewrite suffixn; apply: bounded_one.
have kL : (k < L)%N by rewrite -kf addnS ltnS leq_addr.
rewrite suffixS // exprSr; apply: bounded_mul; [exact: exprn_ge0 | | exact: Wr].
by apply: IH; rewrite addSnnS.
Qed.

Lemma bounded_term k (D : 'M[F]_(d L, d 0)) : (k < L)%N ->
  sq ((suffix L W k.+1)^T *m D *m (prefix W k)^T) <= r ^+ L.-1 * sq D.
Proof.
move=> kL; have kf : (k.+1 + (L - k.+1))%N = L by rewrite subnKC.
have -> : L.-1 = (L - k.+1 + k)%N by rewrite -{1}kf addSn /= addnC.
rewrite -mulmxA exprD -mulrA.
apply: le_trans (bounded_matrix _ (bounded_trmx _ (bounded_suffix kf))) _.
  exact: exprn_ge0.
rewrite ler_wpmul2l ?exprn_ge0 // -sq_trmx trmx_mul trmxK -[in leRHS]sq_trmx.
exact/bounded_matrix/bounded_prefix/ltnW.
Qed.

End Bounded.

Section White.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Variables (W : network F d) (c : F) (i j : 'I_L) (r : F).
Hypotheses (ij : i != j) (c_neq0 : c != 0) (fits : minimizer X Y W) (white : moment X = 1%:M).
Hypotheses (r_ge0 : 0 <= r) (Wr : forall k, (k < L)%N -> bounded_by (W k) r).

Let sum := \sum_(k < L) factor c i j k ^- 2.

Lemma white_upper V :
  hessian X Y (rescaled W c i j) V <= 2 * (r ^+ L.-1 * sum) * energy L V.
Proof.
pose V' : network F d := fun k => (factor c i j k)^-1 *: V k.
have UE k : V k = factor c i j k *: V' k.
  by rewrite /V' scalerA mulfV ?scale1r ?factor_neq0.
rewrite (hessian_scaled X Y (factor_prod ij c_neq0) W UE) hessian_minimizer // moment_sq.
rewrite white mulmx1 -/(sq _); set D := dprefix W V' L.
rewrite -mulr_natl -mulrA ler_pmul2l ?ltr0n //.
pose U : network F d := fun k =>
  (factor c i j k)^-1 *: ((suffix L W k.+1)^T *m D *m (prefix W k)^T).
have DU : sq D = \sum_(k < L) dot (U k) (V k).
  rewrite {1}/sq {2}/D dprefixE dot_sumr; apply: eq_bigr => k _.
  by rewrite dot_mulr dot_mull /V' dotZr /U dotZl mulmxA.
have UD : energy L U <= r ^+ L.-1 * sum * sq D.
  rewrite mulrAC mulr_sumr; apply: ler_sum => k _; rewrite /U sqZ mulrC exprVn.
  by rewrite ler_wpmul2r ?bounded_term // invr_ge0 sqr_ge0.
have [->|D_neq0] := eqVneq (sq D) 0.
  rewrite !mulr_ge0 ?exprn_ge0 ?energy_ge0 // sumr_ge0 // => k _.
  by rewrite invr_ge0 sqr_ge0.
have D_gt0 : 0 < sq D by rewrite lt_def D_neq0 sq_ge0.
rewrite -(ler_pmul2r D_gt0) -expr2 {1}DU; apply: le_trans (cauchy_schwarz_layers _ _ _) _.
by rewrite [leRHS]mulrAC ler_wpmul2r ?energy_ge0.
Qed.

Lemma white_sharpness : cross X Y != 0 -> is_target_on_data X Y (r ^+ L) ->
  is_sharpness X Y (rescaled W c i j) (2 * (r ^+ L.-1 * sum)).
Proof.
move=> C_neq0 target; split=> [V|]; first exact: white_upper.
have [t_gt0 [V [V_gt0 VE]]] := rescaled_top ij c_neq0 fits C_neq0 target Wr.
exists V; split; first by rewrite gt_eqF.
apply/eqP; rewrite eq_le white_upper /=; apply: le_trans VE.
rewrite -rescaled_sum //.
have L_gt0 : (0 < L)%N := leq_ltn_trans (leq0n i) (ltn_ord i).
have r_neq0 : r != 0 by apply: contraTneq t_gt0 => ->; rewrite expr0n gtn_eqF ?ltxx.
under [in leRHS]eq_bigr do rewrite invfM.
rewrite -mulr_suml -/sum -[in r ^+ L](prednK L_gt0) exprSr.
have -> : 2 * (r ^+ L.-1 * r) * (sum * r^-1) = 2 * (r ^+ L.-1 * sum) * (r * r^-1) by ring.
by rewrite mulfV ?mulr1.
Qed.

Lemma factor_count : sum = L%:R - 2 + c ^+ 2 + c ^- 2.
Proof.
have := factor_sum c ij (fun=> 1); under eq_bigr do rewrite mulr1; rewrite -/sum !mulr1 => ->.
have : \sum_(k < L) 1 = L%:R :> F by rewrite sumr_const card_ord.
rewrite (bigD1 i) //= (bigD1 j) 1?eq_sym //= => <-; move: (\sum_(_ < _ | _) 1) (c ^- 2) => o e.
ring.
Qed.

End White.

Section Target.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Hypotheses (white : moment X = 1%:M) (C_neq0 : cross X Y != 0).

(* The adjoint has the same norm. *)
Lemma white_target s : is_norm_sq (cross X Y) s -> is_target_on_data X Y s.
Proof.
move=> [Cs [v [v_neq0 vE]]]; have s_gt0 := bounded_gt0 C_neq0 Cs.
have form u : dot u (cross X Y *m moment X *m (cross X Y)^T *m u) = sq ((cross X Y)^T *m u).
  by rewrite white mulmx1 -mulmxA dot_mull.
exists (cross X Y); split; first by rewrite white mulmx1.
split=> [u|]; first by rewrite form (bounded_trmx (ltW s_gt0)).
have u_gt0 : 0 < sq (cross X Y *m v) by rewrite vE mulr_gt0 // lt_def v_neq0 sq_ge0.
exists (cross X Y *m v); rewrite gt_eqF //; split=> //; rewrite form.
apply/eqP; rewrite eq_le (bounded_trmx (ltW s_gt0)) //=.
have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
have := cauchy_schwarz v ((cross X Y)^T *m (cross X Y *m v)).
rewrite dot_mull trmxK -/(sq _) expr2 {1}vE -mulrA mulrCA.
by rewrite ler_pmul2l.
Qed.

Lemma white_target_unique s t : is_norm_sq (cross X Y) s -> is_target_on_data X Y t -> t = s.
Proof.
move=> /white_target [T [TC [Ts [u [u_neq0 uE]]]]] [T' [TC' [Tt [v [v_neq0 vE]]]]].
move: TC TC'; rewrite white !mulmx1 => TE TE'; move: Ts uE Tt vE; rewrite TE TE' => Ts uE Tt vE.
have u_gt0 : 0 < sq u by rewrite lt_def u_neq0 sq_ge0.
have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
apply/eqP; rewrite eq_le -(ler_pmul2r v_gt0) -[X in _ && X](ler_pmul2r u_gt0).
by rewrite -vE Ts -uE Tt.
Qed.

End Target.

Lemma attained_value (F : realFieldType) (d : nat -> nat) (L m : nat)
  (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L) (s r : F) :
  i != j -> c != 0 -> minimizer X Y W -> cross X Y != 0 -> moment X = 1%:M ->
  is_norm_sq (cross X Y) s -> is_root L s r -> (forall k, (k < L)%N -> is_norm_sq (W k) r) ->
  is_sharpness X Y (rescaled W c i j) (2 * r ^+ L.-1 * (L%:R - 2 + c ^+ 2 + c ^- 2)).
Proof.
move=> ij c_neq0 fits C_neq0 white sE [r_ge0 rE] norms.
rewrite -(factor_count _ ij) -mulrA; apply: white_sharpness => // [k kL|].
  by case: (norms k kL).
by rewrite rE; apply: white_target.
Qed.

Lemma norm_scalar (F : realFieldType) (a : F) : is_norm_sq (a%:M : 'M_1) (a ^+ 2).
Proof.
split=> [v|]; first by rewrite mul_scalar_mx sqZ.
exists 1%:M; rewrite mul_scalar_mx sqZ; split=> //.
by rewrite /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
Qed.

Theorem attained : statements.sharpness_unbounded_of_rescaling.attained.
Proof.
split=> [F d L m X Y W c i j s r ij c_neq0 fits C_neq0 white sE rE norms|F L g g_gt0].
  exact: attained_value ij c_neq0 fits C_neq0 white sE rE norms.
pose one : 'M[F]_1 := 1%:M; pose d (_ : nat) := 1%N; pose Y : 'M[F]_1 := (g ^+ L)%:M.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have crossY : @cross _ d L 1 one Y = Y by rewrite /cross invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d L 1 one Y = (1 * g ^+ L)%:M by rewrite crossY mul1r.
exists d, 1%N, one, Y, (scalar_network 1 g); rewrite crossY; split=> //.
- exact: minimizer_scalar moment1 cross1.
- apply/eqP => /matrixP /(_ 0 0); rewrite !mxE => /eqP.
  by rewrite mulr1n expf_eq0 gt_eqF // andbF.
- exact: norm_scalar.
- by move=> k; apply: norm_scalar.
Qed.

Theorem tight : statements.sharpness_unbounded_of_rescaling.tight.
Proof.
move=> F d L m X Y W c i j N s t ij c_neq0 fits C_neq0 white sE tE norms.
have L_gt0 : (0 < L)%N := leq_ltn_trans (leq0n i) (ltn_ord i).
have [_ rE] := norms i (ltn_ord i).
have NE k : (k < L)%N -> N k = N i.
  by move=> kL; apply: root_unique L_gt0 _ rE; case: (norms k kL).
have N_neq0 : N i != 0.
  have := bounded_gt0 C_neq0 (proj1 sE); rewrite -(proj2 rE).
  by apply: contraTneq => ->; rewrite expr0n gtn_eqF ?ltxx.
have -> : 2 * t * inverse_norms c i j N = 2 * (N i ^+ L.-1 * \sum_(k < L) factor c i j k ^- 2).
  rewrite -rescaled_sum // (white_target_unique white C_neq0 sE tE) -(proj2 rE).
  rewrite (eq_bigr (fun k : 'I_L => factor c i j k ^- 2 * (N i)^-1)) => [|k _]; last first.
    by rewrite NE ?invfM.
  have -> : N i ^+ L = N i ^+ L.-1 * N i by rewrite -exprSr prednK.
  rewrite -mulr_suml.
  move: (\sum_(k < L) _) (N i ^+ _) => a b.
  have -> : 2 * (b * N i) * (a * (N i)^-1) = 2 * (b * a) * (N i * (N i)^-1) by ring.
  by rewrite mulfV ?mulr1.
apply: white_sharpness => // [|k kL|]; first exact: (proj1 rE).
  by rewrite -(NE k kL); case: (norms k kL) => -[].
by rewrite (proj2 rE); apply: white_target.
Qed.

(* Two layers of one neuron at weight one, c = 2: S was 4 and is 17/2. *)
Section Twins.
Let d (_ : nat) := 1%N.
Let one : 'M[rat]_1 := 1%:M.
Let W : network _ d := scalar_network 1 (1 : rat).
Let i : 'I_2 := ord0.
Let j : 'I_2 := lift ord0 ord0.

Let moment1 : @moment _ d 1 one = 1%:M.
Proof. by rewrite /moment invr1 scale1r trmx1 mulmx1. Qed.
Let cross1 : @cross _ d 2 1 one one = one.
Proof. by rewrite /cross invr1 scale1r trmx1 mulmx1. Qed.
Let cross_scalar : @cross _ d 2 1 one one = (1 * 1 ^+ 2)%:M.
Proof. by rewrite cross1 mul1r expr1n. Qed.
Let one_neq0 : one != 0.
Proof. by rewrite -sq_eq0 /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0. Qed.
Let norm1 : is_norm_sq one 1.
Proof.
split=> [v|]; first by rewrite mul1mx mul1r.
by exists one; rewrite mulmx1 mul1r sq_eq0.
Qed.
Let C_neq0 : @cross _ d 2 1 one one != 0.
Proof. by rewrite cross1. Qed.
Let fits : @minimizer _ d 2 1 one one W.
Proof. exact: minimizer_scalar moment1 cross_scalar. Qed.
Let cross_norm : is_norm_sq (@cross _ d 2 1 one one) 1.
Proof. by rewrite cross1. Qed.

Let after : @is_sharpness _ d 2 1 one one (rescaled W 2 i j)
  (2 * 1 ^+ 1 * (2%:R - 2 + 2 ^+ 2 + 2 ^- 2)).
Proof.
have root : is_root 2 1 (1 : rat) by split; rewrite ?expr1n.
apply: (@attained_value _ d 2%N 1%N one one W 2 i j 1 1 isT isT fits C_neq0 moment1
  cross_norm root).
by move=> k _; apply: norm1.
Qed.

Theorem factor_four_false : ~ statements.sharpness_unbounded_of_rescaling.factor_four.
Proof.
move=> false; have [bound _] := after.
have target := white_target moment1 C_neq0 cross_norm.
have := false _ d 2%N 1%N one one W 2 i j 1 1 _ isT isT fits C_neq0 target norm1 bound.
by vm_compute.
Qed.

Theorem linear_growth_false : ~ statements.sharpness_unbounded_of_rescaling.linear_growth.
Proof.
move=> false; have [_ [V [V_neq0 VE]]] := after.
have [bound _] :=
  sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 2)%N) ler01 moment1 cross_scalar.
have := false _ d 2%N 1%N one one W 2 i j _ isT isT fits bound V.
have V_gt0 : 0 < energy 2 V by rewrite lt_def V_neq0 energy_ge0.
by rewrite VE (ler_pmul2r V_gt0); vm_compute.
Qed.

End Twins.
