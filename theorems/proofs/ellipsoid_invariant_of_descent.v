(* N2.  On Σ = 1 the gradient is 2r(y, x), so a step changes |x|² + |y|² and x·y by polynomials in
   them.  With ρ = ηr and ζ = ηz, η|x ± y|² = (2 ± ρ)(2 ± ζ) - (4 - ηQ): inside, both products are
   positive, so either |ρ| and |ζ| are below 2, or they have one sign. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss chains lemmas gradient_eq_layer_products.
From Proofs.statements Require ellipsoid_invariant_of_descent.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.ellipsoid_invariant_of_descent.

Section Product.
Variables (F : realFieldType) (n : nat).
Implicit Types W G : network F (product_widths n).

Definition lower W : 'cV[F]_n := W 0%N.
Definition upper W : 'rV[F]_n := W 1%N.

Lemma productE W : product W = dot (lower W)^T (upper W).
Proof.
rewrite /product /= mulmx1 mxE /dot big_ord1; apply: eq_bigr => k _.
by rewrite mxE mulrC.
Qed.

Lemma energyE W : energy 2 W = sq (lower W)^T + sq (upper W).
Proof. by rewrite /energy !big_ord_recl big_ord0 addr0 sq_trmx. Qed.

Variables (m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m)) (z : F).
Hypothesis Xone : @moment F (product_widths n) m X = 1%:M.
Hypothesis Yz : @cross F (product_widths n) 2 m X Y = z%:M.

