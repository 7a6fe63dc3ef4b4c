#!/bin/sh
# SPDX-License-Identifier: MIT
# Is any line wider than 100 columns, with tabs of eight?
set -eu
. "$(dirname "$0")/files.sh"
our_code | while read -r file; do
	# Continuation bytes of UTF-8 take no column.
	tr -d '\200-\277' <"$file" | expand |
		awk -v file="$file" 'length > 100 { print file ":" FNR ": " length " columns" }'
done | report "Lines have at most 100 columns."
