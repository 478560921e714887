// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/backend/inject.h"

struct dst_entry *back_inject_route(struct back_net *bnet,
				    const struct handoff_tuple *tuple)
{
	struct dst_entry *dst;

	dst = handoff_route(bnet->net, tuple->family, &tuple->client, &tuple->server);
	if (!dst)
		back_count(bnet, BACK_STAT_INJECT_FAILURES);
	return dst;
}

int back_inject(struct back_net *bnet, const struct handoff_tuple *tuple,
		const struct handoff_segment *segment, const struct dst_entry *dst)
{
	int err = handoff_packet_inject(bnet->net, tuple, segment, dst);

	back_count(bnet, err ? BACK_STAT_INJECT_FAILURES : BACK_STAT_INJECTED_PACKETS);
	return err;
}

void back_inject_rst(struct back_net *bnet, const struct handoff_tuple *tuple,
		     u32 seq)
{
	const struct handoff_segment segment = { .seq = seq, .flags = TCPHDR_RST };
	struct dst_entry *dst = back_inject_route(bnet, tuple);

	if (!dst)
		return;
	back_inject(bnet, tuple, &segment, dst);
	dst_release(dst);
}
