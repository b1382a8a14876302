(* The numbers of networks.v and directions.v, computed: MathComp's matrices do not compute, lists
   of rationals do.  A name in Q is what the same name without it is for lists of rows of Q, and a
   theorem says that both are the same number.  What a list does not hold counts as 0.

   So the kernel holds what the definitions say to a number that was found elsewhere (7 # 3 is 7/3):
     Goal loss (matrix (d 0) m X) (matrix (d L) m Y) (layers d W) = rat_of (7 # 3). computed. Qed.
   The functions in Q need no reading: what is proved speaks of the definitions alone. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.zify Require Import ssrZ.
From Proofs Require Import networks directions lemmas.
Import Order.TTheory GRing.Theory Num.Theory.
Delimit Scope Q_scope with Q.   (* and not of rat *)
Local Close Scope Q_scope. Local Open Scope ring_scope.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* --- rationals: Q of Coq, which computes, and rat of MathComp ------------------------------- *)
Definition whole (z : Z) : rat := (int_of_Z z)%:~R.

(* n # m is n / m. *)
Definition rat_of (x : Q) : rat := whole (Qnum x) / whole (Zpos (Qden x)).

Lemma wholeD x y : whole (x + y)%Z = whole x + whole y.
Proof. by rewrite /whole -rmorphD -(rmorphD [rmorphism of int_of_Z]). Qed.

Lemma wholeM x y : whole (x * y)%Z = whole x * whole y.
Proof. by rewrite /whole -rmorphM -(rmorphM [rmorphism of int_of_Z]). Qed.

Lemma wholeN x : whole (- x)%Z = - whole x.
Proof. by rewrite /whole -rmorphN -(rmorphN [rmorphism of int_of_Z]). Qed.

Lemma whole_nat n : whole (Z.of_nat n) = n%:R.
Proof. by elim: n => // n IH; rewrite Nat2Z.inj_succ -Z.add_1_r wholeD IH mulrSr. Qed.

Lemma whole_inj : injective whole.
Proof. by move=> x y /intr_inj /(can_inj int_of_ZK). Qed.

Lemma positive_neq0 p : whole (Zpos p) != 0.
Proof. by apply/eqP => /(@whole_inj _ Z0). Qed.

Lemma positiveM p q : whole (Zpos (p * q)) = whole (Zpos p) * whole (Zpos q).
Proof. exact: (wholeM (Zpos p) (Zpos q)). Qed.

Lemma rat_ofE x y : (rat_of x == rat_of y) = Qeq_bool x y.
Proof.
rewrite eqr_div ?positive_neq0 // -!wholeM (eqtype.inj_eq whole_inj).
by apply/eqP/idP => [/Qeq_eq_bool|/Qeq_bool_eq].
Qed.

Lemma rat_of_eq x y : Qeq_bool x y = true -> rat_of x = rat_of y.
Proof. by rewrite -rat_ofE => /eqP. Qed.

Lemma rat_of_red x : rat_of (Qred x) = rat_of x.
Proof. by apply/rat_of_eq/Qeq_eq_bool/Qred_correct. Qed.

Lemma rat_of0 : rat_of 0 = 0.
Proof. by rewrite /rat_of /whole rmorph0 mul0r. Qed.

Lemma rat_of1 : rat_of 1 = 1.
Proof. by rewrite /rat_of /whole rmorph1 mul1r invr1. Qed.

Lemma rat_ofD x y : rat_of (x + y)%Q = rat_of x + rat_of y.
Proof. by rewrite /rat_of /= addf_div ?positive_neq0 // positiveM wholeD !wholeM. Qed.

Lemma rat_ofM x y : rat_of (x * y)%Q = rat_of x * rat_of y.
Proof. by rewrite /rat_of /= mulf_div positiveM wholeM. Qed.

Lemma rat_ofN x : rat_of (- x)%Q = - rat_of x.
Proof. by rewrite /rat_of /= wholeN mulNr. Qed.

Lemma rat_ofB x y : rat_of (x - y)%Q = rat_of x - rat_of y.
Proof. by rewrite rat_ofD rat_ofN. Qed.

Lemma rat_ofV x : rat_of (/ x)%Q = (rat_of x)^-1.
Proof.
rewrite /rat_of invf_div /Qinv; case: x => [[|p|p] q] //=.
  by rewrite /whole !rmorph0 mul0r invr0 mulr0.
by rewrite -[Zneg p]/(- Zpos p)%Z -[Zneg q]/(- Zpos q)%Z !wholeN mulNr invrN mulrN.
Qed.

Lemma rat_of_div x y : rat_of (x / y)%Q = rat_of x / rat_of y.
Proof. by rewrite rat_ofM rat_ofV. Qed.

Lemma rat_of_nat n : rat_of (Z.of_nat n # 1) = n%:R.
Proof. by rewrite /rat_of whole_nat invr1 mulr1. Qed.

(* --- sums and matrices ---------------------------------------------------------------------- *)
Definition rows := seq (seq Q).

Definition entry (A : rows) (i j : nat) : Q := nth 0%Q (nth [::] A i) j.

(* The p x q matrix of these rows. *)
Definition matrix (p q : nat) (A : rows) : 'M[rat]_(p, q) := \matrix_(i, j) rat_of (entry A i j).

(* Its layers, given from the first one on. *)
Definition layers (d : nat -> nat) (W : seq rows) : network rat_realFieldType d :=
  fun k => matrix (d k.+1) (d k) (nth [::] W k).

Definition sumQ (n : nat) (f : nat -> Q) : Q := foldr (fun k s => Qred (f k + s)) 0%Q (iota 0 n).

Definition make (p q : nat) (f : nat -> nat -> Q) : rows :=
  [seq [seq f i j | j <- iota 0 q] | i <- iota 0 p].

Lemma sumE n f : rat_of (sumQ n f) = \sum_(k < n) rat_of (f k).
Proof.
rewrite -(big_mkord xpredT (fun k => rat_of (f k))) /index_iota subn0 /sumQ.
elim: (iota 0 n) => [|k s IH]; first by rewrite big_nil rat_of0.
by rewrite big_cons -IH -rat_ofD; apply: rat_of_red.
Qed.

Lemma entry_make p q f i j : (i < p)%N -> (j < q)%N -> entry (make p q f) i j = f i j.
Proof.
move=> ip jq; rewrite /entry /make (nth_map 0%N) ?size_iota //.
by rewrite (nth_map 0%N) ?size_iota // !nth_iota.
Qed.

Lemma matrix_make p q f : matrix p q (make p q f) = \matrix_(i, j) rat_of (f i j).
Proof. by apply/matrixP => i j; rewrite !mxE entry_make. Qed.

Section Matrices.
Variables p n q : nat.
Implicit Types A B : rows.

Definition eyeQ : rows := make p q (fun i j => if i == j then 1 else 0)%Q.
Definition mulQ A B : rows := make p q (fun i j => sumQ n (fun k => entry A i k * entry B k j)%Q).
Definition addQ A B : rows := make p q (fun i j => entry A i j + entry B i j)%Q.
Definition subQ A B : rows := make p q (fun i j => entry A i j - entry B i j)%Q.
Definition scaleQ (a : Q) A : rows := make p q (fun i j => a * entry A i j)%Q.
Definition trQ A : rows := make p q (fun i j => entry A j i).
Definition dotQ A B : Q := sumQ p (fun i => sumQ q (fun j => entry A i j * entry B i j)%Q).
Definition sqQ A : Q := dotQ A A.
Definition sameQ A B : bool :=
  all (fun i => all (fun j => Qeq_bool (entry A i j) (entry B i j)) (iota 0 q)) (iota 0 p).

Lemma matrix_eq A B : sameQ A B = true -> matrix p q A = matrix p q B.
Proof.
move=> /allP same; apply/matrixP => i j; rewrite !mxE; apply: rat_of_eq.
have within k (x : 'I_k) : val x \in iota 0 k by rewrite mem_iota add0n ltn_ord.
by have /allP row := same i (within _ i); apply: row (within _ j).
Qed.

Lemma matrix0 : matrix p q [::] = 0.
Proof. by apply/matrixP => i j; rewrite !mxE /entry !nth_nil rat_of0. Qed.

Lemma matrix_mul A B : matrix p q (mulQ A B) = matrix p n A *m matrix n q B.
Proof.
rewrite matrix_make; apply/matrixP => i j; rewrite !mxE sumE; apply: eq_bigr => k _.
by rewrite !mxE rat_ofM.
Qed.

Lemma matrix_add A B : matrix p q (addQ A B) = matrix p q A + matrix p q B.
Proof. by rewrite matrix_make; apply/matrixP => i j; rewrite !mxE rat_ofD. Qed.

Lemma matrix_sub A B : matrix p q (subQ A B) = matrix p q A - matrix p q B.
Proof. by rewrite matrix_make; apply/matrixP => i j; rewrite !mxE rat_ofB. Qed.

Lemma matrix_scale a A : matrix p q (scaleQ a A) = rat_of a *: matrix p q A.
Proof. by rewrite matrix_make; apply/matrixP => i j; rewrite !mxE rat_ofM. Qed.

Lemma matrix_tr A : matrix p q (trQ A) = (matrix q p A)^T.
Proof. by rewrite matrix_make; apply/matrixP => i j; rewrite !mxE. Qed.

Lemma dot_computed A B : dot (matrix p q A) (matrix p q B) = rat_of (dotQ A B).
Proof.
rewrite sumE; apply: eq_bigr => i _; rewrite sumE; apply: eq_bigr => j _.
by rewrite !mxE rat_ofM.
Qed.

Lemma sq_computed A : sq (matrix p q A) = rat_of (sqQ A).
Proof. exact: dot_computed. Qed.

End Matrices.

Lemma matrix1 p : matrix p p (eyeQ p p) = 1%:M.
Proof.
rewrite matrix_make; apply/matrixP => i j; rewrite !mxE -val_eqE /=.
by case: eqP => _; rewrite ?rat_of1 ?rat_of0.
Qed.

Lemma matrix_pid p q : matrix p q (eyeQ p q) = pid_mx p.
Proof.
rewrite matrix_make; apply/matrixP => i j; rewrite !mxE ltn_ord andbT.
by case: eqP => _; rewrite ?rat_of1 ?rat_of0.
Qed.

(* --- networks, the loss and its derivatives -------------------------------------------------- *)
Section Networks.
Variables (d : nat -> nat) (L m : nat) (X Y : rows) (W V : seq rows) (u y : rows).

Local Notation d0 := (d 0%N).
Local Notation data := (matrix d0 m X).
Local Notation targets := (matrix (d L) m Y).
Local Notation net := (layers d W).
Local Notation along := (layers d V).
Local Notation out := (matrix (d L) 1 u).
Local Notation inp := (matrix d0 1 y).

(* A layer after a map of the inputs. *)
Definition after (W : seq rows) (k : nat) (B : rows) : rows :=
  mulQ (d k.+1) (d k) d0 (nth [::] W k) B.

Lemma matrix_after W' k B :
  matrix (d k.+1) d0 (after W' k B) = layers d W' k *m matrix (d k) d0 B.
Proof. exact: matrix_mul. Qed.

Fixpoint prefixQ (k : nat) : rows := if k is j.+1 then after W j (prefixQ j) else eyeQ d0 d0.

Lemma prefix_computed k : prefix net k = matrix (d k) d0 (prefixQ k).
Proof. by elim: k => [|k IH] /=; rewrite ?matrix1 // matrix_after IH. Qed.

Fixpoint aboveQ (n f k : nat) : rows :=
  if f is g.+1 then mulQ (d n) (d k.+1) (d k) (aboveQ n g k.+1) (nth [::] W k)
  else eyeQ (d n) (d k).
Definition suffixQ (n k : nat) : rows := aboveQ n (n - k) k.

Lemma suffix_computed n k : suffix n net k = matrix (d n) (d k) (suffixQ n k).
Proof.
rewrite /suffix /suffixQ; move: (n - k)%N => f; elim: f k => [|f IH] k /=.
  by rewrite matrix_pid.
by rewrite matrix_mul IH.
Qed.

(* The product of the first k layers of W + tV to second order, as in lemmas.v. *)
Fixpoint dprefixQ (k : nat) : rows :=
  if k is j.+1 then addQ (d j.+1) d0 (after W j (dprefixQ j)) (after V j (prefixQ j)) else [::].
Fixpoint ddprefixQ (k : nat) : rows :=
  if k is j.+1 then addQ (d j.+1) d0 (after W j (ddprefixQ j)) (after V j (dprefixQ j)) else [::].

Lemma dprefix_computed k : @dprefix rat_realFieldType d net along k = matrix (d k) d0 (dprefixQ k).
Proof.
elim: k => [|k IH] /=; first by rewrite matrix0.
by rewrite matrix_add !matrix_after IH prefix_computed.
Qed.

Lemma ddprefix_computed k :
  @ddprefix rat_realFieldType d net along k = matrix (d k) d0 (ddprefixQ k).
Proof.
elim: k => [|k IH] /=; first by rewrite matrix0.
by rewrite matrix_add (matrix_after W) (matrix_after V) IH dprefix_computed.
Qed.

Definition energyQ : Q := sumQ L (fun k => sqQ (d k.+1) (d k) (nth [::] V k)).

Theorem energy_computed : energy L along = rat_of energyQ.
Proof. by rewrite sumE; apply: eq_bigr => k _; rewrite sq_computed. Qed.

Definition shareQ : Q := (/ (Z.of_nat m # 1))%Q.
Definition momentQ : rows := scaleQ d0 d0 shareQ (mulQ d0 m d0 X (trQ m d0 X)).
Definition crossQ : rows := scaleQ (d L) d0 shareQ (mulQ (d L) m d0 Y (trQ m d0 X)).

Lemma share_computed : m%:R^-1 = rat_of shareQ.
Proof. by rewrite rat_ofV rat_of_nat. Qed.

Theorem moment_computed : moment data = matrix d0 d0 momentQ.
Proof. by rewrite matrix_scale matrix_mul matrix_tr -share_computed. Qed.

Theorem cross_computed : cross data targets = matrix (d L) d0 crossQ.
Proof. by rewrite matrix_scale matrix_mul matrix_tr -share_computed. Qed.

(* It vanishes where the normal equations hold: see [minimizer]. *)
Definition normalQ : rows :=
  subQ (d L) d0 (mulQ (d L) d0 d0 (prefixQ L) momentQ) crossQ.

Theorem normal_computed :
  prefix net L *m moment data - cross data targets = matrix (d L) d0 normalQ.
Proof. by rewrite prefix_computed moment_computed cross_computed -matrix_mul -matrix_sub. Qed.

Definition on_dataQ (P : rows) : rows := mulQ (d L) d0 m P X.
Definition residualQ : rows := subQ (d L) m (on_dataQ (prefixQ L)) Y.
Definition lossQ : Q := (shareQ * sqQ (d L) m residualQ)%Q.
Definition slopeQ : Q := (2 * (shareQ * dotQ (d L) m residualQ (on_dataQ (dprefixQ L))))%Q.
Definition hessianQ : Q := (2 * (shareQ * (sqQ (d L) m (on_dataQ (dprefixQ L))
  + 2 * dotQ (d L) m residualQ (on_dataQ (ddprefixQ L)))))%Q.

Lemma residual_computed : prefix net L *m data - targets = matrix (d L) m residualQ.
Proof. by rewrite matrix_sub matrix_mul prefix_computed. Qed.

Lemma twice x : rat_of (2 * x)%Q = rat_of x *+ 2.
Proof. by rewrite rat_ofM -mulr_natl -(rat_of_nat 2). Qed.

Theorem loss_computed : loss data targets net = rat_of lossQ.
Proof. by rewrite /loss residual_computed sq_computed rat_ofM -share_computed. Qed.

Theorem slope_computed : slope data targets net along = rat_of slopeQ.
Proof.
rewrite slopeE /residual residual_computed dprefix_computed -matrix_mul dot_computed.
by rewrite twice rat_ofM -share_computed.
Qed.

Theorem hessian_computed : hessian data targets net along = rat_of hessianQ.
Proof.
rewrite hessianE /residual residual_computed dprefix_computed ddprefix_computed -!matrix_mul.
by rewrite sq_computed dot_computed twice rat_ofM rat_ofD twice -share_computed.
Qed.

(* --- directions ------------------------------------------------------------------------------ *)
Definition imageQ : rows := mulQ d0 d0 1 momentQ y.
Definition lengthQ : Q := dotQ d0 1 y imageQ.
Definition gain_outQ (k : nat) : Q :=
  let back := trQ (d k.+1) (d L) (suffixQ L k.+1) in
  (sqQ (d k.+1) 1 (mulQ (d k.+1) (d L) 1 back u) / sqQ (d L) 1 u)%Q.
Definition gain_inQ (k : nat) : Q :=
  (sqQ (d k) 1 (mulQ (d k) d0 1 (prefixQ k) imageQ) / lengthQ)%Q.
Definition path_energyQ : Q := sumQ L (fun k => (gain_outQ k * gain_inQ k)%Q).
Definition path_endsQ : Q := (sqQ d0 1 imageQ / lengthQ)%Q.
Definition meetingQ : Q := dotQ (d L) 1 u (mulQ (d L) d0 1 crossQ y).
Definition pairingQ : Q := (meetingQ * meetingQ / (sqQ (d L) 1 u * lengthQ))%Q.

Lemma image_computed : moment data *m inp = matrix d0 1 imageQ.
Proof. by rewrite moment_computed -matrix_mul. Qed.

Theorem gain_out_computed k : @gain_out rat_realFieldType d L net out k = rat_of (gain_outQ k).
Proof.
by rewrite /gain_out suffix_computed -matrix_tr -matrix_mul !sq_computed rat_of_div.
Qed.

Theorem gain_in_computed k : @gain_in rat_realFieldType d m data net inp k = rat_of (gain_inQ k).
Proof.
by rewrite /gain_in image_computed prefix_computed -matrix_mul sq_computed dot_computed rat_of_div.
Qed.

Theorem path_energy_computed : path_energy data net out inp = rat_of path_energyQ.
Proof.
rewrite sumE; apply: eq_bigr => k _.
by rewrite rat_ofM -gain_out_computed -gain_in_computed.
Qed.

Theorem path_ends_computed : path_ends data inp = rat_of path_endsQ.
Proof. by rewrite /path_ends image_computed sq_computed dot_computed rat_of_div. Qed.

Theorem pairing_computed : pairing data targets out inp = rat_of pairingQ.
Proof.
rewrite /pairing image_computed cross_computed -matrix_mul !dot_computed sq_computed.
by rewrite -/meetingQ -/lengthQ expr2 -(rat_ofM meetingQ) -(rat_ofM (sqQ _ _ _)) -rat_of_div.
Qed.

End Networks.

(* One of the numbers or matrices above is this one, of rationals: a proof by computation. *)
Ltac computed :=
  rewrite ?(normal_computed, moment_computed, cross_computed, energy_computed, loss_computed,
    slope_computed, hessian_computed, gain_out_computed, gain_in_computed, path_energy_computed,
    path_ends_computed, pairing_computed);
  first [apply: rat_of_eq | apply: matrix_eq]; vm_compute; reflexivity.
