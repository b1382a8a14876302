(* F5: sharpness of minimizers is unbounded above.  Two layers are rescaled by 1/c and c. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Rescaling.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d L, m)) (W : network F d).

(* W_c: W with W_i/c and c W_j. *)
Definition rescaled (c : F) (i j : nat) : network F d :=
  fun k => (if k == i then c^-1 else if k == j then c else 1) *: W k.

(* c²/|W_i|² + 1/(c²|W_j|²) + Σ_{k != i,j} 1/|W_k|², with |W_k|² = N_k. *)
Definition inverse_norms (c : F) (i j : 'I_L) (N : nat -> F) : F :=
  c ^+ 2 / N i + (c ^+ 2 * N j)^-1 + \sum_(k < L | (k != i) && (k != j)) (N k)^-1.

(* t is τ² = |TΣ^{1/2}|² = λ_max(TΣTᵀ), where TΣ = C. *)
Definition is_target_on_data (t : F) : Prop := exists T : 'M[F]_(d L, d 0),
  T *m moment X = cross X Y /\ is_largest (fun u => dot u (T *m moment X *m T^T *m u)) t.

End Rescaling.

(* R(W_c) = R(W) at any weights, and W_c is a minimizer where W is. *)
Definition stays : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L),
  i != j -> c != 0 ->
  loss X Y (rescaled W c i j) = loss X Y W /\
  (minimizer X Y (rescaled W c i j) <-> minimizer X Y W).

(* S(W_c) >= 2 τ² (c²/|W_i|² + 1/(c²|W_j|²) + Σ_{k != i,j} 1/|W_k|²). *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L)
         (N : nat -> F) (t S : F),
  i != j -> c != 0 -> minimizer X Y W -> cross X Y != 0 ->
  is_target_on_data X Y t -> (forall k, (k < L)%N -> is_norm_sq (W k) (N k)) ->
  bounds_sharpness X Y (rescaled W c i j) S ->
  2 * t * inverse_norms c i j N <= S.

(* S(W_c) > 2 c² τ²/|W_i|², and so no bound holds for all c. *)
Definition unbounded : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (i j : 'I_L) (n t : F),
  i != j -> minimizer X Y W -> cross X Y != 0 ->
  is_target_on_data X Y t -> is_norm_sq (W i) n ->
  (forall c S : F, c != 0 -> bounds_sharpness X Y (rescaled W c i j) S -> 2 * c ^+ 2 * t / n < S) /\
  (forall M : F, exists c, 1 <= c /\
     forall S, bounds_sharpness X Y (rescaled W c i j) S -> M < S).

(* S(W_c) <= c² S(W) for c >= 1. *)
Definition upper : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L) (S : F),
  i != j -> 1 <= c -> minimizer X Y W ->
  bounds_sharpness X Y W S -> bounds_sharpness X Y (rescaled W c i j) (c ^+ 2 * S).

(* On whitened data, where |W_k|² = σ^{2/L} for all k, [lower] is an equality. *)
Definition tight : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L)
         (N : nat -> F) (s t : F),
  i != j -> c != 0 -> minimizer X Y W -> cross X Y != 0 -> moment X = 1%:M ->
  is_norm_sq (cross X Y) s -> is_target_on_data X Y t ->
  (forall k, (k < L)%N -> is_norm_sq (W k) (N k) /\ is_root L s (N k)) ->
  is_sharpness X Y (rescaled W c i j) (2 * t * inverse_norms c i j N).

(* There S(W_c) = 2 σ^{2-2/L} (L - 2 + c² + 1/c²); r = σ^{2/L}.  Such networks exist for every
   depth and every σ = g^L. *)
Definition attained : Prop :=
  (forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L)
         (s r : F),
  i != j -> c != 0 -> minimizer X Y W -> cross X Y != 0 -> moment X = 1%:M ->
  is_norm_sq (cross X Y) s -> is_root L s r ->
  (forall k, (k < L)%N -> is_norm_sq (W k) r) ->
  is_sharpness X Y (rescaled W c i j) (2 * r ^+ L.-1 * (L%:R - 2 + c ^+ 2 + c ^- 2))) /\
  (forall (F : realFieldType) (L : nat) (g : F), 0 < g ->
   exists (d : nat -> nat) (m : nat)
          (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d),
   [/\ minimizer X Y W, moment X = 1%:M, cross X Y != 0, is_norm_sq (cross X Y) ((g ^+ L) ^+ 2)
     & forall k, is_norm_sq (W k) (g ^+ 2)]).

(* --- false twins -------------------------------------------------------------------------- *)

(* 4 for 2. *)
Definition factor_four : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L)
         (n t S : F),
  i != j -> c != 0 -> minimizer X Y W -> cross X Y != 0 ->
  is_target_on_data X Y t -> is_norm_sq (W i) n ->
  bounds_sharpness X Y (rescaled W c i j) S -> 4 * c ^+ 2 * t / n <= S.

(* At most c S(W). *)
Definition linear_growth : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (c : F) (i j : 'I_L) (S : F),
  i != j -> 1 <= c -> minimizer X Y W ->
  bounds_sharpness X Y W S -> bounds_sharpness X Y (rescaled W c i j) (c * S).
