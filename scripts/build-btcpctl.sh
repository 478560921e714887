#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build btcpctl, once at a time however many ask.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[[ -e $TOP/tools/btcpctl/Makefile ]] || die "no tools/btcpctl/Makefile: nothing to build"
with_lock "btcpctl-$(printf '%s' "$TOP" | sha256sum | cut -c1-16)" \
	make --no-print-directory -s -C "$TOP/tools/btcpctl" "$@"
