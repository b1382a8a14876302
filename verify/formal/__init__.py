"""Proofs that a kernel has checked: their sources, what was recorded of them, and the kernel."""
