# Everything runs in .venv, made from any Python that is new enough. `make` alone says what there is.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
ARGS ?=

# What to try when PYTHON is not given, in this order.
PYTHONS := python3.11 python3.12 python3.13 python3 python
# What test-all runs the tests on; names or paths.
PYTHONS_ALL ?= python3.11 python3.12 python3.13
VERSION := import sys; print(*sys.version_info[:2], sep=".")
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# Tests run in so many processes, each file in one of them; WORKERS=0 for a debugger.
WORKERS ?= 4

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.NOTPARALLEL:
.PHONY: help demo test test-all soak check format format-check lint types imports docs peers bench bench-long screenshots clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  ARGS is handed on:    make demo ARGS="--symbols 200"    make test ARGS="tests/feed -x"'
	@echo '  PYTHON picks one:     make demo PYTHON=python3.13'

demo: $(VENV)/.run ## Open the screen on the embedded exchange
	@$(BIN)/bntui demo $(ARGS)

# Where CI is set, pytest repeats each failure at any length behind everything: what failed would be hard to find.
test: $(VENV)/.dev ## Run the tests
	env -u CI -u BUILD_NUMBER $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

# Each interpreter gets an environment of its own beside .venv: .venv-3.12 and so on.
test-all: ## Run the tests on every Python of 3.11, 3.12 and 3.13 that is here
	@said=''; failed=; ran=; \
	for python in $(PYTHONS_ALL); do \
	  if ! version=$$("$$python" -c '$(VERSION)' 2>/dev/null); then \
	    said="$$said  $$python: missing, not tested\n"; \
	    continue; \
	  fi; \
	  ran=yes; \
	  echo "Testing on $$("$$python" --version) …"; \
	  if $(MAKE) --no-print-directory test VENV="$(VENV)-$$version" PYTHON="$$python"; then \
	    said="$$said  $$python: passed\n"; \
	  else \
	    failed=yes; \
	    said="$$said  $$python: FAILED\n"; \
	  fi; \
	done; \
	printf '%b' "$$said"; \
	test -n "$$ran" -a -z "$$failed"

soak: $(VENV)/.dev ## Run everything under load and random faults for 10 minutes: does anything grow?
	@$(BIN)/python -m tests.soak $(ARGS)

check: format-check lint types imports test ## Everything that must hold before a commit

format-check: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## Format the code, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev ## Write the tables of README.md and the man page anew from the code
	$(BIN)/python -m tests.support.readme
	$(BIN)/python -m tests.support.manual

# Each client gets an environment of its own in the user's cache folder; those for Node need node and npm.
peers: $(VENV)/.dev ## Ask other makers' clients for what the embedded exchange serves
	@$(BIN)/python -m tests.peers $(ARGS)

# Each figure beside a rival's of the same run: python -m tests.bench --help. Other makers' clients as above.
bench: $(VENV)/.dev ## Measure what bntui costs, beside other programs: a table, and bench.json
	@$(BIN)/python -m tests.bench $(ARGS)

bench-long: $(VENV)/.dev ## Run for an hour under load: does memory grow?
	@$(BIN)/python -m tests.bench --long $(ARGS)

# Nothing of the caller's terminal may show in the pictures.
screenshots: $(VENV)/.dev ## Make the pictures of screenshots/ anew; PNG needs Chromium
	env -i HOME="$$HOME" PATH="$$PATH" TERM=xterm-256color COLORTERM=truecolor LANG=C.UTF-8 TZ=UTC \
	  $(BIN)/python -m tests.support.screenshots $(ARGS)

clean: ## Remove the environments and everything that was built
	rm -rf $(VENV) $(VENV)-* build dist *.egg-info snapshot_report.html
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find bntui tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed again only when pyproject.toml changed: the package itself is used from where it stands.
$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo "Installing bntui into $(VENV) …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing bntui and its development tools into $(VENV) …"
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.run $@

$(BIN)/python:
	@for python in $(or $(PYTHON),$(PYTHONS)); do \
	  if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$("$$python" --version) …"; \
	    "$$python" -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo 'This Python has no venv module; on Debian and Ubuntu: apt install python3-venv' >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo 'bntui needs Python 3.11 or newer; tried: $(or $(PYTHON),$(PYTHONS)).' >&2; \
	echo 'Install one, or name yours: make PYTHON=/path/to/python3.11 …' >&2; \
	exit 1
