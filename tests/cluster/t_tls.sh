# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Services that are not HTTP: TLS by what its ClientHello says, and anything else, where the
# server may speak first. be1 and be2 are the only members of pools one and two, of greet1 and
# greet2, and of echo1 and echo2; those of be1 are the defaults.
. "$CLUSTER/traffic.sh"

# Hellos of real clients, as captured
HELLOS=$BTCP_TOP/tests/fuzz/corpus/tls_hello

setup() {
	local be dir f
	local vips=() port
	mkdir -p "$RUN"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=www.example.com -keyout "$RUN/tls.key" -out "$RUN/tls.crt"
	for be in be1 be2; do
		dir=$RUN/$be/more
		mkdir -p "$dir"
		cat >"$dir/tls.conf" <<-END
			server {
				listen 443 ssl;
				listen [::]:443 ssl ipv6only=on;
				ssl_certificate $RUN/tls.crt;
				ssl_certificate_key $RUN/tls.key;
				add_header X-Backend $be always;
				root $WWW;
			}
		END
	done
	cluster_up
	modules_load
	for port in 443 25 7; do vips+=(vip "$VIP4:$port" vip "[$VIP6]:$port"); done
	for be in be1 be2; do
		serve_plain "$be" 25 greet
		btcpctl "$be" frontend add fe addr "${IP4[fe]}" "${vips[@]}" key "$(key "$be")"
	done
	serve_plain be1 7 echo 0
	serve_plain be2 7 echo 60
	btcpctl fe -batch - <<-END
		service add tls ${vips[*]:0:4} proto tls
		service add greet ${vips[*]:4:4} proto tcp
		service add echo ${vips[*]:8:4} proto tcp
		$(members be 443)
		$(members greet 25)
		$(members echo 7)
		pool add one backend be1
		pool add two backend be2
		rule add tls pref 10 sni www.example.com pool two
		rule add tls pref 20 sni '*.Wild.example' pool two
		rule add tls pref 30 alpn acme-tls/1 pool two
		rule add tls pool one
		rule add greet pool greet1
		rule add echo pool echo1
	END
	for be in {be,greet,echo}{1,2}; do
		for f in 4 6; do
			assert_soon 15 listening "$be" "$f"
		done
	done
}

# serve_plain BACKEND PORT KIND [ARGUMENT]: see serve.py; in both families, until the cluster goes
serve_plain() {
	ip netns exec "$1" env "BACKEND=$1" "PORT=$2" /usr/bin/python3 -B "$CLUSTER/serve.py" :: "$RUN/plain.$1.$2" "${@:3}" </dev/null >"$RUN/plain.$1.$2.out" 2>&1 9>&- &
}

# members NAME PORT: commands for back-ends NAME1 and NAME2, and pools of one each
members() {
	local n
	for n in 1 2; do
		printf 'backend add %s addr %s:%s addr [%s]:%s key %s\n' "$1$n" "${IP4[be$n]}" "$2" "${IP6[be$n]}" "$2" "$(key "be$n")"
		[[ $1 == be ]] || printf 'pool add %s backend %s\n' "$1$n" "$1$n"
	done
}

# said 4|6 PORT STEP…: see speak.py
said() { tool client speak "$(address vip "$1")" "${@:2}"; }

# counters FILE…: their values, one a line
counters() { ip netns exec fe cat "${@/#//sys/class/btcp/frontend/statistics/}"; }
# counted "NAME=N…" COMMAND…: the front-end counts just so much more of each
counted() {
	local pairs before after now=() i
	read -ra pairs <<<"$1"
	mapfile -t before < <(counters "${pairs[@]%=*}")
	"${@:2}"
	mapfile -t after < <(counters "${pairs[@]%=*}")
	for i in "${!pairs[@]}"; do
		now+=("${pairs[i]%=*}=$((after[i] - before[i]))")
	done
	assert_eq "$1" "${now[*]}" 'counted'
}

# no_default SERVICE POOL: until the case ends
no_default() {
	btcpctl fe rule del "$1" default
	defer btcpctl fe rule add "$1" pool "$2"
}

# hellos 4|6 <<TABLE: "WHO PROTOCOL SNI ALPN WORD…" a line, see tls.py
hellos() {
	local table
	table=$(cat)
	cut -d' ' -f3- <<<"$table" | tool client tls "$(address vip "$1")" 443 /1k >"$RUN/answers"
	assert_eq "$table" "$(paste -d' ' <(sed 's/ 1024$//' "$RUN/answers") <(cut -d' ' -f3- <<<"$table"))" "who has what, IPv$1"
}

