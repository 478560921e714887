# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the acceptance tests have in common: transfers, settings that go back by
# themselves, programs in the background, the ends of flows. A t_*.sh that needs it
# sources it.

# The programs of tests/attack, built.
# shellcheck disable=SC2034 # for the t_*.sh that attack
ATTACK=$BTCP_TOP/build/attack

# tool NAMESPACE PROGRAM ARGUMENT…: one of this folder's Python programs
tool() { in_ns "$1" /usr/bin/python3 -B "$CLUSTER/$2.py" "${@:3}"; }

# back_ends: those of this cluster
back_ends() {
	local ns
	for ns in be1 be2 be3; do
		[[ ! -e /run/netns/$ns ]] || printf '%s\n' "$ns"
	done
}

# setup_two_pools: be1 is pool one and takes what no rule takes, be2 is pool two
setup_two_pools() {
	cluster_up
	cluster_configure
	short_timeouts
	btcpctl fe -batch - <<-END
		pool add one backend be1
		pool add two backend be2
		rule del www pref 10
		rule set www default pool one
	END
}

# -- settings --------------------------------------------------------------------

# setting NAMESPACE limit|timeout NAME VALUE: until the case ends
setting() {
	local before
	before=$(ip netns exec "$1" "$(btcpctl_binary)" -j "$2" show "$3" | jq -r '.[0] | .ms // .value')
	[[ $2 == limit ]] || before+=ms
	btcpctl "$1" "$2" set "$3" "$4"
	defer btcpctl "$1" "$2" set "$3" "$before"
}

# kernel_setting NAMESPACE KEY VALUE: a sysctl, until the case ends
kernel_setting() {
	local before
	before=$(ip netns exec "$1" sysctl -n "$2")
	in_ns "$1" sysctl -q -w "$2=$3"
	defer ip netns exec "$1" sysctl -q -w "$2=$before"
}

# both_modes COMMAND…: with the head in the HANDOFF where it fits, then behind it always
both_modes() {
	note 'mode: one-shot'
	"$@"
	note 'mode: staged'
	setting fe limit one_shot 0
	"$@"
}

# many_rules N FIRST: commands that add so many to pool two, from this pref on
many_rules() {
	awk -v n="$1" -v first="$2" 'BEGIN {
		for (i = 0; i < n; i++) {
			printf "rule add www pref %d ", first + i
			if (i % 20 < 14) printf "host site-%d.example path \"/app%d/*\"", i / 50, i
			else if (i % 20 < 18) printf "path /static/%d/index.html", i
			else if (i % 20 < 19) printf "path \"*-%d.jpg\"", i
			else if (i % 40 < 20) printf "header x-tenant=%d", i
			else printf "cookie session=%d method GET", i
			print " pool two"
		}
	}'
}

# requests once|first|auto: of the service
requests() { btcpctl fe service set www requests "$1"; }

# -- transfers --------------------------------------------------------------------

# nobody_dies: nor does a back-end for a guest that stands still for some seconds
nobody_dies() {
	local ns
	for ns in fe $(back_ends); do
		btcpctl "$ns" limit set heartbeat_down 30
	done
}

# configure_one_pool: all goes to pool "some", of both back-ends; who has a connection's first
# request has the others
configure_one_pool() {
	cluster_configure
	short_timeouts
	nobody_dies
	btcpctl fe -batch - <<-END
		pool add some backend be1 backend be2
		rule del www pref 10
		rule set www default pool some
		service set www requests first
	END
}

# setup_beside_nobody: with addresses that nobody has, FORGED4 and FORGED6. What the front-end
# answers them ends at the router.
# shellcheck disable=SC2034 # for the t_*.sh that attack
FORGED4=10.9.0.0/16 FORGED6=fd00:9::/32
setup_beside_nobody() {
	cluster_up
	ip -n router route add blackhole 10.9.0.0/16
	ip -n router route add blackhole fd00:9::/64
	cluster_configure
	short_timeouts
}

