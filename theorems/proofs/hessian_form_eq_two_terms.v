(* F2.  The form is [hessianE], with the second moments for the samples; the terms of second order
   of the product are [ddprefixE].  The product with the Hessian is the mixed second derivative,
   gathered layer by layer: the derivatives of A_k and B_k collect what comes from the others. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas gradient_eq_layer_products.
From Proofs.statements Require hessian_form_eq_two_terms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.hessian_form_eq_two_terms.

Section Form.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types U V W G : network F d.

Lemma gram_termE W V : m%:R^-1 * sq (dprefix W V L *m X) = gram_term L X W V.
Proof. by rewrite moment_sq dotC dotE mxtrace_mulC /gram_term /first_variation -dprefixE. Qed.

Lemma residual_termE W V :
  m%:R^-1 * dot (residual X Y W) (ddprefix W V L *m X) = residual_term X Y W V.
Proof. by rewrite residual_dot ddprefixE. Qed.

(* --- derivatives of products ---------------------------------------------------------------- *)
Lemma rateD p q (A B : 'M[{poly F}]_(p, q)) : rate (A + B) = rate A + rate B.
Proof. by apply/matrixP => i j; rewrite !mxE derivD hornerD. Qed.

Definition start p q (A : 'M[{poly F}]_(p, q)) : 'M[F]_(p, q) :=
  map_mx (fun x : {poly F} => x.[0]) A.

Lemma rateM p q r (A : 'M[{poly F}]_(p, q)) (B : 'M[{poly F}]_(q, r)) :
  rate (A *m B) = rate A *m start B + start A *m rate B.
Proof.
apply/matrixP => i j; rewrite !mxE raddf_sum horner_sum -big_split; apply: eq_bigr => k _ /=.
by rewrite !mxE derivM hornerD !hornerM.
Qed.

Lemma startM p q r (A : 'M[{poly F}]_(p, q)) (B : 'M[{poly F}]_(q, r)) :
  start (A *m B) = start A *m start B.
Proof.
apply/matrixP => i j; rewrite !mxE horner_sum; apply: eq_bigr => k _ /=.
by rewrite !mxE hornerM.
Qed.

Lemma rate1 p : rate (1%:M : 'M[{poly F}]_p) = 0.
Proof. by apply/matrixP => i j; rewrite !mxE derivMn derivC mul0rn horner0. Qed.

Lemma start1 p : start (1%:M : 'M[{poly F}]_p) = 1%:M.
Proof. by apply/matrixP => i j; rewrite !mxE hornerMn hornerC. Qed.

Lemma rate_line W V k : rate (line W V k) = V k.
Proof.
apply/matrixP => i j; rewrite !mxE derivD derivC add0r derivM derivX mul1r derivC mulr0 addr0.
by rewrite hornerC.
Qed.

Lemma start_line W V k : start (line W V k) = W k.
Proof. by apply/matrixP => i j; rewrite !mxE hornerD hornerM hornerX mul0r addr0 hornerC. Qed.

Lemma start_prefix W V k : start (prefix (line W V) k) = prefix W k.
Proof. by elim: k => [|k IH] /=; rewrite ?start1 // startM start_line IH. Qed.

Lemma rate_prefix W V k : rate (prefix (line W V) k) = dprefix W V k.
Proof.
elim: k => [|k IH] /=; first by rewrite rate1.
by rewrite rateM rate_line start_line start_prefix IH addrC.
Qed.

(* The derivative of W (n-1) ... W k, from the top. *)
Lemma start_suffix n W V k : (k <= n)%N -> start (suffix n (line W V) k) = suffix n W k.
Proof.
elim: n => [|n IH]; first by rewrite leqn0 => /eqP ->; rewrite !suffixn start1.
rewrite leq_eqVlt => /orP[/eqP ->|kn]; first by rewrite !suffixn start1.
by rewrite !suffixSl // startM start_line IH.
Qed.

Lemma rate_suffixS n W V k : (k <= n)%N -> rate (suffix n.+1 (line W V) k)
  = W n *m rate (suffix n (line W V) k) + V n *m suffix n W k.
Proof. by move=> kn; rewrite suffixSl // rateM rate_line start_line start_suffix // addrC. Qed.

Lemma rate_suffixn n W V : rate (suffix n (line W V) n) = 0.
Proof. by rewrite suffixn rate1. Qed.

(* --- the mixed second derivative ------------------------------------------------------------ *)
Lemma dprefixD W U V k : dprefix W (plus U V) k = dprefix W U k + dprefix W V k.
Proof.
elim: k => [|k IH] /=; first by rewrite addr0.
by rewrite IH mulmxDr mulmxDl addrACA.
Qed.

Definition mixed n W V U : 'M[F]_(d n, d 0) :=
  \sum_(k < n) (rate (suffix n (line W V) k.+1) *m U k *m prefix W k
    + suffix n W k.+1 *m U k *m rate (prefix (line W V) k)).

Lemma mixedS n W V U :
  mixed n.+1 W V U = W n *m mixed n W V U + V n *m dprefix W U n + U n *m dprefix W V n.
Proof.
rewrite /mixed big_ord_recr /= rate_suffixn !mul0mx add0r suffixn mul1mx rate_prefix.
congr (_ + _); rewrite dprefixE !mulmx_sumr -big_split; apply: eq_bigr => k _ /=.
rewrite rate_suffixS // suffixSl // !mulmxDl mulmxDr !mulmxA.
by rewrite [LHS](ACl (1*3*2)).
Qed.

Lemma ddprefixD n W V U :
  ddprefix W (plus V U) n = ddprefix W V n + ddprefix W U n + mixed n W V U.
Proof.
elim: n => [|n IH] /=; first by rewrite /mixed big_ord0 !addr0.
rewrite IH mixedS dprefixD !mulmxDl !mulmxDr.
by rewrite !addrA [LHS](ACl (1*4*2*7*3*5*6)).
Qed.

Lemma dot_mixed W V U (E : 'M[F]_(d L, d 0)) : dot E (mixed L W V U) = \sum_(k < L)
  dot ((rate (suffix L (line W V) k.+1))^T *m E *m (prefix W k)^T
    + (suffix L W k.+1)^T *m E *m (rate (prefix (line W V) k))^T) (U k).
Proof.
rewrite dot_sumr; apply: eq_bigr => k _; rewrite dotDr dotDl.
by rewrite dot_mulr dot_mull dot_mulr dot_mull !mulmxA.
Qed.

Lemma betweenE W V U : hessian_between X Y W V U =
  2 * (dot (dprefix W V L *m moment X) (dprefix W U L) + dot (error X Y W) (mixed L W V U)).
Proof.
have half (i a b c e f g : F) :
    (i * (a + b *+ 2 + c + (e + f + g) *+ 2) *+ 2 - i * (a + e *+ 2) *+ 2
      - i * (c + f *+ 2) *+ 2) / 2
    = 2 * (i * b + i * g).
  have -> : i * (a + b *+ 2 + c + (e + f + g) *+ 2) *+ 2 - i * (a + e *+ 2) *+ 2
    - i * (c + f *+ 2) *+ 2 = 2 * (i * b + i * g) * 2 by ring.
  by rewrite mulfK // pnatr_eq0.
rewrite /hessian_between !hessianE dprefixD mulmxDl sqD ddprefixD !mulmxDl !dotDr.
by rewrite half residual_dot dot_mulr -dotZl -mulmxA scalemxAr.
Qed.

Lemma product_formula W V : is_hessian_product X Y W V (product_in_layer X Y W V).
Proof.
move=> U; rewrite betweenE (dprefixE L W U) dot_mixed dot_sumr -big_split mulr_sumr.
apply: eq_bigr => k _; rewrite /product_in_layer /= !rate_prefix dot_mulr dot_mull !mulmxA.
by rewrite -dotDl addrA -dotZl !scalerDr.
Qed.

End Form.

Theorem form : statements.hessian_form_eq_two_terms.form.
Proof.
move=> F d L m X Y W V; rewrite hessianE mulrDr mulrnAr gram_termE residual_termE.
by move: (gram_term _ _ _ _) (residual_term _ _ _ _) => a b; ring.
Qed.

Theorem at_minimizers : statements.hessian_form_eq_two_terms.at_minimizers.
Proof. by move=> F d L m X Y W V fits; rewrite hessian_minimizer // gram_termE mulr_natl. Qed.

Theorem product : statements.hessian_form_eq_two_terms.product.
Proof.
move=> F d L m X Y W V G; split=> [isG|GE U].
  by apply: inner_unique => U; rewrite -isG product_formula.
by rewrite product_formula; apply: eq_bigr => k _; rewrite GE.
Qed.

(* Two layers of one neuron at weight one, target zero, along (1, 1): 8 + 4 = 12. *)
Section Twins.
Let d (_ : nat) := 1%N.
Let one : 'M[rat]_1 := 1%:M.
Let W : network _ d := scalar_network 1 (1 : rat).
Let cross0 : @cross _ d 2 1 one 0 = 0.
Proof. by rewrite /cross mul0mx scaler0. Qed.
Let moment1 : @moment _ d 1 one = 1%:M.
Proof. by rewrite /moment invr1 scale1r trmx1 mulmx1. Qed.

Lemma gram_twin : gram_term 2 one W W = 4%:R.
Proof.
rewrite /gram_term /first_variation !big_ord_recr big_ord0 /= suffixn (suffixS W (isT : (1 < 2)%N)).
rewrite suffixn moment1 /W /scalar_network !(mul1mx, mulmx1, add0r) linearD /= trmx1.
by rewrite mulmxDl mulmxDr !mul1mx !raddfD /= !mxtrace1.
Qed.

Lemma residual_twin : residual_term (one : 'M_(d 0, 1)) (0 : 'M_(d 2, 1)) W W = 1.
Proof.
rewrite /residual_term /error /second_variation cross0 moment1 !big_ord_recr !big_ord0 /=.
rewrite !suffixn /W /scalar_network !(mul1mx, mulmx1, add0r, subr0).
by rewrite /dot !big_ord1 !mxE.
Qed.

Theorem two_for_four_false : ~ statements.hessian_form_eq_two_terms.two_for_four.
Proof.
move=> /(_ _ d 2%N 1%N one 0 W W); rewrite form gram_twin residual_twin.
by move/eqP.
Qed.

Theorem gram_term_alone_false : ~ statements.hessian_form_eq_two_terms.gram_term_alone.
Proof.
move=> /(_ _ d 2%N 1%N one 0 W W); rewrite form gram_twin residual_twin.
by move/eqP.
Qed.

End Twins.
