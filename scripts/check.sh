#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Everything that is checked; all of it runs even if something fails. The cluster's tests often
# wait: what needs no VM, and the debug kernel's build, have the processors meanwhile.
#
#   make check                all: the cluster suite on the newest kernel but for the cases in
#                             tests/cluster/long, and those in tests/cluster/smoke on 6.1 and
#                             on the debug kernel
#   make check TEST=name      only the cluster's tests of that name, for $KERNEL
#   make check STEPS='lint unit'     only these: lint unit cost nginx fuzz build suites
#   make check-suites         the whole cluster suite on 6.1, on real-time and debug kernels, too
#                             (STEPS=suites), or on those in KERNELS; hours under emulation
#   make check-debug          the same for the debug kernel
set -euo pipefail
. "$(dirname "$0")/lib.sh"

passed=0 failed=0 skipped=0
summary=() failures=()
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
		failures+=("not ok $1")
		_tell "$1" 'not ok' $((SECONDS - began))
	fi
}

# what_failed LOG: of a suite, each with where and why
what_failed() { sed -nE '/^not ok |^# +(FAILED: |at t_)/p' "$1" | cut -c -400; }

# suite NAME COMMAND…: many things, counted by the last line of what it says. Its exit
# status counts beside them: a suite cannot fail in silence, nor pass without a count.
suite() {
	local began=$SECONDS rc=0 p=0 f=0 s=0 said=ok line
	say "$1"
	# "if" keeps errexit from ending this; pipefail brings the suite's status.
	if "${@:2}" 2>&1 | tee "$log"; then rc=0; else rc=1; fi
	mapfile -t -O "${#failures[@]}" failures < <(what_failed "$log" | sed "/^not ok/s|\$| ($1)|")
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

# _noted FILE COMMAND…: what it says into FILE, how it ends into FILE.status
_noted() {
	local status=0
	"${@:2}" >"$1" 2>&1 || status=$?
	echo "$status" >"$1.status"
}

# _follow FILE PID NAME: show what comes into FILE until PID has ended
_follow() {
	(tail -n +1 -s 0.5 --pid="$2" -F "$1" 2>/dev/null |
		sed -u "s|^|[$3] |" | grep --line-buffered -v 'passed, .* failed, ') &
	disown
}

# _job RELEASE SHARD|smoke
_job() {
	if [[ $2 == smoke ]]; then
		TEST=$(cases "$TOP/tests/cluster/smoke") cluster_suite "$1"
	else
		cluster_suite "$@"
	fi
}

# clusters <"RELEASE SHARD|smoke"…: these suites, as many at once as there are processors,
# with one each: emulation gains little from a second one, and loses much if it has to
# wait for it.
clusters() {
	local release part jobs=() job
	export BTCP_CPUS=${BTCP_CPUS:-1}
	mapfile -t jobs
	# What all of them need is built before, lest one wait for another's.
	"$TOP/scripts/build-btcpctl.sh"
	for job in "${jobs[@]}"; do
		# That kernel may be on its way still.
		[[ $job == *-debug-* ]] || "$TOP/scripts/build-modules.sh" "${job% *}"
	done
	for job in "${jobs[@]}"; do
		read -r release part <<<"$job"
		(($(jobs -rp | wc -l) < $(nproc))) || wait -n
		_noted "$log.$release.${part/\//of}" _job "$release" "$part" &
		_follow "$log.$release.${part/\//of}" $! "${release%%-*} $part"
	done
	wait
	for job in "${jobs[@]}"; do
		read -r release part <<<"$job"
		suite "cluster on $release, $part" finished "$log.$release.${part/\//of}"
	done
}

# finished LOG: the status of a suite that has run, with its closing line and what failed
finished() {
	what_failed "$1"
	grep -E '^[0-9]+ passed, ' "$1" || true
	return "$(cat "$1.status")"
}

# _without_vm: the rest, behind the debug kernel, a quarter of an hour if it is not there
_without_vm() {
	nice -n 19 "$TOP/scripts/debug-kernel.sh" build || true
	STEPS='lint unit cost nginx fuzz build' nice -n 19 "$TOP/scripts/check.sh"
}

everything() {
	local beside
	_noted "$log.beside" _without_vm &
	beside=$!
	disown
	_follow "$log.beside" "$beside" 'beside'
	{ whole "$(newest 6.12)" && smoke "$(newest 6.1)" && smoke "$(debug_release)"; } >"$log.jobs"
	BRIEF=1 clusters <"$log.jobs"
	tail --pid="$beside" -f /dev/null
	suite 'all that needs no VM' finished "$log.beside"
}

wanted() { [[ " ${STEPS:-} " == *" $1 "* ]]; }

if [[ -n ${TEST:-} ]]; then
	suite "cluster, TEST=$TEST" cluster_suite "$("$TOP/scripts/kernels.sh" default)"
elif [[ -z ${STEPS:-} ]]; then
	everything
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
	# Takes hours.
	if wanted suites; then
		for release in ${KERNELS:-"$(newest 6.12)" "$(newest 6.1)" "$(newest 6.1 rt-amd64)" "$(debug_release)"}; do
			[[ $release != debug ]] || release=$(debug_release)
			whole "$release"
		done >"$log.jobs"
		clusters <"$log.jobs"
	fi
fi

printf '\n'
printf '%s\n' "${summary[@]}" "${failures[@]}"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
