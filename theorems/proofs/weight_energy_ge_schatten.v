(* U9.  Gram-Schmidt of the images B_k q_i of orthonormal eigenvectors q_i of PᵀP, from the first
   on: what is left of B_k q_i grows by factors t whose sum over i is at most |W_k|² (Bessel), and
   whose product over k is at least s_i(P)².  AM-GM over the layers.  Where two neighbours are not
   balanced a change of basis between them lowers the energy and keeps P. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas.
From Proofs.statements Require weight_energy_ge_schatten.
Import statements.weight_energy_ge_schatten.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- Gram-Schmidt ------------------------------------------------------------------------- *)
Section Columns.
Variable F : realFieldType.

Definition unit_upper n (U : 'M[F]_n) : Prop :=
  (forall i, U i i = 1) /\ (forall i j : 'I_n, (j < i)%N -> U i j = 0).

Definition orthogonal m n (X : 'M[F]_(m, n)) : Prop :=
  forall i j, i != j -> dot (col i X) (col j X) = 0.

Lemma unit_upper1 n : unit_upper (1%:M : 'M_n).
Proof.
split=> [i|i j ji]; rewrite mxE ?eqxx //.
by case: eqP ji => // ->; rewrite ltnn.
Qed.

Lemma unit_upperM n (U V : 'M_n) : unit_upper U -> unit_upper V -> unit_upper (U *m V).
Proof.
move=> [U1 U0] [V1 V0]; split=> [i|i j ji]; rewrite mxE.
  rewrite (bigD1 i) //= U1 V1 mulr1 big1 ?addr0 // => k ki.
  have [ik|ki'|/val_inj ik] := ltngtP (val i) (val k); last by rewrite ik eqxx in ki.
    by rewrite V0 ?mulr0.
  by rewrite U0 ?mul0r.
rewrite big1 // => k _; have [ki|ik] := ltnP k i; first by rewrite U0 ?mul0r.
by rewrite V0 ?mulr0 // (leq_trans ji).
Qed.

Lemma gram_schmidt n m (M : 'M[F]_(m, n)) : exists U : 'M[F]_n,
  [/\ unit_upper U, orthogonal (M *m U) & forall i, sq (col i (M *m U)) <= sq (col i M)].
Proof.
elim: n M => [|n IH]; last rewrite -[n.+1]/(1 + n)%N; move=> M.
  by exists 1%:M; split=> [|[]//|[]//]; apply: unit_upper1.
pose a : 'cV[F]_m := lsubmx M; pose N : 'M[F]_(m, n) := rsubmx M.
pose r := (sq a)^-1 *: (a^T *m N); pose N' := N - a *m r.
have [U [[U1 U0] ortho less]] := IH N'.
have aN' : a^T *m N' = 0.
  have aa : a^T *m a = (sq a)%:M by rewrite [LHS]mx11_scalar /sq dotE /mxtrace big_ord1.
  rewrite mulmxBr mulmxA aa mul_scalar_mx /r scalerA.
  have [->|a_neq0] := eqVneq a 0; first by rewrite trmx0 mul0mx scaler0 subrr.
  by rewrite divff ?scale1r ?subrr // sq_eq0.
have across j : dot a (col j (N' *m U)) = 0.
  by rewrite dotE -col_mul mulmxA aN' mul0mx; apply: big1 => i _; rewrite !mxE.
pose V : 'M[F]_(1 + n) := block_mx 1%:M (- (r *m U)) 0 U.
have MV : M *m V = row_mx a (N' *m U).
  have -> : M = row_mx a N by rewrite hsubmxK.
  rewrite mul_row_block mulmx1 mulmx0 addr0; congr row_mx.
  by rewrite mulmxN mulmxA -mulNmx -mulmxDl addrC.
exists V; rewrite MV; split.
- split=> [i|i j].
    case: (split_ordP i) => k ->; first by rewrite /V block_mxEul mxE eqxx.
    by rewrite /V block_mxEdr.
  case: (split_ordP i) => k ->; case: (split_ordP j) => l -> /=.
  + by rewrite (ord1 k) (ord1 l).
  + by rewrite (ord1 k).
  + by rewrite /V block_mxEdl mxE.
  by rewrite /V block_mxEdr ltn_add2l => /U0.
- move=> i j; case: (split_ordP i) => k ->; case: (split_ordP j) => l ->.
  + by rewrite (ord1 k) (ord1 l) eqxx.
  + by move=> _; rewrite colKl colKr (ord1 k) col_id across.
  + by move=> _; rewrite colKl colKr (ord1 l) col_id dotC across.
  by rewrite !colKr => kl; apply: ortho; apply: contraNneq kl => ->.
move=> i; have -> : M = row_mx a N by rewrite hsubmxK.
case: (split_ordP i) => k ->; rewrite ?colKl ?colKr //.
apply: le_trans (less k) _.
have -> : col k N = col k N' + a *m col k r by rewrite -col_mul -linearD /= subrK.
by rewrite sqD dot_mull -col_mul aN' col0 dot0l mul0rn addr0 ler_addl sq_ge0.
Qed.

Lemma gramE m n (X : 'M[F]_(m, n)) i j : (X^T *m X) i j = dot (col i X) (col j X).
Proof. by rewrite mxE; apply: eq_bigr => k _; rewrite big_ord1 !mxE. Qed.

Lemma bessel m n p (W : 'M[F]_(p, m)) (X : 'M[F]_(m, n)) : orthogonal X ->
  \sum_i sq (W *m col i X) / sq (col i X) <= sq W.
Proof.
move=> ortho; pose a i := sq (col i X); pose N := diag_mx (\row_i (a i)^-1).
have gram : X^T *m X = diag_mx (\row_i a i).
  apply/matrixP => i j; rewrite gramE [RHS]mxE [in RHS]mxE.
  have [<-|ij] := eqVneq i j; last by rewrite ortho ?mulr0n.
  by rewrite mulr1n.
have kept : N *m (X^T *m X) *m N^T = N.
  rewrite gram tr_diag_mx !mulmx_diag; congr diag_mx; apply/rowP => i; rewrite !mxE.
  by have [->|a_neq0] := eqVneq (a i) 0; rewrite ?invr0 ?mulr0 // mulVf ?mul1r.
pose Y := W *m X *m N *m X^T; pose t := dot (W *m X) (W *m X *m N).
have WY : dot W Y = t by rewrite /Y dot_mulr trmxK.
have YY : sq Y = t.
  rewrite /sq {2}/Y dot_mulr trmxK /Y dot_mulr -!mulmxA (mulmxA X^T) (mulmxA N) kept.
  by rewrite mulmxA dotC.
have tE : t = \sum_i sq (W *m col i X) / sq (col i X).
  rewrite /t /N mul_mx_diag /dot exchange_big; apply: eq_bigr => i _.
  rewrite -col_mul /= /sq /dot mulr_suml; apply: eq_bigr => k _; rewrite big_ord1 !mxE.
  by rewrite mulrA.
have := sq_ge0 (W - Y); rewrite sqB WY YY -tE mulr2n opprD addrA subrK.
by rewrite subr_ge0.
Qed.

End Columns.

(* --- factors t_ki, k < L, whose product over k is at least ρ_i^L ----------------------------- *)
Section Factors.
Variables (F : realFieldType) (L n : nat) (t : nat -> 'I_n -> F) (r : 'I_n -> F).
Hypothesis (L_gt0 : (0 < L)%N) (t_ge0 : forall k i, 0 <= t k i) (r_ge0 : forall i, 0 <= r i).
Hypothesis reach : forall i, r i ^+ L <= \prod_(k < L) t k i.

Lemma mean_ge (f : nat -> F) : (forall k, 0 <= f k) ->
  \prod_(k < L) f k <= ((\sum_(k < L) f k) / L%:R) ^+ L.
Proof.
move=> f_ge0; rewrite -[X in _ / X%:R]card_ord -[X in _ ^+ X]card_ord.
by have [] := @leif_AGM F _ (predT : pred 'I_L) (fun k => f k) (fun k _ => f_ge0 k).
Qed.

Lemma factors_sum : L%:R * (\sum_i r i) <= \sum_(k < L) \sum_i t k i.
Proof.
rewrite exchange_big mulr_sumr; apply: ler_sum => i _ /=.
rewrite mulrC -ler_pdivl_mulr ?ltr0n // -(@ler_pexpn2r _ L) ?nnegrE ?r_ge0 //.
  by apply: le_trans (reach i) _; apply: (@mean_ge (fun k => t k i)).
by rewrite divr_ge0 ?ler0n ?sumr_ge0.
Qed.

Lemma factors_prod : (\sum_i r i) ^+ L <= \prod_(k < L) \sum_i t k i.
Proof.
pose s k := \sum_i t k i; have s_ge0 k : 0 <= s k by apply: sumr_ge0.
have [/existsP [k /eqP sk0]|none] := boolP [exists k : 'I_L, s k == 0].
  have -> : \sum_i r i = 0.
    apply: big1 => i _; apply/eqP.
    have : r i ^+ L <= 0.
      apply: le_trans (reach i) _; rewrite (bigD1 k) //=.
      have -> : t k i = 0; last by rewrite mul0r.
      by apply/eqP; move/eqP: sk0; rewrite psumr_eq0 // => /allP /(_ i (mem_index_enum _)).
    by rewrite le_eqVlt ltNge exprn_ge0 // orbF expf_eq0 L_gt0.
  by rewrite expr0n (gtn_eqF L_gt0); apply: prodr_ge0 => l _; apply: s_ge0.
have s_gt0 (k : 'I_L) : 0 < s k.
  by rewrite lt_def s_ge0 andbT; move: none; rewrite negb_exists => /forallP.
pose P := \prod_(k < L) s k; have P_gt0 : 0 < P by apply: prodr_gt0.
rewrite -/P leNgt; apply/negP => above.
pose w i := (\sum_(k < L) t k i / s k) / L%:R; pose h := \sum_i r i.
have h_ge0 : 0 <= h by apply: sumr_ge0.
have w_ge0 i : 0 <= w i.
  by rewrite divr_ge0 ?ler0n ?sumr_ge0 // => k _; rewrite divr_ge0.
have w1 : \sum_i w i = 1.
  rewrite -mulr_suml exchange_big /= (eq_bigr (fun=> 1)) => [|k _].
    by rewrite sumr_const card_ord divff // pnatr_eq0 -lt0n.
  by rewrite -mulr_suml -/(s k) divff ?gt_eqF.
have bound i : r i ^+ L <= P * w i ^+ L.
  apply: le_trans (reach i) _.
  have -> : \prod_(k < L) t k i = P * \prod_(k < L) (t k i / s k).
    by rewrite -big_split; apply: eq_bigr => k _ /=; rewrite mulrCA divff ?mulr1 ?gt_eqF.
  rewrite ler_pmul2l //; apply: (@mean_ge (fun k => t k i / s k)) => k.
  by rewrite divr_ge0.
have hw_ge0 i : 0 <= h * w i by apply: mulr_ge0.
have le i : r i <= h * w i.
  rewrite -(@ler_pexpn2r _ L) ?nnegrE // exprMn.
  by apply: le_trans (bound i) _; rewrite ler_wpmul2r ?exprn_ge0 // ltW.
have [i wi] : exists i, 0 < w i.
  apply/existsP; apply: contraTT (oner_neq0 F); rewrite negb_exists negbK => /forallP zero.
  rewrite -w1 big1 // => i _; apply/eqP; rewrite eq_le w_ge0 andbT leNgt.
  exact: zero.
have lt : r i < h * w i.
  rewrite -(@ltr_pexpn2r _ L) ?nnegrE // exprMn.
  by apply: le_lt_trans (bound i) _; rewrite ltr_pmul2r ?exprn_gt0.
suff : h < h by rewrite ltxx.
rewrite -{2}[h]mulr1 -w1 mulr_sumr {1}/h (bigD1 i) //= [ltRHS](bigD1 i) //=.
by rewrite ltr_le_add // ler_sum.
Qed.

End Factors.

(* --- what is left of the images of orthonormal vectors --------------------------------------- *)
Section Images.
Variables (F : realFieldType) (d : nat -> nat) (W : network F d) (Q : 'M[F]_(d 0)).
Hypothesis unit : Q^T *m Q = 1%:M.

Lemma frames K : exists U : nat -> 'M[F]_(d 0), [/\ U 0%N = 1%:M,
  forall k, (k <= K)%N -> unit_upper (U k) /\ orthogonal (prefix W k *m Q *m U k)
  & forall k i, (k < K)%N -> sq (col i (prefix W k.+1 *m Q *m U k.+1))
      <= sq (W k *m col i (prefix W k *m Q *m U k))].
Proof.
elim: K => [|K [U [U0 frame grows]]].
  exists (fun=> 1%:M); split=> // k; rewrite leqn0 => /eqP ->; split; first exact: unit_upper1.
  by move=> i j ij; rewrite mul1mx mulmx1 -gramE unit mxE (negPf ij).
have [V [V_upper ortho less]] := gram_schmidt (prefix W K.+1 *m Q *m U K).
exists (fun k => if (k <= K)%N then U k else U K *m V); split; first by rewrite leq0n.
  move=> k; rewrite leq_eqVlt => /predU1P [->|kK]; last by rewrite -ltnS kK; apply: frame.
  rewrite ltnn mulmxA; split=> //; apply: unit_upperM => //.
  by case: (frame K (leqnn K)).
move=> k i; rewrite ltnS => kK; have [->|k_neqK] := eqVneq k K.
  rewrite /= ltnn leqnn mulmxA; apply: le_trans (less i) _.
  by rewrite -col_mul /= !mulmxA.
have kK' : (k < K)%N by rewrite ltn_neqAle k_neqK.
by rewrite kK' kK; apply: grows.
Qed.

Lemma images L (e : 'rV[F]_(d 0)) :
  (prefix W L)^T *m prefix W L *m Q = Q *m diag_mx e ->
  exists t : nat -> 'I_(d 0) -> F, [/\ forall k i, 0 <= t k i,
    forall k, (k < L)%N -> \sum_i t k i <= sq (W k)
    & forall i, e 0 i <= \prod_(k < L) t k i].
Proof.
move=> eigen; have [U [U0 frame grows]] := frames L.
pose a k i := sq (col i (prefix W k *m Q *m U k)); have a_ge0 k i : 0 <= a k i by apply: sq_ge0.
exists (fun k i => a k.+1 i / a k i); split=> [k i|k kL|i]; first by rewrite divr_ge0.
  apply: le_trans (bessel (W k) (frame k (ltnW kL)).2); apply: ler_sum => i _.
  by rewrite ler_wpmul2r ?invr_ge0 ?a_ge0 ?grows.
have -> : \prod_(k < L) (a k.+1 i / a k i) = a L i.
  elim: L grows {frame eigen} => [|K IH] grows.
    by rewrite big_ord0 /a U0 mul1mx mulmx1 /sq -gramE unit mxE eqxx.
  rewrite big_ord_recr IH /= => [|k j kK]; last by apply: grows; apply: ltnW.
  have [aK|aK] := eqVneq (a K i) 0; last by rewrite mulrCA divff ?mulr1.
  rewrite aK mul0r; apply/eqP; rewrite eq_sym eq_le a_ge0 andbT.
  apply: le_trans (grows K i (ltnSn K)) _; move/eqP: aK; rewrite sq_eq0 => /eqP ->.
  by rewrite mulmx0 /sq dot0r.
have gram : (prefix W L *m Q)^T *m (prefix W L *m Q) = diag_mx e.
  by rewrite trmx_mul -mulmxA (mulmxA (prefix W L)^T) eigen mulmxA unit mul1mx.
have e_ge0 j : 0 <= e 0 j.
  have -> : e 0 j = (diag_mx e) j j by rewrite mxE eqxx mulr1n.
  by rewrite -gram gramE; apply: sq_ge0.
have [[U1 _] _] := frame L (leqnn L).
rewrite /a /sq -gramE trmx_mul mulmxA -(mulmxA (U L)^T) gram mul_mx_diag mxE (bigD1 i) //= !mxE.
rewrite U1 mul1r mulr1 ler_addl sumr_ge0 // => j _.
by rewrite !mxE mulrAC mulr_ge0 // -expr2 sqr_ge0.
Qed.

End Images.

Theorem lower : statements.weight_energy_ge_schatten.lower.
Proof.
move=> F d [|L] W h [Q [e [r [unit eigen root ->]]]]; first by rewrite mul0r energy_ge0.
have [t [t_ge0 small reach]] := images unit eigen.
have r_ge0 i : 0 <= r 0 i by case: (root i).
have rL i : r 0 i ^+ L.+1 <= \prod_(k < L.+1) t k i by case: (root i) => _ ->.
apply: le_trans (factors_sum (ltn0Sn L) t_ge0 r_ge0 rL) _.
by apply: ler_sum => k _; apply: small.
Qed.

Theorem product : statements.weight_energy_ge_schatten.product.
Proof.
move=> F d [|L] W h [Q [e [r [unit eigen root ->]]]]; first by rewrite big_ord0 expr0.
have [t [t_ge0 small reach]] := images unit eigen.
have r_ge0 i : 0 <= r 0 i by case: (root i).
have rL i : r 0 i ^+ L.+1 <= \prod_(k < L.+1) t k i by case: (root i) => _ ->.
apply: le_trans (factors_prod (ltn0Sn L) t_ge0 r_ge0 rL) _.
by apply: ler_prod => k _; rewrite sumr_ge0 // small.
Qed.

(* --- balanced layers ------------------------------------------------------------------------ *)
Section Balanced.
Variables (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d).
Hypothesis even : forall k, (k.+1 < L)%N -> balanced_at W k.
Let M := (W 0%N)^T *m W 0%N.
Let G k := (prefix W k)^T *m prefix W k.

Lemma shifted k : (k < L)%N -> (W k)^T *m W k *m prefix W k = prefix W k *m M.
Proof.
elim: k => [|k IH] kL; first by rewrite mul1mx mulmx1.
by rewrite even // mulmxA -(mulmxA (W k)) -(mulmxA (W k)) IH 1?ltnW // mulmxA.
Qed.

Lemma gram_next k : (k < L)%N -> G k.+1 = G k *m M.
Proof. by move=> kL; rewrite /G trmx_mul -!mulmxA -(shifted kL) !mulmxA. Qed.

Lemma layer_sq k : (k < L)%N -> sq (W k) = \tr M.
Proof.
elim: k => [|k IH] kL; first by rewrite /sq dotE.
by rewrite -(IH (ltnW kL)) /sq dotE even // mxtrace_mulC -dotE.
Qed.

Lemma kernel q k : (k < L)%N -> prefix W k.+1 *m q = 0 :> 'cV_(d k.+1) -> M *m q = 0.
Proof.
elim: k => [|k IH] kL /=; first by rewrite mulmx1 /M -mulmxA => ->; rewrite mulmx0.
move=> zero; apply: IH; first exact: ltnW.
have E : W k *m (W k)^T = (W k.+1)^T *m W k.+1 by rewrite -(even kL).
have zero' : W k.+1 *m (prefix W k.+1 *m q) = 0 by rewrite mulmxA.
have back : (W k)^T *m (prefix W k.+1 *m q) = 0.
  move: zero'; move: (prefix W k.+1 *m q) => v zero'.
  apply/eqP; rewrite -sq_eq0 /sq dot_mull trmxK mulmxA E -mulmxA zero' mulmx0.
  by rewrite dot0l.
have vE : prefix W k.+1 *m q = W k *m (prefix W k *m q) by rewrite mulmxA.
move: back vE; move: (prefix W k.+1 *m q) => v back vE.
by apply/eqP; rewrite -sq_eq0 /sq {2}vE dot_mull back dot0l.
Qed.

Lemma rooted (q : 'cV[F]_(d 0)) (r : F) : (0 < L)%N -> 0 <= r ->
  G L *m q = r ^+ L *: q -> M *m q = r *: q.
Proof.
move=> L_gt0 r_ge0 eigen; have [r0|r_neq0] := eqVneq r 0.
  rewrite r0 scale0r; apply: (@kernel q L.-1); rewrite ?prednK //.
  apply/eqP; rewrite -sq_eq0 /sq dot_mull mulmxA -/(G L) eigen r0 expr0n gtn_eqF //.
  by rewrite scale0r dot0l.
pose u := M *m q - r *: q; have total : \sum_(k < L) r ^+ (L - k.+1) *: (G k *m u) = 0.
  have -> : \sum_(k < L) r ^+ (L - k.+1) *: (G k *m u) =
      \sum_(k < L) (r ^+ (L - k.+1) *: (G k.+1 *m q) - r ^+ (L - k) *: (G k *m q)).
    apply: eq_bigr => k _; rewrite gram_next // mulmxBr mulmxA scalerBr -scalemxAr scalerA.
    by rewrite -exprSr subnSK.
  have := telescope_sumr (fun k => r ^+ (L - k) *: (G k *m q)) (leq0n L).
  rewrite big_mkord => ->; rewrite subnn subn0 scale1r eigen.
  by rewrite /G /= trmx1 !mul1mx subrr.
have parts (k : 'I_L) : 0 <= r ^+ (L - k.+1) * sq (prefix W k *m u).
  by rewrite mulr_ge0 ?exprn_ge0 ?sq_ge0.
have : \sum_(k < L) r ^+ (L - k.+1) * sq (prefix W k *m u) = 0.
  rewrite -[RHS](dot0r u) -total dot_sumr; apply: eq_bigr => k _.
  by rewrite dotZr {1}/sq dot_mull mulmxA dotC.
move/eqP; rewrite psumr_eq0 => [/allP /(_ (Ordinal L_gt0) (mem_index_enum _))|k _] //=.
by rewrite mul1mx mulf_eq0 expf_eq0 (negPf r_neq0) andbF sq_eq0 subr_eq0 => /eqP.
Qed.

End Balanced.

Lemma col_diag (F : realFieldType) m n (A : 'M[F]_(m, n)) (e : 'rV[F]_n) i :
  col i (A *m diag_mx e) = e 0 i *: col i A.
Proof. by apply/matrixP => a b; rewrite mul_mx_diag !mxE mulrC. Qed.

Theorem balanced : statements.weight_energy_ge_schatten.balanced.
Proof.
move=> F d L W h even [Q [e [r [unit eigen root ->]]]].
have [->|L_gt0] := posnP L; first by rewrite /energy big_ord0 mul0r.
rewrite /energy (eq_bigr (fun=> \tr ((W 0%N)^T *m W 0%N))) => [|k _]; last first.
  exact: (layer_sq even).
rewrite sumr_const card_ord mulr_natl; congr (_ *+ _).
have rooted_at i : (W 0%N)^T *m W 0%N *m col i Q = r 0 i *: col i Q.
  have [r_ge0 rE] := root i; apply: (rooted even) => //.
  by rewrite -col_mul eigen col_diag rE.
have -> : (W 0%N)^T *m W 0%N = Q *m diag_mx r *m Q^T.
  have -> : Q *m diag_mx r = (W 0%N)^T *m W 0%N *m Q.
    apply/matrixP => a i; have := congr1 (fun v : 'cV_(d 0%N) => v a 0) (rooted_at i).
    by rewrite -col_diag -col_mul !mxE.
  by rewrite -[RHS]mulmxA (mulmx1C unit) mulmx1.
by rewrite mxtrace_mulC mulmxA unit mul1mx mxtrace_diag.
Qed.

(* --- layers that are not balanced ------------------------------------------------------------- *)
Section Unbalanced.
Variable F : realFieldType.

(* A symmetric matrix that is not zero has a value that is not. *)
Lemma form_neq0 n (N : 'M[F]_n) : N^T = N -> N != 0 -> exists z : 'cV_n, dot z (N *m z) != 0.
Proof.
move=> sym N_neq0; pose e i : 'cV[F]_n := \col_a (a == i)%:R.
have ee i j : dot (e i) (N *m e j) = N i j.
  rewrite /dot (bigD1 i) //= big_ord1 [X in X + _]mulrC !mxE eqxx mulr1 (bigD1 j) //= mxE eqxx.
  rewrite mulr1.
  rewrite !big1 ?addr0 // => k kj; last by rewrite mxE (negPf kj) mulr0.
  by rewrite big_ord1 mxE (negPf kj) mul0r.
have [ij found|none] := pickP (fun ij : 'I_n * 'I_n =>
    dot (e ij.1 + e ij.2) (N *m (e ij.1 + e ij.2)) != 0); first by exists (e ij.1 + e ij.2).
have zero i j : N i i + N i j + (N j i + N j j) = 0.
  by have /negbFE/eqP := none (i, j); rewrite mulmxDr !dotDr !dotDl !ee addrACA.
have two : 2 != 0 :> F by rewrite pnatr_eq0.
have diag i : N i i = 0.
  have := zero i i; have -> : N i i + N i i + (N i i + N i i) = 2 * (2 * N i i) by ring.
  by move/eqP; rewrite !mulf_eq0 (negPf two) => /eqP.
case/eqP: N_neq0; apply/matrixP => i j; have := zero i j; rewrite !diag add0r addr0.
have -> : N j i = N i j by rewrite -{1}sym mxE.
by rewrite -mulr2n -mulr_natl mxE => /eqP; rewrite mulf_eq0 (negPf two) => /eqP.
Qed.

(* One column among those of all widths. *)
Lemma family (d : nat -> nat) k (z : 'cV[F]_(d k)) : exists zz : forall j, 'cV[F]_(d j), zz k = z.
Proof.
exists (fun j => \col_a (if insub (val a) is Some b then z b 0 else 0)).
by apply/matrixP => a b; rewrite mxE valK ord1.
Qed.

Lemma stretched m n (W : 'M[F]_(m, n)) (z : 'cV_m) c : z != 0 ->
  sq (W + ((c - 1) / sq z) *: (z *m (z^T *m W))) = sq W + (c ^+ 2 - 1) / sq z * sq (W^T *m z).
Proof.
move=> z_neq0; have E : z^T *m W = (W^T *m z)^T by rewrite trmx_mul trmxK.
rewrite sqD sqZ dotZr dot_mull E sq_rank1 -/(sq _) sq_trmx.
have n_neq0 : sq z != 0 by rewrite sq_eq0.
rewrite -mulr_natl -addrA; congr (_ + _); rewrite !mulrA -mulrDl; congr (_ * _).
move: (sq z) n_neq0 => s s_neq0; have unit : s^-1 * s = 1 by rewrite mulVf.
rewrite exprMn; move: s^-1 unit => i unit.
transitivity (2 * ((c - 1) * i) + (c - 1) ^+ 2 * i * (i * s)); first by ring.
by rewrite unit; ring.
Qed.

Lemma cheaper (a b : F) : 0 <= a -> 0 <= b -> a != b ->
  exists2 c, 0 < c & a * (c ^+ 2 - 1) + b * (c^-1 ^+ 2 - 1) < 0.
Proof.
have half (x y : F) : 0 <= x -> x < y ->
    exists2 c, 0 < c & x * (c ^+ 2 - 1) + y * (c^-1 ^+ 2 - 1) < 0.
  move=> x0 xy; have y0 : 0 < y by apply: le_lt_trans xy.
  have s0 : 0 < x + y by rewrite ltr_paddl.
  have c0 : 0 < 2 * y / (x + y) by rewrite divr_gt0 ?mulr_gt0 ?ltr0n.
  exists (2 * y / (x + y)) => //.
  have big : 1 < 2 * y / (x + y).
    by rewrite ltr_pdivl_mulr // mul1r mulr_natl mulr2n ltr_add2r.
  have small : x * (2 * y / (x + y)) ^+ 2 < y.
    rewrite expr_div_n mulrA ltr_pdivr_mulr ?exprn_gt0 // -subr_gt0.
    have -> : y * (x + y) ^+ 2 - x * (2 * y) ^+ 2 = y * (y - x) ^+ 2 by ring.
    by rewrite mulr_gt0 // exprn_gt0 // subr_gt0.
  move: (2 * y / (x + y)) c0 big small => c c0 big small.
  have c_neq0 : c != 0 by rewrite gt_eqF.
  have -> : x * (c ^+ 2 - 1) + y * (c^-1 ^+ 2 - 1) =
      - ((c ^+ 2 - 1) * (y - x * c ^+ 2) * c^-1 ^+ 2).
    have unit : c ^+ 2 * c^-1 ^+ 2 = 1 by rewrite -exprMn divff ?expr1n.
    move: (c^-1 ^+ 2) (c ^+ 2) unit => i e unit.
    transitivity (x * (e - 1) * (e * i) + y * (i - e * i)); last by ring.
    by rewrite unit mulr1.
  by rewrite oppr_lt0 !mulr_gt0 ?subr_gt0 ?exprn_gt0 ?invr_gt0 ?exprn_egt1.
move=> a0 b0; rewrite neq_lt => /orP [ab|ba]; first exact: half.
have [c c0 lt] := half b a b0 ba; exists c^-1; rewrite ?invr_gt0 // invrK addrC.
exact: lt.
Qed.

End Unbalanced.

Theorem only_if : statements.weight_energy_ge_schatten.only_if.
Proof.
move=> F d L W h k kL uneven [Q [e [r [unit eigen root hE]]]].
pose N := (W k.+1)^T *m W k.+1 - W k *m (W k)^T.
have N_sym : N^T = N by rewrite /N linearB /= !trmx_mul !trmxK.
have N_neq0 : N != 0 by apply/eqP => /eqP; rewrite subr_eq0 => /eqP.
have [z zN] := form_neq0 N_sym N_neq0.
pose a := sq ((W k)^T *m z); pose b := sq (W k.+1 *m z).
have ab : a != b.
  apply: contraNneq zN => ab; rewrite /N mulmxBl dotBr -!mulmxA dot_mull trmxK -/(sq _) -/b -ab.
  by rewrite dot_mull -/(sq _) subrr.
have z_neq0 : z != 0 by apply: contraNneq zN => ->; rewrite dot0l.
have n_gt0 : 0 < sq z by rewrite sq_gt0.
have [c c_gt0 less] := cheaper (sq_ge0 _ : 0 <= a) (sq_ge0 _ : 0 <= b) ab.
have [zz zzE] := family (z : 'cV_(d k.+1)).
pose gauge x j : 'M[F]_(d j) := if j == k.+1 then 1%:M + ((x - 1) / sq z) *: (zz j *m (zz j)^T)
  else 1%:M.
have off x j : j != k.+1 -> gauge x j = 1%:M by rewrite /gauge => /negPf ->.
have undo j : gauge c^-1 j *m gauge c j = 1%:M.
  have [->|jk] := eqVneq j k.+1; last by rewrite !off // mulmx1.
  rewrite /gauge eqxx zzE mulmxDl mul1mx mulmxDr mulmx1 -scalemxAl -scalemxAr -addrA.
  have -> : z *m z^T *m (z *m z^T) = sq z *: (z *m z^T).
    rewrite mulmxA -(mulmxA z) [z^T *m z]mx11_scalar.
    have -> : (z^T *m z) 0 0 = sq z by rewrite /sq dotE /mxtrace big_ord1.
    by rewrite mul_mx_scalar -scalemxAl.
  rewrite !scalerA -!scalerDl; set s := (X in X *: _); have -> : s = 0; last first.
    by rewrite scale0r addr0.
  have n1 : (sq z)^-1 * sq z = 1 by rewrite mulVf ?gt_eqF.
  have c1 : c^-1 * c = 1 by rewrite mulVf ?gt_eqF.
  rewrite /s; move: n1 c1; move: (sq z)^-1 => i; move: (sq z) c^-1 => n x n1 c1.
  transitivity ((x - 1) * i + (c - 1) * i + (x * c - x - c + 1) * i * (i * n)); last first.
    by rewrite n1 c1; ring.
  ring.
pose V : network F d := fun j => gauge c j.+1 *m W j *m gauge c^-1 j.
have prefixV j : prefix V j = gauge c j *m prefix W j.
  elim: j => [|j IH] /=; first by rewrite off // mulmx1.
  by rewrite IH /V -!mulmxA (mulmxA (gauge c^-1 j)) undo mul1mx.
have same : prefix V L = prefix W L by rewrite prefixV off ?mul1mx // gtn_eqF.
have bound : L%:R * h <= energy L V by apply: lower; exists Q, e, r; rewrite same.
apply: le_lt_trans bound _.
have Vk : sq (V k) = sq (W k) + (c ^+ 2 - 1) / sq z * a.
  rewrite /V (off _ k) ?ltn_eqF // mulmx1 /gauge eqxx zzE mulmxDl mul1mx -scalemxAl -mulmxA.
  exact: stretched.
have Vk1 : sq (V k.+1) = sq (W k.+1) + (c^-1 ^+ 2 - 1) / sq z * b.
  rewrite /V (off _ k.+2) ?gtn_eqF // mul1mx /gauge eqxx zzE mulmxDr mulmx1 -scalemxAr.
  rewrite -sq_trmx linearD linearZ /= !trmx_mul trmxK -mulmxA stretched // trmxK sq_trmx.
  by [].
have k_lt : (k < L)%N by apply: ltnW.
have apart : Ordinal kL != Ordinal k_lt by rewrite -val_eqE /= gtn_eqF.
rewrite /energy (bigD1 (Ordinal k_lt)) // (bigD1 (Ordinal kL)) //= Vk Vk1.
rewrite [ltRHS](bigD1 (Ordinal k_lt)) // [X in _ < _ + X](bigD1 (Ordinal kL)) //=.
rewrite [X in _ + (_ + X) < _](eq_bigr (fun j : 'I_L => sq (W j))) => [|j /andP [jk jk1]].
  set rest := \sum_(j < L | _) _; rewrite -subr_lt0.
  have regroup (x y p q s : F) : x + p * (sq z)^-1 * a + (y + q * (sq z)^-1 * b + s) - (x + (y + s))
      = (a * p + b * q) * (sq z)^-1 by ring.
  by rewrite regroup pmulr_llt0 ?invr_gt0.
by rewrite /V !off ?mul1mx ?mulmx1.
Qed.

(* One layer of one neuron of weight 1. *)
Theorem larger_factor_false : ~ statements.weight_energy_ge_schatten.larger_factor.
Proof.
move=> /(_ rat_realFieldType (fun=> 1%N) 1%N (scalar_network 1 1) 1).
have -> : energy 1 (scalar_network 1 (1 : rat)) = 1.
  by rewrite /energy big_ord1 /sq dotE trmx1 mulmx1 mxtrace1.
move=> claim; suff : (1 + 1) * 1 <= 1 :> rat by [].
apply: claim; exists 1%:M, (const_mx 1), (const_mx 1).
rewrite prefix_scalar expr1n !trmx1 !mulmx1 mul1mx; split=> // [|i|].
- by apply/matrixP => i j; rewrite !mxE ord1 (ord1 j).
- by rewrite !mxE; split; rewrite ?expr1n.
by rewrite big_ord1 mxE.
Qed.
