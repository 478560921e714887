/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The session: one sealed control channel with one peer host, however many
 * back-ends or frontends share it.
 *
 * A session is a counted object: 1 for the tables it is found in, kept until a
 * grace period after it left them, 1 for each open and 1 for each get.  Its
 * timer and its work need none: they end before the tables' goes.  Readers
 * find it under RCU.  Flows hold the backend or frontend object that opened it.
 */
#ifndef _HANDOFF_SESSION_H
#define _HANDOFF_SESSION_H

#include <linux/netlink.h>
#include <net/net_namespace.h>

#include "handoff/tuple.h"
#include "handoff/wire.h"

struct handoff_session;
struct sk_buff;

/* Which side of a session this host is: the front-end's always initiates. */
enum handoff_role {
	HANDOFF_FRONTEND,
	HANDOFF_BACKEND,
	__HANDOFF_ROLE_MAX,
};

/**
 * struct handoff_session_ops - what a role wants to hear of its sessions
 * @receive: a verified message about a flow came.  Softirq, RCU read side;
 *	must not sleep.  @msg's data lives as long as the call
 * @heartbeat: a verified heartbeat came.  Likewise
 * @fill_heartbeat: tell of this host: @active_flows and @server are the
 *	role's to fill.  Softirq or process context with BH off, RCU read side
 * @state: the session went up or down.  Softirq or workqueue, BH off, RCU
 *	read side
 * @reborn: the peer has begun anew and knows nothing of any flow, without the
 *	session having gone down; or NULL, if the role does not care.  Workqueue,
 *	BH off, RCU read side
 *
 * All are called without any session lock held, so they may send.
 */
struct handoff_session_ops {
	void (*receive)(struct net *net, struct handoff_session *session,
			const struct wire_msg *msg);
	void (*heartbeat)(struct net *net, struct handoff_session *session,
			  const struct wire_heartbeat *heartbeat);
	void (*fill_heartbeat)(struct net *net, struct handoff_session *session,
			       struct wire_heartbeat *heartbeat);
	void (*state)(struct net *net, struct handoff_session *session, bool up);
	void (*reborn)(struct net *net, struct handoff_session *session);
};

/**
 * handoff_session_open() - take a session with a peer, creating it if need be
 * @net: namespace
 * @role: this host's side of it
 * @peer: the peer's control address and port
 * @key: 32 bytes, shared by both hosts; must be that of an existing session
 * @extack: gets the sentence of a refusal
 *
 * Each success is to be matched by handoff_session_close().
 *
 * Context: process context, may sleep; takes control->lock.
 * Return: the session, or ERR_PTR: -EINVAL (another key), -ENOMEM,
 *	-ENOSPC (limit), or what opening the socket gave.
 */
struct handoff_session *handoff_session_open(struct net *net, enum handoff_role role,
					     const struct handoff_endpoint *peer,
					     const u8 key[32],
					     struct netlink_ext_ack *extack);

/**
 * handoff_session_close() - give back what handoff_session_open() took
 * @session: session
 *
 * The last close marks the session dead: it leaves the table, its timers and
 * work end, its keys are wiped, handoff_session_send() returns -ESHUTDOWN.
 *
 * Context: process context, may sleep; takes control->lock.
 */
void handoff_session_close(struct handoff_session *session);

/**
 * handoff_session_has_key() - is this the session's present key?
 * @session: session
 * @key: 32 bytes
 *
 * Context: any; takes session->lock.
 */
bool handoff_session_has_key(struct handoff_session *session, const u8 key[32]);

/**
 * handoff_session_rekey() - replace the key
 * @session: session
 * @key: 32 bytes
 *
 * The old key holds until the peer has used the new one, at most an hour.
 *
 * Context: any; takes session->lock.
 */
void handoff_session_rekey(struct handoff_session *session, const u8 key[32]);

/**
 * handoff_session_get() - keep a session beyond the RCU read side
 * @session: session found under RCU, or already held
 *
 * Context: any.
 * Return: @session, or NULL if it was already on its way out.
 */
struct handoff_session *handoff_session_get(struct handoff_session *session);

/**
 * handoff_session_put() - give back handoff_session_get()'s reference
 * @session: session, or NULL
 *
 * Context: any.
 */
void handoff_session_put(struct handoff_session *session);

/**
 * handoff_session_send() - seal messages and send them
 * @session: to whom
 * @msg: what
 *
 * Never sleeps, never fragments: a message bigger than
 * handoff_session_room() is refused.
 *
 * Context: any but hard interrupt.
 * Return: 0, -ENOTCONN (no keys), -EMSGSIZE, -ENOMEM, -ESHUTDOWN, or a
 *	routing error.
 */
int handoff_session_send(struct handoff_session *session, const struct wire_msg *msg);

/**
 * handoff_session_room() - bytes one message may have
 * @session: session
 *
 * Context: any.
 * Return: bytes, headers of message included, so that the datagram with all
 *	its headers fits the path MTU.
 */
u32 handoff_session_room(const struct handoff_session *session);

/**
 * handoff_session_path_mtu() - the path MTU to the peer, as probed
 * @session: session
 *
 * Context: any.
 * Return: bytes of an IP packet.
 */
u32 handoff_session_path_mtu(const struct handoff_session *session);

/**
 * handoff_session_is_up() - has the peer been heard of lately?
 * @session: session
 *
 * Context: any.
 */
bool handoff_session_is_up(const struct handoff_session *session);

/**
 * handoff_session_state() - for show and sysfs
 * @session: session
 *
 * Context: any.
 * Return: "up", "down", "handshake".
 */
const char *handoff_session_state(const struct handoff_session *session);

/**
 * handoff_session_fingerprint() - a name for the key that tells nothing of it
 * @session: session
 * @out: 8 bytes of BLAKE2s over the key
 *
 * Context: any.
 */
void handoff_session_fingerprint(const struct handoff_session *session, u8 out[8]);

/**
 * handoff_session_peer() - whom a session is with
 * @session: session
 *
 * Context: any.
 * Return: the peer's control address and port; lives as long as @session.
 */
const struct handoff_endpoint *handoff_session_peer(const struct handoff_session *session);

/**
 * handoff_session_register() - a role wants to hear of its sessions
 * @role: which
 * @ops: what to call
 *
 * Context: process context, module init.
 */
void handoff_session_register(enum handoff_role role,
			      const struct handoff_session_ops *ops);

/**
 * handoff_session_unregister() - the opposite
 * @role: which
 *
 * When it returns no callback of @role runs any more.
 *
 * Context: process context, module exit, may sleep.
 */
void handoff_session_unregister(enum handoff_role role);

/**
 * handoff_session_late() - how late a message can be
 * @net: namespace
 *
 * What was sent longer ago than this is not taken any more.
 *
 * Context: any.
 * Return: jiffies.
 */
unsigned long handoff_session_late(struct net *net);

#endif /* _HANDOFF_SESSION_H */
