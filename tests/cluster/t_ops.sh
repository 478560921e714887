# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What an administrator looks at: figures, wherever they are told.
. "$CLUSTER/traffic.sh"

# FIGURES_REQUESTS=10000 for an issue's figures
FIGURES_REQUESTS=${FIGURES_REQUESTS:-96}
# shellcheck disable=SC2034 # for the runner
CASE_LIMIT=$((120 + FIGURES_REQUESTS / 10))

setup() {
	cluster_up
	cluster_configure
	short_timeouts
	nobody_dies
}

# promtool ARGUMENT…: of Debian's package prometheus
promtool() { "$(type -P promtool || printf '%s' "$BTCP_CACHE/unpacked/prometheus/usr/bin/promtool")" "$@"; }

# _mixed N: requests of all sorts, bad ones among them
_mixed() {
	local i
	for ((i = 0; i < $1; i++)); do
		case $((i % 8)) in
		0 | 1) printf 'GET /1k?%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n' "$i" ;;
		2) printf 'GET /img/1k?%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n' "$i" ;;
		3) printf 'GET /none?%d HTTP/1.0\\r\\n\\r\\n\n' "$i" ;;
		4) printf 'POST /post?%d HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2000\\r\\n\\r\\n<2000*x>\n' "$i" ;;
		5) printf 'GET /100k?%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n' "$i" ;;
		6) printf 'GET /10k?%d HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n' "$i" ;;
		7) printf 'GET /%d HTTP/1.1\\r\\n\\r\\n\n' "$i" ;; # no Host: 400
		esac
	done
}

# _served: connections on which nginx has answered
_served() {
	local be
	for be in be1 be2; do
		awk '{ print $(NF - 3) }' "$(access_log "$be")" | sort -u
	done | wc -l
}
_of_back_ends() { echo $(($(counter be1 backend "$1") + $(counter be2 backend "$1"))); }

figures__agree_wherever_they_are_told() {
	local n=$((FIGURES_REQUESTS / 2)) connections handoffs refused taken ns f
	connections=$(counter fe frontend connections)
	handoffs=$(counter fe frontend handoffs)
	refused=$(counter fe service:www answers)
	taken=$(_of_back_ends handoffs)
	log_clear be1 be2
	for f in 4 6; do
		_mixed "$n" | ask "$f" 8 60 >"$RUN/answers"
		assert_eq "$n" "$(grep -c complete "$RUN/answers")" "complete answers, IPv$f"
	done
	assert_flows_end
	assert_eq $((2 * n)) $(($(counter fe frontend connections) - connections)) connections
	assert_eq $((2 * n / 8)) $(($(counter fe service:www answers) - refused)) 'own answers'
	assert_eq $((2 * n - 2 * n / 8)) $(($(counter fe frontend handoffs) - handoffs)) hand-offs
	assert_eq $((2 * n - 2 * n / 8)) $(($(_of_back_ends handoffs) - taken)) "hand-offs, as the back-ends count"
	assert_eq $((2 * n - 2 * n / 8)) "$(_served)" "nginx's connections"
	for ns in fe be1; do
		tool "$ns" figures "$(btcpctl_binary)" "$RUN/$ns.prom" >&9 || fail "figures of $ns differ"
	done
	promtool check metrics <"$RUN/fe.prom" >&9 2>&9 || fail 'promtool has complaints'
	grep -hv '^# HELP' "$RUN"/{fe,be1}.prom | sort -u >"$RUN/all"
	assert_match $'\nbtcp_frontend_backend_up\\{backend="be1"\\} 1\n' "$(<"$RUN/all")" 'be1'
	assert_match $'\nbtcp_backend_frontend_up\\{frontend="fe"\\} 1\n' "$(<"$RUN/all")" 'fe'
}

# What the unit runs, in a folder of ours
_feed() { (cd "$RUN/textfile" && PATH=$1:$PATH in_ns fe sh -c "$2"); }

