// SPDX-License-Identifier: GPL-2.0
#include "handoff/wire_body.h"

/* Bits of the flag bytes; those not listed are zero when sent, ignored when read. */
#define HANDOFF_STAGED		0x01
#define ACK_STANDING		0x01
#define SEGMENT_HAS_TS		0x01
#define CLOSED_RESET		0x01
#define HEARTBEAT_GOING		0x01
#define SERVER_IPV6		0x01
#define SERVER_LISTENING	0x02
#define SERVER_PRESSURE		0x04

#define OPT_ALL		(WIRE_OPT_SACK | WIRE_OPT_TIMESTAMP | WIRE_OPT_WSCALE)
#define SEGMENT_FLAGS	(WIRE_FIN | WIRE_RST | WIRE_ACK)

#define WSCALE_MAX	14	/* RFC 7323 */

/* Bytes of an entry, as put_server() writes it */
#define SERVER_LEN	18

static void put_handoff(struct wire_out *o, const struct wire_handoff *h)
{
	put32(o, h->client_isn);
	put16(o, h->syn_window);
	put16(o, h->mss);
	put8(o, h->options);
	put8(o, h->client_wscale);
	put8(o, h->promised_wscale);
	put8(o, h->staged ? HANDOFF_STAGED : 0);
	put32(o, h->syn_tsval);
	put32(o, h->front_isn);
	put32(o, h->front_tsval);
	put16(o, h->promised_window);
	put32(o, h->srtt_us);
	put32(o, h->ack_tsval);
	put16(o, h->ack_window);
	put32(o, h->head_len);
	put16(o, h->data_len);
	put_bytes(o, h->data, h->data_len);
}

static void get_handoff(struct wire_in *i, struct wire_handoff *h)
{
	h->client_isn = get32(i);
	h->syn_window = get16(i);
	h->mss = get16(i);
	h->options = get8(i) & OPT_ALL;
	h->client_wscale = get8(i);
	h->promised_wscale = get8(i);
	h->staged = get8(i) & HANDOFF_STAGED;
	h->syn_tsval = get32(i);
	h->front_isn = get32(i);
	h->front_tsval = get32(i);
	h->promised_window = get16(i);
	h->srtt_us = get32(i);
	h->ack_tsval = get32(i);
	h->ack_window = get16(i);
	h->head_len = get32(i);
	h->data_len = get16(i);
	h->data = take(i, h->data_len);
}

static void put_head(struct wire_out *o, const struct wire_head *h)
{
	put32(o, h->offset);
	put16(o, h->data_len);
	put_bytes(o, h->data, h->data_len);
}

static void get_head(struct wire_in *i, struct wire_head *h)
{
	h->offset = get32(i);
	h->data_len = get16(i);
	h->data = take(i, h->data_len);
}

static void put_ack(struct wire_out *o, const struct wire_handoff_ack *a)
{
	put8(o, a->standing ? ACK_STANDING : 0);
	put8(o, 0);
	put16(o, 0);
	put32(o, a->have);
	put32(o, a->seq);
	put32(o, a->ack);
}

static void get_ack(struct wire_in *i, struct wire_handoff_ack *a)
{
	a->standing = get8(i) & ACK_STANDING;
	get8(i);
	get16(i);
	a->have = get32(i);
	a->seq = get32(i);
	a->ack = get32(i);
}

static void put_segment(struct wire_out *o, const struct wire_segment *s)
{
	put8(o, s->flags);
	put8(o, s->has_ts ? SEGMENT_HAS_TS : 0);
	put16(o, s->window);
	put32(o, s->seq);
	put32(o, s->ack);
	put32(o, s->tsval);
	put32(o, s->tsecr);
}

static void get_segment(struct wire_in *i, struct wire_segment *s)
{
	s->flags = get8(i);
	s->has_ts = get8(i) & SEGMENT_HAS_TS;
	s->window = get16(i);
	s->seq = get32(i);
	s->ack = get32(i);
	s->tsval = get32(i);
	s->tsecr = get32(i);
}

static void put_closed(struct wire_out *o, const struct wire_closed *c)
{
	put8(o, c->why);
	put8(o, c->reset ? CLOSED_RESET : 0);
	put32(o, c->linger_ms);
	put32(o, c->seq);
	put32(o, c->ack);
}

static void get_closed(struct wire_in *i, struct wire_closed *c)
{
	c->why = get8(i);
	c->reset = get8(i) & CLOSED_RESET;
	c->linger_ms = get32(i);
	c->seq = get32(i);
	c->ack = get32(i);
}

static void put_server(struct wire_out *o, const struct wire_server *s)
{
	put16(o, s->port);
	put8(o, (s->ipv6 ? SERVER_IPV6 : 0) | (s->listening ? SERVER_LISTENING : 0) |
	     (s->pressure ? SERVER_PRESSURE : 0));
	put8(o, s->options);
	put8(o, s->wscale);
	put8(o, 0);
	put16(o, s->window);
	put16(o, s->mss);
	put32(o, s->backlog);
	put32(o, s->backlog_max);
}

