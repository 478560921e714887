# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Who of a pool, by the policies that look at more than whose turn it is. Weighted round
# robin: t_routing.sh.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	configure_one_pool
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

# -- lard ------------------------------------------------------------------------------

lard__to_who_had_it_and_to_one_more_under_load() {
	local first own other before i
	btcpctl fe pool set some policy lard backend be1 backend be2
	assert_eq 'some policy lard hash url backend be1 backend be2' "$(btcpctl fe pool show some)" 'pool show'
	first=$(who 4 30)
	assert_shared "$first"
	assert_eq "$first" "$(who 6 30 '?a=b')" 'again, with a query, over IPv6'
	for i in 1 2 3; do
		assert_eq "$(cut -d' ' -f$((i + 1)) <<<"$first")" \
			"$(btcpctl fe -j rule test www host x path "/pool/$i" | jq -r '.[0].backend')" 'rule test'
	done

	# Five are much now, and one is little: the sixth and all after it have two to go to.
	setting fe limit lard_low 2
	setting fe limit lard_high 4
	setting fe timeout lard 1s
	before=$(counter fe frontend lard_added)
	own=$(get 4 /1k)
	other=be1
	[[ $own == be2 ]] || other=be2
	assert_soon "$FLOWS_END" flows_ended
	hold first 4 /1k 5
	assert_eq "5 $own" "$HELD" 'its own'
	hold second 6 /1k 5
	assert_eq "5 $other" "$HELD" 'with another'
	assert_eq $((before + 1)) "$(counter fe frontend lard_added)" lard_added
	release second "$own" 5 "$other" 0
	# Its own has five still and the other none; after a while it can do with one.
	before=$(counter fe frontend lard_removed)
	assert_soon 15 _one_less
	assert_eq "$other" "$(get 4 /1k)" 'who has it from now on'
	release first "$own" 0
}
_one_less() {
	get 4 /1k >/dev/null
	(($(counter fe frontend lard_removed) > before))
}

# -- all of them -----------------------------------------------------------------------

# Four times the same URL with curl: in turn, or to one of them
policy__each_with_curl() {
	local policy said
	for policy in wrr lc 'maglev hash url' 'lard hash url'; do
		# shellcheck disable=SC2086 # words of a command
		btcpctl fe pool set some policy $policy backend be1 backend be2
		assert_soon "$FLOWS_END" flows_ended
		said=$(for f in 4 6 4 6; do get "$f" /1k -H 'Host: x'; done | sort | uniq -c | awk '{ print $1, $2 }' | xargs)
		assert_same_file "$WWW/1k" "$RUN/got" "what came by $policy"
		case $policy in
		wrr) assert_eq '2 be1 2 be2' "$said" "who answers, by $policy" ;;
		# One whose end is not reported yet still counts.
		lc) assert_match '^[1-3] be1 [1-3] be2$' "$said" "who answers, by $policy" ;;
		*) assert_match '^4 be[12]$' "$said" "who answers, by $policy" ;;
		esac
	done
}

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
			pool set some policy lard hash url
			pool set some policy wrr
		END
		i=$((i + 1))
	done
	finish asked 60
	note "$i rounds of eight changes"
	assert_ge "$i" 3 rounds
	assert_eq 300 "$(grep -c -E '^404 be[12] ' "$RUN/asked.out")" 'requests that were answered'
}

# -- limits, slow starts, persistence ----------------------------------------------------

# answers 4|6 N: as many requests, "COUNT STATUS BACKEND" of each kind
answers() { requests_for "$2" | ask "$1" 4 20 | cut -d' ' -f1,2 | sort | uniq -c | awk '{ print $1, $2, $3 }' | xargs; }
# share BACKEND: percent of its weight, "null" if all
share() { ip netns exec fe "$(btcpctl_binary)" -j backend show "$1" | jq -r '.[0].share'; }

maxflows__then_the_next_then_503() {
	local f policy skipped no
	defer btcpctl fe backend set be1 maxflows 0
	defer btcpctl fe backend set be2 maxflows 0
	btcpctl fe backend set be1 maxflows 3
	btcpctl fe backend set be2 maxflows 1
	for policy in wrr 'maglev hash url'; do
		# shellcheck disable=SC2086 # words of a command
		btcpctl fe pool set some policy $policy backend be1 backend be2
		[[ $policy == wrr ]] && f=6 || f=4
		skipped=$(counter fe frontend full_skipped)
		hold some "$f" /1k 4
		assert_eq '3 be1 1 be2' "$HELD" "who has them, by $policy"
		assert_ge "$(counter fe frontend full_skipped)" $((skipped + 1)) full_skipped
		no=$(counter fe frontend handoff_no_backend)
		assert_eq '3 503 -' "$(answers "$f" 3)" 'when all are full'
		assert_eq $((no + 3)) "$(counter fe frontend handoff_no_backend)" handoff_no_backend
		assert_eq null "$(btcpctl fe -j rule test www path / | jq -r '.[0].backend')" 'rule test'
		release some be1 0 be2 0
	done
	# One more place is one more connection.
	btcpctl fe pool set some policy lc
	btcpctl fe backend set be1 maxflows 1
	hold some 4 /1k 2
	btcpctl fe backend set be1 maxflows 2
	hold more 4 /1k 1
	assert_eq '1 be1' "$HELD" 'the one place'
	release more be1 1 be2 1
	release some be1 0 be2 0
}

