# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What an administrator looks at: figures, wherever they are told.
. "$CLUSTER/traffic.sh"

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

# FIGURES_REQUESTS=10000 for an issue's figures
figures__agree_wherever_they_are_told() {
	local n=$((${FIGURES_REQUESTS:-96} / 2)) connections handoffs refused taken ns f
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
