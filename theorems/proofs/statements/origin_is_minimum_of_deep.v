(* Z4: the origin is a saddle or the global minimum if shallow, a strict local minimum if deep. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks noisy.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Curvature.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (g : nat -> F) (s : F).
Variables (W : network F d) (l : F).

(* l is the largest, or the smallest, eigenvalue of the Hessian of L at W. *)
Definition is_curvature_max : Prop :=
  (forall V, regularised_hessian A c g s W V <= l * size_sq D V) /\
  (exists V, size_sq D V != 0 /\ regularised_hessian A c g s W V = l * size_sq D V).
Definition is_curvature_min : Prop :=
  (forall V, l * size_sq D V <= regularised_hessian A c g s W V) /\
  (exists V, size_sq D V != 0 /\ regularised_hessian A c g s W V = l * size_sq D V).

End Curvature.

(* ∇L = 0 at W = 0. *)
Definition critical : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F),
  (0 < D)%N -> stationary A c g s (origin F d).

(* D >= 2: the Hessian at W = 0 is 2 diag(γ), whatever the data. *)
Definition deep : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (V : network F d),
  (1 < D)%N -> regularised_hessian A c g s (origin F d) V = 2 * \sum_(k < D.+1) g k * sq (V k).

(* D = 1, one output: the largest eigenvalue at W = 0 is γ_u + γ_w + √((γ_u - γ_w)² + 4|c|²). *)
Definition shallow_max : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s r : F),
  (0 < d 0%N)%N -> (0 < d 1%N)%N -> d 2%N = 1%N ->
  is_root 2 ((g 1%N - g 0%N) ^+ 2 + 4 * cross_sq c) r ->
  is_curvature_max A c g s (origin F d) (g 1%N + g 0%N + r).

(* And the smallest is γ_u + γ_w - √((γ_u - γ_w)² + 4|c|²). *)
Definition shallow_min : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s r : F),
  (0 < d 0%N)%N -> (0 < d 1%N)%N -> d 2%N = 1%N ->
  is_root 2 ((g 1%N - g 0%N) ^+ 2 + 4 * cross_sq c) r ->
  is_curvature_min A c g s (origin F d) (g 1%N + g 0%N - r).

(* D = 1, one output, |c|² > γ_uγ_w: the origin is a strict saddle. *)
Definition strong : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s : F),
  d 2%N = 1%N -> (0 < d 1%N)%N -> 0 < g 0%N -> 0 < g 1%N -> g 0%N * g 1%N < cross_sq c ->
  exists V, regularised_hessian A c g s (origin F d) V < 0.

(* D = 1, |c|² <= γ_uγ_w: L >= 0 at all weights. *)
Definition weak : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s : F) (W : network F d),
  semidefinite A -> (forall k, 0 <= g k) -> 0 <= s -> cross_sq c <= g 0%N * g 1%N ->
  0 <= regularised_loss A c g s W.

(* D >= 2: L > 0 at every other point with 4|c|²|W|^{2(D-1)} <= min(γ)² (D+1)^{D+1}; here m is any
   positive number that no decay falls below. *)
Definition isolated : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s m : F) (W : network F d),
  (1 < D)%N -> definite A -> 0 <= s -> 0 < m -> (forall k, m <= g k) ->
  4 * cross_sq c * size_sq D W ^+ D.-1 <= m ^+ 2 * D.+1%:R ^+ D.+1 -> 0 < size_sq D W ->
  0 < regularised_loss A c g s W.

(* L = (D-1)τ - U M_D Uᵀ at stationary points, τ = γ_u|U|². *)
Definition value : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  stationary A c g s W -> regularised_loss A c g s W =
    (D%:R - 1) * layer_penalty g W D - noisy_output_power D A s W.

(* L < 0 = L(0) at one with (D-1)τ < U M_D Uᵀ. *)
Definition bad : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (D : nat) (A : 'M[F]_(d 0%N))
         (c : 'M[F]_(d D.+1, d 0%N)) (g : nat -> F) (s : F) (W : network F d),
  stationary A c g s W -> (D%:R - 1) * layer_penalty g W D < noisy_output_power D A s W ->
  regularised_loss A c g s W < 0.

(* --- false twins -------------------------------------------------------------------------- *)

(* 2 diag(γ) at D = 1 too. *)
Definition diagonal : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s : F) (V : network F d),
  regularised_hessian A c g s (origin F d) V = 2 * \sum_(k < 2) g k * sq (V k).

(* The origin is a saddle for D = 1, however weak c. *)
Definition always_saddle : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (A : 'M[F]_(d 0%N)) (c : 'M[F]_(d 2%N, d 0%N))
         (g : nat -> F) (s : F),
  (0 < d 0%N)%N -> (0 < d 1%N)%N -> d 2%N = 1%N -> 0 < g 0%N -> 0 < g 1%N ->
  exists V, regularised_hessian A c g s (origin F d) V < 0.
