# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which pool a request goes to, by each kind of condition. be1 and be2 are the only members
# of pools one and two, one is the default; every path may be asked for, since nginx names
# itself in its 404, too. Rules by path alone: t_routing.sh.
. "$CLUSTER/traffic.sh"

setup() { setup_two_pools; }

# rule PREF CONDITION…: to pool two, or to POOL behind "pool"; gone with the case
rule() {
	local to=(pool two)
	[[ " $* " != *' pool '* ]] || to=()
	btcpctl fe rule add www pref "$1" "${@:2}" "${to[@]}"
	defer btcpctl fe rule del www pref "$1"
}

# curls WHO PATH OPTION…: in both families
curls() {
	local f
	for f in 4 6; do
		assert_eq "$1" "$(client curl -sS -m 20 -o "$RUN/got" -D - "${@:3}" "$(url "$f" "$2")" |
			sed -n 's/^X-Backend: \(.*\)\r$/\1/p')" "curl ${*:3}, IPv$f"
	done
}

host__exact() {
	rule 10 host www.Example.com
	both_heads <<-'END'
		be2 GET /1k HTTP/1.1\r\nHost: www.example.com
		be2 GET /1k HTTP/1.1\r\nHost: WWW.EXAMPLE.COM
		be2 GET /1k HTTP/1.1\r\nHost: www.example.com.
		be2 GET /1k HTTP/1.1\r\nHost: www.example.com:80
		be2 GET /1k HTTP/1.1\r\nHost:www.example.com.:8080
		be2 GET /1k HTTP/1.0\r\nHost: www.example.com
		be2 GET http://www.example.com/1k HTTP/1.1\r\nHost: other
		be2 GET http://WWW.example.com:81/ HTTP/1.1\r\nHost: other
		be1 GET http://other/1k HTTP/1.1\r\nHost: www.example.com
		be1 GET /1k HTTP/1.1\r\nHost: example.com
		be1 GET /1k HTTP/1.1\r\nHost: a.www.example.com
		be1 GET /1k HTTP/1.1\r\nHost: www.example.com.org
		be1 GET /1k HTTP/1.0
		be2 OPTIONS * HTTP/1.1\r\nHost: www.example.com
		400 GET /1k HTTP/1.1
		400 GET /1k HTTP/1.1\r\nHost: www.example.com\r\nHost: other
		400 GET /1k HTTP/1.1\r\nHost: www.example.com..
	END
	curls be2 /1k -H 'Host: www.example.com'
	curls be2 /1k --http1.0 -H 'Host: www.example.com:8080'
	curls be1 /1k
}

host__any_label() {
	rule 10 host '*.example.com'
	both_heads <<-'END'
		be2 GET /1k HTTP/1.1\r\nHost: www.example.com
		be2 GET /1k HTTP/1.1\r\nHost: a.B.Example.Com.:80
		be1 GET /1k HTTP/1.1\r\nHost: example.com
		be1 GET /1k HTTP/1.1\r\nHost: badexample.com
		be1 GET /1k HTTP/1.1\r\nHost: www.example.com.org
		400 GET /1k HTTP/1.1\r\nHost: .example.com
		be1 GET /1k HTTP/1.0
	END
	curls be2 /1k -H 'Host: x.y.z.example.com'
}

host__an_address() {
	rule 10 host "$VIP4"
	rule 20 host "[$VIP6]"
	curls be2 /1k
	curls be1 /1k -H 'Host: www.example.com'
}

method__with_case() {
	rule 10 method POST
	rule 20 method PROPFIND
	both_heads <<-'END'
		be2 POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0
		be2 PROPFIND /a HTTP/1.1\r\nHost: x
		be1 GET /a HTTP/1.1\r\nHost: x
		be1 HEAD /a HTTP/1.1\r\nHost: x
	END
	curls be2 /a -X POST -d 'some=thing'
	curls be1 /a -I
}

