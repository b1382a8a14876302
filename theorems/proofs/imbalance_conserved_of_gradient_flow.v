(* F4.  W_{k+1}ᵀ ∇_{k+1} = 2 A_kᵀ E B_{k+1}ᵀ = ∇_k W_kᵀ, so what is of first order in a change of
   D_k cancels with its transpose, and a step leaves what is of second order. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss quantities stepped lemmas gradient_eq_layer_products.
From Proofs.statements Require imbalance_conserved_of_gradient_flow.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.imbalance_conserved_of_gradient_flow.

Section Neighbours.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types W G : network F d.

Lemma neighbours W G k : is_gradient X Y W G -> (k.+1 < L)%N ->
  (W k.+1)^T *m G k.+1 = G k *m (W k)^T.
Proof.
move=> /gradient GE kL; rewrite !GE ?(ltnW kL) // -scalemxAr -scalemxAl; congr (_ *: _).
by rewrite (suffixS W kL) /= !trmx_mul !mulmxA.
Qed.

Lemma neighboursT W G k : is_gradient X Y W G -> (k.+1 < L)%N ->
  (G k.+1)^T *m W k.+1 = W k *m (G k)^T.
Proof.
by move=> isG kL; apply: trmx_inj; rewrite !trmx_mul !trmxK (neighbours isG kL).
Qed.

Lemma imbalance_step W G eta k : is_gradient X Y W G -> (k.+1 < L)%N ->
  imbalance (step W G eta) k - imbalance W k = eta ^+ 2 *: imbalance G k.
Proof.
move=> isG kL; rewrite /imbalance /step.
have turn p q (A B : 'M[F]_(p, q)) : (A - eta *: B)^T = A^T - eta *: B^T.
  by rewrite linearB linearZ.
rewrite !turn !mulmxBl !mulmxBr.
rewrite -!scalemxAl -!scalemxAr (neighbours isG kL) (neighboursT isG kL) scalerBr !scalerA -expr2.
have regroup p (a b c e f g : 'M[F]_p) :
    a - b - (c - e) - (f - c - (b - g)) - (a - f) = e - g.
  by apply/matrixP => i j; rewrite !mxE; ring.
by rewrite regroup.
Qed.

End Neighbours.

Lemma product_rule (F : realFieldType) p q r (A : 'M[{poly F}]_(p, q)) (B : 'M[{poly F}]_(q, r))
  (t : F) i j : ((A *m B) i j)^`().[t]
  = (map_mx (fun x : {poly F} => x^`().[t]) A *m map_mx (fun x : {poly F} => x.[t]) B
    + map_mx (fun x : {poly F} => x.[t]) A *m map_mx (fun x : {poly F} => x^`().[t]) B) i j.
Proof.
rewrite !mxE raddf_sum horner_sum -big_split; apply: eq_bigr => k _ /=.
by rewrite !mxE derivM hornerD !hornerM.
Qed.

Theorem flow : statements.imbalance_conserved_of_gradient_flow.flow.
Proof.
move=> F d L m X Y C t isG k kL i j.
move: (neighbours isG kL) (neighboursT isG kL) => /=.
have turn p q (A : 'M[F]_(p, q)) : (- A)^T = - A^T by rewrite linearN.
rewrite !turn !mulmxN !mulNmx => /oppr_inj top /oppr_inj topT.
have entry p (A B : 'M[{poly F}]_p) a b : (A - B) a b = A a b - B a b by rewrite !mxE.
rewrite /imbalance entry derivB hornerD hornerN !product_rule -!map_trmx.
rewrite -/(position C t k) -/(position C t k.+1) -/(velocity C t k) -/(velocity C t k.+1).
by rewrite top topT (addrC (_ *m _)) subrr.
Qed.

Theorem descent : statements.imbalance_conserved_of_gradient_flow.descent.
Proof. by move=> F d L m X Y W G eta isG k kL; apply: imbalance_step isG kL. Qed.

Theorem trace : statements.imbalance_conserved_of_gradient_flow.trace.
Proof.
move=> F d L m X Y W G eta isG.
rewrite (eq_bigr (fun k : 'I__ => eta ^+ 2 * \tr (imbalance G k))) => [|k _]; last first.
  by rewrite (imbalance_step eta isG) -?ltn_predRL ?linearZ.
rewrite -mulr_sumr; congr (_ * _).
have term k : \tr (imbalance G k) = sq (G k.+1) - sq (G k).
  by rewrite /imbalance raddfB /= /sq !dotE (mxtrace_mulC (G k)).
under eq_bigr do rewrite term.
by rewrite -(big_mkord xpredT (fun k => sq (G k.+1) - sq (G k))) telescope_sumr.
Qed.

(* Layers 1 and 0 with target 1: the gradient is (0, -2), and a step of one adds 4. *)
Theorem finite_step_false : ~ statements.imbalance_conserved_of_gradient_flow.finite_step.
Proof.
pose d (_ : nat) := 1%N; pose one : 'M[rat]_1 := 1%:M.
pose W : network [comRingType of rat] d := fun k => if k is 0%N then 1 else 0.
have isG := @gradient_formula _ d 2 1 one one W.
move=> /(_ _ _ _ _ _ _ _ _ 1 ltr01 isG); rewrite (trace 1 isG) /formula /= suffixn.
rewrite (suffixS W (isT : (1 < 2)%N)) suffixn /moment /cross invr1 !trmx1 !mulmx1 !mul0mx.
rewrite !(scale1r, mul1mx, mulmx1, mul0mx, mulmx0, sub0r, trmx0, scaler0).
by rewrite /sq /dot !big_ord1 !mxE !big_ord1 !mxE => /eqP.
Qed.
