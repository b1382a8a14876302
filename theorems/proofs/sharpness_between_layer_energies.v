(* U10.  |AB|_F <= |A|_F |B|_F puts one layer of P = A_k W_k B_k at its largest, which bounds the
   terms of a path from below; N^{L-1} bounds all suffixes of one output.  The rest of a later term
   is a positive matrix, at most its trace. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import sharpness_between_layer_energies.
From Proofs Require Import networks directions quantities lemmas layers.
From Proofs Require sharpness_ge_along_paths minimal_sharpness_between_closed_forms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Products.
Variable F : realFieldType.

Lemma sq_mul m n p (A : 'M[F]_(m, n)) (B : 'M[F]_(n, p)) : sq (A *m B) <= sq A * sq B.
Proof.
have rows : sq A = \sum_i sq (row i A).
  by apply: eq_bigr => i _; rewrite /sq /dot big_ord1; apply: eq_bigr => k _; rewrite !mxE.
have cols : sq B = \sum_j sq (col j B)^T.
  rewrite /sq /dot exchange_big /=; apply: eq_bigr => j _; rewrite big_ord1.
  by apply: eq_bigr => k _; rewrite !mxE.
rewrite rows cols mulr_suml /sq /dot; apply: ler_sum => i _; rewrite mulr_sumr.
apply: ler_sum => j _; rewrite -expr2.
have -> : (A *m B) i j = dot (row i A) (col j B)^T.
  by rewrite mxE /dot big_ord1; apply: eq_bigr => k _; rewrite !mxE.
exact: cauchy_schwarz.
Qed.

(* What B and CB have beside the direction x. *)
Lemma sq_beside m n (B : 'M[F]_(m, n)) (x : 'cV[F]_n) :
  sq (sq x *: B - B *m x *m x^T) = sq x * (sq x * sq B - sq (B *m x)).
Proof.
rewrite sqB sqZ dotZl dot_mulr trmxK -/(sq _) sq_rank1.
by move: (sq x) (sq B) (sq (B *m x)) => s b c; ring.
Qed.

Lemma beside_ge0 m n (B : 'M[F]_(m, n)) (x : 'cV[F]_n) : 0 <= sq x * sq B - sq (B *m x).
Proof. by rewrite subr_ge0 mulrC sq_mul. Qed.

Lemma beside_le p m n (C : 'M[F]_(p, m)) (B : 'M[F]_(m, n)) (x : 'cV[F]_n) :
  sq x * sq (C *m B) - sq (C *m B *m x) <= sq C * (sq x * sq B - sq (B *m x)).
Proof.
have [->|x_neq0] := eqVneq x 0; first by rewrite !mulmx0 /sq !dot0r !mul0r subrr mulr0.
have x_gt0 : 0 < sq x by rewrite sq_gt0.
rewrite -(ler_pmul2l x_gt0) mulrCA -!sq_beside.
have -> : sq x *: (C *m B) - C *m B *m x *m x^T = C *m (sq x *: B - B *m x *m x^T).
  by rewrite mulmxBr -scalemxAr !mulmxA.
exact: sq_mul.
Qed.

Lemma sq_one_row n p (A : 'M[F]_(n, p)) : n = 1%N -> sq (A^T *m (const_mx 1 : 'cV[F]_n)) = sq A.
Proof.
move=> n1; have [_ _ E _] := minimal_sharpness_between_closed_forms.one_row A 1%:M n1.
by move: E; rewrite mul1mx trmx1 mulmx1.
Qed.

Lemma sq_identity n : n = 1%N -> sq (1%:M : 'M[F]_n) = 1.
Proof. by move=> ->; apply: minimal_sharpness_between_closed_forms.sq_one. Qed.

End Products.

Section Layers.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)).
Variables (W : network F d) (N : F).
Hypothesis layers : layers_at_most L W N.

Lemma bound_ge0 : (0 < L)%N -> 0 <= N.
Proof. by move=> /layers; apply: le_trans; apply: sq_ge0. Qed.

Lemma suffix_le k : d L = 1%N -> (k <= L)%N -> sq (suffix L W k) <= N ^+ (L - k).
Proof.
move=> d1 kL; rewrite /suffix; move: (subnKC kL); move: (L - k)%N => f; elim: f k {kL} => [|f IH] k.
  by rewrite addn0 => ->; rewrite /= pid_mx_1 sq_identity.
rewrite addnS -addSn => kL; rewrite /= exprSr.
have kL' : (k < L)%N by rewrite -kL leq_addr.
by apply: le_trans (sq_mul _ _) _; rewrite ler_pmul ?sq_ge0 ?IH ?layers.
Qed.

Lemma prefix_le k : (k < L)%N -> sq (prefix W k.+1) <= N ^+ k.+1.
Proof.
elim: k => [|k IH] kL; first by rewrite /= mulmx1 expr1 layers.
by rewrite exprS; apply: le_trans (sq_mul _ _) _; rewrite ler_pmul ?sq_ge0 ?layers ?IH // ltnW.
Qed.

Lemma map_split k : (k < L)%N -> prefix W L = suffix L W k.+1 *m W k *m prefix W k.
Proof. by move=> kL; rewrite -(suffix_prefix W (ltnW kL)) suffixS. Qed.

