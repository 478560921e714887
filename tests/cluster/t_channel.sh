# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The control channel, attacked: by who sees it and has no key, by who has a key of its
# own, and by time. The session with be1 is over IPv4, that with be2 over IPv6, and
# "mal" is a host beside them that has no part in the cluster unless a case gives it one.
#
#   HOSTILE_COUNT=n   messages of the case that changes nothing (default 2000)
#   HOSTILE_SEED=n    of their changes; each run tells its own
#
# A million of them:
#   TEST=messages_change scripts/in-cluster.sh -t 7200 env HOSTILE_COUNT=1000000 tests/cluster/run.sh
. "$CLUSTER/traffic.sh"

COUNT=${HOSTILE_COUNT:-2000}
# shellcheck disable=SC2034 # the runner's
CASE_LIMIT=$((120 + COUNT / 100))
SEED=${HOSTILE_SEED:-$RANDOM}
# shellcheck disable=SC2034 # for host_up
IP4['mal']=10.2.0.6 IP6['mal']=fd00:2::6 MAC['mal']=02:00:00:00:00:66
mal() { in_ns mal "$@"; }

setup() {
	cluster_up
	host_up mal
	modules_load
	configure_backend be1
	_frontend_be2
	_configure_fe
	_both_up
	short_timeouts
}
_configure_fe() {
	btcpctl fe service add www "${VIPS[@]}" requests once
	# shellcheck disable=SC2046 # words of a command
	btcpctl fe backend add be1 $(_addrs be1) key "$(key be1)"
	# shellcheck disable=SC2046
	btcpctl fe backend add be2 $(_addrs be2) control "[$(address be2 6)]" key "$(key be2)"
	btcpctl fe pool add all backend be1 backend be2
	btcpctl fe rule add www pool all
}
_frontend_be2() { btcpctl be2 frontend add fe addr "$(address fe 6)" "${VIPS[@]}" key "$(key be2)"; }
_both_up() {
	assert_soon 15 value_is up backend_state be1
	assert_soon 15 value_is up backend_state be2
}

# -- what a host counts -----------------------------------------------------------

HOSTS=(fe be1 be2)
# Why a datagram is not taken: each is counted under exactly one of them.
REASON='control_(rx_(short|long|version|type|index|auth|replay|expired|source)|init_(peer|psk|replay|ticket|ratelimited)|response_auth)'

# stats: "HOST/ROLE.NAME VALUE" a line
stats() {
	local ns
	for ns in "${HOSTS[@]}"; do
		printf '@%s\n' "$ns"
		ip netns exec "$ns" "$(btcpctl_binary)" stats
	done | awk '/^@/ { ns = substr($1, 2); next } { print ns "/" $1 "." $2, $3 }'
}
before() { stats >"$RUN/before"; }
# grown: what is not as it was before, "HOST/ROLE.NAME MORE" a line
_grown() { awk 'NR == FNR { b[$1] = $2; next } $2 != b[$1] { print $1, $2 - b[$1] }' "$RUN/before" -; }
grown() { stats | _grown; }
# sum REGEX <GROWN
sum() { awk -v re="[.]($1)\$" '$1 ~ re { n += $2 } END { print n + 0 }'; }

# flows: "HOST ID" a line, of those that stand; the id would not survive jq
flows() {
	local ns
	for ns in "${HOSTS[@]}"; do
		ip netns exec "$ns" "$(btcpctl_binary)" flow show |
			sed -n "/ state \(live\|forwarding\) /s/.* id \([0-9]*\).*/$ns \1/p"
	done | sort
}

