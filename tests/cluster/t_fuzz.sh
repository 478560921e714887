# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# TCP that is almost right, made of live connections' packets, at the VIP and at a back-end: who is
# not meant hears nothing of it, and nothing of it stays.
#
#   FUZZ_PACKETS=N   so many (5000), FUZZ_RATE a second (500 on a stock kernel)
#   FUZZ_SEED=N      the same choices again
. "$CLUSTER/traffic.sh"

FUZZ_PACKETS=${FUZZ_PACKETS:-5000} FUZZ_RATE=${FUZZ_RATE:-$((500 / SLOWNESS))}
FUZZ_SEED=${FUZZ_SEED:-$((RANDOM << 15 | RANDOM + 1))}
# shellcheck disable=SC2034 # the runner's
CASE_LIMIT=$((400 + 10 * FUZZ_PACKETS / FUZZ_RATE))

# Connections from these ports must not notice; the others' numbers are known, so they may.
SPARED=30000-30999 OTHERS='31000 31999'

setup() {
	setup_beside_nobody
	nobody_dies
}

front() { counter fe frontend "$1"; }

# A way down and a way up in both families at once, every byte compared
ROUND=0
_round() {
	local f
	for f in 4 6; do
		ROUND=$((ROUND + 1))
		rm -f "$RUN/down$f.got"
		start "down$f" client curl -sS -m 100 -f --local-port $((30000 + ROUND % 500 * 2)) -o "$RUN/down$f.got" "$(url "$f" /slow/1m)"
		start "up$f" client curl -sS -m 100 -f --local-port $((30001 + ROUND % 500 * 2)) --limit-rate 200k -H 'Expect:' \
			-T "$WWW/1m" "$(url "$f" "/upload/fuzz-$ROUND")"
		UPLOADED[f]=fuzz-$ROUND
	done
	for f in 4 6; do
		finish "down$f" 100
		assert_eq 0 "$FINISHED" "status of a download, IPv$f"
		assert_same_file "$WWW/1m" "$RUN/down$f.got" "a download, IPv$f"
		finish "up$f" 100
		assert_eq 0 "$FINISHED" "status of an upload, IPv$f"
		assert_uploaded "${UPLOADED[f]}" 1m
	done
}

_target() { echo "$(address "$1" 4),$(address "$1" 6),$(mac "$2")"; }

fuzz__packets_at_the_vip_and_a_back_end() {
	local f name n told UPLOADED=()
	note "FUZZ_SEED=$FUZZ_SEED"
	only be1
	kernel_setting client net.ipv4.ip_local_port_range "$OTHERS"
	setting fe timeout synack 100ms
	setting fe timeout head 5s
	setting fe timeout idle 5s
	setting be1 timeout idle 5s
	rm -f "$RUN/enough"
	for f in 4 6; do
		start "others$f" client /usr/bin/python3 -B "$CLUSTER/pace.py" "$(address vip "$f")" 80 $((5 / SLOWNESS)) "$RUN/enough" \
			'GET /slow/100k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
		# shellcheck disable=SC2016 # its own
		start "senders$f" client bash -c 'until [[ -e $1 ]]; do curl -s -m 10 --limit-rate 200k -H Expect: -T "$2" "$3"; done' \
			- "$RUN/enough" "$WWW/1m" "$(url "$f" "/upload/others-$f")"
		# Some that are not handed off
		start "slow$f" client /usr/bin/python3 -B "$CLUSTER/slow.py" "$(address vip "$f")" 80 10 "0.$((2 * SLOWNESS))" "$RUN/slow$f" "$(address client "$f")"
		assert_soon 20 test -e "$RUN/slow$f"
	done
	start mutate router "$ATTACK/mutate" eth1 "$(_target vip fe)" "$(_target be1 be1)" "$SPARED" \
		"$FUZZ_PACKETS" "$FUZZ_RATE" "$FUZZ_SEED"
	until _gone "${STARTED[mutate]}"; do
		_round
	done
	finish mutate 5
	assert_eq 0 "$FINISHED" 'status of mutate'
	touch "$RUN/enough"
	for f in 4 6; do
		finish "others$f" 60
		finish "senders$f" 60
		stop "slow$f"
		note "others, IPv$f: $(cut -d' ' -f4,6 "$RUN/others$f.out" | sort | uniq -c | xargs)"
	done
	counters_show
	told=$(<"$RUN/mutate.out")
	read -ra told <<<"$told"
	assert_eq "$FUZZ_PACKETS" "${told[1]}" 'packets sent'
	for ((n = 2; n < ${#told[@]}; n += 2)); do
		assert_ge "${told[n + 1]}" 100 "${told[n]}"
	done
	# They came, and were looked at.
	for name in bad_checksum strays bad_sequence handshake_bad_ack forwarded_packets; do
		assert_ge "$(front "$name")" 1 "$name"
	done
	assert_flows_end_within 60
	_round
	assert_flows_end
}
