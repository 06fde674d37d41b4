#!/usr/bin/env bash
# Runs the console, and the page of examples/typescript/browser, in a real Chromium, where a cookie is what the browser says it is.
# Where there is none, it is installed if that can be done here; else this says why nothing was run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if test -n "$name" && command -v "$name"; then return; fi
  done
}

install_chromium() {
  if test "$(id -u)" -ne 0 || ! command -v apt-get >/dev/null; then
    echo 'skipped: no Chromium is here, and only root can install it, with apt-get; CHROMIUM=path names one'
    exit 0
  fi
  echo 'Installing Chromium with apt-get ...'
  export DEBIAN_FRONTEND=noninteractive
  if ! { timeout 60 apt-get update && timeout 300 apt-get install --yes --no-install-recommends chromium; } >build/chromium.log 2>&1; then
    echo "skipped: no Chromium is here, and apt-get cannot install it: $(tail -1 build/chromium.log)"
    exit 0
  fi
}

mkdir -p build
test -n "$(find_chromium)" || install_chromium
CHROMIUM=$(find_chromium)
export CHROMIUM

source examples/serving.sh
export ANSWERS=$folder/answers
mkdir "$ANSWERS"
serve shop docs/shop.yaml --stubs "$ANSWERS" --journal 20000 --limit-journal 64MiB
export CONSOLE_URL=$url
serve docs tests/contracts/accounts/authorized.yaml --credentials issued
export DOCS_URL=$url/docs
(cd console && npm_install && npm test --silent)

serve_own
cd examples/typescript
npm_install
npm run --silent test:browser