sni__names_protocols_and_pieces() {
	counted 'handoffs=13 tls_no_sni=2 tls_no_hello=0 tls_malformed=0' hellos 4 <<-'END'
		be2 - www.example.com -
		be2 http/1.1 WWW.EXAMPLE.com h2,http/1.1
		be1 - example.com -
		be1 - a.www.example.com -
		be2 - a.wild.example -
		be2 - b.a.WILD.example -
		be1 - wild.example -
		be1 http/1.1 - h2,http/1.1
		be2 http/1.1 - acme-tls/1,http/1.1
		be2 - www.example.com - segments:1
		be2 http/1.1 www.example.com http/1.1 records:1
		be2 http/1.1 www.example.com http/1.1 pad:2300 records:100 segments:99
		be2 http/1.1 www.example.com http/1.1 pad:16389
	END
	counted 'handoffs=5 tls_no_sni=1 tls_no_hello=0 tls_malformed=0' hellos 6 <<-'END'
		be2 - a.wild.example -
		be1 http/1.1 - h2,http/1.1
		be2 http/1.1 www.example.com http/1.1 records:1
		be2 http/1.1 www.example.com http/1.1 pad:2300
		be2 http/1.1 www.example.com http/1.1 pad:16389
	END
	counted 'refused_too_long=1 handoffs=0' hellos 4 <<-'END'
		alert TLSV1_UNRECOGNIZED_NAME www.example.com http/1.1 pad:16400
	END
	# However the head goes to the back-end
	setting fe limit one_shot 0
	counted 'staged=2 handoffs=2' hellos 6 <<-'END'
		be2 - www.example.com - segments:100
		be2 http/1.1 www.example.com http/1.1 pad:2300 records:512
	END
}

# curl and s_client as they are, and the front-end has nothing of what they get
sni__real_clients_directly() {
	local f before
	for f in 4 6; do
		before=$(link_bytes fe eth0 tx)
		assert_eq be2 "$(client curl -sSk -m 60 -o "$RUN/got" -D - --connect-to "::[$(address vip "$f")]:443" https://www.example.com/1m |
			sed -n 's/^X-Backend: \(.*\)\r$/\1/p')" "curl, IPv$f"
		assert_same_file "$WWW/1m" "$RUN/got" '1m by TLS'
		assert_le $(($(link_bytes fe eth0 tx) - before)) 300000 'bytes that the front-end has sent'
	done
	printf 'GET /1k HTTP/1.0\r\n\r\n' | client openssl s_client -quiet -ign_eof -connect "$VIP4:443" -servername x.wild.example >"$RUN/got" 2>&9
	assert_match $'\r\nX-Backend: be2\r\n' "$(head -n 12 "$RUN/got" | tr -d '\0')" 's_client'
}

# No hello at all goes to the default, which says what it thinks of it.
other__goes_to_the_default() {
	local f two
	# In good frames, but with a name that is none
	LC_ALL=C sed 's/WWW\.Example/WWW\x00Example/' "$HELLOS/openssl-tls12" >"$RUN/malformed"
	for f in 4 6; do
		two=$(counter be2 backend handoffs)
		counted 'handoffs=5 tls_no_hello=2 tls_no_sni=1 tls_malformed=1 tls_ech=1' said "$f" 443 \
			'send:GET /1k HTTP/1.1\r\nHost: www.example.com\r\n\r\n' response / \
			"file:$HELLOS/sslv2" closed / \
			"file:$RUN/malformed" closed / \
			"file:$HELLOS/openssl-no-sni" read:100 / \
			"file:$HELLOS/ech" read:100 >"$RUN/said"
		assert_match '^400 be1 ' "$(head -n 1 "$RUN/said")" 'HTTP'
		assert_eq 'read 100 read 100' "$(tail -n 2 "$RUN/said" | xargs)" 'two server hellos'
		# Of ECH the outer name counts, which is www.example.com.
		assert_eq $((two + 1)) "$(counter be2 backend handoffs)" 'the one with a name'
	done
}

# Whatever the reason, the answer is the alert, and nothing else.
refusal__is_an_alert() {
	local f n
	no_default tls one
	setting fe timeout head 400ms
	btcpctl fe backend set be2 admin drain
	defer btcpctl fe backend set be2 admin up
	for f in 4 6; do
		counted 'refused_no_rule=2 tls_no_sni=1 tls_no_hello=1 refused_late=1 refused_no_backend=1 closed_early=1' said "$f" 443 \
			"file:$HELLOS/openssl-no-sni" "save:$RUN/alert.1" / \
			"file:$HELLOS/sslv2" "save:$RUN/alert.2" / \
			"file:$HELLOS/curl:0+300" "save:$RUN/alert.3" / \
			"file:$HELLOS/openssl-tls13" "save:$RUN/alert.4" / \
			"file:$HELLOS/curl:0+300" fin end >"$RUN/said"
		assert_eq 'eof 7 eof 7 eof 7 eof 7 eof 0' "$(xargs <"$RUN/said")" 'bytes of answers'
		for n in 1 2 3 4; do
			assert_eq 15030300020270 "$(od -An -tx1 "$RUN/alert.$n" | tr -d ' \n')" "alert $n"
		done
	done
	assert_match 'unrecognized name' "$(client openssl s_client -connect "$VIP4:443" -servername other.example </dev/null 2>&1 || true)" 's_client'
}

# -- anything else -----------------------------------------------------------------------

