(* Inequalities of small sizes from theorems/squares.py, by which this file is written. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Squares.
Variable F : realFieldType.

Lemma square_ge0 (c x : F) : 0 <= c -> 0 <= c * x ^+ 2.
Proof. by move=> c_ge0; rewrite mulr_ge0 ?sqr_ge0. Qed.

Lemma of_squares (c x y z : F) : 0 < c -> 0 <= y -> z = 0 -> c * x = y + z -> 0 <= x.
Proof. by move=> c_gt0 y_ge0 -> xy; rewrite -(pmulr_rge0 _ c_gt0) xy addr0. Qed.

Lemma digits_ge0 (a : F) n : 0 <= a -> 0 <= a * 100%:R + n%:R.
Proof. by move=> a_ge0; rewrite addr_ge0 ?mulr_ge0 ?ler0n. Qed.

Lemma digits_gt0 (a : F) n : 0 < a -> 0 < a * 100%:R + n%:R.
Proof. by move=> a_gt0; rewrite ltr_paddr ?ler0n ?mulr_gt0 ?ltr0n. Qed.

Lemma layers_2 (a1 a2 target_norm v1 v2 w1_1 w1_2 w2_1 w2_2 : F) :
  - a1 * v1 * w1_1 - a1 * v2 * w1_2 - a2 * v1 * w2_1 - a2 * v2 * w2_2 + target_norm = 0 ->
  0 <= 4%:R * v1 * v2 * w1_1 * w1_2 + 4%:R * v1 * v2 * w2_1 * w2_2 + 2%:R * v1 ^+ 2 * w1_1 ^+ 2 + 2%:R * v1 ^+ 2 * w2_1 ^+ 2 + 2%:R * v2 ^+ 2 * w1_2 ^+ 2 + 2%:R * v2 ^+ 2 * w2_2 ^+ 2 + 2%:R * a1 ^+ 2 + 2%:R * a2 ^+ 2 - 4%:R * target_norm.
Proof.
move=> zero1.
apply: (@of_squares 1%:R _ (
    2%:R * (- v1 * w1_1 - v2 * w1_2 + a1) ^+ 2 +
    2%:R * (- v1 * w2_1 - v2 * w2_2 + a2) ^+ 2)
  ((- 4%:R) * (- a1 * v1 * w1_1 - a1 * v2 * w1_2 - a2 * v1 * w2_1 - a2 * v2 * w2_2 + target_norm))); last by ring.
- exact (ltr0Sn F 0).
- exact (addr_ge0 (square_ge0 _ (ler0n F 2))
    (square_ge0 _ (ler0n F 2))).
- by rewrite zero1 !mulr0 ?addr0.
Qed.

Lemma layers_3 (a1 a2 a3 target_norm v1 v2 v3 w1_1 w1_2 w1_3 w2_1 w2_2 w2_3 w3_1 w3_2 w3_3 : F) :
  - a1 * v1 * w1_1 - a1 * v2 * w1_2 - a1 * v3 * w1_3 - a2 * v1 * w2_1 - a2 * v2 * w2_2 - a2 * v3 * w2_3 - a3 * v1 * w3_1 - a3 * v2 * w3_2 - a3 * v3 * w3_3 + target_norm = 0 ->
  0 <= 4%:R * v1 * v2 * w1_1 * w1_2 + 4%:R * v1 * v2 * w2_1 * w2_2 + 4%:R * v1 * v2 * w3_1 * w3_2 + 4%:R * v1 * v3 * w1_1 * w1_3 + 4%:R * v1 * v3 * w2_1 * w2_3 + 4%:R * v1 * v3 * w3_1 * w3_3 + 2%:R * v1 ^+ 2 * w1_1 ^+ 2 + 2%:R * v1 ^+ 2 * w2_1 ^+ 2 + 2%:R * v1 ^+ 2 * w3_1 ^+ 2 + 4%:R * v2 * v3 * w1_2 * w1_3 + 4%:R * v2 * v3 * w2_2 * w2_3 + 4%:R * v2 * v3 * w3_2 * w3_3 + 2%:R * v2 ^+ 2 * w1_2 ^+ 2 + 2%:R * v2 ^+ 2 * w2_2 ^+ 2 + 2%:R * v2 ^+ 2 * w3_2 ^+ 2 + 2%:R * v3 ^+ 2 * w1_3 ^+ 2 + 2%:R * v3 ^+ 2 * w2_3 ^+ 2 + 2%:R * v3 ^+ 2 * w3_3 ^+ 2 + 2%:R * a1 ^+ 2 + 2%:R * a2 ^+ 2 + 2%:R * a3 ^+ 2 - 4%:R * target_norm.
Proof.
move=> zero1.
apply: (@of_squares 1%:R _ (
    2%:R * (- v1 * w1_1 - v2 * w1_2 - v3 * w1_3 + a1) ^+ 2 +
    2%:R * (- v1 * w2_1 - v2 * w2_2 - v3 * w2_3 + a2) ^+ 2 +
    2%:R * (- v1 * w3_1 - v2 * w3_2 - v3 * w3_3 + a3) ^+ 2)
  ((- 4%:R) * (- a1 * v1 * w1_1 - a1 * v2 * w1_2 - a1 * v3 * w1_3 - a2 * v1 * w2_1 - a2 * v2 * w2_2 - a2 * v3 * w2_3 - a3 * v1 * w3_1 - a3 * v2 * w3_2 - a3 * v3 * w3_3 + target_norm))); last by ring.
- exact (ltr0Sn F 0).
- exact (addr_ge0 (addr_ge0 (square_ge0 _ (ler0n F 2))
    (square_ge0 _ (ler0n F 2)))
    (square_ge0 _ (ler0n F 2))).
- by rewrite zero1 !mulr0 ?addr0.
Qed.

Lemma path_3 (a1 a2 b2 b3 : F) :
  0 <= a2 ^+ 6 * b2 ^+ 6 + 3%:R * a1 ^+ 2 * a2 ^+ 4 * b2 ^+ 4 + 3%:R * a2 ^+ 4 * b2 ^+ 4 * b3 ^+ 2 - 21%:R * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 + 3%:R * a1 ^+ 4 * a2 ^+ 2 * b2 ^+ 2 + 3%:R * a2 ^+ 2 * b2 ^+ 2 * b3 ^+ 4 + 3%:R * a1 ^+ 2 * b3 ^+ 4 + 3%:R * a1 ^+ 4 * b3 ^+ 2 + a1 ^+ 6 + b3 ^+ 6.
Proof.
apply: (@of_squares 20%:R _ (
    1%:R * (- 9%:R * a1 * a2 ^+ 2 * b2 ^+ 2 + 10%:R * a1 * b3 ^+ 2 - a1 ^+ 3) ^+ 2 +
    19%:R * (a1 * a2 ^+ 2 * b2 ^+ 2 - a1 ^+ 3) ^+ 2 +
    60%:R * (- a1 ^+ 2 * a2 * b2 + a2 * b2 * b3 ^+ 2) ^+ 2 +
    20%:R * (- a2 ^+ 3 * b2 ^+ 3 + a1 ^+ 2 * a2 * b2) ^+ 2 +
    60%:R * (a2 ^+ 2 * b2 ^+ 2 * b3 - a1 ^+ 2 * b3) ^+ 2 +
    20%:R * (a1 ^+ 2 * b3 - b3 ^+ 3) ^+ 2)
  (0)); last by ring.
- exact (ltr0Sn F 19).
- exact (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (square_ge0 _ (ler0n F 1))
    (square_ge0 _ (ler0n F 19)))
    (square_ge0 _ (ler0n F 60)))
    (square_ge0 _ (ler0n F 20)))
    (square_ge0 _ (ler0n F 60)))
    (square_ge0 _ (ler0n F 20))).
