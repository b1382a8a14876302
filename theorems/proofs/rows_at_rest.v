(* Noisy networks at rest, layer by layer from above (for Z1).  With one output and a the row above
   layer k, row j of layer k is a_j times the solution h of h (a_j² T + γ) = r, where T is positive
   and r belongs to all neurons; payments say that all |h| agree, so that h is one row, for |h|
   falls strictly in a_j² where h depends on it.  Then layer k is aᵀh, and h is the last row of a
   stationary network with one layer less. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss lemmas noisy noisy_lemmas hessian_form_eq_two_terms.
From Proofs.statements Require layer_penalties_eq_of_stationary.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.layer_penalties_eq_of_stationary.

(* --- rows that weigh alike ------------------------------------------------------------------- *)
Section Rows.
Variables (F : realFieldType) (n : nat) (T : 'M[F]_n) (gamma : F).
Hypotheses (T_ge0 : forall x : 'rV_n, 0 <= dot (x *m T) x) (gamma_gt0 : 0 < gamma).

Let U b : 'M[F]_n := b *: T + gamma%:M.

Lemma weighed_unit b : 0 <= b -> U b \in unitmx.
Proof.
move=> b_ge0; rewrite -row_free_unit; apply: inj_row_free => v vU.
have : dot (v *m U b) v = b * dot (v *m T) v + gamma * sq v.
  by rewrite mulmxDr mul_mx_scalar -scalemxAr dotDl !dotZl.
rewrite vU dot0l => /esym /eqP; rewrite paddr_eq0 ?mulr_ge0 ?sq_ge0 ?(ltW gamma_gt0) //.
by case/andP => _; rewrite mulf_eq0 gt_eqF //= sq_eq0 => /eqP.
Qed.

Lemma same_rows_half a b (x y : 'rV_n) : 0 <= a -> a <= b ->
  x *m U a = y *m U b -> sq x = sq y -> x = y.
Proof.
move=> a_ge0 ab E same; have unit := weighed_unit a_ge0.
pose z := y *m invmx (U a); have yE : y = z *m U a by rewrite mulmxKV.
have delta : x - y = (b - a) *: (z *m T).
  apply: (can_inj (mulmxK unit)); rewrite mulmxBl E -mulmxBr.
  have -> : U b - U a = (b - a) *: T by rewrite /U opprD addrACA subrr addr0 scalerBl.
  have meets : U a *m T = T *m U a.
    by rewrite /U mulmxDl mulmxDr mul_scalar_mx mul_mx_scalar -scalemxAl -scalemxAr.
  by rewrite -scalemxAr -scalemxAl {1}yE -!mulmxA meets.
have along : 0 <= dot (x - y) y.
  rewrite delta dotZl mulr_ge0 ?subr_ge0 // {1}yE /U mulmxDr -scalemxAr mul_mx_scalar dotDr !dotZr.
  by rewrite addr_ge0 // mulr_ge0 ?sq_ge0 ?(ltW gamma_gt0).
have : sq x = sq (x - y) + dot (x - y) y *+ 2 + sq y by rewrite -sqD subrK.
rewrite same => /eqP; rewrite -subr_eq subrr eq_sym paddr_eq0 ?sq_ge0 ?mulrn_wge0 //.
by case/andP => /eqP/eqP; rewrite sq_eq0 subr_eq0 => /eqP.
Qed.

Lemma same_rows a b (x y : 'rV_n) : 0 <= a -> 0 <= b ->
  x *m U a = y *m U b -> sq x = sq y -> x = y.
Proof.
move=> a_ge0 b_ge0 E same; have [ab|ba] := lerP a b; first exact: same_rows_half ab E same.
by apply/esym; apply: same_rows_half (ltW ba) (esym E) (esym same).
Qed.

End Rows.

(* --- the loss of the layers below a row ------------------------------------------------------ *)
Section Below.
Variables (R : comRingType) (d : nat -> nat).
Variables (A : 'M[R]_(d 0)) (g : nat -> R) (s : R) (q : nat) (c : 'M[R]_(q, d 0)).
Implicit Types W V : network R d.

(* al a M_k aᵀ - 2 be (a B_k)·c + ga |a|² and what the layers below pay. *)
Definition loss_below k (al be ga : R) W (a : 'M[R]_(q, d k)) : R :=
  al * \tr (a *m noisy_moment A s W k *m a^T) - (be * dot (a *m prefix W k) c) *+ 2 + ga * sq a
  + \sum_(j < k) g j * sq (W j).

Lemma prefix_below_ext k W V : (forall j, (j < k)%N -> W j = V j) -> prefix W k = prefix V k.
Proof. by elim: k => //= k IH WV; rewrite WV // IH // => j jk; apply/WV/ltnW. Qed.

Lemma moment_below_ext k W V : (forall j, (j < k)%N -> W j = V j) ->
  noisy_moment A s W k = noisy_moment A s V k.
Proof. by elim: k => //= k IH WV; rewrite WV // IH // => j jk; apply/WV/ltnW. Qed.

Lemma loss_below_ext k al be ga W V (a : 'M_(q, d k)) : (forall j, (j < k)%N -> W j = V j) ->
  loss_below al be ga W a = loss_below al be ga V a.
Proof.
move=> WV; rewrite /loss_below (prefix_below_ext WV) (moment_below_ext WV); congr (_ + _).
by apply: eq_bigr => j _; rewrite WV.
Qed.

Lemma moment_sym W k : A^T = A -> (noisy_moment A s W k)^T = noisy_moment A s W k.
Proof.
move=> A_sym; elim: k => //= k IH; rewrite /with_noise linearD linearZ /= tr_diag_mx.
by rewrite !trmx_mul trmxK IH mulmxA.
Qed.

(* A network with another layer k. *)
Definition put k (B : 'M[R]_(d k.+1, d k)) V : network R d :=
  fun l => if l =P k is ReflectT e then ecast j 'M_(d j.+1, d j) (esym e) B else V l.

Lemma put_at k (B : 'M[R]_(d k.+1, d k)) V : put B V k = B.
Proof. by rewrite /put; case: eqP => // e; rewrite (eq_irrelevance e (erefl k)). Qed.

Lemma put_other k (B : 'M[R]_(d k.+1, d k)) V l : l != k -> put B V l = V l.
Proof. by rewrite /put; case: eqP. Qed.

End Below.

(* A layer aᵀa' below a row a leaves the loss of a network with one layer less. *)
Section Down.
Variables (R : comRingType) (d : nat -> nat).
Variables (A : 'M[R]_(d 0)) (g : nat -> R) (s : R) (c : 'M[R]_(1, d 0)).

Lemma row_sq n (a : 'rV[R]_n) : a *m a^T = (sq a)%:M.
Proof. by rewrite [LHS]mx11_scalar; congr _%:M; rewrite -trace_mx11 /sq dotE mxtrace_mulC. Qed.

Definition gain n (a : 'rV[R]_n) : R := \tr (a *m with_noise s (a^T *m a) *m a^T).

Lemma loss_down k al be ga (W : network R d) (a : 'rV[R]_(d k.+1)) (b : 'rV[R]_(d k)) :
  W k = a^T *m b -> loss_below A g s c al be ga W a
  = loss_below A g s c (al * gain a) (be * sq a) (g k * sq a) W b + ga * sq a.
Proof.
move=> WE; rewrite /loss_below big_ord_recr /= WE.
have -> : a^T *m b *m noisy_moment A s W k *m (a^T *m b)^T
    = \tr (b *m noisy_moment A s W k *m b^T) *: (a^T *m a).
  have -> : a^T *m b *m noisy_moment A s W k *m (a^T *m b)^T
      = a^T *m (b *m noisy_moment A s W k *m b^T) *m a by rewrite trmx_mul trmxK !mulmxA.
  set Z := b *m _ *m b^T; have ZE : Z = (\tr Z)%:M by rewrite trace_mx11 -mx11_scalar.
  by rewrite {1}ZE mul_mx_scalar -scalemxAl.
rewrite with_noiseZ -scalemxAr -scalemxAl mxtraceZ -/(gain a).
have -> : a *m (a^T *m b *m prefix W k) = sq a *: (b *m prefix W k).
  by rewrite !mulmxA row_sq mul_scalar_mx -scalemxAl.
have -> : sq (a^T *m b) = sq a * sq b by rewrite -{1}[b]trmxK sq_rank1 !sq_trmx.
rewrite dotZl.
move: (\tr _) (gain a) (dot _ _) (sq a) (sq b) (\sum_(_ < _) _) => x y z u v w.
have regroup (gk : R) : al * (x * y) - (be * (u * z)) *+ 2 + ga * u + (w + gk * (u * v))
  = al * y * x - (be * u * z) *+ 2 + gk * u * v + w + ga * u by ring.
exact: regroup.
Qed.
End Down.

Section Rates.
Variable F : realFieldType.

Lemma rate_constant p q (B : 'M[F]_(p, q)) : rate (constant B) = 0.
Proof. by apply/matrixP => i j; rewrite !mxE derivC horner0. Qed.

Lemma start_constant p q (B : 'M[F]_(p, q)) : start (constant B) = B.
Proof. by apply/matrixP => i j; rewrite !mxE hornerC. Qed.

Lemma rate_at p q (B Z : 'M[F]_(p, q)) : rate (constant B + 'X *: constant Z) = Z.
Proof.
apply/matrixP => i j; rewrite !mxE derivD derivC add0r derivM derivX mul1r derivC mulr0 addr0.
by rewrite hornerC.
Qed.

Lemma start_at p q (B Z : 'M[F]_(p, q)) : start (constant B + 'X *: constant Z) = B.
Proof. by apply/matrixP => i j; rewrite !mxE hornerD hornerM hornerX mul0r addr0 hornerC. Qed.

Lemma rateT p q (B : 'M[{poly F}]_(p, q)) : rate B^T = (rate B)^T.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

Lemma startT p q (B : 'M[{poly F}]_(p, q)) : start B^T = (start B)^T.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

Lemma tr_rate p (B : 'M[{poly F}]_p) : (\tr B)^`().[0] = \tr (rate B).
Proof. by rewrite /mxtrace raddf_sum horner_sum; apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma dot_rate p q (B C : 'M[{poly F}]_(p, q)) :
  (dot B C)^`().[0] = dot (rate B) (start C) + dot (start B) (rate C).
Proof.
rewrite /dot raddf_sum horner_sum -big_split; apply: eq_bigr => i _ /=.
rewrite raddf_sum horner_sum -big_split; apply: eq_bigr => j _ /=.
by rewrite derivM hornerD !hornerM !mxE.
Qed.

Lemma rate_noise n s (Q : 'M[{poly F}]_n) : rate (with_noise s%:P Q) = with_noise s (rate Q).
Proof.
apply/matrixP => i j; rewrite !mxE derivD derivM derivC mul0r add0r derivMn.
by rewrite hornerD hornerM hornerC hornerMn.
Qed.

Lemma start_noise n s (Q : 'M[{poly F}]_n) : start (with_noise s%:P Q) = with_noise s (start Q).
Proof. by apply/matrixP => i j; rewrite !mxE hornerD hornerM hornerC hornerMn. Qed.

End Rates.

Section Constants.
Variable F : realFieldType.

Lemma noise_constant n s (Q : 'M[F]_n) : with_noise s%:P (constant Q) = constant (with_noise s Q).
Proof.
rewrite /with_noise /constant map_mxD map_mxZ map_diag_mx /=.
by congr (_ + _ *: diag_mx _); apply/rowP => i; rewrite !mxE.
Qed.

Lemma trace_constant n (Q : 'M[F]_n) : \tr (constant Q) = (\tr Q)%:P.
Proof. by rewrite /mxtrace rmorph_sum; apply: eq_bigr => i _; rewrite mxE. Qed.

Lemma gain_constant n s (a : 'rV[F]_n) : gain s%:P (constant a) = (gain s a)%:P.
Proof.
rewrite /gain /constant map_trmx -!map_mxM -/(constant (a^T *m a)) noise_constant /constant.
by rewrite -!map_mxM; exact: trace_constant.
Qed.

End Constants.

Section AtRest.
Variables (F : realFieldType) (d : nat -> nat).
Variables (A : 'M[F]_(d 0)) (g : nat -> F) (s : F) (q : nat) (c : 'M[F]_(q, d 0)).
Implicit Types W V : network F d.

Definition slope_below k (al be ga : F) W (a : 'M[F]_(q, d k)) V b : F :=
  (loss_below (constant A) (fun j => (g j)%:P) s%:P (constant c) al%:P be%:P ga%:P (line W V)
    (constant a + 'X *: constant b))^`().[0].
Definition rests k al be ga W (a : 'M[F]_(q, d k)) : Prop :=
  forall V b, slope_below al be ga W a V b = 0.

Hypothesis A_sym : A^T = A.

Lemma with_noiseT n (Q : 'M[F]_n) : (with_noise s Q)^T = with_noise s Q^T.
Proof.
rewrite /with_noise linearD linearZ /= tr_diag_mx; congr (_ + _ *: diag_mx _).
by apply/rowP => i; rewrite !mxE.
Qed.

Lemma with_noiseD n (P Q : 'M[F]_n) : with_noise s (P + Q) = with_noise s P + with_noise s Q.
Proof.
apply/matrixP => i j; rewrite !mxE; case: eqP => _; rewrite ?mulr1n ?mulr0n ?mulr0 ?addr0 //.
by rewrite mulrDr addrACA.
Qed.

Lemma tr_turn n p (a b : 'M[F]_(p, n)) (Q : 'M_n) : \tr (a *m Q *m b^T) = \tr (b *m Q^T *m a^T).
Proof. by rewrite -mxtrace_tr !trmx_mul trmxK mulmxA. Qed.

Lemma slope_belowE k al be ga W (a : 'M[F]_(q, d k.+1)) Y b :
  slope_below al be ga W a (put Y (fun=> 0)) b
  = 2 * (al * (\tr (a *m with_noise s (W k *m noisy_moment A s W k *m Y^T) *m a^T)
               + \tr (a *m noisy_moment A s W k.+1 *m b^T))
    - be * (dot (b *m (W k *m prefix W k)) c + dot (a *m (Y *m prefix W k)) c)
    + ga * dot a b + g k * dot (W k) Y).
Proof.
set V := put Y _; have below j : (j < k)%N -> line W V j = fixed W j.
  by move=> jk; rewrite /line /V put_other ?ltn_eqF // /constant map_mx0 scaler0 addr0.
rewrite /slope_below /loss_below big_ord_recr /=.
rewrite (moment_below_ext (constant A) s%:P below) (prefix_below_ext below).
rewrite noisy_moment_fixed prefix_fixed.
rewrite (eq_bigr (fun j : 'I_k => (g j * sq (W j))%:P)) => [|j _]; last first.
  by rewrite below // /sq /fixed dot_constant; apply/esym/polyCM.
have -> : line W V k = constant (W k) + 'X *: constant Y by rewrite /line /V put_at.
rewrite -rmorph_sum /=; set w := \sum_(j < k) _.
set B := prefix W k; set M := noisy_moment A s W k.
have pull (x y z u : {poly F}) :
    (al%:P * x - (be%:P * y) *+ 2 + ga%:P * z + (w%:P + (g k)%:P * u))^`().[0]
    = al * x^`().[0] - (be * y^`().[0]) *+ 2 + ga * z^`().[0] + g k * u^`().[0].
  rewrite !(derivD, derivN, derivMn, derivM, derivC) !mul0r !add0r.
  by rewrite !(hornerD, hornerN, hornerMn, hornerM, hornerC).
rewrite pull tr_rate !dot_rate !(rateM, startM, rateT, startT, rate_noise, start_noise, rate_at,
  start_at, rate_constant, start_constant) !(mulmx0, addr0, dot0r).
have MT : M^T = M by apply: moment_sym.
have flip : \tr (b *m with_noise s (W k *m M *m (W k)^T) *m a^T)
    = \tr (a *m with_noise s (W k *m M *m (W k)^T) *m b^T).
  by rewrite tr_turn with_noiseT !trmx_mul trmxK MT mulmxA.
have turn : \tr (a *m with_noise s (Y *m M *m (W k)^T) *m a^T)
    = \tr (a *m with_noise s (W k *m M *m Y^T) *m a^T).
  by rewrite tr_turn with_noiseT !trmx_mul trmxK MT mulmxA.
rewrite with_noiseD [a *m (with_noise _ _ + _)]mulmxDr !mulmxDl !mxtraceD flip turn dotDl.
rewrite (dotC b a) (dotC Y).
move: (\tr (a *m with_noise s (W k *m M *m Y^T) *m a^T))
  (\tr (a *m with_noise s (W k *m M *m (W k)^T) *m b^T)) (dot (b *m _) c) (dot (a *m _) c)
  (dot a b) (dot _ Y) => x y u v p r.
have regroup (gk : F) : al * (y + (x + x) + y) - be * (u + v) *+ 2 + ga * (p + p) + gk * (r + r)
  = 2 * (al * (x + y) - be * (u + v) + ga * p + gk * r) by ring.
exact: regroup.
Qed.
End AtRest.

(* --- one output ------------------------------------------------------------------------------ *)
Section OneOutput.
Variables (F : realFieldType) (d : nat -> nat).
Variables (A : 'M[F]_(d 0)) (g : nat -> F) (s : F) (c : 'M[F]_(1, d 0)).
Hypotheses (A_sym : A^T = A) (A_ge0 : forall x : 'cV_(d 0), 0 <= dot x (A *m x)).
Hypotheses (g_gt0 : forall k, 0 < g k) (s_ge0 : 0 <= s).
Implicit Types W V : network F d.

Lemma gain_ge0 n (a : 'rV[F]_n) : 0 <= gain s a.
Proof.
rewrite /gain value_noise addr_ge0 //.
  by rewrite mulmxA -mulmxA row_sq -scalar_mxM mxtrace_scalar mulr1n -expr2 sqr_ge0.
rewrite mulr_ge0 // sumr_ge0 // => j _; rewrite mulr_ge0 ?sq_ge0 // mxE big_ord1 mxE.
by rewrite -expr2 sqr_ge0.
Qed.

Lemma sq_outer m n (x : 'rV[F]_m) (y : 'rV[F]_n) : sq (x^T *m y) = sq x * sq y.
Proof. by rewrite -{1}[y]trmxK sq_rank1 !sq_trmx. Qed.

Section Step.
Variables (k : nat) (al be ga : F) (W : network F d) (a : 'rV[F]_(d k.+1)).
Hypotheses (al_ge0 : 0 <= al) (rest : rests A g s c al be ga W a).

Let M := noisy_moment A s W k.
Let B := prefix W k.
Let T : 'M[F]_(d k) := (al * s) *: M.
Let r : 'rV[F]_(d k) := be *: (c *m B^T) - al *: (a *m W k *m M).

Lemma rest_layer Y : al * \tr (a *m with_noise s (W k *m M *m Y^T) *m a^T) + g k * dot (W k) Y
  = be * dot (a *m (Y *m B)) c.
Proof.
have := rest (put Y (fun=> 0)) 0; rewrite slope_belowE // trmx0 mulmx0 mxtrace0 mul0mx dot0l dot0r.
rewrite mulr0 !addr0 add0r => /eqP; rewrite mulf_eq0 pnatr_eq0 /= addrAC subr_eq0 => /eqP.
by [].
Qed.

Let w j := row j (W k).

(* Layer k moved in row j alone. *)
Lemma rest_neuron j (y : 'rV_(d k)) :
  al * (a 0 j * dot (a *m W k *m M) y + s * (a 0 j ^+ 2 * dot (w j *m M) y)) + g k * dot (w j) y
  = be * (a 0 j * dot (c *m B^T) y).
Proof.
pose Y : 'M[F]_(d k.+1, d k) := delta_mx j 0 *m y.
have YE i l : Y i l = (i == j)%:R * y 0 l by rewrite mxE big_ord1 !mxE eqxx andbT.
have aY : a *m Y = a 0 j *: y.
  rewrite mulmxA -colE [col j a]mx11_scalar mul_scalar_mx; congr (_ *: _).
  by rewrite mxE.
have picked (X : 'M[F]_(d k.+1, d k)) : dot X Y = dot (row j X) y.
  rewrite /dot (bigD1 j) //= [X in _ + X]big1 ?addr0 => [|i ij]; last first.
    by apply: big1 => l _; rewrite YE (negPf ij) mul0r mulr0.
  by rewrite big_ord1; apply: eq_bigr => l _; rewrite YE eqxx mul1r mxE.
have := rest_layer Y; rewrite picked mulmxA aY -scalemxAl dotZl [dot (y *m B) c]dotC dot_mulr.
rewrite value_noise; have -> : \tr (a *m (W k *m M *m Y^T) *m a^T) = a 0 j * dot (a *m W k *m M) y.
  by rewrite !mulmxA -mulmxA -trmx_mul aY mxtrace_mulC -dotE dotZl dotC.
have -> : \sum_i sq (col i a) * (W k *m M *m Y^T) i i = a 0 j ^+ 2 * dot (w j *m M) y.
  rewrite (bigD1 j) //= [X in _ + X]big1 ?addr0 => [|i ij]; last first.
    rewrite mxE big1 ?mulr0 // => l _; rewrite [Y^T _ _]mxE YE (negPf ij) mul0r mulr0.
    by [].
  congr (_ * _); first by rewrite /sq /dot !big_ord1 mxE expr2.
  rewrite mxE /dot big_ord1; apply: eq_bigr => l _; rewrite [Y^T _ _]mxE YE eqxx mul1r.
  by rewrite /w -row_mul [row _ _ _ _]mxE.
by [].
Qed.

Lemma row_equation j : w j *m (a 0 j ^+ 2 *: T + (g k)%:M) = a 0 j *: r.
Proof.
apply/eqP; rewrite -subr_eq0 -sq_eq0; set y := _ - _; apply/eqP.
have := rest_neuron j y; set t := a 0 j => E.
have : dot y y = 0; last by [].
rewrite {1}/y -/t /r mulmxDr mul_mx_scalar -scalemxAr /T -scalemxAr !scalerBr.
rewrite -!scaleN1r !(dotDl, dotZl).
move: E; move: (dot (a *m W k *m M) y) (dot (w j *m M) y) (dot (w j) y) (dot (c *m B^T) y).
move=> p q u v E.
have -> : t ^+ 2 * (al * s * q) + g k * u + -1 * (t * (be * v) + -1 * (t * (al * p)))
  = al * (t * p + s * (t ^+ 2 * q)) + g k * u - be * (t * v) by ring.
by rewrite E subrr.
Qed.

Hypothesis paid : forall j, ga * sq (col j a) = g k * sq (w j).

Let T_ge0 (x : 'rV_(d k)) : 0 <= dot (x *m T) x.
Proof.
rewrite /T -scalemxAr dotZl mulr_ge0 ?mulr_ge0 // -[x in dot _ x]trmxK -[_ *m M]trmxK.
have turn m n (P Q : 'M[F]_(m, n)) : dot P^T Q^T = dot P Q.
  by rewrite !dotE trmxK -mxtrace_tr trmx_mul !trmxK mxtrace_mulC.
by rewrite turn trmx_mul moment_sym // dotC moment_form_ge0.
Qed.

Let col_sq j : sq (col j a) = a 0 j ^+ 2.
Proof. by rewrite /sq /dot !big_ord1 mxE expr2. Qed.

(* All neurons at work receive one row, up to a factor. *)
Lemma rank_one : a != 0 -> exists b : 'rV[F]_(d k), W k = a^T *m b.
Proof.
move=> a_neq0; have [j0 j0P] : exists j, a 0 j != 0.
  apply/existsP; apply: contraR a_neq0; rewrite negb_exists => /forallP zero.
  by apply/eqP/rowP => j; rewrite mxE; apply/eqP; have := zero j; rewrite negbK.
exists ((a 0 j0)^-1 *: w j0); apply/row_matrixP => j; rewrite row_mul.
have -> : row j a^T = (a 0 j)%:M by apply/matrixP => x y; rewrite !ord1 !mxE mulr1n.
rewrite mul_scalar_mx -/(w j).
have [aj0|aj] := eqVneq (a 0 j) 0.
  have := paid j; rewrite col_sq aj0 expr0n mulr0 => /esym /eqP.
  by rewrite mulf_eq0 gt_eqF //= sq_eq0 scale0r => /eqP.
have scaled i : a 0 i != 0 ->
    ((a 0 i)^-1 *: w i) *m (a 0 i ^+ 2 *: T + (g k)%:M) = r
    /\ sq ((a 0 i)^-1 *: w i) = ga / g k.
  move=> ai; split; first by rewrite -scalemxAl row_equation scalerA mulVf // scale1r.
  have P := paid i; rewrite col_sq in P.
  have -> : sq ((a 0 i)^-1 *: w i) = (a 0 i)^-1 ^+ 2 * (ga * a 0 i ^+ 2 / g k).
    by rewrite sqZ P [g k * _]mulrC mulfK // gt_eqF.
  by rewrite mulrA [_ * (ga * _)]mulrCA -exprMn mulVf // expr1n mulr1.
have [Ej Nj] := scaled j aj; have [E0 N0] := scaled j0 j0P.
have <- := same_rows T_ge0 (g_gt0 k) (sqr_ge0 _) (sqr_ge0 _) (etrans Ej (esym E0))
  (etrans Nj (esym N0)).
by rewrite scalerA mulfV // scale1r.
Qed.

(* What is left is stationary for the row b. *)
Lemma rests_down (b : 'rV[F]_(d k)) : W k = a^T *m b ->
  rests A g s c (al * gain s a) (be * sq a) (g k * sq a) W b.
Proof.
move=> WE V b'; have := rest (put (a^T *m b') V) 0; rewrite /slope_below.
pose W' := line W (put (a^T *m b') V).
have W'E : W' k = (constant a)^T *m (constant b + 'X *: constant b').
  rewrite /W' /line put_at WE mulmxDr -scalemxAr /constant map_trmx -!map_mxM.
  by [].
have -> : constant a + 'X *: constant 0 = constant a by rewrite /constant map_mx0 scaler0 addr0.
rewrite -/W' (loss_down _ _ _ _ _ _ _ W'E).
rewrite gain_constant; have -> : sq (constant a) = (sq a)%:P by rewrite /sq dot_constant.
rewrite -!polyCM derivD derivC addr0 => E; rewrite -[RHS]E; congr (_^`().[0]).
by apply: loss_below_ext => j jk; rewrite /W' /line put_other // ltn_eqF.
Qed.

Lemma all_zero : a = 0 -> forall j, (j <= k)%N -> W j = 0.
Proof.
move=> a0; have := rest W 0; rewrite /slope_below /loss_below a0.
have -> : constant (0 : 'rV[F]_(d k.+1)) + 'X *: constant 0 = 0.
  by rewrite /constant map_mx0 scaler0 addr0.
rewrite !mul0mx mxtrace0 dot0l /sq dot0l !mulr0 mul0rn subr0 !add0r.
rewrite raddf_sum horner_sum (eq_bigr (fun j : 'I_k.+1 => 2 * (g j * sq (W j)))) => [|j _].
  rewrite -mulr_sumr => /eqP; rewrite mulf_eq0 pnatr_eq0 /= psumr_eq0 => [/allP zero j jk|j _].
    have := zero (Ordinal (jk : (j < k.+1)%N)) (mem_index_enum _).
    by rewrite mulf_eq0 gt_eqF //= sq_eq0 => /eqP.
  by rewrite mulr_ge0 ?sq_ge0 // ltW.
rewrite /= derivM derivC mul0r add0r hornerM hornerC dot_rate rate_at start_at.
by rewrite -/(sq (W j)) -mulr2n mulr_natl mulrnAr.
Qed.

Lemma top_balanced : ga *: (a^T *m a) = g k *: (W k *m (W k)^T).
Proof.
have [a0|a_neq0] := eqVneq a 0; first by rewrite (all_zero a0 (leqnn k)) a0 mulmx0 mul0mx !scaler0.
have [b WE] := rank_one a_neq0.
have : ga * sq a = g k * sq (W k).
  rewrite sq_cols -[sq (W k)]sq_trmx [sq (W k)^T]sq_cols !mulr_sumr; apply: eq_bigr => j _.
  by rewrite paid /w -tr_row sq_trmx.
rewrite WE sq_outer mulrCA [RHS]mulrC => /mulIf ->; last by rewrite sq_eq0.
by rewrite trmx_mul trmxK mulmxA -[_ *m b *m _]mulmxA row_sq mul_mx_scalar -scalemxAl scalerA.
Qed.

Lemma step_down : ga *: (a^T *m a) = g k *: (W k *m (W k)^T)
  /\ ((forall j, (j <= k)%N -> W j = 0) \/ exists b : 'rV[F]_(d k), [/\ a != 0, W k = a^T *m b
      & rests A g s c (al * gain s a) (be * sq a) (g k * sq a) W b]).
Proof.
split; first exact: top_balanced.
have [a0|a_neq0] := eqVneq a 0; first by left; apply: all_zero.
by right; have [b WE] := rank_one a_neq0; exists b; split=> //; apply: rests_down.
Qed.

End Step.

(* From the top down. *)
Lemma balanced_below W k (al be ga : F) (a : 'rV[F]_(d k.+1)) :
  0 <= al -> rests A g s c al be ga W a ->
  (forall j, ga * sq (col j a) = g k * sq (row j (W k))) ->
  (forall l, (l < k)%N -> forall i : 'I_(d l.+1), neuron_balanced g W i) ->
  ga *: (a^T *m a) = g k *: (W k *m (W k)^T)
  /\ forall l, (l < k)%N -> matrix_balanced g W l.
Proof.
elim: k al be ga a => [|k IH] al be ga a al_ge0 rest paid pays.
  by have [top _] := step_down al_ge0 rest paid.
have [top [zero|[b [a_neq0 WE rest_b]]]] := step_down al_ge0 rest paid; split=> // l lk.
  by rewrite /matrix_balanced !zero ?(ltnW lk) // mulmx0 mul0mx !scaler0.
have [] := IH _ _ _ b _ rest_b _ (fun l lk => pays l (ltnW lk)).
- by rewrite mulr_ge0 // gain_ge0.
- move=> j; have := pays k (ltnSn k) j; rewrite /neuron_balanced => <-.
  by rewrite WE col_mul sq_outer mulrA.
move=> top_b below; move: lk; rewrite ltnS leq_eqVlt => /orP [/eqP ->|]; last exact: below.
rewrite /matrix_balanced -top_b WE trmx_mul trmxK mulmxA -[_ *m a *m _]mulmxA row_sq.
by rewrite mul_mx_scalar -scalemxAl scalerA.
Qed.

End OneOutput.

Lemma loss_top (R : comRingType) (d : nat -> nat) (D : nat) (A : 'M[R]_(d 0%N))
    (c : 'M[R]_(d D.+1, d 0%N))
    (g : nat -> R) (s : R) (W : network R d) :
  regularised_loss A c g s W = loss_below A g s c 1 1 (g D) W (W D).
Proof.
rewrite /regularised_loss /loss_below /total_decay big_ord_recr /= !mul1r mulr_natl.
by rewrite [X in _ + X = _]addrC addrA.
Qed.

Lemma balanced_rows (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (g : nat -> F) (s : F)
    (q : nat) (c : 'M[F]_(q, d 0%N)) (W : network F d) (k : nat) (al be ga : F)
    (a : 'M[F]_(q, d k.+1)) :
  q = 1%N -> A^T = A -> (forall x : 'cV_(d 0%N), 0 <= dot x (A *m x)) ->
  (forall k, 0 < g k) -> 0 <= s -> 0 <= al -> rests A g s c al be ga W a ->
  (forall j, ga * sq (col j a) = g k * sq (row j (W k))) ->
  (forall l, (l < k)%N -> forall i : 'I_(d l.+1), neuron_balanced g W i) ->
  ga *: (a^T *m a) = g k *: (W k *m (W k)^T)
  /\ forall l, (l < k)%N -> matrix_balanced g W l.
Proof.
move=> q1 A_sym A_ge0 g_gt0 s_ge0 al_ge0 rest paid pays; subst q.
exact: (balanced_below A_sym A_ge0 g_gt0 s_ge0 al_ge0 rest paid pays).
Qed.
