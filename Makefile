# Two commands matter: `make run` serves the assistant, `make test` proves it.
# Paths stay relative, so that a checkout in a directory with a space in its name works.

PYTHON ?= python3
PY := .venv/bin/python
QUESTIONS ?= tests/questions/dev.jsonl

.PHONY: setup run test lint evaluate train clean

setup: .venv/installed

# The torch wheel must be named in the same command as the packages that depend on it (see requirements.txt).
.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt requirements-train.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

.venv/installed-train: .venv/installed requirements-train.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-train.txt
	touch $@

run: setup
	$(PY) app.py

lint: .venv/installed-dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

test: lint
	$(PY) -m pytest

evaluate: setup
	$(PY) -m index build
	$(PY) -m assistant evaluate $(QUESTIONS)

# Learns everything that is committed as learned, from the committed labels. Not yet timed as a whole: its two trainings
# took about 15 minutes each on two free cores.
train: .venv/installed-train
	$(PY) -m assistant.training

clean:
	rm -rf .venv index/versions reports
