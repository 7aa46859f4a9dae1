.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
LOWEST_TESTS := $(addprefix tests/,test_cli.py test_config.py formats http server sources terminal)

.PHONY: help demo test check format lint types layers coverage lowest guards faults bench pictures schema clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@sh setup.sh $(PYTHON)

demo: $(READY) ## run the main job, in ./demo (ONLINE=1: ask the real hosts, too)
	@ONLINE=$(ONLINE) sh demo.sh $(BIN)

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n auto

check: format lint types layers test coverage ## format, lint, types, layers, tests and coverage

format: $(READY) ## is the code formatted?
	$(BIN)/ruff format --check .

lint: $(READY) ## ruff's findings
	$(BIN)/ruff check .

types: $(READY) ## mypy --strict
	$(BIN)/mypy

layers: $(READY) ## does every import point down?
	$(BIN)/lint-imports --no-cache

coverage: $(READY) ## run the tests but for the longest, and ask for 95 % of the branches
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto -m "not slow and not long"
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lowest: ## run the tests of what dependencies do, with the oldest releases that pyproject.toml allows
	rm -rf .venv-lowest
	$(PYTHON) -m venv .venv-lowest
	$(PYTHON) .ci/lowest.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check -c .venv-lowest/constraints.txt '.[dev]'
	.venv-lowest/bin/python -m pytest -n auto -p no:cacheprovider $(LOWEST_TESTS)
	rm -rf .venv-lowest

faults: $(READY) ## the long runs: thousands of kills, faults at every system call, 300 sequences of 40 commands
	$(BIN)/python -m pytest -n auto -m slow --durations=5

guards: $(READY) ## take each guard out of a copy, and see its test fail (ONLY=word: some of them)
	$(BIN)/python -m tests.guards $(ONLY)

bench: $(READY) ## measure, and write docs/performance.md
	$(BIN)/python -m bench

pictures: $(READY) ## draw the pictures of docs/ from real output
	$(BIN)/python docs/pictures.py

schema: $(READY) ## write src/pkgcat/store/schema.sql anew, after a change of a migration
	$(BIN)/python -m tests.schema_file

clean: ## remove what the other targets made
	rm -rf .venv .venv-lowest demo .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
