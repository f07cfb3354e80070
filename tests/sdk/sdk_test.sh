#!/usr/bin/env bash
# sdk_test.sh BIN VENV: a real SDK loads the identity file that `runnersctl enroll` wrote, logs in with it at the
# development controller and asks to bind its own service, and nothing else. VENV is made when it is not there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../../scripts/lib
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../scripts/lib/common.sh"
source "$here/../../scripts/lib/services.sh"

bin=$(cd "$1" && pwd)
venv=$2
scratch=$(mktemp -d "${TMPDIR:-/tmp}/runners-sdk.XXXXXX")
chmod a+x "$scratch"  # the database may run as another user
state=$scratch/state
mkdir "$state"
host_pid=

# shellcheck disable=SC2317  # called by trap
finish() {
  stop_step
  stop_host
  stop_services
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
unset "${!ZITI_@}"

install_sdk() {
  if cmp -s "$here/requirements.txt" "$venv/installed.txt"; then return 0; fi
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  : >"$venv.log"
  step "Making a Python environment" "$venv.log" /usr/bin/python3 -m venv "$venv" || return
  step "Installing the OpenZiti SDK from PyPI" "$venv.log" setsid timeout 120 "$venv/bin/pip" install \
    --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r "$here/requirements.txt" || return
  cp "$here/requirements.txt" "$venv/installed.txt"
}

# host NAME SERVICE: the SDK hosts a service with a runner's identity file, in the background.
host() {
  setsid setpriv --pdeathsig TERM env ZITI_LOG=2 "$venv/bin/python" "$here/bind_service.py" "$scratch/$1.json" "$2" \
    >"$scratch/host.log" 2>&1 </dev/null &
  host_pid=$!
}

stop_host() {
  [[ -z $host_pid ]] || kill -KILL "$host_pid" 2>/dev/null || true
  [[ -z $host_pid ]] || wait "$host_pid" 2>/dev/null || true
  host_pid=
}

# With the identity file of a new runner; its id is left in `id`.
enroll_runner() {
  id=$(runnersctl register --name "$1" --token-out "$scratch/$1.token" -q)
  runnersctl enroll --token-file "$scratch/$1.token" --out "$scratch/$1.json" -q >/dev/null
}

install_sdk || fail "nothing was tested without the SDK: PyPI must be reached for openziti 0.6.0 (x86_64 only)"
start_database
start_controller
start_server 127.0.0.1:0
export PATH=$bin:$PATH RUNNERS_IDENTITY=00000000-0000-4000-8000-000000000001
runners grant-admin "$RUNNERS_IDENTITY" >/dev/null
enroll_runner first
first=$id
enroll_runner second
second=$id

say "A runner hosts its own service"
host first "runner-$first"
"$venv/bin/python" "$here/expect_record.py" "runner-$first" || {
  cat "$scratch/host.log" >&2
  fail "the controller has no record of a log-in and of binding one service"
}
kill -0 "$host_pid" || fail "the SDK has ended: $(tail -n 5 "$scratch/host.log")"
stop_host

say "It does not host the service of another"
code=0
host first "runner-$second"
timeout 30 tail --pid="$host_pid" -f /dev/null || fail "the SDK goes on with a service it may not bind"
wait "$host_pid" || code=$?
host_pid=
((code != 0)) || fail "the SDK hosts a service it may not bind"
grep -qi 'not available' "$scratch/host.log" || fail "refused for another reason: $(tail -n 5 "$scratch/host.log")"
"$venv/bin/python" "$here/expect_record.py" "runner-$first" >/dev/null || fail "there is a wish for another service"
say "The SDK logged in and bound one service."
