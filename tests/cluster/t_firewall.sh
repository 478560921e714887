# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Firewalls on all hosts: the back-ends' see ordinary connections, the front-end's decides
# who may connect.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up wan
	cluster_configure wan
	short_timeouts
}

ND='icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, packet-too-big, echo-request } accept'

# A stateful one, both ways
_back_end_firewall() {
	firewall "$1" <<-END
		table inet guard {
			counter invalid { }
			counter rest { }
			counter out_invalid { }
			counter served { }
			chain input {
				type filter hook input priority 0; policy drop;
				iif lo accept
				udp dport 7689 accept
				ct state invalid counter name invalid drop
				ct state established,new tcp dport 80 counter name served accept
				ct state established,related accept
				meta l4proto icmp accept
				$ND
				counter name rest drop
			}
			chain output {
				type filter hook output priority 0; policy accept;
				ct state invalid counter name out_invalid drop
			}
		}
	END
}

# _front_end_firewall "WORDS": what is said about the state of the VIP's packets
_front_end_firewall() {
	firewall fe <<-END
		table inet guard {
			counter denied { }
			counter rest { }
			counter forwarded { }
			counter out_invalid { }
			chain input {
				type filter hook input priority 0; policy drop;
				iif lo accept
				ip saddr { $(address be1 4), $(address be2 4), $(address be3 4) } udp dport 7689 accept
				ip6 saddr { $(address be1 6), $(address be2 6), $(address be3 6) } udp dport 7689 accept
				$1 tcp dport 80 accept
				meta l4proto icmp accept
				$ND
				counter name rest drop
			}
			chain forward {
				type filter hook forward priority 0; policy drop;
				counter name forwarded
			}
			chain output {
				type filter hook output priority 0; policy accept;
				ct state invalid counter name out_invalid drop
			}
		}
	END
}

# How conntrack itself judged: the column "invalid" of its statistics, in hexadecimal, a line a CPU
ct_invalid() {
	ip netns exec "$1" cat /proc/net/stat/nf_conntrack | awk '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "invalid") at = i; next }
		{ print "0x" $at }' | {
		local n=0 v
		while read -r v; do n=$((n + v)); done
		echo "$n"
	}
}

_firewalls() {
	local be
	for be in be1 be2 be3; do
		_back_end_firewall "$be"
	done
	_front_end_firewall "${1:-}"
	for be in be1 be2 be3; do
		INVALID[$be]=$(ct_invalid "$be")
	done
}
declare -A INVALID

_nothing_dropped() {
	local be
	for be in be1 be2 be3; do
		assert_eq 0 "$(nft_count "$be" invalid)" "invalid packets into $be"
		assert_eq 0 "$(nft_count "$be" out_invalid)" "invalid packets out of $be"
		assert_eq 0 "$(nft_count "$be" rest)" "other packets dropped by $be"
		assert_eq "${INVALID[$be]}" "$(ct_invalid "$be")" "invalid in conntrack's statistics of $be"
	done
	assert_eq 0 "$(nft_count fe rest)" 'packets dropped by the front-end'
	assert_eq 0 "$(nft_count fe forwarded)" "packets in the front-end's FORWARD"
	assert_eq 0 "$(nft_count fe out_invalid)" 'invalid packets out of the front-end'
	for be in "$@"; do
		assert_ge "$(nft_count "$be" served)" 10 "packets that $be let in"
	done
}

# Requests, transfers and ends of every kind
_traffic() {
	local f
	for f in 4 6; do
		client ab -q -n 50 -c 10 "$(url "$f" /1k)" >"$RUN/ab"
		assert_eq '0' "$(sed -n 's/^Failed requests: *//p' "$RUN/ab")" 'failed requests'
		download "$f" /5m
		upload "$f" 1m
		speak "$f" 'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\n' fin response end / \
			'send:GET /5m HTTP/1.1\r\nHost: x\r\n\r\n' read:100000 reset
	done
}

stateful__everything_works_and_nothing_is_invalid() {
	_firewalls
	both_modes _traffic
	assert_flows_end
	_nothing_dropped be1 be2
}

stateful__untracked_is_what_the_front_end_sees() {
	_firewalls 'ct state untracked'
	_traffic
	assert_flows_end
	_nothing_dropped be1 be2
}

stateful__on_links_that_lose() {
	local at f
	_firewalls
	for at in client router fe be1 be2; do
		netem "$at" eth0 delay 5ms loss 1% duplicate 1% reorder 2%
	done
	for f in 4 6; do
		download "$f" /5m
		upload "$f" 1m
	done
	_nothing_dropped be1 be2
}

# The window promised for a back-end must be one that its conntrack has seen.
stateful__with_small_buffers_behind() {
	local f
	small_buffers be1 be2
	_firewalls
	for f in 4 6; do
		upload "$f" 1m
		download "$f" /5m
		upload "$f" 1m
	done
	_nothing_dropped be1 be2
}

stateful__across_the_wide_area() {
	local f
	netem r2 eth1 delay 20ms loss 0.5%
	netem r3 eth0 delay 20ms loss 0.5%
	btcpctl fe member add all be3
	defer btcpctl fe member del all be3
	only be3
	_firewalls
	for f in 4 6; do
		download "$f" /1m
		upload "$f" 1m
		client ab -q -n 20 -c 10 "$(url "$f" /1k)" >"$RUN/ab"
		assert_eq '0' "$(sed -n 's/^Failed requests: *//p' "$RUN/ab")" 'failed requests'
	done
	_nothing_dropped be3
}

_deny() {
	ip netns exec fe nft -f - <<-END
		insert rule inet guard input ip saddr $(address client 4) tcp dport 80 counter name denied drop
		insert rule inet guard input ip6 saddr $(address client 6) tcp dport 80 counter name denied drop
	END
}

front_end__decides_who_may_connect() {
	local f connections
	_firewalls
	_deny
	connections=$(counter fe frontend connections)
	for f in 4 6; do
		assert_fails 28 client curl -sS -m 2 "$(url "$f" /1k)"
		assert_ge "$(nft_count fe denied)" $((f == 4 ? 1 : 2)) 'SYNs denied'
	done
	assert_eq "$connections" "$(counter fe frontend connections)" connections
	# Others may: the router is one.
	for f in 4 6; do
		in_ns router curl -sS -m 10 -f -o "$RUN/got" "$(url "$f" /1k)"
		assert_same_file "$WWW/1k" "$RUN/got"
	done
	ip netns exec fe nft flush ruleset
	get 4 /1k
}

front_end__new_rules_do_not_cut_what_lives() {
	local f
	_firewalls
	for f in 4 6; do
		start "slow$f" client curl -sS -m 60 -f -o "$RUN/slow$f.got" "$(url "$f" /slow/1m)"
	done
	for f in 4 6; do
		assert_soon 10 test -s "$RUN/slow$f.got"
	done
	_deny
	assert_fails 28 client curl -sS -m 2 "$(url 4 /1k)"
	for f in 4 6; do
		finish "slow$f" 30
		assert_eq 0 "$FINISHED" 'status of the download that had begun'
		assert_same_file "$WWW/1m" "$RUN/slow$f.got"
	done
}
