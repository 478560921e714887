# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Every way a connection ends: the client sees what it would see of one TCP, both ends
# forget the flow in time, and its tuple serves again.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
	requests first
}

GET='GET /1k HTTP/1.1\r\nHost: x\r\n\r\n'
# Served at 200 kB/s: there is time to break off.
SLOW='GET /slow/5m HTTP/1.1\r\nHost: x\r\n\r\n'

# watched COMMAND…: afterwards the flows end, and what the client saw was one connection
watched() {
	pcap_start watched client eth0 tcp port 80
	"$@"
	assert_flows_end_within "${FREED:-$FLOWS_END}"
	pcap_stop watched
	assert_one_stream watched
}
# What the front-end sent to the client: seen count
seen() { pcap_count watched "src port 80 and $1"; }

_server_first() {
	local f
	for f in 4 6; do
		download "$f" /close/5m
		assert_match $'^200 be[12] 1024 complete\neof 0$' \
			"$(speak "$f" 'send:GET /close/1k HTTP/1.1\r\nHost: x\r\n\r\n' response end)" "what the client saw, IPv$f"
	done
}
ends__by_the_server_first() {
	local fins
	fins=$(counter fe frontend relayed_fin)
	watched both_modes _server_first
	assert_ge $(($(counter fe frontend relayed_fin) - fins)) 8 relayed_fin
	assert_eq 0 "$(seen "$HAS_RST")" 'RSTs'
}

_client_first() {
	local f
	for f in 4 6; do
		assert_match $'^200 be[12] 1024 complete\n200 be[12] 1024 complete\neof 0$' \
			"$(speak "$f" "send:$GET" response close / "send:$GET" response fin end)" "what the client saw, IPv$f"
	done
}
ends__by_the_client_first() {
	watched both_modes _client_first
	assert_eq 0 "$(seen "$HAS_RST")" 'RSTs'
	assert_eq 8 "$(pcap_show watched "src port 80 and $HAS_FIN" | grep -o ' > [^ ]*: Flags' | sort -u | wc -l)" 'connections with a FIN from the VIP'
}

# Each side's FIN is on its way when the other is sent.
PORT=20000
_both_at_once() {
	local f
	for f in 4 6; do
		PORT=$((PORT + 1))
		assert_match $'\nfin [1-9][0-9]*$' "$(raw "$f" "$PORT" 'GET /close/1k HTTP/1.1\r\nHost: x\r\n\r\n' syn ack 0+ cross)" "what the client saw, IPv$f"
	done
}
ends__by_both_at_once() {
	raw_client
	watched both_modes _both_at_once
}

_half_close() {
	local f
	for f in 4 6; do
		assert_match $'^200 be[12] 1024 complete\neof 0\n200 be[12] 1024 complete\neof 0$' \
			"$(speak "$f" "send:$GET" fin response end / \
				'send:GET /1k HTTP/1.1\r\n' acked 'send:Host: x\r\n\r\n' fin response end)" "what the client saw, IPv$f"
	done
}
ends__with_the_client_s_half_first() {
	watched both_modes _half_close
}

# A server that answers only when it has seen the FIN
_patient() {
	local f
	for f in 4 6; do
		assert_eq $'200 be1 5242880 complete\neof 0\n200 be1 5242880 complete\neof 0' \
			"$(speak "$f" "send:$GET" fin "response:$RUN/got" end / \
				"send:$GET" acked "file:$WWW/1m" acked fin "response:$RUN/got2" end)" "what the client saw, IPv$f"
		assert_same_file "$WWW/5m" "$RUN/got"
		assert_same_file "$WWW/5m" "$RUN/got2"
	done
}
ends__with_the_client_s_half_and_a_response_to_come() {
	only be1
	serve be1 patient "$WWW/5m"
	watched both_modes _patient
}

_client_reset() {
	local f
	for f in 4 6; do
		# With data unread, a close is a reset, too.
		speak "$f" "send:$SLOW" read:20000 reset / "send:$GET" response reset / \
			'send:GET /5m HTTP/1.1\r\nHost: x\r\n\r\n' read:100000 close
	done
}
ends__by_the_client_s_reset() {
	watched both_modes _client_reset
	# The servers noticed: their sockets are gone.
	for be in be1 be2; do
		assert_eq '' "$(ip netns exec "$be" ss -Htn state established 'sport = :80')" "sockets on $be"
	done
}

_server_reset() {
	local f
	for f in 4 6; do
		assert_match '^reset 100[0-9]{3}$' "$(speak "$f" "send:$GET" end)" "what the client saw, IPv$f"
	done
}
ends__by_the_server_s_reset() {
	local rsts
	only be1
	serve be1 reset 100000
	rsts=$(counter fe frontend relayed_rst)
	watched both_modes _server_reset
	assert_ge $(($(counter fe frontend relayed_rst) - rsts)) 4 relayed_rst
	assert_ge "$(seen "$HAS_RST")" 4 'RSTs that the client saw'
}

