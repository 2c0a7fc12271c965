# Every target sets up its own environment in .venv; a second call finds it ready.

TORCH := 2.13.0
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# The first interpreter that runs and is new enough; a name on the path alone says neither.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help demo test tests lint format bench docs pages thorough clean

help:
	@echo "make demo      build a corpus from the machines, train a tiny model, score it (5 to 9 minutes)"
	@echo "make test      lint, type check and test"
	@echo "make lint      lint and type check alone"
	@echo "make format    format the code"
	@echo "make bench     the benchmarks: simulator, text, tasks, elaboration, command"
	@echo "make docs      build the docs site, docs/_build/index.html"
	@echo "make pages     measure the tasks and write their pages, docs/tasks (4 minutes)"
	@echo "make thorough  every test, the slow ones too, with many more random examples"

# torch comes first and pinned: a plain `torch` is the newest build, with gigabytes of CUDA.
$(READY): pyproject.toml Makefile
	@test -n "$(PYTHON)" || { echo "tmtail needs Python 3.11 or newer on the path"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check torch==$(TORCH)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/tmtail demo

# The type check takes one core for minutes; the tests begin beside it.
test: $(READY)
	@$(MAKE) --no-print-directory --jobs=2 lint tests

# The simulator is compiled before the workers start, each of which would do it otherwise.
tests: $(READY)
	$(BIN)/python -c "from compiler.rendering import compile_loops; compile_loops()"
	$(BIN)/pytest -q -n auto --dist worksteal

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	$(BIN)/python -m benchmarks.simulator
	$(BIN)/python -m benchmarks.text
	$(BIN)/python -m benchmarks.formats
	$(BIN)/python -m benchmarks.tasks
	$(BIN)/python -m benchmarks.elaboration
	$(BIN)/python -m benchmarks.command

docs: $(READY)
	$(BIN)/python -m sphinx -q -W --keep-going docs docs/_build

pages: $(READY)
	$(BIN)/python -m tasks.tools.pages docs

thorough: $(READY)
	$(BIN)/pytest -q -n auto --dist worksteal -m "not gpu" --hypothesis-profile thorough

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
