# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# btcpctl restore: a whole configuration in place of another, all or nothing, without touching
# what lives. What check finds by itself: tests/unit/test_config.c.
. "$CLUSTER/traffic.sh"

# A figure takes longer than a case may.
# shellcheck disable=SC2034 # the runner's
[[ -z ${BTCP_RESTORES:-} ]] || CASE_LIMIT=560

setup() {
	setup_two_pools
	nobody_dies
	rm -rf "$KEPT"
	mkdir -p "$KEPT"
	saved fe >"$KEPT/fe"
	saved be1 >"$KEPT/be1"
}

# What setup made, and each case begins with
KEPT=/run/btcp/restore
saved() { ip netns exec "$1" "$(btcpctl_binary)" save; }
as_before() { defer btcpctl fe restore "$KEPT/fe"; }

# restored NAMESPACE FILE: it is the configuration, and saved as that
restored() {
	btcpctl "$1" restore "$2"
	saved "$1" >"$RUN/again"
	diff "$2" "$RUN/again" >&2 || fail "$1: what is saved is not what was restored"
}

# refused STATUS SENTENCE FILE: restore says it, once, and nothing has changed
refused() {
	local rc=0 before
	before=$(saved fe)
	btcpctl fe restore "$3" 2>"$RUN/err" || rc=$?
	assert_eq "$1" "$rc" "status: $(cat "$RUN/err")"
	assert_match "$2" "$(cat "$RUN/err")" sentence
	assert_eq 1 "$(wc -l <"$RUN/err")" sentences
	assert_eq "$before" "$(saved fe)" 'what is saved after a refusal'
}

# with LINE…: a file that has these behind what setup made; LAST is the last one's number
with() {
	{
		cat "$KEPT/fe"
		printf '%s\n' "$@"
	} >"$RUN/with"
	LAST=$(wc -l <"$RUN/with")
}

# -- identical ---------------------------------------------------------------------------------

identical__of_all_nouns() {
	as_before
	printf 'www.example /a one\nwww.example /b two\n' >"$RUN/content"
	{
		cat <<-END
			service add more vip 10.2.0.101:80 requests first admin drain persist 24 timeout 60
			service add tls vip 10.2.0.101:443 vip [fd00:2::101]:443 proto tls
			service add tcp vip 10.2.0.101:25 proto tcp
			rule add www host '*.a.example' path '/b/*' method GET header 'x-a=1 2' header x-b= cookie c=d src 10.1.0.0/16 pool two
			rule add www pref 7 path '*.jpg' pool hashed
			rule add tls sni '*.a.example' alpn h2 pool one
			rule add tls pool empty
			pool add empty
			member add empty be2 weight 3
			pool add hashed policy maglev hash cookie sid backend be2 weight 9 backend be1
			content load www $RUN/content
			backend add other addr 10.2.0.77:80 control 10.2.0.78:7777 weight 0 maxflows 9 slowstart 8 admin drain key $(key be1)
		END
		grep -v '^control\|^limit set lard_low\|^timeout set lard ' "$KEPT/fe"
		printf 'control set local %s port 7689\nlimit set lard_low 7\ntimeout set lard 3s\n' "$(address fe 4)"
	} >"$RUN/mixed"
	btcpctl fe check "$RUN/mixed"
	btcpctl fe restore "$RUN/mixed"
	saved fe >"$RUN/rich"
	assert_eq "$(grep -c . "$RUN/mixed")" $(($(grep -c . "$RUN/rich") + 1)) 'lines: all, and the member is in its pool'
	restored fe "$RUN/rich"
	restored fe "$KEPT/fe"
	# All of it is new now, and in another order than what there is.
	restored fe "$RUN/rich"
	assert_eq 1 "$(btcpctl fe content show www | grep -c 'entries 2')" content
	restored be1 "$KEPT/be1"
	assert_eq be1 "$(get 4 /1k)" 'and it works'
	# Nothing is a configuration, too: of nothing.
	btcpctl fe restore /dev/null
	assert_eq '' "$(saved fe | grep -v '^control\|^limit\|^timeout')" 'what nothing leaves'
	assert_eq 25 "$(ip netns exec fe "$(btcpctl_binary)" -j limit show lard_low | jq '.[0].value')" 'a limit that is not named'
	btcpctl fe restore "$KEPT/fe"
	assert_soon 15 value_is up backend_state be1
}

