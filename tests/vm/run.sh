#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boot a stock kernel or the debug kernel in QEMU, run a command in it, exit with its status.
#
#   run.sh [-k RELEASE] [-m MEM] [-c CPUS] [-t SECONDS] [-o FOLDER] [-i] [-Q ARG]… -- COMMAND [ARG]…
#
#   -k  kernel release      default: scripts/kernels.sh default
#   -m  memory              default: 4G, 6G for a debug kernel
#   -c  processors          default: $BTCP_CPUS or 2; under emulation on a machine that
#                           is busy otherwise, 1 is several times faster
#   -t  limit on the whole  default: 600, of a stock kernel's seconds
#   -o  where the guest's $BTCP_RESULTS lands; default: kept only on failure
#   -i  interactive: the command has this terminal
#   -Q  one more argument for QEMU
#
# The guest sees this machine's whole file system, and all it writes is gone with
# it, but for $BTCP_RESULTS. It has no network beyond itself. The command starts in
# the project's top folder, with BTCP_MODULES naming the folder of the modules built
# for that kernel, and BTCP_SLOWNESS telling how often a stock kernel does what this one
# does once: limits that are about the machine's speed are multiplied by it.
#
# The verdict is a token with a number of this run, that the guest writes to a port
# of its own: no output, however it reads, passes for success. A kernel that
# panics, oopses, warns or hangs never writes it, and its words are printed.
set -euo pipefail
. "$(dirname "$0")/../../scripts/lib.sh"

usage() { die "usage: run.sh [-k RELEASE] [-m MEM] [-c CPUS] [-t SECONDS] [-o FOLDER] [-i] [-Q ARG]… -- COMMAND [ARG]…"; }

release='' memory='' cpus=${BTCP_CPUS:-2} limit='' results='' interactive='' extra=()
while getopts 'k:m:c:t:o:iQ:' opt; do
	case $opt in
	k) release=$OPTARG ;;
	m) memory=$OPTARG ;;
	c) cpus=$OPTARG ;;
	t) limit=$OPTARG ;;
	o) results=$OPTARG ;;
	i) interactive=1 ;;
	Q) extra+=("$OPTARG") ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
(($#)) || usage
[[ -n $release ]] || release=$("$TOP/scripts/kernels.sh" default)

slowness=1
[[ $release != *-debug-* ]] || slowness=4
[[ -n $memory ]] || { ((slowness == 1)) && memory=4G || memory=6G; }
limit=$((${limit:-600} * slowness))

image=$("$TOP/scripts/kernels.sh" image "$release")
vmlinuz=${image%/}/boot/vmlinuz-$release

# Keyed by all that goes into it.
key=$(cat "$TOP"/tests/vm/init{,ramfs.sh} "${image%/}/lib/modules/$release/modules.dep" | sha256sum)
initramfs=$CACHE/initramfs/$release-${key:0:16}
if [[ ! -e $initramfs ]]; then
	mkdir -p "$CACHE/initramfs"
	"$TOP/tests/vm/initramfs.sh" "$release" "$image" "$initramfs"
fi

run=$(mktemp -d "${TMPDIR:-/tmp}/btcp-vm.XXXXXX")
token=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
mkdir -p "$run/share"
if [[ -n $results ]]; then
	mkdir -p "$results"
	results=$(cd "$results" && pwd)
else
	results=$run/results
	mkdir "$results"
fi

qemu_pid='' keep=''
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	local rc=$?
	trap - EXIT HUP INT TERM
	[[ -z $qemu_pid ]] || kill "$qemu_pid" 2>/dev/null || true
	[[ -z $interactive ]] || stty sane 2>/dev/null || true
	if [[ -n $keep ]]; then
		printf '# kept: %s\n' "$run" >&2
	else
		rm -rf "$run"
	fi
	exit "$rc"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# /dev/kvm may exist and still hang every guest (nested, or filtered): it is used
# only after a guest has booted under it in seconds. The verdict holds until the
# machine boots again.
accelerator() {
	local verdict
	verdict=$CACHE/accel-$(cat /proc/sys/kernel/random/boot_id)
	[[ -z ${BTCP_ACCEL:-} ]] || { printf '%s\n' "$BTCP_ACCEL" && return; }
	[[ -r /dev/kvm && -w /dev/kvm ]] || { printf 'tcg\n' && return; }
	if [[ ! -e $verdict ]]; then
		say "trying KVM: does a guest boot under it?"
		if BTCP_ACCEL=kvm "$0" -k "$release" -m 1G -t 15 -- true >/dev/null 2>&1; then
			printf 'kvm\n' >"$verdict.$$"
		else
			say "KVM does not boot a guest here: software emulation"
			printf 'tcg\n' >"$verdict.$$"
		fi
		mv "$verdict.$$" "$verdict"
	fi
	cat "$verdict"
}
accel=$(accelerator)
case $accel in
kvm) accel_args=(-accel kvm -cpu host) ;;
tcg) accel_args=(-accel 'tcg,thread=multi' -cpu max) ;;
*) die "BTCP_ACCEL=$accel: kvm or tcg" ;;
esac

tsc_khz() {
	local source=$TOP/tests/vm/tsc_khz.c program
	program=$CACHE/tsc_khz-$(sha256sum <"$source" | head -c 16)
	[[ -e $program ]] || { gcc -O2 -o "$program.$$" "$source" && mv "$program.$$" "$program"; }
	"$program"
}

