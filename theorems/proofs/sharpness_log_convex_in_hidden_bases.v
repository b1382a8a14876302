(* U11.  With new hidden bases the layers of the dual form are G_k^{-1} M G_{k-1}, with the inverse
   bases G_k M G_{k-1}^{-1}; for symmetric bases these two have the inner product |M|², and
   Cauchy-Schwarz compares the three forms.  Contraction keeps the suffixes and projects the
   prefixes.  The sharpness is the largest value of the form, by [dual_le] and [dual_ge]. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions lemmas layers.
From Proofs Require sharpness_ge_along_paths.
From Proofs.statements Require Import sharpness_log_convex_in_hidden_bases.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- new bases ------------------------------------------------------------------------------ *)
Section Bases.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (G H : forall k, 'M[F]_(d k)).
Hypothesis GH : forall k : nat, G k *m H k = 1%:M.
Hypothesis HG : forall k : nat, H k *m G k = 1%:M.
Hypothesis G0 : G 0%N = 1%:M.
Hypothesis GL : G L = 1%:M.
Implicit Types W V : network F d.

Definition rebased W : network F d := fun k => G k.+1 *m W k *m H k.

Lemma prefix_rebased W k : prefix (rebased W) k = G k *m prefix W k.
Proof.
elim: k => [|k IH]; first by rewrite /= mulmx1 G0.
by rewrite /= IH /rebased -!mulmxA (mulmxA (H k)) HG mul1mx.
Qed.

Lemma above_rebased W f k : (k + f)%N = L -> above L (rebased W) f k *m G k = above L W f k.
Proof.
elim: f k => [|f IH] k.
  by rewrite addn0 => kL; move: GL; rewrite -kL /= pid_mx_1 mul1mx.
rewrite addnS -addSn => kL; rewrite /= /rebased -(IH _ kL) -!mulmxA.
by rewrite HG mulmx1.
Qed.

Lemma suffix_rebased W k : (k <= L)%N -> suffix L (rebased W) k = suffix L W k *m H k.
Proof.
move=> kL; rewrite /suffix -(above_rebased W (subnKC kL)) -mulmxA.
by rewrite GH mulmx1.
Qed.

Lemma prefix_rebasedL W : prefix (rebased W) L = prefix W L.
Proof. by rewrite prefix_rebased GL mul1mx. Qed.

Lemma minimizer_rebased W : minimizer X Y (rebased W) <-> minimizer X Y W.
Proof. by rewrite /minimizer prefix_rebasedL. Qed.

Lemma dual_rebased W (D : 'M[F]_(d L, d 0)) k : (k < L)%N ->
  dual X (rebased W) D k = (H k.+1)^T *m dual X W D k *m (G k)^T.
Proof.
by move=> kL; rewrite /dual suffix_rebased // prefix_rebased !trmx_mul !mulmxA.
Qed.

(* The directions V' at the new layers that are V at the old ones. *)
Lemma dprefix_rebased W V V' : (forall k, V' k *m G k = G k.+1 *m V k) ->
  forall k, dprefix (rebased W) V' k = G k *m dprefix W V k.
Proof.
move=> same; elim=> [|k IH]; first by rewrite /= mulmx0.
rewrite /= IH prefix_rebased !mulmxA same /rebased mulmxDr !mulmxA; congr (_ + _).
by rewrite -(mulmxA _ (H k)) HG mulmx1.
Qed.

Lemma ddprefix_rebased W V V' : (forall k, V' k *m G k = G k.+1 *m V k) ->
  forall k, ddprefix (rebased W) V' k = G k *m ddprefix W V k.
Proof.
move=> same; elim=> [|k IH]; first by rewrite /= mulmx0.
rewrite /= IH (dprefix_rebased _ same) !mulmxA same /rebased mulmxDr !mulmxA; congr (_ + _).
by rewrite -(mulmxA _ (H k)) HG mulmx1.
Qed.

Lemma hessian_rebased W V V' : (forall k, V' k *m G k = G k.+1 *m V k) ->
  hessian X Y (rebased W) V' = hessian X Y W V.
