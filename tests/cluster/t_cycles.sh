# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Modules that come and go, and namespaces, over and over, while clients ask without end.
#
#   CYCLES=1000    how often; a few are enough to find what always goes wrong
. "$CLUSTER/traffic.sh"
CYCLES=${CYCLES:-4}
# shellcheck disable=SC2034 # for the runner
CASE_LIMIT=$((120 + 12 * CYCLES))

setup() { cluster_up; }

# What a cycle needs, in as few commands as there are namespaces. Back-end be1 is enough.
_batches() {
	cat >"$RUN/fe.batch" <<-END
		service add www ${VIPS[*]}
		backend add be1 $(_addrs be1) key $(key be1)
		pool add all backend be1
		rule add www pool all
	END
	printf 'frontend add fe addr %s %s key %s\n' "$(address fe 4)" "${VIPS[*]}" "$(key be1)" >"$RUN/be1.batch"
}
_configure() {
	btcpctl be1 -batch "$RUN/be1.batch"
	btcpctl fe -batch "$RUN/fe.batch"
}

# Clients of both families: what they get while nobody is there is no matter.
_load() {
	local f
	for f in 4 6; do
		# shellcheck disable=SC2016 # the other shell's
		start "load$f" client bash -c 'trap "kill \$!; exit" TERM
			while :; do ab -q -r -s 2 -n 100000 -c 4 "$0" & wait $!; done' "$(url "$f" /1k)"
	done
}
_load_ends() {
	stop load4
	stop load6
}
_handed_off() { counter fe frontend handoffs; }

modules__come_and_go_under_load() {
	local i
	_batches
	_load
	for ((i = 1; i <= CYCLES; i++)); do
		modules_load
		_configure
		# Only then is there something to take away.
		assert_soon 30 value_ge 1 _handed_off
		modules_unload
		((i % 100)) || note "$i cycles"
	done
	_load_ends
	assert_eq '' "$(lsmod | grep -E '^(handoff|btcp)' || true)" 'modules that are left'
	assert_log_is_clean
}

# The front-end's goes, with the flows of all of these clients, and comes again.
namespaces__come_and_go_under_load() {
	local i
	_batches
	modules_load
	btcpctl be1 -batch "$RUN/be1.batch"
	_load
	for ((i = 1; i <= CYCLES; i++)); do
		ip netns del fe
		assert_soon 30 wire_gone fe
		host_up fe
		btcpctl fe -batch "$RUN/fe.batch"
		assert_soon 30 value_ge 1 _handed_off
		((i % 100)) || note "$i cycles"
	done
	_load_ends
	get 4 /1k
	get 6 /1k
	assert_flows_end_within 60
	assert_log_is_clean
	modules_unload
}
