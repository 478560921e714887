// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/opening.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"

const struct front_proto *front_proto_of(u8 proto)
{
	static const struct front_proto * const protos[__BTCP_PROTO_MAX] = {
		[BTCP_PROTO_HTTP]	= &front_proto_http,
		[BTCP_PROTO_TLS]	= &front_proto_tls,
		[BTCP_PROTO_TCP]	= &front_proto_tcp,
	};

	return protos[proto];
}

bool front_proto_knows(const struct front_proto *proto, const struct rule *rule, u8 *kind)
{
	unsigned int i;

	for (i = 0; i < rule->count; i++) {
		if (proto->conditions & BIT(rule->condition[i].kind))
			continue;
		if (kind)
			*kind = rule->condition[i].kind;
		return false;
	}
	return true;
}

static void know_client(struct rule_request *request, const struct front_opening *o)
{
	const struct handoff_tuple *tuple = &o->flow->flow.tuple;

	request->client = (const u8 *)&tuple->client;
	request->client_len = tuple->family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
							      sizeof(struct in6_addr);
}

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

int front_proto_route(struct front_opening *o, const struct front_rules *rules,
		      struct rule_request *request)
{
	const struct front_rule *rule;

	know_client(request, o);
	return take_pool(o, front_rules_route(rules, request, &rule), request);
}

int front_proto_default(struct front_opening *o, const struct front_rules *rules)
{
	const struct front_rule *rule = rules->fallback;
	struct rule_request request = {};

	know_client(&request, o);
	return take_pool(o, rule ? rule->pool : NULL, &request);
}
