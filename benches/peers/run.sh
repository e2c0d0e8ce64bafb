#!/usr/bin/env bash
# Countersign and node-oidc-provider under the same load, in the same run. See README.md.
set -Eeuo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$HERE/../..

for program in wrk npm python3; do
  command -v "$program" >/dev/null || { echo "please install $program" >&2; exit 1; }
done

(cd "$HERE" && npm ci --no-audit --no-fund --loglevel=error >/dev/null)
if [ -z "${COUNTERSIGN_BIN:-}" ]; then
  (cd "$ROOT" && cargo build --release --locked --quiet)
  export COUNTERSIGN_BIN=${CARGO_TARGET_DIR:-$ROOT/target}/release/countersign
fi
exec "$HERE/node_modules/node/bin/node" "$HERE/measure.js" "$@"
