# SPDX-License-Identifier: MIT
# Which files are ours? Sourced by the checks of this folder; sets root from the first argument.

root=${1:?usage: CHECK SOURCE_DIR}
cd "$root" || exit 1
export LC_ALL=C

# All files that a person wrote, one a line, without ./ in front. Golden files and seeds are data.
our_files() {
	find . \( -name .git -o -path './build*' -o -path './tests/fuzz/corpus' \
		-o -path './tests/golden' -o -path './tests/pcaps' \) -prune -o -type f -print |
		sed 's|^\./||' | sort
}

# C sources and headers.
our_c() {
	our_files | grep -E '\.[ch]$' || true
}

# Everything in a language that has comments.
our_code() {
	our_files | grep -E '\.(c|h|sh|py|in|awk)$|(^|/)(CMakeLists\.txt|run)$' || true
}

# Says what is wrong and fails, if the findings on stdin are not empty.
report() {
	findings=$(cat)
	[ -z "$findings" ] && return 0
	printf '%s\n' "$findings"
	printf '\n%s\n' "$1"
	return 1
}
