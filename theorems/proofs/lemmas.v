(* What the proofs share: suffixes and prefixes meet, scalar products, Cauchy-Schwarz, the loss
   along a line to second order, and the mean of a path.  Nothing here is a statement of ours. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- products of layers ------------------------------------------------------------------- *)
Section Networks.
Variables (R : comRingType) (d : nat -> nat).
Implicit Types W : network R d.

Lemma suffixn n W : suffix n W n = 1%:M.
Proof. by rewrite /suffix subnn /= pid_mx_1. Qed.

Lemma suffixS n W k : (k < n)%N -> suffix n W k = suffix n W k.+1 *m W k.
Proof. by move=> kn; rewrite /suffix -(subnSK kn). Qed.

Lemma suffix_prefix n W k : (k <= n)%N -> suffix n W k *m prefix W k = prefix W n.
Proof.
move=> kn; rewrite -{1 2 3}(subKn kn); elim: (n - k)%N (leq_subr k n) => [|j IH] jn.
  by rewrite subn0 suffixn mul1mx.
rewrite suffixS ?ltn_subrL ?(leq_ltn_trans _ jn) //.
by rewrite -mulmxA -(IH (ltnW jn)) -(subnSK jn).
Qed.

(* --- scalar products ---------------------------------------------------------------------- *)
Lemma dotE m n (A B : 'M[R]_(m, n)) : dot A B = \tr (A^T *m B).
Proof.
rewrite /dot exchange_big; apply: eq_bigr => j _; rewrite mxE.
by apply: eq_bigr => i _; rewrite mxE.
Qed.

Lemma dotC m n (A B : 'M[R]_(m, n)) : dot A B = dot B A.
Proof. by apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite mulrC. Qed.

Lemma dot_mull m n p (A : 'M[R]_(m, n)) (C : 'M_(m, p)) B : dot A (C *m B) = dot (C^T *m A) B.
Proof. by rewrite !dotE trmx_mul trmxK mulmxA. Qed.

Lemma row_col n (a b : 'cV[R]_n) : a^T *m b = (dot a b)%:M.
Proof. by apply/matrixP => i j; rewrite !ord1 dotE /mxtrace big_ord1 [RHS]mxE eqxx. Qed.

Lemma dot_mulr m n p (A : 'M[R]_(m, n)) B (C : 'M_(p, n)) : dot A (B *m C) = dot (A *m C^T) B.
Proof. by rewrite !dotE trmx_mul trmxK mulmxA mxtrace_mulC mulmxA. Qed.

Lemma dotDr m n (A B C : 'M[R]_(m, n)) : dot A (B + C) = dot A B + dot A C.
Proof. by rewrite !dotE mulmxDr raddfD. Qed.

Lemma dotBr m n (A B C : 'M[R]_(m, n)) : dot A (B - C) = dot A B - dot A C.
Proof. by rewrite !dotE mulmxBr raddfB. Qed.

Lemma dotZr m n a (A B : 'M[R]_(m, n)) : dot A (a *: B) = a * dot A B.
Proof. by rewrite !dotE -scalemxAr mxtraceZ. Qed.

Lemma dot0r m n (A : 'M[R]_(m, n)) : dot A 0 = 0.
Proof. by rewrite dotE mulmx0 raddf0. Qed.

Lemma dotDl m n (A B C : 'M[R]_(m, n)) : dot (B + C) A = dot B A + dot C A.
Proof. by rewrite ![dot _ A]dotC dotDr. Qed.

Lemma dotZl m n a (A B : 'M[R]_(m, n)) : dot (a *: B) A = a * dot B A.
Proof. by rewrite ![dot _ A]dotC dotZr. Qed.

Lemma dot0l m n (A : 'M[R]_(m, n)) : dot 0 A = 0.
Proof. by rewrite dotC dot0r. Qed.

Lemma dot_sumr m n (I : finType) (P : pred I) (A : 'M[R]_(m, n)) (B : I -> 'M_(m, n)) :
  dot A (\sum_(k | P k) B k) = \sum_(k | P k) dot A (B k).
Proof. by rewrite dotE mulmx_sumr raddf_sum; apply: eq_bigr => k _; rewrite dotE. Qed.

Lemma sqZ m n a (A : 'M[R]_(m, n)) : sq (a *: A) = a ^+ 2 * sq A.
Proof. by rewrite /sq dotZr dotZl mulrA expr2. Qed.

Lemma sqN m n (A : 'M[R]_(m, n)) : sq (- A) = sq A.
Proof. by rewrite -scaleN1r sqZ sqrrN expr1n mul1r. Qed.

Lemma sqD m n (A B : 'M[R]_(m, n)) : sq (A + B) = sq A + dot A B *+ 2 + sq B.
Proof. by rewrite /sq dotDr !dotDl (dotC B A) mulr2n !addrA. Qed.

Lemma sqB m n (A B : 'M[R]_(m, n)) : sq (A - B) = sq A - dot A B *+ 2 + sq B.
Proof. by rewrite sqD sqN -scaleN1r dotZr mulN1r mulNrn. Qed.

Lemma sq_trmx m n (A : 'M[R]_(m, n)) : sq A^T = sq A.
Proof. by rewrite /sq !dotE trmxK mxtrace_mulC. Qed.

Lemma sq_rank1 m n (a : 'cV[R]_m) (b : 'cV[R]_n) : sq (a *m b^T) = sq a * sq b.
Proof.
rewrite /sq /dot big_distrl; apply: eq_bigr => i _ /=; rewrite big_ord1 big_distrr.
by apply: eq_bigr => j _ /=; rewrite !big_ord1 !mxE !big_ord1 mulrACA !mxE.
Qed.

End Networks.

(* --- Cauchy-Schwarz ----------------------------------------------------------------------- *)
Section CauchySchwarz.
Variable F : realFieldType.

Lemma sq_ge0 m n (A : 'M[F]_(m, n)) : 0 <= sq A.
Proof. by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; rewrite -expr2 sqr_ge0. Qed.

Lemma sq_eq0 m n (A : 'M[F]_(m, n)) : (sq A == 0) = (A == 0).
Proof.
apply/idP/eqP => [|->]; last by rewrite /sq dot0r.
rewrite psumr_eq0 => [|i _]; last by apply: sumr_ge0 => j _; rewrite -expr2 sqr_ge0.
move=> /allP zero; apply/matrixP => i j; rewrite mxE.
have := zero i (mem_index_enum _); rewrite /= psumr_eq0 => [|k _]; last by rewrite -expr2 sqr_ge0.
by move=> /allP /(_ j (mem_index_enum _)) /=; rewrite mulf_eq0 orbb => /eqP.
Qed.

Lemma sq_gt0 m n (A : 'M[F]_(m, n)) : (0 < sq A) = (A != 0).
Proof. by rewrite lt_def sq_ge0 andbT sq_eq0. Qed.

Lemma sq_ones_gt0 m n : (0 < m)%N -> (0 < n)%N -> 0 < sq (const_mx 1 : 'M[F]_(m, n)).
Proof.
move=> m_gt0 n_gt0; rewrite sq_gt0; apply/eqP => /matrixP /(_ (Ordinal m_gt0) (Ordinal n_gt0)).
by rewrite !mxE => /eqP; rewrite oner_eq0.
Qed.

Lemma energy_ge0 (d : nat -> nat) L (V : network F d) : 0 <= energy L V.
Proof. by apply: sumr_ge0 => k _; apply: sq_ge0. Qed.

Lemma cauchy_schwarz m n (A B : 'M[F]_(m, n)) : dot A B ^+ 2 <= sq A * sq B.
Proof.
have [->|B_neq0] := eqVneq B 0; first by rewrite dot0r /sq dot0r expr0n /= mulr0.
have B_gt0 : 0 < sq B by rewrite sq_gt0.
have := sq_ge0 (sq B *: A - dot A B *: B); rewrite sqB !sqZ dotZl dotZr.
move: (dot A B) (sq A) (sq B) B_gt0 => D a b b_gt0.
have -> : b ^+ 2 * a - b * (D * D) *+ 2 + D ^+ 2 * b = b * (a * b - D ^+ 2) by ring.
by rewrite pmulr_rge0 // subr_ge0.
Qed.

Lemma sq_sum_le p q L (V : nat -> 'M[F]_(p, q)) :
  sq (\sum_(k < L) V k) <= L%:R * \sum_(k < L) sq (V k).
Proof.
rewrite /sq /dot [in leRHS]exchange_big /= mulr_sumr; apply: ler_sum => i _.
rewrite [in leRHS]exchange_big /= mulr_sumr; apply: ler_sum => j _.
rewrite !summxE.
have one : sq (const_mx 1 : 'M[F]_(1, L)) = L%:R.
  rewrite /sq /dot big_ord1 (eq_bigr (fun=> 1)) => [|k _]; last by rewrite !mxE mulr1.
  by rewrite sumr_const card_ord.
have row : sq (\row_(k < L) V k i j) = \sum_(k < L) V k i j * V k i j.
  by rewrite /sq /dot big_ord1; apply: eq_bigr => k _; rewrite !mxE.
have sum : dot (const_mx 1) (\row_(k < L) V k i j) = \sum_(k < L) V k i j.
  by rewrite /dot big_ord1; apply: eq_bigr => k _; rewrite !mxE mul1r.
by rewrite -expr2 -sum -row -one cauchy_schwarz.
Qed.

End CauchySchwarz.

(* --- the loss along a line ---------------------------------------------------------------- *)
Section Line.
Variables (F : realFieldType) (d : nat -> nat).
Implicit Types W V : network F d.

(* The first and second derivative (the latter halved) of the product of the first k layers. *)
Fixpoint dprefix W V (k : nat) : 'M[F]_(d k, d 0) :=
  if k is j.+1 then W j *m dprefix W V j + V j *m prefix W j else 0.
Fixpoint ddprefix W V (k : nat) : 'M[F]_(d k, d 0) :=
  if k is j.+1 then W j *m ddprefix W V j + V j *m dprefix W V j else 0.

Lemma prefix_line W V k : exists Q : 'M[{poly F}]_(d k, d 0),
  prefix (line W V) k = constant (prefix W k) + 'X *: constant (dprefix W V k)
    + 'X^2 *: constant (ddprefix W V k) + 'X^3 *: Q.
Proof.
elim: k => [|k [Q /= ->]].
  by exists 0; rewrite /constant map_mx1 map_mx0 !scaler0 !addr0.
exists (constant (W k) *m Q + constant (V k) *m constant (ddprefix W V k) + 'X *: (constant (V k) *m Q)).
rewrite /line /constant !(map_mxM, map_mxD, mulmxDl, mulmxDr) -!scalemxAl -!scalemxAr !scalerDr.
rewrite !scalerA -!exprS -!exprSr.
by rewrite -expr2 !addrA [LHS](ACl (1*2*5*3*6*4*7*8)).
Qed.

Lemma dprefix_sum n W V k : (k <= n)%N ->
  suffix n W k *m dprefix W V k = \sum_(j < k) suffix n W j.+1 *m V j *m prefix W j.
Proof.
elim: k => [|k IH] kn; first by rewrite big_ord0 mulmx0.
by rewrite big_ord_recr -(IH (ltnW kn)) /= mulmxDr !mulmxA -(suffixS W kn).
Qed.

Lemma dprefixE n W V : dprefix W V n = \sum_(k < n) suffix n W k.+1 *m V k *m prefix W k.
Proof. by rewrite -dprefix_sum // suffixn mul1mx. Qed.

Lemma ddprefix_sum n W V k : (k <= n)%N ->
  suffix n W k *m ddprefix W V k = \sum_(j < k) \sum_(i < j)
    suffix n W j.+1 *m V j *m suffix j W i.+1 *m V i *m prefix W i.
Proof.
elim: k => [|k IH] kn; first by rewrite big_ord0 mulmx0.
rewrite big_ord_recr -(IH (ltnW kn)) /= mulmxDr !mulmxA -(suffixS W kn); congr (_ + _).
by rewrite dprefixE mulmx_sumr; apply: eq_bigr => i _; rewrite !mulmxA.
Qed.

Lemma ddprefixE n W V : ddprefix W V n = \sum_(j < n) \sum_(i < j)
  suffix n W j.+1 *m V j *m suffix j W i.+1 *m V i *m prefix W i.
Proof. by rewrite -ddprefix_sum // suffixn mul1mx. Qed.

(* --- and its first two derivatives ---------------------------------------------------------- *)
Variables (L m : nat) (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).

Definition residual W : 'M[F]_(d L, m) := prefix W L *m X - Y.

Lemma sq_coef p q (a b c : 'M[F]_(p, q)) (Q : 'M[{poly F}]_(p, q)) :
  let s := sq (constant a + 'X *: constant b + 'X^2 *: constant c + 'X^3 *: Q) in
  s`_1 = dot a b *+ 2 /\ s`_2 = sq b + dot a c *+ 2.
Proof.
have coef (x y z : F) (r : {poly F}) :
    let e := x%:P + 'X * y%:P + 'X^2 * z%:P + 'X^3 * r in
    (e * e)`_1 = (x * y) *+ 2 /\ (e * e)`_2 = y * y + (x * z) *+ 2.
  move=> e; have -> : e * e = (x * x)%:P + 'X * (((x * y) *+ 2)%:P + 'X * ((y * y + (x * z) *+ 2)%:P
      + 'X * (x%:P * r *+ 2 + (y%:P * z%:P) *+ 2 + 'X * (y%:P * r *+ 2 + z%:P * z%:P
        + 'X * (z%:P * r *+ 2 + 'X * (r * r)))))).
    rewrite /e !(polyCM, polyCD, polyCMn); move: x%:P y%:P z%:P 'X => x' y' z' v; ring.
  by split; rewrite coefD coefC add0r !(coefXM, coefD, coefC, coefMn, coefCM) /= ?addr0 ?add0r.
move=> s; rewrite /s /sq /dot; split; rewrite coef_sum -sumrMnl -?big_split; apply: eq_bigr => i _ /=;
  rewrite coef_sum -sumrMnl -?big_split; apply: eq_bigr => j _ /=; rewrite /constant !mxE;
  by case: (coef (a i j) (b i j) (c i j) (Q i j)).
Qed.

Lemma loss_alongE W V : exists Q, loss_along X Y W V = (m%:R^-1)%:P * sq (constant (residual W)
  + 'X *: constant (dprefix W V L *m X) + 'X^2 *: constant (ddprefix W V L *m X) + 'X^3 *: Q).
Proof.
have [Q PQ] := prefix_line W V L; exists (Q *m constant X); rewrite /loss_along PQ; congr (_ * sq _).
rewrite /constant /residual !mulmxDl -!scalemxAl !map_mxM map_mxB map_mxM.
by rewrite [LHS](ACl (1*5*2*3*4)).
Qed.

Lemma slopeE W V : slope X Y W V = m%:R^-1 * dot (residual W) (dprefix W V L *m X) *+ 2.
Proof.
have [Q E] := loss_alongE W V; rewrite /slope E horner_coef0 coef_deriv coefCM.
by case: (sq_coef (residual W) (dprefix W V L *m X) (ddprefix W V L *m X) Q) => -> _; rewrite mulr1n mulrnAr.
Qed.

Lemma hessianE W V : hessian X Y W V =
  m%:R^-1 * (sq (dprefix W V L *m X) + dot (residual W) (ddprefix W V L *m X) *+ 2) *+ 2.
Proof.
have [Q E] := loss_alongE W V; rewrite /hessian E horner_coef0 coef_derivn addn0 ffactnn coefCM.
by case: (sq_coef (residual W) (dprefix W V L *m X) (ddprefix W V L *m X) Q) => _ ->.
Qed.

(* At a minimizer the residual is orthogonal to all that the data give. *)
Lemma minimizerE W : minimizer X Y W -> forall A : 'M[F]_(d L, d 0), m%:R^-1 * dot (residual W) (A *m X) = 0.
Proof.
move=> fits A; rewrite dot_mulr -dotZl /residual mulmxBl -mulmxA scalerBr scalemxAr.
by rewrite fits subrr dot0l.
Qed.

Lemma hessian_minimizer W V : minimizer X Y W ->
  hessian X Y W V = m%:R^-1 * sq (dprefix W V L *m X) *+ 2.
Proof. by move=> fits; rewrite hessianE mulrDr mulrnAr (minimizerE fits) mul0rn addr0. Qed.

End Line.

(* --- numbers ------------------------------------------------------------------------------ *)
Section Numbers.
Variable F : realFieldType.

Lemma root_unique n (x r s : F) : (0 < n)%N -> is_root n x r -> is_root n x s -> r = s.
Proof.
move=> n0 [r0 rx] [s0 sx]; apply/eqP; rewrite -(eqr_expn2 n0 r0 s0); apply/eqP.
by rewrite rx sx.
Qed.

Lemma roots_le n (x y r s : F) :
  (0 < n)%N -> is_root n x r -> is_root n y s -> x <= y -> r <= s.
Proof. by move=> n0 [r0 <-] [s0 <-]; rewrite ler_pexpn2r. Qed.

(* AM-GM along a path of n.+1 layers: al and be are the gains of its two ends. *)
Lemma path_bound (n : nat) (al be : nat -> F) (s2 : F) :
  (forall k, 0 <= al k) -> (forall k, 0 <= be k) -> al n = 1 -> 0 <= s2 ->
  (forall k, (k < n)%N -> s2 <= al k * be k.+1) ->
  be 0%N * s2 ^+ n <= ((\sum_(k < n.+1) al k * be k) / n.+1%:R) ^+ n.+1.
Proof.
move=> al0 be0 aln s20 pairs.
have mean : \prod_(k < n.+1) (al k * be k) <= ((\sum_(k < n.+1) al k * be k) / n.+1%:R) ^+ n.+1.
  rewrite -[X in _ / X%:R]card_ord -[X in _ ^+ X]card_ord.
  have := @leif_AGM F _ (predT : pred 'I_n.+1) (fun k => al k * be k)
    (fun k _ => mulr_ge0 (al0 k) (be0 k)).
  by move=> [].
apply: le_trans mean.
rewrite big_split /= big_ord_recr /= aln mulr1 (big_ord_recl n (fun k => be k)) /=.
rewrite mulrCA ler_wpmul2l // -big_split /= -[n in s2 ^+ n]card_ord -prodr_const.
by apply: ler_prod => k _; rewrite s20 /= pairs.
Qed.

End Numbers.

(* --- sharpness ---------------------------------------------------------------------------- *)
Section Sharpness.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

Lemma hessian_ge0 V : minimizer X Y W -> 0 <= hessian X Y W V.
Proof. by move/hessian_minimizer=> ->; rewrite mulrn_wge0 ?mulr_ge0 ?sq_ge0 ?invr_ge0 ?ler0n. Qed.

(* There is a direction, so a bound of a form that is not negative is not negative. *)
Lemma sharpness_ge0 S : (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S -> 0 <= S.
Proof.
move=> L_gt0 d_gt0 fits bound; pose V : network F d := fun k => const_mx 1.
have V_gt0 : 0 < energy L V.
  rewrite /energy (bigD1 (Ordinal L_gt0)) //= ltr_paddr ?sumr_ge0 // => [k _|]; first exact: sq_ge0.
  exact: sq_ones_gt0.
by have := le_trans (hessian_ge0 V fits) (bound V); rewrite pmulr_lge0.
Qed.

Lemma moment_ge0 (y : 'cV[F]_(d 0)) : dot y (moment X *m y) = m%:R^-1 * sq (X^T *m y).
Proof. by rewrite /moment -scalemxAl dotZr -mulmxA dot_mull. Qed.

Lemma moment_gt0 (y : 'cV[F]_(d 0)) : moment X *m y != 0 -> 0 < dot y (moment X *m y).
Proof.
move=> Xy; rewrite moment_ge0 lt_def mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0 // andbT.
apply: contra Xy; rewrite mulf_eq0 /moment -scalemxAl scaler_eq0 sq_eq0 -mulmxA.
by case/orP => [->//|/eqP ->]; rewrite mulmx0 eqxx orbT.
Qed.

End Sharpness.

(* --- multiples of the identity, for attained bounds and false twins ------------------------- *)
Section Scalar.
Variables (F : realFieldType) (p L m : nat) (g a : F).
Let d : nat -> nat := fun=> p.
Definition scalar_network : network F d := fun=> g%:M.
Local Notation W := scalar_network.

Lemma prefix_scalar k : prefix W k = (g ^+ k)%:M.
Proof. by elim: k => //= k ->; rewrite -scalar_mxM exprS. Qed.

Lemma suffix_scalar n k : (k <= n)%N -> suffix n W k = (g ^+ (n - k))%:M.
Proof.
rewrite /suffix => kn; move: (n - k)%N => f; elim: f k {kn} => [|f IH] k /=; first by rewrite pid_mx_1.
by rewrite IH -scalar_mxM exprSr.
Qed.

Lemma dprefix_scalar V : (0 < L)%N -> dprefix W V L = g ^+ L.-1 *: \sum_(k < L) (V k : 'M[F]_p).
Proof.
move=> L_gt0; rewrite dprefixE scaler_sumr; apply: eq_bigr => k _.
rewrite suffix_scalar // prefix_scalar mul_scalar_mx mul_mx_scalar scalerA -exprD.
have rest n i : (i < n)%N -> (i + (n - i.+1) = n.-1)%N by case: n => // n; rewrite ltnS subSS => /subnKC.
by rewrite rest.
Qed.

Variables (X Y : 'M[F]_(p, m)).

Lemma minimizer_scalar : @moment F d m X = a%:M -> @cross F d L m X Y = (a * g ^+ L)%:M ->
  @minimizer F d L m X Y W.
Proof. by move=> Xa Yg; rewrite /minimizer Xa Yg prefix_scalar -scalar_mxM mulrC. Qed.

Lemma sharpness_scalar : (0 < p)%N -> (0 < L)%N -> 0 <= a ->
  @moment F d m X = a%:M -> @cross F d L m X Y = (a * g ^+ L)%:M ->
  @is_sharpness F d L m X Y W (2 * L%:R * a * (g ^+ 2) ^+ L.-1).
Proof.
move=> p_gt0 L_gt0 a_ge0 Xa Yg; have fits := minimizer_scalar Xa Yg.
have form V : @hessian F d L m X Y W V = 2 * a * (g ^+ 2) ^+ L.-1 * sq (\sum_(k < L) (V k : 'M[F]_p)).
  rewrite (hessian_minimizer _ fits) dprefix_scalar //; set A := \sum_(k < L) _.
  have -> (B : 'M[F]_p) : m%:R^-1 * sq (B *m X) = a * sq B.
    rewrite {1}/sq dot_mulr -mulmxA -dotZl scalemxAr -/(moment X) Xa mul_mx_scalar dotZl.
    by [].
  by rewrite sqZ -exprM mulnC exprM; ring.
split=> [V|].
  rewrite form; have -> : 2 * L%:R * a * (g ^+ 2) ^+ L.-1 = 2 * a * (g ^+ 2) ^+ L.-1 * L%:R :> F by ring.
  rewrite -[leRHS]mulrA; apply: ler_wpmul2l; last exact: sq_sum_le.
  by rewrite !mulr_ge0 ?ler0n // exprn_ge0 ?sqr_ge0.
pose A : 'M[F]_p := const_mx 1; pose V : network F d := fun=> A.
have A_gt0 : 0 < sq A.
  rewrite sq_gt0; apply/eqP => /matrixP /(_ (Ordinal p_gt0) (Ordinal p_gt0)).
  by rewrite !mxE => /eqP; rewrite oner_eq0.
have VE : energy L V = L%:R * sq A.
  by rewrite /energy (eq_bigr (fun=> sq A)) // sumr_const card_ord mulr_natl.
exists V; rewrite form VE (eq_bigr (fun=> A)) // sumr_const card_ord -scaler_nat sqZ.
by split; [rewrite mulf_neq0 ?gt_eqF ?ltr0n | ring].
Qed.

End Scalar.

(* --- layers from the top, the residual on the inputs, all layers at once --------------------- *)
Section Layers.

Lemma suffixSl (R : comRingType) (d : nat -> nat) n (W : network R d) k : (k <= n)%N ->
  suffix n.+1 W k = W n *m suffix n W k.
Proof.
rewrite /suffix => kn; rewrite subSn //; move: (subnKC kn); move: (n - k)%N => f kf.
elim: f k {kn} kf => [|f IH] k kf.
  have -> : k = n by rewrite -kf addn0.
  by rewrite /= !pid_mx_1 mul1mx mulmx1.
rewrite -[LHS]/(above n.+1 W f.+1 k.+1 *m W k) IH ?addSnnS // -mulmxA.
by [].
Qed.

Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types U V W : network F d.

Lemma residual_dot W (A : 'M[F]_(d L, d 0)) :
  m%:R^-1 * dot (residual X Y W) (A *m X) = dot (prefix W L *m moment X - cross X Y) A.
Proof.
rewrite dot_mulr -dotZl /residual mulmxBl scalerBr -mulmxA.
by rewrite /moment /cross -scalemxAr.
Qed.

Lemma moment_sq p (A : 'M[F]_(p, d 0)) : m%:R^-1 * sq (A *m X) = dot (A *m moment X) A.
Proof. by rewrite /sq dot_mulr -dotZl /moment -mulmxA -scalemxAr. Qed.

Lemma energy_eq0 V : energy L V = 0 -> forall k, (k < L)%N -> V k = 0.
Proof.
move=> /eqP; rewrite psumr_eq0 => [/allP zero k kL|k _]; last exact: sq_ge0.
by apply/eqP; rewrite -sq_eq0; apply: (zero (Ordinal kL)); rewrite mem_index_enum.
Qed.

Lemma cauchy_schwarz_layers U V :
  (\sum_(k < L) dot (U k) (V k)) ^+ 2 <= energy L U * energy L V.
Proof.
have [V0|V_neq0] := eqVneq (energy L V) 0.
  rewrite V0 mulr0 big1 ?expr0n // => k _.
  by rewrite (energy_eq0 V0) // dot0r.
have V_gt0 : 0 < energy L V by rewrite lt_def V_neq0 energy_ge0.
set D := \sum_(k < L) _.
have := @energy_ge0 _ d L (fun k => energy L V *: U k - D *: V k).
have -> : energy L (fun k => energy L V *: U k - D *: V k)
    = energy L V * (energy L U * energy L V - D ^+ 2).
  rewrite {1}/energy.
  have step k : sq (energy L V *: U k - D *: V k) = energy L V ^+ 2 * sq (U k)
      - energy L V * D *+ 2 * dot (U k) (V k) + D ^+ 2 * sq (V k).
    by rewrite sqB !sqZ dotZl dotZr; ring.
  under eq_bigr do rewrite step.
  rewrite big_split sumrB /= -!mulr_sumr -/(energy L U) -/(energy L V) -/D; ring.
by rewrite pmulr_rge0 // subr_ge0.
Qed.

End Layers.
(* --- operator norms, and networks whose strongest signal follows one path -------------------- *)
Section Norms.
Variable F : realFieldType.

Lemma col_mul p q n (A : 'M[F]_(p, q)) (B : 'M[F]_(q, n)) j : col j (A *m B) = A *m col j B.
Proof. by rewrite !colE mulmxA. Qed.

Lemma sq_cols p q (A : 'M[F]_(p, q)) : sq A = \sum_j sq (col j A).
Proof.
rewrite /sq /dot exchange_big; apply: eq_bigr => j _; apply: eq_bigr => i _.
by rewrite big_ord1 !mxE.
Qed.

Lemma sq_mull p q n (A : 'M[F]_(p, q)) (c : F) (V : 'M[F]_(q, n)) :
  (forall v : 'cV_q, sq (A *m v) <= c * sq v) -> sq (A *m V) <= c * sq V.
Proof.
move=> bound; rewrite [in leRHS]sq_cols sq_cols mulr_sumr; apply: ler_sum => j _.
by rewrite col_mul.
Qed.

Lemma norm_trmx p q (A : 'M[F]_(p, q)) (c : F) : 0 <= c ->
  (forall v : 'cV_q, sq (A *m v) <= c * sq v) -> forall u : 'cV_p, sq (A^T *m u) <= c * sq u.
Proof.
move=> c_ge0 bound u; have [->|v_neq0] := eqVneq (A^T *m u) 0.
  by rewrite /sq dot0r mulr_ge0 ?sq_ge0.
have v_gt0 : 0 < sq (A^T *m u) by rewrite sq_gt0.
rewrite -(ler_pmul2r v_gt0) -expr2 {1}/sq -dot_mull.
apply: le_trans (cauchy_schwarz _ _) _.
by rewrite [leRHS]mulrAC mulrC ler_wpmul2r ?sq_ge0 // bound.
Qed.

Lemma sq_mulr p q n (A : 'M[F]_(p, q)) (c : F) (V : 'M[F]_(n, p)) : 0 <= c ->
  (forall v : 'cV_q, sq (A *m v) <= c * sq v) -> sq (V *m A) <= c * sq V.
Proof.
move=> c_ge0 bound; rewrite -sq_trmx trmx_mul -[in leRHS]sq_trmx; apply: sq_mull.
exact: norm_trmx.
Qed.

(* The largest value of a form is one number. *)
Lemma largest_unique n (f : 'cV[F]_n -> F) (s t : F) : is_largest f s -> is_largest f t -> s = t.
Proof.
have half a b : is_largest f a -> is_largest f b -> a <= b.
  move=> [_ [v [v_neq0 fv]]] [below _]; have := below v; rewrite fv ler_pmul2r //.
  by rewrite lt_def v_neq0 sq_ge0.
by move=> fs ft; apply/eqP; rewrite eq_le !half.
Qed.

End Norms.

Section Path.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

Lemma moment_le p (a : F) (D : 'M[F]_(p, d 0%N)) :
  (forall v : 'cV_(d 0%N), dot v (moment X *m v) <= a * sq v) -> m%:R^-1 * sq (D *m X) <= a * sq D.
Proof.
move=> bound; rewrite -sq_trmx trmx_mul -[in leRHS]sq_trmx sq_cols [in leRHS]sq_cols !mulr_sumr.
by apply: ler_sum => j _; rewrite col_mul -moment_ge0.
Qed.

Variables (q : forall k, 'cV[F]_(d k)) (g a n : F).
Hypothesis (L_gt0 : (0 < L)%N) (n_neq0 : n != 0) (unit : forall k, (k <= L)%N -> sq (q k) = n).
Hypothesis (there : forall k, (k < L)%N -> W k *m q k = g *: q k.+1).
Hypothesis (back : forall k, (k < L)%N -> (W k)^T *m q k.+1 = g *: q k).
Hypothesis (below : forall k, (k < L)%N -> forall x : 'cV_(d k), sq (W k *m x) <= g ^+ 2 * sq x).
Hypothesis (eigen : moment X *m q 0 = a *: q 0).
Hypothesis (top : forall v : 'cV_(d 0%N), dot v (moment X *m v) <= a * sq v).

Lemma path_prefix k : (k <= L)%N -> prefix W k *m q 0 = g ^+ k *: q k.
Proof.
elim: k => [|k IH] kL; first by rewrite mul1mx scale1r.
by rewrite -mulmxA IH 1?ltnW // -scalemxAr there // scalerA exprSr.
Qed.

Lemma path_prefix_back k : (k <= L)%N -> (prefix W k)^T *m q k = g ^+ k *: q 0.
Proof.
elim: k => [|k IH] kL; first by rewrite trmx1 mul1mx scale1r.
by rewrite trmx_mul -mulmxA back // -scalemxAr IH 1?ltnW // scalerA exprS.
Qed.

Lemma path_above f k : (k + f = L)%N -> above L W f k *m q k = g ^+ f *: q L.
Proof.
elim: f k => [|f IH] k /=; first by rewrite addn0 => ->; rewrite pid_mx_1 mul1mx scale1r.
move=> kf; have kL : (k < L)%N by rewrite -kf -addSnnS leq_addr.
by rewrite -mulmxA there // -scalemxAr IH ?addSnnS // scalerA exprS.
Qed.

Lemma path_suffix k : (k <= L)%N -> suffix L W k *m q k = g ^+ (L - k) *: q L.
Proof. by move=> kL; rewrite /suffix path_above // subnKC. Qed.

Lemma prefix_below k : (k <= L)%N -> forall x : 'cV_(d 0%N),
  sq (prefix W k *m x) <= g ^+ 2 ^+ k * sq x.
Proof.
elim: k => [|k IH] kL x; first by rewrite mul1mx mul1r.
rewrite -mulmxA exprS -mulrA; apply: le_trans (below kL _) _.
by rewrite ler_wpmul2l ?sqr_ge0 // IH // ltnW.
Qed.

Lemma suffix_below k : (k <= L)%N -> forall x : 'cV_(d k),
  sq (suffix L W k *m x) <= g ^+ 2 ^+ (L - k) * sq x.
Proof.
move=> kL; rewrite /suffix; have := subnKC kL; move: (L - k)%N => f {kL}.
elim: f k => [|f IH] k /=; first by rewrite addn0 => -> x; rewrite pid_mx_1 mul1mx mul1r.
move=> kf x; have kL : (k < L)%N by rewrite -kf -addSnnS leq_addr.
rewrite -mulmxA exprSr -mulrA; apply: le_trans (IH _ _ _) _; first by rewrite addSnnS.
by apply: ler_wpmul2l; [by rewrite exprn_ge0 ?sqr_ge0|exact: below].
Qed.

(* The largest eigenvalue of the Hessian belongs to the rank-one layers along the path. *)
Lemma sharpness_path : minimizer X Y W -> is_sharpness X Y W (2 * L%:R * a * g ^+ 2 ^+ L.-1).
Proof.
move=> fits.
have g_ge0 k : 0 <= g ^+ 2 ^+ k by rewrite exprn_ge0 ?sqr_ge0.
have n_gt0 : 0 < n by rewrite lt_def n_neq0 -(unit (leq0n L)) sq_ge0.
have aE : m%:R^-1 * sq (X^T *m q 0) = a * n by rewrite -moment_ge0 eigen dotZr -/(sq _) unit.
have a_ge0 : 0 <= a by rewrite -(pmulr_lge0 _ n_gt0) -aE mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0.
have rest k : (k < L)%N -> ((L - k.+1) + k = L.-1)%N.
  by case: L => // l; rewrite ltnS subSS => /subnK.
split=> [V|].
  rewrite (hessian_minimizer _ fits) dprefixE -mulr_natl -!mulrA ler_pmul2l ?ltr0n //.
  apply: le_trans (moment_le _ top) _.
  rewrite [leRHS]mulrCA ler_wpmul2l //.
  apply: le_trans (sq_sum_le L (fun k => suffix L W k.+1 *m V k *m prefix W k)) _.
  rewrite ler_wpmul2l ?ler0n // mulr_sumr; apply: ler_sum => k _ /=.
  have kL := ltn_ord k; rewrite -(rest _ kL) exprD -mulrA mulrCA.
  apply: le_trans (sq_mulr _ (g_ge0 k) (prefix_below (ltnW kL))) _.
  by rewrite ler_wpmul2l //; apply: sq_mull; apply: suffix_below.
pose V : network F d := fun k => q k.+1 *m (q k)^T.
have VE : energy L V = L%:R * n ^+ 2.
  rewrite /energy (eq_bigr (fun=> n ^+ 2)) => [|k _]; last first.
    by rewrite sq_rank1 (unit (ltn_ord k)) (unit (ltnW (ltn_ord k))) expr2.
  by rewrite sumr_const card_ord mulr_natl.
have DE : dprefix W V L = (L%:R * g ^+ L.-1) *: (q L *m (q 0)^T).
  rewrite dprefixE (eq_bigr (fun=> g ^+ L.-1 *: (q L *m (q 0)^T))) => [|k _].
    by rewrite sumr_const card_ord -scaler_nat scalerA.
  have kL := ltn_ord k; rewrite /V mulmxA path_suffix // -mulmxA.
  have -> : (q k)^T *m prefix W k = g ^+ k *: (q 0)^T.
    by rewrite -[LHS]trmxK trmx_mul trmxK path_prefix_back 1?ltnW // linearZ.
  by rewrite -scalemxAl -scalemxAr scalerA -exprD rest.
exists V; rewrite VE; split; first by rewrite mulf_neq0 ?expf_neq0 // pnatr_eq0 -lt0n.
rewrite (hessian_minimizer _ fits) DE -scalemxAl -mulmxA -[(q 0)^T *m X]trmxK trmx_mul trmxK sqZ.
rewrite sq_rank1 unit //.
have regroup (i l gg s n' : F) :
    2 * (i * ((l * gg) ^+ 2 * (n' * s))) = 2 * l * (i * s) * gg ^+ 2 * (l * n').
  by ring.
rewrite -[LHS]mulr_natl regroup aE -exprM mulnC exprM; ring.
Qed.

End Path.