metrics__are_fed_whole_or_not_at_all() {
	local line stub=$RUN/stub
	line=$(sed -n "s/^ExecStart=\/bin\/sh -c '\(.*\)'\$/\1/p" "$BTCP_TOP/docs/contrib/btcp-metrics.service")
	mkdir -p "$RUN/textfile" "$stub"
	_feed "$(dirname "$(btcpctl_binary)")" "$line"
	assert_eq btcp.prom "$(ls "$RUN/textfile")" 'what is there'
	assert_match $'\nbtcp_frontend_connections_total [0-9]+\n' "$(<"$RUN/textfile/btcp.prom")" 'what is in it'
	# It breaks off half way: what was there is too old, what is new is not whole.
	printf '#!/bin/sh\necho btcp_frontend_connections_total 1\nexit 2\n' >"$stub/btcpctl"
	chmod +x "$stub/btcpctl"
	assert_fails 1 _feed "$stub" "$line"
	assert_eq '' "$(ls "$RUN/textfile")" 'what is there'
}

# What is typed, and the words that bash offers in its place; the kernel knows the names
completion__is_offered_by_bash() {
	local table
	table=$(
		cat <<-END
			btcpctl serv|service
			btcpctl service |add del help set show
			btcpctl backend s|set show
			btcpctl backend set |be1 be2
			btcpctl ba del be1|be1
			btcpctl help|help
			btcpctl pool show |all img
			btcpctl rule show |www
			btcpctl member set img |be1 be2
			btcpctl rule add www path /a pool |all img
			btcpctl service add w vip 10.2.0.101:80 vip [fd00::1]:80 pr|proto
			btcpctl service add w vip 10.2.0.101:80 proto |http tcp tls
			btcpctl rule add www header a=b pa|path
			btcpctl timeout set heartb|heartbeat
			btcpctl -netns be1 frontend show |fe
			btcpctl -n b|be1 be2
			btcpctl backend add be9 key $BTCP_TOP/READ|$BTCP_TOP/README.md
			btcpctl pool add new polish|polish
		END
	)
	tool fe complete "$(btcpctl_binary)" "$BTCP_TOP/tools/btcpctl/btcpctl.bash" \
		< <(cut -d'|' -f1 <<<"$table") >"$RUN/offered"
	assert_eq "$table" "$(paste -d'|' <(cut -d'|' -f1 <<<"$table") "$RUN/offered")" 'what is offered'
}

# _well NAMESPACE: doctor finds nothing
_well() { btcpctl "$1" doctor >"$RUN/doctor" 2>&9; }
# _ill NAMESPACE WHAT: it says that; MEND is the command it names
_ill() {
	local rc=0
	btcpctl "$1" doctor >"$RUN/doctor" 2>&9 || rc=$?
	((rc == 3)) || return 1
	grep -E -A 1 "$2" "$RUN/doctor" >"$RUN/finding" || return 1
	MEND=$(sed -n '2s/^    //p' "$RUN/finding")
}
# _heals NAMESPACE WHAT [SED-SCRIPT]: it says so, and nothing once its command was run; what
# it cannot know, words in capitals, the script puts in
_heals() {
	_ill "$1" "$2" || fail "doctor does not say '$2': $(<"$RUN/doctor")"
	in_ns "$1" sh -c "PATH=$(dirname "$(btcpctl_binary)"):\$PATH; $(sed "${3:-}" <<<"$MEND")" >&9 2>&9
	wait_until 10 _well "$1" || fail "after $MEND: $(<"$RUN/doctor")"
}

# _ipvs NAMESPACE 2|4: add IPVS's service at the VIP, or delete it, as ipvsadm would
_ipvs() {
	in_ns "$1" /usr/bin/python3 -c 'import socket, struct, sys
service = struct.pack("=Hxx4s2sxxI16sIII", 6, socket.inet_aton(sys.argv[1]), b"\x00\x50", 0, b"rr", 0, 0, 0xffffffff)
control = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
control.setsockopt(socket.IPPROTO_IP, 1152 + int(sys.argv[2]), service)' "$VIP4" "$2"
}

