(* N1.  Below it is U4.  Above, each term |A_kᵀDΣB_kᵀ|² of the dual form is at most a_k b_k |DK|²:
   the first factor by the norm of A_k, the second because |E|² with E = DΣB_kᵀ is a value of the
   form of Σ at EB_k and D, where Cauchy-Schwarz applies. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks quantities lemmas layers.
From Proofs Require sharpness_ge_layer_blocks sharpness_ge_of_minimizer.
From Proofs.statements Require sharpness_log_convex_in_hidden_bases.
From Proofs.statements Require sharpness_between_block_norms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0, m)).

(* The form of Σ at EB is at most |B K|_2² |E|². *)
Lemma data_norm_le p n (B : 'M[F]_(n, d 0)) b (E : 'M[F]_(p, n)) : is_norm_on_data X B b ->
  dot (E *m B) (E *m B *m moment X) <= b * sq E.
Proof.
move=> [bound _]; rewrite formE -/(sq _) -sq_trmx !trmx_mul -[in leRHS]sq_trmx.
rewrite sq_cols [in leRHS]sq_cols !mulr_sumr; apply: ler_sum => j _.
by rewrite col_mul col_mul -moment_ge0; apply: bound.
Qed.

Lemma data_image_le p n (B : 'M[F]_(n, d 0)) b (D : 'M[F]_(p, d 0)) : is_norm_on_data X B b ->
  sq (D *m moment X *m B^T) <= b * dot D (D *m moment X).
Proof.
move=> B_norm; set E := _ *m B^T.
have [->|E_neq0] := eqVneq E 0; first by rewrite /sq dot0r mulr_ge0 ?form_ge0 ?(data_norm_ge0 B_norm).
have E_gt0 : 0 < sq E by rewrite sq_gt0.
have inner : sq E = dot (E *m B) (D *m moment X) by rewrite {1}/sq {2}/E dot_mulr trmxK.
rewrite -(ler_pmul2r E_gt0) -expr2 {1}inner.
apply: le_trans (form_cauchy _ _ _) _.
by rewrite [leRHS]mulrAC ler_wpmul2r ?form_ge0 // data_norm_le.
Qed.

