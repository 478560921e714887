/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inside of a session, for the files of the control channel only.
 *
 *	control.c	sockets; what comes in, up to the session it is for
 *	datagram.c	what goes out: the route, the path, UDP
 *	handshake.c	from nothing, or from old keys, to new ones
 *	session.c	existence; sealed messages out and in; the roles
 *	heartbeat.c	the timer; is the peer alive
 *	pmtu.c		how big a datagram may be
 *
 * Contexts: softirq receives, the session's timer (softirq) beats and probes,
 * the session's work (workqueue, never twice at once) does the handshake,
 * anyone sends.  session->lock is a leaf: nothing is sent, and no role is
 * called, while it is held.
 *
 * A session dies in this order: out of both tables and @dead (so that nothing
 * arms the timer or queues the work again), timer shut down, work cancelled,
 * and after a grace period, when neither a receiver nor a sender can have it
 * in hand, the keys and the route go.  The struct stays for those who hold a
 * reference; only the accessors of session.h and sending, which then refuses,
 * are allowed on it.
 */
#ifndef _HANDOFF_SESSION_PRIV_H
#define _HANDOFF_SESSION_PRIV_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <net/dst_cache.h>

#include "handoff/control.h"
#include "handoff/noise.h"
#include "handoff/pmtu.h"
#include "handoff/seal.h"
#include "handoff/session.h"

/* Keys are replaced after the first and worthless after the second. */
#define SESSION_REKEY_TIME	(120 * HZ)
#define SESSION_REJECT_TIME	(180 * HZ)

/* How long an old PSK is accepted beside the new one. */
#define SESSION_OLD_PSK_TIME	(3600 * HZ)

/* Initiators' lives remembered, so that none of their INITs counts twice */
#define SESSION_SEEN		8

/* An INIT's payload: index, boot, stamp.  A RESPONSE's: index, and padding. */
#define HANDSHAKE_PAYLOAD	20
#define HANDSHAKE_MSG_LEN	NOISE_MSG_LEN(HANDSHAKE_PAYLOAD)
#define HANDSHAKE_INIT_LEN	(SEAL_HEADER_LEN + HANDSHAKE_MSG_LEN)
#define HANDSHAKE_RESPONSE_LEN	(HANDSHAKE_INIT_LEN + NOISE_MAC_LEN)

/* An index is a session's id with the number of its keys in the lowest bits. */
#define INDEX_BITS		2
#define INDEX_KEYS		4

enum keypair_slot {
	KEYS_CURRENT,	/* sends and receives */
	KEYS_PREVIOUS,	/* receives what was under way */
	KEYS_NEXT,	/* responder: waits for a message that proves them */
	__KEYS_MAX,
};

/**
 * struct handoff_keypair - the outcome of one handshake; constant but for
 *	counter and window; freed, wiped, after a grace period
 * @tx: key of what we send
 * @rx: key of what we receive
 * @local: our address in the handshake, and the source of what we send
 * @local_index: names these keys in datagrams to us
 * @remote_index: and to the peer
 * @psk_serial: which PSK they were made with
 * @born: jiffies
 * @counter: of the next datagram to send
 * @lock: guards @window; leaf, BH off
 * @window: what we received
 * @rcu: frees it
 */
struct handoff_keypair {
	u8 tx[CRYPTO_KEY_LEN];
	u8 rx[CRYPTO_KEY_LEN];
	union nf_inet_addr local;
	u32 local_index;
	u32 remote_index;
	u32 psk_serial;
	unsigned long born;
	atomic64_t counter;
	spinlock_t lock;	/* window */
	struct seal_window window;
	struct rcu_head rcu;
};

/**
 * struct handshake - an INIT sent, waiting for its RESPONSE
 * @noise: the work's own
 * @local: our address in it; the work's own
 * @psk_serial: the PSK it used; the work's own
 * @tries: since the last success; the work's own
 * @index: ours, 0: none waiting; session->lock
 * @mac_key: of the RESPONSE; session->lock
 * @next: jiffies; not tried again before; session->lock
 */
