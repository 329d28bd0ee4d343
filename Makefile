# The two commands: `make corpus` builds raw/ into dist/, `make test` runs every test. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup corpus test check lint types generated floors model compat clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | column -t -s '	'

setup: $(READY) ## make .venv with the package and what its tests need, at pinned versions

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

corpus: $(READY) ## build raw/ into dist/
	$(BIN)/corpus export raw --out dist

test: $(READY) ## run every test
	$(BIN)/python -m pytest

lint: $(READY) ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## static types
	$(BIN)/mypy

generated: $(READY) ## fail when generated text is stale; `python -m docs.generate --update` renews it
	$(BIN)/python docs/generate.py --check

floors: $(READY) ## fail when a score on the annotated pages is below its floor
	$(BIN)/python -m bench.zones --check raw/composed/?.jsonl

model: $(READY) ## train the segmenter anew from raw/ and write its weights (four minutes)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement bench/requirements.txt
	$(BIN)/python -m bench.model

check: lint types generated floors test ## what CI runs

compat: ## load and push with the oldest supported datasets and huggingface_hub, in .venv-compat
	$(PYTHON) -m venv .venv-compat
	.venv-compat/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/compat/requirements.txt
	.venv-compat/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	.venv-compat/bin/python -m pytest tests/test_validate.py tests/test_read.py tests/test_export.py tests/test_push.py tests/test_load.py tests/test_publishing.py

clean: ## remove what was made
	rm -rf .venv .venv-compat dist build .pytest_cache .mypy_cache .ruff_cache