Lemma term_le p n q (A : 'M[F]_(p, q)) (B : 'M[F]_(n, d 0)) a b (D : 'M[F]_(p, d 0)) :
  is_norm_sq A a -> is_norm_on_data X B b ->
  sq (A^T *m (D *m moment X) *m B^T) <= a * b * dot D (D *m moment X).
Proof.
move=> A_norm B_norm; rewrite -mulmxA.
apply: le_trans (sq_mull _ (norm_sq_trmx A_norm)) _.
by rewrite -mulrA ler_wpmul2l ?(norm_ge0 A_norm) // data_image_le.
Qed.

End Terms.

Lemma dual_sum_le (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) (a b : nat -> F) (D : 'M[F]_(d L, d 0%N)) :
  statements.sharpness_between_block_norms.are_block_norms L X W a b ->
  2 * energy L (dual X W D) <= 2 * (\sum_(k < L) a k * b k) * dot D (D *m moment X).
Proof.
move=> norms; rewrite -mulrA ler_pmul2l ?ltr0n // mulr_suml.
apply: ler_sum => k _; have [A_norm B_norm] := norms k (ltn_ord k).
exact: term_le.
Qed.

Theorem below : statements.sharpness_between_block_norms.below.
Proof.
move=> F d L m X Y W a b S norms bound k kL; have [A_norm B_norm] := norms k kL.
exact: (sharpness_ge_layer_blocks.blocks bound kL A_norm B_norm).
Qed.

Lemma block_sum_ge0 (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) (a b : nat -> F) :
  statements.sharpness_between_block_norms.are_block_norms L X W a b ->
  0 <= \sum_(k < L) a k * b k.
Proof.
move=> norms; apply: sumr_ge0 => k _; have [A_norm B_norm] := norms k (ltn_ord k).
by rewrite mulr_ge0 ?(norm_ge0 A_norm) ?(data_norm_ge0 B_norm).
Qed.

Theorem terms : statements.sharpness_between_block_norms.terms.
Proof.
move=> F d L m X W a b D norms; have := dual_sum_le D norms; have := form_ge0 X D.
rewrite /statements.sharpness_log_convex_in_hidden_bases.gram_quotient -/(energy L (dual X W D)).
rewrite le_eqVlt => /predU1P [<-|f_gt0] bound; last by rewrite ler_pdivr_mulr.
by rewrite invr0 mulr0 mulr_ge0 ?ler0n // (block_sum_ge0 norms).
Qed.

Theorem above : statements.sharpness_between_block_norms.above.
Proof.
move=> F d L m X Y W a b fits norms; apply: bounds_of_dual => // [V _|_ D].
  by rewrite mulr_ge0 ?ler0n // (block_sum_ge0 norms).
exact: dual_sum_le.
Qed.

Theorem same : statements.sharpness_between_block_norms.same.
Proof.
move=> F d L m X W a b a' b' norms norms'; apply: eq_bigr => k _.
have [A_norm B_norm] := norms k (ltn_ord k); have [A_norm' B_norm'] := norms' k (ltn_ord k).
by rewrite (largest_unique A_norm A_norm') (largest_unique B_norm B_norm').
Qed.

Theorem within : statements.sharpness_between_block_norms.within.
Proof.
move=> F d L m X Y W a b largest fits norms bound V.
apply: le_trans (above fits norms V) _; rewrite ler_wpmul2r ?energy_ge0 //.
rewrite mulr_sumr mulr_natl -[L in _ *+ L]card_ord -sumr_const.
by apply: ler_sum => k _; apply: bound.
Qed.

Theorem even : statements.sharpness_between_block_norms.even.
Proof.
move=> F d L m X Y W a b s r S L_gt0 d_gt0 white fits top root norms flat [bound [V [V_neq0 VE]]].
have V_gt0 : 0 < energy L V by rewrite lt_def V_neq0 energy_ge0.
apply/eqP; rewrite eq_le; apply/andP; split; last first.
  exact: (sharpness_ge_of_minimizer.lower L_gt0 d_gt0 white fits top root bound).
have -> : 2 * L%:R * r = L%:R * (2 * r) by ring.
rewrite -(ler_pmul2r V_gt0) -VE; apply: (within fits norms) => k kL.
by rewrite ler_pmul2l ?ltr0n // flat.
Qed.

(* --- one input and one output ------------------------------------------------------------- *)
Section Scalar.
Variable F : realFieldType.

Lemma sq1 (M : 'M[F]_1) : sq M = M 0 0 ^+ 2.
Proof. by rewrite /sq /dot !big_ord1 expr2. Qed.

Lemma row_norm p q (A : 'M[F]_(p, q)) a : p = 1%N -> is_norm_sq A a -> a = sq A.
Proof.
move=> p1 [bound [v [v_neq0 E]]]; subst p.
have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
have image (w : 'cV_q) : sq (A *m w) = dot A^T w ^+ 2.
  by rewrite sq1 dotE trmxK /mxtrace big_ord1.
apply/eqP; rewrite eq_le; apply/andP; split.
  by rewrite -(ler_pmul2r v_gt0) -E image -[sq A]sq_trmx cauchy_schwarz.
have [->|A_neq0] := eqVneq A 0.
  by rewrite /sq dot0r -(pmulr_lge0 _ v_gt0) -E sq_ge0.
have A_gt0 : 0 < sq A by rewrite sq_gt0.
by have := bound A^T; rewrite image -/(sq _) sq_trmx expr2 ler_pmul2r.
Qed.

Lemma scalar_image n p e (M : 'M[F]_e) (B : 'M[F]_(n, e)) (D : 'M[F]_(p, e)) b :
  e = 1%N -> p = 1%N -> (forall x : 'cV_e, 0 <= dot x (M *m x)) ->
  (exists w : 'cV_n, sq w != 0 /\ dot (B^T *m w) (M *m (B^T *m w)) = b * sq w) ->
  b * dot D (D *m M) <= sq (D *m M *m B^T).
Proof.
move=> e1 p1 M_ge0 [w [w_neq0 E]]; subst e p.
have w_gt0 : 0 < sq w by rewrite lt_def w_neq0 sq_ge0.
have c_ge0 : 0 <= M 0 0.
  by have := M_ge0 1%:M; rewrite mulmx1 /dot !big_ord1 mxE eqxx mul1r.
move: (M 0 0) (mx11_scalar M) c_ge0 => c ME c_ge0.
have image : sq (B^T *m w) = dot B w ^+ 2.
  by rewrite sq1 dotE /mxtrace big_ord1.
have {}E : c * dot B w ^+ 2 = b * sq w.
  by rewrite -E ME mul_scalar_mx dotZr -/(sq (B^T *m w)) image.
have b_le : b <= c * sq B.
  by rewrite -(ler_pmul2r w_gt0) -E -mulrA ler_wpmul2l // cauchy_schwarz.
rewrite ME mul_mx_scalar dotZr -/(sq D) -scalemxAl sqZ.
have -> : sq (D *m B^T) = sq D * sq B by apply: sq_rank1.
have -> : c ^+ 2 * (sq D * sq B) = c * sq B * (c * sq D) by ring.
by rewrite ler_wpmul2r ?mulr_ge0 ?sq_ge0.
Qed.

Lemma scalar_form_neq0 p e (M : 'M[F]_e) : e = 1%N -> p = 1%N -> M != 0 ->
  dot (const_mx 1 : 'M[F]_(p, e)) (const_mx 1 *m M) != 0.
Proof.
move=> e1 p1; subst e p; apply: contra => /eqP.
rewrite /dot !big_ord1 !mxE big_ord1 !mxE !mul1r => M0.
by apply/eqP/matrixP => i j; rewrite !ord1 M0 mxE.
Qed.

End Scalar.

Lemma row_product (F : realFieldType) p q n (A : 'M[F]_(p, q)) (E : 'M[F]_(p, n)) :
  p = 1%N -> sq (A^T *m E) = sq A * sq E.
Proof. by move=> p1; subst p; rewrite -[E in _ *m E]trmxK sq_rank1 !sq_trmx. Qed.

Lemma some_direction (F : realFieldType) (d : nat -> nat) (L : nat) :
  (0 < L)%N -> (forall k, (0 < d k)%N) -> exists V : network F d, energy L V != 0.
Proof.
move=> L_gt0 d_gt0; exists (fun k => const_mx 1); rewrite gt_eqF //.
rewrite /energy (bigD1 (Ordinal L_gt0)) //= ltr_paddr ?sumr_ge0 // => [k _|]; first exact: sq_ge0.
rewrite sq_gt0; apply/eqP => /matrixP /(_ (Ordinal (d_gt0 1%N)) (Ordinal (d_gt0 0%N))).
by rewrite !mxE => /eqP; rewrite oner_eq0.
Qed.

(* Where the dual form reaches s at one direction of the map, 2s is attained. *)
Lemma sharpness_of_dual (F : realFieldType) (d : nat -> nat) (L m : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s : F) (D : 'M[F]_(d L, d 0%N)) :
  (0 < L)%N -> (forall k, (0 < d k)%N) -> minimizer X Y W -> 0 <= s ->
  bounds_sharpness X Y W (2 * s) -> (s != 0 -> 0 < dot D (D *m moment X)) ->
  s * dot D (D *m moment X) <= energy L (dual X W D) ->
  is_sharpness X Y W (2 * s).
Proof.
move=> L_gt0 d_gt0 fits s_ge0 upper f_gt0 reached; split=> //.
have [s0|s_neq0] := eqVneq s 0.
  have [V V_neq0] := some_direction F L_gt0 d_gt0; exists V; split=> //.
  by apply/eqP; rewrite eq_le upper s0 mulr0 mul0r hessian_ge0.
have {}f_gt0 := f_gt0 s_neq0; have s_gt0 : 0 < s by rewrite lt_def s_neq0.
exists (dual X W D); have e_gt0 := lt_le_trans (mulr_gt0 s_gt0 f_gt0) reached.
split; first by rewrite gt_eqF.
apply/eqP; rewrite eq_le upper /= (hessian_form _ fits) -mulrA ler_pmul2l ?ltr0n //.
have := form_cauchy X D (dprefix W (dual X W D) L); rewrite dual_inner -/(energy L (dual X W D)).
move: (dot D _) (energy L _) (dot (dprefix _ _ _) _) f_gt0 e_gt0 reached.
move=> f e h f_gt0 e_gt0 reached ef; rewrite -(ler_pmul2l f_gt0); apply: le_trans ef.
by rewrite mulrA [f * s]mulrC expr2 ler_wpmul2r ?(ltW e_gt0).
Qed.

Theorem scalar : statements.sharpness_between_block_norms.scalar.
Proof.
move=> F d L m X Y W a b L_gt0 d_gt0 in1 out1 fits norms.
apply: (@sharpness_of_dual _ d L m X Y W _ (const_mx 1)) => //.
- exact: block_sum_ge0 norms.
- exact: above fits norms.
- move=> s_neq0; rewrite lt_def form_ge0 andbT; apply: scalar_form_neq0 => //.
  apply: contra s_neq0 => /eqP M0; rewrite big1 // => k _.
  have [_ [_ [w [w_neq0]]]] := norms k (ltn_ord k); rewrite M0 mul0mx dot0r => /esym/eqP.
  by rewrite mulf_eq0 (negPf w_neq0) orbF => /eqP ->; rewrite mulr0.
- rewrite mulr_suml; apply: ler_sum => k _.
  have [A_norm B_norm] := norms k (ltn_ord k).
  rewrite /dual -[_^T *m _ *m _]mulmxA row_product // -(row_norm out1 A_norm) -mulrA.
  rewrite ler_wpmul2l ?(norm_ge0 A_norm) //; apply: scalar_image => // [x|].
    exact: data_form_ge0.
  by case: B_norm.
Qed.

(* The transposed layer has the norm of the layer, at a vector that is not 0. *)
Lemma norm_attained (F : realFieldType) p q (A : 'M[F]_(p, q)) s : (0 < p)%N -> is_norm_sq A s ->
  exists u : 'cV[F]_p, u != 0 /\ s * sq u <= sq (A^T *m u).
Proof.
move=> p_gt0 A_norm; have s_ge0 := norm_ge0 A_norm; case: A_norm => _ [w [w_neq0 E]].
have w_gt0 : 0 < sq w by rewrite lt_def w_neq0 sq_ge0.
have [s0|s_neq0] := eqVneq s 0.
  exists (const_mx 1); rewrite s0 mul0r sq_ge0; split=> //.
  by apply/eqP => /matrixP /(_ (Ordinal p_gt0) 0); rewrite !mxE => /eqP; rewrite oner_eq0.
exists (A *m w); split; first by rewrite -sq_eq0 E mulf_neq0.
have := cauchy_schwarz w (A^T *m (A *m w)); rewrite dot_mull trmxK -/(sq (A *m w)) E => image.
by rewrite -(ler_pmul2l w_gt0); apply: le_trans image; rewrite expr2 mulrCA -mulrA mulrCA.
Qed.

(* The inequality of means for all terms but one. *)
Lemma all_but_one (F : realFieldType) (n : nat) (e : nat -> F) (j : 'I_n.+1) :
  (forall k, 0 <= e k) ->
  n%:R ^+ n * \prod_(k < n.+1) e k <= e j * (\sum_(k < n.+1) e k - e j) ^+ n.
Proof.
move=> e_ge0; have -> : \sum_(k < n.+1) e k - e j = \sum_(k < n.+1 | k != j) e k.
  by rewrite (bigD1 j) //= addrC addKr.
rewrite (bigD1 j) //= mulrCA ler_wpmul2l //.
have card : #|[pred k : 'I_n.+1 | k != j]| = n.
  by have := cardC1 j; rewrite card_ord.
have [n0|n_gt0] := posnP n; first by subst n; rewrite !expr0 mul1r big1 // => k; rewrite !ord1 eqxx.
have := @leif_AGM F _ [pred k : 'I_n.+1 | k != j] (fun k => e k) (fun k _ => e_ge0 k).
rewrite card => -[mean _]; rewrite expr_div_n in mean.
by move: mean; rewrite ler_pdivl_mulr ?exprn_gt0 ?ltr0n // mulrC.
Qed.

Theorem uneven : statements.sharpness_between_block_norms.uneven.
Proof.
move=> F d n m X Y W a b s S d_gt0 in1 out1 white fits top norms sharp j jn.
have halfE : S / 2 = \sum_(k < n.+1) a k * b k.
  have [_ [V [V_neq0 VE]]] := sharp.
  have [_ [U [U_neq0 UE]]] := scalar (ltn0Sn n) d_gt0 in1 out1 fits norms.
  have [bound _] := sharp; have bound' := above fits norms.
  have V_gt0 : 0 < energy n.+1 V by rewrite lt_def V_neq0 energy_ge0.
  have U_gt0 : 0 < energy n.+1 U by rewrite lt_def U_neq0 energy_ge0.
  have -> : S = 2 * \sum_(k < n.+1) a k * b k.
    apply/eqP; rewrite eq_le -(ler_pmul2r V_gt0) -VE bound' /=.
    by rewrite -(ler_pmul2r U_gt0) -UE bound.
  by rewrite mulrC mulKf // pnatr_eq0.
pose al k := if (k < n.+1)%N then a k else 1; pose be k := if (k < n.+1)%N then b k else 1.
have al_ge0 k : 0 <= al k.
  rewrite /al; case: ifP => [kL|_]; last exact: ler01.
  by have [/norm_ge0] := norms k kL.
have be_ge0 k : 0 <= be k.
  rewrite /be; case: ifP => [kL|_]; last exact: ler01.
  by have [_ /data_norm_ge0] := norms k kL.
have -> : a j * b j = al (Ordinal jn) * be (Ordinal jn) by rewrite /al /be /= jn.
rewrite halfE (eq_bigr (fun k : 'I_n.+1 => al k * be k)) => [|k _]; last first.
  by rewrite /al /be ltn_ord.
apply: le_trans (@all_but_one F n (fun k => al k * be k) (Ordinal jn) _); last first.
  by move=> k; rewrite mulr_ge0.
rewrite ler_wpmul2l ?exprn_ge0 ?ler0n // big_split /= big_ord_recr /=.
rewrite (big_ord_recl n (fun k => be k)) /=.
have -> : al n = 1.
  rewrite /al ltnSn; have [A_norm _] := norms n (ltnSn n).
  exact: sharpness_ge_layer_blocks.end_norm A_norm.
have -> : be 0%N = 1.
  rewrite /be /=; have [_ B_norm] := norms 0%N isT.
  case: B_norm => _ [w [w_neq0]]; rewrite white /= trmx1 !mul1mx -/(sq w) => E.
  by apply: (mulIf w_neq0); rewrite -E mul1r.
rewrite mulr1 mul1r -big_split /= -[n in s ^+ n]card_ord -prodr_const.
have s_ge0 := norm_ge0 top.
apply: ler_prod => k _; rewrite s_ge0 /= /al /be.
have kn := ltn_ord k; have kn' : (k < n.+1)%N := ltnW kn; rewrite kn' ltnS kn.
have [A_norm _] := norms k kn'; have [_ B_norm] := norms k.+1 kn.
apply: (sharpness_ge_layer_blocks.pairs kn' A_norm B_norm).
move: top; rewrite -fits white mulmx1 => top; rewrite /is_norm_on_data white.
split=> [v|]; first by rewrite mul1mx -/(sq _); apply: norm_sq_trmx top v.
have [u [u_neq0 reached]] := norm_attained (d_gt0 n.+1) top.
exists u; rewrite sq_eq0; split=> //; apply/eqP.
by rewrite mul1mx -/(sq _) eq_le reached norm_sq_trmx.
Qed.

(* --- two layers --------------------------------------------------------------------------- *)
Section Two.
Variables (F : realFieldType) (d : nat -> nat).
Implicit Type W : network F d.

Lemma prefix1 W : prefix W 1 = W 0%N.
Proof. by rewrite /= mulmx1. Qed.

Lemma suffix1 W : suffix 2 W 1 = W 1%N.
Proof. by rewrite suffixS // suffixn mul1mx. Qed.

End Two.

Section TwoAbove.
Variables (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0, m)) (W : network F d).

Lemma two_energy (D : 'M[F]_(d 2, d 0)) :
  energy 2 (dual X W D) = sq ((W 1%N)^T *m (D *m moment X)) + sq (D *m moment X *m (W 0%N)^T).
Proof.
rewrite /energy !big_ord_recr big_ord0 /= add0r /dual suffix1 suffixn prefix1 /= !trmx1.
by rewrite mul1mx mulmx1.
Qed.

Lemma moment_sym : (moment X)^T = moment X.
Proof. by rewrite /moment linearZ /= trmx_mul trmxK. Qed.

Lemma dot_cols p q (A B : 'M[F]_(p, q)) : dot A B = \sum_j dot (col j A) (col j B).
Proof.
rewrite /dot exchange_big; apply: eq_bigr => j _; apply: eq_bigr => i _.
by rewrite big_ord1 !mxE.
Qed.

Lemma dot_trmx p q (A B : 'M[F]_(p, q)) : dot A^T B^T = dot A B.
Proof.
rewrite /dot exchange_big; apply: eq_bigr => i _; apply: eq_bigr => j _.
by rewrite !mxE.
Qed.

Lemma two_energy_le g t (D : 'M[F]_(d 2, d 0)) : is_norm_sq (W 1%N) g ->
  statements.sharpness_between_block_norms.is_two_layer_top X W g t ->
  2 * energy 2 (dual X W D) <= 2 * t * dot D (D *m moment X).
Proof.
move=> last [bound _]; rewrite two_energy -mulrA ler_pmul2l ?ltr0n //.
apply: le_trans (ler_add (sq_mull _ (norm_sq_trmx last)) (lexx _)) _.
rewrite -[sq (D *m _)]sq_trmx -[sq (_ *m _^T)]sq_trmx -[dot D _]dot_trmx !trmx_mul moment_sym trmxK.
rewrite !sq_cols dot_cols !mulr_sumr -big_split /=; apply: ler_sum => j _.
by rewrite !col_mul; apply: bound.
Qed.

End TwoAbove.

Theorem two_above : statements.sharpness_between_block_norms.two_above.
Proof.
move=> F d m X W g t D last top; have := two_energy_le D last top; have := form_ge0 X D.
rewrite /statements.sharpness_log_convex_in_hidden_bases.gram_quotient -/(energy 2 (dual X W D)).
rewrite le_eqVlt => /predU1P [<-|f_gt0] bound; last by rewrite ler_pdivr_mulr.
rewrite invr0 mulr0; case: top => _ [y [y_neq0 E]].
have y_gt0 := moment_gt0 y_neq0; rewrite mulr_ge0 ?ler0n // -(pmulr_lge0 _ y_gt0) -E.
by rewrite addr_ge0 ?mulr_ge0 ?sq_ge0 // (norm_ge0 last).
Qed.

Theorem two : statements.sharpness_between_block_norms.two.
Proof.
move=> F d m X Y W g t d_gt0 fits last top.
have [u [u_neq0 u_top]] := norm_attained (d_gt0 2%N) last.
case: (top) => _ [y [y_neq0 E]]; have y_gt0 := moment_gt0 y_neq0.
have t_ge0 : 0 <= t.
  by rewrite -(pmulr_lge0 _ y_gt0) -E addr_ge0 ?mulr_ge0 ?sq_ge0 // (norm_ge0 last).
have image : u *m y^T *m moment X = u *m (moment X *m y)^T by rewrite -mulmxA trmx_mul moment_sym.
have formE : dot (u *m y^T) (u *m y^T *m moment X) = sq u * dot y (moment X *m y).
  by rewrite image dot_mull mulmxA row_col -/(sq u) mul_scalar_mx dotZl dot_trmx.
apply: (@sharpness_of_dual _ d 2 m X Y W _ (u *m y^T)) => //.
- apply: bounds_of_dual => // [V _|_ D]; first by rewrite mulr_ge0 ?ler0n.
  exact: (two_energy_le D last top).
- by move=> _; rewrite formE mulr_gt0 // sq_gt0.
rewrite formE two_energy image mulrCA -E mulrDr [(W 1%N)^T *m _]mulmxA sq_rank1.
have -> : u *m (moment X *m y)^T *m (W 0%N)^T = u *m (W 0%N *m (moment X *m y))^T.
  by rewrite trmx_mul mulmxA.
by rewrite sq_rank1 ler_add2r mulrA [sq u * g]mulrC ler_wpmul2r ?sq_ge0.
Qed.

Theorem on_white_data : statements.sharpness_between_block_norms.on_white_data.
Proof.
move=> F d m X W p q t white [first [v [v_neq0 v_top]]] last [bound [y [y_neq0 E]]].
have y_gt0 := moment_gt0 y_neq0; have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
move: y_gt0 E; rewrite white mul1mx -/(sq y) => y_gt0 E.
apply/eqP; rewrite eq_le; apply/andP; split.
  by rewrite -(ler_pmul2r y_gt0) -E mulrDl addrC ler_add2r first.
have := bound v; rewrite white mul1mx -/(sq v) v_top -mulrDl ler_pmul2r //.
by rewrite addrC.
Qed.

Theorem product : statements.sharpness_between_block_norms.product.
Proof.
move=> F d W p q sigma p_ge0 q_ge0 sigma_ge0 [first _] [last _] [_ [v [v_neq0 top]]].
have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 // -(ler_pmul2r v_gt0) -top /= mulmx1 -mulmxA.
apply: le_trans (last _) _.
have -> : (p * q) ^+ 2 * sq v = q ^+ 2 * (p ^+ 2 * sq v) by ring.
by rewrite ler_wpmul2l ?sqr_ge0 // first.
Qed.

Lemma two_norms (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) (p q : F) : (forall k, (0 < d k)%N) -> moment X = 1%:M ->
  is_norm_sq (W 0%N) p -> is_norm_sq (W 1%N) q ->
  statements.sharpness_between_block_norms.are_block_norms 2 X W
    (fun k => if k is 0%N then q else 1) (fun k => if k is 0%N then 1 else p).
Proof.
move=> d_gt0 white first last [|[|//]] _; split.
- by rewrite suffix1.
- apply: sharpness_ge_layer_blocks.start_norm; rewrite /is_data_max white.
  split=> [v|]; first by rewrite mul1mx mul1r.
  exists (const_mx 1); rewrite mul1mx mul1r; split=> //.
  rewrite sq_eq0; apply/eqP => /matrixP /(_ (Ordinal (d_gt0 0%N)) 0).
  by rewrite !mxE => /eqP; rewrite oner_eq0.
- rewrite suffixn; split=> [v|]; first by rewrite mul1mx mul1r.
  exists (const_mx 1); rewrite mul1mx mul1r; split=> //.
  rewrite sq_eq0; apply/eqP => /matrixP /(_ (Ordinal (d_gt0 2%N)) 0).
  by rewrite !mxE => /eqP; rewrite oner_eq0.
- have p_ge0 := norm_ge0 first; rewrite /is_norm_on_data white prefix1.
  split=> [v|]; first by rewrite mul1mx -/(sq _); apply: norm_sq_trmx first v.
  have [u [u_neq0 reached]] := norm_attained (d_gt0 1%N) first.
  exists u; rewrite sq_eq0; split=> //; apply/eqP.
  by rewrite mul1mx -/(sq _) eq_le reached norm_sq_trmx.
Qed.

Theorem norms : statements.sharpness_between_block_norms.norms.
Proof.
move=> F d m X Y W p q d_gt0 white fits first last.
have blocks := two_norms d_gt0 white first last.
have [u [u_neq0 u_top]] := norm_attained (d_gt0 2%N) last.
case: (first) => _ [v [v_neq0 v_top]].
have sumE : p + q =
    \sum_(k < 2) (if k : nat is 0%N then q else 1) * (if k : nat is 0%N then 1 else p).
  by rewrite !big_ord_recr big_ord0 /= add0r mulr1 mul1r addrC.
have uv_gt0 : 0 < sq u * sq v by rewrite mulr_gt0 // sq_gt0 // -sq_eq0.
rewrite sumE; apply: (@sharpness_of_dual _ d 2 m X Y W _ (u *m v^T)) => //.
- exact: block_sum_ge0 blocks.
- exact: above fits blocks.
- by move=> _; rewrite white mulmx1 -/(sq _) sq_rank1.
rewrite -sumE white mulmx1 -/(sq _) sq_rank1 /energy !big_ord_recr big_ord0 /= add0r /dual.
rewrite white mulmx1 suffix1 suffixn prefix1 /= !trmx1 mul1mx mulmx1 mulmxA sq_rank1.
have -> : u *m v^T *m (W 0%N)^T = u *m (W 0%N *m v)^T by rewrite trmx_mul mulmxA.
rewrite sq_rank1 v_top mulrDl [p * _]mulrCA addrC ler_add2r mulrA ler_wpmul2r ?sq_ge0 //.
Qed.

Theorem two_price : statements.sharpness_between_block_norms.two_price.
Proof.
move=> F d m X Y W p q sigma S d_gt0 white fits p_ge0 q_ge0 sigma_ge0 first last top bound.
have [_ [V [V_neq0 VE]]] := norms d_gt0 white fits first last.
have V_gt0 : 0 < energy 2 V by rewrite lt_def V_neq0 energy_ge0.
have S_ge : 2 * (p ^+ 2 + q ^+ 2) <= S by rewrite -(ler_pmul2r V_gt0) -VE.
apply: le_trans S_ge; move: top; rewrite -fits white mulmx1 => top.
have sigma_le := product p_ge0 q_ge0 sigma_ge0 first last top.
have -> : 2 * (p ^+ 2 + q ^+ 2) = 4 * (p * q) + 2 * (p - q) ^+ 2 by ring.
by rewrite ler_add2r ler_pmul2l ?ltr0n.
Qed.

(* --- false twins -------------------------------------------------------------------------- *)

(* Two layers of one neuron with unit weights: each block is 2, and S = 4. *)
Theorem largest_alone_false : ~ statements.sharpness_between_block_norms.largest_alone.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_realFieldType d := scalar_network 1%N (1 : rat).
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 2 1 one one = (1 * 1 ^+ 2)%:M by rewrite mul1r expr1n -moment1.
have sharp := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 2)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
have one_neq0 : sq one != 0 by rewrite /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
have norms : statements.sharpness_between_block_norms.are_block_norms 2 one W
    (fun=> 1) (fun=> 1).
  move=> k kL; split.
    rewrite /W suffix_scalar // expr1n.
    by split=> [v|]; [|exists one]; rewrite mul1mx mul1r.
  rewrite /is_norm_on_data moment1 /W prefix_scalar expr1n trmx1.
  by split=> [v|]; [|exists one]; rewrite !mul1mx mul1r.
move=> /(_ _ d 2%N 1%N one one W (fun=> 1) (fun=> 1) 2 _ fits norms) absurd.
by have := absurd _ _ sharp; move=> /(_ (fun k kL => lexx _)).
Qed.
