From Coq Require Import QArith List Bool ZArith Lia Ring Field.
Import ListNotations.
Set Warnings "-all".

(* --- 1. Numbers -------------------------------------------------------------------------------

   The statement is about any ordered field: the real numbers are one. *)

Record ordered_field := Ordered_field {
  number :> Type;
  zero : number;
  one : number;
  plus : number -> number -> number;
  times : number -> number -> number;
  negative : number -> number;
  inverse : number -> number;
  at_most : number -> number -> Prop;
  ring_laws : ring_theory zero one plus times (fun x y => plus x (negative y)) negative eq;
  times_inverse : forall x, x <> zero -> times x (inverse x) = one;
  one_is_not_zero : one <> zero;
  equal_or_not : forall x y : number, x = y \/ x <> y;
  at_most_trans : forall x y z, at_most x y -> at_most y z -> at_most x z;
  at_most_antisym : forall x y, at_most x y -> at_most y x -> x = y;
  at_most_total : forall x y, at_most x y \/ at_most y x;
  plus_at_most : forall x y z, at_most x y -> at_most (plus x z) (plus y z);
  times_at_least_zero : forall x y, at_most zero x -> at_most zero y -> at_most zero (times x y)
}.

Arguments zero {_}. Arguments one {_}. Arguments plus {_}. Arguments times {_}.
Arguments negative {_}. Arguments inverse {_}. Arguments at_most {_}.

Declare Scope number_scope.
Delimit Scope number_scope with F.
Notation "0" := zero : number_scope.
Notation "1" := one : number_scope.
Notation "x + y" := (plus x y) : number_scope.
Notation "x * y" := (times x y) : number_scope.
Notation "- x" := (negative x) : number_scope.
Notation "x - y" := (plus x (negative y)) : number_scope.
Notation "x <= y" := (at_most x y) : number_scope.
Notation "x >= y" := (at_most y x) (only parsing) : number_scope.
Notation "x < y" := (at_most x y /\ x <> y) : number_scope.
Notation "x > y" := (at_most y x /\ y <> x) (only parsing) : number_scope.
Notation "x == y" := (x = y) (only parsing) : number_scope.

Fixpoint power {F : ordered_field} (x : F) (n : nat) : F :=
  match n with O => one | S m => times x (power x m) end.
Notation "x ^ n" := (power x n%nat) : number_scope.

(* The rational number q, in the field. *)
Fixpoint of_pos {F : ordered_field} (p : positive) : F :=
  match p with
  | xH => one
  | xO p => times (plus one one) (of_pos p)
  | xI p => plus one (times (plus one one) (of_pos p))
  end.
Definition of_Z {F : ordered_field} (z : Z) : F :=
  match z with Z0 => zero | Zpos p => of_pos p | Zneg p => negative (of_pos p) end.
Definition of_Q {F : ordered_field} (q : Q) : F :=
  times (of_Z (Qnum q)) (inverse (of_pos (Qden q))).

(* y is x ** e, for a rational exponent e = p/q in lowest terms: y ** q = x ** p.  If e is no
   integer then x and y are >= 0; if it is negative then y ** q * x ** -p = 1. *)
Definition is_power {F : ordered_field} (x : F) (e : Q) (y : F) : Prop :=
  let p := Qnum (Qred e) in
  let q := Pos.to_nat (Qden (Qred e)) in
  (q = 1%nat \/ (at_most zero x /\ at_most zero y)) /\
  match p with
  | Zneg n => times (power y q) (power x (Pos.to_nat n)) = one
  | _ => power y q = power x (Z.to_nat p)
  end.

(* m is the largest, or the least, of the numbers l. *)
Definition is_max {F : ordered_field} (l : list F) (m : F) : Prop :=
  In m l /\ Forall (fun x => at_most x m) l.
Definition is_min {F : ordered_field} (l : list F) (m : F) : Prop :=
  In m l /\ Forall (fun x => at_most m x) l.

(* --- 2. Matrices of rational numbers, by rows ------------------------------------------------- *)

Definition rows := list (list Q).

Definition qadd (a b : Q) : Q := Qred (a + b).
Definition qmul (a b : Q) : Q := Qred (a * b).
Definition qsum (l : list Q) : Q := fold_right qadd 0 l.
Fixpoint qpower (a : Q) (n : nat) : Q := match n with O => 1 | S m => qmul a (qpower a m) end.

(* vᵀMv for a matrix M and a vector v, of which as many entries count as M has columns. *)
Fixpoint along {F : ordered_field} (row : list Q) (v : nat -> F) : F :=
  match row with
  | [] => zero
  | a :: rest => plus (times (of_Q a) (v 0%nat)) (along rest (fun i => v (S i)))
  end.
Fixpoint pairing {F : ordered_field} (M : rows) (u v : nat -> F) : F :=
  match M with
  | [] => zero
  | row :: rest => plus (times (u 0%nat) (along row v)) (pairing rest (fun i => u (S i)) v)
  end.
Definition form {F : ordered_field} (M : rows) (v : nat -> F) : F := pairing M v v.

Definition identity (n : nat) : rows :=
  map (fun i => map (fun j => if Nat.eqb i j then 1 else 0) (seq 0 n)) (seq 0 n).

Definition rows_scale (c : Q) (A : rows) : rows := map (map (qmul c)) A.
Fixpoint row_equal (a b : list Q) : bool :=
  match a, b with
  | [], [] => true
  | x :: a, y :: b => Qeq_bool x y && row_equal a b
  | _, _ => false
  end.
Fixpoint rows_equal (A B : rows) : bool :=
  match A, B with
  | [], [] => true
  | a :: A, b :: B => row_equal a b && rows_equal A B
  | _, _ => false
  end.