# beat_rarely: until the case ends. Who reads the counters of three hosts, one after the other, may
# need seconds, and who expects a heartbeat a second takes a machine that stands still for a peer's
# silence, and asks for new keys.
beat_rarely() {
	local ns
	defer _beat_as_before
	for ns in fe be1 be2; do
		btcpctl "$ns" timeout set heartbeat 10s
	done
}
# Whoever ends while much silence is allowed is remembered for so long, lest late messages be taken.
_beat_as_before() {
	btcpctl be1 limit set heartbeat_down 30
	btcpctl be2 limit set heartbeat_down 30
	_beat_again be1 be2
	_beat_again fe
	btcpctl be1 limit set heartbeat_down 3
	btcpctl be2 limit set heartbeat_down 3
}
_beat_again() {
	local ns sent
	for ns in "$@"; do
		btcpctl "$ns" timeout set heartbeat 1s
	done
	for ns in "$@"; do
		sent=$(total "$ns" control_tx)
		assert_soon 30 value_ge $((sent + 4)) total "$ns" control_tx
	done
}
# still FILE: the counters of all hosts, as they were in one moment, with no message under way
still() { assert_soon 60 _nobody_speaks "$1"; }
_said() { grep -E '[.]control_(rx|tx|handshakes|init_ticket) ' "$1"; }
_nobody_speaks() {
	stats >"$1"
	stats >"$RUN/later"
	[[ $(_said "$1") == "$(_said "$RUN/later")" ]]
}
# What the hosts sent is what the hosts received, since they were still before: nobody was answered
# but a peer. INIT and RESPONSE are not among what is "received"; both sides count a handshake. A
# copy of an INIT may be answered by a TICKET, which its sender does not want any more.
nobody_was_answered() {
	still "$RUN/after"
	_grown <"$RUN/after" >"$RUN/grown"
	assert_eq "$(sum 'control_(rx|handshakes|init_ticket)' <"$RUN/grown")" "$(sum control_tx <"$RUN/grown")" \
		'messages sent, against those received'
}

# reasons: messages not taken, less such TICKETs, <GROWN
reasons() { echo $(($(sum "$REASON" <"$RUN/grown") - $(sum control_init_ticket <"$RUN/grown"))); }

# -- live connections ---------------------------------------------------------------

