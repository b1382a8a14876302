"""Proofs: steps, the rules that decide them, and what is kept and told of them."""
