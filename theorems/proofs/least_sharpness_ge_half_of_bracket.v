(* U12.  At y = e + rg, with e and g where Λ and |TK|_2 are reached, of length one for Σ and at an
   angle of cosine c >= 0, and r² = L-1, both factors of the gain are at least what they are for
   c = 0.  Bernoulli's inequality for half of U2's bracket; the mean of L numbers for the limit. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import least_sharpness_ge_half_of_bracket.
From Proofs Require Import networks directions quantities lemmas layers.
From Proofs Require Import minimal_sharpness_between_closed_forms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- numbers --------------------------------------------------------------------------------- *)
Section Numbers.
Variable F : realFieldType.
Implicit Types r c x : F.

Lemma natr1 n : n%:R + 1 = n.+1%:R :> F.
Proof. by rewrite mulrSr. Qed.

(* (1 + rc)² (c + r)^{2N} (N+1)^{N+1} >= N^N (N+1 + 2rc)^{N+1} for r² = N. *)
Lemma leaning N r c : 0 <= r -> 0 <= c -> r ^+ 2 = N%:R ->
  N%:R ^+ N * (N.+1%:R + 2 * r * c) ^+ N.+1 <=
  (1 + r * c) ^+ 2 * ((c + r) ^+ 2) ^+ N * N.+1%:R ^+ N.+1.
Proof.
move=> r0 c0 rE; have rc0 : 0 <= r * c by rewrite mulr_ge0.
have L1 : 1 <= N.+1%:R :> F by rewrite ler1n.
have q0 : 0 <= N.+1%:R + 2 * r * c by rewrite addr_ge0 ?ler0n // -mulrA mulr_ge0 ?ler0n.
have first : N.+1%:R + 2 * r * c <= (1 + r * c) ^+ 2 * N.+1%:R.
  have -> : (1 + r * c) ^+ 2 * N.+1%:R = N.+1%:R + 2 * r * c * N.+1%:R + (r * c) ^+ 2 * N.+1%:R.
    by ring.
  rewrite -[leLHS]addr0 ler_add ?mulr_ge0 ?sqr_ge0 ?ler0n //.
  by rewrite ler_add2l ler_pemulr // -mulrA mulr_ge0 ?ler0n.
have later : N%:R * (N.+1%:R + 2 * r * c) <= (c + r) ^+ 2 * N.+1%:R.
  have -> : (c + r) ^+ 2 * N.+1%:R =
      N%:R * (N.+1%:R + 2 * r * c) + (c ^+ 2 * N.+1%:R + 2 * r * c).
    by rewrite -natr1 -rE; ring.
  by rewrite ler_addl addr_ge0 ?mulr_ge0 ?sqr_ge0 ?ler0n // -mulrA mulr_ge0 ?ler0n.
have -> : N%:R ^+ N * (N.+1%:R + 2 * r * c) ^+ N.+1 =
    (N.+1%:R + 2 * r * c) * (N%:R * (N.+1%:R + 2 * r * c)) ^+ N.
  by rewrite [in LHS]exprS mulrCA [in RHS]exprMn.
have -> : (1 + r * c) ^+ 2 * ((c + r) ^+ 2) ^+ N * N.+1%:R ^+ N.+1 =
    ((1 + r * c) ^+ 2 * N.+1%:R) * ((c + r) ^+ 2 * N.+1%:R) ^+ N.
  by rewrite [N.+1%:R ^+ _]exprS mulrACA [in RHS]exprMn.
apply: ler_pmul => //; first by rewrite exprn_ge0 // mulr_ge0 ?ler0n.
have later0 : 0 <= N%:R * (N.+1%:R + 2 * r * c) by rewrite mulr_ge0 ?ler0n.
by rewrite ler_expn2r ?nnegrE ?(le_trans later0).
Qed.

Lemma bernoulli n x : 0 <= x -> 1 + n%:R * x <= (1 + x) ^+ n.
Proof.
move=> x0; elim: n => [|n IH]; first by rewrite mul0r addr0.
rewrite exprS; apply: le_trans (ler_wpmul2l (addr_ge0 ler01 x0) IH).
have -> : (1 + x) * (1 + n%:R * x) = 1 + n.+1%:R * x + n%:R * x ^+ 2 by rewrite -natr1; ring.
by rewrite ler_addl mulr_ge0 ?ler0n ?sqr_ge0.
Qed.

(* L^L <= 2^L (L-1)^{L-1}. *)
Lemma halves N : N.+1%:R ^+ N.+1 <= 2 ^+ N.+1 * N%:R ^+ N :> F.
Proof.
case: N => [|N]; first by rewrite !expr1 expr0 mulr1 ler_nat.
have [L0 nE kE] : [/\ 0 < N.+2%:R :> F, N%:R = N.+2%:R - 2 :> F & N.+1%:R = N.+2%:R - 1 :> F].
  by rewrite ltr0n -!natr1; split=> //; ring.
