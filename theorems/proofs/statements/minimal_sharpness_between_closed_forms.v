(* U2: closed-form brackets of the least sharpness.  T is a target, TΣ = C and TΣ <> 0; with one
   output it is the row w*ᵀ, and |w*|² = sq T.  A bracket with |w*|^{2-2/L} as a factor of its
   own names it by the root t of |w*|^{2(L-1)}. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks directions quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Brackets.
Variables (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0, m)).
Variable T : 'M[F]_(d L, d 0).

(* r = a|w*|^{2-2/L} (a_2/a)^{1/L}, r = a|w*|^{2-2/L} (Λ/a)^{1/L} and r = Λ^{1/L} |TK|_2^{2-2/L}. *)
Definition lower_root (r : F) : Prop :=
  is_root L (rayleigh X T ^+ L * sq T ^+ L.-1 * (rayleigh2 X T / rayleigh X T)) r.
Definition upper_root (top r : F) : Prop :=
  is_root L (rayleigh X T ^+ L * sq T ^+ L.-1 * (top / rayleigh X T)) r.
Definition outputs_root (top p r : F) : Prop := is_root L (top * p ^+ L.-1) r.

(* t = |w*|^{2-2/L}. *)
Definition norm_root (t : F) : Prop := is_root L (sq T ^+ L.-1) t.

End Brackets.

(* |Kz|² = a_2 at z = Kw*/|Kw*|. *)
Definition spread : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)),
  d L = 1%N ->
  path_ends X (T^T *m const_mx 1) = rayleigh2 X T.

(* (w*ᵀKz)² = a|w*|² at z = Kw*/|Kw*|. *)
Definition pairing : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)),
  d L = 1%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  directions.pairing X Y (const_mx 1) (T^T *m const_mx 1) = rayleigh X T * sq T.

(* |TK|_2² = a|w*|². *)
Definition image : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (p : F),
  d L = 1%N -> is_norm_on_data X T p -> p = sq T * rayleigh X T.

(* a_2 a |w*|⁴ >= (a|w*|²)². *)
Definition growth : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)),
  T *m moment X != 0 ->
  (rayleigh X T * sq T) ^+ 2 <= rayleigh2 X T * rayleigh X T * sq T ^+ 2.

(* S_min >= 2La|w*|^{2-2/L} (a_2/a)^{1/L}. *)
Definition lower : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min r : F),
  (0 < L)%N -> d L = 1%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  is_minimal_sharpness X Y S_min -> lower_root X T r ->
  2 * L%:R * r <= S_min.

(* S_min <= 2LΛ^{1/L} |TK|_2^{2-2/L}, for any number of outputs. *)
Definition outputs : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top p r : F),
  (0 < L)%N -> T *m moment X = cross X Y ->
  is_minimal_sharpness X Y S_min ->
  is_data_max X top -> is_norm_on_data X T p -> outputs_root L top p r ->
  S_min <= 2 * L%:R * r.

(* S_min <= 2La|w*|^{2-2/L} (Λ/a)^{1/L}. *)
Definition upper : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top r : F),
  (0 < L)%N -> d L = 1%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  is_minimal_sharpness X Y S_min -> is_data_max X top -> upper_root X T top r ->
  S_min <= 2 * L%:R * r.

(* 2La|w*|^{2-2/L} (Λ/a)^{1/L} <= 2|w*|^{2-2/L} (Λ + (L-1)a). *)
Definition sum : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (top r t : F),
  (0 < L)%N -> T *m moment X != 0 -> is_data_max X top ->
  upper_root X T top r -> norm_root T t ->
  2 * L%:R * r <= 2 * t * (top + L.-1%:R * rayleigh X T).

(* 2La|w*|^{2-2/L} <= 2La|w*|^{2-2/L} (a_2/a)^{1/L}. *)
Definition improves : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (r t : F),
  (0 < L)%N -> T *m moment X != 0 ->
  lower_root X T r -> norm_root T t ->
  2 * L%:R * rayleigh X T * t <= 2 * L%:R * r.

(* S_min = 2La|w*|^{2-2/L} (a_2/a)^{1/L} for w* along a top eigenvector of Σ. *)
Definition lower_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top r : F),
  (0 < L)%N -> d L = 1%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  is_data_max X top -> T *m moment X = top *: T ->
  is_minimal_sharpness X Y S_min -> lower_root X T r ->
  S_min = 2 * L%:R * r.

(* 2La|w*|^{2-2/L} (Λ/a)^{1/L} = 2|w*|^{2-2/L} (Λ + (L-1)a) there. *)
Definition upper_tight : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m))
         (T : 'M[F]_(d L, d 0%N)) (top r t : F),
  (0 < L)%N -> T *m moment X != 0 -> is_data_max X top -> T *m moment X = top *: T ->
  upper_root X T top r -> norm_root T t ->
  2 * L%:R * r = 2 * t * (top + L.-1%:R * rayleigh X T).

(* S_min = 2|w*|^{2-2/L} (Λ + (L-1)a) there. *)
Definition upper_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top t : F),
  (0 < L)%N -> d L = 1%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  is_data_max X top -> T *m moment X = top *: T ->
  is_minimal_sharpness X Y S_min -> norm_root T t ->
  S_min = 2 * t * (top + L.-1%:R * rayleigh X T).

(* S_min = 2LΛ^{1/L} |TK|_2^{2-2/L} for T = c v qᵀ, with unit vectors and q a top eigenvector of Σ:
   the map of one path that starts there. *)
Definition outputs_attained : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (c : F) (v : 'cV[F]_(d L)) (q : 'cV[F]_(d 0%N))
         (S_min top p r : F),
  (0 < L)%N -> T *m moment X = cross X Y -> cross X Y != 0 ->
  T = c *: (v *m q^T) -> sq v = 1 -> sq q = 1 ->
  is_data_max X top -> moment X *m q = top *: q ->
  is_minimal_sharpness X Y S_min -> is_norm_on_data X T p -> outputs_root L top p r ->
  S_min = 2 * L%:R * r.

(* --- false twins -------------------------------------------------------------------------- *)

(* L for 2L in the bracket for any number of outputs. *)
Definition half_of_outputs : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (L m : nat) (X : 'M[F]_(d 0%N, m)) (Y : 'M[F]_(d L, m))
         (T : 'M[F]_(d L, d 0%N)) (S_min top p r : F),
  (0 < L)%N -> T *m moment X = cross X Y ->
  is_minimal_sharpness X Y S_min ->
  is_data_max X top -> is_norm_on_data X T p -> outputs_root L top p r ->
  S_min <= L%:R * r.
