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
have lin (x : F) : (1 + x *: 'X : {poly F})^`() = x%:P by rewrite derivD derivC derivZ derivX add0r alg_polyC.
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
