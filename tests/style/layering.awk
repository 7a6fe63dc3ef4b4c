# SPDX-License-Identifier: MIT
# Which part may include which? Prints every include of `file` that goes against the table.

# The part a path belongs to. reports/record is a part of its own: the border between those who
# measure and those who report.
function part(path) {
	if (path ~ /^reports\/record\.[ch]$/)
		return "record"
	if (path ~ /^(reports|capture|tests)\//)
		return substr(path, 1, index(path, "/") - 1)
	if (path ~ /^probes\/[^\/]+\//) {
		split(path, piece, "/")
		return piece[2]
	}
	if (path ~ /^probes\/[^\/]+\.[ch]$/)
		return "program"
	return "none"
}

# An include as a path from the root: "base/err.h" is probes/base/err.h, "quote.h" lies beside file.
function resolve(include) {
	if (include !~ /\//)
		return folder include
	if (include ~ /^(reports|capture|tests|probes)\//)
		return include
	return "probes/" include
}

function complain(include, why) {
	printf "%s:%d: %s %s\n", file, FNR, include, why
}

BEGIN {
	may["base"] = "base"
	may["case"] = "base case"
	may["record"] = "base case record"
	may["reports"] = "base case record model reports"
	may["capture"] = "base capture"
	may["engine"] = "base case engine record"
	may["model"] = "base case model"
	may["explore"] = "base case explore"
	may["probe"] = "base case engine record reports capture probe"
	may["claims"] = "base case record reports claims"
	may["program"] = may["probe"] " program claims"
	may["fourtuple"] = may["program"] " model explore fourtuple"
	may["tests"] = may["fourtuple"] " tests"

	library["jansson.h"] = "reports probe claims program fourtuple tests"
	library["pcap"] = "capture tests"
	library["libmnl"] = "engine"
	library["CUnit"] = "tests"

	folder = file
	sub(/[^\/]*$/, "", folder)
	own = part(file)
	if (!(own in may)) {
		FNR = 1
		complain("", "belongs to no part that the table knows")
	}
}

/^[ \t]*#[ \t]*include[ \t]*"/ && own in may {
	split($0, quoted, "\"")
	target = part(resolve(quoted[2]))
	if (index(" " may[own] " ", " " target " ") == 0)
		complain("\"" quoted[2] "\"", "(" target ") is not for " own)
}

/^[ \t]*#[ \t]*include[ \t]*</ && own in may {
	split($0, angled, /[<>]/)
	name = angled[2]
	if (name ~ /^pcap([\/.-]|$)/)
		name = "pcap"
	else if (name ~ /^(libmnl|CUnit)\//)
		sub(/\/.*/, "", name)
	if (!(name in library))
		next
	if (index(" " library[name] " ", " " own " ") == 0)
		complain("<" angled[2] ">", "is not for " own)
	if (name == "CUnit" && file !~ /^tests\/support\//)
		complain("<" angled[2] ">", "is for tests/support only")
}
