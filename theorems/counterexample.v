(* --- 3. Deep linear networks ------------------------------------------------------------------

   x -> P x with P = W_L ... W_1, and the loss R(W) = E|y - P x|² (no factor 1/2) on data with
   E[x xᵀ] = Σ and E[y xᵀ] = T Σ, so that R(W) = tr((P - T) Σ (P - T)ᵀ). *)

Record instance := Instance { weights : list rows; sigma : rows; target : rows }.

(* The loss, over any numbers that can be added, subtracted and multiplied. *)
Section Loss.
Variables (R : Type) (nought : R) (add sub mul : R -> R -> R).

Definition columns (A : list (list R)) : nat := length (hd [] A).
Definition transposed (A : list (list R)) : list (list R) :=
  map (fun j => map (fun row => nth j row nought) A) (seq 0 (columns A)).
Definition sum (l : list R) : R := fold_right add nought l.
Definition dot (u v : list R) : R := sum (map (fun p => mul (fst p) (snd p)) (combine u v)).
Definition product (A B : list (list R)) : list (list R) :=
  let C := transposed B in map (fun row => map (dot row) C) A.
Definition difference (A B : list (list R)) : list (list R) :=
  map (fun p => map (fun q => sub (fst q) (snd q)) (combine (fst p) (snd p))) (combine A B).
Definition inner (A B : list (list R)) : R := sum (map (fun p => dot (fst p) (snd p)) (combine A B)).

Definition end_to_end (W : list (list (list R))) : list (list R) :=
  match W with [] => [] | A :: rest => fold_left (fun P B => product B P) rest A end.
Definition loss_of (W : list (list (list R))) (S T : list (list R)) : R :=
  let E := difference (end_to_end W) T in inner (product E S) E.
End Loss.

Definition qsub (a b : Q) : Q := Qred (a - b).
Definition qproduct := product Q 0 qadd qmul.
Definition qdifference := difference Q qsub.
Definition qtransposed := transposed Q 0.
Definition qinner := inner Q 0 qadd qmul.
Definition gram (A : rows) : rows := qproduct (qtransposed A) A.              (* AᵀA *)

(* Numbers a + b s + c t + d s t with s² = t² = 0.  If the loss at weights moved by s along one
   coordinate and by t along another is a + b s + c t + d s t, then b and c are its first partial
   derivatives and d is the second one. *)
Record jet := Jet { at_0 : Q; by_s : Q; by_t : Q; by_st : Q }.
Definition jet_add (x y : jet) : jet :=
  Jet (qadd (at_0 x) (at_0 y)) (qadd (by_s x) (by_s y)) (qadd (by_t x) (by_t y))
      (qadd (by_st x) (by_st y)).
Definition jet_sub (x y : jet) : jet :=
  Jet (qsub (at_0 x) (at_0 y)) (qsub (by_s x) (by_s y)) (qsub (by_t x) (by_t y))
      (qsub (by_st x) (by_st y)).
Definition jet_mul (x y : jet) : jet :=
  Jet (qmul (at_0 x) (at_0 y))
      (qadd (qmul (at_0 x) (by_s y)) (qmul (by_s x) (at_0 y)))
      (qadd (qmul (at_0 x) (by_t y)) (qmul (by_t x) (at_0 y)))
      (qadd (qadd (qmul (at_0 x) (by_st y)) (qmul (by_st x) (at_0 y)))
            (qadd (qmul (by_s x) (by_t y)) (qmul (by_t x) (by_s y)))).
Definition constant (a : Q) : jet := Jet a 0 0 0.

(* The coordinates of the weights: layer, row, column. *)
Definition place := (nat * nat * nat)%type.
Definition places (p : instance) : list place :=
  flat_map (fun k => let W := nth k (weights p) [] in
    flat_map (fun i => map (fun j => (k, i, j)) (seq 0 (columns Q W))) (seq 0 (length W)))
    (seq 0 (length (weights p))).
Definition same (x y : place) : bool :=
  let '(k, i, j) := x in let '(l, m, n) := y in
  (Nat.eqb k l && Nat.eqb i m && Nat.eqb j n)%bool.
Definition numbered {A : Type} (l : list A) : list (nat * A) := combine (seq 0 (length l)) l.

