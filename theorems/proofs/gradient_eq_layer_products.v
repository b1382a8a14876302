(* F1.  The first derivative of the product is Σ_k A_k V_k B_k, and the residual meets the inputs in
   PΣ - C; what surrounds V_k goes to the other side of the scalar product.  Two gradients differ
   by a network that is orthogonal to all, itself included. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas.
From Proofs.statements Require gradient_eq_layer_products.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Gradient.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types U V W G : network F d.

Lemma inner_unique G H : (forall V, inner L G V = inner L H V) ->
  forall k, (k < L)%N -> G k = H k.
Proof.
move=> same k kL; apply/eqP; rewrite -subr_eq0; apply/eqP; move: k kL.
apply: (@energy_eq0 F d L (fun k => G k - H k)).
have inner_energy : energy L (fun k => G k - H k)
    = inner L G (fun k => G k - H k) - inner L H (fun k => G k - H k).
  rewrite /energy /inner -sumrB; apply: eq_bigr => k _.
  by rewrite /sq dotBr ![dot (_ - _) _]dotC.
by rewrite inner_energy same subrr.
Qed.

Definition formula W k : 'M[F]_(d k.+1, d k) := 2 *:
  ((suffix L W k.+1)^T *m (prefix W L *m moment X - cross X Y) *m (prefix W k)^T).

Lemma gradient_formula W : is_gradient X Y W (formula W).
Proof.
move=> V; rewrite slopeE residual_dot dprefixE dot_sumr -mulr_natl mulr_sumr.
apply: eq_bigr => k _; rewrite /formula dotZl; congr (_ * _).
by rewrite dot_mulr dot_mull mulmxA.
Qed.

End Gradient.

Theorem gradient : statements.gradient_eq_layer_products.gradient.
Proof.
move=> F d L m X Y W G; split=> [isG|GE V].
  by apply: inner_unique => V; rewrite -isG gradient_formula.
by rewrite gradient_formula; apply: eq_bigr => k _; rewrite GE.
Qed.

(* Two layers of width two, the lower one zero, with A_0ᵀE = e_10 e_00 = e_10 but EA_0ᵀ = 0. *)
Theorem swapped_false : ~ statements.gradient_eq_layer_products.swapped.
Proof.
pose d (_ : nat) := 2%N; pose i0 : 'I_2 := ord0; pose i1 : 'I_2 := lift ord0 ord0.
pose W : network [comRingType of rat] d := fun k => if k is 0%N then 0 else delta_mx i0 i1.
pose Y : 'M[rat]_2 := delta_mx i0 i0.
have isG := @gradient_formula _ d 2 2 1%:M Y W.
move=> /(_ _ _ _ _ _ _ _ _ isG 0%N isT).
have E : prefix W 2 *m moment 1%:M - @cross _ d 2 2 1%:M Y = - (2%:R^-1 *: Y).
  by rewrite /cross /= mul0mx mulmx0 mul0mx sub0r trmx1 mulmx1.
have A : suffix 2 W 1 = delta_mx i0 i1.
  by rewrite (suffixS W (isT : (1 < 2)%N)) suffixn mul1mx.
rewrite /formula E A /= trmx1 mulmx1 mul1mx !(mulmxN, mulNmx) -scalemxAr -scalemxAl trmx_delta.
rewrite !mul_delta_mx_cond /= => /matrixP /(_ i1 i0).
by rewrite !mxE /= => /eqP.
Qed.
