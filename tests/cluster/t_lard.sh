# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# LARD against round robin, where it matters: behind each back-end's nginx a small cache, behind
# that an origin far away, and clients ask for twice as much as one cache holds, everything
# equally often.
#
#   LARD_ROUNDS=n    of both, one after the other (1)
#   LARD_SECONDS=n   of each (20)
#
# Leaves hits.csv (policy,round,request,hit) and rounds.csv (policy,round,requests,hits in the
# second half in percent,requests a second) in $BTCP_RESULTS; scripts/bench-lard.sh draws them.
. "$CLUSTER/traffic.sh"

LARD_ROUNDS=${LARD_ROUNDS:-1} LARD_SECONDS=${LARD_SECONDS:-20}
# shellcheck disable=SC2034 # the runner's
CASE_LIMIT=$((120 + 3 * LARD_ROUNDS * LARD_SECONDS))

IP4+=([origin]=10.2.0.9) IP6+=([origin]=fd00:2::9) MAC+=([origin]=02:00:00:00:00:09)
AWAY=50ms FILL=500

_cache_of() {
	mkdir -p "$RUN/$1/more"
	cat >"$RUN/$1/more/cache.conf" <<-END
		log_format cache '\$msec \$upstream_cache_status \$uri';
		proxy_cache_path $RUN/$1/cache keys_zone=small:32k inactive=1h;
		upstream origin {
			server ${IP4[origin]}:80;
			keepalive 32;
		}
		server {
			listen 80;
			listen [::]:80;
			server_name cached.example;
			access_log $RUN/$1/cache.log cache;
			add_header X-Backend $1 always;
			location / {
				proxy_pass http://origin;
				proxy_http_version 1.1;
				proxy_set_header Connection '';
				proxy_cache small;
				proxy_cache_valid 200 1h;
			}
		}
	END
}

# Whatever is asked for, it is 10 kB.
_origin() {
	mkdir -p "$RUN/origin/more"
	cat >"$RUN/origin/more/origin.conf" <<-END
		server {
			listen 80;
			server_name origin;
			access_log off;
			root $WWW;
			location / { rewrite ^ /10k break; }
		}
	END
}

setup() {
	_cache_of be1
	_cache_of be2
	_origin
	cluster_up
	host_up origin
	nginx_start origin
	in_ns origin tc qdisc add dev eth0 root netem delay "$AWAY" limit 10000
	configure_one_pool
}

# cached BACKEND: how much is in its cache
cached() { find "$RUN/$1/cache" -type f | wc -l; }

# What a cache holds is tried out: it is filled until it forgets.
capacity() {
	client curl -sS -f -Z --parallel-max 16 -o /dev/null -H 'Host: cached.example' "$(url 4 "/fill/[1-$FILL]" "$1")"
	cached "$1"
}

# lookups PREFIX: 1 for each request that found its object in a cache, else 0, as they came
lookups() { sort -n "$RUN"/be[12]/cache.log | awk -v prefix="$1" 'index($3, prefix) == 1 { print $2 == "HIT" }'; }

# load POLICY ROUND OBJECTS: both files get their lines; $HITS in the second half, $RATE of requests
load() {
	local prefix=/$1-$2/ count
	client wrk -t 1 -c 8 -d "${LARD_SECONDS}s" -s "$CLUSTER/objects.lua" "$(url 4 /)" -- "$prefix" "$3" "$2" >"$RUN/wrk"
	cat "$RUN/wrk" >&9
	! grep -E 'Non-2xx|Socket errors' "$RUN/wrk" || fail 'not every request was answered'
	lookups "$prefix" >"$RUN/lookups"
	count=$(wc -l <"$RUN/lookups")
	assert_ge "$count" $((2 * $3)) 'requests'
	HITS=$(awk -v from=$((count / 2)) 'NR > from { n++; hits += $1 } END { print int(100 * hits / n) }' "$RUN/lookups")
	RATE=$(awk '$1 == "Requests/sec:" { print $2 }' "$RUN/wrk")
	awk -v what="$1,$2" '{ print what "," NR "," $1 }' "$RUN/lookups" >>"$BTCP_RESULTS/hits.csv"
	printf '%s,%d,%d,%d,%s\n' "$1" "$2" "$count" "$HITS" "$RATE" >>"$BTCP_RESULTS/rounds.csv"
}

lard__finds_what_round_robin_forgets() {
	local objects i even
	objects=$(($(capacity be1) + $(capacity be2)))
	note "objects: $objects, cached: $(cached be1) and $(cached be2)"
	assert_ge $((2 * FILL)) $((objects + 1)) 'filled with'
	for ((i = 1; i <= LARD_ROUNDS; i++)); do
		btcpctl fe pool set some policy wrr
		load wrr "$i" "$objects"
		assert_le 40 "$HITS" 'hits by turns'
		assert_le "$HITS" 60 'hits by turns'
		even=$RATE
		btcpctl fe pool set some policy lard hash url
		load lard "$i" "$objects"
		assert_ge "$HITS" 85 'hits by LARD'
		assert_ge "${RATE%.*}" "${even%.*}" 'requests a second'
	done
	cat "$BTCP_RESULTS/rounds.csv" >&9
}
