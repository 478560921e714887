#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's process 1: mounts the rest, runs the command that run.sh left in the
# share, looks through the kernel's log, writes the verdict to its port, powers off.
set -u

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=0755 run /run
mkdir -p /dev/pts /dev/shm /run/lock /run/netns /run/btcp/share /run/btcp/results
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
[[ -e /dev/fd ]] || ln -s /proc/self/fd /dev/fd
[[ -e /dev/stdout ]] || ln -s fd/1 /dev/stdout
[[ -e /dev/stderr ]] || ln -s fd/2 /dev/stderr
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000 share /run/btcp/share
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 results /run/btcp/results
export BTCP_RESULTS=/run/btcp/results
hostname btcp
ip link set lo up

argument() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
port() {
	local name
	for name in /sys/class/virtio-ports/*/name; do
		[[ $(<"$name") == "$1" ]] && printf '/dev/%s\n' "$(basename "$(dirname "$name")")"
	done
}

top=$(argument btcp.top)
token=$(argument btcp.token)
BTCP_SLOWNESS=$(argument btcp.slowness)
export BTCP_SLOWNESS

# Not a boot parameter: on a slow machine the boot itself could trip it.
for s in hung_task_panic=1 hung_task_timeout_secs=$((60 * BTCP_SLOWNESS)) hung_task_warnings=-1 \
	printk_ratelimit=0; do
	sysctl -qw "kernel.$s" 2>/dev/null
done

faults() { grep -v '^#' "$top/tests/vm/kernel-faults"; }

if grep -q btcp.interactive /proc/cmdline; then
	dmesg -n 1
	setsid -c -w bash /run/btcp/share/command </dev/hvc0 >/dev/hvc0 2>&1
	rc=$?
	out=/dev/hvc0
else
	out=$(port btcp.out)
	setsid -w bash /run/btcp/share/command </dev/null >"$out" 2>&1
	rc=$?
fi

# Some kinds of trouble end neither in a panic nor in a failed command.
if dmesg | grep -q -E -f <(faults); then
	{
		printf '# the kernel complained:\n'
		dmesg | grep -E -B 2 -A 40 -f <(faults) | head -n 150 | sed 's/^/#   /'
	} >"$out"
	dmesg >"$BTCP_RESULTS/dmesg"
	((rc)) || rc=1
fi
# Bits of /proc/sys/kernel/tainted: died, warned, soft lockup.
if (($(</proc/sys/kernel/tainted) & (1 << 7 | 1 << 9 | 1 << 14))); then
	printf '# the kernel is tainted: %s\n' "$(</proc/sys/kernel/tainted)" >"$out"
	((rc)) || rc=1
fi

printf '%s %d\n' "$token" "$rc" >"$(port btcp.status)"
sync
busybox poweroff -f
