(* C2.  |W_{k+1}v|² = |W_kᵀv|² + vᵀD_kv at each v: at top vectors of W_{k+1} and of W_kᵀ this
   compares the norms; the traces say how the Frobenius norms differ, and a row has rank one. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs.statements Require Import layers_align_of_small_imbalance.
From Proofs Require Import networks quantities lemmas layers.
From Proofs Require sharpness_between_layer_energies minimal_sharpness_between_closed_forms.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Pair.
Variables (F : realFieldType) (d : nat -> nat) (W : network F d) (k : nat).

Lemma balance (v : 'cV[F]_(d k.+1)) :
  sq (W k.+1 *m v) = sq ((W k)^T *m v) + dot v (imbalance W k *m v).
Proof.
rewrite /imbalance mulmxBl dotBr -!mulmxA [dot v (W k *m _)]dot_mull.
by rewrite [dot v ((W k.+1)^T *m _)]dot_mull trmxK addrC subrK.
Qed.

Lemma next_le s s' l : is_norm_sq (W k) s -> is_norm_sq (W k.+1) s' ->
  (forall v : 'cV[F]_(d k.+1), dot v (imbalance W k *m v) <= l * sq v) -> s' <= s + l.
Proof.
move=> norm [_ [v [v0 E]]] le_l; have v_gt0 : 0 < sq v by rewrite lt_def v0 sq_ge0.
rewrite -(ler_pmul2r v_gt0) -E balance mulrDl.
by rewrite ler_add ?le_l ?(norm_sq_trmx norm).
Qed.

Lemma previous_le s s' l : 0 <= l -> is_norm_sq (W k) s -> is_norm_sq (W k.+1) s' ->
  (forall v : 'cV[F]_(d k.+1), - dot v (imbalance W k *m v) <= l * sq v) -> s <= s' + l.
Proof.
move=> l_ge0 [_ [x [x0 E]]] norm le_l; have x_gt0 : 0 < sq x by rewrite lt_def x0 sq_ge0.
have s'_ge0 := norm_ge0 norm; case: norm => bound _.
pose v := W k *m x; have [s0|s_neq0] := eqVneq s 0; first by rewrite s0 addr_ge0.
have v_neq0 : sq v != 0 by rewrite /v E mulf_neq0.
have v_gt0 : 0 < sq v by rewrite lt_def v_neq0 sq_ge0.
have le_T : s * sq v <= sq ((W k)^T *m v).
  have := cauchy_schwarz ((W k)^T *m v) x; rewrite -dot_mull -/v -/(sq v) expr2 {1}/v E.
  by rewrite [s * sq x]mulrC -mulrA mulrC ler_pmul2r.
rewrite -(ler_pmul2r v_gt0); apply: le_trans le_T _.
have := bound v; rewrite balance => b; rewrite mulrDl -[leLHS](addrK (dot v (imbalance W k *m v))).
by rewrite ler_add ?le_l.
Qed.

End Pair.

Theorem norms : statements.layers_align_of_small_imbalance.norms.
Proof.
move=> F d W k s s' e norm norm' e_ge0 [bound _].
have le_e (v : 'cV[F]_(d k.+1)) : `|dot v (imbalance W k *m v)| <= e * sq v.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 ?mulr_ge0 ?sq_ge0 // real_normK ?num_real //.
  apply: le_trans (cauchy_schwarz _ _) _; rewrite exprMn [leRHS]mulrC expr2 -mulrA.
  by rewrite ler_wpmul2l ?sq_ge0 // mulrC bound.
have up : s' <= s + e.
  by apply: next_le norm norm' _ => v; apply: le_trans (ler_norm _) (le_e v).
have down : s <= s' + e.
  by apply: previous_le e_ge0 norm norm' _ => v; apply: le_trans (ler_norm _) _; rewrite normrN.
rewrite ler_norml; apply/andP; split; first by rewrite ler_subr_addl ler_subl_addr.
by rewrite ler_subl_addl.
Qed.

Theorem rank : statements.layers_align_of_small_imbalance.rank.
Proof.
move=> F d n W s l d1 norm top k kn; rewrite -(subKn kn).
move: (n - k)%N (leq_subr k n) => f; elim: f => [|f IH] fn.
  rewrite subn0 big_geq // subr_le0.
  rewrite -(sharpness_between_layer_energies.sq_one_row (W n) d1).
  have [_ u1 _ _] := minimal_sharpness_between_closed_forms.one_row (W n) 1%:M d1.
  by have := norm_sq_trmx (norm n (leqnn n)) (const_mx 1); rewrite u1 mulr1.
have {IH} := IH (ltnW fn); rewrite -(subnSK fn); set j := (n - f.+1)%N => IH.
have jn : (j < n)%N by rewrite /j ltn_subrL (leq_ltn_trans _ fn).
rewrite (big_ltn jn); move: IH; move: (\sum_(_ <= _ < _) _) => e IH.
have [bound _] := top j jn.
have := next_le (norm j (ltnW jn)) (norm j.+1 jn) bound.
have -> : \tr (imbalance W j) = sq (W j.+1) - sq (W j).
  rewrite /imbalance raddfB /= -!dotE -/(sq _) [\tr (W j *m _)]mxtrace_mulC -dotE.
  by [].
move: IH; move: (sq (W j.+1)) (sq (W j)) (s j.+1) (s j) (l j) => w1 w0 s1 s0 l0 IH le_s.
apply: le_trans (_ : w1 - s1 + (l0 - (w1 - w0)) <= _); last by rewrite addrC ler_add2l.
rewrite -subr_ge0; have -> : w1 - s1 + (l0 - (w1 - w0)) - (w0 - s0) = s0 + l0 - s1 by ring.
by rewrite subr_ge0.
Qed.

(* One neuron a layer, W_1 = 0 and W_2 = 1: D_1 = 1. *)
Theorem half_norms_false : ~ statements.layers_align_of_small_imbalance.half_norms.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
pose W : network rat_realFieldType d := fun k => if k == 1%N then one else 0.
have sq1 : sq one != 0 by rewrite minimal_sharpness_between_closed_forms.sq_one oner_eq0.
have norm0 : is_norm_sq (W 0%N) 0.
  by split=> [v|]; [|exists one]; rewrite mul0mx mul0r /sq dot0r.
have norm1 : is_norm_sq (W 1%N) 1.
  by split=> [v|]; [|exists one]; rewrite mul1mx mul1r.
have D1 : imbalance W 0 = one by rewrite /imbalance /W /= mul0mx subr0 trmx1 mulmx1.
have normD : is_norm_sq (imbalance W 0) (1 ^+ 2).
  by rewrite D1 expr1n; split=> [v|]; [|exists one]; rewrite mul1mx mul1r.
by move=> /(_ _ d W 0%N 0 1 1 norm0 norm1 ler01 normD).
Qed.
