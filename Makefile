# `make reports` and `make test` set up .venv on their first run; nothing else is needed.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: reports setup test bench lock

reports: setup
	$(BIN)/swt report

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml requirements.lock
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

test: setup
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Some minutes; docs/performance.md tells what it says.
bench: setup
	$(BIN)/python bench/bench.py

# After a change of the dependencies in pyproject.toml (and environment.yml).
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -o requirements.lock
