(* N10.  A step takes ηr Π_{k≠i} w_k from w_i, and what is of first order in it cancels between the
   squares of two weights.  So b_ij is multiplied by 1 - x with x >= 0, and (1 - x)² <= 1 if and
   only if x <= 2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss chains lemmas gradient_eq_layer_products.
From Proofs.statements Require imbalance_contracts_of_descent.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.imbalance_contracts_of_descent.

Section Chain.
Variable F : realFieldType.
Implicit Types W G : network F chain_widths.

Lemma prefix_chain W k : (prefix W k : 'M[F]_1) 0 0 = \prod_(0 <= j < k) weight W j.
Proof.
elim: k => [|k IH]; first by rewrite big_geq // mxE.
rewrite big_nat_recr //= -IH mulrC.
have one (A B : 'M[F]_1) : (A *m B) 0 0 = A 0 0 * B 0 0 by rewrite mxE big_ord1.
exact: one.
Qed.

Lemma above_chain n W f k :
  (above n W f k : 'M[F]_1) 0 0 = \prod_(k <= j < k + f) weight W j.
Proof.
have one (A B : 'M[F]_1) : (A *m B) 0 0 = A 0 0 * B 0 0 by rewrite mxE big_ord1.
elim: f k => [|f IH] k; first by rewrite addn0 big_geq // mxE.
rewrite big_ltn ?addnS ?ltnS ?leq_addr // -addSn -IH mulrC.
exact: one.
Qed.

Lemma split_prod (w : nat -> F) i L : (i < L)%N ->
  \prod_(k < L | k != i :> nat) w k = \prod_(0 <= k < i) w k * \prod_(i.+1 <= k < L) w k.
Proof.
move=> iL; rewrite -(big_mkord (fun k => k != i) w) (big_cat_nat _ _ _ (leq0n i) (ltnW iL)) /=.
congr (_ * _).
  rewrite big_nat_cond [RHS]big_nat_cond; apply: eq_bigl => k.
  by rewrite andbT; case: (ltngtP k i); rewrite ?andbF ?andbT.
rewrite big_ltn_cond // eqxx /= big_nat_cond [RHS]big_nat_cond; apply: eq_bigl => k.
by rewrite andbT; case: (ltngtP k i); rewrite ?andbF ?andbT.
Qed.

Variables (L m : nat) (X Y : 'M[F]_(1, m)) (z : F).
Hypothesis Xone : @moment F chain_widths m X = 1%:M.
Hypothesis Yz : @cross F chain_widths L m X Y = z%:M.

Lemma slope_chain W G i : @is_gradient F chain_widths L m X Y W G -> (i < L)%N ->
  weight G i = 2 * chain_residual L W z * \prod_(k < L | k != i :> nat) weight W k.
Proof.
move=> /gradient GE iL; rewrite {1}/weight GE //.
have entry (A E B : 'M[F]_1) : (2 *: (A^T *m E *m B^T)) 0 0 = 2 * E 0 0 * (B 0 0 * A 0 0).
  have one (C D : 'M[F]_1) : (C *m D) 0 0 = C 0 0 * D 0 0 by rewrite mxE big_ord1.
  by rewrite mxE !one [A^T _ _]mxE [B^T _ _]mxE; ring.
rewrite [LHS]entry (split_prod (weight W) iL) Xone Yz mulmx1.
have -> : (prefix W L - z%:M : 'M[F]_1) 0 0 = chain_residual L W z.
  by rewrite /chain_residual /chain_product !mxE mulr1n.
by rewrite prefix_chain /suffix above_chain subnKC.
Qed.

Lemma moved_chain W G eta i : @is_gradient F chain_widths L m X Y W G -> (i < L)%N ->
  weight (moved W G eta) i
    = weight W i - eta * chain_residual L W z * \prod_(k < L | k != i :> nat) weight W k.
Proof.
move=> isG iL; have half (x r p : F) : x / 2 * (2 * r * p) = x * r * p.
  have -> : x / 2 * (2 * r * p) = x / 2 * 2 * (r * p) by ring.
  by rewrite divfK ?pnatr_eq0 // mulrA.
by rewrite -half -(slope_chain isG iL) /weight /moved !mxE.
Qed.

Lemma without W i j : (j < L)%N -> i != j -> \prod_(k < L | k != i :> nat) weight W k
  = weight W j * \prod_(k < L | (k != i :> nat) && (k != j :> nat)) weight W k.
Proof.
move=> jL ij; rewrite (bigD1 (Ordinal jL)) /=; last by rewrite eq_sym.
by congr (_ * _); apply: eq_bigl => k; rewrite -val_eqE.
Qed.

Lemma others_sq W i j : other_weights_sq L W i j
  = (\prod_(k < L | (k != i :> nat) && (k != j :> nat)) weight W k) ^+ 2.
Proof. by rewrite /other_weights_sq prodrXl. Qed.

End Chain.

Theorem step : statements.imbalance_contracts_of_descent.step.
Proof.
move=> F L m X Y W G z eta Xone Yz isG i j iL jL ij; rewrite /pair_imbalance others_sq.
rewrite (moved_chain Xone Yz eta isG iL) (moved_chain Xone Yz eta isG jL).
have ji : j != i by rewrite eq_sym.
rewrite (without W jL ij) (without W iL ji).
have -> : \prod_(k < L | (k != j :> nat) && (k != i :> nat)) weight W k
  = \prod_(k < L | (k != i :> nat) && (k != j :> nat)) weight W k.
  by apply: eq_bigl => k; apply: andbC.
by move: (\prod_(k < L | _) _) (weight W i) (weight W j) (chain_residual _ _ _) => p a b r; ring.
Qed.

Theorem first : statements.imbalance_contracts_of_descent.first.
Proof.
move=> F L m X Y W G z eta Xone Yz isG L_gt1.
exact (@step F L m X Y W G z eta Xone Yz isG 0%N 1%N (ltnW L_gt1) L_gt1 isT).
Qed.

(* At a minimizer of depth 2 the form is 2 (w_2 v_1 + w_1 v_2)². *)
Theorem limit : statements.imbalance_contracts_of_descent.limit.
Proof.
move=> F m X Y W z S Xone Yz fits [bound [V [V_neq0 attained]]].
have entry (A B : 'M[F]_1) : (A *m B) 0 0 = A 0 0 * B 0 0 by rewrite mxE big_ord1.
have sq1 (A : 'M[F]_1) : sq A = A 0 0 ^+ 2 by rewrite /sq /dot !big_ord1 expr2.
have zE : weight W 1 * weight W 0 = z.
  have /(congr1 (fun A : 'M[F]_1 => A 0 0)) : (prefix W 2 : 'M[F]_1) = z%:M.
    by rewrite -Yz -fits Xone mulmx1.
  by rewrite prefix_chain /index_iota /= !big_cons big_nil mulr1 mxE mulr1n mulrC.
have moves U : (dprefix W U 2 : 'M[F]_1) 0 0 = weight W 1 * weight U 0 + weight W 0 * weight U 1.
  rewrite /weight /= mulmx0 add0r; move: (W 1%N) (U 0%N) (W 0%N) (U 1%N).
  rewrite /chain_widths => a b c e.
  by rewrite !mulmx1 mxE !entry [c 0 0 * _]mulrC.
have formE U : @hessian F chain_widths 2 m X Y W U
    = 2 * (weight W 1 * weight U 0 + weight W 0 * weight U 1) ^+ 2.
  rewrite (hessian_minimizer U fits) (@moment_sq F chain_widths m X 1) Xone mulmx1 -/(sq _) sq1.
  by rewrite moves mulr_natl.
have energyE (U : network F chain_widths) : energy 2 U = weight U 0 ^+ 2 + weight U 1 ^+ 2.
  have two (f : nat -> F) : \sum_(k < 2) f k = f 0%N + f 1%N.
    by rewrite !big_ord_recr big_ord0 /= add0r.
  by rewrite [LHS](two (fun k => sq (U k))); congr (_ + _); apply: sq1.
set u := weight W 0; set w := weight W 1; set n := u ^+ 2 + w ^+ 2.
suff -> : S = 2 * n.
  by rewrite /pair_imbalance -/u -/w -zE -/u -/w /n; ring.
have n_ge0 : 0 <= n by rewrite addr_ge0 ?sqr_ge0.
have V_gt0 : 0 < energy 2 V by rewrite lt_def V_neq0 energy_ge0.
apply/eqP; rewrite eq_le; apply/andP; split.
  rewrite -(ler_pmul2r V_gt0) -attained formE energyE -/u -/w.
  move: (weight V 0) (weight V 1) => a b; rewrite -subr_ge0.
  have -> : 2 * n * (a ^+ 2 + b ^+ 2) - 2 * (w * a + u * b) ^+ 2 = 2 * (u * a - w * b) ^+ 2.
    by rewrite /n; ring.
  by rewrite mulr_ge0 ?ler0n ?sqr_ge0.
have [n0|n_neq0] := eqVneq n 0.
  have := bound V; rewrite n0 mulr0 formE => S_ge0.
  by rewrite -(pmulr_lge0 _ V_gt0); apply: le_trans S_ge0; rewrite mulr_ge0 ?ler0n ?sqr_ge0.
pose U : network F chain_widths := fun k => if k == 0%N then w%:M else u%:M.
have n_gt0 : 0 < n by rewrite lt_def n_neq0.
have := bound U; rewrite formE energyE /weight /U /= !mxE !mulr1n -/u -/w.
have -> : 2 * (w * w + u * u) ^+ 2 = 2 * n * n by rewrite /n; ring.
have -> : w ^+ 2 + u ^+ 2 = n by rewrite addrC.
by rewrite ler_pmul2r.
Qed.

Lemma rate_ge0 (F : realFieldType) L (W : network F chain_widths) z eta i j :
  0 <= eta ^+ 2 * chain_residual L W z ^+ 2 * other_weights_sq L W i j.
Proof. by rewrite others_sq -!exprMn sqr_ge0. Qed.

Lemma shrinks (F : realFieldType) (b x : F) :
  b ^+ 2 - (b * (1 - x)) ^+ 2 = b ^+ 2 * (x * (2 - x)).
Proof. by ring. Qed.

Theorem falls : statements.imbalance_contracts_of_descent.falls.
Proof.
move=> F L m X Y W G z eta Xone Yz isG i j iL jL ij slow.
rewrite (@step F L m X Y W G z eta Xone Yz isG i j iL jL ij) -subr_ge0 shrinks.
by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?rate_ge0 // subr_ge0.
Qed.

Theorem grows : statements.imbalance_contracts_of_descent.grows.
Proof.
move=> F L m X Y W G z eta Xone Yz isG i j iL jL ij fast unbalanced.
rewrite (@step F L m X Y W G z eta Xone Yz isG i j iL jL ij) -subr_lt0 shrinks.
rewrite pmulr_rlt0 // pmulr_rlt0 ?subr_lt0 //.
by apply: lt_trans fast; rewrite ltr0n.
Qed.

(* Weights 2 and 1, z = 1, η = 2: b goes from 3 to -9, not to -3. *)
Theorem first_order_false : ~ statements.imbalance_contracts_of_descent.first_order.
Proof.
pose W : network [comRingType of rat] chain_widths := fun k => if k is 0%N then 2%:M else 1%:M.
pose X : 'M[rat]_1 := 1%:M.
have Xone : @moment _ chain_widths 1 X = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have Yz : @cross _ chain_widths 2 1 X X = 1%:M by rewrite /cross invr1 scale1r trmx1 mulmx1.
have isG := @gradient_formula _ chain_widths 2 1 X X W.
have two_gt0 : (0 : rat) < 2 by rewrite ltr0n.
move=> /(_ _ 2%N 1%N X X W _ 1 2 Xone Yz isG two_gt0 0%N 1%N isT isT isT).
rewrite (@step _ 2%N 1%N X X W _ 1 2 Xone Yz isG 0%N 1%N isT isT isT).
have residual1 : chain_residual 2 W 1 = 1.
  rewrite /chain_residual /chain_product prefix_chain /index_iota /= !big_cons big_nil /=.
  by rewrite /weight !mxE.
have others1 : other_weights_sq 2 W 0 1 = 1.
  by rewrite /other_weights_sq big1 // => k; case: k => [[|[|k]]].
by rewrite residual1 others1 /pair_imbalance /weight !mxE => /eqP.
Qed.
