// SPDX-License-Identifier: GPL-2.0
#include <net/sock.h>

#include "btcp/backend/flow.h"
#include "btcp/backend/flow_nl.h"
#include "handoff/netlink.h"

struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	union nf_inet_addr client;
	u8 family;	/* 0: any client */
};

static int put_flow(struct sk_buff *skb, const struct back_flow *flow)
{
	const struct handoff_tuple *t = &flow->flow.tuple;
	const struct handoff_endpoint client = {
		.addr = t->client, .port = t->client_port, .family = t->family,
	};
	const struct handoff_endpoint server = {
		.addr = t->server, .port = t->server_port, .family = t->family,
	};
	const struct handoff_endpoint vip = {
		.addr = flow->vip, .port = flow->vip_port, .family = t->family,
	};
	u8 state = back_flow_state(flow);

	if (nla_put_string(skb, BTCP_A_ROLE, "backend") ||
	    handoff_nl_put_endpoint(skb, BTCP_A_CLIENT, &client, 0) ||
	    handoff_nl_put_endpoint(skb, BTCP_A_VIP, &vip, 0) ||
	    handoff_nl_put_endpoint(skb, BTCP_A_ENDPOINT, &server, 0) ||
	    nla_put_string(skb, BTCP_A_FRONTEND, flow->frontend->name) ||
	    nla_put_string(skb, BTCP_A_STATE, back_flow_state_name(state)) ||
	    nla_put_u64_64bit(skb, BTCP_A_FLOW_ID, flow->flow.id, BTCP_A_PAD) ||
	    nla_put_u32(skb, BTCP_A_IDLE,
			jiffies_to_msecs(jiffies - READ_ONCE(flow->last))))
		return -EMSGSIZE;
	return 0;
}

static int dump_one(struct handoff_flow *base, void *arg)
{
	struct back_flow *flow = container_of(base, struct back_flow, flow);
	const struct dump *dump = arg;
	void *hdr;

	if (READ_ONCE(base->dead))
		return 0;
	if (dump->family && (dump->family != base->tuple.family ||
			     memcmp(&dump->client, &base->tuple.client,
				    sizeof(dump->client))))
		return 0;
	hdr = handoff_nl_new(dump->skb, dump->cb, BTCP_CMD_FLOW_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (put_flow(dump->skb, flow)) {
		genlmsg_cancel(dump->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(dump->skb, hdr);
	return 0;
}

int back_flow_nl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct back_net *bnet = back_net(sock_net(skb->sk));
	struct nlattr **attrs = handoff_nl_dump_attrs(cb);
	struct dump dump = { .skb = skb, .cb = cb };
	int err;

	/* Services and backends are a front-end's: here nothing matches them. */
	if (attrs[BTCP_A_SERVICE] || attrs[BTCP_A_BACKEND])
		return 0;
	if (attrs[BTCP_A_ADDR]) {
		err = handoff_nl_addr(attrs[BTCP_A_ADDR], &dump.client, &dump.family,
				      cb->extack);
		if (err)
			return err;
	}
	/* cb->args[0] is the family's. */
	return handoff_table_dump(&bnet->table, &cb->args[1], dump_one, &dump);
}