ends__by_a_server_that_is_killed() {
	local f pid
	only be1
	for f in 4 6; do
		start "slow$f" client curl -sS -m 40 -f -o "$RUN/slow$f.got" "$(url "$f" /slow/5m)"
	done
	for f in 4 6; do
		assert_soon 10 test -s "$RUN/slow$f.got"
	done
	defer server_back be1
	for pid in $(ip netns pids be1); do
		kill -KILL "$pid"
	done
	rm "$RUN/be1/nginx.pid"
	for f in 4 6; do
		finish "slow$f" 10
		# 18: ended before all was there; 56: reset
		assert_match '^(18|56)$' "$FINISHED" "status of the download, IPv$f"
	done
	assert_flows_end
}

# _holding 4|6 REQUEST STEP…: a client that reads nothing before $RUN/go is there, and
# then goes on with the steps
_holding() {
	rm -f "$RUN"/{first,go}
	start held client "${SPEAK[@]}" "$(address vip "$1")" 80 limit:60 from:22020 rcvbuf:16384 \
		"send:$2" "touch:$RUN/first" "await:$RUN/go" "${@:3}"
	assert_soon 30 test -e "$RUN/first"
}

# Neither the RST nor CLOSED reaches the front-end, until much later.
ends__by_a_reset_that_is_lost_on_its_way() {
	local f rsts relayed
	only be1
	serve be1 reset 100000
	setting fe limit heartbeat_down 100
	for f in 4 6; do
		_holding "$f" "$GET" end
		assert_soon 10 value_is 1 active be1
		rsts=$(counter be1 backend intercepted_rst)
		relayed=$(counter fe frontend relayed_rst)
		firewall fe <<-END
			table inet lossy {
				chain input { type filter hook input priority 0; policy accept; udp dport 7689 drop; }
			}
		END
		# All of it is read, and acknowledged: now the server resets.
		touch "$RUN/go"
		assert_soon 20 value_ge $((rsts + 1)) counter be1 backend intercepted_rst
		assert_eq "$relayed" "$(counter fe frontend relayed_rst)" 'RSTs relayed while all is lost'
		firewall_clear fe
		finish held 20
		assert_match '^reset 100[0-9]{3}$' "$(cat "$RUN/held.out")" "what the client saw, IPv$f"
		assert_ge "$(counter fe frontend relayed_rst)" $((relayed + 1)) relayed_rst
		assert_flows_end
	done
}

_states() { ip netns exec "$1" "$(btcpctl_binary)" -j flow show | jq -r '.[].state' | xargs; }

# _next CAPTURE: what the client would send next: "SEQ ACK"
_next() {
	tcpdump -Z root -nn -S -r "$(pcap_file "$1")" 'dst port 80' 2>/dev/null | awk '
		match($0, /seq [0-9]+:[0-9]+/) { split(substr($0, RSTART, RLENGTH), s, ":") }
		match($0, /ack [0-9]+/) { a = substr($0, RSTART + 4, RLENGTH - 4) }
		END { print s[2], a }'
}

# Anybody can send a FIN in the client's name; without its numbers it changes nothing.
ends__not_by_a_forged_fin() {
	local f seq ack far=536870912
	only be1
	for f in 4 6; do
		pcap_start numbers client eth0 tcp port 80
		_holding "$f" 'GET /1m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "response:$RUN/got" end
		# Until the window is full, and nothing moves any more.
		assert_soon 20 value_is live _states be1
		assert_soon 20 value_is forwarding _states fe
		assert_soon 20 _stands_still
		pcap_stop numbers
		read -r seq ack < <(_next numbers)
		pcap_start forged be1 eth0 "$HAS_FIN" and dst port 80
		raw "$f" 22020 '' isn:$(((seq - 1 + far) % 2**32)) peer:"$ack" fin
		raw "$f" 22020 '' isn:$(((seq - 1 - far + 2**32) % 2**32)) peer:"$ack" fin
		raw "$f" 22020 '' isn:$(((seq - 1 + 2**32) % 2**32)) peer:$(((ack + far) % 2**32)) fin
		pcap_stop forged
		assert_eq 3 "$(pcap_count forged)" 'forged FINs that be1 got'
		assert_eq live "$(_states be1)" "the flow at be1, IPv$f"
		assert_eq forwarding "$(_states fe)" "the flow at the front-end, IPv$f"
		touch "$RUN/go"
		finish held 60
		assert_eq $'200 be1 1048576 complete\neof 0' "$(cat "$RUN/held.out")" "what the client saw, IPv$f"
		assert_same_file "$WWW/1m" "$RUN/got"
		assert_flows_end
	done
}
# Twice the same bytes in the server's send queue and the client's receive queue
_stands_still() {
	local before
	before=$(_queues)
	[[ $before == *[1-9]* && $(_queues) == "$before" ]]
}
_queues() {
	ip netns exec client ss -Htn 'sport = :22020' | awk '{ print $2 }'
	ip netns exec be1 ss -Htn 'sport = :80' | awk '{ print $3 }'
}