Lemma layer_le k : (k < L)%N -> sq (suffix L W k.+1 *m W k) <= sq (suffix L W k.+1) * N.
Proof.
by move=> kL; apply: le_trans (sq_mul _ _) _; rewrite ler_wpmul2l ?sq_ge0 ?layers.
Qed.

Lemma image_le k n (x : 'M[F]_(d 0%N, n)) : (k < L)%N ->
  sq (prefix W L *m x) / N <= sq (suffix L W k.+1) * sq (prefix W k *m x).
Proof.
move=> kL; have N_ge0 : 0 <= N by apply: le_trans (sq_ge0 _) (layers kL).
have [->|N_neq0] := eqVneq N 0; first by rewrite invr0 mulr0 mulr_ge0 ?sq_ge0.
rewrite ler_pdivr_mulr ?lt_def ?N_neq0 // (map_split kL) -mulmxA.
apply: le_trans (sq_mul _ _) _; rewrite [leRHS]mulrAC.
by rewrite ler_wpmul2r ?sq_ge0 // layer_le.
Qed.

Lemma form_inv_ge0 (y : 'cV[F]_(d 0%N)) : 0 <= (dot y (moment X *m y))^-1.
Proof. by rewrite invr_ge0 moment_ge0 mulr_ge0 ?sq_ge0 ?invr_ge0 ?ler0n. Qed.

Lemma share_at y : sq (prefix W L) / N * share L X W y
  = sq (prefix W L *m (moment X *m y)) / N / dot y (moment X *m y).
Proof.
rewrite /share; have [P0|P_neq0] := eqVneq (sq (prefix W L)) 0.
  by move/eqP: P0; rewrite sq_eq0 => /eqP ->; rewrite mul0mx /sq !dot0r !mul0r.
rewrite invfM; move: (sq (prefix W L)) P_neq0 N^-1 => w w_neq0 i.
move: (sq _) (dot _ _)^-1 => s f.
have -> : w * i * (s * (w^-1 * f)) = s * i * f * (w * w^-1) by move: w^-1 => v; ring.
by rewrite divff // mulr1.
Qed.

Lemma later_at y k : (k < L)%N -> sq (prefix W L) / N * share L X W y <= term L X W y k.
Proof.
move=> kL; rewrite share_at /term /gain_in mulrA.
by rewrite ler_wpmul2r ?form_inv_ge0 // image_le.
Qed.

Lemma first_at y : (0 < L)%N -> sq (prefix W L) / N * path_ends X y <= term L X W y 0.
Proof.
move=> L0; rewrite /term /gain_in mul1mx ler_wpmul2r //.
  by rewrite mulr_ge0 ?sq_ge0 ?form_inv_ge0.
have := image_le (1%:M : 'M[F]_(d 0%N)) L0; rewrite mulmx1 => le_one.
have N_ge0 := bound_ge0 L0; have [->|N_neq0] := eqVneq N 0; first by rewrite invr0 mulr0 sq_ge0.
rewrite ler_pdivr_mulr ?lt_def ?N_neq0 // (map_split L0) /= mulmx1.
exact: layer_le.
Qed.

End Layers.

Theorem first : statements.sharpness_between_layer_energies.first.
Proof. by move=> F d L m X W y N L0 layers; apply: first_at. Qed.

Theorem later : statements.sharpness_between_layer_energies.later.
Proof.
move=> F d L m X W y N L0 layers; rewrite -mulrA mulr_natl.
have -> : L.-1 = (L - 1)%N by rewrite subn1.
rewrite -sumr_const_nat !big_nat; apply: ler_sum => k /andP [_ kL].
exact: later_at.
Qed.

Theorem first_above : statements.sharpness_between_layer_energies.first_above.
Proof.
move=> F d L m X W y N L0 d1 layers; rewrite /term /gain_in mul1mx ler_wpmul2r //.
  by rewrite mulr_ge0 ?sq_ge0 ?form_inv_ge0.
by apply: le_trans (suffix_le layers d1 L0) _; rewrite subn1.
Qed.

Theorem no_less : statements.sharpness_between_layer_energies.no_less.
Proof.
move=> F d L W N d1 layers; case: L d1 layers => [|L] d1 layers.
  by rewrite /= expr0 sq_identity.
by apply: (prefix_le layers).
Qed.

Lemma split_energy (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (W : network F d) y : (0 < L)%N ->
  \sum_(k < L) term L X W y k = term L X W y 0 + \sum_(1 <= k < L) term L X W y k.
Proof. by move=> L0; rewrite -(big_mkord xpredT) big_ltn. Qed.

Theorem below : statements.sharpness_between_layer_energies.below.
Proof.
move=> F d L m X Y W N mu S L0 d_gt0 d1 fits layers [_ [y [y0 <-]]] bound.
have [u0 u1 _ _] := minimal_sharpness_between_closed_forms.one_row (prefix W L) 1%:M d1.
apply: le_trans (sharpness_ge_along_paths.direction L0 d_gt0 u0 y0 fits bound).
have -> : @path_energy F d L m X W (const_mx 1) y = \sum_(k < L) term L X W y k.
  rewrite /path_energy; apply: eq_bigr => k _.
  by rewrite /gain_out u1 divr1 sq_one_row.
rewrite split_energy // -mulrA ler_wpmul2l ?ler0n // mulrDr ler_add ?first_at //.
by apply: le_trans (later X y L0 layers); rewrite [leLHS]mulrCA [leLHS]mulrA.
Qed.

Theorem last : statements.sharpness_between_layer_energies.last.
Proof.
move=> F d n W k kn; elim: n kn => [|n IH].
  by rewrite leqn0 => /eqP ->; rewrite big_ord0 addr0.
rewrite leq_eqVlt => /predU1P [->|kn].
  by rewrite ler_addl sumr_ge0.
apply: le_trans (IH kn) _; rewrite big_ord_recr /= [leRHS]addrCA addrC ler_add2l.
rewrite /imbalance raddfB /= -!dotE -[\tr (W n *m _)]mxtrace_mulC -dotE -!/(sq _).
by rewrite -ler_subl_addl distrC ler_norm.
Qed.

Theorem later_above : statements.sharpness_between_layer_energies.later_above.
Proof.
move=> F d L m X W y N L0 d1 layers; rewrite [leRHS]mulr_natl.
have -> : L.-1 = (L - 1)%N by rewrite subn1.
rewrite -sumr_const_nat !big_nat; apply: ler_sum => k /andP [k0 kL].
rewrite share_at /term /gain_in /path_ends !mulrA -mulrDl.
rewrite ler_wpmul2r ?form_inv_ge0 //; set x := moment X *m y.
have N_ge0 := bound_ge0 layers L0; case: k k0 kL => // k _ kL.
have sq_B : sq (suffix L W k.+2) * sq (prefix W k.+1) <= N ^+ (L - 1).
  have -> : (L - 1 = L - k.+2 + k.+1)%N by rewrite -[in LHS](subnK kL) addnS subn1.
  by rewrite exprD ler_pmul ?sq_ge0 ?(suffix_le layers) ?(prefix_le layers) // ltnW.
have := beside_le (suffix L W k.+2 *m W k.+1) (prefix W k.+1) x.
rewrite -map_split // => beside.
have {}beside := le_trans beside (ler_wpmul2r (beside_ge0 _ _) (layer_le layers kL)).
have := beside_ge0 (prefix W k.+1) x; have a_ge0 := sq_ge0 (suffix L W k.+2).
have x_ge0 := sq_ge0 x; move: a_ge0 beside (ler_wpmul2l x_ge0 sq_B).
move: (sq x) (sq (prefix W L)) (sq (prefix W L *m x)) (sq (suffix L W k.+2)) => s w px a.
move: (sq (prefix W k.+1)) (sq (prefix W k.+1 *m x)) (N ^+ _) => b bx n a_ge0 beside le_n rest_ge0.
have divided : (s * w - px) / N <= a * (s * b - bx).
  have [->|N_neq0] := eqVneq N 0; first by rewrite invr0 mulr0 mulr_ge0.
  by rewrite ler_pdivr_mulr ?lt_def ?N_neq0 // mulrAC.
move: divided; move: N^-1 => i divided; rewrite -subr_ge0.
have -> : px * i + (n - w * i) * s - a * bx
  = (a * (s * b - bx) - (s * w - px) * i) + (s * n - s * (a * b)) by ring.
by rewrite addr_ge0 // subr_ge0.
Qed.

Lemma excess_ge0 (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d) (N : F) :
  (0 < L)%N -> d L = 1%N -> layers_at_most L W N -> 0 <= N ^+ L.-1 - sq (prefix W L) / N.
Proof.
move=> L0 d1 layers; have N_ge0 := bound_ge0 layers L0; rewrite subr_ge0.
have [N0|N_neq0] := eqVneq N 0; first by rewrite N0 invr0 mulr0 exprn_ge0.
rewrite ler_pdivr_mulr ?lt_def ?N_neq0 // -exprSr prednK //.
exact: no_less d1 layers.
Qed.

Lemma sq_column (F : realFieldType) n p q (A : 'M[F]_(n, p)) (R : 'M[F]_(n, q)) : n = 1%N ->
  sq (A^T *m R) = sq A * sq R.
Proof.
move=> n1; move: A R; rewrite n1 => A R.
by rewrite -{1}[R]trmxK sq_rank1 !sq_trmx.
Qed.

(* The sharpness is at most twice the energy of some path, or zero. *)
Lemma path_attains (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
    (Y : 'M[F]_(d L, m)) (W : network F d) (S : F) :
  d L = 1%N -> minimizer X Y W -> is_sharpness X Y W S ->
  S = 0 \/ exists y, moment X *m y != 0 /\ S <= 2 * (\sum_(k < L) term L X W y k).
Proof.
move=> d1 fits [bound [V [V_neq0 VE]]].
have [_ _ _ form] := minimal_sharpness_between_closed_forms.one_row (dprefix W V L) (moment X) d1.
rewrite minimal_sharpness_between_closed_forms.moment_sym in form.
have := dual_ge fits V_neq0 VE; have := hessian_form V fits; rewrite VE -form.
set y := _ *m _ => SE.
have [f0|f_neq0] := eqVneq (dot y (moment X *m y)) 0.
  move=> _; left; move: SE; rewrite f0 mulr0 => /eqP.
  by rewrite mulf_eq0 (negPf V_neq0) orbF => /eqP.
have y_neq0 : moment X *m y != 0 by apply: contraNneq f_neq0 => ->; rewrite dot0r.
have f_gt0 := moment_gt0 y_neq0.
have -> : energy L (dual X W (dprefix W V L))
    = (\sum_(k < L) term L X W y k) * dot y (moment X *m y).
  rewrite mulr_suml; apply: eq_bigr => k _; rewrite /term /gain_in mulrA divfK //.
  rewrite /dual -mulmxA sq_column // -(sq_one_row (dprefix W V L *m moment X *m _) d1).
  congr (_ * sq _).
  by rewrite !trmx_mul trmxK minimal_sharpness_between_closed_forms.moment_sym !mulmxA.
by rewrite [2 * (_ * dot _ _)]mulrA ler_pmul2r // => le_S; right; exists y.
Qed.

Theorem above : statements.sharpness_between_layer_energies.above.
Proof.
move=> F d L m X Y W N mu top S L0 d1 fits layers [le_mu [y0 [y0_neq0 mu_at]]] top_max sharp.
have ex_ge0 := excess_ge0 L0 d1 layers; have N_ge0 := bound_ge0 layers L0.
have top_ge0 := data_max_ge0 top_max.
have w_ge0 : 0 <= sq (prefix W L) / N by rewrite divr_ge0 ?sq_ge0.
have [->|[y [y_neq0 le_S]]] := path_attains d1 fits sharp.
  have mu_ge0 : 0 <= mu.
    rewrite -mu_at; apply: addr_ge0; first exact: mulr_ge0 (sq_ge0 _) (form_inv_ge0 _ _).
    apply: mulr_ge0 (ler0n _ _) _; apply: mulr_ge0 (sq_ge0 _) _.
    by rewrite invfM; apply: mulr_ge0 (form_inv_ge0 _ _); rewrite invr_ge0 sq_ge0.
  by apply: addr_ge0; [apply: mulr_ge0 mu_ge0 | apply: mulr_ge0 ex_ge0];
    apply: mulr_ge0 => //; rewrite ?mulr_ge0 ?ler0n.
apply: le_trans le_S _.
rewrite split_energy //.
have le1 := first_above X y L0 d1 layers; have le2 := later_above X y L0 d1 layers.
have le_top := minimal_sharpness_between_closed_forms.ends_le top_max y_neq0.
have le3 := ler_wpmul2l w_ge0 (le_mu y y_neq0).
have le4 : L%:R * (N ^+ L.-1 - sq (prefix W L) / N) * path_ends X y
    <= L%:R * (N ^+ L.-1 - sq (prefix W L) / N) * top.
  by rewrite ler_wpmul2l // mulr_ge0 ?ler0n.
have LE : L%:R = L.-1%:R + 1 :> F by rewrite -(natrD _ _ 1) addn1 prednK.
move: le1 le2 le3 le4; rewrite LE.
move: (term _ _ _ _ _) (\sum_(_ <= _ < _) _) (N ^+ _) (_ / N) (path_ends X y) (share L X W y) (L.-1%:R).
move=> t0 ts n w e h l le1 le2 le3 le4.
have le5 : t0 + ts <= w * mu + (l + 1) * (n - w) * top.
  apply: le_trans (ler_add le1 le2) _.
  have -> : n * e + l * (w * h + (n - w) * e) = w * (e + l * h) + (l + 1) * (n - w) * e by ring.
  exact: ler_add.
have -> : 2 * w * mu + 2 * (l + 1) * top * (n - w)
  = 2 * (w * mu + (l + 1) * (n - w) * top) by ring.
by rewrite ler_pmul2l ?ltr0n.
Qed.

(* --- imbalances ----------------------------------------------------------------------------- *)
Section Ratios.
Variables (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (e : nat -> F).
Hypothesis d1 : d n.+1 = 1%N.
Hypothesis norms : forall j : nat, (j < n)%N ->
  0 <= e j /\ is_norm_sq (imbalance W j) (e j ^+ 2).
Local Notation A := (suffix n.+1 W).

Lemma imbalance_le j : (j < n)%N ->
  dot (A j.+1) (A j.+1 *m imbalance W j) <= e j * sq (A j.+1).
Proof.
move=> jn; have [e_ge0 [bound _]] := norms jn.
have [_ _ _ form] := minimal_sharpness_between_closed_forms.one_row (A j.+1) (imbalance W j) d1.
have sym : (imbalance W j)^T = imbalance W j.
  by rewrite /imbalance linearB /= !trmx_mul !trmxK.
rewrite sym in form; rewrite -form -(sq_one_row (A j.+1) d1); move: (_^T *m _) => v.
apply: le_trans (ler_norm _) _.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?mulr_ge0 ?sq_ge0 // real_normK ?num_real //.
apply: le_trans (cauchy_schwarz _ _) _; rewrite exprMn [leRHS]mulrC expr2 -mulrA.
by rewrite ler_wpmul2l ?sq_ge0 // mulrC bound.
Qed.

Lemma ratio_at k : (k <= n)%N ->
  (sq (W n) - \sum_(k <= j < n) e j) * sq (A k.+1) <= sq (A k).
Proof.
move=> kn; rewrite -(subKn kn); move: (n - k)%N (leq_subr k n) => f; elim: f => [|f IH] fn.
  rewrite subn0 big_geq // subr0 (suffixS W (ltnSn n)) suffixn mul1mx.
  by rewrite (sq_identity F d1) mulr1.
have {IH} := IH (ltnW fn); rewrite -(subnSK fn); set j := (n - f.+1)%N => IH.
have jn : (j < n)%N by rewrite /j ltn_subrL (leq_ltn_trans _ fn).
rewrite (big_ltn jn); move: IH; move: (\sum_(_ <= _ < _) _) => s IH.
have A1 : A j.+1 = A j.+2 *m W j.+1 by rewrite suffixS.
have A0 : A j = A j.+1 *m W j by rewrite suffixS // ltnW.
have balance : dot (A j.+1) (A j.+1 *m imbalance W j) = sq (A j.+1 *m (W j.+1)^T) - sq (A j).
  rewrite /imbalance mulmxBr dotBr !mulmxA [in RHS]A0; congr (_ - _).
    by rewrite dot_mulr.
  by rewrite dot_mulr trmxK.
have := imbalance_le jn; rewrite balance.
have := cauchy_schwarz (A j.+2) (A j.+1 *m (W j.+1)^T); rewrite dot_mulr trmxK -A1 -/(sq _).
move: (sq_ge0 (A j.+1 *m (W j.+1)^T)) (sq_ge0 (A j.+2)) (sq_ge0 (A j.+1)) IH.
move: (sq (W n)) (sq (A j.+1 *m _)) (sq (A j.+2)) (sq (A j.+1)) (sq (A j)) (e j).
move=> N x s2 s1 s0 ej x_ge0 s2_ge0 s1_ge0 IH cs bal.
have enough : (N - s) * s1 <= x.
  have [->|s1_neq0] := eqVneq s1 0; first by rewrite mulr0.
  have s2_neq0 : s2 != 0.
    apply: contraNneq s1_neq0 => s20; move: cs; rewrite s20 mul0r.
    by rewrite real_exprn_even_le0 ?num_real.
  rewrite -(@ler_pmul2l _ s2) ?lt_def ?s2_neq0 //; apply: le_trans cs.
  by rewrite mulrA [s2 * _]mulrC expr2 ler_wpmul2r.
have -> : (N - (ej + s)) * s1 = (N - s) * s1 - ej * s1 by ring.
rewrite ler_subl_addr; apply: le_trans enough _.
by rewrite addrC -ler_subl_addr.
Qed.

Lemma ratio_kept k : (k <= n.+1)%N ->
  Order.max (sq (W n) - \sum_(j < n) e j) 0 ^+ (n.+1 - k) <= sq (A k).
Proof.
set kept := Order.max _ 0; have kept_ge0 : 0 <= kept by rewrite /kept le_maxr lexx orbT.
move=> kn; rewrite -(subKn kn) subKn ?leq_subr //.
move: (n.+1 - k)%N (leq_subr k n.+1) => f; elim: f => [|f IH] fn.
  by rewrite subn0 suffixn sq_identity.
have {IH} := IH (ltnW fn); rewrite -(subnSK fn); set j := (n.+1 - f.+1)%N => IH.
have jn : (j <= n)%N by rewrite /j subSS leq_subr.
rewrite exprS; apply: le_trans (ler_wpmul2l kept_ge0 IH) _.
rewrite /kept maxEle; case: ifP => _; first by rewrite mul0r sq_ge0.
apply: le_trans (ratio_at jn); rewrite ler_wpmul2r ?sq_ge0 // ler_add2l ler_opp2.
rewrite -(big_mkord xpredT) /= (big_cat_nat _ _ _ (leq0n j) jn) /= ler_addr big_nat.
by apply: sumr_ge0 => i /andP [_ ij]; have [] := norms (leq_trans ij jn).
Qed.

End Ratios.

Theorem ratios : statements.sharpness_between_layer_energies.ratios.
Proof.
move=> F d n W e d1 norms; have := ratio_kept d1 norms (leq0n _); rewrite subn0.
by rewrite -(suffix_prefix W (leq0n n.+1)) mulmx1.
Qed.

Theorem energy : statements.sharpness_between_layer_energies.energy.
Proof.
move=> F d n W e t d1 norms [t_ge0 tE] k kn; apply: le_trans (last W kn) _.
rewrite big_split /= addrA ler_add2r -ler_subl_addr.
have := ratios d1 norms; rewrite -tE ler_pexpn2r ?nnegrE ?le_maxr ?lexx ?orbT //.
by rewrite le_maxl => /andP [].
Qed.

(* --- attained ------------------------------------------------------------------------------- *)
Section Attained.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d).
Hypothesis d1 : d L = 1%N.

Lemma energy_dual (D : 'M[F]_(d L, d 0%N)) : let y := D^T *m (const_mx 1 : 'cV[F]_(d L)) in
  moment X *m y != 0 ->
  networks.energy L (dual X W D) = (\sum_(k < L) term L X W y k) * dot y (moment X *m y).
Proof.
move=> y y_neq0; have f_neq0 : dot y (moment X *m y) != 0 by rewrite gt_eqF // moment_gt0.
rewrite mulr_suml; apply: eq_bigr => k _; rewrite /term /gain_in mulrA divfK //.
rewrite /dual -mulmxA sq_column // -(sq_one_row (D *m moment X *m _) d1).
congr (_ * sq _).
by rewrite !trmx_mul trmxK minimal_sharpness_between_closed_forms.moment_sym !mulmxA.
Qed.

Lemma unit_dot n (u : 'cV[F]_n) : sq u = 1 -> u^T *m u = 1%:M.
Proof. by move=> <-; rewrite [LHS]mx11_scalar /sq dotE /mxtrace big_ord1. Qed.

(* Twice the largest energy of a path is the sharpness. *)
Lemma sharpness_of_terms S : minimizer X Y W -> 0 < S ->
  (forall y, moment X *m y != 0 -> 2 * (\sum_(k < L) term L X W y k) <= S) ->
  (exists y, moment X *m y != 0 /\ 2 * (\sum_(k < L) term L X W y k) = S) ->
  is_sharpness X Y W S.
Proof.
move=> fits S_gt0 le [y [y_neq0 yE]].
have bound : bounds_sharpness X Y W S.
  apply: bounds_of_dual fits _ _ => [V _|_ D]; first exact: ltW.
  have [_ _ sqD form] := minimal_sharpness_between_closed_forms.one_row D (moment X) d1.
  rewrite minimal_sharpness_between_closed_forms.moment_sym in form sqD; rewrite -form.
  have [f0|f_neq0] := eqVneq (moment X *m (D^T *m (const_mx 1 : 'cV[F]_(d L)))) 0.
    have D0 : D *m moment X = 0 by apply/eqP; rewrite -sq_eq0 -sqD f0 /sq dot0r.
    have -> : networks.energy L (dual X W D) = 0.
      by apply: big1 => k _; rewrite /dual D0 mulmx0 mul0mx /sq dot0r.
    by rewrite f0 dot0r !mulr0.
  by rewrite energy_dual // mulrA ler_pmul2r ?moment_gt0 // le.
split=> //; pose D := (const_mx 1 : 'cV[F]_(d L)) *m y^T; pose V := dual X W D.
have [_ _ _ form] := minimal_sharpness_between_closed_forms.one_row D (moment X) d1.
rewrite minimal_sharpness_between_closed_forms.moment_sym in form.
have Dy : D^T *m (const_mx 1 : 'cV[F]_(d L)) = y.
  have [_ one _ _] := minimal_sharpness_between_closed_forms.one_row D (moment X) d1.
  by rewrite /D trmx_mul trmxK -mulmxA unit_dot // mulmx1.
rewrite Dy in form; have f_gt0 := moment_gt0 y_neq0.
have VE : 2 * networks.energy L V = S * dot y (moment X *m y).
  by rewrite energy_dual Dy // mulrA yE.
have V_gt0 : 0 < networks.energy L V by rewrite -(pmulr_rgt0 _ (ltr0n F 2)) VE mulr_gt0.
exists V; split; first by rewrite gt_eqF.
apply/eqP; rewrite eq_le bound (hessian_form _ fits) /=.
have := form_cauchy X D (dprefix W V L); rewrite dual_inner -/V -/(networks.energy L V) -form.
move: VE V_gt0 f_gt0.
move: (networks.energy L V) (dot y _) (dot (dprefix W V L) _) => e f h VE e_gt0 f_gt0 cs.
rewrite -(ler_pmul2r f_gt0) mulrAC -VE -!mulrA ler_pmul2l ?ltr0n // -expr2.
by rewrite [h * f]mulrC.
Qed.

(* Without an excess both halves meet. *)
Lemma sharpness_balanced N mu : (0 < L)%N -> minimizer X Y W -> layers_at_most L W N ->
  N ^+ L.-1 = sq (prefix W L) / N -> 0 < sq (prefix W L) / N -> is_aligned_top L X W mu ->
  is_sharpness X Y W (2 * (sq (prefix W L) / N) * mu).
Proof.
move=> L0 fits layers balance w_gt0 [le_mu [y [y_neq0 yE]]].
have share_ge0 z : 0 <= share L X W z.
  by rewrite /share invfM !mulr_ge0 ?sq_ge0 ?form_inv_ge0 ?invr_ge0 ?sq_ge0.
have mu_gt0 : 0 < mu.
  have ends_gt0 : 0 < path_ends X y by rewrite /path_ends divr_gt0 ?moment_gt0 // sq_gt0.
  by rewrite -yE; apply: ltr_paddr ends_gt0; rewrite mulr_ge0 ?ler0n.
have le z : moment X *m z != 0 ->
    2 * (\sum_(k < L) term L X W z k) <= 2 * (sq (prefix W L) / N) * mu.
  move=> z_neq0; rewrite -mulrA ler_pmul2l ?ltr0n // split_energy //.
  have le1 := first_above X z L0 d1 layers; have le2 := later_above X z L0 d1 layers.
  move: le1 le2; rewrite balance subrr mul0r addr0 => le1 le2.
  apply: le_trans (ler_add le1 le2) _; rewrite mulrCA -mulrDr.
  by rewrite ler_wpmul2l ?(ltW w_gt0) // le_mu.
apply: (sharpness_of_terms fits _ le _).
  by apply: mulr_gt0 mu_gt0; apply: mulr_gt0 w_gt0; rewrite ltr0n.
exists y; split=> //; apply/eqP; rewrite eq_le le //=.
rewrite -mulrA ler_pmul2l ?ltr0n // split_energy // -yE mulrDr.
apply: ler_add; first exact: first_at.
by apply: le_trans (later X y L0 layers); rewrite [leLHS]mulrCA [leLHS]mulrA.
Qed.

End Attained.

Section Aligned.
Variables (F : realFieldType) (d : nat -> nat) (L : nat) (W : network F d).
Variables (g N : F) (q : forall k, 'cV[F]_(d k)).
Hypothesis (aligned : aligned_layers L W g q) (largest : is_layer_energy_max L W N).

Lemma aligned_map k : (k < L)%N -> prefix W k.+1 = g ^+ k.+1 *: (q k.+1 *m (q 0%N)^T).
Proof.
have [_ unit WE] := aligned; elim: k => [|k IH] kL; first by rewrite /= WE // mulmx1.
rewrite -[LHS]/(W k.+1 *m prefix W k.+1) (IH (ltnW kL)) (WE _ kL).
rewrite -scalemxAl -scalemxAr scalerA -exprS.
by rewrite mulmxA -(mulmxA (q k.+2)) (unit_dot (unit _ (ltnW kL))) mulmx1.
Qed.

Lemma aligned_sq : (0 < L)%N -> sq (prefix W L) = (g ^+ 2) ^+ L.
Proof.
have [_ unit _] := aligned; move=> L0; have := @aligned_map L.-1; rewrite prednK // => ->//.
by rewrite sqZ sq_rank1 !unit // !mulr1 exprAC.
Qed.

Lemma aligned_energy : N = g ^+ 2.
Proof.
have [_ unit WE] := aligned; have [_ [k [kL <-]]] := largest.
by rewrite (WE _ kL) sqZ sq_rank1 !unit ?mulr1 // ltnW.
Qed.

Lemma aligned_balance : (0 < L)%N ->
  N ^+ L.-1 = sq (prefix W L) / N /\ 0 < sq (prefix W L) / N.
Proof.
have [g_neq0 _ _] := aligned; move=> L0; have N_neq0 : N != 0 by rewrite aligned_energy expf_neq0.
have E : N ^+ L.-1 = sq (prefix W L) / N.
  by rewrite aligned_sq // -aligned_energy -{2}(prednK L0) exprSr mulfK.
rewrite -E; split=> //; rewrite lt_def expf_neq0 //.
by rewrite exprn_ge0 // aligned_energy sqr_ge0.
Qed.

Lemma aligned_imbalance j : (j.+1 < L)%N -> imbalance W j = 0.
Proof.
have [_ unit WE] := aligned; move=> jL; have jL' := ltnW jL.
have outer n r (a : 'cV[F]_n) (b : 'cV[F]_r) : (g *: (a *m b^T))^T = g *: (b *m a^T).
  by rewrite linearZ /= trmx_mul trmxK.
rewrite /imbalance (WE _ jL) (WE _ jL') !outer -!scalemxAl -!scalemxAr.
rewrite !mulmxA -(mulmxA (q j.+1)) (unit_dot (unit _ jL)) mulmx1.
by rewrite -(mulmxA (q j.+1) (q j)^T) (unit_dot (unit _ (ltnW jL'))) mulmx1 subrr.
Qed.

End Aligned.

Theorem below_attained : statements.sharpness_between_layer_energies.below_attained.
Proof.
move=> F d L m X Y W g N mu q L0 d1 fits aligned largest top_mu.
have [balance w_gt0] := aligned_balance aligned largest L0.
by have [layers _] := largest; apply: sharpness_balanced.
Qed.

Theorem above_attained : statements.sharpness_between_layer_energies.above_attained.
Proof.
move=> F d L m X Y W g N mu top q L0 d1 fits aligned largest top_mu _.
have [-> _] := aligned_balance aligned largest L0; rewrite subrr mulr0 addr0.
exact: below_attained d1 fits aligned largest top_mu.
Qed.

Theorem energy_attained : statements.sharpness_between_layer_energies.energy_attained.
Proof.
move=> F d n W g N t e q aligned largest norms root.
have -> : t = N.
  apply: root_unique root _; rewrite // (aligned_energy aligned largest).
  by rewrite (aligned_sq aligned) //; split; rewrite ?sqr_ge0.
rewrite big1 ?addr0 // => j _; have jn := ltn_ord j.
have [e_ge0 [_ [v [v_neq0]]]] := norms j jn.
rewrite (aligned_imbalance aligned) // mul0mx {1}/sq dot0r mxtrace0 normr0 addr0 => /esym/eqP.
by rewrite mulf_eq0 (negPf v_neq0) orbF expf_eq0 /= => /eqP.
Qed.

Theorem above_bent : statements.sharpness_between_layer_energies.above_bent.
Proof.
move=> F d m X Y W g N mu top u v d1 g_neq0 fits [u1 v1 W0 W1 eigen] [layers [k [kL kN]]].
move=> [le_mu [y0 [y0_neq0 mu_at]]] top_max.
have NE : N = g ^+ 2.
  by rewrite -kN; case: k kL {kN} => [|[|]] // _; rewrite W0 sqZ sq_rank1 u1 v1 !mulr1.
have N_gt0 : 0 < N by rewrite NE lt_def sqr_ge0 expf_neq0.
have top_gt0 : 0 < top.
  have [bound _] := top_max; have := lt_le_trans (moment_gt0 y0_neq0) (bound y0).
  rewrite pmulr_lgt0 // sq_gt0; apply: contraNneq y0_neq0 => ->.
  by rewrite mulmx0.
have Mv : moment X *m v != 0.
  by rewrite eigen scaler_eq0 (gt_eqF top_gt0) /= -sq_eq0 v1 oner_eq0.
pose part y := dot v (moment X *m y) ^+ 2 / dot y (moment X *m y).
have sq_first n (M : 'M[F]_(d 0%N, n)) : sq (W 0%N *m M) = N * sq (v^T *m M).
  rewrite W0 -scalemxAl sqZ -NE -mulmxA; congr (_ * _).
  by rewrite -[v^T *m M]trmxK sq_rank1 u1 mul1r trmxK sq_trmx.
have sq_dot (y : 'cV[F]_(d 0%N)) : sq (v^T *m y) = dot v y ^+ 2.
  rewrite [v^T *m y]mx11_scalar -scalemx1 sqZ minimal_sharpness_between_closed_forms.sq_one.
  by rewrite mulr1 dotE /mxtrace big_ord1.
have termE y : \sum_(k < 2) term 2 X W y k = N * (path_ends X y + part y).
  rewrite !big_ord_recl big_ord0 addr0 /term /gain_in /= suffixn (sq_identity F d1) mul1r.
  rewrite (suffixS W (ltnSn 1)) suffixn mul1mx W1 -NE mul1mx mulmx1 sq_first sq_dot.
  by rewrite -mulrA -mulrDr.
have part_le y : moment X *m y != 0 -> part y <= path_ends X y.
  move=> y_neq0; rewrite /part /path_ends ler_wpmul2r ?form_inv_ge0 //.
  by apply: le_trans (cauchy_schwarz _ _) _; rewrite v1 mul1r.
have ends_le y := @minimal_sharpness_between_closed_forms.ends_le _ _ _ X top y top_max.
have ends_v : path_ends X v = top.
  rewrite /path_ends eigen sqZ dotZr -/(sq v) v1 !mulr1 expr2 mulfK //.
  by rewrite gt_eqF.
have part_v : part v = top.
  rewrite /part eigen dotZr -/(sq v) v1 mulr1 expr2 mulfK //.
  by rewrite gt_eqF.
have value : 2 * (sq (prefix W 2) / N) * mu + 2 * 2%:R * top * (N ^+ 1 - sq (prefix W 2) / N)
    = 4 * N * top.
  have [w0|w_neq0] := eqVneq (sq (prefix W 2)) 0.
    by rewrite w0 mul0r mulr0 mul0r add0r subr0 expr1 -natrM mulrAC.
  have shareE y : share 2 X W y = part y.
    have PE n (M : 'M[F]_(d 0%N, n)) :
        sq (prefix W 2 *m M) = sq (W 1%N *m u) * N * sq (v^T *m M).
      rewrite /= mulmx1 -!mulmxA W0 -scalemxAl -scalemxAr sqZ -NE -mulmxA mulmxA.
      rewrite -[v^T *m M]trmxK sq_rank1 trmxK sq_trmx mulrCA mulrA.
      by [].
    have := PE _ 1%:M; rewrite !mulmx1 sq_trmx v1 mulr1 => wE.
    by rewrite /share PE -wE sq_dot invfM mulrACA divff // mul1r.
  have -> : mu = 2 * top.
    apply/eqP; rewrite eq_le -mu_at; apply/andP; split.
      rewrite shareE mul1r mulr_natl mulr2n.
      exact: ler_add (ends_le _ y0_neq0) (le_trans (part_le _ y0_neq0) (ends_le _ y0_neq0)).
    by rewrite mu_at; have := le_mu v Mv; rewrite shareE ends_v part_v mul1r mulr_natl mulr2n.
  move: (sq (prefix W 2) / N) => w; rewrite expr1; ring.
rewrite value; apply: (sharpness_of_terms d1 fits).
- by rewrite !mulr_gt0 ?ltr0n.
- move=> y y_neq0; rewrite termE; have -> : 4 * N * top = 2 * (N * (top + top)) by ring.
  rewrite ler_pmul2l ?ltr0n // ler_pmul2l //.
  exact: ler_add (ends_le _ y_neq0) (le_trans (part_le _ y_neq0) (ends_le _ y_neq0)).
- by exists v; split=> //; rewrite termE ends_v part_v; ring.
Qed.

(* One layer of one neuron on one sample: S = 2, w*² = N = mu = 1. *)
Theorem twice_below_false : ~ statements.sharpness_between_layer_energies.twice_below.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_realFieldType d := scalar_network 1%N (1 : rat).
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 1 1 one one = (1 * 1 ^+ 1)%:M by rewrite mul1r expr1 -moment1.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 1)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
have sq1 : sq one = 1 by apply: minimal_sharpness_between_closed_forms.sq_one.
have layers : layers_at_most 1 W 1 by move=> k _; rewrite /W /scalar_network sq1.
have value (y : 'M[rat]_1) : y != 0 -> @path_ends _ d 1 one y + 0%:R * @share _ d 1 1 one W y = 1.
  move=> y_neq0; rewrite mul0r addr0 /path_ends moment1 mul1mx.
  by rewrite divff // sq_eq0.
have mu : @is_aligned_top _ d 1 1 one W 1.
  split=> [y|]; first by rewrite moment1 mul1mx => /value ->.
  by exists one; rewrite moment1 mul1mx value // -sq_eq0 sq1 oner_eq0.
move=> /(_ _ d 1%N 1%N one one W 1 1 _ isT (fun=> isT) (erefl _) fits layers mu bound).
by rewrite /= mulmx1 /W /scalar_network sq1 !mul1r !mulr1.
Qed.
