(* C7.  Two solutions differ by N with NΣ = 0, and the one of least norm is orthogonal to N: so
   w·Σw and Σw are the same for all, and the norm alone decides.  The rest is C1. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions quantities lemmas.
From Proofs Require sharpness_ge_rayleigh.
From Proofs.statements Require sharpness_ge_rayleigh rayleigh_bound_best_of_minimum_norm.
Import Order.TTheory GRing.Theory Num.Theory.
Import statements.sharpness_ge_rayleigh statements.rayleigh_bound_best_of_minimum_norm.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Module C1 := Proofs.sharpness_ge_rayleigh.

Section Solutions.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)).
Hypothesis (reg : regressor X Y T) (best : least_norm X Y T0).
Let N := T - T0.

Lemma kernel : N *m moment X = 0.
Proof. by have [[_ TE] [[_ TE0] _]] := (reg, best); rewrite mulmxBl TE TE0 subrr. Qed.

Lemma orthogonal : dot T0 N = 0.
Proof.
have [[one TE0] least] := best; have [N0|N_neq0] := eqVneq N 0; first by rewrite N0 dot0r.
have n_gt0 : 0 < sq N by rewrite sq_gt0.
have reg' : regressor X Y (T0 + (- (dot T0 N / sq N)) *: N).
  by split=> //; rewrite mulmxDl -scalemxAl kernel scaler0 addr0.
have := least _ reg'; rewrite sqD sqZ dotZr -addrA ler_addl.
move: (dot T0 N) (sq N) n_gt0 => D n n_gt0.
have -> : - (D / n) * D *+ 2 + (- (D / n)) ^+ 2 * n =
    - (D ^+ 2 * n^-1) *+ 2 + D ^+ 2 * n^-1 * (n^-1 * n).
  by ring.
rewrite mulVf ?gt_eqF // mulr1 mulr2n addrNK oppr_ge0 => le0; apply/eqP.
have : D ^+ 2 * n^-1 == 0 by rewrite eq_le le0 mulr_ge0 ?sqr_ge0 // invr_ge0 ltW.
by rewrite mulf_eq0 invr_eq0 (gt_eqF n_gt0) orbF sqrf_eq0.
Qed.

Lemma pythagoras : sq T = sq T0 + sq N.
Proof. by rewrite -[T in LHS](subrK T0) addrC sqD orthogonal mul0rn addr0. Qed.

Lemma same_form : dot T (T *m moment X) = dot T0 (T0 *m moment X).
Proof.
have [[_ TE] [[_ TE0] _]] := (reg, best); rewrite TE -TE0 -[T in LHS](subrK T0) dotDl.
by rewrite dot_mulr C1.moment_sym kernel dot0l add0r.
Qed.

Lemma same_energy : rayleigh X T * sq T = rayleigh X T0 * sq T0.
Proof. by rewrite !C1.rayleighE same_form. Qed.

Lemma same_rayleigh2 : rayleigh2 X T = rayleigh2 X T0.
Proof.
by have [[_ TE] [[_ TE0] _]] := (reg, best); rewrite /rayleigh2 same_form TE -TE0.
Qed.

Lemma rayleigh_lifted : rayleigh X T0 = rayleigh X T + rayleigh X T * sq N / sq T0.
Proof.
have [T0_0|T_neq0] := eqVneq (sq T0) 0.
  have a0 : rayleigh X T0 = 0 by rewrite /rayleigh T0_0 invr0 mulr0.
  have /eqP := same_energy; rewrite a0 mul0r T0_0 invr0 mulr0 addr0 mulf_eq0.
  by case/orP=> [/eqP -> //|/eqP T_0]; rewrite /rayleigh T_0 invr0 mulr0.
apply: (mulIf T_neq0); rewrite [RHS]mulrDl [in RHS]mulfVK // -mulrDr -pythagoras.
by rewrite same_energy.
Qed.

Lemma rayleigh_le_best : rayleigh X T <= rayleigh X T0.
Proof.
rewrite rayleigh_lifted ler_addl; apply: divr_ge0 (sq_ge0 _).
exact: mulr_ge0 (C1.rayleigh_ge0 _ _) (sq_ge0 _).
Qed.

End Solutions.

Lemma least_norm_unique (F : realFieldType) (d : nat -> nat) (L m : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)) :
  least_norm X Y T -> least_norm X Y T0 -> T = T0.
