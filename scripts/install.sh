#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Install the modules of a release and btcpctl. DESTDIR and PREFIX as usual.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=$("$TOP/scripts/kernels.sh" default)
destination=${DESTDIR:-}/lib/modules/$kernel/updates
install -d "$destination"
install -m 0644 -t "$destination" "$BUILD/$kernel"/*.ko
[[ -n ${DESTDIR:-} ]] || depmod "$kernel"
install -D -m 0755 "$TOP/tools/btcpctl/btcpctl" "${DESTDIR:-}${PREFIX:-/usr/local}/sbin/btcpctl"
say "installed: $destination, ${DESTDIR:-}${PREFIX:-/usr/local}/sbin/btcpctl"