LIVE=(live-4a live-4b live-6a live-6b)
# live [PATH]: slow downloads are under way, one by each back-end over each family
live() {
	local name f
	for name in "${LIVE[@]}"; do
		f=${name#live-}
		rm -f "$RUN/$name.got"
		start "$name" client curl -sS -m 6000 -f -o "$RUN/$name.got" "$(url "${f%[ab]}" "${1:-/slow/50m}")"
	done
	for name in "${LIVE[@]}"; do
		assert_soon 15 test -s "$RUN/$name.got"
	done
	flows >&9
	assert_eq 2 "$(active be1)" "of them by be1, which is $(backend_state be1)"
	assert_eq 2 "$(active be2)" "of them by be2, which is $(backend_state be2)"
}
_bytes() { [[ ! -e $1 ]] && echo 0 || command stat -c %s "$1"; }
# live_goes_on: more comes in each of them, and every byte so far is right
live_goes_on() {
	local name had
	for name in "${LIVE[@]}"; do
		had=$(_bytes "$RUN/$name.got")
		[[ $had == 52428800 ]] || assert_soon 10 value_ge $((had + 100000)) _bytes "$RUN/$name.got"
		cmp -n "$(_bytes "$RUN/$name.got")" "$RUN/$name.got" "$WWW/50m" || fail "$name: wrong bytes"
	done
}
live_ends() {
	local name
	live_goes_on
	for name in "${LIVE[@]}"; do
		stop "$name"
	done
	assert_flows_end
}

works() {
	local f
	for f in 4 6; do
		assert_eq '2 200 be1 1024 complete eof 2 200 be2 1024 complete eof' \
			"$(gets 4 | ask "$f" 1 15 | sort | uniq -c | xargs)" "who answers, IPv$f"
	done
}
# answered N FAMILY: so many requests, on connections of their own
answered() {
	gets "$1" | ask "$2" 2 15 >"$RUN/answers"
	assert_eq "$1" "$(grep -c '^200 be[12] 1024 complete eof$' "$RUN/answers" || true)" "requests answered: $(sort "$RUN/answers" | uniq -c | xargs)"
}

# -- an attacker without a key --------------------------------------------------------

# captured: messages of every kind, of both sessions, with two handshakes, in a capture
captured() {
	local f
	PCAP_SNAPLEN=0 pcap_start control fe eth0 udp port 7689
	for f in 4 6; do
		answered 8 "$f"
	done
	btcpctl fe limit set one_shot 0
	answered 4 4
	btcpctl fe limit set one_shot 65536
	new_keys
	answered 8 6
	assert_flows_end
	pcap_stop control
	assert_ge "$(pcap_count control udp and '(ip[28] = 1 or ip6[48] = 1)')" 2 'INITs captured'
}
# new_keys: of both sessions
new_keys() {
	local one two
	one=$(total be1 control_handshakes) two=$(total be2 control_handshakes)
	# The same port once more is a new beginning of every session.
	btcpctl fe control set port 7689
	assert_soon 5 value_ge $((one + 1)) total be1 control_handshakes
	assert_soon 5 value_ge $((two + 1)) total be2 control_handshakes
}

# attack COUNT KIND…: from the middle of the link
attack() {
	note "seed $SEED"
	lan "$ATTACK/hostile" br0 "$(pcap_file control)" "$SEED" "$@" >&9
}

# The datapath of the live connections, and the clock of the sessions
MOVES='control_(rx|tx|handshakes|sessions)|(forwarded|rewritten|translated)_(packets|bytes)'

# Those of requests before, whose end would be counted
_none_is_past() { [[ $(counter be1 backend time_wait) == 0 && $(counter be2 backend time_wait) == 0 ]]; }

hostile__messages_change_nothing() {
	local began took agreed keyed
	captured
	keyed=$SECONDS
	beat_rarely
	live /slower/50m
	flows >"$RUN/flows"
	assert_eq 8 "$(wc -l <"$RUN/flows")" 'flows at both ends'
	assert_soon "$FLOWS_END" _none_is_past
	still "$RUN/before"
	began=$SECONDS
	attack "$COUNT" replayed reflected truncated flipped forged index counter version type noise \
		oversized fragmented stranger
	took=$((SECONDS - began))
	flows >"$RUN/flows.after"
	grown >"$RUN/grown"
	note "$COUNT messages in $took s: $(xargs <"$RUN/grown")"
	assert_eq '' "$(grep -v -E "[.]($MOVES|$REASON) " "$RUN/grown" || true)" 'counters of anything else'
	agreed=$(sum control_handshakes <"$RUN/grown")
	assert_ge "$(reasons)" "$COUNT" 'messages counted with a reason'
	# An answer that came too late for its key exchange is counted, too.
	assert_le "$(reasons)" $((COUNT + agreed)) 'messages counted with a reason'
	assert_same_file "$RUN/flows" "$RUN/flows.after" 'the flows'
	# New keys only by the clock, after two minutes, on four ends
	assert_le "$agreed" $((4 * ((SECONDS - keyed + 10) / 110))) 'handshakes meanwhile'
	# Nothing was taken for a peer's that no peer had sent, and nobody was answered.
	nobody_was_answered
	assert_eq up "$(backend_state be1)" 'state of be1'
	assert_eq up "$(backend_state be2)" 'state of be2'
	live_ends
	works
}

# kind KIND REASON…: is counted so, and only so
kind() {
	local re='' name
	for name in "${@:2}"; do
		re+="${re:+|}control_$name"
	done
	attack 200 "$1"
	grown >"$RUN/grown"
	stats >"$RUN/before"
	assert_eq 200 "$(reasons)" "$1: counted, $(xargs <"$RUN/grown")"
	assert_eq '' "$(grep -E "[.]($REASON) " "$RUN/grown" | grep -v -E "[.]($re) " || true)" "$1: other reasons than $re"
}
hostile__each_kind_has_its_reason() {
	captured
	before
	# What was sealed with older keys is for keys that are gone, or not by those that now
	# have their number.
	kind replayed rx_replay rx_index rx_auth init_replay init_ticket
	kind fragmented rx_replay rx_index rx_auth init_replay init_ticket
	kind reflected rx_index init_peer
	kind truncated rx_short rx_auth rx_index rx_type
	kind forged rx_auth rx_index init_psk
	kind index rx_index rx_type
	kind counter rx_auth rx_index rx_type
	kind version rx_version
	kind type rx_type
	kind noise rx_short rx_version rx_type
	kind oversized rx_long rx_auth rx_index rx_type
	kind stranger rx_source rx_index rx_auth init_peer
	works
}

# Where memory is asked for by our code, while hostile messages arrive
_callers_begin() {
	local event
	for event in kmalloc kmem_cache_alloc; do
		echo 'hist:keys=call_site.sym' >"/sys/kernel/tracing/events/kmem/$event/trigger"
		defer _callers_end "$event"
	done
}
_callers_end() { echo '!hist:keys=call_site.sym' >"/sys/kernel/tracing/events/kmem/$1/trigger"; }
_callers() {
	cat /sys/kernel/tracing/events/kmem/{kmalloc,kmem_cache_alloc}/hist |
		sed -n 's/.*call_site: \[[0-9a-f]*\] \([^ ]*\) *\[\(handoff\|btcp_frontend\|btcp_backend\)\].*/\2:\1/p' | sort -u
}
hostile__messages_cost_no_memory_and_get_no_answer() {
	local ns
	captured
	beat_rarely
	for ns in "${HOSTS[@]}"; do
		pcap_start "from-$ns" "$ns" eth0 "(host ${IP4[mal]} or net 10.2.0.64/26 or icmp or
			(icmp6 and ip6[40] < 128)) and ether src ${MAC[$ns]}"
	done
	still "$RUN/before"
	_callers_begin
	attack 3000 replayed reflected truncated flipped forged index counter noise oversized stranger
	assert_eq '' "$(_callers | xargs)" 'who asked for memory'
	nobody_was_answered
	for ns in "${HOSTS[@]}"; do
		pcap_stop "from-$ns"
		assert_eq '' "$(pcap_show "from-$ns" | head -n 3)" "what $ns answered"
	done
	# The same look finds who does ask.
	new_keys
	assert_match 'handoff:' "$(_callers | xargs)" 'who asked for memory, for new keys'
}

