/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control channel of one namespace: its sockets, what comes in by them,
 * and the sessions it belongs to.
 *
 * Received in softirq.  What is not authentic changes nothing but a counter:
 * it allocates nothing and gets no answer.
 */
#ifndef _HANDOFF_CONTROL_H
#define _HANDOFF_CONTROL_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>

#include "handoff/stats.h"
#include "handoff/tuple.h"

struct genl_info;
struct netlink_callback;
struct netlink_ext_ack;
struct sk_buff;
struct socket;

/* IPv4 and IPv6, as index */
#define HANDOFF_CONTROL_FAMILIES	2

/**
 * enum handoff_control_stat - the counters of the control channel
 *
 * What each means is said in the table in control.c.
 */
enum handoff_control_stat {
	CONTROL_RX,
	CONTROL_TX,
	CONTROL_SESSIONS,
	CONTROL_HANDSHAKES,
	CONTROL_REBORN,
	CONTROL_RX_SHORT,
	CONTROL_RX_LONG,
	CONTROL_RX_VERSION,
	CONTROL_RX_TYPE,
	CONTROL_RX_INDEX,
	CONTROL_RX_AUTH,
	CONTROL_RX_REPLAY,
	CONTROL_RX_EXPIRED,
	CONTROL_RX_SOURCE,
	CONTROL_RX_MALFORMED,
	CONTROL_RX_UNKNOWN,
	CONTROL_RX_NOROLE,
	CONTROL_RX_NESTED,
	CONTROL_INIT_PEER,
	CONTROL_INIT_PSK,
	CONTROL_INIT_REPLAY,
	CONTROL_INIT_TICKET,
	CONTROL_INIT_RATELIMITED,
	CONTROL_RESPONSE_AUTH,
	CONTROL_ICMP,
	CONTROL_ICMP_IGNORED,
	CONTROL_TX_NOKEY,
	CONTROL_TX_NOMEM,
	CONTROL_TX_NOROUTE,
	CONTROL_TX_TOOBIG,
	CONTROL_TX_INVALID,
	__CONTROL_STAT_MAX,
};

/**
 * struct handoff_control - embedded in struct handoff_net
 * @net: namespace
 * @lock: guards the existence of sessions and sockets; process context,
 *	innermost of the mutexes
 * @sock: by family, RCU for readers, written under @lock
 * @users: sessions of the family, under @lock
 * @local_lock: guards @local; leaf, BH off
 * @local: own address (family 0: the route's) and port
 * @count: sessions, under @lock
 * @by_id: sessions by the upper bits of a datagram's index; RCU, @lock
 * @by_peer: sessions by the peer's address; RCU, @lock
 * @seed: of both tables
 * @stats: counters
 */
struct handoff_control {
	struct net *net;
	struct mutex lock;	/* sessions, sockets */
	struct socket __rcu *sock[HANDOFF_CONTROL_FAMILIES];
	unsigned int users[HANDOFF_CONTROL_FAMILIES];
	spinlock_t local_lock;	/* local */
	struct handoff_endpoint local;
	unsigned int count;
	DECLARE_HASHTABLE(by_id, 8);
	DECLARE_HASHTABLE(by_peer, 8);
	u32 seed;
	struct handoff_stats stats;
};

/**
 * handoff_control_setup() - what all namespaces share, at module init
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int handoff_control_setup(void);

/**
 * handoff_control_teardown() - the opposite; no namespace is left
 *
 * Context: process context, may sleep.
 */
void handoff_control_teardown(void);

/**
 * handoff_control_init() - a new namespace, without a socket yet
 * @net: namespace
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int handoff_control_init(struct net *net);

/**
 * handoff_control_clean() - the namespace goes; the roles have closed all
 *	sessions
 * @net: namespace
 *
 * Context: process context, may sleep.
 */
void handoff_control_clean(struct net *net);

/**
 * handoff_control_get() - this host's own control address
 * @net: namespace
 * @local: filled; family 0 if it is the route's; the port is always there
 *
 * Context: any.
 */
void handoff_control_get(struct net *net, struct handoff_endpoint *local);

/**
 * handoff_control_set() - change this host's own control address
 * @net: namespace
 * @local: as handoff_control_get() gives it
 * @extack: gets the sentence of a refusal
 *
 * Sessions stay; those this host initiates make new keys from there at once.
 *
 * Context: process context, may sleep; takes @lock of struct handoff_control.
 * Return: 0, or what binding gave, and then all is as before.
 */
int handoff_control_set(struct net *net, const struct handoff_endpoint *local,
			struct netlink_ext_ack *extack);

/**
 * handoff_control_stats() - the channel's counters
 * @net: namespace
 *
 * Context: any, while @net lives.
 * Return: the counters.
 */
struct handoff_stats *handoff_control_stats(struct net *net);

/**
 * handoff_control_nl_set() - BTCP_CMD_CONTROL_SET
 * @skb: request
 * @info: request: ADDR, PORT, either or both
 *
 * Context: process context; genl lock held.
 * Return: 0 or a negative errno with a sentence.
 */
int handoff_control_nl_set(struct sk_buff *skb, struct genl_info *info);

/**
 * handoff_control_nl_get() - BTCP_CMD_CONTROL_GET
 * @skb: answer: ADDR if there is one, PORT
 * @cb: dump; args[0] is 1 once it was given
 *
 * Context: process context; genl lock held.
 * Return: bytes in @skb, or a negative errno.
 */
int handoff_control_nl_get(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _HANDOFF_CONTROL_H */
