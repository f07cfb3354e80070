# shellcheck shell=bash
# The lanes of scripts/test: what is run beside the suites of ctest. Each counts as one test, says how long it took and
# has a log of its own. Whoever sources this has sourced common.sh.

passed=0
failed=0
lane_logs=$root/build/lanes
lane_summary=()
linters=$root/build/linters/bin

# lane NAME WORDS COMMAND...: runs a lane. A command that starts others begins with setsid, so that stopping the script
# stops them too.
lane() {
  local name=$1 words=$2 started=$SECONDS
  shift 2
  mkdir -p "$lane_logs"
  : >"$lane_logs/$name.log"
  if step "$words" "$lane_logs/$name.log" "$@"; then
    passed=$((passed + 1))
    tell passed "$((SECONDS - started))" "$words"
  else
    failed=$((failed + 1))
    tell FAILED "$((SECONDS - started))" "$words: $lane_logs/$name.log"
  fi
}

# lane_build NAME PRESET [TARGET...]: the build a lane needs. Only a failing one counts, as a test that failed.
lane_build() {
  local name=$1 preset=$2 started=$SECONDS
  shift 2
  mkdir -p "$lane_logs"
  : >"$lane_logs/$name.log"
  if build "$preset" "$lane_logs/$name.log" "$@"; then
    tell built "$((SECONDS - started))" "Building ($preset)"
    return
  fi
  failed=$((failed + 1))
  tell FAILED "$((SECONDS - started))" "Building ($preset): $lane_logs/$name.log"
  return 1
}

# tell RESULT SECONDS WORDS: a line for the summary.
tell() { lane_summary+=("$(printf '%-6s %5d s  %s' "$@")"); }

summarize_lanes() {
  say
  printf '%s\n' "${lane_summary[@]}"
}

# The programs of linters.txt, in a folder below build/; nothing the second time.
install_linters() {
  local list=$root/scripts/lib/linters.txt folder=$root/build/linters log=$lane_logs/linters.log
  if cmp -s "$list" "$folder/installed.txt"; then return 0; fi
  mkdir -p "$lane_logs"
  rm -rf "$folder"
  : >"$log"
  step "Making a Python environment for linters" "$log" /usr/bin/python3 -m venv "$folder" || return
  step "Installing linters from PyPI" "$log" setsid "$folder/bin/pip" install --disable-pip-version-check \
    --only-binary :all: --no-deps --require-hashes -r "$list" || return
  cp "$list" "$folder/installed.txt"
}

check_scripts() {
  lane shellcheck "Reading the shell scripts (shellcheck)" shellcheck -x -P SCRIPTDIR \
    "$root"/scripts/{image,run,setup,test,planted-defects} "$root/scripts/lib/plant_defect.sh" "$root/.ci/run" \
    "$root"/tests/{docs/documents_test,sdk/sdk_test}.sh
}

check_dockerfile() {
  lane hadolint "Reading the Dockerfile (hadolint)" "$linters/hadolint" "$root/Dockerfile"
}

# The newest release this commit comes after; nothing when there is none.
last_release() { git -C "$root" describe --tags --match 'v*' --abbrev=0 2>/dev/null; }

# compare_contract RELEASE SCRATCH: whether clients made for a release can go on.
compare_contract() {
  local release=$1 before=$2/release
  mkdir "$before" || return
  git -C "$root" archive "$release" proto | tar -x -C "$before" || return
  cp "$root/buf.yaml" "$before" || return
  "$linters/buf" breaking "$root" --against "$before"
}

# check_contract SCRATCH: the rules of the wire contract, and that it did not change under a client.
check_contract() {
  local release
  lane buf_lint "Reading the wire contract (buf lint)" "$linters/buf" lint "$root"
  if release=$(last_release); then
    lane buf_breaking "Comparing the wire contract with $release (buf breaking)" compare_contract "$release" "$1"
  else
    say "Comparing the wire contract with the last release (buf breaking): there is no tag v* yet"
    tell - 0 "Comparing the wire contract with the last release (buf breaking): there is no tag v* yet"
  fi
}

plant_defects() {
  lane planted_defects "Planting defects that tests must find (scripts/planted-defects)" \
    setsid "$root/scripts/planted-defects"
}

# Clang, for the annotations of locks, and its sanitizers for memory and undefined behaviour, in one build.
run_sanitized() {
  lane_build clang_build clang || return 0
  lane clang "Running the suites built with clang and its sanitizers" \
    env -C "$root" setsid ctest --preset clang --parallel "$(nproc)" --no-tests=error
}

# Real threads in core and the postgres adapter; gRPC's own library would report races that are none.
look_for_races() {
  local program
  lane_build tsan_build tsan core_test postgres_test || return 0
  for program in core_test postgres_test; do
    lane "tsan_${program%_test}" "Looking for data races with $program" \
      env TSAN_OPTIONS=ignore_noninstrumented_modules=1 "$root/build/tsan/bin/$program"
  done
}

# The sources that changed since the last release, the newest change first: what is not committed, then commit by
# commit. Without a release, since this line of work left main, else by the last commit.
changed_sources() {
  local base
  base=$(last_release) || base=$(git -C "$root" merge-base HEAD origin/main 2>/dev/null) || base=HEAD~1
  if git -C "$root" diff --quiet "$base" HEAD 2>/dev/null; then base=HEAD~1; fi
  {
    git -C "$root" diff --name-only HEAD -- '*.cc'
    git -C "$root" ls-files --others --exclude-standard -- '*.cc'
    git -C "$root" log --format= --name-only "$base..HEAD" -- '*.cc'
  } 2>/dev/null | awk '!seen[$0]++' | while read -r file; do
    if [[ -e $root/$file ]]; then say "$file"; fi
  done
}

# A file takes up to a minute, so only so many are read; the others were read when they were new.
readonly tidy_at_most=12

tidy_changes() {
  local files count list=$lane_logs/tidy_files.txt
  mapfile -t files < <(changed_sources)
  if ((${#files[@]} == 0)); then
    say "No source changed (clang-tidy)"
    tell - 0 "Reading changed sources (clang-tidy): there is none"
    return
  fi
  count=$((${#files[@]} < tidy_at_most ? ${#files[@]} : tidy_at_most))
  mkdir -p "$lane_logs"
  printf '%s\n' "${files[@]:0:count}" >"$list"
  lane tidy "Reading $count of ${#files[@]} changed sources, the newest first (clang-tidy)" env -C "$root" setsid \
    xargs --arg-file "$list" --max-args 1 --max-procs "$(nproc)" clang-tidy-14 --quiet -p build/dev
}
