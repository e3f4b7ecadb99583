# `make run` or `make test` on a fresh machine do everything themselves; `make help` lists the rest.
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# The best Python on this machine that is new enough to build the virtual environment with.
SYSTEM_PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# No addresses in the lock files: where packages come from is the machine's own business.
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(upgrade)

.DEFAULT_GOAL := help
.PHONY: help setup run serve test coverage lint bench mutate messages lock prepare

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: prepare ## environment, packages, fonts, translations, database
	@$(PYTHON) manage.py migrate --verbosity 0

run: prepare ## the product with the demo on the next free port; Ctrl-C stops it
	@exec $(PYTHON) manage.py serve --demo

serve: prepare ## the product without the demo; asks for the first administrator
	@exec $(PYTHON) manage.py serve

lint mutate lock: more := --with-tests
test coverage: more := --with-tests --with-browser
# What goes round all doors and screens comes last, and is not counted: it passes everywhere and proves nothing by that.
ROUNDS = $(patsubst %,tests/access/test_%.py,doors hostile prices rows) tests/browser

test: prepare lint ## set up, all checks, all tests
	@$(PYTHON) -m pytest -n 2 $(counted) $(ROUNDS:%=--ignore=%)
	@$(PYTHON) -m pytest -n 2 $(ROUNDS)

coverage: counted = --cov
coverage: test ## the same, and how many branches of rules and operations the tests take: at least 95 %

lint: prepare ## ruff, djangofmt, mypy, imports, migrations, translations
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check --quiet .
	@.venv/bin/djangofmt --check --quiet templates
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@DATABASE_URL=sqlite://:memory: $(PYTHON) manage.py makemigrations --check --dry-run --verbosity 0
	@$(PYTHON) -m ops.setup.messages

messages: prepare ## which texts have no Chinese yet, which translations nobody uses
	@$(PYTHON) -m ops.setup.messages

mutate: prepare ## changes rules, states and the library in small ways, and asks the tests whether they notice
	@$(PYTHON) -m mutation

bench: prepare ## the figures the project keeps, as ratios measured in one run
	@$(PYTHON) -m bench

lock: prepare ## the lock files anew from pyproject.toml; versions stay where they can (upgrade=--upgrade)
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) pyproject.toml --extra redis -c requirements.lock -o requirements-redis.lock
	@$(COMPILE) --group setup -o requirements-setup.lock

prepare:
	@test -n "$(SYSTEM_PYTHON)" || { echo 'Python 3.11 or newer is needed: sudo apt-get install -y python3 python3-venv' >&2; exit 1; }
	@cd ops && $(SYSTEM_PYTHON) -m setup $(more)
