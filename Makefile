# Everything here needs Python 3.11 or newer and make; `make install` fetches the rest into .venv.

PYTHON ?= python3
PORT ?= 8000
# Not from the environment, where some shells keep the machine's name under HOST.
HOST := 127.0.0.1
# The least share of a bare application's speed that `make bench` accepts.
AT_LEAST := 0.55
# More arguments for the command behind a target: make test ARGS="-k store"
ARGS :=

# For `make fidelity`: a folder of OpenAPI documents, and the harness that judges how they are served.
CORPUS :=
HARNESS = $(CORPUS)/../fidelity

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install serve test examples docs check format bench fidelity lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do printf '%-16s %s\n' "$$target" "$$text"; done

install: $(INSTALLED) ## create .venv with the exact versions of requirements-dev.lock
	@echo '$(VENV) is ready'

$(INSTALLED): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo 'understudy needs Python 3.11 or newer, and there is no "$(PYTHON)" here; name one: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("understudy needs Python 3.11 or newer, and \"$(PYTHON)\" is %d.%d; name another: make PYTHON=/path/to/python3" % sys.version_info[:2])'
	@echo 'Installing requirements-dev.lock into $(VENV) (it takes about half a minute) ...'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
	@touch $@

serve: $(INSTALLED) ## serve the four bundled sandboxes; PORT=8000 HOST=127.0.0.1
	@$(BIN)/understudy serve --host $(HOST) --port $(PORT) $(ARGS) || [ $$? -eq 130 ] # Ctrl-C is how it ends

test: $(INSTALLED) ## run the tests
	@$(BIN)/python -m pytest -n auto $(ARGS)

examples: $(INSTALLED) ## run the tests of examples/, in Python and TypeScript, against sandboxes
	@examples/run.sh

docs: $(INSTALLED) ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

check: $(INSTALLED) ## lint, format, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy docs/generate.py
	$(BIN)/mypy examples/pytest/*.py
	$(BIN)/lint-imports

format: $(INSTALLED) ## rewrite the code in the project's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## measure beside a bare Starlette application; fails below AT_LEAST=0.55 of its speed
	@$(BIN)/python benchmarks/bench.py --at-least $(AT_LEAST) $(ARGS)

# The harness judges with validators of its own, in an environment of its own; it lies beside the corpus unless HARNESS says otherwise.
fidelity: $(INSTALLED) ## judge how documents are served: CORPUS=folder [HARNESS=folder], ARGS="--only petstore"
	@test -n "$(CORPUS)" || { echo 'name the folder of documents: make fidelity CORPUS=path' >&2; exit 2; }
	@test -f "$(HARNESS)/corpus.py" || { echo 'there is no harness in "$(HARNESS)"; name its folder: make fidelity CORPUS=path HARNESS=path' >&2; exit 2; }
	@test -d build/fidelity || { $(PYTHON) -m venv build/fidelity && build/fidelity/bin/python -m pip install --quiet --disable-pip-version-check jsonschema referencing PyYAML regex; }
	@build/fidelity/bin/python $(HARNESS)/corpus.py $(CORPUS) '$(BIN)/understudy serve {spec} --port {port}' $(ARGS)

# A fresh environment, so that nothing stays in the lock which nothing asks for any more.
lock: ## write requirements-dev.lock anew from what pyproject.toml allows
	@rm -rf build/lock && mkdir -p build
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check --no-input '.[dev]'
	@{ echo '# Exact versions of the development environment. Written by `make lock`; do not edit.'; \
	   build/lock/bin/python -m pip --disable-pip-version-check freeze --exclude understudy; } > build/requirements-dev.lock
	@mv build/requirements-dev.lock requirements-dev.lock && rm -rf build/lock

clean: ## remove .venv and all that tools left behind
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
