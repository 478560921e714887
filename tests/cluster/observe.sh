# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a test looks at, and the faults it makes: counters, captures, logs, netem, nft.

# counter NAMESPACE OBJECT NAME: counter fe frontend forwarded_packets
counter() { ip netns exec "$1" cat "/sys/class/btcp/$2/statistics/$3"; }

# total NAMESPACE NAME: of all its roles and its control channel
total() { ip netns exec "$1" "$(btcpctl_binary)" stats | awk -v n="$2" '$2 == n { s += $3 } END { print s + 0 }'; }

# snmp NAMESPACE NAME: the kernel's own, TcpInSegs or TCPLossProbes; absent reads as 0
snmp() {
	# shellcheck disable=SC2016 # awk's own
	ip netns exec "$1" awk -v want="$2" '
		FNR % 2 == 1 { split($0, names); next }
		{
			group = substr($1, 1, length($1) - 1)
			for (i = 2; i <= NF; i++)
				if (names[i] == want || group names[i] == want) { print $i; found = 1; exit }
		}
		END { if (!found) print 0 }' /proc/net/netstat /proc/net/snmp
}

# link_bytes NAMESPACE IFACE rx|tx
link_bytes() { ip netns exec "$1" cat "/sys/class/net/$2/statistics/$3_bytes"; }

# -- captures ------------------------------------------------------------------

# tcp_flags MASK VALUE, and tcpdump's words for "has payload" and for flags, of both
# families (no IPv6 extension headers here)
tcp_flags() { printf '((ip and tcp and tcp[13] & %s = %s) or (ip6 and ip6[6] = 6 and ip6[53] & %s = %s))' "$1" "$2" "$1" "$2"; }
# shellcheck disable=SC2034 # for the tests
{
	HAS_PAYLOAD='((ip and tcp and (ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2)) != 0) or (ip6 and ip6[6] = 6 and (ip6[4:2] - ((ip6[52] & 0xf0) >> 2)) != 0))'
	HAS_FIN=$(tcp_flags 1 1)
	HAS_RST=$(tcp_flags 4 4)
	IS_SYNACK=$(tcp_flags 0x12 0x12)
}

declare -A PCAP_PID
pcap_file() { printf '%s/%s.pcap\n' "$RUN" "$1"; }

# pcap_start NAME NAMESPACE IFACE [FILTER…]: returns when it captures. Heads only, or
# all of a packet with PCAP_SNAPLEN=0.
pcap_start() {
	local name=$1 log=$RUN/$1.pcap.log
	note "[$2] tcpdump -i ${*:3} ($name)"
	: >"$log"
	# The address filters need no names, the files no user of their own.
	ip netns exec "$2" tcpdump -n -Z root -i "$3" --immediate-mode -s "${PCAP_SNAPLEN:-160}" -B 16384 \
		-w "$(pcap_file "$name")" "${@:4}" 2>"$log" 9>&- &
	PCAP_PID[$name]=$!
	defer pcap_stop "$name"
	assert_soon 10 grep -q '^tcpdump: listening on' "$log"
}

# What the kernel has counted must have come out of its ring.
_pcap_drained() {
	local log=$RUN/$1.pcap.log before
	before=$(grep -c 'received by filter' "$log") || true
	kill -USR1 "${PCAP_PID[$1]}" || return 0
	wait_until 5 eval "((\$(grep -c 'received by filter' '$log') > $before))" || return 1
	# "tcpdump: 4 packets captured, 4 packets received by filter, …"
	tail -n 1 "$log" | awk '{ sub(/^tcpdump: /, ""); exit $1 != $4 }'
}

# pcap_stop NAME: everything that happened before it is in the file afterwards.
pcap_stop() {
	[[ -n ${PCAP_PID[$1]:-} ]] || return 0
	wait_until 10 _pcap_drained "$1" || note "capture $1: packets left in the ring"
	kill -INT "${PCAP_PID[$1]}" 2>/dev/null || true
	wait "${PCAP_PID[$1]}" || true
	unset "PCAP_PID[$1]"
}