have n0 : 0 <= N%:R / N.+2%:R :> F by rewrite divr_ge0 ?ler0n.
have := bernoulli N.+1 n0; move: n0; rewrite nE kE; move: N.+2%:R L0 => l l0 n0 bound.
have twice : 2 * (l - 1) = (1 + (l - 2) / l) * l by rewrite mulrDl mul1r divfK ?gt_eqF //; ring.
have last : l <= 2 * (1 + (l - 1) * ((l - 2) / l)).
  rewrite -(ler_pmul2r l0).
  have -> : 2 * (1 + (l - 1) * ((l - 2) / l)) * l = 2 * l + 2 * (l - 1) * (l - 2) * (l / l).
    by move: l^-1 => i; ring.
  rewrite divff ?gt_eqF // mulr1 -subr_ge0.
  have -> : 2 * l + 2 * (l - 1) * (l - 2) - l * l = (l - 2) ^+ 2 by ring.
  exact: sqr_ge0.
rewrite exprS [2 ^+ _]exprS -[leRHS]mulrA -exprMn twice exprMn mulrA.
rewrite ler_pmul2r ?exprn_gt0 //; apply: le_trans last _.
by rewrite ler_pmul2l ?ltr0n.
Qed.

End Numbers.

(* --- a direction that leans on two ----------------------------------------------------------- *)
Section Leaning.
Variables (F : rcfType) (d : nat -> nat) (N m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d N.+1, m)) (T : 'M[F]_(d N.+1, d 0%N)).
Variables (top p : F) (x : 'cV[F]_(d 0%N)) (u : 'cV[F]_(d N.+1)).
Hypothesis target : T *m moment X = cross X Y.
Hypothesis top_gt0 : 0 < top.
Hypothesis x_neq0 : sq x != 0.
Hypothesis u_neq0 : sq u != 0.
Hypothesis at_x : dot x (moment X *m x) = top * sq x.
Hypothesis at_u : dot (T^T *m u) (moment X *m (T^T *m u)) = p * sq u.
Notation form a b := (dot a (moment X *m b)).

Lemma form_C (a b : 'cV[F]_(d 0%N)) : form a b = form b a.
Proof. by rewrite dot_mull moment_sym dotC. Qed.

Lemma ends_ge (y : 'cV[F]_(d 0%N)) : form x y ^+ 2 <= sq x * form y y * path_ends X y.
Proof.
have [M0|M_neq0] := eqVneq (moment X *m y) 0.
  by rewrite /path_ends M0 !dot0r !mulr0 mul0r expr0n.
rewrite /path_ends -mulrA [form y y * _]mulrC divfK ?gt_eqF ?moment_gt0 //.
exact: cauchy_schwarz.
Qed.

Lemma paired (y : 'cV[F]_(d 0%N)) : form y y != 0 ->
  form (T^T *m u) y ^+ 2 = sq u * form y y * directions.pairing X Y u y.
Proof.
move=> y_neq0; rewrite /directions.pairing -target -mulmxA [dot u _]dot_mull [RHS]mulrC divfK //.
by rewrite mulf_neq0.
Qed.

Lemma leaning_gain : (0 < N)%N -> 0 < p -> 0 <= form x (T^T *m u) ->
  exists2 y, moment X *m y != 0 &
  N%:R ^+ N * (top * p ^+ N) <= path_gain X Y u y * N.+1%:R ^+ N.+1.
Proof.
move=> N_gt0 p_gt0; set g := T^T *m u; set h := form x g => h_ge0.
have x_gt0 : 0 < sq x by rewrite lt_def x_neq0 sq_ge0.
have u_gt0 : 0 < sq u by rewrite lt_def u_neq0 sq_ge0.
pose A := Num.sqrt (top * sq x); pose B := Num.sqrt (p * sq u); pose r := Num.sqrt (N%:R : F).
have AE : A ^+ 2 = top * sq x by rewrite sqr_sqrtr // ltW // mulr_gt0.
have BE : B ^+ 2 = p * sq u by rewrite sqr_sqrtr // ltW // mulr_gt0.
have rE : r ^+ 2 = N%:R by rewrite sqr_sqrtr // ler0n.
have A_gt0 : 0 < A by rewrite sqrtr_gt0 mulr_gt0.
have B_gt0 : 0 < B by rewrite sqrtr_gt0 mulr_gt0.
have r_ge0 : 0 <= r by rewrite sqrtr_ge0.
pose c := h / (A * B).
have c_ge0 : 0 <= c by rewrite divr_ge0 // mulr_ge0 ?ltW.
have hE : h = c * (A * B) by rewrite divfK // mulf_neq0 ?gt_eqF.
pose y := A^-1 *: x + (r / B) *: g.
have xy : form x y = A * (1 + r * c).
  rewrite mulmxDr dotDr -!scalemxAr !dotZr at_x -AE -/h hE.
  have -> : A^-1 * A ^+ 2 = A by rewrite expr2 mulKf ?gt_eqF.
  have -> : r / B * (c * (A * B)) = A * (r * c) * (B^-1 * B) by ring.
  by rewrite mulVf ?gt_eqF // mulr1 mulrDr mulr1.
have gy : form g y = B * (c + r).
  rewrite mulmxDr dotDr -!scalemxAr !dotZr [form g x]form_C -/h hE at_u -BE.
  have -> : A^-1 * (c * (A * B)) = B * c * (A^-1 * A) by ring.
  have -> : r / B * B ^+ 2 = B * r * (B^-1 * B) by ring.
  by rewrite !mulVf ?gt_eqF // !mulr1 mulrDr.
pose Q := N.+1%:R + 2 * r * c.
have yy : form y y = Q.
  rewrite {1}/y dotDl !dotZl xy gy.
  have -> : A^-1 * (A * (1 + r * c)) + r / B * (B * (c + r)) =
      (A^-1 * A) * (1 + r * c) + (B^-1 * B) * (r * c + r ^+ 2) by ring.
  by rewrite !mulVf ?gt_eqF // !mul1r rE /Q -natr1; ring.
have Q_gt0 : 0 < Q by rewrite ltr_paddr ?ltr0n // mulr_ge0 // mulr_ge0 ?ler0n.
exists y; first by apply: contraTneq Q_gt0 => M0; rewrite -yy M0 dot0r ltxx.
have ends : top * (1 + r * c) ^+ 2 <= Q * path_ends X y.
  have := ends_ge y; rewrite xy yy exprMn AE -[sq x * Q * _]mulrA.
  by rewrite [top * sq x]mulrC -[sq x * top * _]mulrA ler_pmul2l.
have pair : p * (c + r) ^+ 2 = Q * directions.pairing X Y u y.
  apply: (mulfI u_neq0); rewrite [RHS]mulrA -[in RHS]yy -paired ?yy ?gt_eqF // gy exprMn BE.
  by rewrite mulrA [sq u * p]mulrC.
have := leaning r_ge0 c_ge0 rE; rewrite -/Q => bound.
rewrite -(ler_pmul2r (exprn_gt0 N.+1 Q_gt0)).
have pow_ge0 : 0 <= top * p ^+ N by rewrite mulr_ge0 ?exprn_ge0 ?ltW.
rewrite mulrAC [leLHS]mulrC; apply: le_trans (ler_wpmul2l pow_ge0 bound) _.
have -> : path_gain X Y u y * N.+1%:R ^+ N.+1 * Q ^+ N.+1 =
    Q * path_ends X y * (Q * directions.pairing X Y u y) ^+ N * N.+1%:R ^+ N.+1.
  rewrite /path_gain /= [Q ^+ N.+1]exprS [(Q * _) ^+ N]exprMn.
  by move: (Q ^+ N) (N.+1%:R ^+ N.+1) (directions.pairing _ _ _ _ ^+ N) => a b e; ring.
rewrite -pair [(p * _) ^+ N]exprMn.
have -> : top * p ^+ N * ((1 + r * c) ^+ 2 * ((c + r) ^+ 2) ^+ N * N.+1%:R ^+ N.+1) =
    top * (1 + r * c) ^+ 2 * (p ^+ N * ((c + r) ^+ 2) ^+ N) * N.+1%:R ^+ N.+1.
  by move: (_ ^+ N) (N.+1%:R ^+ N.+1) (p ^+ N) => a b e; ring.
rewrite ler_wpmul2r ?exprn_ge0 ?ler0n // ler_wpmul2r //.
by apply: mulr_ge0; apply: exprn_ge0; [exact: ltW | exact: sqr_ge0].
Qed.

End Leaning.

(* --- the claims ------------------------------------------------------------------------------ *)
Section Claims.
Variables (F : rcfType) (d : nat -> nat) (N m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d N.+1, m)) (T : 'M[F]_(d N.+1, d 0%N)).
Variables (top p G : F).
Hypothesis target : T *m moment X = cross X Y.
Hypothesis top_max : is_data_max X top.
Hypothesis norm : is_norm_on_data X T p.
Hypothesis gain : is_gain X Y G.

Lemma gain_ge : N%:R ^+ N * (top * p ^+ N) <= G * N.+1%:R ^+ N.+1.
Proof.
have right_ge0 : 0 <= G * N.+1%:R ^+ N.+1 by rewrite mulr_ge0 ?(gain_ge0 gain) ?exprn_ge0 ?ler0n.
have [top0|top_neq0] := eqVneq top 0; first by rewrite top0 mul0r mulr0.
have top_gt0 : 0 < top by rewrite lt_def top_neq0 (data_max_ge0 top_max).
have [_ [x [x_neq0 at_x]]] := top_max; have [bound [u0 [_ [u0_neq0 _ _]]]] := gain.
case: (posnP N) => [N0|N_gt0].
  have pow0 (e : F) : e ^+ N = 1 by rewrite N0 expr0.
  have one : N.+1%:R ^+ N.+1 = 1 :> F by rewrite N0 expr1.
  rewrite !pow0 one mul1r !mulr1.
  have x_gt0 : 0 < sq x by rewrite lt_def x_neq0 sq_ge0.
  have form_gt0 : 0 < dot x (moment X *m x) by rewrite at_x mulr_gt0.
  have Mx_neq0 : moment X *m x != 0 by apply: contraTneq form_gt0 => ->; rewrite dot0r ltxx.
  apply: le_trans (bound _ _ u0_neq0 Mx_neq0); rewrite /path_gain /= pow0 mulr1.
  have := ends_ge X x x; rewrite expr2 mulrAC ler_pmul2r // at_x.
  by rewrite [top * _]mulrC ler_pmul2l.
have [p0|p_neq0] := eqVneq p 0; first by rewrite p0 expr0n gtn_eqF // !mulr0.
have p_gt0 : 0 < p by rewrite lt_def p_neq0 (data_norm_ge0 norm).
have [_ [u [u_neq0 at_u]]] := norm.
have uv_neq0 : u != 0 by rewrite -sq_eq0.
wlog h_ge0 : u u_neq0 at_u uv_neq0 / 0 <= dot x (moment X *m (T^T *m u)).
  move=> claim; have [|h_lt0] := leP 0 (dot x (moment X *m (T^T *m u))); first exact: claim.
  apply: (claim (- u)); rewrite ?sqN ?oppr_eq0 //.
    by rewrite !mulmxN -scaleN1r -[in X in dot _ X]scaleN1r dotZl dotZr mulrA mulrNN !mul1r.
  by rewrite !mulmxN -scaleN1r dotZr mulN1r oppr_ge0 ltW.
have [y y_neq0] := leaning_gain target top_gt0 x_neq0 u_neq0 at_x at_u N_gt0 p_gt0 h_ge0.
move/le_trans; apply; rewrite ler_wpmul2r ?exprn_ge0 ?ler0n //; exact: bound.
Qed.

End Claims.

Theorem lower : statements.least_sharpness_ge_half_of_bracket.lower.
Proof.
move=> F d [//|N] m X Y T S_min top p r _ target [G [s [gain [s_ge0 sE] ->]]] top_max norm root.
rewrite -mulrA ler_wpmul2l ?ler0n //.
apply: (roots_le (ltn0Sn N) root (y := N.+1%:R ^+ N.+1 * G)).
  by split; [rewrite mulr_ge0 ?ler0n | rewrite exprMn sE].
by rewrite -mulrA [leRHS]mulrC; apply: gain_ge target top_max norm gain.
Qed.

Theorem half : statements.least_sharpness_ge_half_of_bracket.half.
Proof.
move=> F d [//|N] m X Y T S_min top p r _ target [G [s [gain [s_ge0 sE] ->]]] top_max norm.
move=> [r_ge0 rE].
have top0 := data_max_ge0 top_max; have p0 := data_norm_ge0 norm.
pose x := N.+1%:R ^+ N.+1 * (top * p ^+ N); pose y := 2 ^+ N.+1 * (N.+1%:R ^+ N.+1 * G).
apply: (@roots_le _ N.+1 x y); rewrite {}/x {}/y //.
- by split; [rewrite mulr_ge0 ?ler0n | rewrite exprMn rE].
- split; first by rewrite !mulr_ge0 ?ler0n.
  by rewrite !exprMn sE mulrA.
have bound := gain_ge target top_max norm gain; rewrite [G * _]mulrC in bound.
apply: le_trans (ler_wpmul2l (exprn_ge0 _ (ler0n _ 2)) bound); rewrite [leRHS]mulrA.
by rewrite ler_wpmul2r ?mulr_ge0 ?exprn_ge0 ?halves.
Qed.

(* --- the stretch of the target ----------------------------------------------------------------- *)
Theorem stretched : statements.least_sharpness_ge_half_of_bracket.stretched.
Proof.
move=> F d [//|N] m X Y T S_min p t r _ target [G [s [gain root ->]]] norm T_norm r_root.
rewrite ler_wpmul2l ?mulr_ge0 ?ler0n //; apply: (roots_le (ltn0Sn N) r_root root).
have p0 := data_norm_ge0 norm; have t0 := norm_ge0 T_norm.
have [bound _] := gain; have [_ [u [u_neq0 at_u]]] := norm; case: T_norm => T_le _.
have [p_eq0|p_neq0] := eqVneq p 0; first by rewrite p_eq0 expr0n mul0r (gain_ge0 gain).
have p_gt0 : 0 < p by rewrite lt_def p_neq0.
have u_gt0 : 0 < sq u by rewrite lt_def u_neq0 sq_ge0.
set g := T^T *m u in at_u; set q := dot g (moment X *m g) in at_u.
have q_gt0 : 0 < q by rewrite at_u mulr_gt0.
have g_neq0 : moment X *m g != 0 by apply: contraTneq q_gt0 => g0; rewrite /q g0 dot0r ltxx.
have inner : dot u (T *m (moment X *m g)) = q by rewrite dot_mull.
have pair : directions.pairing X Y u g = p.
  rewrite /directions.pairing -target -mulmxA inner -/q expr2 at_u.
  by rewrite invfM mulrACA divff ?mulr1 ?mulf_neq0 // mulrK // unitfE.
have t_gt0 : 0 < t.
  rewrite lt_def t0 andbT; apply: contraTneq q_gt0 => t_eq0.
  have := T_le (moment X *m g); rewrite t_eq0 mul0r => le0.
  have /eqP := le_anti (introT andP (conj le0 (sq_ge0 _))).
  by rewrite sq_eq0 -inner => /eqP ->; rewrite dot0r ltxx.
have ends : p / t <= path_ends X g.
  rewrite /path_ends ler_pdivl_mulr // mulrAC ler_pdivr_mulr // -/q.
  have := cauchy_schwarz u (T *m (moment X *m g)); rewrite inner => cauchy.
  have := le_trans cauchy (ler_wpmul2l (ltW u_gt0) (T_le _)).
  rewrite expr2 {1}at_u [p * _]mulrC -mulrA ler_pmul2l // [t * _]mulrC; apply: le_trans.
  by rewrite mulrC.
have -> : p ^+ N.+1 / t = p / t * p ^+ N by rewrite exprS mulrAC.
apply: le_trans (bound u g _ g_neq0); last by rewrite -sq_eq0.
by rewrite /path_gain pair ler_wpmul2r ?exprn_ge0.
Qed.

Theorem stretched_attained : statements.least_sharpness_ge_half_of_bracket.stretched_attained.
Proof.
move=> F d [//|N] m X Y T c v q S_min top p t r L_gt0 target C_neq0 TE unit_v unit_q top_max q_top.
move=> least norm T_norm root.
apply/eqP; rewrite eq_le (stretched L_gt0 target least norm T_norm root) andbT.
apply: (outputs L_gt0 target least top_max norm).
have pE : p = c ^+ 2 * top := largest_unique norm (path_norm TE unit_v unit_q top_max q_top).
have form (x : 'cV[F]_(d 0%N)) : sq (T *m x) = c ^+ 2 * dot q x ^+ 2.
  rewrite TE -scalemxAl sqZ -mulmxA row_col.
  by rewrite mul_mx_scalar sqZ unit_v mulr1.
have tE : t = c ^+ 2.
  apply: (largest_unique T_norm); split=> [x|]; last first.
    by exists q; rewrite form unit_q -/(sq q) unit_q expr1n oner_eq0.
  rewrite form ler_wpmul2l ?sqr_ge0 //.
  by have := cauchy_schwarz q x; rewrite unit_q mul1r.
have c_neq0 : c ^+ 2 != 0.
  rewrite expf_eq0 /=; apply: contraNneq C_neq0 => c0.
  by rewrite -target TE c0 scale0r mul0mx.
rewrite /statements.minimal_sharpness_between_closed_forms.outputs_root /=.
have <- : p ^+ N.+1 / t = top * p ^+ N; last exact: root.
rewrite exprS tE {1}pE; apply: (canLR (mulfK c_neq0)).
by move: (p ^+ N) (c ^+ 2) => i j; ring.
Qed.

(* --- a regressor along a small eigenvector ---------------------------------------------------- *)
Section Beside.
Variables (F : realFieldType) (d : nat -> nat) (N m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d N.+1, m)) (T : 'M[F]_(d N.+1, d 0%N)).
Variables (top a p G : F).
Hypothesis roots : forall x : F, 0 <= x -> exists r, r ^+ 2 = x.
Hypothesis N_gt0 : (0 < N)%N.
Hypothesis one : d N.+1 = 1%N.
Hypothesis target : T *m moment X = cross X Y.
Hypothesis along : T *m moment X = a *: T.
Hypothesis a_gt0 : 0 < a.
Hypothesis T_gt0 : 0 < sq T.
Hypothesis pE : p = sq T * a.
Hypothesis deep : N.+1%:R * a <= top.
Hypothesis top_max : is_data_max X top.
Hypothesis gain : is_gain X Y G.
Implicit Types (y x : 'cV[F]_(d 0%N)) (u : 'cV[F]_(d N.+1)).
Notation L := (N.+1%:R : F).
Notation form a b := (dot a (moment X *m b)).

Lemma a_lt_top : a < top.
Proof. by apply: lt_le_trans deep; rewrite ltr_pmull // ltr1n. Qed.

Lemma top_gt0 : 0 < top.
Proof. exact: lt_trans a_lt_top. Qed.

Lemma row_along u : moment X *m (T^T *m u) = a *: (T^T *m u).
Proof. by rewrite mulmxA -{1}[moment X]trmxK moment_sym -trmx_mul along linearZ /= scalemxAl. Qed.

Lemma row_sq u : sq (T^T *m u) = sq T * sq u.
Proof. by have := one_row_form T 1%:M u one; rewrite trmx1 mulmx1 mul1mx. Qed.

Lemma row_pairing u y : directions.pairing X Y u y =
  (a * dot (T^T *m u) y) ^+ 2 / (sq u * form y y).
Proof. by rewrite /directions.pairing -target along -scalemxAl dotZr dot_mull. Qed.

Lemma image_le y : sq (moment X *m y) <= top * form y y.
Proof.
have [->|y_neq0] := eqVneq (moment X *m y) 0; first by rewrite /sq dot0l dot0r mulr0.
by have := ends_le top_max y_neq0; rewrite ler_pdivr_mulr // moment_gt0.
Qed.

(* (Λ - (Λ-a)s) ((Λ-a)s/N)^N <= (Λ/L)^L. *)
Lemma mean s : 0 <= s -> 0 <= top - (top - a) * s ->
  (top - (top - a) * s) * s ^+ N * ((top - a) ^+ N * L ^+ N.+1) <= N%:R ^+ N * top ^+ N.+1.
Proof.
move=> s0 rest0; have N0 : 0 < N%:R :> F by rewrite ltr0n.
have part0 : 0 <= (top - a) * s / N%:R.
  by rewrite divr_ge0 ?(ltW N0) // mulr_ge0 // subr_ge0 ltW // a_lt_top.
pose be k := if k is 0 then top - (top - a) * s else (top - a) * s / N%:R.
have be0 k : 0 <= be k by case: k.
have := @path_bound _ N (fun=> 1) be _ (fun=> ler01) be0 (erefl _) part0 _.
have same k : (k < N)%N -> (top - a) * s / N%:R <= 1 * be k.+1 by rewrite mul1r.
move=> /(_ same); rewrite big_ord_recl mul1r (eq_bigr (fun=> (top - a) * s / N%:R)) => [|k _].
  rewrite sumr_const card_ord -[(top - a) * s / N%:R *+ N]mulr_natr divfK ?gt_eqF // subrK.
  rewrite [_ ^+ N]exprMn [((top - a) * s) ^+ N]exprMn exprVn [leRHS]exprMn exprVn /=.
  have NN : N%:R ^+ N != 0 :> F by rewrite expf_neq0 ?gt_eqF.
  have LL : L ^+ N.+1 != 0 :> F by rewrite expf_neq0 ?pnatr_eq0.
  have NL : 0 < N%:R ^+ N * L ^+ N.+1 :> F by rewrite mulr_gt0 ?exprn_gt0 ?ltr0n.
  move: (N%:R ^+ N) NN (L ^+ N.+1) LL NL => n n0 l l0 nl0.
  move: (_ ^+ N) (_ ^+ N) (_ ^+ N.+1) => share gap powers bound.
  have := ler_wpmul2r (ltW nl0) bound => {bound}.
  have -> : (top - (top - a) * s) * (gap * share / n) * (n * l) =
      (top - (top - a) * s) * share * (gap * l) * (n / n) by move: n^-1 => i; ring.
  have -> : powers / l * (n * l) = n * powers * (l / l) by move: l^-1 => i; ring.
  by rewrite !divff // !mulr1.
by rewrite mul1r.
Qed.

Lemma gain_le_beside u y : u != 0 -> moment X *m y != 0 ->
  path_gain X Y u y * ((top - a) ^+ N * L ^+ N.+1) <= N%:R ^+ N * (p ^+ N * top ^+ N.+1).
Proof.
move=> u_neq0 y_neq0; have q_gt0 := moment_gt0 y_neq0; set q := form y y in q_gt0 *.
have u_gt0 : 0 < sq u by rewrite sq_gt0.
set g := T^T *m u; have g_gt0 : 0 < sq g by rewrite row_sq mulr_gt0.
pose b := dot g y / sq g.
have [z [yE gz]] : exists z, y = b *: g + z /\ dot g z = 0.
  exists (y - b *: g); rewrite addrC subrK dotBr dotZr -/(sq g); split=> //.
  by rewrite divfK ?subrr ?gt_eqF.
have zMg : dot g (moment X *m z) = 0.
  by rewrite dot_mull moment_sym row_along dotZl gz mulr0.
have qE : q = b ^+ 2 * (a * sq g) + form z z.
  rewrite /q yE mulmxDr -scalemxAr row_along dotDr !dotDl !dotZl !dotZr zMg [dot z g]dotC gz.
  by rewrite -/(sq g); ring.
have imageE : sq (moment X *m y) = b ^+ 2 * (a ^+ 2 * sq g) + sq (moment X *m z).
  by rewrite yE mulmxDr -scalemxAr row_along sqD !sqZ !dotZl zMg !mulr0 mul0rn addr0.
pose s := b ^+ 2 * (a * sq g) / q.
have s_ge0 : 0 <= s.
  by apply: divr_ge0 (ltW q_gt0); apply: mulr_ge0; [exact: sqr_ge0 | rewrite mulr_ge0 ?ltW].
have ends : path_ends X y <= top - (top - a) * s.
  rewrite /path_ends ler_pdivr_mulr // mulrBl -mulrA divfK ?gt_eqF // imageE.
  rewrite [X in top * X]qE.
  have -> : top * (b ^+ 2 * (a * sq g) + form z z) - (top - a) * (b ^+ 2 * (a * sq g)) =
      b ^+ 2 * (a ^+ 2 * sq g) + top * form z z by ring.
  by rewrite ler_add2l image_le.
have pair : directions.pairing X Y u y = p * s.
  rewrite row_pairing -/g -/q /s pE.
  have -> : dot g y = b * sq g by rewrite divfK ?gt_eqF.
  rewrite /g row_sq invfM -[RHS]mulr1 -(divff (lt0r_neq0 u_gt0)).
  by clearbody b; move: (sq u) (sq T) q^-1 (sq u)^-1 => k l j i; ring.
have ends_ge0 : 0 <= path_ends X y by rewrite divr_ge0 ?sq_ge0 ?ltW.
have p0 : 0 <= p by rewrite pE mulr_ge0 ?ltW.
have gap0 : 0 <= top - a by rewrite subr_ge0 ltW // a_lt_top.
rewrite /path_gain /= pair; clearbody s; rewrite [(p * s) ^+ N]exprMn.
have -> : path_ends X y * (p ^+ N * s ^+ N) * ((top - a) ^+ N * L ^+ N.+1) =
    p ^+ N * (path_ends X y * s ^+ N * ((top - a) ^+ N * L ^+ N.+1)).
  by move: (p ^+ N) (s ^+ N) (_ * L ^+ _) => i j k; ring.
rewrite [leRHS]mulrCA ler_wpmul2l ?exprn_ge0 //.
apply: le_trans (mean s_ge0 (le_trans ends_ge0 ends)).
by rewrite !ler_wpmul2r ?mulr_ge0 ?exprn_ge0 ?ler0n.
Qed.

Lemma gain_beside : G * ((top - a) ^+ N * L ^+ N.+1) = N%:R ^+ N * (p ^+ N * top ^+ N.+1).
Proof.
have [bound [u [y0 [u_neq0 y0_neq0 GE]]]] := gain.
apply/eqP; rewrite eq_le -{1}GE gain_le_beside //=.
have gap_gt0 : 0 < top - a by rewrite subr_gt0 a_lt_top.
have L0 : 0 < L by rewrite ltr0n.
have t0 := top_gt0.
have [_ [x [x_neq0 at_x]]] := top_max.
have x_gt0 : 0 < sq x by rewrite lt_def x_neq0 sq_ge0.
have Mx : moment X *m x = top *: x.
  apply/eqP; rewrite -subr_eq0 -sq_eq0 eq_le sq_ge0 andbT sqB sqZ dotZr [dot (_ *m _) x]dotC at_x.
  have -> : sq (moment X *m x) - top * (top * sq x) *+ 2 + top ^+ 2 * sq x =
      sq (moment X *m x) - top * (top * sq x) by rewrite mulr2n; ring.
  by rewrite subr_le0 -at_x image_le.
have u_gt0 : 0 < sq u by rewrite sq_gt0.
set g := T^T *m u; have g_gt0 : 0 < sq g by rewrite row_sq mulr_gt0.
have xg : dot x g = 0.
  apply/eqP; rewrite -(mulrI_eq0 _ (lregP (lt0r_neq0 gap_gt0))) mulrBl subr_eq0.
  by rewrite -dotZl -Mx -dotZr -row_along [in X in _ == X]dot_mull moment_sym.
pose s := N%:R * top / (L * (top - a)).
have s_ge0 : 0 <= s by rewrite divr_ge0 ?mulr_ge0 ?ler0n ?ltW.
have s_le1 : s <= 1.
  rewrite ler_pdivr_mulr ?mulr_gt0 // mul1r mulrBr ler_subr_addr.
  by apply: le_trans (ler_add (lexx _) deep) _; rewrite -natr1 mulrDl mul1r.
have xx_gt0 : 0 < top * sq x by rewrite mulr_gt0.
have gg_gt0 : 0 < a * sq g by rewrite mulr_gt0.
have [al alE] : exists al, al ^+ 2 * (top * sq x) = 1 - s.
  have [|r rE] := roots (x := (1 - s) / (top * sq x)).
    by apply: divr_ge0; [rewrite subr_ge0 | exact: ltW].
  by exists r; rewrite rE divfK // gt_eqF.
have [be beE] : exists be, be ^+ 2 * (a * sq g) = s.
  have [|r rE] := roots (x := s / (a * sq g)); first by apply: divr_ge0 => //; exact: ltW.
  by exists r; rewrite rE divfK // gt_eqF.
pose y := al *: x + be *: g.
have My : moment X *m y = (al * top) *: x + (be * a) *: g.
  by rewrite mulmxDr -!scalemxAr Mx row_along !scalerA.
have yy : form y y = 1.
  rewrite My dotDr !dotDl !dotZl !dotZr xg [dot g x]dotC xg -!/(sq _).
  transitivity (al ^+ 2 * (top * sq x) + be ^+ 2 * (a * sq g)); first by ring.
  by rewrite alE beE subrK.
have image : sq (moment X *m y) = top / L.
  rewrite My sqD !sqZ !dotZl !dotZr xg !mulr0 mul0rn addr0.
  have -> : (al * top) ^+ 2 * sq x + (be * a) ^+ 2 * sq g =
    top * (al ^+ 2 * (top * sq x)) + a * (be ^+ 2 * (a * sq g)) by ring.
  rewrite alE beE.
  have -> : top * (1 - s) + a * s = top - (top - a) * s by ring.
  rewrite /s mulrC invfM mulrA mulfVK ?gt_eqF //.
  have LN : N.+1%:R - N%:R = 1 :> F by rewrite -natr1 addrAC subrr add0r.
  apply: (mulIf (lt0r_neq0 L0)); rewrite mulrBl !divfK ?gt_eqF //.
  by rewrite mulrC -mulrBl LN mul1r.
have q_eq1 : moment X *m y != 0.
  by apply: contra_neq (oner_neq0 F) => My0; rewrite -yy My0 dot0r.
apply: le_trans (ler_wpmul2r _ (bound u y u_neq0 q_eq1)); last first.
  by rewrite mulr_ge0 ?exprn_ge0 ?ler0n ?ltW.
have pair : directions.pairing X Y u y = p * s.
  rewrite row_pairing yy mulr1 -/g dotDr !dotZr [dot g x]dotC xg mulr0 add0r -/(sq g).
  rewrite -beE pE; apply: (mulIf (lt0r_neq0 u_gt0)); rewrite divfK ?gt_eqF // row_sq.
  by move: (sq u) (sq T) => i j; ring.
rewrite /path_gain /= pair /path_ends yy divr1 image.
have sE : s * (top - a) * L = N%:R * top.
  by rewrite /s -mulrA [_ * L]mulrC divfK // mulf_neq0 ?gt_eqF.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
transitivity (top / L * L * (p * (s * (top - a) * L)) ^+ N).
  rewrite sE divfK ?gt_eqF // !exprMn exprS.
  by move: (N%:R ^+ N) (p ^+ N) (top ^+ N) => i j k; ring.
rewrite !exprMn [L ^+ N.+1]exprS.
by move: (p ^+ N) (s ^+ N) ((top - a) ^+ N) (L ^+ N) (top / L) => i j k l n; ring.
Qed.

End Beside.

Theorem beside : statements.least_sharpness_ge_half_of_bracket.beside.
Proof.
move=> F d [//|N] m X Y T S_min top p r t a _ one target C_neq0 along deep least top_max norm.
move=> root [t_ge0 tE].
have T_neq0 : T *m moment X != 0 by rewrite target.
have a_gt0 : 0 < a := rayleigh_gt0 T_neq0.
have T_gt0 : 0 < sq T := map_gt0 T_neq0.
have pE : p = sq T * a := minimal_sharpness_between_closed_forms.image one norm.
case: (posnP N) => [N0|N_gt0].
  have pow0 (e : F) : e ^+ N = 1 by rewrite N0 expr0.
  have -> : t = 1.
    have one_root : is_root N.+1 (1 : F) 1 by split; [exact: ler01 | rewrite expr1n].
    by apply: root_unique (ltn0Sn N) _ one_root; split=> //; rewrite tE /= pow0.
  rewrite mulr1; apply/eqP; rewrite eq_le (lower (ltn0Sn N) target least top_max norm root) andbT.
  have up : is_root N.+1 (top * p ^+ N) r.
    by move: root; rewrite /crossed_root /= [N%:R ^+ N]pow0 mul1r.
  have := outputs (ltn0Sn N) target least top_max norm up.
  by have -> : N.+1%:R = 1 :> F; rewrite ?N0 // mulr1.
have [G [s [gain [s_ge0 sE] ->]]] := least.
have roots (x : F) : 0 <= x -> exists r, r ^+ 2 = x by exists (Num.sqrt x); rewrite sqr_sqrtr.
have top_gt0 := top_gt0 N_gt0 a_gt0 deep.
have value := gain_beside roots N_gt0 one target along a_gt0 T_gt0 pE deep top_max gain.
suff -> : r = N.+1%:R * s * t by ring.
apply: (root_unique (ltn0Sn N) root); split; first by rewrite !mulr_ge0 ?ler0n.
rewrite !exprMn sE tE /=; apply: (mulIf (expf_neq0 N (lt0r_neq0 top_gt0))).
rewrite -[LHS]mulrA -exprMn mulrBl mul1r divfK ?gt_eqF //.
transitivity (G * ((top - a) ^+ N * N.+1%:R ^+ N.+1)).
  by move: (N.+1%:R ^+ N.+1) ((top - a) ^+ N) => i j; ring.
rewrite value exprS; move: (N%:R ^+ N) (p ^+ N) (top ^+ N) => i j k; ring.
Qed.

(* Two layers of one neuron on one sample: S_min = 4, and the bracket is 2. *)
Theorem above_false : ~ statements.least_sharpness_ge_half_of_bracket.above.
Proof.
have root : @crossed_root _ 2 1 1 (1 : rat) by rewrite /crossed_root.
by move=> /(_ _ ones 2%N 1%N one one one _ 1 1 1 isT (target_one 2) (least_one 2)
  data_max_one norm_one root).
Qed.
