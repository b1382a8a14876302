"""What a run on a GPU was, in one JSON: the card, the steps and how they ended, tables and ratios.

The standard library alone, so that a run whose packages cannot be installed has a record as well:

    python benchmarks/gpu_record.py card OUT.json
    python benchmarks/gpu_record.py merge PARTS OUT.json
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from importlib.metadata import distributions
from pathlib import Path
from statistics import median
from typing import Any

NO_DEVICE = "skipped: no CUDA device"
STEPS = ("install", "card", "tests", "training", "throughput", "sharpness")
_TIMED_OUT = (124, 137)
_TOLD = 25
"""Lines of the log of a step that failed."""
_PACKAGES = re.compile(
    r"(certimin|numpy|scipy|sympy|numba|llvmlite|python-flint|array-api-.*|cupy.*|jax.*|pytest"
    r"|hypothesis)", re.IGNORECASE,
)  # fmt: skip


def write(path: Path, document: Any) -> None:
    """Write JSON so that a reader finds the old document or the new one, whole."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def card() -> dict[str, Any]:
    """Return the card, its driver, CUDA and versions; what cannot be asked is None."""
    names = ("name", "driver_version", "memory.total")
    told: list[str | None] = [None] * len(names)
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", f"--query-gpu={','.join(names)}", "--format=csv,noheader"]
        answer = subprocess.run(query, capture_output=True, text=True, check=False)
        lines = answer.stdout.strip().splitlines()
        if answer.returncode == 0 and lines:
            told = [part.strip() for part in lines[0].split(",")]
    return {
        **dict(zip(("card", "driver", "memory"), told, strict=True)),
        "cuda": _cuda(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {
            name: found.version
            for found in distributions()
            if _PACKAGES.fullmatch(name := str(found.metadata["Name"]))
        },
    }


def _cuda() -> dict[str, Any] | None:
    """The versions of CUDA that CuPy runs on and that the driver knows."""
    try:
        from cupy.cuda import runtime

        return {"runtime": runtime.runtimeGetVersion(), "driver": runtime.driverGetVersion()}
    except Exception:  # no CuPy, or one without a driver, in whose words
        return None


def _processor() -> str:
    """The model of the processor, where the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    found = re.search(r"model name\s*:\s*(.*)", text)
    return found.group(1) if found else platform.machine()


def counted(report: Path) -> dict[str, Any]:
    """Return how many tests of a JUnit report passed, and the names of those that failed."""
    passed, failed, skipped = 0, [], []
    for case in ElementTree.parse(report).iter("testcase"):
        broken = [p for p in case if p.tag in ("failure", "error")]
        left_out = [p.get("message", "") for p in case if p.tag == "skipped"]
        if broken:
            failed.append({"name": case.get("name"), "message": broken[0].get("message", "")[:400]})
        elif left_out:
            skipped += left_out
        else:
            passed += 1
    return {"passed": passed, "failed": failed, "skipped": len(skipped), "why": sorted({*skipped})}


def ratios(seconds: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the seconds of our GPU line over those of the best on the CPU, and of JAX there."""
    found, gpu = {}, seconds.get("GPU")
    here = [line["median"] for name, line in seconds.items() if name.startswith("CPU")]
    if gpu and here:
        found["GPU / best CPU"] = gpu["median"] / min(here)
    if gpu and "JAX, GPU" in seconds:
        found["GPU / JAX, GPU"] = gpu["median"] / seconds["JAX, GPU"]["median"]
    return found


def ended(name: str, code: int, seconds: float, parts: Path) -> dict[str, Any]:
    """Return how a step ended, with the end of its log where that was no success."""
    if code in _TIMED_OUT:
        status = "timed out"
    else:
        status = "ok" if code == 0 else f"failed: exit code {code}"
    told: dict[str, Any] = {"status": status, "seconds": seconds}
    log = parts / f"{name}.log"
    if code and log.is_file():
        told["log"] = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TOLD:]
    return told


def merged(parts: Path) -> dict[str, Any]:
    """Return the document of a run from what its steps left in a folder."""
    steps: dict[str, Any] = {name: {"status": "not run"} for name in STEPS}
    for line in (parts / "steps.tsv").read_text(encoding="utf-8").splitlines():
        name, code, seconds = line.split("\t")
        steps[name] = ended(name, int(code), float(seconds), parts)
    about = _read(parts / "card.json") or {}
    if (parts / "tests.xml").is_file():
        steps["tests"] |= counted(parts / "tests.xml")
        fine = steps["tests"]["status"] == "ok" and not steps["tests"]["passed"]
        if fine and not about.get("card"):
            steps["tests"]["status"] = NO_DEVICE
    tables = {
        name: [row | {"ratios": ratios(row["seconds"])} for row in rows]
        for name in STEPS
        if name != "card" and (rows := _read(parts / f"{name}.json"))
    }
    return {"machine": about, "steps": steps, "tables": tables}


def _read(path: Path) -> Any:
    """A part, None where its step has left none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def summary(document: dict[str, Any]) -> list[str]:
    """Return lines for people: the card, each step, what was skipped, median ratios."""
    lines = [f"card: {document['machine'].get('card') or 'none'}"]
    for name, step in document["steps"].items():
        counts = (
            f", {step['passed']} passed, {len(step['failed'])} failed, {step['skipped']} skipped"
            if "passed" in step
            else ""
        )
        lines.append(f"{name}: {step['status']}{counts}")
    for name, rows in document["tables"].items():
        for why in sorted({f"{k}: {v}" for row in rows for k, v in row["skipped"].items()}):
            lines.append(f"{name}, {why}")
        for ratio in sorted({ratio for row in rows for ratio in row["ratios"]}):
            found = [row["ratios"][ratio] for row in rows if ratio in row["ratios"]]
            lines.append(f"{name}, {ratio}: median {median(found):.3g} of {len(found)} sizes")
    return lines


def main(arguments: list[str]) -> None:
    """Write what is asked for."""
    if arguments[:1] == ["card"] and len(arguments) == 2:
        write(Path(arguments[1]), card())
    elif arguments[:1] == ["merge"] and len(arguments) == 3:
        document = merged(Path(arguments[1]))
        write(Path(arguments[2]), document)
        print("\n".join(summary(document)))
    else:
        sys.exit("usage: gpu_record.py card OUT.json | merge PARTS OUT.json")


if __name__ == "__main__":
    main(sys.argv[1:])
