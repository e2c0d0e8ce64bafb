#!/usr/bin/env bash
# Installs what the tests need and runs all of them; ends at the first part that fails. See tests/README.md.
set -Eeuo pipefail
cd "$(dirname "$0")/.."

export CARGO_INCREMENTAL=0
TARGET=${CARGO_TARGET_DIR:-$PWD/target}
TOOLS=$TARGET/tests
export COUNTERSIGN_BIN=$TARGET/release/countersign
# Our own tests run on a program with every feature, those of others on the one that is shipped.
TESTED=(--release --locked --features otel --config tests/cargo.toml)
# Many tests wait more than they work.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-4}
# Tests of rules that no database engine changes run once, on SQLite.
SAME_ON_BOTH=(--skip conformance::)
for module in algorithms authorize_pages bearer claims_parameter client_keys cors documents forged_tokens frontchannel help http \
  issuer key_algorithm key_log log_costs logs management metadata_walk mounted_secrets outbound output_errors pairwise pkce \
  playground private_schemes proxies random_requests redirect request_length request_objects request_uris resource_patterns \
  response_modes scope_negotiation throttle traces userinfo_jwt; do
  SAME_ON_BOTH+=(--skip "cases::$module")
done
PART=installing

trap 'echo "tests/run.sh: failed at: $PART" >&2' ERR

has() { command -v "$1" >/dev/null; }
has_apache() { [ -x /usr/sbin/apache2 ] && [ -e /usr/lib/apache2/modules/mod_auth_openidc.so ]; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || has initdb; }
node_is_recent() { has node && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]; }

part() {
  PART=$1
  shift
  printf '\n== %s\n' "$PART"
  local started=$SECONDS
  "$@"
  printf '== %s: passed in %d s\n' "$PART" $((SECONDS - started))
}

install_packages() {
  local packages=()
  has cc || packages+=(gcc libc6-dev)
  has make || packages+=(make)
  has perl || packages+=(perl)
  has "${CHROMIUM:-chromium}" || packages+=(chromium)
  has_postgres || packages+=(postgresql)
  # The module brings apache2-bin: the program without the service, so that nothing starts on port 80.
  has_apache || packages+=(libapache2-mod-auth-openidc)
  has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
  has node && has npm || packages+=(nodejs npm)
  [ ${#packages[@]} -eq 0 ] || apt_install "${packages[@]}"
  # Without it pages are drawn by the whole browser, for twice the CPU.
  has chromium-headless-shell || ! has apt-get || apt_install chromium-headless-shell || true
}

apt_install() {
  if ! has apt-get; then
    echo "please install what these Debian packages bring: $*" >&2
    return 1
  fi
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Debian 12 brings Node 18. The npm package `node` is Node itself.
install_node() {
  node_is_recent && return
  npm install --prefix "$TOOLS/node" --no-save --no-audit --no-fund --loglevel=error node@22.23.3 >/dev/null
  export PATH=$TOOLS/node/node_modules/node/bin:$PATH
  node_is_recent
}

install_rust_components() {
  if ! has cargo; then
    echo "please install Rust first, with rustup" >&2
    return 1
  fi
  cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
  cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
}

install_clients() {
  (cd tests/clients && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
  [ -x "$TOOLS/python/bin/pip" ] || python3 -m venv "$TOOLS/python"
  "$TOOLS/python/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/python/requirements.txt
  # The lists are complete, without the packages for clouds and for tables of data that no test uses.
  install_python_programs pgadmin tests/clients/programs/pgadmin/requirements.txt
  install_python_programs programs tests/clients/programs/requirements.txt
}

install_python_programs() {
  [ -x "$TOOLS/$1/bin/pip" ] || python3 -m venv "$TOOLS/$1"
  "$TOOLS/$1/bin/pip" install --quiet --no-deps --no-compile --disable-pip-version-check -r "$2"
}

install() {
  install_packages
  install_node
  install_rust_components
  install_clients
}

# Clippy reads the code with every feature; what is shipped has none of them, and no warning either.
build_as_shipped() {
  local told=$TOOLS/build.log
  cargo bench --locked --no-run --color never 2>&1 | tee "$told"
  if grep '^warning' "$told"; then return 1; fi
}

node_tests() {
  cd tests/clients
  npm test --silent
  cd ../..
}

part "installing" install
part "format" cargo fmt --check
part "clippy" cargo clippy --release --all-targets --features otel --locked -- -D warnings
part "cargo test" cargo test "${TESTED[@]}"
part "cargo test: PostgreSQL" tests/postgres.sh cargo test "${TESTED[@]}" --lib --test it -- "${SAME_ON_BOTH[@]}"
part "build as shipped" build_as_shipped
# That it works, and what it checks: never how long anything takes.
part "cargo bench, briefly" tests/postgres.sh --durable cargo bench --locked -- --brief
part "node --test: clients and browser" node_tests
part "pytest: clients" "$TOOLS/python/bin/python" -B -m pytest -q -p no:cacheprovider tests/clients/python

printf '\nAll tests passed in %d s.\n' "$SECONDS"
