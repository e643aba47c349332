# LuminaLib: everything one does with this checkout. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A uv on the PATH is used; without one it is put into the environment itself.
UV = $(shell command -v uv || echo $(BIN)/uv)
HOST ?= 127.0.0.1
PORT ?= 8000
OPENAPI := tests/openapi
SOURCES := src tests benchmarks alembic
# One more than there are cores: a good part of the tests waits for something.
WORKERS = $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
FAST = tests/domain tests/architecture tests/container tests/services tests/contracts \
	-k "not postgresql and not redis and not minio and not s3 and not tenant_files and not row_security and not pooler \
	and not (llm_provider and (ollama or openai))"

# An editor or a container that forbids these files would let every start, and every child, compile the whole source anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run demo test test-fast check format check-openapi bench bench-quick bench-models audit compose-up compose-check clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: $(VENV)/.run ## Make .venv with the command `luminalib` in it

run: $(VENV)/.run ## Serve the library with its demo shelf on http://127.0.0.1:8000 (HOST=, PORT=)
	@$(BIN)/luminalib serve --demo --host $(HOST) --port $(PORT)

demo: $(VENV)/.run ## Walk the whole journey through the HTTP API of a throw-away library
	@$(BIN)/luminalib demo

test: $(VENV)/.dev ## Run all tests and say how long they took (ARGS= for pytest)
	@begun=$$(date +%s); $(BIN)/pytest -n $(WORKERS) --dist worksteal --durations=10 $(ARGS); code=$$?; took=$$(($$(date +%s) - begun)); \
	echo "All tests took $$((took / 60)) min $$((took % 60)) s; on two idle cores they should take 10 minutes at most."; exit $$code

test-fast: $(VENV)/.dev ## Run what needs neither PostgreSQL nor a model nor the whole server: rules, fakes, contracts on SQLite (2 minutes at most)
	@begun=$$(date +%s); $(BIN)/pytest -n $(WORKERS) --dist worksteal $(FAST) $(ARGS); code=$$?; \
	echo "These tests took $$(($$(date +%s) - begun)) s."; exit $$code

check: $(VENV)/.dev ## Format, lint, types, layers, dead code, dependencies, lock file
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/vulture src --min-confidence 80
	$(BIN)/deptry src
	$(UV) lock --check
	@$(MAKE) --no-print-directory check-openapi

check-openapi: $(VENV)/.dev ## Lint the OpenAPI document with spectral and redocly, and compile a TypeScript client of it (needs Node)
	@cd $(OPENAPI); \
	cmp -s package-lock.json node_modules/.lock || { npm ci --silent && cp package-lock.json node_modules/.lock; } \
	|| { echo "SKIPPED: the OpenAPI document was not linted, as npm is not here or gets no packages."; exit 0; }; \
	../../$(BIN)/luminalib openapi > openapi.json \
	&& npx --no-install spectral lint -F warn -r spectral.yaml openapi.json \
	&& npx --no-install redocly lint --config redocly.yaml --max-problems 20 openapi.json \
	&& npx --no-install openapi-typescript openapi.json -o schema.d.ts && npx --no-install tsc --strict --noEmit client.ts

format: $(VENV)/.dev ## Let ruff format and mend what it can
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: $(VENV)/.dev ## Measure, as ratios against named peers
	@for file in $(filter-out benchmarks/bare_catalogue.py benchmarks/library.py benchmarks/language_models.py,$(wildcard benchmarks/*.py)); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

bench-models: $(VENV)/.dev ## What a small language model makes of ten texts (slow; ARGS="--url http://127.0.0.1:18080/v1 --model NAME")
	$(BIN)/python benchmarks/language_models.py $(ARGS)

bench-quick: $(VENV)/.dev ## Measure the catalogue of 10,000 books on both databases beside bare FastAPI, in under two minutes
	@for database in sqlite postgresql; do $(BIN)/python benchmarks/catalogue.py --database $$database --rounds 3 --recommend || exit 1; done

audit: $(VENV)/.dev ## Ask the advisory database about every locked package (needs the network)
	@$(UV) export --quiet --locked --no-dev --no-emit-project --format requirements-txt > .audit.txt
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r .audit.txt; code=$$?; rm -f .audit.txt; exit $$code

compose-up: ## Start or renew the library with Docker Compose; a wrong setting in .env leaves the running one as it is
	docker compose build && docker compose run --rm --no-deps api settings >/dev/null && docker compose up --detach --wait

compose-check: ## Let Docker Compose read docker-compose.yml, and compare its defaults with .env.example
	@bare=$$(docker compose --env-file /dev/null config) && example=$$(docker compose --env-file .env.example config) \
	&& { [ "$$bare" = "$$example" ] || { echo "docker-compose.yml has other defaults than .env.example"; exit 1; }; } \
	&& echo "docker-compose.yml is well-formed, and .env.example has its defaults."

clean: ## Remove the environment and what tools left; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "LuminaLib needs Python 3.11 or newer; name one with PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install -qq uv

$(VENV)/.run: pyproject.toml uv.lock | $(BIN)/python $(UV)
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --quiet --locked --inexact --compile-bytecode --no-dev --python $(BIN)/python
	@touch $@

$(VENV)/.dev: pyproject.toml uv.lock | $(BIN)/python $(UV)
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --quiet --locked --inexact --compile-bytecode --python $(BIN)/python
	@touch $@ $(VENV)/.run
