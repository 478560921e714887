# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Back-ends that cannot: the client gets its answer from another, and no request is
# executed twice.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
}

# _twenty 4|6: all answered, and all by be2
_twenty() {
	assert_eq '20 200 be2 1024 complete eof' "$(gets 20 | ask "$1" "${2:-10}" 15 | sort | uniq -c | xargs)" "who answered, IPv$1"
}

# _both_answer: be1 takes part again
_both_answer() {
	[[ $(gets 4 | ask "${1:-4}" 1 15 | sort | uniq -c | xargs) == '2 200 be1 1024 complete eof 2 200 be2 1024 complete eof' ]]
}

_refusals() { counter be1 backend handoff_refusals; }

_port_closed() {
	local f
	for f in 4 6; do
		nginx_stop be1
		_twenty "$f"
		assert_soon 5 eval "! listening be1 $f"
		_twenty "$f"
		nginx_start be1
		assert_soon 10 _both_answer "$f"
	done
	counters_show
}
refused__the_port_is_closed() {
	defer server_back be1
	both_modes _port_closed
}

# A listener that is there, so that no heartbeat warns, and an RST to each SYN
_reset() {
	local f before failures
	for f in 4 6; do
		before=$(_refusals)
		failures=$(counter fe frontend handoff_failures)
		_twenty "$f"
		assert_ge $(($(_refusals) - before)) 1 'refusals by be1'
		assert_ge $(($(counter fe frontend handoff_failures) - failures)) 1 handoff_failures
	done
	counters_show
}
refused__each_syn_is_reset() {
	firewall be1 <<-END
		table inet server {
			chain input {
				type filter hook input priority 0; policy accept;
				tcp dport 80 reject with tcp reset
			}
		}
	END
	both_modes _reset
	firewall_clear be1
	assert_soon 10 _both_answer 4
}

# The same by silence
refused__each_syn_is_dropped() {
	local f before
	firewall be1 <<-END
		table inet server {
			chain input {
				type filter hook input priority 0; policy accept;
				tcp dport 80 drop
			}
		}
	END
	for f in 4 6; do
		before=$(_refusals)
		_twenty "$f" 20
		assert_ge $(($(_refusals) - before)) 1 'refusals by be1'
	done
	counters_show
}

_queue_full() {
	[[ $(ip netns exec be1 ss -Htln "-$1" | awk '$4 ~ /:80$/ { print ($2 > $3) }') == 1 ]]
}

_full() {
	local f before
	for f in 4 6; do
		before=$(_refusals)
		_twenty "$f" 20
		note "refusals by be1: $(($(_refusals) - before))"
	done
	counters_show
}
refused__its_accept_queue_is_full() {
	local f
	serve be1 never 0
	for f in 4 6; do
		# One waits for ever to be accepted; then there is no room.
		start "fill$f" client "${SPEAK[@]}" "$(address be1 "$f")" 80 limit:100 connect end
		assert_soon 10 _queue_full "$f"
	done
	both_modes _full
	assert_ge "$(_refusals)" 1 'refusals by be1'
}

_half_open() { ip netns exec be1 ss -Htn "-$1" state syn-recv 'sport = :80' | grep -q .; }

# With tcp_abort_on_overflow a queue that has become full since the SYN makes TCP answer the
# handshake's ACK by a reset. The ACK is kept off until the queue is full.
refused__its_accept_queue_overflows_and_it_resets() {
	local f ns before
	kernel_setting be1 net.ipv4.tcp_abort_on_overflow 1
	for ns in fe be1; do
		setting "$ns" timeout handoff 30s
	done
	serve be1 never 0
	gets 2 >"$RUN/gets"
	for f in 4 6; do
		before=$(_refusals)
		firewall be1 <<-END
			table inet held {
				chain input {
					type filter hook input priority 0; policy accept;
					ip saddr ${IP4[client]} tcp dport 80 tcp flags & (syn | ack) == ack drop
					ip6 saddr ${IP6[client]} tcp dport 80 tcp flags & (syn | ack) == ack drop
				}
			}
		END
		# wrr: one for each
		start asked client bash -c "/usr/bin/python3 -B '$CLUSTER/ask.py' '$(address vip "$f")' 80 2 60 <'$RUN/gets'"
		assert_soon 30 _half_open "$f"
		start "fill$f" router "${SPEAK[@]}" "$(address be1 "$f")" 80 limit:100 connect end
		assert_soon 20 _queue_full "$f"
		firewall_clear be1
		finish asked 30
		assert_eq '2 200 be2 1024 complete eof' "$(sort "$RUN/asked.out" | uniq -c | xargs)" "who answered, IPv$f"
		assert_eq 1 $(($(_refusals) - before)) 'refusals by be1'
		assert_ge "$(snmp be1 TcpExtListenOverflows)" 1 'overflows of its queue'
	done
	counters_show
}

# A queue that fills and drains while requests arrive: what was in it is answered by be1, what
# did not fit by be2, each once.
refused__a_queue_that_fills_and_drains() {
	local f there
	for f in 4 6; do
		log_clear be2
		rm -f "$RUN/go"
		serve be1 later 1 "$RUN/go"
		gets 12 >"$RUN/gets"
		start asked client bash -c "/usr/bin/python3 -B '$CLUSTER/ask.py' '$(address vip "$f")' 80 12 60 <'$RUN/gets'"
		# Not before the client has started, which takes its time on a busy machine.
		assert_soon 30 _queue_full "$f"
		touch "$RUN/go"
		finish asked 30
		assert_eq 12 "$(grep -c '^200 be[12] [0-9]* complete eof$' "$RUN/asked.out")" 'requests answered'
		there=$(cat "$RUN/serve.4.log" "$RUN/serve.6.log" | wc -l)
		assert_soon 5 value_is $((12 - there)) log_count be2 '^200 "GET /1k'
		stop serve.4
		stop serve.6
		server_back be1
	done
}