header__any_line_of_that_name() {
	rule 10 header X-Tenant='one two'
	rule 20 header x-empty=
	both_heads <<-'END'
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nX-Tenant: one two
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nx-tENANT:one two\t 
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nX-Tenant: other\r\nX-Tenant: \t one two
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nX-Tenant: One Two
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nX-Tenant: one two three
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nX-Tenant: one
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nX-Tenants: one two
		be1 GET /1k HTTP/1.1\r\nHost: x
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nX-Empty:
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nX-Empty: no
	END
	curls be2 /1k -H 'X-TENANT: one two'
	curls be1 /1k -H 'X-TENANT: two'
	curls be2 /1k -H 'X-Empty;'
}

cookie__any_of_that_name() {
	rule 10 cookie session=blue
	both_heads <<-'END'
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: session=blue
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: a=b; session=blue;c=d
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\nCookie: session=blue
		be2 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: session=red; session=blue
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: Session=blue
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: session=Blue
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: session=blues
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: xsession=blue
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nCookie: session
		be1 GET /1k HTTP/1.1\r\nHost: x\r\nX-Cookie: session=blue
	END
	curls be2 /1k -b 'theme=dark; session=blue'
	curls be1 /1k -b 'theme=dark; session=green'
}

# The client has more than one address; what is not preferred is its source only if asked for.
src__by_prefix() {
	local f others=(10.1.0.66 fd00:1::66) nets=(10.1.0.64/29 fd00:1::60/124)
	client ip addr add "${others[0]}/24" dev eth0
	defer client ip addr del "${others[0]}/24" dev eth0
	client ip addr add "${others[1]}/64" dev eth0 nodad preferred_lft 0
	defer client ip addr del "${others[1]}/64" dev eth0
	rule 10 src "${nets[0]}"
	rule 20 src "${nets[1]}"
	curls be1 /1k
	for f in 0 1; do
		assert_eq be2 "$(get $((4 + 2 * f)) /1k --interface "${others[f]}")" "from ${others[f]}"
	done
	btcpctl fe rule set www pref 10 src 10.1.0.0/24
	btcpctl fe rule set www pref 20 src fd00:1::2
	curls be2 /1k
	assert_eq be1 "$(get 6 /1k --interface "${others[1]}")" "from ${others[1]}"
}

all_conditions__must_hold() {
	rule 10 host '*.example' path '/api/*' method GET header x-a=1 header x-b=2 cookie c=3 src 10.1.0.0/16
	heads 4 <<-'END'
		be2 GET /api/x HTTP/1.1\r\nHost: a.example\r\nX-B: 2\r\nX-A: 1\r\nCookie: c=3
		be1 GET /api/x HTTP/1.1\r\nHost: example\r\nX-B: 2\r\nX-A: 1\r\nCookie: c=3
		be1 GET /x HTTP/1.1\r\nHost: a.example\r\nX-B: 2\r\nX-A: 1\r\nCookie: c=3
		be1 PUT /api/x HTTP/1.1\r\nHost: a.example\r\nX-B: 2\r\nX-A: 1\r\nCookie: c=3\r\nContent-Length: 0
		be1 GET /api/x HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\nCookie: c=3
		be1 GET /api/x HTTP/1.1\r\nHost: a.example\r\nX-B: 1\r\nX-A: 1\r\nCookie: c=3
		be1 GET /api/x HTTP/1.1\r\nHost: a.example\r\nX-B: 2\r\nX-A: 1\r\nCookie: c=4
	END
	heads 6 <<<'be1 GET /api/x HTTP/1.1\r\nHost: a.example\r\nX-B: 2\r\nX-A: 1\r\nCookie: c=3'
}