- by [].
Qed.

Lemma path_4 (a1 a2 a3 b2 b3 b4 : F) :
  0 <= 4%:R * a2 ^+ 2 * a3 ^+ 6 * b2 ^+ 2 * b3 ^+ 6 + 6%:R * a2 ^+ 4 * a3 ^+ 4 * b2 ^+ 4 * b3 ^+ 4 + 4%:R * a2 ^+ 6 * a3 ^+ 2 * b2 ^+ 6 * b3 ^+ 2 + a2 ^+ 8 * b2 ^+ 8 + a3 ^+ 8 * b3 ^+ 8 + 12%:R * a1 ^+ 2 * a2 ^+ 2 * a3 ^+ 4 * b2 ^+ 2 * b3 ^+ 4 + 12%:R * a1 ^+ 2 * a2 ^+ 4 * a3 ^+ 2 * b2 ^+ 4 * b3 ^+ 2 + 4%:R * a1 ^+ 2 * a2 ^+ 6 * b2 ^+ 6 + 4%:R * a1 ^+ 2 * a3 ^+ 6 * b3 ^+ 6 + 12%:R * a2 ^+ 2 * a3 ^+ 4 * b2 ^+ 2 * b3 ^+ 4 * b4 ^+ 2 + 12%:R * a2 ^+ 4 * a3 ^+ 2 * b2 ^+ 4 * b3 ^+ 2 * b4 ^+ 2 + 4%:R * a2 ^+ 6 * b2 ^+ 6 * b4 ^+ 2 + 4%:R * a3 ^+ 6 * b3 ^+ 6 * b4 ^+ 2 - (2%:R * 100%:R + 32%:R) * a1 ^+ 2 * a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + 12%:R * a1 ^+ 2 * a2 ^+ 4 * b2 ^+ 4 * b4 ^+ 2 + 12%:R * a1 ^+ 2 * a3 ^+ 4 * b3 ^+ 4 * b4 ^+ 2 + 12%:R * a1 ^+ 4 * a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 + 6%:R * a1 ^+ 4 * a2 ^+ 4 * b2 ^+ 4 + 6%:R * a1 ^+ 4 * a3 ^+ 4 * b3 ^+ 4 + 12%:R * a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 * b4 ^+ 4 + 6%:R * a2 ^+ 4 * b2 ^+ 4 * b4 ^+ 4 + 6%:R * a3 ^+ 4 * b3 ^+ 4 * b4 ^+ 4 + 12%:R * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 * b4 ^+ 4 + 12%:R * a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 4 + 12%:R * a1 ^+ 4 * a2 ^+ 2 * b2 ^+ 2 * b4 ^+ 2 + 12%:R * a1 ^+ 4 * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + 4%:R * a1 ^+ 6 * a2 ^+ 2 * b2 ^+ 2 + 4%:R * a1 ^+ 6 * a3 ^+ 2 * b3 ^+ 2 + 4%:R * a2 ^+ 2 * b2 ^+ 2 * b4 ^+ 6 + 4%:R * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 6 + 4%:R * a1 ^+ 2 * b4 ^+ 6 + 6%:R * a1 ^+ 4 * b4 ^+ 4 + 4%:R * a1 ^+ 6 * b4 ^+ 2 + a1 ^+ 8 + b4 ^+ 8.