static void get_server(struct wire_in *i, struct wire_server *s)
{
	u8 flags;

	s->port = get16(i);
	flags = get8(i);
	s->ipv6 = flags & SERVER_IPV6;
	s->listening = flags & SERVER_LISTENING;
	s->pressure = flags & SERVER_PRESSURE;
	s->options = get8(i) & OPT_ALL;
	s->wscale = get8(i);
	get8(i);
	s->window = get16(i);
	s->mss = get16(i);
	s->backlog = get32(i);
	s->backlog_max = get32(i);
}

static void put_heartbeat(struct wire_out *o, const struct wire_heartbeat *h)
{
	u32 n;

	put16(o, h->probe);
	put16(o, h->probed);
	put32(o, h->active_flows);
	put32(o, h->yours);
	put8(o, h->going ? HEARTBEAT_GOING : 0);
	put8(o, h->count);
	put8(o, SERVER_LEN);
	put8(o, 0);
	for (n = 0; n < h->count; n++)
		put_server(o, &h->server[n]);
}

static void get_heartbeat(struct wire_in *i, struct wire_heartbeat *h)
{
	u32 n, count, len;

	h->probe = get16(i);
	h->probed = get16(i);
	h->active_flows = get32(i);
	h->yours = get32(i);
	h->going = get8(i) & HEARTBEAT_GOING;
	count = get8(i);
	len = get8(i);
	get8(i);
	/* A later version's entries may be longer, and more than fit here. */
	if (count && len < SERVER_LEN) {
		i->empty = true;
		return;
	}
	for (n = 0; n < count; n++) {
		const u8 *at = take(i, len);
		struct wire_in entry = { .at = at };

		if (!at)
			return;
		entry.end = at + len;
		if (n < WIRE_SERVERS_MAX)
			get_server(&entry, &h->server[n]);
	}
	h->count = min_t(u32, count, WIRE_SERVERS_MAX);
}

static bool valid_heartbeat(const struct wire_heartbeat *h)
{
	u32 n;

	if (h->count > WIRE_SERVERS_MAX)
		return false;
	for (n = 0; n < h->count; n++)
		if (h->server[n].wscale > WSCALE_MAX ||
		    h->server[n].options & ~OPT_ALL)
			return false;
	return true;
}

static bool valid_handoff(const struct wire_handoff *h)
{
	return !(h->options & ~OPT_ALL) && h->client_wscale <= WSCALE_MAX &&
	       h->promised_wscale <= WSCALE_MAX && h->data_len <= h->head_len &&
	       !(h->staged && h->data_len) && (h->data || !h->data_len);
}

static bool valid_head(const struct wire_head *h)
{
	return h->offset + h->data_len >= h->offset && (h->data || !h->data_len);
}

void wire_body_put(struct wire_out *o, const struct wire_msg *msg)
{
	switch (msg->type) {
	case WIRE_HEARTBEAT:
		put_heartbeat(o, &msg->heartbeat);
		break;
	case WIRE_HANDOFF:
		put_handoff(o, &msg->handoff);
		break;
	case WIRE_HEAD:
		put_head(o, &msg->head);
		break;
	case WIRE_HANDOFF_ACK:
		put_ack(o, &msg->ack);
		break;
	case WIRE_HANDOFF_NAK:
		put8(o, msg->nak.reason);
		break;
	case WIRE_SEGMENT:
		put_segment(o, &msg->segment);
		break;
	case WIRE_CLOSED:
		put_closed(o, &msg->closed);
		break;
	}
}

void wire_body_get(struct wire_in *i, struct wire_msg *msg)
{
	switch (msg->type) {
	case WIRE_HEARTBEAT:
		get_heartbeat(i, &msg->heartbeat);
		break;
	case WIRE_HANDOFF:
		get_handoff(i, &msg->handoff);
		break;
	case WIRE_HEAD:
		get_head(i, &msg->head);
		break;
	case WIRE_HANDOFF_ACK:
		get_ack(i, &msg->ack);
		break;
	case WIRE_HANDOFF_NAK:
		msg->nak.reason = get8(i);
		break;
	case WIRE_SEGMENT:
		get_segment(i, &msg->segment);
		break;
	case WIRE_CLOSED:
		get_closed(i, &msg->closed);
		break;
	}
}

bool wire_body_valid(const struct wire_msg *msg)
{
	switch (msg->type) {
	case WIRE_HEARTBEAT:
		return valid_heartbeat(&msg->heartbeat);
	case WIRE_HANDOFF:
		return valid_handoff(&msg->handoff);
	case WIRE_HEAD:
		return valid_head(&msg->head);
	case WIRE_HANDOFF_NAK:
		/* A reason of a later version is a reason: see wire.h. */
		return msg->nak.reason;
	case WIRE_SEGMENT:
		/* Exactly one of both: nothing else is to reach the client this way. */
		return !(msg->segment.flags & ~SEGMENT_FLAGS) &&
		       !(msg->segment.flags & WIRE_FIN) != !(msg->segment.flags & WIRE_RST);
	case WIRE_CLOSED:
		return msg->closed.why;
	case WIRE_HANDOFF_ACK:
	case WIRE_QUERY:
	case WIRE_ALIVE:
	case WIRE_RESET:
		return true;
	}
	return false;
}
