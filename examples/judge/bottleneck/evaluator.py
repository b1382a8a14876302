"""O1, an open question: can a minimum through one neuron be flatter than 2Lσ^(2-2/L)?

The score is the margin by which it is, relative to the larger side.  None above 0 is known; one
would settle the question.
"""

import runpy

import certimin

TASK = {"refute": "O1.bottleneck", "depth": 3, "width": 2}
WORST = -2.0
"""Of a candidate without a score: no margin is below it."""


def evaluate(program_path):
    """Run the program at a path, and score the candidate that it returns."""
    candidate = runpy.run_path(str(program_path))["candidate"]()
    found = certimin.judge({"task": TASK, "candidate": candidate}, seconds=20)
    score = found["float"] if found["valid"] else WORST
    refutes = found.get("refutes", False)
    return {"combined_score": score, "valid": float(found["valid"]), "refutes": float(refutes)}
