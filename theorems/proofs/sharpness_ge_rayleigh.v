(* C1.  At y = w* the path of F6 starts with a_2 >= a and carries a|w*|² on; no direction gains more
   than Λ (a|w*|²)^(L-1), and AM-GM makes a sum of that.  Aligned layers along a top eigenvector are
   a path of U1 in common eigenvectors. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions quantities lemmas layers sharpness_ge_of_minimizer.
From Proofs Require minimal_sharpness_eq_gain.
From Proofs.statements Require sharpness_ge_rayleigh minimal_sharpness_eq_gain.
Import Order.TTheory GRing.Theory Num.Theory.
Import statements.sharpness_ge_rayleigh.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Module U1 := Proofs.minimal_sharpness_eq_gain.

Lemma one_row (F : realFieldType) n p (u : 'cV[F]_n) (A B : 'M[F]_(n, p)) :
  n = 1%N -> dot (A^T *m u) (B^T *m u) = sq u * dot A B.
Proof.
move=> n1; subst n; rewrite (mx11_scalar u) !mul_mx_scalar dotZl dotZr.
have -> : dot A^T B^T = dot A B by rewrite dotE trmxK mxtrace_mulC -dotE dotC.
by rewrite -[(u 0 0)%:M]scalemx1 sqZ /sq (dotE 1%:M) trmx1 mulmx1 mxtrace1 mulr1 mulrA.
Qed.

Section Rayleigh.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)).
Let e := dot T (T *m moment X).

Lemma moment_sym : (moment X)^T = moment X.
Proof. by rewrite /moment linearZ /= trmx_mul trmxK. Qed.

Lemma eE : e = m%:R^-1 * sq (T *m X).
Proof. by rewrite /e /moment -scalemxAr dotZr mulmxA dot_mulr trmxK. Qed.

Lemma e_ge0 : 0 <= e.
Proof. by rewrite eE mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0. Qed.

Lemma e_eq0 : e = 0 -> T *m moment X = 0.
Proof.
rewrite eE => /eqP; rewrite mulf_eq0 /moment -scalemxAr mulmxA sq_eq0.
by case/orP=> [/eqP ->|/eqP ->]; rewrite ?scale0r // mul0mx scaler0.
Qed.

Lemma rayleigh_ge0 : 0 <= rayleigh X T.
Proof. by rewrite divr_ge0 ?e_ge0 ?sq_ge0. Qed.

Lemma rayleighE : rayleigh X T * sq T = e.
Proof.
rewrite /rayleigh -/e; have [T0|T_neq0] := eqVneq T 0; last by rewrite mulfVK // sq_eq0.
by rewrite /e T0 /sq !dot0l !mulr0.
Qed.

Lemma tiltE : rayleigh2 X T = rayleigh X T + tilt X T.
Proof.
rewrite /tilt /rayleigh2 -/e; have [e0|e_neq0] := eqVneq e 0.
  by rewrite e0 /rayleigh -/e e0 mul0r invr0 !mulr0 addr0.
rewrite sqB sqZ dotZr [dot (T *m _) T]dotC -/e expr2 -mulrA rayleighE.
have regroup (x z : F) : x - z *+ 2 + z = x - z by ring.
by rewrite regroup mulrBl mulfK // addrC subrK.
Qed.

Lemma rayleigh_le2 : rayleigh X T <= rayleigh2 X T.
Proof. by rewrite tiltE ler_addl divr_ge0 ?sq_ge0 ?e_ge0. Qed.

Variable u : 'cV[F]_(d L).
Hypothesis (reg : regressor X Y T) (u_neq0 : u != 0).
Let y := T^T *m u.

Lemma momentE : moment X *m y = (T *m moment X)^T *m u.
Proof. by rewrite trmx_mul moment_sym mulmxA. Qed.

