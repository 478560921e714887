/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of a session: the one that is configured (the PSK, with the one it
 * replaced) and those that handshakes agreed on.
 *
 * Keys agreed on live in slots, found under RCU.  The initiator uses new ones at
 * once; the responder only when the peer has proved to have them, too, so that
 * nothing that was replayed takes the old ones away.
 *
 * Keys end with the silence that takes a session down.  So who hears nothing
 * says nothing either: a path that is cut one way is down for both.  And what
 * somebody held back meanwhile can be opened by nobody any more.
 */
#ifndef _HANDOFF_KEYS_H
#define _HANDOFF_KEYS_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <linux/spinlock.h>

#include "handoff/seal.h"

struct handoff_session;

/* So much later than what was sent behind it a datagram may come, or twice that. */
#define KEYS_LATE_TIME		(2 * HZ)

/* An index is a session's id with the number of its keys in the lowest bits. */
#define KEYS_INDEX_BITS		2

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
 * @renew: jiffies; to be replaced from then on
 * @reject: jiffies; worthless from then on
 * @counter: of the next datagram to send
 * @lock: guards what follows; leaf, BH off
 * @window: what we received
 * @aged: jiffies; when the window last aged
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
	unsigned long renew;
	unsigned long reject;
	atomic64_t counter;
	spinlock_t lock;	/* window, aged */
	struct seal_window window;
	unsigned long aged;
	struct rcu_head rcu;
};

/**
 * keypair_expired() - are these keys worthless by now?
 * @kp: keys
 *
 * Context: any.
 */
static inline bool keypair_expired(const struct handoff_keypair *kp)
{
	return time_after(jiffies, kp->reject) ||
	       atomic64_read(&kp->counter) >= SEAL_REJECT_AFTER;
}

/**
 * keypair_alloc() - room for the outcome of a handshake
 * @session: whose
 * @local: our address in it
 * @psk_serial: the PSK it uses
 *
 * Context: process context, may sleep.
 * Return: to be filled, for keys_use() or keys_offer(), or kfree_sensitive();
 *	NULL without memory.
 */
struct handoff_keypair *keypair_alloc(const struct handoff_session *session,
				      const union nf_inet_addr *local, u32 psk_serial);

/**
 * keys_new_index() - an index that names no keys of this session
 * @session: session
 *
 * Context: session->lock held.
 */
u32 keys_new_index(struct handoff_session *session);

/**
 * keys_psk_is() - is this the PSK?
 * @session: session
 * @key: which
 *
 * Context: any; takes session->lock.
 */
bool keys_psk_is(struct handoff_session *session, const u8 key[CRYPTO_KEY_LEN]);

/**
 * keys_get_psk() - the PSK of a serial number, if it is still good
 * @session: session
 * @serial: which
 * @psk: filled; to be wiped
 *
 * Context: any; takes session->lock.
 * Return: true if @psk is filled.
 */
bool keys_get_psk(struct handoff_session *session, u32 serial, u8 psk[CRYPTO_KEY_LEN]);

/**
 * keys_use() - send under new keys from now on
 * @session: session
 * @kp: they; the session's from now on
 *
 * Context: session->lock held.
 */
void keys_use(struct handoff_session *session, struct handoff_keypair *kp);

/**
 * keys_offer() - use new keys once a message verifies under them
 * @session: session
 * @kp: they; the session's from now on
 *
 * Context: session->lock held.
 */
void keys_offer(struct handoff_session *session, struct handoff_keypair *kp);

/**
 * keys_confirm() - a message verified under these keys
 * @session: session
 * @kp: the keys; used from now on if they were on offer
 *
 * Context: softirq, RCU read side; takes session->lock.
 * Return: true if this call made them current.
 */
bool keys_confirm(struct handoff_session *session, struct handoff_keypair *kp);

/**
 * keys_wanted() - is it time for new keys?
 * @session: session of which we are the initiator
 * @silence: jiffies after which a silent peer is suspected to have restarted
 *
 * Context: session->lock held.
 */
bool keys_wanted(struct handoff_session *session, unsigned long silence);

/**
 * keys_expire() - drop what is too old: keys, a replaced PSK
 * @session: session
 * @patience: jiffies of silence that end keys
 *
 * Context: session->lock held.
 */
void keys_expire(struct handoff_session *session, unsigned long patience);

/**
 * keys_forget() - drop and wipe all of them
 * @session: dead, and found by nobody any more
 *
 * Context: session->lock held.
 */
void keys_forget(struct handoff_session *session);

#endif /* _HANDOFF_KEYS_H */