(* The weights moved by s at the place x and by t at the place y. *)
Definition moved (p : instance) (x y : place) : list (list (list jet)) :=
  let one_at z w := if same z w then 1 else 0 in
  map (fun layer => map (fun row => map (fun entry =>
      let w := (fst layer, fst row, fst entry) in Jet (snd entry) (one_at x w) (one_at y w) 0)
    (numbered (snd row))) (numbered (snd layer))) (numbered (weights p)).
Definition loss_moved (p : instance) (x y : place) : jet :=
  loss_of jet (constant 0) jet_add jet_sub jet_mul
    (moved p x y) (map (map constant) (sigma p)) (map (map constant) (target p)).

Definition gradient (p : instance) : list Q :=
  map (fun x => by_s (loss_moved p x x)) (places p).
Definition hessian_between (p : instance) (l : list place) : rows :=
  map (fun x => map (fun y => by_st (loss_moved p x y)) l) l.
Definition hessian (p : instance) : rows := hessian_between p (places p).
Definition blocks (p : instance) : list rows :=
  map (fun k => hessian_between p (filter (fun x => Nat.eqb (fst (fst x)) k) (places p)))
    (seq 0 (length (weights p))).

(* --- 4. What is measured: each is named by the statement, and means what stands here ---------- *)

Definition widths (p : instance) : list nat :=
  columns Q (hd [] (weights p)) :: map (@length (list Q)) (weights p).
Definition natural (n : nat) : Q := inject_Z (Z.of_nat n).
Definition hidden (p : instance) : list nat := removelast (tl (widths p)).
Definition map_of (p : instance) : rows := end_to_end Q 0 qadd qmul (weights p).
Definition cross (p : instance) : rows := qproduct (target p) (sigma p).     (* TΣ *)
(* B_1 = I, B_2 = W_1, ..., B_L = W_{L-1} ... W_1 *)
Fixpoint products (B : rows) (W : list rows) : list rows :=
  match W with [] => [] | A :: rest => B :: products (qproduct A B) rest end.
Definition prefixes (p : instance) : list rows := products (identity (hd O (widths p))) (weights p).
(* D_k = W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ *)
Definition imbalances (p : instance) : list rows :=
  map (fun q => qdifference (gram (snd q)) (gram (qtransposed (fst q))))
    (combine (weights p) (tl (weights p))).
Definition on_data (A : rows) (p : instance) : rows :=                       (* AΣAᵀ *)
  qproduct (qproduct A (sigma p)) (qtransposed A).
Definition trace (A : rows) : Q := qsum (map (fun r => nth (fst r) (snd r) 0) (numbered A)).
Definition sum_sq (A : rows) : Q := qinner A A.

Definition depth_of (p : instance) : Q := natural (length (weights p)).
Definition d_x_of (p : instance) : Q := natural (hd O (widths p)).
Definition d_y_of (p : instance) : Q := natural (last (widths p) O).
Definition width_max_of (p : instance) : Q := natural (list_max (hidden p)).
Definition width_min_of (p : instance) : Q :=
  natural (fold_right Nat.min (hd O (hidden p)) (hidden p)).
Definition loss_value (p : instance) : Q :=
  loss_of Q 0 qadd qsub qmul (weights p) (sigma p) (target p).
Definition loss_at_zero_of (p : instance) : Q := qinner (cross p) (target p).
Definition hessian_trace_of (p : instance) : Q := trace (hessian p).
Definition slope_sq_of (p : instance) : Q := qsum (map (fun g => qmul g g) (gradient p)).
Definition data_trace_of (p : instance) : Q := trace (sigma p).
Definition weights_sq_of (p : instance) : Q := qsum (map sum_sq (weights p)).
Definition a_of (p : instance) : Q := loss_at_zero_of p / sum_sq (target p).
Definition a2_of (p : instance) : Q := sum_sq (cross p) / loss_at_zero_of p.

Section Quantities.
Context {F : ordered_field}.
Implicit Types (p : instance) (x : F).
Local Open Scope number_scope.

