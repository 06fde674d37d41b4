#!/usr/bin/env bash
# Runs the clients of six vendors against sandboxes of the documents they publish, which are in the folder CORPUS.
set -euo pipefail
: "${CORPUS:?name the folder of the documents: CORPUS=path}"
CORPUS=$(cd "$CORPUS" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../.. && pwd)
export CORPUS UNDERSTUDY=$root/.venv/bin/understudy

python=$root/build/sdks/bin/python
if ! test "$root/build/sdks/.installed" -nt requirements.lock; then
  python3 -m venv "$root/build/sdks"
  "$python" -m pip install --quiet --disable-pip-version-check --no-input -r requirements.lock
  touch "$root/build/sdks/.installed"
fi
"$python" -m pytest -q -p no:cacheprovider --rootdir . -c /dev/null .

command -v npm >/dev/null || { echo 'npm is not here: Octokit is not run'; exit 0; }
served=$(mktemp)
"$UNDERSTUDY" serve "$CORPUS/github.json" --port 0 --no-reload >"$served" &
server=$!
trap 'kill $server 2>/dev/null; rm -f "$served"' EXIT
for _ in $(seq 300); do
  test -s "$served" && break
  kill -0 $server 2>/dev/null || exit 1 # it has said why
  sleep 0.1
done
SANDBOX_URL=$(sed -n 's/.*\(http:\/\/[^\/ ]*\).*/\1/p' "$served" | head -n 1)
export SANDBOX_URL
npm ci --silent --no-audit --no-fund
npm test --silent