# A message that was under way longer than those behind it is taken once, whatever the order.
hostile__held_back_and_sent_later_in_another_order() {
	local n
	# The silence is not to end the keys.
	setting be1 limit heartbeat_down 30
	PCAP_SNAPLEN=0 pcap_start control lan fe udp port 7689 and src host "${IP4[fe]}" and 'ip[28] = 3'
	firewall be1 <<-END
		table inet hold {
			counter held { }
			chain prerouting {
				type filter hook prerouting priority -500; policy accept;
				iif eth0 udp dport 7689 ether saddr ${MAC[fe]} counter name held drop
			}
		}
	END
	assert_soon 5 value_ge 2 nft_count be1 held
	firewall_clear be1
	pcap_stop control
	n=$(pcap_count control)
	before
	lan "$ATTACK/hostile" br0 "$(pcap_file control)" "$SEED" 200 replayed >&9
	grown >"$RUN/grown"
	note "$n held back: $(xargs <"$RUN/grown")"
	assert_ge "$(sum control_rx_replay <"$RUN/grown")" $((200 - n)) 'refused as taken before'
	assert_ge $((200 - $(reasons))) 1 'taken'
	works
}

# -- peers with a key -----------------------------------------------------------------

# peer KEY 4|6 HOST front|back STEP…: as "mal"
peer() {
	note "[mal] peer $*"
	ip netns exec mal "$ATTACK/peer" "$4" "$(address mal "$2")" "$(address "$3" "$2")" "$(key "$1")" "${@:5}"
}
# mal_frontend BACKEND 4|6 VIP…: "mal" may hand off these there
mal_frontend() {
	btcpctl "$1" frontend add mal addr "$(address mal "$2")" "${@:3}" key "$(key mal)"
	defer btcpctl "$1" frontend del mal
}
# mal_backend 4|6: "mal" is a back-end of the front-end's, in no pool
mal_backend() {
	local addr
	addr=$(address mal "$1")
	[[ $1 == 4 ]] || addr="[$addr]"
	btcpctl fe backend add mal addr "$addr:80" key "$(key mal)"
	defer btcpctl fe backend del mal
}

