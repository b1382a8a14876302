(* N3.  Data gradients are A_kᵀ N B_kᵀ, so that neighbours have W_{k+1}ᵀ G_{k+1} = G_k W_kᵀ; what is
   left of W_{k+1}ᵀ ∇_{k+1} - ∇_k W_kᵀ is decay, 2γ D_k.  Flow and stationary points follow,
   and the energy by U9. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss quantities stepped lemmas noisy_lemmas.
From Proofs Require Import gradient_eq_layer_products hessian_form_eq_two_terms.
From Proofs Require Import imbalance_conserved_of_gradient_flow.
From Proofs Require weight_energy_ge_schatten.
From Proofs.statements Require imbalance_decays_of_weight_decay.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.imbalance_decays_of_weight_decay.

Section Neighbours.
Variables (F : realFieldType) (d : nat -> nat) (L : nat).
Variables (W G : network F d) (N : 'M[F]_(d L, d 0)) (g : F).
Hypothesis isG : is_data_gradient W N G.

Lemma data_gradient k : (k < L)%N -> G k = (suffix L W k.+1)^T *m N *m (prefix W k)^T.
Proof.
move: k; apply: inner_unique => V; rewrite -isG rate_prefix dprefixE dot_sumr.
by apply: eq_bigr => k _; rewrite dot_mulr dot_mull mulmxA.
Qed.

Lemma data_neighbours k : (k.+1 < L)%N -> (W k.+1)^T *m G k.+1 = G k *m (W k)^T.
Proof.
move=> kL; rewrite !data_gradient ?(ltnW kL) //.
by rewrite (suffixS W kL) /= !trmx_mul !mulmxA.
Qed.

Lemma decayed_neighbours k : (k.+1 < L)%N ->
  (W k.+1)^T *m decayed W G g k.+1 - decayed W G g k *m (W k)^T = (2 * g) *: imbalance W k.
Proof.
move=> kL; rewrite /decayed /imbalance mulmxDr mulmxDl (data_neighbours kL).
by rewrite -scalemxAr -scalemxAl scalerBr opprD addrACA subrr add0r.
Qed.

Lemma trmxB p (A B : 'M[F]_p) : (A - B)^T = A^T - B^T.
Proof. by rewrite linearB. Qed.

Lemma imbalanceT k : (imbalance W k)^T = imbalance W k.
Proof. by rewrite /imbalance trmxB !trmx_mul !trmxK. Qed.

Lemma decayed_neighboursT k : (k.+1 < L)%N ->
  (decayed W G g k.+1)^T *m W k.+1 - W k *m (decayed W G g k)^T = (2 * g) *: imbalance W k.
Proof.
move=> kL; have := congr1 trmx (decayed_neighbours kL).
rewrite trmxB !trmx_mul !trmxK => ->.
by rewrite -[in RHS]imbalanceT; apply/matrixP => i j; rewrite !mxE.
Qed.

Lemma decayed_balanced k : 0 < g -> (forall k, (k < L)%N -> decayed W G g k = 0) ->
  (k.+1 < L)%N -> imbalance W k = 0.
Proof.
move=> g_gt0 rest kL; have := decayed_neighbours kL.
rewrite !rest ?(ltnW kL) // mulmx0 mul0mx subrr => /esym /eqP.
by rewrite scaler_eq0 mulf_eq0 pnatr_eq0 /= gt_eqF // => /eqP.
Qed.

End Neighbours.

Theorem neighbours : statements.imbalance_decays_of_weight_decay.neighbours.
Proof. by move=> F d L W G N g isG k kL; exact (decayed_neighbours g isG kL). Qed.

Lemma regroup (F : realFieldType) p (a b e f D : 'M[F]_p) (c : F) i j :
  b - e = c *: D -> a - f = c *: D -> (- a + - b) i j - (- e + - f) i j = - (2 * c) * D i j.
Proof.
move=> /matrixP /(_ i j) be /matrixP /(_ i j) af; move: be af; rewrite !mxE => be af.
have -> : - (2 * c) * D i j = - (c * D i j) - c * D i j by ring.
by rewrite -{1}be -af; ring.
Qed.

Theorem flow : statements.imbalance_decays_of_weight_decay.flow.
Proof.
move=> F d L C t G N g isG moves k kL i j.
have entry p (A B : 'M[{poly F}]_p) a b : (A - B) a b = A a b - B a b by rewrite !mxE.
rewrite {1}/imbalance entry derivB hornerD hornerN !product_rule -!map_trmx.
rewrite -/(position C t k) -/(position C t k.+1) -/(velocity C t k) -/(velocity C t k.+1).
rewrite !moves ?(ltnW kL) //.
have turn p q (A : 'M[F]_(p, q)) : (- A)^T = - A^T by rewrite linearN.
rewrite !turn !mulmxN !mulNmx.
have -> : 4 * g = 2 * (2 * g) by ring.
exact (regroup i j (decayed_neighbours g isG kL) (decayed_neighboursT g isG kL)).
Qed.

Theorem rate : statements.imbalance_decays_of_weight_decay.rate.
Proof.
move=> F d L C t G N g isG moves.
have deriv_sum n (f : 'I_n -> {poly F}) : (\sum_i f i)^`() = \sum_i (f i)^`() by rewrite linear_sum.
rewrite deriv_sum horner_sum mulr_sumr.
apply: eq_bigr => k _; rewrite /mxtrace deriv_sum horner_sum mulr_sumr.
by apply: eq_bigr => j _; apply: (flow isG moves); rewrite -ltn_predRL.
Qed.

(* A step is W - η∇ = (1 - 2ηγ)W - ηG; the terms of first order in G cancel between neighbours. *)
Theorem descent : statements.imbalance_decays_of_weight_decay.descent.
Proof.
move=> F d L W G N g eta isG k kL; rewrite /imbalance; set c := 1 - 2 * eta * g.
have stepE j : step W (decayed W G g) eta j = c *: W j - eta *: G j.
  rewrite /step /decayed; apply/matrixP => a b; rewrite !mxE /c.
  by move: (W j a b : F) (G j a b : F) => x y; ring.
have turn p q (A B : 'M[F]_(p, q)) : (c *: A - eta *: B)^T = c *: A^T - eta *: B^T.
  by rewrite linearB !linearZ.
have GT : (G k.+1)^T *m W k.+1 = W k *m (G k)^T.
  by apply: trmx_inj; rewrite !trmx_mul !trmxK (data_neighbours isG kL).
rewrite !stepE !turn !mulmxBl !mulmxBr -!scalemxAl -!scalemxAr !scalerA.
rewrite (data_neighbours isG kL) GT.
apply/matrixP => a b; rewrite !mxE.
by move: (\sum_(_ < _) _) (\sum_(_ < _) _) (\sum_(_ < _) _) (\sum_(_ < _) _)
  (\sum_(_ < _) _) (\sum_(_ < _) _) => x1 x2 x3 x4 x5 x6; ring.
Qed.

(* |A - B|² <= (p + q)² if |A|² <= p² and |B|² <= q². *)
Lemma sq_sub_le (F : realFieldType) m n (A B : 'M[F]_(m, n)) (p q : F) :
  0 <= p -> 0 <= q -> sq A <= p ^+ 2 -> sq B <= q ^+ 2 -> sq (A - B) <= (p + q) ^+ 2.
Proof.
move=> p0 q0 Ap Bq; have pq0 := mulr_ge0 p0 q0.
have : dot A B ^+ 2 <= (p * q) ^+ 2.
  by apply: le_trans (cauchy_schwarz A B) _; rewrite exprMn ler_pmul ?sq_ge0.
rewrite -[dot A B ^+ 2]real_normK ?num_real // ler_sqr ?nnegrE ?normr_ge0 //.
rewrite ler_norml => /andP [low _]; rewrite sqB.
have -> : (p + q) ^+ 2 = p ^+ 2 + (p * q) *+ 2 + q ^+ 2 by ring.
by rewrite ler_add // ler_add // -mulNrn ler_muln2r /= ler_oppl.
Qed.

Theorem nearly : statements.imbalance_decays_of_weight_decay.nearly.
Proof.
move=> F d L W G N g w h x X Y g0 isG wR hR xR [k [kL ->]] bound.
apply: le_trans (bound k kL); case: (wR k) (wR k.+1) => w0 wE [w0' wE'].
case: (hR k) (hR k.+1) => h0 hE [h0' hE']; case: (xR k) => x0 xE.
have left0 : 0 <= 2 * g * x k by rewrite mulr_ge0 // mulr_ge0 ?ler0n.
have right0 : 0 <= w k.+1 * h k.+1 + w k * h k by apply: addr_ge0; apply: mulr_ge0.
rewrite -ler_sqr ?nnegrE //.
rewrite exprMn xE -sqZ -(decayed_neighbours g isG kL).
apply: sq_sub_le; [exact: mulr_ge0 | exact: mulr_ge0 | | ].
  by rewrite exprMn wE' hE' -(sq_trmx (W k.+1)); exact: sq_mulmx.
by rewrite exprMn wE hE mulrC -(sq_trmx (W k)); exact: sq_mulmx.
Qed.

Theorem balanced : statements.imbalance_decays_of_weight_decay.balanced.
Proof. by move=> F d L W G N g g_gt0 isG rest k kL; exact (decayed_balanced isG g_gt0 rest kL). Qed.

Theorem energy : statements.imbalance_decays_of_weight_decay.energy.
Proof.
move=> F d L W G N g h g_gt0 isG rest.
apply: weight_energy_ge_schatten.balanced => k kL; apply/eqP.
by rewrite /weight_energy_ge_schatten.balanced_at -subr_eq0; apply/eqP;
  exact (decayed_balanced isG g_gt0 rest kL).
Qed.

(* Two layers of width one, 1 and 0, that decay alone: D = -1, and dD/dt = 4γ. *)
Section Alone.
Let d (_ : nat) := 1%N.
Let C : network (poly_comRingType rat_realFieldType) d :=
  fun k => if k is 0%N then (1 - 'X *+ 2)%:M else 0.
Let none : network rat_realFieldType d := fun=> 0.

Let free : @is_data_gradient _ d 2 (position C 0) 0 none.
Proof. by move=> V; rewrite dot0l /inner big1 // => k _; rewrite dot0l. Qed.

Let moves k : (k < 2)%N -> velocity C 0 k = - decayed (position C 0) none 1 k.
Proof.
case: k => [|[|//]] _; apply/matrixP => i j; rewrite /velocity /decayed /position /C !mxE.
  rewrite !ord1 /= !mulr1n derivB derivC derivMn derivX sub0r !hornerE.
  by rewrite -mulr2n.
by rewrite deriv0 !horner0 mulr0 addr0 oppr0.
Qed.

Let trace : \sum_(k < 1) \tr (imbalance (position C 0) k) = -1.
Proof.
rewrite big_ord1 /mxtrace big_ord1 /imbalance /position /C !mxE !big_ord1 !mxE /= !mulr1n.
by rewrite !(hornerD, hornerN, hornerMn, hornerX, hornerC, horner0).
Qed.

Lemma drift : (\sum_(k < 1) \tr (imbalance C k))^`().[0] = 4.
Proof. by rewrite (rate free moves) trace mulr1 mulrNN mulr1. Qed.

Theorem half_rate_false : ~ statements.imbalance_decays_of_weight_decay.half_rate.
Proof. by move=> /(_ _ _ _ _ _ _ _ _ free moves); rewrite drift trace => /eqP. Qed.

Theorem conserved_false : ~ statements.imbalance_decays_of_weight_decay.conserved.
Proof. by move=> /(_ _ _ _ _ _ _ _ _ free moves); rewrite drift => /eqP. Qed.

End Alone.