# A back-end of the same name may be another one; a VIP may go to another service.
identical__of_names_that_mean_another() {
	as_before
	sed "s/^backend add be2 /backend add be9 /; s/backend be2/backend be9/g
		s/^service add www /service add web /; s/^rule add www /rule add web /; s/^content load www/content load web/" "$KEPT/fe" >"$RUN/renamed"
	restored fe "$RUN/renamed"
	assert_soon 15 value_is up backend_state be9
	assert_eq be1 "$(get 4 /1k)" 'who answers'
	sed "s/^backend add be2 addr [^ ]*/backend add be2 addr 10.2.0.4:8080/" "$KEPT/fe" >"$RUN/moved"
	sed "s/^backend add be2 addr [^ ]*/backend add be2 addr 10.2.0.4:8081/" "$KEPT/fe" >"$RUN/again2"
	restored fe "$RUN/moved"
	restored fe "$RUN/again2"
	assert_match 'be2' "$(in_ns fe ls /sys/class/btcp)" 'sysfs has the one that there is'
	restored fe "$KEPT/fe"
}

# -- all or nothing ----------------------------------------------------------------------------

refused__what_check_finds() {
	with 'rule add www pref 11 path /x pool three'
	refused 1 "with:$LAST: pool \"three\": no line adds it" "$RUN/with"
	with 'rule add www pref 11 path /x pol one'
	refused 1 "with:$LAST: \"pol\": no such keyword" "$RUN/with"
	with 'pool del one'
	refused 1 "with:$LAST: pool del: not in a configuration" "$RUN/with"
}

refused__what_only_the_kernel_knows() {
	local n
	with 'pool add three policy best'
	refused 2 "with:$LAST: policy \"best\": there is no such policy" "$RUN/with"
	with 'service add www2 vip 10.2.0.3:80'
	refused 2 "with:$LAST: vip 10.2.0.3:80: this address and port are a back-end's" "$RUN/with"
	with 'rule add www pref 11 path b pool one'
	refused 2 "with:$LAST: path \"b\": " "$RUN/with"
	with 'service add tls vip 10.2.0.101:443 proto tls' 'rule add tls path /a pool one'
	refused 2 "with:$LAST: path \"/a\": " "$RUN/with"
	with 'rule add www pref 4294967295 path /a pool one' 'rule add www path /b pool one'
	refused 2 "with:$LAST: rule: no pref is left" "$RUN/with"
	with "backend add be3 addr 10.2.0.3:81 key $(key other)"
	refused 2 "with:$LAST: .*another object with this control address has another key" "$RUN/with"
	with 'timeout set nothing 3s'
	refused 2 "with:$LAST: timeout \"nothing\": there is no setting" "$RUN/with"
	# The limits are those of the file.
	with 'limit set rules 2' 'rule add www pref 11 path /a pool one' 'rule add www pref 12 path /b pool one' 'rule add www pref 13 path /c pool one'
	n=$(grep -n 'pref 13' "$RUN/with" | cut -d: -f1)
	refused 2 "with:$n: service \"www\": limit rules is reached" "$RUN/with"
	# What cannot be tried before.
	grep -v '^control' "$KEPT/fe" >"$RUN/with"
	echo 'control set local 10.2.0.99' >>"$RUN/with"
	n=$(wc -l <"$RUN/with")
	refused 2 "with:$n: .*the address is not one of this host" "$RUN/with"
	assert_eq up "$(backend_state be1)" 'the session'
}

refused__at_a_back_end() {
	local rc=0
	sed 's/^\(frontend add fe addr\) [^ ]*/\1 10.2.0.99/' "$KEPT/be1" >"$RUN/other"
	btcpctl be1 restore "$RUN/other" 2>"$RUN/err" || rc=$?
	assert_eq 2 "$rc" status
	assert_match 'addr and control of a frontend cannot change: give it another name' "$(cat "$RUN/err")" sentence
	assert_eq "$(cat "$KEPT/be1")" "$(saved be1)" 'what is saved after a refusal'
	assert_eq be1 "$(get 4 /1k)" 'and it works'
}

# What btcpctl does not ask for.
refused__what_no_transaction_is() {
	local before
	before=$(saved fe)
	tool fe transaction TRANSACTION_COMMIT TRANSACTION_ABORT TRANSACTION_BEGIN TRANSACTION_BEGIN 'POOL_DEL NAME=one' \
		TRANSACTION_COMMIT TRANSACTION_ABORT TRANSACTION_BEGIN 'RULE_NEW SERVICE=www POOL=one' 'MEMBER_NEW POOL=one NAME=be1' \
		'POOL_NEW NAME=one' 'MEMBER_NEW POOL=one NAME=be1' 'POOL_NEW NAME=one' TRANSACTION_COMMIT >"$RUN/said"
	assert_eq 'TRANSACTION_COMMIT: there is no transaction of yours
TRANSACTION_ABORT: there is no transaction of yours
TRANSACTION_BEGIN: ok
TRANSACTION_BEGIN: there is a transaction already
POOL_DEL: a transaction only says what there is to be
TRANSACTION_COMMIT: a request of the transaction was refused
TRANSACTION_ABORT: ok
TRANSACTION_BEGIN: ok
RULE_NEW: there is no such service
MEMBER_NEW: there is no such pool
POOL_NEW: ok
MEMBER_NEW: there is no such back-end
POOL_NEW: there is a pool of that name already
TRANSACTION_COMMIT: a request of the transaction was refused' "$(cat "$RUN/said")" 'what was said'
	assert_eq "$before" "$(saved fe)" 'what is saved, since nothing was committed'
}

