# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Every limit, at the limit: up to it all is as ever, beyond it happens what is documented, is
# counted or said, and ends when there is room again.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
}

front() { counter fe frontend "$1"; }
grown() { echo $(($(front "$1") - $2)); }

GET='GET /close/1k HTTP/1.1\r\nHost: x\r\n\r\n'

# -- configuration: refused with a sentence --------------------------------------------------

# What is set to what is there, the command that is one too many, and what it says
CONFIGURATION=(
	'fe|services|1|service add more vip 10.2.0.101:80|limit services is reached'
	'fe|backends|2|backend add more addr 10.2.0.9:80 key KEY|limit backends is reached'
	'fe|pools|2|pool add more backend be1|limit pools is reached'
	'fe|rules|1|rule add www pref 20 path /more pool all|limit rules is reached'
	'fe|sessions|2|backend add more addr 10.2.0.9:80 key KEY|limit sessions allows'
	'be1|frontends|1|frontend add more addr 10.2.0.9 vip 10.2.0.101:80 key KEY|limit on frontends'
	'be1|sessions|1|frontend add more addr 10.2.0.9 vip 10.2.0.101:80 key KEY|limit sessions allows'
)

_undo() {
	case $2 in
	rule) btcpctl "$1" rule del www pref 20 ;;
	*) btcpctl "$1" "$2" del more ;;
	esac
}

config__each_object_at_its_limit() {
	local row ns name value command sentence saved rc
	for row in "${CONFIGURATION[@]}"; do
		IFS='|' read -r ns name value command sentence <<<"${row/KEY/$(key be1)}"
		setting "$ns" limit "$name" "$value"
		saved=$(btcpctl "$ns" save)
		rc=0
		# shellcheck disable=SC2086 # words of a command
		btcpctl "$ns" $command 2>"$RUN/err" || rc=$?
		assert_eq 2 "$rc" "status of $command at limit $name $value"
		assert_match "$sentence" "$(<"$RUN/err")" "$command at limit $name $value"
		assert_eq "$saved" "$(btcpctl "$ns" save)" "configuration after $command"
		# One more, and one more is what there is room for.
		btcpctl "$ns" limit set "$name" $((value + 1))
		# shellcheck disable=SC2086 # words of a command
		btcpctl "$ns" $command
		# shellcheck disable=SC2086 # words of a command
		_undo "$ns" $command
	done
	for f in 4 6; do
		download "$f" /1k
	done
}