ends__by_a_back_end_that_is_taken_down() {
	local f
	defer btcpctl fe backend set be1 admin up
	for f in 4 6; do
		only be1
		_idle "$f"
		btcpctl fe backend set be2 admin up
		btcpctl fe backend set be1 admin down
		finish idle 15
		assert_eq $'200 be1 1024 complete\nreset 0' "$(cat "$RUN/idle.out")" "what the client saw, IPv$f"
		assert_eq be2 "$(get "$f" /1k)" 'who answers now'
		btcpctl fe backend set be1 admin up
		assert_flows_end
	done
}
# _idle 4|6: a client that has its answer, and keeps the connection
_idle() {
	rm -f "$RUN/first"
	start idle client "${SPEAK[@]}" "$(address vip "$1")" 80 limit:60 \
		"send:$GET" response "touch:$RUN/first" end
	assert_soon 20 test -e "$RUN/first"
}

# -- ends before there was a request ---------------------------------------------------

before__any_request() {
	local f
	raw_client
	watched _before_any_request
	setting fe timeout head 2s
	setting fe timeout synack 200ms
	for f in 4 6; do
		# Ever since its SYN, or its handshake, or half a head, nothing is heard of the client.
		raw "$f" "$((20200 + f))" '' syn-only
		raw "$f" "$((20210 + f))" '' syn ack
		raw "$f" "$((20220 + f))" 'GET /1k HTTP/1.1\r\n' syn ack 0+ acked:10
	done
	# The head's time, then what the answer has; SYN/ACKs are repeated six times, as TCP does.
	assert_flows_end_within 30
}
_before_any_request() {
	local f
	for f in 4 6; do
		assert_match $'^eof 0\neof [0-9]+$' "$(speak "$f" connect fin end / 'send:GET /1k HT' acked fin end / \
			connect reset / 'send:GET /1k HT' acked reset)" "a FIN at once, and one in the head, IPv$f"
	done
}

# -- ends that nobody tells of -------------------------------------------------------------

_quick_to_give_up() {
	local ns
	for ns in fe be1 be2; do
		setting "$ns" timeout idle 3s
	done
	# 200 ms, doubled twice: given up within 3 s
	kernel_setting be1 net.ipv4.tcp_retries2 3
	kernel_setting be2 net.ipv4.tcp_retries2 3
	# A socket that its program has closed goes by a number of its own, 8 unless set.
	kernel_setting be1 net.ipv4.tcp_orphan_retries 3
	kernel_setting be2 net.ipv4.tcp_orphan_retries 3
}
# Giving up, being idle, being asked, and the rest
GIVEN_UP=$((3 + 3 + 3 + CLOSING + TIME_WAIT + 8))

vanished__client_during_a_download() {
	local f
	_quick_to_give_up
	for f in 4 6; do
		start "slow$f" client curl -sS -m 100 -o "$RUN/slow$f.got" "$(url "$f" /slow/5m)"
	done
	for f in 4 6; do
		assert_soon 10 test -s "$RUN/slow$f.got"
	done
	firewall client <<-END
		table inet gone {
			chain input { type filter hook input priority 0; policy accept; tcp sport 80 drop; }
			chain output { type filter hook output priority 0; policy accept; tcp dport 80 drop; }
		}
	END
	for f in 4 6; do
		stop "slow$f" KILL
	done
	assert_flows_end_within "$GIVEN_UP"
}

