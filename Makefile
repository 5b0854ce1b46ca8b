# `make reports` and `make test` set up .venv on their first run; nothing else is needed.
# `make reports` installs what the reports need, the others what development needs with it.
VENV := .venv
# Bytecode is written, whatever the machine says: without, each command compiles all that it imports.
export PYTHONDONTWRITEBYTECODE :=
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
SYSTEM_PYTHON := python
else
BIN := $(VENV)/bin
SYSTEM_PYTHON := python3
endif

# Copying never warns, also where the cache is on another file system. Bytecode is left to the first
# run, which needs a part of it only.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --link-mode copy
THIS := $(INSTALL) --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-header

.PHONY: reports setup setup-dev test test-all docs bench lock

reports: setup
	$(BIN)/swt report

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.ready: pyproject.toml requirements.lock $(VENV)/.uv
	$(INSTALL) --require-hashes -r requirements.lock
	$(THIS)
	touch $@

$(VENV)/.ready-dev: pyproject.toml requirements-dev.lock $(VENV)/.uv
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(THIS)
	touch $(VENV)/.ready $@

# pip is there last, so that a .venv which was cut off is made again.
$(VENV)/.uv: requirements-setup.lock
	test -x $(BIN)/pip || $(SYSTEM_PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		--require-hashes -r requirements-setup.lock
	touch $@

# What every commit must pass; 4 minutes on two cores is the goal.
test: setup-dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

# The rest: every page in a browser, every fault, the same bytes, the bench in short.
test-all: setup-dev
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m slow
	$(BIN)/python bench/bench.py --runs 1 --subset 1 --sizes 10 --rows 10000
	$(MAKE) docs

# The documentation site, in build/docs; its notebooks and examples are run.
docs: setup-dev
	$(BIN)/sphinx-build -W --keep-going -q docs build/docs

# Some minutes; docs/performance.md tells what it says.
bench: setup-dev
	$(BIN)/python bench/bench.py

# After a change of the dependencies in pyproject.toml (and environment.yml). What is locked stays
# as it is where it may; for the newest of everything, remove the locks first, all but that of uv.
lock: $(VENV)/.uv
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --all-extras --constraints requirements.lock -o requirements-dev.lock
	$(COMPILE) --group setup --constraints requirements-dev.lock -o requirements-setup.lock
