(* Z5.  AM-GM for D-1 terms x/(D-1) and D+1 terms y/(D+1), x = κa|w|²: with y what all layers pay
   it bounds the loss (collapse), with y = τ the correlation w·c = U M_D Uᵀ + τ (birth). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas aligned aligned_lemmas.
From Proofs Require Import layer_penalties_eq_of_stationary origin_is_minimum_of_deep.
From Proofs.statements Require thresholds_of_isotropic_data.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.thresholds_of_isotropic_data.

(* (n+m)^{n+m} x^n y^m <= n^n m^m (x+y)^{n+m}. *)
Lemma am_gm_pair (F : realFieldType) n m (x y : F) : 0 <= x -> 0 <= y ->
  (n + m)%:R ^+ (n + m) * (x ^+ n * y ^+ m) <= n%:R ^+ n * m%:R ^+ m * (x + y) ^+ (n + m).
Proof.
move=> x0 y0; have [->|n0] := posnP n.
  rewrite !expr0 !mul1r !add0n ler_wpmul2l ?exprn_ge0 ?ler0n //.
  by rewrite ler_expn2r ?nnegrE ?addr_ge0 ?ler_addr.
have [->|m0] := posnP m.
  rewrite !addn0 !expr0 !mulr1 ler_wpmul2l ?exprn_ge0 ?ler0n //.
  by rewrite ler_expn2r ?nnegrE ?addr_ge0 ?ler_addl.
pose E (i : 'I_n + 'I_m) : F := if i then m%:R * x else n%:R * y.
have E0 i : 0 <= E i by case: i => i; rewrite mulr_ge0 ?ler0n.
have := @leif_AGM F _ (predT : pred ('I_n + 'I_m)%type) E (fun i _ => E0 i).
rewrite card_sum !card_ord => -[mean _]; move: mean; rewrite !big_sumType /=.
rewrite !prodr_const !sumr_const !card_ord.
have nm0 : 0 < (n + m)%:R :> F by rewrite ltr0n addn_gt0 n0.
have -> : (m%:R * x) *+ n + (n%:R * y) *+ m = n%:R * m%:R * (x + y) :> F.
  by rewrite -[_ *+ n]mulr_natl -[(_ * y) *+ m]mulr_natl; ring.
rewrite expr_div_n ler_pdivl_mulr ?exprn_gt0 // => mean.
have scale : 0 < m%:R ^+ n * n%:R ^+ m :> F by rewrite mulr_gt0 ?exprn_gt0 ?ltr0n.
rewrite -(ler_pmul2l scale); move: mean; rewrite !exprMn.
have -> : n%:R ^+ (n + m) * m%:R ^+ (n + m) * (x + y) ^+ (n + m)
    = m%:R ^+ n * n%:R ^+ m * (n%:R ^+ n * m%:R ^+ m * (x + y) ^+ (n + m)).
  have swap (p q u v z : F) : p * q * (u * v) * z = u * q * (p * v * z) by ring.
  by rewrite [n%:R ^+ (n + m)]exprD [m%:R ^+ (n + m)]exprD swap.
apply: le_trans.
have regroup (p q u v z : F) : p * q * (z * (u * v)) = p * u * (q * v) * z by ring.
by rewrite regroup.
Qed.

Lemma four_collapse (F : realFieldType) (d : nat -> nat) D (a : F) g s :
  4 ^+ D * collapse d D a g s = D.+1%:R ^+ D.+1 * birth d D a g s.
Proof.
rewrite /collapse /birth invfM; have E : (2 * D)%:R ^+ (2 * D) = 4 ^+ D * D%:R ^+ (2 * D) :> F.
  have four : 4 = 2 ^+ 2 :> F by rewrite -natrX.
  by rewrite four -exprM natrM exprMn.
have unit : D.+1%:R ^+ D.+1 / D.+1%:R ^+ D.+1 = 1 :> F by rewrite divff // expf_neq0 ?pnatr_eq0.
rewrite E; move: (D.+1%:R ^+ D.+1) (_^-1) unit => e i unit.
have regroup (p q r t z f j : F) : f * (q * r * (p * t) * (z * j)) = f * j * (p * (q * r * t * z)).
  by ring.
by rewrite regroup unit mul1r.
Qed.

Lemma level (F : realFieldType) (d : nat -> nat) D (a : F) (W : network F d) :
  effective_energy D a%:M W = a * effective_sq D W.
Proof. by rewrite /effective_energy mul_mx_scalar -scalemxAl mxtraceZ mxtrace_mulC -dotE. Qed.

Section Isotropic.
Variables (F : realFieldType) (d : nat -> nat) (n : nat) (a : F) (g : nat -> F) (s : F).
Let D := n.+1.
Variables (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d).
Hypotheses (a_ge0 : 0 <= a) (g_ge0 : forall k, 0 <= g k) (s_ge0 : 0 <= s).
Local Notation w := (effective_sq D W).
Local Notation x := (noise_factor d D s * a * w).

Lemma isotropic_ge0 : forall z : 'cV_(d 0%N), 0 <= dot z (a%:M *m z).
Proof. by move=> z; rewrite mul_scalar_mx dotZr mulr_ge0 ?sq_ge0. Qed.

Lemma x_ge0 : 0 <= x.
Proof. by rewrite mulr_ge0 ?sq_ge0 // mulr_ge0 // ltW ?noise_factor_gt0. Qed.

Lemma power_ge_x : x <= noisy_output_power D a%:M s W.
Proof. by rewrite -mulrA -level; apply: power_ge isotropic_ge0 W. Qed.

(* What both thresholds come from: y pays for w. *)
Lemma threshold e y : 0 <= y -> e * (decay_product D g * w) <= y ^+ D.+1 ->
  e * birth d D a g s * w ^+ D <= (x + y) ^+ (2 * D).
Proof.
move=> y_ge0 paid; have := am_gm_pair n D.+1 x_ge0 y_ge0.
have -> : (n + D.+1 = 2 * D)%N by rewrite /D mul2n -addnn addSnnS.
have power_gt0 k : 0 < k%:R ^+ k :> F by case: k => [|k]; rewrite ?expr0 ?ltr01 ?exprn_gt0 ?ltr0n.
move=> mean; rewrite /birth (_ : D.-1 = n) // mulrA (mulrAC _ _^-1) ler_pdivr_mulr; last first.
  by rewrite mulr_gt0 ?power_gt0.
rewrite [leRHS]mulrC; apply: le_trans mean.
have regroup (h G K N v f : F) : h * (G * K * N) * (v * f) = N * (K * (v * (h * (G * f)))) by ring.
rewrite [w ^+ D]exprSr regroup; apply: ler_wpmul2l; first by rewrite exprn_ge0 ?ler0n.
have ka_ge0 : 0 <= noise_factor d D s * a by rewrite mulr_ge0 // ltW ?noise_factor_gt0.
rewrite [in leRHS]exprMn -mulrA; apply: ler_wpmul2l; first by rewrite exprn_ge0.
by apply: ler_wpmul2l; rewrite ?exprn_ge0 ?sq_ge0.
Qed.

Lemma cauchy : effective_alignment c W ^+ 2 <= w * cross_sq c.
Proof. exact: cauchy_schwarz. Qed.

Lemma loss_ge : cross_sq c ^+ D <= collapse d D a g s -> 0 <= regularised_loss a%:M c g s W.
Proof.
move=> weak; set T := total_decay D g W; have T_ge0 : 0 <= T by apply: total_decay_ge0.
have m_gt0 : 0 < D.+1%:R ^+ D.+1 :> F by rewrite exprn_gt0 ?ltr0n.
suff claim : 2 * effective_alignment c W <= x + T.
  rewrite /regularised_loss -/T addrAC subr_ge0; apply: le_trans claim _.
  by rewrite ler_add2r power_ge_x.
have xT_ge0 : 0 <= x + T by rewrite addr_ge0 ?x_ge0.
suff claim : 4 * (w * cross_sq c) <= (x + T) ^+ 2.
  have [neg|pos] := lerP (2 * effective_alignment c W) 0; first exact: le_trans neg xT_ge0.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?(ltW pos) //; apply: le_trans claim.
  by rewrite exprMn -natrX ler_wpmul2l ?ler0n ?cauchy.
have wc_ge0 : 0 <= w * cross_sq c by rewrite mulr_ge0 ?sq_ge0.
rewrite -(@ler_pexpn2r _ D) ?nnegrE ?mulr_ge0 ?ler0n ?exprn_ge0 ?sq_ge0 //.
rewrite -exprM !exprMn.
have paid : D.+1%:R ^+ D.+1 * (decay_product D g * w) <= T ^+ D.+1.
  have := decay_mean D g_ge0 W; rewrite -/T expr_div_n => mean.
  by rewrite mulrC -ler_pdivl_mulr.
have := threshold T_ge0 paid; rewrite -four_collapse; apply: le_trans.
rewrite -mulrA ler_wpmul2l ?exprn_ge0 ?ler0n // mulrC.
by rewrite ler_wpmul2r ?exprn_ge0 ?sq_ge0.
Qed.

Lemma birth_le : stationary a%:M c g s W -> effective_map D W != 0 ->
  birth d D a g s <= cross_sq c ^+ D.
Proof.
move=> rest; rewrite -sq_gt0 -/(effective_sq D W) => w_gt0.
set t := layer_penalty g W D; have t_ge0 : 0 <= t by apply: penalty_ge0.
have paid : 1 * (decay_product D g * w) <= t ^+ D.+1.
  rewrite mul1r; apply: le_trans (payments_ge D g_ge0 W) _.
  rewrite (eq_bigr (fun=> t)) => [|k _]; first by rewrite prodr_const card_ord.
  by apply: balance rest _ _ _ _; rewrite // -ltnS.
have := threshold t_ge0 paid; rewrite mul1r => low.
rewrite -(ler_pmul2r (exprn_gt0 D w_gt0)); apply: le_trans low _.
rewrite exprM -exprMn; apply: ler_expn2r; rewrite ?nnegrE ?sqr_ge0 ?mulr_ge0 ?sq_ge0 //.
rewrite mulrC; apply: le_trans cauchy.
have signal : effective_alignment c W = noisy_output_power D a%:M s W + t.
  by rewrite /t (common rest (leqnn D)) addrC subrK.
by rewrite signal ler_expn2r ?nnegrE ?addr_ge0 ?x_ge0 ?ler_add2r ?power_ge_x ?(le_trans x_ge0
  power_ge_x).
Qed.

End Isotropic.

Theorem below : statements.thresholds_of_isotropic_data.below.
Proof. by move=> F d [//|n] a c g s W _ a_ge0 g_ge0 s_ge0; apply: loss_ge. Qed.

Theorem negative : statements.thresholds_of_isotropic_data.negative.
Proof.
move=> F d D a c g s W D0 a_ge0 g_ge0 s_ge0; rewrite !ltNge; apply: contra.
exact: below.
Qed.

Theorem exists_ : statements.thresholds_of_isotropic_data.exists_.
Proof. by move=> F d [//|n] a c g s W _ a_ge0 g_ge0 s_ge0; apply: birth_le. Qed.

Theorem ratio : statements.thresholds_of_isotropic_data.ratio.
Proof. exact: four_collapse. Qed.

Theorem tie_value : statements.thresholds_of_isotropic_data.tie_value.
Proof.
move=> F d D a c g s W [r [b [v [signs first later]]]] rest tie.
rewrite (value rest) (power_aligned _ _ signs first later) -tie.
by rewrite level -mulrA subrr.
Qed.

Theorem jump : statements.thresholds_of_isotropic_data.jump.
Proof.
move=> F d D a c g s W a_gt0 s_ge0 [r [b [v [signs first later]]]] rest.
rewrite -sq_eq0 -/(effective_sq D W) => w_neq0 tie; set w := effective_sq D W in w_neq0 tie *.
have ka_gt0 : 0 < noise_factor d D s * a by rewrite mulr_gt0 ?noise_factor_gt0.
set t := layer_penalty g W D in tie.
have paid : t ^+ D.+1 = decay_product D g * w.
  rewrite /w (sq_aligned signs first later) -big_split /= -[X in _ ^+ X]card_ord -prodr_const.
  by apply: eq_bigr => k _; apply/esym/(balance rest); rewrite // -ltnS.
have ratio : (D%:R - 1) / (noise_factor d D s * a) * t = w.
  by rewrite mulrAC -tie mulrAC divff ?mul1r ?gt_eqF.
by apply: (mulIf w_neq0); rewrite -exprSr mulrAC -paid mulrC -exprMn ratio.
Qed.

(* Aligned stationary weights: |c||w| = κa|w|² + τ and τ^{D+1} = Γ|w|². *)
Lemma solution (F : realFieldType) (d : nat -> nat) D a (c : 'M[F]_(d D.+1, d 0%N)) g s
    (W : network F d) (x := noise_factor d D s * a * effective_sq D W)
    (t := layer_penalty g W D) :
  d D.+1 = 1%N -> aligned D W -> stationary a%:M c g s W -> effective_map D W != 0 ->
  cross_sq c * effective_sq D W = (x + t) ^+ 2 /\
  decay_product D g * effective_sq D W = t ^+ D.+1.
Proof.
move=> one al rest w_neq0; rewrite (collinear one al rest w_neq0).
have [r [b [v [signs first later]]]] := al; split.
  congr (_ ^+ _); rewrite /x -mulrA -level -(power_aligned _ _ signs first later).
  by rewrite /t (common rest (leqnn D)) addrC subrK.
rewrite (sq_aligned signs first later) -big_split /= -[X in _ ^+ X]card_ord -prodr_const.
by apply: eq_bigr => k _; apply: (balance rest); rewrite // -ltnS.
Qed.

Lemma threshold_eq (F : realFieldType) (d : nat -> nat) n a (g : nat -> F) s (w t y : F)
    (D := n.+1) (x := noise_factor d D s * a * w) :
  decay_product D g * w = t ^+ D.+1 -> y * x = n%:R * t ->
  y ^+ n * D.+1%:R ^+ D.+1 * birth d D a g s * w ^+ D = ((2 * D)%:R * t) ^+ (2 * D).
Proof.
move=> paid share; have power_gt0 k : 0 < k%:R ^+ k :> F.
  by case: k => [|k]; rewrite ?expr0 ?ltr01 ?exprn_gt0 ?ltr0n.
rewrite /birth (_ : D.-1 = n) // invfM.
have unit : D.+1%:R ^+ D.+1 / D.+1%:R ^+ D.+1 = 1 :> F by rewrite divff // gt_eqF.
have unit' : n%:R ^+ n / n%:R ^+ n = 1 :> F by rewrite divff // gt_eqF.
have key : y ^+ n * (noise_factor d D s * a) ^+ n * w ^+ n = n%:R ^+ n * t ^+ n.
  by rewrite -!exprMn -mulrA share.
have -> : ((2 * D)%:R * t) ^+ (2 * D) = (2 * D)%:R ^+ (2 * D) * (t ^+ n * t ^+ D.+1).
  by rewrite exprMn -exprD; congr (_ * _ ^+ _); rewrite /D mul2n -addnn addSnnS.
rewrite -paid [w ^+ D]exprSr; move: unit unit' key.
move: (D.+1%:R ^+ D.+1) (n%:R ^+ n) => e f.
move: (w ^+ n) (t ^+ n) (y ^+ n) ((noise_factor d D s * a) ^+ n) => v T Y K.
move: (_^-1) (_^-1) ((2 * D)%:R ^+ (2 * D)) (decay_product D g) => fi ei N G unit unit' key.
transitivity ((e * ei) * (Y * K * v) * fi * N * G * w); first by ring.
rewrite unit key; transitivity ((f * fi) * (T * N * G * w)); first by ring.
by rewrite unit'; ring.
Qed.

Theorem tie : statements.thresholds_of_isotropic_data.tie.
Proof.
move=> F d [//|n] a c g s W _ one al rest w_neq0 share.
have [pull paid] := solution one al rest w_neq0; set D := n.+1 in share pull paid *.
have DE : D%:R = n%:R + 1 :> F by rewrite /D -addn1 natrD.
rewrite DE addrK in share; have w_unit : effective_sq D W ^+ D != 0 by rewrite expf_neq0 ?sq_eq0.
apply: (mulIf w_unit); apply: (@mulfI _ (4 ^+ D)); first by rewrite expf_neq0 ?pnatr_eq0.
have share1 : 1 * (noise_factor d D s * a * effective_sq D W) = n%:R * layer_penalty g W D.
  by rewrite mul1r.
have := threshold_eq paid share1; rewrite expr1n mul1r -/D -four_collapse -mulrA => ->.
rewrite -exprMn pull share -exprM.
have four : 4 = 2 ^+ 2 :> F by rewrite -natrX.
by rewrite four -exprM -exprMn natrM DE; congr (_ ^+ _); ring.
Qed.

Theorem born : statements.thresholds_of_isotropic_data.born.
Proof.
move=> F d [//|n] a c g s W _ one al rest w_neq0 share.
have [pull paid] := solution one al rest w_neq0; set D := n.+1 in share pull paid *.
have DE : D%:R = n%:R + 1 :> F by rewrite /D -addn1 natrD.
rewrite {1}DE addrK in share.
have w_unit : effective_sq D W ^+ D != 0 by rewrite expf_neq0 ?sq_eq0.
apply: (mulIf w_unit); have e_neq0 : D.+1%:R ^+ n * D.+1%:R ^+ D.+1 != 0 :> F.
  by rewrite mulf_neq0 ?expf_neq0 ?pnatr_eq0.
apply: (mulfI e_neq0); rewrite [RHS]mulrA (threshold_eq paid share) -exprMn pull -exprD -exprM.
have -> : (n + D.+1 = 2 * D)%N by rewrite /D mul2n -addnn addSnnS.
rewrite -exprMn mulrDr share -mulrDl natrM; congr ((_ * _) ^+ _).
by rewrite -addn1 natrD DE; ring.
Qed.

Theorem continuous : statements.thresholds_of_isotropic_data.continuous.
Proof.
move=> F d a c g s W nw nc nG one a_ge0 g_ge0 s_ge0 al rest w_neq0 [nw0 nwE] [nc0 ncE] [nG0 nGE].
have [pull paid] := solution one al rest w_neq0.
have t_ge0 : 0 <= layer_penalty g W 1 by apply: penalty_ge0.
have K_ge0 : 0 <= noise_factor d 1 s * a by rewrite mulr_ge0 // ltW ?noise_factor_gt0.
move: pull paid t_ge0; rewrite -nwE -ncE -nGE -!exprMn.
move: (layer_penalty g W 1) (noise_factor d 1 s * a) K_ge0 => t K K_ge0 /eqP pull /eqP paid t_ge0.
move: pull; rewrite eqr_expn2 ?addr_ge0 ?mulr_ge0 ?exprn_ge0 // => /eqP pull.
move: paid; rewrite eqr_expn2 ?mulr_ge0 // => /eqP paid.
have nw_neq0 : nw != 0 by rewrite -sqrf_eq0 nwE sq_eq0.
by apply: (mulIf nw_neq0); rewrite mulrBl pull paid addrK expr2 mulrA.
Qed.

(* Networks of one neuron in each layer without noise: rest is balance, for weights != 0. *)
Lemma thin_stationary (F : realFieldType) D (a c t : F) (u g : nat -> F)
    (W : network F (fun=> 1%N) := fun k => (u k)%:M) :
  (forall k, u k != 0) -> (forall k, (k <= D)%N -> layer_penalty g W k = t) ->
  t = @effective_alignment F (fun=> 1%N) D c%:M W - @noisy_output_power F (fun=> 1%N) D a%:M 0 W ->
  @stationary F (fun=> 1%N) D a%:M c%:M g 0 W.
Proof.
move=> u_neq0 pay tE V; pose r k := V k 0 0 / u k.
have -> : @regularised_slope F (fun=> 1%N) D a%:M c%:M g 0 W V
    = @regularised_slope F (fun=> 1%N) D a%:M c%:M g 0 W (fun k => r k *: W k).
  congr ((_^`()).[0]); apply: loss_ext => k; rewrite /line; congr (_ + 'X *: constant _).
  by rewrite [LHS]mx11_scalar /W scale_scalar_mx /r mulrVK ?unitfE.
have paid : \sum_(k < D.+1) r k * layer_penalty g W k = (\sum_(k < D.+1) r k) * t.
  by rewrite mulr_suml; apply: eq_bigr => k _; rewrite pay // -ltnS.
by rewrite slope_scaled paid -mulrDr tE addrC subrKA subrr !mulr0.
Qed.

Lemma thin_power (F : realFieldType) D (a : F) (u : nat -> F)
    (W : network F (fun=> 1%N) := fun k => (u k)%:M) :
  @noisy_output_power F (fun=> 1%N) D a%:M 0 W = (\prod_(k < D.+1) u k) ^+ 2 * a /\
  prefix W D.+1 = (\prod_(k < D.+1) u k)%:M.
Proof.
have map k : prefix W k = (\prod_(i < k) u i)%:M.
  by elim: k => [|k /= ->]; rewrite ?big_ord0 // big_ord_recr -scalar_mxM mulrC.
have mom k : @noisy_moment F (fun=> 1%N) a%:M 0 W k = ((\prod_(i < k) u i) ^+ 2 * a)%:M.
  elim: k => [|k /= ->]; first by rewrite big_ord0 expr1n mul1r.
  rewrite /with_noise scale0r addr0 tr_scalar_mx -!scalar_mxM big_ord_recr /=.
  by congr _%:M; ring.
split=> //; rewrite /noisy_output_power mom /W tr_scalar_mx -!scalar_mxM mxtrace_scalar mulr1n.
by rewrite big_ord_recr /=; ring.
Qed.

(* Weights 1, a = 1, c = 3, γ = 2: |c|^4 = 81, and collapse is at 128. *)
Theorem one_threshold_false : ~ statements.thresholds_of_isotropic_data.one_threshold.
Proof.
pose g (k : nat) : rat := 2; pose W : network rat_realFieldType (fun=> 1%N) := fun=> 1%:M.
have [power map] := thin_power 2 (1 : rat_realFieldType) (fun=> 1);
  rewrite -/W big1 // in power map.
have pay k : (k <= 2)%N -> layer_penalty g W k = 2.
  by rewrite /layer_penalty /W /sq /dot !big_ord1 !mxE mulr1.
have signal : @effective_alignment _ (fun=> 1%N) 2 3%:M W = 3.
  by rewrite /effective_alignment /effective_map map /dot !big_ord1 !mxE mul1r.
have rest : @stationary _ (fun=> 1%N) 2 1%:M 3%:M g 0 W.
  by apply: (thin_stationary (u := fun=> 1)) pay _ => //; rewrite signal power.
have w_neq0 : @effective_map _ (fun=> 1%N) 2 W != 0.
  by rewrite /effective_map map; apply/eqP => /matrixP /(_ ord0 ord0); rewrite !mxE.
move=> /(_ _ (fun=> 1%N) 2%N 1 3%:M g 0 W isT ler01 (fun=> ler0n _ 2) (lexx 0) rest w_neq0).
rewrite /collapse /cross_sq /decay_product /noise_factor /sq /dot !big_ord_recr !big_ord0 /= !mxE.
rewrite !(mul0r, addr0, add0r, mul1r, mulr1, expr1n, divr1, mulr1n) ?eqxx ?mulr1n /g.
by rewrite -!natrM -!natrX -!natrM ler_nat.
Qed.
