# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Many who do not mean it: SYN floods, silent and slow clients, packets forged into live
# connections. The honest are served all the same, and nothing grows beyond its limit.
#
# FULL=1: as long and as many as the acceptance wants it (minutes under emulation).
. "$CLUSTER/traffic.sh"

if [[ -n ${FULL:-} ]]; then
	# shellcheck disable=SC2034 # the runner's
	CASE_LIMIT=1500
	HONEST=${HONEST:-20} SECONDS_OF_FLOOD=60 BACKLOG=2000 SLOW=10000 SLOW_EVERY=20
else
	HONEST=${HONEST:-10} SECONDS_OF_FLOOD=10 BACKLOG=200 SLOW=300 SLOW_EVERY=5
fi

setup() { setup_beside_nobody; }

forged() { if [[ $1 == 4 ]]; then echo "$FORGED4"; else echo "$FORGED6"; fi; }

# flood 4|6 KIND FROM PORTS RATE SECONDS: from the client's host, in the foreground; and
# the words of its command, for start
flood_words() { printf '%s\n' "$ATTACK/flood" "$2" "$3" "$4" "$(address vip "$1")" 80 "$5" "$6" "$((RANDOM + 1))"; }
flood() {
	local words
	mapfile -t words < <(flood_words "$@")
	in_ns client "${words[@]}" >&9
}
flood_start() {
	local words
	mapfile -t words < <(flood_words "${@:2}")
	start "$1" client "${words[@]}"
}

front() { counter fe frontend "$1"; }
# grown NAME BEFORE
grown() { echo $(($(front "$1") - $2)); }

# -- SYN cookies ---------------------------------------------------------------------------

GET='GET /close/1k HTTP/1.1\r\nHost: x\r\n\r\n'

# agreed NAMESPACE 4|6: what its TCP says of the connections to port 80
agreed() {
	ip netns exec "$1" ss -Htnio "-$2" state established '( sport = :80 or dport = :80 )' |
		grep -o -w -E 'ts|sack|wscale:[0-9]+,[0-9]+' | sort -u | xargs
}
# agreement 4|6: client's and server's view of a connection that is being served
agreement() {
	rm -f "$RUN/slow.got"
	start slow client curl -sS -m 60 -o "$RUN/slow.got" "$(url "$1" /slow/5m)"
	assert_soon 15 test -s "$RUN/slow.got"
	echo "client: $(agreed client "$1") server: $(agreed be1 "$1")"
	stop slow KILL
	assert_flows_end
}

_kept() {
	local f stored
	for f in 4 6; do
		setting fe limit syn_backlog 1000
		stored=$(agreement "$f")
		btcpctl fe limit set syn_backlog 0
		assert_eq "$stored" "$(agreement "$f")" "what was agreed on, IPv$f"
		assert_match "$1" "$stored" 'without a cookie'
	done
}
cookie__keeps_scale_and_sack_with_timestamps() {
	only be1
	_kept '^client: sack ts wscale:[0-9]+,[0-9]+ server: sack ts wscale:'
}
cookie__has_neither_without_timestamps() {
	local f
	only be1
	kernel_setting client net.ipv4.tcp_timestamps 0
	setting fe limit syn_backlog 0
	for f in 4 6; do
		assert_eq 'client: server:' "$(agreement "$f" | xargs)" "what was agreed on, IPv$f"
	done
}

# Each connection is begun by a cookie; the bytes are those on the server's disk.
_transfers() {
	local f sent accepted n=0
	sent=$(front cookies_sent)
	accepted=$(front cookies_accepted)
	for f in 4 6; do
		download "$f" /5m
		download "$f" /close/100k
		upload "$f" 1m
		n=$((n + 3))
	done
	assert_eq "$n" "$(grown cookies_sent "$sent")" cookies_sent
	assert_eq "$n" "$(grown cookies_accepted "$accepted")" cookies_accepted
}
cookie__transfers_are_identical() {
	setting fe limit syn_backlog 0
	pcap_start cookies client eth0 tcp port 80
	both_modes _transfers
	assert_flows_end
	pcap_stop cookies
	assert_one_stream cookies
	assert_eq 0 "$(pcap_count cookies "src port 80 and $HAS_RST")" 'RSTs'
}
cookie__transfers_without_timestamps() {
	kernel_setting client net.ipv4.tcp_timestamps 0
	setting fe limit syn_backlog 0
	pcap_start cookies client eth0 tcp port 80
	both_modes _transfers
	assert_flows_end
	pcap_stop cookies
	assert_one_stream cookies
}

