#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Install what is missing from scripts/packages, and say so. Nothing to do costs
# a fraction of a second.
#
# usage: install-packages.sh [SECTION…]     default: all
set -euo pipefail
. "$(dirname "$0")/lib.sh"

sections=("$@")
((${#sections[@]})) || sections=(build headers vm cluster check unpack)

installed() {
	[[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == 'ii '* ]]
}

missing=()
for p in $(packages "${sections[@]}"); do
	case " $(packages unpack | tr '\n' ' ') " in
	*" $p "*) continue ;;
	esac
	installed "$p" || missing+=("$p")
done

# The running kernel's headers make it the default KERNEL; a machine whose
# kernel is not Debian's does without.
if [[ " ${sections[*]} " == *" headers "* && ! -e /lib/modules/$(uname -r)/build ]] &&
	apt-cache show "linux-headers-$(uname -r)" >/dev/null 2>&1; then
	missing+=("linux-headers-$(uname -r)")
fi

if ((${#missing[@]})); then
	command -v apt-get >/dev/null ||
		die "needs Debian's apt to install: ${missing[*]}"
	sudo=()
	if ((EUID)); then
		command -v sudo >/dev/null ||
			die "not root and no sudo; install these as root: ${missing[*]}"
		sudo=(sudo)
	fi
	say "installing ${#missing[@]} packages${sudo:+ (with sudo)}: ${missing[*]}"
	apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
	"${apt[@]}" update
	"${apt[@]}" install --no-install-recommends "${missing[@]}"
fi

# Daemons: the machine's own if it has one, else unpacked beside it.
if [[ " ${sections[*]} " == *" unpack "* ]]; then
	for p in $(packages unpack); do
		command -v "$p" >/dev/null || [[ -e $CACHE/unpacked/$p/.done ]] ||
			with_lock "unpack-$p" "$TOP/scripts/unpack-package.sh" "$p" "$CACHE/unpacked/$p"
	done
fi
