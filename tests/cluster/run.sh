#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run the cluster's tests, inside the VM: every function NAME__CASE of t_*.sh, in
# the order of the files and of the lines in them.
#
#   TEST=text      only cases whose "file name__case" contains this; several texts, any
#                  of which will do, with commas between them
#   SHARD=1/2      only every second file, from the first on; 2/2 are the others
#   BRIEF=1        without the cases in the file "long"
#   VERBOSE=1      what a case does is shown as it runs, not only if it fails
#
# A file may define setup and teardown (default: a configured cluster for the file)
# and CASE_LIMIT, the seconds a case may take on a stock kernel. After a case that failed
# the cluster is made anew, lest it spoil the next ones.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$CLUSTER/leaks.sh"

results=$(mktemp -d)
: >"$results/verdicts"

setup() {
	cluster_up
	cluster_configure
}
teardown() { cluster_down; }

long=$(<"$CLUSTER/long")$'\n'

# _wanted "FILE CASE": by TEST and BRIEF
_wanted() {
	local text texts
	[[ -z ${BRIEF:-} || $long != *$'\n'"${1#* }"$'\n'* ]] || return 1
	IFS=, read -ra texts <<<"${TEST:-}"
	((${#texts[@]})) || return 0
	for text in "${texts[@]}"; do
		[[ $1 != *"$text"* ]] || return 0
	done
	return 1
}

# _guarded LIMIT LOG COMMAND…: in a subshell and a process group of its own, where a
# failing command ends it. $status is 124 if it took too long, and then all of the
# group is gone. Never to be called as a condition, nor anything around it: that
# would switch errexit off in all it runs, and no case could fail.
_guarded() {
	local limit=$(($1 * SLOWNESS)) log=$2 pid timer ended
	shift 2
	set -m
	(
		set +m
		exec 9>"$log"
		[[ -z ${VERBOSE:-} ]] || exec 9> >(exec tee -a "$log" 9>&-)
		trap run_deferred EXIT
		set -euo pipefail
		"$@" >&9 2>&9
	) </dev/null &
	pid=$!
	set +m
	sleep "$limit" &
	timer=$!
	status=0
	wait -n -p ended "$pid" "$timer" || status=$?
	if [[ $ended == "$timer" ]]; then
		kill -TERM -- -"$pid" 2>/dev/null || true
		wait_until 5 _gone "$pid" || kill -KILL -- -"$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		status=124
	else
		kill "$timer" 2>/dev/null || true
		wait "$timer" 2>/dev/null || true
	fi
}

_verdict() {
	printf '%s\n' "$1" >>"$results/verdicts"
	printf '%-6s %-56s %s\n' "$1" "$2" "$3"
}

_complain() {
	[[ -n ${VERBOSE:-} ]] || sed 's/^/#   /' "$1"
	(dump_state) 2>&1 | sed 's/^/#   | /' || true
}

# _fresh FILE-NAME: a new cluster, $status not 0 and a word why if there is none
_fresh() {
	local log=$results/setup began=$SECONDS
	_guarded 60 "$log.down" teardown
	_guarded 120 "$log" setup
	printf '# %s: set up in %s s\n' "$1" $((SECONDS - began))
	((status == 0)) || {
		printf '# %s: the setup failed (status %s)\n' "$1" "$status"
		_complain "$log"
	}
}

_run_file() {
	local file=$1 name case cases=() up='' log began took status
	name=$(basename "$file" .sh)
	# From the text: the shell's own list is sorted.
	# shellcheck disable=SC2013 # they are words
	for case in $(sed -n 's/^\([a-z0-9_]*__[a-z0-9_]*\)() .*/\1/p' "$file"); do
		! _wanted "$name $case" || cases+=("$case")
	done
	((${#cases[@]})) || return 0
	CASE_LIMIT=120
	. "$file"

	for case in "${cases[@]}"; do
		if [[ -z $up ]]; then
			_fresh "$name"
			# A setup that failed once is not tried for every case.
			[[ $status == 0 ]] && up=1 || up=never
		fi
		if [[ $up == never ]]; then
			_verdict 'not ok' "$case" '(no cluster)'
			continue
		fi
		log=$results/$case
		began=$EPOCHREALTIME
		_guarded "$CASE_LIMIT" "$log" "$case"
		took=$(((${EPOCHREALTIME/./} - ${began/./}) / 100000))
		took=$((took / 10)).$((took % 10))s
		case $status in
		0) _verdict ok "$case" "$took" ;;
		"$SKIPPED") _verdict skip "$case" "$took $(sed -n 's/^SKIPPED: /# /p' "$log")" ;;
		*)
			((status != 124)) || printf 'FAILED: took more than %s s\n' $((CASE_LIMIT * SLOWNESS)) >>"$log"
			((status == 124 || status == FAILED)) || printf 'FAILED: a command ended with status %s\n' "$status" >>"$log"
			_verdict 'not ok' "$case" "$took"
			_complain "$log"
			up=''
			;;
		esac
	done
	_guarded 60 "$results/teardown" teardown
	((status == 0)) || {
		_verdict 'not ok' "$name teardown" ''
		_complain "$results/teardown"
	}
}

# The lab's own first: nothing else can be believed before.
mapfile -t files < <(printf '%s\n' "$CLUSTER"/t_*.sh | grep -v '/t_lab.sh$')
files=("$CLUSTER/t_lab.sh" "${files[@]}")
SHARD=${SHARD:-1/1}
for ((i = ${SHARD%/*} - 1; i < ${#files[@]}; i += ${SHARD#*/})); do
	(_run_file "${files[i]}")
done

# _at_the_end NAME COMMAND…
_at_the_end() {
	_guarded 120 "$results/end" "${@:2}"
	if ((status == 0)); then
		_verdict ok "$1" ''
	else
		_verdict 'not ok' "$1" ''
		_complain "$results/end"
	fi
}
# What is lost while the modules are there, what a namespace left behind (which would
# hold their end up for ever), what they have left themselves.
if loaded handoff; then
	! leaks_can_be_seen || _at_the_end 'no memory is lost, modules loaded' assert_no_leaks
	_at_the_end 'modules unload at the end' modules_unload
	! leaks_can_be_seen || _at_the_end 'no memory is lost, modules gone' assert_no_leaks
fi

count() { grep -c -x "$1" "$results/verdicts" || true; }
printf '%d passed, %d failed, %d skipped\n' "$(count ok)" "$(count 'not ok')" "$(count skip)"
[[ -s $results/verdicts ]] || {
	printf 'no test matches TEST=%s\n' "${TEST:-}" >&2
	exit 1
}
(($(count 'not ok') == 0))