# gets N: so many requests, a line each, as ask.py takes them
gets() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'GET /1k?%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n' "$i"
	done
}

# get 4|6 PATH [OPTION…]: into $RUN/got, head into $RUN/head; says who answered
get() {
	client curl -sS -m 60 -f -o "$RUN/got" -D "$RUN/head" "${@:3}" "$(url "$1" "$2")"
	sed -n 's/^X-Backend: \(.*\)\r$/\1/p' "$RUN/head"
}

# download 4|6 PATH [OPTION…]: every byte as on the server's disk
download() {
	local who
	who=$(get "$@")
	assert_same_file "$WWW/${2##*/}" "$RUN/got" "$2 from $who, IPv$1"
}

# upload 4|6 FILE [OPTION…]: and it is on one server only, as sent. Without "Expect",
# which a server that is asked as HTTP/1.0 does not answer.
upload() {
	local name=up-$EPOCHREALTIME
	client curl -sS -m 60 -f -H 'Expect:' -T "$WWW/$2" "${@:3}" "$(url "$1" "/upload/$name")"
	assert_uploaded "$name" "$2"
}
assert_uploaded() {
	local there
	there=$(find "$RUN"/be[123]/upload -name "$1" 2>/dev/null)
	assert_eq 1 "$(grep -c . <<<"$there")" "copies of upload $1"
	assert_same_file "$WWW/$2" "$there" "upload of $2"
	rm "$there"
}

# ask 4|6 [PARALLEL [SECONDS]] <REQUESTS >ANSWERS: see ask.py
ask() { tool client ask "$(address vip "$1")" 80 "${@:2}"; }
# heads 4|6 <<TABLE: "WHO HEAD" a line; WHO is a back-end, or the status of the front-end's
# own answer; HEAD has no \r\n\r\n at its end
heads() {
	local table
	table=$(cat)
	cut -d' ' -f2- <<<"$table" | sed 's|$|\\r\\n\\r\\n|' | ask "$1" 4 20 >"$RUN/answers"
	assert_eq "$table" "$(paste -d' ' <(awk '{ print $2 == "-" ? $1 : $2 }' "$RUN/answers") <(cut -d' ' -f2- <<<"$table"))" "who has what, IPv$1"
}
both_heads() {
	local f table
	table=$(cat)
	for f in 4 6; do
		heads "$f" <<<"$table"
	done
}
# SPEAK: speak.py for start, which takes no functions
# shellcheck disable=SC2034 # for the tests
SPEAK=(/usr/bin/python3 -B "$CLUSTER/speak.py")
# speak 4|6 STEP…: see speak.py
speak() { tool client speak "$(address vip "$1")" 80 "${@:2}"; }
# raw 4|6 PORT REQUEST STEP…: see raw.py; ports 20000 to 20999, after raw_client
raw() { tool client raw "$(address vip "$1")" 80 "${@:2}"; }
raw_client() {
	firewall client <<-END
		table inet raw {
			chain output {
				type filter hook output priority 0; policy accept;
				tcp sport 20000-20999 meta mark != 7 drop
			}
		}
	END
}

# offer 4|6: what a SYN/ACK of the VIP offers now. The kernel, which knows of no such
# connection, resets it.
offer() { tool client raw "$(address vip "$1")" 80 "$((21000 + RANDOM % 9000))" '' syn || true; }
offers() { [[ $(offer "$1") =~ $2 ]]; }

# -- connections that stay ----------------------------------------------------------

