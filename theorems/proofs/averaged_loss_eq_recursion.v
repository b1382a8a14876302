(* Z0.  E ε_a ε_b = 1 + s δ_ab, so that the noise of one layer turns its second moment Q into
   Q + s diag Q; the layers are averaged one by one. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noise.
From Proofs.statements Require averaged_loss_eq_recursion.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Mean.
Variables (F : realFieldType) (T : finType) (p e : T -> F) (s : F).
Hypothesis law : noise_law p e s.
Local Notation E := (mean p e).

Lemma mean_ext n (f g : 'rV[F]_n -> F) : (forall v, f v = g v) -> E f = E g.
Proof. by move=> fg; apply: eq_bigr => w _; rewrite fg. Qed.

Lemma mean_sum n (I : finType) (f : I -> 'rV[F]_n -> F) :
  E (fun v => \sum_i f i v) = \sum_i E (f i).
Proof. by rewrite /mean exchange_big; apply: eq_bigr => w _; rewrite mulr_sumr. Qed.

Lemma mean_scale n x (f : 'rV[F]_n -> F) : E (fun v => x * f v) = x * E f.
Proof. by rewrite /mean mulr_sumr; apply: eq_bigr => w _; rewrite mulrCA. Qed.

Lemma mean_sub n (f g : 'rV[F]_n -> F) : E (fun v => f v - g v) = E f - E g.
Proof. by rewrite /mean -sumrB; apply: eq_bigr => w _; rewrite mulrBr. Qed.

(* Draws are independent. *)
Lemma mean_prod n (g : 'I_n -> T -> F) :
  \sum_(w : {ffun 'I_n -> T}) (\prod_i p (w i)) * \prod_i g i (w i) =
  \prod_i \sum_t p t * g i t.
Proof. by rewrite bigA_distr_bigA; apply: eq_bigr => w _; rewrite -big_split. Qed.

Lemma one_entry n (w : {ffun 'I_n -> T}) a :
  (\row_i e (w i)) 0 a = \prod_i (if i == a then e (w i) else 1).
Proof. by rewrite mxE -big_mkcond big_pred1_eq. Qed.

Lemma mean_entry n (a : 'I_n) : E (fun v => v 0 a) = 1.
Proof.
have [p1 e1 _] := law.
under [LHS]eq_bigr => w _ do rewrite one_entry.
rewrite (@mean_prod n (fun i t => if i == a then e t else 1)) big1 // => i _.
by case: (i == a) => //; under eq_bigr => t _ do rewrite mulr1.
Qed.

Lemma mean_pair n (a b : 'I_n) : E (fun v => v 0 a * v 0 b) = 1 + s * (a == b)%:R.
Proof.
have [p1 e1 var] := law.
under [LHS]eq_bigr => w _ do rewrite !one_entry -big_split.
rewrite (@mean_prod n (fun i t => (if i == a then e t else 1) * (if i == b then e t else 1))).
have one i : i != a \/ i != b ->
    \sum_t p t * ((if i == a then e t else 1) * (if i == b then e t else 1)) = 1.
  case: eqP => _; case: eqP => _; try by case.
  - by move=> _; under eq_bigr => t _ do rewrite mulr1.
  - by move=> _; under eq_bigr => t _ do rewrite mul1r.
  by move=> _; under eq_bigr => t _ do rewrite !mulr1.
have [ab|ab] := eqVneq a b; last first.
  rewrite mulr0 addr0 big1 // => i _; apply: one.
  by have [->|ia] := eqVneq i a; [right | left].
rewrite -{}ab in one *; rewrite mulr1 (bigD1 a) //= eqxx [X in _ * X]big1 => [|i ia]; last first.
  by apply: one; left.
have square : \sum_t p t * (e t * e t) = 1 + s.
  have -> : s = \sum_t p t * (e t * e t) - 2 * (\sum_t p t * e t) + \sum_t p t.
    rewrite -var mulr_sumr -sumrB -big_split; apply: eq_bigr => t _ /=; ring.
  by rewrite e1 p1; move: (\sum_t _) => x; ring.
by rewrite mulr1.
Qed.

(* One layer of noise. *)
Lemma mean_square m n q (B : 'M[F]_(m, n)) (V : 'M[F]_(n, q)) (M : 'M[F]_q) :
  E (fun v => \tr (B *m diag_mx v *m V *m M *m (B *m diag_mx v *m V)^T)) =
  \tr (B *m with_noise s (V *m M *m V^T) *m B^T).
Proof.
pose Q := V *m M *m V^T; pose G := B^T *m B.
have trace (X : 'M[F]_n) : \tr (B *m X *m B^T) = \sum_a \sum_b G a b * X b a.
  by rewrite mxtrace_mulC mulmxA; apply: eq_bigr => a _; rewrite mxE.
rewrite (@mean_ext _ _ (fun v => \sum_a \sum_b (G a b * Q b a) * (v 0 b * v 0 a))) => [|v].
  rewrite mean_sum trace; apply: eq_bigr => a _; rewrite mean_sum; apply: eq_bigr => b _.
  rewrite mean_scale mean_pair -/Q !mxE -mulrA; congr (_ * _).
  by have [->|ab] := eqVneq b a; rewrite ?mulr1n ?mulr0n; ring.
have -> : B *m diag_mx v *m V *m M *m (B *m diag_mx v *m V)^T =
    B *m (diag_mx v *m Q *m diag_mx v) *m B^T by rewrite !trmx_mul tr_diag_mx /Q !mulmxA.
rewrite trace; apply: eq_bigr => a _; apply: eq_bigr => b _.
have -> : (diag_mx v *m Q *m diag_mx v) b a = v 0 b * Q b a * v 0 a.
  by rewrite mul_mx_diag mxE mul_diag_mx mxE.
by move: (G a b) (Q b a) (v 0 a) (v 0 b) => x y z u; ring.
Qed.

Lemma mean_linear m n q (B : 'M[F]_(m, n)) (U : 'M[F]_(n, q)) (c : 'M[F]_(m, q)) :
  E (fun v => dot (B *m diag_mx v *m U) c) = dot (B *m U) c.
Proof.
pose N := B^T *m (c *m U^T).
have along (v : 'rV[F]_n) : dot (B *m diag_mx v *m U) c = \sum_a N a a * v 0 a.
  rewrite dotC dot_mulr dot_mull -/N /dot; apply: eq_bigr => a _.
  rewrite (bigD1 a) //= [X in _ + X]big1 => [|b ba]; last first.
    by rewrite [X in _ * X]mxE eq_sym (negPf ba) mulr0n mulr0.
  by rewrite addr0; congr (_ * _); rewrite mxE eqxx mulr1n.
rewrite (mean_ext along) mean_sum.
have := along (const_mx 1); rewrite diag_const_mx mulmx1 => ->.
by apply: eq_bigr => a _; rewrite mean_scale mean_entry; congr (_ * _); rewrite mxE.
Qed.

Lemma mean_lossE (d : nat -> nat) D (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d D.+1, d 0%N)) W k
    (B : 'M[F]_(d D.+1, d k)) :
  mean_loss A c W p e B =
    \tr (B *m noisy_moment A s W k *m B^T) - 2 * dot (B *m prefix W k) c.
Proof.
elim: k B => [|k IH] B /=; first by rewrite mulmx1.
rewrite (mean_ext (fun v => IH (B *m diag_mx v *m W k))) mean_sub mean_square mean_scale.
congr (_ - 2 * _); rewrite -mean_linear; apply: mean_ext => v.
by rewrite -!mulmxA.
Qed.

End Mean.

Theorem average : statements.averaged_loss_eq_recursion.average.
Proof. by move=> F d D A c W T p e s law; rewrite /averaged_loss (mean_lossE law). Qed.

Lemma dropout_law (F : realFieldType) (s : F) : 1 + s != 0 -> noise_law (keep s) (mask s) s.
Proof.
move=> s_neq0; have unit : (1 + s)^-1 * (1 + s) = 1 by rewrite mulVf.
split; rewrite big_bool /keep /mask /=.
- by rewrite addrCA subrr addr0.
- by rewrite unit mulr0 addr0.
move: (1 + s)^-1 unit => i unit.
transitivity (s * (i * (1 + s)) + (1 - i * (1 + s))); first by ring.
by rewrite unit subrr addr0 mulr1.
Qed.

Theorem dropout : statements.averaged_loss_eq_recursion.dropout.
Proof. by move=> F d D A c W s s_neq0; apply: average; apply: dropout_law. Qed.

(* One hidden neuron, weights 1, s = 1: the power is 2. *)
Theorem no_noise_false : ~ statements.averaged_loss_eq_recursion.no_noise.
Proof.
move=> /(_ rat_realFieldType (fun=> 1%N) 1%N 1%:M 0 (scalar_network 1 1) 1 isT).
rewrite dropout // /effective_alignment dot0r mulr0 !subr0.
rewrite /noisy_output_power /effective_energy /effective_map prefix_scalar expr1n /scalar_network.
by rewrite /= /with_noise !(trmx1, mul1mx, mulmx1) /mxtrace !big_ord1 !mxE.
Qed.
