/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inside of a session, for the files of the control channel only.
 *
 *	control.c		what a namespace has of it; its own address
 *	control_socket.c	the UDP sockets
 *	control_receive.c	what comes in, up to the session it is for
 *	session.c		existence, and how it is found; the roles
 *	transport.c		messages, sealed and opened
 *	datagram.c		what goes out: the route, the path, UDP
 *	keys.c			the PSK, and the keys agreed on
 *	handshake.c		from nothing, or from old keys, to new ones
 *	heartbeat.c		the timer; is the peer alive
 *	pmtu.c			how big a datagram may be
 *
 * Softirq receives, the timer (softirq) beats and probes, the work does the
 * handshake, anyone sends.  Who holds what, and how a session ends:
 * docs/concurrency.md.
 */
#ifndef _HANDOFF_SESSION_PRIV_H
#define _HANDOFF_SESSION_PRIV_H

#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <net/dst_cache.h>

#include "handoff/control.h"
#include "handoff/handshake.h"
#include "handoff/keys.h"
#include "handoff/pmtu.h"
#include "handoff/session.h"

/**
 * struct handoff_session - see session.h for what its references mean
 * @by_id: in control->by_id; control->lock, RCU
 * @by_peer: in control->by_peer; likewise
 * @control: the namespace's; not to be followed once @dead
 * @net: likewise
 * @ref: references
 * @users: opens without close; control->lock
 * @id: random, unique in the namespace; constant
 * @role: ours; constant
 * @peer: constant
 * @cache: route to the peer; BH off
 * @lock: guards what follows, unless said otherwise; leaf, BH off
 * @dead: set once; read locklessly by senders in the RCU read side
 * @keys: by slot; RCU for readers
 * @generation: number of the last keys
 * @psk: the shared key
 * @psk_old: the one before, while @psk_old_until is not 0
 * @psk_serial: grows with each new @psk; read locklessly, too
 * @psk_old_until: jiffies, 0: there is none
 * @force: make new keys as soon as possible
 * @handshake: initiator's
 * @mailbox: handshake messages for the work
 * @peer_id: the peer's session, by its index; the work's own
 * @ticket: responder's, good for one INIT
 * @tickets: how many are told; its own lock
 * @work: the handshake
 * @initiate: the timer asks the work to send an INIT
 * @timer: everything else
 * @up: written under @lock, read locklessly
 * @was_up: it has been up before; likewise
 * @beats: heartbeats counted towards up
 * @beat_counted: jiffies, the last of them
 * @beat_next: jiffies, ours is due
 * @heard: jiffies, last authentic datagram; read and written locklessly
 * @probed: biggest probe since our last heartbeat
 * @pmtu: path MTU; its @path is read locklessly
 * @dst_mtu: what the route said last; lockless
 * @rcu: frees it
 */
struct handoff_session {
	struct hlist_node by_id;
	struct hlist_node by_peer;
	struct handoff_control *control;
	struct net *net;
	refcount_t ref;
	unsigned int users;
	u32 id;
	enum handoff_role role;
	struct handoff_endpoint peer;
	struct dst_cache cache;

	spinlock_t lock;	/* what follows */
	bool dead;
	struct handoff_keypair __rcu *keys[__KEYS_MAX];
	u8 generation;
	u8 psk[CRYPTO_KEY_LEN];
	u8 psk_old[CRYPTO_KEY_LEN];
	u32 psk_serial;
	unsigned long psk_old_until;
	bool force;
	struct handshake handshake;
	struct mailbox mailbox;
	u32 peer_id;
	u64 ticket;
	struct ratelimit_state tickets;
	struct work_struct work;
	bool initiate;

	struct timer_list timer;
	bool up;
	bool was_up;
	u8 beats;
	unsigned long beat_counted;
	unsigned long beat_next;
	unsigned long heard;
	u16 probed;
	struct handoff_pmtu pmtu;
	u32 dst_mtu;

	struct rcu_head rcu;
};

static inline void control_count(struct handoff_control *control,
				 enum handoff_control_stat which)
{
	handoff_stats_inc(&control->stats, which);
}

static inline bool session_v6(const struct handoff_session *session)
{
	return session->peer.family == NFPROTO_IPV6;
}

/* Index of a session's family into the arrays of struct handoff_control. */
static inline unsigned int session_family(const struct handoff_session *session)
{
	return session_v6(session) ? 1 : 0;
}

/* Bytes of a packet that are not messages: IP, UDP, header and tag. */
static inline u32 session_overhead(const struct handoff_session *session)
{
	return (session_v6(session) ? 40 : 20) + 8 + SEAL_OVERHEAD;
}

/**
 * session_peer_bucket() - the bucket of by_peer for an address
 * @control: namespace
 * @addr: unused bytes zero
 *
 * Context: any.
 */
struct hlist_head *session_peer_bucket(struct handoff_control *control,
				       const union nf_inet_addr *addr);

/**
 * session_by_index() - the session that a datagram's index names
 * @control: namespace
 * @index: index
 *
 * Context: RCU read side.
 * Return: the session, or NULL.
 */
struct handoff_session *session_by_index(struct handoff_control *control, u32 index);

/**
 * session_ops() - the role's callbacks
 * @session: session
 *
 * Context: RCU read side.
 * Return: they, or NULL if the role's module is not there.
 */
const struct handoff_session_ops *session_ops(const struct handoff_session *session);

#endif /* _HANDOFF_SESSION_PRIV_H */
