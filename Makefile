# Every target sets up what it needs and is safe to repeat. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup local test check soak conformance bench lock package clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## make the three environments from their pinned files
	@$(PYTHON) -m environments

local: setup  ## package, deploy to the laptop's AWS, send requests and compare the answers with eager PyTorch
	@$(BIN)/seatrial rehearse deployments/local.yaml

package: setup  ## build the example models
	@for deployment in deployments/*.yaml; do $(BIN)/seatrial package $$deployment || exit 1; done

test: setup  ## run the tests: the unit tests on all cores, then those with real parts, which mostly wait, two at a time
	@$(BIN)/python -m pytest -m "not integration and not soak" --numprocesses auto --dist loadfile
	@$(BIN)/python -m pytest -m "integration and not soak" --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: setup package  ## format, lint, types, arrows, generated files, one full synth
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m spec.schema --check
	@$(BIN)/python -m preflight.documentation --check
	@$(BIN)/python -m conformance.documentation --check
	@$(BIN)/python -m catalogue.refresh --check
	@$(BIN)/mypy app.py catalogue conformance spec model_packaging invocation migration planning preflight local stacks cli environments examples \
		benchmarks constructs/seatrial_hosting
	@rm -rf .seatrial/check
	@printf '%s\n' deployments/*.yaml | xargs -P 2 -I FILE sh -c '$(BIN)/seatrial check FILE && \
		CDK_OUTDIR=.seatrial/check/$$(basename FILE .yaml) CDK_CONTEXT_JSON="{\"deployment\": \"FILE\"}" \
		CDK_VALIDATION=false $(BIN)/python app.py'
	@$(BIN)/cfn-lint '.seatrial/check/*/*.template.json'

soak: setup  ## the tests that are too long for the gate
	@$(BIN)/python -m pytest -m soak --timeout 3600

conformance: setup  ## ask an AWS account whether the assumptions are true: says its cost first (ARGS=--help)
	@$(BIN)/python -m conformance $(ARGS)

bench: setup package  ## the project's own speed: one JSON line each, exit 1 when a goal is missed
	@$(BIN)/python -m benchmarks

lock:  ## pin every environment again from its .in file (needs uv on PATH)
	@$(PYTHON) -m environments.lock

clean:  ## remove what was built, not the environments
	@rm -rf build cdk.out
