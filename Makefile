# make demo | make test; see README.md
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
SCHOOLS ?= 350
PLANS ?= samples

.PHONY: help prepare prepare-tests demo test lint unit integration acceptance acceptance-last faults bench lock schemas

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

prepare: ## make the environment and fetch Kafka, where they are missing
	@deploy/local/prepare

prepare-tests: ## the same with what tests need: Chromium, Tesseract, LibreOffice
	@deploy/local/prepare tests

demo: prepare ## the main job end to end (SCHOOLS=350, PLANS=samples)
	@$(PYTHON) -m deploy.demo --schools $(SCHOOLS) --plans $(PLANS)

test: lint unit ## everything that CI runs
	@$(MAKE) --no-print-directory -j2 -O faults acceptance-last  # faults mostly wait, for restarts and rebalances

acceptance-last: integration
	@$(MAKE) --no-print-directory acceptance

lint: prepare ## style, types, imports, freshness of what is generated
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m contracts.schemas check

unit: prepare-tests ## pure tests, and those of the contracts
	@$(PYTHON) -m pytest tests/unit tests/contracts -q -n 2 --dist loadfile

integration: prepare-tests ## on real Kafka and Postgres
	@$(PYTHON) -m pytest tests/integration -q -n 2 --dist loadfile  # a stack for each of the two

acceptance: prepare-tests ## the demo itself, small
	@$(PYTHON) -m pytest tests/acceptance -q

faults: prepare-tests ## kill -9, broker away, database away, replay; and mutants that these tests must catch
	@$(PYTHON) -m pytest tests/faults -q

bench: prepare ## side by side with references; writes var/bench/results.json
	@$(PYTHON) -m tests.bench

schemas: prepare ## write schemas, AsyncAPI and the topic table anew
	@$(PYTHON) -m contracts.schemas write

lock: prepare ## lock the dependencies anew, with hashes
	@deploy/lock
