#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make shell: the cluster is up, this terminal is in it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

printf 'making the cluster …\n'
cluster_up wan
if [[ -e $BTCP_MODULES/handoff.ko ]]; then
	(cluster_configure wan) 9>&2 || printf 'it could not be configured\n'
else
	printf 'no modules for %s are built: a cluster without them\n' "$BTCP_RELEASE"
fi
cat <<-'END'

	A function for each namespace: client router fe be1 be2 r2 r3 be3; for instance
	    client curl -i $(url 4 /1k)       the VIP; 6 for IPv6
	    btcpctl fe flow show              btcpctl be1 stats
	    fe tcpdump -ni eth0               counter fe frontend forwarded_packets
	"exit" ends the VM, and all that was done in it.

END
exec bash --rcfile "$CLUSTER/shellrc" -i