doctor__front_end() {
	# The path's MTU is found out by and by.
	assert_soon 10 _well fe

	ip -n fe addr del "$VIP4/32" dev eth0
	_heals fe "^VIP $VIP4 is not an address of this host"
	ip -n fe addr del "$VIP6/128" dev eth0
	ip -n fe addr add "$VIP6/128" dev lo nodad preferred_lft 0
	_heals fe "^VIP $VIP6 is on lo, and is looked for on eth0"
	ip -n fe addr del "$VIP6/128" dev lo
	ip -n fe link add d0 type dummy
	ip -n fe addr del "$VIP4/32" dev eth0
	ip -n fe addr add "$VIP4/32" dev d0
	_heals fe "^VIP $VIP4 is on d0, which is down"
	ip -n fe addr add "$VIP4/32" dev eth0
	ip -n fe link del d0

	firewall fe <<-END
		table inet own {
			chain in {
				type filter hook input priority 0; policy drop;
				iif lo accept
				meta l4proto { icmp, ipv6-icmp } accept
				ct state established,related accept
				tcp dport 22 accept
			}
		}
	END
	_heals fe "^packets to VIP $VIP4:80, which are untracked here: the firewall drops"
	get 4 /1k >&9
	firewall fe <<-END
		table ip other {
			chain pre {
				type nat hook prerouting priority dstnat;
				ip daddr $VIP4 tcp dport { 80, 443 } counter dnat to 10.2.0.3
			}
		}
	END
	_heals fe "^VIP $VIP4:80: the firewall rewrites its destination"
	firewall_clear fe

	modprobe -a ip_vs ip_vs_rr
	_ipvs fe 2
	_ill fe "^VIP $VIP4:80 belongs to IPVS, too" || fail "doctor: $(<"$RUN/doctor")"
	assert_eq "ipvsadm -D -t $VIP4:80" "$MEND" mend
	_ipvs fe 4
	_well fe || fail "without IPVS: $(<"$RUN/doctor")"

	btcpctl fe pool add new
	_heals fe '^pool "new" has no back-end' 's/BACKEND/be1/'
	btcpctl fe pool del new
	btcpctl fe service add new vip "$VIP4:81"
	_heals fe '^service "new" has no rule' 's/POOL/all/'
	btcpctl fe rule del new default
	btcpctl fe service del new
	btcpctl fe service set www requests first
	_heals fe '^service "www": later requests'

	# What was lost of the channel looks like a narrow path, until a route changes.
	firewall fe <<-END
		table inet own {
			chain in {
				type filter hook prerouting priority 0;
				udp dport 7000-8000 drop
			}
		}
	END
	_ill fe '^packets of the control channel: the firewall drops them' || fail "doctor: $(<"$RUN/doctor")"
	in_ns fe sh -c "$MEND"
	! _ill fe '^packets of the control channel' || fail "after $MEND: $(<"$RUN/doctor")"
	firewall_clear fe

	ip -n fe route add 10.2.0.3 dev eth0 mtu 1400
	assert_soon 10 _ill fe '^backend "be1": packets over 1400 bytes'
	_heals fe '^backend "be1": packets over 1400 bytes do not get there; clients send up to 1500'
	ip -n fe link set dev eth0 mtu 1500
	ip -n fe route del 10.2.0.3 dev eth0 mtu 1400
	assert_soon 10 _well fe

	tool client hold_port 7689 "$RUN/held" >&9 2>&9 &
	defer kill $!
	assert_soon 10 test -e "$RUN/held"
	_heals client '^UDP port 7689, the control channel.s, is another'
	btcpctl client control set port 7689
}

doctor__back_end() {
	_well be1 || fail "nothing is wrong: $(<"$RUN/doctor")"

	ip -n be1 addr add "$VIP4/32" dev lo
	_heals be1 "^VIP $VIP4 is on lo: only a front-end may have it"

	nginx_stop be1
	_ill be1 "^VIP $VIP4:80: no server listens on port 80" || fail "be1: $(<"$RUN/doctor")"
	assert_soon 10 _ill fe '^backend "be1": nothing listens on 10.2.0.3:80'
	nginx_start be1
	_well be1 || fail "a server listens: $(<"$RUN/doctor")"
	assert_soon 10 _well fe

	ip -n be1 link add d0 up type dummy
	ip -n be1 route replace default dev d0
	kernel_setting be1 net.ipv4.conf.eth0.rp_filter 1
	_heals be1 "^clients' packets come in on eth0, answers leave by d0: rp_filter"
	ip -n be1 link del d0
	_heals be1 "^VIP $VIP4:80: no route to clients" "s/ROUTER/${IP4[router]}/"

	btcpctl be1 frontend set fe "${VIPS[@]}" vip 10.2.0.101:80
	_ill be1 "^frontend .fe.: VIPs $VIP4:80 and 10.2.0.101:80 both end at port 80" || fail "be1: $(<"$RUN/doctor")"
	assert_eq "btcpctl frontend set fe vip $VIP4:80 vip 10.2.0.101:80 port PORT" "$MEND" mend
	btcpctl be1 frontend set fe "${VIPS[@]}"
	_well be1 || fail "they are apart: $(<"$RUN/doctor")"

	# A front-end that it does not know is not answered
	btcpctl fe limit set heartbeat_down 3
	btcpctl be1 frontend del fe
	assert_soon 20 _ill fe '^backend "be1" .*nothing authentic comes from 10.2.0.3, UDP port 7689'
	assert_eq 'on 10.2.0.3: btcpctl doctor' "$MEND" mend
	configure_backend be1
	assert_soon 20 _well fe
	btcpctl fe limit set heartbeat_down 30
}

