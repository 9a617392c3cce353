# Everything a developer, an operator or a CI machine does with Ingång. Needs Python >= 3.11 and make.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Bytecode is kept: without it each of the tests' processes compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-test setup-bench browser run test check bench learn soak i18n format lock clean
.DEFAULT_GOAL := help
# One more than there are cores: a browser, a database and a killed process are waited for.
WORKERS ?= $$(($$(getconf _NPROCESSORS_ONLN) < 4 ? $$(getconf _NPROCESSORS_ONLN) + 1 : 4))

help: ## what can be done
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.run ## install what running needs
setup-test: $(VENV)/.test ## install what developing and testing need
setup-bench: $(VENV)/.bench

$(VENV)/.run: pyproject.toml requirements/run.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -q -e . --no-deps --no-build-isolation
	@touch $@

$(VENV)/.test: pyproject.toml requirements/test.txt $(VENV)/.run
	$(BIN)/python -m pip install -q --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	$(BIN)/python -m pip install -q --require-hashes -r requirements/bench.txt
	@touch $@

run: setup ## serve everything with demo data on http://127.0.0.1:8000 (INGANG_PORT)
	INGANG_DEMO=$${INGANG_DEMO:-on} $(BIN)/ingang serve

browser:
	@$(PYTHON) tests/browser/provide.py

test: setup-test browser ## every test, on SQLite, on PostgreSQL and in Chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: setup-test ## lint, types, import contracts, articles and translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ingang kb check
	$(BIN)/ingang i18n --check

bench: setup-bench browser ## speed, memory and search, beside others in one run (INGANG_OMOS_DIR)
	$(BIN)/python -m pytest -m bench -s -rs

learn: setup-bench ## learn the weights of search (INGANG_OMOS_DIR) and of danger
	$(BIN)/python -m tests.search.learn
	$(BIN)/python -m tests.search.learn_danger

soak: setup-test ## the long seeded proofs
	$(BIN)/python -m pytest -m soak -s

i18n: setup-test ## collect texts from the code and update every language's catalogue
	$(BIN)/ingang i18n

format: setup-test ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup-test ## resolve dependencies again, with hashes and without index addresses
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q -c requirements/run.txt -o requirements/test.txt
	$(BIN)/uv pip compile pyproject.toml --extra bench --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q -c requirements/test.txt -o requirements/bench.txt

clean: ## remove the virtual environment and caches (not var/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