Lemma error_scalar W :
  (prefix W 2 *m @moment F (product_widths n) m X - @cross F (product_widths n) 2 m X Y
   : 'M[F]_1) = (chain_residual W z)%:M.
Proof.
have alone (A : 'M[F]_1) : A - z%:M = (A 0 0 - z)%:M by rewrite raddfB /= -mx11_scalar.
by rewrite Xone Yz mulmx1 alone.
Qed.

Lemma slopes W G : @is_gradient F (product_widths n) 2 m X Y W G ->
  lower G = (2 * chain_residual W z) *: (upper W)^T /\
  upper G = (2 * chain_residual W z) *: (lower W)^T.
Proof.
move=> /gradient GE; split; rewrite /lower /upper GE // error_scalar.
  rewrite trmx1 mulmx1 (suffixS W (isT : (1 < 2)%N)) suffixn mul1mx.
  by rewrite mul_mx_scalar scalerA.
by rewrite suffixn trmx1 mul1mx /= mulmx1 mul_scalar_mx scalerA.
Qed.

Lemma stepped W G eta : @is_gradient F (product_widths n) 2 m X Y W G ->
  let c := eta * chain_residual W z in
  (lower (moved W G eta))^T = (lower W)^T - c *: upper W /\
  upper (moved W G eta) = upper W - c *: (lower W)^T.
Proof.
move=> isG c; have [G0 G1] := slopes isG.
have half : eta / 2 * (2 * chain_residual W z) = c.
  by rewrite mulrA -[X in X * _ = _]mulrA mulVf ?mulr1 // pnatr_eq0.
split.
  by rewrite /lower /moved -/(lower W) -/(lower G) G0 scalerA half linearB linearZ /= trmxK.
by rewrite /upper /moved -/(upper W) -/(upper G) G1 scalerA half.
Qed.

(* What a step makes of |x|² + |y|² and of x·y. *)
Lemma moved_energy W G eta : @is_gradient F (product_widths n) 2 m X Y W G ->
  let c := eta * chain_residual W z in
  energy 2 (moved W G eta) = energy 2 W * (1 + c ^+ 2) - 4 * c * product W.
Proof.
move=> isG c; have [x' y'] := stepped eta isG.
rewrite !energyE x' y' productE !sqB !sqZ !dotZr (dotC (upper W)) -/c.
by move: (sq _) (sq _) (dot _ _) => a b p; ring.
Qed.

Lemma moved_product W G eta : @is_gradient F (product_widths n) 2 m X Y W G ->
  let c := eta * chain_residual W z in
  product (moved W G eta) = product W * (1 + c ^+ 2) - c * energy 2 W.
Proof.
move=> isG c; have [x' y'] := stepped eta isG.
have cross_terms (k : nat) (a b : 'rV[F]_k) :
    dot (a - c *: b) (b - c *: a) = dot a b * (1 + c ^+ 2) - c * (sq a + sq b).
  rewrite dotBr dotZr (dotC _ b) (dotC _ a) !dotBr !dotZr (dotC b a) -/(sq a) -/(sq b).
  by move: (sq a) (sq b) (dot a b) => u v p; ring.
by rewrite energyE !productE x' y' cross_terms.
Qed.

End Product.

Section Signs.
Variable F : realFieldType.
Implicit Types p z eta N rho zeta : F.

Lemma step_form N p z eta : let c := eta * (p - z) in
  eta * (N * (1 + c ^+ 2) - 4 * c * p - eta * z * (p * (1 + c ^+ 2) - c * N) + eta * z ^+ 2) - 4
    = (eta * (N - eta * z * p + eta * z ^+ 2) - 4) * (1 + eta ^+ 2 * (p - z) * p).
Proof. by move=> c; rewrite /c; ring. Qed.

Lemma factor_ge p z eta : 1 - eta ^+ 2 * z ^+ 2 / 4 <= 1 + eta ^+ 2 * (p - z) * p.
Proof.
have four : (0 : F) < 4 by rewrite ltr0n.
rewrite -(ler_pmul2r four) mulrBl divfK ?gt_eqF // -subr_ge0.
have -> : (1 + eta ^+ 2 * (p - z) * p) * 4 - (1 * 4 - eta ^+ 2 * z ^+ 2)
    = (eta * (2 * p - z)) ^+ 2 by ring.
exact: sqr_ge0.
Qed.

Lemma corner rho zeta : 0 < (2 + rho) * (2 + zeta) -> 0 < (2 - rho) * (2 - zeta) ->
  0 < (4 - rho ^+ 2) * (4 - zeta ^+ 2).
Proof.
move=> u_gt0 v_gt0; have := mulr_gt0 u_gt0 v_gt0.
by have -> : (2 + rho) * (2 + zeta) * ((2 - rho) * (2 - zeta))
  = (4 - rho ^+ 2) * (4 - zeta ^+ 2) by ring.
Qed.

Lemma factor_gt0 rho zeta : 0 < (2 + rho) * (2 + zeta) -> 0 < (2 - rho) * (2 - zeta) ->
  0 < 1 + rho ^+ 2 + rho * zeta.
Proof.
move=> u_gt0 v_gt0; have both := corner u_gt0 v_gt0; have four : (0 : F) < 4 by rewrite ltr0n.
have [small|large] := ltP 0 (4 - zeta ^+ 2).
  rewrite -(pmulr_rgt0 _ four).
  have -> : 4 * (1 + rho ^+ 2 + rho * zeta) = (2 * rho + zeta) ^+ 2 + (4 - zeta ^+ 2) by ring.
  by rewrite ltr_paddl ?sqr_ge0.
have neg : 4 - zeta ^+ 2 < 0.
  by rewrite lt_neqAle large andbT; apply: contraTneq both => ->; rewrite mulr0 ltxx.
move: both; rewrite nmulr_lgt0 // => rho_large.
have sum : 0 < (8 + 2 * rho * zeta) / 2.
  rewrite divr_gt0 ?ltr0n //; have := addr_gt0 u_gt0 v_gt0.
  by have -> : (2 + rho) * (2 + zeta) + (2 - rho) * (2 - zeta) = 8 + 2 * rho * zeta by ring.
have -> : 1 + rho ^+ 2 + rho * zeta = 1 + ((8 + 2 * rho * zeta) / 2 + - (4 - rho ^+ 2)).
  have -> : 8 + 2 * rho * zeta = (4 + rho * zeta) * 2 by ring.
  by rewrite mulfK ?pnatr_eq0 //; ring.
by rewrite !addr_gt0 ?ltr01 // oppr_gt0.
Qed.

End Signs.

Section Inside.
Variables (F : realFieldType) (n : nat) (W : network F (product_widths n)) (z eta : F).

Let rho := eta * chain_residual W z.
Let zeta := eta * z.

Lemma sum_ge0 : 0 <= energy 2 W + 2 * product W.
Proof.
rewrite energyE productE.
have -> : sq (lower W)^T + sq (upper W) + 2 * dot (lower W)^T (upper W)
  = sq ((lower W)^T + upper W) by rewrite sqD -mulr_natl; ring.
exact: sq_ge0.
Qed.

Lemma difference_ge0 : 0 <= energy 2 W - 2 * product W.
Proof.
rewrite energyE productE.
have -> : sq (lower W)^T + sq (upper W) - 2 * dot (lower W)^T (upper W)
  = sq ((lower W)^T - upper W) by rewrite sqB -mulr_natl; ring.
exact: sq_ge0.
Qed.

Lemma corners : 0 <= eta -> eta * basin_form W z eta < 4 ->
  0 < (2 + rho) * (2 + zeta) /\ 0 < (2 - rho) * (2 - zeta).
Proof.
rewrite -subr_gt0 => eta_ge0 within; split.
  have -> : (2 + rho) * (2 + zeta)
      = eta * (energy 2 W + 2 * product W) + (4 - eta * basin_form W z eta).
    by rewrite /rho /zeta /basin_form /chain_residual; ring.
  by rewrite ltr_paddl // mulr_ge0 // sum_ge0.
have -> : (2 - rho) * (2 - zeta)
    = eta * (energy 2 W - 2 * product W) + (4 - eta * basin_form W z eta).
  by rewrite /rho /zeta /basin_form /chain_residual; ring.
by rewrite ltr_paddl // mulr_ge0 // difference_ge0.
Qed.

End Inside.

Theorem step : statements.ellipsoid_invariant_of_descent.step.
Proof.
move=> F n m X Y W G z eta Xone Yz isG; rewrite /basin_form.
rewrite (moved_energy Xone Yz eta isG) (moved_product Xone Yz eta isG) /chain_residual.
exact: step_form.
Qed.

Theorem residual : statements.ellipsoid_invariant_of_descent.residual.
Proof.
move=> F n m X Y W G z eta Xone Yz isG; rewrite /basin_form /chain_residual.
rewrite (moved_product Xone Yz eta isG) /chain_residual.
by move: (product W) (energy 2 W) => p N; ring.
Qed.

Theorem growth : statements.ellipsoid_invariant_of_descent.growth.
Proof. by move=> F n W z eta; apply: factor_ge. Qed.

Theorem inside : statements.ellipsoid_invariant_of_descent.inside.
Proof.
move=> F n m X Y W G z eta Xone Yz isG eta_ge0 within.
have [u_gt0 v_gt0] := corners eta_ge0 within.
have := factor_gt0 u_gt0 v_gt0.
have -> : 1 + (eta * chain_residual W z) ^+ 2 + eta * chain_residual W z * (eta * z)
  = 1 + eta ^+ 2 * chain_residual W z * product W by rewrite /chain_residual; ring.
move=> factor_pos; rewrite -subr_lt0 (@step F n m X Y W G z eta Xone Yz isG) nmulr_rlt0 // subr_lt0.
by [].
Qed.

Theorem outside : statements.ellipsoid_invariant_of_descent.outside.
Proof.
move=> F n m X Y W G z eta Xone Yz isG moderate beyond.
rewrite -subr_ge0 (@step F n m X Y W G z eta Xone Yz isG) mulr_ge0 ?subr_ge0 //.
apply: le_trans (factor_ge _ _ _).
by rewrite subr_ge0 ler_pdivr_mulr ?ltr0n // mul1r.
Qed.

Theorem bounded : statements.ellipsoid_invariant_of_descent.bounded.
Proof.
move=> F n W z eta eta_ge0 elliptic within; have [u_gt0 v_gt0] := corners eta_ge0 within.
have := corner u_gt0 v_gt0; rewrite !exprMn pmulr_lgt0 ?subr_gt0 //.
Qed.

Section Minimizers.
Variables (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m)).
Variables (W : network F (product_widths n)) (z eta : F).
Hypothesis Xone : @moment F (product_widths n) m X = 1%:M.
Hypothesis Yz : @cross F (product_widths n) 2 m X Y = z%:M.
Hypothesis fits : @minimizer F (product_widths n) 2 m X Y W.

Lemma fitted : product W = z.
Proof.
have := fits; rewrite /minimizer Xone Yz mulmx1 => fit.
by rewrite /product fit mxE eqxx mulr1n.
Qed.

Lemma form_fitted : basin_form W z eta = energy 2 W.
Proof. by rewrite /basin_form fitted; ring. Qed.

(* The other vector of each layer. *)
Definition turned : network F (product_widths n) := fun k => match k with
  | 0%N => (upper W)^T : 'M[F]_(product_widths n 1, product_widths n 0)
  | 1%N => (lower W)^T : 'M[F]_(product_widths n 2, product_widths n 1)
  | _ => 0 end.

Lemma energy_turned : energy 2 turned = energy 2 W.
Proof. by rewrite /energy !big_ord_recl !big_ord0 /= !addr0 !sq_trmx addrC. Qed.

Lemma hessian_turned V : @hessian F (product_widths n) 2 m X Y W V
  = 2 * (\sum_(k < 2) dot (turned k) (V k)) ^+ 2.
Proof.
rewrite (hessian_minimizer _ fits) moment_sq Xone mulmx1 -/(sq _) -mulr_natl; congr (_ * _).
have alone (A : 'M[F]_1) : sq A = A 0 0 ^+ 2 by rewrite /sq /dot !big_ord1 expr2.
rewrite alone; congr (_ ^+ 2); rewrite !big_ord_recl big_ord0 addr0 /=.
rewrite mulmx0 add0r !mulmx1 mxE; congr (_ + _).
  rewrite mxE /dot; apply: eq_bigr => i _; rewrite big_ord1 mxE; by [].
rewrite mxE /dot big_ord1; apply: eq_bigr => i _; rewrite mxE mulrC; by [].
Qed.

End Minimizers.

Theorem limit : statements.ellipsoid_invariant_of_descent.limit.
Proof.
move=> F n m X Y W z eta n_gt0 Xone Yz fits; rewrite (form_fitted eta Xone Yz fits); split=> [V|].
  rewrite (hessian_turned Xone fits) -mulrA ler_pmul2l ?ltr0n //.
  by rewrite -(energy_turned W); apply: cauchy_schwarz_layers.
have [W0|W_neq0] := eqVneq (energy 2 W) 0; last first.
  exists (turned W); rewrite energy_turned; split=> //.
  by rewrite (hessian_turned Xone fits) -[\sum_(k < 2) _]/(energy 2 (turned W)) energy_turned; ring.
exists (fun=> const_mx 1); rewrite W0 !mulr0 mul0r; split.
  rewrite gt_eqF // energyE ltr_spaddl ?sq_ge0 // sq_gt0.
  apply/eqP => /matrixP /(_ 0 (Ordinal n_gt0)); rewrite !mxE => /eqP.
  by rewrite oner_eq0.
rewrite (hessian_turned Xone fits) big1 ?expr0n ?mulr0 // => k _.
by rewrite (@energy_eq0 F (product_widths n) 2 (turned W)) ?dot0l ?energy_turned.
Qed.

Theorem least : statements.ellipsoid_invariant_of_descent.least.
Proof.
move=> F n m X Y W z eta Xone Yz fits; rewrite (form_fitted eta Xone Yz fits).
have := sum_ge0 W; have := difference_ge0 W; rewrite (fitted Xone Yz fits).
move=> diff total; have -> : 4 * `|z| = 2 * (2 * `|z|) by ring.
rewrite ler_pmul2l ?ltr0n //; have [_|_] := ler0P z.
  by rewrite mulrN -subr_ge0 opprK.
by rewrite -subr_ge0.
Qed.

(* x = 1, y = -1, z = 2, η = 1: |x|² + |y|² = 2 and Q = 8. *)
Theorem ball_false : ~ statements.ellipsoid_invariant_of_descent.ball.
Proof.
pose W : network [comRingType of rat] (product_widths 1) :=
  fun k => if k is 0%N then const_mx 1 else const_mx (-1).
move=> /(_ _ 1%N W 2 1 ltr01); rewrite /basin_form energyE productE /sq /dot !big_ord1 !mxE.
by move=> /(_ isT).
Qed.
