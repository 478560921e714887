# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a back-end tells of itself, what others tell of it, and what becomes of it: who gets
# nothing new, who is passed over, who is drained.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
	nobody_dies
	btcpctl fe -batch - <<-END
		rule del www pref 10
		service set www requests first
	END
}

# shown BACKEND FIELD: of its show; "null" if it is not there
shown() { ip netns exec fe "$(btcpctl_binary)" -j backend show "$1" | jq -r ".[0].$2"; }
# who 4|6 N: how many of as many requests each back-end has answered
who() {
	local i
	for ((i = 0; i < $2; i++)); do
		printf 'GET /1k HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n\n'
	done | ask "$1" 4 20 | cut -d' ' -f1,2 | sort | uniq -c | awk '{ print $1, $2, $3 }' | xargs
}

# -- from the inside -------------------------------------------------------------------

listener__who_has_none_gets_nothing_new() {
	local refused downs ups f
	downs=$(counter fe backend:be1 downs)
	ups=$(counter fe backend:be1 ups)
	start events fe "$(btcpctl_binary)" monitor
	assert_soon 10 grep -qx listening "$RUN/events.out"
	nginx_stop be1
	assert_soon 10 value_is closed backend_state be1
	refused=$(counter be1 backend handoff_refusals)
	for f in 4 6; do
		assert_eq '8 200 be2' "$(who "$f" 8)" "who answers, IPv$f"
	done
	assert_eq "$refused" "$(counter be1 backend handoff_refusals)" 'refusals'
	assert_eq $((downs + 1)) "$(counter fe backend:be1 downs)" downs

	# There again, but not for long enough to be believed
	setting fe limit heartbeat_up 100
	nginx_start be1
	assert_soon 10 value_is 4096 shown be1 queue_max
	assert_eq closed "$(backend_state be1)" 'after a heartbeat that tells of a listener'
	assert_eq '4 200 be2' "$(who 4 4)" 'who answers'
	btcpctl fe limit set heartbeat_up 2
	assert_soon 10 value_is up backend_state be1
	assert_soon 10 listening be1 6
	assert_eq $((ups + 1)) "$(counter fe backend:be1 ups)" ups
	assert_eq '4 200 be1 4 200 be2' "$(who 6 8)" 'who answers again'
	assert_eq $'listening\nfrontend backend be1 state closed\nfrontend backend be1 state up' \
		"$(cat "$RUN/events.out")" 'what monitor says'
}

# Full is full: TCP would drop the SYN, and the hand-off would wait in vain.
queue__a_full_one_is_passed_over() {
	local failures skipped
	serve be1 never 2
	start full fe "${SPEAK[@]}" "${IP4[be1]}" 80 limit:100 connect / connect / connect "await:$RUN/never"
	assert_soon 10 value_is true shown be1 busy
	assert_ge "$(shown be1 queue)" 2 'what waits to be accepted'
	assert_eq 2 "$(shown be1 queue_max)" 'of so many'
	failures=$(counter fe frontend handoff_failures)
	skipped=$(counter fe frontend busy_skipped)
	assert_eq '6 200 be2' "$(who 4 6)" 'who answers'
	assert_eq "$failures" "$(counter fe frontend handoff_failures)" 'hand-offs that failed'
	assert_ge "$(counter fe frontend busy_skipped)" $((skipped + 6)) 'times it was passed over'
	# Nobody else is there: better it than none.
	only be1
	assert_eq be1 "$(btcpctl fe -j rule test www path / | jq -r '.[0].backend')" 'without be2'
}

# TCP is short of memory here for all, since its limits are the kernel's: all are busy, none
# is worse than another, and everybody is served.
memory__pressure_is_told() {
	local before
	before=$(sysctl -n net.ipv4.tcp_mem)
	defer sysctl -q -w "net.ipv4.tcp_mem=$before"
	# More than the megabyte that each CPU keeps for itself
	start greedy client /usr/bin/python3 -c '
import socket, sys, time
held = [socket.create_connection((sys.argv[1], 80)) for _ in range(48)]
for s in held:
    s.sendall(b"GET /50m HTTP/1.1\r\nHost: x\r\n\r\n")
time.sleep(1000)' "$VIP4"
	assert_soon 20 value_ge 48 active fe
	note "pages of TCP: $(sed -n "s,^TCP:.* mem ,,p" /proc/net/sockstat)"
	sysctl -q -w 'net.ipv4.tcp_mem=0 1 1000000'
	assert_soon 20 _both_are true
	assert_eq '2 200 be1 2 200 be2' "$(who 6 4)" 'who answers'
	stop greedy
	sysctl -q -w "net.ipv4.tcp_mem=$before"
	assert_soon 20 _both_are null
}
# TCP looks at its limits when it needs much memory.
_both_are() {
	client curl -s -m 60 -o /dev/null "$(url 4 /1m)" -o /dev/null "$(url 4 /1m)" --no-keepalive -H 'Connection: close'
	[[ $(shown be1 busy) == "$1" && $(shown be2 busy) == "$1" ]]
}

