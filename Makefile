PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: install demo postgres browser screenshots test test-slow bench-quick lint clean

install: $(INSTALLED)

# The stamp is newer than what it was made from, so a changed dependency installs again.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: install
	$(BIN)/sizewise run digits

# The tests of stores in PostgreSQL run where its server is installed, and are skipped elsewhere.
postgres:
	scripts/postgres.sh install

# The tests of the dashboard use Debian's Chromium, and are skipped where it is missing.
browser:
	scripts/browser.sh

# The pictures of the dashboard in docs/images, from searches that are run for them.
screenshots: install
	$(BIN)/python scripts/screenshots.py

test: install
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-slow: install
	$(BIN)/python -m pytest -m slow

bench-quick: install
	@set -e; for file in benchmarks/[a-z]*.py; do \
		name=$$(basename $$file .py); echo "== $$name"; \
		$(BIN)/python -m benchmarks.$$name --quick; \
	done

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