# pcap_show NAME [FILTER…] and pcap_count NAME [FILTER…]
pcap_show() { tcpdump -Z root -nn -e -r "$(pcap_file "$1")" "${@:2}" 2>/dev/null; }
pcap_count() { pcap_show "$@" | wc -l; }

# -- logs of the servers ---------------------------------------------------------

access_log() { printf '%s/%s/access.log\n' "$RUN" "$1"; }
# log_count BACKEND REGEX: lines are: status "request" address port connection nth-on-it length bytes
log_count() { grep -c -E -- "$2" "$(access_log "$1")" || true; }
log_clear() {
	local be
	for be in "$@"; do : >"$(access_log "$be")"; done
}

# -- faults ------------------------------------------------------------------------

# assert_log_is_clean: the kernel's, of what would end the run as a failure, too
assert_log_is_clean() {
	local words
	words=$(dmesg | grep -E -A 20 -f <(grep -v '^#' "$BTCP_TOP/tests/vm/kernel-faults") || true)
	assert_eq '' "$words" "the kernel's log"
}

# netem NAMESPACE IFACE PARAMETER…: for what leaves through that interface
netem() {
	modprobe sch_netem
	in_ns "$1" tc qdisc replace dev "$2" root netem limit 100000 "${@:3}"
	defer netem_clear "$1" "$2"
}
netem_clear() { ip netns exec "$1" tc qdisc del dev "$2" root 2>/dev/null || true; }

# offloads NAMESPACE IFACE on|off: checksums, segmentation, merging
offloads() {
	in_ns "$1" ethtool -K "$2" tx "$3" rx "$3" sg "$3" tso "$3" gso "$3" gro "$3" >&9 2>&1
}

# firewall NAMESPACE <<RULES: replaces what that namespace has; gone with the case
firewall() {
	{
		printf 'flush ruleset\n'
		cat
	} | in_ns "$1" nft -f -
	defer firewall_clear "$1"
}
firewall_clear() { ip netns exec "$1" nft flush ruleset; }
# nft_count NAMESPACE NAME [bytes]: of a named counter, whatever its table
nft_count() {
	ip netns exec "$1" nft -j list counters |
		jq -r --arg n "$2" --arg w "${3:-packets}" '[.nftables[].counter | select(.name? == $n)[$w]] | add // 0'
}

# limit_mtu NAMESPACE IFACE BYTES
limit_mtu() {
	local before
	before=$(ip netns exec "$1" cat "/sys/class/net/$2/mtu")
	in_ns "$1" ip link set "$2" mtu "$3"
	defer ip -n "$1" link set "$2" mtu "$before"
}

# What to look at when a case failed.
dump_state() {
	local ns
	for ns in $(ip netns list | cut -d' ' -f1); do
		[[ $ns != lan ]] || continue
		printf -- '-- %s\n' "$ns"
		if loaded handoff && [[ $ns == fe || $ns == be* ]]; then
			ip netns exec "$ns" "$(btcpctl_binary)" stats show 2>&1 | awk '$3 != 0' | head -n 60
			ip netns exec "$ns" "$(btcpctl_binary)" flow show 2>&1 | head -n 20
		fi
		ip netns exec "$ns" ss -Htani 2>/dev/null | head -n 20
		ip netns exec "$ns" nft list ruleset 2>/dev/null | head -n 40
		[[ ! -s $RUN/$ns/error.log ]] || tail -n 10 "$RUN/$ns/error.log"
		[[ ! -s $RUN/$ns/access.log ]] || tail -n 5 "$RUN/$ns/access.log"
	done
	printf -- '-- kernel\n'
	dmesg | grep -vE 'br0: port|ADDRCONF|promiscuous mode' | tail -n 15
}