(* s is the largest value of vᵀMv over unit vectors v: for a symmetric M its largest eigenvalue. *)
Definition is_top {F : ordered_field} (M : rows) (s : F) : Prop :=
  let squares v := form (identity (length M)) v in
  (forall v : nat -> F, at_most (form M v) (times s (squares v))) /\
  (exists v : nat -> F, squares v <> zero /\ form M v = times s (squares v)).

(* --- the definitions of a setting stand here --- *)

(* --- the statement stands here --- *)

(* --- Lemmas: what follows is read by the kernel, and needs no other reader ------------------------

   Numbers are enclosed by rational ones, largest eigenvalues by certificates. *)

Section Proofs.
Variable F : ordered_field.
Local Open Scope number_scope.
Implicit Types x y z : F.

Add Ring F_ring : (ring_laws F).

Lemma field_laws :
  field_theory (0 : F) 1 plus times (fun x y => x - y) negative
    (fun x y => x * inverse y) inverse eq.
Proof.
constructor.
- exact (ring_laws F).
- exact (one_is_not_zero F).
- reflexivity.
- intros x nz. rewrite (Rmul_comm (ring_laws F)). now apply times_inverse.
Qed.
Add Field F_field : field_laws.

Lemma le_refl x : x <= x.
Proof. now destruct (at_most_total F x x). Qed.

Lemma le_sub x y : 0 <= y - x -> x <= y.
Proof.
intros h. apply (plus_at_most F _ _ x) in h.
replace (0 + x) with x in h by ring. now replace (y - x + x) with y in h by ring.
Qed.

Lemma sub_le x y : x <= y -> 0 <= y - x.
Proof.
intros h. apply (plus_at_most F _ _ (- x)) in h. now replace (x - x) with (0 : F) in h by ring.
Qed.

Lemma add_nonneg x y : 0 <= x -> 0 <= y -> 0 <= x + y.
Proof.
intros hx hy. apply (at_most_trans F _ y); trivial.
apply le_sub. now replace (x + y - y) with x by ring.
Qed.

Lemma le_add x y z t : x <= y -> z <= t -> x + z <= y + t.
Proof.
intros h k. apply le_sub. replace (y + t - (x + z)) with ((y - x) + (t - z)) by ring.
now apply add_nonneg; apply sub_le.
Qed.

Lemma le_mul x y z : 0 <= z -> x <= y -> z * x <= z * y.
Proof.
intros hz h. apply le_sub. replace (z * y - z * x) with (z * (y - x)) by ring.
now apply times_at_least_zero; [|apply sub_le].
Qed.

Lemma le_opp x y : x <= y -> - y <= - x.
Proof. intros h. apply le_sub. replace (- x - - y) with (y - x) by ring. now apply sub_le. Qed.

Lemma square_nonneg x : 0 <= x * x.
Proof.
destruct (at_most_total F 0 x) as [h|h]; [now apply times_at_least_zero|].
replace (x * x) with ((0 - x) * (0 - x)) by ring.
now apply times_at_least_zero; apply sub_le.
Qed.

Lemma one_nonneg : (0 : F) <= 1.
Proof. replace (1 : F) with ((1 : F) * 1) by ring. apply square_nonneg. Qed.

Lemma mul_nonzero x y : x <> 0 -> y <> 0 -> x * y <> 0.
Proof.
intros hx hy h. apply hy.
replace y with (inverse x * (x * y)) by (field; trivial). rewrite h. ring.
Qed.

Lemma le_cancel x y z : 0 <= z -> z <> 0 -> z * x <= z * y -> x <= y.
Proof.
intros hz nz h. destruct (at_most_total F x y) as [|k]; trivial.
apply (le_mul _ _ z hz) in k. pose proof (at_most_antisym F _ _ h k) as e.
replace x with (inverse z * (z * x)) by (field; trivial). rewrite e.
replace (inverse z * (z * y)) with y by (field; trivial). apply le_refl.
Qed.

Lemma power_nonneg x n : 0 <= x -> 0 <= x ^ n.
Proof.
intros h. induction n; simpl; [apply one_nonneg|now apply times_at_least_zero].
Qed.

Lemma power_le x y n : 0 <= x -> x <= y -> x ^ n <= y ^ n.
Proof.
intros hx h. induction n; simpl; [apply le_refl|].
apply (at_most_trans F _ (x * y ^ n)); [now apply le_mul|].
replace (x * y ^ n) with (y ^ n * x) by ring. replace (y * y ^ n) with (y ^ n * y) by ring.
apply le_mul; trivial. apply power_nonneg. now apply (at_most_trans F _ x).
Qed.

Lemma power_nonzero x n : x <> 0 -> x ^ n <> 0.
Proof. intros h. induction n; simpl; [apply one_is_not_zero|now apply mul_nonzero]. Qed.

Lemma power_cancel x y n : 0 <= x -> 0 <= y -> x ^ S n <= y ^ S n -> x <= y.
Proof.
intros hx hy h. destruct (equal_or_not F x 0) as [->|nz]; trivial.
destruct (at_most_total F x y) as [|k]; trivial.
apply (le_cancel _ _ (x ^ n)); [now apply power_nonneg|now apply power_nonzero|].
apply (at_most_trans F _ (y ^ S n)).
- now replace (x ^ n * x) with (x ^ S n) by (simpl; ring).
- simpl. replace (x ^ n * y) with (y * x ^ n) by ring. apply le_mul; trivial. now apply power_le.
Qed.

(* Rational numbers. *)
Lemma of_pos_succ p : of_pos (Pos.succ p) = (1 : F) + of_pos p.
Proof. induction p; simpl; rewrite ?IHp; ring. Qed.

Lemma of_pos_add p q : of_pos (p + q) = (of_pos p : F) + of_pos q.
Proof.
induction p using Pos.peano_ind.
- now rewrite Pos.add_1_l, of_pos_succ.
- rewrite Pos.add_succ_l, !of_pos_succ, IHp. ring.
Qed.

