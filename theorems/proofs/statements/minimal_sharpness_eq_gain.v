(* U1: the least sharpness for any covariance and any outputs is a weighted gain of the target.
   C = TΣ is cross X Y, and a unit vector z is Ky/|Ky|, so that |Kz|² is path_ends X y and |TKz|²
   = |Cy|²/(y·Σy).  The gain is the L-th root of max_z |Kz|² |TKz|^{2(L-1)}. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Terms.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat).
Variables (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)).

(* |TKz|². *)
Definition image (y : 'cV[F]_(d 0%N)) : F := sq (cross X Y *m y) / dot y (moment X *m y).

(* G is the largest of |Kz|² |TKz|^{2(L-1)} over all z. *)
Definition is_max_gain (G : F) : Prop :=
  (forall y, moment X *m y != 0 -> path_ends X y * image y ^+ L.-1 <= G) /\
  (exists y, moment X *m y != 0 /\ path_ends X y * image y ^+ L.-1 = G).

(* The same with the exponents of both factors swapped. *)
Definition is_max_gain_swapped (G : F) : Prop :=
  (forall y, moment X *m y != 0 -> path_ends X y ^+ L.-1 * image y <= G) /\
  (exists y, moment X *m y != 0 /\ path_ends X y ^+ L.-1 * image y = G).

(* l is the largest eigenvalue of c Σ + (L-1) t KTᵀTK: that of c|Kz|² + (L-1) t |TKz|² over z. *)
Definition bounds_dual (c t l : F) : Prop :=
  forall y, moment X *m y != 0 -> c * path_ends X y + L.-1%:R * t * image y <= l.
Definition is_dual_value (c t l : F) : Prop :=
  bounds_dual c t l /\
  (exists y, moment X *m y != 0 /\ c * path_ends X y + L.-1%:R * t * image y = l).

(* W_1 = τ^{1-L} E_1 T' and W_k = τ E_k E_{k-1}ᵀ, k = 2 .. L, with matrices E_k of r columns. *)
Definition attaining_network (r : nat) (E : forall k, 'M[F]_(d k, r)) (T' : 'M[F]_(r, d 0%N))
    (tau : F) : network F d :=
  fun k => match k with
    | 0%N => (tau ^+ L.-1)^-1 *: (E 1%N *m T')
    | j.+1 => tau *: (E j.+2 *m (E j.+1)^T)
  end.

End Terms.

(* S(W) >= 2L max_z |Kz|^{2/L} |TKz|^{2-2/L}. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (G r S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  is_max_gain X Y G -> is_root L G r -> 2 * L%:R * r <= S.

(* S(W) >= S_min. *)
Definition least : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (S_min S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  is_minimal_sharpness X Y S_min -> S_min <= S.

(* Σ_k A_kA_kᵀ ⊗ B_kᵀB_k = Π ⊗ (c + (L-1) τ^{-2} TᵀT) + (1-Π) ⊗ τ^{-2} TᵀT, c = τ^{2(L-1)},
   Π = E_L E_Lᵀ and T = E_L T', as maps Z -> Σ_k A_kA_kᵀ Z B_kᵀB_k. *)
Definition family : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L r : nat)
         (E : forall k, 'M[F]_(d k, r)) (T' : 'M[F]_(r, d 0%N)) (tau : F),
  let W := attaining_network L E T' tau in
  let Pi := E L *m (E L)^T in let T := E L *m T' in
  (1 < L)%N -> tau != 0 -> (forall k, (0 < k <= L)%N -> (E k)^T *m E k = 1%:M) ->
  forall Z : 'M[F]_(d L, d 0%N),
  \sum_(k < L) suffix L W k.+1 *m (suffix L W k.+1)^T *m Z *m (prefix W k)^T *m prefix W k =
    Pi *m Z *m (((tau ^+ 2) ^+ L.-1)%:M + (L.-1%:R / tau ^+ 2) *: (T^T *m T))
    + (1%:M - Pi) *m Z *m ((tau ^+ 2)^-1 *: (T^T *m T)).

(* S(W) = 2 λ_max(c Σ + (L-1) c^{-1/(L-1)} KTᵀTK), c = τ^{2(L-1)}. *)
Definition dual : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m r : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (E : forall k, 'M[F]_(d k, r)) (T' : 'M[F]_(r, d 0%N)) (tau l : F),
  let W := attaining_network L E T' tau in
  (1 < L)%N -> (0 < r)%N -> tau != 0 -> (forall k, (0 < k <= L)%N -> (E k)^T *m E k = 1%:M) ->
  minimizer X Y W -> is_dual_value X Y ((tau ^+ 2) ^+ L.-1) (tau ^+ 2)^-1 l ->
  is_sharpness X Y W (2 * l).

(* Any directions and any scale enclose the least sharpness:
   2L (|Kz|² (û·TKz)^{2(L-1)})^{1/L} <= S_min <= 2 λ_max(c Σ + (L-1) c^{-1/(L-1)} KTᵀTK),
   c = x^{L-1}. *)
Definition weak_duality : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (u : 'cV[F]_(d L)) (y : 'cV[F]_(d 0%N)) (x g l S_min : F),
  (0 < L)%N -> u != 0 -> moment X *m y != 0 -> 0 < x ->
  is_root L (path_gain X Y u y) g -> bounds_dual X Y (x ^+ L.-1) x^-1 l ->
  is_minimal_sharpness X Y S_min -> 2 * L%:R * g <= S_min /\ S_min <= 2 * l.

(* S(W) = 2L max_z |Kz|^{2/L} |TKz|^{2-2/L} where Σ and T'ᵀT' have a top eigenvector q in common and
   τ is the right one, τ^{2L} = |T'|². *)
Definition exact : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m r : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (E : forall k, 'M[F]_(d k, r)) (T' : 'M[F]_(r, d 0%N)) (tau p : F) (q : 'cV[F]_(d 0%N)),
  let W := attaining_network L E T' tau in
  (0 < L)%N -> tau != 0 -> (forall k, (0 < k <= L)%N -> (E k)^T *m E k = 1%:M) ->
  minimizer X Y W -> q != 0 -> p != 0 ->
  moment X *m q = p *: q -> (forall v : 'cV_(d 0%N), dot v (moment X *m v) <= p * sq v) ->
  T'^T *m (T' *m q) = (tau ^+ 2) ^+ L *: q ->
  (forall v : 'cV_(d 0%N), sq (T' *m v) <= (tau ^+ 2) ^+ L * sq v) ->
  exists G g, [/\ is_max_gain X Y G, is_root L G g & is_sharpness X Y W (2 * L%:R * g)].

(* max_z |Kz|^{2/L} |TKz|^{2-2/L} = σ^{2-2/L} and S_min = 2L σ^{2-2/L} where Σ = 1; s = σ². *)
Definition whitened : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (s r : F),
  (0 < L)%N -> (0 < d L)%N -> moment X = 1%:M ->
  is_norm_sq (cross X Y) s -> is_root L (s ^+ L.-1) r ->
  is_max_gain X Y (s ^+ L.-1) /\ (forall S, is_minimal_sharpness X Y S <-> S = 2 * L%:R * r).

(* --- false twins -------------------------------------------------------------------------- *)

(* |Kz|^{2-2/L} |TKz|^{2/L} for |Kz|^{2/L} |TKz|^{2-2/L}. *)
Definition exponents_swapped : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (G r S : F),
  (0 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S ->
  is_max_gain_swapped X Y G -> is_root L G r -> 2 * L%:R * r <= S.

(* L for L-1 in the dual, of which the least value is then S_min times (L/(L-1))^{1-1/L}:
   S(W)^L (L-1)^{L-1} >= L^{L-1} (2L)^L G. *)
Definition depth_for_depth_minus_one : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat)
         (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m)) (W : network F d) (G S : F),
  (1 < L)%N -> (forall k, (0 < d k)%N) ->
  minimizer X Y W -> bounds_sharpness X Y W S -> is_max_gain X Y G ->
  L%:R ^+ L.-1 * (2 * L%:R) ^+ L * G <= S ^+ L * L.-1%:R ^+ L.-1.
