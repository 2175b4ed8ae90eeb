# Two commands do everything on a machine with python3 and a package index: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Independent reference data; tests that need them skip where they are absent.
ifndef TISSUE_SIM_GROUND_TRUTH
ifneq ($(wildcard ../shared/ground_truth/README.md),)
TISSUE_SIM_GROUND_TRUTH := $(abspath ../shared/ground_truth)
endif
endif
export TISSUE_SIM_GROUND_TRUTH

.PHONY: help run test test-slow lint bench exam clean

help:
	@echo "make run        simulate scenarios/spheroid.yaml and draw it"
	@echo "make test       style, types, import contracts, tests (under 8 minutes on 2 cores)"
	@echo "make test-slow  everything at full length"
	@echo "make bench      the figures of the README, measured here"
	@echo "make exam       the community benchmarks: findings, and one figure per case in outputs/exams"
	@echo "make clean      remove .venv and caches"

$(BIN)/tissue-sim: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.test-extras: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $(BIN)/tissue-sim $@

run: $(BIN)/tissue-sim
	$(BIN)/tissue-sim run scenarios/spheroid.yaml

lint: $(VENV)/.test-extras
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --timeout 300

test-slow: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal --timeout 3600

bench: $(VENV)/.test-extras
	$(BIN)/python -m benchmarks

exam: $(VENV)/.test-extras
	$(BIN)/python -m benchmarks.exams

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
