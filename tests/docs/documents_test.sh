#!/usr/bin/env bash
# documents_test.sh BIN: starts the service with the programs in BIN and runs every command of the documents against it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../../scripts/lib source-path=SCRIPTDIR
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../scripts/lib/common.sh"
source "$here/../../scripts/lib/services.sh"
source "$here/console.sh"

bin=$(cd "$1" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/runners-docs.XXXXXX")
state=$scratch/state
mkdir -p "$state" "$scratch/console" "$scratch/user"
chmod a+x "$scratch"  # the database may run as another user
trap 'stop_services; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
unset "${!ZITI_@}"

# The checker first: it passes a good document and finds each kind of bad one.
# shellcheck disable=SC2016  # the back-ticks are Markdown
sample() { printf '```console\n%s\n```\n' "$1" >"$scratch/sample.md"; }
passes() { (check_document "$scratch/sample.md" "$scratch/console") >"$scratch/sample.log" 2>&1; }
sample $'$ x=5; echo one; \\\n  echo "two   $x"\none\ntwo 5\n$ echo "$x left"\n5 ...'
passes || fail "a good document was refused: $(<"$scratch/sample.log")"
sample $'$ echo 11111111-2222-4333-8444-555555555555 at 2026-01-02T03:04:05Z\n99999999-aaaa-4bbb-8ccc-dddddddddddd at 2025-11-12T13:14:15Z'
passes || fail "another UUID or time was refused: $(<"$scratch/sample.log")"
sample $'$ echo at 2026-01-02 03:04\nat 2025-11-12 13:14'
passes || fail "another time at the end of a line was refused: $(<"$scratch/sample.log")"
sample $'$ echo one\ntwo'
if passes; then fail "a wrong line went unnoticed"; fi
sample $'$ printf "a\\\\nb\\\\n"\nb\na'
if passes; then fail "a wrong order went unnoticed"; fi
sample $'$ echo axb\na.b'
if passes; then fail "a dot matched any character"; fi
sample $'$ false'
if passes; then fail "a failing command went unnoticed"; fi
printf 'no commands\n' >"$scratch/sample.md"
if passes; then fail "an empty document went unnoticed"; fi

start_database
start_controller
start_server 127.0.0.1:0
export PATH=$bin:$PATH RUNNERS_IDENTITY=00000000-0000-4000-8000-000000000001
runners grant-admin "$RUNNERS_IDENTITY" >/dev/null

cd "$scratch/user"
for document in README.md docs/walkthrough.md; do
  # Each document is another reader in another terminal, so what it exports is its own.
  (check_document "$root/$document" "$scratch/console") || fail "$document does not say what happens"
done
