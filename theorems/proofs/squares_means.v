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

Lemma mean_3 (x1 x2 x3 : F) :
  0 <= - 3%:R * x1 ^+ 2 * x2 ^+ 2 * x3 ^+ 2 + x1 ^+ 6 + x2 ^+ 6 + x3 ^+ 6.
Proof.
apply: (@of_squares 4%:R _ (
    1%:R * (2%:R * x1 * x2 ^+ 2 - x1 * x3 ^+ 2 - x1 ^+ 3) ^+ 2 +
    3%:R * (- x1 * x3 ^+ 2 + x1 ^+ 3) ^+ 2 +
    1%:R * (- x1 ^+ 2 * x2 - x2 * x3 ^+ 2 + 2%:R * x2 ^+ 3) ^+ 2 +
    3%:R * (x1 ^+ 2 * x2 - x2 * x3 ^+ 2) ^+ 2 +
    1%:R * (- x1 ^+ 2 * x3 - x2 ^+ 2 * x3 + 2%:R * x3 ^+ 3) ^+ 2 +
    3%:R * (x1 ^+ 2 * x3 - x2 ^+ 2 * x3) ^+ 2)
  (0)); last by ring.
- exact (ltr0Sn F 3).
- exact (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (square_ge0 _ (ler0n F 1))
    (square_ge0 _ (ler0n F 3)))
    (square_ge0 _ (ler0n F 1)))
    (square_ge0 _ (ler0n F 3)))
    (square_ge0 _ (ler0n F 1)))
    (square_ge0 _ (ler0n F 3))).
- by [].
Qed.

Lemma mean_4 (x1 x2 x3 x4 : F) :
  0 <= - 4%:R * x1 ^+ 2 * x2 ^+ 2 * x3 ^+ 2 * x4 ^+ 2 + x1 ^+ 8 + x2 ^+ 8 + x3 ^+ 8 + x4 ^+ 8.
