(* The loss averaged over independent noise of finitely many values, one draw for each hidden
   neuron: what theorems/weight_decay/averaged_loss_eq_recursion.py enumerates.  A draw t of the
   law has probability p t and value e t.  Definitions only; a referee reads this once. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Proofs Require Import networks.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Noise.
Variables (F : realFieldType) (d : nat -> nat) (D : nat).
Variables (A : 'M[F]_(d 0)) (c : 'M[F]_(d D.+1, d 0)) (W : network F d).
Variables (T : finType) (p e : T -> F).

(* The mean of f(ε) over n independent draws: the sum over all outcomes w, each with the product
   of the probabilities of its draws. *)
Definition mean n (f : 'rV[F]_n -> F) : F :=
  \sum_(w : {ffun 'I_n -> T}) (\prod_i p (w i)) * f (\row_i e (w i)).

(* E(|Px|² - 2 y·Px) for P = B ε^(k) W_{k-1} ... ε^(1) W_0: tr(PAPᵀ) - 2 P·c averaged over the
   noise of the first k layers of neurons, the last of them first. *)
Fixpoint mean_loss (k : nat) : 'M[F]_(d D.+1, d k) -> F :=
  match k return 'M[F]_(d D.+1, d k) -> F with
  | 0 => fun B => \tr (B *m A *m B^T) - 2 * dot B c
  | j.+1 => fun B => mean (fun eps => mean_loss (B *m diag_mx eps *m W j))
  end.

(* The loss averaged over the noise of all hidden neurons, without E|y|². *)
Definition averaged_loss : F := mean_loss (W D).

(* ε is a probability's law of mean 1 and variance s. *)
Definition noise_law (s : F) : Prop :=
  [/\ \sum_t p t = 1, \sum_t p t * e t = 1 & \sum_t p t * (e t - 1) ^+ 2 = s].

End Noise.

(* Dropout of keep-rate 1/(1 + s): a neuron that is kept is multiplied by 1 + s. *)
Definition keep (F : realFieldType) (s : F) (kept : bool) : F :=
  if kept then (1 + s)^-1 else 1 - (1 + s)^-1.
Definition mask (F : realFieldType) (s : F) (kept : bool) : F := if kept then 1 + s else 0.