# busy COMMAND…: refused, since somebody restores
busy() { [[ $(btcpctl fe "$@" 2>&1 || true) == *'is being restored by somebody else'* ]]; }

# a_step_later COMMAND…: after who restores went on for a moment; he stands still meanwhile
a_step_later() {
	kill -CONT "${STARTED[restoring]}"
	read -rt 0.03 -u "$PAUSE" || true
	kill -STOP "${STARTED[restoring]}"
	"$@"
}

# restoring_stands_still: in the middle of much
restoring_stands_still() {
	local i
	{
		sed '/^backend add be2 /s/ weight 1/ weight 77/' "$KEPT/fe"
		echo 'service add more vip 10.2.0.101:80'
		echo "backend add be9 addr 10.2.0.9:80 key $(key be9)"
		echo 'rule add more pool one'
		for ((i = 0; i < 8000; i++)); do
			echo "rule add more pref $((i + 1)) path /$i pool two"
		done
	} >"$RUN/big"
	start restoring fe "$(btcpctl_binary)" restore "$RUN/big"
	assert_soon 60 a_step_later busy limit set lard_low 25
}

# Somebody who restores and stands still keeps all others from changing anything; when he is
# killed nothing is left of it.
killed__leaves_nothing() {
	restoring_stands_still
	busy pool add three || fail 'a pool was added, or somebody else is not named'
	busy restore "$KEPT/fe" || fail 'two transactions at once'
	busy limit set lard_low 9 || fail 'a limit was set'
	btcpctl fe backend set be1 health up
	assert_eq "$(cat "$KEPT/fe")" "$(saved fe)" 'what others see meanwhile'
	assert_eq be1 "$(get 4 /1k)" 'a request meanwhile'
	assert_eq be1 "$(get 6 /1k)" 'a request meanwhile'
	stop restoring KILL
	assert_soon 10 btcpctl fe limit set lard_low 25
	assert_eq "$(cat "$KEPT/fe")" "$(saved fe)" 'what is left of it'
	assert_fails any in_ns fe ls /sys/class/btcp/service:more
	assert_fails any in_ns fe ls /sys/class/btcp/backend:be9
}

# The module goes with what it was told so far; the rest is refused, and it may come again.
killed__with_the_module_under_it() {
	restoring_stands_still
	rmmod btcp_frontend
	kill -CONT "${STARTED[restoring]}"
	finish restoring 20
	assert_eq 2 "$FINISHED" status
	assert_match ':[0-9]+: .*a kernel module has come or gone' "$(cat "$RUN/restoring.err")" sentence
	assert_fails 2 btcpctl fe pool show
	modules_load
	btcpctl fe restore "$KEPT/fe"
	assert_soon 15 value_is up backend_state be1
	assert_soon 15 value_is up backend_state be2
	assert_eq be1 "$(get 4 /1k)" 'a request'
	assert_eq be1 "$(get 6 /1k)" 'a request'
}

# -- what lives --------------------------------------------------------------------------------

# named BACK-END: how many have that name, deleted ones too
named() { btcpctl fe backend show | grep -c "^$1 "; }

# One that stays keeps connections, session and counters, whatever changes around it; one that
# does not ends when its last connection does.
lives__through_all_of_it() {
	local before bytes=$((2500000 * SLOWNESS))
	as_before
	head -c "$bytes" "$WWW/10m" >"$RUN/part"
	start slow client curl -sS -m $((100 * SLOWNESS)) -f -r "0-$((bytes - 1))" -o "$RUN/slow" "$(url 4 /slow/10m)"
	assert_soon 15 value_is 1 counter fe backend:be1 active_flows
	before=$(counter fe backend:be1 handoffs)
	grep -v 'be2\|pool two\|pool add two' "$KEPT/fe" | sed '/^service add www/s/ admin up/ admin drain/; /^backend/s/ weight 1/ weight 5/' >"$RUN/less"
	restored fe "$RUN/less"
	assert_eq "$before" "$(counter fe backend:be1 handoffs)" 'its counters'
	assert_eq up "$(backend_state be1)" 'session'
	assert_eq 1 "$(counter fe backend:be1 active_flows)" 'connections'
	assert_fails any in_ns fe ls /sys/class/btcp/backend:be2
	# Without it, too.
	btcpctl fe restore /dev/null
	assert_match 'deleting' "$(btcpctl fe backend show be1)" 'be1 while its last connection runs'
	assert_eq 1 "$(btcpctl fe flow show | grep -c .)" flows
	btcpctl fe restore "$KEPT/fe"
	assert_eq 2 "$(named be1)" 'the old be1 and the new'
	finish slow 100
	assert_same_file "$RUN/part" "$RUN/slow" 'what came through all of it'
	assert_flows_end
	assert_soon 15 value_is 1 named be1
	assert_soon 15 value_is up backend_state be1
}

