// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/opening.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/service.h"
#include "btcp/http_answer.h"
#include "btcp/http_once.h"
#include "btcp/rule.h"

static void init(struct front_opening *o)
{
	http_head_init(&o->http);
}

static enum front_head read(struct front_opening *o, bool fin)
{
	switch (http_head_parse(&o->http, o->buf, o->len)) {
	case HTTP_HEAD_DONE:
	case HTTP_HEAD_PREFACE:
		o->head_len = o->http.head_len;
		return FRONT_HEAD_DONE;
	case HTTP_HEAD_REFUSED:
		o->status = http_head_status(o->http.reason);
		return FRONT_HEAD_REFUSED;
	case HTTP_HEAD_MORE:
		break;
	}
	return FRONT_HEAD_MORE;
}

static int find_pool(struct front_opening *o)
{
	struct rule_request request;
	void *room;
	int status;

	room = kmalloc(rule_request_room(&o->http), GFP_ATOMIC | __GFP_NOWARN);
	if (!room) {
		front_count(o->fn, FRONT_STAT_HEAD_MEMORY);
		return 503;
	}
	status = rule_request_read(&request, &o->http, o->buf, room) ?
		 400 : front_proto_route(o, &request);
	kfree(room);
	return status;
}

static void edit_once(struct front_opening *o)
{
	if (o->once && http_once_edit(o->buf, &o->http) == HTTP_ONCE_UNTOUCHED)
		front_count(o->fn, FRONT_STAT_ONCE_UNTOUCHED);
}

static int route(struct front_opening *o)
{
	int status;

	if (o->http.result == HTTP_HEAD_PREFACE) {
		/* Of an HTTP/2 request nothing is known yet. */
		front_count(o->fn, FRONT_STAT_HTTP2_PREFACE);
		return front_proto_default(o);
	}
	o->head_only = http_head_method_is(&o->http, o->buf, "HEAD");
	status = find_pool(o);
	if (!status)
		edit_once(o);
	return status;
}

static u32 answer(const struct front_opening *o, u8 *buf)
{
	return http_answer_build(buf, HTTP_ANSWER_MAX, o->status, o->head_only);
}

/* What TLS would tell is not there, so a rule that asks for it never matches. */
const struct front_proto front_proto_http = {
	.conditions = BIT(RULE_KINDS) - 1,
	.timeout = HANDOFF_TIMEOUT_HEAD,
	.http = true,
	.init = init,
	.read = read,
	.route = route,
	.answer = answer,
};
