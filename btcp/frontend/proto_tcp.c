// SPDX-License-Identifier: GPL-2.0
/*
 * Any protocol: what the client says is not looked at.  It is only waited for,
 * a moment, since with it the hand-off is one message, and the server's accept
 * queue is spared who has nothing to say.
 */
#include "btcp/frontend/opening.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/service.h"
#include "btcp/rule.h"

/*
 * A head of one byte: by its acknowledgement the back-end can tell that the
 * connection stands, and what does not fit beside it may go as it came.
 */
static enum front_head read(struct front_opening *o, bool fin)
{
	o->head_len = min_t(u32, o->len, 1);
	return o->len || fin ? FRONT_HEAD_DONE : FRONT_HEAD_MORE;
}

static int route(struct front_opening *o)
{
	struct rule_request request = {};

	if (!o->len)
		front_count(o->fn, FRONT_STAT_FIRST_BYTES);
	return front_proto_route(o, &request);
}

const struct front_proto front_proto_tcp = {
	.conditions = BIT(RULE_SRC),
	.no_condition = "a service of proto tcp knows src, nothing of what is asked",
	.timeout = HANDOFF_TIMEOUT_FIRST_BYTES,
	.server_first = true,
	.read = read,
	.route = route,
};
