/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this host's TCP has on a tuple: the one authority on whether a flow
 * still lives.
 */
#ifndef _BTCP_BACKEND_SOCKET_H
#define _BTCP_BACKEND_SOCKET_H

#include <net/sock.h>

#include "handoff/tuple.h"

enum back_socket {
	BACK_SOCKET_NONE,
	BACK_SOCKET_REQUEST,	/* SYN seen, handshake not complete */
	BACK_SOCKET_LIVE,	/* anything from established on, FIN_WAIT2 without owner, too */
	BACK_SOCKET_TIME_WAIT,	/* a SYN may start afresh */
};

/**
 * back_socket_find() - what is there for this connection?
 * @net: namespace
 * @tuple: its key
 *
 * Not for every packet: it looks up a route, too.
 *
 * Context: BH off, RCU read side.
 */
enum back_socket back_socket_find(struct net *net, const struct handoff_tuple *tuple);

/**
 * back_socket_connected() - has this host's TCP completed the handshake?
 * @net: namespace
 * @tuple: its key
 *
 * So it has where a listener has the handshake's ACK and waits for data (TCP_DEFER_ACCEPT), which
 * the client may send when it likes.
 *
 * Context: as back_socket_find().
 */
bool back_socket_connected(struct net *net, const struct handoff_tuple *tuple);

/**
 * back_socket_listener() - who listens here?
 * @net: namespace
 * @client: a likely client, for sockets bound to a device
 * @server: address, all zero: those who listen on any address
 * @port: big-endian
 * @family: of the addresses
 * @ifindex: where clients come in
 *
 * Context: BH off, RCU read side.
 * Return: the socket, as long as the RCU read side; or NULL.
 */
struct sock *back_socket_listener(struct net *net, const union nf_inet_addr *client,
				  const union nf_inet_addr *server, __be16 port,
				  u8 family, int ifindex);

#endif /* _BTCP_BACKEND_SOCKET_H */