Proof.
apply: (@of_squares ((((((((((((((((((((22%:R * 100%:R + 1%:R) * 100%:R + 36%:R) * 100%:R + 3%:R) * 100%:R + 95%:R) * 100%:R + 62%:R) * 100%:R + 42%:R) * 100%:R + 84%:R) * 100%:R + 14%:R) * 100%:R + 74%:R) * 100%:R + 74%:R) * 100%:R + 88%:R) * 100%:R + 16%:R) * 100%:R + 97%:R) * 100%:R + 13%:R) * 100%:R + 38%:R) * 100%:R + 96%:R) * 100%:R + 23%:R) * 100%:R + 93%:R) * 100%:R + 28%:R) * 100%:R + 0%:R) _ (
    (((((((((((((((((((3%:R * 100%:R + 82%:R) * 100%:R + 18%:R) * 100%:R + 6%:R) * 100%:R + 24%:R) * 100%:R + 24%:R) * 100%:R + 3%:R) * 100%:R + 27%:R) * 100%:R + 10%:R) * 100%:R + 89%:R) * 100%:R + 36%:R) * 100%:R + 61%:R) * 100%:R + 14%:R) * 100%:R + 5%:R) * 100%:R + 75%:R) * 100%:R + 24%:R) * 100%:R + 12%:R) * 100%:R + 54%:R) * 100%:R + 15%:R) * 100%:R + 50%:R) * (6%:R * x1 ^+ 2 * x2 ^+ 2 - 4%:R * x1 ^+ 2 * x3 ^+ 2 - 11%:R * x1 ^+ 2 * x4 ^+ 2 - 2%:R * x1 ^+ 4 + 7%:R * x2 ^+ 2 * x3 ^+ 2 - 6%:R * x2 ^+ 2 * x4 ^+ 2 - x2 ^+ 4 - 10%:R * x3 ^+ 2 * x4 ^+ 2 - 3%:R * x3 ^+ 4 + 24%:R * x4 ^+ 4) ^+ 2 +
    ((((((((((((((((((3%:R * 100%:R + 57%:R) * 100%:R + 17%:R) * 100%:R + 81%:R) * 100%:R + 53%:R) * 100%:R + 49%:R) * 100%:R + 56%:R) * 100%:R + 32%:R) * 100%:R + 81%:R) * 100%:R + 20%:R) * 100%:R + 90%:R) * 100%:R + 29%:R) * 100%:R + 10%:R) * 100%:R + 33%:R) * 100%:R + 41%:R) * 100%:R + 34%:R) * 100%:R + 69%:R) * 100%:R + 66%:R) * 100%:R + 50%:R) * (- (1%:R * 100%:R + 50%:R) * x1 ^+ 2 * x2 ^+ 2 - 56%:R * x1 ^+ 2 * x3 ^+ 2 + 17%:R * x1 ^+ 2 * x4 ^+ 2 + 98%:R * x1 ^+ 4 - 73%:R * x2 ^+ 2 * x3 ^+ 2 - 66%:R * x2 ^+ 2 * x4 ^+ 2 + (1%:R * 100%:R + 3%:R) * x2 ^+ 4 + (2%:R * 100%:R + 14%:R) * x3 ^+ 2 * x4 ^+ 2 - 87%:R * x3 ^+ 4) ^+ 2 +
    ((((((((((((((((96%:R * 100%:R + 86%:R) * 100%:R + 18%:R) * 100%:R + 72%:R) * 100%:R + 13%:R) * 100%:R + 44%:R) * 100%:R + 8%:R) * 100%:R + 89%:R) * 100%:R + 81%:R) * 100%:R + 93%:R) * 100%:R + 97%:R) * 100%:R + 72%:R) * 100%:R + 29%:R) * 100%:R + 40%:R) * 100%:R + 2%:R) * 100%:R + 62%:R) * 100%:R + 96%:R) * ((12%:R * 100%:R + 13%:R) * x1 ^+ 2 * x2 ^+ 2 - (43%:R * 100%:R + 65%:R) * x1 ^+ 2 * x3 ^+ 2 + (15%:R * 100%:R + 41%:R) * x1 ^+ 2 * x4 ^+ 2 - (14%:R * 100%:R + 83%:R) * x1 ^+ 4 - (16%:R * 100%:R + 26%:R) * x2 ^+ 2 * x3 ^+ 2 + (2%:R * 100%:R + 17%:R) * x2 ^+ 2 * x4 ^+ 2 + 78%:R * x2 ^+ 4 + (44%:R * 100%:R + 25%:R) * x3 ^+ 4) ^+ 2 +
    (((((((((((((((7%:R * 100%:R + 93%:R) * 100%:R + 74%:R) * 100%:R + 91%:R) * 100%:R + 14%:R) * 100%:R + 93%:R) * 100%:R + 4%:R) * 100%:R + 79%:R) * 100%:R + 66%:R) * 100%:R + 32%:R) * 100%:R + 34%:R) * 100%:R + 78%:R) * 100%:R + 54%:R) * 100%:R + 10%:R) * 100%:R + 90%:R) * 100%:R + 64%:R) * ((32%:R * 100%:R + 47%:R) * x1 ^+ 2 * x2 ^+ 2 - ((7%:R * 100%:R + 46%:R) * 100%:R + 85%:R) * x1 ^+ 2 * x3 ^+ 2 - ((4%:R * 100%:R + 12%:R) * 100%:R + 96%:R) * x1 ^+ 2 * x4 ^+ 2 + ((3%:R * 100%:R + 85%:R) * 100%:R + 73%:R) * x1 ^+ 4 + ((1%:R * 100%:R + 98%:R) * 100%:R + 81%:R) * x2 ^+ 2 * x3 ^+ 2 + ((13%:R * 100%:R + 5%:R) * 100%:R + 73%:R) * x2 ^+ 2 * x4 ^+ 2 - ((7%:R * 100%:R + 62%:R) * 100%:R + 93%:R) * x2 ^+ 4) ^+ 2 +
    ((((((((((((((3%:R * 100%:R + 64%:R) * 100%:R + 75%:R) * 100%:R + 92%:R) * 100%:R + 56%:R) * 100%:R + 59%:R) * 100%:R + 11%:R) * 100%:R + 36%:R) * 100%:R + 59%:R) * 100%:R + 59%:R) * 100%:R + 59%:R) * 100%:R + 57%:R) * 100%:R + 35%:R) * 100%:R + 30%:R) * 100%:R + 85%:R) * (- ((25%:R * 100%:R + 94%:R) * 100%:R + 55%:R) * x1 ^+ 2 * x2 ^+ 2 - (((1%:R * 100%:R + 51%:R) * 100%:R + 92%:R) * 100%:R + 72%:R) * x1 ^+ 2 * x3 ^+ 2 - ((38%:R * 100%:R + 54%:R) * 100%:R + 38%:R) * x1 ^+ 2 * x4 ^+ 2 + (((1%:R * 100%:R + 6%:R) * 100%:R + 53%:R) * 100%:R + 56%:R) * x1 ^+ 4 + (((1%:R * 100%:R + 92%:R) * 100%:R + 58%:R) * 100%:R + 40%:R) * x2 ^+ 2 * x3 ^+ 2 - ((82%:R * 100%:R + 70%:R) * 100%:R + 31%:R) * x2 ^+ 4) ^+ 2 +
    (((((((((((((2%:R * 100%:R + 5%:R) * 100%:R + 0%:R) * 100%:R + 30%:R) * 100%:R + 57%:R) * 100%:R + 16%:R) * 100%:R + 25%:R) * 100%:R + 8%:R) * 100%:R + 86%:R) * 100%:R + 19%:R) * 100%:R + 52%:R) * 100%:R + 5%:R) * 100%:R + 86%:R) * 100%:R + 35%:R) * (- (((6%:R * 100%:R + 68%:R) * 100%:R + 74%:R) * 100%:R + 85%:R) * x1 ^+ 2 * x2 ^+ 2 - (((14%:R * 100%:R + 42%:R) * 100%:R + 17%:R) * 100%:R + 84%:R) * x1 ^+ 2 * x3 ^+ 2 + (((5%:R * 100%:R + 27%:R) * 100%:R + 44%:R) * 100%:R + 54%:R) * x1 ^+ 2 * x4 ^+ 2 - (((7%:R * 100%:R + 39%:R) * 100%:R + 78%:R) * 100%:R + 68%:R) * x1 ^+ 4 + (((23%:R * 100%:R + 23%:R) * 100%:R + 26%:R) * 100%:R + 83%:R) * x2 ^+ 4) ^+ 2 +
    ((((((((((((1%:R * 100%:R + 24%:R) * 100%:R + 49%:R) * 100%:R + 64%:R) * 100%:R + 40%:R) * 100%:R + 62%:R) * 100%:R + 34%:R) * 100%:R + 65%:R) * 100%:R + 62%:R) * 100%:R + 54%:R) * 100%:R + 39%:R) * 100%:R + 85%:R) * 100%:R + 80%:R) * (- (((86%:R * 100%:R + 52%:R) * 100%:R + 45%:R) * 100%:R + 43%:R) * x1 ^+ 2 * x2 ^+ 2 - ((((1%:R * 100%:R + 77%:R) * 100%:R + 89%:R) * 100%:R + 4%:R) * 100%:R + 34%:R) * x1 ^+ 2 * x3 ^+ 2 + ((((3%:R * 100%:R + 17%:R) * 100%:R + 11%:R) * 100%:R + 99%:R) * 100%:R + 80%:R) * x1 ^+ 2 * x4 ^+ 2 - (((52%:R * 100%:R + 70%:R) * 100%:R + 50%:R) * 100%:R + 3%:R) * x1 ^+ 4) ^+ 2 +
    ((((((((((92%:R * 100%:R + 20%:R) * 100%:R + 37%:R) * 100%:R + 85%:R) * 100%:R + 12%:R) * 100%:R + 41%:R) * 100%:R + 34%:R) * 100%:R + 11%:R) * 100%:R + 71%:R) * 100%:R + 58%:R) * 100%:R + 20%:R) * (((((31%:R * 100%:R + 36%:R) * 100%:R + 94%:R) * 100%:R + 96%:R) * 100%:R + 77%:R) * x1 ^+ 2 * x2 ^+ 2 - ((((35%:R * 100%:R + 77%:R) * 100%:R + 77%:R) * 100%:R + 38%:R) * 100%:R + 54%:R) * x1 ^+ 2 * x3 ^+ 2 + ((((4%:R * 100%:R + 40%:R) * 100%:R + 82%:R) * 100%:R + 41%:R) * 100%:R + 77%:R) * x1 ^+ 4) ^+ 2 +
    ((((((((((((((((((((9%:R * 100%:R + 33%:R) * 100%:R + 22%:R) * 100%:R + 8%:R) * 100%:R + 43%:R) * 100%:R + 17%:R) * 100%:R + 58%:R) * 100%:R + 28%:R) * 100%:R + 80%:R) * 100%:R + 42%:R) * 100%:R + 62%:R) * 100%:R + 28%:R) * 100%:R + 41%:R) * 100%:R + 36%:R) * 100%:R + 69%:R) * 100%:R + 91%:R) * 100%:R + 90%:R) * 100%:R + 53%:R) * 100%:R + 74%:R) * 100%:R + 16%:R) * 100%:R + 0%:R) * (- x1 ^+ 2 * x3 ^+ 2 + x1 ^+ 4) ^+ 2 +
    (((((((((((((((((((30%:R * 100%:R + 57%:R) * 100%:R + 44%:R) * 100%:R + 49%:R) * 100%:R + 93%:R) * 100%:R + 92%:R) * 100%:R + 26%:R) * 100%:R + 16%:R) * 100%:R + 87%:R) * 100%:R + 14%:R) * 100%:R + 92%:R) * 100%:R + 89%:R) * 100%:R + 12%:R) * 100%:R + 46%:R) * 100%:R + 1%:R) * 100%:R + 93%:R) * 100%:R + 0%:R) * 100%:R + 33%:R) * 100%:R + 24%:R) * 100%:R + 0%:R) * (- x1 * x2 * x3 ^+ 2 + 6%:R * x1 * x2 * x4 ^+ 2 - 4%:R * x1 * x2 ^+ 3 - x1 ^+ 3 * x2) ^+ 2 +
    (((((((((((((((((((1%:R * 100%:R + 5%:R) * 100%:R + 42%:R) * 100%:R + 91%:R) * 100%:R + 37%:R) * 100%:R + 72%:R) * 100%:R + 14%:R) * 100%:R + 69%:R) * 100%:R + 54%:R) * 100%:R + 72%:R) * 100%:R + 92%:R) * 100%:R + 85%:R) * 100%:R + 83%:R) * 100%:R + 18%:R) * 100%:R + 82%:R) * 100%:R + 82%:R) * 100%:R + 51%:R) * 100%:R + 73%:R) * 100%:R + 56%:R) * 100%:R + 0%:R) * (29%:R * x1 * x2 * x3 ^+ 2 - 16%:R * x1 * x2 ^+ 3 - 13%:R * x1 ^+ 3 * x2) ^+ 2 +
    ((((((((((((((((((((8%:R * 100%:R + 91%:R) * 100%:R + 93%:R) * 100%:R + 5%:R) * 100%:R + 5%:R) * 100%:R + 12%:R) * 100%:R + 36%:R) * 100%:R + 32%:R) * 100%:R + 37%:R) * 100%:R + 0%:R) * 100%:R + 97%:R) * 100%:R + 58%:R) * 100%:R + 13%:R) * 100%:R + 77%:R) * 100%:R + 28%:R) * 100%:R + 70%:R) * 100%:R + 9%:R) * 100%:R + 68%:R) * 100%:R + 31%:R) * 100%:R + 76%:R) * 100%:R + 0%:R) * (- x1 * x2 ^+ 3 + x1 ^+ 3 * x2) ^+ 2 +
    ((((((((((((((((((((2%:R * 100%:R + 75%:R) * 100%:R + 17%:R) * 100%:R + 0%:R) * 100%:R + 49%:R) * 100%:R + 45%:R) * 100%:R + 30%:R) * 100%:R + 35%:R) * 100%:R + 51%:R) * 100%:R + 84%:R) * 100%:R + 34%:R) * 100%:R + 36%:R) * 100%:R + 2%:R) * 100%:R + 12%:R) * 100%:R + 14%:R) * 100%:R + 17%:R) * 100%:R + 37%:R) * 100%:R + 2%:R) * 100%:R + 99%:R) * 100%:R + 16%:R) * 100%:R + 0%:R) * (- x1 * x2 ^+ 2 * x3 + 2%:R * x1 * x3 * x4 ^+ 2 - x1 * x3 ^+ 3) ^+ 2 +
    ((((((((((((((((((((8%:R * 100%:R + 25%:R) * 100%:R + 51%:R) * 100%:R + 1%:R) * 100%:R + 48%:R) * 100%:R + 35%:R) * 100%:R + 91%:R) * 100%:R + 6%:R) * 100%:R + 55%:R) * 100%:R + 53%:R) * 100%:R + 3%:R) * 100%:R + 8%:R) * 100%:R + 6%:R) * 100%:R + 36%:R) * 100%:R + 42%:R) * 100%:R + 52%:R) * 100%:R + 11%:R) * 100%:R + 8%:R) * 100%:R + 97%:R) * 100%:R + 48%:R) * 100%:R + 0%:R) * (x1 * x2 ^+ 2 * x3 - x1 * x3 ^+ 3) ^+ 2 +
    ((((((((((((((((((((22%:R * 100%:R + 1%:R) * 100%:R + 36%:R) * 100%:R + 3%:R) * 100%:R + 95%:R) * 100%:R + 62%:R) * 100%:R + 42%:R) * 100%:R + 84%:R) * 100%:R + 14%:R) * 100%:R + 74%:R) * 100%:R + 74%:R) * 100%:R + 88%:R) * 100%:R + 16%:R) * 100%:R + 97%:R) * 100%:R + 13%:R) * 100%:R + 38%:R) * 100%:R + 96%:R) * 100%:R + 23%:R) * 100%:R + 93%:R) * 100%:R + 28%:R) * 100%:R + 0%:R) * (- x1 * x3 ^+ 3 + x1 ^+ 3 * x3) ^+ 2 +
    (((((((((((((((((((30%:R * 100%:R + 57%:R) * 100%:R + 44%:R) * 100%:R + 49%:R) * 100%:R + 93%:R) * 100%:R + 92%:R) * 100%:R + 26%:R) * 100%:R + 16%:R) * 100%:R + 87%:R) * 100%:R + 14%:R) * 100%:R + 92%:R) * 100%:R + 89%:R) * 100%:R + 12%:R) * 100%:R + 46%:R) * 100%:R + 1%:R) * 100%:R + 93%:R) * 100%:R + 0%:R) * 100%:R + 33%:R) * 100%:R + 24%:R) * 100%:R + 0%:R) * (- x1 ^+ 2 * x2 * x3 + 6%:R * x2 * x3 * x4 ^+ 2 - 5%:R * x2 ^+ 3 * x3) ^+ 2 +
    ((((((((((((((((((((1%:R * 100%:R + 22%:R) * 100%:R + 29%:R) * 100%:R + 77%:R) * 100%:R + 99%:R) * 100%:R + 75%:R) * 100%:R + 69%:R) * 100%:R + 4%:R) * 100%:R + 67%:R) * 100%:R + 48%:R) * 100%:R + 59%:R) * 100%:R + 71%:R) * 100%:R + 56%:R) * 100%:R + 49%:R) * 100%:R + 84%:R) * 100%:R + 7%:R) * 100%:R + 72%:R) * 100%:R + 1%:R) * 100%:R + 32%:R) * 100%:R + 96%:R) * 100%:R + 0%:R) * (- x1 ^+ 2 * x2 * x3 + 3%:R * x2 * x3 ^+ 3 - 2%:R * x2 ^+ 3 * x3) ^+ 2 +
    ((((((((((((((((((((7%:R * 100%:R + 64%:R) * 100%:R + 36%:R) * 100%:R + 12%:R) * 100%:R + 48%:R) * 100%:R + 48%:R) * 100%:R + 6%:R) * 100%:R + 54%:R) * 100%:R + 21%:R) * 100%:R + 78%:R) * 100%:R + 73%:R) * 100%:R + 22%:R) * 100%:R + 28%:R) * 100%:R + 11%:R) * 100%:R + 50%:R) * 100%:R + 48%:R) * 100%:R + 25%:R) * 100%:R + 8%:R) * 100%:R + 31%:R) * 100%:R + 0%:R) * 100%:R + 0%:R) * (x1 ^+ 2 * x2 * x3 - x2 ^+ 3 * x3) ^+ 2 +
    (((((((((((((((((((36%:R * 100%:R + 68%:R) * 100%:R + 93%:R) * 100%:R + 39%:R) * 100%:R + 92%:R) * 100%:R + 70%:R) * 100%:R + 71%:R) * 100%:R + 40%:R) * 100%:R + 24%:R) * 100%:R + 57%:R) * 100%:R + 91%:R) * 100%:R + 46%:R) * 100%:R + 94%:R) * 100%:R + 95%:R) * 100%:R + 22%:R) * 100%:R + 31%:R) * 100%:R + 60%:R) * 100%:R + 39%:R) * 100%:R + 88%:R) * 100%:R + 80%:R) * (- x1 * x2 ^+ 2 * x4 + 5%:R * x1 * x3 ^+ 2 * x4 - 2%:R * x1 * x4 ^+ 3 - 2%:R * x1 ^+ 3 * x4) ^+ 2 +
    (((((((((((((((((((6%:R * 100%:R + 11%:R) * 100%:R + 48%:R) * 100%:R + 89%:R) * 100%:R + 98%:R) * 100%:R + 78%:R) * 100%:R + 45%:R) * 100%:R + 23%:R) * 100%:R + 37%:R) * 100%:R + 42%:R) * 100%:R + 98%:R) * 100%:R + 57%:R) * 100%:R + 82%:R) * 100%:R + 49%:R) * 100%:R + 20%:R) * 100%:R + 38%:R) * 100%:R + 60%:R) * 100%:R + 6%:R) * 100%:R + 64%:R) * 100%:R + 80%:R) * (12%:R * x1 * x2 ^+ 2 * x4 - 11%:R * x1 * x4 ^+ 3 - x1 ^+ 3 * x4) ^+ 2 +
    ((((((((((((((((((((11%:R * 100%:R + 31%:R) * 100%:R + 25%:R) * 100%:R + 46%:R) * 100%:R + 47%:R) * 100%:R + 75%:R) * 100%:R + 13%:R) * 100%:R + 68%:R) * 100%:R + 24%:R) * 100%:R + 24%:R) * 100%:R + 52%:R) * 100%:R + 36%:R) * 100%:R + 97%:R) * 100%:R + 61%:R) * 100%:R + 2%:R) * 100%:R + 71%:R) * 100%:R + 41%:R) * 100%:R + 12%:R) * 100%:R + 29%:R) * 100%:R + 88%:R) * 100%:R + 0%:R) * (- x1 * x4 ^+ 3 + x1 ^+ 3 * x4) ^+ 2 +
    (((((((((((((((((((30%:R * 100%:R + 57%:R) * 100%:R + 44%:R) * 100%:R + 49%:R) * 100%:R + 93%:R) * 100%:R + 92%:R) * 100%:R + 26%:R) * 100%:R + 16%:R) * 100%:R + 87%:R) * 100%:R + 14%:R) * 100%:R + 92%:R) * 100%:R + 89%:R) * 100%:R + 12%:R) * 100%:R + 46%:R) * 100%:R + 1%:R) * 100%:R + 93%:R) * 100%:R + 0%:R) * 100%:R + 33%:R) * 100%:R + 24%:R) * 100%:R + 0%:R) * (- x1 ^+ 2 * x2 * x4 - x2 * x3 ^+ 2 * x4 + 6%:R * x2 * x4 ^+ 3 - 4%:R * x2 ^+ 3 * x4) ^+ 2 +
    (((((((((((((((((((1%:R * 100%:R + 5%:R) * 100%:R + 42%:R) * 100%:R + 91%:R) * 100%:R + 37%:R) * 100%:R + 72%:R) * 100%:R + 14%:R) * 100%:R + 69%:R) * 100%:R + 54%:R) * 100%:R + 72%:R) * 100%:R + 92%:R) * 100%:R + 85%:R) * 100%:R + 83%:R) * 100%:R + 18%:R) * 100%:R + 82%:R) * 100%:R + 82%:R) * 100%:R + 51%:R) * 100%:R + 73%:R) * 100%:R + 56%:R) * 100%:R + 0%:R) * (- 7%:R * x1 ^+ 2 * x2 * x4 + 29%:R * x2 * x3 ^+ 2 * x4 - 22%:R * x2 ^+ 3 * x4) ^+ 2 +
    ((((((((((((((((((((10%:R * 100%:R + 18%:R) * 100%:R + 44%:R) * 100%:R + 54%:R) * 100%:R + 70%:R) * 100%:R + 38%:R) * 100%:R + 93%:R) * 100%:R + 95%:R) * 100%:R + 82%:R) * 100%:R + 68%:R) * 100%:R + 49%:R) * 100%:R + 1%:R) * 100%:R + 13%:R) * 100%:R + 59%:R) * 100%:R + 88%:R) * 100%:R + 9%:R) * 100%:R + 11%:R) * 100%:R + 76%:R) * 100%:R + 58%:R) * 100%:R + 96%:R) * 100%:R + 0%:R) * (x1 ^+ 2 * x2 * x4 - x2 ^+ 3 * x4) ^+ 2 +
    ((((((((((((((((((((1%:R * 100%:R + 22%:R) * 100%:R + 29%:R) * 100%:R + 77%:R) * 100%:R + 99%:R) * 100%:R + 75%:R) * 100%:R + 69%:R) * 100%:R + 4%:R) * 100%:R + 67%:R) * 100%:R + 48%:R) * 100%:R + 59%:R) * 100%:R + 71%:R) * 100%:R + 56%:R) * 100%:R + 49%:R) * 100%:R + 84%:R) * 100%:R + 7%:R) * 100%:R + 72%:R) * 100%:R + 1%:R) * 100%:R + 32%:R) * 100%:R + 96%:R) * 100%:R + 0%:R) * (- x1 ^+ 2 * x3 * x4 - 2%:R * x3 * x4 ^+ 3 + 3%:R * x3 ^+ 3 * x4) ^+ 2 +
    (((((((((((((((((((36%:R * 100%:R + 68%:R) * 100%:R + 93%:R) * 100%:R + 39%:R) * 100%:R + 92%:R) * 100%:R + 70%:R) * 100%:R + 71%:R) * 100%:R + 40%:R) * 100%:R + 24%:R) * 100%:R + 57%:R) * 100%:R + 91%:R) * 100%:R + 46%:R) * 100%:R + 94%:R) * 100%:R + 95%:R) * 100%:R + 22%:R) * 100%:R + 31%:R) * 100%:R + 60%:R) * 100%:R + 39%:R) * 100%:R + 88%:R) * 100%:R + 80%:R) * (- x1 ^+ 2 * x3 * x4 + 5%:R * x2 ^+ 2 * x3 * x4 - 4%:R * x3 * x4 ^+ 3) ^+ 2 +
    ((((((((((((((((((((7%:R * 100%:R + 58%:R) * 100%:R + 24%:R) * 100%:R + 63%:R) * 100%:R + 58%:R) * 100%:R + 49%:R) * 100%:R + 28%:R) * 100%:R + 8%:R) * 100%:R + 98%:R) * 100%:R + 41%:R) * 100%:R + 30%:R) * 100%:R + 23%:R) * 100%:R + 70%:R) * 100%:R + 29%:R) * 100%:R + 1%:R) * 100%:R + 27%:R) * 100%:R + 86%:R) * 100%:R + 48%:R) * 100%:R + 24%:R) * 100%:R + 35%:R) * 100%:R + 20%:R) * (x1 ^+ 2 * x3 * x4 - x3 * x4 ^+ 3) ^+ 2)
  (0)); last by ring.
