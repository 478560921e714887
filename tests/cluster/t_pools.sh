# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Who of a pool, by the policies that look at more than whose turn it is. Weighted round
# robin: t_routing.sh.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
	btcpctl fe -batch - <<-END
		pool add some backend be1 backend be2
		rule del www pref 10
		rule set www default pool some
		service set www requests first
	END
}

# hold NAME 4|6 PATH COUNT: so many connections, one made when the one before has its
# answer, which stay until "release NAME"; says who answered how many
hold() {
	local i steps=()
	for ((i = 1; i <= $4; i++)); do
		steps+=(limit:100 "send:GET $3 HTTP/1.1\r\nHost: x\r\n\r\n" response /)
	done
	rm -f "$RUN/$1.held"
	start "$1" client "${SPEAK[@]}" "$(address vip "$2")" 80 "${steps[@]::${#steps[@]}-1}" "touch:$RUN/$1.held" "await:$RUN/never"
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

# -- least connections -----------------------------------------------------------------

lc__goes_where_the_fewest_are() {
	btcpctl fe pool set some policy lc backend be1 backend be2 weight 0
	hold first 4 /1k 4
	assert_eq '4 be1' "$HELD" 'while be2 has no weight'
	btcpctl fe pool set some backend be1 backend be2
	hold second 6 /1k 6
	assert_eq '1 be1 5 be2' "$HELD" 'until both have five'
	release first be1 1 be2 5
	hold third 4 /1k 4
	assert_eq '4 be1' "$HELD" 'until both have five again'
	release second be1 4 be2 0
	release third be1 0
}

lc__for_its_weight() {
	btcpctl fe pool set some policy lc backend be1 weight 3 backend be2
	hold first 4 /1k 8
	assert_eq '6 be1 2 be2' "$HELD" '3 to 1'
	btcpctl fe member set some be1 weight 1
	hold second 6 /1k 6
	assert_eq '1 be1 5 be2' "$HELD" '1 to 1, until both have seven'
	release first be1 1 be2 5
	release second be1 0 be2 0
}

lc__in_turn_among_equals() {
	local i said who=''
	btcpctl fe pool set some policy lc backend be1 backend be2
	for i in 1 2 3 4 5 6; do
		said=$(btcpctl fe -j rule test www path /1k | jq -r '.[0].backend')
		assert_eq "$said" "$(get 4 /1k)" "request $i, and what rule test said"
		who+="$said "
	done
	assert_match '^(be1 be2 |be2 be1 ){3}$' "$who" 'who answered'
}

# -- maglev ----------------------------------------------------------------------------

# requests_for N [QUERY [LINE]]: of as many URLs; of one, if there is a LINE, in which # is
# the number
requests_for() {
	local i path line
	for ((i = 0; i < $1; i++)); do
		path=/pool/$i line=
		[[ -z ${3:-} ]] || path=/pool line="\\r\\n${3//#/$i}"
		printf 'GET %s%s HTTP/1.0\\r\\nHost: x%s\\r\\n\\r\\n\n' "$path" "${2:-}" "$line"
	done
}
# who 4|6 N [QUERY [LINE]]: the back-ends of these requests
who() { requests_for "${@:2}" | ask "$1" 4 20 | cut -d' ' -f2 | xargs; }
# assert_shared WHO…: both have some of them
assert_shared() {
	local be
	for be in be1 be2; do
		assert_ge "$(grep -o "$be" <<<"$*" | wc -l)" $(($(wc -w <<<"$*") / 5)) "requests of $be"
	done
}

maglev__equal_requests_to_one_back_end() {
	local first i
	btcpctl fe pool set some policy maglev
	assert_eq 'some policy maglev hash url backend be1 backend be2' "$(btcpctl fe pool show some)" 'pool show'
	first=$(who 4 40)
	assert_shared "$first"
	assert_eq "$first" "$(who 4 40)" 'again'
	assert_eq "$first" "$(who 6 40)" 'over IPv6'
	assert_eq "$first" "$(who 4 40 '?a=b')" 'with a query'
	for i in 1 2 3 4 5; do
		assert_eq "$(cut -d' ' -f$((i + 1)) <<<"$first")" \
			"$(btcpctl fe -j rule test www host x path "/pool/$i" | jq -r '.[0].backend')" 'rule test'
	done
	# Another front-end may have been told of them in another order.
	btcpctl fe pool set some backend be2 backend be1
	assert_eq "$first" "$(who 4 40)" 'members in another order'
}

maglev__who_was_away_gets_its_own_again() {
	local first
	btcpctl fe pool set some policy maglev hash url backend be1 backend be2
	first=$(who 4 30)
	btcpctl fe backend set be1 admin drain
	defer btcpctl fe backend set be1 admin up
	assert_eq "${first//be1/be2}" "$(who 4 30)" 'be1 drained'
	btcpctl fe backend set be1 admin up
	assert_eq "$first" "$(who 4 30)" 'be1 back'
	btcpctl fe member del some be2
	assert_eq "${first//be2/be1}" "$(who 4 30)" 'without be2'
	btcpctl fe member add some be2
	assert_eq "$first" "$(who 4 30)" 'with be2'
}

# A member's weight, and its back-end's
maglev__shares_are_those_of_the_weights() {
	local even more
	btcpctl fe pool set some policy maglev hash url backend be1 backend be2
	even=$(who 4 60 | grep -o be1 | wc -l)
	btcpctl fe backend set be1 weight 9
	defer btcpctl fe backend set be1 weight 1
	more=$(who 4 60 | grep -o be1 | wc -l)
	assert_ge "$more" 46 "requests of be1 with nine to one ($even with one to one)"
	assert_le "$more" 60 'requests of be1'
	btcpctl fe member set some be2 weight 9
	assert_eq "$even" "$(who 4 60 | grep -o be1 | wc -l)" 'nine to nine'
}

maglev__by_header_cookie_host_and_client() {
	local first f kind
	for kind in 'header X-User|X-uSER: #' 'cookie id|Cookie: a=1; id=#' 'host|Host: www#'; do
		# shellcheck disable=SC2086 # words of a command
		btcpctl fe pool set some policy maglev hash ${kind%|*} backend be1 backend be2
		first=$(requests_for 30 '' "${kind#*|}" | sed 's/Host: x\\r\\n\(Host\)/\1/' | ask 4 4 20 | cut -d' ' -f2 | xargs)
		assert_shared "$first"
		assert_eq "$first" "$(requests_for 30 '?a' "${kind#*|}" | sed 's/Host: x\\r\\n\(Host\)/\1/; s/pool/else/' | ask 6 4 20 | cut -d' ' -f2 | xargs)" "elsewhere, by $kind"
	done
	assert_eq 'some policy maglev hash host backend be1 backend be2' "$(btcpctl fe pool show some)" 'pool show'
	# Without the cookie, and by itself, it is the client's address.
	for kind in client 'cookie none'; do
		# shellcheck disable=SC2086 # words of a command
		btcpctl fe pool set some hash $kind
		for f in 4 6; do
			assert_match '^(be1( be1)*|be2( be2)*)$' "$(who "$f" 10)" "by $kind, IPv$f"
		done
	done
	assert_shared "$(for f in {1..40}; do btcpctl fe -j rule test www client "10.1.0.$f" path /; done | jq -r '.[0].backend' | xargs)"
}

maglev__a_hot_url_does_not_drown_its_back_end() {
	local own before
	btcpctl fe pool set some policy maglev hash url backend be1 backend be2
	own=$(btcpctl fe -j rule test www host x path /1k | jq -r '.[0].backend')
	before=$(counter fe frontend hash_moved)
	hold first 4 /1k 24
	# Of 24 a share is 12, and a quarter more is 15.
	assert_eq "$([[ $own == be1 ]] && echo 15 be1 9 be2 || echo 9 be1 15 be2)" "$HELD" "the URL is ${own}'s"
	assert_ge "$(counter fe frontend hash_moved)" $((before + 9)) hash_moved
	release first be1 0 be2 0
	setting fe limit hash_load 10000
	hold second 6 /1k 24
	assert_eq "24 $own" "$HELD" 'with hardly a limit'
	release second be1 0 be2 0
}

# -- all of them -----------------------------------------------------------------------

policy__changes_while_requests_come() {
	local i
	for ((i = 0; i < 300; i++)); do
		printf 'GET /x/%d HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n\n' "$i"
	done >"$RUN/requests"
	start asked client sh -c "exec /usr/bin/python3 -B '$CLUSTER/ask.py' $VIP4 80 4 30 <'$RUN/requests'"
	i=0
	while kill -0 "${STARTED[asked]}" 2>/dev/null; do
		btcpctl fe -batch - <<-END
			pool set some policy lc
			backend set be1 weight 2
			pool set some policy maglev hash client
			backend set be1 weight 1
			member del some be2
			pool set some hash cookie a backend be2 backend be1
			pool set some policy wrr
		END
		i=$((i + 1))
	done
	finish asked 60
	note "$i rounds of seven changes"
	assert_ge "$i" 3 rounds
	assert_eq 300 "$(grep -c -E '^404 be[12] ' "$RUN/asked.out")" 'requests that were answered'
}