# Whatever kind they are of, and wherever the index has them.
pref__the_lowest_of_all_kinds() {
	rule 70 path '/*' pool one
	rule 60 host a.example
	rule 50 path '/x/*' pool one
	rule 40 header x-a=1
	rule 30 cookie c=1 pool one
	rule 20 method DELETE
	rule 10 path '*.jpg' pool one
	both_heads <<-'END'
		be1 GET /y HTTP/1.1\r\nHost: x
		be2 GET /y HTTP/1.1\r\nHost: a.example
		be1 GET /x/ HTTP/1.1\r\nHost: a.example
		be2 GET /x/ HTTP/1.1\r\nHost: a.example\r\nX-A: 1
		be1 GET /x/ HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\nCookie: c=1
		be2 DELETE /x/ HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\nCookie: c=1
		be1 DELETE /x/a.jpg HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\nCookie: c=1
	END
}

# What TLS will fill in is not there in HTTP; an HTTP/2 preface has nothing but the default.
none__without_tls_and_before_http2() {
	local before
	rule 10 sni www.example.com
	rule 20 alpn h2
	rule 30 path '/*'
	curls be2 /1k
	btcpctl fe rule set www pref 30 pool one
	curls be1 /1k -H 'Host: www.example.com'
	btcpctl fe rule set www pref 30 pool two
	before=$(counter fe frontend http2_preface)
	assert_match '^- - 0 none|^400 be1 ' "$(printf 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\n' | ask 4 1 15)" preface
	assert_eq $((before + 1)) "$(counter fe frontend http2_preface)" http2_preface
}

set__replaces_what_it_names() {
	rule 10 host a.example path /a header x-a=1 header x-b=2
	btcpctl fe rule set www pref 10 header x-c=3
	assert_eq "www pref 10 host a.example path /a header x-c=3 pool two" "$(btcpctl fe rule show www | head -n 1)" 'after set header'
	btcpctl fe rule set www pref 10 host '*.Example' pool one
	assert_eq "www pref 10 host '*.example' path /a header x-c=3 pool one" "$(btcpctl fe rule show www | head -n 1)" 'after set host'
	btcpctl fe rule set www pref 10 pool two path '/a*'
	both_heads <<-'END'
		be2 GET /abc HTTP/1.1\r\nHost: b.example\r\nX-C: 3
		be1 GET /abc HTTP/1.1\r\nHost: b.example\r\nX-A: 1\r\nX-B: 2
	END
}

# -- rule test ----------------------------------------------------------------------------

# says WORDS ARGUMENT…: rule test's answer
says() { assert_eq "www $1" "$(btcpctl fe rule test www "${@:2}")" "rule test ${*:2}"; }

test__rule_pool_and_back_end() {
	rule 10 host '*.example' path '/img/*'
	rule 20 header x-a=1 cookie b=2
	rule 30 src 10.1.0.0/16 method PUT
	says "pref 10 host '*.example' path '/img/*' pool two backend be2" host WWW.Example.:80 path '/%69mg//a?b'
	says 'default pool one backend be1' host example path /img/a
	says 'pref 20 header x-a=1 cookie b=2 pool two backend be2' header X-A=1 cookie a=1 cookie b=2
	says 'default pool one backend be1' header x-a=1
	says 'pref 30 method PUT src 10.1.0.0/16 pool two backend be2' client 10.1.2.3 method PUT
	says 'default pool one backend be1' client fd00:1::2 method PUT
	says 'default pool one backend be1'
	rule 40 sni '*.example' alpn h2
	says "pref 40 sni '*.example' alpn h2 pool two backend be2" sni a.example alpn h2
	assert_eq two,be2 "$(btcpctl fe -j rule test www sni a.example alpn h2 | jq -r '.[0] | .pool + "," + .backend')" JSON
}

# Asking changes nothing: who is next stays next, and what is counted stays as it is.
test__advances_no_scheduler() {
	local i said before
	btcpctl fe pool add both backend be1 weight 2 backend be2
	defer btcpctl fe pool del both
	btcpctl fe rule set www default pool both
	defer btcpctl fe rule set www default pool one
	before=$(counter fe frontend connections)
	for i in 1 2 3 4 5 6; do
		said=$(btcpctl fe -j rule test www path /1k | jq -r '.[0].backend')
		assert_eq "$said" "$(btcpctl fe -j rule test www path /1k | jq -r '.[0].backend')" 'asked twice'
		assert_eq "$said" "$(get 4 /1k)" "request $i"
	done
	assert_eq $((before + 6)) "$(counter fe frontend connections)" connections
}

