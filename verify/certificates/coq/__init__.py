"""A counterexample as a file that the proof kernel of Coq checks: the claim is not so there."""
