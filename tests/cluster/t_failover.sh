# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A back-end that dies, in one way or another, before, in and after hand-offs. Who was with it
# is told so by an RST; nobody else notices; and it comes back by itself.
#
#   FAULT_RATE=n    connections a second meanwhile (default 50)
. "$CLUSTER/traffic.sh"

# shellcheck disable=SC2034 # the runner's: a case waits for what takes seconds ten times
CASE_LIMIT=240

setup() {
	cluster_up
	cluster_configure
	btcpctl fe service set www requests once
	short_timeouts
	_gives_up_soon
}
# be1 keeps what its clients were reset from until its TCP gives up and somebody looks, and its
# namespace lives as long as a socket of it.
_gives_up_soon() {
	ip netns exec be1 sysctl -q net.ipv4.tcp_retries2=3 net.ipv4.tcp_orphan_retries=3
	btcpctl be1 timeout set idle 3s
}

# -- what is under way ----------------------------------------------------------------

LIVE=(live-4a live-4b live-6a live-6b)
now() { cut -d' ' -f1 /proc/uptime; }

# load_begin: two downloads by each back-end, and connections at a rate, over IPv4
load_begin() {
	local name f
	for name in "${LIVE[@]}"; do
		f=${name#live-}
		rm -f "$RUN/$name.got" "$RUN/$name.head"
		start "$name" client curl -sS -m 300 -f -D "$RUN/$name.head" -o "$RUN/$name.got" "$(url "${f%[ab]}" /slow/50m)"
	done
	for name in "${LIVE[@]}"; do
		assert_soon 15 test -s "$RUN/$name.got"
	done
	assert_eq 2 "$(active be1)" 'downloads by be1'
	log_clear be1 be2
	rm -f "$RUN/stop"
	start arrivals client /usr/bin/python3 -B "$CLUSTER/pace.py" "$VIP4" 80 "${FAULT_RATE:-50}" "$RUN/stop" \
		'GET /1k?{n} HTTP/1.1\r\nHost: x\r\n\r\n' 0.2
	assert_soon 20 value_ge 60 grep -c complete "$RUN/arrivals.out"
}
# by BACKEND: names of the downloads that it has
by() {
	local name
	for name in "${LIVE[@]}"; do
		! grep -q "^X-Backend: $1" "$RUN/$name.head" || printf '%s\n' "$name"
	done
}
load_end() {
	touch "$RUN/stop"
	finish arrivals 60
	# "failed": in none of them was an answer whole
	awk '$4 != 200 || $6 != "complete/eof"' "$RUN/arrivals.out" >"$RUN/failed"
	note "$(wc -l <"$RUN/arrivals.out") connections in $(awk 'NR == 1 { a = $1 } { b = $1 } END { print b - a }' "$RUN/arrivals.out") s; failed: $(cut -d' ' -f4- "$RUN/failed" | sort | uniq -c | xargs)"
}

# only_its_own BACKEND CUT DOWN: nobody failed but who was with the back-end; nobody at all who
# came before it was cut and was served, or after the front-end knew; nobody hangs
only_its_own() {
	local other=be2
	[[ $1 == be1 ]] || other=be1
	assert_eq '' "$(awk -v down="$3" '$1 > down' "$RUN/failed")" "failed, and came after $1 was known to be down (at $3)"
	assert_eq '' "$(grep -w late "$RUN/failed" || true)" 'hang'
	cut -d' ' -f3 "$RUN/failed" | sort >"$RUN/failed.numbers"
	sed -n 's/^200 "GET .1k?\([0-9]*\) .*/\1/p' "$(access_log "$other")" | sort >"$RUN/other.numbers"
	assert_ge "$(wc -l <"$RUN/other.numbers")" 50 "requests that $other answered"
	assert_eq '' "$(comm -12 "$RUN/failed.numbers" "$RUN/other.numbers" | xargs)" "failed, and was $other's"
	awk -v cut="$2" '$2 < cut - 0.5' "$RUN/failed" >"$RUN/early"
	assert_eq '' "$(cat "$RUN/early")" 'failed before anything happened'
}

# its_clients_are_reset BACKEND: all that have a download of it; the other's go on
its_clients_are_reset() {
	local name other=be2 had
	[[ $1 == be1 ]] || other=be1
	for name in $(by "$1"); do
		finish "$name" 20
		assert_eq 56 "$FINISHED" "status of $name (56: reset)"
	done
	for name in $(by "$other"); do
		had=$(command stat -c %s "$RUN/$name.got")
		assert_soon 10 value_ge $((had + 100000)) command stat -c %s "$RUN/$name.got"
		cmp -n "$(command stat -c %s "$RUN/$name.got")" "$RUN/$name.got" "$WWW/50m" || fail "$name: wrong bytes"
		stop "$name"
	done
}

not_up() { [[ $(backend_state "$1") != up ]]; }
answers() { grep -c "be1 complete" "$RUN/arrivals.out" || true; }

# fault CUT-COMMAND MEND-COMMAND: to be1 under load
fault() {
	local cut down before
	load_begin
	cut=$(now)
	"$1"
	assert_soon 15 not_up be1
	down=$(now)
	note "be1 cut at $cut, down at $down"
	its_clients_are_reset be1
	# For a while everything goes elsewhere.
	before=$(grep -c complete "$RUN/arrivals.out")
	assert_soon 30 value_ge $((before + 50)) grep -c complete "$RUN/arrivals.out"
	before=$(answers)
	"$2"
	assert_soon 20 value_is up backend_state be1
	assert_soon 20 value_ge $((before + 20)) answers
	load_end
	counters_show
	only_its_own be1 "$cut" "$down"
	assert_flows_end_within 40
}

# -- faults -------------------------------------------------------------------------------

_cable_out() { in_ns lan ip link set be1 down; }
_cable_in() { in_ns lan ip link set be1 up; }
fault__the_cable() {
	defer ip -n lan link set be1 up
	fault _cable_out _cable_in
}

_silence() {
	firewall be1 <<-END
		table inet power {
			chain in { type filter hook prerouting priority -500; policy accept; iif eth0 drop; }
			chain out { type filter hook postrouting priority 500; policy accept; oif eth0 drop; }
		}
	END
}
_sound() { firewall_clear be1; }
fault__the_host_freezes_and_thaws() { fault _silence _sound; }

# Only what it says gets lost, or only what it is told; of the control channel, so that its
# responses still reach their clients
_mute() {
	firewall be1 <<-END
		table inet mute {
			chain out { type filter hook postrouting priority 500; policy accept; udp dport 7689 drop; }
		}
	END
}
_deaf() {
	firewall be1 <<-END
		table inet deaf {
			chain in { type filter hook prerouting priority -500; policy accept; udp dport 7689 drop; }
		}
	END
}
fault__nothing_it_says_arrives() { fault _mute _sound; }
fault__nothing_it_is_told_arrives() { fault _deaf _sound; }

# _born BACKEND: as cluster_up and cluster_configure do it
_born() {
	host_up "$1"
	nginx_start "$1"
	configure_backend "$1"
	btcpctl "$1" timeout set time_wait "${TIME_WAIT}s"
	btcpctl "$1" timeout set closing "${CLOSING}s"
	_gives_up_soon
}
# _dies BACKEND: the power fails: whatever it does when it ends, nobody hears of it
_dies() {
	in_ns lan ip link set "$1" down
	host_down "$1"
}

_power_out() { _dies be1; }
_power_in() { _born be1; }
fault__the_power() { fault _power_out _power_in; }

# It is back before it was missed, and knows nothing of its flows: their clients must not wait
# until they are.
fault__the_power_for_less_than_the_patience() {
	local name ns
	for ns in fe be1 be2; do
		btcpctl "$ns" timeout set heartbeat 8s
		defer btcpctl "$ns" timeout set heartbeat 1s
	done
	load_begin
	touch "$RUN/stop"
	finish arrivals 60
	_dies be1
	_born be1
	btcpctl be1 timeout set heartbeat 8s
	assert_soon 40 value_is 1 total fe control_reborn
	for name in $(by be1); do
		finish "$name" 10
		assert_eq 56 "$FINISHED" "status of $name (56: reset)"
	done
	assert_eq up "$(backend_state be1)" 'state of be1, all the time'
	for name in $(by be2); do
		stop "$name"
	done
	assert_flows_end_within 40
}

# A head that was not sent yet can go elsewhere: staged, nobody fails who comes after the cut.
fault__the_cable_when_staged() {
	local cut
	setting fe limit one_shot 0
	load_begin
	cut=$(now)
	defer ip -n lan link set be1 up
	_cable_out
	assert_soon 15 not_up be1
	its_clients_are_reset be1
	load_end
	assert_eq '' "$(awk -v cut="$cut" '$1 > cut' "$RUN/failed")" 'failed, and came after the cut'
	_cable_in
	assert_soon 20 value_is up backend_state be1
	# be1 hears now of those that were given up meanwhile.
	assert_flows_end_within 40
}

# -- where a connection stands meanwhile ------------------------------------------------------

# Half of a head: the other half comes when its back-end is gone.
before__the_request_is_complete() {
	local f
	defer ip -n lan link set be1 up
	for f in 4 6; do
		rm -f "$RUN"/{first,go}
		start asked client "${SPEAK[@]}" "$(address vip "$f")" 80 limit:60 connect 'send:GET /1k HTTP/1.1\r\n' \
			"touch:$RUN/first" "await:$RUN/go" 'send:Host: x\r\n\r\n' response
		assert_soon 20 test -e "$RUN/first"
		_cable_out
		assert_soon 15 not_up be1
		touch "$RUN/go"
		finish asked 20
		assert_eq '200 be2 1024 complete' "$(cat "$RUN/asked.out")" "what the client saw, IPv$f"
		_cable_in
		assert_soon 20 value_is up backend_state be1
	done
	assert_flows_end_within 40
}

# Its head is under way and may have been executed: nobody else is asked, and the client hears
# of it with the heartbeats, not when all tries are over.
during__a_hand_off_whose_head_was_sent() {
	local f silent
	only be1
	setting fe timeout handoff 100s
	# Time to ask before it is missed
	setting fe timeout heartbeat 3s
	defer ip -n lan link set be1 up
	for f in 4 6; do
		silent=$(counter fe frontend handoff_silent)
		log_clear be1 be2
		_cable_out
		start asked client "${SPEAK[@]}" "$(address vip "$f")" 80 limit:90 'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\n' end
		finish asked 40
		assert_eq 'reset 0' "$(cat "$RUN/asked.out")" "what the client saw, IPv$f"
		assert_eq $((silent + 1)) "$(counter fe frontend handoff_silent)" 'hand-offs nobody answered'
		assert_eq 0 "$(log_count be2 GET)" 'requests at be2'
		_cable_in
		assert_soon 30 value_is up backend_state be1
		assert_eq be1 "$(get "$f" /1k)" 'who answers again'
	done
	assert_flows_end_within 40
}
