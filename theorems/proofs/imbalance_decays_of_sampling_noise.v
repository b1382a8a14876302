(* N7.  g_u = Aw and g_w = Aᵀu for every sample, and so for every mean of samples: u·g_u = uᵀAw
   = w·g_w.  What is of first order in a step, or is linear in the noise, cancels; what is of second
   order are squares of Aw and Aᵀu. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas.
From Proofs.statements Require imbalance_decays_of_sampling_noise.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.imbalance_decays_of_sampling_noise.

(* --- means ---------------------------------------------------------------------------------- *)
Section Means.
Variables (F : realFieldType) (n : nat).
Implicit Types x z : 'I_n -> F.

Lemma eq_mean x z : x =1 z -> mean x = mean z.
Proof. by move=> xz; rewrite /mean (eq_bigr _ (fun s _ => xz s)). Qed.

Lemma mean_sub x z : mean (fun s => x s - z s) = mean x - mean z.
Proof. by rewrite /mean sumrB mulrBr. Qed.

Lemma mean_mulr x c : mean (fun s => x s * c) = mean x * c.
Proof. by rewrite /mean -mulr_suml mulrA. Qed.

Lemma mean_entry k l (B : 'I_n -> 'M[F]_(k, l)) i j : mean_matrix B i j = mean (fun s => B s i j).
Proof. by rewrite /mean_matrix mxE summxE. Qed.

Lemma mean_dot k l (C : 'M[F]_(k, l)) (B : 'I_n -> 'M[F]_(k, l)) :
  dot C (mean_matrix B) = mean (fun s => dot C (B s)).
Proof. by rewrite /mean_matrix dotZr dot_sumr. Qed.

End Means.

Lemma mean_const (F : realFieldType) n (c : F) : (0 < n)%N -> mean (fun _ : 'I_n => c) = c.
Proof.
move=> n_gt0; rewrite /mean sumr_const card_ord -[c *+ n]mulr_natl mulKf //.
by rewrite pnatr_eq0 -lt0n.
Qed.

(* E|g - Eg|² = E|g|² - |Eg|². *)
Lemma spread (F : realFieldType) n k l (g : 'I_n -> 'M[F]_(k, l)) :
  mean (fun s => sq (g s - mean_matrix g)) = mean (fun s => sq (g s)) - sq (mean_matrix g).
Proof.
case: n g => [|n] g.
  by rewrite /mean /mean_matrix !big_ord0 !mulr0 scaler0 /sq dot0r subr0.
set c := mean_matrix g.
rewrite (@eq_mean _ _ _ (fun s => (sq (g s) - dot c (g s) * 2%:R) - (- sq c))) => [|s]; last first.
  by rewrite sqB (dotC (g s)) mulr_natr opprK.
by rewrite !mean_sub mean_mulr -mean_dot -/c mean_const // /sq; ring.
Qed.

(* --- gradients ------------------------------------------------------------------------------ *)
Section Samples.
Variables (F : realFieldType) (p q n : nat).
Variables (u : 'cV[F]_p) (w : 'cV[F]_q) (M : 'I_n -> 'M[F]_(p, q)) (y : 'I_n -> F).
Notation A := (derivative u w M y).
Notation EA := (mean_matrix A).

Lemma difference (a b c : F) :
  ((a + b - c) ^+ 2 - (a - b - c) ^+ 2) / 2%:R = 2%:R * (a - c) * b.
Proof.
have -> : (a + b - c) ^+ 2 - (a - b - c) ^+ 2 = 2%:R * (a - c) * b * 2%:R by ring.
by rewrite mulfK ?pnatr_eq0.
Qed.

Lemma slope_uE s : slope_u u w M y s = A s *m w.
Proof.
apply/colP => i; rewrite mxE /sample_loss /sample_error.
have moved (a : 'cV[F]_p) : ((u + a)^T *m M s *m w) 0 0
    = (u^T *m M s *m w) 0 0 + (a^T *m M s *m w) 0 0.
  by rewrite linearD !mulmxDl mxE.
have back (a : 'cV[F]_p) : ((- a)^T *m M s *m w) 0 0 = - (a^T *m M s *m w) 0 0.
  by rewrite linearN !mulNmx mxE.
rewrite moved (moved (- _)) back difference /derivative -scalemxAl [RHS]mxE; congr (_ * _).
by rewrite trmx_delta -mulmxA -rowE mxE.
Qed.

Lemma slope_wE s : slope_w u w M y s = (A s)^T *m u.
Proof.
apply/colP => i; rewrite mxE /sample_loss /sample_error.
have moved (a : 'cV[F]_q) : (u^T *m M s *m (w + a)) 0 0
    = (u^T *m M s *m w) 0 0 + (u^T *m M s *m a) 0 0.
  by rewrite !mulmxDr mxE.
have back (a : 'cV[F]_q) : (u^T *m M s *m - a) 0 0 = - (u^T *m M s *m a) 0 0.
  by rewrite mulmxN mxE.
rewrite moved (moved (- _)) back difference /derivative linearZ /= -scalemxAl [RHS]mxE.
congr (_ * _).
by rewrite -colE mxE -[u^T *m M s]trmxK trmx_mul trmxK mxE.
Qed.

Lemma batch_uE : batch_u u w M y = EA *m w.
Proof.
by rewrite /batch_u /mean_matrix (eq_bigr _ (fun s _ => slope_uE s)) -mulmx_suml scalemxAl.
Qed.

Lemma batch_wE : batch_w u w M y = EA^T *m u.
Proof.
have turned : (\sum_s A s)^T = \sum_s (A s)^T by rewrite linear_sum.
rewrite /batch_w /mean_matrix (eq_bigr _ (fun s _ => slope_wE s)) -mulmx_suml scalemxAl.
by rewrite linearZ /= turned.
Qed.

(* u·Bw = w·Bᵀu. *)
Lemma radial (B : 'M[F]_(p, q)) : dot u (B *m w) = dot w (B^T *m u).
Proof. by rewrite dot_mull dotC. Qed.

Lemma one_step (B : 'M[F]_(p, q)) eta : sq (u - eta *: (B *m w)) - sq (w - eta *: (B^T *m u))
  = norm_gap u w + eta ^+ 2 * (sq (B *m w) - sq (B^T *m u)).
Proof.
rewrite /norm_gap !sqB !sqZ !dotZr radial.
by move: (sq u) (sq w) (dot w _) (sq (B *m w)) (sq (B^T *m u)) => a b c e f; ring.
Qed.

Lemma moment_uE : moment_u u w M y = mean (fun s => sq ((A s)^T *m u)).
Proof.
rewrite /moment_u /mean_matrix -scalemxAl dotZr mulmx_suml dot_sumr /mean; congr (_ * _).
by apply: eq_bigr => s _; rewrite -mulmxA dot_mull.
Qed.

Lemma moment_wE : moment_w u w M y = mean (fun s => sq (A s *m w)).
Proof.
rewrite /moment_w /mean_matrix -scalemxAl dotZr mulmx_suml dot_sumr /mean; congr (_ * _).
by apply: eq_bigr => s _; rewrite -mulmxA dot_mull trmxK.
Qed.

Lemma noise_uE : noise_u u w M y = mean (fun s => sq ((A s)^T *m u)) - sq (EA^T *m u).
Proof. by rewrite /noise_u moment_uE -mulmxA dot_mull. Qed.

Lemma noise_wE : noise_w u w M y = mean (fun s => sq (A s *m w)) - sq (EA *m w).
Proof. by rewrite /noise_w moment_wE -mulmxA dot_mull trmxK. Qed.

End Samples.

(* --- claims --------------------------------------------------------------------------------- *)
Theorem discrete : statements.imbalance_decays_of_sampling_noise.discrete.
Proof.
by move=> F p q n u w M y eta; rewrite /norm_gap_after /slope_difference batch_uE batch_wE one_step.
Qed.

Theorem single : statements.imbalance_decays_of_sampling_noise.single.
Proof.
move=> F p q n u w M y eta n_gt0; rewrite /norm_gap_mean moment_uE moment_wE.
set A := derivative u w M y.
rewrite (@eq_mean _ _ _ (fun s => norm_gap u w
    - (sq ((A s)^T *m u) - sq (A s *m w)) * eta ^+ 2)) => [|s]; last first.
  rewrite slope_uE slope_wE one_step -/A.
  by move: (norm_gap u w) (sq _) (sq _) => a b c; ring.
move: (norm_gap u w) => gap; rewrite mean_sub mean_mulr mean_sub mean_const //.
by move: (mean _) (mean _) => a b; ring.
Qed.

Theorem drift : statements.imbalance_decays_of_sampling_noise.drift.
Proof.
move=> F p q n u w M y T; rewrite /generated_drift mean_sub !spread.
rewrite -/(batch_u u w M y) -/(batch_w u w M y) batch_uE batch_wE radial noise_uE noise_wE.
rewrite (eq_mean (fun s => congr1 (@sq _ _ _) (slope_uE u w M y s))).
rewrite (eq_mean (fun s => congr1 (@sq _ _ _) (slope_wE u w M y s))).
by ring.
Qed.

Theorem noiseless : statements.imbalance_decays_of_sampling_noise.noiseless.
Proof.
move=> F p q n u w M y; rewrite /path_noise /variance /mean !big1 => [|s _|s _].
- by rewrite !mulr0 expr0n subr0.
- by rewrite slope_uE slope_wE radial subrr mulr0.
by rewrite slope_uE slope_wE radial subrr mulr0 expr0n.
Qed.

Lemma sq_number (F : realFieldType) (X : 'M[F]_1) (v : 'cV[F]_1) : sq (X *m v) = X 0 0 ^+ 2 * sq v.
Proof. by rewrite {1}(mx11_scalar X) mul_scalar_mx sqZ. Qed.

Lemma turned_number (F : realFieldType) (X : 'M[F]_1) : X^T 0 0 = X 0 0.
Proof. by rewrite mxE. Qed.

Theorem scalars : statements.imbalance_decays_of_sampling_noise.scalars.
Proof.
move=> F n u w M y eta; rewrite discrete /slope_difference batch_uE batch_wE !sq_number.
rewrite turned_number mean_entry -/(product_slope u w M y) /norm_gap.
by move: (product_slope u w M y) (sq u) (sq w) => a b c; ring.
Qed.

Theorem scalar_drift : statements.imbalance_decays_of_sampling_noise.scalar_drift.
Proof.
move=> F n u w M y T; rewrite drift noise_uE noise_wE /product_slope_variance /variance.
set A := derivative u w M y.
have up : mean (fun s => sq ((A s)^T *m u)) = mean (fun s => A s 0 0 ^+ 2) * sq u.
  by rewrite -mean_mulr; apply: eq_mean => s; rewrite sq_number turned_number.
have down : mean (fun s => sq (A s *m w)) = mean (fun s => A s 0 0 ^+ 2) * sq w.
  by rewrite -mean_mulr; apply: eq_mean => s; rewrite sq_number.
rewrite up down !sq_number turned_number mean_entry /norm_gap.
by move: (mean _) (mean _) (sq u) (sq w) => a b c e; ring.
Qed.

(* The loss (w(u_1 + 2u_2))² at u = (1, 0) and w = 1: a step of one adds 20 - 4. *)
Theorem norms_stay_balanced_false :
  ~ statements.imbalance_decays_of_sampling_noise.norms_stay_balanced.
Proof.
pose u : 'cV[rat]_2 := delta_mx 0 0; pose w : 'cV[rat]_1 := 1%:M.
pose N : 'M[rat]_(2, 1) := \col_i i.+1%:R; pose M (_ : 'I_1) := N.
have gap : norm_gap u w = 0.
  by rewrite /norm_gap /sq /dot !(big_ord_recl, big_ord0) !mxE; apply/eqP.
have turned : u^T *m N = 1%:M.
  by rewrite /u trmx_delta -rowE; apply/matrixP => i j; rewrite !mxE !ord1.
have derived : mean_matrix (derivative u w M (fun=> 0)) = 2%:R *: N.
  rewrite /mean_matrix big_ord1 invr1 scale1r /derivative /sample_error turned mulmx1.
  by rewrite mxE subr0 mulr1.
move=> /(_ _ _ _ _ u w M (fun=> 0) 1 ltr01 gap).
rewrite discrete gap /slope_difference batch_uE batch_wE derived mulmx1 add0r expr1n mul1r.
rewrite linearZ /= -scalemxAl !sqZ -(sq_trmx (N^T *m u)) trmx_mul trmxK turned.
by rewrite /sq /dot !(big_ord_recl, big_ord0) !mxE => /eqP.
Qed.
