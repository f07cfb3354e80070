# shellcheck shell=bash
# Runs the ```console blocks of a document. In such a block a line that starts with "$ " is a command (a line that ends
# with a backslash goes on), what follows is what it prints. All commands of a document run in one shell, in order, and
# must exit 0. Every line shown must come back, in order; lines may come back that are not shown. In a line shown,
#   ...           stands for anything,
#   a UUID, a time, 64 hex digits, spaces  stand for any of their kind.

# pattern_of LINE: the line as an extended regular expression.
pattern_of() {
  sed -E \
    -e 's/[][(){}.*+?^$|\\]/\\&/g' \
    -e 's/(\\\.){3}/.*/g' \
    -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g' \
    -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}((\\\.)[0-9]+)?)?/20[0-9-]{8}[T ][0-9:.]+/g' \
    -e 's/[0-9a-f]{64}/[0-9a-f]{64}/g' \
    -e 's/ +/ +/g' -e 's/^/^/' -e 's/( \+)?$/ *$/' <<<"$1"
}

# lines_come_back SHOWN OUTPUT (files): says which line is missing.
lines_come_back() {
  local shown=$1 output=$2 line pattern at=1 found
  while IFS= read -r line; do
    [[ -n ${line// /} ]] || continue
    pattern=$(pattern_of "$line")
    found=$(tail -n "+$at" "$output" | grep -nE -m 1 -- "$pattern" | cut -d: -f1 || true)
    if [[ -z $found ]]; then
      printf 'missing in the output: %s\n' "$line"
      return 1
    fi
    at=$((at + found))
  done <"$shown"
}

# check_command PLACE COMMAND FOLDER: runs it in this shell; FOLDER/shown holds what it must print.
check_command() {
  local console_place=$1 console_folder=$3 console_code=0
  printf '%s: $ %s\n' "$console_place" "$2"
  eval "$2" >"$console_folder/output" 2>&1 </dev/null || console_code=$?
  if ((console_code == 0)) && lines_come_back "$console_folder/shown" "$console_folder/output"; then return 0; fi
  printf '%s: exit code %s; it printed:\n' "$console_place" "$console_code"
  cat "$console_folder/output"
  return 1
}

# extract DOCUMENT FOLDER: writes FOLDER/1.command, 1.shown, 1.place, 2.command and so on.
extract() {
  rm -f "$2"/*.command "$2"/*.shown "$2"/*.place
  awk -v folder="$2" -v document="$(basename "$1")" '
    /^```console$/ { inside = 1; next }
    /^```/ { inside = 0; more = 0; next }
    !inside { next }
    more { line = $0 }
    !more && /^\$ / {
      ++count
      line = substr($0, 3)
      printf "" > (folder "/" count ".shown")
      print document ":" NR > (folder "/" count ".place")
    }
    more || /^\$ / { print line > (folder "/" count ".command"); more = /\\$/; next }
    count { print > (folder "/" count ".shown") }
  ' "$1"
}

# check_document DOCUMENT FOLDER: says how many commands it ran; fails at the first that is not as written.
check_document() {
  local console_document=$1 console_work=$2 console_number
  extract "$console_document" "$console_work"
  for ((console_number = 1; ; console_number++)); do
    [[ -e $console_work/$console_number.command ]] || break
    cp "$console_work/$console_number.shown" "$console_work/shown"
    check_command "$(<"$console_work/$console_number.place")" "$(<"$console_work/$console_number.command")" \
      "$console_work" || return 1
  done
  printf '%s: %s commands\n' "$(basename "$console_document")" "$((console_number - 1))"
  ((console_number > 1))
}
