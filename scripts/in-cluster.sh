#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build what the cluster needs for a kernel, then run a command in a VM of it.
#
# usage: in-cluster.sh [options of tests/vm/run.sh] COMMAND…
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=$("$TOP/scripts/kernels.sh" default)
# With no module yet, what does not need one can run all the same, and what does says so.
if [[ -e $TOP/Kbuild ]]; then
	"$TOP/scripts/build-modules.sh" "$kernel"
	"$TOP/scripts/build-btcpctl.sh"
	"$TOP/scripts/build-attack.sh"
else
	warn "no Kbuild yet: nothing was built"
fi

options=(-k "$kernel")
while [[ ${1:-} == -* ]]; do
	options+=("$1")
	case $1 in
	-i) ;;
	--) break ;;
	*) options+=("$2") && shift ;;
	esac
	shift
done
say "booting $kernel in a VM"
exec "$TOP/tests/vm/run.sh" "${options[@]}" -- env TEST="${TEST:-}" SHARD="${SHARD:-}" BRIEF="${BRIEF:-}" "$@"
