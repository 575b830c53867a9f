# The targets that people and CI use. Each can be repeated; a second run does only what changed.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PRECIOUS: build/%/build.ninja
SHELL := /bin/bash

JOBS ?= $(shell nproc)
COMMAND := build/release/bin/calibrant
PYTHON := .venv/bin/python
CXX_FILES := $(shell find include src cli python tests bench examples -name '*.[ch]pp' 2>/dev/null)

.PHONY: help deps build demo generated test test-sanitize test-slow coverage bench docs test-docs test-report test-app fmt lint wheel clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

deps: ## install what is missing (Debian packages, .venv)
	@tools/install_deps.sh

# Remade by `deps` alone when a requirement changed, so that the Parquet plugin follows pyarrow.
.venv/.installed: deps
	@test -f $@

build/%/build.ninja: .venv/.installed CMakePresets.json
	cmake --preset $*

# The build files know every dependency; `ninja` decides what is stale.
.PHONY: compile-%
compile-%: build/%/build.ninja
	cmake --build --preset $* --parallel $(JOBS)

build: compile-release ## the command and the Python package as they ship: build/release/bin/calibrant, build/release/python

demo: build ## train small classifiers, save their predictions, audit them: reports in build/demo
	@$(PYTHON) examples/digits/demo.py --command $(COMMAND) --output build/demo

generated: build ## rewrite what docs/ and README.md take from the command
	$(PYTHON) tools/generate_docs.py $(COMMAND)

test: compile-dev compile-release ## C++ tests, then Python tests of the command and the package as they ship
	ctest --preset dev --parallel $(JOBS)
	@cat build/dev/law_grid.txt build/dev/calibrator_grid.txt
	CALIBRANT_COMMAND=$(abspath $(COMMAND)) PYTHONPATH=$(abspath build/release/python) $(PYTHON) -m pytest

test-torch: compile-release ## tests of calibrant.torch beside torchmetrics, in .venv-torch
	tools/install_deps.sh --torch
	PYTHONPATH=$(abspath build/release/python) .venv-torch/bin/python -m pytest tests/python/test_torch.py tests/python/test_calibration_error.py tests/python/test_typing.py tests/python/test_memory.py

test-sanitize: compile-asan-ubsan ## C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer
	ctest --preset asan-ubsan --parallel $(JOBS)

test-slow: compile-dev compile-release ## statistical tests: coverage of intervals, false-alarm rates; selection on real predictions
	ctest --preset slow --parallel $(JOBS) --verbose
	PYTHONPATH=$(abspath build/release/python) $(PYTHON) -m pytest -m slow

coverage: compile-coverage ## line coverage of the C++ tests: build/coverage/report/index.html
	find build/coverage -name '*.gcda' -delete
	ctest --preset coverage --parallel $(JOBS) --label-exclude 'slow|package'
	mkdir -p build/coverage/report
	.venv/bin/gcovr --root . --filter include/ --filter src/ --gcov-ignore-parse-errors=suspicious_hits.warn \
	  --html-details build/coverage/report/index.html --print-summary build/coverage

bench: compile-bench ## time against the peers; tables in build/bench/results (BENCH_OPTIONS=--quick: a tenth of it)
	@tools/install_deps.sh --bench
	.venv-bench/bin/python bench/run.py --build build/bench --output build/bench/results $(BENCH_OPTIONS)

docs: ## the documentation site: build/docs/html/index.html
	@tools/install_deps.sh --docs
	.venv-docs/bin/python tools/build_site.py --output build/docs

test-docs: docs ## open every page of the site in a browser
	@tools/install_deps.sh --docs-tests
	.venv-docs/bin/python -m pytest tests/site

test-report: compile-release ## open the page of calibrant report in a browser
	@tools/install_deps.sh --docs-tests
	CALIBRANT_COMMAND=$(abspath $(COMMAND)) .venv-docs/bin/python -m pytest tests/browser/report_test.py

test-app: compile-release ## drive the app and the Spaces in a browser, in .venv-app
	@tools/install_deps.sh --app
	PYTHONPATH=$(abspath build/release/python) .venv-app/bin/python -m pytest tests/browser/app_test.py tests/python/test_typing.py

fmt: ## format the C++ sources
	@tools/install_deps.sh --lint
	clang-format-19 -i $(CXX_FILES)

lint: deps ## format, include direction, clang-tidy
	@tools/install_deps.sh --lint
	clang-format-19 --dry-run --Werror $(CXX_FILES)
	$(PYTHON) tools/check_includes.py
	@$(MAKE) --no-print-directory compile-tidy

wheel: deps ## the Python package with the command inside: build/wheel/dist
	$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir build/wheel/dist .

clean: ## remove build/ (the Python environments stay)
	rm -rf build