insider__with_a_wrong_key() {
	local f n
	for f in 4 6; do
		mal_frontend be1 "$f" "${VIPS[@]}"
		pcap_start answers mal eth0 "ether src ${MAC[be1]} and udp"
		n=$(total be1 control_init_psk)
		assert_eq 'no keys' "$(peer other "$f" be1 front init || true)" 'a key exchange with another key'
		assert_eq $((n + 8)) "$(total be1 control_init_psk)" 'refused for their key'
		pcap_stop answers
		assert_eq 0 "$(pcap_count answers)" 'answers'
		assert_eq keys "$(peer mal "$f" be1 front init)" 'a key exchange with the key'
		btcpctl be1 frontend del mal
	done
	# With our own modules on both sides
	btcpctl fe backend add wrong addr "$(address mal 4):80" key "$(key other)"
	defer btcpctl fe backend del wrong
	ip netns exec mal "$(btcpctl_binary)" frontend add fe addr "$(address fe 4)" "${VIPS[@]}" key "$(key mal)"
	defer btcpctl mal frontend del fe
	assert_soon 5 value_ge 3 total mal control_init_psk
	assert_eq handshake "$(backend_state wrong)" 'state with a wrong key'
	assert_eq 0 "$(total mal control_tx)" 'what was said to a wrong key'
}

# handoff_steps ID CLIENT-PORT VIP VIP-PORT SERVER PORT: steps of one hand-off
GET='GET /1k?stolen HTTP/1.0\r\n\r\n'
flow_step() { printf 'flow:%s,%s,%s,%s,%s,%s,%s\n' "$1" "$(address client "$2")" "$3" "$(address vip "$2")" "${4:-80}" "$(address "${5:-be1}" "$2")" "${6:-80}"; }

insider__a_vip_that_was_not_granted() {
	local f before
	for f in 4 6; do
		log_clear be1
		before=$(counter be1 backend handoff_refusals)
		mal_frontend be1 "$f" vip "$([[ $f == 4 ]] && echo "$VIP4" || echo "[$VIP6]"):8080"
		# Another port of the VIP; the granted one, to another server's port; and to
		# another host's address.
		peer mal "$f" be1 front init \
			"$(flow_step 1 "$f" 999)" "handoff:$GET" expect:nak \
			"$(flow_step 2 "$f" 999 8080 be1 80)" "handoff:$GET" expect:nak \
			"$(flow_step 3 "$f" 999 8080 be2 8080)" "handoff:$GET" expect:nak >"$RUN/said"
		assert_eq 'keys nak 1 flow 1 nak 1 flow 2 nak 1 flow 3' "$(xargs <"$RUN/said")" 'what be1 said'
		assert_eq $((before + 3)) "$(counter be1 backend handoff_refusals)" 'refusals'
		assert_eq 0 "$(active be1)" 'flows at be1'
		assert_eq 0 "$(log_count be1 stolen)" 'requests executed'
		btcpctl be1 frontend del mal
	done
}

# A third back-end, and a second front-end, speak about a flow of be1's: they know its id.
insider__speaks_of_a_flow_that_is_not_its_own() {
	local f id port steps
	live
	for f in 4 6; do
		ip netns exec be1 "$(btcpctl_binary)" flow show >&9
		read -r port id < <(_a_flow "$f")
		note "flow $id, client port $port"
		mal_backend "$f"
		before
		steps=("$(flow_step "$id" "$f" "$port")" ack nak:3 segment:rst segment:fin closed:1 closed:2 closed:3 alive reset)
		peer mal "$f" fe back answer "${steps[@]}" none:reset >"$RUN/said"
		assert_eq keys "$(xargs <"$RUN/said")" 'what the front-end said'
		grown >"$RUN/grown"
		assert_eq 9 "$(grep '^fe/' "$RUN/grown" | sum foreign_session)" 'messages from another session'
		assert_eq '' "$(grep -E '^fe/.*[.](relayed|backend_lost|idle_|handoff)' "$RUN/grown" || true)" 'acted upon'
		btcpctl fe backend del mal

		mal_frontend be1 "$f" "${VIPS[@]}"
		before
		steps=("$(flow_step "$id" "$f" "$port")" head:x query closed:1 reset)
		peer mal "$f" be1 front init "${steps[@]}" expect:closed "handoff:$GET" expect:nak \
			"$(flow_step 7 "$f" "$port")" "handoff:$GET" expect:nak >"$RUN/said"
		assert_eq "keys closed 3 flow $id nak 2 flow $id nak 2 flow 7" "$(xargs <"$RUN/said")" 'what be1 said'
		grown >"$RUN/grown"
		assert_eq 4 "$(grep '^be1/' "$RUN/grown" | sum foreign_session)" 'messages from another session'
		btcpctl be1 frontend del mal
		live_goes_on
	done
	assert_eq 0 "$(log_count be1 stolen)" 'requests executed'
	live_ends
}
# _a_flow 4|6: client port and id of a live one that be1 has
_a_flow() {
	local client
	client=$(address client "$1")
	[[ $1 == 4 ]] || client="\\[$client\\]"
	ip netns exec be1 "$(btcpctl_binary)" flow show |
		sed -n "s/.*client $client:\([0-9]*\) .* state live .* id \([0-9]*\).*/\1 \2/p" | head -n 1
}

