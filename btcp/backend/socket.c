// SPDX-License-Identifier: GPL-2.0
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/tcp.h>

#include "btcp/backend/socket.h"
#include "handoff/packet.h"

/* tcp_hashinfo itself is no longer exported; each namespace points to its own. */
static struct inet_hashinfo *hashinfo(struct net *net)
{
	return net->ipv4.tcp_death_row.hashinfo;
}

static struct sock *established(struct net *net, const struct handoff_tuple *t, int dif)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (t->family == NFPROTO_IPV6)
		return __inet6_lookup_established(net, hashinfo(net), &t->client.in6,
						  t->client_port, &t->server.in6,
						  ntohs(t->server_port), dif, 0);
#endif
	return __inet_lookup_established(net, hashinfo(net), t->client.ip,
					 t->client_port, t->server.ip,
					 ntohs(t->server_port), dif, 0);
}

static struct sock *find(struct net *net, const struct handoff_tuple *tuple)
{
	struct dst_entry *dst;
	int dif = 0;

	/* A socket bound to a device is found only through that device. */
	dst = handoff_route(net, tuple->family, &tuple->client, &tuple->server);
	if (dst) {
		dif = dst->dev->ifindex;
		dst_release(dst);
	}
	return established(net, tuple, dif);
}

static enum back_socket kind_of(const struct sock *sk)
{
	if (sk->sk_state == TCP_NEW_SYN_RECV)
		return BACK_SOCKET_REQUEST;
	if (sk->sk_state == TCP_TIME_WAIT &&
	    READ_ONCE(inet_twsk(sk)->tw_substate) == TCP_TIME_WAIT)
		return BACK_SOCKET_TIME_WAIT;
	return BACK_SOCKET_LIVE;
}

enum back_socket back_socket_find(struct net *net, const struct handoff_tuple *tuple)
{
	struct sock *sk = find(net, tuple);
	enum back_socket found;

	if (!sk)
		return BACK_SOCKET_NONE;
	found = kind_of(sk);
	sock_gen_put(sk);
	return found;
}

/* A full accept queue marks the ACK as seen, too: but then, who defers has no hurry. */
static bool deferred(const struct request_sock *req)
{
	return inet_rsk(req)->acked &&
	       inet_csk(req->rsk_listener)->icsk_accept_queue.rskq_defer_accept;
}

bool back_socket_connected(struct net *net, const struct handoff_tuple *tuple)
{
	struct sock *sk = find(net, tuple);
	enum back_socket found;
	bool connected;

	if (!sk)
		return false;
	found = kind_of(sk);
	connected = found == BACK_SOCKET_LIVE ||
		    (found == BACK_SOCKET_REQUEST && deferred(inet_reqsk(sk)));
	sock_gen_put(sk);
	return connected;
}

struct sock *back_socket_listener(struct net *net, const union nf_inet_addr *client,
				  const union nf_inet_addr *server, __be16 port,
				  u8 family, int ifindex)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (family == NFPROTO_IPV6)
		return inet6_lookup_listener(net, hashinfo(net), NULL, 0, &client->in6,
					     0, &server->in6, ntohs(port), ifindex, 0);
#endif
	return __inet_lookup_listener(net, hashinfo(net), NULL, 0, client->ip, 0,
				      server->ip, ntohs(port), ifindex, 0);
}
