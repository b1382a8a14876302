(* M1.  F6 without its root is S^L >= (2L)^L |Kz|² (û·TKz)^{2(L-1)}; at a top singular vector z of
   the target and û along Tz this is the bound.  Where every layer has its norm g on one path, sums
   over layers have L equal terms along it and none is larger. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions lemmas sharpness_ge_along_paths.
From Proofs.statements Require sharpness_ge_of_minimizer.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- paths without roots ------------------------------------------------------------------ *)

Lemma path_power (F : realFieldType) (d : nat -> nat) (L m : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
    (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)) (S : F) :
  (0 < L)%N -> (forall k, (0 < d k)%N) -> u != 0 -> moment X *m y != 0 ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  path_gain X Y u y <= (S / (2 * L%:R)) ^+ L.
Proof.
case: L Y u => // N Y u L_gt0 d_gt0 u_neq0 y_neq0 fits bound.
have q_gt0 := moment_gt0 y_neq0; have u_gt0 : 0 < sq u by rewrite sq_gt0.
have S_ge0 := sharpness_ge0 L_gt0 d_gt0 fits bound.
have e_ge0 : 0 <= path_energy X W u y.
  by apply: sumr_ge0 => k _; rewrite mulr_ge0 // divr_ge0 ?sq_ge0 ?ltW.
have e_le : path_energy X W u y / N.+1%:R <= S / (2 * N.+1%:R).
  rewrite invfM mulrA ler_wpmul2r ?invr_ge0 ?ler0n // ler_pdivl_mulr ?ltr0n // mulrC.
  exact: direction L_gt0 d_gt0 u_neq0 y_neq0 fits bound.
have d_ge0 : 0 <= path_energy X W u y / N.+1%:R by rewrite divr_ge0 ?ler0n.
apply: le_trans (_ : (path_energy X W u y / N.+1%:R) ^+ N.+1 <= _); last first.
  by rewrite ler_pexpn2r ?nnegrE // (le_trans d_ge0 e_le).
rewrite /path_gain; have -> : path_ends X y = gain_in X W y 0 by rewrite /gain_in /= mul1mx.
apply: (@path_bound _ N (gain_out W u) (gain_in X W y)) => [k|k|||k kN].
- by rewrite divr_ge0 ?sq_ge0 ?ltW.
- by rewrite divr_ge0 ?sq_ge0 ?ltW.
- by rewrite /gain_out suffixn trmx1 mul1mx divff ?gt_eqF.
- by rewrite divr_ge0 ?sqr_ge0 ?mulr_ge0 ?ltW.
- exact: (pairs u_neq0 y_neq0 fits).
Qed.

Lemma root_le (F : realFieldType) (L : nat) (x r S : F) :
  (0 < L)%N -> 0 <= S -> is_root L x r -> x <= (S / (2 * L%:R)) ^+ L -> 2 * L%:R * r <= S.
Proof.
move=> L_gt0 S_ge0 [r_ge0 <-]; have L2_gt0 : 0 < 2 * L%:R :> F by rewrite mulr_gt0 ?ltr0n.
by rewrite ler_pexpn2r ?nnegrE ?divr_ge0 ?(ltW L2_gt0) // ler_pdivl_mulr // mulrC.
Qed.

