(* F3.  At a minimizer the form between two weights is a scalar product of rank-one matrices, so
   H = 2 J(C)ᵀJ(D) whenever CᵀD = Σ, where J(C) has C for K; and J(D)J(C)ᵀ has the same non-zero
   spectrum by Sylvester's identity.  With one output, Cauchy-Schwarz over the layers and then in
   the data bound the form from both sides. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas.
From Proofs Require Import hessian_form_eq_two_terms hessian_trace_eq_layer_norms.
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
rewrite -/(first_variation L W (coordinate F d k i j)) -/(first_variation L W (coordinate F d l a b)).
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

(* The direction of a vector z of the inputs, V_k = A_kᵀ (B_k z)ᵀ. *)
Definition input_direction (z : 'cV[F]_(d 0)) : network F d :=
  fun k => (suffix L W k.+1)^T *m (const_mx 1 : 'cV_(d L)) *m (prefix W k *m z)^T.

Lemma one_row p (A : 'M[F]_(d L, p)) : A = (const_mx 1 : 'cV_(d L)) *m (A^T *m (const_mx 1 : 'cV_(d L)))^T.
Proof.
apply/matrixP => i j; rewrite mxE big_ord1 !mxE mul1r; move: i A; rewrite single => i A.
by rewrite big_ord1 !mxE mulr1 (ord1 i).
Qed.

End Univariate.
