(* M2: at a flattest minimum the layers are coupled along the most amplified path.  On whitened
   data, moment X = 1, the path is x_k = W_{k-1} ... W_0 v, v a top singular vector of the
   target.  s is σ² and h its L-th root, so that h is σ^{2/L} and 2L h^(L-1) is 2L σ^{2-2/L}. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (v : 'cV[F]_(d 0%N)).

(* v is a top singular vector of the target, |Tv|² = s|v|² with s = |T|². *)
Definition top_vector (s : F) : Prop :=
  [/\ is_norm_sq (cross X Y) s, v != 0 & sq (cross X Y *m v) = s * sq v].

(* W is a minimizer of whitened data, and flattest: 2L σ^{2-2/L} bounds its sharpness. *)
Definition flattest (h : F) : Prop :=
  [/\ moment X = 1%:M, minimizer X Y W & bounds_sharpness X Y W (2 * L%:R * h ^+ L.-1)].

(* x_k, and the squared gain |W_k x_k|²/|x_k|². *)
Definition point (k : nat) : 'cV[F]_(d k) := prefix W k *m v.
Definition gain (k : nat) : F := sq (W k *m point k) / sq (point k).

(* cos² of the angle between A_kᵀTv and B_{k+1}v. *)
Definition alignment_sq (k : nat) : F :=
  let x := (suffix L W k.+1)^T *m (cross X Y *m v) in
  dot x (point k.+1) ^+ 2 / (sq x * sq (point k.+1)).

End Terms.

(* cos² of the angle between A_kᵀu and B_{k+1}Kz. *)
Section Cosine.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (W : network F d) (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)).

Definition cosine (k : nat) : F :=
  let x := (suffix L W k.+1)^T *m u in
  let z := prefix W k.+1 *m (moment X *m y) in
  dot x z ^+ 2 / (sq x * sq z).

End Cosine.

(* W_1 = w x e_0ᵀ, W_2 = w e_2 e_1ᵀ and then W_k = wc e_k e_{k-1}ᵀ: a path with one bend, at x. *)
Section Bend.
Variables (F : realFieldType) (d : nat -> nat).
Variables (e : forall k, 'cV[F]_(d k)) (x : 'cV[F]_(d 1%N)) (w c : F).

Definition bent_path : network F d := fun k =>
  match k with
  | 0%N => w *: (x *m (e 0%N)^T)
  | 1%N => w *: (e 2%N *m (e 1%N)^T)
  | k => (w * c) *: (e k.+1 *m (e k)^T)
  end.

End Bend.

(* cos² ∠(A_kᵀu, B_{k+1}Kz) |A_kᵀû|² |B_{k+1}Kz|² = (û·TKz)² for each k + 1 < L. *)
Definition meeting : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)),
  minimizer X Y W -> forall k : nat, (k.+1 < L)%N ->
  cosine X W u y k * gain_out W u k * gain_in X W y k.+1 = pairing X Y u y.

