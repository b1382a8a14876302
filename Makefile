# Every step of development and of CI. `make` alone lists the targets.

PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
OLDEST := 3.11

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(STAMP) ## Make .venv with the pinned versions; does nothing when it is up to date
	@echo "$(VENV) is up to date"

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  found=$$($(PYTHON) -V 2>&1) || found="not found"; \
	  echo "certimin needs Python $(OLDEST) or newer: $(PYTHON) is $$found. Try: make install PYTHON=python$(OLDEST)" >&2; \
	  exit 1; }
	@echo "installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,data,distributed,fast,sos]'
	@$(BIN)/python -m compileall -q certimin numeric theorems verify
	@touch $@

.PHONY: format
format: $(STAMP) ## Rewrite the code in the house format, with safe lint fixes
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

.PHONY: lint
lint: $(STAMP) ## Check lint rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: type
type: $(STAMP) ## Check types, strictly, in numeric and verify
	@$(BIN)/mypy

.PHONY: contracts
contracts: $(STAMP) ## Check who imports what
	@$(BIN)/lint-imports --no-logo

.PHONY: test
test: $(STAMP) ## Run the fast tests and the doctests
	@$(BIN)/pytest -q -n 2 --dist worksteal

.PHONY: test-slow
test-slow: $(STAMP) ## Run the slow tests
	@$(BIN)/pytest -q -n 2 --dist worksteal -m slow

.PHONY: browser-install
browser-install: ## Install Chromium (Debian package)
	@command -v chromium >/dev/null || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq install --no-install-recommends \
	    chromium >/dev/null; }
	@chromium --version 2>/dev/null

.PHONY: test-browser
test-browser: $(STAMP) ## Look at the site of the last results in Chromium (installs the extra browser)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[browser]'
	@CERTIMIN_NEEDS_BROWSER=1 $(BIN)/pytest -q -n 0 -m browser tests/browser

.PHONY: soak
soak: $(STAMP) ## Run the standing suites whole; test-slow runs a twentieth of each
	@CERTIMIN_SOAK=1 $(BIN)/pytest -q -n 2 -m slow --timeout 0 tests/soak

.PHONY: test-pythons
test-pythons: ## Run the fast tests and verify on every Python from the oldest up that is found
	@OLDEST=$(OLDEST) .ci/pythons

.PHONY: proofs
proofs: $(STAMP) ## Let the proof kernel check all formal proofs, and record what it says
	@$(BIN)/certimin proofs $(PROOFS_OPTIONS)

.PHONY: proofs-mutants
proofs-mutants: $(STAMP) ## Alter formal statements: which does the kernel refute?
	@$(BIN)/certimin proofs --mutants 60

.PHONY: proofs-install
proofs-install: ## Install the proof kernel, Coq with MathComp (Debian packages)
	@command -v coqc >/dev/null || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq install --no-install-recommends \
	    coq libcoq-mathcomp libcoq-mathcomp-algebra-tactics >/dev/null; }
	@coqc --version | head -1

# booktabs stands in latex-recommended; amsmath, graphicx, longtable and pdflatex itself come with it.
.PHONY: tex-install
tex-install: ## Install what compiles the tables and counterexamples (Debian packages)
	@command -v pdflatex >/dev/null && kpsewhich booktabs.sty >/dev/null || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq install --no-install-recommends \
	    texlive-latex-recommended >/dev/null; }
	@pdflatex --version | head -1

.PHONY: proofs-independent
proofs-independent: ## Check the compiled proofs by coqchk, a second kernel (minutes)
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	cp -r theorems/proofs "$$scratch/Proofs"; cd "$$scratch/Proofs"; \
	coq_makefile -f _CoqProject $$(find . -name '*.v') -o Makefile.coq >/dev/null; \
	$(MAKE) -s -f Makefile.coq -j 2; \
	coqchk -silent -o -Q . Proofs $$(find . -name '*.vo' | sed 's|^\./||; s|\.vo$$||; s|/|.|g; s|^|Proofs.|')

.PHONY: proofs-agree
proofs-agree: $(STAMP) ## Hold the formal definitions to numbers that the Python code measures
	@$(BIN)/python -m theorems.agreement
	@$(BIN)/python -m theorems.agreement_of_counterexamples

.PHONY: verify
verify: $(STAMP) ## Verify every theorem with a small budget; reports in reports/
	@$(BIN)/certimin verify --profile quick --out reports $(VERIFY_OPTIONS)

.PHONY: verify-full
verify-full: $(STAMP) ## Verify every theorem with the full budget; reports in reports/
	@$(BIN)/certimin verify --profile full --out reports

.PHONY: search
search: $(STAMP) ## Try to refute CONJECTURE="..." ; options in OPTIONS, see certimin search --help
	@$(BIN)/certimin search "$(CONJECTURE)" $(OPTIONS)

.PHONY: report
report: $(STAMP) ## Rebuild the reports from the last results
	@$(BIN)/certimin report

.PHONY: table
table: $(STAMP) ## Write the table of theorems of the last results into docs/theorems.md
	@$(BIN)/certimin report --into docs/theorems.md

.PHONY: docs
docs: $(STAMP) ## Build the documentation into docs/_build; warnings and broken links are errors
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@$(BIN)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going docs docs/_build

.PHONY: figures
figures: $(STAMP) ## Draw the gallery: SVG, PDF, PNG, CSV and captions in reports/figures/
	@$(BIN)/certimin figures $(FIGURES)

.PHONY: notebooks
notebooks: $(STAMP) ## Execute the notebooks of examples/; NOTEBOOKS_OPTIONS=--write keeps what they give
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[notebooks]'
	@$(BIN)/python examples/notebooks/execute.py $(NOTEBOOKS_OPTIONS)

.PHONY: release-check
release-check: $(STAMP) ## Build sdist and wheel, and try the wheel in an empty environment
	@$(BIN)/python .ci/release_check.py

.PHONY: bench
bench: $(STAMP) ## Measure against peers (installs the extra bench); records in reports/bench/
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@$(BIN)/certimin bench --out reports/bench

.PHONY: mutants
mutants: $(STAMP) ## Alter what decides in 300 places and count what the tests notice (an hour)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	@$(BIN)/python -m benchmarks.mutants $(MUTANTS_OPTIONS)

.PHONY: check
check: lint type contracts test verify ## What CI checks first; then come test-slow and verify-full

# In the oldest supported Python, for a newer one would choose versions that it cannot install.
.PHONY: constraints
constraints: ## Choose new pins from the lower bounds of pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo "constraints are chosen with Python $(OLDEST). Try: make constraints PYTHON=python$(OLDEST)" >&2; \
	  exit 1; }
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m venv "$$scratch"; \
	"$$scratch/bin/python" -m pip install --quiet --disable-pip-version-check '.[dev,data,distributed,fast,sos,networks,bench,mutants,docs,browser]'; \
	{ echo "# Tested versions of the runtime, dev, data, distributed, fast, sos, networks, bench, mutants, docs and browser dependencies, for Python $(OLDEST) to 3.13."; \
	  echo "# Written by 'make constraints'."; \
	  "$$scratch/bin/python" -m pip freeze --disable-pip-version-check --exclude certimin; } > constraints.new
	@mv constraints.new constraints.txt

.PHONY: clean
clean: ## Remove caches and builds; keep .venv and reports
	@rm -rf build dist docs/_build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find numeric theorems verify tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
