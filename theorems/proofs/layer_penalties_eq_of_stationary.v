(* Z1.  A diagonal matrix passes the noise of its neurons, and without noise any matrix does: to put
   it on what a layer gives out, or on what the next one takes in, costs the same but for decay.
   One output: rows_at_rest.v.  Scaling layer k by 1 + X scales U M_D Uᵀ by (1 + X)², w·c by 1 + X
   and its penalty by (1 + X)². *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas noisy noisy_lemmas hessian_form_eq_two_terms.
From Proofs Require Import rows_at_rest two_by_two.
From Proofs.statements Require layer_penalties_eq_of_stationary.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.layer_penalties_eq_of_stationary.

(* --- what passes between two layers ---------------------------------------------------------- *)
Section Passed.
Variables (R : comRingType) (d : nat -> nat) (D : nat).
Variables (A : 'M[R]_(d 0)) (c : 'M[R]_(d D.+1, d 0)) (g : nat -> R) (s : R).
Variables (P : forall l, 'M[R]_(d l)) (k : nat) (W : network R d).

(* P on what layer k gives out, and on what layer k.+1 takes in. *)
Definition onto : network R d := fun l => if l == k then P l.+1 *m W l else W l.
Definition from : network R d := fun l => if l == k.+1 then W l *m P l else W l.

Let ontoE : onto k = P k.+1 *m W k. Proof. by rewrite /onto eqxx. Qed.
Let onto_next : onto k.+1 = W k.+1. Proof. by rewrite /onto gtn_eqF. Qed.
Let fromE : from k.+1 = W k.+1 *m P k.+1. Proof. by rewrite /from eqxx. Qed.
Let from_above l : from (l + k.+2)%N = onto (l + k.+2)%N.
Proof.
have above : (k.+1 < l + k.+2)%N by rewrite leq_addl.
by rewrite /onto /from (gtn_eqF above) (gtn_eqF (ltnW above)).
Qed.

Lemma onto_below n : (n <= k)%N -> prefix onto n = prefix W n.
Proof. by elim: n => //= n IH nk; rewrite IH 1?ltnW // /onto ltn_eqF. Qed.

Lemma from_below n : (n <= k.+1)%N -> prefix from n = prefix W n.
Proof. by elim: n => //= n IH nk; rewrite IH 1?ltnW // /from ltn_eqF. Qed.

Lemma prefix_passed n : prefix onto (n + k.+2)%N = prefix from (n + k.+2)%N.
Proof.
elim: n => [|n IH]; last by rewrite addSn /= IH from_above.
by rewrite add0n /= onto_next ontoE fromE onto_below // -/(prefix from k.+1) from_below //= !mulmxA.
Qed.

Hypothesis through : forall Q : 'M[R]_(d k.+1),
  with_noise s (P k.+1 *m Q *m (P k.+1)^T) = P k.+1 *m with_noise s Q *m (P k.+1)^T.

Lemma moment_below n : (n <= k)%N -> noisy_moment A s onto n = noisy_moment A s W n.
Proof. by elim: n => //= n IH nk; rewrite IH 1?ltnW // /onto ltn_eqF. Qed.

Lemma moment_from n : (n <= k.+1)%N -> noisy_moment A s from n = noisy_moment A s W n.
Proof. by elim: n => //= n IH nk; rewrite IH 1?ltnW // /from ltn_eqF. Qed.

(* What layer l carries of the second moment. *)
Definition carried (V : network R d) l := V l *m noisy_moment A s V l *m (V l)^T.

Lemma carried_passed n : carried onto (n + k.+1)%N = carried from (n + k.+1)%N.
Proof.
elim: n => [|n IH]; last first.
  rewrite addSnnS /carried from_above -addSnnS addSn /= -/(carried onto (n + k.+1)%N).
  by rewrite -/(carried from (n + k.+1)%N) IH.
rewrite add0n /carried onto_next fromE moment_from //= ontoE moment_below //.
have -> : P k.+1 *m W k *m noisy_moment A s W k *m (P k.+1 *m W k)^T
    = P k.+1 *m (W k *m noisy_moment A s W k *m (W k)^T) *m (P k.+1)^T.
  by rewrite trmx_mul !mulmxA.
by rewrite through trmx_mul !mulmxA.
Qed.

Lemma loss_passed : (k < D)%N ->
  regularised_loss A c g s onto - regularised_loss A c g s from
  = g k * (sq (P k.+1 *m W k) - sq (W k)) - g k.+1 * (sq (W k.+1 *m P k.+1) - sq (W k.+1)).
Proof.
move=> kD; rewrite /regularised_loss /noisy_output_power /effective_alignment /effective_map.
have -> : prefix onto D.+1 = prefix from D.+1.
  by have := prefix_passed (D - k.+1); rewrite addnS subnK.
have -> : \tr (onto D *m noisy_moment A s onto D *m (onto D)^T)
    = \tr (from D *m noisy_moment A s from D *m (from D)^T).
  by have := carried_passed (D - k.+1); rewrite subnK // /carried => ->.
have regroup (a b x y : R) : a - b + x - (a - b + y) = x - y by ring.
rewrite regroup /total_decay.
have kD1 : (k < D.+1)%N := leqW kD; have nk : Ordinal (kD : (k.+1 < D.+1)%N) != Ordinal kD1.
  by rewrite -val_eqE /= gtn_eqF.
rewrite -sumrB (bigD1 (Ordinal kD1)) //= (bigD1 (Ordinal (kD : (k.+1 < D.+1)%N))) //=.
rewrite big1 => [|l /andP [lk lk1]]; last first.
  rewrite /layer_penalty /onto /from; move: lk lk1; rewrite -!val_eqE /= => /negPf -> /negPf ->.
  by rewrite subrr.
rewrite addr0 /layer_penalty ontoE onto_next fromE.
have -> : from k = W k by rewrite /from ltn_eqF.
by rewrite !mulrBr opprB; congr (_ + _).
Qed.

End Passed.

(* --- slopes ---------------------------------------------------------------------------------- *)
Section Slopes.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Implicit Types W V : network F d.

Lemma slope_ext W V V' : (forall l, V l = V' l) ->
  regularised_slope A c g s W V = regularised_slope A c g s W V'.
Proof.
move=> VV; rewrite /regularised_slope /regularised_along; congr (_^`().[0]).
by apply: loss_ext => l; rewrite /line VV.
Qed.

Lemma sq_along m n (B Z : 'M[F]_(m, n)) :
  (sq (constant B + 'X *: constant Z) - sq (constant B))^`().[0] = 2 * dot B Z.
Proof.
rewrite sqD dotZr dot_constant sqZ [sq (constant Z)]dot_constant.
have drop (x y z : {poly F}) : x + y + z - x = y + z by rewrite addrC !addrA addNr add0r.
rewrite [_ + _ - _]drop.
rewrite expr2 derivD derivMn !derivM derivX !derivC !hornerE /=.
by rewrite mulr_natl.
Qed.

Variables (X : forall l, 'M[F]_(d l)) (W : network F d) (k : nat).

Definition into : network F d := fun l => if l == k then X l.+1 *m W l else 0.
Definition out : network F d := fun l => if l == k.+1 then W l *m X l else 0.
Definition factor l : 'M[{poly F}]_(d l) := 1%:M + 'X *: constant (X l).

Lemma slopes_passed : (k < D)%N ->
  (forall Q : 'M[{poly F}]_(d k.+1), with_noise s%:P (factor k.+1 *m Q *m (factor k.+1)^T)
    = factor k.+1 *m with_noise s%:P Q *m (factor k.+1)^T) ->
  regularised_slope A c g s W out - regularised_slope A c g s W into
  = 2 * (g k.+1 * dot (W k.+1) (W k.+1 *m X k.+1) - g k * dot (W k) (X k.+1 *m W k)).
Proof.
move=> kD through.
have left l : factor l.+1 *m constant (W l) = constant (W l) + 'X *: constant (X l.+1 *m W l).
  by rewrite /factor mulmxDl mul1mx -scalemxAl /constant map_mxM.
have right l : constant (W l) *m factor l = constant (W l) + 'X *: constant (W l *m X l).
  by rewrite /factor mulmxDr mulmx1 -scalemxAr /constant map_mxM.
have := @loss_passed _ d D (constant A) (constant c) (fun k => (g k)%:P) s%:P factor k
  (fixed W) through kD.
rewrite /fixed left right.
rewrite (@loss_ext _ _ _ _ _ _ _ (onto _ _ _) (line W into)) => [|l]; last first.
  rewrite /onto /line /into; case: eqP => _; first exact: left.
  by rewrite /constant map_mx0 scaler0 addr0.
rewrite (@loss_ext _ _ _ _ _ _ _ (from _ _ _) (line W out)) => [|l]; last first.
  rewrite /from /line /out; case: eqP => _; first exact: right.
  by rewrite /constant map_mx0 scaler0 addr0.
move/(congr1 (fun p : {poly F} => p^`().[0])).
rewrite !derivB !hornerD !hornerN !derivM !derivC !mul0r !add0r !hornerM !hornerC !sq_along.
rewrite /regularised_slope /regularised_along => E.
by rewrite -opprB E; ring.
Qed.

End Slopes.

(* Noise multiplies neuron by neuron, so that what is diagonal passes it. *)
Lemma through_diagonal (R : comRingType) n (s : R) (p : 'rV_n) (Q : 'M_n) :
  with_noise s (diag_mx p *m Q *m (diag_mx p)^T) = diag_mx p *m with_noise s Q *m (diag_mx p)^T.
Proof.
rewrite /with_noise tr_diag_mx !mul_diag_mx !mul_mx_diag; apply/matrixP => a b; rewrite !mxE.
have regroup (x y u v : R) : x * y * u + s * (x * v * u) = x * (y + s * v) * u by ring.
by case: eqP => [->|_]; rewrite ?mulr1n ?mulr0n -?regroup ?(mulr0, mul0r).
Qed.

Theorem exchange : statements.layer_penalties_eq_of_stationary.exchange.
Proof.
move=> F d D A c g s W k i kD; pose X l : 'M[F]_(d l) := diag_mx (\row_a (a == i :> nat)%:R).
have inE l : received W k i l = into X W k l.
  rewrite /into; apply/matrixP => a b; rewrite !mxE; case: eqP => [_|_]; last by rewrite mxE.
  by rewrite mul_diag_mx !mxE; case: eqP => _; rewrite ?mul1r ?mul0r.
have outE l : sent W k i l = out X W k l.
  rewrite /out; apply/matrixP => a b; rewrite !mxE; case: eqP => [_|_]; last by rewrite mxE.
  by rewrite mul_mx_diag !mxE; case: eqP => _; rewrite ?mulr1 ?mulr0.
rewrite (slope_ext _ _ _ _ _ inE) (slope_ext _ _ _ _ _ outE) slopes_passed // => [|Q].
  congr (2 * (_ * _ - _ * _)).
    rewrite -[RHS]sq_trmx mul_mx_diag /dot exchange_big (bigD1 i) //= [X in _ + X]big1 ?addr0.
      by rewrite /sq /dot big_ord1; apply: eq_bigr => a _; rewrite !mxE eqxx mulr1.
    by move=> b bi; apply: big1 => a _; rewrite !mxE val_eqE (negPf bi) !mulr0.
  rewrite mul_diag_mx /dot (bigD1 i) //= [X in _ + X]big1 ?addr0.
    by rewrite /sq /dot big_ord1; apply: eq_bigr => a _; rewrite !mxE eqxx mul1r.
  by move=> a ai; apply: big1 => b _; rewrite !mxE val_eqE (negPf ai) mul0r mulr0.
have -> : factor X k.+1 = diag_mx (\row_a (1 + 'X * ((a == i :> nat)%:R)%:P)).
  apply/matrixP => a b; rewrite !mxE.
  by case: (a == b); rewrite ?mulr1n ?mulr0n // polyC0 mulr0 addr0.
exact: through_diagonal.
Qed.

Theorem neurons : statements.layer_penalties_eq_of_stationary.neurons.
Proof.
move=> F d D A c g s W rest k kD i; have := exchange A c g s W i kD.
by rewrite !rest subrr => /esym /eqP; rewrite mulf_eq0 pnatr_eq0 /= subr_eq0 => /eqP.
Qed.

Theorem matrices : statements.layer_penalties_eq_of_stationary.matrices.
Proof.
move=> F d D A c g W rest k kD; rewrite /matrix_balanced; apply/matrixP => b a.
pose X l : 'M[F]_(d l) := \matrix_(p, q) ((p == a :> nat) && (q == b :> nat))%:R.
have through (Q : 'M[{poly F}]_(d k.+1)) : with_noise 0%:P (factor X k.+1 *m Q *m (factor X k.+1)^T)
    = factor X k.+1 *m with_noise 0%:P Q *m (factor X k.+1)^T.
  by rewrite /with_noise polyC0 !scale0r !addr0.
have := @slopes_passed F d D A c g 0 X W k kD through.
rewrite !rest subrr => /esym /eqP; rewrite mulf_eq0 pnatr_eq0 /= subr_eq0 => /eqP E.
have pick (Z : 'M[F]_(d k.+1)) : \tr (Z *m X k.+1) = Z b a.
  rewrite /mxtrace (bigD1 b) //= [X in _ + X]big1 ?addr0 => [|j jb]; rewrite mxE.
    rewrite (bigD1 a) //= big1 ?addr0 => [|l la]; rewrite mxE ?eqxx ?mulr1 //.
    by rewrite val_eqE (negPf la) mulr0.
  by apply: big1 => l _; rewrite mxE [X in _ && X]val_eqE (negPf jb) andbF mulr0.
have behind : dot (W k.+1) (W k.+1 *m X k.+1) = ((W k.+1)^T *m W k.+1) b a.
  by rewrite dotE mulmxA pick.
have before : dot (W k) (X k.+1 *m W k) = (W k *m (W k)^T) b a.
  by rewrite dotE mulmxA mxtrace_mulC mulmxA pick.
by rewrite [LHS]mxE [RHS]mxE -behind -before.
Qed.

(* --- one output ------------------------------------------------------------------------------ *)
Theorem one_output : statements.layer_penalties_eq_of_stationary.one_output.
Proof.
move=> F d [//|D] A c g s W one [A_sym A_ge0] g_gt0 s_ge0 rest k kD.
have pays := neurons rest; have [] := @balanced_rows F d A g s _ c W D 1 1 (g D.+1) (W D.+1)
  one A_sym A_ge0 g_gt0 s_ge0 ler01 _ (pays D (ltnSn D)) (fun l lD => pays l (ltnW lD)).
  move=> V b; rewrite -(rest (put b V)) /regularised_slope /regularised_along /slope_below.
  rewrite loss_top /line put_at; congr (_^`().[0]).
  by apply: loss_below_ext => j jD; rewrite /line put_other // ltn_eqF.
move=> top below; move: kD; rewrite ltnS leq_eqVlt => /orP [/eqP ->|]; last exact: below.
exact: top.
Qed.

(* --- layers ---------------------------------------------------------------------------------- *)
Theorem radial : statements.layer_penalties_eq_of_stationary.radial.
Proof.
move=> F d D A c g s W k kD; rewrite slope_scaled.
have pick (f : nat -> F) : \sum_(j < D.+1) (val j == k)%:R * f j = f k.
  rewrite (bigD1 (Ordinal (kD : k < D.+1)%N)) //= eqxx mul1r big1 ?addr0 // => j.
  by rewrite -val_eqE /= => /negPf ->; rewrite mul0r.
have one : \sum_(j < D.+1) (val j == k)%:R = 1 :> F.
  by rewrite -[RHS](pick (fun=> 1)); apply: eq_bigr => j _; rewrite mulr1.
by rewrite pick one mul1r.
Qed.

Theorem common : statements.layer_penalties_eq_of_stationary.common.
Proof.
move=> F d D A c g s W rest k kD; have := rest (alone W k); rewrite radial //.
move/eqP; rewrite mulf_eq0 pnatr_eq0 /= addr_eq0 => /eqP E.
by rewrite -[RHS]opprB E opprK.
Qed.

Theorem balance : statements.layer_penalties_eq_of_stationary.balance.
Proof. by move=> F d D A c g s W rest j k jD kD; rewrite !(common rest). Qed.

(* Two layers of one neuron with weights 1 and 0. *)
Theorem any_weights_false : ~ statements.layer_penalties_eq_of_stationary.any_weights.
Proof.
pose W : network rat_realFieldType (fun=> 1%N) := fun k => (k == 0%N)%:R%:M.
move=> /(_ _ _ 1%N (fun=> 1) W (fun=> ltr01) 0%N 1%N isT isT).
rewrite /layer_penalty /W /= !mul1r /sq /dot !big_ord1 !mxE /=.
by move/eqP; rewrite mulr1 mulr0 oner_eq0.
Qed.

(* --- two outputs ----------------------------------------------------------------------------- *)
(* Two outputs: W = (1, 1; 1, -1), U = (1, 1; 2, -2), A_0 = diag(1, 7), C = diag(12, 48), decays 5 and
   2, σ² = 1.  Column and row pay 10 for each neuron, but UᵀU has -3 beside its diagonal. *)
Theorem matrix_with_noise_false :
  ~ statements.layer_penalties_eq_of_stationary.matrix_with_noise.
Proof.
pose d (_ : nat) := 2%N.
pose A : 'M[rat]_2 := quad 1 0 0 7%:R; pose c : 'M[rat]_2 := quad 12%:R 0 0 48%:R.
pose g (k : nat) : rat := if k is 0 then 5%:R else 2%:R.
pose W : network rat_realFieldType d := fun k =>
  if k is 0 then quad 1 1 1 (-1) else quad 1 1 2%:R (-2%:R).
have A_ok : semidefinite A.
  split=> [|x]; first by rewrite quad_tr.
  rewrite /dot sum2 !big_ord1 !mxE !sum2 !mxE /= !mul0r addr0 add0r mul1r mulrCA.
  by rewrite -!expr2 addr_ge0 ?sqr_ge0 // mulr_ge0 ?sqr_ge0.
have g_gt0 k : 0 < g k by case: k.
have rest : @stationary _ d 1 A c g 1 W.
  move=> V; pose b : 'M[rat]_2 := V 1%N; pose Z : 'M[rat]_2 := V 0%N.
  have -> : @regularised_slope _ d 1 A c g 1 W V
      = @slope_below _ d A g 1 2 c 1 1 1 (g 1%N) W (W 1%N) (@put _ d 0 Z (fun=> 0)) b.
    rewrite /regularised_slope /regularised_along /slope_below loss_top /=; congr (_^`().[0]).
    by apply: loss_below_ext => -[|//] _; rewrite /line put_at.
  rewrite (@slope_belowE _ d A g 1 2 c); last by rewrite quad_tr.
  rewrite [noisy_moment _ _ _ 1]/= [prefix _ _]/= !mulmx1 [b]quad_of [Z]quad_of /W /A /c /g.
  move: (b 0 0) (b 0 1) (b 1 0) (b 1 1) (Z 0 0) (Z 0 1) (Z 1 0) (Z 1 1) => b0 b1 b2 b3 z0 z1 z2 z3.
  rewrite !(quad_tr, quad_mul, quad_noise, quad_dot, quad_trace).
  by ring.
move=> /(_ _ d 1%N A c g 1 W A_ok g_gt0 ler01 rest 0%N isT).
rewrite /matrix_balanced /W !quad_tr !quad_mul !quad_scale => /matrixP /(_ 0 1).
by rewrite !mxE.
Qed.