# Each can be read, has a unit and a sentence, and keeps what it is set to.
config__every_limit_is_shown() {
	local ns name
	for ns in fe be1; do
		btcpctl "$ns" -j limit show >"$RUN/limits"
		assert_eq 0 "$(jq '[.[] | select((.name and .unit and .help and (.value | type == "number")) | not)] | length' "$RUN/limits")" 'limits without name, value, unit or sentence'
		for name in flows half_open half_open_client syn_backlog queue queue_total head head_total head_client rules sessions; do
			assert_eq 1 "$(jq "[.[] | select(.name == \"$name\")] | length" "$RUN/limits")" "limit $name"
		done
	done
}

# -- flows -------------------------------------------------------------------------------------

# hold 4|6 N: as many connections as flows of their own, that stay
hold() {
	local i
	for ((i = 1; i <= $2; i++)); do
		rm -f "$RUN/held$i"
		start "hold$i" client "${SPEAK[@]}" "$(address vip "$1")" 80 limit:100 'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\n' response "touch:$RUN/held$i" end
		assert_soon 15 test -e "$RUN/held$i"
	done
}
release() {
	local i
	for ((i = 1; i <= $1; i++)); do
		stop "hold$i"
	done
}

limit__flows() {
	local f before
	requests first
	defer requests auto
	setting fe limit flows 3
	for f in 4 6; do
		hold "$f" 3
		before=$(front syn_dropped_flows)
		assert_fails any client curl -sS -m 2 -o "$RUN/got" "$(url "$f" /1k)"
		assert_ge "$(grown syn_dropped_flows "$before")" 1 syn_dropped_flows
		assert_eq 3 "$(active fe)" 'flows'
		release 3
		assert_flows_end
		download "$f" /1k
		assert_flows_end
	done
}

limit__flows_of_a_back_end() {
	local f before
	requests first
	defer requests auto
	for f in 4 6; do
		only be1
		hold "$f" 2
		btcpctl be1 limit set flows 2
		defer btcpctl be1 limit set flows 1048576
		before=$(front nak_limit)
		assert_match '^503$' "$(client curl -sS -m 10 -o /dev/null -w '%{http_code}' "$(url "$f" /1k)")" 'status'
		assert_eq 1 "$(grown nak_limit "$before")" nak_limit
		release 2
		assert_flows_end
		download "$f" /1k
		btcpctl be1 limit set flows 1048576
		assert_flows_end
	done
}

# -- before the hand-off -------------------------------------------------------------------------

# silent 4|6 FIRST N: clients that have said no more than SYN and ACK, from ports FIRST on
silent() {
	local i steps=()
	for ((i = 1; i < $3; i++)); do
		steps+=(/ syn ack)
	done
	raw "$1" "$2" '' syn ack "${steps[@]}" >&9
}
_half_open() {
	local f n=5 sent evicted
	setting fe timeout head 20s
	setting fe timeout answer 200ms
	for f in 4 6; do
		sent=$(front cookies_sent)
		evicted=$(front "$2")
		silent "$f" 20100 "$n"
		btcpctl fe limit set "$1" "$n"
		assert_eq "$n" "$(front half_open)" half_open
		assert_eq 0 "$(grown cookies_sent "$sent")" 'cookies_sent, up to the limit'
		# The sixth is let in for the first.
		silent "$f" 20200 1
		assert_eq 1 "$(grown cookies_sent "$sent")" 'cookies_sent, at the limit'
		assert_eq 1 "$(grown "$2" "$evicted")" "$2"
		assert_eq "$n" "$(front half_open)" half_open
		btcpctl fe -j flow show | jq -e 'all(.[]; .client.port != 20100)' >&9 || fail 'the oldest is still there'
		download "$f" /1k
		assert_flows_end_within 40
		btcpctl fe limit set "$1" 1000
	done
}
limit__half_open() {
	raw_client
	setting fe limit half_open 1000
	_half_open half_open evicted_half_open
}
limit__half_open_client() {
	raw_client
	setting fe limit half_open_client 1000
	_half_open half_open_client evicted_client
}

# With real clients, and one place in all
limit__half_open_of_one() {
	local f sent
	raw_client
	setting fe limit half_open 1
	for f in 4 6; do
		setting fe timeout synack 20s
		for path in /5m /close/100k /img/5m; do
			raw "$f" 20300 '' syn-only
			assert_soon 5 value_is 1 counter fe frontend half_open
			sent=$(front cookies_sent)
			download "$f" "$path"
			assert_eq 1 "$(grown cookies_sent "$sent")" cookies_sent
			assert_flows_end
		done
	done
}

limit__syn_backlog() {
	local f sent i
	raw_client
	setting fe limit syn_backlog 3
	setting fe timeout synack 3s
	for f in 4 6; do
		sent=$(front cookies_sent)
		for i in 1 2 3; do
			raw "$f" "2040$i" '' syn-only
		done
		assert_soon 5 value_is 3 counter fe frontend half_open
		assert_eq 0 "$(grown cookies_sent "$sent")" 'cookies_sent, up to the limit'
		raw "$f" 20404 '' syn-only
		assert_soon 5 value_is $((sent + 1)) counter fe frontend cookies_sent
		assert_eq 3 "$(front half_open)" 'half_open: nothing is kept of it'
		# Who is there needs no place among the SYNs.
		download "$f" /1k
		setting fe timeout synack 100ms
		assert_soon 30 value_is 0 counter fe frontend half_open
		setting fe timeout synack 3s
	done
}

limit__head() {
	local f before head
	setting fe limit head 2048
	for f in 4 6; do
		before=$(front answer_431)
		head='GET /img/1k HTTP/1.1\r\n'
		assert_match '^200 be2 1024 complete' "$(speak "$f" "send:${head}Host: x\r\nX: <2000*a>\r\n\r\n" response)" 'a head of less'
		assert_match '^431 ' "$(speak "$f" "send:${head}Host: x\r\nX: <2100*a>" response)" 'a head of more'
		assert_eq 1 "$(grown answer_431 "$before")" answer_431
		assert_flows_end
	done
}

# _heads LIMIT VALUE N KIB: a client's buffer grows from 1 KiB: N of them begin heads, which there is
# room for, then comes one that needs 32 KiB, for which KIB of them have to go.
_heads() {
	local f before
	requests first
	defer requests auto
	setting fe limit "$1" "$2"
	setting fe timeout head 100s
	for f in 4 6; do
		before=$(front "evicted_$1")
		rm -f "$RUN/all"
		start slow client /usr/bin/python3 -B "$CLUSTER/slow.py" "$(address vip "$f")" 80 "$3" 100 "$RUN/all" "$(address client "$f")"
		assert_soon 30 test -e "$RUN/all"
		assert_soon 10 value_is "$3" counter fe frontend half_open
		assert_eq 0 "$(grown "evicted_$1" "$before")" "evicted_$1, below the limit"
		assert_match '^200 be2 1024 complete' "$(speak "$f" 'send:GET /img/1k HTTP/1.1\r\nHost: x\r\nX: <20000*a>\r\n\r\n' response close)" 'the answer to a long head'
		# Some more for those that come again.
		assert_ge "$(grown "evicted_$1" "$before")" "$4" "evicted_$1"
		stop slow
		assert_flows_end_within 20
	done
}
limit__head_total() { _heads head_total 65536 60 28; }
limit__head_client() { _heads head_client 131072 120 24; }

limit__queue() {
	local f before
	raw_client
	setting fe limit queue 2
	for f in 4 6; do
		before=$(front queue_full)
		# Two wait behind the hole, the third has to come again.
		assert_match $'\nfin [1-9][0-9]*$' "$(raw "$f" "2050$f" "$GET" syn ack 30+1 31+1 32+1 0+ finish)" "the answer, IPv$f"
		assert_eq 1 "$(grown queue_full "$before")" queue_full
		assert_flows_end
	done
}

limit__queue_total() {
	local f i before steps=()
	raw_client
	setting fe limit queue 4096
	setting fe limit queue_total 65536
	for ((i = 0; i < 200; i++)); do
		steps+=("$((100 + i))+1")
	done
	for f in 4 6; do
		before=$(front queue_total_full)
		assert_match $'\nfin [1-9][0-9]*$' "$(raw "$f" "2060$f" 'GET /close/1k HTTP/1.1\r\nHost: x\r\nX: <300*a>\r\n\r\n' syn ack "${steps[@]}" 0+ finish)" "the answer, IPv$f"
		# What waits weighs at least as much as its buffer: not all of them had room.
		assert_ge "$(grown queue_total_full "$before")" 50 queue_total_full
		assert_flows_end
	done
}

limit__one_shot() {
	local f before
	for f in 4 6; do
		setting fe limit one_shot 100
		before=$(front staged)
		speak "$f" "send:$GET" response end >&9
		assert_eq 0 "$(grown staged "$before")" 'staged, below the limit'
		speak "$f" 'send:GET /close/1k HTTP/1.1\r\nHost: x\r\nX: <100*a>\r\n\r\n' response end >&9
		assert_eq 1 "$(grown staged "$before")" 'staged, above the limit'
		assert_flows_end
	done
}

limit__stray_rate() {
	local f strays rsts limited
	raw_client
	for f in 4 6; do
		setting fe limit stray_rate 0
		strays=$(front strays)
		rsts=$(front stray_rst)
		limited=$(front stray_rst_limited)
		raw "$f" 20700 '' ack ack ack
		assert_soon 5 value_is $((strays + 3)) counter fe frontend strays
		assert_eq 0 "$(grown stray_rst "$rsts")" stray_rst
		assert_eq 3 "$(grown stray_rst_limited "$limited")" stray_rst_limited
		setting fe limit stray_rate 1000
		raw "$f" 20700 '' ack ack ack
		assert_soon 5 value_is $((rsts + 3)) counter fe frontend stray_rst
	done
}