Lemma of_pos_mul p q : of_pos (p * q) = (of_pos p : F) * of_pos q.
Proof.
induction p using Pos.peano_ind.
- rewrite Pos.mul_1_l. simpl. ring.
- rewrite Pos.mul_succ_l, of_pos_add, of_pos_succ, IHp. ring.
Qed.

Lemma of_Z_sub p q : of_Z (Z.pos_sub p q) = (of_pos p : F) - of_pos q.
Proof.
rewrite Z.pos_sub_spec. destruct (Pos.compare_spec p q) as [->|h|h]; simpl.
- ring.
- rewrite <- (Pos.sub_add q p h) at 2. rewrite of_pos_add. ring.
- rewrite <- (Pos.sub_add p q h) at 2. rewrite of_pos_add. ring.
Qed.

Lemma of_Z_add a b : of_Z (a + b) = (of_Z a : F) + of_Z b.
Proof.
destruct a as [|p|p], b as [|q|q]; simpl; rewrite ?of_pos_add, ?of_Z_sub; ring.
Qed.

Lemma of_Z_mul a b : of_Z (a * b) = (of_Z a : F) * of_Z b.
Proof. destruct a as [|p|p], b as [|q|q]; simpl; rewrite ?of_pos_mul; ring. Qed.

Lemma of_Z_opp a : of_Z (- a) = - (of_Z a : F).
Proof. destruct a; simpl; ring. Qed.

Lemma of_pos_large p : (1 : F) <= of_pos p.
Proof.
induction p using Pos.peano_ind; [apply le_refl|].
rewrite of_pos_succ. apply (at_most_trans F _ (of_pos p)); trivial.
apply le_sub. replace (1 + of_pos p - of_pos p) with (1 : F) by ring. apply one_nonneg.
Qed.

Lemma of_pos_nonneg p : (0 : F) <= of_pos p.
Proof. apply (at_most_trans F _ 1); [apply one_nonneg|apply of_pos_large]. Qed.

Lemma of_pos_nonzero p : of_pos p <> (0 : F).
Proof.
intros h. pose proof (of_pos_large p) as k. rewrite h in k.
apply (one_is_not_zero F). now apply at_most_antisym; [|apply one_nonneg].
Qed.
Hint Resolve of_pos_nonzero of_pos_nonneg le_refl : core.

Lemma of_Q_add a b : of_Q (a + b) = (of_Q a : F) + of_Q b.
Proof.
unfold of_Q. simpl. rewrite of_Z_add, !of_Z_mul, of_pos_mul. simpl. now field; split.
Qed.

Lemma of_Q_mul a b : of_Q (a * b) = (of_Q a : F) * of_Q b.
Proof. unfold of_Q. simpl. rewrite of_Z_mul, of_pos_mul. now field; split. Qed.

Lemma of_Q_opp a : of_Q (- a) = - (of_Q a : F).
Proof. unfold of_Q. simpl. rewrite of_Z_opp. now field. Qed.

Lemma of_Q_eq a b : (a == b)%Q -> of_Q a = (of_Q b : F).
Proof.
unfold Qeq, of_Q. intros h. apply (f_equal (@of_Z F)) in h. rewrite !of_Z_mul in h. simpl in h.
replace (of_Z (Qnum a) * inverse (of_pos (Qden a)))
  with (of_Z (Qnum a) * of_pos (Qden b) * (inverse (of_pos (Qden a)) * inverse (of_pos (Qden b))) : F)
  by now field; split.
rewrite h. now field; split.
Qed.

Lemma of_Q_red a : of_Q (Qred a) = (of_Q a : F).
Proof. apply of_Q_eq, Qred_correct. Qed.

Lemma of_Q_sub a b : of_Q (a - b) = (of_Q a : F) - of_Q b.
Proof. unfold Qminus. now rewrite of_Q_add, of_Q_opp. Qed.

Lemma of_Q_0 : of_Q 0 = (0 : F).
Proof. unfold of_Q. simpl. ring. Qed.

Lemma of_Q_1 : of_Q 1 = (1 : F).
Proof. unfold of_Q. simpl. field. apply one_is_not_zero. Qed.

Lemma of_Q_minus_1 : of_Q (-1) = (- (1) : F).
Proof. rewrite <- of_Q_1, <- of_Q_opp. reflexivity. Qed.

Lemma inverse_nonneg x : 0 <= x -> x <> 0 -> 0 <= inverse x.
Proof.
intros h nz. replace (inverse x) with (x * (inverse x * inverse x)) by (field; trivial).
apply times_at_least_zero; trivial. apply square_nonneg.
Qed.

Lemma of_Q_nonneg a : (0 <= a)%Q -> (0 : F) <= of_Q a.
Proof.
unfold Qle, of_Q. simpl. intros h. apply times_at_least_zero.
- destruct (Qnum a) as [|p|p]; simpl; trivial. now destruct p.
- now apply inverse_nonneg.
Qed.

Lemma of_Q_le a b : (a <= b)%Q -> (of_Q a : F) <= of_Q b.
Proof.
intros h. apply le_sub. rewrite <- of_Q_sub. apply of_Q_nonneg. now apply Qle_minus_iff in h.
Qed.

Lemma of_Q_nonzero a : ~ (a == 0)%Q -> of_Q a <> (0 : F).
Proof.
intros h e. apply (one_is_not_zero F). rewrite <- of_Q_1.
rewrite <- (of_Q_eq (a * / a) 1) by now apply Qmult_inv_r. rewrite of_Q_mul, e. ring.
Qed.

Lemma of_Q_lt a b : (a < b)%Q -> ~ (of_Q b : F) <= of_Q a.
Proof.
intros h k. assert (e : of_Q a = (of_Q b : F))
  by (apply at_most_antisym; trivial; now apply of_Q_le, Qlt_le_weak).
