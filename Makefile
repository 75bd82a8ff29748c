# make run    the wall on http://127.0.0.1:8050, with everything it needs
# make test   every test
# make bench  every figure
# make check  lint, types and floors
.DEFAULT_GOAL := run
.PHONY: run test check bench lock clean
PYTHON := .venv/bin/python
export PYTHONDONTWRITEBYTECODE :=

run:
	@scripts/set-up.sh run
	@.venv/bin/wall serve

check:
	@scripts/set-up.sh test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/node node_modules/typescript/bin/tsc -p tsconfig.json

test: check
	@scripts/test.sh

bench:
	@scripts/set-up.sh test
	$(PYTHON) -m bench

lock:
	@scripts/set-up.sh test
	$(PYTHON) -m uv pip compile --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header -q pyproject.toml -o requirements.lock
	$(PYTHON) -m uv pip compile --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header -q --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(PYTHON) -m uv pip compile --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header -q scripts/uv.in -o scripts/uv.lock

# What was made, not what was entered: var/ holds the database and stays.
clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info test-results
