# shellcheck shell=bash
# What every script here shares: words to the user, long steps with their time, and the build.

unset CDPATH  # with it cd prints where it went
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# The last line a program wrote to a log, short enough for a terminal.
last_line() { tail -n 1 "$1" 2>/dev/null | tr -d '\r' | cut -c 1-70; }

# The step that runs now, so that stopping the script stops it.
step_pid=

stop_step() {
  [[ -n $step_pid ]] || return 0
  # A step that leads a process group is stopped with all it started.
  kill -TERM -- "-$step_pid" 2>/dev/null || kill -TERM "$step_pid" 2>/dev/null || true
  wait "$step_pid" 2>/dev/null || true
  step_pid=
}

# step WORDS LOG COMMAND...: runs a command that may take long. Its output goes to LOG; every ten seconds a line tells
# for how long it has been at it. When it fails, the end of LOG is shown and its exit code returned.
step() {
  local words=$1 log=$2 started=$SECONDS code=0 tick=0
  shift 2
  say "$words ..."
  "$@" >>"$log" 2>&1 </dev/null &
  step_pid=$!
  while kill -0 "$step_pid" 2>/dev/null; do
    sleep 0.2
    tick=$((tick + 1))
    if ((tick % 50 == 0)); then say "  $((SECONDS - started)) s: $(last_line "$log")"; fi
  done
  wait "$step_pid" || code=$?
  step_pid=
  if ((code != 0)); then
    say "$words failed after $((SECONDS - started)) s; the end of $log:" >&2
    tail -n 40 "$log" >&2
    return "$code"
  fi
  say "$words: done in $((SECONDS - started)) s"
}

# How many compilers may run at once: one a core, and about a gigabyte of memory each.
build_jobs() {
  local cores memory_gib
  cores=$(nproc)
  memory_gib=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || true)
  if [[ -n $memory_gib ]] && ((memory_gib < cores)); then cores=$memory_gib; fi
  say "$((cores > 1 ? cores : 1))"
}

# build PRESET LOG [TARGET...]: configures and builds a preset of CMakePresets.json.
build() {
  local preset=$1 log=$2 targets=()
  shift 2
  if (($# > 0)); then targets=(--target "$@"); fi
  # The compiler cache needs a folder it can write to.
  if [[ -z ${CCACHE_DIR:-} && ! -w ${HOME:-/nonexistent} ]]; then export CCACHE_DIR=$root/build/ccache; fi
  # Another clone on this machine finds what this one compiled.
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
  step "Configuring the $preset build" "$log" setsid cmake -S "$root" --preset "$preset" || return
  step "Building ($preset)" "$log" \
    setsid cmake --build "$root/build/$preset" --parallel "$(build_jobs)" "${targets[@]}" || return
}

# port_is_taken ADDRESS: whether something answers at HOST:PORT.
port_is_taken() {
  local host=${1%:*} port=${1##*:}
  host=${host#[}
  host=${host%]}
  case $host in '' | 0.0.0.0 | ::) host=127.0.0.1 ;; esac
  (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null
}