(* The direction of the output that a path to Cy is best seen from; any other where Cy = 0. *)
Lemma best_output (F : realFieldType) (d : nat -> nat) (L m : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (y : 'cV[F]_(d 0%N)) : (0 < d L)%N ->
  exists u : 'cV[F]_(d L), u != 0 /\
    pairing X Y u y = sq (cross X Y *m y) / dot y (moment X *m y).
Proof.
move=> d_gt0; have [C0|C_neq0] := eqVneq (cross X Y *m y) 0.
  exists (const_mx 1); split; last by rewrite /pairing C0 dot0r /sq dot0r expr0n /= !mul0r.
  by apply/eqP => /matrixP /(_ (Ordinal d_gt0) 0); rewrite !mxE => /eqP; rewrite oner_eq0.
exists (cross X Y *m y); split=> //.
by rewrite /pairing -/(sq _) expr2 -mulf_div divff ?mul1r // sq_eq0.
Qed.

(* --- claims ------------------------------------------------------------------------------- *)

Theorem norm : statements.sharpness_ge_of_minimizer.norm.
Proof.
move=> F d L m X Y s white.
rewrite /statements.sharpness_ge_of_minimizer.is_norm_sq_on_data white.
split=> [[below [v [v_neq0 attained]]]|[below [v [v_neq0 attained]]]].
- split; last by exists v; rewrite mul1mx in v_neq0 attained.
  by move=> y; have := below y; rewrite mul1mx.
- split; last by exists v; rewrite mul1mx.
  by move=> y; rewrite mul1mx; apply: below.
Qed.

Theorem lower : statements.sharpness_ge_of_minimizer.lower.
Proof.
move=> F d L m X Y W s r S L_gt0 d_gt0 white fits [_ [v [v_neq0 top]]] root bound.
have v_neq0' : moment X *m v != 0 by rewrite white mul1mx -sq_eq0.
have [u [u_neq0 uE]] := best_output X Y v (d_gt0 L).
apply: (root_le L_gt0 (sharpness_ge0 L_gt0 d_gt0 fits bound) root).
have := path_power L_gt0 d_gt0 u_neq0 v_neq0' fits bound.
by rewrite /path_gain uE /path_ends white mul1mx -/(sq v) top divff // mul1r mulfK.
Qed.

Section Attained.
Variables (F : realFieldType) (n : nat -> nat) (L m : nat).
Variables (Q : forall k, 'M[F]_(1 + n k)) (g : F) (N : forall k, 'M[F]_(n k.+1, n k)).
Hypothesis (L_gt0 : (0 < L)%N) (turn : forall k, Q k *m (Q k)^T = 1%:M).
Hypothesis small : forall k (x : 'cV_(n k)), sq (N k *m x) <= g ^+ 2 * sq x.
Let W := statements.sharpness_ge_of_minimizer.path_network Q g N.
Let e k : 'cV[F]_(1 + n k) := col_mx 1%:M 0.
Let q k := Q k *m e k.

Let turn' k : (Q k)^T *m Q k = 1%:M.
Proof. exact: mulmx1C. Qed.

Let sq_turn k p (A : 'M_(1 + n k, p)) : sq (Q k *m A) = sq A.
Proof. by rewrite {1}/sq dot_mull mulmxA turn' mul1mx. Qed.

Let sq_turn' k p (A : 'M_(1 + n k, p)) : sq ((Q k)^T *m A) = sq A.
Proof. by rewrite {1}/sq dot_mull trmxK mulmxA turn mul1mx. Qed.

Let sq_col p r t (A : 'M[F]_(p, t)) (B : 'M[F]_(r, t)) : sq (col_mx A B) = sq A + sq B.
Proof. by rewrite /sq !dotE tr_col_mx mul_row_col raddfD. Qed.

Let unit k : sq (q k) = 1.
Proof.
by rewrite sq_turn sq_col {2}/sq dot0r addr0 /sq dotE trmx1 mulmx1 mxtrace1.
Qed.

Let there k : W k *m q k = g *: q k.+1.
Proof.
rewrite /W /statements.sharpness_ge_of_minimizer.path_network -!mulmxA (mulmxA _ (Q k)) turn'.
rewrite mul1mx.
by rewrite mul_block_col !mulmx0 !addr0 mulmx1 mul0mx scalemxAr scale_col_mx scaler0 scalemx1.
Qed.

Let back k : (W k)^T *m q k.+1 = g *: q k.
Proof.
rewrite /W /statements.sharpness_ge_of_minimizer.path_network !trmx_mul trmxK tr_block_mx -!mulmxA.
rewrite (mulmxA _ (Q k.+1)) turn' mul1mx tr_scalar_mx !trmx0.
by rewrite mul_block_col !mulmx0 !addr0 mulmx1 mul0mx scalemxAr scale_col_mx scaler0 scalemx1.
Qed.

Let below k (x : 'cV_(1 + n k)) : sq (W k *m x) <= g ^+ 2 * sq x.
Proof.
rewrite /W /statements.sharpness_ge_of_minimizer.path_network -!mulmxA sq_turn.
rewrite -[in leRHS](sq_turn' x).
rewrite -(vsubmxK ((Q k)^T *m x)) mul_block_col !mul0mx addr0 add0r.
rewrite mul_scalar_mx !sq_col mulrDr sqZ.
by rewrite ler_add2l small.
Qed.

Variables (X : 'M[F]_((1 + n 0)%N, m)) (Y : 'M[F]_((1 + n L)%N, m)).
Let d k := (1 + n k)%N.
Hypothesis (white : @moment F d m X = 1%:M) (fits : @minimizer F d L m X Y W).

Lemma path_network_sharpness :
  @is_sharpness F d L m X Y W (2 * L%:R * (g ^+ 2) ^+ L.-1).
Proof.
rewrite -[2 * L%:R]mulr1; apply: (@sharpness_path F d L m X Y W q g 1 1) => //.
- exact: oner_neq0.
- by move=> k _; apply: unit.
- by move=> k _; apply: there.
- by move=> k _; apply: back.
- by move=> k _ x; apply: below.
- by rewrite white mul1mx scale1r.
- by move=> v; rewrite white mul1mx mul1r.
Qed.

Lemma path_network_norm : is_norm_sq (@cross F d L m X Y) ((g ^+ 2) ^+ L).
Proof.
rewrite -fits white mulmx1; split=> [v|].
  by apply: (@prefix_below F d L W g) => // k _ x; apply: below.
exists (q 0); rewrite unit oner_neq0; split=> //.
rewrite (@path_prefix F d L W q g) // => [|k _]; last exact: there.
by rewrite sqZ unit -exprM mulnC exprM.
Qed.

End Attained.

Theorem whole : statements.sharpness_ge_of_minimizer.whole.
Proof.
move=> F n L m Q g N d W X Y L_gt0 turn small white fits; split.
- exact: path_network_norm.
- by split; [rewrite exprn_ge0 ?sqr_ge0 | rewrite exprAC].
- exact: path_network_sharpness.
Qed.

Theorem attained : statements.sharpness_ge_of_minimizer.attained.
Proof.
move=> F n L m Q g N d W X Y s r L_gt0 turn small white fits top root.
have [norm' root' sharp] := whole L_gt0 turn small white fits.
rewrite (largest_unique top norm') in root.
by rewrite (root_unique L_gt0 root root').
Qed.

(* --- false twins -------------------------------------------------------------------------- *)

(* One layer of one neuron on one sample: S = 2. *)
Theorem factor_three_false : ~ statements.sharpness_ge_of_minimizer.factor_three.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 1 1 one one = (1 * 1 ^+ 1)%:M by rewrite mul1r expr1 -moment1.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 1)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
have top : is_norm_sq (@cross _ d 1 1 one one) 1.
  rewrite cross1 mul1r expr1; split=> [v|]; first by rewrite mul1mx mul1r.
  by exists one; rewrite mul1mx mul1r -/one /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
move=> /(_ _ d 1%N 1%N one one (scalar_network 1 1) 1 1 _ isT (fun=> isT) moment1 fits top).
by move=> /(_ _ _ bound); rewrite !mulr1 => absurd; have := absurd (conj ler01 (erefl _)).
Qed.

(* Two layers of one neuron with unit weights, Σ = 1/4: S = 1 < 4. *)
Theorem any_covariance_false : ~ statements.sharpness_ge_of_minimizer.any_covariance.
Proof.
pose x : 'M[rat]_1 := 2^-1%:M; pose d (_ : nat) := 1%N.
have moment4 : @moment _ d 1 x = (4^-1)%:M.
  by rewrite /moment invr1 scale1r tr_scalar_mx -scalar_mxM.
have cross4 : @cross _ d 2 1 x x = (4^-1 * 1 ^+ 2)%:M by rewrite expr1n mulr1 -moment4.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 2)%N) (isT : 0 <= 4^-1 :> rat)
  moment4 cross4.
have fits := minimizer_scalar moment4 cross4.
have top : is_norm_sq (@prefix _ d (scalar_network 1 1) 2) (1 : rat).
  rewrite prefix_scalar expr1n; split=> [v|]; first by rewrite mul1mx mul1r.
  by exists 1%:M; rewrite mul1mx mul1r /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
move=> /(_ _ d 2%N 1%N x x (scalar_network 1 1) 1 1 _ isT (fun=> isT) fits top).
by move=> /(_ _ _ bound) absurd; have := absurd (conj ler01 (erefl _)).
Qed.
