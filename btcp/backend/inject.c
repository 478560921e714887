// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/backend/inject.h"

struct dst_entry *btcp_inject_route(struct btcp_backend_net *bnet,
				    const struct handoff_tuple *tuple)
{
	struct dst_entry *dst;

	dst = handoff_route(bnet->net, tuple->family, &tuple->client, &tuple->server);
	if (!dst)
		btcp_count(bnet, BTCP_STAT_INJECT_FAILURES);
	return dst;
}

int btcp_inject(struct btcp_backend_net *bnet, const struct handoff_tuple *tuple,
		const struct handoff_segment *segment, const struct dst_entry *dst)
{
	int err = handoff_packet_inject(bnet->net, tuple, segment, dst);

	btcp_count(bnet, err ? BTCP_STAT_INJECT_FAILURES : BTCP_STAT_INJECTED_PACKETS);
	return err;
}

void btcp_inject_rst(struct btcp_backend_net *bnet, const struct handoff_tuple *tuple,
		     u32 seq)
{
	const struct handoff_segment segment = { .seq = seq, .flags = TCPHDR_RST };
	struct dst_entry *dst = btcp_inject_route(bnet, tuple);

	if (!dst)
		return;
	btcp_inject(bnet, tuple, &segment, dst);
	dst_release(dst);
}
