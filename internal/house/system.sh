#!/bin/sh
# Finds the system packages that a job needs and installs what is missing, when it may. POSIX sh.
#   system.sh up     what serving needs: bubblewrap, for the sandbox
#   system.sh test   the same and what the tests drive: a browser, a key token in software and a compiler for its bridge
# Without the right to install, it names what is missing and goes on: `ward doctor` and the tests then say what they
# could not contain or run. With CI=true, something missing is a failure.
set -u

say() { printf 'ward: %s\n' "$*" >&2; }

missing=''
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

need bwrap bubblewrap
need prlimit util-linux
if [ "${1:-up}" = test ]; then
  need chromium chromium
  need softhsm2-util softhsm2
  need g++ g++
fi
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  say "installing system packages:$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086 # one word a package
  if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
fi
say "missing system packages:$missing"
say "install them with: sudo apt-get install$missing"
[ -n "${CI:-}" ] && exit 1
exit 0
