# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Many connections, none lost, nothing left behind.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
}

# ab_field NAME: "Failed requests" of the last run
ab_field() { sed -n "s/^$1: *\([0-9]*\).*/\1/p" "$RUN/ab"; }

# load 4|6 OPTION…: all are answered, with all of their bytes
load() {
	client ab -q "${@:2}" "$(url "$1" /1k)" >"$RUN/ab"
	note "$(grep -E 'Complete|Failed|Non-2xx|Keep-Alive|per second|Exceptions' "$RUN/ab" | xargs)"
	assert_eq 0 "$(ab_field 'Failed requests')" 'failed requests'
	assert_eq '' "$(ab_field 'Non-2xx responses')" 'answers other than 200'
}

load__5000_connections_at_50() {
	local failures handoffs
	log_clear be1 be2
	failures=$(counter fe frontend handoff_failures)
	handoffs=$(counter fe frontend handoffs)
	load 4 -n 4000 -c 50
	assert_eq 4000 "$(ab_field 'Complete requests')" 'complete requests'
	load 6 -n 1000 -c 50
	assert_eq 1000 "$(ab_field 'Complete requests')" 'complete requests'
	assert_eq 5000 $(($(counter fe frontend handoffs) - handoffs)) handoffs
	assert_eq "$failures" "$(counter fe frontend handoff_failures)" handoff_failures
	assert_flows_end
	assert_eq 5000 "$(cat "$(access_log be1)" "$(access_log be2)" | grep -c '^200 "GET /1k ')" 'requests the servers saw'
}

load__5000_requests_kept_alive() {
	local connections
	requests first
	defer requests auto
	connections=$(counter fe frontend connections)
	load 4 -k -n 4000 -c 50
	assert_eq 4000 "$(ab_field 'Keep-Alive requests')" 'requests kept alive'
	load 6 -k -n 1000 -c 50
	assert_eq 1000 "$(ab_field 'Keep-Alive requests')" 'requests kept alive'
	assert_le $(($(counter fe frontend connections) - connections)) 100 connections
	assert_flows_end
}

load__staged() {
	setting fe limit one_shot 0
	load 4 -n 1000 -c 50
	load 6 -n 500 -c 50
	assert_flows_end
}