# What the guest runs, and what it is told.
{
	printf 'export BTCP_TOP=%q BTCP_RELEASE=%q BTCP_MODULES=%q BTCP_ACCEL=%q\n' \
		"$TOP" "$release" "$BUILD/$release" "$accel"
	printf 'export BTCP_CACHE=%q TERM=%q VERBOSE=%q\n' "$CACHE" "${TERM:-dumb}" "${VERBOSE:-}"
	[[ -z $interactive ]] || printf 'stty rows %d cols %d\n' \
		"$(tput lines 2>/dev/null || echo 24)" "$(tput cols 2>/dev/null || echo 80)"
	printf 'cd %q\nexec' "$TOP"
	printf ' %q' "$@"
	printf '\n'
} >"$run/share/command"

# A warning is a failure; so is a CPU or a task that stays away. Under emulation on
# a busy machine the usual limits are met by mere slowness, so they are doubled.
cmdline="console=ttyS0 panic=-1 oops=panic panic_on_warn=1 softlockup_panic=1 watchdog_thresh=30"
cmdline+=" rcupdate.rcu_cpu_stall_timeout=$((60 * slowness)) apparmor=0 mitigations=off quiet loglevel=5 tsc=reliable"
# A debug kernel: each cache by itself, so that its name says whose object it is. And no
# interrupt routing by ACPI: its interpreter takes longer for it than it has patience.
# And no fifth level of page tables: while the kernel looks at its first processor an interrupt finds
# that "switched off", and KASAN takes all memory for wild.
((slowness == 1)) || cmdline+=" slab_nomerge acpi=noirq no5lvl"
cmdline+=" btcp.top=$TOP btcp.token=$token btcp.slowness=$slowness"
# Nor is it to test by such a timer whether interrupts arrive: it would panic if none came in time.
[[ $accel != tcg ]] || cmdline+=" tsc_early_khz=$(tsc_khz) no_timer_check"
[[ $image == / ]] || cmdline+=" btcp.modules=$image/lib/modules/$release"
[[ -z $interactive ]] || cmdline+=" btcp.interactive"

args=(
	-nodefaults -no-user-config -display none -no-reboot -nic none
	"${accel_args[@]}" -smp "$cpus" -m "$memory"
	-kernel "$vmlinuz" -initrd "$initramfs" -append "$cmdline"
	-object 'rng-random,id=rng,filename=/dev/urandom' -device 'virtio-rng-pci,rng=rng'
	-virtfs "local,path=/,security_model=none,readonly=on,mount_tag=root,multidevs=remap"
	-virtfs "local,path=$run/share,security_model=none,readonly=on,mount_tag=share"
	-virtfs "local,path=$results,security_model=none,mount_tag=results"
	-chardev "file,id=console,path=$run/console" -serial chardev:console
	-device virtio-serial-pci
	-chardev "file,id=status,path=$run/status"
	-device 'virtserialport,chardev=status,name=btcp.status'
)
if [[ -n $interactive ]]; then
	args+=(-chardev 'stdio,id=out,signal=off' -device 'virtconsole,chardev=out')
	# In the background only so that a hangup finds its number; the terminal is its own.
	qemu-system-x86_64 "${args[@]}" "${extra[@]}" <&0 &
	qemu_pid=$!
	wait "$qemu_pid" || true
	qemu_pid=''
else
	mkfifo "$run/out"
	cat <"$run/out" &
	cat_pid=$!
	args+=(-chardev "file,id=out,path=$run/out" -device 'virtserialport,chardev=out,name=btcp.out')
	qemu-system-x86_64 "${args[@]}" "${extra[@]}" </dev/null >"$run/qemu.log" 2>&1 &
	qemu_pid=$!
	timeout "$limit" tail --pid="$qemu_pid" -s 0.1 -f /dev/null && rc=0 || rc=$?
	if ((rc == 124)); then
		printf '# the guest did not end within %s s\n' "$limit" >&2
		kill "$qemu_pid" 2>/dev/null || true
	fi
	wait "$qemu_pid" || true
	qemu_pid=''
	# Had QEMU never opened the pipe, its reader would wait for ever.
	: <>"$run/out"
	wait "$cat_pid"
fi

faults() { grep -v '^#' "$TOP/tests/vm/kernel-faults"; }

# The kernel's words: from the first line that says what is wrong, else the last ones.
kernel_words() {
	local from
	from=$(grep -n -m 1 -E -f <(faults) "$run/console" | cut -d: -f1) || true
	printf '# the kernel said:\n'
	if [[ -n $from ]]; then
		tail -n "+$from" "$run/console" | head -n 80
	else
		tail -n 30 "$run/console"
	fi | sed 's/\r$//; s/^/#   /'
}

status=$(tr -d '\0' <"$run/status" 2>/dev/null || true)
case $status in
"$token "[0-9]*)
	rc=${status#"$token "}
	rc=${rc%%[!0-9]*}
	# The guest has looked through its log; the panic may have come after.
	if grep -q -E -f <(faults) "$run/console"; then
		kernel_words >&2
		((rc)) || rc=1
	fi
	;;
*)
	keep=1
	rc=1
	printf '# the guest ended without a verdict (kernel %s, %s)\n' "$release" "$accel" >&2
	[[ ! -s $run/qemu.log ]] || sed 's/^/# qemu: /' "$run/qemu.log" >&2
	[[ ! -e $run/console ]] || kernel_words >&2
	;;
esac
[[ $rc -eq 0 || ! -d $run/results || -z $(ls "$run/results") ]] || keep=1
exit "$rc"
