// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/tcp.h>

#include "btcp/frontend/answer.h"
#include "btcp/frontend/handover.h"
#include "btcp/frontend/listen.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/request.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"
#include "btcp/frontend/stray.h"
#include "btcp/http_once.h"
#include "handoff/settings.h"

/*
 * Bytes copied before the parser is asked: a head that ends early in a big GRO
 * packet leaves the body in the packet, which BIP forwards as it came.
 */
#define COPY_STEP	2048

static enum http_head_result parsed(const struct front_opening *o)
{
	return o->head.result;
}

/*
 * Copy what is new of a packet into the buffer, and parse.  False: no memory;
 * the rest is not there, and not acknowledged.
 */
static bool take(struct front_opening *o, struct sk_buff *skb,
		 const struct handoff_headers *h, const struct front_place *place)
{
	u32 end = place->start + h->payload_len;

	while (o->len < end && parsed(o) == HTTP_HEAD_MORE) {
		u32 n = min_t(u32, end - o->len, COPY_STEP);
		u32 from = h->thoff + h->hdrlen + (o->len - place->start);

		if (!front_opening_grow(o, o->len + n) ||
		    skb_copy_bits(skb, from, o->buf + o->len, n))
			return false;
		o->len += n;
		http_head_parse(&o->head, o->buf, o->len);
		if (parsed(o) == HTTP_HEAD_MORE &&
		    o->len > handoff_limit(o->fn->net, HANDOFF_LIMIT_HEAD)) {
			o->head.result = HTTP_HEAD_REFUSED;
			o->head.reason = HTTP_REASON_TOO_LONG;
		}
	}
	return true;
}

/*
 * What of the connection is known without its head.  The request lives as long
 * as the flow and what it points into.
 */
static void know_client(struct rule_request *request, const struct front_opening *o)
{
	const struct handoff_tuple *tuple = &o->flow->flow.tuple;

	request->client = (const u8 *)&tuple->client;
	request->client_len = tuple->family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
							      sizeof(struct in6_addr);
}

/* Keep the pool.  Returns 0, or the status of a refusal. */
static int take_pool(struct front_opening *o, struct front_pool *pool,
		     const struct rule_request *request)
{
	if (READ_ONCE(o->flow->service->deleting))
		return 503;
	if (!pool)
		return 404;
	if (!front_pool_get(pool))
		return 503;
	o->pool = pool;
	o->choice.key = front_pool_key(pool, request);
	return 0;
}

/* Find the pool.  Returns 0, or the status of a refusal. */
static int find_pool(struct front_opening *o, const struct front_rules *rules)
{
	struct rule_request request = {};
	const struct front_rule *rule = rules->fallback;
	void *room;
	int status;

	if (parsed(o) == HTTP_HEAD_PREFACE) {
		/* Of an HTTP/2 request nothing is known yet. */
		front_count(o->fn, FRONT_STAT_HTTP2_PREFACE);
		know_client(&request, o);
		return take_pool(o, rule ? rule->pool : NULL, &request);
	}
	room = kmalloc(rule_request_room(&o->head), GFP_ATOMIC | __GFP_NOWARN);
	if (!room) {
		front_count(o->fn, FRONT_STAT_HEAD_MEMORY);
		return 503;
	}
	if (rule_request_read(&request, &o->head, o->buf, room)) {
		status = 400;
	} else {
		know_client(&request, o);
		status = take_pool(o, front_rules_route(rules, &request, &rule), &request);
	}
	kfree(room);
	return status;
}

static void edit_once(struct front_opening *o, const struct front_service *service,
		      const struct front_rules *rules)
{
	u8 requests = READ_ONCE(service->requests);

	if (requests == BTCP_REQUESTS_AUTO)
		requests = rules->pool_count > 1 ? BTCP_REQUESTS_ONCE : BTCP_REQUESTS_FIRST;
	if (requests == BTCP_REQUESTS_ONCE &&
	    http_once_edit(o->buf, &o->head) == HTTP_ONCE_UNTOUCHED)
		front_count(o->fn, FRONT_STAT_ONCE_UNTOUCHED);
}

/* The head is complete: find its pool and begin to hand over, or answer. */
static void route(struct front_opening *o)
{
	const struct front_service *service = o->flow->service;
	const struct front_rules *rules = rcu_dereference(service->rules);
	int status;

	lockdep_assert_held(&o->flow->flow.lock);
	o->head_only = parsed(o) == HTTP_HEAD_DONE &&
		       http_head_method_is(&o->head, o->buf, "HEAD");
	status = find_pool(o, rules);
	if (status) {
		front_answer_begin(o, status);
		return;
	}
	if (parsed(o) == HTTP_HEAD_DONE)
		edit_once(o, service, rules);
	front_handover_begin(o);
}

/* Merge what was waiting behind a hole that is filled now. */
static bool merge(struct front_opening *o, bool *fin)
{
	struct handoff_headers h;
	struct sk_buff *skb;

	while (parsed(o) == HTTP_HEAD_MORE) {
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
		if (parsed(o) != HTTP_HEAD_MORE)
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
	if (!merge(o, &fin) && parsed(o) == HTTP_HEAD_MORE) {
		/* What is in the buffer is in good order all the same. */
		front_opening_ack_all(o);
		return;
	}
	switch (parsed(o)) {
	case HTTP_HEAD_MORE:
		if (fin) {
			/* No request will come any more: close, as a server does. */
			o->fin_received = true;
			front_answer_begin(o, 0);
			break;
		}
		front_opening_ack_all(o);
		break;
	case HTTP_HEAD_DONE:
	case HTTP_HEAD_PREFACE:
		route(o);
		break;
	case HTTP_HEAD_REFUSED:
		front_answer_begin(o, http_head_status(o->head.reason));
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
	if (parsed(o) == HTTP_HEAD_DONE || parsed(o) == HTTP_HEAD_PREFACE) {
		/*
		 * What lies behind the head goes in the hand-off if there is
		 * room, else as this packet, behind it; so does a FIN.
		 */
		if (place->end > (s32)o->head.head_len)
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
	/* Who never said a word has asked for nothing: no answer. */
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
	front_opening_arm(o, handoff_timeout(fn->net, HANDOFF_TIMEOUT_HEAD), timeout);
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
