"""JUnit XML for continuous integration: whatever does not hold is a failure or an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from verify.evidence import VERDICTS, worst
from verify.report.instances import inline
from verify.report.summary import holding, reason, troubles

__all__ = ["render"]

# Everything XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class _Case:
    """One test case; ``verdict`` is "holds" for one that passes."""

    name: str
    verdict: str
    seconds: float = 0.0
    message: str = ""
    detail: str = ""


def render(report: dict[str, Any]) -> str:
    """Return junit.xml: a suite per theorem; a case per piece of evidence, control and step.

    Vacuous and inconclusive are failures of that type: nothing undecided looks like a pass.
    """
    name = f"certimin: {holding(report['theorems'])}"
    root = Element("testsuites", name=name, time=f"{report['seconds']:.3f}")
    for theorem in report["theorems"]:
        _suite(root, theorem)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, theorem: dict[str, Any]) -> None:
    cases = list(_cases(theorem))
    errors = sum(case.verdict == "error" for case in cases)
    failures = sum(case.verdict not in ("holds", "error") for case in cases)
    suite = SubElement(
        root,
        "testsuite",
        name=_legal(f"{theorem['id']} {theorem['title']}"),
        tests=str(len(cases)),
        failures=str(failures),
        errors=str(errors),
        skipped="0",
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    for case in cases:
        _write(suite, theorem["module"], case)


def _write(suite: Element, module: str, case: _Case) -> None:
    time = f"{case.seconds:.3f}"
    element = SubElement(
        suite, "testcase", classname=_legal(module), name=_legal(case.name), time=time
    )
    if case.verdict != "holds":
        tag = "error" if case.verdict == "error" else "failure"
        bad = SubElement(element, tag, type=case.verdict, message=_legal(case.message))
        bad.text = _legal(case.detail or case.message)


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _cases(theorem: dict[str, Any]) -> Iterator[_Case]:
    found = [
        *(case for claim in theorem["claims"] for case in _claim(claim)),
        *map(_control, theorem["controls"]),
        *map(_witness, theorem["witnesses"]),
        *(_step(theorem["id"], step) for step in theorem["derivation"]),
    ]
    yield from found
    if all(case.verdict == "holds" for case in found):
        # The theorem itself may be worse than its parts: no witness, or a use that fails.
        for trouble in troubles(theorem):
            yield _Case(f"{trouble.id}: verdict", trouble.verdict, 0.0, trouble.reason)


def _claim(claim: dict[str, Any]) -> Iterator[_Case]:
    for evidence in claim["evidence"]:
        name = f"{claim['id']} {evidence['kind']}: {evidence['scope']}"
        why = f"{claim['title']}: {reason(evidence)}"
        detail = json.dumps(evidence["details"], ensure_ascii=False, indent=1)
        yield _Case(name, evidence["verdict"], evidence["seconds"], why, detail)
    known = worst(e["verdict"] for e in claim["evidence"])
    if not claim["evidence"] or VERDICTS.index(claim["verdict"]) < VERDICTS.index(known):
        verdict = worst([claim["verdict"], known])
        yield _Case(f"{claim['id']}: verdict", verdict, 0.0, f"{claim['title']}: {verdict}")


def _control(control: dict[str, Any]) -> _Case:
    verdict = "holds" if control["verdict"] == "refuted" else control["verdict"]
    why = f"{control['title']}: a control must be refuted, this one has {verdict}"
    if verdict in ("error", "inconclusive"):
        why = f"{control['title']}: {verdict}"
    return _Case(control["id"], verdict, control["seconds"], why, control.get("error") or "")


def _witness(witness: dict[str, Any]) -> _Case:
    detail = inline(witness["instance"])
    return _Case(
        f"{witness['id']} ({witness['kind']})",
        witness["verdict"],
        witness["seconds"],
        " ".join(filter(None, (witness["statement"], witness.get("reason")))),
        detail,
    )


def _step(theorem: str, step: dict[str, Any]) -> _Case:
    return _Case(
        f"{theorem}.derivation {step['name']}: {step['scope']}",
        step["verdict"],
        step["seconds"],
        step["residual"] or step["statement"],
    )
