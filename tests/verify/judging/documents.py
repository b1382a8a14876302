"""Documents for a judge, and what it says of them in this process."""

import json
from pathlib import Path

import jsonschema

from verify.judging import judgement

SCHEMA_FILE = Path(judgement.__file__).with_name("judge.schema.json")
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
OUTPUT = jsonschema.Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": "#/$defs/judgement"}]})
INPUT = jsonschema.Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": "#/$defs/document"}]})

TRACE = {"refute": "sharpness <= hessian_trace/2", "over": "minimizers"}
"""False: with all widths one the trace is the sharpness."""
PRICE = {
    "maximize": "sharpness/minimal_sharpness",
    "where": "condition <= 4",
    "over": "balanced-minimizers",
    "depth": 3,
    "width": 2,
}
ONES = {"weights": [[[1]], [[1]]], "sigma": [[1]]}


def judged(content):
    """The judgement of a text, held to the schema."""
    found = judgement.judged(content if isinstance(content, bytes) else content.encode())
    OUTPUT.validate(found)
    return found


def of(task, candidate):
    """The judgement of a task and a candidate, which the schema of documents lets pass."""
    document = {"task": task, "candidate": candidate}
    INPUT.validate(document)
    return judged(json.dumps(document))


def reason(content):
    """Why there is no score."""
    found = judged(content)
    assert found["verdict"] == "invalid"
    assert "\n" not in found["reason"]
    return found["reason"]
