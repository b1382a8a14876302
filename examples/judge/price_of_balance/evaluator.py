"""How much sharper than the flattest minimizer can a balanced one be, at depth 3 and κ <= 4?

By U6 at most r_3(4) = 3^(2/3) = 2.0800838... times, and that is attained.
"""

import runpy

import certimin

TASK = {
    "maximize": "sharpness/minimal_sharpness",
    "where": "condition <= 4",
    "over": "balanced-minimizers",
    "depth": 3,
    "width": 2,
}
WORST = 0.0
"""Of a candidate without a score: no ratio is below it."""


def evaluate(program_path):
    """Run the program at a path, and score the candidate that it returns."""
    candidate = runpy.run_path(str(program_path))["candidate"]()
    found = certimin.judge({"task": TASK, "candidate": candidate}, seconds=20)
    score = found["float"] if found["valid"] else WORST
    return {"combined_score": score, "valid": float(found["valid"])}
