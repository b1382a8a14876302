(* M1: on whitened data the sharpness of a minimizer has a least value, which is attained.
   Whitened data have moment X = 1.  With s = σ² the squared norm of the target and r the L-th
   root of s^(L-1), σ^{2-2/L} is r. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* The squared norm of TK, the target on the data: with z = Ky, |TKz|² and |z|² are |TΣy|² and
   y·Σy. *)
Definition is_norm_sq_on_data (F : realFieldType) (d : nat -> nat) (L m : nat)
    (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (s : F) : Prop :=
  (forall y : 'cV_(d 0%N), sq (cross X Y *m y) <= s * dot y (moment X *m y)) /\
  (exists y : 'cV_(d 0%N), dot y (moment X *m y) != 0 /\
                           sq (cross X Y *m y) = s * dot y (moment X *m y)).

(* W_k = Q_{k+1} diag(g, N_k) Q_kᵀ, where width k is 1 + n k: a path of gain g beside any blocks. *)
Definition path_network (F : realFieldType) (n : nat -> nat) (Q : forall k, 'M[F]_(1 + n k))
    (g : F) (N : forall k, 'M[F]_(n k.+1, n k)) : network F (fun k => 1 + n k)%N :=
  fun k => Q k.+1 *m block_mx g%:M 0 0 (N k) *m (Q k)^T.

(* |TK| = σ where Σ = 1. *)
Definition norm : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (s : F),
  moment X = 1%:M -> is_norm_sq_on_data X Y s <-> is_norm_sq (cross X Y) s.

(* S(W) >= 2L σ^{2-2/L}. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s r S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> moment X = 1%:M ->
  minimizer X Y W -> is_norm_sq (cross X Y) s -> is_root L (s ^+ L.-1) r ->
  bounds_sharpness X Y W S -> 2 * L%:R * r <= S.

(* S(W) = 2L σ^{2-2/L} at W_k = Q_{k+1} diag(g, N_k) Q_kᵀ, Q_k orthogonal, |N_k| <= |g|. *)
Definition attained : Prop :=
  forall (F : realFieldType) (n : nat -> nat) (L m : nat)
         (Q : forall k, 'M[F]_(1 + n k)) (g : F) (N : forall k, 'M[F]_(n k.+1, n k)),
  let d k := (1 + n k)%N in let W := path_network Q g N in
  forall (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (s r : F),
  (0 < L)%N -> (forall k, Q k *m (Q k)^T = 1%:M) ->
  (forall k (x : 'cV_(n k)), sq (N k *m x) <= g ^+ 2 * sq x) -> moment X = 1%:M ->
  minimizer X Y W -> is_norm_sq (cross X Y) s -> is_root L (s ^+ L.-1) r ->
  is_sharpness X Y W (2 * L%:R * r).

(* The value in attained is that of the Hessian of the loss, differentiated as a polynomial, and
   such networks have the norm σ = |g|^L: s and r exist, and every g >= 0 is some σ^{1/L}. *)
Definition whole : Prop :=
  forall (F : realFieldType) (n : nat -> nat) (L m : nat)
         (Q : forall k, 'M[F]_(1 + n k)) (g : F) (N : forall k, 'M[F]_(n k.+1, n k)),
  let d k := (1 + n k)%N in let W := path_network Q g N in
  forall (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)),
  (0 < L)%N -> (forall k, Q k *m (Q k)^T = 1%:M) ->
  (forall k (x : 'cV_(n k)), sq (N k *m x) <= g ^+ 2 * sq x) -> moment X = 1%:M ->
  minimizer X Y W ->
  [/\ is_norm_sq (cross X Y) ((g ^+ 2) ^+ L),
      is_root L (((g ^+ 2) ^+ L) ^+ L.-1) ((g ^+ 2) ^+ L.-1) &
      is_sharpness X Y W (2 * L%:R * (g ^+ 2) ^+ L.-1)].

(* --- false twins -------------------------------------------------------------------------- *)

(* 3L for 2L. *)
Definition factor_three : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s r S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) -> moment X = 1%:M ->
  minimizer X Y W -> is_norm_sq (cross X Y) s -> is_root L (s ^+ L.-1) r ->
  bounds_sharpness X Y W S -> 3 * L%:R * r <= S.

(* Σ = 1 dropped. *)
Definition any_covariance : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (s r S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> is_norm_sq (prefix W L) s -> is_root L (s ^+ L.-1) r ->
  bounds_sharpness X Y W S -> 2 * L%:R * r <= S.
