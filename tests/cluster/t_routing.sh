# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which back-end a request goes to. be1 and be2 are the only members of pools one and two;
# every path may be asked for, since nginx names itself in its 404, too.
. "$CLUSTER/traffic.sh"

setup() { setup_two_pools; }

# routed 4|6 <<TABLE: "BACKEND TARGET" a line ("-" for an answer of the front-end's own)
routed() {
	local table
	table=$(cat)
	cut -d' ' -f2- <<<"$table" | sed 's|.*|GET & HTTP/1.1\\r\\nHost: www.example.com\\r\\n\\r\\n|' |
		ask "$1" 4 15 >"$RUN/answers"
	assert_eq "$table" "$(paste -d' ' <(cut -d' ' -f2 "$RUN/answers") <(cut -d' ' -f2- <<<"$table"))" "who has what, IPv$1"
}

# rules <<RULES: "PREF PATTERN POOL" a line, gone with the case
rules() {
	local pref path pool
	while read -r pref path pool; do
		btcpctl fe rule add www pref "$pref" path "$path" pool "$pool" </dev/null
		defer btcpctl fe rule del www pref "$pref"
	done
}

_both_families() {
	local f table
	table=$(cat)
	for f in 4 6; do
		routed "$f" <<<"$table"
	done
}

path__exact() {
	rules <<<'10 /a two'
	_both_families <<-'END'
		be2 /a
		be2 /a?b=/c
		be1 /a/
		be1 /ab
		be1 /A
		be1 /
		be1 /b/a
	END
}

path__prefix() {
	rules <<<'10 /img/* two'
	_both_families <<-'END'
		be2 /img/
		be2 /img/a
		be2 /img/a/b.html
		be2 /img/?x
		be1 /img
		be1 /image/a
		be1 /IMG/a
		be1 /a/img/b
		be1 /?/img/a
	END
}

path__suffix() {
	rules <<<'10 *.jpg two'
	_both_families <<-'END'
		be2 /a.jpg
		be2 /.jpg
		be2 /a/b/c.jpg
		be2 /a.jpg?x=y.png
		be1 /a.png?x=y.jpg
		be1 /a.jpg/
		be1 /a.JPG
		be1 /jpg
	END
}

