#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which kernel releases there are to build for and to boot.
#
# usage: kernels.sh list          every supported release with headers here
#        kernels.sh default       $KERNEL, else the running one, else the newest generic;
#                                 KERNEL=debug is the one that debug-kernel.sh builds
#        kernels.sh newest 6.1    the newest generic release of a series
#        kernels.sh headers REL   its build folder
#        kernels.sh image REL     fetches it if need be; prints the folder that holds
#                                 boot/vmlinuz-REL and lib/modules/REL ("/" if installed)
#
# A debug kernel that is not there yet is built when its headers or its image are asked for.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

debug() { "$TOP/scripts/debug-kernel.sh" "$@"; }

# Only this tree's can be built; another's may be in the cache.
debug_built() {
	[[ ! -e $CACHE/kernels/$1/.done ]] || return 0
	[[ $1 == "$(debug release)" ]] || die "no debug kernel $1 here; this tree's is $(debug release)"
	debug build >&2
}

have_headers() { [[ -e /lib/modules/$1/build/Makefile || -e /usr/src/linux-headers-$1/Makefile ]]; }

# 6.1 and 6.12 are what Debian 12 has; other releases may be asked for by KERNEL.
list() {
	local d
	for d in /usr/src/linux-headers-{6.1.,6.12}*-amd64; do
		[[ -e $d/Makefile ]] && printf '%s\n' "${d#/usr/src/linux-headers-}"
	done | sort -V
}

# Of each series and flavour only the newest counts: older headers may linger.
supported() {
	local series flavour
	for series in 6.1 6.12; do
		for flavour in amd64 cloud-amd64 rt-amd64; do
			newest "$series" "$flavour"
		done
	done
}

newest() {
	local series=$1 flavour=${2:-amd64}
	list | grep -E "^${series//./\\.}[.][0-9+a-z-]*[0-9]-$flavour\$" | tail -n 1 ||
		die "no headers of a $series $flavour kernel here: make packages"
}

default() {
	local running
	running=$(uname -r)
	if [[ ${KERNEL:-} == debug ]]; then
		debug release
	elif [[ ${KERNEL:-} == *-debug-* ]]; then
		debug_built "$KERNEL"
		printf '%s\n' "$KERNEL"
	elif [[ -n ${KERNEL:-} ]]; then
		have_headers "$KERNEL" || die "KERNEL=$KERNEL: no headers of that release here (have: $(list | tr '\n' ' '))"
		printf '%s\n' "$KERNEL"
	elif have_headers "$running"; then
		printf '%s\n' "$running"
	else
		list | grep -Ev -- '-(cloud|rt)-' | tail -n 1 |
			grep . || die "no kernel headers here: make packages"
	fi
}

headers() {
	local d
	if [[ $1 == *-debug-* ]]; then
		debug_built "$1"
		printf '%s\n' "$CACHE/kernels/$1/lib/modules/$1/build"
		return
	fi
	for d in "/lib/modules/$1/build" "/usr/src/linux-headers-$1"; do
		[[ -e $d/Makefile ]] || continue
		printf '%s\n' "$d"
		return
	done
	die "no headers of $1 here: make packages"
}

image() {
	local release=$1 folder=$CACHE/kernels/$1
	[[ $release != *-debug-* ]] || debug_built "$release"
	if [[ -r /boot/vmlinuz-$release && -e /lib/modules/$release/modules.dep ]]; then
		printf '/\n'
		return
	fi
	if [[ ! -e $folder/lib/modules/$release/modules.dep ]]; then
		with_lock "kernel-$release" "$TOP/scripts/unpack-package.sh" "linux-image-$release" "$folder" >&2
		# An installation would have done this.
		depmod -b "$folder" "$release"
	fi
	printf '%s\n' "$folder"
}

case ${1:-} in
list) supported ;;
default) default ;;
newest | headers | image) "$@" ;;
*) die "usage: kernels.sh list | default | newest SERIES [FLAVOUR] | headers RELEASE | image RELEASE" ;;
esac
