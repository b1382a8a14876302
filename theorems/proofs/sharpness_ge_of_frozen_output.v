(* C4.  As for F6, with a direction that vanishes in the frozen layer: the dual form of D = u yᵀ is
   bounded by Cauchy-Schwarz, neighbouring layers carry the map, and AM-GM makes a path of them. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import sharpness_ge_of_frozen_output.
From Proofs Require Import networks directions lemmas layers.
From Proofs Require sharpness_between_layer_energies minimal_sharpness_between_closed_forms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Theorem pairs : statements.sharpness_ge_of_frozen_output.pairs.
Proof.
move=> F d n m X Y W y fits k kn; rewrite /row_pairing /row_gain /gain_in mulrA.
rewrite ler_wpmul2r ?sharpness_between_layer_energies.form_inv_ge0 //.
rewrite -fits -mulmxA -(suffix_prefix W (ltnW (ltnW kn) : k.+1 <= n.+1)%N) -mulmxA.
exact: sharpness_between_layer_energies.sq_mul.
Qed.

Theorem start : statements.sharpness_ge_of_frozen_output.start.
Proof.
move=> F d [//|n] m X W y _; rewrite -[n.+1.-1]/n.
have -> : row_gain n.+1 W n = sq (W n.+1) by rewrite /row_gain suffixS // suffixn mul1mx.
have -> : gain_in X W y 0 = path_ends X y by rewrite /gain_in mul1mx.
exact: mulrC.
Qed.

Section Direction.
Variables (F : realFieldType) (d : nat -> nat) (n m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d n.+1, m)) (W : network F d) (S : F).
Hypothesis fits : minimizer X Y W.
Hypothesis bound : bounds_frozen_sharpness X Y W S.

Lemma frozen_ge0 : (0 < n)%N -> (forall k, (0 < d k)%N) -> 0 <= S.
Proof.
move=> n_gt0 d_gt0; pose V : network F d := fun k => if k == n then 0 else const_mx 1.
have V0 : V n = 0 by rewrite /V eqxx.
have V_gt0 : 0 < energy n V.
  rewrite /energy (bigD1 (Ordinal n_gt0)) //= ltr_paddr ?sumr_ge0 // => [k _|]; first exact: sq_ge0.
  rewrite sq_gt0 /V /= ltn_eqF //; apply/eqP.
  move=> /matrixP /(_ (Ordinal (d_gt0 1%N)) (Ordinal (d_gt0 0%N))).
  by rewrite !mxE => /eqP; rewrite oner_eq0.
by have := le_trans (hessian_ge0 V fits) (bound V0); rewrite pmulr_lge0.
Qed.

Lemma frozen_dual (D : 'M[F]_(d n.+1, d 0%N)) : 0 <= S ->
  2 * energy n (dual X W D) <= S * dot D (D *m moment X).
Proof.
move=> S_ge0; pose V : network F d := fun k => if k == n then 0 else dual X W D k.
have V0 : V n = 0 by rewrite /V eqxx.
have VE k : (k < n)%N -> V k = dual X W D k by move=> kn; rewrite /V ltn_eqF.
have eV : energy n V = energy n (dual X W D) by apply: eq_bigr => k _; rewrite VE.
have inner : dot D (dprefix W V n.+1 *m moment X) = energy n (dual X W D).
  rewrite dual_inner big_ord_recr /= V0 dot0r addr0.
  by apply: eq_bigr => k _; rewrite VE.
have := form_cauchy X D (dprefix W V n.+1); rewrite inner.
have := bound V0; rewrite (hessian_form _ fits) eV.
set e := energy n _; move: (form_ge0 X D).
have [->|e_neq0] := eqVneq e 0; first by move=> f_ge0 _ _; rewrite mulr0 mulr_ge0.
have e_gt0 : 0 < e by rewrite lt_def e_neq0 energy_ge0.
move: (dot D _) => f; move: (dot _ _) => h f_ge0 he ef.
rewrite -(ler_pmul2r e_gt0) -mulrA -expr2 mulrAC.
apply: le_trans (_ : 2 * (f * h) <= _); first by rewrite ler_pmul2l ?ltr0n.
by rewrite mulrCA mulrC ler_wpmul2r.
Qed.

End Direction.

Theorem direction : statements.sharpness_ge_of_frozen_output.direction.
Proof.
move=> F d n m X Y W y S n_gt0 d_gt0 d1 y_neq0 fits bound.
have S_ge0 := frozen_ge0 fits bound n_gt0 d_gt0; have q_gt0 := moment_gt0 y_neq0.
pose u := const_mx 1 : 'cV[F]_(d n.+1).
have u1 : sq u = 1.
  by have [] := minimal_sharpness_between_closed_forms.one_row (1%:M : 'M[F]_(d n.+1)) 1%:M d1.
have := frozen_dual fits bound (u *m y^T) S_ge0.
have My : y^T *m moment X = (moment X *m y)^T.
  by rewrite trmx_mul minimal_sharpness_between_closed_forms.moment_sym.
have -> : dot (u *m y^T) (u *m y^T *m moment X) = dot y (moment X *m y).
  rewrite -mulmxA My dot_mulr trmxK -mulmxA row_col.
  by rewrite mul_mx_scalar dotZl -/(sq u) u1 mulr1.
have -> : energy n (dual X W (u *m y^T))
    = frozen_energy n X W y * dot y (moment X *m y).
  rewrite mulr_suml; apply: eq_bigr => k _; rewrite /row_gain /gain_in mulrA divfK ?gt_eqF //.
  rewrite -(sharpness_between_layer_energies.sq_one_row (suffix n.+1 W k.+1) d1) -sq_rank1.
  by congr sq; rewrite /dual -(mulmxA u) My [(prefix W k *m _)^T]trmx_mul !mulmxA.
by rewrite mulrA ler_pmul2r.
Qed.

Theorem lower : statements.sharpness_ge_of_frozen_output.lower.
Proof.
move=> F d [//|n] m X Y W S G r n_gt0 d_gt0 d1 fits bound [_ [y [y_neq0 <-]]] [r_ge0 rE].
have q_gt0 := moment_gt0 y_neq0.
apply: le_trans (direction n_gt0 d_gt0 d1 y_neq0 fits bound).
rewrite -mulrA ler_pmul2l ?ltr0n // mulrC -ler_pdivl_mulr ?ltr0n //.
pose p := sq (W n.+1).
have e_ge0 : 0 <= frozen_energy n.+1 X W y.
  apply: sumr_ge0 => k _; rewrite mulr_ge0 ?sq_ge0 // divr_ge0 ?sq_ge0 //.
  exact: ltW.
have be_ge0 k : 0 <= gain_in X W y k by rewrite divr_ge0 ?sq_ge0 ?(ltW q_gt0).
have al_ge0 k : 0 <= row_gain n.+1 W k by apply: sq_ge0.
have end_p : row_gain n.+1 W n = p by rewrite /row_gain suffixS // suffixn mul1mx.
have s_ge0 : 0 <= row_pairing X Y y by rewrite divr_ge0 ?sq_ge0 ?(ltW q_gt0).
rewrite -(@ler_pexpn2r _ n.+1) ?nnegrE ?divr_ge0 ?ler0n // rE /= -/p.
have ends : path_ends X y = gain_in X W y 0 by rewrite /gain_in mul1mx.
have [p0|p_neq0] := eqVneq p 0.
  by rewrite p0 mul0r exprn_ge0 // divr_ge0 ?ler0n.
have p_gt0 : 0 < p by rewrite lt_def p_neq0 sq_ge0.
have := @path_bound _ n (fun k => row_gain n.+1 W k / p) (gain_in X W y) (row_pairing X Y y / p).
move=> /(_ (fun k => divr_ge0 (al_ge0 k) (ltW p_gt0)) be_ge0).
rewrite end_p divff // divr_ge0 ?(ltW p_gt0) // => /(_ erefl erefl) mean.
have {}mean := mean _.
have -> : frozen_energy n.+1 X W y / n.+1%:R
    = ((\sum_(k < n.+1) row_gain n.+1 W k / p * gain_in X W y k) / n.+1%:R) * p.
  rewrite mulrAC; congr (_ / _); rewrite mulr_suml; apply: eq_bigr => k _.
  have regroup (a b c i : F) : a * i * b * c = a * b * (c * i) by ring.
  by rewrite regroup divff // mulr1.
rewrite [leRHS]exprMn; have -> : p * (path_ends X y * row_pairing X Y y ^+ n)
    = path_ends X y * (row_pairing X Y y / p) ^+ n * p ^+ n.+1.
  have regroup (a b c : F) : a * b * (p * c) = p * (a * (b * c)) by ring.
  by rewrite exprS regroup -exprMn divfK.
rewrite ler_wpmul2r ?exprn_ge0 ?(ltW p_gt0) // ends; apply: mean => k kn.
rewrite [leRHS]mulrAC ler_wpmul2r ?invr_ge0 ?(ltW p_gt0) //.
exact: (pairs y fits).
Qed.

(* One trained and one frozen layer of one neuron: 2 for the trained one, 4 for both. *)
Theorem output_counted_false : ~ statements.sharpness_ge_of_frozen_output.output_counted.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_realFieldType d := scalar_network 1%N (1 : rat).
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 2 1 one one = (1 * 1 ^+ 2)%:M by rewrite mul1r expr1n -moment1.
have fits : @minimizer _ d 2 1 one one W := minimizer_scalar moment1 cross1.
have sq1 : sq one = 1 by apply: minimal_sharpness_between_closed_forms.sq_one.
have bound : @bounds_frozen_sharpness _ d 1 1 one one W 2.
  move=> V V0; rewrite (hessian_minimizer _ fits) invr1 mul1r mulmx1 /energy big_ord1 /=.
  by rewrite V0 !mul0mx mulmx0 add0r addr0 mulmx1 /W /scalar_network !mul1mx mulr_natl.
have one_neq0 : one != 0 by rewrite -sq_eq0 sq1 oner_eq0.
move=> /(_ _ d 1%N 1%N one one W one 2 isT (fun=> isT) (erefl _)).
rewrite moment1 mul1mx => /(_ one_neq0 fits bound).
rewrite (eq_bigr (fun=> 1)) ?sumr_const ?card_ord // => k _.
rewrite /row_gain /gain_in /W suffix_scalar // prefix_scalar !expr1n moment1 !mul1mx.
by rewrite -/(sq one) sq1 divr1.
Qed.