path__the_lowest_pref_first() {
	rules <<-'END'
		30 /x/* one
		20 /x/y/* two
		10 /x/y/z one
	END
	_both_families <<-'END'
		be1 /x/y/z
		be2 /x/y/zz
		be2 /x/y/
		be1 /x/y
		be1 /other
	END
	# Moved behind the more general one it is never reached.
	btcpctl fe rule set www pref 30 pool two
	btcpctl fe rule del www pref 20
	btcpctl fe rule add www pref 5 path '/x/*' pool two
	_both_families <<-'END'
		be2 /x/y/z
		be2 /x/y/zz
		be1 /y
	END
	btcpctl fe rule del www pref 5
}

# Without a pref a rule goes behind the others.
path__the_next_pref_is_10_more() {
	rules <<<'50 /x/* two'
	btcpctl fe rule add www path '/x/y' pool one
	defer btcpctl fe rule del www pref 60
	assert_eq '50 60' "$(btcpctl fe -j rule show www | jq -r '[.[].pref | select(. != null)] | sort | join(" ")')" prefs
	_both_families <<-'END'
		be2 /x/y
	END
}

# As nginx sees it: decoded once, slashes merged, dots removed, no query.
path__normalised() {
	rules <<-'END'
		10 /img/* two
		20 /a%b two
		30 /c two
	END
	_both_families <<-'END'
		be2 /%69mg/a
		be2 /%69%6D%67/a
		be2 /img%2Fa
		be2 //img//a
		be2 /x/../img/a
		be2 /./img/./a
		be2 /x/y/../../img/a
		- /%2e%2e%2fimg/../img/a
		be2 /x/%2e%2e%2fimg/a
		be1 /img/../a
		be1 /img/..
		be1 /%2569mg/a
		be1 /a?/../img/
		be2 /a%25b
		be2 /c?d
		be2 /c#d
		be2 /x/..//c
	END
}

path__default_and_none() {
	rules <<<'10 /img/* two'
	_both_families <<<'be1 /elsewhere'
	btcpctl fe rule set www default pool two
	_both_families <<<'be2 /elsewhere'
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool one
	_both_families <<-'END'
		be2 /img/x
		- /elsewhere
	END
}

path__is_that_of_the_absolute_form() {
	rules <<<'10 /img/* two'
	_both_families <<-'END'
		be2 http://www.example.com/img/1k
		be1 http://www.example.com/a/img/1k
		be1 http://www.example.com
		be1 http://www.example.com?/img/
	END
}

# -- who of a pool -------------------------------------------------------------------------

# share N: how many of N requests each back-end had
share() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'GET /pool HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n'
	done | ask "${2:-4}" 4 15 | cut -d' ' -f1,2 | sort | uniq -c | xargs
}

weight__shares_are_exact() {
	local f
	btcpctl fe pool add mixed policy wrr backend be1 weight 3 backend be2 weight 1
	defer btcpctl fe pool del mixed
	btcpctl fe rule set www default pool mixed
	defer btcpctl fe rule set www default pool one
	for f in 4 6; do
		assert_eq '30 404 be1 10 404 be2' "$(share 40 "$f")" '3 to 1'
	done
	btcpctl fe member set mixed be1 weight 1
	assert_eq '20 404 be1 20 404 be2' "$(share 40)" '1 to 1'
	btcpctl fe member set mixed be1 weight 0
	assert_eq '20 404 be2' "$(share 20)" '0 to 1'
	btcpctl fe member del mixed be1
	assert_eq '20 404 be2' "$(share 20)" 'one member'
	# Without a weight of its own a member has its back-end's.
	btcpctl fe member add mixed be1
	assert_eq '20 404 be1 20 404 be2' "$(share 40)" '1 to 1 again'
	btcpctl fe backend set be1 weight 4
	defer btcpctl fe backend set be1 weight 1
	assert_eq '32 404 be1 8 404 be2' "$(share 40)" "4 to 1, by the back-end's"
	btcpctl fe pool set mixed backend be2
	assert_eq '20 404 be2' "$(share 20)" 'a pool set anew'
}

weight__drained_is_not_chosen() {
	btcpctl fe rule set www default pool all
	defer btcpctl fe rule set www default pool one
	btcpctl fe backend set be1 admin drain
	defer btcpctl fe backend set be1 admin up
	assert_eq '10 404 be2' "$(share 10)" 'be1 drained'
	btcpctl fe backend set be2 admin down
	defer btcpctl fe backend set be2 admin up
	assert_eq '4 503 -' "$(share 4)" 'nobody left'
	btcpctl fe backend set be1 admin up
	assert_eq '10 404 be1' "$(share 10)" 'be2 down'
	btcpctl fe backend set be2 admin up
	assert_eq '5 404 be1 5 404 be2' "$(share 10)" 'both'
}

# -- requests after the first --------------------------------------------------------------

TWO=('send:GET /1k HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n' response
	'send:GET /img/1k HTTP/1.1\r\nHost: x\r\n\r\n' response)

# The connection ends after one response, so that the next request is routed anew.
_once() {
	local f
	for f in 4 6; do
		assert_match $'^200 be1 1024 complete\neof 0$' "$(speak "$f" "${TWO[@]:0:2}" end)" "one response, IPv$f"
		assert_match $'^200 be1 1024 complete\n(- - 0 none|send: .*)' "$(speak "$f" "${TWO[@]}" || true)" "the second request, IPv$f"
		# Both at once: only the first is answered.
		assert_match $'^200 be1 1024 complete\n(eof|reset) 0$' "$(speak "$f" 'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\nGET /img/1k HTTP/1.1\r\nHost: x\r\n\r\n' response end)" "two at once, IPv$f"
		# curl simply asks again, elsewhere.
		assert_eq 'be1 be2' "$(client curl -sS -m 20 -o /dev/null -o /dev/null -D - "$(url "$f" /1k)" "$(url "$f" /img/1k)" |
			sed -n 's/^X-Backend: \(.*\)\r$/\1/p' | xargs)" "curl, IPv$f"
	done
}

# With rules to several pools that is the default.
requests__once_by_default_with_several_pools() {
	rules <<<'10 /img/* two'
	log_clear be1 be2
	_once
	assert_eq 0 "$(log_count be1 '/img/1k')" 'second requests at the first back-end'
}

requests__once_if_said_so() {
	requests once
	defer requests auto
	rules <<<'10 /img/* two'
	both_modes _once
}

# With one pool later requests follow the first.
_first() {
	local f i want
	for f in 4 6; do
		for i in 1 2 3; do
			want=$'^200 (be[12]) 1024 complete\n200 be[12] 1024 complete\n200 be[12] 1024 complete$'
			speak "$f" "${TWO[@]}" "${TWO[@]:0:2}" close >"$RUN/said"
			assert_match "$want" "$(cat "$RUN/said")" "three requests, IPv$f"
			assert_eq 1 "$(cut -d' ' -f2 "$RUN/said" | sort -u | wc -l)" 'back-ends that answered them'
		done
	done
}

requests__first_by_default_with_one_pool() {
	btcpctl fe rule set www default pool all
	defer btcpctl fe rule set www default pool one
	both_modes _first
}

requests__first_if_said_so() {
	requests first
	defer requests auto
	rules <<<'10 /img/* two'
	_first
}

# The head is edited in place; what else it says is left as it was.
requests__once_changes_nothing_else() {
	local size
	requests once
	defer requests auto
	log_clear be1
	size=$(client curl -sS -m 20 -f -o "$RUN/got" -H 'Connection: keep-alive' -H 'X-Some: thing' -w '%{size_request}' "$(url 4 /1k)")
	assert_soon 5 value_is 1 log_count be1 "^200 .GET /1k HTTP/1.[01]. .* 1 $size 1024\$"
}