# Another front-end, which has be1 only, and connections there that the first cannot see
_second_front_end() {
	IP4+=([fe2]=10.2.0.6) IP6+=([fe2]=fd00:2::6)
	MAC+=([fe2]=02:00:00:00:00:f2)
	ip netns add fe2
	_wire fe2 eth0 lan | ip -batch -
	_port fe2 | ip -n lan -batch -
	{
		_host fe2 "${IP4[router]}" "${IP6[router]}"
		printf 'addr add 10.2.0.101/32 dev eth0\n'
	} | ip -n fe2 -batch -
	btcpctl be1 frontend add fe2 addr "${IP4[fe2]}" vip 10.2.0.101:80 key "$(key be1.fe2)"
	btcpctl fe2 -batch - <<-END
		service add other vip 10.2.0.101:80
		backend add be1 addr ${IP4[be1]}:80 key $(key be1.fe2)
		pool add one backend be1
		rule add other pool one
	END
	assert_soon 15 value_is up ip netns exec fe2 cat /sys/class/btcp/backend:be1/state
}
_no_second_front_end() {
	ip netns del fe2
	btcpctl be1 frontend del fe2
}
load__what_another_front_end_has_there_counts() {
	defer _no_second_front_end
	_second_front_end
	btcpctl fe pool set all policy lc
	defer btcpctl fe pool set all policy wrr
	VIP_OF=10.2.0.101 hold second 4 /1k 4
	assert_eq '4 be1' "$HELD" 'by way of the other front-end'
	assert_soon 10 value_is 4 shown be1 other_flows
	assert_soon "$FLOWS_END" value_is 0 shown be1 flows
	hold first 4 /1k 6
	assert_eq '1 be1 5 be2' "$HELD" 'until both have five'
	# Its own are not among the others' when the next heartbeats have told.
	stop second
	assert_soon "$FLOWS_END" value_is 0 shown be1 other_flows
	assert_eq 1 "$(shown be1 flows)" 'its own'
	release first be1 0 be2 0
}

# -- from outside ------------------------------------------------------------------------

# As the timer's service runs it, every word of it, with the real check_http
_check() {
	local words
	words=$(sed -n 's/^ExecStart=[^ ]* //p' "$BTCP_TOP/docs/contrib/btcp-check.service")
	eval "in_ns fe env BTCPCTL='$(btcpctl_binary)' '$BTCP_TOP/docs/contrib/btcp-check' $words"
}
checker__check_http_says_down_and_up() {
	local before
	# What a server says of itself: one is well, one has lost its disk.
	sed -i 's|location = /post|location = /healthz { root '"$RUN"'/be1/upload; }\n&|' "$RUN/be1/nginx.conf"
	sed -i 's|location = /post|location = /healthz { root '"$RUN"'/be2/upload; }\n&|' "$RUN/be2/nginx.conf"
	touch "$RUN"/be{1,2}/upload/healthz
	kill -HUP "$(<"$RUN/be1/nginx.pid")" "$(<"$RUN/be2/nginx.pid")"
	defer rm -f "$RUN"/be{1,2}/upload/healthz
	assert_soon 10 client curl -sf "http://${IP4[be1]}/healthz"
	assert_soon 10 client curl -sf "http://${IP4[be2]}/healthz"
	before=$(btcpctl fe save)
	assert_eq '' "$(_check)" 'while both are well'

	defer btcpctl fe backend set be1 health up
	rm "$RUN/be1/upload/healthz"
	assert_match '^be1: health down: HTTP CRITICAL.* 404 ' "$(_check)" 'what it says of be1'
	assert_eq '' "$(_check)" 'once more'
	assert_eq sick "$(backend_state be1)" 'state of be1'
	assert_eq '4 200 be2' "$(who 4 4)" 'who answers'
	assert_eq "$before" "$(btcpctl fe save)" 'what is saved'
	touch "$RUN/be1/upload/healthz"
	assert_match '^be1: health up: HTTP OK' "$(_check)" 'what it says then'
	assert_eq '2 200 be1 2 200 be2' "$(who 4 4)" 'who answers again'

	# Whatever a checker says, nobody is up without a session.
	defer btcpctl fe backend del nobody
	btcpctl fe backend add nobody addr 10.2.0.9:80 key "$(key nobody)"
	btcpctl fe backend set nobody health up
	assert_ne up "$(backend_state nobody)" 'state of a back-end that is not there'
}