Proof.
move=> [reg least] best; have [reg0 least0] := best.
apply/eqP; rewrite -subr_eq0 -sq_eq0 eq_le sq_ge0 andbT.
by rewrite -(ger_addl (sq T0)) -(pythagoras reg best) least.
Qed.

(* The L-th power of 2L a |w|^{2-2/L}, and of a bracket, over (2L)^L. *)
Lemma bound_power (F : realFieldType) L (a s r : F) : (0 < L)%N -> is_root L (s ^+ L.-1) r ->
  (a * r) ^+ L = a * (a * s) ^+ L.-1.
Proof. by move=> L_gt0 [_ rE]; rewrite !exprMn rE mulrA -exprS prednK. Qed.

Theorem energy : statements.rayleigh_bound_best_of_minimum_norm.energy.
Proof. by move=> F d L m X Y T T0 reg best; apply: same_energy reg best. Qed.

Theorem lifted : statements.rayleigh_bound_best_of_minimum_norm.lifted.
Proof. by move=> F d L m X Y T T0 reg best; apply: rayleigh_lifted reg best. Qed.

Theorem moments : statements.rayleigh_bound_best_of_minimum_norm.moments.
Proof. by move=> F d L m X Y T T0 reg best; apply: same_rayleigh2 reg best. Qed.

Theorem tilted : statements.rayleigh_bound_best_of_minimum_norm.tilted.
Proof. by move=> F d L m X Y T T0 reg best; apply: C1.tiltE. Qed.

Theorem every : statements.rayleigh_bound_best_of_minimum_norm.every.
Proof.
move=> F d L m X Y W S L_gt0 d_gt0 fits bound T r reg root.
exact: C1.lower L_gt0 d_gt0 reg fits bound root.
Qed.

Theorem best : statements.rayleigh_bound_best_of_minimum_norm.best.
Proof.
move=> F d L m X Y T T0 r r0 L_gt0 reg best root root0.
have [[r_ge0 _] [r0_ge0 _]] := (root, root0).
have a_ge0 := C1.rayleigh_ge0 X T; have a0_ge0 := C1.rayleigh_ge0 X T0.
rewrite -(mulrA _ (rayleigh X T)) -(mulrA _ (rayleigh X T0)).
apply: ler_wpmul2l; first by rewrite mulr_ge0 ?ler0n.
rewrite -(@ler_pexpn2r _ L) ?nnegrE ?(mulr_ge0 a_ge0 r_ge0) ?(mulr_ge0 a0_ge0 r0_ge0) //.
rewrite (bound_power _ L_gt0 root) (bound_power _ L_gt0 root0) (same_energy reg best).
apply: ler_wpmul2r; last exact: rayleigh_le_best reg best.
exact: exprn_ge0 (mulr_ge0 a0_ge0 (sq_ge0 _)).
Qed.

Theorem least : statements.rayleigh_bound_best_of_minimum_norm.least.
Proof.
move=> F d L m X Y T0 W S r0 L_gt0 d_gt0 fits bound [reg _] root.
exact: C1.lower L_gt0 d_gt0 reg fits bound root.
Qed.

Theorem attained : statements.rayleigh_bound_best_of_minimum_norm.attained.
Proof.
move=> F d L m X Y T0 W g top r0 q L_gt0 fits aligned top_neq0 best root.
have [[one TE0] least] := best; have reg : regressor X Y (prefix W L) by split.
suff TE : T0 = prefix W L.
  by rewrite TE in root *; apply: C1.lower_attained L_gt0 reg aligned root.
have P_top : prefix W L *m moment X = top *: prefix W L.
  have [_ _ _ eigen _] := aligned; rewrite -(prednK L_gt0) (C1.aligned_map aligned).
  rewrite -scalemxAl scalerA mulrC -scalerA; congr (_ *: _); rewrite scalemxAr -mulmxA.
  congr (_ *m _); rewrite -[LHS]trmxK trmx_mul trmxK (C1.moment_sym X) eigen.
  by rewrite linearZ.
have := orthogonal reg best; set N := prefix W L - T0 => orth.
have PN : dot (prefix W L) N = 0.
  apply: (mulfI top_neq0); rewrite mulr0 -dotZl -P_top dotC dot_mulr C1.moment_sym.
  by rewrite (kernel reg best) dot0l.
