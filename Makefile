# `make site` builds the microsite, `make test` runs everything. Both do all the set-up themselves.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := site
.PHONY: site test check lint unit bench format clean

site: .venv/.site
	@$(BIN)/sitegen build
	@echo "The site is in output/. To read it: $(PYTHON) -m http.server --bind 127.0.0.1 --directory output 8000"
	@echo "then open http://127.0.0.1:8000/ in a browser."

test check: .venv/.dev .tools/.ready
	@status=0; \
	$(MAKE) --no-print-directory lint unit || status=$$?; \
	cat .tools/missing; \
	exit $$status

lint: .venv/.dev
	$(BIN)/ruff format --check sitegen tests benchmarks
	$(BIN)/ruff check sitegen tests benchmarks
	$(BIN)/mypy

unit: .venv/.dev .tools/.ready
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered

# The peers live in an environment of their own. More articles: make bench BENCH='--articles 1000 10000'
bench: .tools/bench/.ready
	.tools/bench/bin/python -m benchmarks $(BENCH)

format: .venv/.dev
	$(BIN)/ruff format sitegen tests benchmarks
	$(BIN)/ruff check --fix sitegen tests benchmarks

clean:
	rm -rf .venv .tools output .sitegen

.venv/bin/python:
	@$(PYTHON) -m venv .venv

.venv/.site: pyproject.toml | .venv/bin/python
	@echo "Installing sitegen into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[search]' || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	@echo "Installing sitegen and what its tests need into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/.site

.tools/bench/.ready: pyproject.toml
	@echo "Installing sitegen and its peers into .tools/bench …"
	@$(PYTHON) -m venv .tools/bench
	@.tools/bench/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

.tools/.ready: tests/support/provide.sh
	@bash tests/support/provide.sh
	@touch $@
