# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which way packets go, and whose they are.
. "$CLUSTER/traffic.sh"

FIFTY=52428800

setup() {
	cluster_up
	cluster_configure
	short_timeouts
}

# What reaches the front-end of the 50 MB: acknowledgements.
response__does_not_cross_the_front_end() {
	local f bytes forwarded
	for f in 4 6; do
		pcap_start fe fe eth0 tcp and ether dst "$(mac fe)"
		bytes=$(link_bytes fe eth0 rx)
		forwarded=$(counter fe frontend forwarded_bytes)
		download "$f" /50m
		assert_le $(($(link_bytes fe eth0 rx) - bytes)) $((FIFTY / 20)) "bytes into the front-end, IPv$f"
		assert_le $(($(counter fe frontend forwarded_bytes) - forwarded)) $((FIFTY / 20)) forwarded_bytes
		pcap_stop fe
		assert_eq 0 "$(pcap_count fe "$HAS_PAYLOAD and not src host $(address client "$f")")" 'packets with payload from a server or the VIP'
		# It did see the request and what acknowledged the response.
		assert_ge "$(pcap_count fe "$HAS_PAYLOAD and src host $(address client "$f")")" 1 'requests seen'
		assert_ge "$(pcap_count fe src host "$(address client "$f")")" 5 'packets of the client seen'
	done
}

# The same told by a rule, which a capture that loses packets could not hide.
response__is_not_counted_at_the_front_end() {
	local f
	firewall fe <<-END
		table netdev wire {
			counter servers { }
			counter client { }
			chain ingress {
				type filter hook ingress device eth0 priority 0; policy accept;
				ip saddr { $(address be1 4), $(address be2 4), $VIP4 } ip protocol tcp counter name servers
				ip6 saddr { $(address be1 6), $(address be2 6), $VIP6 } ip6 nexthdr tcp counter name servers
				ip saddr $(address client 4) ip protocol tcp counter name client
				ip6 saddr $(address client 6) ip6 nexthdr tcp counter name client
			}
		}
	END
	for f in 4 6; do
		download "$f" /5m
		download "$f" /5m
	done
	assert_flows_end
	assert_eq 0 "$(nft_count fe servers)" 'TCP packets from a server or the VIP'
	assert_ge "$(nft_count fe client)" 20 'TCP packets from the client'
}

OWN=(TcpActiveOpens TcpPassiveOpens TcpAttemptFails TcpEstabResets TcpInSegs TcpOutSegs TcpRetransSegs TcpInErrs TcpOutRsts)

front_end__its_tcp_stands_still() {
	local before f answers
	before=$(changes fe "${OWN[@]}")
	for f in 4 6; do
		download "$f" /5m
		upload "$f" 1m
		get "$f" /close/1k
		answers=$(ask "$f" 2 <<-'END'
			GET /1k HTTP/1.0\r\n\r\n
			GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n
			GET /1k HTTP/1.1\r\n\r\n
		END
		)
		assert_eq '200 404 400' "$(cut -d' ' -f1 <<<"$answers" | xargs)" answers
		# Ends of every kind, a stray among them.
		speak "$f" 'send:GET /slow/5m HTTP/1.1\r\nHost: x\r\n\r\n' read:1000 reset
		speak "$f" connect fin end
	done
	assert_flows_end
	raw_client
	raw 4 20000 '' ack
	raw 6 20000 '' ack
	get 4 /1k
	assert_eq "$before" "$(changes fe "${OWN[@]}")" "the front-end's TCP"
}

server__sees_the_client_s_address_and_port() {
	local f port
	for f in 4 6; do
		log_clear be1 be2
		port=$(client curl -sS -m 20 -f -o "$RUN/got" -w '%{local_port}' "$(url "$f" /1k)")
		assert_soon 5 eval "cat '$(access_log be1)' '$(access_log be2)' | grep -q '^200 .GET /1k HTTP/1.[01]. $(address client "$f") $port '"
	done
}

