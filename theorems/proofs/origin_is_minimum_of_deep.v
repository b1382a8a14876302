(* Z4.  From the origin L(tV) = t^{2D+2} U M_D Uᵀ - 2t^{D+1} w·c + t² T.  Near it w·c is at most
   half of T, what all layers pay, by Cauchy-Schwarz and AM-GM; where they are equal w does not
   vanish, so that U M_D Uᵀ > 0. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas.
From Proofs Require Import layer_penalties_eq_of_stationary.
From Proofs.statements Require origin_is_minimum_of_deep.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma coef_along (F : realFieldType) (d : nat -> nat) D A c g s (V : network F d) i :
  (@regularised_along F d D A c g s (origin F d) V)`_i =
    (i == 2 * D.+1)%N%:R * noisy_output_power D A s V
    - 2 * (i == D.+1)%N%:R * effective_alignment c V + (i == 2)%N%:R * total_decay D g V.
Proof.
have two : (2 : {poly F}) = 2%:P by rewrite polyCMn.
by rewrite along_origin two !(coefD, coefN, coefMC, coefCM, coefXn).
Qed.

Theorem critical : statements.origin_is_minimum_of_deep.critical.
Proof.
move=> F d [//|D] A c g s _ V.
by rewrite /regularised_slope horner_coef0 coef_deriv coef_along /= !(mul0r, mulr0) subr0 addr0
  mul0rn.
Qed.

Theorem deep : statements.origin_is_minimum_of_deep.deep.
Proof.
move=> F d [//|[//|D]] A c g s V _.
rewrite /regularised_hessian horner_coef0 coef_derivn addn0 ffactnn coef_along /=.
by rewrite !(mul0r, mulr0) subr0 add0r mul1r -mulr_natl.
Qed.

Lemma hessian_one (F : realFieldType) (d : nat -> nat) A c g s (V : network F d) :
  @regularised_hessian F d 1 A c g s (origin F d) V =
  2 * (total_decay 1 g V - 2 * effective_alignment c V).
Proof.
rewrite /regularised_hessian horner_coef0 coef_derivn addn0 ffactnn coef_along /=.
by rewrite mul0r mulr1 mul1r add0r -mulr_natl addrC.
Qed.

Lemma one_output (F : realFieldType) n : n = 1%N ->
  (const_mx 1 : 'cV[F]_n) *m (const_mx 1)^T = 1%:M.
Proof. by move=> ->; apply/matrixP => i j; rewrite !ord1 !mxE big_ord1 !mxE mulr1. Qed.

(* One neuron along c: |W_1|² = α²|c|², |U|² = β² and w·c = αβ|c|². *)
Lemma one_neuron (F : realFieldType) (d : nat -> nat) (c : 'M[F]_(d 2%N, d 0%N)) (a b : F) :
  d 2%N = 1%N -> (0 < d 1%N)%N -> exists V : network F d,
  [/\ sq (V 0%N) = a ^+ 2 * cross_sq c, sq (V 1%N) = b ^+ 2
    & @effective_alignment F d 1 c V = a * b * cross_sq c].
Proof.
move=> one d1.
pose e : 'cV[F]_(d 1%N) := \col_i (i == Ordinal d1)%:R; pose u : 'cV[F]_(d 2%N) := const_mx 1.
have uu : u *m u^T = 1%:M by apply: one_output.
have ee : sq e = 1.
  rewrite /sq /dot (bigD1 (Ordinal d1)) //= big_ord1 mxE eqxx mulr1 big1 ?addr0 // => i.
  by rewrite big_ord1 mxE => /negPf ->; rewrite mulr0.
have uv : sq u = 1 by rewrite /sq dotE mxtrace_mulC uu one mxtrace1.
exists (fun k => match k with
  | 0 => a *: (e *m (u^T *m c)) | 1 => b *: (u *m e^T) | _ => 0 end); split.
- rewrite sqZ -[u^T *m c]trmxK sq_rank1 ee mul1r sq_trmx /cross_sq /sq dot_mull trmxK mulmxA uu.
  by rewrite mul1mx.
- by rewrite sqZ sq_rank1 uv ee !mulr1.
rewrite /effective_alignment /effective_map /= mulmx1 -scalemxAl -scalemxAr scalerA dotZl.
have -> : u *m e^T *m (e *m (u^T *m c)) = u *m (e^T *m e) *m (u^T *m c) by rewrite !mulmxA.
have -> : e^T *m e = 1%:M by rewrite [LHS]mx11_scalar -ee /sq dotE /mxtrace big_ord1.
by rewrite mulmx1 mulmxA uu mul1mx /cross_sq /sq [b * a]mulrC.
Qed.

Theorem strong : statements.origin_is_minimum_of_deep.strong.
Proof.
move=> F d A c g s one d1 g0 g1 strong.
have [V [sqV0 sqV1 align]] := one_neuron c (g 1%N) (cross_sq c) one d1.
exists V; rewrite hessian_one /total_decay big_ord_recr big_ord1 /layer_penalty /= sqV0 sqV1 align.
have -> : 2 * (g 0%N * (g 1%N ^+ 2 * cross_sq c) + g 1%N * cross_sq c ^+ 2
    - 2 * (g 1%N * cross_sq c * cross_sq c)) =
  - (2 * (g 1%N * cross_sq c * (cross_sq c - g 0%N * g 1%N))) by ring.
have c_gt0 : 0 < cross_sq c by apply: lt_trans strong; rewrite mulr_gt0.
by rewrite oppr_lt0 !mulr_gt0 ?ltr0n ?subr_gt0.
Qed.

(* a|W_1|² + b|U|² outweighs 4 w·c where ab = 4|c|², and vanishes with it somewhere. *)
Lemma outweighs (F : realFieldType) (d : nat -> nat) (c : 'M[F]_(d 2%N, d 0%N)) (a b : F) V :
  0 <= a -> 0 <= b -> a * b = 4 * cross_sq c ->
  `|4 * @effective_alignment F d 1 c V| <= a * sq (V 0%N) + b * sq (V 1%N).
Proof.
move=> a0 b0 ab; have x0 := sq_ge0 (V 0%N); have y0 := sq_ge0 (V 1%N).
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?addr_ge0 ?mulr_ge0 // real_normK ?num_real //.
have signal : effective_alignment c V ^+ 2 <= sq (V 0%N) * sq (V 1%N) * cross_sq c.
  apply: le_trans (cauchy_schwarz _ _) _; rewrite ler_wpmul2r ?sq_ge0 //.
  by have := @sq_prefix_le _ _ V 1; rewrite big_ord_recr big_ord1.
rewrite exprMn; apply: le_trans (ler_wpmul2l (sqr_ge0 4) signal) _; rewrite -subr_ge0.
have -> : (a * sq (V 0%N) + b * sq (V 1%N)) ^+ 2 - 4 ^+ 2 * (sq (V 0%N) * sq (V 1%N) * cross_sq c)
    = (a * sq (V 0%N) - b * sq (V 1%N)) ^+ 2
      + 4 * (sq (V 0%N) * sq (V 1%N)) * (a * b - 4 * cross_sq c) by ring.
by rewrite ab subrr mulr0 addr0 sqr_ge0.
Qed.

Lemma balances (F : realFieldType) (d : nat -> nat) (c : 'M[F]_(d 2%N, d 0%N)) (a b e : F) :
  (0 < d 0%N)%N -> (0 < d 1%N)%N -> d 2%N = 1%N -> a * b = 4 * cross_sq c -> e ^+ 2 = 1 ->
  exists V : network F d, size_sq 1 V != 0 /\
    a * sq (V 0%N) + b * sq (V 1%N) = e * (4 * @effective_alignment F d 1 c V).
Proof.
move=> d0 d1 one ab e1; have [a0|a_neq0] := eqVneq a 0.
  exists (fun k => if k is 0 then const_mx 1 else 0).
  rewrite /size_sq /energy big_ord_recr big_ord1 /effective_alignment /effective_map /= a0.
  have sq0 m n : sq (0 : 'M[F]_(m, n)) = 0 by rewrite /sq dot0r.
  rewrite mul0mx dot0l sq0 !mulr0 mul0r !addr0; split=> //; rewrite sq_eq0.
  by apply/eqP => /matrixP /(_ (Ordinal d1) (Ordinal d0)); rewrite !mxE => /eqP; rewrite oner_eq0.
have [V [x y z]] := one_neuron c 2 (e * a) one d1.
exists V; rewrite /size_sq /energy big_ord_recr big_ord1 /= x y z !exprMn e1 mul1r; split.
  have a2_gt0 : 0 < a ^+ 2 by rewrite lt_def sqrf_eq0 a_neq0 sqr_ge0.
  have c_ge0 : 0 <= 2 ^+ 2 * cross_sq c by rewrite mulr_ge0 ?sqr_ge0 ?sq_ge0.
  by rewrite gt_eqF // ltr_paddl.
have -> : a * (2 ^+ 2 * cross_sq c) + b * a ^+ 2 = a * (4 * cross_sq c) + a * (a * b) by ring.
have -> : e * (4 * (2 * (e * a) * cross_sq c)) = e ^+ 2 * (2 * a * (4 * cross_sq c)) by ring.
by rewrite ab e1; ring.
Qed.

(* Both eigenvalues at once: 2γ_w - λ and 2γ_u - λ have the product 4|c|². *)
Lemma shallow_root (F : realFieldType) (p q x r : F) : 0 <= x ->
  is_root 2 ((p - q) ^+ 2 + 4 * x) r ->
  [/\ 0 <= p - q + r, 0 <= q - p + r & (p - q + r) * (q - p + r) = 4 * x].
Proof.
move=> x0 [r0 rE]; have : `|p - q| <= r.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE // real_normK ?num_real // rE ler_addl.
  by rewrite mulr_ge0 ?ler0n.
rewrite ler_norml => /andP [lower upper]; split.
- by rewrite -ler_subl_addr sub0r.
- by rewrite addrC -[q - p]opprB subr_ge0.
have -> : (p - q + r) * (q - p + r) = r ^+ 2 - (p - q) ^+ 2 by ring.
by rewrite rE addrC addKr.
Qed.

Theorem shallow_max : statements.origin_is_minimum_of_deep.shallow_max.
Proof.
move=> F d A c g s r d0 d1 one root.
have [a0 b0 ab] := shallow_root (sq_ge0 c) root.
have gap (p q r' x y e : F) : (p + q + r') * (x + y) - 2 * (q * x + p * y - 2 * e) =
  (p - q + r') * x + (q - p + r') * y + 4 * e by ring.
split=> [V|].
  rewrite hessian_one /total_decay /size_sq /energy !big_ord_recr !big_ord0 /layer_penalty /=.
  rewrite !add0r -subr_ge0 gap; have := outweighs V a0 b0 ab.
  by rewrite ler_norml => /andP [+ _]; rewrite -subr_ge0 opprK addrC.
have [|V [V_neq0 E]] := balances d0 d1 one ab (e := -1); first by rewrite sqrrN expr1n.
exists V; split=> //; apply/eqP; rewrite eq_sym -subr_eq0.
rewrite hessian_one /total_decay /size_sq /energy !big_ord_recr !big_ord0 /layer_penalty /=.
by rewrite !add0r gap E mulN1r addNr.
Qed.

Theorem shallow_min : statements.origin_is_minimum_of_deep.shallow_min.
Proof.
move=> F d A c g s r d0 d1 one root.
have [a0 b0] := shallow_root (sq_ge0 c) root; rewrite mulrC => ab.
have gap (p q r' x y e : F) : 2 * (q * x + p * y - 2 * e) - (p + q - r') * (x + y) =
  (q - p + r') * x + (p - q + r') * y - 4 * e by ring.
split=> [V|].
  rewrite hessian_one /total_decay /size_sq /energy !big_ord_recr !big_ord0 /layer_penalty /=.
  rewrite !add0r -subr_ge0 gap; have := outweighs V b0 a0 ab.
  by rewrite ler_norml subr_ge0 => /andP [].
have [V [V_neq0 E]] := balances d0 d1 one ab (expr1n F 2).
exists V; split=> //; apply/eqP; rewrite -subr_eq0.
rewrite hessian_one /total_decay /size_sq /energy !big_ord_recr !big_ord0 /layer_penalty /=.
by rewrite !add0r gap E mul1r subrr.
Qed.

Theorem value : statements.origin_is_minimum_of_deep.value.
Proof.
move=> F d D A c g s W rest; set t := layer_penalty g W D.
have signal : effective_alignment c W = noisy_output_power D A s W + t.
  by rewrite /t (common rest (leqnn D)) addrC subrK.
have -> : regularised_loss A c g s W = noisy_output_power D A s W - 2 * effective_alignment c W
    + D.+1%:R * t.
  congr (_ + _); rewrite /total_decay (eq_bigr (fun=> t)) => [|k _].
    by rewrite sumr_const card_ord mulr_natl.
  by apply: balance rest _ _ _ _; rewrite // -ltnS.
have next : D.+1%:R = D%:R + 1 :> F by rewrite -addn1 natrD.
by rewrite signal next; ring.
Qed.

Theorem bad : statements.origin_is_minimum_of_deep.bad.
Proof. by move=> F d D A c g s W rest light; rewrite (value rest) subr_lt0. Qed.

Theorem weak : statements.origin_is_minimum_of_deep.weak.
Proof.
move=> F d A c g s W [_ A_ge0] g_ge0 s_ge0 weak.
have power := power_ge0 1 s_ge0 A_ge0 W.
rewrite /regularised_loss -addrA addr_ge0 // addrC subr_ge0 /total_decay big_ord_recr big_ord1 /=.
set p := layer_penalty g W 0; set q := layer_penalty g W 1.
have [p0 q0] : 0 <= p /\ 0 <= q by split; apply: penalty_ge0.
have [neg|pos] := lerP (2 * effective_alignment c W) 0.
  by apply: le_trans neg _; rewrite addr_ge0.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?addr_ge0 ?(ltW pos) // exprMn.
have signal : effective_alignment c W ^+ 2 <= p * q.
  apply: le_trans (cauchy_schwarz _ _) _.
  have len : sq (effective_map 1 W) <= sq (W 0%N) * sq (W 1%N).
    by have := @sq_prefix_le _ _ W 1; rewrite big_ord_recr big_ord1.
  apply: (@le_trans _ _ (sq (W 0%N) * sq (W 1%N) * (g 0%N * g 1%N))).
    by apply: ler_pmul => //; apply: sq_ge0.
  by rewrite mulrC mulrACA.
have -> : 2 ^+ 2 = 4 :> F by rewrite -natrX.
apply: le_trans (ler_wpmul2l (ler0n _ 4) signal) _.
have square : (p + q) ^+ 2 - 4 * (p * q) = (p - q) ^+ 2 by ring.
by rewrite -subr_ge0 square sqr_ge0.
Qed.

(* |c|²|W|^{2(D+1)} >= (D+1)^{D+1} (w·c)². *)
Lemma mean_signal (F : realFieldType) (d : nat -> nat) D (c : 'M[F]_(d D.+1, d 0%N)) W :
  D.+1%:R ^+ D.+1 * effective_alignment c W ^+ 2 <= cross_sq c * size_sq D W ^+ D.+1.
Proof.
have mean : \prod_(k < D.+1) sq (W k) <= (size_sq D W / D.+1%:R) ^+ D.+1.
  rewrite -[X in _ / X%:R]card_ord -[X in _ ^+ X]card_ord.
  by have [] := @leif_AGM F _ (predT : pred 'I_D.+1) (fun k => sq (W k)) (fun k _ => sq_ge0 (W k)).
have m_gt0 : 0 < D.+1%:R ^+ D.+1 :> F by rewrite exprn_gt0 ?ltr0n.
rewrite mulrC -ler_pdivl_mulr // -mulrA -expr_div_n.
apply: le_trans (cauchy_schwarz _ _) _; rewrite mulrC ler_wpmul2l ?sq_ge0 //.
by apply: le_trans mean; apply: sq_prefix_le.
Qed.

(* All layers together pay at least min(γ)|W|². *)
Lemma paid_ge (F : realFieldType) (d : nat -> nat) D (g : nat -> F) m (W : network F d) :
  (forall k, m <= g k) -> m * size_sq D W <= total_decay D g W.
Proof.
by move=> m_le; rewrite /size_sq mulr_sumr; apply: ler_sum => k _; rewrite ler_wpmul2r ?sq_ge0.
Qed.

(* T - s + Y > 0 if T² >= s² and T > 0, where Y >= 0 is positive unless the signal vanishes. *)
Lemma outweighed (F : realFieldType) (T e Y : F) : 0 < T -> e ^+ 2 <= T ^+ 2 -> 0 <= Y ->
  (e != 0 -> 0 < Y) -> 0 < T - e + Y.
Proof.
move=> T_gt0 within Y_ge0 Y_gt0; have [->|e0] := eqVneq e 0.
  by rewrite subr0 ltr_paddr.
rewrite ltr_paddl ?Y_gt0 // subr_ge0; have [neg|pos] := lerP e 0.
  exact: le_trans neg (ltW T_gt0).
by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?(ltW pos) ?(ltW T_gt0).
Qed.

Lemma power_gt0 (F : realFieldType) (d : nat -> nat) D (A : 'M[F]_(d 0%N)) s
    (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d) :
  definite A -> 0 <= s -> effective_alignment c W != 0 -> 0 < noisy_output_power D A s W.
Proof.
move=> [_ A_gt0] s_ge0 signal; have A_ge0 (x : 'cV_(d 0%N)) : 0 <= dot x (A *m x).
  by have [->|/A_gt0/ltW //] := eqVneq x 0; rewrite dot0l.
apply: lt_le_trans (@power_ge _ _ D A s s_ge0 A_ge0 W); rewrite mulr_gt0 ?noise_factor_gt0 //
  value_gt0 //.
by apply: contraNneq signal; rewrite /effective_alignment => ->; rewrite dot0l.
Qed.

Theorem isolated : statements.origin_is_minimum_of_deep.isolated.
Proof.
move=> F d [//|[//|n]] A c g s m W _ A_gt0 s_ge0 m_gt0 m_le radius off.
set S := size_sq _ W in radius off *; set T := total_decay n.+2 g W;
  pose a := effective_alignment c W.
have T_ge : m * S <= T by apply: paid_ge.
have mS_gt0 : 0 < m * S by rewrite mulr_gt0.
have T_gt0 : 0 < T by apply: lt_le_trans T_ge.
have -> : regularised_loss A c g s W = T - 2 * a + noisy_output_power n.+2 A s W.
  by rewrite /regularised_loss -/T -/a; move: (noisy_output_power _ _ _ _) => Y; ring.
apply: outweighed => //; first last.
- by rewrite mulf_eq0 pnatr_eq0 /=; apply: power_gt0.
- by apply: power_ge0 => // x; have [->|/(proj2 A_gt0)/ltW //] := eqVneq x 0; rewrite dot0l.
apply: (@le_trans _ _ ((m * S) ^+ 2)); last by rewrite ler_expn2r ?nnegrE ?(ltW mS_gt0) ?(ltW
  T_gt0).
have m_gt0' : 0 < n.+3%:R ^+ n.+3 :> F by rewrite exprn_gt0 ?ltr0n.
rewrite -(ler_pmul2l m_gt0') exprMn; have four : 2 ^+ 2 = 4 :> F by rewrite -natrX.
rewrite four mulrCA; apply: le_trans (ler_wpmul2l (ler0n _ 4) (mean_signal c W)) _.
rewrite -/S; have split : S ^+ n.+3 = S ^+ n.+1 * S ^+ 2 by rewrite -exprD addn2.
have regroup (x y z : F) : 4 * (x * (y * z)) = 4 * x * y * z by ring.
have regroup' (x y z : F) : x * (y * z) = y * x * z by ring.
by rewrite [(m * S) ^+ 2]exprMn split regroup (regroup' _ (m ^+ 2)) ler_wpmul2r ?sqr_ge0.
Qed.

(* One neuron in each layer: the Hessian couples both layers. *)
Theorem diagonal_false : ~ statements.origin_is_minimum_of_deep.diagonal.
Proof.
move=> /(_ _ (fun=> 1%N) 1%:M 1%:M (fun=> 1) 0 (scalar_network 1 (1 : rat_realFieldType))).
rewrite hessian_one /total_decay /effective_alignment /effective_map prefix_scalar expr1n.
rewrite !big_ord_recr !big_ord0 /layer_penalty /scalar_network /=.
by rewrite /sq /dot !big_ord1 !mxE.
Qed.

(* Without a correlation the Hessian is 2 diag(γ). *)
Theorem always_saddle_false : ~ statements.origin_is_minimum_of_deep.always_saddle.
Proof.
move=> /(_ rat_realFieldType (fun=> 1%N) 1%:M 0 (fun=> 1) 0 isT isT erefl ltr01 ltr01) [V].
rewrite hessian_one /effective_alignment dot0r mulr0 subr0 ltNge mulr_ge0 //.
by apply: sumr_ge0 => k _; rewrite mulr_ge0 ?sq_ge0.
Qed.
