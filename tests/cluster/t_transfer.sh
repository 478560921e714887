# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Every byte arrives as it was sent, whatever the links, the options and the offloads.
. "$CLUSTER/traffic.sh"

bulk__downloads_of_50m_are_identical() {
	local f
	for f in 4 6; do
		download "$f" /50m
	done
}

bulk__uploads_of_10m_are_identical() {
	local f
	for f in 4 6; do
		upload "$f" 10m
	done
}

# The back-ends take turns: be1 has the downloads, be2 the uploads, or the other way round.
_transfers() {
	local f
	for f in ${1:-4 6}; do
		download "$f" /5m
		upload "$f" 1m
	done
}

bulk__the_same_when_staged() {
	setting fe limit one_shot 0
	_transfers
}

# 1 % loss, 5 ms, reordering, duplication: on the client's link and on the cluster's, each
# way. "reorder" lets that many packets overtake the others.
_faulty_links() {
	local at
	for at in client router fe be1 be2; do
		netem "$at" eth0 delay 5ms loss 1% duplicate 1% reorder 2%
	done
}

_faulty() {
	pcap_start faulty client eth0 tcp port 80
	_transfers "${1:-4 6}"
	pcap_stop faulty
	assert_one_stream faulty
}

faulty__links_lose_delay_reorder_and_double() {
	_faulty_links
	_faulty '4 6'
}

faulty__the_same_when_staged() {
	setting fe limit one_shot 0
	_faulty_links
	_faulty 4
}

# Where a packet is a packet and not up to 64 KiB at once, the same loss is more of it.
faulty__the_same_without_offloads() {
	offloads_set client/eth0 router/eth0 router/eth1 fe/eth0 be1/eth0 be2/eth0 -- tso off gso off gro off
	_faulty_links
	_faulty 6
}

# TRANSFERS=10000 for the figure that counts; SEED to have the same ones again
faulty__transfers_of_random_sizes() {
	local seed=${SEED:-$RANDOM}
	note "SEED=$seed"
	_faulty_links
	tool client transfers "$seed" "${TRANSFERS:-100}" 8 "$WWW" "$RUN" "$VIP4" "$VIP6" | tee "$RUN/transfers" >&9
	assert_match "^[1-9][0-9]* down, .*; [1-9][0-9]* up, .*; 0 failed$" "$(tail -n 1 "$RUN/transfers")" 'transfers'
	assert_flows_end_within 60
}

# What may be switched off, and how a SYN/ACK shows it
OPTIONS=(tcp_sack:sack=0 tcp_timestamps:ts=0 tcp_window_scaling:ws=-)

# A little loss, lest there be nothing to acknowledge selectively.
_some_loss() {
	local at
	for at in client router; do
		netem "$at" eth0 loss 0.5%
	done
}

options__off_at_the_client() {
	local o key sign
	_some_loss
	for o in "${OPTIONS[@]}"; do
		key=${o%:*} sign=${o#*:}
		in_ns client sysctl -q -w "net.ipv4.$key=0"
		defer ip netns exec client sysctl -q -w "net.ipv4.$key=1"
		pcap_start "$key" client eth0 tcp port 80
		_transfers
		pcap_stop "$key"
		in_ns client sysctl -q -w "net.ipv4.$key=1"
		# Nothing is promised that was not offered.
		assert_eq "$sign" "$(tool client pcap synacks "$(pcap_file "$key")" | grep -o -w -E -- 'sack=0|ts=0|ws=-' | sort -u | xargs)" "SYN/ACKs without $key"
	done
}

options__off_at_the_back_ends() {
	local o key sign be f
	_some_loss
	for o in "${OPTIONS[@]}"; do
		key=${o%:*} sign=${o#*:}
		for be in be1 be2; do
			in_ns "$be" sysctl -q -w "net.ipv4.$key=0"
			defer ip netns exec "$be" sysctl -q -w "net.ipv4.$key=1"
		done
		# The front-end hears of it by a heartbeat, and promises it no longer.
		for f in 4 6; do
			assert_soon 10 offers "$f" "(^| )$sign( |\$)"
		done
		_transfers
		for be in be1 be2; do
			in_ns "$be" sysctl -q -w "net.ipv4.$key=1"
		done
		assert_soon 10 offers 6 'sack=1 ts=1 ws=[0-9]'
	done
}

# One that lacks them all, beside one that has them: each is handed what it can honour.
options__all_off_at_one_back_end() {
	local o
	_some_loss
	for o in "${OPTIONS[@]}"; do
		kernel_setting be2 "net.ipv4.${o%:*}" 0
	done
	assert_soon 10 offers 4 'sack=0 ts=0 ws=-'
	for be in be2 be1; do
		download 4 /5m
		download 6 /5m
		upload 4 1m
	done
}

# Segments of 536 bytes both ways. Without segmentation offload a packet is one segment.
mss__536() {
	local f most
	offloads_set client/eth0 router/eth0 router/eth1 be1/eth0 be2/eth0 -- tso off gso off gro off
	pcap_start mss client eth0 tcp port 80
	for f in 4 6; do
		assert_eq '200 complete' "$(speak "$f" maxseg:536 \
			'send:GET /5m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "response:$RUN/got" | cut -d' ' -f1,4)" answer
		assert_same_file "$WWW/5m" "$RUN/got" "download, IPv$f"
		assert_eq '201 complete' "$(speak "$f" maxseg:536 \
			"send:PUT /upload/mss$f HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1048576\r\n\r\n" \
			"file:$WWW/1m" response | cut -d' ' -f1,4)" answer
		assert_uploaded "mss$f" 1m
	done
	pcap_stop mss
	most=$(assert_one_stream mss | sed -n 's/.*maxpayload=\([0-9]*\).*/\1/p')
	assert_le "$most" 536 'bytes in the largest segment'
	assert_ge "$most" 500 'bytes in the largest segment'
}

offloads__all_off() {
	offloads_set "${EVERY_PORT[@]}" -- tx off rx off sg off tso off gso off gro off
	_transfers
}

offloads__all_on() {
	offloads_set "${EVERY_PORT[@]}" -- tx on rx on sg on tso on gso on gro on
	_transfers
}

offloads__no_segmentation() {
	offloads_set "${EVERY_PORT[@]}" -- tso off gso off gro off
	_transfers
}

# What one kind of host hands to the other is not what it would make itself.
offloads__only_some_have_them() {
	offloads_set be1/eth0 be2/eth0 -- tx off sg off tso off gso off gro off
	_transfers
	offloads_set be1/eth0 be2/eth0 -- tx on sg on tso on gso on gro on
	offloads_set fe/eth0 -- tx off rx off sg off tso off gso off gro off
	_transfers
	offloads_set fe/eth0 client/eth0 -- tx on rx on sg on tso on gso on gro on
	offloads_set be1/eth0 be2/eth0 -- tx off rx off sg off tso off gso off gro off
	_transfers
}

# The front-end's promise must not be larger than what the back-end has.
DROPS=(TCPZeroWindowDrop TCPRcvQDrop BeyondWindow OfoPruned)
_uploads() {
	local f be before
	before=$(for be in be1 be2; do changes "$be" "${DROPS[@]}"; done | xargs)
	for f in 4 6; do
		upload "$f" 1m
		upload "$f" 10m
		upload "$f" 1m
		download "$f" /5m
	done
	note "$(for be in be1 be2; do changes "$be" "${DROPS[@]}"; done | xargs) (before: $before)"
}

buffers__smaller_at_the_back_ends() {
	small_buffers be1 be2
	_uploads
}

buffers__smaller_at_one_back_end() {
	small_buffers be2
	_uploads
}
