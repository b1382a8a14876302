(* U1.  The lower bound is F6 in the best direction.  Upper bounds: the largest eigenvalue of JJᵀ is
   that of JᵀJ (sharpness_dual), and for the attaining family JJᵀ is the sum of two blocks.  In
   common eigenvectors the family has one path that no direction exceeds. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions lemmas sharpness_ge_of_minimizer.
From Proofs.statements Require minimal_sharpness_eq_gain.
Import Order.TTheory GRing.Theory Num.Theory.
Import statements.minimal_sharpness_eq_gain.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- the gain ----------------------------------------------------------------------------- *)
Section Gain.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)).
Implicit Types (y : 'cV[F]_(d 0%N)) (u : 'cV[F]_(d L)).

Lemma path_ends_ge0 y : 0 <= path_ends X y.
Proof. by rewrite divr_ge0 ?sq_ge0 // moment_ge0 mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0. Qed.

Lemma image_ge0 y : 0 <= image X Y y.
Proof. by rewrite divr_ge0 ?sq_ge0 // moment_ge0 mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0. Qed.

Lemma pairing_le u y : u != 0 -> moment X *m y != 0 -> pairing X Y u y <= image X Y y.
Proof.
move=> u_neq0 y_neq0; have q_gt0 := moment_gt0 y_neq0; have u_gt0 : 0 < sq u by rewrite sq_gt0.
rewrite /pairing /image invfM mulrA ler_wpmul2r ?invr_ge0 ?(ltW q_gt0) //.
by rewrite ler_pdivr_mulr // mulrC cauchy_schwarz.
Qed.

Lemma pairing_ge0 u y : 0 <= pairing X Y u y.
Proof.
rewrite divr_ge0 ?sqr_ge0 ?mulr_ge0 ?sq_ge0 // moment_ge0.
by rewrite mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0.
Qed.

Lemma path_gain_le u y : u != 0 -> moment X *m y != 0 ->
  path_gain X Y u y <= path_ends X y * image X Y y ^+ L.-1.
Proof.
move=> u_neq0 y_neq0; rewrite ler_wpmul2l ?path_ends_ge0 //.
have := pairing_le u_neq0 y_neq0; have := pairing_ge0 u y; have := image_ge0 y.
by move=> i0 p0 pi; rewrite ler_expn2r ?nnegrE.
Qed.

Lemma path_gain_best y : (0 < d L)%N ->
  exists u, u != 0 /\ path_gain X Y u y = path_ends X y * image X Y y ^+ L.-1.
Proof.
move=> d_gt0; have [u [u_neq0 uE]] := best_output X Y y d_gt0.
by exists u; rewrite /path_gain uE.
Qed.

(* No more is gained in two directions than in one. *)
Lemma gainE G : (0 < d L)%N -> is_gain X Y G <-> is_max_gain X Y G.
Proof.
move=> d_gt0; split=> [[below [u [y [u_neq0 y_neq0 top]]]]|[below [y [y_neq0 top]]]].
- have most z : moment X *m z != 0 -> path_ends X z * image X Y z ^+ L.-1 <= G.
    by move=> z_neq0; have [v [v_neq0 <-]] := path_gain_best z d_gt0; apply: below.
  split=> //; exists y; split=> //; apply/eqP; rewrite eq_le most //= -top.
  exact: path_gain_le.
- split=> [u z u_neq0 z_neq0|]; first exact: le_trans (path_gain_le _ _) (below _ _).
  by have [u [u_neq0 uE]] := path_gain_best y d_gt0; exists u, y; rewrite uE.
Qed.

Lemma max_gain_unique G H : is_max_gain X Y G -> is_max_gain X Y H -> G = H.
Proof.
move=> [below [y [y_neq0 top]]] [below' [z [z_neq0 top']]]; apply/eqP; rewrite eq_le.
by rewrite -{1}top -{2}top' below // below'.
Qed.

