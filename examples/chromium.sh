# What the scripts beside this file share: a Chromium, named by $CHROMIUM. Where there is none, it is installed if that can be done
# here; else $CHROMIUM is empty, and it was said why. To be sourced at the top of the repository.
find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if test -n "$name" && command -v "$name"; then return; fi
  done
}

install_chromium() {
  if test "$(id -u)" -ne 0 || ! command -v apt-get >/dev/null; then
    echo 'skipped: no Chromium is here, and only root can install it, with apt-get; CHROMIUM=path names one'
    return
  fi
  echo 'Installing Chromium with apt-get ...'
  export DEBIAN_FRONTEND=noninteractive
  if ! { timeout 60 apt-get update && timeout 300 apt-get install --yes --no-install-recommends chromium; } >build/chromium.log 2>&1; then
    echo "skipped: no Chromium is here, and apt-get cannot install it: $(tail -1 build/chromium.log)"
  fi
}

mkdir -p build
test -n "$(find_chromium)" || install_chromium
CHROMIUM=$(find_chromium)
export CHROMIUM
