# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A back-end two routers away, across 20 ms and 0.5 % loss, serves like the near ones.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up wan
	cluster_configure wan
	short_timeouts
	# A packet is one segment there, so that the loss is what it says.
	in_ns be3 ethtool -K eth0 tso off gso off gro off >&9 2>&1
	_far_away
}
_far_away() {
	modprobe sch_netem
	in_ns r2 tc qdisc replace dev eth1 root netem limit 10000 delay 20ms loss 0.5%
	in_ns r3 tc qdisc replace dev eth0 root netem limit 10000 delay 20ms loss 0.5%
}

_requests() {
	local f
	for f in 4 6; do
		client ab -q -n 100 -c 5 "$(url "$f" /far/1k)" >"$RUN/ab"
		assert_eq 0 "$(sed -n 's/^Failed requests: *//p' "$RUN/ab")" "failed requests, IPv$f"
		assert_eq '' "$(sed -n 's/^Non-2xx responses: *//p' "$RUN/ab")" 'answers other than 200'
		assert_eq be3 "$(get "$f" /far/1k)" 'who has /far/'
	done
}

far__100_requests() {
	log_clear be3
	both_modes _requests
	assert_soon 5 value_is 404 log_count be3 '^200 "GET /far/1k '
	assert_flows_end_within $((FLOWS_END + 5))
}

far__a_download_of_5m() {
	local f
	pcap_start far client eth0 tcp port 80
	for f in 4 6; do
		download "$f" /far/5m
	done
	pcap_stop far
	assert_one_stream far
}

far__an_upload_of_1m() {
	local f
	btcpctl fe member add all be3
	defer btcpctl fe member del all be3
	only be3
	for f in 4 6; do
		upload "$f" 1m
	done
}

# In one pool with the near ones it has its share.
far__one_pool_with_the_near_ones() {
	local f
	btcpctl fe member add all be3
	defer btcpctl fe member del all be3
	log_clear be1 be2 be3
	for f in 4 6; do
		client ab -q -n 60 -c 5 "$(url "$f" /1k)" >"$RUN/ab"
		assert_eq 0 "$(sed -n 's/^Failed requests: *//p' "$RUN/ab")" "failed requests, IPv$f"
	done
	for be in be1 be2 be3; do
		assert_soon 5 value_is 40 log_count "$be" '^200 "GET /1k '
	done
}
