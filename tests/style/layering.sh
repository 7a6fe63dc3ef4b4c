#!/bin/sh
# SPDX-License-Identifier: MIT
# Does each part know only whom it may know? By the #include lines, against the table in
# layering.awk.
set -eu
rules=$(cd "$(dirname "$0")" && pwd)/layering.awk
. "$(dirname "$0")/files.sh"
our_c | while read -r file; do
	awk -v file="$file" -f "$rules" "$file"
done | report "An include goes against the layers; tests/style/layering.awk has the table."
