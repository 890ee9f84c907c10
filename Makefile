# Two commands matter: `make run` serves the assistant, `make test` proves it.
# Paths stay relative, so that a checkout in a directory with a space in its name works.

PYTHON ?= python3
PY := .venv/bin/python
QUESTIONS ?= tests/questions/dev.jsonl

.PHONY: setup run test test-timing test-slow test-looks looks lint lock bill audit advisories evaluate bench benchmark sizes refresh stress stress-refresh test-milvus test-milvus-server stress-kills stress-replicas train widget clean

setup: .venv/installed

# Every package by the hash of its file, wheels only, so that nothing is run while it is being installed. The locks are
# complete, so pip has nothing to resolve; `pip check` proves it.
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:

# A lock without torch and without what only PyPI's build of it for Linux needs: gigabytes of NVIDIA's libraries.
WITHOUT_TORCH = awk '/^[A-Za-z0-9]/ {skip = /^(torch|triton|nvidia-|cuda-)/} !skip'

# torch is fetched first, by its version alone: given hashes, pip prefers PyPI's build even where an index offers the
# processor-only one, which is another file. Whichever came, its hash must stand in the lock.
.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. Install it and run make with PYTHON=python3.11, or whatever its name is." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "$(PYTHON) has no venv. Install it (Debian, Ubuntu: apt-get install python3-venv) and run make again." >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(PY) -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest .venv/torch \
		"$$(grep -o '^torch==[^ ;]*' requirements.txt)"
	grep -qFe "$$($(PY) -m pip hash .venv/torch/*.whl | tail -n 1)" requirements.txt || { \
		echo "This build of torch is not in the lock; see docs/deploying.md." >&2; exit 2; }
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps .venv/torch/*.whl
	rm -r .venv/torch
	$(WITHOUT_TORCH) requirements.txt > .venv/without-torch.txt
	$(INSTALL) -r .venv/without-torch.txt
	$(PY) -m pip check || { $(INSTALL) -r requirements.txt && $(PY) -m pip check; }
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(WITHOUT_TORCH) requirements-dev.txt > .venv/without-torch.txt
	$(INSTALL) -r .venv/without-torch.txt
	$(PY) -m pip check
	touch $@

# Renews the locks and the bill of materials after a change of pyproject.toml: what is locked keeps its version if it can;
# UPGRADE=--upgrade takes the newest of what pyproject.toml does not pin. torch's hashes are those of PyPI's files and one more: the
# processor-only build that other indexes offer under the same version (CPython 3.11, Linux, x86-64).
COMPILE = $(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
TORCH_OF_OTHER_INDEXES = sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b
lock:
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check "$$(grep -o 'uv==[0-9.]*' pyproject.toml)"
	$(COMPILE) $(UPGRADE) pyproject.toml --all-extras --output-file requirements-dev.txt
	grep -q $(TORCH_OF_OTHER_INDEXES) requirements-dev.txt || \
		sed -i.old 's/^torch==.*/&\n    --hash=$(TORCH_OF_OTHER_INDEXES) \\/' requirements-dev.txt
	cp requirements-dev.txt requirements.txt && $(COMPILE) pyproject.toml --output-file requirements.txt
	cp requirements-dev.txt requirements-serve.txt && $(COMPILE) --group serve --output-file requirements-serve.txt

# The bill of materials in CycloneDX: what is installed, with licences and what needs what. Hashes stand in the locks. Links are
# left out: one is the folder that torch was installed from.
BILL ?= sbom.cdx.json
bill: .venv/installed-dev
	.venv/bin/cyclonedx-py environment --pyproject pyproject.toml $(PY) | $(PY) -c 'import json, sys; \
		without = lambda part: {name: value for name, value in part.items() if name != "externalReferences"}; \
		print(json.dumps(json.load(sys.stdin, object_hook=without), indent=1))' > '$(BILL)'

# Known vulnerabilities of what is locked. A source that does not report the canary's published ones would report none of ours
# either, so its silence is no success. Where no source can be reached, ADVISORIES is asked: a snapshot that `make advisories`
# fetched on a machine with a network; it tells its date.
AUDIT = $(PY) -m pip_audit --no-deps --disable-pip --progress-spinner off --timeout 15
ADVISORIES ?= .venv/advisories.zip
audit: .venv/installed-dev
	@echo 'gradio==4.44.1' > .venv/canary.txt
	@if $(AUDIT) --format json -r .venv/canary.txt 2>/dev/null | grep -q GHSA; then $(AUDIT) -r requirements-dev.txt; \
	elif test -f '$(ADVISORIES)'; then $(PY) -m tests.advisories '$(ADVISORIES)' requirements-dev.txt; \
	else echo "NOT AUDITED: no source of advisories gave an answer that can be relied on, and there is no $(ADVISORIES)." >&2; exit 3; fi

# OSV's own export of all advisories on packages of PyPI, some tens of megabytes.
advisories: .venv/installed-dev
	$(PY) -c 'import sys, urllib.request as web; web.urlretrieve(*sys.argv[1:])' \
		https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip '$(ADVISORIES)'

