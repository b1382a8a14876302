(* U2.  In every direction |Kz|² <= Λ and (û·TKz)² <= |TK|_2², both by Cauchy-Schwarz for Σ: so the
   gain is at most Λ|TK|_2^{2(L-1)}.  With one output its value at z = Kw*/|Kw*| is the lower
   bracket.  AM-GM for Λ, once, and a, L-1 times, gives the sum. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import minimal_sharpness_between_closed_forms.
From Proofs Require Import networks directions quantities lemmas layers.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- one output ----------------------------------------------------------------------------- *)
Section OneRow.
Variable F : realFieldType.

Lemma dot_trmx m n (A B : 'M[F]_(m, n)) : dot A^T B^T = dot A B.
Proof. by rewrite dotC !dotE trmxK mxtrace_mulC. Qed.

Lemma sq_one : sq (1%:M : 'M[F]_1) = 1.
Proof. by rewrite /sq dotE trmx1 mulmx1 mxtrace1. Qed.

Lemma one_row n p (T : 'M[F]_(n, p)) (N : 'M[F]_p) : n = 1%N ->
  let u := const_mx 1 : 'cV[F]_n in
  [/\ u != 0, sq u = 1, sq (N *m (T^T *m u)) = sq (T *m N^T) &
      dot (T^T *m u) (N *m (T^T *m u)) = dot T (T *m N^T)].
Proof.
move=> n1; move: T; rewrite n1 => T u.
have u1 : u = 1%:M by apply/matrixP => i j; rewrite !ord1 !mxE.
have squ : sq u = 1 by rewrite u1 sq_one.
split; [by rewrite -sq_eq0 squ oner_eq0 | exact: squ | |].
  by rewrite u1 mulmx1 -sq_trmx trmx_mul trmxK.
by rewrite u1 mulmx1 -dot_trmx trmx_mul trmxK.
Qed.

Lemma one_row_form n p (T : 'M[F]_(n, p)) (N : 'M[F]_p) (v : 'cV[F]_n) : n = 1%N ->
  dot (T^T *m v) (N *m (T^T *m v)) = dot T (T *m N^T) * sq v.
Proof.
move=> n1; move: T v; rewrite n1 => T v.
have -> : v = (v 0 0)%:M by apply/matrixP => i j; rewrite !ord1 [RHS]mxE eqxx.
rewrite mul_mx_scalar -scalemxAr dotZl dotZr -scalemx1 sqZ.
by rewrite -[dot T _]dot_trmx trmx_mul trmxK sq_one mulr1 mulrA -expr2 mulrC.
Qed.

Lemma one_row_largest n p (T : 'M[F]_(n, p)) (N : 'M[F]_p) : n = 1%N ->
  is_largest (fun v => dot (T^T *m v) (N *m (T^T *m v))) (dot T (T *m N^T)).
Proof.
move=> n1; split=> [v|]; first by rewrite one_row_form.
have [one_neq0 _ _ _] := one_row T N n1.
by exists (const_mx 1); rewrite one_row_form // sq_eq0.
Qed.

End OneRow.

(* --- the two factors of the gain ------------------------------------------------------------ *)
Section Factors.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)).
Implicit Types (x y : 'cV[F]_(d 0%N)) (u : 'cV[F]_(d L)).

Lemma moment_sym : (moment X)^T = moment X.
Proof. by rewrite /moment linearZ /= trmx_mul trmxK. Qed.

Lemma moment_cauchy x y :
  dot x (moment X *m y) ^+ 2 <= dot x (moment X *m x) * dot y (moment X *m y).
Proof.
have -> : dot x (moment X *m y) = m%:R^-1 * dot (X^T *m x) (X^T *m y).
  by rewrite /moment -scalemxAl dotZr -mulmxA dot_mull.
rewrite !moment_ge0 exprMn [leRHS]mulrACA -[_^-1 * _^-1]expr2.
by rewrite ler_wpmul2l ?sqr_ge0 // cauchy_schwarz.
Qed.

Lemma ends_le top y : is_data_max X top -> moment X *m y != 0 -> path_ends X y <= top.
Proof.
move=> [bound _] y_neq0; have q_gt0 := moment_gt0 y_neq0; rewrite /path_ends ler_pdivr_mulr //.
have s_gt0 : 0 < sq (moment X *m y) by rewrite sq_gt0.
rewrite -(ler_pmul2r s_gt0) -[sq _ * sq _]expr2 [leRHS]mulrAC.
apply: le_trans (moment_cauchy (moment X *m y) y) _.
by rewrite ler_wpmul2r ?(ltW q_gt0).
Qed.

Lemma pairing_le p u y : T *m moment X = cross X Y -> is_norm_on_data X T p ->
  u != 0 -> moment X *m y != 0 -> pairing X Y u y <= p.
Proof.
move=> target [bound _] u_neq0 y_neq0; have q_gt0 := moment_gt0 y_neq0.
have u_gt0 : 0 < sq u by rewrite sq_gt0.
rewrite /pairing ler_pdivr_mulr ?mulr_gt0 // -target -mulmxA dot_mull.
apply: le_trans (moment_cauchy _ _) _.
by rewrite mulrA ler_wpmul2r ?(ltW q_gt0).
Qed.

Lemma gain_le top p u y : T *m moment X = cross X Y -> is_data_max X top ->
  is_norm_on_data X T p -> u != 0 -> moment X *m y != 0 -> path_gain X Y u y <= top * p ^+ L.-1.
Proof.
move=> target top_max norm u_neq0 y_neq0; have q_gt0 := moment_gt0 y_neq0.
have le_p := pairing_le target norm u_neq0 y_neq0.
have pairing_ge0 : 0 <= pairing X Y u y.
  by rewrite divr_ge0 ?sqr_ge0 // mulr_ge0 ?sq_ge0 // ltW.
apply: ler_pmul; rewrite ?ends_le ?exprn_ge0 //; first by rewrite divr_ge0 ?sq_ge0 // ltW.
by rewrite ler_expn2r ?nnegrE ?(le_trans pairing_ge0).
Qed.

Lemma form_gt0 n (D : 'M[F]_(n, d 0%N)) : D *m moment X != 0 -> 0 < dot D (D *m moment X).
Proof.
move=> D_neq0; rewrite lt_def form_ge0 andbT; apply: contraNneq D_neq0.
rewrite formE => /eqP; rewrite mulf_eq0 sq_eq0 /moment -scalemxAr scaler_eq0.
by case/orP => [->//|/eqP E]; rewrite mulmxA E mul0mx eqxx orbT.
Qed.

Lemma map_gt0 n (D : 'M[F]_(n, d 0%N)) : D *m moment X != 0 -> 0 < sq D.
Proof. by rewrite sq_gt0; apply: contraNneq => ->; rewrite mul0mx. Qed.

Lemma rayleigh_gt0 n (D : 'M[F]_(n, d 0%N)) : D *m moment X != 0 -> 0 < rayleigh X D.
Proof. by move=> D_neq0; rewrite divr_gt0 ?form_gt0 ?map_gt0. Qed.

Lemma rayleighE n (D : 'M[F]_(n, d 0%N)) : D *m moment X != 0 ->
  rayleigh X D * sq D = dot D (D *m moment X).
Proof. by move=> D_neq0; rewrite divfK ?gt_eqF ?map_gt0. Qed.

(* The brackets without a quotient. *)
Lemma bracketE n (D : 'M[F]_(n, d 0%N)) (x : F) : (0 < L)%N -> D *m moment X != 0 ->
  rayleigh X D ^+ L * sq D ^+ L.-1 * (x / rayleigh X D) = x * (rayleigh X D * sq D) ^+ L.-1.
Proof.
move=> L_gt0 D_neq0; have := rayleigh_gt0 D_neq0.
move: (rayleigh X D) (sq D) => a w a_gt0; rewrite -{1}(prednK L_gt0) exprS exprMn.
have regroup (b c i : F) : a * b * c * (x * i) = x * (b * c) * (a * i) by ring.
by rewrite regroup divff ?gt_eqF // mulr1.
Qed.

End Factors.

Theorem spread : statements.minimal_sharpness_between_closed_forms.spread.
Proof.
move=> F d L m X T d1; rewrite /path_ends /rayleigh2.
by have [_ _ -> ->] := one_row T (moment X) d1; rewrite moment_sym.
Qed.

Theorem pairing : statements.minimal_sharpness_between_closed_forms.pairing.
Proof.
move=> F d L m X Y T d1 target; rewrite -target => T_neq0; rewrite rayleighE // /pairing.
have [_ squ _ form] := one_row T (moment X) d1; rewrite moment_sym in form.
rewrite -target -mulmxA dot_mull form squ mul1r expr2 mulfK //.
by rewrite gt_eqF ?form_gt0.
Qed.

Theorem image : statements.minimal_sharpness_between_closed_forms.image.
Proof.
move=> F d L m X T p d1 norm.
have := one_row_largest T (moment X) d1; rewrite moment_sym => /(largest_unique norm) ->.
have [T0|T_neq0] := eqVneq (sq T) 0; last by rewrite mulrC divfK.
by move/eqP: T0; rewrite sq_eq0 => /eqP ->; rewrite dot0l /sq dot0l mul0r.
Qed.

Theorem growth : statements.minimal_sharpness_between_closed_forms.growth.
Proof.
move=> F d L m X T T_neq0; have regroup (a b c : F) : a * b * c ^+ 2 = a * (b * c) * c by ring.
rewrite regroup rayleighE // /rayleigh2 divfK ?gt_eqF ?form_gt0 //.
by rewrite mulrC cauchy_schwarz.
Qed.

Theorem lower : statements.minimal_sharpness_between_closed_forms.lower.
Proof.
move=> F d L m X Y T S_min r L_gt0 d1 target C_neq0 [G [s [[bound _] root ->]]] low.
rewrite ler_wpmul2l ?mulr_ge0 ?ler0n //; apply: (roots_le L_gt0 low root).
have T_neq0 : T *m moment X != 0 by rewrite target.
rewrite bracketE // -(spread X T d1) -(pairing d1 target C_neq0); apply: bound.
  by have [] := one_row T (moment X) d1.
rewrite -sq_eq0; have [_ _ -> _] := one_row T (moment X) d1.
by rewrite moment_sym sq_eq0.
Qed.

Theorem outputs : statements.minimal_sharpness_between_closed_forms.outputs.
Proof.
move=> F d L m X Y T S_min top p r L_gt0 target [G [s [[_ [u [y [u0 y0 <-]]]] root ->]]].
move=> top_max norm out; rewrite ler_wpmul2l ?mulr_ge0 ?ler0n //.
apply: (roots_le L_gt0 root out); exact: (gain_le target top_max norm u0 y0).
Qed.

Theorem upper : statements.minimal_sharpness_between_closed_forms.upper.
Proof.
move=> F d L m X Y T S_min top r L_gt0 d1 target C_neq0 least top_max up.
have T_neq0 : T *m moment X != 0 by rewrite target.
have norm := one_row_largest T (moment X) d1; rewrite moment_sym in norm.
apply: (outputs L_gt0 target least top_max norm).
by move: up; rewrite /upper_root bracketE // rayleighE.
Qed.

Theorem sum : statements.minimal_sharpness_between_closed_forms.sum.
Proof.
move=> F d [//|N] m X T top r t L_gt0 T_neq0 top_max; rewrite /upper_root bracketE // => up norm.
have a_gt0 := rayleigh_gt0 T_neq0; move: (rayleigh X T) a_gt0 up => a a_gt0 [r_ge0 rE].
case: norm => t_ge0 tE.
have top_ge0 := data_max_ge0 top_max.
pose be k := if k is 0 then top else a.
have mean : top * a ^+ N <= ((top + N%:R * a) / N.+1%:R) ^+ N.+1.
  have be_ge0 k : 0 <= be k by case: k => [|k]; [exact: top_ge0 | exact: ltW a_gt0].
  have same k : (k < N)%N -> a <= 1 * be k.+1 by move=> _; rewrite mul1r /=.
  have := @path_bound _ N (fun=> 1) be a (fun=> ler01) be_ge0 (erefl _) (ltW a_gt0) same.
  rewrite big_ord_recl /= mul1r (eq_bigr (fun=> a)) => [|k _]; last by rewrite mul1r.
  by rewrite sumr_const card_ord -[a *+ N]mulr_natl.
have M_ge0 : 0 <= (top + N%:R * a) / N.+1%:R.
  by rewrite divr_ge0 ?ler0n // addr_ge0 // mulr_ge0 ?ler0n // ltW.
have up : r <= t * ((top + N%:R * a) / N.+1%:R).
  rewrite -(@ler_pexpn2r _ N.+1) ?nnegrE ?(mulr_ge0 t_ge0 M_ge0) //.
  rewrite rE [(t * _) ^+ _]exprMn tE /= [(a * _) ^+ _]exprMn.
  rewrite [leLHS]mulrA [leLHS]mulrC.
  by rewrite ler_wpmul2l ?exprn_ge0 ?sq_ge0.
apply: le_trans (ler_wpmul2l _ up) _; first by rewrite mulr_ge0 ?ler0n.
have regroup (n i M : F) : 2 * n * (t * (M * i)) = 2 * t * M * (n * i) by ring.
by rewrite regroup divff ?pnatr_eq0 // mulr1.
Qed.

Theorem improves : statements.minimal_sharpness_between_closed_forms.improves.
Proof.
move=> F d L m X T r t L_gt0 T_neq0 low [t_ge0 tE].
have a_gt0 := rayleigh_gt0 T_neq0.
rewrite -mulrA ler_wpmul2l ?mulr_ge0 ?ler0n //; apply: (roots_le L_gt0 _ low).
  by split; [rewrite mulr_ge0 ?(ltW a_gt0) | rewrite exprMn tE].
rewrite ler_pemulr ?mulr_ge0 ?exprn_ge0 ?sq_ge0 ?(ltW a_gt0) //.
rewrite ler_pdivl_mulr // mul1r -(ler_pmul2r a_gt0).
have w_gt0 := map_gt0 T_neq0.
rewrite -(ler_pmul2r (exprn_gt0 2 w_gt0)) -expr2 -exprMn.
by have := growth T_neq0.
Qed.

Lemma rayleigh_top (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) n
    (T : 'M[F]_(n, d 0%N)) top :
  T *m moment X != 0 -> T *m moment X = top *: T -> rayleigh X T = top.
Proof.
by move=> T_neq0 E; rewrite /rayleigh E dotZr mulfK ?gt_eqF //; apply: map_gt0 T_neq0.
Qed.

Lemma rayleigh2_top (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) n
    (T : 'M[F]_(n, d 0%N)) top :
  T *m moment X != 0 -> T *m moment X = top *: T -> rayleigh2 X T = top.
Proof.
move=> T_neq0 E; have := form_gt0 T_neq0.
rewrite /rayleigh2 E sqZ dotZr -/(sq T) expr2 -(mulrA top) => f_gt0.
by rewrite mulfK // gt_eqF.
Qed.

Theorem lower_attained : statements.minimal_sharpness_between_closed_forms.lower_attained.
Proof.
move=> F d L m X Y T S_min top r L_gt0 d1 target C_neq0 top_max top_vector least low.
have T_neq0 : T *m moment X != 0 by rewrite target.
apply/eqP; rewrite eq_le (lower L_gt0 d1 target C_neq0 least low) andbT.
apply: (upper L_gt0 d1 target C_neq0 least top_max); move: low; rewrite /lower_root /upper_root.
by rewrite (rayleigh2_top T_neq0 top_vector).
Qed.

Theorem upper_tight : statements.minimal_sharpness_between_closed_forms.upper_tight.
Proof.
move=> F d [//|N] m X T top r t L_gt0 T_neq0 top_max top_vector; rewrite /upper_root.
have top_gt0 := rayleigh_gt0 T_neq0; have a_top := rayleigh_top T_neq0 top_vector.
rewrite a_top in top_gt0 *; rewrite divff ?gt_eqF // mulr1 => up [t_ge0 tE].
have -> : r = top * t.
  apply: (root_unique L_gt0 up).
  by split; [rewrite mulr_ge0 ?(ltW top_gt0) | rewrite exprMn tE].
by rewrite /= -[X in _ = 2 * t * (X + _)]mul1r -mulrDl -[1]/(1%:R) -natrD add1n; ring.
Qed.

Theorem upper_attained : statements.minimal_sharpness_between_closed_forms.upper_attained.
Proof.
move=> F d L m X Y T S_min top t L_gt0 d1 target C_neq0 top_max top_vector least norm.
have T_neq0 : T *m moment X != 0 by rewrite target.
have a_top := rayleigh_top T_neq0 top_vector.
have top_gt0 := rayleigh_gt0 T_neq0; rewrite a_top in top_gt0.
have root : is_root L (top ^+ L * sq T ^+ L.-1) (top * t).
  by case: norm => t_ge0 tE; split; [rewrite mulr_ge0 ?(ltW top_gt0) | rewrite exprMn tE].
have up : upper_root X T top (top * t).
  by rewrite /upper_root a_top divff ?gt_eqF // mulr1.
rewrite -(upper_tight L_gt0 T_neq0 top_max top_vector up norm).
apply: (lower_attained L_gt0 d1 target C_neq0 top_max top_vector least).
by rewrite /lower_root (rayleigh2_top T_neq0 top_vector) a_top divff ?gt_eqF // mulr1.
Qed.

Lemma path_norm (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0%N, m)) n
    (T : 'M[F]_(n, d 0%N)) c (v : 'cV[F]_n) q top :
  T = c *: (v *m q^T) -> sq v = 1 -> sq q = 1 ->
  is_data_max X top -> moment X *m q = top *: q -> is_norm_on_data X T (c ^+ 2 * top).
Proof.
move=> TE unit_v unit_q top_max q_top.
have top_ge0 := data_max_ge0 top_max.
have form (x : 'cV[F]_n) :
    dot (T^T *m x) (moment X *m (T^T *m x)) = c ^+ 2 * top * dot v x ^+ 2.
  rewrite TE linearZ /= trmx_mul trmxK -scalemxAl -mulmxA row_col.
  rewrite mul_mx_scalar scalerA -scalemxAr dotZl dotZr q_top dotZr -/(sq q) unit_q.
  by move: (dot v x) => e; ring.
split=> [x|]; last by exists v; rewrite form unit_v -/(sq v) unit_v expr1n oner_eq0.
have c_ge0 : 0 <= c ^+ 2 * top by apply: mulr_ge0; [exact: sqr_ge0 | exact: top_ge0].
rewrite form ler_wpmul2l //.
by have := cauchy_schwarz v x; rewrite unit_v mul1r.
Qed.

Theorem outputs_attained : statements.minimal_sharpness_between_closed_forms.outputs_attained.
Proof.
move=> F d L m X Y T c v q S_min top p r L_gt0 target C_neq0 TE unit_v unit_q top_max q_top.
move=> least norm out; apply/eqP; rewrite eq_le (outputs L_gt0 target least top_max norm out) /=.
have [G [s [[bound _] root ->]]] := least.
rewrite ler_wpmul2l ?mulr_ge0 ?ler0n //; apply: (roots_le L_gt0 out root).
have T_neq0 : T *m moment X != 0 by rewrite target.
have qq : q^T *m q = 1%:M by rewrite row_col -/(sq q) unit_q.
have qM : q^T *m moment X = top *: q^T by rewrite -moment_sym -trmx_mul q_top linearZ.
have TM : T *m moment X = (c * top) *: (v *m q^T).
  by rewrite TE -scalemxAl -mulmxA qM -scalemxAr scalerA.
have top_neq0 : top != 0 by apply: contraNneq T_neq0 => top0; rewrite TM top0 mulr0 scale0r.
have q_neq0 : moment X *m q != 0 by rewrite q_top -sq_eq0 sqZ unit_q mulr1 expf_neq0.
have v_neq0 : v != 0 by rewrite -sq_eq0 unit_v oner_eq0.
have qform : dot q (moment X *m q) = top by rewrite q_top dotZr -/(sq q) unit_q mulr1.
have top_gt0 : 0 < top by rewrite -qform moment_gt0.
have pE : p = c ^+ 2 * top := largest_unique norm (path_norm TE unit_v unit_q top_max q_top).
suff -> : top * p ^+ L.-1 = path_gain X Y v q by apply: bound.
rewrite /path_gain; congr (_ * _ ^+ _).
  rewrite /path_ends qform q_top sqZ unit_q mulr1.
  by rewrite expr2 mulfK.
rewrite /directions.pairing -target -mulmxA q_top -scalemxAr TE -scalemxAl -mulmxA qq mulmx1.
rewrite !dotZr -!/(sq _) unit_v unit_q pE !mulr1 mul1r.
have -> : (top * c) ^+ 2 = c ^+ 2 * top * top by ring.
by rewrite mulfK.
Qed.

(* --- one neuron on one sample ----------------------------------------------------------------- *)
Definition one : 'M[rat]_1 := 1%:M.
Definition ones (_ : nat) : nat := 1.

Lemma one_neq0 : one != 0.
Proof. by rewrite -sq_eq0 sq_one oner_eq0. Qed.

Lemma moment_one : @moment _ ones 1 one = 1%:M.
Proof. by rewrite /moment invr1 scale1r trmx1 mulmx1. Qed.

Lemma cross_one L : @cross _ ones L 1 one one = 1%:M.
Proof. by rewrite /cross invr1 scale1r trmx1 mulmx1. Qed.

Lemma data_max_one : @is_data_max _ ones 1 one 1.
Proof.
rewrite /is_data_max moment_one; split=> [x|]; last exists one; rewrite mul1mx mul1r //.
by rewrite sq_eq0 one_neq0.
Qed.

Lemma norm_one : @is_norm_on_data _ ones 1 one 1 one 1.
Proof.
rewrite /is_norm_on_data moment_one trmx1.
by split=> [x|]; last exists one; rewrite !mul1mx mul1r // sq_eq0 one_neq0.
Qed.

Lemma gain_one L : @is_gain _ ones L 1 one one 1.
Proof.
have numbers (u : 'M[rat]_1) : sq u = u 0 0 ^+ 2 by rewrite /sq /dot !big_ord1 expr2.
have value (u y : 'M[rat]_1) : u != 0 -> y != 0 -> @path_gain _ ones L 1 one one u y = 1.
  move=> u_neq0 y_neq0; rewrite /path_gain /path_ends /directions.pairing moment_one cross_one.
  rewrite !mul1mx -!/(sq _) divff ?sq_eq0 // mul1r.
  have -> : dot u y ^+ 2 = sq u * sq y by rewrite !numbers /dot !big_ord1 exprMn.
  by rewrite divff ?mulf_neq0 ?sq_eq0 // expr1n.
split=> [u y u_neq0|]; first by rewrite moment_one mul1mx => /(value _ _ u_neq0) ->.
by exists one, one; rewrite moment_one mul1mx value one_neq0.
Qed.

Lemma least_one L : @is_minimal_sharpness _ ones L 1 one one (2 * L%:R).
Proof. by exists 1, 1; rewrite mulr1; split=> //; [exact: gain_one | rewrite /is_root expr1n]. Qed.

Lemma target_one L : one *m @moment _ ones 1 one = @cross _ ones L 1 one one.
Proof. by rewrite moment_one cross_one mulmx1. Qed.

(* One layer: S_min = 2, and the half is 1. *)
Theorem half_of_outputs_false : ~ statements.minimal_sharpness_between_closed_forms.half_of_outputs.
Proof.
have root : @outputs_root _ 1 1 1 (1 : rat) by rewrite /outputs_root.
by move=> /(_ _ ones 1%N 1%N one one one _ 1 1 1 isT (target_one 1) (least_one 1)
  data_max_one norm_one root).
Qed.
