(* What the proofs on noisy networks share: the loss of rescaled layers and of the origin, what
   noise costs, and what the layers pay.  Nothing here is a statement of ours. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- rescaled layers ------------------------------------------------------------------------ *)
Section Scaled.
Variables (R : comRingType) (d : nat -> nat) (D : nat).
Variables (A : 'M[R]_(d 0)) (c : 'M[R]_(d D.+1, d 0)) (g : nat -> R) (s : R).
Implicit Types (W : network R d) (t : nat -> R).

Definition scaled t W : network R d := fun j => t j *: W j.

Lemma with_noiseZ n a (Q : 'M[R]_n) : with_noise s (a *: Q) = a *: with_noise s Q.
Proof.
apply/matrixP => i j; rewrite !mxE mulrDr; congr (_ + _).
by rewrite mulrCA -mulrnAr mulrnAr.
Qed.

Lemma quadZ m n a b (B : 'M[R]_(m, n)) Q :
  a *: B *m (b *: Q) *m (a *: B)^T = (a ^+ 2 * b) *: (B *m Q *m B^T).
Proof.
rewrite [(a *: B)^T]linearZ /= -!scalemxAl -!scalemxAr -!scalemxAl !scalerA.
by congr (_ *: _); ring.
Qed.

Lemma prefix_scaled t W k : prefix (scaled t W) k = \prod_(j < k) t j *: prefix W k.
Proof.
elim: k => [|k IH] /=; first by rewrite big_ord0 scale1r.
by rewrite IH big_ord_recr /= -scalemxAl -scalemxAr scalerA mulrC.
Qed.

Lemma noisy_moment_scaled t W k :
  noisy_moment A s (scaled t W) k = (\prod_(j < k) t j) ^+ 2 *: noisy_moment A s W k.
Proof.
elim: k => [|k IH] /=; first by rewrite big_ord0 expr1n scale1r.
rewrite IH -with_noiseZ big_ord_recr /= /scaled quadZ.
by congr (with_noise _ (_ *: _)); ring.
Qed.

Lemma loss_ext W V : (forall k, W k = V k) ->
  regularised_loss A c g s W = regularised_loss A c g s V.
Proof.
move=> WV; rewrite /regularised_loss /noisy_output_power /effective_alignment /effective_map.
have -> : prefix W D.+1 = prefix V D.+1 by elim: D.+1 => //= k ->; rewrite WV.
have -> : noisy_moment A s W D = noisy_moment A s V D by elim: D => //= k ->; rewrite WV.
by rewrite WV; congr (_ + _); apply: eq_bigr => k _; rewrite /layer_penalty WV.
Qed.

Lemma loss_scaled t W (p := \prod_(j < D.+1) t j) :
  regularised_loss A c g s (scaled t W) = p ^+ 2 * noisy_output_power D A s W
    - 2 * p * effective_alignment c W + \sum_(k < D.+1) t k ^+ 2 * layer_penalty g W k.
Proof.
rewrite /regularised_loss /noisy_output_power /effective_alignment /effective_map.
rewrite noisy_moment_scaled prefix_scaled dotZl mulrA; congr (_ - _ + _).
  by rewrite /p big_ord_recr /= /scaled quadZ mxtraceZ; congr (_ * _); ring.
by apply: eq_bigr => k _; rewrite /layer_penalty /scaled sqZ mulrCA.
Qed.

End Scaled.

(* --- constant networks of polynomials ------------------------------------------------------- *)
Section Constant.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Implicit Types W V : network F d.

Definition fixed W : network (poly_comRingType F) d := fun k => constant (W k).

Lemma dot_constant m n (B C : 'M[F]_(m, n)) : dot (constant B) (constant C) = (dot B C)%:P.
Proof.
rewrite /dot rmorph_sum; apply: eq_bigr => i _; rewrite rmorph_sum; apply: eq_bigr => j _.
by rewrite !mxE /= polyCM.
Qed.

Lemma prefix_fixed W k : prefix (fixed W) k = constant (prefix W k).
Proof. by elim: k => [|k /= ->]; rewrite /constant ?map_mx1 ?map_mxM. Qed.

Lemma noisy_moment_fixed W k :
  noisy_moment (constant A) s%:P (fixed W) k = constant (noisy_moment A s W k).
Proof.
elim: k => //= k ->; rewrite /fixed /constant map_trmx -!map_mxM.
move: (_ *m _ *m _) => Q; rewrite /with_noise map_mxD map_mxZ map_diag_mx /=.
by congr (_ + _ *: diag_mx _); apply/rowP => i; rewrite !mxE.
Qed.

Lemma power_fixed W :
  noisy_output_power D (constant A) s%:P (fixed W) = (noisy_output_power D A s W)%:P.
Proof.
rewrite /noisy_output_power noisy_moment_fixed /fixed /constant map_trmx -!map_mxM.
by rewrite /mxtrace rmorph_sum; apply: eq_bigr => i _; rewrite mxE.
Qed.

(* The loss along a direction that only rescales layers. *)
Lemma along_scaled W r (V := fun j => r j *: W j) (p := \prod_(j < D.+1) (1 + r j *: 'X)) :
  regularised_along A c g s W V = p ^+ 2 * (noisy_output_power D A s W)%:P
    - 2 * p * (effective_alignment c W)%:P
    + \sum_(k < D.+1) (1 + r k *: 'X) ^+ 2 * (layer_penalty g W k)%:P.
Proof.
rewrite /regularised_along (@loss_ext _ _ _ _ _ _ _ _ (scaled (fun j => 1 + r j *: 'X) (fixed W))).
  rewrite loss_scaled power_fixed /effective_alignment /effective_map prefix_fixed dot_constant.
  congr (_ + _); apply: eq_bigr => k _; congr (_ * _); rewrite /layer_penalty polyCM.
  by rewrite /sq dot_constant.
move=> k; rewrite /line /scaled /V /constant map_mxZ scalerDl scale1r scalerA /fixed; congr (_ + _).
by rewrite -mul_polyC mulrC.
Qed.

(* From the origin all layers are scaled by 'X. *)
Lemma along_origin V : regularised_along A c g s (origin F d) V = 'X ^+ (2 * D.+1)
  * (noisy_output_power D A s V)%:P - 2 * 'X ^+ D.+1 * (effective_alignment c V)%:P
    + 'X ^+ 2 * (total_decay D g V)%:P.
Proof.
rewrite /regularised_along (@loss_ext _ _ _ _ _ _ _ _ (scaled (fun=> 'X) (fixed V))).
  rewrite loss_scaled power_fixed /effective_alignment /effective_map prefix_fixed dot_constant.
  rewrite prodr_const card_ord -exprM mulnC; congr (_ + _).
  rewrite /total_decay rmorph_sum mulr_sumr; apply: eq_bigr => k _; congr (_ * _).
  by rewrite /layer_penalty /= polyCM /sq dot_constant.
by move=> k; rewrite /line /scaled /constant map_mx0 add0r.
Qed.

Lemma slope_scaled W r (V := fun j => r j *: W j) :
  regularised_slope A c g s W V = 2 * ((\sum_(k < D.+1) r k)
    * (noisy_output_power D A s W - effective_alignment c W)
    + \sum_(k < D.+1) r k * layer_penalty g W k).
Proof.
rewrite /regularised_slope along_scaled.
have lin (x : F) : (1 + x *: 'X : {poly F})^`() = x%:P by rewrite derivD derivC derivZ derivX
  add0r alg_polyC.
have at0 (x : F) : (1 + x *: 'X : {poly F}).[0] = 1 by rewrite !(hornerE, mulr0, addr0).
set p := \prod_(j < _) _; have [p0 p1] : p.[0] = 1 /\ p^`().[0] = \sum_(k < D.+1) r k.
  rewrite /p; elim: D.+1 => [|n [IH0 IH1]]; first by rewrite !big_ord0 -/(1%:P) derivC !hornerC.
  by rewrite !big_ord_recr /= derivM lin hornerD !hornerM hornerC IH0 IH1 at0 !mulr1 mul1r.
have two : (2 : {poly F}) = 2%:P by rewrite polyCMn.
rewrite two expr2 derivD derivB !derivM !derivC [(\sum_(k < _) _)^`()]linear_sum /=.
rewrite !(hornerD, hornerN, hornerM, hornerC, horner_sum) p0 p1.
rewrite [\sum_(k < _) (_^`()).[0]](eq_bigr (fun k : 'I_D.+1 => 2 * (r k * layer_penalty g W k))).
  rewrite -mulr_sumr; move: (\sum_(k < D.+1) r k) (\sum_(k < D.+1) r k * layer_penalty g W k).
  by move=> a b; ring.
by move=> k _; rewrite expr2 !derivM derivC lin !(at0, hornerD, hornerM, hornerC); ring.
Qed.

End Constant.

(* --- what noise costs ----------------------------------------------------------------------- *)
Section Noise.
Variables (F : realFieldType).

(* tr(B M Bᵀ), the form of M summed over the rows of B. *)
Lemma valueE m n (M : 'M[F]_n) (B : 'M_(m, n)) :
  \tr (B *m M *m B^T) = \sum_i dot (row i B)^T (M *m (row i B)^T).
Proof.
apply: eq_bigr => i _; rewrite dotE trmxK /mxtrace big_ord1 mulmxA tr_row -row_mul [LHS]mxE
  [RHS]mxE.
by apply: eq_bigr => j _; congr (_ * _); rewrite [RHS]mxE.
Qed.

Lemma value_ge0 m n (M : 'M[F]_n) (B : 'M_(m, n)) :
  (forall x : 'cV_n, 0 <= dot x (M *m x)) -> 0 <= \tr (B *m M *m B^T).
Proof. by move=> M_ge0; rewrite valueE sumr_ge0. Qed.

Lemma value_gt0 m n (M : 'M[F]_n) (B : 'M_(m, n)) :
  (forall x : 'cV_n, x != 0 -> 0 < dot x (M *m x)) -> B != 0 -> 0 < \tr (B *m M *m B^T).
Proof.
move=> M_gt0 B_neq0; have M_ge0 (x : 'cV_n) : 0 <= dot x (M *m x).
  by have [->|/M_gt0/ltW //] := eqVneq x 0; rewrite dot0l.
rewrite valueE lt_def sumr_ge0 ?andbT => [|i _]; last exact: M_ge0.
apply: contra B_neq0; rewrite psumr_eq0 => [/allP rows|i _]; last exact: M_ge0.
apply/eqP/row_matrixP => i; rewrite row0; apply/eqP; rewrite -trmx_eq0.
apply: contraTT (rows i (mem_index_enum _)) => /M_gt0; by rewrite lt_def => /andP [].
Qed.

Lemma value_noise m n s (Q : 'M[F]_n) (B : 'M_(m, n)) :
  \tr (B *m with_noise s Q *m B^T) = \tr (B *m Q *m B^T) + s * \sum_j sq (col j B) * Q j j.
Proof.
rewrite mulmxDr mulmxDl mxtraceD; congr (_ + _).
rewrite -scalemxAr -scalemxAl mxtraceZ -mulmxA mxtrace_mulC -mulmxA; congr (_ * _).
rewrite mul_diag_mx /mxtrace; apply: eq_bigr => j _; rewrite !mxE mulrC; congr (_ * _).
by apply: eq_bigr => i _; rewrite big_ord1 !mxE.
Qed.

(* Neuron j contributes (column j of B) (row j of W) to BW. *)
Definition contribution m n p (B : 'M[F]_(m, n)) (W : 'M_(n, p)) j : 'M[F]_(m, p) :=
  col j B *m row j W.

Lemma contribution_sum m n p (B : 'M[F]_(m, n)) (W : 'M_(n, p)) :
  \sum_j contribution B W j = B *m W.
Proof.
apply/matrixP => a b; rewrite summxE mxE; apply: eq_bigr => j _.
by rewrite mxE big_ord1 !mxE.
Qed.

Lemma contribution_value m n p (B : 'M[F]_(m, n)) (W : 'M_(n, p)) (M : 'M_p) j :
  \tr (contribution B W j *m M *m (contribution B W j)^T) = sq (col j B) * (W *m M *m W^T) j j.
Proof.
have -> : contribution B W j *m M *m (contribution B W j)^T =
    col j B *m (row j W *m M *m (row j W)^T) *m (col j B)^T.
  by rewrite /contribution trmx_mul !mulmxA.
have -> : row j W *m M *m (row j W)^T = ((W *m M *m W^T) j j)%:M.
  rewrite tr_row -row_mul [LHS]mx11_scalar; congr _%:M; rewrite [LHS]mxE [RHS]mxE.
  by apply: eq_bigr => k _; congr (_ * _); rewrite [LHS]mxE.
by rewrite mul_mx_scalar -scalemxAl mxtraceZ mxtrace_mulC -dotE mulrC.
Qed.

Lemma spread m n p (B : 'M[F]_(m, n)) (W : 'M_(n, p)) (M : 'M_p) (S := contribution B W) :
  \sum_j \sum_k \tr ((S j - S k) *m M *m (S j - S k)^T) =
  2 * (n%:R * (\sum_j sq (col j B) * (W *m M *m W^T) j j)
       - \tr (B *m W *m M *m (B *m W)^T)).
Proof.
have pair j k : \tr ((S j - S k) *m M *m (S j - S k)^T) = \tr (S j *m M *m (S j)^T)
    + \tr (S k *m M *m (S k)^T) - \tr (S j *m M *m (S k)^T) - \tr (S k *m M *m (S j)^T).
  rewrite linearB /= !mulmxBl !mulmxBr !raddfB /=; ring.
rewrite (eq_bigr _ (fun j _ => eq_bigr _ (fun k _ => pair j k))) => {pair}.
have cross : \sum_j \sum_k \tr (S j *m M *m (S k)^T) = \tr (B *m W *m M *m (B *m W)^T).
  have sumT : (\sum_j S j)^T = \sum_j (S j)^T by rewrite linear_sum.
  have sumS : \sum_j S j = B *m W by exact: contribution_sum.
  rewrite -sumS sumT !mulmx_suml raddf_sum.
  by apply: eq_bigr => j _; rewrite mulmx_sumr raddf_sum.
set G := \sum_j _; have total : \sum_j \tr (S j *m M *m (S j)^T) = G.
  by apply: eq_bigr => j _; rewrite contribution_value.
have own : \sum_j \sum_(k < n) \tr (S j *m M *m (S j)^T) = n%:R * G.
  by rewrite -total mulr_sumr; apply: eq_bigr => j _; rewrite sumr_const card_ord mulr_natl.
have other : \sum_(j < n) \sum_k \tr (S k *m M *m (S k)^T) = n%:R * G.
  by rewrite total sumr_const card_ord mulr_natl.
have crossed : \sum_j \sum_k \tr (S k *m M *m (S j)^T) = \tr (B *m W *m M *m (B *m W)^T).
  by rewrite exchange_big.
under eq_bigr => j _ do rewrite !sumrB big_split /=.
by rewrite !sumrB big_split /= own other cross crossed; ring.
Qed.

Lemma power_step m n p s (B : 'M[F]_(m, n)) (W : 'M_(n, p)) (M : 'M_p)
    (S := contribution B W) : (0 < n)%N ->
  \tr (B *m with_noise s (W *m M *m W^T) *m B^T) =
  (1 + s / n%:R) * \tr (B *m W *m M *m (B *m W)^T)
  + s / (2 * n%:R) * \sum_j \sum_k \tr ((S j - S k) *m M *m (S j - S k)^T).
Proof.
move=> n_gt0; have n_neq0 : n%:R != 0 :> F by rewrite pnatr_eq0 -lt0n.
rewrite value_noise spread trmx_mul !mulmxA.
move: (\tr _) (\sum_j _) => V G.
rewrite invfM.
have half : 2 * 2^-1 = 1 :> F by rewrite divff ?pnatr_eq0.
have unit : n%:R * n%:R^-1 = 1 :> F by rewrite divff.
move: (2^-1) (n%:R) (n%:R^-1) half unit => h N I half unit.
transitivity (V + s * ((2 * h) * ((N * I) * G - V * I)) + s * V * I).
  by rewrite half unit; ring.
by ring.
Qed.

Lemma power_step_ge m n p s (B : 'M[F]_(m, n)) (W : 'M_(n, p)) (M : 'M_p) :
  0 <= s -> (forall x : 'cV_p, 0 <= dot x (M *m x)) ->
  (1 + s / n%:R) * \tr (B *m W *m M *m (B *m W)^T)
    <= \tr (B *m with_noise s (W *m M *m W^T) *m B^T).
Proof.
move=> s_ge0 M_ge0; have [n0|n_gt0] := posnP n; last first.
  rewrite power_step // ler_addl mulr_ge0 ?divr_ge0 ?mulr_ge0 ?ler0n // sumr_ge0 // => j _.
  by rewrite sumr_ge0 // => k _; apply: value_ge0.
rewrite {1}n0 invr0 mulr0 addr0 mul1r value_noise trmx_mul !mulmxA ler_addl mulr_ge0 //.
rewrite sumr_ge0 // => j _; by move: (ltn_ord j); rewrite {2}n0.
Qed.

Lemma form_value n (M : 'M[F]_n) (x : 'cV_n) : dot x (M *m x) = \tr (x^T *m M *m x^T^T).
Proof. by rewrite dotE trmxK mulmxA. Qed.

End Noise.

(* --- the reduced problem -------------------------------------------------------------------- *)
Section Reduced.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Hypotheses (s_ge0 : 0 <= s) (A_ge0 : forall x : 'cV_(d 0), 0 <= dot x (A *m x)).
Implicit Types W : network F d.

Lemma noise_factor_ge1 k : 1 <= noise_factor d k s.
Proof.
rewrite /noise_factor; elim: k => [|k IH]; first by rewrite big_ord0.
by rewrite big_ord_recr /= mulr_ege1 // ler_addl divr_ge0 ?ler0n.
Qed.

Lemma noise_factor_gt0 k : 0 < noise_factor d k s.
Proof. exact: lt_le_trans ltr01 (noise_factor_ge1 k). Qed.

Lemma moment_value_ge W k m (B : 'M_(m, d k)) :
  noise_factor d k s * \tr (B *m prefix W k *m A *m (B *m prefix W k)^T)
    <= \tr (B *m noisy_moment A s W k *m B^T).
Proof.
elim: k m B => [|k IH] m B /=; first by rewrite /noise_factor big_ord0 mul1r mulmx1.
have M_ge0 (x : 'cV_(d k)) : 0 <= dot x (noisy_moment A s W k *m x).
  by rewrite form_value; apply: le_trans (IH _ _); rewrite mulr_ge0 ?value_ge0 ?ltW
    ?noise_factor_gt0.
apply: le_trans (power_step_ge _ _ s_ge0 M_ge0).
rewrite /noise_factor big_ord_recr /= mulrAC mulrC ler_wpmul2l ?addr_ge0 ?divr_ge0 ?ler0n ?ler01 //.
by rewrite mulmxA; apply: IH.
Qed.

Lemma power_ge W :
  noise_factor d D s * effective_energy D A W <= noisy_output_power D A s W.
Proof. exact: moment_value_ge. Qed.

Lemma energy_ge0 W : 0 <= effective_energy D A W.
Proof. exact: value_ge0. Qed.

Lemma moment_form_ge0 W k (x : 'cV_(d k)) : 0 <= dot x (noisy_moment A s W k *m x).
Proof.
rewrite form_value; apply: le_trans (moment_value_ge _ _).
by rewrite mulr_ge0 ?value_ge0 ?ltW ?noise_factor_gt0.
Qed.

Lemma power_ge0 W : 0 <= noisy_output_power D A s W.
Proof. by apply: value_ge0 => x; apply: moment_form_ge0. Qed.

(* |AB| <= |A||B|, so the effective map is no longer than the product of the layers. *)
Lemma sq_mulmx m n p (B : 'M[F]_(m, n)) (C : 'M_(n, p)) : sq (B *m C) <= sq B * sq C.
Proof.
have -> : sq B * sq C = \sum_i \sum_j sq (row i B) * sq (col j C).
  rewrite -(sq_trmx C) /sq /dot mulr_suml; apply: eq_bigr => i _; rewrite mulr_sumr.
  apply: eq_bigr => j _; rewrite big_ord1; congr (_ * _).
    by apply: eq_bigr => k _; rewrite mxE.
  by apply: eq_bigr => k _; rewrite big_ord1 !mxE.
apply: ler_sum => i _; apply: ler_sum => j _.
have -> : (B *m C) i j = dot (row i B) (col j C)^T.
  by rewrite /dot big_ord1 mxE; apply: eq_bigr => k _; rewrite !mxE.
by rewrite -expr2 -(sq_trmx (col j C)) cauchy_schwarz.
Qed.

Lemma sq_prefix_le W k : sq (prefix W k.+1) <= \prod_(j < k.+1) sq (W j).
Proof.
elim: k => [|k IH]; first by rewrite /= mulmx1 big_ord1.
rewrite big_ord_recr /= mulrC; apply: le_trans (sq_mulmx _ _) _.
by rewrite ler_wpmul2l ?sq_ge0.
Qed.

Hypothesis g_ge0 : forall k, 0 <= g k.

Lemma penalty_ge0 W k : 0 <= layer_penalty g W k.
Proof. by rewrite mulr_ge0 ?sq_ge0. Qed.

Lemma decay_product_ge0 : 0 <= decay_product D g.
Proof. by apply: prodr_ge0 => k _. Qed.

Lemma payments_ge W : decay_product D g * effective_sq D W <= \prod_(k < D.+1) layer_penalty g W k.
Proof. by rewrite big_split ler_wpmul2l ?decay_product_ge0 ?sq_prefix_le. Qed.

Lemma decay_mean W :
  decay_product D g * effective_sq D W <= (total_decay D g W / D.+1%:R) ^+ D.+1.
Proof.
apply: le_trans (payments_ge W) _.
rewrite -[X in _ / X%:R]card_ord -[X in _ ^+ X]card_ord.
by have [] := @leif_AGM F _ (predT : pred 'I_D.+1) (fun k => layer_penalty g W k)
  (fun k _ => penalty_ge0 W k).
Qed.

Lemma total_decay_ge0 W : 0 <= total_decay D g W.
Proof. by apply: sumr_ge0 => k _; apply: penalty_ge0. Qed.

End Reduced.
