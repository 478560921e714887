# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Our modules in the cluster: loading, and the smallest configuration.

MODULES=(handoff btcp_frontend btcp_backend)
KEYS=/run/btcp/keys

btcpctl_binary() { printf '%s\n' "$BTCP_TOP/tools/btcpctl/btcpctl"; }
# btcpctl NAMESPACE ARGUMENT…
btcpctl() { in_ns "$1" "$(btcpctl_binary)" "${@:2}"; }

loaded() { [[ -e /sys/module/$1 ]]; }

# Whose dependencies are there: the kernel's own modules stay.
declare -A DEPENDENCIES_LOADED
# What is ours is loaded by now; the kernel's own comes by modprobe.
_load_dependencies() {
	local depends
	[[ -z ${DEPENDENCIES_LOADED[$1]:-} ]] || return 0
	depends=$(modinfo -F depends "$2" | tr ',' '\n' | grep -vxF "$(printf '%s\n' "${MODULES[@]}")") || true
	# shellcheck disable=SC2086 # a list of names
	[[ -z $depends ]] || modprobe -a $depends
	DEPENDENCIES_LOADED[$1]=1
}

modules_load() {
	local m file
	for m in "${MODULES[@]}"; do
		! loaded "$m" || continue
		file=$BTCP_MODULES/$m.ko
		[[ -e $file ]] || fail "no $file: the modules are not built for $BTCP_RELEASE"
		_load_dependencies "$m" "$file"
		insmod "$file"
	done
}

modules_unload() {
	local m
	for m in btcp_backend btcp_frontend handoff; do
		! loaded "$m" || rmmod "$m"
	done
}

# key NAME: the file of a key, made when first asked for
key() {
	mkdir -p "$KEYS"
	[[ -e $KEYS/$1 ]] || (umask 077 && "$(btcpctl_binary)" key gen >"$KEYS/$1")
	printf '%s\n' "$KEYS/$1"
}

# _vips: both families' VIPs as words of a command
VIPS=(vip "$VIP4:80" vip "[$VIP6]:80")
_addrs() { printf 'addr %s:80 addr [%s]:80\n' "$(address "$1" 4)" "$(address "$1" 6)"; }

configure_backend() {
	btcpctl "$1" frontend add fe addr "$(address fe 4)" "${VIPS[@]}" key "$(key "$1")"
}

# shellcheck disable=SC2046 # words of a command
configure_frontend() {
	local be
	btcpctl fe service add www "${VIPS[@]}"
	for be in "$@"; do
		btcpctl fe backend add "$be" $(_addrs "$be") key "$(key "$be")"
	done
	btcpctl fe pool add all backend be1 backend be2
	btcpctl fe pool add img backend be2
	btcpctl fe rule add www pref 10 path '/img/*' pool img
	if [[ " $* " == *" be3 "* ]]; then
		btcpctl fe pool add far backend be3
		btcpctl fe rule add www pref 20 path '/far/*' pool far
	fi
	btcpctl fe rule add www pool all
}

backend_state() { ip netns exec fe cat "/sys/class/btcp/backend:$1/state" 2>/dev/null; }

# cluster_configure [wan]: the smallest cluster of the README, in both families, and
# with "wan" be3 in a pool of its own behind /far/*. Returns when all back-ends are up.
cluster_configure() {
	local be backends=(be1 be2)
	[[ ${1:-} != wan ]] || backends+=(be3)
	modules_load
	for be in "${backends[@]}"; do
		configure_backend "$be"
	done
	configure_frontend "${backends[@]}"
	for be in "${backends[@]}"; do
		assert_soon 15 value_is up backend_state "$be"
	done
}