vanished__client_during_an_upload() {
	local f be bytes
	_quick_to_give_up
	for f in 4 6; do
		start "up$f" client curl -sS -m 100 --limit-rate 200k -H 'Expect:' -T "$WWW/5m" "$(url "$f" "/upload/gone$f")"
	done
	# Nothing is to be seen of an upload until it ends, but its bytes.
	bytes=$(counter fe frontend forwarded_bytes)
	assert_soon 15 value_ge $((bytes + 200000)) counter fe frontend forwarded_bytes
	firewall client <<-END
		table inet gone {
			chain input { type filter hook input priority 0; policy accept; tcp sport 80 drop; }
			chain output { type filter hook output priority 0; policy accept; tcp dport 80 drop; }
		}
	END
	for f in 4 6; do
		stop "up$f" KILL
	done
	# The server's socket lives and waits for more, as long as the server wants to.
	for be in be1 be2; do
		defer server_back "$be"
		nginx_stop "$be"
	done
	assert_flows_end_within "$GIVEN_UP"
}
vanished__back_end_during_a_download() {
	local f
	_quick_to_give_up
	only be1
	for f in 4 6; do
		start "slow$f" client curl -sS -m 100 -o "$RUN/slow$f.got" "$(url "$f" /slow/5m)"
	done
	for f in 4 6; do
		assert_soon 10 test -s "$RUN/slow$f.got"
	done
	in_ns lan ip link set be1 nomaster
	defer ip -n lan link set be1 master br0
	assert_soon "$GIVEN_UP" value_is 0 active fe
	assert_soon "$GIVEN_UP" value_is 0 active be1
	in_ns lan ip link set be1 master br0
	assert_soon 15 value_is up backend_state be1
	for f in 4 6; do
		stop "slow$f"
		assert_eq be1 "$(get "$f" /1k)" 'who answers again'
	done
	assert_flows_end_within "$GIVEN_UP"
}

_age() { btcpctl fe -j flow show | jq '[.[].age_ms] | max // 0'; }

# Idle is not dead: the back-end is asked.
idle__a_connection_that_lives_survives() {
	local f
	setting fe timeout idle 1s
	setting be1 timeout idle 1s
	setting be2 timeout idle 1s
	for f in 4 6; do
		rm -f "$RUN"/{first,go}
		start idle client "${SPEAK[@]}" "$(address vip "$f")" 80 limit:40 \
			"send:$GET" response "touch:$RUN/first" "await:$RUN/go" "send:$GET" response close
		assert_soon 10 test -e "$RUN/first"
		assert_soon 20 value_ge 5000 _age
		touch "$RUN/go"
		finish idle 20
		assert_match $'^200 (be[12]) 1024 complete\n200 be[12] 1024 complete$' "$(cat "$RUN/idle.out")" 'both answers'
		assert_flows_end
	done
}

# -- tuples that are used again ------------------------------------------------------------

# _again 4|6 PORT STEP…: five times from the same port, without a pause
_again() {
	local f=$1 steps=("from:$2" limit:5 "${@:3}") out want='200 be[12] 1024 complete'
	[[ "$*" != *read:* ]] || want='read 20000'
	out=$(speak "$f" "${steps[@]}" / "${steps[@]}" / "${steps[@]}" / "${steps[@]}" / "${steps[@]}") ||
		fail "from port $2, IPv$f: $out"
	assert_eq 5 "$(grep -c -x "$want" <<<"$out")" "answers to port $2, IPv$f ($(xargs <<<"$out"))"
}

_reuse() {
	local f
	for f in 4 6; do
		_again "$f" 22001 'send:GET /close/1k HTTP/1.1\r\nHost: x\r\n\r\n' response end close
		_again "$f" 22002 "send:$GET" response reset
		_again "$f" 22003 "send:$SLOW" read:20000 reset
	done
}
reused__at_once() {
	watched both_modes _reuse
}

reused__at_once_without_timestamps() {
	kernel_setting client net.ipv4.tcp_timestamps 0
	watched _reuse
}

# The client's FIN came first, so the client has TIME_WAIT; one that does not care (ours)
# comes back at once.
_client_was_first() {
	local f
	for f in 4 6; do
		for _ in 1 2 3; do
			assert_match $'\nread 1[0-9]*\nfin 1' "$(raw "$f" 20900 "$GET" syn ack 0+ read:1100 fin finish)" "IPv$f"
		done
	done
}
reused__after_the_client_s_fin() {
	raw_client
	_client_was_first
	assert_flows_end
}

# A client that lost its memory asks from a port whose connection lives on at the server:
# the SYN is answered by a challenge, the client's RST ends the old connection.
reused__while_the_old_one_lives() {
	local f out
	for f in 4 6; do
		rm -f "$RUN"/{first,go}
		start old client "${SPEAK[@]}" "$(address vip "$f")" 80 limit:40 from:22010 \
			"send:$GET" response "touch:$RUN/first" "await:$RUN/go" reset
		assert_soon 10 test -e "$RUN/first"
		firewall client <<-END
			table inet gone {
				chain output { type filter hook output priority 0; policy accept; tcp dport 80 drop; }
			}
		END
		touch "$RUN/go"
		finish old 20
		firewall_clear client
		assert_eq 1 "$(active fe)" 'flows that live on'
		pcap_start again client eth0 tcp port 80
		out=$(speak "$f" from:22010 limit:15 "send:$GET" response close) || fail "the new connection: $out"
		pcap_stop again
		assert_match '^200 be[12] 1024 complete$' "$out" "the new connection, IPv$f"
		pcap_show again >&9
		assert_flows_end
	done
}
