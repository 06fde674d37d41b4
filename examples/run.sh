#!/usr/bin/env bash
# Runs the examples' own tests, as their users would: pytest starts a sandbox by itself, TypeScript gets one on a free port.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source examples/serving.sh

"$bin/python" -m pytest -q --rootdir examples/pytest -c examples/pytest/pytest.ini examples/pytest

serve accounts
export SANDBOX_URL=$url
serve_own

cd examples/typescript
npm_install
npm test --silent
cd ../..
source examples/chromium.sh
test -n "$CHROMIUM" || exit 0
cd examples/typescript
npm run --silent test:browser
