# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The back-end's TCP never shook hands with the client and must know the round trip all the
# same: else it repeats what was not lost.
. "$CLUSTER/traffic.sh"

TRIP=(TCPLossProbes TCPSpuriousRTOs TCPDSACKRecv)
MORE=(TcpRetransSegs TCPTimeouts TCPSlowStartRetrans TCPSpuriousRtxHostQueues)

_sum() {
	local name be n
	for name in "$@"; do
		n=0
		for be in be1 be2; do
			n=$((n + $(snmp "$be" "$name")))
		done
		printf '%s\n' "$n"
	done
}

# _round HOST-OF-THE-URL…: the same connections to each; what the counters grew by
_round() {
	local before after i f host
	mapfile -t before < <(_sum "${TRIP[@]}" "${MORE[@]}")
	for host in "$@"; do
		for f in 4 6; do
			: >"$RUN/ab"
			client ab -q -n $((30 / $#)) -c 5 "$(url "$f" /1k "$host")" >>"$RUN/ab"
			client ab -q -n $((30 / $#)) -c 5 "$(url "$f" /100k "$host")" >>"$RUN/ab"
			assert_eq '0 0' "$(sed -n 's/^Failed requests: *//p' "$RUN/ab" | xargs)" 'failed requests'
		done
	done
	mapfile -t after < <(_sum "${TRIP[@]}" "${MORE[@]}")
	for i in "${!before[@]}"; do
		printf '%s\n' $((after[i] - before[i]))
	done
}

_no_more_than_direct() {
	local direct ours i try more
	# Where the machine stands still for a tenth of a second, packets are late and any TCP probes: a
	# few of either kind then, once. A back-end that does not know the round trip does it in every
	# response, every time.
	for try in 1 2 3; do
		mapfile -t direct < <(_round be1 be2)
		note "direct:     ${TRIP[*]} ${MORE[*]}: ${direct[*]}"
		mapfile -t ours < <(_round vip)
		note "handed off: ${TRIP[*]} ${MORE[*]}: ${ours[*]}"
		assert_eq $((${#TRIP[@]} + ${#MORE[@]})) "${#ours[@]}" 'counters read'
		more=''
		for i in "${!TRIP[@]}"; do
			((ours[i] <= direct[i])) || more+=" ${TRIP[i]}: ${ours[i]}, direct ${direct[i]}"
		done
		[[ -n $more ]] || return 0
	done
	fail "more than for direct connections, $try times:$more"
}

rtt__100_ms_make_no_more_probes_than_direct() {
	netem client eth0 delay 50ms
	netem router eth0 delay 50ms
	_no_more_than_direct
}

rtt__100_ms_each_way_staged() {
	setting fe limit one_shot 0
	netem client eth0 delay 100ms
	netem router eth0 delay 100ms
	_no_more_than_direct
}