# Without a way to the client nothing it says would arrive, nor pass its own checks.
refused__no_route_to_the_client() {
	local f before
	in_ns be1 ip route del default
	defer ip -n be1 route add default via "$(address router 4)"
	in_ns be1 ip -6 route del ::/0
	defer ip -n be1 route add ::/0 via "$(address router 6)"
	for f in 4 6; do
		before=$(counter fe frontend nak_route)
		_twenty "$f"
		assert_ge $(($(counter fe frontend nak_route) - before)) 1 "hand-offs refused for want of a route, IPv$f"
	done
	counters_show
	in_ns be1 ip route add default via "$(address router 4)"
	in_ns be1 ip route add ::/0 via "$(address router 6)"
	assert_soon 10 _both_answer 4
	assert_soon 10 _both_answer 6
}

refused__the_front_end_is_unknown_there() {
	local f
	for f in 4 6; do
		btcpctl be1 frontend del fe
		_twenty "$f"
		assert_ne up "$(backend_state be1)" 'state of be1'
		_twenty "$f"
		configure_backend be1
		assert_soon 15 value_is up backend_state be1
		assert_soon 5 _both_answer "$f"
	done
	counters_show
}

refused__another_vip_is_granted() {
	local f
	btcpctl be1 frontend set fe vip "$VIP4:8080"
	for f in 4 6; do
		_twenty "$f"
	done
	counters_show
	# Refused, or known in advance
	(($(_refusals))) || ! listening be1 4 || fail 'be1 was passed over, and nothing says why'
	btcpctl be1 frontend set fe "${VIPS[@]}"
	assert_soon 10 _both_answer 4
}

# -- a back-end that is gone ------------------------------------------------------------

_unplug() {
	in_ns lan ip link set "$1" nomaster
	defer ip -n lan link set "$1" master br0
}

gone__noticed_avoided_and_taken_back() {
	local f
	_unplug be1
	# Until that is noticed a request may be lost with it, but none hangs.
	gets 10 | ask 4 10 15 >"$RUN/answers"
	assert_eq 0 "$(grep -c -w late "$RUN/answers")" 'requests that hang'
	assert_ge "$(grep -c '^200 be2 ' "$RUN/answers")" 5 'answers by be2'
	# Three heartbeats missed
	# shellcheck disable=SC2016 # each time anew
	assert_soon 6 eval '[[ $(backend_state be1) != up ]]'
	for f in 4 6; do
		_twenty "$f"
	done
	in_ns lan ip link set be1 master br0
	assert_soon 15 value_is up backend_state be1
	for f in 4 6; do
		assert_soon 5 _both_answer "$f"
	done
}

# -- messages that are lost ---------------------------------------------------------------

# _drop NAMESPACE PERCENT: of the control channel, on its way in
_drop() {
	firewall "$1" <<-END
		table inet lossy {
			counter lost { }
			chain input {
				type filter hook input priority -10; policy accept;
				udp dport 7689 numgen random mod 100 < $2 counter name lost drop
			}
		}
	END
}

# _posts FAMILY N: each has an id; every answer is a request executed once, no request is
# executed more often
_posts() {
	local i n=$2 ok log
	log_clear be1 be2
	for ((i = 1; i <= n; i++)); do
		printf 'POST /post?id=%d HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 6\\r\\n\\r\\nbody%d\n' "$i" $((10 + i % 90))
	done | ask "$1" 16 30 >"$RUN/answers"
	ok=$(grep -c '^200 be[12] .* complete' "$RUN/answers") || true
	note "$ok of $n answered; others: $(grep -v '^200 be[12] .* complete' "$RUN/answers" | sort | uniq -c | xargs)"
	counters_show
	assert_flows_end
	log=$RUN/log.ids
	cat "$(access_log be1)" "$(access_log be2)" | sed -n 's/^\([0-9]*\) "POST \/post?id=\([0-9]*\) .*/\2 \1/p' | sort -n >"$log"
	assert_eq '' "$(cut -d' ' -f1 "$log" | uniq -d | xargs)" 'ids executed twice'
	# Line N of the answers is id N.
	awk '/^200 be[12] .* complete/ { print NR }' "$RUN/answers" >"$RUN/answered.ids"
	assert_eq '' "$(awk '$2 == 200 { print $1 }' "$log" | sort | join -v 1 <(sort "$RUN/answered.ids") - | xargs)" 'ids answered, but in no log'
	assert_ge "$ok" $((n * 98 / 100)) "answers to $n requests"
}

lost__handoff_acks_and_1000_posts() {
	_drop fe 20
	_posts 4 1000
	assert_ge "$(nft_count fe lost)" 100 'messages lost'
}

lost__both_directions() {
	_drop fe 20
	_drop be1 20
	_drop be2 20
	_posts 6 200
}

lost__when_staged() {
	setting fe limit one_shot 0
	_drop fe 20
	_drop be1 20
	_drop be2 20
	_posts 4 200
}

# Copies and stragglers of a HANDOFF, and of everything else
lost__doubled_and_reordered_instead() {
	local ns
	for ns in fe be1 be2; do
		netem "$ns" eth0 delay 10ms 5ms duplicate 30% reorder 20%
	done
	_posts 4 200
	setting fe limit one_shot 0
	_posts 6 200
}
