#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make demo, inside the VM: requests through the cluster, and for each who answered
# and what of the response crossed the front-end. Whatever is not as claimed fails it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
trap run_deferred EXIT

began=$SECONDS
printf 'Linux %s in a VM: client, router, front-end, two back-ends …\n' "$(uname -r)"
cluster_up
cluster_configure

# Counted where frames enter the front-end, before anything else there sees them:
# what a VIP or a back-end's web server says with payload in it.
fe nft -f - <<-END
	table netdev demo {
		counter packets { }
		chain ingress {
			type filter hook ingress device eth0 priority -500; policy accept;
			ip saddr { $VIP4, $(address be1 4), $(address be2 4) } tcp sport 80 jump payload
			ip6 saddr { $VIP6, $(address be1 6), $(address be2 6) } tcp sport 80 jump payload
		}
		chain payload {
			counter name packets
		}
	}
END
# A response that leaves by the front-end leaves as bytes; its SYN/ACK and FIN are all
# that may.
fe nft -f - <<-END
	table netdev demo_out {
		counter payload { }
	}
END
