// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/frontend/stray.h"
#include "handoff/settings.h"

void front_stray_reset(struct front_net *fn, const struct handoff_headers *h)
{
	struct handoff_segment segment = { .flags = TCPHDR_RST };

	if (h->tcp->ack) {
		/* What the client has acknowledged is what it expects next. */
		segment.seq = ntohl(h->tcp->ack_seq);
	} else {
		segment.flags |= TCPHDR_ACK;
		segment.ack = ntohl(h->tcp->seq) + h->payload_len + h->tcp->syn + h->tcp->fin;
	}
	if (handoff_packet_send(fn->net, &h->tuple, &segment))
		front_count(fn, FRONT_STAT_SENDING_FAILED);
}

void front_stray_answer(struct front_net *fn, const struct handoff_headers *h)
{
	if (h->tcp->rst)
		return;
	if (!front_rate_allow(&fn->strays, handoff_limit(fn->net, HANDOFF_LIMIT_STRAY_RATE))) {
		front_count(fn, FRONT_STAT_STRAY_RST_LIMITED);
		return;
	}
	front_count(fn, FRONT_STAT_STRAY_RST);
	front_stray_reset(fn, h);
}

void front_stray(struct front_net *fn, const struct handoff_headers *h)
{
	front_count(fn, FRONT_STAT_STRAYS);
	front_stray_answer(fn, h);
}
