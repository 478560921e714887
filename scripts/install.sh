#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Install the modules of a release and btcpctl with what belongs to it. DESTDIR and PREFIX as usual.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=$("$TOP/scripts/kernels.sh" default)
destination=${DESTDIR:-}/lib/modules/$kernel/updates
install -d "$destination"
install -m 0644 -t "$destination" "$BUILD/$kernel"/*.ko
[[ -n ${DESTDIR:-} ]] || depmod "$kernel"
"$TOP/scripts/build-btcpctl.sh" install DESTDIR="${DESTDIR:-}" PREFIX="${PREFIX:-/usr/local}"
say "installed: $destination, ${DESTDIR:-}${PREFIX:-/usr/local}/sbin/btcpctl"