test__no_rule_and_no_back_end() {
	local rc=0
	btcpctl fe backend set be1 admin drain
	defer btcpctl fe backend set be1 admin up
	says 'default pool one status 503' path /a
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool one
	btcpctl fe rule test www path /a >"$RUN/out" 2>"$RUN/err" || rc=$?
	assert_eq 3 "$rc" status
	assert_match '404' "$(cat "$RUN/err")" sentence
	assert_eq '' "$(cat "$RUN/out")" output
}

# -- many ----------------------------------------------------------------------------------

# meets N STEP: "WHO HEAD" for twenty of every STEP, and for a neighbour of each that is
# not there
meets() {
	awk -v n="$1" -v step="$2" 'BEGIN {
		for (i = 0; i < n; i += step) for (j = i; j < i + 20 && j < n; j++) {
			path = "/x"; line = ""; host = "x"
			if (j % 20 < 14) { host = sprintf("SITE-%d.example", j / 50); path = "/app" j "/y" }
			else if (j % 20 < 18) path = "/static/" j "/index.html"
			else if (j % 20 < 19) path = "/y/z-" j ".jpg"
			else if (j % 40 < 20) line = "\\r\\nX-Tenant: " j
			else line = "\\r\\nCookie: a=b; session=" j
			printf "be2 GET %s HTTP/1.1\\r\\nHost: %s%s\n", path, host, line
			sub(/^SITE/, "other", host); sub(/index/, "other", path); sub(/jpg$/, "png", path); sub(/[0-9]+$/, "&x", line)
			printf "be1 GET %s HTTP/1.1\\r\\nHost: %s%s\n", path, host, line
		}
	}'
}

# BTCP_RULES=100000 for as many as there should be room for.
many__each_is_found() {
	local n=${BTCP_RULES:-4000} began
	many_rules "$n" 1000 >"$RUN/many"
	began=$SECONDS
	btcpctl fe -batch "$RUN/many"
	note "$n rules in $((SECONDS - began)) s"
	defer eval "sed 's/ \(host\|path\|header\|cookie\).*//; s/ add / del /' $RUN/many | btcpctl fe -batch -"
	assert_eq "$n" "$(btcpctl fe rule show www | grep -c 'pool two$')" 'rules shown'
	meets "$n" $((n / 10)) | heads 4
	assert_eq "www pref $((1000 + n - 20)) host site-$(((n - 20) / 50)).example path '/app$((n - 20))/*' pool two backend be2" \
		"$(btcpctl fe rule test www host "site-$(((n - 20) / 50)).example" path "/app$((n - 20))/")" 'rule test'
}

# Rules come, change and go while requests come: at every moment some rule sends these to
# be2, none of which the default would.
many__no_request_is_misrouted_meanwhile() {
	local i
	rule 10 path '/x/*'
	for ((i = 0; i < 400; i++)); do
		printf 'GET /x/%d HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n\n' "$i"
	done >"$RUN/requests"
	start asked client sh -c "exec /usr/bin/python3 -B '$CLUSTER/ask.py' $VIP4 80 4 30 <'$RUN/requests'"
	i=0
	while kill -0 "${STARTED[asked]}" 2>/dev/null; do
		btcpctl fe -batch - <<-END
			rule add www pref 5 host a.example path '/x*' pool two
			rule del www pref 10
			rule add www pref 7 path '/x/*' header x=y pool one
			rule add www pref 10 path '/x/*' pool two
			rule set www pref 5 header no=no pool one
			rule del www pref 5
			rule del www pref 7
		END
		i=$((i + 1))
	done
	finish asked 60
	note "$i rounds of seven changes"
	assert_ge "$i" 3 rounds
	assert_eq '400 be2' "$(cut -d' ' -f2 "$RUN/asked.out" | sort | uniq -c | xargs)" 'who answered'
}
