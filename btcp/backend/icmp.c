// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter.h>

#include "btcp/backend/checksum.h"
#include "btcp/backend/flow.h"
#include "btcp/backend/icmp.h"
#include "handoff/quote.h"

/* Both families' errors have their checksum there. */
#define ICMP_CHECK_OFF	2

unsigned int back_icmp_inbound(struct back_net *bnet, struct sk_buff *skb)
{
	struct back_flow *flow;
	struct handoff_quote q;
	u8 state;
	u32 diff;

	if (!handoff_quote_parse(skb, &q))
		return NF_ACCEPT;
	flow = back_flow_lookup(bnet, &q.tuple);
	if (!flow)
		return NF_ACCEPT;
	state = back_flow_state(flow);
	/* Nothing was sent yet, or nobody is there to hear of it. */
	if (state == BACK_FLOW_SYN || state == BACK_FLOW_ENDED)
		goto bad;
	if (skb_ensure_writable(skb, q.tcp + HANDOFF_QUOTED_TCP))
		goto bad;
	/* At an even offset from the ICMP header, so the change is as it is. */
	diff = btcp_translate_quoted(skb->data + q.tcp, HANDOFF_QUOTED_TCP, &flow->t);
	back_checksum_update(skb, (__sum16 *)(skb->data + q.icmp + ICMP_CHECK_OFF), diff);
	back_count(bnet, BACK_STAT_ICMP_TRANSLATED);
	return NF_ACCEPT;

bad:
	back_count(bnet, BACK_STAT_ICMP_BAD);
	consume_skb(skb);
	return NF_STOLEN;
}
