#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Remove what was built in the tree. The cache outside (kernels, initramfs) stays;
# it is told where it is.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cd "$TOP"
rm -rf build
for d in tools/btcpctl tests/unit tests/fuzz tests/attack; do
	[[ ! -e $d/Makefile ]] || make -s -C "$d" clean
done
rm -f -- *.ko *.mod *.mod.c modules.order Module.symvers .*.cmd
find . -path ./.git -prune -o \( -name '*.o' -o -name '.*.cmd' -o -name '*.mod' \) -type f -exec rm -f {} +
[[ ! -d $CACHE ]] || say "left: $CACHE ($(du -sh "$CACHE" | cut -f1))"
