(* What the statements speak of: deep linear networks of any depth and any widths over any ordered
   field, data sets, the loss, and its derivatives.  Definitions only; a referee reads this once.

   Layers are numbered from 0: the matrix W k takes width d k to width d k.+1, and of a network
   only the layers k < L matter.  No root is taken: norms are squared, and an L-th root is named
   by [is_root].  Division by zero gives zero, so statements say what must not vanish. *)
From mathcomp Require Import all_ssreflect all_algebra.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- networks over any commutative ring --------------------------------------------------- *)
Section Networks.
Variables (R : comRingType) (d : nat -> nat).

Definition network := forall k, 'M[R]_(d k.+1, d k).

(* B_k: the product W (k-1) ... W 0 of the first k layers; of all L layers it is the map P. *)
Fixpoint prefix (W : network) (k : nat) : 'M[R]_(d k, d 0) :=
  if k is j.+1 then W j *m prefix W j else 1%:M.

(* The product of f layers above width k; for k + f = n, [pid_mx] is the identity. *)
Fixpoint above (n : nat) (W : network) (f k : nat) : 'M[R]_(d n, d k) :=
  if f is g.+1 then above n W g k.+1 *m W k else pid_mx (d n).

(* The product W (n-1) ... W k of the layers from k up to n; A_k is [suffix L W k.+1]. *)
Definition suffix (n : nat) (W : network) (k : nat) : 'M[R]_(d n, d k) := above n W (n - k) k.

(* The scalar product of matrices, and the squared Frobenius (for columns: Euclidean) norm. *)
Definition dot m n (A B : 'M[R]_(m, n)) : R := \sum_i \sum_j A i j * B i j.
Definition sq m n (A : 'M[R]_(m, n)) : R := dot A A.

(* The squared norm of the first L layers. *)
Definition energy (L : nat) (V : network) : R := \sum_(k < L) sq (V k).

End Networks.

(* --- numbers ------------------------------------------------------------------------------ *)
Section Numbers.
Variable F : realFieldType.

(* r is the n-th root of x. *)
Definition is_root (n : nat) (x r : F) : Prop := 0 <= r /\ r ^+ n = x.

(* s is the largest value of a form q over unit vectors: λ_max of its matrix. *)
Definition is_largest n (q : 'cV[F]_n -> F) (s : F) : Prop :=
  (forall v, q v <= s * sq v) /\ (exists v, sq v != 0 /\ q v = s * sq v).

(* s is the squared operator norm of A. *)
Definition is_norm_sq m n (A : 'M[F]_(m, n)) (s : F) : Prop := is_largest (fun v => sq (A *m v)) s.

End Numbers.

(* --- data, loss, derivatives -------------------------------------------------------------- *)
Section Loss.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)).           (* m samples, one in a column *)
Implicit Types W V : network F d.

(* The second moments Σ = E xxᵀ and C = E yxᵀ over the samples. *)
Definition moment : 'M[F]_(d 0) := m%:R^-1 *: (X *m X^T).
Definition cross : 'M[F]_(d L, d 0) := m%:R^-1 *: (Y *m X^T).

(* R(W) = E|Px - y|². *)
Definition loss W : F := m%:R^-1 * sq (prefix W L *m X - Y).

(* t -> R(W + tV), a polynomial, and its first two derivatives at 0: what the gradient and the
   Hessian of R are along V. *)
Definition constant p q (A : 'M[F]_(p, q)) : 'M[{poly F}]_(p, q) := map_mx polyC A.
Definition line W V : network (poly_comRingType F) d := fun k => constant (W k) + 'X *: constant (V k).
Definition loss_along W V : {poly F} :=
  (m%:R^-1)%:P * sq (prefix (line W V) L *m constant X - constant Y).
Definition slope W V : F := (loss_along W V)^`().[0].
Definition hessian W V : F := (loss_along W V)^`(2).[0].

(* The normal equations PΣ = C: where they hold, P has the least loss of all linear maps. *)
Definition minimizer W : Prop := prefix W L *m moment = cross.

(* S is at least, or is, the largest eigenvalue of the Hessian at W. *)
Definition bounds_sharpness W (S : F) : Prop := forall V, hessian W V <= S * energy L V.
Definition is_sharpness W (S : F) : Prop :=
  bounds_sharpness W S /\ (exists V, energy L V != 0 /\ hessian W V = S * energy L V).

End Loss.
