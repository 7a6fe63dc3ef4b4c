# SPDX-License-Identifier: MIT
# Which Debian packages are needed, and are they there? Sourced by probes/run and tests/run.

packages_build='gcc libc6-dev cmake ninja-build pkg-config libcunit1-dev libpcap-dev libjansson-dev
	libmnl-dev'
# Without one of these its tests are skipped, so they are installed but not insisted on.
packages_tests='clang-format python3-jsonschema'

# NAME...: those that are not installed, in one line.
packages_missing() {
	for package; do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		'install ok installed') ;;
		*) printf ' %s' "$package" ;;
		esac
	done
}

# NAME...: installs them; 3 where that needs somebody else.
packages_install() {
	if [ "$(id -u)" -eq 0 ]; then
		as_root=
	elif sudo -n true 2>/dev/null; then
		as_root='sudo -n'
	else
		return 3
	fi
	# On stderr, so that the caller's output stays its own.
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 &&
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
			--no-install-recommends "$@" >&2 || return 3
}

# REQUIRED OPTIONAL: two lists of packages. Ends the script with 3 if a required one stays missing.
packages_need() {
	if ! command -v dpkg-query >/dev/null; then
		echo "No dpkg here: CMake will say what is missing." >&2
		return 0
	fi
	# The lists are split into words on purpose.
	required=$(packages_missing $1)
	optional=$(packages_missing $2)
	if [ -n "$required" ] && ! packages_install $required; then
		echo "These packages are missing and could not be installed from here. Run:" >&2
		echo "  sudo apt-get update" >&2
		echo "  sudo apt-get install --no-install-recommends$required$optional" >&2
		exit 3
	fi
	if [ -n "$optional" ] && ! packages_install $optional; then
		echo "Not installed, so their tests are skipped:$optional" >&2
	fi
}