apply/eqP; rewrite eq_sym -subr_eq0 -sq_eq0 -/N.
by rewrite /sq {1}/N dotDl -scaleN1r dotZl PN orth mulr0 addr0.
Qed.

Theorem equal : statements.rayleigh_bound_best_of_minimum_norm.equal.
Proof.
move=> F d L m X Y T T0 r r0 L_gt0 best best0 root root0.
rewrite -(least_norm_unique best best0) in root0 *.
by rewrite (root_unique L_gt0 root root0).
Qed.

Lemma same_bracket (F : realFieldType) L (a a0 s s0 b r r0 t t0 : F) : (0 < L)%N ->
  0 <= a -> 0 <= a0 -> (a = 0 -> a0 = 0) -> (a0 = 0 -> a = 0) -> a * s = a0 * s0 ->
  is_root L (s ^+ L.-1) r -> is_root L (s0 ^+ L.-1) r0 ->
  is_root L (b / a) t -> is_root L (b / a0) t0 -> a * r * t = a0 * r0 * t0.
Proof.
move=> L_gt0 a_ge0 a0_ge0 zero zero0 same root root0 [t_ge0 tE] [t0_ge0 t0E].
have [[r_ge0 _] [r0_ge0 _]] := (root, root0).
have [a_0|a_neq0] := eqVneq a 0; first by rewrite a_0 zero // !mul0r.
have a0_neq0 : a0 != 0 by apply: contraNneq a_neq0 => /zero0 ->.
apply/eqP; rewrite -(eqr_expn2 L_gt0) ?mulr_ge0 // exprMn [in X in _ == X]exprMn.
rewrite (bound_power _ L_gt0 root) (bound_power _ L_gt0 root0) tE t0E same.
have cancel (x z : F) : x != 0 -> x * z * (b / x) = z * b.
  by move=> x_neq0; rewrite mulrAC [x * _]mulrC mulfVK // mulrC.
by rewrite !cancel.
Qed.

Section Brackets.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T T0 : 'M[F]_(d L, d 0%N)).

Lemma brackets (b r r0 t t0 : F) : (0 < L)%N -> regressor X Y T -> least_norm X Y T0 ->
  is_root L (sq T ^+ L.-1) r -> is_root L (sq T0 ^+ L.-1) r0 ->
  is_root L (b / rayleigh X T) t -> is_root L (b / rayleigh X T0) t0 ->
  2 * L%:R * rayleigh X T * r * t = 2 * L%:R * rayleigh X T0 * r0 * t0.
