#!/bin/sh
# SPDX-License-Identifier: MIT
# Does every source say its licence in its first line (the second, below #!)?
set -eu
. "$(dirname "$0")/files.sh"
our_code | while read -r file; do
	sed -n '1{/^#!/!{p;q;};};2{p;q;}' "$file" |
		grep -Eq '^(/\*|#|//) SPDX-License-Identifier: MIT( \*/)?$' || echo "$file:1"
done | report "The first line must be an SPDX line: SPDX-License-Identifier: MIT"
