# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Request heads as they come: long, in pieces, again, wrong; and the front-end's own answers.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	cluster_configure
	short_timeouts
}

# -- heads that are served -----------------------------------------------------------

# The server must have it to the last byte: it logs how long the request was.
_cookies() {
	local f size
	printf 'header = "Cookie: a=%s"\n' "$(head -c 15000 "$WWW/100k" | base64 -w 0 | tr '+/=' 'xyz')" >"$RUN/cookies"
	log_clear be2
	for f in 4 6; do
		size=$(client curl -sS -m 20 -f -o "$RUN/got" -K "$RUN/cookies" -w '%{size_request}' "$(url "$f" /img/1k)")
		assert_ge "$size" 20000 'bytes in the request'
		assert_same_file "$WWW/1k" "$RUN/got"
		assert_soon 5 value_is 1 log_count be2 "^200 .GET /img/1k HTTP/1.[01]. $(address client "$f") [0-9]+ [0-9]+ 1 $size 1024\$"
	done
}
head__20k_of_cookies() { both_modes _cookies; }

IMG='GET /img/1k HTTP/1.1\r\nHost: x\r\nUser-Agent: one byte\r\n\r\n'

_byte_by_byte() {
	local f
	for f in 4 6; do
		pcap_start bytes client eth0 tcp dst port 80
		assert_eq '200 be2 1024 complete' "$(speak "$f" "bytes:$IMG" "response:$RUN/got")" "answer, IPv$f"
		assert_same_file "$WWW/1k" "$RUN/got"
		pcap_stop bytes
		# Each byte really was a segment.
		assert_ge "$(pcap_count bytes "$HAS_PAYLOAD")" "$(printf %b "$IMG" | wc -c)" 'segments with payload'
	done
}
head__one_byte_a_segment() { both_modes _byte_by_byte; }

# In the path, in the method, in the last end of a line
_split() {
	local f
	for f in 4 6; do
		assert_eq '200 be2 1024 complete 200 be2 1024 complete 200 be2 1024 complete' "$(speak "$f" \
			'send:GET /im' acked 'send:g/1k HTTP/1.1\r\nHost: x\r\n\r\n' response / \
			'send:GE' acked 'send:T /img/1k HTTP/1.1\r\nHost: x\r\n\r\n' response / \
			'send:GET /img/1k HTTP/1.1\r\nHost: x\r\n\r' acked 'send:\n' response | xargs)" "answers, IPv$f"
	done
}
head__split_in_the_request_line() { both_modes _split; }

