// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/frontend/answer.h"
#include "btcp/frontend/handover.h"
#include "btcp/frontend/listen.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/request.h"
#include "btcp/frontend/service.h"
#include "btcp/frontend/stray.h"
#include "handoff/settings.h"

/*
 * Bytes copied before the parser is asked: a head that ends early in a big GRO
 * packet leaves the body in the packet, which BIP forwards as it came.
 */
#define COPY_STEP	2048

static enum front_head parsed(const struct front_opening *o)
{
	return o->head;
}

static void read(struct front_opening *o, bool fin)
{
	o->head = o->proto->read(o, fin);
	if (parsed(o) == FRONT_HEAD_MORE &&
	    o->len > handoff_limit(o->fn->net, HANDOFF_LIMIT_HEAD)) {
		o->head = FRONT_HEAD_REFUSED;
		o->status = 431;
	}
}

/*
 * Copy what is new of a packet into the buffer, and read it.  False: no memory;
 * the rest is not there, and not acknowledged.
 */
static bool take(struct front_opening *o, struct sk_buff *skb,
		 const struct handoff_headers *h, const struct front_place *place)
{
	u32 end = place->start + h->payload_len;

	do {
		u32 n = o->len < end ? min_t(u32, end - o->len, COPY_STEP) : 0;
		u32 from = h->thoff + h->hdrlen + (o->len - place->start);

		if (n && (!front_opening_grow(o, o->len + n) ||
			  skb_copy_bits(skb, from, o->buf + o->len, n)))
			return false;
		o->len += n;
		read(o, place->fin && o->len == end);
	} while (o->len < end && parsed(o) == FRONT_HEAD_MORE);
	return true;
}

/* As much of the head is there as is needed: find its pool and begin to hand over, or answer. */
static void route(struct front_opening *o)
{
	int status;

	lockdep_assert_held(&o->flow->flow.lock);
	status = o->proto->route(o);
	if (status)
		front_answer_begin(o, status);
	else
		front_handover_begin(o);
}

/* Merge what was waiting behind a hole that is filled now. */
static bool merge(struct front_opening *o, bool *fin)
{
	struct handoff_headers h;
	struct sk_buff *skb;

	while (parsed(o) == FRONT_HEAD_MORE) {
		struct front_place place;

		skb = skb_peek(&o->queue);
		if (!skb || front_opening_queued(skb)->start > (s32)o->len)
			break;
		place = *front_opening_queued(skb);
		if (!handoff_packet_parse(skb, false, &h) || !take(o, skb, &h, &place)) {
			front_opening_unlink(o, skb, &o->queue);
			kfree_skb(skb);
			return false;
		}
		/* Its body part may have to go as the packet it came in. */
		if (parsed(o) != FRONT_HEAD_MORE)
			break;
		front_opening_unlink(o, skb, &o->queue);
		*fin |= place.fin && place.end == (s32)o->len + 1;
		consume_skb(skb);
	}
	return true;
}

/* New bytes are in the buffer: what now? */
static void advance(struct front_opening *o, bool fin)
{
	if (!merge(o, &fin) && parsed(o) == FRONT_HEAD_MORE) {
		/* What is in the buffer is in good order all the same. */
		front_opening_ack_all(o);
		return;
	}
	switch (parsed(o)) {
	case FRONT_HEAD_MORE:
		if (fin) {
			/* No request will come any more: close, as a server does. */
			o->fin_received = true;
			front_answer_begin(o, 0);
			break;
		}
		front_opening_ack_all(o);
		break;
	case FRONT_HEAD_DONE:
		route(o);
		break;
	case FRONT_HEAD_REFUSED:
		front_answer_begin(o, o->status);
		break;
	}
}

/* A segment with bytes or a FIN, within the window. */
static bool data(struct front_opening *o, struct sk_buff *skb,
		 const struct handoff_headers *h, const struct front_place *place)
{
	bool fin, all, keep = false;

	if (place->end <= (s32)o->len) {
		front_count(o->fn, FRONT_STAT_RETRANSMITTED);
		front_opening_ack(o);
		return false;
	}
	/* From here on it is positive. */
	o->end = max_t(u32, o->end, place->end);
	if (place->start > (s32)o->len) {
		front_count(o->fn, FRONT_STAT_OUT_OF_ORDER);
		keep = front_opening_queue(o, skb, place, true);
		front_opening_ack(o);
		return keep;
	}

	all = take(o, skb, h, place);
	if (parsed(o) == FRONT_HEAD_DONE) {
		/*
		 * What lies behind the head goes in the hand-off if there is
		 * room, else as this packet, behind it; so does a FIN.
		 */
		if (place->end > (s32)o->head_len)
			keep = front_opening_queue(o, skb, place, true);
		/* No place for it: the client sends all of it again. */
		if (!keep && place->end > (s32)o->len)
			o->end = o->len;
	}
	fin = all && place->fin;
	advance(o, fin);
	return keep;
}

