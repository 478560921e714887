# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Links narrower than the ends believe, on either side of the front-end, found while a
# connection lives and before it began.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up wan
	cluster_configure wan
}

# The far one only, for uploads, too, which go by the default rule
_only_far() {
	btcpctl fe member add all be3
	defer btcpctl fe member del all be3
	only be3
}

TEN=10485760

_path_mtu() { ip netns exec fe "$(btcpctl_binary)" -j backend show "$1" | jq '.[0].path_mtu'; }

# What the hosts have learnt belongs to the case that taught it: deferred before a link is made
# narrow, lest they learn it again before it is wide.
_forget() {
	local ns
	for ns in client fe be1 be2 be3; do
		ip -n "$ns" route flush cache
		ip -n "$ns" -6 route flush cache
	done
}

# _narrow 1400: both ends of the link between the two far routers
_narrow() {
	defer _forget
	limit_mtu r2 eth1 "$1"
	limit_mtu r3 eth0 "$1"
}

# _upload_across 4|6 FILE COMMAND…: the first megabyte, then the command, then nine more
_upload_across() {
	local f=$1
	shift
	rm -f "$RUN"/{first,go}
	start up client "${SPEAK[@]}" "$(address vip "$f")" 80 limit:60 \
		"send:PUT /upload/mtu$f HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: $TEN\r\n\r\n" \
		"file:$WWW/10m:0+1048576" acked "touch:$RUN/first" "await:$RUN/go" \
		"file:$WWW/10m:1048576+" response
	assert_soon 30 test -e "$RUN/first"
	"$@"
	touch "$RUN/go"
	finish up 60
	assert_eq 0 "$FINISHED" "status of the upload, IPv$f"
	assert_match '^201 .* complete' "$(cat "$RUN/up.out")" 'answer to the upload'
	assert_uploaded "mtu$f" 10m
}

# _told_by_the_vip CAPTURE 4|6: the client was told, by the VIP and of its own packet. What the
# routers tell it before the front-end knows of the narrow link is of no use to it.
_told_by_the_vip() {
	local vip line mtu from to
	vip=$(address vip "$2")
	tool client pcap icmp "$(pcap_file "$1")" | sort | uniq -c >"$RUN/told"
	cat "$RUN/told" >&9
	line=$(grep -m 1 " $vip $(address client "$2") " "$RUN/told") || fail "no packet-too-big from $vip"
	read -r _ _ _ mtu from to <<<"$line"
	assert_le "$mtu" 1400 'the MTU that it names'
	assert_ge "$mtu" 1280 'the MTU that it names'
	assert_eq "$(address client "$2") $vip" "$from $to" 'the packet that it quotes'
}

behind__the_link_shrinks_during_an_upload() {
	local f mss
	_only_far
	for f in 4 6; do
		pcap_start up client eth0 icmp or icmp6 or tcp port 80
		_upload_across "$f" _narrow 1400
		pcap_stop up
		# It was promised all there was when it began.
		mss=$(tool client pcap synacks "$(pcap_file up)" | grep -o -m 1 'mss=[0-9]*')
		assert_eq "mss=$((f == 4 ? 1460 : 1440))" "$mss" 'MSS of the SYN/ACK'
		_told_by_the_vip up "$f"
		in_ns r2 ip link set eth1 mtu 1500
		in_ns r3 ip link set eth0 mtu 1500
		_forget
		# The channel's probes find the way wide again.
		assert_soon 60 value_ge 1500 _path_mtu be3
		assert_soon 10 offers "$f" "mss=$((f == 4 ? 1460 : 1440))"
	done
}

# Once the front-end knows the way it promises no more than fits.
behind__a_narrow_link_is_promised_as_such() {
	local f
	_only_far
	_narrow 1400
	assert_soon 60 value_le 1400 _path_mtu be3
	for f in 4 6; do
		upload "$f" 10m
		download "$f" /5m
	done
	assert_match 'mss=1[0-3][0-9][0-9] ' "$(offer 4)" "the promise, IPv4"
	assert_match 'mss=1[0-3][0-9][0-9] ' "$(offer 6)" "the promise, IPv6"
}