apply (of_Q_nonzero (b - a)).
- intros z. apply Qlt_minus_iff in h. unfold Qminus in z. rewrite z in h. now apply Qlt_irrefl in h.
- rewrite of_Q_sub, e. ring.
Qed.

Lemma of_Q_power a n : of_Q (qpower a n) = (of_Q a : F) ^ n.
Proof.
induction n; simpl; [apply of_Q_1|]. unfold qmul. now rewrite of_Q_red, of_Q_mul, IHn.
Qed.

(* An enclosure of a number. *)
Definition within (a b : Q) (x : F) : Prop := of_Q a <= x /\ x <= of_Q b.

Definition below (a b : Q) : bool := Qle_bool a b.
Definition strictly (a b : Q) : bool := negb (Qle_bool b a).

Lemma below_le a b : below a b = true -> (of_Q a : F) <= of_Q b.
Proof. intros h. apply of_Q_le. now apply Qle_bool_iff. Qed.

Lemma strictly_lt a b : strictly a b = true -> ~ (of_Q b : F) <= of_Q a.
Proof.
unfold strictly. intros h. apply of_Q_lt. apply Qnot_le_lt. intros k.
apply Qle_bool_iff in k. now rewrite k in h.
Qed.

Lemma within_rational a q x : x = of_Q q -> Qeq_bool q a = true -> within a a x.
Proof.
intros -> h. apply Qeq_bool_iff in h. rewrite (of_Q_eq _ _ h). now split.
Qed.

Lemma within_constant a q : Qeq_bool q a = true -> within a a (of_Q q).
Proof. now apply within_rational. Qed.

Lemma within_add a b c d x y : within a b x -> within c d y ->
  forall l h, (below l (a + c) && below (b + d) h)%bool = true -> within l h (x + y).
Proof.
intros [p q] [r s] l h e. apply andb_prop in e as [e f]. split.
- apply (at_most_trans F _ (of_Q (a + c))); [now apply below_le|].
  rewrite of_Q_add. now apply le_add.
- apply (at_most_trans F _ (of_Q (b + d))); [|now apply below_le].
  rewrite of_Q_add. now apply le_add.
Qed.

Lemma within_opp a b x : within a b x -> within (- b) (- a) (- x).
Proof. intros [p q]. split; rewrite of_Q_opp; now apply le_opp. Qed.

Lemma within_negative a b x : within a b x -> forall l h,
  (below l (- b) && below (- a) h)%bool = true -> within l h (- x).
Proof.
intros w l h e. apply andb_prop in e as [e f]. apply below_le in e, f.
destruct (within_opp _ _ _ w) as [p q].
split; [apply (at_most_trans F _ (of_Q (- b)))|apply (at_most_trans F _ (of_Q (- a)))]; trivial.
Qed.

(* c x lies between l and h if it does at both ends. *)
Lemma scaled_bounds c a b x l h : a <= x -> x <= b ->
  l <= c * a -> l <= c * b -> c * a <= h -> c * b <= h -> l <= c * x /\ c * x <= h.
Proof.
intros p q r s t u. destruct (at_most_total F 0 c) as [k|k].
- split; [apply (at_most_trans F _ (c * a))|apply (at_most_trans F _ (c * b))]; trivial;
  now apply le_mul.
- assert (m : forall y z, y <= z -> c * z <= c * y).
  { intros y z e. replace (c * z) with (- ((- c) * z)) by ring.
    replace (c * y) with (- ((- c) * y)) by ring. apply le_opp. apply le_mul; trivial.
    replace (- c) with (0 - c) by ring. now apply sub_le. }
  split; [apply (at_most_trans F _ (c * b))|apply (at_most_trans F _ (c * a))]; trivial; now apply m.
Qed.

Lemma within_mul a b c d x y : within a b x -> within c d y ->
  forall l h,
  forallb (fun e => below l e && below e h)%bool [a * c; a * d; b * c; b * d]%Q = true ->
  within l h (x * y).
Proof.
intros [p q] [r s] l h. simpl. rewrite !andb_true_iff. intros [[e1 f1] [[e2 f2] [[e3 f3] [[e4 f4] _]]]].
apply below_le in e1, e2, e3, e4, f1, f2, f3, f4. rewrite !of_Q_mul in *.
assert (k : of_Q l <= of_Q a * y /\ of_Q a * y <= of_Q h)
  by now apply (scaled_bounds _ (of_Q c) (of_Q d)).
assert (m : of_Q l <= of_Q b * y /\ of_Q b * y <= of_Q h)
  by now apply (scaled_bounds _ (of_Q c) (of_Q d)).
unfold within. replace (x * y) with (y * x) by ring.
apply (scaled_bounds _ (of_Q a) (of_Q b)); trivial;
  rewrite ?(Rmul_comm (ring_laws F) y (of_Q a)), ?(Rmul_comm (ring_laws F) y (of_Q b)); tauto.
Qed.

Lemma within_one : within 1 1 (1 : F).
Proof. unfold within. rewrite of_Q_1. now split. Qed.

Lemma within_weaken a b x : within a b x -> forall l h,
  (below l a && below b h)%bool = true -> within l h x.
Proof.
intros [p q] l h e. apply andb_prop in e as [e f]. apply below_le in e, f.
split; [apply (at_most_trans F _ (of_Q a))|apply (at_most_trans F _ (of_Q b))]; trivial.
Qed.

Definition not_negative (a : Q) : bool := below 0 a.

Lemma not_negative_le a : not_negative a = true -> (0 : F) <= of_Q a.
Proof. intros h. rewrite <- of_Q_0. now apply below_le. Qed.

