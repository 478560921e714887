#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The manual pages: well formed, and of the commands that there are. Says so in TAP.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
btcpctl=$top/tools/btcpctl/btcpctl
pages=("$top/tools/btcpctl/btcpctl.8" "$top/docs/man/btcp.7")
count=0

# verdict NAME COMPLAINTS
verdict() {
	count=$((count + 1))
	if [[ -z $2 ]]; then
		printf 'ok %d - %s\n' "$count" "$1"
	else
		printf 'not ok %d - %s\n' "$count" "$1"
		printf '%s\n' "$2" >&2
	fi
}

# Words of a page, a line for each of its paragraphs
rendered() { mandoc -T ascii -O width=800,indent=0 "$1" | col -bx | sed -E 's/^ +//; s/  +/ /g'; }
nouns() { "$btcpctl" help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p'; }
# What the help of every noun says a command looks like
usages() {
	local noun
	for noun in $(nouns); do
		"$btcpctl" "$noun" help | sed -En '/^$/q; s/^(Usage:)? *btcpctl //p'
	done
}

echo "1..$((${#pages[@]} + 4))"
for page in "${pages[@]}"; do
	# That a page is not installed here is none of its faults.
	verdict "lint__${page##*/}" "$(mandoc -T lint "$page" 2>/dev/null | grep -v 'referenced manual not found')"
done
verdict 'commands__are_as_in_help' "$(comm -23 <(usages | sort) <(rendered "${pages[0]}" | sort))"
verdict 'commands__are_not_few' "$( (($(usages | wc -l) >= 40)) || echo 'help shows less than 40')"
verdict 'notes__are_as_in_help' "$(
	text=$(rendered "${pages[0]}" | tr -s ' \n' ' ')
	for noun in $(nouns); do
		notes=$("$btcpctl" "$noun" help | sed '1,/^$/d' | tr -s ' \n' ' ')
		# What the page has as a paragraph of its own is one line here, too.
		[[ $text == *"${notes% }"* ]] || printf '%s: %s\n' "$noun" "$notes"
	done
)"
verdict 'options__are_as_in_help' "$(
	comm -3 <("$btcpctl" help | grep -oE -- '-[A-Za-z]\[[a-z]+\]' | tr -d '[]' | sort -u) \
		<(rendered "${pages[0]}" | sed -nE 's/^-[A-Za-z], (-[A-Za-z]+).*/\1/p' | sort)
)"
