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
	o->choice.members = rcu_dereference(pool->members);
	o->choice.key = front_members_key(o->choice.members, request);
	return 0;
}

static struct front_pool *by_rules(const struct front_rules *rules,
				   const struct rule_request *request)
{
	const struct front_rule *rule;

	return front_rules_route(rules, request, &rule);
}

static struct front_pool *by_default(const struct front_rules *rules,
				     const struct rule_request *request)
{
	return rules->fallback ? rules->fallback->pool : NULL;
}

static bool is_once(const struct front_service *service, const struct front_rules *rules)
{
	u8 requests = READ_ONCE(service->set.requests);

	return requests == BTCP_REQUESTS_ONCE ||
	       (requests == BTCP_REQUESTS_AUTO && rules->pool_count > 1);
}

/*
 * The rules, and whom the pool has that they name, are of one configuration: if another takes
 * its place right now, look again.
 */
static int route(struct front_opening *o, struct rule_request *request,
		 struct front_pool *(*find)(const struct front_rules *rules,
					    const struct rule_request *request))
{
	const struct front_service *service = o->flow->service;
	const struct front_rules *rules;
	unsigned int seq;
	int status;

	know_client(request, o);
	do {
		front_pool_put(o->pool);
		o->pool = NULL;
		seq = read_seqbegin(&o->fn->published);
		rules = rcu_dereference(service->rules);
		o->once = is_once(service, rules);
		status = take_pool(o, find(rules, request), request);
	} while (read_seqretry(&o->fn->published, seq));
	return status;
}

int front_proto_route(struct front_opening *o, struct rule_request *request)
{
	return route(o, request, by_rules);
}

int front_proto_default(struct front_opening *o)
{
	struct rule_request request = {};

	return route(o, &request, by_default);
}
