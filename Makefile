# `make site` builds the microsite, `make serve` shows it while it is written, `make test` runs everything. They do all
# the set-up themselves.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := PYTHONWARNDEFAULTENCODING=1 $(BIN)/pytest -n auto --dist worksteal
COUNTED := --cov --cov-report= --cov-fail-under=0
APPENDED = $(if $(findstring --cov,$(OPTIONS)),--cov-append)
AS_MACOS := tests/test_systems.py tests/system
AS_WINDOWS := $(AS_MACOS) tests/build/test_output.py tests/test_edits.py tests/cache/test_remembering.py \
    tests/cli/test_commands.py
.DEFAULT_GOAL := site
.PHONY: site serve publish test coverage test-full fuzz check lint unit bench shots same on-disk format clean

site: .venv/.site
	@$(BIN)/sitegen build
	@echo "The site is in output/. To read it, and see each change as you write: make serve"

# The preview, until Ctrl+C; OPTIONS such as --port 9000 go to it.
serve: .venv/.site
	@$(BIN)/sitegen serve --open $(OPTIONS)

# Published into the folder that site.yaml names, and read back through nginx, which then ends; OPTIONS=--stay lets it go
# on until Ctrl+C.
publish: .venv/.site
	@$(BIN)/python -m tests.support.published $(OPTIONS)

test check: .venv/.dev .tools/.ready
	@status=0; \
	$(MAKE) --no-print-directory lint unit || status=$$?; \
	cat .tools/missing; \
	exit $$status

lint: .venv/.dev
	$(BIN)/ruff format --check sitegen tests benchmarks
	$(BIN)/ruff check sitegen tests benchmarks
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 sitegen
	$(BIN)/mypy --platform darwin sitegen

unit: .venv/.dev .tools/.ready
	$(PYTEST) $(OPTIONS)
	SITEGEN_SEEDS=0-2 SITEGEN_STEPS=12 $(PYTEST) --as windows $(AS_WINDOWS) $(OPTIONS) $(APPENDED)
	$(PYTEST) --as macos $(AS_MACOS) $(OPTIONS) $(APPENDED)

# The same, with every line and branch of sitegen/ that was run counted, which takes twice as long.
coverage: export OPTIONS = $(COUNTED)
coverage: test
	$(BIN)/coverage report --skip-covered

# The browser tests over every page, width and scheme of colour, Lighthouse on every page, and fuzzers: half an hour, or
# SITEGEN_FUZZ_MINUTES.
test-full: export OPTIONS = -m '' $(COUNTED)
test-full: test
	$(BIN)/coverage report --skip-covered

# The suite on a disk of another system, as on that system; other disks: tests/support/disks.py
on-disk: DISK ?= ntfs
on-disk: .venv/.dev .tools/.ready
	unshare --map-root-user --mount $(BIN)/python -m tests.support.disks $(DISK) \
	    $(BIN)/pytest -n auto --dist worksteal -m 'not full and not browser and not java'

# Sites changed by chance, for an hour or MINUTES; what goes wrong is put down below .tools/fuzz.
fuzz: MINUTES ?= 60
fuzz: .venv/.dev
	@$(BIN)/python -m tests.hostile.campaign .tools/fuzz --minutes $(MINUTES)

# Screenshots of every kind of page, to be looked at.
shots: .venv/.dev .tools/.ready
	@$(BIN)/python -m tests.support.shots .tools/shots

# Whether all outputs are still those of another commit, byte for byte: make same REVISION=COMMIT
same: REVISION ?= HEAD
same: .venv/.dev
	@$(BIN)/python -m tests.support.same_output $(REVISION)

# The peers live in an environment of their own. To try it: make bench BENCH='--articles 20 --rounds 1 --output FOLDER'
# On posts alone: BENCH='--kinds posts'. Beside an older commit of sitegen: BENCH='--before COMMIT'
# Publishes that are killed, beside rsync and rclone: make bench BENCH=--publish
bench: .tools/bench/.ready .tools/bench/.eleventy .tools/bench/.starlight
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
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all]' || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	@echo "Installing sitegen and what its tests need into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/.site

# Sitegen is installed as its users have it, with compiled modules.
.tools/bench/.ready: pyproject.toml $(shell find sitegen -name '*.py')
	@echo "Installing sitegen and its peers into .tools/bench …"
	@$(PYTHON) -m venv .tools/bench
	@.tools/bench/bin/python -m pip install --quiet --disable-pip-version-check '.[bench]'
	@.tools/bench/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	@touch $@

.tools/bench/.eleventy: PACKAGES = @11ty/eleventy@3.1.8 @11ty/eleventy-plugin-rss@3.0.0 @11ty/eleventy-img@7.0.0 \
    @11ty/eleventy-navigation@1.0.5 @11ty/eleventy-plugin-syntaxhighlight@5.0.2
.tools/bench/.starlight: PACKAGES = @astrojs/starlight@0.42.4 @astrojs/markdown-remark@7.3.1 astro@7.3.5 sharp@0.35.5

# By the Node.js of a wheel.
.tools/bench/.eleventy .tools/bench/.starlight: Makefile | .tools/bench/.ready
	@mkdir -p $(subst /.,/node/,$@)
	@.tools/bench/bin/npm install --prefix $(subst /.,/node/,$@) --no-save --no-package-lock --ignore-scripts --no-audit \
	    --no-fund --loglevel=error $(PACKAGES) >/dev/null && touch $@ || \
	    echo "Left out: $(subst .,,$(@F)), since npm could not install it"

.tools/.ready: tests/support/provide.sh
	@bash tests/support/provide.sh
	@touch $@
