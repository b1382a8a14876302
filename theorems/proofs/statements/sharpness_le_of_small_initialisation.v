(* C3: with one output critical points below the loss of zero weights are minimizers, and small
   layers make minimizers flat.  The network has L = n.+1 layers, so that W n is the last of
   them; E = PΣ - C. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (n m : nat).
Variables (X : 'M[F]_(d 0, m)) (Y : 'M[F]_(d n.+1, m)) (W : network F d).

Definition zero_network : network F d := fun=> 0.

(* E = PΣ - C. *)
Definition excess : 'M[F]_(d n.+1, d 0) := prefix W n.+1 *m moment X - cross X Y.

(* G is the gradient of R in the layer W k: what the slope is against directions in it alone. *)
Definition is_layer_gradient (k : nat) (G : 'M[F]_(d k.+1, d k)) : Prop :=
  forall V : network F d, (forall j : nat, j != k -> V j = 0) -> slope X Y W V = dot G (V k).

(* W_1 = s p qᵀ with unit vectors p and q, W_k = s Q_k with Q_k orthogonal for 1 < k < L, and
   |W_L| = s with |w*| = s^L/2: layers of equal norm, the last row 60 degrees off the path. *)
Definition half_aligned (s : F) (p : 'cV[F]_(d 1)) (q : 'cV[F]_(d 0)) : Prop :=
  [/\ sq p = 1 /\ sq q = 1, W 0%N = s *: (p *m q^T),
      forall k : nat, (0 < k < n)%N ->
        (W k)^T *m W k = (s ^+ 2)%:M /\ W k *m (W k)^T = (s ^+ 2)%:M,
      sq (W n) = s ^+ 2 & 4 * sq (prefix W n.+1) = (s ^+ 2) ^+ n.+1].

End Terms.

(* R(0) - R + <W_L, ∇_{W_L}R> = PΣPᵀ; the trace of it for more than one output. *)
Definition energy : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (G : 'M[F]_(d n.+1, d n)),
  is_layer_gradient X Y W G ->
  loss X Y (@zero_network F d) - loss X Y W + dot (W n) G
    = dot (prefix W n.+1) (prefix W n.+1 *m moment X).

(* |∇_{W_1}R|² = 4 |A_1|² |E|². *)
Definition first : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (G : 'M[F]_(d 1%N, d 0%N)),
  d n.+1 = 1%N -> is_layer_gradient X Y W G ->
  sq G = 4 * sq (suffix n.+1 W 1) * sq (excess X Y W).

(* PΣPᵀ <= |A_1|² tr(W_1ΣW_1ᵀ); for any number of outputs. *)
Definition carried : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m)) (W : network F d),
  dot (prefix W n.+1) (prefix W n.+1 *m moment X)
    <= sq (suffix n.+1 W 1) * dot (W 0%N) (W 0%N *m moment X).

(* 4 (R(0) - R + <W_L, ∇_{W_L}R>) |E|² <= tr(W_1ΣW_1ᵀ) |∇_{W_1}R|². *)
Definition stationary : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d)
         (G_last : 'M[F]_(d n.+1, d n)) (G_first : 'M[F]_(d 1%N, d 0%N)),
  d n.+1 = 1%N -> is_layer_gradient X Y W G_last -> is_layer_gradient X Y W G_first ->
  4 * (loss X Y (@zero_network F d) - loss X Y W + dot (W n) G_last) * sq (excess X Y W)
    <= dot (W 0%N) (W 0%N *m moment X) * sq G_first.

(* A critical point with R < R(0) is a minimizer. *)
Definition critical : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d),
  d n.+1 = 1%N -> (forall V : network F d, slope X Y W V = 0) ->
  loss X Y W < loss X Y (@zero_network F d) -> minimizer X Y W.

(* S(W) <= 2LΛ max_k |W_k|_2^{2L-2} at any minimizer; M is any bound of all |W_k|_2². *)
Definition layered : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (M top S : F),
  d n.+1 = 1%N -> minimizer X Y W ->
  (forall k : nat, (k <= n)%N -> exists s, is_norm_sq (W k) s /\ s <= M) ->
  is_data_max X top -> is_sharpness X Y W S ->
  S <= 2 * n.+1%:R * top * M ^+ n.

(* S(W) <= 2^{3-2/L} LΛ|w*|^{2-2/L} where |W_k|_2^L <= 2|w*| for every k; w*ᵀ = T, and r is
   (4|w*|²)^{1-1/L}, so that the bound is 2LΛr. *)
Definition flat : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (T : 'M[F]_(d n.+1, d 0%N)) (top S r : F),
  d n.+1 = 1%N -> minimizer X Y W -> T *m moment X = cross X Y ->
  (forall k : nat, (k <= n)%N -> exists s, is_norm_sq (W k) s /\ s ^+ n.+1 <= 4 * sq T) ->
  is_data_max X top -> is_sharpness X Y W S -> is_root n.+1 ((4 * sq T) ^+ n) r ->
  S <= 2 * n.+1%:R * top * r.

(* S(W) <= 8 LΛ|w*|^{2-2/L} there; t is |w*|^{2-2/L}. *)
Definition paper : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (T : 'M[F]_(d n.+1, d 0%N)) (top S t : F),
  d n.+1 = 1%N -> minimizer X Y W -> T *m moment X = cross X Y ->
  (forall k : nat, (k <= n)%N -> exists s, is_norm_sq (W k) s /\ s ^+ n.+1 <= 4 * sq T) ->
  is_data_max X top -> is_sharpness X Y W S -> is_root n.+1 (sq T ^+ n) t ->
  S <= 8 * n.+1%:R * top * t.

(* S(W) <= (4Λ/a) S_min there. *)
Definition ratio : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (T : 'M[F]_(d n.+1, d 0%N)) (top S S_min : F),
  d n.+1 = 1%N -> minimizer X Y W -> T *m moment X = cross X Y -> cross X Y != 0 ->
  (forall k : nat, (k <= n)%N -> exists s, is_norm_sq (W k) s /\ s ^+ n.+1 <= 4 * sq T) ->
  is_data_max X top -> is_sharpness X Y W S -> is_minimal_sharpness X Y S_min ->
  S <= 4 * top / rayleigh X T * S_min.

(* S(W) = 2^{3-2/L} LΛ|w*|^{2-2/L} for half-aligned layers with q on top of Σ, L > 1, w*ᵀ = P; and
   their layers are as small as `flat` asks. *)
Definition attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (s top r : F)
         (p : 'cV[F]_(d 1%N)) (q : 'cV[F]_(d 0%N)),
  (0 < n)%N -> d n.+1 = 1%N -> s != 0 -> minimizer X Y W -> half_aligned n W s p q ->
  is_data_max X top -> moment X *m q = top *: q ->
  is_root n.+1 ((4 * sq (prefix W n.+1)) ^+ n) r ->
  is_sharpness X Y W (2 * n.+1%:R * top * r) /\
  (forall k : nat, (k <= n)%N ->
    exists t, is_norm_sq (W k) t /\ t ^+ n.+1 <= 4 * sq (prefix W n.+1)).

(* --- false twins -------------------------------------------------------------------------- *)

(* 2 for 4 in the gradient of the first layer. *)
Definition first_with_two : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n m : nat) (X : 'M[F]_(d 0%N, m))
         (Y : 'M[F]_(d n.+1, m)) (W : network F d) (G : 'M[F]_(d 1%N, d 0%N)),
  d n.+1 = 1%N -> is_layer_gradient X Y W G ->
  sq G = 2 * sq (suffix n.+1 W 1) * sq (excess X Y W).
