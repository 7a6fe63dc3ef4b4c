#!/bin/sh
# SPDX-License-Identifier: MIT
# Does the code look as .clang-format says? `format.sh --write CLANG_FORMAT` makes it so.
# clang-format's output changes between versions, so only the one the file was written for counts;
# without it the test is skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "${1:-}" = --write ]; then
	tool=$2
	set -- "$here/../.."
	. "$here/files.sh"
	our_c | xargs "$tool" -i
	exit 0
fi
. "$here/files.sh"

for tool in clang-format-14 clang-format none; do
	"$tool" --version 2>/dev/null | grep -q 'version 14\.' && break
done
if [ "$tool" = none ]; then
	echo "clang-format 14 is not installed"
	exit 77
fi
our_c | xargs "$tool" --dry-run --Werror 2>&1 | grep -E ': (error|warning): ' | cut -d: -f1,2 |
	uniq | report "Not formatted: run 'cmake --build --preset dev --target format'."
