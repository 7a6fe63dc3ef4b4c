#!/bin/sh
# SPDX-License-Identifier: MIT
# Is every test source and every C file in a list of its folder's CMakeLists.txt (or that of the
# folder above)? One that is in none is never built, and its tests never run.
set -eu
. "$(dirname "$0")/files.sh"
our_c | grep '\.c$' | while read -r file; do
	name=$(basename "$file" .c)
	case $file in
	tests/unit/test_*.c | tests/live/test_*.c | tests/fuzz/fuzz_*.c)
		word="${name#*_}" ;;
	*)
		word="$name\\.c" ;;
	esac
	folder=$(dirname "$file")
	cat "$folder/CMakeLists.txt" "$folder/../CMakeLists.txt" 2>/dev/null |
		grep -v '^[[:space:]]*#' |
		grep -Eq "(^|[^A-Za-z0-9_.-])$word([^A-Za-z0-9_.-]|\$)" ||
		echo "$file"
done | report "Not in any CMakeLists.txt: add it to the list of its folder."
