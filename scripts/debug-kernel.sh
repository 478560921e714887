#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The debug kernel: Debian's 6.1 source, tinyconfig and tests/vm/debug.config.
#
# usage: debug-kernel.sh release    its name
#        debug-kernel.sh build      into the cache, once
#
# The name holds a key of all that it is made from, so that kernels of several sources,
# configurations and compilers live side by side in the cache, and modules are built
# anew when it changes. The folder is what an unpacked package looks like: boot/vmlinuz-
# RELEASE, lib/modules/RELEASE, and there "build", to build modules against.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

package=linux-source-6.1
tarball=/usr/src/$package.tar.xz
fragment=$TOP/tests/vm/debug.config
# One more whenever what is done here changes what comes out.
recipe=1

release() {
	local version key
	version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) || die "no $package here: make packages"
	key=$({
		printf '%s\n' "$version"
		gcc --version
		cat "$fragment"
		echo "$recipe"
	} | sha256sum)
	printf '%s-debug-%s\n' "${version%%-*}" "${key:0:8}"
}

# configure RELEASE: in the source's top folder
configure() {
	local line lost=()
	# The kernel's own default allows it only from 6.2 on; what it needs is all there.
	sed -i '/^config FAULT_INJECTION_STACKTRACE_FILTER$/,/^config/{/depends on !X86_64/d}' lib/Kconfig.debug
	{
		make tinyconfig
		scripts/kconfig/merge_config.sh -m .config "$fragment"
		scripts/config --set-str LOCALVERSION "-${1#*-}"
		make olddefconfig
	} >config.log 2>&1 || die "the configuration fails: $PWD/config.log"
	while read -r line; do
		case $line in
		CONFIG_*=*) grep -qxF -- "$line" .config || lost+=("$line") ;;
		'# CONFIG_'*' is not set') ! grep -q "^$(cut -d' ' -f2 <<<"$line")=" .config || lost+=("$line") ;;
		esac
	done <"$fragment"
	[[ $(make -s kernelversion) == "${1%%-*}" ]] || die "$tarball holds $(make -s kernelversion)"
	((${#lost[@]} == 0)) || die "$(printf '%s\n' "the kernel's own rules do not let these options be:" "${lost[@]}")"
}

# compile MAKE-ARGUMENT…: says how far it is
compile() {
	make -j"$(nproc)" "$@" 2>&1 | tee -a build.log |
		awk '/^  (CC|AS|LD|AR) / && ++n % 250 == 0 { print "    " n " files of about 1400"; fflush() }' >&2
}

# What a module's build reads stays: a twentieth.
prune() {
	find . -depth -type f ! -path ./Makefile ! -path ./.config ! -path ./Module.symvers \
		! -path ./System.map ! -path './include/*' ! -path './scripts/*' \
		! -path './arch/x86/Makefile*' ! -path './arch/x86/include/*' \
		! -path ./tools/objtool/objtool -delete
	find . -depth -type d -empty -delete
}

build() {
	local release=$1 folder=$CACHE/kernels/$1 new=$CACHE/kernels/$1.new began=$SECONDS modules
	[[ ! -e $folder/.done ]] || return 0
	[[ -e $tarball ]] || die "no $tarball: make packages"
	say "building the debug kernel $release: once, a quarter of an hour on two processors"
	rm -rf "$new"
	modules=$new/lib/modules/$release
	mkdir -p "$new/boot" "$modules/build"
	cd "$modules/build"
	tar -xf "$tarball" --strip-components=1
	configure "$release"
	compile bzImage modules || die "the debug kernel does not build: $PWD/build.log"
	cp arch/x86/boot/bzImage "$new/boot/vmlinuz-$release"
	make INSTALL_MOD_PATH="$new" modules_install >>build.log 2>&1
	rm -f "$modules/source"
	prune
	touch "$new/.done"
	rm -rf "$folder"
	mv "$new" "$folder"
	say "the debug kernel is built in $((SECONDS - began)) s, $(du -sh "$folder" | cut -f1) in $folder"
}

case ${1:-} in
release) release ;;
build)
	release=$(release)
	with_lock "kernel-$release" build "$release"
	;;
*) die "usage: debug-kernel.sh release | build" ;;
esac