# A route of the front-end's own may be narrow, too.
_narrow_routes() {
	local be
	defer _forget
	for be in be1 be2; do
		in_ns fe ip route add "$(address "$be" 4)/32" dev eth0 mtu lock 1400
		defer ip -n fe route del "$(address "$be" 4)/32"
		in_ns fe ip -6 route add "$(address "$be" 6)/128" dev eth0 mtu lock 1400
		defer ip -n fe -6 route del "$(address "$be" 6)/128"
	done
}

_widen_routes() {
	local be
	for be in be1 be2; do
		ip -n fe route del "$(address "$be" 4)/32"
		ip -n fe -6 route del "$(address "$be" 6)/128"
	done
	_forget
	assert_soon 60 value_ge 1500 _path_mtu be1
	assert_soon 60 value_ge 1500 _path_mtu be2
	assert_soon 10 offers 4 mss=1460
	assert_soon 10 offers 6 mss=1440
}

behind__a_narrow_route_to_the_near_ones() {
	local f
	# No back-end's path is narrow yet, or the client would be promised less from the start.
	assert_soon 60 value_ge 1500 _path_mtu be3
	assert_soon 10 offers 4 mss=1460
	assert_soon 10 offers 6 mss=1440
	for f in 4 6; do
		pcap_start up client eth0 icmp or icmp6
		_upload_across "$f" _narrow_routes
		pcap_stop up
		_told_by_the_vip up "$f"
		_widen_routes
	done
}

_too_big() { ip netns exec fe "$(btcpctl_binary)" -j stats | jq '.[] | select(.name == "control_tx_toobig").value'; }

# _ask_as_it_narrows 4|6: a request that fits in a HANDOFF, and then does not any more
_ask_as_it_narrows() {
	rm -f "$RUN"/{first,go}
	start asked client "${SPEAK[@]}" "$(address vip "$1")" 80 limit:30 connect "touch:$RUN/first" "await:$RUN/go" \
		'send:GET /img/1k HTTP/1.1\r\nHost: x\r\nX-Padding: <1000*x>\r\n\r\n' response
	assert_soon 20 test -e "$RUN/first"
	in_ns fe ip route add "$(address be2 4)/32" dev eth0 mtu lock 700
	touch "$RUN/go"
	finish asked 30
	ip -n fe route del "$(address be2 4)/32"
	assert_eq '200 be2 1024 complete' "$(cat "$RUN/asked.out")" "what the client saw, IPv$1"
	assert_soon 60 value_ge 1500 _path_mtu be2
}

# The front-end knows its route's MTU from what it sent last. If the HANDOFF itself is the first
# to meet the new one, nothing has left yet, and the head goes in pieces instead.
behind__a_route_that_narrows_under_a_hand_off() {
	local f i before
	defer _forget
	for f in 4 6; do
		before=$(_too_big)
		# A heartbeat may be faster, and then it is a hand-off like any other.
		for ((i = 0; i < 10; i++)); do
			_ask_as_it_narrows "$f"
			(($(_too_big) == before)) || break
		done
		note "$((i + 1)) requests"
		assert_ge "$(_too_big)" $((before + 1)) 'HANDOFFs that did not fit'
	done
}

# The router tells the VIP, which is the source that it saw; the back-end has to hear of it.
ahead__a_narrow_link_to_the_client() {
	local f be
	defer _forget
	limit_mtu router eth0 1300
	for f in 4 6; do
		for be in be1 be2; do
			pcap_start fe fe eth0 icmp or icmp6
			# wrr: one after the other
			download "$f" /5m
			pcap_stop fe
			assert_ge "$(tool fe pcap icmp "$(pcap_file fe)" | grep -c " $(address vip "$f") 1300 $(address vip "$f") $(address client "$f")")" 1 'packets-too-big for the VIP'
		done
		download "$f" /10m
	done
}

ahead__the_link_to_the_client_shrinks_during_a_download() {
	local f
	for f in 4 6; do
		start down client curl -sS -m 60 -f -o "$RUN/down" "$(url "$f" /slow/1m)"
		assert_soon 15 test -s "$RUN/down"
		limit_mtu router eth0 1300
		finish down 40
		assert_eq 0 "$FINISHED" "status of the download, IPv$f"
		assert_same_file "$WWW/1m" "$RUN/down"
		in_ns router ip link set eth0 mtu 1500
		_forget
	done
}
