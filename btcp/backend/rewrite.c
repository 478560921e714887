// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "btcp/backend/checksum.h"
#include "btcp/backend/rewrite.h"

int back_rewrite_out(struct back_net *bnet, struct back_flow *flow,
		     struct sk_buff *skb, struct handoff_headers *h)
{
	u32 diff;

	/* TCP keeps the data for itself: this skb is a clone, headers included. */
	if (skb_ensure_writable(skb, h->thoff + h->hdrlen))
		goto no_memory;
	h->tcp = (struct tcphdr *)(skb->data + h->thoff);
	diff = btcp_translate_out((u8 *)h->tcp, h->hdrlen, &flow->t);
	back_checksum_update(skb, &h->tcp->check, diff);
	if (handoff_packet_set_addr(skb, h, true, &flow->vip, flow->vip_port))
		goto no_memory;
	if (diff & BTCP_TRANSLATE_MALFORMED)
		back_count(bnet, BACK_STAT_BAD_OPTIONS);
	back_count(bnet, BACK_STAT_REWRITTEN_PACKETS);
	handoff_stats_add(&bnet->stats, BACK_STAT_REWRITTEN_BYTES, h->payload_len);
	return 0;

no_memory:
	back_count(bnet, BACK_STAT_NO_MEMORY);
	return -ENOMEM;
}

int back_rewrite_in(struct back_net *bnet, struct back_flow *flow,
		    struct sk_buff *skb, struct handoff_headers *h)
{
	u32 diff;

	if (skb_ensure_writable(skb, h->thoff + h->hdrlen)) {
		back_count(bnet, BACK_STAT_NO_MEMORY);
		return -ENOMEM;
	}
	h->tcp = (struct tcphdr *)(skb->data + h->thoff);
	diff = btcp_translate_in((u8 *)h->tcp, h->hdrlen, &flow->t);
	back_checksum_update(skb, &h->tcp->check, diff);
	if (diff & BTCP_TRANSLATE_MALFORMED)
		back_count(bnet, BACK_STAT_BAD_OPTIONS);
	back_count(bnet, BACK_STAT_TRANSLATED_PACKETS);
	return 0;
}
