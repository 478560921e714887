# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The back-end's TCP never shook hands with the client and must know the round trip all the
# same: else it repeats what was not lost.
. "$CLUSTER/traffic.sh"

# shellcheck disable=SC2034 # for run.sh
CASE_LIMIT=400

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

# A tenth of a second is all there is between an acknowledgement and a loss probe here: a round
# counts only if the machine itself stood still for no more than half of that.
CALM=50
_calm_round() {
	local try
	for try in 1 2 3 4 5 6; do
		rm -f "$RUN/watching"
		start stall client /usr/bin/python3 -B "$CLUSTER/stall.py" "$RUN/watching"
		assert_soon 10 test -e "$RUN/watching"
		mapfile -t grew < <(_round "$@")
		stop stall
		assert_eq $((${#TRIP[@]} + ${#MORE[@]})) "${#grew[@]}" 'counters read'
		note "$*: ${TRIP[*]} ${MORE[*]}: ${grew[*]}, stood still for $(cat "$RUN/stall.out") ms"
		(($(cat "$RUN/stall.out") > CALM)) || return 0
	done
	fail "this machine is too busy to measure: it stood still for $(cat "$RUN/stall.out") ms, at the $try. try"
}

_no_more_than_direct() {
	local direct grew i try more
	# What is shorter adds up now and then, for either kind. A back-end that does not know the
	# round trip probes in every response, every time.
	for try in 1 2 3; do
		_calm_round be1 be2
		direct=("${grew[@]}")
		_calm_round vip
		more=''
		for i in "${!TRIP[@]}"; do
			((grew[i] <= direct[i])) || more+=" ${TRIP[i]}: ${grew[i]}, direct ${direct[i]}"
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