struct handshake {
	struct noise noise;
	union nf_inet_addr local;
	u32 psk_serial;
	unsigned int tries;
	u32 index;
	u8 mac_key[CRYPTO_KEY_LEN];
	unsigned long next;
};

/**
 * struct mailbox - one verified handshake message, from softirq to the work;
 *	session->lock.  A newer one replaces it, so nothing is ever queued
 * @type: SEAL_INIT or SEAL_RESPONSE, 0: empty
 * @psk_serial: the PSK that verified an INIT
 * @local: the address it came to
 * @port: and port, big-endian
 * @msg: the Noise message
 */
struct mailbox {
	u8 type;
	u32 psk_serial;
	union nf_inet_addr local;
	__be16 port;
	u8 msg[HANDSHAKE_MSG_LEN];
};

/**
 * struct seen_boot - the newest INIT seen of one life of an initiator
 * @boot: which life
 * @stamp: that INIT's
 * @used: jiffies, to tell the oldest entry
 */
struct seen_boot {
	u64 boot;
	u64 stamp;
	unsigned long used;
};

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
 * @psk_serial: grows with each new @psk
 * @psk_old_until: jiffies, 0: there is none
 * @force: make new keys as soon as possible
 * @handshake: initiator's
 * @mailbox: handshake messages for the work
 * @seen: responder's memory of INITs
 * @init_next: jiffies; no INIT is taken before; 0: never
 * @work: the handshake
 * @initiate: the timer asks the work to send an INIT
 * @timer: everything else
 * @up: written under @lock, read locklessly
 * @was_up: it has been up before
 * @beats: heartbeats counted towards up
 * @beat_counted: jiffies, the last of them
 * @beat_next: jiffies, ours is due; the timer's own
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
	struct seen_boot seen[SESSION_SEEN];
	unsigned long init_next;
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

extern struct workqueue_struct *handoff_control_wq;

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

static inline bool keypair_expired(const struct handoff_keypair *kp)
{
	return time_after(jiffies, kp->born + SESSION_REJECT_TIME) ||
	       atomic64_read(&kp->counter) >= SEAL_REJECT_AFTER;
}

/**
 * struct control_packet - where a datagram came from and to
 * @source: its source address
 * @local: its destination address
 * @port: its destination port, big-endian
 * @family: NFPROTO_*
 */
struct control_packet {
	union nf_inet_addr source;
	union nf_inet_addr local;
	__be16 port;
	u8 family;
};

/* control.c */

/**
 * control_socket_get() - open a family's socket, or share it
 * @control: namespace
 * @family: NFPROTO_*
 * @extack: gets the sentence of a refusal
 *
 * Context: process context; control->lock held.
 * Return: 0 or a negative errno.
 */
int control_socket_get(struct handoff_control *control, u8 family,
		       struct netlink_ext_ack *extack);

/**
 * control_socket_put() - the opposite
 * @control: namespace
 * @family: NFPROTO_*
 *
 * Context: process context; control->lock held; may sleep.
 */
void control_socket_put(struct handoff_control *control, u8 family);

/**
 * control_peer_bucket() - the bucket of by_peer for an address
 * @control: namespace
 * @addr: unused bytes zero
 *
 * Context: any.
 */
struct hlist_head *control_peer_bucket(struct handoff_control *control,
				       const union nf_inet_addr *addr);

/* datagram.c */

/**
 * datagram_alloc() - an skb with room for all headers before it
 * @len: bytes of UDP payload there will be at most
 *
 * Context: any; GFP_ATOMIC.
 * Return: empty skb or NULL.
 */
struct sk_buff *datagram_alloc(u32 len);

/**
 * datagram_source() - the address we would send to the peer from
 * @session: to whom
 * @local: filled
 *
 * Context: process context.
 * Return: 0 or a routing error.
 */
