// SPDX-License-Identifier: GPL-2.0
/*
 * Where a request would go, answered by what routes it: nothing of a request is
 * looked at here but how netlink carries it.
 */
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/content.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/persist.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"
#include "btcp/http_field.h"
#include "btcp/http_path.h"
#include "btcp/http_target.h"
#include "btcp/rule_draft.h"

/**
 * struct question - a request as it was described
 * @request: points into the rest, and into the netlink message
 * @family: NFPROTO_* of the client
 * @draft: method, protocol, headers and cookies, as a rule's conditions are
 * @line: headers, then cookies, each a line of its own
 * @client: address
 * @host: in lower case
 * @sni: likewise
 * @path: normalised
 * @alpn: list of one
 */
struct question {
	struct rule_request request;
	u8 family;
	struct rule_draft draft;
	struct http_line line[RULE_CONDITIONS_MAX];
	union nf_inet_addr client;
	u8 host[PATTERN_MAX];
	u8 sni[PATTERN_MAX];
	u8 path[PATTERN_MAX];
	u8 alpn[1 + PATTERN_MAX];
};

/* Nobody can tell a client that has no address from one of the service's family. */
static u8 family_of(struct front_service *service)
{
	const struct front_vip *vip = list_first_entry_or_null(&service->vips, struct front_vip,
							       list);

	return vip ? vip->endpoint.family : NFPROTO_IPV4;
}

static int read_client(struct question *q, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[BTCP_A_ADDR];
	int err;

	if (!attr)
		return 0;
	err = handoff_nl_addr(attr, &q->client, &q->family, info->extack);
	q->request.client = (const u8 *)&q->client;
	q->request.client_len = nla_len(attr);
	return err;
}

/* A host or server name as a client says it; @out has PATTERN_MAX bytes. */
static int read_host(struct genl_info *info, int which, u8 *out, u32 *len)
{
	const struct nlattr *attr = info->attrs[which];
	bool has_port;

	if (!attr)
		return 0;
	if (!http_authority_parse(nla_data(attr), strlen(nla_data(attr)), len, &has_port))
		return front_nl_refuse(info, which, -EINVAL,
				       "this is no host: the answer would be 400");
	http_lower(out, nla_data(attr), *len);
	return 0;
}

static int read_path(struct question *q, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[BTCP_A_PATH];
	int len;

	if (!attr)
		return 0;
	len = http_path_normalise(q->path, nla_data(attr), strlen(nla_data(attr)));
	if (len < 0)
		return front_nl_refuse(info, BTCP_A_PATH, -EINVAL,
				       "above the root, or a bad %: the answer would be 400");
	q->request.path = q->path;
	q->request.path_len = len;
	return 0;
}

/* What is compared as it is given is read as a condition, and looked at as a request. */
static void take(struct question *q, const struct rule_condition *c)
{
	struct http_line *line = &q->line[q->request.lines];

	switch (c->kind) {
	case RULE_METHOD:
		q->request.method = c->text;
		q->request.method_len = c->len;
		break;
	case RULE_ALPN:
		q->alpn[0] = c->len;
		memcpy(q->alpn + 1, c->text, c->len);
		q->request.alpn = q->alpn;
		q->request.alpn_len = 1 + c->len;
		break;
	case RULE_HEADER:
		line->name = c->text;
		line->name_len = c->name_len;
		line->value = c->text + c->name_len;
		line->value_len = c->len;
		q->request.lines++;
		break;
	}
}

/* The draft has it without its '=': a cookie is taken as it was given. */
static void take_cookies(struct question *q, struct genl_info *info)
{
	const struct nlattr *attr;
	int rem;

	front_nl_each(attr, info, rem) {
		struct http_line *line = &q->line[q->request.lines];

		if (nla_type(attr) != BTCP_A_COOKIE)
			continue;
		line->name = (const u8 *)"cookie";
		line->name_len = strlen("cookie");
		line->value = nla_data(attr);
		line->value_len = strlen(nla_data(attr));
		q->request.lines++;
	}
}

static int read_question(struct question *q, struct genl_info *info)
{
	static const u8 kinds[] = { RULE_METHOD, RULE_ALPN, RULE_HEADER, RULE_COOKIE };
	struct rule_request *r = &q->request;
	unsigned int i;
	int err;

	err = read_client(q, info);
	if (!err)
		err = read_host(info, BTCP_A_HOST, q->host, &r->host_len);
	if (!err)
		err = read_host(info, BTCP_A_SNI, q->sni, &r->sni_len);
	if (!err)
		err = read_path(q, info);
	rule_draft_init(&q->draft);
	for (i = 0; !err && i < ARRAY_SIZE(kinds); i++)
		err = front_nl_rule_conditions(info, &q->draft, kinds[i]);
	if (err)
		return err;
	r->host = q->host;
	r->sni = q->sni;
	r->line = q->line;
	for (i = 0; i < q->draft.count; i++)
		take(q, &q->draft.condition[i]);
	take_cookies(q, info);
	return 0;
}

static u32 recall(const struct front_service *service, const struct front_pool *pool,
		  const struct question *q)
{
	if (!q->request.client_len)
		return 0;
	return front_persist_recall(service, pool, &q->client, q->family);
}

static int put_backend(struct sk_buff *skb, const struct front_service *service,
		       struct front_pool *pool, const struct question *q)
{
	struct front_choice choice = { .family = q->family, .peek = true };
	struct front_backend *backend;
	int err;

	local_bh_disable();
	rcu_read_lock();
	choice.key = front_members_key(rcu_dereference(pool->members), &q->request);
	choice.stick = recall(service, pool, q);
	backend = front_pool_pick(pool, &choice);
	rcu_read_unlock();
	local_bh_enable();
	if (!backend)
		return 0;
	err = nla_put_string(skb, BTCP_A_BACKEND, backend->name);
	front_backend_put(backend->fn, backend);
	return err;
}

/* What content has sent there is told by its file. */
static int put_content(struct sk_buff *skb, const struct front_service *service,
		       const struct front_pool *pool)
{
	if (nla_put_string(skb, BTCP_A_SERVICE, service->name) ||
	    nla_put_string(skb, BTCP_A_FILE, front_service_rules(service)->content->file) ||
	    nla_put_string(skb, BTCP_A_POOL, pool->name))
		return -EMSGSIZE;
	return 0;
}

static int answer(const struct front_service *service, const struct question *q,
		  struct genl_info *info)
{
	const struct front_rule *rule;
	struct front_pool *pool;
	struct sk_buff *skb;
	void *hdr;
	int err;

	pool = front_rules_route(front_service_rules(service), &q->request, &rule);
	skb = handoff_nl_reply(info, &hdr);
	if (!skb)
		return -ENOMEM;
	err = nla_put_u8(skb, BTCP_A_PROTO, service->set.proto);
	if (pool && !err)
		err = rule ? front_nl_rule_put(skb, service, rule) :
			     put_content(skb, service, pool);
	if (pool && !err)
		err = put_backend(skb, service, pool, q);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

int front_nl_rule_test(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	struct question *q;
	int err;

	service = front_nl_rule_service(fn, info, &err);
	if (!service)
		return err;
	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q)
		return -ENOMEM;
	q->family = family_of(service);
	err = read_question(q, info);
	if (!err)
		err = answer(service, q, info);
	kfree(q);
	return err;
}