run: setup
	$(PY) app.py

lint: .venv/installed-dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

# Two processes, each with whole files of tests: most of a run is waiting for servers and browsers.
test: lint
	$(PY) -m pytest --numprocesses 2 --dist loadfile

# The promises of speed, which `make test` leaves out: seconds mean nothing on a machine that is busy with other tests.
test-timing: .venv/installed-dev
	$(PY) -m pytest -m timing --no-cov

# Kills before live replicas, training whole, Milvus that is not there yet: what takes minutes and seldom breaks.
test-slow: .venv/installed-dev
	$(PY) -m pytest -m slow --no-cov

# The page's looks by pixels, in the browser and with the fonts that they were taken with; `make looks` takes them anew.
test-looks: .venv/installed-dev
	$(PY) -m pytest -m slow --no-cov -rs tests/test_page_looks.py

looks: .venv/installed-dev
	RENEW_LOOKS=1 $(PY) -m pytest -m slow --no-cov tests/test_page_looks.py

evaluate: setup
	$(PY) -m index build
	$(PY) -m assistant evaluate $(QUESTIONS)

# From "my article changed" to "visitors see it": fetch, check, build, evaluate, report, and publish if the gate holds and
# you say yes. `make refresh PUBLISH=--publish` does not ask.
refresh: setup
	$(PY) -m corpus refresh --all --yes || test $$? -eq 3  # a dead source is told, and stops nothing
	$(PY) -m corpus check
	$(PY) -m index refresh $(PUBLISH)

# 200 kills, 500 damaged versions, 50 swaps under 10,000 questions; with CORPUS=medquad_corpus.jsonl.gz its articles, too.
stress-refresh: .venv/installed-dev
	STRESS_KILLS=200 STRESS_DAMAGES=500 STRESS_QUESTIONS=10000 STRESS_SWAPS=50 $(PY) -m pytest --no-cov -s \
		tests/test_index_crashes.py tests/test_web_process_live.py
	$(if $(CORPUS),$(PY) -m tests.benchmarks.large_corpus $(CORPUS))

# Ten minutes of 50 users, five times the load it can carry, 10,000 questions, 200,000 fuzzed ones, and strangers at the
# sockets: an hour or two.
stress: .venv/installed-dev
	STRESS_XSS=100 STRESS_SCHEMA=1000 $(PY) -m pytest --no-cov tests/test_page_hostile_text.py tests/test_web_schema.py
	for attack in triage load overload soak connections fuzz fuzz-by-coverage; do $(PY) -m tests.stress $$attack || exit 1; done

# Twenty publications before three replicas, by a shared folder and by an object store; a hundred kills of a fetch.
stress-replicas: .venv/installed-dev
	STRESS_PUBLISHES=20 STRESS_KILLS=100 $(PY) -m pytest --no-cov -s tests/test_deploy_publishing.py tests/test_index_replication_following.py

# Three replicas behind nginx, one killed every 20 seconds for three minutes, while visitors ask: five minutes.
stress-kills: .venv/installed-dev
	$(PY) -m tests.stress kills

# All labelled questions through files and through Milvus Lite.
test-milvus: .venv/installed-dev
	MILVUS_QUESTIONS=0 $(PY) -m pytest --no-cov -s tests/test_web_milvus.py

# The contract of a vector store against the server of Milvus 2.3.5, the newest that is a package; some ten minutes. It listens
# on every interface, so it runs in a network of its own: Linux, root or user namespaces, and `ip`.
test-milvus-server: .venv/installed-dev
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --upgrade \
		--target .venv/milvus-server milvus==2.3.5
	unshare --net --map-root-user $(PY) -m tests.milvus_server .venv/milvus-server

# Learns everything that is committed as learned, from the committed labels: an hour on two cores (2026-11-29).
train: .venv/installed-dev
	$(PY) -m assistant.training

# Ours, the bare floor, naive servers and what a user would pick instead, side by side in one run: some ten minutes, and a few
# more the first time, for the packages of the others. Leaves JSON and a page in tests/benchmarks/results.
bench: .venv/installed-dev
	PYTHONPATH=benchmark $(PY) -m tests.benchmarks.speed

# How good answers are, ours and others', on labelled questions: a package of its own, which anybody can run (benchmark/README.md).
# Some ten minutes, and a few more the first time.
benchmark: .venv/installed-dev
	cd benchmark && ../$(PY) -m quote_benchmark run

# What a question, loading, memory and disk cost from 28 to a million passages, drawn around the articles of INDEX_DIR:
# QUESTIONS holds lines of {"text"}. Takes ten minutes and 10 GB of disk.
sizes: .venv/installed-dev
	$(PY) -m tests.benchmarks.sizes --questions $(QUESTIONS)

# The widget's files out of its sources; needs node. What it makes is committed, but for the npm package.
widget: setup
	npm ci --prefix assistant/web/widget
	$(PY) -m assistant.web.widget --package assistant/web/widget/package/dist

clean:
	rm -rf .venv .venv-bench benchmark/.venv-benchmark index/versions reports