slowstart__who_comes_back_begins_with_little() {
	local had
	defer btcpctl fe backend set be1 slowstart 0 admin up
	btcpctl fe pool set some policy wrr backend be1 backend be2
	btcpctl fe backend set be1 slowstart 80000 admin drain
	btcpctl fe backend set be1 admin up
	assert_eq 1 "$(share be1)" 'percent of its weight'
	had=$(answers 4 32)
	assert_match '^(1 404 be1 31|32) 404 be2$' "$had" 'who answers'
	btcpctl fe pool set some policy lc
	hold some 6 /1k 8
	assert_match '^(1 be1 7|8) be2$' "$HELD" 'by least connections'
	release some be1 0 be2 0
	# Its weight comes back with time, ...
	btcpctl fe pool set some policy wrr
	btcpctl fe backend set be1 slowstart 3 admin drain
	btcpctl fe backend set be1 admin up
	assert_soon 10 value_is null share be1
	assert_eq '8 404 be1 8 404 be2' "$(answers 4 16)" 'who answers when it is over'
	# ... whatever it was away for.
	btcpctl fe backend set be1 slowstart 80000 health down
	btcpctl fe backend set be1 health up
	assert_eq 1 "$(share be1)" 'percent of its weight'
	btcpctl fe backend set be1 slowstart 0
	assert_eq null "$(share be1)" 'percent without slow start'
}

# from ADDRESS N: as many requests of a client of that address, and who answered
from() {
	local i
	for ((i = 0; i < $2; i++)); do
		get 4 /1k --interface "$1"
	done | sort | uniq -c | xargs
}
clients() { counter fe frontend persist_clients; }

persist__a_client_comes_back_to_its_back_end() {
	local own other hits moved f
	defer btcpctl fe service set www persist off
	defer btcpctl fe backend set be1 admin up
	defer btcpctl fe backend set be2 admin up
	btcpctl fe pool set some policy wrr backend be1 backend be2
	btcpctl fe service set www persist 64 timeout 1000
	for f in 4 6; do
		hits=$(counter fe frontend persist_hits)
		own=$(answers "$f" 1)
		assert_eq "5 ${own#* }" "$(answers "$f" 5)" "one client, IPv$f"
		assert_eq $((hits + 5)) "$(counter fe frontend persist_hits)" persist_hits
	done
	assert_eq 2 "$(clients)" persist_clients

	own=$(from 10.1.0.2 2)
	other=be1
	[[ $own == *be2 ]] || other=be2
	assert_eq "${own#* }" "$(btcpctl fe -j rule test www client 10.1.0.2 path / | jq -r '.[0].backend')" 'rule test'
	moved=$(counter fe frontend persist_moved)
	btcpctl fe backend set "${own#* }" admin drain
	assert_eq "2 $other" "$(from 10.1.0.2 2)" 'when its back-end is drained'
	assert_eq $((moved + 1)) "$(counter fe frontend persist_moved)" persist_moved
	btcpctl fe backend set "${own#* }" admin up
	assert_eq "2 $other" "$(from 10.1.0.2 2)" 'when it is back'
}

persist__by_mask_and_for_a_while() {
	local a full before
	defer btcpctl fe service set www persist off
	btcpctl fe pool set some policy wrr backend be1 backend be2
	for a in 77 78; do
		client ip addr add "10.1.0.$a/24" dev eth0
		defer ip -n client addr del "10.1.0.$a/24" dev eth0
	done
	before=$(clients)
	setting fe limit persist $((before + 1))
	full=$(counter fe frontend persist_full)
	btcpctl fe service set www persist 24 timeout 1000
	assert_match '^1 be[12]$' "$(from 10.1.0.2 1)" 'the first'
	assert_eq "$(from 10.1.0.2 1)" "$(from 10.1.0.77 1)" 'of one network'
	assert_eq "$(from 10.1.0.2 1)" "$(from 10.1.0.78 1)" 'of one network'
	assert_eq $((before + 1)) "$(clients)" persist_clients
	assert_eq "$full" "$(counter fe frontend persist_full)" persist_full
	# Each by itself: there is room for none of them.
	btcpctl fe service set www persist 32 timeout 1000
	assert_eq '2 be1 2 be2' "$(from 10.1.0.77 4)" 'whom nobody remembers'
	assert_eq $((full + 4)) "$(counter fe frontend persist_full)" persist_full
	# The network, with one more connection, is for a second, and then no more.
	btcpctl fe service set www persist 24 timeout 1
	from 10.1.0.78 1
	assert_soon 15 value_is "$before" clients
}