Definition is_depth p x := x = of_Q (depth_of p).
Definition is_d_x p x := x = of_Q (d_x_of p).
Definition is_d_y p x := x = of_Q (d_y_of p).
Definition is_width_max p x := x = of_Q (width_max_of p).
Definition is_width_min p x := x = of_Q (width_min_of p).
Definition is_loss p x := x = of_Q (loss_value p).
Definition is_loss_at_zero p x := x = of_Q (loss_at_zero_of p).
Definition is_hessian_trace p x := x = of_Q (hessian_trace_of p).
Definition is_slope_sq p x := x = of_Q (slope_sq_of p).
Definition is_data_trace p x := x = of_Q (data_trace_of p).
Definition is_weights_sq p x := x = of_Q (weights_sq_of p).
Definition is_a p x := x = of_Q (a_of p).
Definition is_a2 p x := x = of_Q (a2_of p).

Definition is_sharpness p x := is_top (hessian p) x.
Definition is_jet_sharpness p x := is_top (hessian p) x.
Definition is_data_max p x := is_top (sigma p) x.
Definition is_data_min p x := is_top (rows_scale (-1) (sigma p)) (- x).
Definition is_condition p x :=
  exists least most, is_data_min p least /\ is_data_max p most /\ least <> 0 /\ x * least = most.

(* The spectral norm of A: its square is the largest eigenvalue of AᵀA. *)
Definition is_norm (A : rows) x := 0 <= x /\ is_top (gram A) (x * x).
Definition is_target_norm p x := is_norm (target p) x.
Definition is_target_fro p x := 0 <= x /\ x * x = of_Q (sum_sq (target p)).
Definition is_w_norm p x := 0 <= x /\ x * x = of_Q (sum_sq (target p)).
(* |AΣ^{1/2}|: its square is the largest eigenvalue of AΣAᵀ. *)
Definition is_target_on_data p x := 0 <= x /\ is_top (on_data (target p) p) (x * x).
Definition is_map_norm p x := 0 <= x /\ is_top (on_data (map_of p) p) (x * x).

Definition is_layer_norm_max p x := exists l, Forall2 is_norm (weights p) l /\ is_max l x.
Definition is_layer_norm_min p x := exists l, Forall2 is_norm (weights p) l /\ is_min l x.
Definition is_path_gain_max p x := exists l, Forall2 is_norm (prefixes p) l /\ is_max l x.
Definition is_imbalance p x := exists l, Forall2 is_norm (imbalances p) l /\ is_max l x.
Definition is_block_sharpness p x := exists l, Forall2 is_top (blocks p) l /\ is_max l x.

(* G is the largest |Kz|² |TKz|^{2(L-1)} over unit vectors z = Ky/|Ky|, K = Σ^{1/2}: there
   |Kz|² = |Σy|²/yᵀΣy and |TKz|² = |TΣy|²/yᵀΣy. *)
Definition is_gain p (G : F) :=
  let n := pred (length (weights p)) in
  (forall y, form (gram (sigma p)) y * form (gram (cross p)) y ^ n <= G * form (sigma p) y ^ S n) /\
  (exists y, form (sigma p) y <> 0 /\
    form (gram (sigma p)) y * form (gram (cross p)) y ^ n = G * form (sigma p) y ^ S n).
(* 2L times the L-th root of the gain. *)
Definition is_minimal_sharpness p x :=
  exists G r, is_gain p G /\ 0 <= r /\ r ^ length (weights p) = G /\
              x = of_Q (2 * depth_of p) * r.

End Quantities.

(* --- 5. Settings: which weights and data a claim is about --- *)

Section Settings.
Variable F : ordered_field.
Implicit Types p : instance.
Local Open Scope number_scope.

Definition are_second_moments (S : rows) :=
  rows_equal S (qtransposed S) = true /\ forall y : nat -> F, 0 <= form S y.
Definition vanishes (A : rows) : bool := forallb (forallb (Qeq_bool 0)) A.
Definition fitting p : bool :=
  (forallb (fun q => Nat.eqb (columns Q (snd q)) (length (fst q)))
           (combine (weights p) (tl (weights p)))
   && Nat.eqb (columns Q (sigma p)) (hd O (widths p))
   && Nat.eqb (columns Q (target p)) (hd O (widths p))
   && Nat.eqb (length (target p)) (last (widths p) O)
   && forallb (forallb (fun row => Nat.ltb 0 (length row))) (sigma p :: target p :: weights p)
   && forallb (fun A => forallb (fun row => Nat.eqb (length row) (columns Q A)) A)
              (sigma p :: target p :: weights p))%bool.
Definition in_general p :=
  fitting p = true /\ are_second_moments (sigma p) /\ vanishes (cross p) = false.
