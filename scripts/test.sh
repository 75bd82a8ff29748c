#!/bin/sh
# The tests of the browser's modules, then all others; pytest speaks last.
set -eu
cd "$(dirname "$0")/.."
if ls tests/js/*.test.* >/dev/null 2>&1; then .venv/bin/node --test --test-reporter=dot tests/js/*.test.*; fi
exec .venv/bin/pytest -q -n 2 --dist=worksteal "$@"