Proof.
move=> same; rewrite !hessianE (dprefix_rebased _ same) (ddprefix_rebased _ same).
by rewrite /residual prefix_rebasedL GL !mul1mx.
Qed.

Hypothesis rot : forall k : nat, (G k)^T *m G k = 1%:M.

Lemma turned_inverse k : H k = (G k)^T.
Proof. by rewrite -[RHS]mulmx1 -(GH k) mulmxA rot mul1mx. Qed.

Lemma sq_turned k n (A : 'M[F]_(d k, n)) : sq (G k *m A) = sq A.
Proof. by rewrite /sq dot_mull mulmxA rot mul1mx. Qed.

Lemma sq_turned_right k n (A : 'M[F]_(n, d k)) : sq (A *m G k) = sq A.
Proof. by rewrite /sq dot_mulr -mulmxA -turned_inverse GH mulmx1. Qed.

Lemma energy_turned V V' : (forall k, V' k *m G k = G k.+1 *m V k) -> energy L V' = energy L V.
Proof.
by move=> same; apply: eq_bigr => k _; rewrite -(sq_turned (V k)) -same sq_turned_right.
Qed.

Lemma is_sharpness_rebased W S :
  is_sharpness X Y (rebased W) S <-> is_sharpness X Y W S.
Proof.
have there V k : rebased V k *m G k = G k.+1 *m V k.
  by rewrite /rebased -(mulmxA _ (H k)) HG mulmx1.
pose old V' : network F d := fun k => H k.+1 *m V' k *m G k.
have back V' k : V' k *m G k = G k.+1 *m old V' k.
  by rewrite /old -(mulmxA (H k.+1)) (mulmxA (G k.+1)) GH mul1mx.
split=> [[bound [V' [V'_neq0 V'E]]]|[bound [V [V_neq0 VE]]]]; split.
- by move=> V; rewrite -(hessian_rebased _ (there V)) -(energy_turned (there V)).
- by exists (old V'); rewrite -(hessian_rebased _ (back V')) -(energy_turned (back V')).
- by move=> V'; rewrite (hessian_rebased _ (back V')) (energy_turned (back V')).
- by exists (rebased V); rewrite (hessian_rebased _ (there V)) (energy_turned (there V)).
Qed.

Lemma energy_dual_rebased W (D : 'M[F]_(d L, d 0)) :
  energy L (dual X (rebased W) D) = energy L (dual X W D).
Proof.
apply: eq_bigr => k _; rewrite dual_rebased // !turned_inverse trmxK.
by rewrite -turned_inverse -[RHS](sq_turned (dual X W D k)) -[LHS]sq_turned_right -mulmxA HG mulmx1.
Qed.

End Bases.

(* The inverse bases of those of the statements. *)
Lemma invmx1 (F : realFieldType) n : invmx (1%:M : 'M[F]_n) = 1%:M.
Proof. by rewrite -[LHS]mulmx1 mulVmx ?unitmx1. Qed.

Lemma gram_quotientE (F : realFieldType) (d : nat -> nat) L m (X : 'M[F]_(d 0%N, m)) W
    (D : 'M[F]_(d L, d 0%N)) :
  gram_quotient X W D = 2 * energy L (dual X W D) / dot D (D *m moment X).
Proof. by []. Qed.

Section Hidden.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (G : forall k, 'M[F]_(d k)).
Hypothesis hidden : hidden_bases L G.
Let H k := invmx (G k).

Lemma hidden_GH k : G k *m H k = 1%:M. Proof. by case: hidden => unit _ _; apply: mulmxV. Qed.
Lemma hidden_HG k : H k *m G k = 1%:M. Proof. by case: hidden => unit _ _; apply: mulVmx. Qed.
Lemma hidden_G0 : G 0%N = 1%:M. Proof. by case: hidden. Qed.
Lemma hidden_GL : G L = 1%:M. Proof. by case: hidden. Qed.
Lemma hidden_H0 : H 0%N = 1%:M. Proof. by rewrite /H hidden_G0 invmx1. Qed.
Lemma hidden_HL : H L = 1%:M. Proof. by rewrite /H hidden_GL invmx1. Qed.

Lemma dual_forward W (D : 'M[F]_(d L, d 0%N)) k : (k < L)%N ->
  dual X (forward G W) D k = (H k.+1)^T *m dual X W D k *m (G k)^T.
Proof. exact: dual_rebased hidden_GH hidden_HG hidden_G0 hidden_GL W D k. Qed.

Lemma dual_backward W (D : 'M[F]_(d L, d 0%N)) k : (k < L)%N ->
  dual X (backward G W) D k = (G k.+1)^T *m dual X W D k *m (H k)^T.
Proof. exact: dual_rebased hidden_HG hidden_GH hidden_H0 hidden_HL W D k. Qed.

Lemma minimizer_forward W : minimizer X Y (forward G W) <-> minimizer X Y W.
Proof. exact: minimizer_rebased hidden_HG hidden_G0 hidden_GL W. Qed.

Lemma minimizer_backward W : minimizer X Y (backward G W) <-> minimizer X Y W.
Proof. exact: minimizer_rebased hidden_GH hidden_H0 hidden_HL W. Qed.

Lemma dual_cauchy W (D : 'M[F]_(d L, d 0%N)) : symmetric G ->
  energy L (dual X W D) ^+ 2
    <= energy L (dual X (forward G W) D) * energy L (dual X (backward G W) D).
Proof.
move=> sym; apply: le_trans (cauchy_schwarz_layers L _ _).
rewrite le_eqVlt; apply/orP; left; apply/eqP; congr (_ ^+ 2); apply: eq_bigr => k _.
rewrite dual_forward // dual_backward // dot_mulr dot_mull !trmxK !sym.
rewrite -(mulmxA _ (G k)) hidden_GH mulmx1 mulmxA.
have HTG : G k.+1 *m (H k.+1)^T = 1%:M.
  by rewrite -[X in X *m _]sym -trmx_mul hidden_HG trmx1.
by rewrite HTG mul1mx.
Qed.

End Hidden.

Theorem cauchy : statements.sharpness_log_convex_in_hidden_bases.cauchy.
Proof.
move=> F d L m X W G D hidden sym; rewrite !gram_quotientE.
have := dual_cauchy X hidden W D sym.
move: (energy _ _) (energy _ _) (energy _ _) => b a e; move: (dot _ _)^-1 => f le_ab.
have -> : 2 * a * f * (2 * b * f) = (2 * f) ^+ 2 * (a * b) by ring.
have -> : (2 * e * f) ^+ 2 = (2 * f) ^+ 2 * e ^+ 2 by ring.
by rewrite ler_wpmul2l ?sqr_ge0.
Qed.

Theorem convex : statements.sharpness_log_convex_in_hidden_bases.convex.
Proof.
move=> F d L m X Y W G S S1 S2 hidden sym fits [_ [V [V_neq0 VE]]] bound1 bound2.
have V_gt0 : 0 < energy L V by rewrite lt_def V_neq0 energy_ge0.
have fits1 : minimizer X Y (forward G W) by apply/(minimizer_forward _ _ hidden).
have fits2 : minimizer X Y (backward G W) by apply/(minimizer_backward _ _ hidden).
have ge0 W' S' : minimizer X Y W' -> hessian X Y W' V <= S' * energy L V -> 0 <= S'.
  by move=> fits' bound'; have := le_trans (hessian_ge0 V fits') bound'; rewrite pmulr_lge0.
have S_ge0 : 0 <= S by apply: (ge0 W) => //; rewrite VE.
have S1_ge0 := ge0 _ _ fits1 (bound1 V); have S2_ge0 := ge0 _ _ fits2 (bound2 V).
have := hessian_form V fits; rewrite VE; pose D := dprefix W V L; rewrite -/D => SE.
have := dual_ge fits V_neq0 VE; rewrite -/D.
have := dual_le D fits1 S1_ge0 bound1; have := dual_le D fits2 S2_ge0 bound2.
have := dual_cauchy X hidden W D sym; have := form_ge0 X D; move: SE.
have [a_ge0 b_ge0] : 0 <= energy L (dual X (forward G W) D)
  /\ 0 <= energy L (dual X (backward G W) D) by rewrite !energy_ge0.
move: (dot D _) => f SE; rewrite le_eqVlt => /predU1P [f0|f_gt0].
  move: SE; rewrite -f0 mulr0 => /eqP; rewrite mulf_eq0 (negPf V_neq0) orbF => /eqP ->.
  by move=> *; rewrite expr0n mulr_ge0.
have e_ge0 := energy_ge0 L (dual X W D).
move: (energy L (dual X W D)) e_ge0 (energy L _) (energy L _) a_ge0 b_ge0 => e e_ge0 b a a_ge0 b_ge0.
move=> le_ab le2 le1 leS; rewrite -(ler_pmul2r (exprn_gt0 2 f_gt0)) -exprMn.
apply: le_trans (_ : (2 * e) ^+ 2 <= _).
  by rewrite ler_expn2r ?nnegrE ?mulr_ge0 ?ler0n ?(ltW f_gt0).
have -> : S1 * S2 * f ^+ 2 = (S1 * f) * (S2 * f) by ring.
apply: le_trans (_ : (2 * a) * (2 * b) <= _); last by rewrite ler_pmul ?mulr_ge0 ?ler0n.
have -> : 2 * a * (2 * b) = 2 ^+ 2 * (a * b) by ring.
by rewrite exprMn ler_wpmul2l ?sqr_ge0.
Qed.

(* --- contraction ---------------------------------------------------------------------------- *)
Lemma sq_projected (F : realFieldType) m n (M : 'M[F]_(m, n)) (P : 'M[F]_n) :
  P^T = P -> P *m P = P -> sq (M *m P) <= sq M.
Proof.
move=> sym idem; have same : dot M (M *m P) = sq (M *m P).
  by rewrite /sq [RHS]dot_mulr sym -mulmxA idem dotC.
have := sq_ge0 (M - M *m P); rewrite sqB same.
move: (sq M) (sq (M *m P)) => a b; have -> : a - b *+ 2 + b = a - b by ring.
by rewrite subr_ge0.
Qed.

Section Contraction.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d).
Variables (Pi : forall k, 'M[F]_(d k)).
Hypothesis proj : projectors L W Pi.

Lemma suffix_Pi k : (k <= L)%N -> suffix L W k *m Pi k = suffix L W k.
Proof.
move=> kL; have [_ idem rows] := proj kL.
have /submxP [C ->] : (suffix L W k <= Pi k)%MS by rewrite rows.
by rewrite -mulmxA idem.
Qed.

Lemma Pi_last : Pi L = 1%:M.
Proof. by have := suffix_Pi (leqnn L); rewrite suffixn mul1mx. Qed.

Lemma suffix_contraction k : (k <= L)%N -> suffix L (contraction Pi W) k = suffix L W k.
Proof.
move=> kL; rewrite /suffix; move: (subnKC kL); move: (L - k)%N => f.
elim: f k {kL} => [//|f IH] k; rewrite addnS -addSn => kL; rewrite /= (IH _ kL) mulmxA.
have kL' : (k.+1 <= L)%N by rewrite -kL leq_addr.
have -> : f = (L - k.+1)%N by rewrite -kL addKn.
by rewrite -/(suffix L W k.+1) suffix_Pi.
Qed.

Lemma Pi_step k : (k < L)%N -> Pi k.+1 *m W k *m Pi k = Pi k.+1 *m W k.
Proof.
move=> kL; have [_ _ rows] := proj kL.
have /submxP [C ->] : (Pi k.+1 <= suffix L W k.+1)%MS by rewrite rows.
by rewrite -!(mulmxA C) -suffixS // suffix_Pi // ltnW.
Qed.

Lemma prefix_contraction k : (k < L)%N ->
  prefix (contraction Pi W) k.+1 = Pi k.+1 *m prefix W k.+1.
Proof.
elim: k => [|k IH] kL; first by rewrite /= !mulmx1.
rewrite [LHS]/= -/(prefix (contraction Pi W) k.+1) (IH (ltnW kL)) /contraction.
by rewrite [LHS]mulmxA Pi_step // -[LHS]mulmxA.
Qed.

Lemma prefix_contractionL : prefix (contraction Pi W) L = prefix W L.
Proof.
case: L Pi_last prefix_contraction => // N last /(_ _ (ltnSn N)) ->.
by rewrite last mul1mx.
Qed.

Lemma dual_contraction (D : 'M[F]_(d L, d 0%N)) k : (k < L)%N ->
  dual X (contraction Pi W) D k = dual X W D k *m (if k is 0 then 1%:M else Pi k).
Proof.
move=> kL; rewrite /dual suffix_contraction //.
case: k kL => [|k] kL; first by rewrite mulmx1.
have [sym _ _] := proj (ltnW kL).
by rewrite prefix_contraction ?(ltnW kL) // trmx_mul sym mulmxA.
Qed.

End Contraction.

Lemma energy_contraction (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) (Pi : forall k, 'M[F]_(d k)) (D : 'M[F]_(d L, d 0%N)) :
  projectors L W Pi -> energy L (dual X (contraction Pi W) D) <= energy L (dual X W D).
Proof.
move=> proj; apply: ler_sum => k _; rewrite (dual_contraction _ proj) //.
case: k => [[|k] kL] /=; first by rewrite mulmx1.
by have [sym idem _] := proj _ (ltnW kL); apply: sq_projected.
Qed.

Theorem shrinks : statements.sharpness_log_convex_in_hidden_bases.shrinks.
Proof.
move=> F d L m X W Pi D proj; rewrite !gram_quotientE ler_wpmul2r ?invr_ge0 ?form_ge0 //.
by rewrite ler_pmul2l ?ltr0n // energy_contraction.
Qed.

Lemma minimizer_contraction (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (Y : 'M[F]_(d L, m)) (W : network F d) (Pi : forall k, 'M[F]_(d k)) :
  projectors L W Pi -> minimizer X Y W -> minimizer X Y (contraction Pi W).
Proof. by move=> proj; rewrite /minimizer prefix_contractionL. Qed.

Theorem contract : statements.sharpness_log_convex_in_hidden_bases.contract.
Proof.
move=> F d L m X Y W Pi S proj fits bound.
apply: bounds_of_dual => [|V V_neq0|S_ge0 D]; first exact: minimizer_contraction.
  have V_gt0 : 0 < energy L V by rewrite lt_def V_neq0 energy_ge0.
  by have := le_trans (hessian_ge0 V fits) (bound V); rewrite pmulr_lge0.
apply: le_trans (dual_le D fits S_ge0 bound).
by rewrite ler_pmul2l ?ltr0n // energy_contraction.
Qed.

(* --- rotations ------------------------------------------------------------------------------ *)
Section Rotations.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (G : forall k, 'M[F]_(d k)).
Hypothesis hidden : hidden_bases L G.
Hypothesis rot : rotations G.

Lemma rotations_inverse k : (invmx (G k))^T *m invmx (G k) = 1%:M.
Proof.
have GH := hidden_GH hidden; have H_T := turned_inverse GH rot.
by rewrite {1}H_T trmxK GH.
Qed.

Lemma steered_forward W (D : 'M[F]_(d L, d 0%N)) :
  gram_quotient X (forward G W) D = gram_quotient X W D.
Proof.
rewrite !gram_quotientE; congr (_ * _ / _).
exact: energy_dual_rebased (hidden_GH hidden) (hidden_HG hidden) (hidden_G0 hidden)
  (hidden_GL hidden) rot W D.
Qed.

Lemma steered_backward W (D : 'M[F]_(d L, d 0%N)) :
  gram_quotient X (backward G W) D = gram_quotient X W D.
Proof.
rewrite !gram_quotientE; congr (_ * _ / _).
exact: energy_dual_rebased (hidden_HG hidden) (hidden_GH hidden) (hidden_H0 hidden)
  (hidden_HL hidden) rotations_inverse W D.
Qed.

Lemma turned_forward W S : is_sharpness X Y (forward G W) S <-> is_sharpness X Y W S.
Proof.
exact: is_sharpness_rebased (hidden_GH hidden) (hidden_HG hidden) (hidden_G0 hidden)
  (hidden_GL hidden) rot W S.
Qed.

Lemma turned_backward W S : is_sharpness X Y (backward G W) S <-> is_sharpness X Y W S.
Proof.
exact: is_sharpness_rebased (hidden_HG hidden) (hidden_GH hidden) (hidden_H0 hidden)
  (hidden_HL hidden) rotations_inverse W S.
Qed.

End Rotations.

Theorem steered : statements.sharpness_log_convex_in_hidden_bases.steered.
Proof. by move=> *; apply: steered_forward. Qed.

Theorem steered_back : statements.sharpness_log_convex_in_hidden_bases.steered_back.
Proof. by move=> *; apply: steered_backward. Qed.

Theorem turned : statements.sharpness_log_convex_in_hidden_bases.turned.
Proof. by move=> *; apply: turned_forward. Qed.

Theorem turned_back : statements.sharpness_log_convex_in_hidden_bases.turned_back.
Proof. by move=> *; apply: turned_backward. Qed.

Theorem kept : statements.sharpness_log_convex_in_hidden_bases.kept.
Proof.
move=> F d L m X W Pi D proj one; rewrite !gram_quotientE; congr (_ * _ / _).
apply: eq_bigr => k _; rewrite (dual_contraction _ proj) //.
case: k => [[|k] kL] /=; first by rewrite mulmx1.
have [d1 A_neq0] := one k.+1 kL; have [_ idem rows] := proj _ (ltnW kL).
have unit : Pi k.+1 \in unitmx.
  rewrite -row_full_unit /row_full rows eqn_leq rank_leq_col /=.
  by apply: leq_trans (_ : 1 <= _)%N; [rewrite d1 | rewrite lt0n mxrank_eq0].
have -> : Pi k.+1 = 1%:M by rewrite -[LHS]mulmx1 -(mulmxV unit) mulmxA idem.
by rewrite mulmx1.
Qed.

Theorem contracted : statements.sharpness_log_convex_in_hidden_bases.contracted.
Proof.
move=> F d L m X Y W Pi S S_min L_gt0 d_gt0 proj fits [G [r [[_ [u [y [u0 y0 <-]]]] root ->]]] bound.
have fits' := minimizer_contraction proj fits; split=> //.
exact: (sharpness_ge_along_paths.path L_gt0 d_gt0 u0 y0 fits' bound root).
Qed.

(* Two layers of one neuron, both 1: the base 2 makes them 2 and 1/2, and 4 becomes 17/2. *)
Theorem invariant_false : ~ statements.sharpness_log_convex_in_hidden_bases.invariant.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
have sq1 (A : 'M[rat]_1) : sq A = A 0 0 ^+ 2 by rewrite /sq /dot !big_ord1 expr2.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 2 1 one one = (1 * 1 ^+ 2)%:M by rewrite mul1r expr1n -moment1.
have sharp := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 2)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
pose G (k : nat) : 'M[rat]_1 := if k == 1%N then 2%:M else 1%:M.
have unit k : G k \in unitmx by rewrite /G; case: ifP => _; rewrite unitmxE det_scalar.
have sym k : (G k)^T = G k by rewrite /G; case: ifP => _; rewrite tr_scalar_mx.
have hidden : @hidden_bases _ d 2 G by [].
move=> /(_ _ d 2%N 1%N one one _ G _ hidden sym fits sharp).
pose V : network rat_realFieldType d := fun k => (if k == 0%N then 1 else 4)%:M.
have fits' : @minimizer _ d 2 1 one one (@forward _ d G (scalar_network 1 1)).
  by apply/(minimizer_forward _ _ hidden).
move=> /(_ V); rewrite (hessian_minimizer _ fits') invr1 mul1r mulmx1 /energy !big_ord_recr big_ord0.
rewrite /= !mulmx1 mulmx0 add0r /forward /V /G /= /scalar_network !(invmx_scalar, invr1) !mul1mx.
rewrite !mulmx1 -!scalar_mxM -raddfD /= !sq1 !mxE /=.
by rewrite !mulr1n; vm_compute.
Qed.
