# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The hand-off as a user sees it: who answers, with what, and which way it went.

_flows_ended() {
	local ns role
	for ns in fe be1 be2; do
		role=backend
		[[ $ns != fe ]] || role=frontend
		[[ $(counter "$ns" "$role" active_flows) == 0 ]] || return 1
	done
}

# _get 4|6 PATH: into $RUN/got; says which back-end answered
_get() {
	client curl -sS -m 60 -f -o "$RUN/got" -D "$RUN/head" "$(url "$1" "$2")"
	sed -n 's/^X-Backend: \(.*\)\r$/\1/p' "$RUN/head"
}

serve__both_back_ends_in_turn() {
	local f who
	for f in 4 6; do
		who=$(for _ in 1 2 3 4; do _get "$f" /1k; done | sort | uniq -c | xargs)
		assert_eq '2 be1 2 be2' "$who" "who answered, IPv$f"
	done
}

serve__1k_and_5m_are_identical() {
	local f file
	for f in 4 6; do
		for file in 1k 5m; do
			_get "$f" "/$file"
			assert_same_file "$WWW/$file" "$RUN/got" "$file, IPv$f"
		done
	done
}

serve__upload_arrives_as_sent() {
	local f
	for f in 4 6; do
		client curl -sS -m 60 -f -T "$WWW/1m" "$(url "$f" "/upload/$f")"
		assert_same_file "$WWW/1m" "$(find "$RUN"/be[12]/upload -name "$f")" "IPv$f"
	done
}

route__img_goes_to_its_pool() {
	local f
	for f in 4 6; do
		for _ in 1 2 3; do
			assert_eq be2 "$(_get "$f" /img/1k)" "who has /img/, IPv$f"
		done
	done
}

see__the_server_sees_the_client() {
	log_clear be1 be2
	_get 4 /img/1k
	_get 6 /img/1k
	assert_soon 5 value_is 1 log_count be2 '^200 "GET /img/1k HTTP/1\.[01]" 10\.1\.0\.2 '
	assert_soon 5 value_is 1 log_count be2 '^200 "GET /img/1k HTTP/1\.[01]" fd00:1::2 '
}

see__the_response_bypasses_the_front_end() {
	local f bytes forwarded opens
	for f in 4 6; do
		bytes=$(link_bytes fe eth0 rx)
		forwarded=$(counter fe frontend forwarded_bytes)
		opens=$(snmp fe TcpPassiveOpens)
		_get "$f" /5m
		assert_le $(($(link_bytes fe eth0 rx) - bytes)) $((5242880 / 20)) "bytes into the front-end, IPv$f"
		assert_le $(($(counter fe frontend forwarded_bytes) - forwarded)) $((5242880 / 20)) forwarded_bytes
		assert_eq "$opens" "$(snmp fe TcpPassiveOpens)" "the front-end's TCP"
	done
}

see__who_sends_what_on_the_wire() {
	local f vip
	assert_soon 70 _flows_ended
	pcap_start bridge lan router
	pcap_start be1 be1 eth0
	pcap_start be2 be2 eth0
	for f in 4 6; do
		_get "$f" /1m
		_get "$f" /1m
	done
	assert_soon 70 _flows_ended
	pcap_stop bridge
	pcap_stop be1
	pcap_stop be2

	for f in 4 6; do
		vip="src host $(address vip "$f")"
		assert_eq 2 "$(pcap_count bridge "$IS_SYNACK and $vip")" "SYN/ACKs, IPv$f"
		assert_eq 2 "$(pcap_count bridge "$IS_SYNACK and $vip and ether src $(mac fe)")" "SYN/ACKs from the front-end"
		assert_eq 0 "$(pcap_count bridge "$HAS_PAYLOAD and $vip and ether src $(mac fe)")" "data from the front-end"
		assert_ge "$(pcap_count bridge "$HAS_PAYLOAD and $vip and ether src $(mac be1)")" 10 "data from be1"
		assert_ge "$(pcap_count bridge "$HAS_PAYLOAD and $vip and ether src $(mac be2)")" 10 "data from be2"
		# All that the client sees comes from the VIP.
		assert_eq 0 "$(pcap_count bridge "dst host $(address client "$f") and tcp and not $vip")" "packets from another address"
		for be in be1 be2; do
			assert_eq 0 "$(pcap_count "$be" "($HAS_FIN or $HAS_RST) and ether src $(mac "$be") and dst host $(address client "$f")")" \
				"FINs and RSTs from $be to the client"
		done
	done
}

close__flows_are_freed_at_both_ends() {
	_get 4 /1k
	_get 6 /close/1k
	assert_soon 70 _flows_ended
}
