(* U14.  In sample space a unit vector z has |Xz|² >= |X|²/d and |TXz|² >= |TX|²/d at once; the
   direction y of the inputs with XXᵀy = Xz makes both factors of the gain of U1 at least means. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import least_sharpness_ge_mean_direction.
From Proofs Require Import networks directions quantities lemmas layers mean_directions.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma ends_scalar (F : realFieldType) (d : nat -> nat) m (X : 'M[F]_(d 0%N, m)) a y :
  moment X = a%:M -> moment X *m y != 0 -> path_ends X y = a.
Proof.
move=> ME y_neq0; have := moment_gt0 y_neq0; rewrite /path_ends ME mul_scalar_mx dotZr sqZ.
rewrite -/(sq y) => /lt0r_neq0 f_neq0.
have -> : a ^+ 2 * sq y = a * (a * sq y) by rewrite expr2 mulrA.
by rewrite mulfK.
Qed.

Section Claims.
Variables (F : rcfType) (d : nat -> nat) (N k : nat).
Variables (X : 'M[F]_(d 0%N, k.+1)) (T : 'M[F]_(d N.+1, d 0%N)) (G : F).
Notation m := k.+1.
Notation Y := (T *m X).
Hypothesis gain : is_gain X Y G.

(* r is at least the rank of the data. *)
Lemma gain_ge_mean r : (\rank X <= r)%N ->
  \tr (moment X) * (m%:R^-1 * sq Y) ^+ N <= r%:R ^+ N.+1 * G.
Proof.
move=> rank_le; have [bound [u0 [y0 [u0_neq0 y0_neq0 _]]]] := gain.
have right_ge0 : 0 <= r%:R ^+ N.+1 * G.
  by rewrite mulr_ge0 ?(gain_ge0 gain) ?exprn_ge0 ?ler0n.
have [z [z1 Xz Yz]] := even_sample T rank_le; have [y yE] := normal X z.
set i := m%:R^-1; have i_gt0 : 0 < i :> F by rewrite invr_gt0 ltr0n.
have trE : \tr (moment X) = i * sq X by rewrite /moment mxtraceZ mxtrace_mulC -dotE.
have [X0|X_neq0] := eqVneq (sq X) 0; first by rewrite trE X0 mulr0 mul0r.
have X_gt0 : 0 < sq X by rewrite lt_def X_neq0 sq_ge0.
have My : moment X *m y = i *: (X *m z) by rewrite -scalemxAl yE.
have Xz_gt0 : 0 < sq (X *m z).
  by rewrite lt_def sq_ge0 andbT; apply: contraTneq (lt_le_trans X_gt0 Xz) => ->; rewrite mulr0 ltxx.
have My_neq0 : moment X *m y != 0 by rewrite My scaler_eq0 gt_eqF // -sq_gt0.
set f := dot y (moment X *m y); have f_gt0 : 0 < f := moment_gt0 My_neq0.
have f_le : f <= i.
  have fE : f = i * sq (X^T *m y) by rewrite /f moment_ge0.
  have s_gt0 : 0 < sq (X^T *m y) by move: f_gt0; rewrite fE pmulr_rgt0.
  have sE : dot (X^T *m y) z = sq (X^T *m y) by rewrite -dot_mull -yE -mulmxA dot_mull.
  have := cauchy_schwarz (X^T *m y) z; rewrite z1 sE mulr1 expr2 ger_pmulr // => s_le.
  by rewrite fE ger_pmulr.
have over n (t : F) : t <= r%:R * n -> 0 <= t -> i * t <= r%:R * (i ^+ 2 * n / f).
  move=> le_n t_ge0; rewrite mulrA ler_pdivl_mulr // [leRHS]mulrCA expr2 -!mulrA.
  rewrite ler_pmul2l //.
  by apply: le_trans (ler_wpmul2l t_ge0 f_le) _; rewrite [leLHS]mulrC ler_pmul2l.
have ends : \tr (moment X) <= r%:R * path_ends X y.
  by rewrite trE /path_ends -/f My sqZ; apply: over; rewrite ?sq_ge0.
have i_Y : 0 <= i * sq Y by rewrite mulr_ge0 ?sq_ge0 // ltW.
have tr_ge0 : 0 <= \tr (moment X) by rewrite trE mulr_ge0 // ltW.
have [u_eq0|u_neq0] := eqVneq (Y *m z) 0.
  have Y0 : sq Y = 0.
    apply/eqP; rewrite eq_le sq_ge0 andbT; apply: le_trans Yz _.
    by rewrite u_eq0 /sq dot0r mulr0.
  rewrite Y0 mulr0; case: (posnP N) => [N0|N_gt0]; last by rewrite expr0n gtn_eqF // mulr0.
  have pow0 (e : F) : e ^+ N = 1 by rewrite N0 expr0.
  rewrite pow0 mulr1 exprS pow0 mulr1; apply: le_trans ends _.
  rewrite ler_wpmul2l ?ler0n //; apply: le_trans (bound _ _ u0_neq0 My_neq0).
  by rewrite /path_gain /= pow0 mulr1.
have pair : i * sq Y <= r%:R * directions.pairing X Y (Y *m z) y.
  have -> : directions.pairing X Y (Y *m z) y = i ^+ 2 * sq (Y *m z) / f.
    have cE : cross X Y *m y = i *: (Y *m z).
      by rewrite /cross -scalemxAl -[in RHS]mulmxA -yE !mulmxA.
    rewrite /directions.pairing cE dotZr -/(sq _) -/f exprMn invfM mulrA; congr (_ / _).
    by rewrite -mulrA expr2 mulfK // sq_eq0.
  by apply: over; rewrite ?sq_ge0.
apply: le_trans (ler_wpmul2l (exprn_ge0 _ (ler0n _ _)) (bound _ _ u_neq0 My_neq0)).
rewrite /path_gain /= exprS -mulrA [_ ^+ N * (_ * _)]mulrCA -exprMn mulrA.
by apply: ler_pmul; rewrite ?exprn_ge0 // ler_expn2r // nnegrE // (le_trans i_Y pair).
Qed.

(* Where Σ = aI and TᵀT = cI no direction has a larger gain than a^L c^{L-1}. *)
Lemma gain_le a c : moment X = a%:M -> T^T *m T = c%:M -> G <= a * (a * c) ^+ N.
Proof.
move=> ME TE; have [_ [u [y [u_neq0 y_neq0 <-]]]] := gain; have f_gt0 := moment_gt0 y_neq0.
have My : moment X *m y = a *: y by rewrite ME mul_scalar_mx.
have fE : dot y (moment X *m y) = a * sq y by rewrite My dotZr.
have y_gt0 : 0 < sq y by rewrite sq_gt0; apply: contraNneq y_neq0 => ->; rewrite mulmx0.
have a_gt0 : 0 < a by move: f_gt0; rewrite fE pmulr_lgt0.
have u_gt0 : 0 < sq u by rewrite sq_gt0.
have cE : cross X Y *m y = a *: (T *m y).
  have -> : cross X Y = T *m moment X by rewrite /cross /moment -scalemxAr mulmxA.
  by rewrite -mulmxA My -scalemxAr.
have Ty : sq (T *m y) = c * sq y by rewrite /sq dot_mull mulmxA TE mul_scalar_mx dotZl.
have pair : 0 <= directions.pairing X Y u y <= a * c.
  rewrite divr_ge0 ?sqr_ge0 ?mulr_ge0 ?(ltW u_gt0) ?(ltW f_gt0) //=.
  rewrite /directions.pairing fE ler_pdivr_mulr ?mulr_gt0 // cE dotZr exprMn.
  apply: le_trans (ler_wpmul2l (sqr_ge0 a) (cauchy_schwarz u (T *m y))) _.
  by rewrite Ty le_eqVlt; apply/orP; left; apply/eqP; ring.
have /andP [pair_ge0 pair_le] := pair.
rewrite /path_gain (ends_scalar ME y_neq0) ler_pmul2l //=.
by apply: ler_expn2r => //; rewrite nnegrE // (le_trans pair_ge0).
Qed.

End Claims.

(* --- the claims ------------------------------------------------------------------------------ *)
Lemma sampled (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (Y : 'M[F]_(d L, m)) G : is_gain X Y G -> (0 < m)%N.
Proof.
case: m X Y => // X Y [_ [u [y [_ /eqP []]]]].
by rewrite /moment invr0 scale0r mul0mx.
Qed.

(* With the rank of the data for the number of inputs. *)
Lemma on_range (F : rcfType) (d : nat -> nat) (L m n : nat) (X : 'M[F]_(d 0%N, m))
    (T : 'M[F]_(d L, d 0%N)) (S_min r : F) (Y := T *m X) :
  (0 < L)%N -> (\rank X <= n)%N -> is_minimal_sharpness X Y S_min ->
  is_root L (data_trace X * loss_at_zero Y ^+ L.-1) r -> 2 * L%:R * r <= n%:R * S_min.
Proof.
rewrite {}/Y; case: L T => [//|N] T; case: m X => [|k] X L_gt0 rank_le.
  by move=> [G [s [gain _ _]]]; have := sampled gain.
move=> [G [s [gain [s_ge0 sE] ->]]] root.
rewrite mulrCA ler_wpmul2l ?mulr_ge0 ?ler0n //.
apply: (roots_le L_gt0 root (y := n%:R ^+ N.+1 * G)); last exact: gain_ge_mean.
by split; [rewrite mulr_ge0 ?ler0n | rewrite exprMn sE].
Qed.

Theorem mean : statements.least_sharpness_ge_mean_direction.mean.
Proof. by move=> F d L m X T S_min r Y L_gt0; apply: on_range => //; apply: rank_leq_row. Qed.

Theorem attained : statements.least_sharpness_ge_mean_direction.attained.
Proof.
move=> F d [//|N] [|k] X T a c S_min r Y L_gt0 ME TE least root.
  by have [G [s [gain _ _]]] := least; have := sampled gain.
apply/eqP; rewrite eq_le (mean L_gt0 least root) andbT.
have [G [s [gain [s_ge0 sE] ->]]] := least.
rewrite mulrCA ler_wpmul2l ?mulr_ge0 ?ler0n //.
apply: (roots_le L_gt0 (x := (d 0%N)%:R ^+ N.+1 * G) _ root).
  by split; [rewrite mulr_ge0 ?ler0n | rewrite exprMn sE].
have trE : data_trace X = (d 0%N)%:R * a.
  by rewrite /data_trace -/(moment X) ME mxtrace_scalar mulr_natl.
have lossE : loss_at_zero Y = (d 0%N)%:R * (a * c).
  have -> : loss_at_zero Y = c * \tr (moment X).
    rewrite /loss_at_zero /Y /sq dotE trmx_mul mulmxA -[_ *m T^T *m T]mulmxA TE mul_mx_scalar.
    by rewrite -scalemxAl mxtraceZ mxtrace_mulC /moment mxtraceZ mulrCA.
  by rewrite -/(data_trace X) trE; ring.
rewrite trE lossE exprMn mulrACA -exprS.
by rewrite ler_wpmul2l ?exprn_ge0 ?ler0n ?(gain_le gain ME TE).
Qed.

(* Two inputs and outputs, one layer, Σ = I/2 and T = I: 2 tr Σ = 2 and S_min = 1. *)
Theorem whole_false : ~ statements.least_sharpness_ge_mean_direction.whole.
Proof.
pose X : 'M[rat]_2 := 1%:M; pose d : nat -> nat := fun=> 2%N.
have ME : @moment _ d 2 X = (2^-1)%:M by rewrite /moment trmx1 mulmx1 scale_scalar_mx mulr1.
have Mv (v : 'cV[rat]_2) : @moment _ d 2 X *m v = 2^-1 *: v.
  by rewrite -mul_scalar_mx; congr (_ *m v).
have gainE u y : @moment _ d 2 X *m y != 0 -> @path_gain _ d 1 2 X (1%:M *m X) u y = 2^-1.
  by move=> y_neq0; rewrite /path_gain expr0 mulr1 (@ends_scalar _ d 2 X _ _ ME).
have least : @is_minimal_sharpness _ d 1 2 X (1%:M *m X) 1.
  exists 2^-1, 2^-1; split=> //; split=> [u y _ y_neq0|]; first by rewrite gainE.
  pose v : 'cV[rat]_2 := const_mx 1; have v_neq0 : v != 0 by rewrite -sq_gt0 sq_ones_gt0.
  have y_neq0 : @moment _ d 2 X *m v != 0 by rewrite Mv scaler_eq0.
  by exists v, v; split=> //; rewrite gainE.
have trE : data_trace X = 1 by rewrite /data_trace -/(@moment _ d 2 X) ME mxtrace_scalar.
move=> /(_ _ d 1%N 2%N X 1%:M 1 1 isT least); rewrite trE expr0 mulr1.
by move=> /(_ (conj ler01 (expr1n _ _))).
Qed.
