# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Modules and namespaces that go away at full load, and come back.
. "$CLUSTER/traffic.sh"

setup() {
	cluster_up
	_configure
}
# Settings go with the modules.
_configure() {
	cluster_configure
	short_timeouts
}

# Short requests without end, and long downloads, in both families
_load() {
	local f before
	before=$(counter fe frontend handoffs)
	for f in 4 6; do
		start "load$f" client ab -q -r -s 5 -n 1000000 -c 16 "$(url "$f" /1k)"
		start "slow$f" client curl -sS -m 100 -o "$RUN/slow$f.got" "$(url "$f" /slow/50m)"
	done
	for f in 4 6; do
		assert_soon 15 test -s "$RUN/slow$f.got"
	done
	assert_soon 15 value_ge $((before + 100)) counter fe frontend handoffs
}
_load_ends() {
	local f
	for f in 4 6; do
		stop "load$f"
		stop "slow$f"
	done
}

# Their clients are told, and do not wait for ever.
_downloads_were_reset() {
	local f
	for f in 4 6; do
		finish "slow$f" 15
		assert_eq 56 "$FINISHED" "status of the download, IPv$f (56: reset)"
	done
}

_works() {
	local f
	for f in 4 6; do
		assert_eq '2 200 be1 1024 complete eof 2 200 be2 1024 complete eof' \
			"$(gets 4 | ask "$f" 1 15 | sort | uniq -c | xargs)" "who answers, IPv$f"
	done
	upload 4 1m
	download 6 /5m
	assert_log_is_clean
}

_back_ends_up() {
	local be
	for be in be1 be2; do
		assert_soon 15 value_is up backend_state "$be"
	done
}

module__of_the_front_end_goes_under_load() {
	_load
	rmmod btcp_frontend
	_downloads_were_reset
	_load_ends
	# Nobody is left to tell the back-ends of what the clients do: their flows go, too.
	assert_soon 60 value_is 0 active be1
	assert_soon 60 value_is 0 active be2
	modules_load
	configure_frontend be1 be2
	_back_ends_up
	_works
}

module__of_the_back_ends_goes_under_load() {
	local f
	_load
	rmmod btcp_backend
	_downloads_were_reset
	_load_ends
	assert_soon 15 value_is 0 active fe
	for f in 4 6; do
		assert_soon 10 value_is '503 - complete eof' _one "$f"
	done
	modules_load
	configure_backend be1
	configure_backend be2
	_back_ends_up
	_works
}
_one() { gets 1 | ask "$1" 1 15 | sed 's/ [0-9]* complete/ complete/'; }

module__all_of_them_go_under_load() {
	_load
	modules_unload
	_downloads_were_reset
	_load_ends
	assert_eq '' "$(lsmod | grep -E '^(handoff|btcp)')" 'modules that are left'
	# What is left is a host without a server on the VIP.
	assert_fails 7 client curl -sS -m 5 "$(url 4 /1k)"
	_configure
	_works
}

# _idle 4|6: a client that has its answer, and keeps the connection
_idle() {
	rm -f "$RUN/first"
	start "idle$1" client "${SPEAK[@]}" "$(address vip "$1")" 80 limit:60 \
		'send:GET /1k HTTP/1.1\r\nHost: x\r\n\r\n' response "touch:$RUN/first" end
	assert_soon 20 test -e "$RUN/first"
}

module__of_either_role_goes_with_idle_clients() {
	local f m
	for m in btcp_frontend btcp_backend; do
		requests first
		for f in 4 6; do
			_idle "$f"
		done
		rmmod "$m"
		for f in 4 6; do
			finish "idle$f" 15
			assert_match $'^200 be[12] 1024 complete\nreset 0$' "$(cat "$RUN/idle$f.out")" "what the client saw, IPv$f, without $m"
		done
		modules_unload
		_configure
	done
	_works
}

module__goes_and_comes_again() {
	for _ in 1 2; do
		modules_unload
		_configure
		get 4 /1k
		get 6 /1k
	done
	_works
}

_anew() {
	cluster_down
	_load_ends
	cluster_up
	_configure
	_works
}

namespace__of_a_back_end_goes_under_load() {
	local f
	_load
	host_down be1
	# shellcheck disable=SC2016 # each time anew
	assert_soon 10 eval '[[ $(backend_state be1) != up ]]'
	for f in 4 6; do
		assert_eq '10 200 be2 1024 complete eof' \
			"$(gets 10 | ask "$f" 5 15 | sort | uniq -c | xargs)" "who answers, IPv$f"
	done
	# That all of them go under load is another case.
	_load_ends
	_anew
}

namespace__of_the_front_end_goes_under_load() {
	_load
	host_down fe
	_anew
}

namespace__all_of_them_go_under_load() {
	_load
	_anew
}

# While requests run, everything that can be changed is; what is in use is refused or goes on.
reconfiguration__under_load() {
	local i f
	for f in 4 6; do
		start "load$f" client ab -q -r -s 5 -n 1000000 -c 16 "$(url "$f" /1k)"
	done
	assert_soon 15 value_ge 100 counter fe frontend handoffs
	for ((i = 0; i < 4; i++)); do
		btcpctl fe -batch - <<-END
			member del all be1
			member add all be1 weight 3
			rule add www pref $((100 + i)) path /other/$i pool img
			rule set www pref 10 pool all
			backend set be2 admin drain
			service set www requests first
			backend set be2 admin up weight 2
			rule set www pref 10 pool img
			service set www requests auto
			rule del www pref $((100 + i))
			rule set www default pool img
			rule set www default pool all
			backend set be1 admin down
			backend set be1 admin up
			backend set be2 weight 1
			member set all be1 weight 1
		END
		btcpctl be1 frontend del fe
		configure_backend be1
	done
	_load_ends
	btcpctl fe -batch - <<-END
		rule del www default
		rule del www pref 10
		pool del all
		backend del be1
	END
	btcpctl fe backend add be1 addr "$(address be1 4):80" addr "[$(address be1 6)]:80" key "$(key be1)"
	btcpctl fe -batch - <<-END
		pool add all backend be1 backend be2
		rule add www pref 10 path '/img/*' pool img
		rule add www pool all
	END
	_back_ends_up
	_works
}
