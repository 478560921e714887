# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The cluster, as network namespaces in one kernel:
#
#                                       .------ fe    10.2.0.2  fd00:2::2
#                                       |             VIP 10.2.0.100  fd00:2::100
#   client ---------- router -----------+------ be1   10.2.0.3  fd00:2::3
#   10.1.0.2       10.1.0.1 10.2.0.1   br0
#   fd00:1::2     fd00:1::1 fd00:2::1   +------ be2   10.2.0.4  fd00:2::4
#                                       |
#   and with "wan":                     '------ r2 ------------ r3 ------------ be3
#                                         10.2.0.5 10.3.0.1  10.3.0.2 10.4.0.1  10.4.0.3
#                                        fd00:2::5 fd00:3::1 fd00:3::2 fd00:4::1 fd00:4::3
#
# Every interface is eth0, a router's second one eth1; in "lan", the namespace of the
# bridge, each port has the name of who is behind it. The back-ends' way to the client
# leads through the router, not through the front-end. MAC addresses are fixed (mac).
#
# On each back-end a real nginx (nginx_start says what it serves).

NEAR=(client router lan fe be1 be2)
FAR=(r2 r3 be3)
VIP4=10.2.0.100 VIP6=fd00:2::100

RUN=/run/btcp/cluster
WWW=/run/btcp/www

# in_ns NAMESPACE COMMAND…, and one function a namespace: client curl …, fe ip …
in_ns() {
	note "[$1] ${*:2}"
	ip netns exec "$@"
}
for _ns in "${NEAR[@]}" "${FAR[@]}"; do
	eval "$_ns() { in_ns $_ns \"\$@\"; }"
done
unset _ns

# Tables, not functions with a subshell each: a process costs 10 ms and more under
# emulation. ${MAC[fe]}, and ${MAC[router/eth1]} for a second interface.
declare -A IP4=([client]=10.1.0.2 [router]=10.2.0.1 [fe]=10.2.0.2 [be1]=10.2.0.3 [be2]=10.2.0.4
	[r2]=10.2.0.5 [be3]=10.4.0.3 [vip]=$VIP4)
declare -A IP6=([client]=fd00:1::2 [router]=fd00:2::1 [fe]=fd00:2::2 [be1]=fd00:2::3 [be2]=fd00:2::4
	[r2]=fd00:2::5 [be3]=fd00:4::3 [vip]=$VIP6)
declare -A MAC=([client]=02:00:00:00:00:c1 [router]=02:00:00:00:00:a0 [router/eth1]=02:00:00:00:00:a1
	[fe]=02:00:00:00:00:fe [be1]=02:00:00:00:00:b1 [be2]=02:00:00:00:00:b2 [be3]=02:00:00:00:00:b3
	[r2]=02:00:00:00:02:a0 [r2/eth1]=02:00:00:00:02:a1 [r3]=02:00:00:00:03:a0 [r3/eth1]=02:00:00:00:03:a1)

# address NAMESPACE 4|6, mac NAMESPACE [eth1]: the same, for reading well in a test
address() { if [[ $2 == 4 ]]; then echo "${IP4[$1]}"; else echo "${IP6[$1]}"; fi; }
mac() { if [[ ${2:-eth0} == eth0 ]]; then echo "${MAC[$1]}"; else echo "${MAC[$1/$2]}"; fi; }

# url 4|6 PATH [NAMESPACE]: of the VIP, or of a host itself
url() {
	local a
	a=$(address "${3:-vip}" "$1")
	[[ $1 == 4 ]] || a="[$a]"
	printf 'http://%s%s\n' "$a" "$2"
}

# What every namespace starts with, taken from the first one (it is the VM's own, and
# nobody else is here). No duplicate address detection: it makes an address unusable
# for a second. No redirects: the routers know better paths than the tests want.
_sysctls() {
	printf '%s\n' net.core.devconf_inherit_init_net=1 \
		net.ipv6.conf.{all,default}.accept_dad=0 net.ipv6.conf.{all,default}.accept_ra=0 \
		net.ipv6.conf.{all,default}.router_solicitations=0 \
		net.ipv4.conf.{all,default}.rp_filter=0 net.ipv4.conf.{all,default}.send_redirects=0
}

# _wire NS IFACE NS [IFACE]: to the bridge without the last, under the first's name
_wire() {
	printf 'link add %s netns %s address %s type veth peer name %s netns %s%s\n' \
		"$2" "$1" "${MAC[$1/$2]:-${MAC[$1]}}" "${4:-$1}" "$3" \
		"${4:+ address ${MAC[$3/$4]:-${MAC[$3]}}}"
}

