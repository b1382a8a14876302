(* Z8.  Along the ray through W each layer is scaled by 1 + X.  The signal (D+1) w·c is at most T,
   what all layers pay, within the radius, as in Z4.  At rest a layer pays τ = w·c - U M_D Uᵀ, where
   U M_D Uᵀ >= κ wᵀA_0w and (w·c)² <= wᵀA_0w cᵀA_0⁻¹c. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas.
From Proofs Require Import layer_penalties_eq_of_stationary origin_is_minimum_of_deep.
From Proofs.statements Require small_starts_end_at_origin.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma definite_ge0 (F : realFieldType) n (A : 'M[F]_n) : definite A ->
  forall x : 'cV_n, 0 <= dot x (A *m x).
Proof. by move=> [_ A_gt0] x; have [->|/A_gt0/ltW //] := eqVneq x 0; rewrite dot0l. Qed.

Lemma definite_unit (F : realFieldType) n (A : 'M[F]_n) : definite A -> A \in unitmx.
Proof.
move=> [_ A_gt0]; rewrite -row_free_unit -kermx_eq0; apply/eqP/row_matrixP => i; rewrite row0.
apply/eqP; rewrite -trmx_eq0; apply: contraT => /A_gt0.
by rewrite form_value !trmxK -row_mul mulmx_ker row0 mul0mx linear0 ltxx.
Qed.

Theorem radial : statements.small_starts_end_at_origin.radial.
Proof.
move=> F d D A c g s W.
have -> : regularised_slope A c g s W W = regularised_slope A c g s W (fun k => 1 *: W k).
  by congr ((_^`()).[0]); apply: loss_ext => k; rewrite /line scale1r.
rewrite (slope_scaled A c g s W (fun=> 1)) sumr_const card_ord addrC; congr (2 * (_ + _)).
by apply: eq_bigr => k _; rewrite mul1r.
Qed.

Theorem basin : statements.small_starts_end_at_origin.basin.
Proof.
move=> F d [//|[//|n]] A c g s m W _ A_def s_ge0 m_gt0 m_le radius off.
set S := size_sq _ W in radius off *; set T := total_decay n.+2 g W;
  pose a := effective_alignment c W.
have T_ge : m * S <= T by apply: paid_ge.
have mS_gt0 : 0 < m * S by rewrite mulr_gt0.
have T_gt0 : 0 < T by apply: lt_le_trans T_ge.
have N_gt0 : 0 < n.+3%:R :> F by rewrite ltr0n.
rewrite radial -/T -/a mulr_gt0 ?ltr0n // mulrBr [_ - _]addrC addrA.
apply: outweighed => //; first last.
- by rewrite mulf_eq0 gt_eqF //= => signal; rewrite mulr_gt0 // (power_gt0 A_def s_ge0 signal).
- by rewrite mulr_ge0 ?ler0n // power_ge0 //; apply: definite_ge0.
apply: (@le_trans _ _ ((m * S) ^+ 2)); last by rewrite ler_expn2r ?nnegrE ?(ltW mS_gt0) ?(ltW
  T_gt0).
have P_gt0 : 0 < n.+3%:R ^+ n.+1 :> F by rewrite exprn_gt0.
rewrite -(ler_pmul2l P_gt0) [(_ * a) ^+ 2]exprMn mulrA -exprD addn2.
apply: le_trans (mean_signal c W) _.
rewrite -/S; have split : S ^+ n.+3 = S ^+ n.+1 * S ^+ 2 by rewrite -exprD addn2.
have regroup (x y z : F) : x * (y * z) = y * x * z by ring.
by rewrite [(m * S) ^+ 2]exprMn split mulrA (regroup _ (m ^+ 2)) ler_wpmul2r ?sqr_ge0.
Qed.

Theorem reduced : statements.small_starts_end_at_origin.reduced.
Proof. by move=> F d D A s W [_ A_ge0] s_ge0; apply: power_ge. Qed.

Lemma form_sub (F : realFieldType) m n (A : 'M[F]_n) (Z P : 'M_(m, n)) p t : A^T = A ->
  \tr ((p *: Z - t *: P) *m A *m (p *: Z - t *: P)^T) = p ^+ 2 * \tr (Z *m A *m Z^T)
    - 2 * p * t * \tr (Z *m A *m P^T) + t ^+ 2 * \tr (P *m A *m P^T).
Proof.
move=> A_sym; have other : \tr (P *m A *m Z^T) = \tr (Z *m A *m P^T).
  by rewrite -[RHS]mxtrace_tr trmx_mul trmxK trmx_mul A_sym mulmxA.
have -> : (p *: Z - t *: P)^T = p *: Z^T - t *: P^T by rewrite linearB !linearZ.
rewrite !mulmxBl !mulmxBr -!scalemxAl -!scalemxAr !scalerA !raddfB /= !mxtraceZ other.
by move: (\tr _) (\tr _) (\tr _) => x y z; ring.
Qed.

(* cᵀA_0⁻¹c - 2t w·c + t² wᵀA_0w, squared by completing with Z = cA_0⁻¹. *)
Lemma regression (F : realFieldType) (d : nat -> nat) D (A : 'M[F]_(d 0%N))
    (c : 'M[F]_(d D.+1, d 0%N)) (W : network F d) (p t : F) : definite A ->
  \tr ((p *: (c *m invmx A) - t *: effective_map D W) *m A *m
       (p *: (c *m invmx A) - t *: effective_map D W)^T) =
  p ^+ 2 * explained_power A c - 2 * p * t * effective_alignment c W
    + t ^+ 2 * effective_energy D A W.
Proof.
move=> A_def; have [A_sym _] := A_def; have unit := definite_unit A_def.
set Z := c *m invmx A; set P := effective_map D W.
have ZA : Z *m A = c by rewrite mulmxKV.
have own : \tr (Z *m A *m Z^T) = explained_power A c.
  by rewrite ZA /Z trmx_mul trmx_inv A_sym mulmxA.
have one : \tr (Z *m A *m P^T) = effective_alignment c W.
  by rewrite ZA /effective_alignment dotE mxtrace_mulC -mxtrace_tr trmx_mul trmxK.
by rewrite form_sub // own one.
Qed.

Lemma explained_ge0 (F : realFieldType) (d : nat -> nat) D (A : 'M[F]_(d 0%N))
    (c : 'M[F]_(d D.+1, d 0%N)) : definite A -> 0 <= explained_power A c.
Proof.
move=> A_def; have := regression c (origin F d) 1 0 A_def.
rewrite mulr0 mul0r subr0 expr1n mul1r expr0n mul0r addr0 => <-.
exact/value_ge0/definite_ge0.
Qed.

Theorem correlation : statements.small_starts_end_at_origin.correlation.
Proof.
move=> F d D A c W A_def; set q := explained_power A c; set a := effective_alignment c W.
set e := effective_energy D A W.
have form p t : 0 <= p ^+ 2 * q - 2 * p * t * a + t ^+ 2 * e.
  by rewrite -regression //; apply/value_ge0/definite_ge0.
have e_ge0 : 0 <= e by apply: energy_ge0 => x; apply: definite_ge0.
have [e0|e_neq0] := eqVneq e 0.
  suff P0 : effective_map D W = 0 by rewrite /a /effective_alignment P0 dot0l expr0n e0 mulr0.
  apply/eqP; apply: contraT => /(value_gt0 (proj2 A_def)).
  by rewrite -/(effective_energy D A W) -/e e0 ltxx.
have e_gt0 : 0 < e by rewrite lt_def e_neq0.
have := form e a; have -> : e ^+ 2 * q - 2 * e * a * a + a ^+ 2 * e = e * (q * e - a ^+ 2) by ring.
by rewrite pmulr_rge0 // subr_ge0.
Qed.

Theorem scale : statements.small_starts_end_at_origin.scale.
Proof.
move=> F d D A c g s W A_def s_ge0 rest k kD; rewrite (common rest kD).
have K_gt0 := noise_factor_gt0 d s_ge0 D; set K := noise_factor d D s in K_gt0 *.
have low : K * effective_energy D A W <= noisy_output_power D A s W.
  by apply: power_ge => // x; apply: definite_ge0.
have square : 0 <= 1 ^+ 2 * explained_power A c - 2 * 1 * (2 * K) * effective_alignment c W
    + (2 * K) ^+ 2 * effective_energy D A W.
  by rewrite -regression //; apply/value_ge0/definite_ge0.
move: low square; set q := explained_power A c; set a := effective_alignment c W.
set e := effective_energy D A W; set Y := noisy_output_power D A s W => low square.
rewrite ler_pdivl_mulr ?mulr_gt0 ?ltr0n // -subr_ge0.
have -> : q - (a - Y) * (4 * K) = (1 ^+ 2 * q - 2 * 1 * (2 * K) * a + (2 * K) ^+ 2 * e)
    + 4 * K * (Y - K * e) by ring.
by rewrite addr_ge0 // mulr_ge0 ?subr_ge0 // mulr_ge0 ?ler0n ?ltW.
Qed.

Theorem minimum : statements.small_starts_end_at_origin.minimum.
Proof.
move=> F d [//|[//|n]] A c g s W _ A_def s_ge0 rest low k kD; set D := n.+2.
have pay : layer_penalty g W k = layer_penalty g W D by apply: balance rest _ _ kD (leqnn D).
rewrite pay; have := low; rewrite (value rest) -/D subr_le0;
  set t := layer_penalty g W D => no_higher.
have signal : effective_alignment c W = noisy_output_power D A s W + t.
  by rewrite /t (common rest (leqnn D)) addrC subrK.
have K_gt0 := noise_factor_gt0 d s_ge0 D; set K := noise_factor d D s in K_gt0 *.
have reach : K * effective_energy D A W <= noisy_output_power D A s W.
  by apply: power_ge => // x; apply: definite_ge0.
have D1 : D%:R - 1 = n.+1%:R :> F by rewrite /D -addn1 natrD addrK.
have DE : D%:R = n.+1%:R + 1 :> F by rewrite -D1 subrK.
rewrite D1 in no_higher *; set N : F := n.+1%:R in D1 DE no_higher *.
have N_gt0 : 0 < N by rewrite ltr0n.
have N_ge1 : 1 <= N by rewrite ler1n.
have square : 0 <= N ^+ 2 * explained_power A c - 2 * N * (D%:R * K) * effective_alignment c W
    + (D%:R * K) ^+ 2 * effective_energy D A W.
  by rewrite -regression //; apply/value_ge0/definite_ge0.
move: reach square; rewrite signal; set q := explained_power A c.
set e := effective_energy D A W; set Y := noisy_output_power D A s W in no_higher signal * =>
  reach square.
have D_gt0 : 0 < D%:R :> F by rewrite ltr0n.
rewrite mulf_div.
rewrite ler_pdivl_mulr ?mulr_gt0 ?exprn_gt0 // -(ler_pmul2l N_gt0) -subr_ge0.
rewrite DE in square *; set M : F := N + 1 in square *.
have regroup (x y z k' p' r' : F) : x * (x * y) - x * (z * ((x + 1) ^+ 2 * k')) =
    (x ^+ 2 * y - 2 * x * ((x + 1) * k') * (p' + z) + ((x + 1) * k') ^+ 2 * r')
    + (x + 1) ^+ 2 * k' * (p' - k' * r') + (x + 1) * k' * ((x - 1) * (p' - x * z)) by ring.
rewrite (regroup _ _ _ _ Y e).
have M_gt0 : 0 < M by rewrite addr_gt0 ?ltr01.
have MK_ge0 : 0 <= M * K by rewrite mulr_ge0 ?(ltW M_gt0) ?(ltW K_gt0).
apply: addr_ge0; last by rewrite mulr_ge0 // mulr_ge0 ?subr_ge0.
by apply: addr_ge0 => //; rewrite mulr_ge0 ?subr_ge0 // mulr_ge0 ?exprn_ge0 ?(ltW M_gt0) ?(ltW
  K_gt0).
Qed.

(* One neuron, weights 1, a strong signal. *)
Theorem shallow_basin_false : ~ statements.small_starts_end_at_origin.shallow_basin.
Proof.
pose W : network rat_realFieldType (fun=> 1%N) := scalar_network _ 1.
have A_def : definite (1%:M : 'M[rat]_1).
  by split=> [|x]; rewrite ?trmx1 // mul1mx -/(sq x) sq_gt0.
have size : size_sq 1 W = 2.
  by rewrite /size_sq /energy big_ord_recr big_ord1 /sq /dot !big_ord1 !mxE mulr1.
have map : @effective_map _ (fun=> 1%N) 1 W = 1%:M.
  by rewrite /effective_map prefix_scalar expr1n.
move=> /(_ _ (fun=> 1%N) 1%:M 3%:M (fun=> 1) 0 W A_def (lexx 0) (fun=> ltr01)).
rewrite size ltr0n radial => /(_ isT).
have -> : total_decay 1 (fun=> 1) W = 2.
  by rewrite -size /total_decay; apply: eq_bigr => k _; rewrite /layer_penalty mul1r.
have -> : @noisy_output_power _ (fun=> 1%N) 1 1%:M 0 W = 1.
  rewrite /noisy_output_power /= /with_noise scale0r addr0 /W /scalar_network trmx1.
  by rewrite !mulmx1 mxtrace1.
have -> : @effective_alignment _ (fun=> 1%N) 1 3%:M W = 3.
  by rewrite /effective_alignment map /dot !big_ord1 !mxE mul1r.
by [].
Qed.
