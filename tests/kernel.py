"""What a test of the kernel proofs needs of the machine."""

import shutil

import pytest

__all__ = ["needs_coq"]

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")