int datagram_source(struct handoff_session *session, union nf_inet_addr *local);

/**
 * datagram_send() - send a UDP payload to the peer, unfragmentable
 * @session: to whom
 * @skb: from datagram_alloc(), filled; consumed
 * @local: source address
 * @hash: entropy of the source port
 *
 * Context: BH off, RCU read side.
 * Return: 0, -EMSGSIZE (more than the route's MTU), or a routing error.
 */
int datagram_send(struct handoff_session *session, struct sk_buff *skb,
		  const union nf_inet_addr *local, u32 hash);

/**
 * datagram_refresh_mtu() - ask the route for its MTU
 * @session: session with current keys
 *
 * Context: BH off, RCU read side.
 */
void datagram_refresh_mtu(struct handoff_session *session);

/* handshake.c */

/**
 * handshake_receive_init() - an INIT came
 * @control: namespace
 * @packet: its addresses
 * @msg: HANDSHAKE_MSG_LEN bytes, the Noise message
 *
 * Context: softirq, RCU read side.  Allocates nothing, answers nothing.
 */
void handshake_receive_init(struct handoff_control *control,
			    const struct control_packet *packet, const u8 *msg);

/**
 * handshake_receive_response() - a RESPONSE came
 * @session: that its index names
 * @packet: its addresses
 * @index: the index
 * @datagram: HANDSHAKE_RESPONSE_LEN bytes
 *
 * Context: softirq, RCU read side.
 */
void handshake_receive_response(struct handoff_session *session,
				const struct control_packet *packet, u32 index,
				const u8 *datagram);

/**
 * handshake_work() - the session's work
 * @work: session->work
 *
 * Context: workqueue.
 */
void handshake_work(struct work_struct *work);

/**
 * handshake_confirm() - a message verified under the next keys: use them
 * @session: session
 * @kp: the keys
 *
 * Context: softirq, RCU read side.
 * Return: true if this call made them current.
 */
bool handshake_confirm(struct handoff_session *session, struct handoff_keypair *kp);

/**
 * handshake_wanted() - is it time for new keys?
 * @session: session of which we are the initiator
 * @silence: jiffies after which a silent peer is suspected to have restarted
 *
 * Context: session->lock held.
 */
bool handshake_wanted(struct handoff_session *session, unsigned long silence);

/**
 * handshake_expire() - drop what is too old: keys, a replaced PSK
 * @session: session
 *
 * Context: session->lock held.
 */
void handshake_expire(struct handoff_session *session);

/**
 * handshake_forget() - drop all keys
 * @session: session
 *
 * Context: session->lock held.
 */
void handshake_forget(struct handoff_session *session);

/* session.c */

/**
 * session_ops() - the role's callbacks
 * @session: session
 *
 * Context: RCU read side.
 * Return: they, or NULL if the role's module is not there.
 */
const struct handoff_session_ops *session_ops(const struct handoff_session *session);

/**
 * session_receive() - a DATA datagram came
 * @session: that its index names
 * @packet: its addresses
 * @header: as on the wire
 * @index: of @header
 * @sealed: what follows it
 * @len: bytes of that
 * @scratch: @len bytes, to open it into; may be @sealed
 * @msg: to decode into
 *
 * Context: softirq, RCU read side.
 */
void session_receive(struct handoff_session *session,
		     const struct control_packet *packet, const u8 *header,
		     u32 index, const u8 *sealed, u32 len, u8 *scratch,
		     struct wire_msg *msg);

/**
 * session_transmit() - seal one message and send it
 * @session: to whom
 * @msg: what
 * @room: most bytes it may have
 * @pad: bytes of IP packet to pad it to, 0: not
 * @hash: entropy
 *
 * Context: BH off, RCU read side.
 * Return: as handoff_session_send().
 */
int session_transmit(struct handoff_session *session, const struct wire_msg *msg,
		     u32 room, u32 pad, u32 hash);

#endif /* _HANDOFF_SESSION_PRIV_H */
