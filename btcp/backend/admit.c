// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "btcp/backend/admit.h"
#include "btcp/backend/socket.h"
#include "btcp/tcp_options.h"
#include "handoff/settings.h"

/* The address that the front-end rewrites to must be one of ours. */
static bool local_address(struct net *net, const struct handoff_tuple *tuple)
{
	if (tuple->family == NFPROTO_IPV4)
		return !ipv4_is_loopback(tuple->server.ip) &&
		       inet_addr_type(net, tuple->server.ip) == RTN_LOCAL;
	return !ipv6_addr_loopback(&tuple->server.in6) &&
	       ipv6_chk_addr(net, &tuple->server.in6, NULL, 0);
}

/* ... and the client's must not. */
static bool client_address(struct net *net, const struct handoff_tuple *tuple)
{
	if (tuple->family == NFPROTO_IPV4)
		return !ipv4_is_loopback(tuple->client.ip) &&
		       inet_addr_type(net, tuple->client.ip) == RTN_UNICAST;
	return (ipv6_addr_type(&tuple->client.in6) & IPV6_ADDR_UNICAST) &&
	       !ipv6_addr_loopback(&tuple->client.in6) &&
	       !ipv6_chk_addr(net, &tuple->client.in6, NULL, 0);
}

u8 back_admit(struct back_net *bnet, struct handoff_session *session,
	      const struct handoff_tuple *tuple, const struct wire_msg *msg,
	      struct back_frontend **frontend)
{
	const struct wire_handoff *handoff = &msg->handoff;
	struct handoff_endpoint vip = { .port = htons(msg->flow.vip_port),
					.family = tuple->family };
	struct back_grant *grant;
	enum back_socket socket;

	if (READ_ONCE(bnet->going))
		return WIRE_NAK_ADMIN;
	memcpy(&vip.addr, msg->flow.vip, msg->flow.ipv6 ? 16 : 4);
	*frontend = back_frontend_granted(bnet, session, &vip, &grant);
	if (!*frontend || grant->local_port != tuple->server_port ||
	    !local_address(bnet->net, tuple))
		return WIRE_NAK_GRANT;
	if (!client_address(bnet->net, tuple))
		return WIRE_NAK_ROUTE;
	if (handoff->client_wscale > TCP_WSCALE_MAX ||
	    handoff->promised_wscale > TCP_WSCALE_MAX)
		return WIRE_NAK_OPTIONS;
	if (handoff->head_len > handoff_limit(bnet->net, HANDOFF_LIMIT_HEAD))
		return WIRE_NAK_LIMIT;
	/* A client that also speaks to this port directly, by the same tuple. */
	socket = back_socket_find(bnet->net, tuple);
	if (socket == BACK_SOCKET_LIVE || socket == BACK_SOCKET_REQUEST)
		return WIRE_NAK_TUPLE;
	return 0;
}
