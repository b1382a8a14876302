(* N2: gradient descent on a product leaves neither an ellipsoid nor its complement. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss chains.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Form.
Variables (F : realFieldType) (n : nat) (W : network F (product_widths n)) (z eta : F).

(* r = x·y - z. *)
Definition chain_residual : F := product W - z.

(* Q = |x|² + |y|² - ηz x·y + ηz². *)
Definition basin_form : F := energy 2 W - eta * z * product W + eta * z ^+ 2.

End Form.

(* ηQ⁺ - 4 = (ηQ - 4)(1 + η² r x·y). *)
Definition step : Prop :=
  forall (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m))
         (W G : network F (product_widths n)) (z eta : F),
  @moment F (product_widths n) m X = 1%:M -> @cross F (product_widths n) 2 m X Y = z%:M ->
  @is_gradient F (product_widths n) 2 m X Y W G ->
  eta * basin_form (moved W G eta) z eta - 4
    = (eta * basin_form W z eta - 4) * (1 + eta ^+ 2 * chain_residual W z * product W).

(* r⁺ = r (1 - ηQ + η²r²). *)
Definition residual : Prop :=
  forall (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m))
         (W G : network F (product_widths n)) (z eta : F),
  @moment F (product_widths n) m X = 1%:M -> @cross F (product_widths n) 2 m X Y = z%:M ->
  @is_gradient F (product_widths n) 2 m X Y W G ->
  chain_residual (moved W G eta) z = chain_residual W z
    * (1 - eta * basin_form W z eta + eta ^+ 2 * chain_residual W z ^+ 2).

(* 1 + η² r x·y >= 1 - η²z²/4. *)
Definition growth : Prop :=
  forall (F : realFieldType) (n : nat) (W : network F (product_widths n)) (z eta : F),
  1 - eta ^+ 2 * z ^+ 2 / 4 <= 1 + eta ^+ 2 * chain_residual W z * product W.

(* ηQ < 4 is left by no step. *)
Definition inside : Prop :=
  forall (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m))
         (W G : network F (product_widths n)) (z eta : F),
  @moment F (product_widths n) m X = 1%:M -> @cross F (product_widths n) 2 m X Y = z%:M ->
  @is_gradient F (product_widths n) 2 m X Y W G ->
  0 <= eta -> eta * basin_form W z eta < 4 -> eta * basin_form (moved W G eta) z eta < 4.

(* Neither is ηQ >= 4 if η²z² <= 4. *)
Definition outside : Prop :=
  forall (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m))
         (W G : network F (product_widths n)) (z eta : F),
  @moment F (product_widths n) m X = 1%:M -> @cross F (product_widths n) 2 m X Y = z%:M ->
  @is_gradient F (product_widths n) 2 m X Y W G ->
  eta ^+ 2 * z ^+ 2 <= 4 ->
  4 <= eta * basin_form W z eta -> 4 <= eta * basin_form (moved W G eta) z eta.

(* In the ellipsoid η²r² < 4. *)
Definition bounded : Prop :=
  forall (F : realFieldType) (n : nat) (W : network F (product_widths n)) (z eta : F),
  0 <= eta -> eta ^+ 2 * z ^+ 2 < 4 -> eta * basin_form W z eta < 4 ->
  eta ^+ 2 * chain_residual W z ^+ 2 < 4.

(* At a minimizer 2Q is the sharpness of R. *)
Definition limit : Prop :=
  forall (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m))
         (W : network F (product_widths n)) (z eta : F),
  (0 < n)%N ->
  @moment F (product_widths n) m X = 1%:M -> @cross F (product_widths n) 2 m X Y = z%:M ->
  @minimizer F (product_widths n) 2 m X Y W ->
  @is_sharpness F (product_widths n) 2 m X Y W (2 * basin_form W z eta).

(* And 2Q >= 4|z|. *)
Definition least : Prop :=
  forall (F : realFieldType) (n m : nat) (X : 'M[F]_(1, m)) (Y : 'M[F]_(1, m))
         (W : network F (product_widths n)) (z eta : F),
  @moment F (product_widths n) m X = 1%:M -> @cross F (product_widths n) 2 m X Y = z%:M ->
  @minimizer F (product_widths n) 2 m X Y W ->
  4 * `|z| <= 2 * basin_form W z eta.

(* --- false twins -------------------------------------------------------------------------- *)

(* Every start with η(|x|² + |y|²) < 4 has ηQ <= 4. *)
Definition ball : Prop :=
  forall (F : realFieldType) (n : nat) (W : network F (product_widths n)) (z eta : F),
  0 < eta -> eta * energy 2 W < 4 -> eta * basin_form W z eta <= 4.
