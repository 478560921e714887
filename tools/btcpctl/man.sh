#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# man.sh BTCPCTL <btcpctl.8.in >btcpctl.8 - put the commands that btcpctl has into its manual, as
# its own help tells them.
set -eu
btcpctl=$1

# "Usage:  btcpctl NOUN VERB WORD…" lines, an empty one, notes
section() {
	"$btcpctl" "$1" help | awk -v noun="$1" -v title="$2" '
	# One word: capitals are arguments, a bracket of its own is a delimiter to mdoc
	function word(text,    before, behind, c) {
		while (text ~ /^[[{]/) {
			before = before (text ~ /^\[/ ? " [" : " No { Ns")
			text = substr(text, 2)
		}
		while (balance(text) < 0) {
			c = substr(text, length(text))
			behind = (c == "]" ? " ]" : " Ns No }") behind
			text = substr(text, 1, length(text) - 1)
		}
		if (text != "" && text != "|")
			text = (text ~ /^[a-z]/ ? "Cm " : "Ar ") text
		return before " " text behind
	}
	function balance(text,    open, close_) {
		open = gsub(/[[{]/, "&", text)
		close_ = gsub(/[]}]/, "&", text)
		return open - close_
	}
	# A sentence begins a line, one that explains a word a paragraph; none looks like a macro
	function prose(text,    sentence, i, count, words, n, line) {
		gsub(/\\/, "\\e", text)
		count = split(text, sentence, /  +/)
		for (i = 1; i <= count; i++) {
			if (sentence[i] ~ /^[A-Za-z_]+(, [a-z_]+)*: / && i > 1)
				print ".Pp"
			n = split(sentence[i], words, " ")
			line = ""
			for (j = 1; j <= n; j++) {
				if (length(line words[j]) > 76) {
					print line
					line = ""
				}
				if (line == "" && words[j] ~ /^[.\047]/)
					words[j] = "\\&" words[j]
				line = line (line == "" ? "" : " ") words[j]
			}
			print line
		}
	}
	NR == 1 { printf ".Ss %s: %s\n.Bl -tag -width Ds\n", noun, title }
	notes == 0 && $0 == "" { notes = 1; print ".El\n.Pp"; next }
	!notes {
		sub(/^(Usage:)? *btcpctl /, "")
		line = ".It Ic " $1
		for (i = 2; i <= NF; i++)
			line = line (i == 2 && $i ~ /^[a-z]+$/ ? " " $i : word($i))
		gsub(/  +/, " ", line)
		print line
		next
	}
	{ text = text (text ~ /[.:]$/ ? "  " : text == "" ? "" : " ") $0 }
	END { if (notes) prose(text); else print ".El" }'
}

while IFS= read -r line; do
	if [ "$line" != '.\" COMMANDS' ]; then
		printf '%s\n' "$line"
		continue
	fi
	echo .Sh COMMANDS
	"$btcpctl" help | sed -n 's/^  \([a-z][a-z]*\) */\1 /p' | while read -r noun title; do
		section "$noun" "$title"
	done
done
