#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make demo, inside the VM: requests through the cluster, and for each who answered
# and what of the response crossed the front-end. Whatever is not as claimed fails it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
trap run_deferred EXIT

printf '\nLinux %s. Making the cluster: client, router, front-end, back-ends be1 and be2 …\n' "$(uname -r)"
cluster_up
(cluster_configure) 9>"$RUN/configure.log" || {
	cat "$RUN/configure.log"
	dump_state
	exit 1
}
cat <<-END

	  client --- router --+-- front-end   VIP $VIP4 and $VIP6
	  $(address client 4)            +-- be1         /img/* goes to be2, the rest to both
	                      '-- be2         the back-ends answer by the router

	What is asked                    status  bytes     answered by  who the server   response bytes   all bytes into
	                                         received               says asked       through the      the front-end
	                                                                                 front-end
END

wrong=0
claim() {
	"${@:2}" || {
		printf '    NOT AS CLAIMED: %s\n' "$1"
		wrong=$((wrong + 1))
	}
}

# Payload in any packet that the front-end receives from, or sends as, the VIP or a
# back-end's web server.
from_servers() {
	local filter="tcp src port 80 and $HAS_PAYLOAD and (" who f or=''
	for who in vip be1 be2; do
		for f in 4 6; do
			filter+="${or}src host $(address "$who" "$f")"
			or=' or '
		done
	done
	printf '%s)\n' "$filter"
}
filter=$(from_servers)

measure_start() { pcap_start demo fe eth0 "$filter"; }
# into $through
measure_stop() {
	pcap_stop demo
	through=$(pcap_show demo | sed -n 's/.* length \([0-9]*\)\(:.*\)\{0,1\}$/\1/p' |
		awk '{ n += $1 } END { print n + 0 }')
}

# A measurement that cannot see anything would find nothing, too: one response that
# does go to the front-end, because it asks itself.
for family in 4 6; do
	measure_start
	fe curl -sS -m 10 -o "$RUN/got" "$(url "$family" /1k be1)"
	measure_stop
	claim "what reaches the front-end is seen (IPv$family)" test "$through" -ge 1024
done

declare -A answered
# ask 4|6 PATH WHO [CURL-ARGUMENT…]: WHO is a pattern of who may answer
ask() {
	local family=$1 path=$2 may=$3 facts code bytes who seen through into before size verb=GET
	shift 3
	[[ $* != *-T* ]] || verb=PUT
	log_clear be1 be2
	measure_start
	before=$(link_bytes fe eth0 rx)
	facts=$(client curl -sS -m 60 -o "$RUN/got" -D "$RUN/head" -w '%{http_code} %{size_download}' \
		"$@" "$(url "$family" "$path")") || facts='000 0'
	into=$(($(link_bytes fe eth0 rx) - before))
	measure_stop
	read -r code bytes <<<"$facts"
	who=$(sed -n 's/^X-Backend: \(.*\)\r$/\1/p' "$RUN/head")
	wait_until 5 log_has "${who:-be1}" || true
	seen=$(awk '{ print $5; exit }' "$(access_log "${who:-be1}")")
	printf '%-32s %-7s %-9s %-12s %-16s %-16s %s\n' \
		"$verb $path (IPv$family)" "$code" "$bytes" "${who:-nobody}" "${seen:-?}" "$through" "$into"

	claim 'the request succeeds' test "${code:0:1}" = 2
	# shellcheck disable=SC2053 # a pattern
	claim "$may answers" eval "[[ '${who:-nobody}' == $may ]]"
	claim 'the server sees the client' test "$seen" = "$(address client "$family")"
	claim 'no response byte crosses the front-end' test "$through" = 0
	if [[ $verb == GET ]]; then
		claim 'the response is what the server has' cmp -s "$WWW/${path#/}" "$RUN/got"
		size=$(stat -c %s "$WWW/${path#/}")
		((size < 1000000)) || claim 'into the front-end: less than 5 % of the response' test $((into * 20)) -lt "$size"
	else
		claim 'the upload arrives as sent' cmp -s "$WWW/1m" "$RUN/${who:-be1}$path"
	fi
	answered[${who:-nobody}]=1
}
log_has() { [[ -s $(access_log "$1") ]]; }

ask 4 /1k 'be?'
ask 4 /1k 'be?'
ask 4 /img/1k be2
ask 4 /img/1k be2
ask 6 /1k 'be?'
ask 6 /1k 'be?'
ask 6 /img/5m be2
ask 4 /5m 'be?'
ask 4 /50m 'be?'
ask 6 /upload/from-demo 'be?' -T "$WWW/1m"
printf '\n'
claim 'both back-ends take part' test "${#answered[@]}" = 2 -a -n "${answered[be1]:-}"

cluster_down
modules_unload
if ((wrong)); then
	printf '%d things were not as claimed.\n' "$wrong"
	exit 1
fi
printf 'All as claimed: every answer came straight from a server that never saw the handshake.\n'
