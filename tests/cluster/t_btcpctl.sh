# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# btcpctl against the kernel: what is refused, by which sentence, and that a refusal
# changes nothing. What is refused without a kernel: tests/unit/test_btcpctl.c.

# _refused STATUS SENTENCE NAMESPACE ARGUMENT…: standard error matches the sentence,
# standard output is empty, and the configuration is what it was
_refused() {
	local status=$1 sentence=$2 ns=$3 before after rc=0
	shift 3
	before=$(btcpctl "$ns" save)
	btcpctl "$ns" "$@" >"$RUN/out" 2>"$RUN/err" || rc=$?
	note "$(cat "$RUN/err")"
	assert_eq "$status" "$rc" "status of $*"
	assert_match "^btcpctl: .*$sentence" "$(cat "$RUN/err")" "sentence of $*"
	assert_eq '' "$(cat "$RUN/out")" "output of $*"
	after=$(btcpctl "$ns" save)
	assert_eq "$before" "$after" "configuration after $*"
}

# _bad_key NAME TEXT: a key's file with this in it
_bad_key() {
	(umask 077 && printf '%s\n' "$2" >"$RUN/$1")
	printf '%s\n' "$RUN/$1"
}

refuse__not_understood() {
	local good
	good=$(key be1)
	_refused 1 'no such object' fe servise
	_refused 1 '"fly": no such command' fe service fly
	_refused 1 '"a/b": a name' fe service add a/b vip 10.2.0.101:80
	_refused 1 'vip "10.2.0.101": not ADDRESS:PORT' fe service add x vip 10.2.0.101
	_refused 1 '"10.2.0.256": not an IPv4 or IPv6 address' fe service add x vip 10.2.0.256:80
	_refused 1 'vip "0": not a number' fe service add x vip 10.2.0.101:0
	_refused 1 'vip "65536": not a number' fe service add x vip 10.2.0.101:65536
	_refused 1 'weight "65536": not a number' fe backend set be1 weight 65536
	_refused 1 'weight "-1": not a number' fe backend set be1 weight -1
	_refused 1 'key: missing' fe backend add x addr 10.2.0.9:80
	_refused 1 'none": No such file' fe backend add x addr 10.2.0.9:80 key "$RUN/none"
	_refused 1 'short": too short' fe backend add x addr 10.2.0.9:80 key "$(_bad_key short AAAA)"
	_refused 1 'long": too long' fe backend add x addr 10.2.0.9:80 key "$(_bad_key long "$(cat "$good" "$good")")"
	_refused 1 'key "[^"]*": not base64' fe backend set be1 key \
		"$(_bad_key letters "$(tr 'A-Za-z0-9+/=' '!' <"$good")")"
	_refused 1 'vip "80": not ADDRESS:PORT' be1 frontend set fe vip 80
	_refused 1 'not a duration' fe timeout set head soon
	_refused 1 'not a number' fe limit set flows many
	_refused 1 '"path": no such hash' fe pool add x policy maglev hash path backend be1
}

refuse__no_such_object() {
	_refused 2 'service "x": ' fe service set x admin drain
	_refused 2 'service "x": ' fe service del x
	_refused 2 'backend "x": ' fe backend set x weight 2
	_refused 2 'backend "x": ' fe backend del x
	_refused 2 'backend "x": ' fe pool add new backend be1 backend x
	_refused 2 'pool "x": ' fe pool del x
	_refused 2 'pool "x": ' fe member add x be1
	_refused 2 'backend "x": ' fe member add all x
	_refused 2 'backend "x": ' fe member del all x
	_refused 2 'pool "x": ' fe rule add www path /a pool x
	_refused 2 'service "x": ' fe rule add x path /a pool all
	_refused 2 'pref 99: ' fe rule del www pref 99
	_refused 2 'frontend "x": ' be1 frontend del x
	_refused 2 'limit "x": ' fe limit set x 1
	_refused 2 'timeout "x": ' fe timeout set x 1s
}

