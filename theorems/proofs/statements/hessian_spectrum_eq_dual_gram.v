(* F3: the Hessian at a minimizer has the spectrum of a Gram matrix of the size of the target. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks loss.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Matrices.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

(* A weight is a layer k with a row and a column of it; an entry of the target is a pair.  Both
   are numbered. *)
Definition weight := {k : 'I_L & prod_finType (ordinal_finType (d k.+1)) (ordinal_finType (d k))}.
Definition entry := ('I_(d L) * 'I_(d 0))%type.
Definition weight_at (p : 'I_#|[finType of weight]|) : weight := enum_val p.
Definition entry_at (e : 'I_#|[finType of entry]|) : entry := enum_val e.
Definition move (w : weight) : network F d :=
  coordinate F d (tag w) (tagged w).1 (tagged w).2.

(* The Hessian as a matrix whose size is the number of weights. *)
Definition hessian_matrix : 'M[F]_#|[finType of weight]| :=
  \matrix_(p, q) hessian_between X Y W (move (weight_at p)) (move (weight_at q)).

(* J = [A_1 ⊗ K B_1ᵀ, ..., A_L ⊗ K B_Lᵀ]. *)
Definition jacobian (K : 'M[F]_(d 0)) : 'M[F]_(#|[finType of entry]|, #|[finType of weight]|) :=
  \matrix_(e, p) let k := tag (weight_at p) in
    suffix L W k.+1 (entry_at e).1 (tagged (weight_at p)).1
      * (K *m (prefix W k)^T) (entry_at e).2 (tagged (weight_at p)).2.

(* G = Σ_k (A_k A_kᵀ) ⊗ (K B_kᵀ B_k K) and G' = Σ_k (A_k A_kᵀ) ⊗ (B_kᵀ B_k Σ). *)
Definition gram (K : 'M[F]_(d 0)) : 'M[F]_#|[finType of entry]| := \matrix_(e, f) \sum_(k < L)
  (suffix L W k.+1 *m (suffix L W k.+1)^T) (entry_at e).1 (entry_at f).1
    * (K *m (prefix W k)^T *m prefix W k *m K) (entry_at e).2 (entry_at f).2.
Definition rational_gram : 'M[F]_#|[finType of entry]| := \matrix_(e, f) \sum_(k < L)
  (suffix L W k.+1 *m (suffix L W k.+1)^T) (entry_at e).1 (entry_at f).1
    * ((prefix W k)^T *m prefix W k *m moment X) (entry_at e).2 (entry_at f).2.

(* K is a symmetric root of Σ. *)
Definition is_data_root (K : 'M[F]_(d 0)) : Prop := K^T = K /\ K *m K = moment X.

(* With the same powers of λ, the same eigenvalues other than zero, with multiplicity. *)
Definition same_nonzero_spectrum n p (A : 'M[F]_n) (B : 'M[F]_p) : Prop :=
  char_poly A * 'X^p = char_poly B * 'X^n.

(* M = Σ_k |α_k|² B_kᵀ B_k with α_kᵀ = A_k; s is λ_max(MΣ), the largest of yᵀΣMΣy / yᵀΣy. *)
Definition path_gram : 'M[F]_(d 0) :=
  \sum_(k < L) sq (suffix L W k.+1) *: ((prefix W k)^T *m prefix W k).
Definition is_top (s : F) : Prop :=
  (forall y : 'cV_(d 0), dot (moment X *m y) (path_gram *m (moment X *m y))
     <= s * dot y (moment X *m y)) /\
  (exists y : 'cV_(d 0), moment X *m y != 0 /\
     dot (moment X *m y) (path_gram *m (moment X *m y)) = s * dot y (moment X *m y)).

End Matrices.

(* H = 2 JᵀJ: between layers k and l it is 2 A_kᵀA_l ⊗ B_kΣB_lᵀ. *)
Definition factors : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
  minimizer X Y W ->
  (forall (k l : 'I_L) (i : 'I_(d k.+1)) (j : 'I_(d k)) (a : 'I_(d l.+1)) (b : 'I_(d l)),
     hessian_between X Y W (coordinate F d k i j) (coordinate F d l a b) =
     2 * (((suffix L W k.+1)^T *m suffix L W l.+1) i a
       * (prefix W k *m moment X *m (prefix W l)^T) j b)) /\
  (forall K, is_data_root X K ->
     hessian_matrix X Y W = 2 *: ((jacobian L W K)^T *m jacobian L W K)).

(* The non-zero eigenvalues of H are those of 2G, and of 2G'. *)
Definition spectrum : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
  minimizer X Y W ->
  same_nonzero_spectrum (hessian_matrix X Y W) (2 *: rational_gram L X W) /\
  (forall K, is_data_root X K ->
     same_nonzero_spectrum (hessian_matrix X Y W) (2 *: gram L W K)).

(* With one output S(W) = 2 λ_max(MΣ). *)
Definition univariate : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> d L = 1%N ->
  minimizer X Y W -> is_top L X W s -> is_sharpness X Y W (2 * s).

(* The same for the whole Hessian, of which [is_sharpness] always speaks. *)
Definition whole : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> d L = 1%N ->
  minimizer X Y W -> is_top L X W s -> is_sharpness X Y W (2 * s).

(* --- false twins -------------------------------------------------------------------------- *)

(* G' for 2G'. *)
Definition missing_factor_two : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
  minimizer X Y W -> same_nonzero_spectrum (hessian_matrix X Y W) (rational_gram L X W).

(* H = 2 JᵀJ away from minimizers. *)
Definition factors_away_from_minimizers : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
  forall (k l : 'I_L) (i : 'I_(d k.+1)) (j : 'I_(d k)) (a : 'I_(d l.+1)) (b : 'I_(d l)),
  hessian_between X Y W (coordinate F d k i j) (coordinate F d l a b) =
  2 * (((suffix L W k.+1)^T *m suffix L W l.+1) i a
    * (prefix W k *m moment X *m (prefix W l)^T) j b).