# raw.py prints what the SYN/ACK offered, then how it ended.
cookie__by_whatever_packet_comes_first() {
	local f accepted
	raw_client
	setting fe limit syn_backlog 0
	for f in 4 6; do
		accepted=$(front cookies_accepted)
		# The bare ACK is lost, then a part of the head comes, then no head at all.
		assert_match $'\nfin [0-9]+$' "$(raw "$f" "200${f}1" "$GET" syn 0+ finish)" "head first, IPv$f"
		assert_match $'\nfin [0-9]+$' "$(raw "$f" "200${f}2" "$GET" syn 0+10 acked:10 10+ finish)" "part of a head first, IPv$f"
		assert_match $'\nfin [0-9]+$' "$(raw "$f" "200${f}3" "$GET" no-ts syn 0+ finish)" "head first, no timestamps, IPv$f"
		assert_match $'\nfin 0$' "$(raw "$f" "200${f}4" '' syn fin finish)" "FIN first, IPv$f"
		assert_match $'\nfin [0-9]+$' "$(raw "$f" "200${f}5" "$GET" syn syn-only ack 0+ finish)" "the SYN twice, IPv$f"
		assert_eq 5 "$(grown cookies_accepted "$accepted")" cookies_accepted
	done
	assert_flows_end
}

# The server's TCP is told of it: from the injected handshake it would learn none.
cookie__the_round_trip_is_told() {
	local f ts minrtt
	only be1
	setting fe limit syn_backlog 0
	netem client eth0 delay 100ms
	for ts in 1 0; do
		kernel_setting client net.ipv4.tcp_timestamps "$ts"
		for f in 4 6; do
			rm -f "$RUN/slow.got"
			start slow client curl -sS -m 60 -o "$RUN/slow.got" "$(url "$f" /slow/5m)"
			assert_soon 15 test -s "$RUN/slow.got"
			minrtt=$(ip netns exec be1 ss -Htni "-$f" state established '( sport = :80 )' | grep -o 'minrtt:[0-9]*')
			stop slow KILL
			note "IPv$f, timestamps $ts: $minrtt"
			assert_ge "${minrtt#minrtt:}" 95 "the least round trip that TCP has seen, ms, IPv$f"
			assert_flows_end
		done
	done
}

# A tuple that comes back meets later timestamps, as PAWS wants it: with and without cookies
cookie__a_port_that_is_used_again() {
	local f last v i
	raw_client
	setting fe limit syn_backlog 1000
	for f in 4 6; do
		pcap_start again client eth0 src port 80 and "$IS_SYNACK"
		for i in 1 2 3 4; do
			btcpctl fe limit set syn_backlog $((i % 2 * 1000))
			assert_match $'\nfin [0-9]+$' "$(raw "$f" 20100 "$GET" syn ack 0+ finish)" "connection $i from one port, IPv$f"
			assert_flows_end
		done
		pcap_stop again
		last=0
		for v in $(pcap_show again -v | grep -o 'TS val [0-9]*' | cut -d' ' -f3); do
			((last == 0 || ((v - last) & 0xffffffff) < 0x80000000)) || fail "TSval $v after $last"
			last=$v
		done
		assert_ne 0 "$last" 'timestamps seen'
	done
}

# Nothing that was not sent passes, and what passes is only what was sent.
cookie__forged_ones_begin_nothing() {
	local f failed accepted connections rsts
	setting fe limit syn_backlog 0
	for f in 4 6; do
		download "$f" /1k
		assert_flows_end
		failed=$(front cookies_failed)
		accepted=$(front cookies_accepted)
		connections=$(front connections)
		rsts=$(front stray_rst)
		flood "$f" ack "$(forged "$f")" 1024-65535 1000 3
		# Some of them may find the wire full.
		assert_soon 10 eval "((\$(front cookies_failed) - $failed >= 2000))"
		assert_eq 0 "$(grown cookies_accepted "$accepted")" cookies_accepted
		assert_eq 0 "$(grown connections "$connections")" connections
		assert_eq 0 "$(front half_open)" half_open
		# No more of them than the limit lets out, in any of the seconds that this took.
		assert_le "$(grown stray_rst "$rsts")" 2000 'RSTs to strays'
	done
}

# forget_the_silent: who has not answered its SYN/ACK by now
forget_the_silent() {
	btcpctl fe timeout set synack 100ms
	assert_soon 60 value_is 0 counter fe frontend half_open
	btcpctl fe timeout set synack 1s
}

# -- SYN floods ------------------------------------------------------------------------------

