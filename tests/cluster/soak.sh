#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make soak, inside the VM: all sorts of clients, faults and reconfigurations, drawn from a seed.
# Every byte is compared; what fails without a fault that explains it, and what is not
# back where it began at the end, fails the run.
#
#   soak.sh SECONDS [SEED]
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$CLUSTER/traffic.sh"
exec 9>&1
trap run_deferred EXIT

seconds=$1 seed=${2:-$RANDOM$RANDOM}
WORKERS=12
# So long after a fault that cuts connections may clients still find theirs cut.
GRACE=15
RANDOM=$((seed % 32768))
printf 'soak: %s s, SEED=%s\n' "$seconds" "$seed"

now() { cut -d' ' -f1 /proc/uptime; }
one_of() { local n=$((RANDOM % $#)); echo "${@:n+1:1}"; }
quietly() { "$@" 9>/dev/null; }

# -- faults that no client is to notice, but by waiting ---------------------------------

soft_loss() { shaken "$(one_of client router)" loss $((1 + RANDOM % 2))% delay $((RANDOM % 20))ms; }
soft_disorder() { shaken "$(one_of client router fe be1 be2)" delay 4ms 3ms reorder 30% duplicate 1%; }
# What a front-end and a back-end say to one another is lost, or comes twice
soft_control() { shaken "$(one_of fe be1 be2)" loss 5% duplicate 5%; }
shaken() {
	quietly netem "$1" eth0 "${@:2}"
	nap 4
	netem_clear "$1" eth0
}
soft_drain() { taken_out drain; }
# taken_out drain|down: one back-end, for a while
taken_out() {
	local be
	be=$(one_of be1 be2)
	quietly btcpctl fe backend set "$be" admin "$1"
	nap 3
	quietly btcpctl fe backend set "$be" admin up
}
soft_weight() { quietly btcpctl fe backend set "$(one_of be1 be2)" weight $((1 + RANDOM % 5)); }
soft_rules() {
	local n
	for n in 1 2 3 4 5 6 7 8; do
		quietly btcpctl fe rule add www pref $((20 + n)) path "/img/$n*" pool img
	done
	nap 1
	for n in 1 2 3 4 5 6 7 8; do
		quietly btcpctl fe rule del www pref $((20 + n))
	done
}
soft_staged() {
	quietly btcpctl fe limit set one_shot 0
	nap 4
	quietly btcpctl fe limit set one_shot 65536
}
soft_requests() {
	quietly requests "$(one_of once first)"
	nap 3
	quietly requests auto
}
soft_routes() {
	ip -n fe route flush cache
	ip -n fe -6 route flush cache
	ip -n be1 route flush cache
}

# -- faults that cut connections -----------------------------------------------------------

hard_server() {
	local be
	be=$(one_of be1 be2)
	quietly nginx_stop "$be"
	nap 2
	quietly nginx_start "$be"
}
hard_down() { taken_out down; }
hard_cable() {
	local be
	be=$(one_of be1 be2)
	ip -n lan link set "$be" down
	nap 6
	ip -n lan link set "$be" up
	assert_soon 30 value_is up backend_state "$be"
}
hard_grant() {
	local be
	be=$(one_of be1 be2)
	quietly btcpctl "$be" frontend del fe
	nap 3
	quietly configure_backend "$be"
	assert_soon 30 value_is up backend_state "$be"
}
hard_control() {
	quietly firewall be1 <<-END
		table inet soak {
			chain input {
				type filter hook input priority 0; policy accept;
				udp dport 7689 drop
			}
		}
	END
	nap 6
	firewall_clear be1
	assert_soon 30 value_is up backend_state be1
}

# nap SECONDS: how long a fault lasts, or the peace between two; no check rests on it
nap() { read -rt "$1" -u "$PAUSE" || true; }

names() { compgen -A function "$1_"; }
faults() {
	local until=$1 name began i=0
	while ((SECONDS < until)); do
		i=$((i + 1))
		# One in eight cuts.
		# shellcheck disable=SC2046 # names
		if ((i % 8)); then name=$(one_of $(names soft)); else name=$(one_of $(names hard)); fi
		began=$(now)
		"$name"
		printf '%9s  %s\n' "$began" "$name"
		[[ $name != hard_* ]] || printf '%s %s\n' "$began" "$(now)" >>"$RUN/hard"
		nap 1
	done
}

# -- the run -------------------------------------------------------------------------------

cluster_up
quietly cluster_configure
quietly short_timeouts
: >"$RUN/hard"
begin=$SECONDS

start clients client /usr/bin/python3 -B "$CLUSTER/soak.py" "$seed" "$WORKERS" "$WWW" "$RUN" "$VIP4" "$VIP6"
faults $((begin + seconds))
touch "$RUN/stop"
finish clients 120
assert_eq 0 "$FINISHED" 'status of the clients'

# A failure is explained by a fault that cuts and was there, or just over, while the client was.
awk -v grace="$GRACE" '
	FILENAME == ARGV[1] { from[++n] = $1; to[n] = $2 + grace; next }
	{
		outcome = $4
		if (outcome == "broken")
			for (i = 1; i <= n; i++)
				if ($1 <= to[i] && $2 >= from[i]) outcome = "cut"
		count[$3, outcome]++; all[outcome]++; kinds[$3]
		if (outcome == "broken" || outcome == "wrong") print > "/dev/stderr"
	}
	END {
		printf "%-14s %8s %8s %8s %8s\n", "", "ok", "cut", "broken", "wrong"
		for (k in kinds)
			printf "%-14s %8d %8d %8d %8d\n", k, count[k, "ok"], count[k, "cut"], count[k, "broken"], count[k, "wrong"]
		printf "%-14s %8d %8d %8d %8d\n", "all", all["ok"], all["cut"], all["broken"], all["wrong"]
		exit all["broken"] + all["wrong"] != 0 || !all["ok"]
	}' "$RUN/hard" "$RUN/said" && verdict=0 || verdict=1

uploads=0
while read -r name file; do
	there=$(find "$RUN"/be[12]/upload -name "$name")
	cmp "$there" "$WWW/$file" || verdict=1
	uploads=$((uploads + 1))
done <"$RUN/uploads"
printf '%s uploads compared\n' "$uploads"

# Back where it began: no flow, no opening, nothing of the hand-offs kept; then no reference.
assert_flows_end_within 90
assert_soon 90 value_is 0 counter fe frontend time_wait
counters_show
cluster_down
modules_unload
printf 'flows, openings and references are back where they began\n'
((verdict == 0)) && printf 'soak: clean, SEED=%s\n' "$seed"
exit "$verdict"
