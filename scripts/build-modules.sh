#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the modules for a kernel release in build/RELEASE, from a copy of the
# sources, so that the kernels do not disturb each other. Nothing changed: nothing
# is built.
#
# usage: build-modules.sh RELEASE [MAKE-ARGUMENT…]
#        build-modules.sh --strict RELEASE     W=1, and any warning is an error
set -euo pipefail
. "$(dirname "$0")/lib.sh"

modules=(handoff.ko btcp_frontend.ko btcp_backend.ko)

strict=''
[[ ${1:-} != --strict ]] || { strict=1 && shift; }
release=$1
shift
headers=$("$TOP/scripts/kernels.sh" headers "$release")
folder=$BUILD/$release
[[ -z $strict ]] || folder=$BUILD/strict/$release

sources() {
	(cd "$1" && find Kbuild btcp bip handoff include \
		\( -name '*.[chS]' -o -name Kbuild -o -name Makefile -o -name '*.mk' \) \
		! -name '*.mod.c' -type f 2>/dev/null | sort)
}

build() {
	local f stamp log=$folder/build.log
	[[ -e $TOP/Kbuild ]] || die "no Kbuild in $TOP: nothing to build"
	mkdir -p "$folder"
	# Only what changed is copied, lest make build the rest again; what is no
	# longer a source must not linger.
	comm -13 <(sources "$TOP") <(sources "$folder") | (cd "$folder" && xargs -r rm -f)
	for f in $(sources "$TOP"); do
		cmp -s "$TOP/$f" "$folder/$f" || install -D -m 0644 "$TOP/$f" "$folder/$f"
	done
	stamp=$(cd "$folder" && { sources . | xargs sha256sum && echo "$release $*"; } | sha256sum)
	[[ $(cat "$folder/.stamp" 2>/dev/null) != "$stamp" ]] || return 0
	rm -f "$folder/.stamp"

	say "building the modules for $release${strict:+, strictly}"
	# The fragments of the shared output lines cannot be told apart in parallel
	# builds of several kernels, hence the log.
	make -C "$headers" M="$folder" ${strict:+W=1 KCFLAGS=-Werror} -j"$(nproc)" "$@" modules \
		>"$log" 2>&1 || {
		grep -E -A 8 'error|warning|ERROR|WARNING|undefined|No rule' "$log" | head -n 80 >&2 || true
		die "the modules do not build for $release (all of it: $log)"
	}
	if grep -E -i -A 5 'warning:' "$log" >&2 && [[ -n $strict ]]; then
		die "the modules do not build for $release without a warning"
	fi
	for f in "${modules[@]}"; do
		[[ -e $folder/$f ]] || die "no $f came out of the build for $release"
	done
	printf '%s\n' "$stamp" >"$folder/.stamp"
}

with_lock "build-$(printf '%s' "$folder" | sha256sum | cut -c1-16)" build "$@"