(* The ends of a power: checked by raising them to the denominator. *)
Definition power_ends (a b : Q) (e : Q) (l h : Q) : bool :=
  let q := Pos.to_nat (Qden (Qred e)) in
  not_negative a && not_negative b && not_negative l && not_negative h &&
  match Qnum (Qred e) with
  | Zneg n => strictly 0 a && below (qpower l q * qpower b (Pos.to_nat n)) 1
              && below 1 (qpower h q * qpower a (Pos.to_nat n))
  | p => below (qpower l q) (qpower a (Z.to_nat p)) && below (qpower b (Z.to_nat p)) (qpower h q)
  end.

Lemma within_power a b e x y l h : within a b x -> is_power x e y ->
  (strictly 0 a || negb (Pos.eqb (Qden (Qred e)) 1))%bool = true ->
  power_ends a b e l h = true -> within l h y.
Proof.
intros [p q] [side law] positive ends. unfold power_ends in ends.
rewrite !andb_true_iff in ends. destruct ends as [[[[na nb] nl] nh] ends].
apply not_negative_le in na, nb, nl, nh.
assert (nx : 0 <= x) by now apply (at_most_trans F _ (of_Q a)).
assert (ny : 0 <= y).
{ destruct side as [side|]; [|tauto].
  assert (is_one : Qden (Qred e) = 1%positive).
  { apply Pos2Nat.inj. now rewrite side. }
  rewrite is_one in positive. simpl in positive. rewrite orb_false_r in positive.
  rewrite side in law. simpl in law. replace (y * 1) with y in law by ring.
  destruct (Qnum (Qred e)) as [|n|n].
  - rewrite law. apply one_nonneg.
  - rewrite law. now apply power_nonneg.
  - assert (nz : x <> 0).
    { intros z. apply strictly_lt in positive. apply positive. rewrite z in p. now rewrite of_Q_0. }
    apply (le_cancel _ _ (x ^ Pos.to_nat n)).
    + now apply power_nonneg.
    + now apply power_nonzero.
    + replace (x ^ Pos.to_nat n * 0) with (0 : F) by ring.
      replace (x ^ Pos.to_nat n * y) with (y * x ^ Pos.to_nat n) by ring. rewrite law.
      apply one_nonneg. }
revert law ends. destruct (Pos2Nat.is_succ (Qden (Qred e))) as [k ->]. intros law ends.
assert (direct : forall n, y ^ S k = x ^ n -> below (qpower l (S k)) (qpower a n) = true ->
                 below (qpower b n) (qpower h (S k)) = true -> within l h y).
{ intros n d lo hi. apply below_le in lo, hi. rewrite !of_Q_power in *.
  split; apply (power_cancel _ _ k); trivial; rewrite d.
  - apply (at_most_trans F _ (of_Q a ^ n)); trivial. now apply power_le.
  - apply (at_most_trans F _ (of_Q b ^ n)); trivial. now apply power_le. }
destruct (Qnum (Qred e)) as [|n|n].
- apply andb_prop in ends as [lo hi]. now apply (direct 0%nat).
- apply andb_prop in ends as [lo hi]. now apply (direct (Z.to_nat (Zpos n))).
- rewrite !andb_true_iff in ends. destruct ends as [[pa lo] hi].
  apply below_le in lo, hi. apply strictly_lt in pa. rewrite of_Q_0 in pa.
  rewrite of_Q_mul, !of_Q_power, of_Q_1 in *.
  set (m := Pos.to_nat n) in *.
  assert (za : of_Q a <> (0 : F)) by (intros z; apply pa; now rewrite z).
  assert (zb : of_Q b <> (0 : F)).
  { intros z. apply pa. rewrite <- z. now apply (at_most_trans F _ x). }
  split; apply (power_cancel _ _ k); trivial.
  + apply (le_cancel _ _ (of_Q b ^ m)); [now apply power_nonneg|now apply power_nonzero|].
    rewrite (Rmul_comm (ring_laws F)). apply (at_most_trans F _ (y ^ S k * x ^ m)); [now rewrite law|].
    rewrite (Rmul_comm (ring_laws F) (of_Q b ^ m)).
    apply le_mul; [now apply power_nonneg|now apply power_le].
  + apply (le_cancel _ _ (of_Q a ^ m)); [now apply power_nonneg|now apply power_nonzero|].
    rewrite (Rmul_comm (ring_laws F) _ (of_Q h ^ S k)).
    apply (at_most_trans F _ 1); trivial. rewrite <- law.
    rewrite (Rmul_comm (ring_laws F) (of_Q a ^ m)).
    apply le_mul; [now apply power_nonneg|now apply power_le].
Qed.

(* The largest and the least of some enclosed numbers. *)
Definition enclosed (ends : list (Q * Q)) (l : list F) : Prop :=
  Forall2 (fun e x => within (fst e) (snd e) x) ends l.

Lemma enclosed_nil : enclosed [] [].
Proof. constructor. Qed.

Lemma enclosed_cons a b x ends l : within a b x -> enclosed ends l ->
  enclosed ((a, b) :: ends) (x :: l).
Proof. now constructor. Qed.

Lemma enclosed_in ends l x : enclosed ends l -> In x l ->
  exists e, In e ends /\ within (fst e) (snd e) x.
Proof.
intros h. induction h as [|e y ends l w h IH]; simpl; [tauto|]. intros [->|k].
- exists e. tauto.
- destruct (IH k) as [f [? ?]]. exists f. tauto.
Qed.

Lemma enclosed_of ends l e : enclosed ends l -> In e ends ->
  exists x, In x l /\ within (fst e) (snd e) x.
Proof.
intros h. induction h as [|f y ends l w h IH]; simpl; [tauto|]. intros [->|k].
- exists y. tauto.
- destruct (IH k) as [x [? ?]]. exists x. tauto.
Qed.

