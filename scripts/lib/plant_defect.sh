#!/usr/bin/env bash
# Run inside a scratch copy of the tree: plant_defect.sh PATCH BUF_COMMAND RELEASE
# Applies a patch, builds what is to find it, runs that, and prints the names of what failed. Exits 0 when something
# failed, 1 when all passed, and 2 when it could not be tried.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

patch=$1 buf=$2 release=$3
finder=$(sed -n '2s/^found by: //p' "$patch")
program=${finder%% *}
filter=${finder#* }

not_tried() {
  say "$*"
  exit 2
}

cd "$root"
export GIT_CEILING_DIRECTORIES=${root%/*}  # or git takes a repository around a copy for the one to patch
[[ -n $finder ]] || not_tried "the second line of the patch does not say what finds it"
git apply "$patch" || not_tried "the patch no longer applies"

if [[ $finder == "buf breaking" ]]; then
  code=0
  output=$("$buf" breaking . --against "$release" 2>&1) || code=$?
  case $code in
    0) exit 1 ;;
    100) say "${output#*: }" ;;  # its code for findings
    *) not_tried "$output" ;;
  esac
  exit 0
fi

output=$(cmake --build build/dev --parallel "$(build_jobs)" --target "$program" 2>&1) ||
  not_tried "it does not compile: $(tail -n 20 <<<"$output")"
code=0
output=$("build/dev/bin/$program" --gtest_filter="$filter" 2>&1) || code=$?
if ((code == 0)); then exit 1; fi
failures=$(sed -nE 's/^\[  FAILED  \] ([^ ,]+).* \([0-9]+ ms\)$/\1/p' <<<"$output")
[[ -n $failures ]] || not_tried "$program ended with code $code and no test failed: $(tail -n 20 <<<"$output")"
paste -sd ' ' <<<"$failures"
