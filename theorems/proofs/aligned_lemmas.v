(* The loss of aligned networks.  Nothing here is a statement of ours. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy noisy_lemmas aligned.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma outer (R : comRingType) n p (a : 'cV[R]_n) (x : 'rV_p) (M : 'M_p) :
  a *m x *m M *m (a *m x)^T = (x *m M *m x^T) 0 0 *: (a *m a^T).
Proof.
have -> : a *m x *m M *m (a *m x)^T = a *m (x *m M *m x^T) *m a^T by rewrite trmx_mul !mulmxA.
by rewrite [x *m M *m x^T]mx11_scalar mul_mx_scalar -scalemxAl !mxE eqxx mulr1n.
Qed.

Section Outer.
Variable F : realFieldType.

Lemma chain n m p (a : 'cV[F]_n) (e : 'cV_m) (x : 'rV_p) :
  a *m e^T *m (e *m x) = sq e *: (a *m x).
Proof.
have -> : a *m e^T *m (e *m x) = a *m (e^T *m e) *m x by rewrite !mulmxA.
rewrite [e^T *m e]mx11_scalar mul_mx_scalar -scalemxAl /sq dotE.
by rewrite /mxtrace big_ord1.
Qed.

Lemma noise_signs n m s (a : 'cV[F]_n) (e : 'cV_m) : (forall i, e i 0 ^+ 2 = 1) ->
  a *m e^T *m with_noise s (e *m e^T) *m (a *m e^T)^T = (m%:R * (m%:R + s)) *: (a *m a^T).
Proof.
move=> signs; rewrite outer trmxK; congr (_ *: _).
have len : sq e = m%:R.
  rewrite /sq /dot (eq_bigr (fun=> 1)) => [|i _]; last by rewrite big_ord1 -expr2 signs.
  by rewrite sumr_const card_ord.
have := value_noise s (e *m e^T) e^T; rewrite /mxtrace !big_ord1 trmxK => ->.
have -> : (e^T *m (e *m e^T) *m e) 0 0 = m%:R * m%:R.
  have -> : e^T *m (e *m e^T) *m e = (e^T *m e) *m (e^T *m e) by rewrite !mulmxA.
  rewrite [e^T *m e]mx11_scalar -scalar_mxM mxE eqxx mulr1n.
  by rewrite -len /sq dotE /mxtrace big_ord1.
rewrite mulrDr; congr (_ + _); rewrite mulrC; congr (_ * _).
rewrite -[RHS]len /sq /dot; apply: eq_bigr => j _.
by rewrite !big_ord1 !mxE big_ord1 !mxE -!expr2 signs expr1n.
Qed.

Lemma sq_signs m (e : 'cV[F]_m) : (forall i, e i 0 ^+ 2 = 1) -> sq e = m%:R.
Proof.
move=> signs; rewrite /sq /dot (eq_bigr (fun=> 1)) => [|i _]; last by rewrite big_ord1 -expr2 signs.
by rewrite sumr_const card_ord.
Qed.

Lemma quadZ1 n m x (B : 'M[F]_(n, m)) (Q : 'M_m) :
  x *: B *m Q *m (x *: B)^T = x ^+ 2 *: (B *m Q *m B^T).
Proof. by have := quadZ x 1 B Q; rewrite scale1r mulr1. Qed.

End Outer.

Section Aligned.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Variables (r : forall k, 'cV[F]_(d k)) (b : nat -> F) (v : 'rV[F]_(d 0)) (W : network F d).
Hypotheses (signs : forall k i, (0 < k <= D)%N -> r k i 0 ^+ 2 = 1) (first : W 0%N = r 1%N *m v).
Hypothesis later : forall k, (0 < k <= D)%N -> W k = b k *: (r k.+1 *m (r k)^T).

(* The end-to-end map is β r v. *)
Definition scale (k : nat) : F := \prod_(i < k) (b i.+1 * (d i.+1)%:R).

Lemma scaleS k : scale k.+1 = scale k * (b k.+1 * (d k.+1)%:R).
Proof. exact: big_ord_recr. Qed.

Lemma noise_factorS k : noise_factor d k.+1 s = noise_factor d k s * (1 + s / (d k.+1)%:R).
Proof. exact: big_ord_recr. Qed.

Lemma prefix_aligned k : (k <= D)%N -> prefix W k.+1 = scale k *: (r k.+1 *m v).
Proof.
elim: k => [|k IH] kD; first by rewrite /scale big_ord0 scale1r -first; apply: mulmx1.
have -> : prefix W k.+2 = W k.+1 *m prefix W k.+1 by [].
rewrite (IH (ltnW kD)) later // -scalemxAl -scalemxAr chain !scalerA sq_signs => [|i].
  by rewrite scaleS; congr (_ *: _); ring.
exact: signs.
Qed.

(* The second moment of layer k+1 before its noise lies along its signs. *)
Lemma moment_aligned k : (k <= D)%N -> W k *m noisy_moment A s W k *m (W k)^T =
  (noise_factor d k s * scale k ^+ 2 * (v *m A *m v^T) 0 0) *: (r k.+1 *m (r k.+1)^T).
Proof.
elim: k => [|k IH] kD.
  rewrite first [noisy_moment _ _ _ _]/= outer /noise_factor /scale !big_ord0.
  by rewrite expr1n !mul1r.
have -> : noisy_moment A s W k.+1 = with_noise s (W k *m noisy_moment A s W k *m (W k)^T) by [].
rewrite (IH (ltnW kD)) with_noiseZ later // quadZ noise_signs => [|i]; last exact: signs.
rewrite !scalerA; congr (_ *: _); rewrite noise_factorS scaleS.
move: (v *m A *m v^T) (noise_factor d k s) (scale k) => V K P.
have [->|n_gt0] := posnP (d k.+1); first by rewrite mul0r !mulr0 expr0n /= !(mulr0, mul0r).
have unit : (d k.+1)%:R / (d k.+1)%:R = 1 :> F by rewrite divff // pnatr_eq0 -lt0n.
move: (d k.+1)%:R (_^-1) unit => n i unit.
transitivity (b k.+1 ^+ 2 * (K * P ^+ 2 * V 0 0) * (n * (n + n * i * s))); last by ring.
by rewrite unit mul1r.
Qed.

Lemma power_aligned : noisy_output_power D A s W = noise_factor d D s * effective_energy D A W.
Proof.
rewrite /noisy_output_power moment_aligned // /effective_energy /effective_map prefix_aligned //.
by rewrite quadZ1 outer !mxtraceZ !mulrA.
Qed.

Lemma sq_aligned : effective_sq D W = \prod_(k < D.+1) sq (W k).
Proof.
have rank1 n p (a : 'cV[F]_n) (x : 'rV_p) : sq (a *m x) = sq a * sq x.
  by rewrite -{1}[x]trmxK sq_rank1 sq_trmx.
suff claim k : (k <= D)%N -> sq (prefix W k.+1) = \prod_(j < k.+1) sq (W j) by apply: claim.
elim: k => [|k IH] kD; first by rewrite big_ord1 /= mulmx1.
have -> : \prod_(j < k.+2) sq (W j) = \prod_(j < k.+1) sq (W j) * sq (W k.+1).
  exact: big_ord_recr.
rewrite -(IH (ltnW kD)) (later (k := k.+1)) // (prefix_aligned kD) (prefix_aligned (ltnW kD)) !sqZ.
have len : sq (r k.+1) = (d k.+1)%:R by apply: sq_signs => i; apply: signs.
rewrite !rank1 sq_trmx scaleS len.
by move: (sq _) (sq _) (scale k) => x y z; ring.
Qed.

End Aligned.
