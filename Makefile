# Two commands matter: `make run` serves the assistant, `make test` proves it.
# Paths stay relative, so that a checkout in a directory with a space in its name works.

PYTHON ?= python3
PY := .venv/bin/python
QUESTIONS ?= tests/questions/dev.jsonl

.PHONY: setup run test lint lock bill audit evaluate bench sizes capacity refresh stress stress-refresh test-milvus test-milvus-server stress-kills stress-replicas train widget clean

setup: .venv/prepared

# What a server would make at its first start; where the code cannot be written to, it has to be made here.
.venv/prepared: .venv/installed
	$(PY) -m assistant.prepared
	touch $@

# Every package by the hash of its file, wheels only, so that nothing is run while it is being installed. The locks are
# complete, so pip has nothing to resolve; `pip check` proves it.
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:

# torch is fetched first by its version alone: given hashes, pip prefers PyPI's build for Linux, which needs gigabytes of
# NVIDIA's libraries, even where an index offers the processor-only one. What was fetched is then installed by its hash.
.venv/installed: requirements.txt requirements.lock requirements-torch.lock requirements-nvidia.lock
	$(PYTHON) -m supply_chain.locks
	$(PYTHON) -m venv .venv
	$(PY) -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest .venv/torch \
		"$$(grep '^torch==' requirements.txt)"
	$(INSTALL) --no-index --find-links .venv/torch -r requirements-torch.lock
	rm -r .venv/torch
	$(INSTALL) -r requirements.lock
	$(PY) -m pip check || { $(INSTALL) -r requirements-nvidia.lock && $(PY) -m pip check; }
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt requirements-train.txt requirements-milvus.txt requirements-s3.txt \
		requirements-dev.lock
	$(PYTHON) -m supply_chain.locks
	$(INSTALL) -r requirements-dev.lock
	$(PY) -m pip check
	touch $@

# Renews the locks after a change to a requirements*.txt; UPGRADE=--upgrade also takes the newest of what no list pins.
lock:
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements-dev.txt)"
	$(PY) -m supply_chain.renew $(UPGRADE)

# The bill of materials, out of the locks.
bill: .venv/installed-dev
	$(PY) -m supply_chain.bill

# Known vulnerabilities of what is locked: 0 none, 1 some, 3 not audited (no source could be relied on).
audit: .venv/installed-dev
	$(PY) -m supply_chain.audit

run: setup
	$(PY) app.py

lint: .venv/installed-dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

# Two processes, each with whole files of tests: most of a run is waiting for servers and browsers.
test: lint
	$(PY) -m pytest --numprocesses 2 --dist loadfile

evaluate: setup
	$(PY) -m index build
	$(PY) -m assistant evaluate $(QUESTIONS)

# From "my article changed" to "visitors see it": fetch, check, build, evaluate, report, and publish if the gate holds and
# you say yes. `make refresh PUBLISH=--publish` does not ask.
refresh: setup
	$(PY) -m corpus refresh --all --yes
	$(PY) -m corpus check
	$(PY) -m index refresh $(PUBLISH)

# 200 kills, 500 damaged versions, 50 swaps under 10,000 questions; with CORPUS=medquad_corpus.jsonl.gz its articles, too.
stress-refresh: .venv/installed-dev
	STRESS_KILLS=200 STRESS_DAMAGES=500 STRESS_QUESTIONS=10000 STRESS_SWAPS=50 $(PY) -m pytest --no-cov -s \
		tests/test_index_crashes.py tests/test_assistant_live.py
	$(if $(CORPUS),$(PY) -m tests.benchmarks.large_corpus $(CORPUS))

# Ten minutes of 50 users, five times the load it can carry, 10,000 questions, 200,000 fuzzed ones: an hour or two.
stress: .venv/installed-dev
	STRESS_XSS=100 STRESS_SCHEMA=1000 $(PY) -m pytest --no-cov tests/test_page_hostile_text.py tests/test_web_schema.py
	for attack in load overload soak fuzz fuzz-by-coverage; do $(PY) -m tests.stress $$attack || exit 1; done

# Twenty publications before three replicas, by a shared folder and by an object store; a hundred kills of a fetch.
stress-replicas: .venv/installed-dev
	STRESS_PUBLISHES=20 STRESS_KILLS=100 $(PY) -m pytest --no-cov -s tests/test_deploy_publishing.py tests/test_index_mirror.py

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

# Learns everything that is committed as learned, from the committed labels: 44 minutes on one core (2026-11-23).
train: .venv/installed-dev
	$(PY) -m assistant.training

# Ours, the bare floor, naive servers and what a user would pick instead, side by side in one run: some ten minutes, and a few
# more the first time, for the packages of the others. Leaves JSON, plots and a page in tests/benchmarks/results.
bench: .venv/installed-dev
	$(PY) -m tests.benchmarks.speed

# What a question, loading, memory and disk cost from 28 to a million passages, drawn around the articles of INDEX_DIR:
# QUESTIONS holds lines of {"text"}. Takes ten minutes and 10 GB of disk.
sizes: .venv/installed-dev
	$(PY) -m tests.benchmarks.sizes --questions $(QUESTIONS)

# What a question costs, what one and three replicas carry, and the simulation beside what was measured: five minutes, best
# as root on an idle machine (NICE=-15 keeps others from taking part).
NICE ?= 0
capacity: .venv/installed-dev
	$(PY) -m tests.benchmarks.capacity --nice $(NICE)

# The widget's files out of its sources; needs node. What it makes is committed.
widget: setup
	npm ci --prefix assistant/web/widget
	$(PY) -m assistant.web.widget

clean:
	rm -rf .venv .venv-bench index/versions reports