Lemma within_max ends l m : enclosed ends l -> is_max l m -> forall a b,
  (existsb (fun e => below a (fst e)) ends && forallb (fun e => below (snd e) b) ends)%bool = true ->
  within a b m.
Proof.
intros h [there most] a b k. apply andb_prop in k as [low high].
apply existsb_exists in low as [e [ie low]]. rewrite forallb_forall in high.
rewrite Forall_forall in most. split.
- destruct (enclosed_of _ _ e h ie) as [x [ix [wx _]]].
  apply (at_most_trans F _ (of_Q (fst e))); [now apply below_le|].
  apply (at_most_trans F _ x); trivial. now apply most.
- destruct (enclosed_in _ _ m h there) as [f [jf [_ wf]]].
  apply (at_most_trans F _ (of_Q (snd f))); trivial. apply below_le. now apply high.
Qed.

Lemma within_min ends l m : enclosed ends l -> is_min l m -> forall a b,
  (forallb (fun e => below a (fst e)) ends && existsb (fun e => below (snd e) b) ends)%bool = true ->
  within a b m.
Proof.
intros h [there least] a b k. apply andb_prop in k as [low high].
apply existsb_exists in high as [e [ie high]]. rewrite forallb_forall in low.
rewrite Forall_forall in least. split.
- destruct (enclosed_in _ _ m h there) as [f [jf [wf _]]].
  apply (at_most_trans F _ (of_Q (fst f))); trivial. apply below_le. now apply low.
- destruct (enclosed_of _ _ e h ie) as [x [ix [_ wx]]].
  apply (at_most_trans F _ (of_Q (snd e))); [|now apply below_le].
  apply (at_most_trans F _ x); trivial. now apply least.
Qed.

(* What enclosures say of a relation. *)
Lemma le_within a b c d x y : within a b x -> within c d y -> below b c = true -> x <= y.
Proof.
intros [_ p] [q _] e. apply (at_most_trans F _ (of_Q b)); trivial.
apply (at_most_trans F _ (of_Q c)); trivial. now apply below_le.
Qed.

Lemma not_le_within a b c d x y : within a b x -> within c d y -> strictly d a = true -> ~ x <= y.
Proof.
intros [p _] [_ q] e h. apply strictly_lt in e. apply e.
apply (at_most_trans F _ x); trivial. now apply (at_most_trans F _ y).
Qed.

Lemma lt_within a b c d x y : within a b x -> within c d y -> strictly b c = true -> x < y.
Proof.
intros wx wy e. assert (n : ~ y <= x) by now apply (not_le_within _ _ _ _ _ _ wy wx).
split.
- destruct (at_most_total F x y); tauto.
- intros z. apply n. rewrite z. apply le_refl.
Qed.

Lemma not_lt_within a b c d x y : within a b x -> within c d y -> below d a = true -> ~ (x < y).
Proof.
intros wx wy e [h n]. apply n. apply at_most_antisym; trivial.
now apply (le_within _ _ _ _ _ _ wy wx).
Qed.

Lemma eq_within a b c d x y : within a b x -> within c d y ->
  (below b c && below d a)%bool = true -> x = y.
Proof.
intros wx wy e. apply andb_prop in e as [e f]. apply at_most_antisym.
- now apply (le_within _ _ _ _ _ _ wx wy).
- now apply (le_within _ _ _ _ _ _ wy wx).
Qed.

Lemma not_eq_within a b c d x y : within a b x -> within c d y ->
  (strictly b c || strictly d a)%bool = true -> x <> y.
Proof.
intros wx wy e h. apply orb_prop in e as [e|e].
- now apply (lt_within _ _ _ _ _ _ wx wy) in e as [_ e].
- apply (lt_within _ _ _ _ _ _ wy wx) in e as [_ e]. now symmetry in h.
Qed.

(* Forms: sums of squares are >= 0, and what they are at rational vectors. *)
Fixpoint row_add (a b : list Q) : list Q :=
  match a, b with
  | [], _ => b
  | _, [] => a
  | x :: a, y :: b => qadd x y :: row_add a b
  end.
Fixpoint rows_add (A B : rows) : rows :=
  match A, B with
  | [], _ => B
  | _, [] => A
  | a :: A, b :: B => row_add a b :: rows_add A B
  end.
(* c l lᵀ, and the sum of such squares. *)
Definition outer (c : Q) (k l : list Q) : rows := map (fun a => map (qmul (qmul c a)) l) k.
Definition sum_of_squares (l : list (Q * list Q)) : rows :=
  fold_right (fun s M => rows_add (outer (fst s) (snd s) (snd s)) M) [] l.

Lemma along_add a b (v : nat -> F) : along (row_add a b) v = along a v + along b v.
Proof.
revert b v. induction a as [|x a IH]; intros [|y b] v; simpl; try ring.
unfold qadd. rewrite IH, of_Q_red, of_Q_add. ring.
Qed.

Lemma pairing_add A B (u v : nat -> F) : pairing (rows_add A B) u v = pairing A u v + pairing B u v.
Proof.
revert B u. induction A as [|a A IH]; intros [|b B] u; simpl; try ring.
rewrite IH, along_add. ring.
Qed.

Lemma along_scale c a (v : nat -> F) : along (map (qmul c) a) v = of_Q c * along a v.
Proof.
revert v. induction a as [|x a IH]; intros v; simpl; [ring|].
unfold qmul. rewrite IH, of_Q_red, of_Q_mul. ring.
Qed.

Lemma pairing_scale c A (u v : nat -> F) : pairing (rows_scale c A) u v = of_Q c * pairing A u v.
Proof.
revert u. induction A as [|a A IH]; intros u; simpl; [ring|]. rewrite IH, along_scale. ring.
Qed.

