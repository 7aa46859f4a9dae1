.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test check format lint types layers coverage faults bench pictures clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pkgcat needs Python 3.11 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv 2>/dev/null || { \
	    $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } || { \
	    echo "$(PYTHON) has neither ensurepip nor pip; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY) ## run the main job, in ./demo (ONLINE=1: ask the real hosts, too)
	@ONLINE=$(ONLINE) sh demo.sh $(BIN)

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n auto

check: format lint types layers coverage ## all that CI asks for

format: $(READY) ## is the code formatted?
	$(BIN)/ruff format --check .

lint: $(READY) ## ruff's findings
	$(BIN)/ruff check .

types: $(READY) ## mypy --strict
	$(BIN)/mypy

layers: $(READY) ## does every import point down?
	$(BIN)/lint-imports --no-cache

coverage: $(READY) ## run the tests, and ask for 95 % of the branches
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

faults: $(READY) ## the long runs: thousands of kills, faults at every system call, 300 sequences of 40 commands
	$(BIN)/python -m pytest -n auto -m slow --durations=5

bench: $(READY) ## measure, and write docs/performance.md
	$(BIN)/python -m bench

pictures: $(READY) ## draw docs/show.svg and docs/list.svg from real output
	$(BIN)/python docs/pictures.py

clean: ## remove what the other targets made
	rm -rf .venv demo .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
