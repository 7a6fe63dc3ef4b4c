#!/bin/sh
# SPDX-License-Identifier: MIT
# Does a file name the machine it was written on, promise work for later, call a thing by a name
# that says nothing, or call a function that cannot be called safely?
set -eu
. "$(dirname "$0")/files.sh"
self=tests/style/words.sh

search() { # WHAT PATTERN: the findings in the files named on stdin
	xargs grep -nIE -- "$2" /dev/null | sed "s|\$|  <- $1|" || true
}

{
	our_files | grep -vx "$self" |
		search "a path of one machine" '(^|[^A-Za-z0-9_./-])/(work|home|root|Users)/'
	our_files | grep -vx "$self" |
		search "work for later" '(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)'
	# Copying a literal is safe where its buffer is; a test may start a shell.
	our_c | search "an unsafe call" \
		'(^|[^A-Za-z0-9_])(str(cpy|cat)\([^"]*$|(v?sprintf|gets|ato[il]|strtok)\()'
	our_c | grep -v '^tests/' |
		search "a call of the shell" '(^|[^A-Za-z0-9_])(system|popen)\('
	our_c | search "a name that says nothing" \
		'(^|[^A-Za-z0-9_])ft_[a-z0-9_]*(manager|helper|util)'
	our_files | grep -E '(manager|helper|util)[^/]*$' | sed 's|$|  <- a name that says nothing|'
} | report "The arrows say what is wrong with each."
