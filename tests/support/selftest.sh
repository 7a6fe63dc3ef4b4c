#!/bin/sh
# SPDX-License-Identifier: MIT
# Does the runner of the suites see every failure? selftest.sh PROGRAM
set -eu
program=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# WANTED_CODE PATTERN OPTION...: the exit code, and what some line of the output must match.
try() {
	want=$1
	pattern=$2
	shift 2
	code=0
	"$program" "$@" >"$dir/out" 2>&1 || code=$?
	[ "$code" -eq "$want" ] && grep -Eq -e "$pattern" "$dir/out" && return 0
	echo "$*: exit $code, want $want and /$pattern/"
	cat "$dir/out"
	failed=1
}

try 0 'tests +1 +1 +1 +0' -s passes
try 1 'row one: 1 \+ 1: got 2, want 3' -s fails_int
try 1 'row <two>: "a": got "a", want "\(null\)"' -s fails_str
try 1 '1 checks failed in child processes' -s fails_in_child
try 1 '1 checks failed in child processes' -s child_returns
try 1 'the test checked nothing' -s checks_nothing
try 1 'ended the program before its suite was through' -s exits
try 77 'skipped \(no luck here\)' -s skips
try 1 '1 \+ 1 == 3' -s skips_and_fails
try 0 'Skipped: 1 of 2 tests' -s mixed
try 77 'Skipped: 1 of 1 tests' -s mixed -t skips
try 0 '^mixed skips$' -l
try 2 'No test has this name' -s nonsense
try 2 'No test has this name' -t nonsense
try 2 'Usage' --nonsense
try 1 'want "' -s fails_str --junit "$dir/junit.xml"
grep -q 'message="row &lt;two&gt;: &quot;a&quot;' "$dir/junit.xml" || {
	cat "$dir/junit.xml"
	failed=1
}
exit $failed
