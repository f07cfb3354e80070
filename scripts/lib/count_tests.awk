# Counts tests: first ctest's own report, then the reports of the GoogleTest programs among its entries.
# A program's own counts replace the one of its ctest entry; an entry that crashed or ran out of time leaves no report,
# or one without a failure, and then counts as one failure. Prints one line: PASSED FAILED.
function attribute(name,    at) {
  at = index($0, " " name "=\"")
  if (at == 0) return ""
  at += length(name) + 3
  return substr($0, at, index(substr($0, at), "\"") - 1)
}
FILENAME == ARGV[1] && /<testcase / {
  status = attribute("status")
  if (status != "disabled") entry[attribute("name")] = (status == "run")
}
FILENAME != ARGV[1] && /<testsuites / {
  program = FILENAME
  sub(/.*\//, "", program)
  sub(/\.xml$/, "", program)
  bad[program] = attribute("failures") + attribute("errors")
  good[program] = attribute("tests") - bad[program] - attribute("disabled")
}
FILENAME != ARGV[1] && /<testsuite / { good[program] -= attribute("skipped") }
END {
  for (name in entry) {
    failed_here = bad[name] + 0
    if (!entry[name] && failed_here == 0) failed_here = 1
    passed += (name in good) ? good[name] : entry[name]
    failed += failed_here
  }
  print passed + 0, failed + 0
}
