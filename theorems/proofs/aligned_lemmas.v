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

(* --- stationary aligned networks on isotropic data: c lies along w ------------------------- *)
Section Pull.
Variables (F : realFieldType) (d : nat -> nat) (D : nat) (a : F).
Variables (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Variables (r : forall k, 'cV[F]_(d k)) (b : nat -> F) (v h : 'rV[F]_(d 0)) (W : network F d).
Hypotheses (signs : forall k i, (0 < k <= D)%N -> r k i 0 ^+ 2 = 1) (first : W 0%N = r 1%N *m v).
Hypothesis later : forall k, (0 < k <= D)%N -> W k = b k *: (r k.+1 *m (r k)^T).
Hypotheses (v_neq0 : v != 0) (ortho : dot v h = 0).

(* The first layer is moved along its signs, across v. *)
Definition turn : network F d := fun k => match k with 0 => r 1%N *m h | _ => 0 end.

Lemma dprefix_turn k : (k <= D)%N -> dprefix W turn k.+1 = scale d b k *: (r k.+1 *m h).
Proof.
elim: k => [|k IH] kD; first by rewrite /= mulmx0 add0r mulmx1 /scale big_ord0 scale1r.
have -> : dprefix W turn k.+2 = W k.+1 *m dprefix W turn k.+1.
  by rewrite [LHS]/= mul0mx addr0.
rewrite (IH (ltnW kD)) later // -scalemxAl -scalemxAr chain !scalerA sq_signs => [|i].
  by rewrite scaleS; congr (_ *: _); ring.
exact: signs.
Qed.

Lemma line_later k : line W turn k.+1 = constant (W k.+1).
Proof. by rewrite /line /constant map_mx0 scaler0 addr0. Qed.

Lemma constant_scalar n (x : F) : constant (x%:M : 'M_n) = (x%:P)%:M.
Proof. exact: map_scalar_mx. Qed.

Let q : {poly F} := 1 + (sq h / sq v) *: 'X^2.

Lemma moment_turn k : line W turn k *m noisy_moment (constant a%:M) s%:P (line W turn) k
    *m (line W turn k)^T = q *: constant (W k *m noisy_moment a%:M s W k *m (W k)^T).
Proof.
have polyMx m n p (B : 'M[F]_(m, n)) (C : 'M_(n, p)) : constant B *m constant C = constant (B *m C).
  by rewrite /constant map_mxM.
have polyT m n (B : 'M[F]_(m, n)) : (constant B)^T = constant B^T by rewrite /constant map_trmx.
elim: k => [|k IH].
  have -> : line W turn 0%N = constant (r 1%N) *m (constant v + 'X *: constant h).
    by rewrite /line first /turn mulmxDr -scalemxAr !polyMx.
  rewrite [noisy_moment _ _ _ _]/= [noisy_moment _ _ _ _]/= first !outer polyT.
  have -> : (v *m a%:M *m v^T) 0 0 = a * sq v.
    by rewrite mul_mx_scalar -scalemxAl mxE /sq dotE mxtrace_mulC /mxtrace big_ord1.
  have -> : ((constant v + 'X *: constant h) *m constant a%:M
      *m (constant v + 'X *: constant h)^T) 0 0
      = (a * sq v)%:P * q.
    rewrite /constant map_scalar_mx mul_mx_scalar -scalemxAl mxE.
    have -> (x : 'rV[{poly F}]_(d 0)) : (x *m x^T) 0 0 = sq x.
      by rewrite /sq dotE mxtrace_mulC /mxtrace big_ord1.
    rewrite sqD sqZ dotZr /sq !dot_constant ortho mulr0 mul0rn addr0 -/(sq v) -/(sq h) polyCM.
    have cancel : sq v * (sq h / sq v) = sq h by rewrite mulrCA divff ?mulr1 ?sq_eq0.
    rewrite /q -mul_polyC -[in LHS]cancel !polyCM; move: (sq v)%:P ((sq h / sq v)%:P) => x y.
    by rewrite (_ : polyC_rmorphism F a = a%:P) //; move: a%:P 'X => z t; ring.
  by rewrite polyMx /constant map_mxZ scalerA mulrC.
have -> : noisy_moment (constant a%:M) s%:P (line W turn) k.+1 = with_noise s%:P
    (line W turn k *m noisy_moment (constant a%:M) s%:P (line W turn) k *m (line W turn k)^T) by [].
rewrite IH with_noiseZ line_later.
have -> : with_noise s%:P (constant (W k *m noisy_moment a%:M s W k *m (W k)^T))
    = constant (noisy_moment a%:M s W k.+1).
  move: (W k *m _ *m _) (erefl : noisy_moment a%:M s W k.+1
    = with_noise s (W k *m noisy_moment a%:M s W k *m (W k)^T)) => Q ->.
  rewrite /with_noise /constant map_mxD map_mxZ map_diag_mx /=.
  by congr (_ + _ *: diag_mx _); apply/rowP => i; rewrite !mxE.
by rewrite polyT -scalemxAr -scalemxAl !polyMx.
Qed.

Lemma pull : stationary a%:M c g s W -> scale d b D * dot (r D.+1 *m h) c = 0.
Proof.
move=> /(_ turn); rewrite /regularised_slope horner_coef0 coef_deriv /regularised_along.
rewrite /regularised_loss !coefD !coefN.
have -> : noisy_output_power D (constant a%:M) s%:P (line W turn)
    = (noisy_output_power D a%:M s W)%:P * q.
  rewrite /noisy_output_power moment_turn mxtraceZ mulrC; congr (_ * _).
  by rewrite /constant /mxtrace rmorph_sum; apply: eq_bigr => i _; rewrite mxE.
have -> : ((noisy_output_power D a%:M s W)%:P * q)`_1 = 0.
  by rewrite coefCM /q coefD coefZ coefXn coef1 /= mulr0 addr0 mulr0.
have [Q PQ] := prefix_line W turn D.+1.
have -> : (2 * effective_alignment (constant c) (line W turn))`_1 = 2 * dot (dprefix W turn D.+1) c.
  have two : (2 : {poly F}) = 2%:P by rewrite polyCMn.
  have linear (x y : F) (p z : {poly F}) : (x%:P + 'X * y%:P + 'X^2 * p + 'X^3 * z)`_1 = y.
    by rewrite !coefD coefC !coefXnM coefXM /= coefC /= !(addr0, add0r).
  rewrite two coefCM /effective_alignment /effective_map PQ ![in LHS]dotDl ![in LHS]dotZl.
  by rewrite !dot_constant linear.
have -> : (total_decay D (fun k => (g k)%:P) (line W turn))`_1 = 0.
  rewrite /total_decay coef_sum big1 // => -[[|k] kD] _; rewrite /layer_penalty coefCM /=.
    have across : dot (r 1%N *m v) (r 1%N *m h) = 0.
      by rewrite dot_mull mulmxA [_^T *m _]mx11_scalar mul_scalar_mx dotZl ortho mulr0.
    rewrite /line first /turn sqD dotZr dot_constant across mulr0 mul0rn addr0 sqZ /sq.
    by rewrite !dot_constant coefD coefC coefXnM /= addr0 mulr0.
  by rewrite line_later /sq dot_constant coefC mulr0.
rewrite dprefix_turn // dotZl sub0r addr0 mulr1n => /eqP.
by rewrite oppr_eq0 mulf_eq0 pnatr_eq0 /= => /eqP.
Qed.
End Pull.

Section Collinear.
Variables (F : realFieldType) (d : nat -> nat) (D : nat) (a : F).
Variables (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F) (W : network F d).

Lemma collinear : d D.+1 = 1%N -> aligned D W -> stationary a%:M c g s W ->
  effective_map D W != 0 -> cross_sq c * effective_sq D W = effective_alignment c W ^+ 2.
Proof.
move=> one [r [b [v [signs first later]]]] rest w_neq0.
have wE : effective_map D W = scale d b D *: (r D.+1 *m v).
  exact: (prefix_aligned signs first later (leqnn D)).
have b_neq0 : scale d b D != 0 by apply: contraNneq w_neq0; rewrite wE => ->; rewrite scale0r.
have v_neq0 : v != 0 by apply: contraNneq w_neq0; rewrite wE => ->; rewrite mulmx0 scaler0.
have v_gt0 : sq v != 0 by rewrite sq_eq0.
set e := r D.+1 in wE *; pose ct := e^T *m c; pose h := ct - (dot v ct / sq v) *: v.
have ortho : dot v h = 0 by rewrite dotBr dotZr -/(sq v) divfK // subrr.
have := pull signs first later v_neq0 ortho rest.
move/eqP; rewrite mulf_eq0 (negPf b_neq0) /= dotC dot_mull -/ct /h.
rewrite dotBr dotZr -/(sq ct) => /eqP zero.
have ct2 : sq ct * sq v = dot v ct ^+ 2.
  by move/eqP: zero; rewrite subr_eq0 (dotC ct v) => /eqP ->; rewrite mulrAC divfK // expr2.
have outer1 n (x : 'cV[F]_n) : n = 1%N -> x *m x^T = (sq x)%:M.
  move=> n1; move: x; rewrite n1 => x; rewrite [LHS]mx11_scalar; congr _%:M.
  by rewrite /sq dotE mxtrace_mulC /mxtrace big_ord1.
have ctE : sq ct = sq e * cross_sq c.
  by rewrite /sq {1}/ct dotC dot_mull trmxK /ct mulmxA outer1 // mul_scalar_mx dotZl.
rewrite /effective_alignment /effective_sq wE sqZ dotZl (dotC _ c) dot_mull -/ct (dotC ct v).
rewrite -[v in e *m v]trmxK sq_rank1 sq_trmx exprMn -ct2 ctE.
by move: (cross_sq c) (sq e) (sq v) => x y z; ring.
Qed.

End Collinear.