static void reset_by_client(struct front_opening *o, const struct front_place *place)
{
	/* RFC 5961: only the very next number will do; else ask who it was. */
	if (place->start == (s32)o->len || place->start == (s32)o->acked ||
	    place->start == (s32)o->end) {
		front_count(o->fn, FRONT_STAT_ABORTED);
		front_opening_end(o);
		return;
	}
	if (place->start >= 0 && place->start < (s32)(o->acked + o->syn.promised_window)) {
		front_opening_challenge(o);
		return;
	}
	front_count(o->fn, FRONT_STAT_BAD_SEQUENCE);
}

/* The head is not there in time. */
static void timeout(struct front_opening *o)
{
	if (o->proto->server_first)
		route(o);
	else	/* Who never said a word has asked for nothing: no answer. */
		front_answer_begin(o, o->end ? 408 : 0);
}

/* The stored ACK, and the round trip it shows. */
static void established(struct front_opening *o, const struct handoff_headers *h,
			const struct tcp_options_seen *seen)
{
	struct front_net *fn = o->fn;
	u64 elapsed = div_u64(ktime_get_ns() - o->synack_ns, NSEC_PER_USEC);

	o->ack_window = ntohs(h->tcp->window);
	o->ack_tsval = seen->has_ts ? seen->tsval : o->syn.syn_tsval;
	if (!o->resent)
		o->syn.srtt_us = max_t(u64, elapsed, 1);
	else if (!o->syn.srtt_us)	/* not longer than since the first SYN/ACK */
		o->syn.srtt_us = clamp_t(u64, elapsed, 1, FRONT_RTT_UNKNOWN);
	o->retries = 0;
	front_backlog_proved(fn, &o->backlog);
	front_flow_set_state(fn, o->flow, FRONT_FLOW_HEAD);
	front_count(fn, FRONT_STAT_CONNECTIONS);
	handoff_stats_inc(&o->flow->service->stats, FRONT_SERVICE_CONNECTIONS);
	front_opening_arm(o, handoff_timeout(fn->net, o->proto->timeout), timeout);
}

bool front_request_packet(struct front_opening *o, struct sk_buff *skb,
			  const struct handoff_headers *h)
{
	struct front_place place = front_opening_place(o, h);
	bool syn_recv = o->flow->flow.state == FRONT_FLOW_SYN_RECV;
	struct tcp_options_seen seen;

	lockdep_assert_held(&o->flow->flow.lock);
	if (h->tcp->rst) {
		reset_by_client(o, &place);
		return false;
	}
	if (h->tcp->syn) {
		if (syn_recv && !h->tcp->ack && place.start == -1) {
			front_listen_again(o);
			return false;
		}
		front_opening_challenge(o);
		return false;
	}
	if (!h->tcp->ack) {
		front_count(o->fn, FRONT_STAT_BAD_FLAGS);
		return false;
	}
	if (ntohl(h->tcp->ack_seq) != o->syn.front_isn + 1) {
		/* RFC 9293 3.10.7.4: in SYN-RECEIVED that is answered by RST. */
		front_count(o->fn, FRONT_STAT_HANDSHAKE_BAD_ACK);
		if (syn_recv)
			front_stray_answer(o->fn, h);
		return false;
	}
	if (!front_opening_in_window(o, &place) || (syn_recv && place.start < 0)) {
		front_count(o->fn, FRONT_STAT_BAD_SEQUENCE);
		front_opening_challenge(o);
		return false;
	}

	tcp_options_parse(&seen, (const u8 *)(h->tcp + 1), h->hdrlen - sizeof(*h->tcp));
	if (seen.has_ts && place.start <= (s32)o->acked)
		o->ts_recent = seen.tsval;
	if (syn_recv)
		established(o, h, &seen);
	if (place.start == place.end) {
		/* A keep-alive or a window's probe: silence would look like death. */
		if (place.start < (s32)o->len)
			front_opening_ack(o);
		return false;
	}
	return data(o, skb, h, &place);
}
