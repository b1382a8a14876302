(* C2: with one output the imbalance bounds rank, norms and alignment of the layers.  Layers
   n.+1, the last of them is W n; D_j = W_{j+1}ᵀW_{j+1} - W_jW_jᵀ. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks quantities.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* l is λ_max(D_j). *)
Definition is_imbalance_max (F : realFieldType) (d : nat -> nat) (W : network F d) (j : nat)
  (l : F) : Prop := is_largest (fun v => dot v (imbalance W j *m v)) l.

(* | |W_k|_2² - |W_{k+1}|_2² | <= |D_k|_2, here e; for any number of outputs. *)
Definition norms : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (W : network F d) (k : nat) (s s' e : F),
  is_norm_sq (W k) s -> is_norm_sq (W k.+1) s' ->
  0 <= e -> is_norm_sq (imbalance W k) (e ^+ 2) ->
  `|s - s'| <= e.

(* |W_k|_F² - |W_k|_2² <= ε_k = Σ_{j=k}^{L-1} (λ_max(D_j) - tr D_j). *)
Definition rank : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (n : nat) (W : network F d) (s l : nat -> F),
  d n.+1 = 1%N ->
  (forall k : nat, (k <= n)%N -> is_norm_sq (W k) (s k)) ->
  (forall j : nat, (j < n)%N -> is_imbalance_max W j (l j)) ->
  forall k : nat, (k <= n)%N ->
  sq (W k) - s k <= \sum_(k <= j < n) (l j - \tr (imbalance W j)).

(* --- false twins -------------------------------------------------------------------------- *)

(* Half of |D_k|_2 between the norms of neighbours. *)
Definition half_norms : Prop :=
  forall (F : realFieldType) (d : nat -> nat) (W : network F d) (k : nat) (s s' e : F),
  is_norm_sq (W k) s -> is_norm_sq (W k.+1) s' ->
  0 <= e -> is_norm_sq (imbalance W k) (e ^+ 2) ->
  `|s - s'| <= e / 2.
