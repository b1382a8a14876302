"""A false conjecture, white-bound-with-frobenius of ../../conjectures/false.toml: refute it.

M1 has the spectral norm of the target where this has the Frobenius norm.
"""

import runpy

import certimin

TASK = {
    "refute": "sharpness >= 2*depth*target_fro**(2-2/depth)",
    "over": "whitened-minimizers",
    "depth": 2,
    "width": 2,
}
WORST = -2.0
"""Of a candidate without a score: no margin is below it."""


def evaluate(program_path):
    """Run the program at a path, and score the candidate that it returns."""
    candidate = runpy.run_path(str(program_path))["candidate"]()
    found = certimin.judge({"task": TASK, "candidate": candidate}, seconds=20)
    score = found["float"] if found["valid"] else WORST
    refutes = found.get("refutes", False)
    return {"combined_score": score, "valid": float(found["valid"]), "refutes": float(refutes)}
