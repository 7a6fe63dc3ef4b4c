#!/bin/sh
# SPDX-License-Identifier: MIT
# Is any function longer than 60 lines or any file longer than 600? A function's lines are those
# between its braces, which .clang-format puts into the first column.
set -eu
. "$(dirname "$0")/files.sh"
our_c | while read -r file; do
	awk -v file="$file" '
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start - 1 > 60)
				print file ":" start ": a function of " FNR - start - 1 " lines"
			start = 0
		}
		END { if (FNR > 600) print file ": " FNR " lines" }' "$file"
done | report "A function has at most 60 lines, a file at most 600: split by topic."
