#!/bin/sh
# SPDX-License-Identifier: MIT
# Can a test of this folder fail? Each part of a case is given once right and once wrong.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# WANTED_CODE [FILE CONTENT]: what run.sh must say of a case that has this file besides cmd.
try() {
	rm -rf "$dir/case"
	mkdir "$dir/case"
	echo 'ls -A; echo out; echo "oops: 12" >&2; exit 3' >"$dir/case/cmd"
	echo 3 >"$dir/case/code"
	[ $# -gt 1 ] && printf "$3" >"$dir/case/$2"
	code=0
	"$here/run.sh" "$dir/case" /bin / / >"$dir/log" 2>&1 || code=$?
	[ "$code" -eq "$1" ] && return 0
	echo "${2:-} '${3:-}': exit $code, want $1"
	cat "$dir/log"
	failed=1
}

try 0
try 1 code '0\n'
try 0 stdout 'out\n'
try 1 stdout 'out'
try 1 stdout ''
try 0 stderr 'oops: [0-9]+\n'
try 0 stderr '^oops\n12$'
try 1 stderr 'oops\nwrong\n'
try 1 stderr 'wrong'
try 1 stderr ''
try 77 cmd 'exit 77'
exit $failed
