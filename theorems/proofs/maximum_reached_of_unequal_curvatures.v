(* N12.  A path multiplies w by the factors of its steps, and the sum over all paths of a product is
   the product of the sums.  The product of squares is at most the power of their mean, and the
   square of the mean factor at most the mean square. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require maximum_reached_of_unequal_curvatures.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.maximum_reached_of_unequal_curvatures.

Section Paths.
Variables (F : realFieldType) (n : nat) (h : 'I_n -> F) (eta : F).

Lemma end_ofE (w0 : F) path : end_of h eta w0 path = (\prod_(i <- path) factor h eta i) * w0.
Proof.
elim: path w0 => [|i path IH] w0; first by rewrite big_nil mul1r.
by rewrite /= IH big_cons /factor; move: (\prod_(_ <- path) _) => a; ring.
Qed.

Lemma sum_over_paths (f : 'I_n -> F) t :
  \sum_(path : {ffun 'I_t -> 'I_n}) \prod_(i <- [seq path j | j : 'I_t]) f i = (\sum_i f i) ^+ t.
Proof.
have -> : (\sum_i f i) ^+ t = \prod_(j < t) \sum_i f i by rewrite prodr_const card_ord.
by rewrite bigA_distr_bigA; apply: eq_bigr => path _; rewrite big_map big_enum.
Qed.

(* Each of the t places of a path takes each of the n factors on n^(t-1) paths. *)
Lemma product_over_paths (f : 'I_n -> F) t :
  \prod_(path : {ffun 'I_t -> 'I_n}) \prod_(i <- [seq path j | j : 'I_t]) f i
    = (\prod_i f i) ^+ (t * n ^ t.-1).
Proof.
rewrite (eq_bigr (fun path : {ffun _} => \prod_j f (path j))) => [|path _]; last first.
  by rewrite big_map big_enum.
rewrite exchange_big /= mulnC exprM.
rewrite (eq_bigr (fun=> (\prod_i f i) ^+ (n ^ t.-1))) => [|j _].
  by rewrite prodr_const card_ord.
rewrite (partition_big (fun path : {ffun 'I_t -> 'I_n} => path j) predT) //= -prodrXl.
apply: eq_bigr => i _; rewrite (eq_bigr (fun=> f i)) => [|path /eqP -> //].
rewrite prodr_const; congr (_ ^+ _).
pose D (k : 'I_t) : pred 'I_n := if k == j then pred1 i else predT.
have -> : #|[pred path : {ffun 'I_t -> 'I_n} | path j == i]| = #|family D|.
  apply: eq_card => path; rewrite inE; apply/eqP/familyP => [pathj k|/(_ j)]; rewrite /D.
    by case: eqP => [->|_]; rewrite inE ?pathj.
  by rewrite eqxx inE => /eqP.
rewrite card_family foldrE big_map big_enum (bigD1 j) //= {1}/D eqxx card1 mul1n.
rewrite (eq_bigr (fun=> n)) => [|k /negPf kj]; last by rewrite /D kj card_ord.
by rewrite prod_nat_const cardC1 card_ord.
Qed.

Lemma mean_factor : (0 < n)%N ->
  n%:R^-1 * (\sum_i factor h eta i) = 1 - eta * mean_curvature h.
Proof.
move=> n_gt0; rewrite /factor sumrB sumr_const card_ord -mulr_sumr mulrBr.
rewrite mulVf ?pnatr_eq0 -?lt0n //.
by rewrite /mean_curvature mulrCA.
Qed.

End Paths.

Theorem logarithm : statements.maximum_reached_of_unequal_curvatures.logarithm.
Proof.
move=> F n h eta w0 t; rewrite /path_product.
under eq_bigr do rewrite end_ofE.
rewrite big_split /= product_over_paths mulrC prodr_const.
by rewrite card_ffun !card_ord.
Qed.

Theorem mean : statements.maximum_reached_of_unequal_curvatures.mean.
Proof.
move=> F n h eta w0 t n_gt0; rewrite /path_mean.
under eq_bigr do rewrite end_ofE.
by rewrite -mulr_suml sum_over_paths mulrA natrX -exprVn -exprMn mean_factor.
Qed.

Theorem square : statements.maximum_reached_of_unequal_curvatures.square.
Proof.
move=> F n h eta w0 t; rewrite /path_square_mean.
under eq_bigr do rewrite end_ofE exprMn -prodrXl.
by rewrite -mulr_suml (sum_over_paths (fun i => factor h eta i ^+ 2)) mulrA natrX -exprVn -exprMn.
Qed.

Theorem squared : statements.maximum_reached_of_unequal_curvatures.squared.
Proof. by move=> F n h eta; rewrite /square_product prodrXl. Qed.

Theorem variance : statements.maximum_reached_of_unequal_curvatures.variance.
Proof.
move=> F n h eta n_gt0; rewrite -mean_factor //.
set f := factor h eta; set c := n%:R^-1 * \sum_i f i.
have nz : n%:R != 0 :> F by rewrite pnatr_eq0 -lt0n.
have sum_f : \sum_i f i = n%:R * c by rewrite mulVKf.
have : 0 <= \sum_i (f i - c) ^+ 2 by apply: sumr_ge0 => i _; apply: sqr_ge0.
under eq_bigr do rewrite sqrrB.
rewrite big_split sumrB /= sumr_const card_ord sumrMnl -mulr_suml sum_f => sum_ge0.
rewrite /mean_square -/f mulrC ler_pdivl_mulr ?ltr0n // -subr_ge0.
have regroup (a b : F) : a - b * n%:R = a - n%:R * b *+ 2 + b *+ n.
  by rewrite -[b *+ n]mulr_natl; ring.
by rewrite regroup expr2 mulrA.
Qed.

Theorem weaker : statements.maximum_reached_of_unequal_curvatures.weaker.
Proof.
move=> F n h eta n_gt0 below.
have [le _] := @leif_AGM F _ (predT : pred 'I_n) (fun i => factor h eta i ^+ 2)
  (fun i _ => sqr_ge0 _).
have agm : square_product h eta <= mean_square h eta ^+ n.
  by rewrite /square_product /mean_square mulrC; move: le; rewrite card_ord.
have ge0 : 0 <= mean_square h eta.
  by rewrite mulr_ge0 ?invr_ge0 ?ler0n // sumr_ge0 // => i _; apply: sqr_ge0.
by apply: le_lt_trans agm _; rewrite exprn_ilt1 // -lt0n.
Qed.

Theorem minimum : statements.maximum_reached_of_unequal_curvatures.minimum.
Proof.
move=> F n h eta n_gt0 eta_gt0 below.
have := le_lt_trans (variance h eta n_gt0) below; set c := mean_curvature h => small.
have twice : 0 < 2%:R * (eta * c).
  have -> : 2%:R * (eta * c) = (eta * c) ^+ 2 + (1 - (1 - eta * c) ^+ 2) by ring.
  by rewrite ltr_paddl ?sqr_ge0 ?subr_gt0.
by move: twice; rewrite pmulr_rgt0 ?ltr0n // pmulr_rgt0.
Qed.

Section Maxima.
Variables (F : realFieldType) (a b eta : F).
Hypotheses (a_gt0 : 0 < a) (b_gt0 : 0 < b) (eta_gt0 : 0 < eta).
Let low := (2%:R + a + b)^-1.
Let two_gt0 : 0 < 2%:R + b. Proof. by rewrite addr_gt0 ?ltr0n. Qed.
Let sum_gt0 : 0 < 2%:R + a + b. Proof. by rewrite addr_gt0 // addr_gt0 // ltr0n. Qed.
Let low_gt0 : 0 < low. Proof. by rewrite invr_gt0. Qed.

Lemma factor0 : factor (maximal a b eta) eta 0 = low.
Proof. by rewrite /factor /maximal /= mulrC divfK ?gt_eqF // opprB addrC subrK. Qed.

Lemma factor1 : factor (maximal a b eta) eta 1 = 2%:R + b.
Proof. by rewrite /factor /maximal /= mulrC divfK ?gt_eqF // opprB addrC subrK. Qed.

Lemma two_terms (f : 'I_2 -> F) : \sum_i f i = f 0 + f 1.
Proof. by rewrite big_ord_recl big_ord1; congr (_ + f _); apply: val_inj. Qed.

Lemma two_factors (f : 'I_2 -> F) : \prod_i f i = f 0 * f 1.
Proof. by rewrite big_ord_recl big_ord1; congr (_ * f _); apply: val_inj. Qed.

Lemma negative : mean_curvature (maximal a b eta) < 0.
Proof.
rewrite /mean_curvature two_terms /maximal /= -mulrDl pmulr_rlt0 ?invr_gt0 ?ltr0n //.
rewrite pmulr_llt0 ?invr_gt0 //.
have -> : 1 - low + (1 - (2%:R + b)) = - (low + b) by ring.
by rewrite oppr_lt0 addr_gt0.
Qed.

Lemma below_one : square_product (maximal a b eta) eta < 1.
Proof.
rewrite /square_product two_factors factor0 factor1 -exprMn exprn_ilt1 //.
  by rewrite mulr_ge0 // ltW.
by rewrite mulrC ltr_pdivr_mulr // mul1r addrAC ltr_addl.
Qed.

Lemma above_one : 1 < mean_square (maximal a b eta) eta.
Proof.
rewrite /mean_square two_terms factor0 factor1 mulrC ltr_pdivl_mulr ?ltr0n // mul1r.
have -> : low ^+ 2 + (2%:R + b) ^+ 2 = 2%:R + (low ^+ 2 + 2%:R + 2%:R * 2%:R * b + b ^+ 2) by ring.
have four : 0 < 2%:R * 2%:R * b by rewrite -natrM mulr_gt0 ?ltr0n.
by rewrite ltr_addl; apply: addr_gt0; [do 2?apply: addr_gt0|]; rewrite ?exprn_gt0 ?ltr0n.
Qed.

End Maxima.

Theorem maximum : statements.maximum_reached_of_unequal_curvatures.maximum.
Proof. by move=> F a b eta a0 b0 eta0; apply: negative. Qed.

Theorem reached : statements.maximum_reached_of_unequal_curvatures.reached.
Proof. by move=> F a b eta a0 b0 eta0; apply: below_one. Qed.

Theorem grows : statements.maximum_reached_of_unequal_curvatures.grows.
Proof. by move=> F a b eta a0 b0 eta0; apply: above_one. Qed.

(* Factors 1/4 and 3. *)
Theorem never_a_maximum_false :
  ~ statements.maximum_reached_of_unequal_curvatures.never_a_maximum.
Proof.
pose one : rat := 1; have one_gt0 : 0 < one by [].
move=> /(_ _ 2%N (maximal one one one) one isT one_gt0 (below_one one_gt0 one_gt0 one_gt0)).
by rewrite leNgt (negative one_gt0 one_gt0 one_gt0).
Qed.

Theorem square_needed_false : ~ statements.maximum_reached_of_unequal_curvatures.square_needed.
Proof.
pose one : rat := 1; have one_gt0 : 0 < one by [].
move=> /(_ _ 2%N (maximal one one one) one isT (below_one one_gt0 one_gt0 one_gt0)).
by rewrite leNgt (above_one one_gt0 one_gt0 one_gt0).
Qed.