Definition is_fitted p : bool := rows_equal (qproduct (map_of p) (sigma p)) (cross p).
Definition is_white p : bool := rows_equal (sigma p) (identity (hd O (widths p))).
Definition has_one_output p : bool := Nat.eqb (last (widths p) O) 1.
Definition is_balanced p : bool := forallb vanishes (imbalances p).

Definition in_minimizers p := in_general p /\ is_fitted p = true.
Definition in_univariate_minimizers p := in_minimizers p /\ has_one_output p = true.
Definition in_whitened_minimizers p := in_minimizers p /\ is_white p = true.
Definition in_balanced_minimizers p := in_minimizers p /\ is_balanced p = true.
Definition in_weights p := in_general p /\ has_one_output p = true.
(* Σ = I and S = 2L|T|^{2-2/L} *)
Definition in_flattest_minimizers p :=
  in_whitened_minimizers p /\
  forall s t u : F, is_sharpness p s -> is_target_norm p t -> is_power t (2 - 2 / depth_of p) u ->
                s = of_Q (2 * depth_of p) * u.

End Settings.

(* --- lemmas --- *)

Section Enclosures.
Variable F : ordered_field.
Implicit Types (p : instance) (x : F).
Local Open Scope number_scope.

Add Ring F_ring' : (ring_laws F).

Definition root_ends (M : rows) (c : certificate) (l h : Q) : bool :=
  top_ends M c && (not_negative l && not_negative h && below (l * l) (low c) && below (high c) (h * h)).

Lemma within_root_of_top M c l h x : 0 <= x /\ is_top M (x * x) -> root_ends M c l h = true ->
  within F l h x.
Proof.
intros [nx t] e. apply andb_prop in e as [e f].
now apply (within_root F (low c) (high c) x nx); [apply within_top with M|].
Qed.

Lemma within_opposite_top M c x : is_top M (- x) -> top_ends M c = true ->
  within F (- high c) (- low c) x.
Proof.
intros t e. replace x with (- - x) by ring. apply within_opp. now apply within_top with M.
Qed.

Lemma within_root_of_rational q l h x : 0 <= x /\ x * x = of_Q q ->
  (not_negative l && not_negative h && below (l * l) q && below q (h * h))%bool = true ->
  within F l h x.
Proof.
intros [nx e] k. apply (within_root F q q x nx); trivial. rewrite e. split; apply le_refl.
Qed.

Definition norm_ends (M : rows) (n : certificate * (Q * Q)) : bool :=
  root_ends (gram M) (fst n) (fst (snd n)) (snd (snd n)).

Lemma enclosed_norms Ms l ns : Forall2 is_norm Ms l ->
  (Nat.eqb (length Ms) (length ns) && forallb (fun q => norm_ends (fst q) (snd q)) (combine Ms ns))%bool
  = true -> enclosed F (map snd ns) l.
Proof.
intros h. revert ns. induction h as [|M x Ms l n h IH]; intros [|k ns]; try discriminate;
  cbn [length Nat.eqb combine forallb map fst snd].
- constructor.
- rewrite !andb_true_iff. intros [len [e f]]. constructor.
  + now apply (within_root_of_top (gram M) (fst k)).
  + apply IH. now rewrite len, f.
Qed.

Lemma enclosed_tops Ms l cs : Forall2 is_top Ms l ->
  (Nat.eqb (length Ms) (length cs) && forallb (fun q => top_ends (fst q) (snd q)) (combine Ms cs))%bool
  = true -> enclosed F (map (fun c => (low c, high c)) cs) l.
Proof.
intros h. revert cs. induction h as [|M x Ms l n h IH]; intros [|k cs]; try discriminate;
  cbn [length Nat.eqb combine forallb map fst snd].
- constructor.
- rewrite !andb_true_iff. intros [len [e f]]. constructor.
  + now apply within_top with M.
  + apply IH. now rewrite len, f.
Qed.

(* The gain: its value at the vector y, and (n+1)m Σ - Σ²/s - n ΣTᵀTΣ/t as a sum of squares, where
   s and t are |Σy|²/yᵀΣy and |TΣy|²/yᵀΣy; then no value exceeds s tⁿ m^{n+1}. *)
Record gain_certificate := Gain_certificate {
  gain_vector : list Q; gain_factor : Q; gain_squares : list (Q * list Q);
  sigma_squares : list (Q * list Q)
}.