# slab_bytes: of the caches that connections live in
slab_bytes() {
	local c slabs order sum=0
	for c in front_flow front_opening; do
		read -r slabs _ <"/sys/kernel/slab/$c/slabs"
		read -r order <"/sys/kernel/slab/$c/order"
		sum=$((sum + slabs * (4096 << order)))
	done
	echo "$sum"
}

# crowd_told: of pace.py's lines: all, those served within 10 s, and how long these took, in ms
crowd_told() {
	awk '{ asked++ }
		$4 == 200 && $6 == "complete/eof" && $2 - $1 <= 10 { print int(($2 - $1) * 1000) | "sort -n" }
		END { close("sort -n"); print "asked", asked }' "$RUN/honest.out" |
		awk '$1 == "asked" { asked = $2; next } { t[++n] = $1 }
			function at(part, i) { i = int(part * n) + 1; return t[i < n ? i : n] + 0 }
			END { printf "asked=%d served=%d p50=%d p99=%d max=%d\n", asked, n, at(.5), at(.99), at(1) }'
}

# served 4|6 WHAT: the honest crowd, ASKED of them, while SLAB and HALF_OPEN get the most that was
# seen
served() {
	local now told until=$((SECONDS + SECONDS_OF_FLOOD))
	SLAB=0 HALF_OPEN=0
	rm -f "$RUN/enough"
	start honest client /usr/bin/python3 -B "$CLUSTER/pace.py" "$(address vip "$1")" 80 "$HONEST" "$RUN/enough" \
		'GET /1k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
	while ((SECONDS < until)); do
		now=$(slab_bytes)
		((now <= SLAB)) || SLAB=$now
		now=$(front half_open)
		((now <= HALF_OPEN)) || HALF_OPEN=$now
		read -rt 0.5 -u "$PAUSE" || true
	done
	touch "$RUN/enough"
	finish honest 40
	told=$(crowd_told)
	note "$2, IPv$1: $told, slabs $((SLAB >> 10)) KiB, half open $HALF_OPEN"
	[[ $told =~ ^asked=([0-9]+)\ served=([0-9]+)\ p50 ]] || fail "what became of the honest: $told"
	ASKED=${BASH_REMATCH[1]}
	assert_ge "$ASKED" $((HONEST * SECONDS_OF_FLOOD / 2)) "honest requests asked, IPv$1"
	assert_ge $((100 * BASH_REMATCH[2])) $((99 * BASH_REMATCH[1])) "honest requests served, in percent of all, IPv$1"
}

syn__twenty_times_the_honest_rate() {
	local f sent before
	setting fe limit syn_backlog "$BACKLOG"
	setting fe timeout synack 1s
	for f in 4 6; do
		sent=$(front cookies_sent)
		before=$(slab_bytes)
		flood_start syns "$f" syn "$(forged "$f")" 1024-65535 $((20 * HONEST)) $((SECONDS_OF_FLOOD + 5))
		served "$f" 'SYN flood'
		finish syns 60
		note "cookies sent: $(grown cookies_sent "$sent"), slabs before $((before >> 10)) KiB; $(<"$RUN/syns.out")"
		# The flood was one, and the limit was met.
		assert_ge "$(sed -n 's/^sent //p' "$RUN/syns.out")" $((20 * ASKED)) 'SYNs sent'
		assert_ge "$(grown cookies_sent "$sent")" $((10 * HONEST)) cookies_sent
		assert_le "$HALF_OPEN" $((BACKLOG + 20 * HONEST)) half_open
		assert_le "$SLAB" $((64 << 20)) 'bytes of slabs'
		forget_the_silent
	done
	counters_show
}

# With what a flood has left behind: all places taken, by SYNs whose client is not there
syn__an_honest_client_meets_a_full_backlog() {
	local f evicted
	setting fe limit half_open 100
	setting fe timeout synack 1s
	for f in 4 6; do
		flood "$f" syn "$(forged "$f")" 1024-65535 1000 1
		assert_eq 100 "$(front half_open)" half_open
		evicted=$(front evicted_half_open)
		download "$f" /100k
		assert_eq 1 "$(grown evicted_half_open "$evicted")" evicted_half_open
		forget_the_silent
	done
}

# Forged SYNs in the name of one client do not keep it out.
syn__in_the_name_of_an_honest_client() {
	local f evicted
	setting fe limit half_open_client 10
	raw_client
	setting fe timeout synack 1s
	for f in 4 6; do
		flood "$f" syn "$(address client "$f")" 20000-20999 100 2
		assert_eq 10 "$(front half_open)" half_open
		evicted=$(front evicted_client)
		download "$f" /100k
		assert_eq 1 "$(grown evicted_client "$evicted")" evicted_client
		forget_the_silent
	done
}

