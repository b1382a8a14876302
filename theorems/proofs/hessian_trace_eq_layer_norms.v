(* F3p.  A direction within one layer moves the product to first order only, so its form is
   2 |A_k V_k B_k K|²; for the one that moves weight (i, j) that is twice the squared norm of
   column i of A_k times that of row j of B_kK. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas hessian_form_eq_two_terms.
From Proofs.statements Require hessian_form_eq_two_terms.
From Proofs.statements Require hessian_trace_eq_layer_norms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.hessian_form_eq_two_terms.
Import statements.hessian_trace_eq_layer_norms.

Section Trace.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

Lemma coordinate_off k i j l : (l != k) -> coordinate F d k i j l = 0.
Proof. by move=> lk; apply/matrixP => a b; rewrite !mxE (negbTE lk). Qed.

Lemma coordinate_on k (i : 'I_(d k.+1)) (j : 'I_(d k)) :
  coordinate F d k i j k = delta_mx i 0 *m (delta_mx j (0 : 'I_1))^T.
Proof.
by rewrite trmx_delta mul_delta_mx; apply/matrixP => a b; rewrite !mxE eqxx.
Qed.

Lemma coordinate_first k (i : 'I_(d k.+1)) (j : 'I_(d k)) : (k < L)%N ->
  first_variation L W (coordinate F d k i j) = col i (suffix L W k.+1) *m row j (prefix W k).
Proof.
move=> kL; rewrite /first_variation (bigD1 (Ordinal kL)) //= big1 ?addr0 => [|l lk].
  by rewrite coordinate_on mulmxA -colE -mulmxA trmx_delta -rowE.
by rewrite coordinate_off ?mulmx0 ?mul0mx.
Qed.

Lemma coordinate_form k (i : 'I_(d k.+1)) (j : 'I_(d k)) : (k < L)%N ->
  hessian X Y W (coordinate F d k i j) =
  2 * (sq (col i (suffix L W k.+1)) * (prefix W k *m moment X *m (prefix W k)^T) j j).
Proof.
move=> kL; rewrite Proofs.hessian_form_eq_two_terms.form.
have first := coordinate_first i j kL.
have second : second_variation L W (coordinate F d k i j) = 0.
  rewrite /second_variation big1 // => l _; rewrite big1 // => n _.
  have [lk|lk] := eqVneq (l : nat) k; last by rewrite coordinate_off // mulmx0 !mul0mx.
  by rewrite (coordinate_off _ _ (_ : n != k :> nat)) ?mulmx0 ?mul0mx // -lk ltn_eqF.
rewrite /residual_term second dot0r mulr0 addr0 /gram_term first; congr (_ * _).
rewrite trmx_mul -!mulmxA (mulmxA (row j _)) (mulmxA (row j _ *m _)).
rewrite [row j _ *m _ *m (row j _)^T]mx11_scalar.
rewrite mul_scalar_mx -scalemxAr mxtraceZ mulrC mxtrace_mulC -dotE -row_mul tr_row mulmxA.
by congr (_ * _); rewrite !mxE; apply: eq_bigr => a _; rewrite !mxE.
Qed.

Lemma sq_columns p q (A : 'M[F]_(p, q)) : \sum_i sq (col i A) = sq A.
Proof.
rewrite {2}/sq /dot exchange_big; apply: eq_bigr => i _.
by apply: eq_bigr => a _; rewrite big_ord1 !mxE.
Qed.

Lemma trace_formula : hessian_trace X Y W = 2 * layer_sum L X W.
Proof.
rewrite /layer_sum mulr_sumr; apply: eq_bigr => k _.
rewrite -sq_columns mulr_suml mulr_sumr; apply: eq_bigr => i _.
rewrite /mxtrace !mulr_sumr; apply: eq_bigr => j _.
exact: coordinate_form.
Qed.

End Trace.

Theorem trace : statements.hessian_trace_eq_layer_norms.trace.
Proof. by move=> *; apply: trace_formula. Qed.

(* One layer of one neuron on one sample: the second derivative is 2. *)
Theorem one_for_two_false : ~ statements.hessian_trace_eq_layer_norms.one_for_two.
Proof.
pose d (_ : nat) := 1%N; pose one : 'M[rat]_1 := 1%:M.
pose W : network _ d := scalar_network 1 (1 : rat).
move=> /(_ _ d 1%N 1%N one 0 W); rewrite trace_formula.
have -> : layer_sum 1 one W = 1.
  rewrite /layer_sum big_ord1 suffixn /moment invr1 scale1r trmx1 !mulmx1 /= !mxtrace1.
  by rewrite /sq dotE trmx1 mulmx1 mxtrace1 mulr1.
by move/eqP.
Qed.
