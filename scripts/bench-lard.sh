#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# LARD against round robin in front of small caches (tests/cluster/t_lard.sh): five rounds of both,
# one after the other; the table and the plot of docs/bench.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

out=$TOP/build/bench/lard
rm -rf "$out"
TEST=t_lard "$TOP/scripts/in-cluster.sh" -t 2400 -o "$out" \
	env LARD_ROUNDS="${ROUNDS:-5}" LARD_SECONDS="${TIME:-40}" tests/cluster/run.sh

# _median LABEL: of the numbers, one a line, and from what to what they go
_median() { sort -n | awk -v label="$1" '{ v[NR] = $1 } END { printf "%s: %s (%s to %s)\n", label, v[int((NR + 1) / 2)], v[1], v[NR] }'; }
for policy in wrr lard; do
	awk -F, -v p="$policy" '$1 == p { print $4 }' "$out/rounds.csv" | _median "$policy: hits, %"
	awk -F, -v p="$policy" '$1 == p { print $5 }' "$out/rounds.csv" | _median "$policy: requests/s"
done
awk -F, '{ rate[$1, $2] = $5; n = $2 } END { for (i = 1; i <= n; i++) printf "%.2f\n", rate["lard", i] / rate["wrr", i] }' \
	"$out/rounds.csv" | _median 'requests by lard for one by wrr, of each round'
gnuplot -e "hits='$out/hits.csv'" -e "out='$TOP/docs/bench/lard.svg'" "$TOP/scripts/bench-lard.gnuplot"
