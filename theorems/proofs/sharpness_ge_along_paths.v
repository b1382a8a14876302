(* F6.  The form at V_k = A_kᵀ u (B_k Σy)ᵀ is bounded below by Cauchy-Schwarz, and so is each pair
   of neighbours; AM-GM makes a path of the pairs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks directions lemmas.
From Proofs.statements Require sharpness_ge_along_paths.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Theorem direction : statements.sharpness_ge_along_paths.direction.
Proof.
move=> F d L m X Y W u y S L_gt0 d_gt0 u_neq0 y_neq0 fits bound.
have q_gt0 := moment_gt0 y_neq0; have u_gt0 : 0 < sq u by rewrite sq_gt0.
pose a k := sq ((suffix L W k.+1)^T *m u); pose b k := sq (prefix W k *m (moment X *m y)).
pose h := \sum_(k < L) a k * b k.
have -> : path_energy X W u y = h / (sq u * dot y (moment X *m y)).
  by rewrite mulr_suml; apply: eq_bigr => k _; rewrite /gain_out /gain_in mulrACA invfM.
pose V : network F d := fun k => (suffix L W k.+1)^T *m u *m (prefix W k *m (moment X *m y))^T.
have VE : energy L V = h by apply: eq_bigr => k _; rewrite /V sq_rank1.
have [h0|h_neq0] := eqVneq h 0; first by rewrite h0 mul0r mulr0 (sharpness_ge0 L_gt0 d_gt0 fits).
have h_gt0 : 0 < h by rewrite lt_def h_neq0 -VE energy_ge0.
have m_neq0 : m%:R != 0 :> F.
  by apply: contraNneq y_neq0 => m0; rewrite /moment m0 invr0 scale0r mul0mx.
have m_gt0 : 0 < m%:R :> F by rewrite lt_def m_neq0 ler0n.
have inner : m%:R^-1 * dot (u *m (X^T *m y)^T) (dprefix W V L *m X) = h.
  rewrite dprefixE mulmx_suml dot_sumr mulr_sumr -VE; apply: eq_bigr => k _.
  rewrite -(mulmxA _ _ X) -(mulmxA _ _ (prefix W k *m X)) dot_mull dot_mulr -dotZl [RHS]/sq.
  congr (dot _ (V k)); rewrite /V /moment -scalemxAl -scalemxAr linearZ /= -scalemxAr.
  by congr (_ *: _); rewrite !trmx_mul !trmxK !mulmxA.
have square : h ^+ 2 <= sq u * dot y (moment X *m y) * (m%:R^-1 * sq (dprefix W V L *m X)).
  have regroup (i a' b' c' : F) : a' * (i * b') * (i * c') = i ^+ 2 * (a' * b' * c') by ring.
  rewrite moment_ge0 regroup -inner exprMn ler_wpmul2l ?sqr_ge0 //.
  by rewrite -sq_rank1 cauchy_schwarz.
have := bound V; rewrite (hessian_minimizer _ fits) VE -mulr_natl => at_V.
rewrite mulrA ler_pdivr_mulr ?mulr_gt0 // -(ler_pmul2r h_gt0) -mulrA -expr2.
apply: le_trans (ler_wpmul2l (ler0n _ 2) square) _.
rewrite mulrCA [leRHS]mulrAC [leRHS]mulrC.
by rewrite ler_wpmul2l // mulr_ge0 ?ltW.
Qed.

Theorem pairs : statements.sharpness_ge_along_paths.pairs.
Proof.
move=> F d L m X Y W u y u_neq0 y_neq0 fits k kL.
have q_gt0 := moment_gt0 y_neq0; have u_gt0 : 0 < sq u by rewrite sq_gt0.
rewrite /pairing /gain_out /gain_in mulrACA -invfM ler_wpmul2r ?invr_ge0 ?mulr_ge0 ?(ltW q_gt0) ?(ltW u_gt0) //.
have := cauchy_schwarz ((suffix L W k.+1)^T *m u) (prefix W k.+1 *m (moment X *m y)).
by rewrite -dot_mull mulmxA (suffix_prefix W (ltnW kL)) mulmxA fits.
Qed.

Theorem path : statements.sharpness_ge_along_paths.path.
Proof.
move=> F d [//|N] m X Y W u y S r L_gt0 d_gt0 u_neq0 y_neq0 fits bound [r_ge0 rE].
have q_gt0 := moment_gt0 y_neq0; have u_gt0 : 0 < sq u by rewrite sq_gt0.
apply: le_trans (direction L_gt0 d_gt0 u_neq0 y_neq0 fits bound).
rewrite -mulrA ler_pmul2l ?ltr0n // mulrC -ler_pdivl_mulr ?ltr0n //.
have e_ge0 : 0 <= path_energy X W u y.
  by apply: sumr_ge0 => k _; rewrite mulr_ge0 // divr_ge0 ?sq_ge0 ?ltW.
rewrite -(@ler_pexpn2r _ N.+1) ?nnegrE ?divr_ge0 ?ler0n // rE.
have -> : path_ends X y = gain_in X W y 0 by rewrite /gain_in /= mul1mx.
apply: (@path_bound _ N (gain_out W u) (gain_in X W y)) => [k|k|||k kN].
- by rewrite divr_ge0 ?sq_ge0 ?ltW.
- by rewrite divr_ge0 ?sq_ge0 ?ltW.
- by rewrite /gain_out suffixn trmx1 mul1mx divff ?gt_eqF.
- by rewrite divr_ge0 ?sqr_ge0 ?mulr_ge0 ?ltW.
- exact: (pairs u_neq0 y_neq0 fits).
Qed.

(* One layer of one neuron on one sample: S = 2 and the energy of its path is 1. *)
Theorem three_false : ~ statements.sharpness_ge_along_paths.three.
Proof.
pose one : 'M[rat]_1 := 1%:M; pose d (_ : nat) := 1%N.
have one_neq0 : one != 0 by rewrite -sq_eq0 /sq dotE trmx1 mulmx1 mxtrace1 oner_eq0.
have moment1 : @moment _ d 1 one = 1%:M by rewrite /moment invr1 scale1r trmx1 mulmx1.
have cross1 : @cross _ d 1 1 one one = (1 * 1 ^+ 1)%:M by rewrite mul1r expr1 -moment1.
have [bound _] := sharpness_scalar (isT : (0 < 1)%N) (isT : (0 < 1)%N) ler01 moment1 cross1.
have fits := minimizer_scalar moment1 cross1.
move=> /(_ _ d 1%N 1%N one one (scalar_network 1 1) one one _ isT (fun=> isT) one_neq0).
rewrite {1}moment1 mul1mx => /(_ _ one_neq0 fits bound).
rewrite /path_energy big_ord1 /gain_out /gain_in suffixn trmx1 !mul1mx moment1 !mul1mx.
by rewrite -/(sq one) /sq dotE trmx1 mulmx1 mxtrace1.
Qed.
