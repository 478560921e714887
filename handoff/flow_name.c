// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "handoff/flow_name.h"

void handoff_flow_name(struct wire_flow *name, enum handoff_role role, u64 id,
		       const struct handoff_tuple *tuple,
		       const union nf_inet_addr *addr, __be16 port)
{
	bool front = role == HANDOFF_FRONTEND;

	name->id = id;
	name->ipv6 = tuple->family == NFPROTO_IPV6;
	/* Whole: the bytes that a shorter address leaves are zero in both. */
	memcpy(name->client, &tuple->client, sizeof(name->client));
	memcpy(name->vip, front ? &tuple->server : addr, sizeof(name->vip));
	memcpy(name->server, front ? addr : &tuple->server, sizeof(name->server));
	name->client_port = ntohs(tuple->client_port);
	name->vip_port = ntohs(front ? tuple->server_port : port);
	name->server_port = ntohs(front ? port : tuple->server_port);
}
EXPORT_SYMBOL_GPL(handoff_flow_name);

void handoff_flow_tuple(struct handoff_tuple *tuple, enum handoff_role role,
			const struct wire_flow *name)
{
	bool front = role == HANDOFF_FRONTEND;

	memset(tuple, 0, sizeof(*tuple));
	memcpy(&tuple->client, name->client, sizeof(tuple->client));
	memcpy(&tuple->server, front ? name->vip : name->server, sizeof(tuple->server));
	tuple->client_port = htons(name->client_port);
	tuple->server_port = htons(front ? name->vip_port : name->server_port);
	tuple->family = name->ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}
EXPORT_SYMBOL_GPL(handoff_flow_tuple);