Lemma ends_le (p : F) y : (forall v : 'cV_(d 0%N), dot v (moment X *m v) <= p * sq v) ->
  moment X *m y != 0 -> path_ends X y <= p.
Proof.
move=> top y_neq0; have y_gt0 := moment_gt0 y_neq0.
rewrite /path_ends ler_pdivr_mulr //; set z := moment X *m y.
have z_gt0 : 0 < sq z by rewrite sq_gt0.
rewrite -(ler_pmul2l z_gt0) -expr2.
have zE : sq z = m%:R^-1 * dot (X^T *m z) (X^T *m y).
  by rewrite {1}/sq {2}/z /moment -scalemxAl dotZr -mulmxA dot_mull.
have i_ge0 : 0 <= m%:R^-1 :> F by rewrite invr_ge0 ler0n.
rewrite {1}zE exprMn; apply: le_trans (ler_wpmul2l (sqr_ge0 _) (cauchy_schwarz _ _)) _.
rewrite expr2 mulrACA -!moment_ge0 [leRHS]mulrA ler_wpmul2r ?(ltW y_gt0) //.
by rewrite [leRHS]mulrC.
Qed.

(* Where Σ and PᵀP have a top eigenvector in common, it is the maximizer. *)
Lemma path_max_gain (P : 'M[F]_(d L, d 0%N)) (p s : F) (q : 'cV[F]_(d 0%N)) :
  P *m moment X = cross X Y -> q != 0 -> p != 0 ->
  moment X *m q = p *: q -> (forall v : 'cV_(d 0%N), dot v (moment X *m v) <= p * sq v) ->
  sq (P *m q) = s * sq q -> (forall v : 'cV_(d 0%N), sq (P *m v) <= s * sq v) ->
  is_max_gain X Y (p * (p * s) ^+ L.-1).
Proof.
move=> PE q_neq0 p_neq0 eigen top Pq below.
have q_gt0 : 0 < sq q by rewrite sq_gt0.
have s_ge0 : 0 <= s by rewrite -(pmulr_lge0 _ q_gt0) -Pq sq_ge0.
have qE : dot q (moment X *m q) = p * sq q by rewrite eigen dotZr.
have p_ge0 : 0 <= p.
  by rewrite -(pmulr_lge0 _ q_gt0) -qE moment_ge0 mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0.
split=> [y y_neq0|]; last first.
  exists q; split; first by rewrite eigen scaler_eq0 negb_or p_neq0.
  rewrite /path_ends /image qE -PE -mulmxA eigen -scalemxAr !sqZ Pq.
  have pq_neq0 : p * sq q != 0 by rewrite mulf_neq0 // gt_eqF.
  have -> : p ^+ 2 * (s * sq q) = p * s * (p * sq q) by ring.
  by rewrite expr2 -(mulrA p p) !mulfK.
have y_gt0 := moment_gt0 y_neq0.
have ends := ends_le top y_neq0.
have image_le : image X Y y <= p * s.
  rewrite /image -PE -mulmxA ler_pdivr_mulr // [p * s]mulrC -mulrA.
  apply: le_trans (below _) _; rewrite ler_wpmul2l //.
  by rewrite -ler_pdivr_mulr.
rewrite ler_pmul ?path_ends_ge0 ?exprn_ge0 ?image_ge0 //.
by rewrite ler_expn2r ?nnegrE ?image_ge0 // mulr_ge0.
Qed.

End Gain.

Theorem lower : statements.minimal_sharpness_eq_gain.lower.
Proof.
move=> F d L m X Y W G r S L_gt0 d_gt0 fits bound [_ [y [y_neq0 <-]]] root.
have [u [u_neq0 uE]] := path_gain_best X Y y (d_gt0 L).
apply: (root_le L_gt0 (sharpness_ge0 L_gt0 d_gt0 fits bound) root).
by rewrite -uE; apply: path_power u_neq0 y_neq0 fits bound.
Qed.

Theorem least : statements.minimal_sharpness_eq_gain.least.
Proof.
move=> F d L m X Y W S_min S L_gt0 d_gt0 fits bound [G [r [gain root ->]]].
by apply: lower fits bound _ root => //; apply/gainE.
Qed.

Theorem whitened : statements.minimal_sharpness_eq_gain.whitened.
Proof.
move=> F d L m X Y s r L_gt0 d_gt0 white [below [v [v_neq0 top]]] root.
have gain : is_max_gain X Y (s ^+ L.-1).
  rewrite -[s ^+ _]mul1r -[s]mul1r; apply: (@path_max_gain F d L m X Y (cross X Y) 1 s v) => //.
  - by rewrite white mulmx1.
  - by rewrite -sq_eq0.
  - exact: oner_neq0.
  - by rewrite white mul1mx scale1r.
  - by move=> w; rewrite white mul1mx mul1r.
split=> // S; split=> [[G [r' [gain' root' ->]]]|->].
  move/gainE: gain' => /(_ d_gt0) gain'; rewrite (max_gain_unique gain' gain) in root'.
  by rewrite (root_unique L_gt0 root root').
by exists (s ^+ L.-1), r; split=> //; apply/gainE.
Qed.

(* --- JᵀJ and JJᵀ -------------------------------------------------------------------------- *)
Section Dual.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

(* JᵀU for the linear map J that takes V to the derivative of PX along V. *)
Definition adjoint (U : 'M[F]_(d L, m)) : network F d :=
  fun k => (suffix L W k.+1)^T *m U *m (prefix W k *m X)^T.

Lemma adjointE U V : dot U (dprefix W V L *m X) = \sum_(k < L) dot (adjoint U k) (V k).
Proof.
rewrite dprefixE mulmx_suml dot_sumr; apply: eq_bigr => k _.
by rewrite -(mulmxA _ _ X) -(mulmxA _ (V k)) dot_mull dot_mulr.
Qed.

Lemma energy_cauchy_schwarz (V V' : network F d) :
  (\sum_(k < L) dot (V k) (V' k)) ^+ 2 <= energy L V * energy L V'.
Proof.
have [V0|V_neq0] := eqVneq (energy L V') 0.
  have zero k : (k < L)%N -> V' k = 0.
    move=> kL; apply/eqP; rewrite -sq_eq0; move/eqP: V0.
    rewrite psumr_eq0 => [|j _]; last exact: sq_ge0.
    by move=> /allP /(_ (Ordinal kL) (mem_index_enum _)).
  by rewrite V0 mulr0 big1 ?expr0n //= => k _; rewrite zero ?dot0r.
have V_gt0 : 0 < energy L V' by rewrite lt_def V_neq0 energy_ge0.
have : 0 <= energy L (fun k => energy L V' *: V k - (\sum_(j < L) dot (V j) (V' j)) *: V' k).
  exact: energy_ge0.
move: V_gt0; set D := \sum_(j < L) _; set b := energy L V'; set a := energy L V => b_gt0.
have DE : \sum_(k < L) dot (V k) (V' k) = D by []; clearbody D.
have -> : energy L (fun k => b *: V k - D *: V' k) = b * (a * b - D ^+ 2).
  have -> : b * (a * b - D ^+ 2) = b ^+ 2 * a - b * D * D *+ 2 + D ^+ 2 * b by ring.
  rewrite -{3}DE {4}/b /a /energy !mulr_sumr -sumrMnl -sumrB -big_split /=.
  apply: eq_bigr => k _; by rewrite sqB !sqZ dotZl dotZr mulrA.
by rewrite pmulr_rge0 // subr_ge0.
Qed.

(* Where l is the largest eigenvalue of JJᵀ/m, the sharpness is 2l. *)
Lemma sharpness_dual (l : F) : minimizer X Y W ->
  (forall U, m%:R^-1 * energy L (adjoint U) <= l * sq U) ->
  (exists U, l * sq U != 0 /\ m%:R^-1 * energy L (adjoint U) = l * sq U) ->
  is_sharpness X Y W (2 * l).
Proof.
move=> fits below [U [U_neq0 top]].
have i_ge0 : 0 <= m%:R^-1 :> F by rewrite invr_ge0 ler0n.
have lU_gt0 : 0 < l * sq U by rewrite lt_def U_neq0 -top mulr_ge0 ?energy_ge0.
have l_gt0 : 0 < l.
  rewrite -(pmulr_lgt0 _ (_ : 0 < sq U)) // lt_def sq_ge0 andbT.
  by apply: contraNneq U_neq0 => ->; rewrite mulr0.
have i_gt0 : 0 < m%:R^-1 :> F.
  by rewrite lt_def i_ge0 andbT; apply: contraNneq U_neq0 => i0; rewrite -top i0 mul0r.
have bound V : m%:R^-1 * sq (dprefix W V L *m X) <= l * energy L V.
  set Z := dprefix W V L *m X; have [Z0|Z_neq0] := eqVneq (sq Z) 0.
    by rewrite Z0 mulr0 mulr_ge0 ?energy_ge0 ?ltW.
  have Z_gt0 : 0 < sq Z by rewrite lt_def Z_neq0 sq_ge0.
  have := energy_cauchy_schwarz (adjoint Z) V; rewrite -adjointE -/Z -/(sq Z) => cs.
  rewrite -(ler_pmul2r Z_gt0) -mulrA -expr2.
  apply: le_trans (ler_wpmul2l i_ge0 cs) _; rewrite mulrA [leRHS]mulrAC.
  by rewrite ler_wpmul2r ?energy_ge0.
split=> [V|].
  by rewrite (hessian_minimizer _ fits) -[leLHS]mulr_natl -mulrA ler_wpmul2l ?ler0n.
exists (adjoint U); have V_neq0 : energy L (adjoint U) != 0.
  by apply: contraNneq U_neq0 => V0; rewrite -top V0 mulr0.
split=> //; rewrite (hessian_minimizer _ fits) -[LHS]mulr_natl -mulrA; congr (2 * _).
apply/eqP; rewrite eq_le bound /=.
have V_gt0 : 0 < energy L (adjoint U) by rewrite lt_def V_neq0 energy_ge0.
have := cauchy_schwarz U (dprefix W (adjoint U) L *m X).
rewrite adjointE -[\sum_(k < L) _]/(energy L (adjoint U)) => cs.
rewrite -(ler_pmul2r lU_gt0) -{1}top.
have left (i l' a : F) : l' * a * (i * a) = i * l' * a ^+ 2 by ring.
have right (i l' z s : F) : i * z * (l' * s) = i * l' * (s * z) by ring.
by rewrite left [leRHS]right ler_wpmul2l // mulr_ge0 // ltW.
Qed.

End Dual.


(* --- the attaining family ----------------------------------------------------------------- *)
Section Family.
Variables (F : realFieldType) (d : nat -> nat) (L r : nat).
Variables (E : forall k, 'M[F]_(d k, r)) (T' : 'M[F]_(r, d 0%N)) (tau : F).
Hypothesis (tau_neq0 : tau != 0) (iso : forall k, (0 < k <= L)%N -> (E k)^T *m E k = 1%:M).
Let W := attaining_network L E T' tau.

Lemma prefix_family k : (k < L)%N ->
  prefix W k.+1 = (tau ^+ k / tau ^+ L.-1) *: (E k.+1 *m T').
Proof.
elim: k => [|k IH] kL; first by rewrite /= mulmx1 mul1r.
rewrite -[prefix W k.+2]/(W k.+1 *m prefix W k.+1) (IH (ltnW kL)) /= -scalemxAl -scalemxAr scalerA.
rewrite mulmxA -(mulmxA (E k.+2)) iso ?(ltnW kL) // mulmx1 exprS.
by rewrite mulrA.
Qed.

Lemma map_family : (0 < L)%N -> prefix W L = E L *m T'.
Proof.
move=> L_gt0; have := @prefix_family L.-1; rewrite prednK // leqnn => ->; last by [].
by rewrite divff ?scale1r // expf_neq0.
Qed.

Lemma above_family f k : (k.+1 + f = L)%N -> above L W f k.+1 *m E k.+1 = tau ^+ f *: E L.
Proof.
elim: f k => [|f IH] k /=; first by rewrite addn0 => ->; rewrite pid_mx_1 mul1mx scale1r.
move=> kf; have kL : (k.+1 <= L)%N by rewrite -kf leq_addr.
rewrite -mulmxA -scalemxAl -scalemxAr -(mulmxA (E k.+2)) iso // mulmx1 IH; last first.
  by rewrite addSn -addnS.
by rewrite scalerA exprS.
Qed.

Lemma suffix_family k : (k.+1 < L)%N ->
  suffix L W k.+1 = tau ^+ (L - k.+1) *: (E L *m (E k.+1)^T).
Proof.
move=> kL; rewrite suffixS //= -scalemxAr mulmxA {1}/suffix above_family ?subnKC //.
by rewrite -scalemxAl scalerA -exprS subnSK.
Qed.

Lemma gram_suffix k : (k.+1 < L)%N ->
  suffix L W k.+1 *m (suffix L W k.+1)^T = tau ^+ 2 ^+ (L - k.+1) *: (E L *m (E L)^T).
Proof.
move=> kL; rewrite suffix_family // linearZ /= -scalemxAl -scalemxAr scalerA -expr2 exprAC.
rewrite trmx_mul trmxK mulmxA -(mulmxA (E L)) iso ?mulmx1 //=.
exact: ltnW.
Qed.

Lemma gram_prefix k : (k < L)%N ->
  (prefix W k.+1)^T *m prefix W k.+1 = (tau ^+ k / tau ^+ L.-1) ^+ 2 *: (T'^T *m T').
Proof.
move=> kL; rewrite prefix_family // [(_ *: _)^T]linearZ /= -scalemxAl -scalemxAr scalerA -expr2.
by rewrite trmx_mul mulmxA -(mulmxA T'^T) iso ?mulmx1.
Qed.

End Family.

Lemma sum_ends (V : zmodType) (G : nat -> V) L : (1 < L)%N ->
  \sum_(k < L) G k = G 0%N + \sum_(k < L.-2) G k.+1 + G L.-1.
Proof. by case: L => [|[|N]] // _; rewrite big_ord_recr big_ord_recl. Qed.

Theorem family : statements.minimal_sharpness_eq_gain.family.
Proof.
move=> F d L r E T' tau W Pi T L_gt1 tau_neq0 iso Z.
have TT : T^T *m T = T'^T *m T'.
  by rewrite /T trmx_mul mulmxA -(mulmxA T'^T) iso ?mulmx1 // leqnn ltnW.
pose G k := suffix L W k.+1 *m (suffix L W k.+1)^T *m Z *m (prefix W k)^T *m prefix W k.
have first : G 0%N = tau ^+ 2 ^+ L.-1 *: (Pi *m Z).
  by rewrite /G (gram_suffix T' tau iso) // trmx1 !mulmx1 -scalemxAl subn1.
have last : G L.-1 = (tau ^+ 2)^-1 *: (Z *m (T'^T *m T')).
  case: L L_gt1 iso @W @Pi @T Z TT @G first => // -[//|N] _ iso W Pi T Z _ G _.
  rewrite /G suffixn trmx1 !mul1mx -(mulmxA Z) (gram_prefix T' tau iso) //= -scalemxAr.
  by rewrite [tau ^+ N.+1]exprS invfM mulrCA divff ?expf_neq0 // mulr1 exprVn.
have inner k : (k.+2 < L)%N -> G k.+1 = (tau ^+ 2)^-1 *: (Pi *m Z *m (T'^T *m T')).
  move=> kL; rewrite /G -(mulmxA _ _ (prefix W k.+1)) (gram_suffix T' tau iso) //.
  rewrite (gram_prefix T' tau iso); last exact: ltnW (ltnW kL).
  rewrite -!scalemxAl -scalemxAr scalerA; congr (_ *: _).
  have -> : L.-1 = (L - k.+2 + k + 1)%N.
    by rewrite -addnA addn1 -subn1 -[in LHS](subnK (ltnW kL)) addnS subn1.
  move: (L - k.+2)%N => a; rewrite !exprD expr1 [tau ^+ 2 ^+ a]exprAC -exprMn.
  have [x_neq0 y_neq0] := (expf_neq0 a tau_neq0, expf_neq0 k tau_neq0).
  by rewrite mulrA invfM mulrA divff ?mul1r ?exprVn // mulf_neq0.
rewrite -[LHS]/(\sum_(k < L) G k) sum_ends // first last TT.
rewrite (eq_bigr (fun=> (tau ^+ 2)^-1 *: (Pi *m Z *m (T'^T *m T')))) => [|k _]; last first.
  by apply: inner; rewrite -ltn_predRL -ltn_predRL.
rewrite sumr_const card_ord mulmxDr mulmxBl mul1mx mulmxBl mul_mx_scalar -!scalemxAr.
rewrite -scaler_nat scalerA.
move: (Pi *m Z *m _) (Z *m _) (_ *: (Pi *m Z)) => A B D.
have -> : L.-1%:R / tau ^+ 2 = L.-2%:R / tau ^+ 2 + (tau ^+ 2)^-1 :> F.
  have pred : L.-1 = (L.-2 + 1)%N by rewrite addn1 prednK // ltn_predRL.
  by rewrite [in LHS]pred natrD mulrDl mul1r.
by rewrite scalerDl -[RHS]addrA [in RHS]addrACA subrr addr0 addrA.
Qed.

(* --- the dual value ------------------------------------------------------------------------- *)
Section DualForm.
Variables (F : realFieldType) (d : nat -> nat) (m r : nat).
Variables (X : 'M[F]_(d 0%N, m)) (T' : 'M[F]_(r, d 0%N)) (c e l : F).
Hypothesis (c_ge0 : 0 <= c) (e_ge0 : 0 <= e) (l_gt0 : 0 < l).
Let q p (Z : 'M[F]_(p, d 0%N)) : F := c * sq Z + e * sq (Z *m T'^T).
Hypothesis dual_le : forall y : 'cV_(d 0%N),
  c * sq (moment X *m y) + e * sq (T' *m (moment X *m y)) <= l * dot y (moment X *m y).

Let moment_sym : (moment X)^T = moment X.
Proof. by rewrite /moment linearZ /= trmx_mul trmxK. Qed.

Lemma dual_rows p (Z : 'M[F]_(p, d 0%N)) :
  q (Z *m moment X) <= l * (m%:R^-1 * sq (Z *m X)).
Proof.
rewrite /q -(sq_trmx (Z *m moment X)) -(sq_trmx (_ *m T'^T)) -(sq_trmx (Z *m X)).
rewrite !trmx_mul trmxK moment_sym !sq_cols !mulr_sumr -big_split; apply: ler_sum => j _ /=.
by rewrite !col_mul -moment_ge0.
Qed.

(* Σ M Σ <= l Σ for M = c + e T'ᵀT' says XᵀMX/m <= l on the range of Xᵀ, and so everywhere. *)
Lemma dual_form p (U : 'M[F]_(p, m)) : m%:R^-1 * q (U *m X^T) <= l * sq U.
Proof.
have [i0|i_neq0] := eqVneq (m%:R^-1 : F) 0.
  by rewrite i0 mul0r mulr_ge0 ?sq_ge0 ?ltW.
have i_gt0 : 0 < m%:R^-1 :> F by rewrite lt_def i_neq0 invr_ge0 ler0n.
set i := m%:R^-1 in i_neq0 i_gt0 *; set Z := U *m X^T.
pose D := i *: (c *: Z + e *: (Z *m T'^T *m T')); pose P := D *m X; pose V := P *m X^T.
have polar (A : 'M[F]_(p, d 0%N)) : dot A D = i * (c * dot A Z + e * dot (A *m T'^T) (Z *m T'^T)).
  by rewrite /D dotZr dotDr !dotZr [dot A (_ *m T')]dot_mulr.
have UP : dot U P = i * q Z by rewrite /P dot_mulr polar.
have PP : sq P = i * (c * dot V Z + e * dot (V *m T'^T) (Z *m T'^T)).
  by rewrite {1}/sq {2}/P dot_mulr polar.
have Vq : i * q V <= l * sq P.
  have := dual_rows D; have -> : D *m moment X = i *: V.
    by rewrite /moment -scalemxAr /V /P mulmxA.
  rewrite /q -scalemxAl !sqZ -/P -/i.
  have -> (a b : F) : c * (i ^+ 2 * a) + e * (i ^+ 2 * b) = i * (i * (c * a + e * b)) by ring.
  by rewrite [l * _]mulrCA ler_pmul2l.
have near : sq P <= l * (i * q Z).
  have : 0 <= i * q (l^-1 *: V - Z).
    by rewrite mulr_ge0 ?(ltW i_gt0) // addr_ge0 // mulr_ge0 ?sq_ge0.
  rewrite /q mulmxBl -scalemxAl !sqB !sqZ !dotZl.
  have -> (a a' b b' z z' s : F) : i * (c * (s ^+ 2 * a - s * b *+ 2 + z) +
      e * (s ^+ 2 * a' - s * b' *+ 2 + z')) =
      s ^+ 2 * (i * (c * a + e * a')) - s * (i * (c * b + e * b')) *+ 2 +
      i * (c * z + e * z') by ring.
  rewrite -PP -/(q V) -/(q Z) => ge0.
  have {ge0} : 0 <= l^-1 ^+ 2 * (l * sq P) - l^-1 * sq P *+ 2 + i * q Z.
    apply: le_trans ge0 _; rewrite !ler_add2r ler_wpmul2l //.
    exact: sqr_ge0.
  rewrite expr2 mulrA mulrVK ?unitfE ?gt_eqF // mulr2n opprD addrA subrr add0r addrC subr_ge0.
  by rewrite mulrC ler_pdivr_mulr // mulrC.
have a_ge0 : 0 <= i * q Z by rewrite mulr_ge0 ?(ltW i_gt0) // addr_ge0 // mulr_ge0 ?sq_ge0.
have [->|a_neq0] := eqVneq (i * q Z) 0; first by rewrite mulr_ge0 ?sq_ge0 ?ltW.
have a_gt0 : 0 < i * q Z by rewrite lt_def a_neq0.
rewrite -(ler_pmul2r a_gt0) -expr2 -{1}UP.
apply: le_trans (cauchy_schwarz _ _) _; rewrite [leRHS]mulrAC [leRHS]mulrC.
by rewrite ler_wpmul2l ?sq_ge0.
Qed.

End DualForm.

(* JJᵀ of the family, from its two blocks. *)
Lemma energy_family (F : realFieldType) (d : nat -> nat) (L m r : nat) (X : 'M[F]_(d 0%N, m))
    (E : forall k, 'M[F]_(d k, r)) (T' : 'M[F]_(r, d 0%N)) (tau : F) (U : 'M[F]_(d L, m)) :
  (1 < L)%N -> tau != 0 -> (forall k, (0 < k <= L)%N -> (E k)^T *m E k = 1%:M) ->
  let Z := U *m X^T in
  energy L (adjoint X (attaining_network L E T' tau) U) =
    tau ^+ 2 ^+ L.-1 * sq ((E L)^T *m Z)
    + (L.-1%:R / tau ^+ 2 - (tau ^+ 2)^-1) * sq ((E L)^T *m Z *m T'^T)
    + (tau ^+ 2)^-1 * sq (Z *m T'^T).
Proof.
move=> L_gt1 tau_neq0 iso Z; have L_in : (0 < L <= L)%N by rewrite leqnn ltnW.
set W := attaining_network L E T' tau.
have -> : energy L (adjoint X W U) = dot Z (\sum_(k < L)
    suffix L W k.+1 *m (suffix L W k.+1)^T *m Z *m (prefix W k)^T *m prefix W k).
  rewrite dot_sumr; apply: eq_bigr => k _.
  have -> : adjoint X W U k = (suffix L W k.+1)^T *m Z *m (prefix W k)^T.
    by rewrite /adjoint trmx_mul !mulmxA.
  by rewrite [RHS]dot_mulr -!mulmxA [RHS]dot_mull !mulmxA.
have TT : (E L *m T')^T *m (E L *m T') = T'^T *m T'.
  by rewrite trmx_mul mulmxA -(mulmxA T'^T) iso ?mulmx1.
have := @family F d L r E T' tau L_gt1 tau_neq0 iso Z; cbv zeta => ->.
rewrite TT; set P := E L *m (E L)^T; set t := (tau ^+ 2)^-1; set c := tau ^+ 2 ^+ L.-1.
have inside p (A : 'M[F]_(d L, p)) : dot A (P *m A) = sq ((E L)^T *m A).
  by rewrite -mulmxA dot_mull.
have right (A B : 'M[F]_(d L, d 0%N)) s :
    dot A (B *m (s *: (T'^T *m T'))) = s * dot (A *m T'^T) (B *m T'^T).
  by rewrite -scalemxAr dotZr mulmxA dot_mulr.
rewrite dotDr mulmxDr dotDr mul_mx_scalar dotZr !right mulmxBl mul1mx mulmxBl dotBr.
rewrite -(mulmxA P Z T'^T) !inside -/(sq _) mulmxA.
ring.
Qed.

Theorem dual : statements.minimal_sharpness_eq_gain.dual.
Proof.
move=> F d L m r X Y E T' tau l W L_gt1 r_gt0 tau_neq0 iso fits [below [y [y_neq0 top]]].
have L_gt0 := ltnW L_gt1; have L_in : (0 < L <= L)%N by rewrite leqnn L_gt0.
have PE : cross X Y = E L *m T' *m moment X by rewrite -fits (map_family T' tau_neq0 iso).
have sqE p (A : 'M_(r, p)) : sq (E L *m A) = sq A.
  by rewrite {1}/sq dot_mull mulmxA iso // mul1mx.
have sqEt p (A : 'M_(d L, p)) : sq ((E L)^T *m A) <= sq A.
  rewrite -[leRHS]mul1r; apply: sq_mull; apply: norm_trmx => [|v]; first exact: ler01.
  by rewrite sqE mul1r.
have image_sq (z : 'cV_(d 0%N)) : sq (cross X Y *m z) = sq (T' *m (moment X *m z)).
  by rewrite PE -!mulmxA sqE.
move: below top; rewrite /bounds_dual; set c := tau ^+ 2 ^+ L.-1; set t := (tau ^+ 2)^-1.
set e := L.-1%:R * t => below top.
have t_gt0 : 0 < t by rewrite invr_gt0 exprn_even_gt0.
have c_gt0 : 0 < c by rewrite exprn_gt0 // exprn_even_gt0.
have t_le : t <= e by rewrite ler_pemull ?(ltW t_gt0) // ler1n ltn_predRL.
have e_ge0 : 0 <= e := le_trans (ltW t_gt0) t_le.
have l_gt0 : 0 < l.
  rewrite -top ltr_paddr //; first by apply: mulr_ge0; [|exact: image_ge0].
  by apply: mulr_gt0 => //; rewrite divr_gt0 ?moment_gt0 ?sq_gt0.
have value (z : 'cV_(d 0%N)) :
    c * path_ends X z + e * image X Y z =
    (c * sq (moment X *m z) + e * sq (T' *m (moment X *m z))) / dot z (moment X *m z).
  by rewrite /path_ends /image image_sq !mulrA -mulrDl.
have le (z : 'cV_(d 0%N)) :
    c * sq (moment X *m z) + e * sq (T' *m (moment X *m z)) <= l * dot z (moment X *m z).
  have [->|z_neq0] := eqVneq (moment X *m z) 0.
    by rewrite mulmx0 /sq !dot0r !mulr0 addr0.
  by have := below z z_neq0; rewrite value ler_pdivr_mulr ?moment_gt0.
apply: sharpness_dual => // [U|].
  rewrite energy_family //; set Z := U *m X^T; rewrite -/c -/t -/e.
  apply: le_trans (dual_form (ltW c_gt0) e_ge0 l_gt0 le U); rewrite -/Z.
  rewrite ler_wpmul2l ?invr_ge0 ?ler0n // -addrA ler_add ?ler_pmul2l //.
  by rewrite -ler_subr_addr -mulrBl -mulmxA ler_wpmul2l // subr_ge0.
pose f : 'cV[F]_r := const_mx 1; pose z := moment X *m y; pose q := dot y z.
have f_gt0 : 0 < sq f.
  rewrite sq_gt0; apply/eqP => /matrixP /(_ (Ordinal r_gt0) 0).
  by rewrite !mxE => /eqP; rewrite oner_eq0.
have q_gt0 : 0 < q by apply: moment_gt0.
have m_neq0 : m%:R != 0 :> F.
  by apply: contraNneq y_neq0 => m0; rewrite /moment m0 invr0 scale0r mul0mx.
have top' : c * sq z + e * sq (T' *m z) = l * q.
  by rewrite -top value mulfVK // gt_eqF.
pose U := (E L *m f) *m (X^T *m y)^T.
have UE : sq U = sq f * (m%:R * q).
  by rewrite sq_rank1 sqE /q /z moment_ge0 [m%:R * _]mulrA mulfV // mul1r.
have ZE : U *m X^T = m%:R *: (E L *m f *m z^T).
  rewrite /z /moment -scalemxAl [(_ *: _)^T]linearZ /= -scalemxAr scalerA mulfV // scale1r.
  by rewrite /U !trmx_mul trmxK !mulmxA.
have fE : (E L)^T *m (U *m X^T) = m%:R *: (f *m z^T).
  by rewrite ZE -scalemxAr !mulmxA iso // mul1mx.
have image_z p (v : 'cV[F]_p) : v *m z^T *m T'^T = v *m (T' *m z)^T.
  by rewrite [(T' *m z)^T]trmx_mul mulmxA.
exists U; split; first by rewrite UE !mulf_neq0 ?m_neq0 // gt_eqF.
rewrite UE energy_family // fE ZE -!scalemxAl !image_z !sqZ !sq_rank1 sqE -/c -/t -/e.
have -> (a b n : F) : c * (n ^+ 2 * (sq f * a)) + (e - t) * (n ^+ 2 * (sq f * b)) +
    t * (n ^+ 2 * (sq f * b)) = n * (n * (sq f * (c * a + e * b))) by ring.
by rewrite top' mulKf // !mulrA; ring.
Qed.

(* The mean of one number and n equal ones. *)
Lemma mean_of_two (F : realFieldType) (n : nat) (a b : F) : 0 <= a -> 0 <= b ->
  a * b ^+ n <= ((a + n%:R * b) / n.+1%:R) ^+ n.+1.
Proof.
move=> a_ge0 b_ge0; pose f (k : 'I_n.+1) := if k == ord0 then a else b.
have f_ge0 k : 0 <= f k by rewrite /f; case: ifP.
have [mean _] := @leif_AGM F _ (predT : pred 'I_n.+1) f (fun k _ => f_ge0 k).
have <- : \prod_(k < n.+1) f k = a * b ^+ n.
  by rewrite big_ord_recl (eq_bigr (fun=> b)) // prodr_const card_ord.
have <- : \sum_(k < n.+1) f k = a + n%:R * b.
  by rewrite big_ord_recl (eq_bigr (fun=> b)) // sumr_const card_ord mulr_natl.
by move: mean; rewrite card_ord.
Qed.

(* AM-GM with the scale, which cancels in the product. *)
Theorem weak_duality : statements.minimal_sharpness_eq_gain.weak_duality.
Proof.
move=> F d L m X Y u y x g l S L_gt0 u_neq0 y_neq0 x_gt0 [g_ge0 gE] below [G [r [gain root ->]]].
have d_gt0 : (0 < d L)%N.
  case: (posnP (d L)) => // d0; case/eqP: u_neq0; apply/matrixP => i.
  by exfalso; have := ltn_ord i; rewrite {2}d0.
have L2 : 0 < 2 * L%:R :> F by rewrite mulr_gt0 ?ltr0n.
split.
  rewrite ler_pmul2l // -(ler_pexpn2r L_gt0) ?nnegrE //; last by case: root.
  by have [_ ->] := root; rewrite gE; case: gain => most _; apply: most.
move/(gainE _ _ _ d_gt0): gain => [_ [z [z_neq0 zE]]].
have [a_ge0 b_ge0] := (path_ends_ge0 X z, image_ge0 X Y z).
have xn_gt0 : 0 < x ^+ L.-1 by rewrite exprn_gt0.
have form_ge0 : 0 <= x ^+ L.-1 * path_ends X z + L.-1%:R / x * image X Y z.
  have c_ge0 : 0 <= L.-1%:R / x by rewrite divr_ge0 ?ler0n // ltW.
  by apply: addr_ge0; apply: mulr_ge0 => //; apply: ltW.
have le := below z z_neq0; have l_ge0 := le_trans form_ge0 le.
apply: (root_le L_gt0 _ root); first by rewrite mulr_ge0 ?ler0n.
have := mean_of_two L.-1 (mulr_ge0 (ltW xn_gt0) a_ge0)
  (mulr_ge0 (ltW (_ : 0 < x^-1)) b_ge0); rewrite invr_gt0 x_gt0 => /(_ isT).
rewrite prednK // exprMn mulrACA exprVn mulfV ?gt_eqF // mul1r zE => /le_trans -> //.
rewrite -mulf_div divff ?mul1r ?pnatr_eq0 // [L.-1%:R * (_ * _)]mulrA.
have i_ge0 : 0 <= L%:R^-1 :> F by rewrite invr_ge0 ler0n.
by apply: ler_expn2r; rewrite ?nnegrE; [apply: mulr_ge0|apply: mulr_ge0|rewrite ler_wpmul2r].
Qed.

Theorem exact : statements.minimal_sharpness_eq_gain.exact.
Proof.
move=> F d L m r X Y E T' tau p q W L_gt0 tau_neq0 iso fits q_neq0 p_neq0 eigen top Tq below.
have PE : prefix W L = E L *m T' by exact: map_family.
have sqE k p' (A : 'M_(r, p')) : (0 < k <= L)%N -> sq (E k *m A) = sq A.
  by move=> kL; rewrite {1}/sq dot_mull mulmxA iso // mul1mx.
have L_in : (0 < L <= L)%N by rewrite L_gt0 leqnn.
have sqT : sq (T' *m q) = tau ^+ 2 ^+ L * sq q by rewrite {1}/sq dot_mull Tq dotZl.
exists (p * (p * tau ^+ 2 ^+ L) ^+ L.-1), (p * tau ^+ 2 ^+ L.-1); split.
- apply: (@path_max_gain F d L m X Y (prefix W L) p (tau ^+ 2 ^+ L) q) => //.
  + by rewrite PE -mulmxA sqE.
  + by move=> v; rewrite PE -mulmxA sqE.
- split; last first.
    have rootE (x t : F) : (x * t ^+ L.-1) ^+ L = x * (x * t ^+ L) ^+ L.-1.
      by rewrite !exprMn mulrA -exprS prednK // exprAC.
    exact: rootE.
  have q_gt0 : 0 < sq q by rewrite sq_gt0.
  apply: mulr_ge0; last exact: exprn_ge0 (sqr_ge0 _).
  rewrite -(pmulr_lge0 _ q_gt0).
  have -> : p * sq q = dot q (moment X *m q) by rewrite eigen dotZr.
  rewrite moment_ge0.
  by rewrite mulr_ge0 ?invr_ge0 ?ler0n ?sq_ge0.
- rewrite mulrA.
  pose Q k : 'cV_(d k) := match k with
    0%N => q | j.+1 => (tau ^+ L)^-1 *: (E j.+1 *m (T' *m q)) end.
  have tL : tau ^+ L != 0 by rewrite expf_neq0.
  have t1 : (tau ^+ L.-1)^-1 = tau * (tau ^+ L)^-1.
    by rewrite -{2}(prednK L_gt0) exprS invfM mulrA divff ?mul1r.
  apply: (@sharpness_path F d L m X Y W Q tau p (sq q)) => //.
  + by rewrite sq_eq0.
  + case=> [|k] kL //=.
    by rewrite sqZ sqE // sqT exprVn exprAC mulrA mulVf ?mul1r // expf_neq0 ?expf_neq0.
  + case=> [|k] kL /=; first by rewrite -scalemxAl t1 scalerA mulmxA.
    rewrite -scalemxAl -scalemxAr !scalerA -!mulmxA (mulmxA _ (E k.+1)) iso ?mul1mx //.
    exact: ltnW.
  + case=> [|k] kL /=.
      rewrite [(_ *: _)^T]linearZ /= -scalemxAl -scalemxAr trmx_mul -mulmxA.
      rewrite (mulmxA _ (E 1%N)) iso // mul1mx Tq !scalerA t1.
      by rewrite exprAC expr2 mulrA mulfVK // mulfVK.
    rewrite [(_ *: _)^T]linearZ /= -scalemxAl -scalemxAr trmx_mul trmxK !scalerA -!mulmxA.
    by rewrite (mulmxA _ (E k.+2)) iso // mul1mx mulrC.
  + case=> [|k] kL x /=.
      rewrite -scalemxAl sqZ -mulmxA sqE // exprVn mulrC ler_pdivr_mulr; last first.
        by rewrite exprn_even_gt0 //= expf_neq0.
      have := below x; rewrite -{1}(prednK L_gt0) exprS (exprAC tau).
      by rewrite mulrAC.
    rewrite -scalemxAl sqZ -mulmxA sqE // ler_wpmul2l ?sqr_ge0 //.
    rewrite -[leRHS]mul1r; apply: norm_trmx => [|v]; first exact: ler01.
    by rewrite sqE ?mul1r // (ltnW kL).
Qed.

(* --- false twins -------------------------------------------------------------------------- *)

(* Three layers of one neuron with weights h = 1/2: S = 6h⁴, the swapped bound is 6h². *)
Theorem exponents_swapped_false : ~ statements.minimal_sharpness_eq_gain.exponents_swapped.
Proof.
have : exists2 h : rat, 0 < h & h < 1 by exists 2^-1.
case=> h h_gt0 h_lt1.
pose one : 'M[rat]_1 := 1%:M; pose y : 'M[rat]_1 := (h ^+ 3)%:M; pose d (_ : nat) := 1%N.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 3 1 one y = (1 * h ^+ 3)%:M.
  by rewrite /cross invr1 scale1r trmx1 mulmx1 mul1r.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 3)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
have value (v : 'M[rat]_1) : v != 0 ->
    @path_ends _ d 1 one v ^+ 2 * @image _ d 3 1 one y v = (h ^+ 2) ^+ 3.
  move=> v_neq0; have v0 : sq v != 0 by rewrite sq_eq0.
  rewrite /path_ends /image moment1 cross1 !mul1mx mul1r mul_scalar_mx sqZ.
  by rewrite -[dot v v]/(sq v) divff // mulfK // expr1n mul1r exprAC.
have gain : @is_max_gain_swapped _ d 3 1 one y ((h ^+ 2) ^+ 3).
  split=> [v|]; first by rewrite moment1 mul1mx => /value ->.
  have one_neq0 : one != 0 by rewrite -sq_eq0 /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
  by exists one; split; [rewrite moment1 mul1mx | apply: value].
have root : is_root 3 ((h ^+ 2) ^+ 3) (h ^+ 2) by split; rewrite ?sqr_ge0.
move=> /(_ _ d 3%N 1%N one y (scalar_network 1 h) _ _ _ isT (fun=> isT) fits bound gain root).
by rewrite mulr1 ler_pmul2l // -exprM ler_iexpn2l.
Qed.

(* Two layers of one neuron with weight 1: S = 4 and G = 1, so that 32 <= 16 is claimed. *)
Theorem depth_for_depth_minus_one_false :
  ~ statements.minimal_sharpness_eq_gain.depth_for_depth_minus_one.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 2 1 one one = (1 * 1 ^+ 2)%:M.
  by rewrite /cross invr1 scale1r trmx1 mulmx1 mul1r expr1n.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 2)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
have value (v : 'M[rat]_1) : v != 0 ->
    @path_ends _ d 1 one v * @image _ d 2 1 one one v ^+ 1 = 1.
  move=> v_neq0; have v0 : sq v != 0 by rewrite sq_eq0.
  rewrite /path_ends /image moment1 cross1 expr1n mulr1 !mul1mx -[dot v v]/(sq v).
  by rewrite divff // expr1 mulr1.
have gain : @is_max_gain _ d 2 1 one one 1.
  split=> [v|]; first by rewrite moment1 mul1mx => /value ->.
  have one_neq0 : one != 0 by rewrite -sq_eq0 /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
  by exists one; split; [rewrite moment1 mul1mx | apply: value].
by move=> /(_ _ d 2%N 1%N one one _ 1 _ isT (fun=> isT) fits bound gain).
Qed.