# Sealed well and senseless inside, about flows that are there and others, to both roles
insider__says_anything_at_all() {
	local f port id
	live
	for f in 4 6; do
		read -r port id < <(_a_flow "$f")
		mal_frontend be1 "$f" "${VIPS[@]}"
		peer mal "$f" be1 front init "$(flow_step "$id" "$f" "$port")" "garble:$SEED,3000" >/dev/null
		peer mal "$f" be1 front init "$(flow_step 9 "$f" 1999)" "garble:$SEED,3000" >/dev/null
		btcpctl be1 frontend del mal
		mal_backend "$f"
		peer mal "$f" fe back answer "$(flow_step "$id" "$f" "$port")" "garble:$SEED,3000" >/dev/null
		btcpctl fe backend del mal
		live_goes_on
	done
	note "seed $SEED"
	counters_show
	live_ends
	assert_flows_end_within 30
	works
}

# -- time -------------------------------------------------------------------------------

# A copy of a HANDOFF that was held back until long after its flow had ended
late__a_handoff_after_its_flow_was_forgotten() {
	local f
	setting be1 timeout handoff 1s
	firewall client <<-END
		table inet silent {
			chain input {
				type filter hook input priority 0; policy accept;
				tcp dport 990-999 drop
			}
		}
	END
	for f in 4 6; do
		log_clear be1
		rm -f "$RUN/forgotten"
		mal_frontend be1 "$f" "${VIPS[@]}"
		start late mal "$ATTACK/peer" front "$(address mal "$f")" "$(address be1 "$f")" "$(key mal)" init \
			"$(flow_step 1 "$f" 999)" hold "handoff:$GET" "handoff:$GET" expect:ack reset expect:closed closed:2 \
			"await:$RUN/forgotten" release none:ack
		assert_soon 15 grep -q closed "$RUN/late.out"
		assert_soon 15 value_is '' _mals_flows
		touch "$RUN/forgotten"
		finish late 15
		assert_eq 0 "$FINISHED" 'status of the peer: no acknowledgement of the late copy'
		assert_eq 1 "$(log_count be1 stolen)" 'times the request was executed'
		btcpctl be1 frontend del mal
	done
}
_mals_flows() { ip netns exec be1 "$(btcpctl_binary)" flow show | grep ' frontend mal ' || true; }

# uptime: in seconds; what follows changes the clock that SECONDS is taken from
uptime() { cut -d. -f1 /proc/uptime; }
clock__jumps_forth_and_back() {
	local now there f
	now=$(date +%s) there=$(uptime)
	# shellcheck disable=SC2016 # then
	defer eval "date -s @\$(($now - $there + \$(cut -d. -f1 /proc/uptime))) >&9"
	# nginx's own slowness goes by the clock that jumps: slow by a small window, far away
	kernel_setting client net.ipv4.tcp_rmem '4096 65536 131072'
	netem router eth0 delay 400ms
	live /50m
	date -s '+30 days' >&9
	live_goes_on
	new_keys
	works
	date -s '-60 days' >&9
	live_goes_on
	new_keys
	works
	_both_up
	live_ends
	netem_clear router eth0
	# A front-end that begins anew with the clock far back, as after a flat battery
	before
	rmmod btcp_frontend
	modules_load
	_configure_fe
	_both_up
	works
	for f in 4 6; do
		client ab -q -n 100 -c 4 "$(url "$f" /1k)" >"$RUN/ab"
		assert_eq 0 "$(sed -n 's/^Failed requests: *//p' "$RUN/ab")" "failed requests, IPv$f"
		assert_eq '' "$(sed -n 's/^Non-2xx responses: *//p' "$RUN/ab")" 'answers other than 200'
	done
}

