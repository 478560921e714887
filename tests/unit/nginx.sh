#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Our paths against the $uri of a real nginx, which listens on a socket in a folder of
# its own and nowhere else.
#
#   nginx.sh FOLDER [TARGETS [SEED]]    with compare_http_path there; by "make -C tests/unit nginx"
set -euo pipefail
. "$(dirname "$0")/../../scripts/lib.sh"

nginx=$(command -v nginx || true)
if [[ -z $nginx ]]; then
	"$TOP/scripts/unpack-package.sh" nginx "$CACHE/unpacked/nginx"
	nginx=$CACHE/unpacked/nginx/usr/sbin/nginx
fi
dir=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill "$pid"; rm -rf "$dir"' EXIT
mkdir "$dir/tmp"
cat >"$dir/nginx.conf" <<END
daemon off;
worker_processes 1;
pid $dir/pid;
events { }
http {
	access_log off;
	client_body_temp_path $dir/tmp/body;
	proxy_temp_path $dir/tmp/proxy;
	fastcgi_temp_path $dir/tmp/fastcgi;
	uwsgi_temp_path $dir/tmp/uwsgi;
	scgi_temp_path $dir/tmp/scgi;
	keepalive_requests 1000000000;
	server {
		listen unix:$dir/socket;
		location / { return 200 \$uri; }
	}
}
END
"$nginx" -c "$dir/nginx.conf" -p "$dir" -e "$dir/error.log" &
pid=$!
for ((i = 0; i < 200; i++)); do
	[[ ! -S $dir/socket ]] || break
	kill -0 "$pid" || die "nginx does not start: $(cat "$dir/error.log")"
	read -rt 0.05 <> <(:) || true
done
"$nginx" -v 2>&1 | sed 's/^nginx version: /  PATHS   /'
"$1/compare_http_path" "$dir/socket" "${@:2}" | sed 's/^/  PATHS   /'
