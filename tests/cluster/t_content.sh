# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Which pool has a URL, by a list of them. be1 and be2 are the only members of pools one
# and two, one is the default.
. "$CLUSTER/traffic.sh"

setup() { setup_two_pools; }

# content FILE <LINES: loaded, until the case ends
content() {
	cat >"$RUN/$1"
	btcpctl fe content load www "$RUN/$1"
	defer ip netns exec fe "$(btcpctl_binary)" content del www
}
# refused STATUS SENTENCE FILE <LINES: it is not loaded, and the sentence says why
refused() {
	local rc=0
	cat >"$RUN/$3"
	btcpctl fe content load www "$RUN/$3" 2>"$RUN/err" || rc=$?
	assert_eq "$1" "$rc" "status ($(cat "$RUN/err"))"
	assert_match "$2" "$(cat "$RUN/err")" sentence
}

content__by_host_and_path() {
	content list <<-END
		# Blank lines and comments say nothing.

		www.example /a two
		WWW.Example.	//b/./%63 two
		other.example /a one
		$VIP4 /1k two
		[$VIP6] /1k two
		www.example /a one
	END
	assert_eq "www $RUN/list entries 6 repeated 1" "$(btcpctl fe content show www)" 'content show'
	both_heads <<-'END'
		be2 GET /a HTTP/1.1\r\nHost: www.example
		be2 GET /%61?x=y HTTP/1.1\r\nHost: WWW.example.:80
		be2 GET http://www.example/a HTTP/1.1\r\nHost: other.example
		be2 GET /b//c HTTP/1.1\r\nHost: www.example
		be1 GET /a/ HTTP/1.1\r\nHost: www.example
		be1 GET /A HTTP/1.1\r\nHost: www.example
		be1 GET /ab HTTP/1.1\r\nHost: www.example
		be1 GET /a HTTP/1.1\r\nHost: other.example
		be1 GET /a HTTP/1.1\r\nHost: example
		be1 GET /a HTTP/1.0
		be1 OPTIONS * HTTP/1.1\r\nHost: www.example
	END
	assert_eq be2 "$(get 4 /1k)" 'by the VIP, IPv4'
	assert_eq be2 "$(get 6 /1k)" 'by the VIP, IPv6'
	assert_eq 'www content pool two backend be2' "$(btcpctl fe rule test www host www.example path /a)" 'rule test'
	assert_eq 'www default pool one backend be1' "$(btcpctl fe rule test www host www.example path /b)" 'rule test'
	# Rules come first, the default last.
	btcpctl fe rule add www pref 10 path '/a*' pool one
	defer btcpctl fe rule del www pref 10
	heads 4 <<-'END'
		be1 GET /a HTTP/1.1\r\nHost: www.example
		be2 GET /b/c HTTP/1.1\r\nHost: www.example
	END
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool one
	heads 4 <<-'END'
		be2 GET /b/c HTTP/1.1\r\nHost: www.example
		404 GET /c HTTP/1.1\r\nHost: www.example
	END
	assert_match "content load www $RUN/list\$" "$(btcpctl fe save | grep content)" save
}

# What is refused changes nothing, and is told by its line.
content__all_or_nothing() {
	content list <<<'x /a two'
	refused 2 'bad:3: .*path does not begin' bad <<<$'x /b two\n\nx c two'
	refused 2 'bad:2: .*content "x /b none": there is no such pool' bad <<<$'x /a one\nx /b none'
	refused 2 'bad:1: .*not HOST PATH POOL' bad <<<'x /b'
	refused 2 'bad:1: .*host has a port' bad <<<'x:80 /b two'
	refused 1 'not one line' bad <<<'# nothing'
	setting fe limit content 2
	refused 2 'more entries than limit content' bad <<<$'x /a one\nx /b one\nx /c one'
	assert_eq "www $RUN/list entries 1 repeated 0" "$(btcpctl fe content show)" 'content show'
	heads 4 <<<'be2 GET /a HTTP/1.1\r\nHost: x'
	# Content names its pools, as rules do; but not what was refused.
	assert_fails 2 btcpctl fe pool del two
	btcpctl fe pool add three backend be1
	refused 2 'bad:2: ' bad <<<$'x /a three\nx b three'
	btcpctl fe pool del three
	btcpctl fe content del www
	heads 4 <<<'be1 GET /a HTTP/1.1\r\nHost: x'
	assert_fails 3 btcpctl fe content show www
	assert_fails 2 btcpctl fe content del www
	btcpctl fe pool add three backend be1
	btcpctl fe pool del three
}

# urls N POOL: as many lines
urls() {
	awk -v n="$1" -v pool="$2" 'BEGIN { for (i = 0; i < n; i++)
		printf "site-%d.example /%064d.html %s\n", i % 100, i, pool }'
}

# Every request meets the old content or the new one: both have it at be2, the default has not.
content__replaced_while_requests_come() {
	local i
	urls 500 two >"$RUN/first"
	urls 2000 two >"$RUN/second"
	btcpctl fe content load www "$RUN/first"
	defer btcpctl fe content del www
	for ((i = 0; i < 300; i++)); do
		printf 'GET /%064d.html HTTP/1.0\\r\\nHost: site-%d.example\\r\\n\\r\\n\n' "$i" $((i % 100))
	done >"$RUN/requests"
	start asked client sh -c "exec /usr/bin/python3 -B '$CLUSTER/ask.py' $VIP4 80 4 30 <'$RUN/requests'"
	i=0
	while kill -0 "${STARTED[asked]}" 2>/dev/null; do
		btcpctl fe content load www "$RUN/second"
		btcpctl fe content load www "$RUN/first"
		i=$((i + 2))
	done
	finish asked 60
	note "replaced $i times"
	assert_ge "$i" 4 'times replaced'
	assert_eq '300 be2' "$(cut -d' ' -f2 "$RUN/asked.out" | sort | uniq -c | xargs)" 'who answered'
}

# BTCP_CONTENT=1000000 for as many as there should be room for.
content__many() {
	local n=${BTCP_CONTENT:-20000} began
	urls "$n" two >"$RUN/many"
	began=$SECONDS
	btcpctl fe content load www "$RUN/many"
	defer btcpctl fe content del www
	note "$n entries in $((SECONDS - began)) s"
	assert_eq "www $RUN/many entries $n repeated 0" "$(btcpctl fe content show www)" 'content show'
	awk -v n="$n" 'BEGIN { for (i = 0; i < n; i += n / 20) {
		printf "be2 GET /%064d.html HTTP/1.1\\r\\nHost: site-%d.example\n", i, i % 100
		printf "be1 GET /%064d.html HTTP/1.1\\r\\nHost: site-%d.example\n", i, (i + 1) % 100
		printf "be1 GET /%064d.htm HTTP/1.1\\r\\nHost: site-%d.example\n", i, i % 100 } }' | heads 4
}
