(* Matrices of two rows and two columns, entry by entry: for counterexamples with two outputs. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Proofs Require Import networks lemmas noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Quads.
Variable F : realFieldType.
Implicit Types x y z w : F.

Definition quad x y z w : 'M[F]_2 :=
  \matrix_(i, j) if i == 0 then (if j == 0 then x else y) else (if j == 0 then z else w).

Lemma sum2 (f : 'I_2 -> F) : \sum_(i < 2) f i = f 0 + f 1.
Proof.
rewrite big_ord_recl big_ord1; congr (_ + f _).
by apply/val_inj.
Qed.

Lemma quad_of (M : 'M[F]_2) : M = quad (M 0 0) (M 0 1) (M 1 0) (M 1 1).
Proof.
have either (i : 'I_2) : i = 0 \/ i = 1.
  by case: i => [[|[|//]] i2]; [left | right]; apply/val_inj.
by apply/matrixP => i j; rewrite mxE; case: (either i) => ->; case: (either j) => ->.
Qed.

Lemma quad_mul x y z w x' y' z' w' : quad x y z w *m quad x' y' z' w'
  = quad (x * x' + y * z') (x * y' + y * w') (z * x' + w * z') (z * y' + w * w').
Proof. by rewrite [LHS]quad_of !mxE !sum2 !mxE. Qed.

Lemma quad_tr x y z w : (quad x y z w)^T = quad x z y w.
Proof. by rewrite [LHS]quad_of !mxE. Qed.

Lemma quad_scale (k x y z w : F) : k *: quad x y z w = quad (k * x) (k * y) (k * z) (k * w).
Proof. by rewrite [LHS]quad_of !mxE. Qed.

Lemma quad_trace x y z w : \tr (quad x y z w) = x + w.
Proof. by rewrite /mxtrace sum2 !mxE. Qed.

Lemma quad_dot x y z w x' y' z' w' : dot (quad x y z w) (quad x' y' z' w')
  = x * x' + y * y' + (z * z' + w * w').
Proof. by rewrite /dot !sum2 !mxE. Qed.

Lemma quad_noise (s x y z w : F) :
  with_noise s (quad x y z w) = quad (x + s * x) y z (w + s * w).
Proof. by rewrite [LHS]quad_of !mxE /= !mulr1n !mulr0n !mulr0 !addr0. Qed.

End Quads.