# hold NAME 4|6 PATH COUNT: so many connections, one made when the one before has its
# answer, which stay until "release NAME"; HELD says who answered how many. Of the VIP, or
# of VIP_OF
hold() {
	local i steps=()
	for ((i = 1; i <= $4; i++)); do
		steps+=(limit:100 "send:GET $3 HTTP/1.1\r\nHost: x\r\n\r\n" response /)
	done
	rm -f "$RUN/$1.held"
	start "$1" client "${SPEAK[@]}" "${VIP_OF:-$(address vip "$2")}" 80 "${steps[@]::${#steps[@]}-1}" "touch:$RUN/$1.held" "await:$RUN/never"
	assert_soon 60 test -e "$RUN/$1.held"
	HELD=$(cut -d' ' -f2 "$RUN/$1.out" | sort | uniq -c | xargs)
	note "$1: $HELD"
}
# release NAME BACKEND LEFT…: until each of them has only so many flows left
release() {
	stop "$1"
	shift
	while (($#)); do
		assert_soon "$FLOWS_END" value_is "$2" counter fe "backend:$1" active_flows
		shift 2
	done
}

# -- links ------------------------------------------------------------------------

# offloads_set NAMESPACE/IFACE… -- FEATURE on|off…: until the case ends
declare -A OFFLOADS_BEFORE
offloads_set() {
	local at=() port features
	while [[ $1 != -- ]]; do
		at+=("$1")
		shift
	done
	shift
	for port in "${at[@]}"; do
		if [[ -z ${OFFLOADS_BEFORE[$port]:-} ]]; then
			features=$(ip netns exec "${port%/*}" ethtool -k "${port#*/}" | awk -F': ' '
				$1 == "tx-checksumming" { tx = $2 } $1 == "rx-checksumming" { rx = $2 }
				$1 == "scatter-gather" { sg = $2 } $1 == "tcp-segmentation-offload" { tso = $2 }
				$1 == "generic-segmentation-offload" { gso = $2 }
				$1 == "generic-receive-offload" { gro = $2 }
				END { printf "tx %s rx %s sg %s tso %s gso %s gro %s\n", tx, rx, sg, tso, gso, gro }' | sed 's/ \[[a-z ]*\]//g')
			OFFLOADS_BEFORE[$port]=$features
			# shellcheck disable=SC2086 # words of a command
			defer ip netns exec "${port%/*}" ethtool -K "${port#*/}" $features
		fi
		in_ns "${port%/*}" ethtool -K "${port#*/}" "$@" >&9 2>&1
	done
}
# shellcheck disable=SC2034 # for the tests
EVERY_PORT=(client/eth0 router/eth0 router/eth1 fe/eth0 be1/eth0 be2/eth0 lan/router lan/fe lan/be1 lan/be2)

# assert_one_stream CAPTURE: the client saw one TCP a connection (see pcap.py)
assert_one_stream() { tool client pcap stream "$(pcap_file "$1")" "$VIP4" "$VIP6" || fail "not one stream: $1"; }

# -- programs in the background -------------------------------------------------------

declare -A STARTED
# start NAME NAMESPACE COMMAND…: its output is in $RUN/NAME.out; gone with the case
start() {
	note "[$2] ${*:3} &"
	ip netns exec "${@:2}" >"$RUN/$1.out" 2>"$RUN/$1.err" </dev/null 9>&- &
	STARTED[$1]=$!
	defer stop "$1" KILL
}
# stop NAME [SIGNAL]
stop() {
	[[ -n ${STARTED[$1]:-} ]] || return 0
	kill "-${2:-TERM}" "${STARTED[$1]}" 2>/dev/null || true
	wait "${STARTED[$1]}" 2>/dev/null || true
	unset "STARTED[$1]"
}
# finish NAME SECONDS: until it ended by itself; says with what status
finish() {
	local rc=0
	wait_until "$2" _gone "${STARTED[$1]}" || fail "$1 does not end: $(cat "$RUN/$1.out" "$RUN/$1.err")"
	wait "${STARTED[$1]}" || rc=$?
	unset "STARTED[$1]"
	# shellcheck disable=SC2034 # for the tests
	FINISHED=$rc
	note "$1 ended with $rc: $(head -c 2000 "$RUN/$1.out") $(head -c 500 "$RUN/$1.err")"
}

# serve BACKEND KIND ARGUMENT…: serve.py in place of nginx, in both families (see there)
serve() {
	local f
	nginx_stop "$1"
	defer server_back "$1"
	for f in 4 6; do
		rm -f "$RUN/serve.$f" "$RUN/serve.$f.log"
		start "serve.$f" "$1" env "BACKEND=$1" /usr/bin/python3 -B "$CLUSTER/serve.py" "$(address "$1" "$f")" "$RUN/serve.$f" "${@:2}"
	done
	for f in 4 6; do
		assert_soon 15 test -e "$RUN/serve.$f"
	done
	# What the front-end heard last was that nobody listens.
	for f in 4 6; do
		assert_soon 10 listening "$1" "$f"
	done
}
# listening BACKEND 4|6: says the front-end
listening() {
	[[ $(ip netns exec fe "$(btcpctl_binary)" -j backend show "$1") == *"\"ipv$2\""* ]]
}

# server_back BACKEND: nginx, started anew, and the front-end knows
server_back() {
	local f
	[[ ! -e $RUN/$1/nginx.pid ]] || nginx_stop "$1"
	nginx_start "$1"
	for f in 4 6; do
		assert_soon 10 listening "$1" "$f"
	done
}

# small_buffers BACKEND…: until the case ends. A server takes what it had when it began to
# listen, so it is started anew. Returns when the front-end promises no more: 8192 bytes
# of buffer make a window smaller than that.
small_buffers() {
	local be f
	for be in "$@"; do
		defer server_back "$be"
		kernel_setting "$be" net.ipv4.tcp_rmem '4096 8192 32768'
		nginx_stop "$be"
		nginx_start "$be"
	done
	for f in 4 6; do
		for be in "$@"; do
			assert_soon 10 listening "$be" "$f"
		done
		assert_soon 10 offers "$f" 'win=([1-9]|[1-7][0-9])[0-9]{0,2}$'
	done
}

# only BACKEND: all requests go there, until the case ends
only() {
	local be
	for be in $(back_ends); do
		[[ $be != "$1" ]] || continue
		btcpctl fe backend set "$be" admin drain
		defer btcpctl fe backend set "$be" admin up
	done
}

# -- the ends of flows ----------------------------------------------------------------

# Shorter than the defaults: what is asserted is "within the times that are set".
CLOSING=1 TIME_WAIT=1
# A flow that has seen both FINs passes through both; the rest is for a slow machine.
FLOWS_END=$((CLOSING + TIME_WAIT + 6))
short_timeouts() {
	local ns
	for ns in fe $(back_ends); do
		btcpctl "$ns" -batch - <<-END
			timeout set closing ${CLOSING}s
			timeout set time_wait ${TIME_WAIT}s
		END
	done
}

# active NAMESPACE
active() {
	local role=backend
	[[ $1 != fe ]] || role=frontend
	counter "$1" "$role" active_flows
}
flows_ended() {
	local ns
	for ns in fe $(back_ends); do
		[[ $(active "$ns") == 0 ]] || return 1
	done
	[[ $(counter fe frontend half_open) == 0 ]]
}
# assert_flows_end: within the times of short_timeouts; or within SECONDS
assert_flows_end() { assert_flows_end_within "$FLOWS_END"; }
assert_flows_end_within() {
	local ns left=''
	wait_until "$1" flows_ended || {
		for ns in fe $(back_ends); do
			left+=" $ns: $(active "$ns")"
			btcpctl "$ns" flow show
		done
		fail "active_flows after $1 s:$left, half_open: $(counter fe frontend half_open)"
	}
}

# changes NAMESPACE SNMP-NAME…: "NAME VALUE" a line, to be compared before and after
changes() {
	local name
	for name in "${@:2}"; do
		printf '%s %s\n' "$name" "$(snmp "$1" "$name")"
	done
}

# counters_show: the modules', for the log of a case
counters_show() {
	local ns
	for ns in fe $(back_ends); do
		note "counters of $ns: $(ip netns exec "$ns" "$(btcpctl_binary)" -j stats | jq -r '[.[] | select(.value != 0) | "\(.name)=\(.value)"] | join(" ")')"
	done
}