# -- clients that take their time -----------------------------------------------------------

slow__clients_fill_every_place() {
	local f i addresses=()
	setting fe limit half_open "$SLOW"
	setting fe timeout head 600s
	for ((i = 1; i <= 16; i++)); do
		ip -n client addr add "10.1.1.$i/32" dev lo
		defer ip -n client addr del "10.1.1.$i/32" dev lo
		ip -n client addr add "fd00:1:0:$i::1/128" dev lo nodad
		defer ip -n client addr del "fd00:1:0:$i::1/128" dev lo
	done
	ip -n router route replace 10.1.1.0/24 via 10.1.0.2
	ip -n router route replace fd00:1::/48 via fd00:1::2
	defer ip -n router route del 10.1.1.0/24
	defer ip -n router route del fd00:1::/48
	for f in 4 6; do
		addresses=()
		for ((i = 1; i <= 16; i++)); do
			[[ $f == 4 ]] && addresses+=("10.1.1.$i") || addresses+=("fd00:1:0:$i::1")
		done
		rm -f "$RUN/all"
		start slow client /usr/bin/python3 -B "$CLUSTER/slow.py" "$(address vip "$f")" 80 "$SLOW" "$SLOW_EVERY" "$RUN/all" "${addresses[@]}"
		assert_soon 600 test -e "$RUN/all"
		assert_soon 60 value_is "$SLOW" counter fe frontend half_open
		served "$f" "$SLOW slow clients"
		assert_le "$HALF_OPEN" "$SLOW" half_open
		stop slow
		note "slow clients: $(<"$RUN/slow.out")"
		assert_flows_end_within 60
		counters_show
	done
}

slow__one_client_at_its_limit() {
	local f before
	setting fe limit half_open_client 20
	for f in 4 6; do
		before=$(front evicted_client)
		rm -f "$RUN/all"
		start slow client /usr/bin/python3 -B "$CLUSTER/slow.py" "$(address vip "$f")" 80 20 2 "$RUN/all" "$(address client "$f")"
		assert_soon 30 test -e "$RUN/all"
		assert_soon 10 value_is 20 counter fe frontend half_open
		download "$f" /1k
		assert_ge "$(grown evicted_client "$before")" 1 evicted_client
		stop slow
		assert_flows_end_within 30
	done
}

# -- packets into live connections --------------------------------------------------------------

KINDS=(rst syn fin data synack ack any)

# Everything an outsider can send who knows both addresses and both ports, and no number;
# and what he sends in others' names
_injected() {
	local f aborted
	# What of it is a SYN from nowhere is to be gone soon.
	setting fe timeout synack 100ms
	aborted=$(front aborted)
	for f in 4 6; do
		rm -f "$RUN/live$f.got"
		start "live$f" client curl -sS -m 100 -f --local-port "2030$f" -o "$RUN/live$f.got" "$(url "$f" /slow/5m)"
		assert_soon 15 test -s "$RUN/live$f.got"
	done
	for f in 4 6; do
		flood "$f" any "$(address client "$f")" "2030$f" 1000 3
		flood "$f" any "$(forged "$f")" 1024-65535 500 1
	done
	for f in 4 6; do
		! _gone "${STARTED[live$f]}" || fail "the download was over before the flood, IPv$f: $(<"$RUN/live$f.err")"
	done
	assert_eq 0 "$(grown aborted "$aborted")" aborted
	for f in 4 6; do
		finish "live$f" 60
		assert_eq 0 "$FINISHED" "status of the download, IPv$f"
		assert_same_file "$WWW/5m" "$RUN/live$f.got" "the download, IPv$f"
	done
}
blind__into_a_download() {
	local rsts
	only be1
	rsts=$(front relayed_rst)
	_injected
	# The server's TCP believed none of it.
	assert_eq 0 "$(grown relayed_rst "$rsts")" relayed_rst
	assert_flows_end
	counters_show
}
blind__into_a_download_through_a_stateful_firewall() {
	only be1
	firewall be1 <<-END
		table inet server {
			chain input {
				type filter hook input priority 0; policy drop;
				iif lo accept
				meta l4proto ipv6-icmp accept
				udp dport 7689 accept
				ct state established accept
				tcp dport 80 ct state new accept
			}
		}
	END
	_injected
	assert_flows_end
}

