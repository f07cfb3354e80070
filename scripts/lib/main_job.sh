# shellcheck shell=bash
# The main job, run with the CLI in front of the user: register, enroll, select, list, update, delete.
# Whoever sources this has the programs in PATH and RUNNERS_SERVER, RUNNERS_IDENTITY set.

# type_command COMMAND...: shows a command as it is typed and what comes back, which is also left in `answer`.
type_command() {
  local code=0
  say
  say "\$ $*"
  answer=$("$@" 2>&1) || code=$?
  [[ -z $answer ]] || say "$answer"
  return "$code"
}

expect() {
  if ! grep -qE -- "$1" <<<"$answer"; then
    say "Expected to see: $1" >&2
    return 1
  fi
}

# main_job FOLDER: returns 0 only if each step did what it should. Leaves no runner behind.
main_job() {
  local run_label id
  run_label=run=$(date +%s)
  cd "$1" || return

  say
  say "The main job: register a runner, enroll it, select it for a workload, list, update and delete it."
  type_command runnersctl register --name first-runner --label region=eu --label "$run_label" --capability docker \
    --token-out first-runner.token || return
  id=$(grep -oE -m 1 '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' <<<"$answer") || return

  type_command runnersctl enroll --token-file first-runner.token --out first-runner.json || return
  grep -q '"ztAPI"' first-runner.json || return

  type_command runnersctl select --org 5a0c3e0e-6f4b-4d0e-9d7e-2f1b8c6a4d10 --label region=eu --label "$run_label" \
    --capability docker || return
  expect "$id" || return

  type_command runnersctl list || return
  expect "$id.*enrolled|enrolled.*$id|first-runner" || return

  type_command runnersctl update "$id" --label region=us --label "$run_label" || return
  expect 'region=us' || return

  type_command runnersctl delete "$id" || return
  if type_command runnersctl get "$id"; then return 1; fi
  expect 'RUNNER_NOT_FOUND' || return
  say
  say "The main job is done."
}
