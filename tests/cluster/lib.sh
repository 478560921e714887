# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# All of the cluster library, for the runner, the demo and the shell. It works only
# inside the VM: everything here takes the kernel for its own.

[[ -n ${BTCP_TOP:-} && -d /run/btcp/share ]] || {
	printf 'error: this runs inside the VM (tests/vm/run.sh)\n' >&2
	exit 1
}
CLUSTER=$BTCP_TOP/tests/cluster
. "$CLUSTER/assert.sh"
. "$CLUSTER/cluster.sh"
. "$CLUSTER/configure.sh"
. "$CLUSTER/observe.sh"