Proof.
apply: (@of_squares ((((((((((((((((((2%:R * 100%:R + 43%:R) * 100%:R + 19%:R) * 100%:R + 32%:R) * 100%:R + 35%:R) * 100%:R + 92%:R) * 100%:R + 80%:R) * 100%:R + 47%:R) * 100%:R + 22%:R) * 100%:R + 84%:R) * 100%:R + 96%:R) * 100%:R + 76%:R) * 100%:R + 28%:R) * 100%:R + 17%:R) * 100%:R + 17%:R) * 100%:R + 50%:R) * 100%:R + 49%:R) * 100%:R + 88%:R) * 100%:R + 80%:R) _ (
    (((((((((((((((((15%:R * 100%:R + 19%:R) * 100%:R + 95%:R) * 100%:R + 77%:R) * 100%:R + 24%:R) * 100%:R + 55%:R) * 100%:R + 2%:R) * 100%:R + 95%:R) * 100%:R + 17%:R) * 100%:R + 81%:R) * 100%:R + 4%:R) * 100%:R + 76%:R) * 100%:R + 76%:R) * 100%:R + 7%:R) * 100%:R + 34%:R) * 100%:R + 40%:R) * 100%:R + 61%:R) * 100%:R + 80%:R) * (- a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 + a2 ^+ 4 * b2 ^+ 4 + 2%:R * a3 ^+ 4 * b3 ^+ 4 - a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 - a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 + a2 ^+ 2 * b2 ^+ 2 * b4 ^+ 2 - 5%:R * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + 4%:R * b4 ^+ 4) ^+ 2 +
    (((((((((((((((((5%:R * 100%:R + 6%:R) * 100%:R + 65%:R) * 100%:R + 25%:R) * 100%:R + 74%:R) * 100%:R + 85%:R) * 100%:R + 0%:R) * 100%:R + 98%:R) * 100%:R + 39%:R) * 100%:R + 27%:R) * 100%:R + 1%:R) * 100%:R + 58%:R) * 100%:R + 92%:R) * 100%:R + 2%:R) * 100%:R + 44%:R) * 100%:R + 80%:R) * 100%:R + 20%:R) * 100%:R + 60%:R) * (a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 - 3%:R * a2 ^+ 4 * b2 ^+ 4 + 6%:R * a3 ^+ 4 * b3 ^+ 4 + a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 + a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 - a2 ^+ 2 * b2 ^+ 2 * b4 ^+ 2 - 3%:R * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 - 2%:R * a1 ^+ 4) ^+ 2 +
    ((((((((((((((((5%:R * 100%:R + 69%:R) * 100%:R + 27%:R) * 100%:R + 25%:R) * 100%:R + 56%:R) * 100%:R + 1%:R) * 100%:R + 13%:R) * 100%:R + 46%:R) * 100%:R + 50%:R) * 100%:R + 86%:R) * 100%:R + 53%:R) * 100%:R + 47%:R) * 100%:R + 10%:R) * 100%:R + 13%:R) * 100%:R + 98%:R) * 100%:R + 65%:R) * 100%:R + 40%:R) * (- 22%:R * a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 - 3%:R * a2 ^+ 4 * b2 ^+ 4 - 28%:R * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 - 70%:R * a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 + (1%:R * 100%:R + 78%:R) * a2 ^+ 2 * b2 ^+ 2 * b4 ^+ 2 - 42%:R * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 - 24%:R * a1 ^+ 2 * b4 ^+ 2 + 11%:R * a1 ^+ 4) ^+ 2 +
    (((((((((((((((2%:R * 100%:R + 31%:R) * 100%:R + 9%:R) * 100%:R + 84%:R) * 100%:R + 66%:R) * 100%:R + 58%:R) * 100%:R + 10%:R) * 100%:R + 60%:R) * 100%:R + 82%:R) * 100%:R + 89%:R) * 100%:R + 52%:R) * 100%:R + 69%:R) * 100%:R + 45%:R) * 100%:R + 92%:R) * 100%:R + 95%:R) * 100%:R + 80%:R) * ((29%:R * 100%:R + 56%:R) * a2 ^+ 2 * a3 ^+ 2 * b2 ^+ 2 * b3 ^+ 2 + 39%:R * a2 ^+ 4 * b2 ^+ 4 - (8%:R * 100%:R + 82%:R) * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 - (5%:R * 100%:R + 14%:R) * a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 - (6%:R * 100%:R + 11%:R) * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 - (9%:R * 100%:R + 34%:R) * a1 ^+ 2 * b4 ^+ 2 - 54%:R * a1 ^+ 4) ^+ 2 +
    ((((((((((((((2%:R * 100%:R + 33%:R) * 100%:R + 3%:R) * 100%:R + 60%:R) * 100%:R + 69%:R) * 100%:R + 85%:R) * 100%:R + 85%:R) * 100%:R + 36%:R) * 100%:R + 29%:R) * 100%:R + 93%:R) * 100%:R + 6%:R) * 100%:R + 47%:R) * 100%:R + 87%:R) * 100%:R + 98%:R) * 100%:R + 70%:R) * ((88%:R * 100%:R + 26%:R) * a2 ^+ 4 * b2 ^+ 4 + (45%:R * 100%:R + 88%:R) * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 + (11%:R * 100%:R + 22%:R) * a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 - ((1%:R * 100%:R + 4%:R) * 100%:R + 27%:R) * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + (2%:R * 100%:R + 10%:R) * a1 ^+ 2 * b4 ^+ 2 - (43%:R * 100%:R + 19%:R) * a1 ^+ 4) ^+ 2 +
    (((((((((((((6%:R * 100%:R + 23%:R) * 100%:R + 98%:R) * 100%:R + 51%:R) * 100%:R + 28%:R) * 100%:R + 53%:R) * 100%:R + 89%:R) * 100%:R + 26%:R) * 100%:R + 50%:R) * 100%:R + 16%:R) * 100%:R + 39%:R) * 100%:R + 50%:R) * 100%:R + 80%:R) * 100%:R + 70%:R) * (- ((4%:R * 100%:R + 58%:R) * 100%:R + 80%:R) * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 - ((6%:R * 100%:R + 71%:R) * 100%:R + 18%:R) * a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 - ((5%:R * 100%:R + 31%:R) * 100%:R + 27%:R) * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + ((16%:R * 100%:R + 55%:R) * 100%:R + 94%:R) * a1 ^+ 2 * b4 ^+ 2 + (5%:R * 100%:R + 31%:R) * a1 ^+ 4) ^+ 2 +
    ((((((((((((3%:R * 100%:R + 78%:R) * 100%:R + 96%:R) * 100%:R + 12%:R) * 100%:R + 83%:R) * 100%:R + 21%:R) * 100%:R + 73%:R) * 100%:R + 57%:R) * 100%:R + 20%:R) * 100%:R + 40%:R) * 100%:R + 42%:R) * 100%:R + 65%:R) * 100%:R + 57%:R) * (- ((76%:R * 100%:R + 58%:R) * 100%:R + 29%:R) * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 + (((1%:R * 100%:R + 93%:R) * 100%:R + 76%:R) * 100%:R + 80%:R) * a1 ^+ 2 * a3 ^+ 2 * b3 ^+ 2 - (((1%:R * 100%:R + 25%:R) * 100%:R + 50%:R) * 100%:R + 17%:R) * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + ((8%:R * 100%:R + 31%:R) * 100%:R + 66%:R) * a1 ^+ 4) ^+ 2 +
    ((((((((((9%:R * 100%:R + 29%:R) * 100%:R + 69%:R) * 100%:R + 75%:R) * 100%:R + 46%:R) * 100%:R + 25%:R) * 100%:R + 45%:R) * 100%:R + 15%:R) * 100%:R + 78%:R) * 100%:R + 25%:R) * 100%:R + 23%:R) * (((((1%:R * 100%:R + 12%:R) * 100%:R + 49%:R) * 100%:R + 84%:R) * 100%:R + 41%:R) * a1 ^+ 2 * a2 ^+ 2 * b2 ^+ 2 - ((((1%:R * 100%:R + 20%:R) * 100%:R + 95%:R) * 100%:R + 95%:R) * 100%:R + 7%:R) * a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + (((8%:R * 100%:R + 46%:R) * 100%:R + 10%:R) * 100%:R + 66%:R) * a1 ^+ 4) ^+ 2 +
    ((((((((((((((((((1%:R * 100%:R + 62%:R) * 100%:R + 60%:R) * 100%:R + 6%:R) * 100%:R + 77%:R) * 100%:R + 97%:R) * 100%:R + 3%:R) * 100%:R + 76%:R) * 100%:R + 24%:R) * 100%:R + 26%:R) * 100%:R + 8%:R) * 100%:R + 90%:R) * 100%:R + 60%:R) * 100%:R + 69%:R) * 100%:R + 71%:R) * 100%:R + 80%:R) * 100%:R + 48%:R) * 100%:R + 48%:R) * 100%:R + 0%:R) * (- a3 ^+ 2 * b3 ^+ 2 * b4 ^+ 2 + a1 ^+ 4) ^+ 2 +
    (((((((((((((((((28%:R * 100%:R + 6%:R) * 100%:R + 7%:R) * 100%:R + 57%:R) * 100%:R + 99%:R) * 100%:R + 16%:R) * 100%:R + 97%:R) * 100%:R + 75%:R) * 100%:R + 71%:R) * 100%:R + 34%:R) * 100%:R + 24%:R) * 100%:R + 18%:R) * 100%:R + 63%:R) * 100%:R + 52%:R) * 100%:R + 1%:R) * 100%:R + 98%:R) * 100%:R + 6%:R) * 100%:R + 40%:R) * (- 11%:R * a1 * a2 * a3 ^+ 2 * b2 * b3 ^+ 2 - a1 * a2 ^+ 3 * b2 ^+ 3 + 13%:R * a1 * a2 * b2 * b4 ^+ 2 - a1 ^+ 3 * a2 * b2) ^+ 2 +
    ((((((((((((((((5%:R * 100%:R + 95%:R) * 100%:R + 76%:R) * 100%:R + 98%:R) * 100%:R + 8%:R) * 100%:R + 74%:R) * 100%:R + 9%:R) * 100%:R + 29%:R) * 100%:R + 2%:R) * 100%:R + 62%:R) * 100%:R + 4%:R) * 100%:R + 71%:R) * 100%:R + 4%:R) * 100%:R + 78%:R) * 100%:R + 13%:R) * 100%:R + 58%:R) * 100%:R + 40%:R) * ((1%:R * 100%:R + 57%:R) * a1 * a2 * a3 ^+ 2 * b2 * b3 ^+ 2 - 72%:R * a1 * a2 ^+ 3 * b2 ^+ 3 - 85%:R * a1 ^+ 3 * a2 * b2) ^+ 2 +
    ((((((((((((((((((5%:R * 100%:R + 14%:R) * 100%:R + 26%:R) * 100%:R + 84%:R) * 100%:R + 98%:R) * 100%:R + 90%:R) * 100%:R + 51%:R) * 100%:R + 69%:R) * 100%:R + 93%:R) * 100%:R + 54%:R) * 100%:R + 19%:R) * 100%:R + 90%:R) * 100%:R + 60%:R) * 100%:R + 84%:R) * 100%:R + 72%:R) * 100%:R + 68%:R) * 100%:R + 57%:R) * 100%:R + 8%:R) * 100%:R + 80%:R) * (- a1 * a2 ^+ 3 * b2 ^+ 3 + a1 ^+ 3 * a2 * b2) ^+ 2 +
    (((((((((((((((((2%:R * 100%:R + 82%:R) * 100%:R + 78%:R) * 100%:R + 28%:R) * 100%:R + 32%:R) * 100%:R + 47%:R) * 100%:R + 44%:R) * 100%:R + 73%:R) * 100%:R + 52%:R) * 100%:R + 15%:R) * 100%:R + 7%:R) * 100%:R + 86%:R) * 100%:R + 37%:R) * 100%:R + 40%:R) * 100%:R + 90%:R) * 100%:R + 12%:R) * 100%:R + 20%:R) * 100%:R + 80%:R) * (- 37%:R * a1 * a2 ^+ 2 * a3 * b2 ^+ 2 * b3 - 3%:R * a1 * a3 ^+ 3 * b3 ^+ 3 + 43%:R * a1 * a3 * b3 * b4 ^+ 2 - 3%:R * a1 ^+ 3 * a3 * b3) ^+ 2 +
    ((((((((((((((((((3%:R * 100%:R + 39%:R) * 100%:R + 33%:R) * 100%:R + 93%:R) * 100%:R + 98%:R) * 100%:R + 96%:R) * 100%:R + 93%:R) * 100%:R + 68%:R) * 100%:R + 22%:R) * 100%:R + 58%:R) * 100%:R + 9%:R) * 100%:R + 43%:R) * 100%:R + 64%:R) * 100%:R + 89%:R) * 100%:R + 8%:R) * 100%:R + 14%:R) * 100%:R + 64%:R) * 100%:R + 96%:R) * 100%:R + 0%:R) * (2%:R * a1 * a2 ^+ 2 * a3 * b2 ^+ 2 * b3 - a1 * a3 ^+ 3 * b3 ^+ 3 - a1 ^+ 3 * a3 * b3) ^+ 2 +
    ((((((((((((((((((6%:R * 100%:R + 7%:R) * 100%:R + 98%:R) * 100%:R + 30%:R) * 100%:R + 89%:R) * 100%:R + 82%:R) * 100%:R + 1%:R) * 100%:R + 18%:R) * 100%:R + 7%:R) * 100%:R + 12%:R) * 100%:R + 41%:R) * 100%:R + 90%:R) * 100%:R + 70%:R) * 100%:R + 42%:R) * 100%:R + 93%:R) * 100%:R + 76%:R) * 100%:R + 24%:R) * 100%:R + 72%:R) * 100%:R + 0%:R) * (- a1 * a3 ^+ 3 * b3 ^+ 3 + a1 ^+ 3 * a3 * b3) ^+ 2 +
    (((((((((((((((((2%:R * 100%:R + 82%:R) * 100%:R + 78%:R) * 100%:R + 28%:R) * 100%:R + 32%:R) * 100%:R + 47%:R) * 100%:R + 44%:R) * 100%:R + 73%:R) * 100%:R + 52%:R) * 100%:R + 15%:R) * 100%:R + 7%:R) * 100%:R + 86%:R) * 100%:R + 37%:R) * 100%:R + 40%:R) * 100%:R + 90%:R) * 100%:R + 12%:R) * 100%:R + 20%:R) * 100%:R + 80%:R) * (- 3%:R * a2 * a3 ^+ 3 * b2 * b3 ^+ 3 - 4%:R * a2 ^+ 3 * a3 * b2 ^+ 3 * b3 - 36%:R * a1 ^+ 2 * a2 * a3 * b2 * b3 + 43%:R * a2 * a3 * b2 * b3 * b4 ^+ 2) ^+ 2 +
    ((((((((((((((((3%:R * 100%:R + 44%:R) * 100%:R + 85%:R) * 100%:R + 71%:R) * 100%:R + 12%:R) * 100%:R + 77%:R) * 100%:R + 37%:R) * 100%:R + 48%:R) * 100%:R + 19%:R) * 100%:R + 69%:R) * 100%:R + 60%:R) * 100%:R + 80%:R) * 100%:R + 94%:R) * 100%:R + 40%:R) * 100%:R + 12%:R) * 100%:R + 34%:R) * 100%:R + 40%:R) * (- 49%:R * a2 * a3 ^+ 3 * b2 * b3 ^+ 3 + (1%:R * 100%:R + 64%:R) * a2 ^+ 3 * a3 * b2 ^+ 3 * b3 - (1%:R * 100%:R + 15%:R) * a1 ^+ 2 * a2 * a3 * b2 * b3) ^+ 2 +
    ((((((((((((((((((8%:R * 100%:R + 64%:R) * 100%:R + 52%:R) * 100%:R + 22%:R) * 100%:R + 96%:R) * 100%:R + 1%:R) * 100%:R + 25%:R) * 100%:R + 9%:R) * 100%:R + 35%:R) * 100%:R + 49%:R) * 100%:R + 61%:R) * 100%:R + 5%:R) * 100%:R + 31%:R) * 100%:R + 85%:R) * 100%:R + 44%:R) * 100%:R + 54%:R) * 100%:R + 51%:R) * 100%:R + 73%:R) * 100%:R + 60%:R) * (- a2 * a3 ^+ 3 * b2 * b3 ^+ 3 + a1 ^+ 2 * a2 * a3 * b2 * b3) ^+ 2 +
    (((((((((((((((((2%:R * 100%:R + 96%:R) * 100%:R + 57%:R) * 100%:R + 71%:R) * 100%:R + 16%:R) * 100%:R + 98%:R) * 100%:R + 54%:R) * 100%:R + 23%:R) * 100%:R + 44%:R) * 100%:R + 93%:R) * 100%:R + 86%:R) * 100%:R + 29%:R) * 100%:R + 61%:R) * 100%:R + 18%:R) * 100%:R + 50%:R) * 100%:R + 61%:R) * 100%:R + 58%:R) * 100%:R + 40%:R) * (- 35%:R * a1 * a2 ^+ 2 * b2 ^+ 2 * b4 + 41%:R * a1 * a3 ^+ 2 * b3 ^+ 2 * b4 - 3%:R * a1 * b4 ^+ 3 - 3%:R * a1 ^+ 3 * b4) ^+ 2 +
    ((((((((((((((((((3%:R * 100%:R + 38%:R) * 100%:R + 9%:R) * 100%:R + 79%:R) * 100%:R + 13%:R) * 100%:R + 36%:R) * 100%:R + 33%:R) * 100%:R + 82%:R) * 100%:R + 73%:R) * 100%:R + 23%:R) * 100%:R + 0%:R) * 100%:R + 37%:R) * 100%:R + 75%:R) * 100%:R + 75%:R) * 100%:R + 9%:R) * 100%:R + 70%:R) * 100%:R + 20%:R) * 100%:R + 57%:R) * 100%:R + 60%:R) * (2%:R * a1 * a2 ^+ 2 * b2 ^+ 2 * b4 - a1 * b4 ^+ 3 - a1 ^+ 3 * b4) ^+ 2 +
    ((((((((((((((((((6%:R * 100%:R + 7%:R) * 100%:R + 98%:R) * 100%:R + 30%:R) * 100%:R + 89%:R) * 100%:R + 82%:R) * 100%:R + 1%:R) * 100%:R + 18%:R) * 100%:R + 7%:R) * 100%:R + 12%:R) * 100%:R + 41%:R) * 100%:R + 90%:R) * 100%:R + 70%:R) * 100%:R + 42%:R) * 100%:R + 93%:R) * 100%:R + 76%:R) * 100%:R + 24%:R) * 100%:R + 72%:R) * 100%:R + 0%:R) * (- a1 * b4 ^+ 3 + a1 ^+ 3 * b4) ^+ 2 +
    (((((((((((((((((28%:R * 100%:R + 6%:R) * 100%:R + 7%:R) * 100%:R + 57%:R) * 100%:R + 99%:R) * 100%:R + 16%:R) * 100%:R + 97%:R) * 100%:R + 75%:R) * 100%:R + 71%:R) * 100%:R + 34%:R) * 100%:R + 24%:R) * 100%:R + 18%:R) * 100%:R + 63%:R) * 100%:R + 52%:R) * 100%:R + 1%:R) * 100%:R + 98%:R) * 100%:R + 6%:R) * 100%:R + 40%:R) * (13%:R * a2 * a3 ^+ 2 * b2 * b3 ^+ 2 * b4 - a2 ^+ 3 * b2 ^+ 3 * b4 - 11%:R * a1 ^+ 2 * a2 * b2 * b4 - a2 * b2 * b4 ^+ 3) ^+ 2 +
    ((((((((((((((((9%:R * 100%:R + 26%:R) * 100%:R + 9%:R) * 100%:R + 76%:R) * 100%:R + 23%:R) * 100%:R + 48%:R) * 100%:R + 83%:R) * 100%:R + 74%:R) * 100%:R + 82%:R) * 100%:R + 29%:R) * 100%:R + 12%:R) * 100%:R + 27%:R) * 100%:R + 27%:R) * 100%:R + 23%:R) * 100%:R + 43%:R) * 100%:R + 88%:R) * 100%:R + 80%:R) * ((1%:R * 100%:R + 1%:R) * a2 ^+ 3 * b2 ^+ 3 * b4 - 72%:R * a1 ^+ 2 * a2 * b2 * b4 - 29%:R * a2 * b2 * b4 ^+ 3) ^+ 2 +
    ((((((((((((((((((7%:R * 100%:R + 45%:R) * 100%:R + 23%:R) * 100%:R + 7%:R) * 100%:R + 57%:R) * 100%:R + 62%:R) * 100%:R + 10%:R) * 100%:R + 95%:R) * 100%:R + 21%:R) * 100%:R + 99%:R) * 100%:R + 97%:R) * 100%:R + 50%:R) * 100%:R + 58%:R) * 100%:R + 60%:R) * 100%:R + 55%:R) * 100%:R + 12%:R) * 100%:R + 66%:R) * 100%:R + 73%:R) * 100%:R + 60%:R) * (a1 ^+ 2 * a2 * b2 * b4 - a2 * b2 * b4 ^+ 3) ^+ 2 +
    (((((((((((((((((40%:R * 100%:R + 53%:R) * 100%:R + 22%:R) * 100%:R + 5%:R) * 100%:R + 98%:R) * 100%:R + 80%:R) * 100%:R + 7%:R) * 100%:R + 87%:R) * 100%:R + 14%:R) * 100%:R + 16%:R) * 100%:R + 12%:R) * 100%:R + 71%:R) * 100%:R + 36%:R) * 100%:R + 19%:R) * 100%:R + 58%:R) * 100%:R + 41%:R) * 100%:R + 64%:R) * 100%:R + 80%:R) * (- a2 ^+ 2 * a3 * b2 ^+ 2 * b3 * b4 + 6%:R * a3 ^+ 3 * b3 ^+ 3 * b4 - a1 ^+ 2 * a3 * b3 * b4 - 4%:R * a3 * b3 * b4 ^+ 3) ^+ 2 +
    ((((((((((((((((29%:R * 100%:R + 58%:R) * 100%:R + 55%:R) * 100%:R + 51%:R) * 100%:R + 81%:R) * 100%:R + 60%:R) * 100%:R + 64%:R) * 100%:R + 13%:R) * 100%:R + 97%:R) * 100%:R + 19%:R) * 100%:R + 80%:R) * 100%:R + 8%:R) * 100%:R + 29%:R) * 100%:R + 34%:R) * 100%:R + 0%:R) * 100%:R + 30%:R) * 100%:R + 40%:R) * ((1%:R * 100%:R + 37%:R) * a2 ^+ 2 * a3 * b2 ^+ 2 * b3 * b4 - (1%:R * 100%:R + 27%:R) * a1 ^+ 2 * a3 * b3 * b4 - 10%:R * a3 * b3 * b4 ^+ 3) ^+ 2 +
    ((((((((((((((((((9%:R * 100%:R + 2%:R) * 100%:R + 65%:R) * 100%:R + 51%:R) * 100%:R + 85%:R) * 100%:R + 90%:R) * 100%:R + 81%:R) * 100%:R + 16%:R) * 100%:R + 90%:R) * 100%:R + 28%:R) * 100%:R + 51%:R) * 100%:R + 12%:R) * 100%:R + 33%:R) * 100%:R + 3%:R) * 100%:R + 16%:R) * 100%:R + 43%:R) * 100%:R + 27%:R) * 100%:R + 50%:R) * 100%:R + 40%:R) * (a1 ^+ 2 * a3 * b3 * b4 - a3 * b3 * b4 ^+ 3) ^+ 2)
  (0)); last by ring.
