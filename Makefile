# `make demo` and `make test` need nothing but make and Python 3.11 or newer: they create and reuse .venv by themselves.
# Another Python: make demo PYTHON=python3.13. Arguments for the command: make demo ARGS=--help.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PEERS := piratetok tiktoklive tiktokliveproto connector legacy

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-pure-python peers test-peers test-homeassistant test-nodered test-browser test-web check format proto man docs site bench bench-check bench-scale bench-peers soak fuzz audit clean

help:
	@echo 'make demo                run a broker, a simulated TikTok LIVE, the daemon and a view of its events'
	@echo 'make test                run the whole test suite'
	@echo 'make test-pure-python    test the decoding of messages with protobuf in pure Python, as on 32-bit ARM'
	@echo 'make peers               install clients of other projects into .peers with pip and npm'
	@echo 'make test-peers          check the simulator against them'
	@echo 'make test-homeassistant  run the tests that need Home Assistant; see docs/development.md'
	@echo 'make test-nodered        test the flow in a real Node-RED; see docs/development.md'
	@echo 'make test-browser        test the transport browser in a real Chromium'
	@echo 'make test-web            test the page and the overlays in a real Chromium'
	@echo 'make check               check formatting, lint, types, import contracts and generated files'
	@echo 'make format              format the code and apply the lint fixes'
	@echo 'make proto               generate the protobuf modules from proto/'
	@echo 'make man                 generate the manual page, build/tiktok2mqtt.1'
	@echo 'make docs                generate the settings table, .env.example, event docs, schemas and types'
	@echo 'make site                build the website of the documentation, build/site, and check its links'
	@echo 'make bench               measure latency and throughput'
	@echo 'make bench-check         compare the ratios with bench/budget.toml'
	@echo 'make bench-scale         measure the cost of an event with more rooms and more events'
	@echo 'make bench-peers         compare the daemon with scripts that use other clients'
	@echo 'make soak                ten minutes of faults and kills, then count what was lost; ARGS="--kills 200" or "--reconnects 1000"'
	@echo 'make fuzz                fuzz every parser of peer input; ARGS="--runs 1000000" for a long one'
	@echo 'make audit               check the installed packages for known vulnerabilities; needs a network'
	@echo 'make clean               remove .venv, .peers, caches and build products'

demo: .venv/.demo
	@exec $(BIN)/tiktok2mqtt demo $(ARGS)

# Bytecode is compiled once instead of by each worker and child process, even if the environment disables it.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/.dev
	@exec $(BIN)/python -m pytest --ignore tests/peers -n 6 --dist worksteal --cov --cov-report term:skip-covered $(ARGS)

# Where protobuf has no compiled wheel. Without the tests that take minutes there.
test-pure-python: export PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION = python
test-pure-python: .venv/.dev
	@exec $(BIN)/python -m pytest tests/webcast/events tests/webcast/net/test_frames.py tests/webcast/test_session.py \
		tests/webcast/test_captures.py -m 'not unmeasured' -n 6 --dist worksteal $(ARGS)

peers: $(PEERS:%=.peers/%/.installed)

test-peers: .venv/.dev peers
	@exec $(BIN)/python -m pytest tests/peers $(ARGS)

bench-scale: .venv/.dev
	@exec $(BIN)/python -m bench.scale $(ARGS)

bench-peers: .venv/.dev peers
	@exec $(BIN)/python -m bench.comparison $(ARGS)

# tests/homeassistant/api.py documents the variables; without them every test is skipped.
test-homeassistant: .venv/.dev
	@exec $(BIN)/python -m pytest tests/homeassistant $(ARGS)

test-browser: .venv/.dev
	@REQUIRE_CHROMIUM=1 exec $(BIN)/python -m pytest tests/browser $(ARGS)

# Playwright drives a Chromium of the system.
test-web: .venv/.dev .venv/.web-tests
	@REQUIRE_CHROMIUM=1 exec $(BIN)/python -m pytest tests/web $(ARGS)

test-nodered: .venv/.dev
	@exec $(BIN)/python -m pytest tests/nodered $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python proto/generate.py --check
	$(BIN)/python docs/generate.py --check

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: .venv/.dev
	@exec $(BIN)/python -m bench.soak $(ARGS)

man: .venv/.dev
	@mkdir -p build
	$(BIN)/argparse-manpage --module tiktok2mqtt.cli.main --function build_parser --prog tiktok2mqtt --output build/tiktok2mqtt.1 \
	  --project-name tiktok2mqtt --version "$$($(BIN)/tiktok2mqtt --version | cut -d' ' -f2)" --manual-title 'User commands'

proto: .venv/.dev
	$(BIN)/python proto/generate.py

docs: .venv/.dev
	$(BIN)/python docs/generate.py

site: .venv/.site
	@exec $(BIN)/python -m docs.site

bench: .venv/.dev
	@exec $(BIN)/python -m bench $(ARGS)

fuzz: .venv/.dev .venv/.fuzz
	@exec $(BIN)/python -m fuzz $(ARGS)

audit: .venv/.dev .venv/.audit
	@exec .ci/audit $(BIN)

bench-check: .venv/.dev
	@exec $(BIN)/python -m bench.check $(ARGS)

clean:
	rm -rf .venv .peers build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps .venv/.demo and .venv/.dev say that the extra of that name is installed. pip heeds the PIP_* variables.
.venv/.%: pyproject.toml $(BIN)/python
	@echo 'Installing tiktok2mqtt[$*] into .venv (only when pyproject.toml changes)'
	@$(BIN)/python -m pip install --quiet --quiet --no-input --disable-pip-version-check --editable '.[$*]'
	@touch $@

# Each client of another project has an environment of its own: a list for pip, or a package.json.
.peers/%/.installed: tests/peers/environments/%.txt $(BIN)/python
	@echo 'Installing $* and what it needs into .peers'
	@$(BIN)/python -m venv --clear .peers/$*
	@.peers/$*/bin/python -m pip install --quiet --quiet --no-input --disable-pip-version-check --requirement $<
	@touch $@

.peers/%/.installed: tests/peers/environments/%.json
	@command -v npm >/dev/null || { echo 'No npm: going on without $*' >&2; exit 0; }; \
	echo 'Installing $* and what it needs into .peers'; \
	mkdir -p .peers/$* && cp $< .peers/$*/package.json && \
	npm install --prefix .peers/$* --loglevel error --no-audit --no-fund >/dev/null && touch $@

# A .venv whose Python is gone is recreated. One that could not be completed is removed.
$(BIN)/python:
	@version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || version=; \
	case "$$version" in \
	3.1[1-9]|3.[2-9][0-9]) ;; \
	'') echo "tiktok2mqtt needs Python 3.11 or newer, but '$(PYTHON)' does not run: install it, or name one with PYTHON=..." >&2; exit 1 ;; \
	*) echo "tiktok2mqtt needs Python 3.11 or newer, but '$(PYTHON)' is $$version: name a newer one with PYTHON=..." >&2; exit 1 ;; \
	esac; \
	error=$$($(PYTHON) -m venv --clear .venv 2>&1) && exit; \
	rm -rf .venv; \
	case "$$error" in \
	''|*ensurepip*|*'No module named'*) echo "'$(PYTHON)' lacks venv or ensurepip: install them (Debian and Ubuntu: apt install python3-venv)" >&2 ;; \
	*) echo "'$(PYTHON) -m venv .venv' failed: $$(printf '%s\n' "$$error" | tail -n 1)" >&2 ;; \
	esac; \
	exit 1
