#!/usr/bin/env bash
# The float path on a GPU of a machine without a network; docs/gpu.md tells more.
#
#   benchmarks/gpu.sh pack DIR                  here: put what that machine lacks into DIR
#   benchmarks/gpu.sh run DIR OUT.json [--quick]    there: tests and benchmarks, one record
set -euo pipefail

# What the other machine has: not carried along.
HAS="numpy scipy sympy hypothesis pytest"
# What the tests need beside the dependencies of the wheel.
TESTS="array-api-strict pytest-timeout"
LARGEST_MIB=60

usage() {
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

here() {
  cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd
}

pack() {
  local target root python platform scratch
  target=$(mkdir -p "$1" && cd "$1" && pwd)
  root=$(here)
  python=${PYTHON:-python3}
  [ -z "$(ls -A "$target")" ] || { echo "DIR: expected an empty folder, got $1; empty it or name another" >&2; exit 2; }
  platform=(--python-version 3.12 --implementation cp --only-binary=:all:)
  for tag in 2_28 2_27 2_24 2_17; do platform+=(--platform "manylinux_${tag}_x86_64"); done
  platform+=(--platform manylinux2014_x86_64)
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' RETURN
  mkdir -p "$target/wheels" "$target/tests"
  "$python" -m build --wheel --outdir "$target/wheels" "$root" >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log" >&2; exit 1; }
  # shellcheck disable=SC2086 # a list of words
  "$python" -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed \
    --target "$scratch/none" --report "$scratch/needed.json" -c "$root/constraints.txt" \
    "${platform[@]}" "$target"/wheels/certimin-*.whl $TESTS
  "$python" - "$scratch/needed.json" "$HAS" >"$scratch/needed.txt" <<'PYTHON'
import json
import sys

has = {"certimin", *sys.argv[2].split()}
for found in json.load(open(sys.argv[1], encoding="utf-8"))["install"]:
    about = found["metadata"]
    if about["name"].lower().replace("_", "-") not in has:
        print(f"{about['name']}=={about['version']}")
PYTHON
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$target/wheels" \
    "${platform[@]}" -r "$scratch/needed.txt"
  cp "$root/pyproject.toml" "$target/"
  cp -r "$root/benchmarks" "$target/"
  cp -r "$root/tests/gpu" "$target/tests/"
  find "$target" -name __pycache__ -prune -exec rm -rf {} +
  local mib
  mib=$(du -sm "$target" | cut -f1)
  echo "$mib MiB in $1: certimin and $(wc -l <"$scratch/needed.txt") wheels"
  [ "$mib" -le "$LARGEST_MIB" ] || { echo "expected at most $LARGEST_MIB MiB" >&2; exit 1; }
}

# step NAME SECONDS COMMAND...: run it within a time limit, keep its log and how it ended.
# An interrupt lets pytest write what it has.
step() {
  local name=$1 limit=$2 code=0 start end
  shift 2
  start=$(date +%s.%N)
  timeout --signal INT --kill-after 5 "$limit" "$@" >"$parts/$name.log" 2>&1 || code=$?
  end=$(date +%s.%N)
  printf '%s\t%d\t%.1f\n' "$name" "$code" "$(awk "BEGIN { print $end - $start }")" >>"$parts/steps.tsv"
  echo "$name: exit code $code"
}

# A venv sees the packages of the Python that makes it, even where that is itself a venv.
installed() {
  python3 -m venv --without-pip --system-site-packages "$1"
  python3 - "$1" <<'PYTHON'
import subprocess
import sys
import sysconfig
from pathlib import Path

ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
inner = subprocess.run([f"{sys.argv[1]}/bin/python", "-c", ask], capture_output=True, text=True, check=True)
outer = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
Path(inner.stdout.strip(), "outer.pth").write_text("\n".join(sorted(outer)) + "\n")
PYTHON
  # shellcheck disable=SC2086 # a list of words
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$2/wheels" certimin pytest $TESTS
}

run() {
  local from out quick=() python
  [ -d "$1/wheels" ] || { echo "DIR: expected a folder made by pack, got $1" >&2; exit 2; }
  from=$(cd "$1" && pwd)
  out=$(mkdir -p "$(dirname "$2")" && cd "$(dirname "$2")" && pwd)/$(basename "$2")
  [ "${3:-}" = --quick ] && quick=(--quick)
  parts=$(mktemp -d)
  trap 'rm -rf "$parts"' EXIT
  : >"$parts/steps.tsv"
  python=$parts/venv/bin/python
  export -f installed
  # BLAS on one thread: for small products the quickest, and processes share the processors
  export OPENBLAS_NUM_THREADS=1 TESTS XLA_PYTHON_CLIENT_PREALLOCATE=false PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
  cd "$from"
  # together 430 seconds, and 5 more for each that does not end when asked to
  step install 60 bash -euo pipefail -c 'installed "$@"' bash "$parts/venv" "$from"
  [ -x "$python" ] || python=$(command -v python3)
  step card 15 "$python" benchmarks/gpu_record.py card "$parts/card.json"
  step tests 110 "$python" -m pytest -q -m gpu -p no:cacheprovider -o filterwarnings=default \
    --junitxml "$parts/tests.xml" tests/gpu
  step training 85 "$python" -m benchmarks.gpu training --out "$parts/training.json" "${quick[@]}"
  step throughput 75 "$python" -m benchmarks.gpu throughput --out "$parts/throughput.json" "${quick[@]}"
  step sharpness 85 "$python" -m benchmarks.gpu sharpness --out "$parts/sharpness.json" "${quick[@]}"
  "$python" benchmarks/gpu_record.py merge "$parts" "$out"
}

case ${1:-} in
  pack) [ $# = 2 ] || usage; pack "$2" ;;
  run) { [ $# = 3 ] || { [ $# = 4 ] && [ "$4" = --quick ]; }; } || usage; run "${@:2}" ;;
  *) usage ;;
esac