# -- keys ---------------------------------------------------------------------------------

keys__are_changed_without_losing_a_flow() {
	local first
	live
	# The back-end first, then the front-end; then the other way round; then both late.
	for first in be1 fe; do
		"$(btcpctl_binary)" key gen >"$KEYS/be1"
		_set_key "$first"
		answered 8 4
		_set_key "$(_not "$first")"
		assert_soon 5 value_is "$(_fingerprint fe)" _fingerprint be1
		answered 8 6
		live_goes_on
	done
	live_ends
	_both_up
	works
}
_not() { [[ $1 == fe ]] && echo be1 || echo fe; }
_set_key() {
	case $1 in
	fe) btcpctl fe backend set be1 key "$KEYS/be1" ;;
	be1) btcpctl be1 frontend set fe key "$KEYS/be1" ;;
	esac
}
_fingerprint() {
	case $1 in
	fe) ip netns exec fe "$(btcpctl_binary)" -j backend show be1 ;;
	be1) ip netns exec be1 "$(btcpctl_binary)" -j frontend show fe ;;
	esac | jq -r '.[0].key.fingerprint // .[0].fingerprint'
}

# agrees yes|no KEY: does be1 agree on keys with "mal", which has this one?
agrees() {
	local said
	said=$(peer "$2" 4 be1 front init || true)
	assert_eq "$([[ $1 == yes ]] && echo keys || echo no keys)" "$said" "a key exchange with $2"
}

# The one before holds until the peer has used the new one, however often that changed.
keys__the_one_before_holds_until_the_next_is_used() {
	mal_frontend be1 4 "${VIPS[@]}"
	btcpctl be1 frontend set mal key "$(key second)"
	agrees yes mal
	agrees yes second
	agrees no mal
	# Changed twice before the peer heard of it
	btcpctl be1 frontend set mal key "$(key third)"
	btcpctl be1 frontend set mal key "$(key fourth)"
	agrees no third
	agrees yes second
	agrees yes fourth
	agrees no second
}

# ... and not for ever.
keys__the_one_before_ends() {
	setting be1 timeout old_key 1s
	mal_frontend be1 4 "${VIPS[@]}"
	btcpctl be1 frontend set mal key "$(key second)"
	assert_soon 10 _refuses_the_old
	agrees no mal
	agrees yes second
}
_refuses_the_old() { [[ $(peer mal 4 be1 front init) == 'no keys' ]]; }

# rekey TIME: of all hosts, and of the keys that they have
rekey() {
	local ns
	for ns in "${HOSTS[@]}"; do
		setting "$ns" timeout rekey "$1"
	done
	new_keys
}

keys__are_renewed_in_time_without_losing_a_flow() {
	local n f
	live
	before
	n=$(total be1 control_handshakes)
	rekey 2s
	for f in 4 6 4 6; do
		answered 8 "$f"
		n=$((n + 1))
		assert_soon 15 value_ge "$n" total be1 control_handshakes
	done
	assert_soon 15 value_ge $((n + 2)) total be1 control_handshakes
	grown >"$RUN/grown"
	note "$(xargs <"$RUN/grown")"
	assert_eq 0 "$(sum 'control_(tx_nokey|rx_expired|rx_index|rx_auth|reborn)|backend_lost' <"$RUN/grown")" 'messages under no key'
	live_ends
	works
}

