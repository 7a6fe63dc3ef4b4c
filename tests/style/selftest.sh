#!/bin/sh
# SPDX-License-Identifier: MIT
# Can the checks of this folder fail? Each gets a small tree that is clean and one with a fault.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

fresh() {
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/probes/base" "$dir/tree/probes/case" "$dir/tree/probes/engine" \
		"$dir/tree/reports" "$dir/tree/capture" "$dir/tree/tests/unit"
	cp "$here/../../.clang-format" "$dir/tree/"
	cd "$dir/tree/probes/base"
	printf '/* SPDX-License-Identifier: MIT */\n#include "base/err.h"\n' >err.c
	printf '# SPDX-License-Identifier: MIT\nadd_library(ft_base err.c)\n' >CMakeLists.txt
	cd "$here"
}

# CHECK WANTED_CODE [FILE TEXT]: the text is appended to FILE of a clean tree.
try() {
	fresh
	if [ $# -gt 2 ]; then
		[ "$1" = spdx ] || [ -e "$dir/tree/$3" ] ||
			echo '/* SPDX-License-Identifier: MIT */' >"$dir/tree/$3"
		printf '%b\n' "$4" >>"$dir/tree/$3"
	fi
	code=0
	"$here/$1.sh" "$dir/tree" >"$dir/out" 2>&1 || code=$?
	[ "$code" -eq "$2" ] || [ "$code" -eq 77 ] && return 0
	echo "$1 on ${3:-a clean tree} '${4:-}': exit $code, want $2"
	cat "$dir/out"
	failed=1
}

for check in layering format width length spdx words listed; do
	try $check 0
done
try layering 1 probes/base/err.c '#include "case/case.h"'
try layering 1 probes/case/case.c '#include "engine/run.h"'
try layering 1 probes/case/case.c '#  include "reports/record.h"'
try layering 1 probes/engine/run.c '#include "reports/report.h"'
try layering 0 probes/engine/run.c '#include "reports/record.h"'
try layering 1 probes/engine/run.c '#include "capture/packet.h"'
try layering 1 probes/engine/run.c '#include <jansson.h>'
try layering 1 probes/engine/run.c '#include <pcap/pcap.h>'
try layering 0 probes/engine/run.c '#include <libmnl/libmnl.h>'
try layering 1 reports/record.h '#include "reports/report.h"'
try layering 1 reports/record.c '#include <jansson.h>'
try layering 1 reports/writer.c '#include "engine/run.h"'
try layering 0 reports/match.c '#include "model/model.h"'
try layering 1 reports/record.h '#include "model/model.h"'
try layering 1 probes/engine/run.c '#include "model/model.h"'
try layering 0 reports/writer.c '#include <jansson.h>\n#include "reports/record.h"'
try layering 1 capture/packet.c '#include "reports/record.h"'
try layering 1 capture/packet.c '#include <libmnl/libmnl.h>'
try layering 1 probes/bind.c '#include "model/model.h"'
try layering 0 probes/bind.c '#include "engine/run.h"'
try layering 1 tests/unit/test_err.c '#include <CUnit/Basic.h>'
try layering 1 probes/other.h '#include "../capture/packet.h"'

try layering 1 stray.c 'int x;'
try format 1 probes/base/err.c 'int  x ;'
try width 1 probes/base/err.c "$(printf '/* %097d */' 1)"
try width 0 probes/base/err.c "$(printf '/* %094d */' 1)"
body=$(seq 61 | sed 's/.*/\\tx++;/')
try length 1 probes/base/err.c "void f(void)\n{\n$body\n}"
try length 0 probes/base/err.c "void f(void)\n{\n$(echo "$body" | tail -n 60)\n}"
try length 1 probes/base/err.c "$(seq 600 | sed 's|.*|/* & */|')"
try spdx 1 tests/run 'echo hello'
try words 1 probes/base/err.c '/* TO''DO: later */'
try words 1 probes/base/err.c '/* see /ho''me/somebody/x */'
try words 1 probes/base/err.c 'int n = ato''i(s);'
try words 1 probes/base/err.c 'str''cpy(to, from);'
try words 0 probes/base/err.c 'str''cpy(to, "literal");'
try words 1 probes/base/err.c 'sys''tem("ls");'
try words 0 tests/unit/test_err.c 'sys''tem("ls");'
try words 1 probes/base/err.c 'int ft_err_hel''per(void);'
try words 1 probes/base/ut''ils.c ''
try listed 1 probes/base/text.c ''
try listed 1 tests/unit/test_text.c ''
exit $failed