refuse__exists_already() {
	_refused 2 'service "www": ' fe service add www vip 10.2.0.101:80
	_refused 2 "vip $VIP4:80: " fe service add x vip 10.2.0.101:80 vip "$VIP4:80"
	_refused 2 'backend "be1": ' fe backend add be1 addr 10.2.0.9:80 key "$(key be1)"
	_refused 2 'pool "all": ' fe pool add all backend be1
	_refused 2 'backend "be1": ' fe member add all be1
	_refused 2 'pref 10: ' fe rule add www pref 10 path /a pool all
	_refused 2 'default' fe rule add www pool all
	_refused 2 'frontend "fe": ' be1 frontend add fe addr 10.2.0.9 vip 10.2.0.101:80 key "$(key be1)"
}

refuse__still_referred_to() {
	_refused 2 'backend "be2": ' fe backend del be2
	_refused 2 'pool "img": ' fe pool del img
}

refuse__bad_values() {
	_refused 2 '224\.0\.0\.1.*not unicast' fe service add x vip 224.0.0.1:80
	_refused 2 '0\.0\.0\.0.*unspecified' fe service add x vip 0.0.0.0:80
	_refused 2 'fe80::1.*link-local' fe backend add x addr '[fe80::1]:80' key "$(key be1)"
	_refused 2 'path "img/\*": ' fe rule add www path 'img/*' pool all
	_refused 2 'path "/a\*b": ' fe rule add www path '/a*b' pool all
	_refused 2 'policy "best": ' fe pool set all policy best
	_refused 2 'pool "all": only policies maglev and lard' fe pool set all hash url
	_refused 2 'hash "X User": name holds' fe pool set all policy maglev hash header 'X User'
	_refused 2 'limit "hash_load" 99: ' fe limit set hash_load 99
	_refused 2 'limit "queue" 0: ' fe limit set queue 0
	_refused 2 'timeout "time_wait" 1h: ' fe timeout set time_wait 1h
}

# _vips FROM TO: as many VIPs, each with a local port of its own
_vips() {
	local i
	for ((i = $1; i <= $2; i++)); do
		printf 'vip 10.2.0.101:%d ' "$i"
	done
}

# A heartbeat names 32 ports; a front-end would take the next for one where nobody listens.
# shellcheck disable=SC2046 # words of a command
refuse__more_ports_than_a_heartbeat_tells() {
	local sentence='no more than 32 local ports'
	_refused 2 "$sentence" be1 frontend set fe $(_vips 1 33)
	_refused 2 "$sentence" be1 frontend set fe $(_vips 1 32) vip '[fd00:2::101]:1'
	# A second frontend of the same control channel: together they have too many.
	_refused 2 "$sentence" be1 frontend add other addr "$(address fe 4)" $(_vips 1 31) key "$(key be1)"
	_refused 2 "$sentence" be1 frontend add other addr 10.2.0.9 $(_vips 1 33) key "$(key other)"
	# Two VIPs that end at one port are one.
	btcpctl be1 frontend set fe $(_vips 1 32) vip 10.2.0.102:33 port 32
	btcpctl be1 frontend set fe "${VIPS[@]}"
}

refuse__the_role_is_not_here() {
	local rc=0
	rmmod btcp_backend
	btcpctl be1 frontend 2>"$RUN/err" >"$RUN/out" || rc=$?
	assert_eq 2 "$rc" status
	assert_match 'modprobe btcp_backend' "$(cat "$RUN/err")" sentence
	rmmod btcp_frontend handoff
	rc=0
	btcpctl fe service 2>"$RUN/err" >"$RUN/out" || rc=$?
	assert_eq 2 "$rc" status
	assert_match 'modprobe btcp_frontend' "$(cat "$RUN/err")" sentence
	defer cluster_configure
}

