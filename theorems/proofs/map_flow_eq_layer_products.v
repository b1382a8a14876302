(* N5.  Along a curve of networks the map moves by the sum of A_k V_k B_k, V the velocities of the
   layers (the product rule, layer by layer), and a gradient flow has
   V_k = -2 A_kᵀ (PΣ - C) B_kᵀ (F1). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks loss stepped lemmas gradient_eq_layer_products.
From Proofs Require Import imbalance_conserved_of_gradient_flow.
From Proofs.statements Require map_flow_eq_layer_products.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import statements.map_flow_eq_layer_products.

Section Motion.
Variables (F : realFieldType) (d : nat -> nat) (C : network (poly_comRingType F) d) (t : F).

Lemma prefix_position n :
  map_mx (fun p : {poly F} => p.[t]) (prefix C n) = prefix (position C t) n.
Proof.
elim: n => [|n IH] /=; apply/matrixP => i j.
  by rewrite !mxE; case: eqP => _; rewrite ?mulr1n ?mulr0n hornerE.
rewrite -IH !mxE horner_sum; apply: eq_bigr => k _.
by rewrite hornerM !mxE.
Qed.

Lemma map_velocityE n : map_velocity n C t = dprefix (position C t) (velocity C t) n.
Proof.
rewrite /map_velocity; elim: n => [|n IH] /=; apply/matrixP => i j.
  by rewrite !mxE; case: eqP => _; rewrite ?mulr1n ?mulr0n derivC hornerC.
by rewrite mxE product_rule prefix_position IH addrC.
Qed.

End Motion.

Theorem flow : statements.map_flow_eq_layer_products.flow.
Proof.
move=> F d L m X Y C t /gradient GE.
rewrite map_velocityE dprefixE -sumrN; apply: eq_bigr => k _.
have moved : velocity C t k = - (2 *: ((suffix L (position C t) k.+1)^T
    *m error X Y (position C t) *m (prefix (position C t) k)^T)).
  by rewrite -[LHS]opprK -(GE k).
by rewrite moved mulmxN mulNmx -!scalemxAr -!scalemxAl !mulmxA.
Qed.

(* One layer of one weight, 1 - 2X at the time 0, with target 0: the map moves by -2. *)
Theorem half_slope_false : ~ statements.map_flow_eq_layer_products.half_slope.
Proof.
pose d (_ : nat) := 1%N; pose C : network (poly_comRingType [realFieldType of rat]) d :=
  fun=> (1 - 2%:P * 'X)%:M.
pose X : 'M[rat]_1 := 1%:M; pose Y : 'M[rat]_1 := 0.
have pos k : position C 0 k = 1%:M.
  by apply/matrixP => i j; rewrite !ord1 !mxE eqxx !mulr1n !hornerE.
have vel k : velocity C 0 k = - 2%:M.
  by apply/matrixP => i j; rewrite !ord1 !mxE eqxx !mulr1n !derivE !hornerE.
have E : @error _ d 1 1 X Y (position C 0) = 1%:M.
  rewrite /error /moment /cross /= pos invr1 /X /Y trmx1 !mulmx1.
  by rewrite mul1mx scale1r scaler0 subr0.
have isG : @is_gradient _ d 1 1 X Y (position C 0) (fun k => - velocity C 0 k).
  apply/gradient => k; rewrite ltnS leqn0 => /eqP ->.
  rewrite -/(error X Y (position C 0)) E vel opprK suffixn /= trmx1 !mulmx1.
  by rewrite scale_scalar_mx mulr1.
move=> /(_ _ _ _ _ _ _ _ _ isG); rewrite (flow isG) !big_ord1 E suffixn /= trmx1 !mulmx1.
rewrite !mul1mx => /matrixP /(_ ord0 ord0).
by rewrite !mxE => /eqP.
Qed.
