"""What the words of a report mean, one sentence each."""

__all__ = ["KIND_MEANINGS", "LEVEL_MEANINGS", "VERDICT_MEANINGS"]

VERDICT_MEANINGS = {
    "holds": "everything tried agrees, over the scope stated",
    "inconclusive": "something could not be decided; this is not a pass",
    "vacuous": "no instance satisfied the assumptions; this is not a pass",
    "void": "the derivation holds whatever the claim says; this is not a pass",
    "error": "a check could not be carried out, or a control was not refuted",
    "refuted": "an exact instance contradicts the claim",
    "unfounded": "holds itself, but builds on a theorem that does not",
    "open": "a conjecture: attacked, not refuted, and claimed by nobody",
}
KIND_MEANINGS = {
    "formal": "checked by the kernel of a proof assistant",
    "symbolic": "a derivation that depends on the claim, every fact of it decided by a rule",
    "exact": "decided on rational instances, without rounding",
    "certified": "decided in ball arithmetic: every enclosure contains the truth",
    "trained": "trained networks against an exact minimizer at a certified distance",
    "searched": "an adversary looked for counterexamples",
    "sampled": "floating point instances drawn at random",
    "empirical": "a measured effect, with no claim beyond the runs made",
}
LEVEL_MEANINGS = {
    "proved": "a proof kernel checked it, for its whole scope: all depths, widths and data",
    "derived": "a chain of facts ends in the claim, for all sizes, given the premises named",
    "derived at listed sizes": "the same, but a fact it rests on, its own or a premise's, was seen "
    "at the sizes listed only",
    "derived in part": "facts of a derivation that depends on the claim were checked, not all",
    "tested": "decided at least once in exact or ball arithmetic, never refuted",
    "sampled": "floating point instances agree",
    "empirical": "a measurement agrees",
}
