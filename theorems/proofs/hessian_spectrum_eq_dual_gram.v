(* F3.  At a minimizer the form between two weights is a scalar product of rank-one matrices, so
   H = 2 J(C)ᵀJ(D) whenever CᵀD = Σ, where J(C) has C for K; and J(D)J(C)ᵀ has the same non-zero
   spectrum by Sylvester's identity.  With one output, Cauchy-Schwarz over the layers and then in
   the data bound the form from both sides. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas.
From Proofs Require Import hessian_form_eq_two_terms hessian_trace_eq_layer_norms.
From Proofs Require Import sharpness_unbounded_of_rescaling.
From Proofs.statements Require hessian_form_eq_two_terms.
From Proofs.statements Require hessian_spectrum_eq_dual_gram.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.hessian_form_eq_two_terms.
Import statements.hessian_spectrum_eq_dual_gram.

(* --- Sylvester's identity ------------------------------------------------------------------- *)
Lemma sylvester (R : comRingType) n p (A : 'M[R]_(n, p)) (B : 'M[R]_(p, n)) :
  char_poly (A *m B) * 'X^p = char_poly (B *m A) * 'X^n.
Proof.
pose x : {poly R} := 'X; pose a := map_mx polyC A; pose b := map_mx polyC B.
pose M := block_mx x%:M a b 1%:M.
have left : M *m block_mx 1%:M 0 (- b) 1%:M = block_mx (char_poly_mx (A *m B)) a 0 1%:M.
  rewrite mulmx_block !(mulmx1, mulmx0, mul1mx, addr0, add0r) mulmxN subrr.
  by rewrite /char_poly_mx map_mxM.
have right : block_mx 1%:M 0 (- b) x%:M *m M = block_mx x%:M a 0 (char_poly_mx (B *m A)).
  rewrite mulmx_block !(mulmx1, mulmx0, mul1mx, mul0mx, addr0, add0r).
  rewrite mulNmx mul_mx_scalar mul_scalar_mx addNr mulNmx addrC.
  by rewrite /char_poly_mx map_mxM.
have := congr1 determinant left; have := congr1 determinant right.
rewrite !det_mulmx !det_ublock !det_lblock !det1 !det_scalar !mul1r !mulr1 => rightE leftE.
by rewrite /char_poly -leftE mulrC rightE mulrC.
Qed.

Section Factors.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).
Hypothesis fits : minimizer X Y W.

Lemma dot_rank1 p q (u v : 'cV[F]_p) (r t : 'rV[F]_q) :
  dot (u *m r) (v *m t) = dot u v * dot r t.
Proof.
rewrite /dot big_distrl; apply: eq_bigr => i _ /=; rewrite !big_ord1 big_distrr.
by apply: eq_bigr => j _ /=; rewrite !mxE !big_ord1 mulrACA.
Qed.

Lemma between_coordinates k l (i : 'I_(d k.+1)) (j : 'I_(d k)) (a : 'I_(d l.+1)) (b : 'I_(d l)) :
  (k < L)%N -> (l < L)%N ->
  hessian_between X Y W (coordinate F d k i j) (coordinate F d l a b) =
  2 * (((suffix L W k.+1)^T *m suffix L W l.+1) i a
    * (prefix W k *m moment X *m (prefix W l)^T) j b).
Proof.
move=> kL lL; rewrite betweenE /error fits subrr dot0l addr0 !dprefixE.
rewrite -/(first_variation L W (coordinate F d k i j)).
rewrite -/(first_variation L W (coordinate F d l a b)).
rewrite !coordinate_first // -(mulmxA (col _ _)) -row_mul dot_rank1; congr (_ * (_ * _)).
  by rewrite mxE /dot; apply: eq_bigr => c _; rewrite big_ord1 !mxE.
by rewrite mxE /dot big_ord1; apply: eq_bigr => c _; rewrite !mxE.
Qed.

Lemma sum_weights (f : weight d L -> F) :
  \sum_p f (weight_at p) = \sum_(k < L) \sum_i \sum_j f (existT _ k (i, j)).
Proof.
transitivity (\sum_w f w); first by rewrite [RHS](reindex _ (onW_bij _ (@enum_val_bij _))).
transitivity (\sum_(k < L) \sum_(w : 'I_(d k.+1) * 'I_(d k)) f (existT _ k w)).
  rewrite [RHS]sig_big_dep; apply: eq_bigr => -[k w] _ /=.
  by [].
by apply: eq_bigr => k _; rewrite pair_bigA; apply: eq_bigr => -[i j] _.
Qed.

Lemma sum_entries (f : entry d L -> F) :
  \sum_e f (entry_at e) = \sum_(a < d L) \sum_(b < d 0) f (a, b).
Proof.
transitivity (\sum_e f e); first by rewrite [RHS](reindex _ (onW_bij _ (@enum_val_bij _))).
by rewrite pair_bigA; apply: eq_bigr => -[a b] _.
Qed.

Lemma jacobianE K e p : jacobian L W K e p =
  suffix L W (tag (weight_at p)).+1 (entry_at e).1 (tagged (weight_at p)).1
    * (K *m (prefix W (tag (weight_at p)))^T) (entry_at e).2 (tagged (weight_at p)).2.
Proof. by rewrite mxE. Qed.

Lemma hessian_jacobians (C D : 'M[F]_(d 0)) : C^T *m D = moment X ->
  hessian_matrix X Y W = 2 *: ((jacobian L W C)^T *m jacobian L W D).
Proof.
move=> CD; apply/matrixP => p q; rewrite [LHS]mxE [RHS]mxE [in RHS]mxE.
under eq_bigr do rewrite [(jacobian L W C)^T _ _]mxE !jacobianE.
case: (weight_at p) (weight_at q) => k [i j] [l [a b]] /=.
rewrite /move /= between_coordinates // -CD; congr (_ * _).
rewrite (sum_entries (fun e => suffix L W k.+1 e.1 i * (C *m (prefix W k)^T) e.2 j
  * (suffix L W l.+1 e.1 a * (D *m (prefix W l)^T) e.2 b))) /=.
have -> : prefix W k *m (C^T *m D) *m (prefix W l)^T
    = (C *m (prefix W k)^T)^T *m (D *m (prefix W l)^T) by rewrite trmx_mul trmxK !mulmxA.
move: (C *m _) (D *m _) => P Q; rewrite !mxE big_distrl; apply: eq_bigr => x _ /=.
by rewrite big_distrr; apply: eq_bigr => y _ /=; rewrite !mxE mulrACA.
Qed.

Lemma jacobians_gram (C D : 'M[F]_(d 0)) e f :
  (jacobian L W D *m (jacobian L W C)^T) e f = \sum_(k < L)
    (suffix L W k.+1 *m (suffix L W k.+1)^T) (entry_at e).1 (entry_at f).1
      * (D *m (prefix W k)^T *m prefix W k *m C^T) (entry_at e).2 (entry_at f).2.
Proof.
rewrite mxE; under eq_bigr do rewrite [(jacobian L W C)^T _ _]mxE !jacobianE.
case: (entry_at e) (entry_at f) => a b [a' b'] /=.
rewrite (sum_weights (fun w => suffix L W (tag w).+1 a (tagged w).1
  * (D *m (prefix W (tag w))^T) b (tagged w).2
  * (suffix L W (tag w).+1 a' (tagged w).1 * (C *m (prefix W (tag w))^T) b' (tagged w).2))) /=.
apply: eq_bigr => k _.
have -> : D *m (prefix W k)^T *m prefix W k *m C^T
    = (D *m (prefix W k)^T) *m (C *m (prefix W k)^T)^T by rewrite trmx_mul trmxK !mulmxA.
move: (C *m _) (D *m _) => P Q; rewrite !mxE big_distrl; apply: eq_bigr => i _ /=.
by rewrite big_distrr; apply: eq_bigr => j _ /=; rewrite !mxE mulrACA.
Qed.

Lemma jacobians_spectrum (C D : 'M[F]_(d 0)) (G : 'M[F]_#|[finType of entry d L]|) :
  C^T *m D = moment X -> jacobian L W D *m (jacobian L W C)^T = G ->
  same_nonzero_spectrum (hessian_matrix X Y W) (2 *: G).
Proof.
move=> CD <-; rewrite /same_nonzero_spectrum (hessian_jacobians CD) scalemxAl.
by rewrite sylvester -scalemxAr.
Qed.

End Factors.

Theorem factors : statements.hessian_spectrum_eq_dual_gram.factors.
Proof.
move=> F d L m X Y W fits; split=> [k l i j a b|K [KT KK]]; first exact: between_coordinates.
by apply: hessian_jacobians => //; rewrite KT.
Qed.

Theorem spectrum : statements.hessian_spectrum_eq_dual_gram.spectrum.
Proof.
move=> F d L m X Y W fits.
have symm : (moment X)^T = moment X by rewrite /moment linearZ /= trmx_mul trmxK.
split=> [|K [KT KK]].
  apply: (@jacobians_spectrum _ _ _ _ _ _ _ fits (moment X) 1%:M); first by rewrite mulmx1.
  apply/matrixP => e f; rewrite jacobians_gram mxE symm; apply: eq_bigr => k _.
  by rewrite mul1mx.
apply: (@jacobians_spectrum _ _ _ _ _ _ _ fits K K); first by rewrite KT.
by apply/matrixP => e f; rewrite jacobians_gram mxE KT.
Qed.

(* --- one output ----------------------------------------------------------------------------- *)
Section Univariate.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s : F).
Hypotheses (L_gt0 : (0 < L)%N) (d_gt0 : forall k, (0 < d k)%N) (single : d L = 1%N).
Hypotheses (fits : minimizer X Y W) (top : is_top L X W s).

Let e : 'cV[F]_(d L) := const_mx 1.

Lemma sq_e : sq e = 1.
Proof. by rewrite /e /sq /dot single big_ord1 big_ord1 !mxE mulr1. Qed.

(* With one output a matrix is a row. *)
Lemma one_row p (A : 'M[F]_(d L, p)) : A = e *m (A^T *m e)^T.
Proof.
rewrite /e; move: A; rewrite single => A; apply/matrixP => i j.
by rewrite mxE big_ord1 !mxE big_ord1 !mxE mul1r mulr1 (ord1 i).
Qed.

Lemma sq_row p (A : 'M[F]_(d L, p)) : sq (A^T *m e) = sq A.
Proof. by rewrite {2}[A]one_row sq_rank1 sq_e mul1r. Qed.

Lemma path_gram_sum (z : 'cV[F]_(d 0)) : dot z (path_gram L W *m z)
  = \sum_(k < L) sq (suffix L W k.+1) * sq (prefix W k *m z).
Proof.
rewrite /path_gram mulmx_suml dot_sumr; apply: eq_bigr => k _.
by rewrite -scalemxAl dotZr -mulmxA dot_mull trmxK.
Qed.

Lemma top_ge0 : 0 <= s.
Proof.
case: top => _ [y [y_neq0 yE]]; have p_gt0 := moment_gt0 y_neq0.
rewrite -(ler_pmul2r p_gt0) mul0r -yE path_gram_sum sumr_ge0 // => k _.
by rewrite mulr_ge0 ?sq_ge0.
Qed.

Lemma univariate_upper V : hessian X Y W V <= 2 * s * energy L V.
Proof.
rewrite hessian_minimizer // moment_sq; set D := dprefix W V L; pose y := D^T *m e.
have DE : D = e *m y^T by rewrite {1}[D]one_row.
rewrite -mulr_natl -mulrA ler_pmul2l ?ltr0n //; set q := dot _ D.
have symm : (moment X)^T = moment X by rewrite /moment linearZ /= trmx_mul trmxK.
have qE : q = dot y (moment X *m y).
  rewrite /q {1}DE {1}[D]DE -mulmxA dot_rank1 -/(sq e) sq_e mul1r.
  by rewrite !dotE trmx_mul trmxK symm mxtrace_mulC mulmxA mxtrace_mulC mulmxA.
pose U : network F d := fun k => (suffix L W k.+1)^T *m e *m (prefix W k *m (moment X *m y))^T.
have qU : q = \sum_(k < L) dot (U k) (V k).
  rewrite /q {2}/D dprefixE dot_sumr; apply: eq_bigr => k _.
  rewrite dot_mulr dot_mull DE /U !trmx_mul symm.
  by rewrite !mulmxA.
have UE : energy L U <= s * q.
  rewrite qE; apply: le_trans (proj1 top y); rewrite path_gram_sum.
  by apply: ler_sum => k _; rewrite /U sq_rank1 sq_row.
have q_ge0 : 0 <= q by rewrite qE moment_ge0 mulr_ge0 ?sq_ge0 ?invr_ge0 ?ler0n.
have [->|q_neq0] := eqVneq q 0; first by rewrite mulr_ge0 ?top_ge0 ?energy_ge0.
have q_gt0 : 0 < q by rewrite lt_def q_neq0.
rewrite -(ler_pmul2r q_gt0) -expr2 {1}qU; apply: le_trans (cauchy_schwarz_layers _ _ _) _.
by rewrite [leRHS]mulrAC ler_wpmul2r ?energy_ge0.
Qed.

Lemma univariate_sharpness : is_sharpness X Y W (2 * s).
Proof.
split=> [V|]; first exact: univariate_upper.
case: top => _ [y [y_neq0 yE]]; have p_gt0 := moment_gt0 y_neq0.
have [s0|s_neq0] := eqVneq s 0.
  pose V : network F d := fun k => const_mx 1.
  have V_gt0 : 0 < energy L V.
    rewrite /energy (bigD1 (Ordinal L_gt0)) //= ltr_paddr ?sumr_ge0 // => [k _|].
      exact: sq_ge0.
    rewrite sq_gt0; apply/eqP => /matrixP /(_ (Ordinal (d_gt0 1%N)) (Ordinal (d_gt0 0%N))).
    by rewrite !mxE => /eqP; rewrite oner_eq0.
  exists V; rewrite gt_eqF //; split=> //; apply/eqP; rewrite eq_le univariate_upper /=.
  by rewrite s0 mulr0 mul0r hessian_ge0.
have VE : energy L (path_direction X W e y) = s * dot y (moment X *m y).
  by rewrite -yE path_gram_sum; apply: eq_bigr => k _; rewrite sq_rank1 sq_row.
exists (path_direction X W e y); split; first by rewrite VE mulf_neq0 // gt_eqF.
apply/eqP; rewrite eq_le univariate_upper /=.
have := path_form e y fits; rewrite /= sq_e mul1r VE.
move: (hessian _ _ _ _) (dot y _) p_gt0 => h p p_gt0.
have -> : (s * p) ^+ 2 *+ 2 = p * (2 * s * (s * p)) by ring.
by rewrite ler_pmul2l.
Qed.

End Univariate.

Theorem univariate : statements.hessian_spectrum_eq_dual_gram.univariate.
Proof. by move=> F d L m X Y W s L_gt0 d_gt0 single fits top; apply: univariate_sharpness. Qed.

Theorem whole : statements.hessian_spectrum_eq_dual_gram.whole.
Proof. exact: univariate. Qed.

(* One layer of one neuron on one sample: the traces of 2G' and G' are 2 and 1. *)
Theorem missing_factor_two_false : ~ statements.hessian_spectrum_eq_dual_gram.missing_factor_two.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 1 1 one one = (1 * 1 ^+ 1)%:M by rewrite mul1r expr1 -moment1.
have fits := minimizer_scalar moment1 cross1; have [two _] := spectrum fits.
move=> /(_ _ d 1%N 1%N one one (scalar_network 1 1) fits).
move: two; rewrite /same_nonzero_spectrum => -> /mulIf same.
have {}same := same (monic_neq0 (monicXn _ _)).
have size1 : (0 < #|[finType of entry d 1]|)%N by rewrite card_prod !card_ord.
have := congr1 (fun q : {poly rat} => q`_(#|[finType of entry d 1]|.-1)) same.
rewrite !char_poly_trace // mxtraceZ => /oppr_inj.
have -> : \tr (@rational_gram _ d 1 1 one (scalar_network 1 1)) = 1.
  rewrite /mxtrace; under eq_bigr do rewrite mxE big_ord1.
  rewrite (@sum_entries _ d 1 (fun e : entry d 1 => (suffix 1 (scalar_network 1 1) 1
    *m (suffix 1 (scalar_network 1 1) 1)^T) e.1 e.1 * ((prefix (scalar_network 1 1) 0)^T
    *m prefix (scalar_network 1 1) 0 *m @moment _ d 1 one) e.2 e.2)).
  rewrite !big_ord1 moment1 suffixn /= !trmx1 !mulmx1 !mxE.
  by [].
by move/eqP.
Qed.

(* Two layers of one neuron at weight one, target zero: 4 between them, and not 2. *)
Theorem factors_away_from_minimizers_false :
  ~ statements.hessian_spectrum_eq_dual_gram.factors_away_from_minimizers.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
pose W : network _ d := scalar_network 1 (1 : rat); pose i1 : 'I_2 := lift ord0 ord0.
move=> /(_ _ d 2%N 1%N one 0 W i1 0 0 0 0 0).
rewrite betweenE /error moment1 /cross mul0mx scaler0 subr0 mulmx1.
have E l : coordinate _ d l 0 0 l = 1%:M :> 'M[rat]_1.
  by apply/matrixP => a b; rewrite !mxE !ord1 eqxx.
have O k l : l != k -> coordinate _ d k 0 0 l = 0 :> 'M[rat]_1 by apply: coordinate_off.
rewrite 2!mixedS /mixed big_ord0 /= !(E, O _ _ (isT : 0%N != 1%N), O _ _ (isT : 1%N != 0%N)).
rewrite /W /scalar_network !(mul1mx, mulmx1, mul0mx, mulmx0, addr0, add0r).
rewrite suffixn (suffixS _ (isT : (1 < 2)%N)) suffixn !(mul1mx, mulmx1, trmx1).
by rewrite /dot !big_ord1 !mxE => /eqP.
Qed.
