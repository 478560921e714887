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

# address NAMESPACE 4|6 and mac NAMESPACE [eth1]: of its interface
address() {
	case $1/$2 in
	client/4) echo 10.1.0.2 ;; client/6) echo fd00:1::2 ;;
	router/4) echo 10.2.0.1 ;; router/6) echo fd00:2::1 ;;
	fe/4) echo 10.2.0.2 ;; fe/6) echo fd00:2::2 ;;
	be1/4) echo 10.2.0.3 ;; be1/6) echo fd00:2::3 ;;
	be2/4) echo 10.2.0.4 ;; be2/6) echo fd00:2::4 ;;
	r2/4) echo 10.2.0.5 ;; r2/6) echo fd00:2::5 ;;
	be3/4) echo 10.4.0.3 ;; be3/6) echo fd00:4::3 ;;
	vip/4) echo "$VIP4" ;; vip/6) echo "$VIP6" ;;
	*) fail "address: $1 has none" ;;
	esac
}
mac() {
	case $1/${2:-eth0} in
	client/eth0) echo 02:00:00:00:00:c1 ;;
	router/eth0) echo 02:00:00:00:00:a0 ;; router/eth1) echo 02:00:00:00:00:a1 ;;
	fe/eth0) echo 02:00:00:00:00:fe ;;
	be1/eth0) echo 02:00:00:00:00:b1 ;;
	be2/eth0) echo 02:00:00:00:00:b2 ;;
	be3/eth0) echo 02:00:00:00:00:b3 ;;
	r2/eth0) echo 02:00:00:00:02:a0 ;; r2/eth1) echo 02:00:00:00:02:a1 ;;
	r3/eth0) echo 02:00:00:00:03:a0 ;; r3/eth1) echo 02:00:00:00:03:a1 ;;
	*) fail "mac: $1 has none" ;;
	esac
}

# url 4|6 PATH [NAMESPACE]: of the VIP, or of a host itself
url() {
	local a
	a=$(address "${3:-vip}" "$1")
	[[ $1 == 4 ]] || a="[$a]"
	printf 'http://%s%s\n' "$a" "$2"
}

# No duplicate address detection: it makes an address unusable for a second. No
# redirects: the routers know better paths than the tests want.
SYSCTLS='net.ipv6.conf.default.accept_dad=0
net.ipv6.conf.all.accept_dad=0
net.ipv6.conf.default.accept_ra=0
net.ipv6.conf.default.router_solicitations=0
net.ipv4.conf.all.rp_filter=0
net.ipv4.conf.default.rp_filter=0
net.ipv4.conf.all.send_redirects=0
net.ipv4.conf.default.send_redirects=0'

_add_ns() {
	local ns
	for ns in "$@"; do
		ip netns add "$ns"
		case $ns in
		router | r[23]) printf '%s\nnet.ipv4.ip_forward=1\nnet.ipv6.conf.all.forwarding=1\n' "$SYSCTLS" ;;
		lan) printf 'net.ipv6.conf.default.disable_ipv6=1\n' ;;
		*) printf '%s\n' "$SYSCTLS" ;;
		esac >"$RUN/sysctl"
		ip netns exec "$ns" sysctl -q -p "$RUN/sysctl"
		ip -n "$ns" link set lo up
	done
}

# _wire NS IFACE NS IFACE
_wire() {
	printf 'link add %s netns %s address %s type veth peer name %s netns %s%s\n' \
		"$2" "$1" "$(mac "$1" "$2")" "$4" "$3" \
		"$([[ $3 == lan ]] || printf ' address %s' "$(mac "$3" "$4")")"
}

# _host NS GATEWAY4 GATEWAY6 [ROUTE…]
_host() {
	ip -n "$1" -batch - <<-END
		addr add $(address "$1" 4)/24 dev eth0
		addr add $(address "$1" 6)/64 dev eth0 nodad
		link set eth0 up
		route add default via $2
		route add ::/0 via $3
	END
}

_port() {
	local p
	for p in "$@"; do
		printf 'link set %s master br0 up\n' "$p"
	done | ip -n lan -batch -
}

