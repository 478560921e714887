# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Memory that nobody points to any more, as a debug kernel sees it.

KMEMLEAK=/sys/kernel/debug/kmemleak
leaks_can_be_seen() { [[ -w $KMEMLEAK ]]; }

# What is younger than this the kernel does not report.
LEAK_AGE=5
_uptime() { cut -d. -f1 /proc/uptime; }

# assert_no_leaks: waits for what is being freed just now. Reported is what two scans
# found unreferenced and unchanged, so the first one finds nothing new.
assert_no_leaks() {
	local began
	began=$(_uptime)
	echo scan >"$KMEMLEAK"
	assert_soon $((LEAK_AGE + 5)) value_ge $((began + LEAK_AGE + 1)) _uptime
	echo scan >"$KMEMLEAK"
	echo scan >"$KMEMLEAK"
	assert_eq '' "$(cat "$KMEMLEAK")" "memory that nobody points to"
}
