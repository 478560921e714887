#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh DIR SECONDS TARGET... - run fuzz targets from a copy of their seeds, and end with one line.

set -u
here=$(dirname "$0")
dir=$1
seconds=$2
shift 2
passed=0 failed=0

for target in "$@"; do
	seeds=$here/corpus/${target#fuzz_}
	corpus=$dir/corpus/$target
	rm -rf "$corpus"
	mkdir -p "$corpus"
	if [ -d "$seeds" ]; then
		cp "$seeds"/* "$corpus"
	fi
	if "$dir/$target" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
			-artifact_prefix="$dir/$target-" "$corpus" >"$dir/$target.log" 2>&1; then
		passed=$((passed + 1))
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$target.log")
		echo "  FUZZ    $target: $runs inputs in $seconds s"
	else
		failed=$((failed + 1))
		echo "  FUZZ    $target: FAILED, input kept in $dir"
		tail -n 60 "$dir/$target.log"
	fi
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
