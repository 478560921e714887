# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a test case says: assertions, waiting, skipping, deferring.
#
# An assertion that does not hold ends the case (the subshell it runs in). Expected
# comes first, then what was seen, then what it is about.

# What the log of a case shows: the runner opens 9, nobody else needs to.
{ : >&9; } 2>/dev/null || exec 9>/dev/null
note() { printf '# %s\n' "$*" >&9; }

# Statuses of a case that are not its last command's.
FAILED=70 SKIPPED=77

fail() {
	local i
	printf 'FAILED: %s\n' "$*" >&9
	for ((i = 1; i < ${#FUNCNAME[@]} - 1; i++)); do
		[[ ${BASH_SOURCE[i]} == */t_*.sh ]] || continue
		printf '    at %s:%s (%s)\n' "${BASH_SOURCE[i]##*/}" "${BASH_LINENO[i - 1]}" "${FUNCNAME[i]}" >&9
	done
	exit "$FAILED"
}

skip() {
	printf 'SKIPPED: %s\n' "$*" >&9
	exit "$SKIPPED"
}

assert_eq() { [[ $1 == "$2" ]] || fail "${3:-value}: expected '$1', is '$2'"; }
assert_ne() { [[ $1 != "$2" ]] || fail "${3:-value}: is '$2', and must not be"; }
assert_le() { (($1 <= $2)) || fail "${3:-value}: $1 is more than $2"; }
assert_ge() { (($1 >= $2)) || fail "${3:-value}: $1 is less than $2"; }
assert_match() { [[ $2 =~ $1 ]] || fail "${3:-text}: '$2' does not match '$1'"; }
assert_same_file() { cmp "$1" "$2" >&9 2>&9 || fail "${3:-files}: $1 and $2 differ"; }

# assert_fails STATUS COMMAND…: it must end with this status, "any" for any but 0.
assert_fails() {
	local want=$1 rc=0
	shift
	"$@" >&9 2>&9 || rc=$?
	case $want in
	any) ((rc)) || fail "succeeded, and must not: $*" ;;
	*) ((rc == want)) || fail "status $rc instead of $want: $*" ;;
	esac
}

# How often a stock kernel does what this one does once: what is a limit on the machine's
# speed is multiplied by it, what is a time of the modules' or of the network's is not.
SLOWNESS=${BTCP_SLOWNESS:-1}

# wait_until SECONDS COMMAND…: false if it never held. The seconds are a stock kernel's.
# The pause only keeps the poll from eating the CPU that it waits for; no test may rest
# on how long it is.
wait_until() {
	local deadline=$((SECONDS + $1 * SLOWNESS))
	shift
	until "$@"; do
		((SECONDS <= deadline)) || return 1
		read -rt 0.03 -u "$PAUSE" || true
	done
}
# A pipe that never says anything: waiting for it costs no process.
exec {PAUSE}<> <(:)

# assert_soon SECONDS COMMAND…
assert_soon() {
	wait_until "$@" || fail "not within $1 s: ${*:2}"
}

# value_is EXPECTED COMMAND…, and value_le, value_ge: what wait_until waits for
value_is() { [[ $("${@:2}") == "$1" ]]; }
value_le() { (($("${@:2}") <= $1)); }
value_ge() { (($("${@:2}") >= $1)); }

# defer COMMAND…: run it when the case ends, however it ends; the last one first.
DEFERRED=()
defer() { DEFERRED=("$(printf '%q ' "$@")" "${DEFERRED[@]}"); }
run_deferred() {
	local d
	for d in "${DEFERRED[@]}"; do
		eval "$d" >&9 2>&9 || true
	done
	DEFERRED=()
}