Lemma along_equal a b (v : nat -> F) : row_equal a b = true -> along a v = along b v.
Proof.
revert b v. induction a as [|x a IH]; intros [|y b] v; simpl; try discriminate; trivial.
intros h. apply andb_prop in h as [h k]. rewrite (IH b); trivial.
now rewrite (of_Q_eq x y) by now apply Qeq_bool_iff.
Qed.

Lemma pairing_equal A B (u v : nat -> F) : rows_equal A B = true -> pairing A u v = pairing B u v.
Proof.
revert B u. induction A as [|a A IH]; intros [|b B] u; simpl; try discriminate; trivial.
intros h. apply andb_prop in h as [h k]. now rewrite (IH B), (along_equal a b).
Qed.

Lemma pairing_outer c k l (u v : nat -> F) :
  pairing (outer c k l) u v = of_Q c * (along k u * along l v).
Proof.
revert u. induction k as [|a k IH]; intros u; simpl; [ring|].
unfold outer in IH. rewrite IH, along_scale. unfold qmul. rewrite of_Q_red, of_Q_mul. ring.
Qed.

Definition is_sum_of_squares (M : rows) (l : list (Q * list Q)) : bool :=
  forallb (fun s => not_negative (fst s)) l && rows_equal M (sum_of_squares l).

Lemma sum_of_squares_nonneg M l (v : nat -> F) : is_sum_of_squares M l = true -> 0 <= form M v.
Proof.
intros h. apply andb_prop in h as [h e]. unfold form. rewrite (pairing_equal _ _ _ _ e). clear e M.
induction l as [|[c k] l IH]; simpl in *; [apply le_refl|].
apply andb_prop in h as [h t]. rewrite pairing_add, pairing_outer.
apply add_nonneg; [|now apply IH].
apply times_at_least_zero; [now apply not_negative_le|apply square_nonneg].
Qed.

Definition entries (w : list Q) (i : nat) : Q := nth i w 0%Q.
Fixpoint along_rational (row : list Q) (v : nat -> Q) : Q :=
  match row with
  | [] => 0
  | a :: rest => qadd (qmul a (v 0%nat)) (along_rational rest (fun i => v (S i)))
  end.
Fixpoint pairing_rational (M : rows) (u v : nat -> Q) : Q :=
  match M with
  | [] => 0
  | row :: rest =>
      qadd (qmul (u 0%nat) (along_rational row v)) (pairing_rational rest (fun i => u (S i)) v)
  end.
Definition form_rational (M : rows) (w : list Q) : Q := pairing_rational M (entries w) (entries w).

Lemma along_rationalE a (v : nat -> Q) :
  along a (fun i => of_Q (v i)) = (of_Q (along_rational a v) : F).
Proof.
revert v. induction a as [|x a IH]; intros v; simpl; [now rewrite of_Q_0|].
rewrite (IH (fun i => v (S i))). unfold qadd, qmul.
now rewrite of_Q_red, of_Q_add, of_Q_red, of_Q_mul.
Qed.

Lemma pairing_rationalE M (u v : nat -> Q) :
  pairing M (fun i => of_Q (u i)) (fun i => of_Q (v i)) = (of_Q (pairing_rational M u v) : F).
Proof.
revert u. induction M as [|a M IH]; intros u; simpl; [now rewrite of_Q_0|].
rewrite (IH (fun i => u (S i))), along_rationalE. unfold qadd, qmul.
now rewrite of_Q_red, of_Q_add, of_Q_red, of_Q_mul.
Qed.

Lemma form_rationalE M w :
  form M (fun i => of_Q (entries w i)) = (of_Q (form_rational M w) : F).
Proof. apply pairing_rationalE. Qed.

(* An enclosure l <= s <= h of the largest eigenvalue: a vector whose Rayleigh quotient is at
   least l, and h I - M as a sum of squares. *)
Record certificate := Certificate {
  low : Q; high : Q; vector : list Q; squares : list (Q * list Q)
}.

Definition units (n : nat) : list (Q * list Q) := map (pair 1%Q) (identity n).

Definition top_ends (M : rows) (c : certificate) : bool :=
  let I := identity (length M) in
  is_sum_of_squares I (units (length M)) &&
  strictly 0 (form_rational I (vector c)) &&
  below (low c * form_rational I (vector c)) (form_rational M (vector c)) &&
  is_sum_of_squares (rows_add (rows_scale (high c) I) (rows_scale (-1) M)) (squares c).

Lemma within_top M s c : is_top M s -> top_ends M c = true -> within (low c) (high c) s.
Proof.
unfold is_top, top_ends. set (I := identity (length M)). intros [all [v [nz e]]].
rewrite !andb_true_iff. intros [[[one positive] lo] hi]. split.
- specialize (all (fun i => of_Q (entries (vector c) i))). rewrite !form_rationalE in all.
  apply below_le in lo. apply strictly_lt in positive. rewrite of_Q_mul, of_Q_0 in *.
  set (t := of_Q (form_rational I (vector c))) in *.
  apply (le_cancel _ _ t).
  + destruct (at_most_total F 0 t); tauto.
  + intros z. apply positive. rewrite z. apply le_refl.
  + apply (at_most_trans F _ (of_Q (form_rational M (vector c)))).
    * now rewrite (Rmul_comm (ring_laws F)).
    * now rewrite (Rmul_comm (ring_laws F)).
- pose proof (sum_of_squares_nonneg _ _ v hi) as n. unfold form in n.
  rewrite pairing_add, !pairing_scale in n. fold (form I v) (form M v) in n. rewrite e in n.
  apply (le_cancel _ _ (form I v)); trivial; [now apply (sum_of_squares_nonneg _ (units (length M)))|].
  apply le_sub. rewrite of_Q_minus_1 in n.
  now replace (form I v * of_Q (high c) - form I v * s)
    with (of_Q (high c) * form I v + - (1) * (s * form I v)) by ring.
Qed.

Lemma square_power z : z ^ 2 = z * z.
Proof. simpl. ring. Qed.

