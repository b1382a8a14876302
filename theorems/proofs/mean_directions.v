(* Directions in which two forms are both at least their means, as in Fillmore's theorem: a
   symmetric matrix of trace zero has an orthonormal basis in which its diagonal vanishes.  A form of
   trace zero vanishes in some direction; a reflection turns that to the first axis, and the rest is
   smaller.  Nothing here is a statement of ours. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section MeanDirections.
Variable F : rcfType.

Lemma dot_delta n (i : 'I_n) (x : 'cV[F]_n) : dot (delta_mx i 0 : 'cV[F]_n) x = x i 0.
Proof.
rewrite /dot (bigD1 i) //= big_ord1 mxE !eqxx mul1r big1 ?addr0 // => j ji.
by rewrite big_ord1 mxE (negPf ji) mul0r.
Qed.

Lemma sq_delta n (i : 'I_n) : sq (delta_mx i 0 : 'cV[F]_n) = 1.
Proof. by rewrite /sq dot_delta mxE !eqxx. Qed.

Lemma unit_sq n (v : 'cV[F]_n) : v != 0 -> sq ((Num.sqrt (sq v))^-1 *: v) = 1.
Proof. by rewrite -sq_gt0 => v_gt0; rewrite sqZ exprVn sqr_sqrtr ?mulVf ?gt_eqF // ltW. Qed.

(* A reflection that takes the first unit vector to v. *)
Lemma turning n (v : 'cV[F]_n.+1) : sq v = 1 ->
  exists H : 'M[F]_n.+1, [/\ H^T = H, H *m H = 1%:M & H *m delta_mx 0 0 = v].
Proof.
move=> v1; set e : 'cV[F]_n.+1 := delta_mx 0 0; pose w := v - e.
have e1 : sq e = 1 := sq_delta 0.
have [w0|w_neq0] := eqVneq w 0.
  exists 1%:M; rewrite trmx1 !mul1mx; split=> //.
  by apply/esym/eqP; rewrite -subr_eq0 -/w w0.
have q_neq0 : sq w != 0 by rewrite sq_eq0.
pose c := 2 / sq w; have cE : c * sq w = 2 by rewrite divfK.
have we : c * dot w e = -1.
  have -> : dot w e = - (sq w / 2).
    rewrite {2}/w sqB v1 e1 /w dotC dotBr -/(sq e) e1 dotC mulr2n.
    by apply: (@mulIf _ 2); rewrite ?pnatr_eq0 // mulNr divfK ?pnatr_eq0 //; ring.
  by rewrite mulrN mulrA cE divff // pnatr_eq0.
exists (1%:M - c *: (w *m w^T)); split.
- by rewrite linearB linearZ /= trmx1 trmx_mul trmxK.
- set P := w *m w^T; have PP : P *m P = sq w *: P.
    by rewrite mulmxA -[P *m w]mulmxA row_col mul_mx_scalar -scalemxAl.
  rewrite mulmxBr mulmx1 -scalemxAr mulmxBl mul1mx -scalemxAl PP scalerA cE.
  by rewrite scaler_nat mulr2n opprD addrA subrr sub0r scalerN opprK subrK.
rewrite mulmxBl mul1mx -scalemxAl -mulmxA row_col mul_mx_scalar scalerA we scaleN1r opprK.
by rewrite addrC subrK.
Qed.

Lemma form_delta n (A : 'M[F]_n) i j :
  dot (delta_mx i 0 : 'cV[F]_n) (A *m delta_mx j 0) = A i j.
Proof. by rewrite dot_delta -colE mxE. Qed.

Lemma normalised n (A : 'M[F]_n) (v : 'cV[F]_n) : v != 0 -> dot v (A *m v) = 0 ->
  exists2 x : 'cV[F]_n, sq x = 1 & dot x (A *m x) = 0.
Proof.
move=> v_neq0 v0; exists ((Num.sqrt (sq v))^-1 *: v); first exact: unit_sq.
by rewrite -scalemxAr dotZl dotZr v0 !mulr0.
Qed.

(* A form of trace zero vanishes somewhere. *)
Lemma vanishing n (A : 'M[F]_n.+1) : A^T = A -> \tr A = 0 ->
  exists2 v : 'cV[F]_n.+1, sq v = 1 & dot v (A *m v) = 0.
Proof.
move=> sym tr0; have at0 : A 0 0 = 0 -> exists2 v : 'cV[F]_n.+1, sq v = 1 & dot v (A *m v) = 0.
  by move=> A0; exists (delta_mx 0 0); rewrite ?sq_delta ?form_delta.
have [/existsP [i p_gt0]|/existsPn no] := boolP [exists i, 0 < A i i]; last first.
  apply: at0; apply/eqP; rewrite -oppr_eq0; have ge0 i : true -> 0 <= - A i i.
    by rewrite oppr_ge0 leNgt no.
  have /eqP := tr0; rewrite -oppr_eq0 -sumrN => /eqP /(psumr_eq0P ge0) all0.
  by rewrite all0.
have [/existsP [j q_lt0]|/existsPn no] := boolP [exists j, A j j < 0]; last first.
  have ge0 k : true -> 0 <= A k k by rewrite leNgt no.
  by have /(psumr_eq0P ge0) all0 := tr0; move: p_gt0; rewrite all0 // ltxx.
have ij : i != j by apply: contraTneq p_gt0 => ->; rewrite -leNgt ltW.
pose p := A i i; pose q := A j j; pose r := A i j; pose s := Num.sqrt (r ^+ 2 - p * q).
have sE : s ^+ 2 = r ^+ 2 - p * q.
  by rewrite sqr_sqrtr // subr_ge0 (le_trans _ (sqr_ge0 r)) // nmulr_lle0 // ltW.
have q_neq0 : q != 0 by rewrite lt_eqF.
pose t := (s - r) / q; apply: (@normalised _ A (delta_mx i 0 + t *: delta_mx j 0)).
  apply: contraTneq p_gt0 => /matrixP /(_ i 0) /eqP.
  by rewrite !mxE !eqxx (negPf ij) mulr0 addr0 oner_eq0.
have symij : A j i = r by rewrite -[in LHS]sym mxE.
rewrite mulmxDr dotDr !dotDl -!scalemxAr !dotZl !dotZr !form_delta symij -/p -/q -/r.
apply: (mulfI q_neq0); rewrite mulr0.
have tE : q * t = s - r by rewrite mulrC divfK.
have -> : q * (p + t * r + (t * r + t * (t * q))) = (q * t) ^+ 2 + 2 * r * (q * t) + p * q by ring.
by rewrite tE -[p * q](subKr (r ^+ 2)) -sE; ring.
Qed.

(* --- one form ------------------------------------------------------------------------------ *)
(* Where a form of trace zero vanishes, another one can be as large as its mean. *)
Lemma mean_direction n (A P : 'M[F]_n.+1) : A^T = A -> \tr A = 0 ->
  exists z : 'cV[F]_n.+1, [/\ sq z = 1, dot z (A *m z) = 0 & \tr P <= n.+1%:R * dot z (P *m z)].
Proof.
elim: n A P => [|n IH] A P sym tr0; have [v v1 v0] := vanishing sym tr0.
  exists v; split=> //; rewrite mul1r /mxtrace big_ord1.
  have vE : v = (v 0 0)%:M by apply/matrixP => i j; rewrite !ord1 mxE eqxx.
  have := v1; rewrite /sq /dot !big_ord1 => v00; rewrite mxE big_ord1.
  by rewrite mulrCA v00 mulr1.
have [le|gt] := leP (\tr P) (n.+2%:R * dot v (P *m v)); first by exists v.
have [H [Hs HH Hv]] := turning v1.
pose B := H *m A *m H; pose Q := H *m P *m H.
have trE (M : 'M[F]_n.+2) : \tr (H *m M *m H) = \tr M by rewrite mxtrace_mulC mulmxA HH mul1mx.
have formE (M : 'M[F]_n.+2) x : dot x (H *m M *m H *m x) = dot (H *m x) (M *m (H *m x)).
  by rewrite -!mulmxA dot_mull Hs.
have at0 (M : 'M[F]_n.+2) : (H *m M *m H) 0 0 = dot v (M *m v).
  by rewrite -form_delta formE Hv.
have cut (M : 'M[F]_(1 + n.+1)) : \tr M = M 0 0 + \tr (drsubmx M).
  rewrite -{1}(submxK M) mxtrace_block; congr (_ + _); rewrite /mxtrace big_ord1 !mxE.
  by congr (M _ _); apply/val_inj.
have below (M : 'M[F]_(1 + n.+1)) (z : 'cV[F]_n.+1) :
    dot (col_mx 0 z) (M *m col_mx 0 z) = dot z (drsubmx M *m z).
  rewrite -{1}(submxK M) mul_block_col !mulmx0 !add0r !dotE tr_col_mx mul_row_col trmx0 mul0mx.
  by rewrite add0r.
have padded (z : 'cV[F]_n.+1) : sq (col_mx (0 : 'M_1) z) = sq z.
  by rewrite /sq !dotE tr_col_mx mul_row_col trmx0 mul0mx add0r.
have [||z [z1 z0 P_le]] := IH (@drsubmx _ 1 n.+1 1 n.+1 B) (@drsubmx _ 1 n.+1 1 n.+1 Q).
- by rewrite trmx_drsub /B !trmx_mul Hs sym mulmxA.
- by have := cut B; rewrite trE tr0 at0 v0 add0r => <-.
pose x : 'cV[F]_n.+2 := @col_mx _ 1 n.+1 1 0 z; exists (H *m x); split.
- have -> : sq (H *m x) = sq x by rewrite /sq dot_mull mulmxA Hs HH mul1mx.
  exact: etrans (padded z) z1.
- by rewrite -formE below.
rewrite -formE below -(ler_pmul2l (ltr0Sn F n)).
have := cut Q; rewrite trE at0; move: P_le; set low := (X in X <= _ -> _) => P_le PE.
apply: le_trans (_ : n.+2%:R * low <= _); last by rewrite mulrCA ler_pmul2l ?ltr0Sn.
have -> : low = \tr P - dot v (P *m v) by rewrite PE addrAC subrr add0r.
rewrite mulrBr ler_subr_addr.
have -> : n.+2%:R * \tr P = n.+1%:R * \tr P + \tr P by rewrite [in LHS]mulrSr mulrDl mul1r.
by rewrite ler_add2l ltW.
Qed.

(* --- samples --------------------------------------------------------------------------------- *)
Lemma form_sq p q (B : 'M[F]_(p, q)) (z : 'cV[F]_q) : dot z (B^T *m B *m z) = sq (B *m z).
Proof. by rewrite -mulmxA dot_mull trmxK. Qed.

Lemma dependent p n (X : 'M[F]_(p, n)) : (\rank X < n)%N ->
  exists2 s : 'cV[F]_n, sq s = 1 & X *m s = 0.
Proof.
move=> rank_lt; have : kermx X^T != 0 by rewrite -mxrank_eq0 mxrank_ker -lt0n subn_gt0 mxrank_tr.
case/rowV0Pn => k /sub_kermxP kX k_neq0.
exists ((Num.sqrt (sq k^T))^-1 *: k^T); first by rewrite unit_sq // trmx_eq0.
by rewrite -scalemxAr -[X]trmxK -trmx_mul kX trmx0 scaler0.
Qed.

Lemma sq_col0 p n (B : 'M[F]_(n, p)) : sq (col_mx (0 : 'M_(1, p)) B) = sq B.
Proof. by rewrite /sq !dotE tr_col_mx mul_row_col trmx0 mul0mx add0r. Qed.

Lemma sq_row0 p n (B : 'M[F]_(p, n)) : sq (row_mx (0 : 'M_(p, 1)) B) = sq B.
Proof. by rewrite -[LHS]sq_trmx -[RHS]sq_trmx tr_row_mx trmx0 sq_col0. Qed.

Lemma row0_col0 p n k (B : 'M[F]_(p, n)) (E : 'M[F]_(n, k)) :
  row_mx (0 : 'M_(p, 1)) B *m col_mx 0 E = B *m E.
Proof. by rewrite mul_row_col mulmx0 add0r. Qed.

Lemma first_column p n (M : 'M[F]_(p, 1 + n)) :
  M *m (delta_mx 0 0 : 'cV_(1 + n)) = 0 -> M = row_mx 0 (rsubmx M).
Proof.
move=> M0; rewrite -[LHS]hsubmxK; congr (row_mx _ _); apply/matrixP => i j.
have /matrixP /(_ i 0) := M0; rewrite -colE !mxE => <-; congr (M _ _).
by apply/val_inj; rewrite /= ord1.
Qed.

Section Samples.
Variables (p q r : nat) (T : 'M[F]_(q, p)).

(* r is at least the rank of X. *)
Definition even m (X : 'M[F]_(p, m)) (z : 'cV[F]_m) :=
  [/\ sq z = 1, sq X <= r%:R * sq (X *m z) & sq (T *m X) <= r%:R * sq (T *m X *m z)].

Lemma even_few m (X : 'M[F]_(p, m.+1)) : (m < r)%N -> exists z, even X z.
Proof.
move=> mr; set Z := T *m X; pose A := sq Z *: (X^T *m X) - sq X *: (Z^T *m Z).
have [||z [z1 z0 large]] := @mean_direction m A (X^T *m X).
- by rewrite /A raddfB /= ![(_ *: _)^T]linearZ /= !trmx_mul !trmxK.
- by rewrite raddfB /= !mxtraceZ -!dotE mulrC subrr.
move: z0 large; rewrite -dotE form_sq mulmxBl -!scalemxAl dotBr !dotZr !form_sq => /eqP.
rewrite subr_eq0 => /eqP same large.
have first : sq X <= r%:R * sq (X *m z).
  by apply: le_trans large _; rewrite ler_wpmul2r ?sq_ge0 // ler_nat.
exists z; split=> //; rewrite -/Z.
have [X0|X_neq0] := eqVneq (sq X) 0.
  by move/eqP: X0; rewrite sq_eq0 /Z => /eqP ->; rewrite !mulmx0 mul0mx /sq !dot0r mulr0.
have X_gt0 : 0 < sq X by rewrite lt_def X_neq0 sq_ge0.
by rewrite -(ler_pmul2l X_gt0) mulrCA -same mulrCA [leLHS]mulrC ler_wpmul2l ?sq_ge0.
Qed.

Lemma even_sample m (X : 'M[F]_(p, m.+1)) : (\rank X <= r)%N -> exists z, even X z.
Proof.
elim: m X => [|m IH] X rank_le; first have [few|] := ltnP 0 r.
- exact: even_few.
- rewrite leqn0 => /eqP r0; move: rank_le; rewrite r0 leqn0 mxrank_eq0 => /eqP ->.
  exists (delta_mx 0 0); split; first exact: sq_delta.
    by rewrite mul0mx /sq !dot0r mulr0.
  by rewrite !mulmx0 mul0mx /sq !dot0r mulr0.
have [few|many] := ltnP m.+1 r; first exact: even_few.
have [s s1 Xs] := dependent (leq_ltn_trans rank_le (many : (r < m.+2)%N)).
have [H [Hs HH He]] := turning s1.
pose X1 : 'M[F]_(p, m.+1) := @rsubmx _ p 1 m.+1 (X *m H).
have XH : X *m H = row_mx (0 : 'M_(p, 1)) X1.
  by apply: first_column; rewrite -mulmxA He.
have turn k (B : 'M[F]_(k, m.+2)) : sq (B *m H) = sq B.
  by rewrite /sq dot_mulr Hs -mulmxA HH mulmx1.
pose I1 : 'M[F]_(m.+2, m.+1) := @col_mx _ 1 m.+1 m.+1 0 1%:M.
have X1E : X *m (H *m I1) = X1 *m 1%:M by rewrite mulmxA XH; apply: row0_col0.
have rank1 : (\rank X1 <= r)%N by rewrite -[X1]mulmx1 -X1E (leq_trans (mxrankM_maxl _ _)).
have [z [z1 Xz Tz]] := IH X1 rank1; pose x : 'cV[F]_m.+2 := @col_mx _ 1 m.+1 1 0 z.
have Xx : X *m (H *m x) = X1 *m z by rewrite mulmxA XH; apply: row0_col0.
have sqX : sq X = sq X1 by rewrite -turn XH; apply: sq_row0.
have sqT : sq (T *m X) = sq (T *m X1).
  rewrite -turn -mulmxA XH -[RHS]sq_row0; congr sq.
  by rewrite (@mul_mx_row _ q p 1 m.+1) mulmx0.
exists (H *m x); split.
- have -> : sq (H *m x) = sq x by rewrite /sq dot_mull mulmxA Hs HH mul1mx.
  exact: etrans (sq_col0 z) z1.
- by rewrite Xx sqX.
- by rewrite -mulmxA Xx mulmxA sqT.
Qed.

End Samples.

(* The normal equations have a solution. *)
Lemma normal p n (X : 'M[F]_(p, n)) (z : 'cV[F]_n) : exists y : 'cV[F]_p, X *m X^T *m y = X *m z.
Proof.
have ker : (kermx (X *m X^T) <= kermx X)%MS.
  apply/rV_subP => u /sub_kermxP u0; apply/sub_kermxP/eqP; rewrite -sq_eq0 /sq dot_mulr.
  by rewrite -mulmxA u0 dot0l.
have rank_le : (\rank X^T <= \rank (X *m X^T))%N.
  by have := leq_sub2l p (mxrankS ker); rewrite !mxrank_ker mxrank_tr !subKn ?rank_leq_row.
have rows : (X^T <= X *m X^T)%MS.
  by rewrite -(mxrank_leqif_sup (submxMl X X^T)) eqn_leq rank_le mxrankS ?submxMl.
have /submxP [D zD] : (z^T *m X^T <= X *m X^T)%MS := submx_trans (submxMl _ _) rows.
by exists D^T; apply: trmx_inj; rewrite [RHS]trmx_mul zD !trmx_mul !trmxK.
Qed.

End MeanDirections.