# What each is, and the steps. The whole request is 55 bytes long.
PIECES=(
	'retransmitted:0+20 0+20 acked:20 20+'
	'retransmitted whole:0+ 0+'
	'overlapping:0+20 10+20 25+'
	'overlapping what is acknowledged:0+20 acked:20 5+30 acked:35 0+'
	'the last first:30+ 0+30'
	'out of order:40+ 20+20 0+20'
	'out of order, one byte missing:1+ 0+1'
	'within one another:10+5 5+30 0+10 30+'
	'behind an acknowledged beginning:0+10 acked:10 30+ 20+5 10+25'
)
_pieces() {
	local f p words
	raw_client
	for f in 4 6; do
		words=()
		for p in "${PIECES[@]}"; do
			# shellcheck disable=SC2206 # words of a command
			words+=(/ ${OFFER:-} syn ack ${p#*:} finish "save:$RUN/raw.${#words[@]}")
		done
		rm -f "$RUN"/raw.*
		raw "$f" "$1" "$IMG" "${words[@]:1}" >"$RUN/said"
		assert_eq "${#PIECES[@]}" "$(grep -c '^fin ' "$RUN/said")" "of them ended well, IPv$f ($(xargs <"$RUN/said"))"
		for p in "$RUN"/raw.*; do
			assert_match $'^HTTP/1.[01] 200 OK\r' "$(head -n 1 "$p" | tr -d '\0')" "$p, IPv$f"
			tail -c 1024 "$p" | cmp - "$WWW/1k" || fail "$p, IPv$f: the body differs"
			grep -a -q 'X-Backend: be2' "$p" || fail "$p, IPv$f: went elsewhere"
		done
	done
}
# Ports are not used twice: without timestamps a new connection's number may be behind that of the
# one that TIME_WAIT remembers, which any TCP refuses.
head__pieces_again_over_one_another_and_out_of_order() { _pieces 20000; }
head__the_same_pieces_staged() {
	setting fe limit one_shot 0
	_pieces 20100
}
head__the_same_pieces_without_options() {
	OFFER='no-ts no-sack'
	_pieces 20200
}

# A head that arrived whole, and again, and again before the back-end has it, is one request.
head__repeated_before_it_was_acknowledged_is_one_request() {
	local f
	raw_client
	log_clear be1 be2
	netem fe eth0 delay 50ms
	for f in 4 6; do
		raw "$f" "$((20300 + f))" "$IMG" syn ack 0+ 0+ 0+ 0+ finish
	done
	assert_soon 5 value_is 2 log_count be2 'GET /img/1k '
	assert_flows_end
	assert_eq 2 "$(log_count be2 'GET /img/1k ')" requests
}

_absolute() {
	local f
	for f in 4 6; do
		assert_eq be2 "$(get "$f" /1k --request-target 'http://www.example.com/img/1k')" 'absolute form, by its path'
		assert_same_file "$WWW/1k" "$RUN/got"
		assert_eq be2 "$(get "$f" /1k --request-target 'HTTP://x:80/img/1k?a=/b')" 'absolute form, with a query'
	done
}
head__absolute_form() { both_modes _absolute; }

_post() {
	local f n first
	for f in 4 6; do
		pcap_start post client eth0 tcp port 80
		for n in 500 20000 102400; do
			rm -f "$RUN"/be?/bodies/*
			{
				printf 'POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n' "$n"
				head -c "$n" "$WWW/100k"
			} >"$RUN/post"
			assert_match '^200 be[12] [0-9]+ complete$' "$(speak "$f" "file:$RUN/post" "response:$RUN/got")" "answer to $n bytes, IPv$f"
			assert_eq "$n" "$(cat "$RUN/got")" 'length that the server got'
			cmp "$(find "$RUN"/be?/bodies -type f)" <(head -c "$n" "$WWW/100k") || fail "the body of $n bytes differs"
		done
		pcap_stop post
		# Each first segment had both: of every connection the first with sequence number 1, which
		# is what tcpdump calls it, once it has seen the SYN/ACK.
		first=$(pcap_show post | sed -n 's/.*\.\([0-9]*\) > [^ ]*\.80: .*, seq 1:\([0-9]*\),.*/\1 \2/p' |
			awk '!seen[$1]++ { print $2 }' | xargs)
		assert_match '^5[0-9]{2} [0-9]{4,} [0-9]{4,}$' "$first" 'bytes in the first segments'
	done
}
head__post_with_its_body_in_the_same_segment() { both_modes _post; }

_expect() {
	local f
	for f in 4 6; do
		client curl -sS -v -m 20 -f -H 'Expect: 100-continue' --expect100-timeout 15 -T "$WWW/1m" "$(url "$f" "/upload/expect$f$1")" >"$RUN/got" 2>"$RUN/verbose"
		assert_uploaded "expect$f$1" 1m
		assert_match '< HTTP/1.1 100 Continue' "$(cat "$RUN/verbose")" 'the interim answer'
	done
}
head__expect_100_continue() {
	requests first
	defer requests auto
	_expect one
	setting fe limit one_shot 0
	_expect two
}

# Under "once" the server may be asked as HTTP/1.0, which knows no 100: the client sends
# the body when it has waited.
head__expect_under_requests_once() {
	local f
	requests once
	defer requests auto
	for f in 4 6; do
		client curl -sS -m 20 -f -H 'Expect: 100-continue' --expect100-timeout 1 -T "$WWW/1m" "$(url "$f" "/upload/once$f")" >"$RUN/got"
		assert_uploaded "once$f" 1m
	done
}

# -- answers of the front-end's own ------------------------------------------------------

# expect 4|6 <<TABLE: "STATUS REQUEST" a line. An answer of its own has no X-Backend, is
# complete and followed by the end of the connection.
expect() {
	local table
	table=$(cat)
	cut -d' ' -f2- <<<"$table" | ask "$1" 6 15 >"$RUN/answers"
	paste -d' ' "$RUN/answers" <(cut -c1-70 <<<"$table") >&9
	assert_eq "$(cut -d' ' -f1 <<<"$table" | xargs)" "$(cut -d' ' -f1 "$RUN/answers" | xargs)" "statuses, IPv$1"
	assert_eq '' "$(grep -E '^4|^503' "$RUN/answers" | grep -v ' - [0-9]* complete eof$' || true)" 'answers that are not complete, or do not end'
}

# What a server would answer itself is not to be taken for the front-end's: paths exist.
MALFORMED='400 GET /1k HTTP/1.1\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n
400 GET http://a/1k HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost:\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a b\r\n\r\n
400 GET /1k HTTP/1.1\nHost: a\n\n
400 GET /1k HTTP/1.1\r\nHost: a\nX: y\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a\r\nX: y\x00z\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost : a\r\n\r\n
400 GET /1k HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n
400 GET /1k\r\n\r\n
400 GET /../1k HTTP/1.1\r\nHost: a\r\n\r\n
400 GET /img/../../1k HTTP/1.1\r\nHost: a\r\n\r\n
400 GET /%2e%2e/1k HTTP/1.1\r\nHost: a\r\n\r\n
400 GET /1k%00 HTTP/1.1\r\nHost: a\r\n\r\n
400 GET /1k%zz HTTP/1.1\r\nHost: a\r\n\r\n
400 GET /1k%2 HTTP/1.1\r\nHost: a\r\n\r\n
431 GET /1k HTTP/1.1\r\nHost: a\r\nX: <66560*y>\r\n\r\n
431 GET /1k HTTP/1.1\r\nHost: a\r\n<66560*X>: y\r\n\r\n
431 GET /1k HTTP/1.1\r\nHost: a\r\n<129*X: y\r\n>\r\n
431 GET /<66560*y> HTTP/1.1\r\nHost: a\r\n\r\n
200 GET /1k HTTP/1.0\r\n\r\n
200 GET /1k HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n
200 GET /1k HTTP/1.1\r\nHost: a\r\n<100*X: y\r\n>\r\n'

_malformed() {
	local f
	for f in 4 6; do
		expect "$f" <<<"$MALFORMED"
	done
}
answer__400_and_431() {
	log_clear be1 be2
	both_modes _malformed
	# The servers saw only what is theirs.
	assert_eq "$((3 * 4))" "$(cat "$(access_log be1)" "$(access_log be2)" | wc -l)" 'requests that the servers saw'
}

# Nothing here counts a body, and a connection has one server: what there is to say to these is
# the server's, nginx's here.
SERVERS='400 POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n
400 POST /post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n
400 POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd
400 POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nabc
501 POST /post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc
200 GET /1k HTTP/1.1\r\nHost: a\r\n<20000*X>: y\r\n\r\n'

answer__the_servers_own_where_it_reads_more() {
	local f before
	requests first
	defer requests auto
	for f in 4 6; do
		before=$(counter fe frontend answer_400)
		cut -d' ' -f2- <<<"$SERVERS" | ask "$f" 6 15 >"$RUN/answers"
		paste -d' ' "$RUN/answers" <(cut -c1-70 <<<"$SERVERS") >&9
		assert_eq "$(cut -d' ' -f1 <<<"$SERVERS" | xargs)" "$(cut -d' ' -f1 "$RUN/answers" | xargs)" "statuses, IPv$f"
		assert_eq "$before" "$(counter fe frontend answer_400)" "the front-end's own 400s"
	done
}

answer__404_without_a_rule() {
	local f
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool all
	for f in 4 6; do
		expect "$f" <<-'END'
			404 GET /1k HTTP/1.1\r\nHost: a\r\n\r\n
			404 POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n<10000*x>
			404 GET /img HTTP/1.1\r\nHost: a\r\n\r\n
			200 GET /img/1k HTTP/1.1\r\nHost: a\r\n\r\n
		END
	done
}

# _lifetimes CAPTURE: of each connection, in the order of their SYNs, "NAME MILLISECONDS" from
# the client's ACK to the end that the front-end put to it
_lifetimes() {
	pcap_show "$1" -tt | awk '
		{ match($0, /length [0-9]+: /); split(substr($0, RSTART + RLENGTH), word, " ") }
		word[3] ~ /\.80:$/ && word[5] == "[.]," && !(word[1] in since) { since[word[1]] = $1 }
		word[1] ~ /\.80$/ && word[5] ~ /^\[[FR]/ {
			sub(/:$/, "", word[3])
			if (!seen[word[3]]++) print word[3], int(($1 - since[word[3]]) * 1000)
		}'
}

# It is the head's time that counts, not the pause between two bytes.
answer__408_when_the_head_is_slow() {
	local f who ms
	setting fe timeout head 2s
	pcap_start slow client eth0 tcp port 80
	for f in 4 6; do
		start "half$f" client "${SPEAK[@]}" "$(address vip "$f")" 80 'send:GET /1k HTTP/1.1\r\nHost:' response end
		start "trickle$f" client "${SPEAK[@]}" "$(address vip "$f")" 80 'send:GET /1k HTTP/1.1\r\nHost: x\r\nX: ' acked \
			send:y acked send:y acked send:y acked response end
		start "silent$f" client "${SPEAK[@]}" "$(address vip "$f")" 80 connect end
	done
	for f in 4 6; do
		finish "half$f" 15
		finish "trickle$f" 15
		finish "silent$f" 15
		assert_match $'^408 - [0-9]+ complete\neof 0$' "$(cat "$RUN/half$f.out")" "answer to half a head, IPv$f"
		assert_match $'^408 - [0-9]+ complete\neof 0$' "$(cat "$RUN/trickle$f.out")" "answer to a trickle, IPv$f"
		# Never a byte: no answer, just the end.
		assert_match '^(eof|reset) 0$' "$(cat "$RUN/silent$f.out")" "end of a silent connection, IPv$f"
	done
	pcap_stop slow
	_lifetimes slow >"$RUN/lifetimes"
	cat "$RUN/lifetimes" >&9
	assert_eq 6 "$(wc -l <"$RUN/lifetimes")" 'connections that were ended'
	while read -r who ms; do
		assert_ge "$ms" 1900 "milliseconds that $who had"
		assert_le "$ms" 4000 "milliseconds that $who had"
	done <"$RUN/lifetimes"
	assert_soon 10 value_is 0 counter fe frontend half_open
}

answer__503_without_back_ends() {
	local f
	for be in be1 be2; do
		btcpctl fe backend set "$be" admin drain
		defer btcpctl fe backend set "$be" admin up
	done
	for f in 4 6; do
		expect "$f" <<-'END'
			503 GET /1k HTTP/1.1\r\nHost: a\r\n\r\n
			503 GET /img/1k HTTP/1.1\r\nHost: a\r\n\r\n
			503 POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n<10000*x>
		END
	done
}

answer__503_when_all_servers_are_stopped() {
	local f be
	for be in be1 be2; do
		nginx_stop "$be"
		defer server_back "$be"
	done
	for f in 4 6; do
		expect "$f" <<-'END'
			503 GET /1k HTTP/1.1\r\nHost: a\r\n\r\n
			503 GET /img/1k HTTP/1.1\r\nHost: a\r\n\r\n
		END
	done
}

# What the client still sends is swallowed, lest an RST eat the answer.
answer__survives_what_the_client_still_sends() {
	local f
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool all
	for f in 4 6; do
		assert_match $'^404 - [0-9]+ complete\neof' "$(speak "$f" 'send:POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n' \
			"send:<50000*x>" response end)" 'answer to a POST that goes on'
	done
}

# An answer that nine times does not arrive is sent a tenth time: within the 2 s of
# timeout answer, which is for what the client sends behind it, there is no time for that.
answer__again_and_again_until_it_arrives() {
	local f
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool all
	for f in 4 6; do
		firewall client <<-END
			table inet lossy {
				counter lost {}
				chain input {
					type filter hook input priority 0; policy accept;
					tcp sport 80 tcp flags & (fin | syn) == fin numgen inc mod 1000000 < 9 counter name lost drop
				}
			}
		END
		assert_match $'^404 - [0-9]+ complete\neof' \
			"$(speak "$f" limit:40 'send:GET /none HTTP/1.1\r\nHost: x\r\n\r\n' response end)" "answer, IPv$f"
		assert_eq 9 "$(nft_count client lost)" 'copies lost'
	done
}

_lossy_answers() {
	local f
	for f in 4 6; do
		{
			for _ in 1 2 3 4 5; do
				printf '%s\n' '400 GET /1k HTTP/1.1\r\n\r\n' '404 GET /none HTTP/1.1\r\nHost: a\r\n\r\n' \
					'431 GET /img/1k HTTP/1.1\r\nHost: a\r\nX: <66560*y>\r\n\r\n' \
					'503 GET /img/1k HTTP/1.1\r\nHost: a\r\n\r\n'
			done
		} >"$RUN/table"
		cut -d' ' -f2- "$RUN/table" | ask "$f" 20 40 >"$RUN/answers"
		paste -d' ' "$RUN/answers" <(cut -c1-50 "$RUN/table") >&9
		assert_eq "$(cut -d' ' -f1 "$RUN/table" | xargs)" "$(cut -d' ' -f1 "$RUN/answers" | xargs)" 'statuses'
		assert_eq '' "$(grep -v ' - [0-9]* complete ' "$RUN/answers" || true)" 'answers that are not complete'
	done
}
answer__complete_with_10_percent_loss() {
	btcpctl fe rule del www default
	defer btcpctl fe rule add www pool all
	btcpctl fe backend set be2 admin drain
	defer btcpctl fe backend set be2 admin up
	# 66 KB may take longer than a head has.
	setting fe timeout head 60s
	netem client eth0 loss 10%
	netem router eth0 loss 10%
	_lossy_answers
}