# _host NS GATEWAY4 GATEWAY6
_host() {
	printf '%s\n' "addr add ${IP4[$1]}/24 dev eth0" "addr add ${IP6[$1]}/64 dev eth0 nodad" \
		'link set lo up' 'link set eth0 up' \
		"route add default via $2" "route add ::/0 via $3"
}

_front_end() {
	_host fe "${IP4[router]}" "${IP6[router]}"
	# Deprecated, lest the front-end speak from it to its back-ends.
	printf '%s\n' "addr add $VIP4/32 dev eth0" "addr add $VIP6/128 dev eth0 nodad preferred_lft 0"
}

# _router NS {IFACE ADDRESS4 ADDRESS6}…
_router() {
	local ns=$1
	ip netns exec "$ns" sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	shift
	printf 'link set lo up\n'
	while (($#)); do
		printf '%s\n' "addr add $2/24 dev $1" "addr add $3/64 dev $1 nodad" "link set $1 up"
		shift 3
	done
}

# _port NS…: its end in the bridge, which is to say nothing of its own
_port() { printf 'link set %s addrgenmode none master br0 up\n' "$@"; }

# cluster_up [wan]: namespaces, wires, addresses, routes, servers
cluster_up() {
	mkdir -p "$RUN"
	modprobe -a veth bridge ipv6
	_sysctls >"$RUN/sysctl"
	sysctl -q -p "$RUN/sysctl"
	{
		printf 'netns add %s\n' "${NEAR[@]}"
		_wire client eth0 router eth0
		_wire router eth1 lan
		_wire fe eth0 lan
		_wire be1 eth0 lan
		_wire be2 eth0 lan
	} | ip -batch -
	{
		printf '%s\n' 'link add br0 type bridge forward_delay 0 stp_state 0 mcast_snooping 0' \
			'link set br0 addrgenmode none up'
		_port router fe be1 be2
	} | ip -n lan -batch -

	_router router eth0 10.1.0.1 fd00:1::1 eth1 "${IP4[router]}" "${IP6[router]}" | ip -n router -batch -
	_host client 10.1.0.1 fd00:1::1 | ip -n client -batch -
	_front_end | ip -n fe -batch -
	_host be1 "${IP4[router]}" "${IP6[router]}" | ip -n be1 -batch -
	_host be2 "${IP4[router]}" "${IP6[router]}" | ip -n be2 -batch -
	[[ ${1:-} != wan ]] || _wan_up

	www_make
	nginx_start be1
	nginx_start be2
	[[ ${1:-} != wan ]] || nginx_start be3
}

# host_up NAMESPACE: one more on the bridge, or one that was lost
host_up() {
	{
		printf 'netns add %s\n' "$1"
		_wire "$1" eth0 lan
	} | ip -batch -
	_port "$1" | ip -n lan -batch -
	if [[ $1 == fe ]]; then
		_front_end
	else
		_host "$1" "${IP4[router]}" "${IP6[router]}"
	fi | ip -n "$1" -batch -
}

_empty() { [[ -z $(ip netns pids "$1") ]]; }
wire_gone() { ! ip -n lan link show "$1" >/dev/null 2>&1; }

# host_down NAMESPACE: with all that runs there; it is gone when its wire is
host_down() {
	local pid
	for pid in $(ip netns pids "$1"); do
		kill -KILL "$pid"
	done
	wait_until 10 _empty "$1" || fail "$1: something does not end"
	ip netns del "$1"
	wait_until 30 wire_gone "$1" || fail "$1: the namespace does not end"
}

_wan_up() {
	local ns
	{
		printf 'netns add %s\n' "${FAR[@]}"
		_wire r2 eth0 lan
		_wire r2 eth1 r3 eth0
		_wire be3 eth0 r3 eth1
	} | ip -batch -
	_port r2 | ip -n lan -batch -
	{
		_router r2 eth0 "${IP4[r2]}" "${IP6[r2]}" eth1 10.3.0.1 fd00:3::1
		printf 'route add %s\n' "default via ${IP4[router]}" "::/0 via ${IP6[router]}" \
			'10.4.0.0/24 via 10.3.0.2' 'fd00:4::/64 via fd00:3::2'
	} | ip -n r2 -batch -
	{
		_router r3 eth0 10.3.0.2 fd00:3::2 eth1 10.4.0.1 fd00:4::1
		printf 'route add %s\n' 'default via 10.3.0.1' '::/0 via fd00:3::1'
	} | ip -n r3 -batch -
	_host be3 10.4.0.1 fd00:4::1 | ip -n be3 -batch -
	for ns in router fe be1 be2; do
		printf 'route add %s\n' "10.4.0.0/24 via ${IP4[r2]}" "fd00:4::/64 via ${IP6[r2]}" | ip -n "$ns" -batch -
	done
}

_namespaces() { ip netns list | cut -d' ' -f1; }

# cluster_down: whatever runs in the namespaces ends first, by its number
cluster_down() {
	local ns pid namespaces pids=()
	mapfile -t namespaces < <(_namespaces)
	for ns in "${namespaces[@]}"; do
		mapfile -t -O "${#pids[@]}" pids < <(ip netns pids "$ns")
	done
	((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || true
	for pid in "${pids[@]}"; do
		wait_until 10 _gone "$pid" || fail "does not end: $(ps -o pid=,args= -p "$pid")"
	done
	((${#namespaces[@]} == 0)) || printf 'netns del %s\n' "${namespaces[@]}" | ip -batch -
	rm -rf "$RUN"
}

# The files that every back-end serves; made once, they stay the same all run long.
www_make() {
	local f
	[[ ! -e $WWW/.done ]] || return 0
	mkdir -p "$WWW/img"
	for f in 1k:1024 10k:10240 100k:102400 1m:1048576 5m:5242880 10m:10485760 50m:52428800; do
		head -c "${f#*:}" /dev/urandom >"$WWW/${f%:*}"
	done
	cp "$WWW/1k" "$WWW/5m" "$WWW/img/"
	: >"$WWW/empty"
	touch "$WWW/.done"
}

nginx_binary() {
	command -v nginx || printf '%s\n' "$BTCP_CACHE/unpacked/nginx/usr/sbin/nginx"
}

# nginx_start BACKEND: serves on port 80, both families, with a header X-Backend:
#   /1k … /50m, /img/…      files of $WWW
#   /far/…  /alt/…          the same files, for rules to tell apart
#   /slow/…                 the same at 200 kB/s, /slower/… at 20
#   /close/…                the same, and the server closes after the response
#   PUT /upload/NAME        lands in $RUN/BACKEND/upload/NAME
#   POST /post              answers the body's length; the body stays in $RUN/BACKEND/bodies
# and whatever $RUN/BACKEND/more/*.conf adds. Its access log: $RUN/BACKEND/access.log (see log_count).
nginx_start() {
	local be=$1 dir=$RUN/$1
	mkdir -p "$dir"/{upload,bodies,temp}
	: >>"$dir/access.log"
	cat >"$dir/nginx.conf" <<-END
		user root;
		worker_processes 1;
		worker_rlimit_nofile 20000;
		pid $dir/nginx.pid;
		error_log $dir/error.log;
		events { worker_connections 9000; }
		http {
			log_format facts '\$status "\$request" \$remote_addr \$remote_port \$connection \$connection_requests \$request_length \$body_bytes_sent';
			access_log $dir/access.log facts;
			client_body_temp_path $dir/bodies;
			proxy_temp_path $dir/temp;
			fastcgi_temp_path $dir/temp;
			uwsgi_temp_path $dir/temp;
			scgi_temp_path $dir/temp;
			default_type application/octet-stream;
			client_max_body_size 0;
			large_client_header_buffers 8 64k;
			sendfile on;
			tcp_nopush on;
			keepalive_timeout 65;
			keepalive_requests 1000000;
			server {
				listen 80 backlog=4096;
				listen [::]:80 ipv6only=on backlog=4096;
				add_header X-Backend $be always;
				root $WWW;
				location /far/ { alias $WWW/; }
				location /alt/ { alias $WWW/; }
				location /slow/ { alias $WWW/; limit_rate 200k; }
				location /slower/ { alias $WWW/; limit_rate 20k; }
				location /close/ { alias $WWW/; keepalive_timeout 0; }
				location /upload/ {
					root $dir;
					dav_methods PUT DELETE;
					create_full_put_path on;
				}
				location = /post {
					client_body_in_file_only on;
					proxy_pass http://unix:$dir/inner.sock;
				}
			}
			server {
				listen unix:$dir/inner.sock;
				access_log off;
				return 200 "\$content_length\n";
			}
			include $dir/more/*.conf;
		}
	END
	[[ ! -e $dir/inner.sock ]] || rm "$dir/inner.sock"
	in_ns "$be" "$(nginx_binary)" -c "$dir/nginx.conf" -p "$dir" -e "$dir/error.log" >"$dir/output" 2>&1 ||
		fail "nginx does not start on $be: $(cat "$dir/output")"
}

# nginx_stop BACKEND: its port is closed when this returns.
nginx_stop() {
	local pid
	pid=$(<"$RUN/$1/nginx.pid")
	kill -TERM "$pid"
	wait_until 10 _gone "$pid" || fail "nginx on $1 does not end"
}
# A process that nobody has waited for yet counts as gone.
_gone() { [[ ! -e /proc/$1 || $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) == [ZX] ]]; }