Proof.
move=> L_gt0 reg best root root0 top top0.
have form := same_form reg best.
have zero (A : 'M[F]_(d L, d 0%N)) : dot A (A *m moment X) = 0 -> rayleigh X A = 0.
  by rewrite /rayleigh => ->; rewrite mul0r.
have back (A : 'M[F]_(d L, d 0%N)) : rayleigh X A = 0 -> dot A (A *m moment X) = 0.
  by move=> a0; rewrite -C1.rayleighE a0 mul0r.
have := @same_bracket F L (rayleigh X T) (rayleigh X T0) (sq T) (sq T0) b r r0 t t0 L_gt0
  (C1.rayleigh_ge0 _ _) (C1.rayleigh_ge0 _ _) _ _ (same_energy reg best) root root0 top top0.
move=> same; rewrite -(mulrA (2 * L%:R) (rayleigh X T)) -(mulrA (2 * L%:R) (rayleigh X T * r))
  -(mulrA (2 * L%:R) (rayleigh X T0)) -(mulrA (2 * L%:R) (rayleigh X T0 * r0)) same // => /back.
  by rewrite form => /zero.
by rewrite -form => /zero.
Qed.

End Brackets.

Theorem lower : statements.rayleigh_bound_best_of_minimum_norm.lower.
Proof.
move=> F d L m X Y T T0 r r0 t t0 L_gt0 reg best root root0 top top0.
rewrite (same_rayleigh2 reg best) in top.
exact: brackets L_gt0 reg best root root0 top top0.
Qed.

Theorem upper : statements.rayleigh_bound_best_of_minimum_norm.upper.
Proof.
move=> F d L m X Y T T0 b r r0 t t0 L_gt0 reg best root root0 top top0.
exact: brackets L_gt0 reg best root root0 top top0.
Qed.

(* S_min speaks of X and Y through Σ and C alone. *)
Lemma minimal_sharpness_of_moments (F : realFieldType) (d : nat -> nat) (L m m' : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (X' : 'M[F]_(d 0%N, m')) (Y' : 'M[F]_(d L, m')) S :
  moment X' = moment X -> cross X' Y' = cross X Y ->
  is_minimal_sharpness X Y S <-> is_minimal_sharpness X' Y' S.
Proof.
move=> XE YE; rewrite /is_minimal_sharpness /is_gain /path_gain /path_ends /pairing.
by rewrite XE YE.
Qed.

Theorem invariant : statements.rayleigh_bound_best_of_minimum_norm.invariant.
Proof.
move=> F d L m m' X Y X' Y' T T0 S [_ TE] [[_ T0E] _] XE YE.
have labels (V : 'M[F]_(d L, d 0%N)) : cross X (V *m X) = V *m moment X.
  by rewrite /cross /moment -mulmxA scalemxAr.
split; last exact: minimal_sharpness_of_moments.
- by apply: minimal_sharpness_of_moments; rewrite // !labels TE.
- by apply: minimal_sharpness_of_moments; rewrite // labels.
Qed.

(* --- false twins -------------------------------------------------------------------------- *)

(* One sample (1, 0), one layer: the solutions (1, 1) and (1, 0) have a = 1/2 and a = 1. *)
Theorem any_solution_false : ~ statements.rayleigh_bound_best_of_minimum_norm.any_solution.
Proof.
pose d k : nat := if k is 0%N then 2%N else 1%N.
pose one : 'M[rat]_1 := 1%:M.
pose x : 'M[rat]_(d 0%N, 1) := (col_mx one 0 : 'M_(1 + 1, 1)).
pose T (b : 'M[rat]_1) : 'M[rat]_(d 1%N, d 0%N) := (row_mx one b : 'M_(1, 1 + 1)).
have sq_row (a b : 'M[rat]_1) : sq (row_mx a b) = sq a + sq b.
  by rewrite -sq_trmx tr_row_mx /sq !dotE tr_col_mx mul_row_col raddfD /= !trmxK
    !(mxtrace_mulC _ _^T).
have sq1 : sq one = 1 by rewrite /sq dotE trmx1 mulmx1 mxtrace1.
have momentE : @moment _ d 1 x = x *m x^T by rewrite /moment invr1 scale1r.
have xx : x^T *m x = 1%:M.
  change ((col_mx one 0 : 'M_(1 + 1, 1))^T *m (col_mx one 0 : 'M_(1 + 1, 1)) = 1%:M).
  by rewrite tr_col_mx mul_row_col trmx0 mul0mx addr0 trmx1 mulmx1.
have Tx b : T b *m x = 1%:M.
  change ((row_mx one b : 'M_(1, 1 + 1)) *m (col_mx one 0 : 'M_(1 + 1, 1)) = 1%:M).
  by rewrite mul_row_col mulmx0 addr0 mulmx1.
have sqT b : sq (T b) = 1 + sq b by rewrite -sq1; apply: sq_row.
have reg b : @regressor _ d 1 1 x one (T b).
  by split=> //; rewrite momentE mulmxA Tx /cross invr1 scale1r.
have least : @least_norm _ d 1 1 x one (T 0).
  split=> // V [_]; rewrite momentE mulmxA /cross invr1 scale1r => VE.
  have Vx : V *m x = one.
    by have := congr1 (fun A => A *m x) VE; rewrite -!mulmxA xx !mulmx1.
  rewrite sqT {1}/sq dot0r addr0; have := cauchy_schwarz V x^T.
  rewrite -{1}[x^T]mul1mx dot_mulr trmxK Vx -/(sq one) sq_trmx.
  have -> : sq x = 1 by rewrite /sq dotE xx mxtrace1.
  by rewrite sq1 mulr1 expr1n.
have root (s : rat) : is_root 1 (s ^+ 0) 1 by split.
move=> /(_ _ d 1%N 1%N x one (T one) (T 0) 1 1 isT (reg _) least (root _) (root _)).
rewrite /rayleigh !C1.eE !Tx invr1 !mul1r !sqT -/one sq1 /sq dot0r addr0.
by [].
Qed.
