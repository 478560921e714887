#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh DIR TEST... - run test programs, sum up what they say in TAP, and end with one line.
#
# A program is judged by its plan: a case that it announced and never reported has failed, since
# that is what a crash in the middle looks like.

set -u
dir=$1
shift
passed=0 failed=0 skipped=0

for test in "$@"; do
	tap=$dir/$test.tap
	CMOCKA_MESSAGE_OUTPUT=TAP "$dir/$test" >"$tap" 2>"$dir/$test.err"
	status=$?
	counts=$(awk -v status=$status '
		/^1\.\.[0-9]+$/ { plan += substr($0, 4) }
		/^ok [0-9]+/ { ok++ }
		/^not ok [0-9]+ # SKIP/ { skip++; next }
		/^not ok [0-9]+/ { bad++ }
		END {
			if (plan > ok + bad + skip)
				bad = plan - ok - skip
			if (!bad && (status || !plan))
				bad = 1
			print ok + 0, bad + 0, skip + 0
		}' "$tap")
	read -r ok bad skip <<-EOF
		$counts
	EOF
	echo "  TEST    $test: $ok passed, $bad failed, $skip skipped"
	if [ "$bad" -gt 0 ]; then
		grep -v '^ok ' "$tap"
		head -n 40 "$dir/$test.err"
	fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
