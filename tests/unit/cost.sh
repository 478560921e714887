#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a look-up costs, in instructions, as callgrind counts them: they are the same on
# every machine and under every load.
#
#   cost.sh FOLDER      with the programs there; by "make -C tests/unit cost"
set -euo pipefail
dir=$1
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# cost FUNCTION PROGRAM SIZE: instructions a call
cost() {
	local lookups
	lookups=$(valgrind -q --tool=callgrind --callgrind-out-file="$out" --toggle-collect="$1" "$dir/$2" "$3" | cut -d' ' -f2)
	awk -v n="$lookups" '$1 == "summary:" { printf "%d\n", $2 / n }' "$out"
}

# growth WHAT TIMES FUNCTION PROGRAM SIZE…: it costs at the last size at most TIMES in 10
# of what it costs at the first
growth() {
	local size first='' now
	for size in "${@:5}"; do
		now=$(cost "$3" "$4" "$size")
		first=${first:-$now}
		printf '  COST    %s among %d: %d instructions\n' "$1" "$size" "$now"
	done
	((now * 10 <= first * $2)) || {
		printf '%s: more than %d/10 of %d\n' "$1" "$2" "$first" >&2
		return 1
	}
}

growth 'a rule' 20 rule_index_match cost_rule_index 10 100 1000 10000 100000
growth 'a URL' 15 content_find cost_content 1000 10000 100000 1000000
