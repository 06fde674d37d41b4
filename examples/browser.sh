#!/usr/bin/env bash
# Uses the console and the documentation page in a real Chromium, driven from Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source examples/chromium.sh
test -n "$CHROMIUM" || exit 0
exec .venv/bin/python -m pytest console/test "$@"