# -- every request sees one of them ------------------------------------------------------------

# /x is be1's and /y be2's in both, but by other rules and other members: who saw the rules of
# one and the members of the other would be misrouted.
swap__no_request_is_misrouted() {
	local i rounds=0
	as_before
	grep -v '^rule\|^pool' "$KEPT/fe" >"$RUN/a"
	cp "$RUN/a" "$RUN/b"
	cat >>"$RUN/a" <<-END
		pool add one backend be1
		pool add two backend be2
		rule add www pref 10 path '/x/*' pool one
		rule add www pref 20 path '/y/*' pool two
	END
	cat >>"$RUN/b" <<-END
		pool add two backend be1
		pool add one backend be2
		rule add www pref 15 path '/x/*' pool two
		rule add www pref 25 path '/y/*' pool one
	END
	btcpctl fe restore "$RUN/a"
	for ((i = 0; i < 200; i++)); do
		printf 'GET /x/%d HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n' $i
		printf 'GET /y/%d HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n' $i
	done >"$RUN/requests"
	start asked client sh -c "exec /usr/bin/python3 -B '$CLUSTER/ask.py' $VIP4 80 4 30 <'$RUN/requests'"
	while kill -0 "${STARTED[asked]}" 2>/dev/null; do
		btcpctl fe -batch - <<-END
			restore $RUN/b
			restore $RUN/a
			restore $RUN/b
			restore $RUN/a
		END
		rounds=$((rounds + 4))
	done
	finish asked 60
	note "$rounds restores"
	assert_ge "$rounds" 8 restores
	assert_eq "$(yes 'be1
be2' | head -n 400)" "$(cut -d' ' -f2 "$RUN/asked.out")" 'who answered'
	assert_eq 400 "$(grep -c '^404 ' "$RUN/asked.out")" 'answers'
}

# BTCP_RULES=100000 for as many as there should be room for, BTCP_RESTORES for how often.
many__restored_under_traffic() {
	local n=${BTCP_RULES:-2000} times=${BTCP_RESTORES:-4} i began
	as_before
	# No rule of one is the other's, and yet both say the same: between them all would be be1's.
	cat "$KEPT/fe" <(many_rules "$n" 1000) >"$RUN/many"
	cat "$KEPT/fe" <(many_rules "$n" 1000000) >"$RUN/others"
	began=$EPOCHREALTIME
	btcpctl fe restore "$RUN/many"
	note "$n rules restored in $(((${EPOCHREALTIME/./} - ${began/./}) / 1000)) ms"
	assert_eq "$n" "$(btcpctl fe rule show www | grep -c 'pref.*pool two$')" 'rules shown'
	# One in twenty of these rules each: without them it would be be1's.
	for ((i = 14; i < 14 + 60 * 20; i += 20)); do
		printf 'GET /static/%d/index.html HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n' "$i"
	done >"$RUN/requests"
	# shellcheck disable=SC2016 # the other shell's
	start restoring fe bash -ec 'files=("$2" "$3"); for ((i = 1; i <= $1; i++)); do "$0" restore "${files[i % 2]}"; done' \
		"$(btcpctl_binary)" "$times" "$RUN/many" "$RUN/others"
	i=0
	while kill -0 "${STARTED[restoring]}" 2>/dev/null; do
		ask 4 2 30 <"$RUN/requests" >"$RUN/answers"
		assert_eq '60 be2' "$(cut -d' ' -f2 "$RUN/answers" | sort | uniq -c | xargs)" 'who answered'
		i=$((i + 60))
	done
	finish restoring 60
	assert_eq 0 "$FINISHED" 'status of the restores'
	note "$i requests while it was restored $times times, $(((${EPOCHREALTIME/./} - ${began/./}) / 1000)) ms since the first began"
	assert_ge "$i" 60 'requests meanwhile'
}
