#!/bin/sh
# SPDX-License-Identifier: MIT
# Do the printed programs show what try shows? repro.py finds out; without Python it cannot.
set -eu
command -v python3 >/dev/null || {
	echo "python3 is not installed"
	exit 77
}
exec python3 "$(dirname "$0")/repro.py" "$@"