first_bytes__the_server_speaks() {
	local f
	for f in 4 6; do
		# "220 be1\r\n" to who waits, and to who has closed already
		counted 'handoffs=2 first_bytes=2' said "$f" 25 connect read:9 'send:HELO x\r\n' read:8 fin end / fin "save:$RUN/rest" >"$RUN/said"
		assert_eq 'read 9 read 8 eof 0 eof 9' "$(xargs <"$RUN/said")" 'greeted'
		assert_eq $'220 be1\r' "$(<"$RUN/rest")" 'said to who has closed'
	done
	# Who speaks is not kept waiting, however much he says.
	setting fe timeout first_bytes 1h
	for f in 4 6; do
		counted 'handoffs=2 first_bytes=0' said "$f" 25 'send:x' read:10 / "file:$WWW/100k" fin "save:$RUN/rest" >"$RUN/said"
		assert_eq "read 10 eof $((9 + 102400))" "$(xargs <"$RUN/said")" "spoken first, IPv$f"
		assert_same_file "$WWW/100k" <(tail -c +10 "$RUN/rest") 'what comes back'
	done
	setting fe limit one_shot 0
	btcpctl fe rule add greet pref 10 src 10.1.0.0/16 pool greet2
	defer btcpctl fe rule del greet pref 10
	counted 'handoffs=1 staged=1' said 4 25 'send:x' fin "save:$RUN/rest" >&9
	assert_eq $'220 be2\r\nx' "$(<"$RUN/rest")" 'by the address of the client'
}

# Neither side says anything: the connection is to stand all the same, and also where the
# server's kernel keeps it back until there is something to read.
first_bytes__nobody_speaks() {
	local f n before
	defer btcpctl fe rule set echo default pool echo1
	for n in 1 2; do
		btcpctl fe rule set echo default pool "echo$n"
		before=$(counter "be$n" backend handoffs)
		for f in 4 6; do
			start "silent.$f" client "${SPEAK[@]}" "$(address vip "$f")" 7 connect "await:$RUN/go" send:x read:1
		done
		assert_soon 10 value_is $((before + 2)) counter "be$n" backend handoffs
		assert_soon 10 value_is 0 counter fe frontend half_open
		touch "$RUN/go"
		for f in 4 6; do
			finish "silent.$f" 20
			assert_eq 'read 1' "$(<"$RUN/silent.$f.out")" 'what comes back'
		done
		rm "$RUN/go"
	done
}

refusal__of_tcp_is_an_rst() {
	local f
	btcpctl fe backend set greet1 admin drain
	defer btcpctl fe backend set greet1 admin up
	for f in 4 6; do
		counted 'refused_no_backend=1 handoffs=0' said "$f" 25 connect closed >"$RUN/said"
		assert_eq 'reset 0' "$(<"$RUN/said")" "no back-end, IPv$f"
	done
	# The first byte may take its time on a slow machine.
	setting fe timeout first_bytes 20s
	for f in 4 6; do
		counted 'refused_no_backend=1 handoffs=0' said "$f" 25 send:x closed >"$RUN/said"
		assert_eq 'reset 0' "$(<"$RUN/said")" "no back-end, and a byte, IPv$f"
	done
	no_default greet greet1
	counted 'refused_no_rule=1 handoffs=0' said 4 25 send:x closed >"$RUN/said"
	assert_eq 'reset 0' "$(<"$RUN/said")" 'no rule'
}

# -- what is configured -----------------------------------------------------------------

# refused SENTENCE ARGUMENT…
refused() {
	local rc=0
	btcpctl fe "${@:2}" 2>"$RUN/err" || rc=$?
	assert_eq 2 "$rc" "status of ${*:2}"
	assert_match "$1" "$(<"$RUN/err")" "${*:2}"
}

proto__what_it_does_not_know_is_refused() {
	local words
	for words in 'host a.example' 'path /a' 'method GET' 'header a=b' 'cookie a=b'; do
		# shellcheck disable=SC2086 # words of a command
		refused "${words% *} .*: a service of proto tls knows sni, alpn and src" rule add tls pref 99 src ::/0 $words pool one
	done
	refused 'sni "a.example": a service of proto tcp knows src' rule add greet sni a.example pool greet1
	refused 'path "/": a service of proto tls' rule set tls pref 10 path /
	refused 'only of proto http can requests be told apart' service set tls requests once
	refused 'proto: a rule of the service has a condition that this proto does not know' service set tls proto tcp
	printf 'a.example /a one\n' >"$RUN/content"
	refused 'content is by host and path, which only proto http has' content load tls "$RUN/content"
	btcpctl fe service set greet proto tls
	btcpctl fe service set greet proto http requests once
	refused 'only of proto http' service set greet proto tcp
	btcpctl fe service set greet proto tcp requests auto
	assert_match "service add tls vip $VIP4:443 .*proto tls" "$(btcpctl fe save)" save
	assert_eq tls "$(btcpctl fe -j service show tls | jq -r '.[0].proto')" JSON
	assert_eq "tls pref 20 sni '*.wild.example' pool two backend be2" "$(btcpctl fe rule test tls sni a.WILD.example. alpn h2)" 'rule test'
	no_default tls one
	assert_match 'the answer would be the alert unrecognized_name' "$(btcpctl fe rule test tls sni a.example 2>&1 || true)" 'rule test'
}
