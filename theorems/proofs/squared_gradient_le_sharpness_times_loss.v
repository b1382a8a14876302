(* U13.  Along a change D of one layer the slope is 2E(Px - y)·(A_kDB_kx) and the Hessian form
   2E|A_kDB_kx|², so that Cauchy-Schwarz gives slope² <= 2R times the form; at D = ∇_k the slope is
   |∇_k|².  For the scalar chains second derivatives in two layers vanish: what the residual takes
   from them is what the layers have in common. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss quantities lemmas layers gradient_eq_layer_products.
From Proofs.statements Require squared_gradient_le_sharpness_times_loss.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section OneLayer.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W G : network F d).
Hypothesis isG : is_gradient X Y W G.

(* What the outputs change by. *)
Definition moved (k : nat) (D : 'M[F]_(d k.+1, d k)) : 'M[F]_(d L, m) :=
  suffix L W k.+1 *m D *m prefix W k *m X.
Arguments moved : clear implicits.

Lemma slope_layer k (D : 'M[F]_(d k.+1, d k)) : (k < L)%N ->
  dot (G k) D = 2 * (m%:R^-1 * dot (residual X Y W) (moved k D)).
Proof.
move=> kL; have := isG (one_layer D); rewrite slopeE dprefix_one_layer // mulr_natl => ->.
rewrite /inner (bigD1 (Ordinal kL)) //= one_layer_at big1 ?addr0 // => j jk.
by rewrite one_layer_off // dot0r.
Qed.

Lemma form_layer k (D : 'M[F]_(d k.+1, d k)) : (k < L)%N ->
  hessian X Y W (one_layer D) = 2 * (m%:R^-1 * sq (moved k D)).
Proof.
move=> kL; rewrite hessianE ddprefix_one_layer mul0mx dot0r mul0rn addr0 dprefix_one_layer //.
by rewrite mulr_natl.
Qed.

Lemma slope_le k : (k < L)%N ->
  sq (G k) ^+ 2 <= 2 * loss X Y W * (2 * (m%:R^-1 * sq (moved k (G k)))).
Proof.
move=> kL; rewrite {1}/sq slope_layer // /loss -/(residual X Y W).
set E := residual X Y W; set Q := moved k (G k); set i := m%:R^-1.
have i_ge0 : 0 <= i by rewrite invr_ge0 ler0n.
have -> : (2 * (i * dot E Q)) ^+ 2 = 4 * (i * i) * dot E Q ^+ 2 by ring.
have -> : 2 * (i * sq E) * (2 * (i * sq Q)) = 4 * (i * i) * (sq E * sq Q) by ring.
by rewrite ler_wpmul2l ?cauchy_schwarz // mulr_ge0 ?mulr_ge0 ?ler0n.
Qed.

Lemma loss_ge0 : 0 <= loss X Y W.
Proof. by rewrite mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0. Qed.

(* |∇_k|² <= 2 R c where 2E|A_kDB_kx|² <= c|D|² for all changes D. *)
Lemma layer_le k c : (k < L)%N -> 0 <= c ->
  2 * (m%:R^-1 * sq (moved k (G k))) <= c * sq (G k) -> sq (G k) <= 2 * loss X Y W * c.
Proof.
move=> kL c_ge0 bound; have R_ge0 : 0 <= 2 * loss X Y W by rewrite mulr_ge0 ?ler0n ?loss_ge0.
have [zero|G_neq0] := eqVneq (sq (G k)) 0; first by rewrite zero mulr_ge0.
have G_gt0 : 0 < sq (G k) by rewrite lt_def G_neq0 sq_ge0.
rewrite -(ler_pmul2r G_gt0) -expr2 -[leRHS]mulrA.
by apply: le_trans (slope_le kL) _; rewrite ler_wpmul2l.
Qed.

End OneLayer.

Theorem sharpness : statements.squared_gradient_le_sharpness_times_loss.sharpness.
Proof.
move=> F d L m X Y W G S d_gt0 isG bound; case: (posnP L) => [L0|L_gt0].
  have -> : L%:R = 0 :> F by rewrite L0.
  rewrite mulr0 !mul0r /energy big1 // => -[k kL] _; exfalso.
  by move: kL; rewrite L0.
have S_ge0 : 0 <= S.
  have := bound (one_layer (const_mx 1 : 'M_(d 1%N, d 0%N))).
  rewrite form_layer // energy_one_layer // => le_S.
  rewrite -(pmulr_lge0 _ (sq_ones_gt0 F (d_gt0 1%N) (d_gt0 0%N))); apply: le_trans le_S.
  by rewrite mulr_ge0 ?ler0n // mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0.
have layer k : (k < L)%N -> sq (G k) <= 2 * loss X Y W * S.
  move=> kL; apply: (layer_le isG kL S_ge0).
  by have := bound (one_layer (G k)); rewrite form_layer // energy_one_layer.
have -> : 2 * L%:R * loss X Y W * S = \sum_(k < L) 2 * loss X Y W * S.
  by rewrite sumr_const card_ord -mulr_natr; ring.
by apply: ler_sum => k _; apply: layer.
Qed.

Theorem blocks : statements.squared_gradient_le_sharpness_times_loss.blocks.
Proof.
move=> F d L m X Y W G a b isG norms; rewrite mulr_sumr; apply: ler_sum => k _.
have [A_norm B_norm] := norms k (ltn_ord k).
have a_ge0 := norm_ge0 A_norm; case: A_norm => A_le _.
have b_ge0 := data_norm_ge0 B_norm; case: B_norm => B_le _.
have -> : 4 * loss X Y W * (a k * b k) = 2 * loss X Y W * (2 * (a k * b k)) by ring.
apply: (layer_le isG (ltn_ord k)); first by rewrite !mulr_ge0 ?ler0n.
rewrite -[leRHS]mulrA ler_pmul2l ?ltr0n // /moved.
rewrite -!mulmxA; apply: le_trans (ler_wpmul2l _ (sq_mull _ A_le)) _; first by rewrite invr_ge0 ler0n.
rewrite mulrCA -mulrA ler_wpmul2l //.
rewrite -sq_trmx trmx_mul.
have [m0|m0] := eqVneq (m%:R : F) 0; first by rewrite m0 invr0 mul0r mulr_ge0 ?sq_ge0.
have m_gt0 : 0 < m%:R :> F by rewrite lt_def m0 ler0n.
have inner_le (v : 'cV[F]_(d k)) : sq ((prefix W k *m X)^T *m v) <= m%:R * b k * sq v.
  have := B_le v; rewrite moment_ge0 trmx_mul -mulmxA => le_b.
  by rewrite -mulrA -ler_pdivr_mull.
apply: le_trans (ler_wpmul2l _ (sq_mull _ inner_le)) _; first by rewrite invr_ge0 ler0n.
by rewrite sq_trmx -mulrA mulKf.
Qed.

Theorem largest : statements.squared_gradient_le_sharpness_times_loss.largest.
Proof.
move=> F d L m X Y W G a b top isG norms bound; apply: le_trans (blocks isG norms) _.
have -> : 4 * loss X Y W * (\sum_(k < L) a k * b k)
    = 2 * loss X Y W * (\sum_(k < L) 2 * (a k * b k)).
  by rewrite -mulr_sumr; move: (\sum_(k < L) _) => t; ring.
have -> : 2 * L%:R * loss X Y W * top = 2 * loss X Y W * (\sum_(k < L) top).
  by rewrite sumr_const card_ord -mulr_natr; ring.
rewrite ler_wpmul2l ?(mulr_ge0 (ler0n _ 2) (loss_ge0 X Y W)) //.
by apply: ler_sum => k _; apply: bound.
Qed.

(* --- chains half way to their target ---------------------------------------------------------- *)
Section Chains.
Variables (F : realFieldType) (N m : nat) (X : 'M[F]_(1, m)) (g : F) (W : network F (fun=> 1%N)).
Hypothesis equal : forall k : nat, W k = g%:M.
Notation d := (fun=> 1%N).
Notation Y := ((2 * g ^+ N.+1) *: X).
Let sigma := m%:R^-1 * sq X.
Implicit Types V : network F d.

Definition entry V k : F := (V k : 'M[F]_1) 0 0.

Lemma entryE V k : V k = (entry V k)%:M.
Proof. by apply/matrixP => i j; rewrite !ord1 mxE eqxx. Qed.

Lemma sq_entry V k : sq (V k) = entry V k ^+ 2.
Proof. by rewrite /sq /dot !big_ord1 expr2. Qed.

Lemma prefix_chain k : prefix W k = (g ^+ k)%:M.
Proof. by elim: k => //= k ->; rewrite equal -scalar_mxM exprS. Qed.

Lemma dprefix_chain V k : dprefix W V k.+1 = (g ^+ k * \sum_(j < k.+1) entry V j)%:M.
Proof.
elim: k => [|k IH]; first by rewrite /= mulmx0 add0r mulmx1 big_ord1 mul1r entryE.
rewrite [LHS]/= -/(dprefix W V k.+1) -/(prefix W k.+1) IH equal prefix_chain entryE.
rewrite -!scalar_mxM -raddfD /= [in RHS]big_ord_recr /= mulrDr exprS -mulrA.
by rewrite [entry V k.+1 * _]mulrC.
Qed.

Lemma ddprefix_chain V k : exists2 e, ddprefix W V k.+1 = e%:M &
  2 * g ^+ k.+1 * e
  = (g ^+ k) ^+ 2 * ((\sum_(j < k.+1) entry V j) ^+ 2 - \sum_(j < k.+1) entry V j ^+ 2).
Proof.
elim: k => [|k [e eE IH]].
  exists 0; first by rewrite /= !mulmx0 addr0 raddf0.
  by rewrite !big_ord1 subrr !mulr0.
exists (g * e + entry V k.+1 * (g ^+ k * \sum_(j < k.+1) entry V j)).
  rewrite [LHS]/= -/(ddprefix W V k.+1) -/(dprefix W V k.+1) eE dprefix_chain equal entryE.
  by rewrite -!scalar_mxM -raddfD.
rewrite !(big_ord_recr k.+1) /=; move: IH; rewrite !exprS.
move: (\sum_(j < k.+1) entry V j) (\sum_(j < k.+1) entry V j ^+ 2) (entry V k.+1) (g ^+ k).
move=> s q v h IH.
have -> : 2 * (g * (g * h)) * (g * e + v * (h * s)) =
    g ^+ 2 * (2 * (g * h) * e) + 2 * g ^+ 2 * h ^+ 2 * v * s by ring.
by rewrite IH; ring.
Qed.

Lemma residual_chain : @residual F d N.+1 m X Y W = - (g ^+ N.+1) *: X.
Proof. by rewrite /residual prefix_chain mul_scalar_mx -scalerBl; congr (_ *: _); ring. Qed.

Lemma form_chain V : @hessian F d N.+1 m X Y W V = 2 * sigma * (g ^+ N) ^+ 2 * energy N.+1 V.
Proof.
have [e eE value] := ddprefix_chain V N.
rewrite hessianE dprefix_chain eE residual_chain !mul_scalar_mx sqZ dotZl dotZr -/(sq X).
have -> : energy N.+1 V = \sum_(j < N.+1) entry V j ^+ 2 by apply: eq_bigr => j _; apply: sq_entry.
rewrite /sigma exprMn !mulr2n; move: value.
move: (\sum_(j < N.+1) entry V j ^+ 2) ((\sum_(j < N.+1) entry V j) ^+ 2) (m%:R^-1) (sq X).
move=> q s i x value.
transitivity (2 * (i * x) * ((g ^+ N) ^+ 2 * s - 2 * g ^+ N.+1 * e)); first by ring.
by rewrite value; ring.
Qed.

Lemma slope_chain V : @slope F d N.+1 m X Y W V =
  - (2 * sigma * g ^+ N.+1 * g ^+ N) * \sum_(j < N.+1) entry V j.
Proof.
rewrite slopeE dprefix_chain residual_chain mul_scalar_mx dotZl dotZr -/(sq X) /sigma mulr2n.
by move: (\sum_(j < N.+1) entry V j) (m%:R^-1) (sq X) => s i x; ring.
Qed.

Lemma loss_chain : @loss F d N.+1 m X Y W = sigma * (g ^+ N.+1) ^+ 2.
Proof. by rewrite /loss -/(residual X Y W) residual_chain sqZ sqrrN /sigma; ring. Qed.

Lemma gradient_chain G k : @is_gradient F d N.+1 m X Y W G -> (k < N.+1)%N ->
  entry G k = - (2 * sigma * g ^+ N.+1 * g ^+ N).
Proof.
move=> isG kL; have := isG (one_layer (1%:M : 'M[F]_(d k.+1, d k))); rewrite slope_chain.
have -> : \sum_(j < N.+1) entry (one_layer (1%:M : 'M[F]_(d k.+1, d k))) j = 1.
  rewrite (bigD1 (Ordinal kL)) //= /entry one_layer_at mxE eqxx big1 ?addr0 // => j jk.
  by rewrite one_layer_off // mxE.
rewrite mulr1 => ->; rewrite /inner (bigD1 (Ordinal kL)) //= one_layer_at big1 ?addr0 => [|j jk].
  by rewrite /dot !big_ord1 mxE eqxx mulr1.
by rewrite one_layer_off // dot0r.
Qed.

End Chains.

Theorem attained : statements.squared_gradient_le_sharpness_times_loss.attained.
Proof.
move=> F [|N] m X g S W G Y equal isG [_ [V [V_neq0 top]]].
  by rewrite /energy big_ord0 mulr0 !mul0r.
have -> : S = 2 * (m%:R^-1 * sq X) * (g ^+ N) ^+ 2.
  by apply: (mulIf V_neq0); rewrite -top form_chain.
rewrite loss_chain //.
have -> : energy N.+1 G = \sum_(k < N.+1) (2 * (m%:R^-1 * sq X) * g ^+ N.+1 * g ^+ N) ^+ 2.
  apply: eq_bigr => k _; rewrite sq_entry (gradient_chain equal isG (ltn_ord k)).
  by rewrite sqrrN.
rewrite sumr_const card_ord -mulr_natl.
by move: (m%:R^-1 * sq X) (g ^+ N.+1) (g ^+ N) (N.+1%:R) => i h l n; ring.
Qed.

(* One layer of one neuron, 1, and the target 2: |∇R|² = 4, R = 1 and S = 2. *)
Theorem half_false : ~ statements.squared_gradient_le_sharpness_times_loss.half.
Proof.
pose W : network rat_realFieldType (fun=> 1%N) := fun=> 1%:M.
pose X : 'M[rat]_1 := 1%:M; have equal k : W k = 1%:M by [].
have isG := @gradient_formula _ (fun=> 1%N) 1 1 X ((2 * 1 ^+ 1) *: X) W.
have sq1 : sq X = 1 by rewrite /sq /dot !big_ord1 mxE mulr1.
have bound : @bounds_sharpness _ (fun=> 1%N) 1 1 X ((2 * 1 ^+ 1) *: X) W 2.
  by move=> V; rewrite (form_chain 0 X equal) sq1 invr1 !expr1n !mulr1.
move=> claim; have := claim _ (fun=> 1%N) 1%N 1%N X ((2 * 1 ^+ 1) *: X) W _ 2 (fun=> isT) isG bound.
rewrite /energy big_ord1 sq_entry (gradient_chain equal isG (ltn0Sn 0)) (loss_chain 0 X equal) sq1 invr1.
by rewrite !expr1n.
Qed.