- exact (digits_gt0 80 (digits_gt0 88 (digits_gt0 49 (digits_gt0 50 (digits_gt0 17 (digits_gt0 17 (digits_gt0 28 (digits_gt0 76 (digits_gt0 96 (digits_gt0 84 (digits_gt0 22 (digits_gt0 47 (digits_gt0 80 (digits_gt0 92 (digits_gt0 35 (digits_gt0 32 (digits_gt0 19 (digits_gt0 43 (ltr0Sn F 1))))))))))))))))))).
- exact (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (square_ge0 _ (digits_ge0 80 (digits_ge0 61 (digits_ge0 40 (digits_ge0 34 (digits_ge0 7 (digits_ge0 76 (digits_ge0 76 (digits_ge0 4 (digits_ge0 81 (digits_ge0 17 (digits_ge0 95 (digits_ge0 2 (digits_ge0 55 (digits_ge0 24 (digits_ge0 77 (digits_ge0 95 (digits_ge0 19 (ler0n F 15)))))))))))))))))))
    (square_ge0 _ (digits_ge0 60 (digits_ge0 20 (digits_ge0 80 (digits_ge0 44 (digits_ge0 2 (digits_ge0 92 (digits_ge0 58 (digits_ge0 1 (digits_ge0 27 (digits_ge0 39 (digits_ge0 98 (digits_ge0 0 (digits_ge0 85 (digits_ge0 74 (digits_ge0 25 (digits_ge0 65 (digits_ge0 6 (ler0n F 5))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 65 (digits_ge0 98 (digits_ge0 13 (digits_ge0 10 (digits_ge0 47 (digits_ge0 53 (digits_ge0 86 (digits_ge0 50 (digits_ge0 46 (digits_ge0 13 (digits_ge0 1 (digits_ge0 56 (digits_ge0 25 (digits_ge0 27 (digits_ge0 69 (ler0n F 5)))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 95 (digits_ge0 92 (digits_ge0 45 (digits_ge0 69 (digits_ge0 52 (digits_ge0 89 (digits_ge0 82 (digits_ge0 60 (digits_ge0 10 (digits_ge0 58 (digits_ge0 66 (digits_ge0 84 (digits_ge0 9 (digits_ge0 31 (ler0n F 2))))))))))))))))))
    (square_ge0 _ (digits_ge0 70 (digits_ge0 98 (digits_ge0 87 (digits_ge0 47 (digits_ge0 6 (digits_ge0 93 (digits_ge0 29 (digits_ge0 36 (digits_ge0 85 (digits_ge0 85 (digits_ge0 69 (digits_ge0 60 (digits_ge0 3 (digits_ge0 33 (ler0n F 2)))))))))))))))))
    (square_ge0 _ (digits_ge0 70 (digits_ge0 80 (digits_ge0 50 (digits_ge0 39 (digits_ge0 16 (digits_ge0 50 (digits_ge0 26 (digits_ge0 89 (digits_ge0 53 (digits_ge0 28 (digits_ge0 51 (digits_ge0 98 (digits_ge0 23 (ler0n F 6))))))))))))))))
    (square_ge0 _ (digits_ge0 57 (digits_ge0 65 (digits_ge0 42 (digits_ge0 40 (digits_ge0 20 (digits_ge0 57 (digits_ge0 73 (digits_ge0 21 (digits_ge0 83 (digits_ge0 12 (digits_ge0 96 (digits_ge0 78 (ler0n F 3)))))))))))))))
    (square_ge0 _ (digits_ge0 23 (digits_ge0 25 (digits_ge0 78 (digits_ge0 15 (digits_ge0 45 (digits_ge0 25 (digits_ge0 46 (digits_ge0 75 (digits_ge0 69 (digits_ge0 29 (ler0n F 9)))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 48 (digits_ge0 48 (digits_ge0 80 (digits_ge0 71 (digits_ge0 69 (digits_ge0 60 (digits_ge0 90 (digits_ge0 8 (digits_ge0 26 (digits_ge0 24 (digits_ge0 76 (digits_ge0 3 (digits_ge0 97 (digits_ge0 77 (digits_ge0 6 (digits_ge0 60 (digits_ge0 62 (ler0n F 1)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 6 (digits_ge0 98 (digits_ge0 1 (digits_ge0 52 (digits_ge0 63 (digits_ge0 18 (digits_ge0 24 (digits_ge0 34 (digits_ge0 71 (digits_ge0 75 (digits_ge0 97 (digits_ge0 16 (digits_ge0 99 (digits_ge0 57 (digits_ge0 7 (digits_ge0 6 (ler0n F 28))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 58 (digits_ge0 13 (digits_ge0 78 (digits_ge0 4 (digits_ge0 71 (digits_ge0 4 (digits_ge0 62 (digits_ge0 2 (digits_ge0 29 (digits_ge0 9 (digits_ge0 74 (digits_ge0 8 (digits_ge0 98 (digits_ge0 76 (digits_ge0 95 (ler0n F 5)))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 8 (digits_ge0 57 (digits_ge0 68 (digits_ge0 72 (digits_ge0 84 (digits_ge0 60 (digits_ge0 90 (digits_ge0 19 (digits_ge0 54 (digits_ge0 93 (digits_ge0 69 (digits_ge0 51 (digits_ge0 90 (digits_ge0 98 (digits_ge0 84 (digits_ge0 26 (digits_ge0 14 (ler0n F 5)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 20 (digits_ge0 12 (digits_ge0 90 (digits_ge0 40 (digits_ge0 37 (digits_ge0 86 (digits_ge0 7 (digits_ge0 15 (digits_ge0 52 (digits_ge0 73 (digits_ge0 44 (digits_ge0 47 (digits_ge0 32 (digits_ge0 28 (digits_ge0 78 (digits_ge0 82 (ler0n F 2))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 96 (digits_ge0 64 (digits_ge0 14 (digits_ge0 8 (digits_ge0 89 (digits_ge0 64 (digits_ge0 43 (digits_ge0 9 (digits_ge0 58 (digits_ge0 22 (digits_ge0 68 (digits_ge0 93 (digits_ge0 96 (digits_ge0 98 (digits_ge0 93 (digits_ge0 33 (digits_ge0 39 (ler0n F 3)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 72 (digits_ge0 24 (digits_ge0 76 (digits_ge0 93 (digits_ge0 42 (digits_ge0 70 (digits_ge0 90 (digits_ge0 41 (digits_ge0 12 (digits_ge0 7 (digits_ge0 18 (digits_ge0 1 (digits_ge0 82 (digits_ge0 89 (digits_ge0 30 (digits_ge0 98 (digits_ge0 7 (ler0n F 6)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 20 (digits_ge0 12 (digits_ge0 90 (digits_ge0 40 (digits_ge0 37 (digits_ge0 86 (digits_ge0 7 (digits_ge0 15 (digits_ge0 52 (digits_ge0 73 (digits_ge0 44 (digits_ge0 47 (digits_ge0 32 (digits_ge0 28 (digits_ge0 78 (digits_ge0 82 (ler0n F 2))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 34 (digits_ge0 12 (digits_ge0 40 (digits_ge0 94 (digits_ge0 80 (digits_ge0 60 (digits_ge0 69 (digits_ge0 19 (digits_ge0 48 (digits_ge0 37 (digits_ge0 77 (digits_ge0 12 (digits_ge0 71 (digits_ge0 85 (digits_ge0 44 (ler0n F 3)))))))))))))))))))
    (square_ge0 _ (digits_ge0 60 (digits_ge0 73 (digits_ge0 51 (digits_ge0 54 (digits_ge0 44 (digits_ge0 85 (digits_ge0 31 (digits_ge0 5 (digits_ge0 61 (digits_ge0 49 (digits_ge0 35 (digits_ge0 9 (digits_ge0 25 (digits_ge0 1 (digits_ge0 96 (digits_ge0 22 (digits_ge0 52 (digits_ge0 64 (ler0n F 8)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 58 (digits_ge0 61 (digits_ge0 50 (digits_ge0 18 (digits_ge0 61 (digits_ge0 29 (digits_ge0 86 (digits_ge0 93 (digits_ge0 44 (digits_ge0 23 (digits_ge0 54 (digits_ge0 98 (digits_ge0 16 (digits_ge0 71 (digits_ge0 57 (digits_ge0 96 (ler0n F 2))))))))))))))))))))
    (square_ge0 _ (digits_ge0 60 (digits_ge0 57 (digits_ge0 20 (digits_ge0 70 (digits_ge0 9 (digits_ge0 75 (digits_ge0 75 (digits_ge0 37 (digits_ge0 0 (digits_ge0 23 (digits_ge0 73 (digits_ge0 82 (digits_ge0 33 (digits_ge0 36 (digits_ge0 13 (digits_ge0 79 (digits_ge0 9 (digits_ge0 38 (ler0n F 3)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 72 (digits_ge0 24 (digits_ge0 76 (digits_ge0 93 (digits_ge0 42 (digits_ge0 70 (digits_ge0 90 (digits_ge0 41 (digits_ge0 12 (digits_ge0 7 (digits_ge0 18 (digits_ge0 1 (digits_ge0 82 (digits_ge0 89 (digits_ge0 30 (digits_ge0 98 (digits_ge0 7 (ler0n F 6)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 6 (digits_ge0 98 (digits_ge0 1 (digits_ge0 52 (digits_ge0 63 (digits_ge0 18 (digits_ge0 24 (digits_ge0 34 (digits_ge0 71 (digits_ge0 75 (digits_ge0 97 (digits_ge0 16 (digits_ge0 99 (digits_ge0 57 (digits_ge0 7 (digits_ge0 6 (ler0n F 28))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 88 (digits_ge0 43 (digits_ge0 23 (digits_ge0 27 (digits_ge0 27 (digits_ge0 12 (digits_ge0 29 (digits_ge0 82 (digits_ge0 74 (digits_ge0 83 (digits_ge0 48 (digits_ge0 23 (digits_ge0 76 (digits_ge0 9 (digits_ge0 26 (ler0n F 9)))))))))))))))))))
    (square_ge0 _ (digits_ge0 60 (digits_ge0 73 (digits_ge0 66 (digits_ge0 12 (digits_ge0 55 (digits_ge0 60 (digits_ge0 58 (digits_ge0 50 (digits_ge0 97 (digits_ge0 99 (digits_ge0 21 (digits_ge0 95 (digits_ge0 10 (digits_ge0 62 (digits_ge0 57 (digits_ge0 7 (digits_ge0 23 (digits_ge0 45 (ler0n F 7)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 64 (digits_ge0 41 (digits_ge0 58 (digits_ge0 19 (digits_ge0 36 (digits_ge0 71 (digits_ge0 12 (digits_ge0 16 (digits_ge0 14 (digits_ge0 87 (digits_ge0 7 (digits_ge0 80 (digits_ge0 98 (digits_ge0 5 (digits_ge0 22 (digits_ge0 53 (ler0n F 40))))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 30 (digits_ge0 0 (digits_ge0 34 (digits_ge0 29 (digits_ge0 8 (digits_ge0 80 (digits_ge0 19 (digits_ge0 97 (digits_ge0 13 (digits_ge0 64 (digits_ge0 60 (digits_ge0 81 (digits_ge0 51 (digits_ge0 55 (digits_ge0 58 (ler0n F 29)))))))))))))))))))
    (square_ge0 _ (digits_ge0 40 (digits_ge0 50 (digits_ge0 27 (digits_ge0 43 (digits_ge0 16 (digits_ge0 3 (digits_ge0 33 (digits_ge0 12 (digits_ge0 51 (digits_ge0 28 (digits_ge0 90 (digits_ge0 16 (digits_ge0 81 (digits_ge0 90 (digits_ge0 85 (digits_ge0 51 (digits_ge0 65 (digits_ge0 2 (ler0n F 9))))))))))))))))))))).
- by [].
Qed.

End Squares.
