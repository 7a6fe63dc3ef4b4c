#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Does a verdict ever change? Runs the suite again and again, the last two times beside a busy loop
# on every CPU, and compares each case's verdict with the first run's:
# steady.sh FOURTUPLE [RUNS [OPTION...]]
#
# A row for each run, on stdout; the records whose verdict changed on stderr. Exit code 1 if one
# did, or if a run did not end with 0.
set -eu
fourtuple=$1
runs=${2:-20}
shift "$(($# < 2 ? $# : 2))"

room=$(mktemp -d)
loops=
stop_loops() {
	[ -z "$loops" ] || kill $loops 2>/dev/null || true
	loops=
}
trap 'stop_loops; rm -rf "$room"' EXIT
trap 'exit 130' INT TERM

verdicts() {
	jq -r '.cases[] | [.probe, .case, .verdict] | @tsv' "$1" | LC_ALL=C sort
}

# The records of the report $1 that the lines on stdin name.
records() {
	jq -cR --slurpfile report "$1" 'split("\t")[1] as $case | $report[0].cases[] |
		select(.case == $case) | {case, verdict, outcome, predicted, reason, tries, tuples}'
}

count() {
	jq -r "[.cases[] | select(.verdict == \"$2\")] | length" "$1"
}

changed=0
printf '%3s %-5s %7s %11s %7s %8s %8s %7s %7s %8s %7s\n' run load cases as-expected differs \
	unproven unstable skipped broken changed seconds
for run in $(seq "$runs"); do
	load=-
	if [ "$run" -gt $((runs - 2)) ] && [ "$runs" -gt 2 ]; then
		load=full
		for cpu in $(seq "$(nproc)"); do
			(while :; do :; done) &
			loops="$loops $!"
		done
	fi
	began=$(date +%s.%N)
	code=0
	"$fourtuple" run "$@" --quiet -o "$room/report.json" >/dev/null || code=$?
	took=$(echo "$(date +%s.%N) $began" | awk '{ printf "%.1f", $1 - $2 }')
	stop_loops
	verdicts "$room/report.json" >"$room/now"
	[ -e "$room/first" ] || cp "$room/now" "$room/first"
	differing=$(LC_ALL=C comm -13 "$room/first" "$room/now" | wc -l)
	[ "$differing" -eq 0 ] && [ "$code" -eq 0 ] || changed=1
	printf '%3d %-5s %7d' "$run" "$load" "$(wc -l <"$room/now")"
	for verdict in as-expected differs unproven unstable skipped broken; do
		case $verdict in
		as-expected) width=11 ;;
		unproven | unstable) width=8 ;;
		*) width=7 ;;
		esac
		printf " %${width}d" "$(count "$room/report.json" "$verdict")"
	done
	printf ' %8d %7s\n' "$differing" "$took"
	LC_ALL=C comm -13 "$room/first" "$room/now" | head -n 5 | records "$room/report.json" >&2
done
exit $changed