# -- drains ------------------------------------------------------------------------------

# begin 4|6 PATH: a download from be1, which goes on when $RUN/go is there; be2 is up again
begin() {
	rm -f "$RUN/begun"
	btcpctl fe backend set be2 health down
	start "down$1" client "${SPEAK[@]}" "$(address vip "$1")" 80 limit:200 rcvbuf:65536 \
		"send:GET $2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" read:9 "touch:$RUN/begun" "await:$RUN/go" "save:$RUN/down$1.got"
	assert_soon 15 test -e "$RUN/begun"
	btcpctl fe backend set be2 health up
}

drain__a_download_ends_as_it_should() {
	local f
	rm -f "$RUN/go"
	defer btcpctl fe backend set be1 admin up
	begin 4 /50m
	begin 6 /10m
	btcpctl fe backend set be1 admin drain
	assert_eq drain "$(backend_state be1)" state
	assert_soon "$FLOWS_END" value_is 2 shown be1 flows
	for f in 4 6; do
		assert_eq '4 200 be2' "$(who "$f" 4)" "who answers, IPv$f"
	done
	touch "$RUN/go"
	for f in 4 6; do
		finish "down$f" 100
		assert_match 'eof [0-9]+$' "$(cat "$RUN/down$f.out")" "what the client saw, IPv$f"
	done
	assert_same_file "$WWW/50m" <(tail -c 52428800 "$RUN/down4.got") 'download, IPv4'
	assert_same_file "$WWW/10m" <(tail -c 10485760 "$RUN/down6.got") 'download, IPv6'
	assert_soon "$FLOWS_END" value_is 0 shown be1 flows
	btcpctl fe backend set be1 admin up
	assert_eq '2 200 be1 2 200 be2' "$(who 4 4)" 'who answers again'
}

drain__of_50_mb_with_curl() {
	btcpctl fe backend set be2 health down
	start curl client curl -sS -m 200 -f --limit-rate 10M -o "$RUN/curl.got" "$(url 4 /50m)"
	assert_soon 20 test -s "$RUN/curl.got"
	btcpctl fe backend set be2 health up
	defer btcpctl fe backend set be1 admin up
	btcpctl fe backend set be1 admin drain
	assert_eq be2 "$(get 4 /1k)" 'who answers meanwhile'
	assert_eq 1 "$(shown be1 flows)" 'what is left there'
	finish curl 100
	assert_eq 0 "$FINISHED" 'status of curl'
	assert_same_file "$WWW/50m" "$RUN/curl.got" download
	assert_soon "$FLOWS_END" value_is 0 shown be1 flows
}

drain__to_its_deadline() {
	local ended f
	rm -f "$RUN/go"
	ended=$(counter fe frontend drain_ended)
	defer btcpctl fe backend set be1 admin up
	begin 4 /50m
	begin 6 /50m
	# Changed one's mind: the deadline is gone with its drain.
	btcpctl fe backend set be1 admin drain deadline 80000
	assert_ge "$(shown be1 deadline)" 70000 'seconds left'
	assert_le "$(shown be1 deadline)" 80000 'seconds left'
	btcpctl fe backend set be1 admin up
	assert_eq null "$(shown be1 deadline)" 'seconds left'
	assert_fails 2 btcpctl fe backend set be1 deadline 5
	assert_fails 2 btcpctl fe backend set be1 admin down deadline 5
	assert_eq up "$(backend_state be1)" 'what was refused has changed nothing'

	btcpctl fe backend set be1 admin drain deadline 1
	assert_soon 15 value_is $((ended + 2)) counter fe frontend drain_ended
	touch "$RUN/go"
	for f in 4 6; do
		finish "down$f" 20
		assert_match 'reset [0-9]+$' "$(cat "$RUN/down$f.out")" "what the client saw, IPv$f"
	done
	assert_soon "$FLOWS_END" value_is 0 shown be1 flows
	btcpctl fe backend set be1 admin up
	assert_eq '2 200 be1 2 200 be2' "$(who 4 4)" 'who answers again'
}