# A front-end that agrees on nothing new is not believed for ever, and does not speak for ever.
keys__too_old_are_refused() {
	local n
	rekey 2s
	defer new_keys
	firewall be1 <<-END
		table inet no-handshake {
			chain in {
				type filter hook prerouting priority -500; policy accept;
				iif eth0 udp dport 7689 @th,64,8 1 drop
			}
		}
	END
	n=$(total be1 control_rx)
	assert_soon 5 value_ge $((n + 1)) total be1 control_rx
	assert_soon 15 not_up be1
	n=$(total be1 control_rx)
	answered 4 4
	assert_eq "$n" "$(total be1 control_rx)" 'messages that be1 believed'
	assert_eq up "$(backend_state be2)" 'state of be2'
	firewall_clear be1
	assert_soon 15 value_is up backend_state be1
	works
}
not_up() { [[ $(backend_state "$1") != up ]]; }

# Answers from far away come later than the next heartbeat.
far__a_round_trip_longer_than_a_heartbeat() {
	local ns f one two
	for ns in "${HOSTS[@]}"; do
		# Patience enough for a slow machine
		setting "$ns" limit heartbeat_down 20
		setting "$ns" timeout heartbeat 100ms
	done
	one=$(total be1 control_handshakes) two=$(total be2 control_handshakes)
	netem fe eth0 delay 500ms
	btcpctl fe control set port 7689
	assert_soon 15 value_ge $((one + 1)) total be1 control_handshakes
	assert_soon 15 value_ge $((two + 1)) total be2 control_handshakes
	_both_up
	for f in 4 6; do
		answered 4 "$f"
	done
}

# -- restarts -----------------------------------------------------------------------------

# A back-end's session begins anew; its neighbour's flows do not notice.
restart__of_a_session_takes_two_heartbeats() {
	local added first agreed
	btcpctl fe member set all be2 weight 0
	start live client curl -sS -m 60 -f -o "$RUN/live.got" "$(url 4 /slow/1m)"
	assert_soon 15 test -s "$RUN/live.got"
	btcpctl fe member set all be2 weight 1
	setting fe timeout heartbeat 2s
	setting be2 timeout heartbeat 2s
	# What is remembered of past connections would keep the session.
	assert_soon 60 value_is 0 counter be2 backend time_wait
	btcpctl be2 frontend del fe
	assert_soon 5 value_is 0 total be2 control_sessions
	agreed=$(total be2 control_handshakes)
	pcap_start session be2 eth0 "ip6 proto 17 and ether src ${MAC[be2]} and ip6[48] = 3"
	_frontend_be2
	added=$EPOCHREALTIME
	assert_soon 15 value_ge $((agreed + 1)) total be2 control_handshakes
	pcap_stop session
	first=$(tcpdump -tt -nn -r "$(pcap_file session)" -c 1 2>/dev/null | cut -d' ' -f1)
	note "configured at $added, its first sealed message at $first"
	assert_le $((${first/./} - ${added/./})) 4000000 'microseconds, of two heartbeats'
	assert_soon 10 value_is up backend_state be2
	finish live 60
	assert_same_file "$WWW/1m" "$RUN/live.got" 'the download by be1'
	works
}

# Key exchanges of earlier lives, recorded: whoever has many of them keeps nobody out.
# recorded N: of the front-end's with be1, all made with their key
recorded() {
	rm -f "$(pcap_file recorded)"
	ip netns exec mal "$ATTACK/peer" front "${IP4[mal]}" "${IP4[be1]}" "$(key be1)" \
		"inits:$(pcap_file recorded),$1,${IP4[fe]},${IP4[be1]},${MAC[be1]}"
}

init__recorded_ones_do_not_keep_a_front_end_out() {
	recorded 500
	start replays lan "$ATTACK/hostile" br0 "$(pcap_file recorded)" "$SEED" 30000/300 replayed
	assert_soon 5 value_ge 50 total be1 control_init_ticket
	for _ in 1 2 3; do
		new_keys
	done
	works
	stop replays
	counters_show
}

# ... nor do they come between a RESPONSE and the message that proves its keys.
init__a_recorded_one_does_not_replace_new_keys() {
	recorded 500
	netem fe eth0 delay 150ms
	start replays lan "$ATTACK/hostile" br0 "$(pcap_file recorded)" "$SEED" 30000/300 replayed
	btcpctl fe control set port 7689
	# What the front-end believes now must be so: either no keys, or keys that work.
	assert_soon 10 value_is up backend_state be1
	for _ in 1 2 3; do
		new_keys
		answered 4 4
	done
	stop replays
	counters_show
}
