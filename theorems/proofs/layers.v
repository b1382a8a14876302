(* More of what the proofs share: largest values and norms, directions in one layer, the direction
   that belongs to a matrix of outputs and inputs.  Nothing here is a statement of ours. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions quantities lemmas.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- largest values and norms ------------------------------------------------------------- *)
Section Norms.
Variable F : realFieldType.

Lemma largest_ge0 n (q : 'cV[F]_n -> F) s : (forall v, 0 <= q v) -> is_largest q s -> 0 <= s.
Proof.
move=> q_ge0 [_ [v [v0 E]]]; have := q_ge0 v; rewrite E pmulr_lge0 //.
by rewrite lt_def v0 sq_ge0.
Qed.

Lemma norm_ge0 m n (A : 'M[F]_(m, n)) s : is_norm_sq A s -> 0 <= s.
Proof. by apply: largest_ge0 => v; apply: sq_ge0. Qed.

Lemma norm_sq_trmx m n (A : 'M[F]_(m, n)) s : is_norm_sq A s ->
  forall v : 'cV[F]_m, sq (A^T *m v) <= s * sq v.
Proof. by move=> norm; apply: norm_trmx (norm_ge0 norm) norm.1. Qed.

End Norms.

(* --- what the data make not negative --------------------------------------------------------- *)
Section Data.
Variables (F : realFieldType) (d : nat -> nat) (m : nat) (X : 'M[F]_(d 0, m)).

Lemma data_form_ge0 (x : 'cV[F]_(d 0)) : 0 <= dot x (moment X *m x).
Proof. by rewrite moment_ge0 mulr_ge0 ?sq_ge0 ?invr_ge0 ?ler0n. Qed.

Lemma data_max_ge0 s : is_data_max X s -> 0 <= s.
Proof. by apply: largest_ge0 => x; apply: data_form_ge0. Qed.

Lemma data_norm_ge0 n (A : 'M[F]_(n, d 0)) s : is_norm_on_data X A s -> 0 <= s.
Proof. by apply: largest_ge0 => v; apply: data_form_ge0. Qed.

Lemma gain_ge0 L (Y : 'M[F]_(d L, m)) G : is_gain X Y G -> 0 <= G.
Proof.
move=> [_ [u [y [_ y_neq0 <-]]]]; have q_ge0 := ltW (moment_gt0 y_neq0).
by rewrite mulr_ge0 ?divr_ge0 ?sq_ge0 // exprn_ge0 // divr_ge0 ?sqr_ge0 // mulr_ge0 ?sq_ge0.
Qed.

End Data.

(* --- a direction in one layer ------------------------------------------------------------- *)
Section OneLayer.
Variables (F : realFieldType) (d : nat -> nat) (k : nat) (D : 'M[F]_(d k.+1, d k)).
Implicit Types W : network F d.

Definition one_layer : network F d := fun j =>
  if k =P j is ReflectT e then eq_rect k (fun i => 'M[F]_(d i.+1, d i)) D j e else 0.

Lemma one_layer_at : one_layer k = D.
Proof. by rewrite /one_layer; case: eqP => // e; rewrite (eq_irrelevance e erefl). Qed.

Lemma one_layer_off j : j != k -> one_layer j = 0.
Proof. by rewrite /one_layer eq_sym; case: eqP. Qed.

Lemma energy_one_layer L : (k < L)%N -> energy L one_layer = sq D.
Proof.
move=> kL; rewrite /energy (bigD1 (Ordinal kL)) //= one_layer_at big1 ?addr0 // => j jk.
by rewrite one_layer_off // /sq dot0r.
Qed.

Lemma dprefix_one_layer L W : (k < L)%N ->
  dprefix W one_layer L = suffix L W k.+1 *m D *m prefix W k.
Proof.
move=> kL; rewrite dprefixE (bigD1 (Ordinal kL)) //= one_layer_at big1 ?addr0 // => j jk.
by rewrite one_layer_off // mulmx0 mul0mx.
Qed.

Lemma ddprefix_one_layer L W : ddprefix W one_layer L = 0.
Proof.
rewrite ddprefixE big1 // => j _; rewrite big1 // => i _.
have [ik|ik] := eqVneq (i : nat) k; last by rewrite (one_layer_off ik) mulmx0 mul0mx.
have jk : (j : nat) != k by rewrite -ik gtn_eqF.
by rewrite (one_layer_off jk) mulmx0 !mul0mx.
Qed.

End OneLayer.

(* --- the dual form ------------------------------------------------------------------------- *)
Section Dual.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).
Implicit Types W V : network F d.

Lemma formE n (D E : 'M[F]_(n, d 0)) :
  dot D (E *m moment X) = m%:R^-1 * dot (D *m X) (E *m X).
Proof. by rewrite /moment -scalemxAr dotZr mulmxA dot_mulr trmxK. Qed.

Lemma form_ge0 n (D : 'M[F]_(n, d 0)) : 0 <= dot D (D *m moment X).
Proof. by rewrite formE mulr_ge0 ?sq_ge0 ?invr_ge0 ?ler0n. Qed.

Lemma form_sym n (D E : 'M[F]_(n, d 0)) : dot D (E *m moment X) = dot (D *m moment X) E.
Proof. by rewrite [RHS]dotC !formE [in RHS]dotC. Qed.

Lemma form_cauchy n (D E : 'M[F]_(n, d 0)) :
  dot D (E *m moment X) ^+ 2 <= dot D (D *m moment X) * dot E (E *m moment X).
Proof.
by rewrite !formE exprMn [leRHS]mulrACA -[_^-1 * _^-1]expr2 ler_wpmul2l ?sqr_ge0 // cauchy_schwarz.
Qed.

Lemma hessian_form W V : minimizer X Y W ->
  hessian X Y W V = 2 * dot (dprefix W V L) (dprefix W V L *m moment X).
Proof. by move=> fits; rewrite (hessian_minimizer _ fits) formE mulr_natl. Qed.

(* Jᵀ of the direction D of the map. *)
Definition dual W (D : 'M[F]_(d L, d 0)) : network F d := fun k =>
  (suffix L W k.+1)^T *m (D *m moment X) *m (prefix W k)^T.

Lemma dual_inner W D V :
  dot D (dprefix W V L *m moment X) = \sum_(k < L) dot (dual W D k) (V k).
Proof.
rewrite form_sym dprefixE dot_sumr; apply: eq_bigr => k _.
by rewrite dot_mulr dot_mull mulmxA.
Qed.

Lemma dual_le W D S : minimizer X Y W -> 0 <= S -> bounds_sharpness X Y W S ->
  2 * energy L (dual W D) <= S * dot D (D *m moment X).
Proof.
move=> fits S_ge0 bound; set e := energy L _.
have [e0|e_neq0] := eqVneq e 0; first by rewrite e0 mulr0 mulr_ge0 ?form_ge0.
have e_gt0 : 0 < e by rewrite lt_def e_neq0 energy_ge0.
have := form_cauchy D (dprefix W (dual W D) L); rewrite dual_inner -/(energy L _) -/e.
have := bound (dual W D); rewrite (hessian_form _ fits) -/e.
move: (form_ge0 D); move: (dot D _) => f f_ge0; move: (dot _ _) => h he ef.
rewrite -(ler_pmul2r e_gt0) -mulrA -expr2 mulrAC.
apply: le_trans (_ : 2 * (f * h) <= _); first by rewrite ler_pmul2l ?ltr0n.
by rewrite mulrCA mulrC ler_wpmul2r.
Qed.

Lemma dual_ge W V S : minimizer X Y W -> energy L V != 0 -> hessian X Y W V = S * energy L V ->
  S * dot (dprefix W V L) (dprefix W V L *m moment X) <= 2 * energy L (dual W (dprefix W V L)).
Proof.
move=> fits V_neq0; have V_gt0 : 0 < energy L V by rewrite lt_def V_neq0 energy_ge0.
rewrite (hessian_form _ fits); set D := dprefix W V L.
have := cauchy_schwarz_layers L (dual W D) V; rewrite -dual_inner -/D.
move: (dot D _) (energy L V) V_gt0 (energy L _) => f v v_gt0 e fe hf.
by rewrite -(ler_pmul2r v_gt0) mulrAC -hf -2!mulrA -expr2 ler_pmul2l ?ltr0n.
Qed.

Lemma bounds_of_dual W S : minimizer X Y W ->
  (forall V, energy L V != 0 -> 0 <= S) ->
  (0 <= S -> forall D, 2 * energy L (dual W D) <= S * dot D (D *m moment X)) ->
  bounds_sharpness X Y W S.
Proof.
move=> fits S_ge0 bound V; rewrite (hessian_form _ fits); set D := dprefix W V L.
have := cauchy_schwarz_layers L (dual W D) V; rewrite -dual_inner -/D.
have [->|V_neq0] := eqVneq (energy L V) 0.
  by rewrite !mulr0 real_exprn_even_le0 ?num_real //= => /eqP ->; rewrite mulr0.
have {}S_ge0 := S_ge0 V V_neq0; have := bound S_ge0 D; have := energy_ge0 L V; have := form_ge0 D.
move: (energy L (dual W D)) (energy L V) (dot D _) => e v f; rewrite le_eqVlt.
move=> /predU1P [<-|f_gt0] v_ge0 ef fe; first by rewrite mulr0 mulr_ge0.
rewrite -(ler_pmul2r f_gt0) -mulrA -expr2.
apply: le_trans (_ : 2 * (e * v) <= _); first by rewrite ler_pmul2l ?ltr0n.
by rewrite mulrA [leRHS]mulrAC ler_wpmul2r.
Qed.

End Dual.