- exact (digits_gt0 0 (digits_gt0 28 (digits_gt0 93 (digits_gt0 23 (digits_gt0 96 (digits_gt0 38 (digits_gt0 13 (digits_gt0 97 (digits_gt0 16 (digits_gt0 88 (digits_gt0 74 (digits_gt0 74 (digits_gt0 14 (digits_gt0 84 (digits_gt0 42 (digits_gt0 62 (digits_gt0 95 (digits_gt0 3 (digits_gt0 36 (digits_gt0 1 (ltr0Sn F 21))))))))))))))))))))).
- exact (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (addr_ge0 (square_ge0 _ (digits_ge0 50 (digits_ge0 15 (digits_ge0 54 (digits_ge0 12 (digits_ge0 24 (digits_ge0 75 (digits_ge0 5 (digits_ge0 14 (digits_ge0 61 (digits_ge0 36 (digits_ge0 89 (digits_ge0 10 (digits_ge0 27 (digits_ge0 3 (digits_ge0 24 (digits_ge0 24 (digits_ge0 6 (digits_ge0 18 (digits_ge0 82 (ler0n F 3)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 50 (digits_ge0 66 (digits_ge0 69 (digits_ge0 34 (digits_ge0 41 (digits_ge0 33 (digits_ge0 10 (digits_ge0 29 (digits_ge0 90 (digits_ge0 20 (digits_ge0 81 (digits_ge0 32 (digits_ge0 56 (digits_ge0 49 (digits_ge0 53 (digits_ge0 81 (digits_ge0 17 (digits_ge0 57 (ler0n F 3)))))))))))))))))))))
    (square_ge0 _ (digits_ge0 96 (digits_ge0 62 (digits_ge0 2 (digits_ge0 40 (digits_ge0 29 (digits_ge0 72 (digits_ge0 97 (digits_ge0 93 (digits_ge0 81 (digits_ge0 89 (digits_ge0 8 (digits_ge0 44 (digits_ge0 13 (digits_ge0 72 (digits_ge0 18 (digits_ge0 86 (ler0n F 96)))))))))))))))))))
    (square_ge0 _ (digits_ge0 64 (digits_ge0 90 (digits_ge0 10 (digits_ge0 54 (digits_ge0 78 (digits_ge0 34 (digits_ge0 32 (digits_ge0 66 (digits_ge0 79 (digits_ge0 4 (digits_ge0 93 (digits_ge0 14 (digits_ge0 91 (digits_ge0 74 (digits_ge0 93 (ler0n F 7))))))))))))))))))
    (square_ge0 _ (digits_ge0 85 (digits_ge0 30 (digits_ge0 35 (digits_ge0 57 (digits_ge0 59 (digits_ge0 59 (digits_ge0 59 (digits_ge0 36 (digits_ge0 11 (digits_ge0 59 (digits_ge0 56 (digits_ge0 92 (digits_ge0 75 (digits_ge0 64 (ler0n F 3)))))))))))))))))
    (square_ge0 _ (digits_ge0 35 (digits_ge0 86 (digits_ge0 5 (digits_ge0 52 (digits_ge0 19 (digits_ge0 86 (digits_ge0 8 (digits_ge0 25 (digits_ge0 16 (digits_ge0 57 (digits_ge0 30 (digits_ge0 0 (digits_ge0 5 (ler0n F 2))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 85 (digits_ge0 39 (digits_ge0 54 (digits_ge0 62 (digits_ge0 65 (digits_ge0 34 (digits_ge0 62 (digits_ge0 40 (digits_ge0 64 (digits_ge0 49 (digits_ge0 24 (ler0n F 1)))))))))))))))
    (square_ge0 _ (digits_ge0 20 (digits_ge0 58 (digits_ge0 71 (digits_ge0 11 (digits_ge0 34 (digits_ge0 41 (digits_ge0 12 (digits_ge0 85 (digits_ge0 37 (digits_ge0 20 (ler0n F 92)))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 16 (digits_ge0 74 (digits_ge0 53 (digits_ge0 90 (digits_ge0 91 (digits_ge0 69 (digits_ge0 36 (digits_ge0 41 (digits_ge0 28 (digits_ge0 62 (digits_ge0 42 (digits_ge0 80 (digits_ge0 28 (digits_ge0 58 (digits_ge0 17 (digits_ge0 43 (digits_ge0 8 (digits_ge0 22 (digits_ge0 33 (ler0n F 9)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 24 (digits_ge0 33 (digits_ge0 0 (digits_ge0 93 (digits_ge0 1 (digits_ge0 46 (digits_ge0 12 (digits_ge0 89 (digits_ge0 92 (digits_ge0 14 (digits_ge0 87 (digits_ge0 16 (digits_ge0 26 (digits_ge0 92 (digits_ge0 93 (digits_ge0 49 (digits_ge0 44 (digits_ge0 57 (ler0n F 30))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 56 (digits_ge0 73 (digits_ge0 51 (digits_ge0 82 (digits_ge0 82 (digits_ge0 18 (digits_ge0 83 (digits_ge0 85 (digits_ge0 92 (digits_ge0 72 (digits_ge0 54 (digits_ge0 69 (digits_ge0 14 (digits_ge0 72 (digits_ge0 37 (digits_ge0 91 (digits_ge0 42 (digits_ge0 5 (ler0n F 1))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 76 (digits_ge0 31 (digits_ge0 68 (digits_ge0 9 (digits_ge0 70 (digits_ge0 28 (digits_ge0 77 (digits_ge0 13 (digits_ge0 58 (digits_ge0 97 (digits_ge0 0 (digits_ge0 37 (digits_ge0 32 (digits_ge0 36 (digits_ge0 12 (digits_ge0 5 (digits_ge0 5 (digits_ge0 93 (digits_ge0 91 (ler0n F 8)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 16 (digits_ge0 99 (digits_ge0 2 (digits_ge0 37 (digits_ge0 17 (digits_ge0 14 (digits_ge0 12 (digits_ge0 2 (digits_ge0 36 (digits_ge0 34 (digits_ge0 84 (digits_ge0 51 (digits_ge0 35 (digits_ge0 30 (digits_ge0 45 (digits_ge0 49 (digits_ge0 0 (digits_ge0 17 (digits_ge0 75 (ler0n F 2)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 48 (digits_ge0 97 (digits_ge0 8 (digits_ge0 11 (digits_ge0 52 (digits_ge0 42 (digits_ge0 36 (digits_ge0 6 (digits_ge0 8 (digits_ge0 3 (digits_ge0 53 (digits_ge0 55 (digits_ge0 6 (digits_ge0 91 (digits_ge0 35 (digits_ge0 48 (digits_ge0 1 (digits_ge0 51 (digits_ge0 25 (ler0n F 8)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 28 (digits_ge0 93 (digits_ge0 23 (digits_ge0 96 (digits_ge0 38 (digits_ge0 13 (digits_ge0 97 (digits_ge0 16 (digits_ge0 88 (digits_ge0 74 (digits_ge0 74 (digits_ge0 14 (digits_ge0 84 (digits_ge0 42 (digits_ge0 62 (digits_ge0 95 (digits_ge0 3 (digits_ge0 36 (digits_ge0 1 (ler0n F 22)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 24 (digits_ge0 33 (digits_ge0 0 (digits_ge0 93 (digits_ge0 1 (digits_ge0 46 (digits_ge0 12 (digits_ge0 89 (digits_ge0 92 (digits_ge0 14 (digits_ge0 87 (digits_ge0 16 (digits_ge0 26 (digits_ge0 92 (digits_ge0 93 (digits_ge0 49 (digits_ge0 44 (digits_ge0 57 (ler0n F 30))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 96 (digits_ge0 32 (digits_ge0 1 (digits_ge0 72 (digits_ge0 7 (digits_ge0 84 (digits_ge0 49 (digits_ge0 56 (digits_ge0 71 (digits_ge0 59 (digits_ge0 48 (digits_ge0 67 (digits_ge0 4 (digits_ge0 69 (digits_ge0 75 (digits_ge0 99 (digits_ge0 77 (digits_ge0 29 (digits_ge0 22 (ler0n F 1)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 0 (digits_ge0 31 (digits_ge0 8 (digits_ge0 25 (digits_ge0 48 (digits_ge0 50 (digits_ge0 11 (digits_ge0 28 (digits_ge0 22 (digits_ge0 73 (digits_ge0 78 (digits_ge0 21 (digits_ge0 54 (digits_ge0 6 (digits_ge0 48 (digits_ge0 48 (digits_ge0 12 (digits_ge0 36 (digits_ge0 64 (ler0n F 7)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 88 (digits_ge0 39 (digits_ge0 60 (digits_ge0 31 (digits_ge0 22 (digits_ge0 95 (digits_ge0 94 (digits_ge0 46 (digits_ge0 91 (digits_ge0 57 (digits_ge0 24 (digits_ge0 40 (digits_ge0 71 (digits_ge0 70 (digits_ge0 92 (digits_ge0 39 (digits_ge0 93 (digits_ge0 68 (ler0n F 36))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 64 (digits_ge0 6 (digits_ge0 60 (digits_ge0 38 (digits_ge0 20 (digits_ge0 49 (digits_ge0 82 (digits_ge0 57 (digits_ge0 98 (digits_ge0 42 (digits_ge0 37 (digits_ge0 23 (digits_ge0 45 (digits_ge0 78 (digits_ge0 98 (digits_ge0 89 (digits_ge0 48 (digits_ge0 11 (ler0n F 6))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 88 (digits_ge0 29 (digits_ge0 12 (digits_ge0 41 (digits_ge0 71 (digits_ge0 2 (digits_ge0 61 (digits_ge0 97 (digits_ge0 36 (digits_ge0 52 (digits_ge0 24 (digits_ge0 24 (digits_ge0 68 (digits_ge0 13 (digits_ge0 75 (digits_ge0 47 (digits_ge0 46 (digits_ge0 25 (digits_ge0 31 (ler0n F 11)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 24 (digits_ge0 33 (digits_ge0 0 (digits_ge0 93 (digits_ge0 1 (digits_ge0 46 (digits_ge0 12 (digits_ge0 89 (digits_ge0 92 (digits_ge0 14 (digits_ge0 87 (digits_ge0 16 (digits_ge0 26 (digits_ge0 92 (digits_ge0 93 (digits_ge0 49 (digits_ge0 44 (digits_ge0 57 (ler0n F 30))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 56 (digits_ge0 73 (digits_ge0 51 (digits_ge0 82 (digits_ge0 82 (digits_ge0 18 (digits_ge0 83 (digits_ge0 85 (digits_ge0 92 (digits_ge0 72 (digits_ge0 54 (digits_ge0 69 (digits_ge0 14 (digits_ge0 72 (digits_ge0 37 (digits_ge0 91 (digits_ge0 42 (digits_ge0 5 (ler0n F 1))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 96 (digits_ge0 58 (digits_ge0 76 (digits_ge0 11 (digits_ge0 9 (digits_ge0 88 (digits_ge0 59 (digits_ge0 13 (digits_ge0 1 (digits_ge0 49 (digits_ge0 68 (digits_ge0 82 (digits_ge0 95 (digits_ge0 93 (digits_ge0 38 (digits_ge0 70 (digits_ge0 54 (digits_ge0 44 (digits_ge0 18 (ler0n F 10)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 0 (digits_ge0 96 (digits_ge0 32 (digits_ge0 1 (digits_ge0 72 (digits_ge0 7 (digits_ge0 84 (digits_ge0 49 (digits_ge0 56 (digits_ge0 71 (digits_ge0 59 (digits_ge0 48 (digits_ge0 67 (digits_ge0 4 (digits_ge0 69 (digits_ge0 75 (digits_ge0 99 (digits_ge0 77 (digits_ge0 29 (digits_ge0 22 (ler0n F 1)))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 80 (digits_ge0 88 (digits_ge0 39 (digits_ge0 60 (digits_ge0 31 (digits_ge0 22 (digits_ge0 95 (digits_ge0 94 (digits_ge0 46 (digits_ge0 91 (digits_ge0 57 (digits_ge0 24 (digits_ge0 40 (digits_ge0 71 (digits_ge0 70 (digits_ge0 92 (digits_ge0 39 (digits_ge0 93 (digits_ge0 68 (ler0n F 36))))))))))))))))))))))
    (square_ge0 _ (digits_ge0 20 (digits_ge0 35 (digits_ge0 24 (digits_ge0 48 (digits_ge0 86 (digits_ge0 27 (digits_ge0 1 (digits_ge0 29 (digits_ge0 70 (digits_ge0 23 (digits_ge0 30 (digits_ge0 41 (digits_ge0 98 (digits_ge0 8 (digits_ge0 28 (digits_ge0 49 (digits_ge0 58 (digits_ge0 63 (digits_ge0 24 (digits_ge0 58 (ler0n F 7))))))))))))))))))))))).
- by [].
Qed.

Lemma pair_2 (p1 p2 q1 q2 : F) :
  0 <= - 2%:R * p1 * p2 * q1 * q2 + p1 ^+ 2 * q2 ^+ 2 + p2 ^+ 2 * q1 ^+ 2.
Proof.
apply: (@of_squares 1%:R _ (
    1%:R * (p1 * q2 - p2 * q1) ^+ 2)
  (0)); last by ring.
- exact (ltr0Sn F 0).
- exact (square_ge0 _ (ler0n F 1)).
- by [].
Qed.

Lemma pair_3 (p1 p2 p3 q1 q2 q3 : F) :
  0 <= - 2%:R * p1 * p2 * q1 * q2 - 2%:R * p1 * p3 * q1 * q3 + p1 ^+ 2 * q2 ^+ 2 + p1 ^+ 2 * q3 ^+ 2 - 2%:R * p2 * p3 * q2 * q3 + p2 ^+ 2 * q1 ^+ 2 + p2 ^+ 2 * q3 ^+ 2 + p3 ^+ 2 * q1 ^+ 2 + p3 ^+ 2 * q2 ^+ 2.
Proof.
apply: (@of_squares 1%:R _ (
    1%:R * (p1 * q2 - p2 * q1) ^+ 2 +
    1%:R * (p1 * q3 - p3 * q1) ^+ 2 +
    1%:R * (p2 * q3 - p3 * q2) ^+ 2)
  (0)); last by ring.
- exact (ltr0Sn F 0).
- exact (addr_ge0 (addr_ge0 (square_ge0 _ (ler0n F 1))
    (square_ge0 _ (ler0n F 1)))
    (square_ge0 _ (ler0n F 1))).
- by [].
Qed.

End Squares.