# _answer NAMESPACE NAME [COMMAND…]: for schema.py; a command's name is what it is called there
_answer() { printf '%s\t%s\n' "$2" "$(btcpctl "$1" -j "${@:3}")"; }
_flow_is() { [[ $(btcpctl fe -j flow) == *'"forwarding"'* && $(btcpctl be1 -j flow) == *'"live"'* ]]; }

# Every show, of objects that have all that they can have
json__is_as_its_schema_says() {
	local noun ns shows=()
	cat >"$RUN/content" <<-END
		www.example.com /a all
		www.example.com /a img
	END
	btcpctl fe -batch - <<-END
		backend set be1 slowstart 3600 maxflows 100 weight 3
		service add tls vip 10.2.0.101:443 proto tls persist 24 timeout 60
		pool add hashed policy maglev hash header X-User backend be1 weight 3
		rule add www pref 30 host '*.example.com' path '/b/*' method GET header A=b cookie c=d src 10.0.0.0/8 pool all
		rule add tls sni example.com alpn h2 pool all
		rule add tls pool all
		content load www $RUN/content
	END
	btcpctl client control set local 10.1.0.2
	btcpctl be1 frontend set fe "${VIPS[@]}" vip 10.2.0.101:443 port 8443
	start events fe "$(btcpctl_binary)" -j monitor
	assert_soon 10 grep -q listening "$RUN/events.out"
	btcpctl fe backend set be1 health down
	btcpctl fe backend set be1 health up
	assert_soon 10 value_is 3 grep -c . "$RUN/events.out"
	only be1
	start download client curl -s -o /dev/null "$(url 4 /slower/1m)"
	assert_soon 20 _flow_is

	# All nouns that have a show
	for noun in $("$(btcpctl_binary)" complete ''); do
		[[ $'\n'$("$(btcpctl_binary)" complete "$noun" '') != *$'\n'show$'\n'* ]] || shows+=("$noun")
	done
	assert_ge "${#shows[@]}" 12 'nouns with a show'
	{
		for noun in "${shows[@]}"; do
			ns=fe
			[[ $noun != frontend ]] || ns=be1
			_answer "$ns" "$noun" "$noun"
		done
		_answer be1 flow flow
		_answer fe doctor doctor
		_answer client control control
		_answer fe 'rule test' rule test www host www.example.com path /a
		_answer fe 'rule test' rule test www path /x
		btcpctl fe backend set be1 admin drain deadline 1000
		_answer fe 'rule test' rule test www host a.example.com path /b/ method GET header A=b cookie c=d client 10.1.0.2
		_answer fe 'rule test' rule test tls sni example.com alpn h2
		_answer fe backend backend
		sed 's/^/monitor\t/' "$RUN/events.out"
	} >"$RUN/answers"
	/usr/bin/python3 -B "$CLUSTER/schema.py" "$BTCP_TOP/docs/schema/btcpctl.json" <"$RUN/answers" >"$RUN/unseen" 2>&9 ||
		fail 'not as the schema says'
	# Nobody shows these here: what is being deleted, or has too much to do.
	assert_eq 'backend.busy backend.deleting frontend.deleting pool.deleting rule.deleting service.deleting' \
		"$(xargs <"$RUN/unseen")" 'in the schema only'
}
