#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Everything that is checked, cheapest first; all of it runs even if something fails.
#
#   make check                all
#   make check TEST=name      only the cluster's tests of that name, for $KERNEL
#   make check STEPS='lint unit'     only these: lint unit fuzz build cluster smoke, or debug
#   make check-debug                 the whole cluster suite on the debug kernel (STEPS=debug);
#                                    "smoke" is a few cases of it, tests/cluster/smoke
set -euo pipefail
. "$(dirname "$0")/lib.sh"

passed=0 failed=0 skipped=0
summary=()
log=$(mktemp)
trap 'rm -f "$log" "$log".*' EXIT

_tell() {
	summary+=("$(printf '%-44s %-8s %4d s' "$1" "$2" "$3")")
	printf '%s\n' "${summary[-1]}"
}

# step NAME COMMAND…: one thing that holds or does not
step() {
	local began=$SECONDS
	say "$1"
	if "${@:2}"; then
		passed=$((passed + 1))
		_tell "$1" ok $((SECONDS - began))
	else
		failed=$((failed + 1))
		_tell "$1" 'not ok' $((SECONDS - began))
	fi
}

# suite NAME COMMAND…: many things, counted by the last line of what it says. Its exit
# status counts beside them: a suite cannot fail in silence, nor pass without a count.
suite() {
	local began=$SECONDS rc=0 p=0 f=0 s=0 said=ok line
	say "$1"
	# "if" keeps errexit from ending this; pipefail brings the suite's status.
	if "${@:2}" 2>&1 | tee "$log"; then rc=0; else rc=1; fi
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1) || true
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
		p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
	else
		printf '%s: no closing line with its count\n' "$1" >&2
		rc=1
	fi
	((rc == 0 || f)) || f=1
	((f == 0)) || said='not ok'
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	_tell "$1 ($p, $f, $s)" "$said" $((SECONDS - began))
}

in_folder() {
	[[ -e $TOP/$1/Makefile ]] || {
		printf 'error: no %s/Makefile\n' "$1" >&2
		return 1
	}
	make --no-print-directory -C "$TOP/$1" "${@:2}"
}

# The names of the cases in a list, as TEST wants them
cases() { grep -v '^#' "$1" | cut -d' ' -f1 | paste -sd, -; }

cluster_suite() {
	KERNEL=$1 "$TOP/scripts/in-cluster.sh" -t "${LIMIT:-3300}" tests/cluster/run.sh
}

# clusters RELEASE…: the cluster suite on each kernel, side by side with one processor
# each: emulation gains little from a second one, and loses much if it has to wait for it.
clusters() {
	local release pids=() i=0 status
	for release in "$@"; do
		"$TOP/scripts/build-modules.sh" "$release"
	done
	"$TOP/scripts/build-btcpctl.sh"
	for release in "$@"; do
		{
			status=0
			BTCP_CPUS=${BTCP_CPUS:-1} cluster_suite "$release" >"$log.$release" 2>&1 || status=$?
			echo "$status" >"$log.$release.status"
		} &
		pids+=($!)
		(tail -n +1 -s 0.5 --pid=$! -F "$log.$release" 2>/dev/null |
			sed -u "s/^/[${release%%-*}] /" | grep --line-buffered -v 'passed, .* failed, ') &
	done
	for release in "$@"; do
		suite "cluster on $release" finished "${pids[i]}" "$log.$release"
		i=$((i + 1))
	done
}

# finished PID LOG: the status of a suite in the background, with its closing line
finished() {
	tail --pid="$1" -s 0.5 -f /dev/null
	grep -E '^[0-9]+ passed, ' "$2" || true
	return "$(cat "$2.status")"
}

debug_smoke() {
	TEST=$(cases "$TOP/tests/cluster/smoke") cluster_suite "$(KERNEL=debug "$TOP/scripts/kernels.sh" default)"
}

# The debug kernel's whole suite takes hours: it is for who asks for it.
wanted() { [[ -z ${STEPS:-} && $1 != debug || " $STEPS " == *" $1 "* ]]; }

if [[ -n ${TEST:-} ]]; then
	suite "cluster, TEST=$TEST" cluster_suite "$("$TOP/scripts/kernels.sh" default)"
else
	if wanted lint; then step 'lint' "$TOP/scripts/lint.sh"; fi
	if wanted unit; then suite 'unit tests' in_folder tests/unit; fi
	if wanted fuzz; then suite 'fuzz smoke' in_folder tests/fuzz smoke TIME="${FUZZ_TIME:-5}"; fi
	if wanted build; then
		step 'build btcpctl' "$TOP/scripts/build-btcpctl.sh"
		for release in $("$TOP/scripts/kernels.sh" list); do
			step "build $release, no warning" "$TOP/scripts/build-modules.sh" --strict "$release"
		done
	fi
	if wanted cluster; then
		clusters "$("$TOP/scripts/kernels.sh" newest 6.1)" \
			"$("$TOP/scripts/kernels.sh" newest 6.12)"
	fi
	if wanted smoke; then suite 'debug smoke' debug_smoke; fi
	if wanted debug; then clusters "$(KERNEL=debug "$TOP/scripts/kernels.sh" default)"; fi
fi

printf '\n'
printf '%s\n' "${summary[@]}"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
