// SPDX-License-Identifier: GPL-2.0
/*
 * TLS, routed by what its ClientHello says in clear.  Nothing is decrypted: all
 * the front-end itself can say is an alert.
 */
#include <linux/slab.h>

#include "btcp/frontend/opening.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/service.h"
#include "btcp/rule.h"

static void init(struct front_opening *o)
{
	tls_hello_init(&o->tls);
}

static enum front_head read(struct front_opening *o, bool fin)
{
	switch (tls_hello_parse(&o->tls, o->buf, o->len)) {
	case TLS_HELLO_DONE:
	case TLS_HELLO_OTHER:
		o->head_len = o->tls.pos;
		return FRONT_HEAD_DONE;
	case TLS_HELLO_TOO_LONG:
		o->status = 431;
		return FRONT_HEAD_REFUSED;
	case TLS_HELLO_MORE:
		break;
	}
	return FRONT_HEAD_MORE;
}

static int find_pool(struct front_opening *o, u8 *room)
{
	struct rule_request request;
	int has;

	has = tls_hello_read(&request, &o->tls, o->buf, room);
	if (has < 0) {
		/* The server will find words for it. */
		front_count(o->fn, FRONT_STAT_TLS_MALFORMED);
		return front_proto_default(o);
	}
	if (has & TLS_HELLO_HAS_ECH)
		front_count(o->fn, FRONT_STAT_TLS_ECH);
	if (!request.sni_len)
		front_count(o->fn, FRONT_STAT_TLS_NO_SNI);
	return front_proto_route(o, &request);
}

static int route(struct front_opening *o)
{
	int status;
	u8 *room;

	if (o->tls.result == TLS_HELLO_OTHER) {
		front_count(o->fn, FRONT_STAT_TLS_NO_HELLO);
		return front_proto_default(o);
	}
	room = kmalloc(o->tls.len, GFP_ATOMIC | __GFP_NOWARN);
	if (!room) {
		front_count(o->fn, FRONT_STAT_HEAD_MEMORY);
		return 503;
	}
	status = find_pool(o, room);
	kfree(room);
	return status;
}

/* Fatal, and the one of which a client makes something that a user understands. */
static u32 answer(const struct front_opening *o, u8 *buf)
{
	static const u8 unrecognized_name[] = { 21, 3, 3, 0, 2, 2, 112 };

	memcpy(buf, unrecognized_name, sizeof(unrecognized_name));
	return sizeof(unrecognized_name);
}

const struct front_proto front_proto_tls = {
	.conditions = BIT(RULE_SNI) | BIT(RULE_ALPN) | BIT(RULE_SRC),
	.no_condition = "a service of proto tls knows sni, alpn and src, nothing that is encrypted",
	.timeout = HANDOFF_TIMEOUT_HEAD,
	.init = init,
	.read = read,
	.route = route,
	.answer = answer,
};