# With half of it under way, or acknowledged
blind__into_an_upload() {
	local f kind rsts
	rsts=$(front relayed_rst)
	rm -f "$RUN/go"
	for f in 4 6; do
		rm -f "$RUN/begun$f"
		start "live$f" client "${SPEAK[@]}" "$(address vip "$f")" 80 "from:2031$f" limit:100 \
			"send:PUT /upload/blind-$f HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" \
			"file:$WWW/1m:0+524288" "touch:$RUN/begun$f" "await:$RUN/go" "file:$WWW/1m:524288+" response
	done
	for f in 4 6; do
		assert_soon 15 test -e "$RUN/begun$f"
		# Not "data": what of it falls into the window is, to any TCP, the client's.
		for kind in rst syn fin synack; do
			flood "$f" "$kind" "$(address client "$f")" "2031$f" 500 1
		done
	done
	touch "$RUN/go"
	for f in 4 6; do
		finish "live$f" 60
		assert_match '^201 be[12] ' "$(<"$RUN/live$f.out")" "the answer to the upload, IPv$f"
		assert_uploaded "blind-$f" 1m
	done
	assert_eq 0 "$(grown relayed_rst "$rsts")" relayed_rst
	assert_flows_end
}

# Before the hand-off it is the front-end that judges.
blind__into_a_head() {
	local f kind aborted answered limited began
	setting fe timeout head 60s
	for f in 4 6; do
		aborted=$(front aborted)
		rm -f "$RUN/go" "$RUN/begun"
		start live client "${SPEAK[@]}" "$(address vip "$f")" 80 from:22400 limit:60 'send:GET /close/1k HT' acked \
			"touch:$RUN/begun" "await:$RUN/go" 'send:TP/1.1\r\nHost: x\r\n\r\n' response end
		assert_soon 15 test -e "$RUN/begun"
		answered=$(front challenge_ack)
		limited=$(front challenge_ack_limited)
		began=$SECONDS
		for kind in "${KINDS[@]}"; do
			flood "$f" "$kind" "$(address client "$f")" 22400 400 1
		done
		# Whose connection it is is not flooded with answers: two a second.
		assert_le "$(grown challenge_ack "$answered")" $((2 * (SECONDS - began + 2))) challenge_ack
		assert_ge "$(grown challenge_ack_limited "$limited")" 100 challenge_ack_limited
		touch "$RUN/go"
		finish live 30
		assert_match $'^200 be[12] 1024 complete\neof 0$' "$(<"$RUN/live.out")" "the answer, IPv$f"
		assert_eq 0 "$(grown aborted "$aborted")" aborted
	done
	assert_flows_end
	counters_show
}
# An answer of the front-end's own is said once, not to everybody who shouts in the client's name.
blind__into_an_answer() {
	local f kind
	setting fe timeout answer 60s
	for f in 4 6; do
		rm -f "$RUN/go" "$RUN/begun"
		start live client "${SPEAK[@]}" "$(address vip "$f")" 80 from:22600 limit:60 'send:NOTHING\r\n\r\n' response \
			"touch:$RUN/begun" "await:$RUN/go" end close
		assert_soon 15 test -e "$RUN/begun"
		pcap_start answer client eth0 tcp src port 80 and dst port 22600
		for kind in "${KINDS[@]}"; do
			flood "$f" "$kind" "$(address client "$f")" 22600 400 1
		done
		pcap_stop answer
		assert_le "$(pcap_count answer)" 5 "packets to the client, IPv$f"
		touch "$RUN/go"
		finish live 30
		assert_match $'^400 - [0-9]+ complete\neof 0$' "$(<"$RUN/live.out")" "the answer, IPv$f"
		assert_flows_end
	done
}
blind__into_a_hand_off() {
	local f kind aborted ns
	setting fe timeout handoff 60s
	for ns in fe be1 be2; do
		setting "$ns" limit heartbeat_down 100
	done
	for f in 4 6; do
		aborted=$(front aborted)
		firewall fe <<-END
			table inet silent {
				chain output { type filter hook output priority 0; policy accept; udp dport 7689 drop; }
			}
		END
		start live client "${SPEAK[@]}" "$(address vip "$f")" 80 from:22500 limit:60 "send:$GET" response end
		assert_soon 15 value_is handing-off eval "btcpctl fe -j flow show | jq -r '.[0].state'"
		for kind in "${KINDS[@]}"; do
			flood "$f" "$kind" "$(address client "$f")" 22500 200 1
		done
		firewall_clear fe
		finish live 30
		assert_match $'^200 be[12] 1024 complete\neof 0$' "$(<"$RUN/live.out")" "the answer, IPv$f"
		assert_eq 0 "$(grown aborted "$aborted")" aborted
	done
	assert_flows_end
}