(* x >= 0 and x² is enclosed. *)
Lemma within_root a b x : 0 <= x -> within a b (x * x) -> forall l h,
  (not_negative l && not_negative h && below (l * l) a && below b (h * h))%bool = true ->
  within l h x.
Proof.
intros nx [p q] l h. rewrite !andb_true_iff. intros [[[nl nh] lo] hi].
apply below_le in lo, hi. apply not_negative_le in nl, nh. rewrite of_Q_mul in *.
split; apply (power_cancel _ _ 1); trivial; rewrite !square_power.
- now apply (at_most_trans F _ (of_Q a)).
- now apply (at_most_trans F _ (of_Q b)).
Qed.

(* x y = z with y > 0. *)
Lemma within_quotient a b c d x y z : x * y = z -> within a b z -> within c d y -> forall l h,
  (strictly 0 c && not_negative l && not_negative h && below (l * d) a && below b (h * c))%bool = true ->
  within l h x.
Proof.
intros e [p q] [r s] l h. rewrite !andb_true_iff. intros [[[[pc nl] nh] lo] hi].
apply below_le in lo, hi. apply not_negative_le in nl, nh. apply strictly_lt in pc.
rewrite of_Q_mul in *. rewrite of_Q_0 in pc.
assert (py : 0 <= y).
{ destruct (at_most_total F 0 y); trivial. destruct pc. now apply (at_most_trans F _ y). }
assert (nz : y <> 0) by (intros k; apply pc; now rewrite k in r).
split; apply (le_cancel _ _ y); trivial; rewrite (Rmul_comm (ring_laws F) y x), e.
- apply (at_most_trans F _ (of_Q a)); trivial. apply (at_most_trans F _ (of_Q l * of_Q d)); trivial.
  rewrite (Rmul_comm (ring_laws F)). now apply le_mul.
- apply (at_most_trans F _ (of_Q b)); trivial. apply (at_most_trans F _ (of_Q h * of_Q c)); trivial.
  rewrite (Rmul_comm (ring_laws F) y). now apply le_mul.
Qed.

(* Weighted means: a b^n <= ((a + n b)/(n + 1))^(n + 1). *)
Lemma bernoulli y d n : 0 <= y -> 0 <= y + d -> (y + of_Q (Z.of_nat (S n) # 1) * d) * y ^ n <= (y + d) ^ S n.
Proof.
intros hy hd. induction n.
- simpl. replace (of_Q (1 # 1)) with (1 : F) by (symmetry; apply of_Q_1).
  replace ((y + 1 * d) * 1) with ((y + d) * 1) by ring. apply le_refl.
- apply (at_most_trans F _ ((y + d) * ((y + of_Q (Z.of_nat (S n) # 1) * d) * y ^ n))).
  + apply le_sub.
    assert (e : of_Q (Z.of_nat (S (S n)) # 1) = (of_Q (Z.of_nat (S n) # 1) + 1 : F)).
    { rewrite <- of_Q_1, <- of_Q_add. apply of_Q_eq. unfold Qeq. simpl Qnum. simpl Qden. lia. }
    rewrite e. simpl power.
    replace ((y + d) * ((y + of_Q (Z.of_nat (S n) # 1) * d) * y ^ n)
             - (y + (of_Q (Z.of_nat (S n) # 1) + 1) * d) * (y * y ^ n))
      with (of_Q (Z.of_nat (S n) # 1) * (d * d) * y ^ n) by ring.
    apply times_at_least_zero; [|now apply power_nonneg].
    apply times_at_least_zero; [|apply square_nonneg].
    apply of_Q_nonneg. unfold Qle. simpl. lia.
  + change ((y + d) ^ S (S n)) with ((y + d) * (y + d) ^ S n). apply le_mul; trivial.
Qed.

Lemma power_times x y n : (x * y) ^ n = x ^ n * y ^ n.
Proof. induction n; simpl; [|rewrite IHn]; ring. Qed.

Lemma weighted_means x y n : 0 <= x -> 0 <= y ->
  x * y ^ n <= (of_Q (1 # Pos.of_nat (S n)) * (x + of_Q (Z.of_nat n # 1) * y)) ^ S n.
Proof.
intros hx hy. set (k := of_Q (Z.of_nat n # 1) : F). set (r := of_Q (1 # Pos.of_nat (S n)) : F).
assert (nk : 0 <= k) by (apply of_Q_nonneg; unfold Qle; simpl; lia).
assert (nr : 0 <= r) by (apply of_Q_nonneg; unfold Qle; simpl; lia).
assert (e : of_Q (Z.of_nat (S n) # 1) = k + 1).
{ unfold k. rewrite <- of_Q_1, <- of_Q_add. apply of_Q_eq. unfold Qeq. simpl Qnum. simpl Qden. lia. }
assert (rk : r * (k + 1) = 1).
{ rewrite <- e. unfold r. rewrite <- of_Q_mul, <- of_Q_1. apply of_Q_eq. unfold Qeq.
  rewrite <- Pos.of_nat_succ. simpl. lia. }
assert (m : 0 <= r * (x + k * y)).
{ apply times_at_least_zero; trivial. apply add_nonneg; trivial. now apply times_at_least_zero. }
pose proof (bernoulli y (r * (x + k * y) - y) n hy) as b. rewrite e in b.
replace (y + (r * (x + k * y) - y)) with (r * (x + k * y)) in b by ring.
replace (y + (k + 1) * (r * (x + k * y) - y)) with x in b; [now apply b|].
replace (y + (k + 1) * (r * (x + k * y) - y)) with (r * (k + 1) * (x + k * y) - k * y) by ring.
rewrite rk. ring.
Qed.

End Proofs.

(* --- the lemmas of a setting stand here --- *)

(* --- the proof stands here --- *)
