# Gatehouse. `make help` lists what can be asked for.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# A gate and its tests start a hundred times; to compile our modules anew is a third of each start.
unexport PYTHONDONTWRITEBYTECODE

# Databases of tests need no disk and are gone with them; where memory has no room they are in /tmp.
IN_MEMORY = $(shell df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000 {print "PYTEST_DEBUG_TEMPROOT=/dev/shm"}')

.PHONY: help run test check scenarios mutants guards controls soak lock sbom bench
.DELETE_ON_ERROR:

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# A venv, also where Python came without ensurepip; then what the lock names, by hash.
$(BIN)/python:
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; \
	  $(PYTHON) -m pip install --quiet --target .tools uv && .tools/bin/uv venv --quiet --seed .venv; }

.venv/runtime: requirements.lock pyproject.toml | $(BIN)/python
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/runtime ## Set up, load the demo world on first start, and serve on 127.0.0.1:8080
	@$(BIN)/gatehouse db upgrade
	@$(BIN)/gatehouse demo load --if-empty
	@$(BIN)/gatehouse demo invite
	@exec $(BIN)/gatehouse serve

test: check scenarios ## Set up what is missing and run everything that CI runs
	$(IN_MEMORY) $(BIN)/python -m pytest -n 2 --dist worksteal -q

check: .venv/dev ## Format, lint, types, import contracts and the shipped policies
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	$(BIN)/gatehouse policy check

scenarios: .venv/dev ## Play the shipped scenarios; each row decides a case, and a slip in it is noticed
	$(BIN)/gatehouse policy test policies/scenarios --coverage --mutate

mutants: .venv/dev ## Change the policies ten thousand times: what changes an answer is refused or reported (ten minutes)
	GATEHOUSE_MUTATIONS=10000 $(BIN)/python -m pytest tests/corpus/test_mutations.py -n 2 -q

guards: .venv/dev ## Take each guard of the promises out of a copy, and see its test fail (ten minutes)
	$(BIN)/python -m tests.guards

controls: .venv/dev ## Write CONTROLS.md: promises and controls, and the tests that show them
	$(BIN)/python -m tests.architecture.promises

bench: .venv/dev ## Measure what is aimed at, in one run beside its floors and peers (half an hour; wrk and a C compiler help)
	$(BIN)/python -m tests.benchmarks

soak: .venv/dev ## Kill a thousand workers, race, change people and policies two thousand times each, attack (fifty minutes)
	GATEHOUSE_CASES=300 GATEHOUSE_LIVES=300 GATEHOUSE_FUZZ=3000 GATEHOUSE_KILLS=1000 GATEHOUSE_RACES=2000 GATEHOUSE_PAIRS=2000 GATEHOUSE_RESTARTS=20 GATEHOUSE_CRASHES=20 GATEHOUSE_RESETS=500 GATEHOUSE_OVERLOAD_SECONDS=60 GATEHOUSE_THREAD_SECONDS=30 GATEHOUSE_FACT_SETS=10000 $(BIN)/python -m pytest \
	  tests/core/test_judge.py tests/core/test_judge_threads.py tests/faults/test_kills.py tests/faults/test_races.py tests/faults/test_changes.py \
	  tests/faults/test_activation.py tests/faults/test_hosts.py tests/faults/test_database_crash.py tests/faults/test_network.py \
	  tests/faults/test_overload.py tests/hostile -n 2 --dist worksteal -q -rP --durations=40

lock: .venv/dev ## Make the locks anew from pyproject.toml, without packages younger than 14 days
	$(BIN)/uv pip compile pyproject.toml --extra build --extra analysis $(LOCKED) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra build --extra analysis --extra dev $(LOCKED) -o requirements-dev.lock

sbom: .venv/dev ## Write sbom.cdx.json: every package that is built on, with its version and hashes (CycloneDX)
	$(BIN)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py requirements requirements.lock \
	  --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON -o sbom.cdx.json

LOCKED := --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
  --no-annotate --no-header --exclude-newer $(shell date -u -d '14 days ago' +%F)
