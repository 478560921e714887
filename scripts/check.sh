#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Everything that is checked, cheapest first; all of it runs even if something fails.
#
#   make check                all: the whole cluster suite on the newest kernel, and the few
#                             cases in tests/cluster/smoke on 6.1 and on the debug kernel
#   make check TEST=name      only the cluster's tests of that name, for $KERNEL
#   make check STEPS='lint unit'     only these: lint unit cost nginx fuzz build
#                             cluster, or suites
#   make check-suites         the whole cluster suite on 6.1, on real-time and debug kernels, too
#                             (STEPS=suites), or on those in KERNELS; hours under emulation
#   make check-debug          the same for the debug kernel
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
cases() { grep -v '^#' "$1" | paste -sd, -; }

# cluster_suite RELEASE [SHARD]
cluster_suite() {
	KERNEL=$1 SHARD=${2:-} "$TOP/scripts/in-cluster.sh" -t "${LIMIT:-3300}" tests/cluster/run.sh
}

newest() { "$TOP/scripts/kernels.sh" newest "$@"; }
debug_release() { KERNEL=debug "$TOP/scripts/kernels.sh" default; }

whole() { printf '%s\n' "$1 1/2" "$1 2/2"; }
smoke() { printf '%s\n' "$1 smoke"; }

# _job RELEASE SHARD|smoke: one suite, into files of its own
_job() {
	local to="$log.$1.${2/\//of}" status=0
	(
		if [[ $2 == smoke ]]; then
			TEST=$(cases "$TOP/tests/cluster/smoke") cluster_suite "$1"
		else
			cluster_suite "$@"
		fi
	) >"$to" 2>&1 || status=$?
	echo "$status" >"$to.status"
}

# clusters <"RELEASE SHARD|smoke"…: these suites, as many at once as there are processors,
# with one each: emulation gains little from a second one, and loses much if it has to
# wait for it.
clusters() {
	local release part jobs=() job to
	export BTCP_CPUS=${BTCP_CPUS:-1}
	mapfile -t jobs
	# What all of them need is built before, lest one wait for another's.
	"$TOP/scripts/build-btcpctl.sh"
	for job in "${jobs[@]}"; do
		"$TOP/scripts/build-modules.sh" "${job% *}"
	done
	for job in "${jobs[@]}"; do
		read -r release part <<<"$job"
		(($(jobs -rp | wc -l) < $(nproc))) || wait -n
		_job "$release" "$part" &
		to="$log.$release.${part/\//of}"
		(tail -n +1 -s 0.5 --pid=$! -F "$to" 2>/dev/null |
			sed -u "s|^|[${release%%-*} $part] |" | grep --line-buffered -v 'passed, .* failed, ') &
		disown
	done
	wait
	for job in "${jobs[@]}"; do
		read -r release part <<<"$job"
		suite "cluster on $release, $part" finished "$log.$release.${part/\//of}"
	done
}

# finished LOG: the status of a suite that has run, with its closing line
finished() {
	grep -E '^[0-9]+ passed, ' "$1" || true
	return "$(cat "$1.status")"
}

# What takes hours is for who asks for it.
wanted() { [[ -z ${STEPS:-} && $1 != suites || " $STEPS " == *" $1 "* ]]; }

if [[ -n ${TEST:-} ]]; then
	suite "cluster, TEST=$TEST" cluster_suite "$("$TOP/scripts/kernels.sh" default)"
else
	if wanted lint; then step 'lint' "$TOP/scripts/lint.sh"; fi
	if wanted unit; then suite 'unit tests' in_folder tests/unit; fi
	if wanted cost; then step 'what a look-up costs' in_folder tests/unit cost; fi
	if wanted nginx; then step 'paths as nginx has them' in_folder tests/unit nginx; fi
	if wanted fuzz; then suite 'fuzz smoke' in_folder tests/fuzz smoke TIME="${FUZZ_TIME:-5}"; fi
	if wanted build; then
		step 'build btcpctl' "$TOP/scripts/build-btcpctl.sh"
		for release in $("$TOP/scripts/kernels.sh" list); do
			step "build $release, no warning" "$TOP/scripts/build-modules.sh" --strict "$release"
		done
	fi
	if wanted cluster; then
		{ whole "$(newest 6.12)" && smoke "$(newest 6.1)" && smoke "$(debug_release)"; } >"$log.jobs"
		clusters <"$log.jobs"
	fi
	if wanted suites; then
		for release in ${KERNELS:-"$(newest 6.12)" "$(newest 6.1)" "$(newest 6.1 rt-amd64)" "$(debug_release)"}; do
			[[ $release != debug ]] || release=$(debug_release)
			whole "$release"
		done >"$log.jobs"
		clusters <"$log.jobs"
	fi
fi

printf '\n'
printf '%s\n' "${summary[@]}"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