refuse__without_privilege() {
	local rc command
	for command in 'backend set be1 weight 2' 'flow show' save; do
		rc=0
		# shellcheck disable=SC2086 # words of a command
		fe setpriv --bounding-set=-all --inh-caps=-all \
			"$(btcpctl_binary)" $command >"$RUN/out" 2>"$RUN/err" || rc=$?
		assert_eq 2 "$rc" "status of $command"
		assert_match 'CAP_NET_ADMIN' "$(cat "$RUN/err")" sentence
	done
	fe setpriv --bounding-set=-all --inh-caps=-all \
		"$(btcpctl_binary)" backend show be1
}

show__says_what_is_not_there() {
	local noun
	for noun in service backend pool member rule limit timeout; do
		_refused 3 '"x": there is none' fe "$noun" show x
	done
	_refused 3 'frontend "x": there is none' be1 frontend show x
}

show__all_of_the_cluster() {
	assert_match "^www vip $VIP4:80 vip \[$VIP6\]:80 " "$(btcpctl fe service)" service
	assert_match '^be1 addr 10\.2\.0\.3:80 addr \[fd00:2::3\]:80 .*weight 1 .*key /.*state up' \
		"$(btcpctl fe backend show be1)" backend
	assert_match '^all .*backend be1.* backend be2' "$(btcpctl fe pool show all)" pool
	assert_match "^www pref 10 path '/img/\*' pool img" "$(btcpctl fe rule show www | head -n 1)" rule
	assert_match '^www default pool all' "$(btcpctl fe rule show www | tail -n 1)" 'default rule'
	assert_match '^fe addr 10\.2\.0\.2 .*state up' "$(btcpctl be1 frontend show fe)" frontend
	assert_match '^flows 1048576 ' "$(btcpctl fe limit show flows)" limit
	assert_match '^idle 15min ' "$(btcpctl fe timeout show idle)" timeout
	assert_match 'port 7689' "$(btcpctl fe control)" control
	assert_match 'frontend connections +[0-9]+ ' "$(btcpctl fe stats)" stats
	assert_eq "$(btcpctl fe backend)" "$("$(btcpctl_binary)" -n fe backend)" 'backend with -n'
}

show__never_a_key() {
	local bytes
	bytes=$(cat "$(key be1)")
	[[ $(btcpctl fe backend; btcpctl fe -j backend; btcpctl fe save) != *"$bytes"* ]] ||
		fail 'a key was shown'
}

show__json_is_json() {
	local noun
	for noun in service backend pool member rule control limit timeout flow stats; do
		btcpctl fe -j "$noun" show | python3 -m json.tool >"$RUN/out"
		btcpctl fe -j -p "$noun" show | python3 -m json.tool | cmp - "$RUN/out" ||
			[[ $noun == stats || $noun == service || $noun == backend ]]
	done
	btcpctl be1 -j frontend | python3 -m json.tool >"$RUN/out"
}

set__leaves_the_rest() {
	local before
	before=$(btcpctl fe save)
	btcpctl fe backend set be1 weight 7
	assert_eq "${before/weight 1 admin up key "$(key be1)"/weight 7 admin up key "$(key be1)"}" \
		"$(btcpctl fe save)" 'after weight 7'
	btcpctl fe backend set be1 weight 1
	btcpctl fe member set all be2 weight 3
	assert_match 'be2 weight 3' "$(btcpctl fe member show all)" member
	btcpctl fe pool set all backend be1 backend be2
	btcpctl fe rule set www pref 10 pool all
	btcpctl fe rule set www pref 10 pool img
	assert_eq "$before" "$(btcpctl fe save)" 'after all was set back'
}

save__is_what_batch_takes() {
	# The keys are named by path, and all of $RUN goes with the cluster.
	local kept
	kept=$(mktemp -d)
	defer rm -rf "$kept"
	btcpctl fe save >"$kept/save"
	cp -a "$KEYS" "$kept/keys"
	cluster_down
	modules_unload
	cluster_up
	modules_load
	rm -rf "$KEYS"
	cp -a "$kept/keys" "$KEYS"
	btcpctl fe -batch "$kept/save"
	btcpctl fe save >"$kept/again"
	assert_same_file "$kept/save" "$kept/again"
}