# cluster_up [wan]: namespaces, wires, addresses, routes, servers
cluster_up() {
	mkdir -p "$RUN"
	modprobe -a veth bridge
	_add_ns "${NEAR[@]}"
	{
		_wire client eth0 router eth0
		_wire router eth1 lan router
		_wire fe eth0 lan fe
		_wire be1 eth0 lan be1
		_wire be2 eth0 lan be2
	} | ip -batch -
	ip -n lan link add br0 type bridge forward_delay 0 stp_state 0 mcast_snooping 0
	ip -n lan link set br0 up
	_port router fe be1 be2

	ip -n router -batch - <<-END
		addr add 10.1.0.1/24 dev eth0
		addr add fd00:1::1/64 dev eth0 nodad
		addr add 10.2.0.1/24 dev eth1
		addr add fd00:2::1/64 dev eth1 nodad
		link set eth0 up
		link set eth1 up
	END
	_host client 10.1.0.1 fd00:1::1
	_host fe 10.2.0.1 fd00:2::1
	_host be1 10.2.0.1 fd00:2::1
	_host be2 10.2.0.1 fd00:2::1
	# Deprecated, lest the front-end speak from it to its back-ends.
	ip -n fe -batch - <<-END
		addr add $VIP4/32 dev eth0
		addr add $VIP6/128 dev eth0 nodad preferred_lft 0
	END
	[[ ${1:-} != wan ]] || _wan_up

	www_make
	nginx_start be1
	nginx_start be2
	[[ ${1:-} != wan ]] || nginx_start be3
}

_wan_up() {
	_add_ns "${FAR[@]}"
	{
		_wire r2 eth0 lan r2
		_wire r2 eth1 r3 eth0
		_wire be3 eth0 r3 eth1
	} | ip -batch -
	_port r2
	_host r2 10.2.0.1 fd00:2::1
	ip -n r2 -batch - <<-END
		addr add 10.3.0.1/24 dev eth1
		addr add fd00:3::1/64 dev eth1 nodad
		link set eth1 up
	END
	ip -n r3 -batch - <<-END
		addr add 10.3.0.2/24 dev eth0
		addr add fd00:3::2/64 dev eth0 nodad
		addr add 10.4.0.1/24 dev eth1
		addr add fd00:4::1/64 dev eth1 nodad
		link set eth0 up
		link set eth1 up
		route add default via 10.3.0.1
		route add ::/0 via fd00:3::1
	END
	_host be3 10.4.0.1 fd00:4::1
	ip -n r2 -batch - <<-END
		route add 10.4.0.0/24 via 10.3.0.2
		route add fd00:4::/64 via fd00:3::2
	END
	local ns
	for ns in router fe be1 be2; do
		ip -n "$ns" -batch - <<-END
			route add 10.4.0.0/24 via 10.2.0.5
			route add fd00:4::/64 via fd00:2::5
		END
	done
}

_namespaces() { ip netns list | cut -d' ' -f1; }
_ns_idle() { [[ -z $(ip netns pids "$1" 2>/dev/null) ]]; }

# cluster_down: whatever runs in the namespaces ends first, by its number
cluster_down() {
	local ns pids
	for ns in $(_namespaces); do
		pids=$(ip netns pids "$ns")
		# shellcheck disable=SC2086 # a list of numbers
		[[ -z $pids ]] || kill -KILL $pids 2>/dev/null || true
	done
	for ns in $(_namespaces); do
		wait_until 10 _ns_idle "$ns" || fail "still running in $ns: $(ip netns pids "$ns" | xargs ps -o args= -p)"
		ip netns del "$ns"
	done
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
#   /slow/…                 the same at 200 kB/s
#   /close/…                the same, and the server closes after the response
#   PUT /upload/NAME        lands in $RUN/BACKEND/upload/NAME
#   POST /post              answers the body's length; the body stays in $RUN/BACKEND/bodies
# Its access log: $RUN/BACKEND/access.log (see log_count).
nginx_start() {
	local be=$1 dir=$RUN/$1
	mkdir -p "$dir"/{upload,bodies,temp}
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
_gone() { [[ ! -e /proc/$1 ]]; }