Definition gain_ends (p : instance) (c : gain_certificate) (l h : Q) : bool :=
  let n := pred (length (weights p)) in
  let A := gram (sigma p) in
  let B := gram (cross p) in
  let E := sigma p in
  let e := form_rational E (gain_vector c) in
  let s := Qred (form_rational A (gain_vector c) / e) in
  let t := Qred (form_rational B (gain_vector c) / e) in
  strictly 0 e && strictly 0 s && strictly 0 t && not_negative (gain_factor c) &&
  is_sum_of_squares E (sigma_squares c) &&
  is_sum_of_squares A (map (pair 1%Q) (sigma p)) &&
  is_sum_of_squares B (map (pair 1%Q) (cross p)) &&
  is_sum_of_squares
    (rows_add (rows_scale (natural (S n) * gain_factor c) E)
      (rows_add (rows_scale (- / s) A) (rows_scale (- (natural n * / t)) B))) (gain_squares c) &&
  below l (qmul s (qpower t n)) &&
  below (qmul (qmul s (qpower t n)) (qpower (gain_factor c) (S n))) h.

Lemma within_gain p G c l h : is_gain p G -> gain_ends p c l h = true -> within F l h G.
Proof.
unfold is_gain, gain_ends. set (n := pred (length (weights p))).
set (A := gram (sigma p)). set (B := gram (cross p)). set (E := sigma p).
set (w := gain_vector c). set (e := form_rational E w).
set (s := Qred (form_rational A w / e)). set (t := Qred (form_rational B w / e)).
intros [all [v [nz equal]]]. rewrite !andb_true_iff.
intros [[[[[[[[[pe ps] pt] nm] qE] qA] qB] q] lo] hi].
apply below_le with (F := F) in lo, hi. apply not_negative_le with (F := F) in nm.
assert (ze : ~ (e == 0)%Q).
{ intros z. unfold strictly in pe. apply negb_true_iff in pe.
  assert (k : Qle_bool e 0 = true) by (apply Qle_bool_iff; rewrite z; apply Qle_refl).
  rewrite k in pe. discriminate. }
assert (zs : ~ (s == 0)%Q).
{ intros z. unfold strictly in ps. apply negb_true_iff in ps.
  assert (k : Qle_bool s 0 = true) by (apply Qle_bool_iff; rewrite z; apply Qle_refl).
  rewrite k in ps. discriminate. }
assert (zt : ~ (t == 0)%Q).
{ intros z. unfold strictly in pt. apply negb_true_iff in pt.
  assert (k : Qle_bool t 0 = true) by (apply Qle_bool_iff; rewrite z; apply Qle_refl).
  rewrite k in pt. discriminate. }
assert (positive : forall a, strictly 0 a = true -> (0 : F) <= of_Q a).
{ intros a k. apply strictly_lt with (F := F) in k. rewrite of_Q_0 in k.
  destruct (at_most_total F 0 (of_Q a)); tauto. }
assert (fe : of_Q e <> (0 : F)) by now apply of_Q_nonzero.
assert (fs : of_Q s <> (0 : F)) by now apply of_Q_nonzero.
assert (ft : of_Q t <> (0 : F)) by now apply of_Q_nonzero.
assert (se : of_Q (form_rational A w) = (of_Q s * of_Q e : F)).
{ unfold s. rewrite of_Q_red, <- of_Q_mul. apply of_Q_eq. now field. }
assert (te : of_Q (form_rational B w) = (of_Q t * of_Q e : F)).
{ unfold t. rewrite of_Q_red, <- of_Q_mul. apply of_Q_eq. now field. }
unfold qmul in lo, hi. rewrite of_Q_red, of_Q_mul, of_Q_power in lo.
rewrite of_Q_red, of_Q_mul, of_Q_red, of_Q_mul, !of_Q_power in hi.
split.
- apply (at_most_trans F _ _ _ lo).
  specialize (all (fun i => of_Q (entries w i))). rewrite !form_rationalE in all. fold e in all.
  rewrite se, te, power_times in all.
  apply (le_cancel F _ _ (of_Q e ^ S n)).
  + apply power_nonneg. now apply positive.
  + now apply power_nonzero.
  + rewrite (Rmul_comm (ring_laws F) (of_Q e ^ S n) G).
    assert (order : of_Q s * of_Q e * (of_Q t ^ n * of_Q e ^ n)
                    = (of_Q e ^ S n * (of_Q s * of_Q t ^ n) : F)) by (simpl; ring).
    now rewrite <- order.
