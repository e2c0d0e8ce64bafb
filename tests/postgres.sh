#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: a fresh cluster on a free port, gone in the end.
# The command finds it in COUNTERSIGN_TEST_POSTGRES_URL. With --durable before the command it waits for the disk at each
# commit, as PostgreSQL does unless it is told otherwise.
set -Eeuo pipefail

FSYNC=off
FOLDER=${TMPDIR:-/tmp}
if [ "${1:-}" = --durable ]; then
  FSYNC=on
  # A disk, where /tmp may be memory.
  FOLDER=/var/tmp
  shift
fi

BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$BIN" ]; then
  BIN=$(dirname "$(command -v initdb || true)")
fi
if [ ! -x "$BIN/initdb" ]; then
  echo "please install PostgreSQL's server (Debian: postgresql)" >&2
  exit 1
fi

# PostgreSQL does not run as root.
as_owner() { "$@"; }
DIR=$(mktemp -d "$FOLDER/countersign-postgres-XXXXXX")
if [ "$(id -u)" -eq 0 ]; then
  id countersign-test >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin countersign-test
  chown countersign-test "$DIR"
  as_owner() { (cd "$DIR" && setpriv --reuid=countersign-test --regid="$(id -g countersign-test)" --clear-groups "$@"); }
fi

stop() {
  as_owner "$BIN/pg_ctl" -D "$DIR/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$DIR"
}
trap stop EXIT

PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_owner "$BIN/initdb" -D "$DIR/data" -U countersign -A trust -E UTF8 --no-sync >"$DIR/initdb.log" 2>&1 ||
  { cat "$DIR/initdb.log" >&2; exit 1; }
# Messages in another language are tested where that locale can be made. The folder of all others stays in the path.
localedef -i de_DE -f UTF-8 "$DIR/de_DE.UTF-8" >"$DIR/localedef.log" 2>&1 && chmod -R a+rX "$DIR/de_DE.UTF-8" || true
export LOCPATH="$DIR:/usr/lib/locale"
# A crash of PostgreSQL itself is not tested, so that tests need not wait for the disk.
OPTIONS="-c listen_addresses=127.0.0.1 -c port=$PORT -c unix_socket_directories=$DIR -c max_connections=1000 -c fsync=$FSYNC"
as_owner "$BIN/pg_ctl" -D "$DIR/data" -w -t 60 -l "$DIR/postgres.log" -o "$OPTIONS" start >"$DIR/start.log" 2>&1 ||
  { cat "$DIR/start.log" "$DIR/postgres.log" >&2; exit 1; }

unset LOCPATH
export COUNTERSIGN_TEST_POSTGRES_URL="postgres://countersign@127.0.0.1:$PORT/postgres"
"$@"
