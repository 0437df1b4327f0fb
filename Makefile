# `make` alone lists what there is. Every target does its own set-up; what is done stays done.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help setup run test check bench emulate clean

PYTHON := .venv/bin/python
# Some tests only: make test ARGS="tests/wire -k topics"
ARGS ?=
ONLY ?=
set_up = @python=$$(tools/python) && "$$python" -m tools.setup

help: ## list the targets
	@sed -n 's/^\([a-z]*\): .*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" \
	  read -r target text; do printf '  make %-8s %s\n' "$$target" "$$text"; done

setup: ## get what a hall needs into .venv and .tools (nothing on the system)
	$(set_up) run

run: setup ## open the demo hall at http://127.0.0.1:8080/ until Ctrl-C (LOKET_* are passed on)
	@LOKET_DEMO=$${LOKET_DEMO:-1} exec .venv/bin/loket run

# Twice as many processes as processors: many tests wait for what others do. Where Python is told
# to keep no compiled files, each of the hundreds of processes would compile all of it again.
test: ## run every test (ARGS="tests/wire -k topics" for some)
	$(set_up) test
	@env -u PYTHONDONTWRITEBYTECODE \
	  $(PYTHON) -m pytest -n $$(( 2 * $$(nproc) )) --dist worksteal $(ARGS)

check: ## run the linters and the type checkers
	$(set_up) check
	@$(PYTHON) -m tools.check

bench: ## run the benchmarks (ONLY=name for some) and write build/bench.json
	$(set_up) test
	@$(PYTHON) -m tests.bench $(ONLY)

emulate: ## run the firmware on an emulated RP2040; the first time it fetches 180 MB and builds
	$(set_up) emulate
	@$(PYTHON) -m pytest -s tools/emulate $(ARGS)

clean: ## remove .venv, .tools, build and caches; a hall's data (.loket) stays
	rm -rf .venv .tools build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
