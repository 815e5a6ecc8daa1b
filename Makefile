# The commands of cxsurvey. Anything complicated is Python: bootstrap.py, supervisor.py, processes/.
PYTHON ?= python3
PORT ?=
ONCE ?=
ARGS ?=
RUN := .venv/bin/python
export PORT ONCE

.PHONY: help demo run test coverage check bench chaos lock install install-dev
.DEFAULT_GOAL := help

help:  ## Show this list
	@echo "make demo         try it: everything installed, started and filled with demo programmes on http://127.0.0.1:8000"
	@echo "                  PORT=8001 another port; ONCE=1 do the main job once, print the comparison and stop"
	@echo "make run          serve an empty installation (DATABASE_URL, CELERY_BROKER_URL … switch to real servers)"
	@echo "make test         the whole test suite on a real database and broker; ARGS=\"-k …\" narrows"
	@echo "make coverage     the same with a coverage report, also as pages in var/coverage/html"
	@echo "make check        format, lint, types, import contracts, migrations, deployment settings, templates"
	@echo "make bench        measure speed; writes tables and JSON below var/bench"
	@echo "make chaos        break whole installations and count what is lost, doubled, unknown (hours; ARGS=\"a1 --n 500\")"
	@echo "make lock         pin requirements.in and requirements-dev.in again (needs uv)"
	@echo "PYTHON=python3.12 uses another Python (3.11 or newer) for .venv"

demo: install
	@exec $(RUN) -m cxsurvey.supervisor demo --with-parent

run: install
	@exec $(RUN) -m cxsurvey.supervisor run --with-parent

test: install-dev
	@$(RUN) -m pytest -n 2 $(ARGS)

coverage: install-dev
	@$(RUN) -m pytest -n 2 --cov --cov-report=term --cov-report=html:var/coverage/html $(ARGS)

check: install-dev
	@$(RUN) -m cxsurvey.processes.check

bench: install-dev
	@$(RUN) -m benchmarks $(ARGS)

chaos: install-dev
	@$(RUN) -m tests.chaos $(ARGS)

lock:
	@sh .ci/lock

install:
	@$(call bootstrap,requirements.txt)

install-dev:
	@$(call bootstrap,requirements.txt requirements-dev.txt)

bootstrap = command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed: install Python 3.11 or newer." >&2; exit 2; }; \
	exec $(PYTHON) cxsurvey/bootstrap.py $(1)
