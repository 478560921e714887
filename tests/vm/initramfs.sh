#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make a release's initramfs: busybox, init, and the few modules that it takes to
# reach the machine's root over 9p.
#
# usage: initramfs.sh RELEASE IMAGE-FOLDER OUTPUT
set -euo pipefail
. "$(dirname "$0")/../../scripts/lib.sh"

release=$1 image=$2 output=$3
modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/modules"
cp "$(command -v busybox)" "$work/bin/busybox"
ln -s busybox "$work/bin/sh"
install -m 0755 "$TOP/tests/vm/init" "$work/init"

: >"$work/modules.list"
for m in "${modules[@]}"; do
	depends=$(modprobe -d "$image" -S "$release" --show-depends "$m" 2>&1) ||
		die "kernel $release has no module $m (cloud kernels have no 9p: they are built for, not booted)"
	while read -r verb path _; do
		[[ $verb == insmod ]] || continue
		name=$(basename "$path" .xz)
		[[ ! -e $work/modules/$name ]] || continue
		case $path in
		*.xz) xz -dc "$path" >"$work/modules/$name" ;;
		*) cp "$path" "$work/modules/$name" ;;
		esac
		printf '/modules/%s\n' "$name" >>"$work/modules.list"
	done <<<"$depends"
done

(cd "$work" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) >"$output.$$"
mv "$output.$$" "$output"