Lemma startE : path_ends X y = rayleigh2 X T.
Proof.
have [one _] := reg; have u0 : sq u != 0 by rewrite sq_eq0.
rewrite /path_ends momentE /sq !(one_row _ _ _ one) -mulf_div.
by rewrite divff ?mul1r.
Qed.

Lemma pairE : pairing X Y u y = rayleigh X T * sq T.
Proof.
have [one TE] := reg; have u0 : sq u != 0 by rewrite sq_eq0.
rewrite rayleighE /pairing momentE dot_mull -TE !(one_row _ _ _ one) (dotC _ T) -/e.
have [->|e_neq0] := eqVneq e 0; first by rewrite !mulr0 expr0n mul0r.
have -> : (sq u * e) ^+ 2 = e * (sq u * (sq u * e)) by ring.
by rewrite mulfK // !mulf_neq0.
Qed.

Lemma seen : T *m moment X != 0 -> moment X *m y != 0.
Proof.
have [one _] := reg; rewrite momentE -!sq_eq0 => ?.
by rewrite /sq (one_row _ _ _ one) mulf_neq0 // sq_eq0.
Qed.

(* C1's bound without its root. *)
Lemma rayleigh_power r : (0 < L)%N -> is_root L (sq T ^+ L.-1) r ->
  (rayleigh X T * r) ^+ L <= rayleigh2 X T * (rayleigh X T * sq T) ^+ L.-1.
Proof.
move=> L_gt0 [r_ge0 rE]; have le2 := rayleigh_le2; have a_ge0 := rayleigh_ge0.
have s_ge0 := sq_ge0 T; rewrite exprMn rE.
move: (rayleigh X T) (rayleigh2 X T) (sq T) => a b s in le2 a_ge0 s_ge0 *.
rewrite [in leRHS]exprMn -{1}(prednK L_gt0) exprS -mulrA.
by rewrite ler_wpmul2r // mulr_ge0 ?exprn_ge0.
Qed.

End Rayleigh.

Theorem start : statements.sharpness_ge_rayleigh.start.
Proof. by move=> F d L m X Y T u reg u_neq0; apply: (startE reg). Qed.

Theorem pair : statements.sharpness_ge_rayleigh.pair.
Proof. by move=> F d L m X Y T u reg u_neq0; apply: pairE. Qed.

Theorem tilted : statements.sharpness_ge_rayleigh.tilted.
Proof. by move=> F d L m X Y T reg; apply: tiltE. Qed.

Theorem least : statements.sharpness_ge_rayleigh.least.
Proof. by move=> F d L m X Y T W S_min S L_gt0 d_gt0 reg; apply: U1.least. Qed.

Lemma ones_neq0 (F : realFieldType) n : (0 < n)%N -> const_mx 1 != 0 :> 'cV[F]_n.
Proof.
move=> n_gt0; apply/eqP => /matrixP /(_ (Ordinal n_gt0) 0).
by rewrite !mxE => /eqP; rewrite oner_eq0.
Qed.

Theorem along : statements.sharpness_ge_rayleigh.along.
Proof.
move=> F d L m X Y T S_min r L_gt0 d_gt0 reg [G [r0 [[below _] [r0_ge0 r0E] ->]]] [r_ge0 rE].
rewrite ler_pmul2l ?mulr_gt0 ?ltr0n // -(@ler_pexpn2r _ L) ?nnegrE // r0E rE.
have [T0|T_neq0] := eqVneq (T *m moment X) 0.
  by rewrite /rayleigh2 T0 /sq dot0r !mul0r -r0E exprn_ge0.
have u_neq0 := ones_neq0 F (d_gt0 L).
rewrite -(startE reg u_neq0) -(pairE reg u_neq0); apply: below => //; exact: (seen reg u_neq0).
Qed.

Theorem flattest : statements.sharpness_ge_rayleigh.flattest.
Proof.
move=> F d L m X Y T S_min r L_gt0 d_gt0 reg [G [r0 [[below _] [r0_ge0 r0E] ->]]] root.
have [r_ge0 _] := root.
rewrite -[leLHS]mulrA ler_pmul2l ?mulr_gt0 ?ltr0n //.
have ar_ge0 : 0 <= rayleigh X T * r := mulr_ge0 (rayleigh_ge0 X T) r_ge0.
rewrite -(@ler_pexpn2r _ L) ?nnegrE // r0E.
have [T0|T_neq0] := eqVneq (T *m moment X) 0.
  by rewrite /rayleigh T0 dot0r !mul0r expr0n gtn_eqF // -r0E exprn_ge0.
have u_neq0 := ones_neq0 F (d_gt0 L).
apply: le_trans (rayleigh_power X L_gt0 root) _.
rewrite -(startE reg u_neq0) -(pairE reg u_neq0); apply: below => //; exact: (seen reg u_neq0).
Qed.

Theorem lower : statements.sharpness_ge_rayleigh.lower.
Proof.
move=> F d L m X Y T W S r L_gt0 d_gt0 reg fits bound root; have [r_ge0 _] := root.
have S_ge0 := sharpness_ge0 L_gt0 d_gt0 fits bound.
rewrite -[leLHS]mulrA; have root' : is_root L ((rayleigh X T * r) ^+ L) (rayleigh X T * r).
  by split=> //; apply: mulr_ge0 (rayleigh_ge0 X T) r_ge0.
apply: (root_le L_gt0 S_ge0 root').
have [T0|T_neq0] := eqVneq (T *m moment X) 0.
  by rewrite /rayleigh T0 dot0r !mul0r expr0n gtn_eqF // exprn_ge0 // divr_ge0 ?mulr_ge0 ?ler0n.
have u_neq0 := ones_neq0 F (d_gt0 L).
apply: le_trans (rayleigh_power X L_gt0 root) _.
rewrite -(startE reg u_neq0) -(pairE reg u_neq0).
exact: path_power L_gt0 d_gt0 u_neq0 (seen reg u_neq0 T_neq0) fits bound.
Qed.

(* --- from above --------------------------------------------------------------------------- *)
Section Above.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (T : 'M[F]_(d L, d 0%N)).
Hypothesis reg : regressor X Y T.

Lemma pairing_le_e u y : u != 0 -> moment X *m y != 0 ->
  pairing X Y u y <= rayleigh X T * sq T.
Proof.
move=> u_neq0 y_neq0; have y_gt0 := moment_gt0 y_neq0; have u_gt0 : 0 < sq u by rewrite sq_gt0.
have [one TE] := reg; rewrite rayleighE /pairing ler_pdivr_mulr ?mulr_gt0 //.
have uE : dot (T^T *m u) (moment X *m (T^T *m u)) = sq u * dot T (T *m moment X).
  by rewrite momentE (one_row _ _ _ one).
have -> : dot u (cross X Y *m y) = m%:R^-1 * dot (X^T *m (T^T *m u)) (X^T *m y).
  by rewrite -TE -mulmxA dot_mull /moment -scalemxAl dotZr -(mulmxA X) [in LHS]dot_mull.
have regroup (e k q : F) : e * (k * q) = k * e * q by ring.
rewrite regroup -uE !moment_ge0 exprMn [leRHS]mulrACA -expr2 ler_wpmul2l ?sqr_ge0 //.
exact: cauchy_schwarz.
Qed.

Lemma rayleigh_le_top top : (forall v : 'cV_(d 0%N), dot v (moment X *m v) <= top * sq v) ->
  0 <= top -> rayleigh X T <= top.
Proof.
move=> largest top_ge0; have [T0|T_neq0] := eqVneq T 0; first by rewrite /rayleigh T0 dot0l mul0r.
by rewrite ler_pdivr_mulr ?sq_gt0 // eE; apply: moment_le.
Qed.

(* Λ a^(L-1) <= ((Λ + (L-1)a)/L)^L. *)
Lemma mean_two n (top a : F) : 0 <= top -> 0 <= a ->
  top * a ^+ n <= ((top + n%:R * a) / n.+1%:R) ^+ n.+1.
Proof.
move=> top_ge0 a_ge0; pose be k := if k is _.+1 then a else top.
have := @path_bound F n (fun=> 1) be a (fun=> ler01) _ (erefl _) a_ge0.
rewrite big_ord_recl /= mul1r (eq_bigr (fun=> a)) => [|k _]; last by rewrite ?mul1r.
rewrite sumr_const card_ord mulr_natl mul1r.
by apply=> [[|k]|k _] /=.
Qed.

Lemma upper_rate (top r r0 : F) : (0 < L)%N -> 0 <= r0 -> 0 <= top ->
  (forall v : 'cV_(d 0%N), dot v (moment X *m v) <= top * sq v) ->
  is_root L (sq T ^+ L.-1) r ->
  r0 ^+ L <= top * (rayleigh X T * sq T) ^+ L.-1 -> 
  L%:R * r0 <= r * (top + L.-1%:R * rayleigh X T).
Proof.
move=> L_gt0 r0_ge0 top_ge0 largest [r_ge0 rE] le.
have a_ge0 := rayleigh_ge0 X T.
rewrite mulrC -ler_pdivl_mulr ?ltr0n // -mulrA.
have sum_ge0 : 0 <= (top + L.-1%:R * rayleigh X T) / L%:R.
  by rewrite divr_ge0 ?ler0n // addr_ge0 // mulr_ge0 ?ler0n.
rewrite -(@ler_pexpn2r _ L) ?nnegrE ?(mulr_ge0 r_ge0 sum_ge0) //.
apply: le_trans le _; rewrite (exprMn _ r) rE exprMn mulrA [leLHS]mulrC.
rewrite ler_wpmul2l ?exprn_ge0 ?sq_ge0 //.
by have := mean_two L.-1 top_ge0 a_ge0; rewrite prednK.
Qed.

End Above.

Theorem upper : statements.sharpness_ge_rayleigh.upper.
Proof.
move=> F d L m X Y T S_min top r t L_gt0 d_gt0 reg [G [r0 [[_ gain] root0 ->]]].
have [u [y [u_neq0 y_neq0 GE]]] := gain; move=> [largest [v [v_neq0 vE]]] root [t_ge0 tE]; have [r_ge0 _] := root.
have [r0_ge0 r0E] := root0.
have top_ge0 : 0 <= top.
  have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
  by rewrite -(pmulr_lge0 _ v_gt0) -vE moment_ge0 mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0.
have a_ge0 := rayleigh_ge0 X T; have a_le := rayleigh_le_top T largest top_ge0.
have power : r0 ^+ L <= top * (rayleigh X T * sq T) ^+ L.-1.
  rewrite r0E -GE ler_pmul ?U1.path_ends_ge0 ?exprn_ge0 ?U1.pairing_ge0 ?U1.ends_le //.
  apply: ler_expn2r; rewrite ?nnegrE ?U1.pairing_ge0 ?(mulr_ge0 a_ge0 (sq_ge0 T)) //.
  exact: (pairing_le_e reg).
have rate := upper_rate L_gt0 r0_ge0 top_ge0 largest root power.
rewrite -!mulrA ler_pmul2l ?ltr0n //; apply: le_trans rate _; rewrite ler_wpmul2l //.
have sum_ge0 : 0 <= top + L.-1%:R * rayleigh X T.
  by rewrite (addr_ge0 top_ge0) // (mulr_ge0 (ler0n _ _) a_ge0).
rewrite -(@ler_pexpn2r _ 2) ?nnegrE // tE.
have -> : L.-1%:R = L%:R - 1 :> F by rewrite -[in RHS](prednK L_gt0) -addn1 natrD addrK.
have l_ge0 : 0 <= L%:R - 1 :> F by rewrite subr_ge0 ler1n.
move: (rayleigh X T) (L%:R : F) a_ge0 a_le l_ge0 => a l a_ge0 a_le l_ge0.
rewrite -subr_ge0.
have -> : (2 * l - 1) * top ^+ 2 + (l - 1) ^+ 2 * a ^+ 2 - (top + (l - 1) * a) ^+ 2 =
  2 * (l - 1) * (top * (top - a)) by ring.
by apply: mulr_ge0; apply: mulr_ge0; rewrite ?ler0n // subr_ge0.
Qed.

(* --- attained ----------------------------------------------------------------------------- *)
Section Attained.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d).
Variables (g top : F) (q : forall k, 'cV[F]_(d k)).
Hypothesis (L_gt0 : (0 < L)%N) (aligned : aligned_on_top X W g top q).

Lemma aligned_map k : prefix W k.+1 = g ^+ k.+1 *: (q k.+1 *m (q 0%N)^T).
Proof.
have [_ unit WE _ _] := aligned; elim: k => [|k IH].
  by rewrite /= WE mulmx1.
rewrite -[LHS]/(W k.+1 *m prefix W k.+1) IH WE -scalemxAl -scalemxAr scalerA -exprS.
rewrite mulmxA -(mulmxA (q k.+2)) -[(q k.+1)^T *m _]/(_) [(q k.+1)^T *m q k.+1]mx11_scalar.
have -> : ((q k.+1)^T *m q k.+1) 0 0 = 1.
  by rewrite -(unit k.+1) /sq dotE /mxtrace big_ord1.
by rewrite mulmx1.
Qed.

Lemma aligned_sq : sq (prefix W L) = (g ^+ 2) ^+ L.
Proof.
have [_ unit _ _ _] := aligned; rewrite -(prednK L_gt0) aligned_map sqZ sq_rank1 !unit !mulr1.
by rewrite exprAC.
Qed.

Lemma aligned_rayleigh : rayleigh X (prefix W L) = top.
Proof.
have [g_neq0 unit _ eigen _] := aligned.
have -> : rayleigh X (prefix W L) = dot (prefix W L) (top *: prefix W L) / sq (prefix W L).
  rewrite /rayleigh; congr (dot _ _ / _); rewrite -(prednK L_gt0) aligned_map.
  rewrite -scalemxAl scalerA mulrC -scalerA; congr (_ *: _); rewrite scalemxAr -mulmxA.
  congr (_ *m _); rewrite -[LHS]trmxK trmx_mul trmxK (moment_sym X) eigen.
  by rewrite linearZ.
by rewrite dotZr -/(sq _) mulfK // aligned_sq !expf_neq0.
Qed.

Lemma aligned_root r : is_root L (sq (prefix W L) ^+ L.-1) r -> r = (g ^+ 2) ^+ L.-1.
Proof.
move=> root; apply: (root_unique L_gt0 root); split; first exact: exprn_ge0 (sqr_ge0 _).
by rewrite aligned_sq exprAC.
Qed.

Lemma aligned_below k (x : 'cV_(d k)) : sq (W k *m x) <= g ^+ 2 * sq x.
Proof.
have [_ unit -> _ _] := aligned; rewrite -scalemxAl sqZ ler_wpmul2l ?sqr_ge0 //.
rewrite -mulmxA [(q k)^T *m x]mx11_scalar mul_mx_scalar sqZ unit mulr1.
have -> : ((q k)^T *m x) 0 0 = dot (q k) x by rewrite dotE /mxtrace big_ord1.
by apply: le_trans (cauchy_schwarz _ _) _; rewrite unit mul1r.
Qed.

End Attained.

Theorem lower_attained : statements.sharpness_ge_rayleigh.lower_attained.
Proof.
move=> F d L m X Y W g top r q T L_gt0 [_ fits] aligned root.
rewrite (aligned_rayleigh L_gt0 aligned) (aligned_root L_gt0 aligned root).
have [g_neq0 unit WE eigen largest] := aligned.
have one k : (q k)^T *m q k = 1%:M.
  rewrite [LHS]mx11_scalar; congr (_%:M).
  by rewrite -(unit k) /sq dotE /mxtrace big_ord1.
apply: (@sharpness_path F d L m X Y W q g top 1) => //.
- exact: oner_neq0.
- by move=> k kL; rewrite WE -scalemxAl -mulmxA one mulmx1.
- move=> k kL; rewrite WE [(_ *: _)^T]linearZ /= -scalemxAl trmx_mul trmxK -mulmxA one.
  by rewrite mulmx1.
- by move=> k kL x; apply: (aligned_below aligned).
Qed.

Theorem upper_attained : statements.sharpness_ge_rayleigh.upper_attained.
Proof.
move=> F d L m X Y W g top r t q T L_gt0 [one TE] aligned top_neq0 root root_t.
have rE := aligned_root L_gt0 aligned root; have aE := aligned_rayleigh L_gt0 aligned.
have sE := aligned_sq L_gt0 aligned; have [g_neq0 unit WE eigen largest] := aligned.
have top_ge0 : 0 <= top.
  have -> : top = dot (q 0%N) (moment X *m q 0%N) by rewrite eigen dotZr -/(sq _) unit mulr1.
  exact: data_form_ge0.
have tE : t = L%:R * top.
  apply: (root_unique (isT : (0 < 2)%N) root_t); split; first by rewrite mulr_ge0 ?ler0n.
  rewrite aE; ring.
exists (top * (top * (g ^+ 2) ^+ L) ^+ L.-1), (top * r); split; last by rewrite tE; ring.
- apply/U1.gainE; first by rewrite one.
  apply: (@U1.path_max_gain F d L m X Y T top _ (q 0%N)) => //.
  + by rewrite -sq_eq0 unit oner_neq0.
  + rewrite /T -(prednK L_gt0) (aligned_map aligned) -scalemxAl sqZ -mulmxA.
    have -> : (q 0%N)^T *m q 0%N = 1%:M.
      by rewrite [LHS]mx11_scalar; congr (_%:M); rewrite -(unit 0%N) /sq dotE /mxtrace big_ord1.
    by rewrite mulmx1 !unit !mulr1 exprAC.
  + by apply: (@prefix_below F d L W g) => // k _ x; apply: (aligned_below aligned).
- split; first by have [? _] := root; rewrite mulr_ge0.
  have rootE (x s : F) : (x * s ^+ L.-1) ^+ L = x * (x * s ^+ L) ^+ L.-1.
    by rewrite !exprMn mulrA -exprS prednK // exprAC.
  by rewrite rE rootE.
Qed.

(* --- false twins -------------------------------------------------------------------------- *)

(* Two layers of one neuron with weights 2: w* = 4, a = 1 and S = 16 < 64. *)
Theorem square_of_norm_false : ~ statements.sharpness_ge_rayleigh.square_of_norm.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose y : 'M[rat]_1 := (2 ^+ 2)%:M; pose d (_ : nat) := 1%N.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 2 1 one y = (1 * 2 ^+ 2)%:M.
  by rewrite /cross invr1 scale1r trmx1 mulmx1 mul1r.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 2)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
have reg : @regressor _ d 2 1 one y y by split; rewrite // moment1 mulmx1 cross1 mul1r.
have sqE : sq y = 16 by rewrite /sq dotE tr_scalar_mx -scalar_mxM mxtrace_scalar mulr1n.
have aE : @rayleigh _ d 1 one 1 y = 1.
  by rewrite /rayleigh moment1 mulmx1 -/(sq y) divff // sqE.
move=> /(_ _ d 2%N 1%N one y y (scalar_network 1 2) _ isT (fun=> isT) reg fits bound).
by rewrite aE sqE.
Qed.