# Everything that can end a connection, watched on the bridge and at the back-ends.
_every_kind() {
	local f
	for f in 4 6; do
		get "$f" /1m
		get "$f" /1m
		get "$f" /close/1k
		get "$f" /close/1k
		# The client first; then half of it; then, with a response that nobody reads, the two
		# ways to a reset.
		speak "$f" 'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\n' response close / \
			'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\n' fin response end / \
			'send:GET /5m HTTP/1.1\r\nHost: x\r\n\r\n' read:100000 close / \
			'send:GET /5m HTTP/1.1\r\nHost: x\r\n\r\n' read:100000 reset
	done
}

wire__who_sends_what() {
	local f be vip to
	pcap_start bridge lan router
	pcap_start be1 be1 eth0
	pcap_start be2 be2 eth0
	_every_kind
	assert_flows_end
	pcap_stop bridge
	pcap_stop be1
	pcap_stop be2
	for f in 4 6; do
		vip="src host $(address vip "$f")"
		to="dst host $(address client "$f")"
		assert_eq 8 "$(pcap_count bridge "$IS_SYNACK and $vip and ether src $(mac fe)")" 'SYN/ACKs from the front-end'
		assert_eq 0 "$(pcap_count bridge "$IS_SYNACK and $to and not ether src $(mac fe)")" 'SYN/ACKs from elsewhere'
		assert_ge "$(pcap_count bridge "$HAS_FIN and $vip and ether src $(mac fe)")" 6 'FINs from the front-end'
		assert_eq 0 "$(pcap_count bridge "($HAS_FIN or $HAS_RST) and $to and not ether src $(mac fe)")" 'FINs and RSTs from elsewhere'
		assert_eq 0 "$(pcap_count bridge "$HAS_PAYLOAD and $to and ether src $(mac fe)")" 'data from the front-end'
		assert_eq 0 "$(pcap_count bridge "$to and tcp and not $vip")" 'packets not from the VIP'
		for be in be1 be2; do
			assert_ge "$(pcap_count bridge "$HAS_PAYLOAD and $vip and ether src $(mac "$be")")" 10 "data from $be"
			assert_eq 0 "$(pcap_count "$be" "($HAS_FIN or $HAS_RST) and ether src $(mac "$be") and $to")" "FINs and RSTs of $be to the client"
			# Its TCP never resets the client as itself, either.
			assert_eq 0 "$(pcap_count "$be" "ether src $(mac "$be") and tcp and src host $(address "$be" "$f")")" "packets of $be under its own address"
		done
	done
}

# What the back-end's control messages say of a FIN must not reach the client before the data.
wire__one_sequence_space() {
	local f
	pcap_start c client eth0 tcp port 80
	both_modes _every_kind
	assert_flows_end
	pcap_stop c
	assert_one_stream c
}

# The front-end acknowledges what it takes over, and nothing else: a head that arrived whole is
# the client's to repeat until the back-end has it.
wire__a_whole_head_is_not_acknowledged_by_the_front_end() {
	local f
	for f in 4 6; do
		pcap_start whole lan router
		speak "$f" 'send:GET /1k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' response end close
		pcap_stop whole
		# Only the SYN/ACK, and what ends the connection
		assert_eq 0 "$(pcap_count whole "ether src $(mac fe) and tcp and src host $(address vip "$f") and not $IS_SYNACK and not $HAS_FIN and not $HAS_RST")" 'bare acknowledgements of the front-end'
		pcap_start part lan router
		speak "$f" 'send:GET /1k HTTP/1.1\r\nHost: x\r\n' acked 'send:Connection: close\r\n\r\n' response end close
		pcap_stop part
		assert_ge "$(pcap_count part "ether src $(mac fe) and tcp and src host $(address vip "$f") and not $IS_SYNACK and not $HAS_FIN and not $HAS_RST")" 1 'acknowledgements of half a head'
	done
}
