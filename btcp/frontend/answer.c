// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/frontend/answer.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/service.h"
#include "btcp/http_answer.h"
#include "handoff/settings.h"

/* How long the first wait for the answer to be acknowledged lasts. */
#define RETRANSMIT_MIN	(HZ / 5)
#define RETRANSMIT_MAX	HZ
/* Then the client is taken for gone; the last wait is 32 times the first. */
#define RETRANSMITS	5

static u32 build(const struct front_opening *o, u8 *buf)
{
	return o->status ? o->proto->answer(o, buf) : 0;
}

static void send_answer(struct front_opening *o)
{
	u8 buf[HTTP_ANSWER_MAX];
	u32 len = build(o, buf);

	front_opening_send(o, 1, o->acked,
			   TCPHDR_ACK | TCPHDR_FIN | (len ? TCPHDR_PSH : 0), buf, len);
}

/* Our sequence number behind the answer and its FIN. */
static u32 answer_end(const struct front_opening *o)
{
	u8 buf[HTTP_ANSWER_MAX];

	return 1 + build(o, buf) + 1;
}

static unsigned long retransmit_delay(const struct front_opening *o)
{
	unsigned long first = clamp_t(unsigned long, usecs_to_jiffies(2 * o->syn.srtt_us),
				      RETRANSMIT_MIN, RETRANSMIT_MAX);

	return first << o->retries;
}

static void count_answer(struct front_opening *o)
{
	static const struct {
		u16 status;
		enum front_stat http, other;
	} counters[] = {
		{ 400, FRONT_STAT_ANSWER_400, FRONT_STAT_ANSWER_400 },
		{ 404, FRONT_STAT_ANSWER_404, FRONT_STAT_REFUSED_NO_RULE },
		{ 408, FRONT_STAT_ANSWER_408, FRONT_STAT_REFUSED_LATE },
		{ 431, FRONT_STAT_ANSWER_431, FRONT_STAT_REFUSED_TOO_LONG },
		{ 503, FRONT_STAT_ANSWER_503, FRONT_STAT_REFUSED_NO_BACKEND },
	};
	unsigned int i;

	if (!o->status) {
		front_count(o->fn, FRONT_STAT_CLOSED_EARLY);
		return;
	}
	handoff_stats_inc(&o->flow->service->stats, FRONT_SERVICE_ANSWERS);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (counters[i].status == o->status)
			front_count(o->fn, o->proto->http ? counters[i].http :
							    counters[i].other);
}

/* The client's FIN may wait in the queue right behind what we have. */
static void take_queued(struct front_opening *o)
{
	struct sk_buff *skb;

	while ((skb = skb_peek(&o->queue))) {
		const struct front_place *place = front_opening_queued(skb);

		if (place->start <= (s32)o->received && place->end > (s32)o->received) {
			o->received = place->end;
			o->fin_received |= place->fin;
		}
		front_opening_unlink(o, skb, &o->queue);
		consume_skb(skb);
	}
}

/* Send it again, or have done. */
static void timeout(struct front_opening *o)
{
	/* Who has the whole answer may close in his own time. */
	if (o->answer_acked) {
		front_opening_end(o);
		return;
	}
	if (o->retries >= RETRANSMITS) {
		front_opening_send(o, answer_end(o), o->acked, TCPHDR_RST | TCPHDR_ACK, NULL, 0);
		front_opening_end(o);
		return;
	}
	o->retries++;
	send_answer(o);
	front_opening_arm(o, retransmit_delay(o), timeout);
}

/* No more of the answer, only of what the client still sends. */
static void acknowledged(struct front_opening *o)
{
	if (o->answer_acked)
		return;
	o->answer_acked = true;
	front_opening_arm(o, handoff_timeout(o->fn->net, HANDOFF_TIMEOUT_ANSWER), timeout);
}

void front_answer_begin(struct front_opening *o, u16 status)
{
	lockdep_assert_held(&o->flow->flow.lock);
	o->status = status;
	count_answer(o);
	if (!o->proto->answer) {
		front_opening_reset(o);
		front_opening_end(o);
		return;
	}
	o->received = o->len + o->fin_received;
	take_queued(o);
	/* It is answered, so it is received. */
	o->acked = o->received;
	o->retries = 0;
	o->id = 0;
	front_opening_forget_buffer(o);
	front_backlog_answered(o->fn, &o->backlog);
	front_flow_set_state(o->fn, o->flow, FRONT_FLOW_ANSWERING);
	send_answer(o);
	front_opening_arm(o, retransmit_delay(o), timeout);
}

static void swallow(struct front_opening *o, const struct front_place *place)
{
	front_count(o->fn, FRONT_STAT_SWALLOWED);
	if (place->start <= (s32)o->received && place->end > (s32)o->received &&
	    !o->fin_received) {
		o->received = place->end;
		o->fin_received = place->fin;
		o->acked = o->received;
	}
}

/*
 * What came again, from its first byte on, or what may come next.  Blind packets
 * are hardly ever either, and shall not make us send what is longer than they are.
 */
static bool in_window(const struct front_opening *o, const struct front_place *place)
{
	s64 ahead = (s32)((u32)place->start - o->received);

	/* A keep-alive is one byte before, whatever came. */
	return ahead >= -(s64)o->received - 1 &&
	       ahead <= o->syn.promised_window + 65535 && place->end >= place->start;
}

void front_answer_packet(struct front_opening *o, const struct handoff_headers *h)
{
	struct front_place place = front_opening_place(o, h);
	u32 ack = ntohl(h->tcp->ack_seq) - o->syn.front_isn;

	lockdep_assert_held(&o->flow->flow.lock);
	if (h->tcp->rst) {
		if (place.start == (s32)o->received)
			front_opening_end(o);
		else
			front_count(o->fn, FRONT_STAT_BAD_SEQUENCE);
		return;
	}
	if (!h->tcp->ack || h->tcp->syn) {
		front_count(o->fn, FRONT_STAT_BAD_FLAGS);
		return;
	}
	if (!in_window(o, &place)) {
		front_count(o->fn, FRONT_STAT_BAD_SEQUENCE);
		return;
	}
	if (ack - 1 > answer_end(o) - 1) {
		front_count(o->fn, FRONT_STAT_HANDSHAKE_BAD_ACK);
		return;
	}
	swallow(o, &place);
	if (ack == answer_end(o)) {
		/* Both sides are done: nothing is left to wait for. */
		if (o->fin_received) {
			front_opening_send(o, ack, o->acked, TCPHDR_ACK, NULL, 0);
			front_opening_end(o);
			return;
		}
		acknowledged(o);
		if (place.end > place.start)
			front_opening_send(o, ack, o->acked, TCPHDR_ACK, NULL, 0);
		return;
	}
	if (place.end > place.start)
		send_answer(o);
}
