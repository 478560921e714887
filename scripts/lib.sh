# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by every script: where things are, how to speak to the user.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Outside the tree, so that a fresh clone does not download again.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/btcp
# shellcheck disable=SC2034 # used by who sources this
BUILD=$TOP/build

# Plain users have no sbin in their path, and modprobe, depmod, nft live there.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '==> %s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

# with_lock NAME COMMAND…: several runs may share the cache and the build folder.
with_lock() {
	local name=$1 lockfd rc=0
	shift
	mkdir -p "$CACHE/locks"
	exec {lockfd}>"$CACHE/locks/${name//\//_}"
	flock -n "$lockfd" || {
		say "waiting for another run ($name)"
		flock "$lockfd"
	}
	# A child that kept the descriptor would keep the lock.
	("$@") {lockfd}>&- || rc=$?
	exec {lockfd}>&-
	return "$rc"
}

# packages SECTION…: the names in these sections of the list
packages() {
	local want=" $* " section="" line
	while read -r line; do
		case $line in
		'' | '#'*) ;;
		'['*) section=${line//[][]/} ;;
		*) [[ $want != *" $section "* ]] || printf '%s\n' "$line" ;;
		esac
	done <"$TOP/scripts/packages"
}
