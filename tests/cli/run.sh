#!/bin/sh
# SPDX-License-Identifier: MIT
# Does a command print and return what its folder says?
#
#   cmd     a shell script, run in an empty folder of its own with the built programs in PATH.
#           $FT_SOURCE is the source tree, $FT_BUILD the build tree, $FT_CASE the test's folder.
#           Exit 77 skips the test.
#   stdout  what must be printed, byte for byte; without the file nothing is compared
#   stderr  a line is an extended regular expression that must match some line of the standard
#           error output; an empty file means that there must be none
#   code    the exit code; without the file 0
set -eu
if [ $# -ne 4 ]; then
	echo "usage: run.sh CASE_DIR BIN_DIR SOURCE_DIR BUILD_DIR" >&2
	exit 2
fi
FT_CASE=$(cd "$1" && pwd)
PATH=$2:$PATH
FT_SOURCE=$3
FT_BUILD=$4
NO_COLOR=1
LC_ALL=C.UTF-8
export FT_CASE PATH FT_SOURCE FT_BUILD NO_COLOR LC_ALL

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/cwd"

want=0
[ -f "$FT_CASE/code" ] && read -r want <"$FT_CASE/code"
got=0
(cd "$scratch/cwd" && exec sh "$FT_CASE/cmd") \
	>"$scratch/stdout" 2>"$scratch/stderr" </dev/null || got=$?
if [ "$got" -eq 77 ] && [ "$want" -ne 77 ]; then
	cat "$scratch/stdout" "$scratch/stderr"
	exit 77
fi

failed=0
if [ "$got" -ne "$want" ]; then
	echo "exit code: want $want, got $got"
	failed=1
fi
if [ -f "$FT_CASE/stdout" ]; then
	diff -u --label wanted --label printed "$FT_CASE/stdout" "$scratch/stdout" || failed=1
fi
if [ -f "$FT_CASE/stderr" ]; then
	while IFS= read -r pattern || [ -n "$pattern" ]; do
		grep -Eq -e "$pattern" "$scratch/stderr" && continue
		echo "stderr: no line matches: $pattern"
		failed=1
	done <"$FT_CASE/stderr"
	if [ ! -s "$FT_CASE/stderr" ] && [ -s "$scratch/stderr" ]; then
		echo "stderr: nothing was wanted there"
		failed=1
	fi
fi
if [ "$failed" -ne 0 ]; then
	echo "---- stdout"
	head -c 10000 "$scratch/stdout"
	echo "---- stderr"
	head -c 10000 "$scratch/stderr"
fi
exit $failed
