# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The lab itself, without our modules: if one of these fails, believe no other test.

setup() { cluster_up wan; }

assert__a_false_one_fails() {
	local rc
	for check in 'assert_eq 1 2' 'assert_ne 1 1' 'assert_le 2 1' 'assert_ge 1 2' 'assert_match ^a b' \
		"assert_same_file $WWW/1k $WWW/10k" 'assert_fails 3 false' 'assert_fails any true' \
		'assert_soon 0 false'; do
		rc=0
		(eval "$check") || rc=$?
		assert_eq "$FAILED" "$rc" "status of $check"
	done
}

assert__a_failing_command_ends_the_case() {
	# Were this called as a condition, errexit would be off, here as in every case.
	(
		false
		touch "$RUN/survived"
	) &
	wait "$!" && fail 'the subshell did not end' || assert_eq 1 "$?" status
	[[ ! -e $RUN/survived ]] || fail 'a failing command was passed over'
}

assert__deferred_runs_last_first() {
	local out
	out=$(
		exec 9>&1
		trap run_deferred EXIT
		defer echo one
		defer echo 'two  words'
		exit 0
	)
	assert_eq $'two  words\none' "$out" order
}

reach__every_server_from_the_client() {
	local be f
	for be in be1 be2 be3; do
		for f in 4 6; do
			client curl -sS -m 10 -o "$RUN/got" -D "$RUN/head" "$(url "$f" /1k "$be")"
			assert_same_file "$WWW/1k" "$RUN/got" "$be, IPv$f"
			assert_match "X-Backend: $be" "$(cat "$RUN/head")" header
		done
	done
}

reach__both_vips_live_on_the_front_end() {
	local f
	for f in 4 6; do
		client ping -c 1 -W 5 "$(address vip "$f")"
		# Nobody listens on it: what answers on the VIP's port will be ours.
		assert_fails 7 client curl -sS -m 10 "$(url "$f" /1k)"
	done
}

reach__responses_bypass_the_front_end() {
	local before
	before=$(link_bytes fe eth0 rx)
	client curl -sS -m 60 -o "$RUN/got" "$(url 4 /5m be1)"
	assert_same_file "$WWW/5m" "$RUN/got"
	assert_le $(($(link_bytes fe eth0 rx) - before)) 10000 'bytes into the front-end'
}

upload__arrives_as_sent() {
	client curl -sS -m 60 -T "$WWW/1m" "$(url 6 /upload/x be2)"
	assert_same_file "$WWW/1m" "$RUN/be2/upload/x"
	assert_eq 1048576 "$(client curl -sS -m 60 --data-binary "@$WWW/1m" "$(url 4 /post be2)")" answer
	assert_same_file "$WWW/1m" "$(find "$RUN/be2/bodies" -type f)"
}

log__tells_who_asked() {
	log_clear be1
	client curl -sS -m 10 -o /dev/null "$(url 4 /1k be1)"
	assert_soon 5 value_is 1 log_count be1 '^200 "GET /1k HTTP/1.1" 10\.1\.0\.2 '
}

pcap__has_everything_before_the_stop() {
	pcap_start c client eth0 tcp port 80
	client curl -sS -m 60 -o /dev/null "$(url 4 /1m be1)"
	client curl -sS -m 60 -o /dev/null "$(url 6 /1k be1)"
	pcap_stop c
	assert_eq 2 "$(pcap_count c "$IS_SYNACK")" SYN/ACKs
	assert_eq 1 "$(pcap_count c "$IS_SYNACK and ip6")" 'SYN/ACKs, IPv6'
	assert_ge "$(pcap_count c "$HAS_PAYLOAD and src host $(address be1 4)")" 10 'packets with data'
	assert_eq 4 "$(pcap_count c "$HAS_FIN")" FINs
	assert_eq 0 "$(pcap_count c "$HAS_RST")" RSTs
	assert_eq 2 "$(pcap_show c "$IS_SYNACK" | grep -c "^[^ ]* $(mac router) > $(mac client)")" 'from the router'
}

faults__netem_delays() {
	local took
	netem router eth0 delay 100ms
	took=$(client curl -sS -m 10 -o /dev/null -w '%{time_connect}' "$(url 4 /1k be1)")
	assert_ge "$(printf '%.0f' "${took/./}e-3")" 100 'ms to connect'
}

faults__nft_counts_and_drops() {
	firewall be1 <<-END
		table inet lab {
			counter seen { }
			chain input {
				type filter hook input priority 0; policy accept;
				tcp dport 80 counter name seen drop
			}
		}
	END
	assert_fails 28 client curl -sS -m 1 "$(url 4 /1k be1)"
	assert_ge "$(nft_count be1 seen)" 1 'packets counted'
	firewall_clear be1
	client curl -sS -m 10 -o /dev/null "$(url 4 /1k be1)"
}

faults__offloads_switch() {
	local state
	for state in off on; do
		offloads be1 eth0 "$state"
		assert_match "tcp-segmentation-offload: $state" "$(be1 ethtool -k eth0)" TSO
		client curl -sS -m 30 -o "$RUN/got" "$(url 4 /1m be1)"
		assert_same_file "$WWW/1m" "$RUN/got"
	done
}

snmp__reads_the_namespace_s_own() {
	local before
	before=$(snmp be1 TcpPassiveOpens)
	client curl -sS -m 10 -o /dev/null "$(url 4 /1k be1)"
	assert_eq $((before + 1)) "$(snmp be1 TcpPassiveOpens)" TcpPassiveOpens
	assert_match '^[0-9]+$' "$(snmp be1 TCPLossProbes)" TCPLossProbes
	assert_eq 0 "$(snmp be1 NoSuchThing)" 'an unknown one'
}

nginx__stops_and_starts() {
	nginx_stop be1
	assert_fails 7 client curl -sS -m 5 "$(url 4 /1k be1)"
	nginx_start be1
	client curl -sS -m 5 -o /dev/null "$(url 4 /1k be1)"
}
