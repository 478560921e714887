#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Static analysis and style: licence lines, shellcheck, checkpatch, sparse.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$TOP"

bad=0
complain() {
	printf 'lint: %s\n' "$*" >&2
	bad=1
}

# What git knows or would add; without git (a tarball), all there is.
files() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@"
	else
		find "$@" -type f ! -path '*/build/*'
	fi | while read -r f; do [[ ! -f $f ]] || printf '%s\n' "$f"; done
}

say 'lint: licence lines'
while read -r f; do
	case $f in
	COPYING | *.json | */corpus/* | debian/* | *.pcap | *.svg | *.patch) continue ;;
	esac
	[[ ! -s $f ]] || head -n 5 "$f" | grep -q 'SPDX-License-Identifier:' || complain "$f: no SPDX-License-Identifier in its first lines"
done < <(files .)

say 'lint: shellcheck'
mapfile -t scripts < <(files . | while read -r f; do
	[[ $f == *.sh || $(head -c 30 "$f" | tr -d '\0') =~ ^'#!/bin/'(ba)?sh ]] && printf '%s\n' "$f"
done || true)
# Sourced files are checked by themselves; A && B || C is meant as such; and what a
# trap or a runner calls looks unreachable.
shellcheck -x -e SC1090,SC1091,SC2015,SC2317 -- "${scripts[@]}" || complain 'shellcheck has complaints'

say 'lint: checkpatch'
checkpatch=$CACHE/checkpatch/checkpatch.pl
tarball=/usr/src/linux-source-6.1.tar.xz
if [[ ! -e $checkpatch ]]; then
	[[ -e $tarball ]] || die "no $tarball: make packages"
	say 'unpacking checkpatch from the kernel source (half a minute, once)'
	mkdir -p "$CACHE/checkpatch"
	tar -xf "$tarball" -C "$CACHE/checkpatch" --strip-components=2 \
		linux-source-6.1/scripts/{spelling.txt,const_structs.checkpatch,checkpatch.pl}
fi
# The kernel's rules, but for: those about being part of it; a spelling list that knows
# no British English; what mistakes a KERNEL_VERSION for a constant on the wrong side;
# and the short names of a state table's states, which the models have, too.
ignore=FILE_PATH_CHANGES,LINUX_VERSION_CODE,TYPO_SPELLING,CONSTANT_COMPARISON,CAMELCASE
run_checkpatch() {
	local said
	said=$(printf '%s\0' "${@:2}" | xargs -0 -n 16 -P "$(nproc)" perl "$checkpatch" --no-tree --strict \
		--quiet --terse --show-types --max-line-length=100 --ignore "$1" -f) && return 0
	grep -v '^total: ' <<<"$said" >&2 || true
	return 1
}
kernel_c() { files btcp bip handoff include | grep -E '[.][ch]$' || true; }
user_c() { files tools tests | grep -E '[.][ch]$' || true; }
mapfile -t sources < <(kernel_c)
if ((${#sources[@]})); then
	run_checkpatch "$ignore" "${sources[@]}" || complain 'checkpatch has complaints'
fi
# Userspace has its own types, its libraries' names, strings of its own library.
user_ignore=$ignore,PREFER_KERNEL_TYPES,NEW_TYPEDEFS,AVOID_EXTERNS,SSCANF_TO_KSTRTO
user_ignore+=,PREFER_FALLTHROUGH,STRCPY,STRNCPY,STRLCPY,CONSIDER_KSTRTO,VOLATILE
user_ignore+=,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,COMPLEX_MACRO,USE_NEGATIVE_ERRNO
user_ignore+=,WEAK_DECLARATION,ENOSYS,ARRAY_SIZE,PREFER_DEFINED_ATTRIBUTE_MACRO
mapfile -t sources < <(user_c)
if ((${#sources[@]})); then
	run_checkpatch "$user_ignore" "${sources[@]}" || complain 'checkpatch has complaints about userspace'
fi

# A source and its header are one noun, and who includes whom must not go in a circle.
say 'lint: circles of includes'
kernel_c | grep -E '^(btcp|bip)/' | xargs -r grep -H '^#include "' |
	sed -E 's/^(.*)\.[ch]:#include "(.*)\.h"/\1 \2/' | awk '$1 != $2' | tsort >/dev/null ||
	complain 'these include each other'

if [[ -e Kbuild ]]; then
	say 'lint: sparse'
	release=$(scripts/kernels.sh newest 6.1)
	folder=$BUILD/sparse
	mkdir -p "$folder"
	# Always all of it: sparse sees only what is compiled.
	rm -rf "${folder:?}"/*
	for d in Kbuild btcp bip handoff include; do
		[[ ! -e $d ]] || cp -r "$d" "$folder"
	done
	find "$folder" \( -name '*.o' -o -name '.*.cmd' -o -name '*.mod*' -o -name '*.ko' \) -exec rm -f {} +
	make -C "$(scripts/kernels.sh headers "$release")" M="$folder" C=2 CF=-D__CHECK_ENDIAN__ \
		-j"$(nproc)" modules >"$folder/log" 2>&1 || {
		grep -E -A 3 'error|ERROR|\*\*\*' "$folder/log" | head -n 40 >&2 || true
		complain "sparse: the build for $release fails ($folder/log)"
	}
	# Only what it says about files here: the kernel's headers have their own.
	if grep -E "^(\./)?($folder/)?(btcp|bip|handoff|include)/.*: (warning|error):" "$folder/log" |
		grep -v 'uapi/linux' | sort -u >&2; then
		complain 'sparse has complaints'
	fi
else
	complain 'no Kbuild: nothing for sparse to look at'
fi

((!bad)) || die 'lint failed'
say 'lint: clean'