- refine (at_most_trans F _ _ _ _ hi).
  set (a := form A v) in *. set (b := form B v) in *. set (f := form E v) in *.
  assert (na : 0 <= a) by now apply (sum_of_squares_nonneg F _ _ v qA).
  assert (nb : 0 <= b) by now apply (sum_of_squares_nonneg F _ _ v qB).
  assert (nf : 0 <= f) by now apply (sum_of_squares_nonneg F _ _ v qE).
  pose proof (sum_of_squares_nonneg F _ _ v q) as mean. unfold form in mean.
  rewrite !pairing_add, !pairing_scale in mean.
  fold (form A v) (form B v) (form E v) in mean. fold a b f in mean.
  rewrite !of_Q_opp, !of_Q_mul in mean.
  set (is := of_Q (/ s)) in *. set (it := of_Q (/ t)) in *.
  assert (nis : 0 <= is) by (apply of_Q_nonneg, Qinv_le_0_compat, Qle_bool_iff;
    unfold strictly in ps; apply negb_true_iff in ps; apply Qle_bool_iff, Qlt_le_weak, Qnot_le_lt;
    intros k; apply Qle_bool_iff in k; rewrite k in ps; discriminate).
  assert (nit : 0 <= it) by (apply of_Q_nonneg, Qinv_le_0_compat, Qle_bool_iff;
    unfold strictly in pt; apply negb_true_iff in pt; apply Qle_bool_iff, Qlt_le_weak, Qnot_le_lt;
    intros k; apply Qle_bool_iff in k; rewrite k in pt; discriminate).
  assert (sis : of_Q s * is = 1).
  { unfold is. rewrite <- of_Q_mul, <- of_Q_1. apply of_Q_eq. now apply Qmult_inv_r. }
  assert (tit : of_Q t * it = 1).
  { unfold it. rewrite <- of_Q_mul, <- of_Q_1. apply of_Q_eq. now apply Qmult_inv_r. }
  pose proof (weighted_means F (is * a) (it * b) n
    (times_at_least_zero F _ _ nis na) (times_at_least_zero F _ _ nit nb)) as means.
  set (m := gain_factor c) in *.
  set (r := of_Q (1 # Pos.of_nat (S n)) : F) in *.
  set (k := of_Q (Z.of_nat n # 1) : F) in *.
  assert (nr : 0 <= r) by (apply of_Q_nonneg; unfold Qle; simpl; lia).
  assert (kk : of_Q (natural n) = k) by reflexivity.
  assert (rn : r * of_Q (natural (S n)) = 1).
  { unfold r, natural. rewrite <- of_Q_mul, <- of_Q_1. apply of_Q_eq. unfold Qeq.
    rewrite <- Pos.of_nat_succ. simpl. lia. }
  assert (bound : r * (is * a + k * (it * b)) <= of_Q m * f).
  { apply le_sub. rewrite kk in mean.
    replace (of_Q m * f - r * (is * a + k * (it * b)))
      with (r * (of_Q (natural (S n)) * of_Q m * f + (- is * a + - (k * it) * b))).
    - now apply times_at_least_zero.
    - replace (of_Q m * f) with (r * of_Q (natural (S n)) * (of_Q m * f)) by (rewrite rn; ring).
      ring. }
  assert (nonneg : 0 <= r * (is * a + k * (it * b))).
  { apply times_at_least_zero; trivial. apply add_nonneg; [now apply times_at_least_zero|].
    apply times_at_least_zero; [apply of_Q_nonneg; unfold Qle; simpl; lia|].
    now apply times_at_least_zero. }
  pose proof (power_le F _ _ (S n) nonneg bound) as powers.
  pose proof (at_most_trans F _ _ _ means powers) as top.
  rewrite !power_times in top.
  apply (le_cancel F _ _ (f ^ S n)); [now apply power_nonneg|now apply power_nonzero|].
  rewrite (Rmul_comm (ring_laws F) (f ^ S n) G), <- equal.
  apply (le_mul F _ _ (of_Q s * of_Q t ^ n)) in top;
    [|apply times_at_least_zero; [|apply power_nonneg]; now apply positive].
  assert (order : of_Q s * of_Q t ^ n * (is * a * (it ^ n * b ^ n))
                  = (of_Q s * is) * (of_Q t ^ n * it ^ n) * (a * b ^ n)) by ring.
  rewrite order in top. clear order.
  rewrite <- (power_times F (of_Q t)), sis, tit in top.
  assert (ones : forall i, (1 : F) ^ i = 1) by (intros i; induction i; simpl; rewrite ?IHi; ring).
  rewrite ones in top.
  replace (1 * 1 * (a * b ^ n)) with (a * b ^ n) in top by ring.
  assert (order : of_Q s * of_Q t ^ n * (of_Q m ^ S n * f ^ S n)
                  = f ^ S n * (of_Q s * of_Q t ^ n * of_Q m ^ S n)) by ring.
  now rewrite <- order.
Qed.

Definition minimal_ends (p : instance) (c : gain_certificate) (g i l h : Q) : bool :=
  let L := length (weights p) in
  negb (Nat.eqb L 0) && gain_ends p c g i && not_negative l && not_negative h &&
  below (qpower (l / (2 * depth_of p)) L) g && below i (qpower (h / (2 * depth_of p)) L).

Lemma within_minimal_sharpness p c g i l h x : is_minimal_sharpness p x ->
  minimal_ends p c g i l h = true -> within F l h x.
Proof.
intros [G [r [gain [nr [root ->]]]]]. unfold minimal_ends. rewrite !andb_true_iff.
intros [[[[[nL ends] nl] nh] lo] hi]. pose proof (within_gain _ _ _ _ _ gain ends) as [wl wh].
apply below_le with (F := F) in lo, hi. rewrite !of_Q_power in *.
unfold depth_of in *. destruct (length (weights p)) as [|n] eqn:len; [discriminate|].
set (k := (2 * natural (S n))%Q) in *.
assert (pk : (0 < k)%Q) by (unfold k, Qlt; simpl; lia).
assert (zk : ~ (k == 0)%Q) by (intros z; rewrite z in pk; now apply Qlt_irrefl in pk).
assert (nk : (0 : F) <= of_Q k) by now apply of_Q_nonneg, Qlt_le_weak.
assert (part : forall q, not_negative q = true -> (0 : F) <= of_Q (q / k)).
{ intros q e. apply of_Q_nonneg. unfold not_negative, below in e. apply Qle_bool_iff in e.
  apply Qle_shift_div_l; [exact pk|]. now rewrite Qmult_0_l. }
assert (whole : forall q, of_Q q = (of_Q k * of_Q (q / k) : F)).
{ intros q. rewrite <- of_Q_mul. apply of_Q_eq. now field. }
split.
- rewrite (whole l). apply le_mul; trivial. apply (power_cancel F _ _ n); auto. rewrite root.
  now apply (at_most_trans F _ (of_Q g)).
- rewrite (whole h). apply le_mul; trivial. apply (power_cancel F _ _ n); auto. rewrite root.
  now apply (at_most_trans F _ (of_Q i)).
Qed.

Lemma within_condition p x m M l h : is_condition p x ->
  top_ends (rows_scale (-1) (sigma p)) m = true -> top_ends (sigma p) M = true ->
  (strictly 0 (- high m) && not_negative l && not_negative h && below (l * - low m) (low M)
   && below (high M) (h * - high m))%bool = true -> within F l h x.
Proof.
intros [least [most [a [b [nz e]]]]] cm cM ends.
apply (within_quotient F (low M) (high M) (- high m) (- low m) x least most); trivial.
- now apply within_top with (sigma p).
- now apply within_opposite_top with (rows_scale (-1) (sigma p)).
Qed.

Definition general_check p (squares : list (Q * list Q)) : bool :=
  fitting p && rows_equal (sigma p) (qtransposed (sigma p)) &&
  is_sum_of_squares (sigma p) squares && negb (vanishes (cross p)).

Lemma in_general_by p squares : general_check p squares = true -> in_general F p.
Proof.
unfold general_check. rewrite !andb_true_iff. intros [[[fits symmetric] q] seen].
split; [trivial|]. split; [split; [trivial|]|].
- intros y. now apply sum_of_squares_nonneg with squares.
- now apply negb_true_iff.
Qed.

End Enclosures.
