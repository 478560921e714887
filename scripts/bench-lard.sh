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

# _spread COLUMN <"POLICY VALUE" lines: median (least to greatest) of each policy
_spread() {
	sort -t, -k1,1 -k"$1","$1"n "$out/rounds.csv" | awk -F, -v c="$1" '
		{ n[$1]++; value[$1, n[$1]] = $c }
		END {
			for (p in n) printf "%s %s (%s to %s)\n", p, value[p, int((n[p] + 1) / 2)], value[p, 1], value[p, n[p]]
		}' | sort
}
join <(_spread 4 | sed 's/ /\t/') <(_spread 5 | sed 's/ /\t/') -t $'\t' |
	awk -F'\t' 'BEGIN { print "| policy | hits, % | requests/s |\n|---|---|---|" } { print "| " $1 " | " $2 " | " $3 " |" }' |
	tee "$out/table.md"
gnuplot -e "hits='$out/hits.csv'" -e "out='$TOP/docs/bench/lard.svg'" "$TOP/scripts/bench-lard.gnuplot"
