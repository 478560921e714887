// SPDX-License-Identifier: GPL-2.0
#include <net/sock.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/opening.h"
#include "btcp/frontend/service.h"

/**
 * struct filter - what is asked for, and where the answer goes
 * @skb: the message
 * @cb: the dump
 * @service: name, or NULL
 * @backend: name, or NULL
 * @client: an address, or NULL
 */
struct filter {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	const struct nlattr *service;
	const struct nlattr *backend;
	const struct nlattr *client;
};

static bool wanted(const struct filter *filter, const struct front_flow *flow,
		   const struct front_backend *backend)
{
	u8 family = flow->flow.tuple.family;
	int len = family == NFPROTO_IPV4 ? 4 : 16;

	if (filter->service && nla_strcmp(filter->service, flow->service->name))
		return false;
	if (filter->backend && (!backend || nla_strcmp(filter->backend, backend->name)))
		return false;
	return !filter->client ||
	       (nla_len(filter->client) == len &&
		!memcmp(nla_data(filter->client), &flow->flow.tuple.client, len));
}

static int put_places(struct sk_buff *skb, const struct handoff_tuple *t,
		      const struct front_backend *backend)
{
	struct handoff_endpoint client = {
		.addr = t->client, .port = t->client_port, .family = t->family };
	struct handoff_endpoint vip = {
		.addr = t->server, .port = t->server_port, .family = t->family };

	if (handoff_nl_put_endpoint(skb, BTCP_A_CLIENT, &client, 0) ||
	    handoff_nl_put_endpoint(skb, BTCP_A_VIP, &vip, 0))
		return -EMSGSIZE;
	if (!backend)
		return 0;
	if (nla_put_string(skb, BTCP_A_BACKEND, backend->name))
		return -EMSGSIZE;
	return handoff_nl_put_endpoint(skb, BTCP_A_ENDPOINT,
				       &front_backend_endpoint(backend, t->family)->endpoint, 0);
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct front_flow *flow, const struct front_backend *backend)
{
	enum front_flow_state state = front_flow_state(flow);
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_FLOW_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_places(skb, &flow->flow.tuple, backend) ||
	    nla_put_string(skb, BTCP_A_ROLE, "frontend") ||
	    nla_put_string(skb, BTCP_A_STATE, front_flow_state_name(state)) ||
	    nla_put_string(skb, BTCP_A_SERVICE, flow->service->name) ||
	    nla_put_u64_64bit(skb, BTCP_A_FLOW_ID, READ_ONCE(flow->flow.id), BTCP_A_PAD) ||
	    nla_put_u32(skb, BTCP_A_AGE, jiffies_to_msecs(jiffies - flow->born)) ||
	    nla_put_u32(skb, BTCP_A_IDLE,
			jiffies_to_msecs(jiffies - READ_ONCE(flow->seen)))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int show(struct handoff_flow *base, void *arg)
{
	struct front_flow *flow = front_flow_of(base);
	const struct filter *filter = arg;
	/* Before FORWARDING a back-end is only being asked. */
	const struct front_backend *backend =
		front_flow_state(flow) >= FRONT_FLOW_FORWARDING ? flow->backend : NULL;

	if (READ_ONCE(base->dead) || !wanted(filter, flow, backend))
		return 0;
	return put(filter->skb, filter->cb, flow, backend);
}

int front_nl_flows(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct front_net *fn = front_net(sock_net(skb->sk));
	struct nlattr **attrs = handoff_nl_dump_attrs(cb);
	struct filter filter = {
		.skb = skb,
		.cb = cb,
		.service = attrs[BTCP_A_SERVICE],
		.backend = attrs[BTCP_A_BACKEND],
		.client = attrs[BTCP_A_ADDR],
	};

	/* cb->args[0] is the family's. */
	return handoff_table_dump(&fn->table, &cb->args[1], show, &filter);
}
