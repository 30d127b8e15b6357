# ConvScope. `make run` on a bare machine does all the set-up; what each target needs is in tools/.
# Windows and macOS: the README has the plain pip commands.

.DEFAULT_GOAL := help
.PHONY: help run test lint bench tour setup clean

# make run ARGS="--page convolution photo.jpg"
ARGS ?=
JOBS ?= 2
BIN := .venv/bin

# The tests find the real data here; where there is none, those that need it are skipped and say so.
ifneq ($(wildcard ../shared/assets),)
export CONVSCOPE_ASSETS ?= $(abspath ../shared/assets)
endif

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

run: setup ## set up what is missing and open the window (ARGS="--page convolution photo.jpg")
	@sh tools/run.sh $(ARGS)

test: lint ## lint, types, import contracts and all tests (JOBS=1: one after the other)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q --durations=10 -n $(JOBS) --dist loadfile $(ARGS)

lint: setup ## lint, types and import contracts only
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## measure the ratios and write benchmarks/results.json
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks $(ARGS)

tour: setup ## render every page to tour/ (index.html)
	QT_QPA_PLATFORM=offscreen $(BIN)/python app.py --tour tour $(ARGS)
	@echo "Open $(CURDIR)/tour/index.html"

setup: ## .venv with the dependencies, and Qt's system libraries
	@PYTHON="$(PYTHON)" sh tools/setup.sh

clean: ## remove what the other targets made; .venv stays
	rm -rf tour build dist out see-out ./*.egg-info .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
