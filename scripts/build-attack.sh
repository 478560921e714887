#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build what the cluster's tests attack with, once at a time however many ask.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

with_lock "attack-$(printf '%s' "$TOP" | sha256sum | cut -c1-16)" \
	make --no-print-directory -s -C "$TOP/tests/attack" "$@"
