.PHONY: run setup test lint bench goldens clean
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.setup
TEST_STAMP := $(VENV)/.setup-test
JOBS ?= 2
# Two BLAS threads on two busy cores make small matrices several times slower.
export OPENBLAS_NUM_THREADS ?= 1

run: setup
	@$(VENV)/bin/workbench

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@PYTHON="$(PYTHON)" sh .ci/setup "$(VENV)" run >&2
	@touch $(STAMP)

$(TEST_STAMP): $(STAMP) .ci/setup .ci/packages
	@PYTHON="$(PYTHON)" sh .ci/setup "$(VENV)" test >&2
	@sh .ci/packages >&2
	@touch $(TEST_STAMP)

lint: $(TEST_STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: lint
	$(VENV)/bin/pytest -q -n $(JOBS) --dist loadfile --cov --cov-report=term:skip-covered

goldens: $(TEST_STAMP)
	UPDATE_GOLDENS=1 $(VENV)/bin/pytest -q tests/tui tests/charts tests/pricing

bench: $(TEST_STAMP)
	$(VENV)/bin/python tests/benchmarks/run.py $(if $(DATASETS),--datasets "$(DATASETS)")

clean:
	rm -rf $(VENV) .bench build dist