(* (û·Tẑ)² = |Tv|²/|v|² at u = Tv, z = v, where Σ = 1. *)
Definition stretch : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (v : 'cV[F]_(d 0%N)),
  moment X = 1%:M -> pairing X Y (cross X Y *m v) v = sq (cross X Y *m v) / sq v.

(* |A_Lᵀû|² |Pẑ|² = (û·Tẑ)² at u = Tv, z = v, where Σ = 1. *)
Definition last : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (v : 'cV[F]_(d 0%N)),
  (0 < L)%N -> moment X = 1%:M -> minimizer X Y W ->
  gain_out W (cross X Y *m v) L.-1 * gain_in X W v L = pairing X Y (cross X Y *m v) v.

(* max_k |W_k x_k|²/|x_k|² = σ^{2/L}. *)
Definition gain_most : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s h : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  top_vector X Y v s -> s != 0 -> is_root L s h -> flattest X Y W h ->
  (forall k : nat, (k < L)%N -> gain W v k <= h) /\ (exists k : nat, (k < L)%N /\ gain W v k = h).

(* min_k |W_k x_k|²/|x_k|² = σ^{2/L}. *)
Definition gain_least : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s h : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  top_vector X Y v s -> s != 0 -> is_root L s h -> flattest X Y W h ->
  (forall k : nat, (k < L)%N -> h <= gain W v k) /\ (exists k : nat, (k < L)%N /\ gain W v k = h).

(* |W_kᵀ W_k x_k|² = σ^{2/L} |W_k x_k|², and more: W_kᵀ W_k x_k = σ^{2/L} x_k. *)
Definition return_ : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s h : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  top_vector X Y v s -> s != 0 -> is_root L s h -> flattest X Y W h ->
  forall k : nat, (k < L)%N ->
  sq ((W k)^T *m (W k *m point W v k)) = h * sq (W k *m point W v k) /\
  (W k)^T *m (W k *m point W v k) = h *: point W v k.

(* cos² ∠(A_kᵀTv, B_{k+1}v) S(W)^L >= (2L)^L σ^{2(L-1)} for k + 1 < L, at any minimizer. *)
Definition cost : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s S : F),
  (forall k, (0 < d k)%N) -> top_vector X Y v s ->
  moment X = 1%:M -> minimizer X Y W -> bounds_sharpness X Y W S ->
  forall k : nat, (k.+1 < L)%N ->
  (2 * L%:R) ^+ L * s ^+ L.-1 <= alignment_sq X Y W v k * S ^+ L.

(* cos² ∠(A_kᵀTv, B_{k+1}v) >= (2L σ^{2-2/L} / S(W))^L for k + 1 < L, at any minimizer. *)
Definition alignment : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s S : F),
  (forall k, (0 < d k)%N) -> top_vector X Y v s ->
  moment X = 1%:M -> minimizer X Y W -> bounds_sharpness X Y W S ->
  forall k : nat, (k.+1 < L)%N ->
  (2 * L%:R) ^+ L * s ^+ L.-1 / S ^+ L <= alignment_sq X Y W v k.

(* min_k cos² ∠(A_kᵀTv, B_{k+1}v) = (2L σ^{2-2/L} / S(W))^L for a path with one bend of cosine c
   between unit vectors, v = e_0. *)
Definition alignment_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (e : forall k, 'cV[F]_(d k)) (x : 'cV[F]_(d 1%N)) (w c : F),
  let W := bent_path e x w c in
  (1 < L)%N -> w != 0 -> c != 0 ->
  (forall k, (k <= L)%N -> sq (e k) = 1) -> sq x = 1 -> dot (e 1%N) x = c ->
  moment X = 1%:M -> minimizer X Y W ->
  exists s S, [/\ top_vector X Y (e 0%N) s, is_sharpness X Y W S,
    forall k : nat, (k.+1 < L)%N ->
      (2 * L%:R) ^+ L * s ^+ L.-1 / S ^+ L <= alignment_sq X Y W (e 0%N) k &
    exists k : nat, (k.+1 < L)%N /\
      alignment_sq X Y W (e 0%N) k = (2 * L%:R) ^+ L * s ^+ L.-1 / S ^+ L].

(* --- false twins -------------------------------------------------------------------------- *)

(* The gains are σ^{1/L} at every minimizer. *)
Definition any_minimizer : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s h : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  top_vector X Y v s -> s != 0 -> is_root L s h -> moment X = 1%:M -> minimizer X Y W ->
  forall k : nat, (k < L)%N -> gain W v k = h.

(* cos² ∠(A_kᵀTv, B_{k+1}v) >= S_min/S(W), for its power L. *)
Definition linear_cost : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d)
         (v : 'cV[F]_(d 0%N)) (s h S : F),
  (forall k, (0 < d k)%N) -> top_vector X Y v s -> is_root L s h ->
  moment X = 1%:M -> minimizer X Y W -> bounds_sharpness X Y W S ->
  forall k : nat, (k.+1 < L)%N -> 2 * L%:R * h ^+ L.-1 / S <= alignment_sq X Y W v k.
