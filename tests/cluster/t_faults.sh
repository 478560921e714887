# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# No memory: any allocation that our modules make, or that is made for them, may fail.
# What happens then is a clean refusal; nothing is lost, and afterwards all works. It
# takes the debug kernel, on which nothing but our modules is a module.
. "$CLUSTER/traffic.sh"

FAILING=(/sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc)
# Where modules are: who has one of these addresses in its stack may be refused.
MODULES_FROM=0xffffffffa0000000 MODULES_TO=0xffffffffff000000
MANY=100000000

_can_fail() { [[ -w ${FAILING[0]}/require-start ]]; }
needs_failing() { _can_fail || skip 'this kernel cannot refuse memory on demand: KERNEL=debug'; }

setup() {
	_can_fail || return 0
	cluster_up
	cluster_configure
	short_timeouts
}

# allocations_fail PERCENT: until allocations_work, or the case ends
allocations_fail() {
	local d knob
	for d in "${FAILING[@]}"; do
		for knob in task-filter=N ignore-gfp-wait=N verbose=0 interval=1 space=0 times=$MANY \
			stacktrace-depth=32 require-start=$MODULES_FROM require-end=$MODULES_TO probability="$1"; do
			printf '%s\n' "${knob#*=}" >"$d/${knob%=*}"
		done
	done
	echo 0 >"${FAILING[1]}/min-order"
	defer allocations_work
}
allocations_work() {
	local d
	for d in "${FAILING[@]}"; do
		echo 0 >"$d/probability"
	done
}
# refused: allocations, since allocations_fail
refused() {
	local d sum=0
	for d in "${FAILING[@]}"; do
		sum=$((sum + MANY - $(<"$d/times")))
	done
	echo "$sum"
}

# insist COMMAND…: until it succeeds. Whenever it does not, it says so in a sentence, and
# nothing has changed: else it could not succeed later.
INSISTED=0
insist() {
	local rc tries=0
	for (( ; ; )); do
		rc=0
		"$@" >"$RUN/out" 2>"$RUN/err" || rc=$?
		((rc)) || return 0
		note "$rc: $(cat "$RUN/err")"
		assert_match '[Mm]emory' "$(cat "$RUN/err")" "sentence of $*"
		INSISTED=$((INSISTED + 1)) tries=$((tries + 1))
		assert_le "$tries" 500 "refusals of $*"
	done
}
_ctl() { insist btcpctl "$@"; }

# What the user sees of it: an answer with all of its bytes, or none
_try_requests() {
	local f i rc
	OK=0 REFUSED=0
	for ((i = 0; i < $1; i++)); do
		for f in 4 6; do
			rc=0
			client curl -sS -m $((10 * SLOWNESS)) -f -o "$RUN/got" "$(url "$f" /10k)" || rc=$?
			case $rc in
			0)
				assert_same_file "$WWW/10k" "$RUN/got" "/10k, IPv$f"
				OK=$((OK + 1))
				;;
			# An answer of 503, reset before or in the answer, no answer in time
			22 | 52 | 56 | 28) REFUSED=$((REFUSED + 1)) ;;
			*) fail "curl ended with $rc" ;;
			esac
		done
	done
	note "$OK answered, $REFUSED refused"
}

_all_is_well() {
	local be f
	for be in be1 be2; do
		assert_soon 30 value_is up backend_state "$be"
	done
	for f in 4 6; do
		upload "$f" 1m
		download "$f" /5m
	done
	assert_flows_end_within 60
	assert_no_leaks
}

memory__is_refused_to_requests() {
	local counters
	needs_failing
	allocations_fail 3
	_try_requests 30
	assert_ge "$(refused)" 30 'allocations refused'
	allocations_work
	assert_ge "$OK" 1 'requests answered all the same'
	counters=$(for ns in fe be1 be2; do
		ip netns exec "$ns" "$(btcpctl_binary)" -j stats
	done | jq -rs 'flatten | [.[] | select((.name | test("memory|nomem")) and .value > 0) | "\(.name)=\(.value)"] | join(" ")')
	note "$counters"
	assert_ne '' "$counters" 'counters that tell of it'
	_all_is_well
}

# Each step of a hand-off must cope with the lack of every other packet, too.
memory__is_hard_to_come_by_for_requests() {
	needs_failing
	allocations_fail 50
	_try_requests 5
	allocations_work
	_all_is_well
}

memory__is_refused_to_the_configuration() {
	local be
	needs_failing
	for _ in 1 2 3; do
		allocations_fail 20
		for be in be1 be2; do
			_ctl "$be" frontend del fe
			_ctl "$be" frontend add fe addr "$(address fe 4)" "${VIPS[@]}" key "$(key "$be")"
		done
		_ctl fe rule del www default
		_ctl fe rule del www pref 10
		_ctl fe pool del img
		_ctl fe pool del all
		_ctl fe service del www
		for be in be1 be2; do
			_ctl fe backend del "$be"
			_ctl fe backend add "$be" addr "$(address "$be" 4):80" addr "[$(address "$be" 6)]:80" key "$(key "$be")"
		done
		_ctl fe service add www "${VIPS[@]}"
		_ctl fe pool add all backend be1
		_ctl fe member add all be2 weight 2
		_ctl fe pool add img backend be2
		_ctl fe rule add www pref 10 path '/img/*' pool img
		_ctl fe rule add www pool all
		_ctl fe rule set www pref 10 pool all
		_ctl fe rule set www pref 10 pool img
		_ctl fe service set www requests first
		_ctl fe service set www requests auto
		_ctl fe member set all be2 weight 1
		_ctl fe save
		_ctl be1 save
		allocations_work
	done
	assert_ge "$INSISTED" 5 'commands refused'
	_all_is_well
}

memory__is_refused_to_namespaces() {
	local i
	needs_failing
	allocations_fail 10
	for ((i = 0; i < 20; i++)); do
		insist ip netns add "x$i"
		ip netns del "x$i"
	done
	allocations_work
	assert_ge "$INSISTED" 5 'namespaces refused'
	_all_is_well
}

memory__is_refused_to_modules() {
	local m
	needs_failing
	for _ in 1 2 3; do
		modules_unload
		allocations_fail 10
		for m in "${MODULES[@]}"; do
			insist insmod "$BTCP_MODULES/$m.ko"
		done
		allocations_work
	done
	assert_ge "$INSISTED" 5 'modules refused'
	cluster_configure
	short_timeouts
	_all_is_well
}
