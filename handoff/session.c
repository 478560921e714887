// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: their existence, what they seal and open, and whom they tell.
 */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "handoff/heartbeat.h"
#include "handoff/net.h"
#include "handoff/session_priv.h"

#define FINGERPRINT_LEN	8

static const struct handoff_session_ops __rcu *roles[__HANDOFF_ROLE_MAX];

const struct handoff_session_ops *session_ops(const struct handoff_session *session)
{
	return rcu_dereference(roles[session->role]);
}

void handoff_session_register(enum handoff_role role,
			      const struct handoff_session_ops *ops)
{
	rcu_assign_pointer(roles[role], ops);
}
EXPORT_SYMBOL_GPL(handoff_session_register);

void handoff_session_unregister(enum handoff_role role)
{
	RCU_INIT_POINTER(roles[role], NULL);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(handoff_session_unregister);

static struct handoff_session *find(struct handoff_control *control,
				    enum handoff_role role,
				    const struct handoff_endpoint *peer)
{
	struct handoff_session *session;

	hlist_for_each_entry(session, control_peer_bucket(control, &peer->addr), by_peer)
		if (session->role == role && handoff_endpoint_equal(&session->peer, peer))
			return session;
	return NULL;
}

static bool id_taken(struct handoff_control *control, u32 id)
{
	struct handoff_session *session;

	hash_for_each_possible(control->by_id, session, by_id, id)
		if (session->id == id)
			return true;
	return false;
}

static struct handoff_session *alloc(struct handoff_control *control,
				     enum handoff_role role,
				     const struct handoff_endpoint *peer, const u8 *key)
{
	struct handoff_session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return NULL;
	if (dst_cache_init(&session->cache, GFP_KERNEL)) {
		kfree(session);
		return NULL;
	}
	session->control = control;
	session->net = control->net;
	refcount_set(&session->ref, 1);
	session->role = role;
	session->peer = *peer;
	spin_lock_init(&session->lock);
	memcpy(session->psk, key, sizeof(session->psk));
	session->psk_serial = 1;
	INIT_WORK(&session->work, handshake_work);
	timer_setup(&session->timer, handoff_heartbeat_timer, 0);
	session->heard = jiffies;
	session->beat_next = jiffies;
	session->handshake.next = jiffies;
	handoff_pmtu_init(&session->pmtu, session_v6(session));
	do {
		/* 0 is the index of an INIT, so no session's id. */
		session->id = get_random_u32() >> INDEX_BITS;
	} while (!session->id || id_taken(control, session->id));
	return session;
}

struct handoff_session *handoff_session_open(struct net *net, enum handoff_role role,
					     const struct handoff_endpoint *peer,
					     const u8 key[32],
					     struct netlink_ext_ack *extack)
{
	struct handoff_control *control = &handoff_net(net)->control;
	struct handoff_session *session;
	int err;

	if (!peer->port) {
		NL_SET_ERR_MSG(extack, "the peer's control port cannot be 0");
		return ERR_PTR(-EINVAL);
	}
	mutex_lock(&control->lock);
	session = find(control, role, peer);
	if (session) {
		if (crypto_memneq(session->psk, key, sizeof(session->psk))) {
			NL_SET_ERR_MSG(extack,
				       "another object with this control address has another key");
			err = -EINVAL;
			goto unlock;
		}
		session->users++;
		refcount_inc(&session->ref);
		mutex_unlock(&control->lock);
		return session;
	}

	if (control->count >= handoff_limit(net, HANDOFF_LIMIT_SESSIONS)) {
		NL_SET_ERR_MSG(extack, "as many control sessions as limit sessions allows");
		err = -ENOSPC;
		goto unlock;
	}
	err = control_socket_get(control, peer->family, extack);
	if (err)
		goto unlock;
	session = alloc(control, role, peer, key);
	if (!session) {
		NL_SET_ERR_MSG(extack, "no memory for a control session");
		control_socket_put(control, peer->family);
		err = -ENOMEM;
		goto unlock;
	}

	session->users = 1;
	refcount_inc(&session->ref);	/* the table's was alloc()'s */
	control->count++;
	handoff_stats_inc(&control->stats, CONTROL_SESSIONS);
	hash_add_rcu(control->by_id, &session->by_id, session->id);
	hlist_add_head_rcu(&session->by_peer, control_peer_bucket(control, &peer->addr));
	mod_timer(&session->timer, jiffies);
	mutex_unlock(&control->lock);
	return session;

unlock:
	mutex_unlock(&control->lock);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(handoff_session_open);

/* Nobody finds it any more, and nobody who found it is still at it. */
static void retire(struct rcu_head *rcu)
{
	struct handoff_session *session = container_of(rcu, struct handoff_session, rcu);

	spin_lock_bh(&session->lock);
	handshake_forget(session);
	spin_unlock_bh(&session->lock);
	dst_cache_reset_now(&session->cache);
	handoff_session_put(session);
}

/* control->lock held */
static void kill(struct handoff_session *session)
{
	struct handoff_control *control = session->control;

	hash_del_rcu(&session->by_id);
	hlist_del_rcu(&session->by_peer);
	spin_lock_bh(&session->lock);
	WRITE_ONCE(session->dead, true);
	WRITE_ONCE(session->up, false);
	spin_unlock_bh(&session->lock);
	/* A receiver may still have it in hand; @dead and this keep it quiet. */
	timer_shutdown_sync(&session->timer);
	cancel_work_sync(&session->work);
	control->count--;
	handoff_stats_add(&control->stats, CONTROL_SESSIONS, -1);
	call_rcu(&session->rcu, retire);
}

void handoff_session_close(struct handoff_session *session)
{
	/* Not dead yet, since we hold one of its users. */
	struct handoff_control *control = session->control;

	mutex_lock(&control->lock);
	if (!--session->users) {
		u8 family = session->peer.family;

		kill(session);
		control_socket_put(control, family);
	}
	mutex_unlock(&control->lock);
	handoff_session_put(session);
}
EXPORT_SYMBOL_GPL(handoff_session_close);

void handoff_session_rekey(struct handoff_session *session, const u8 key[32])
{
	spin_lock_bh(&session->lock);
	if (crypto_memneq(session->psk, key, sizeof(session->psk))) {
		memcpy(session->psk_old, session->psk, sizeof(session->psk));
		memcpy(session->psk, key, sizeof(session->psk));
		WRITE_ONCE(session->psk_serial, session->psk_serial + 1);
		session->psk_old_until = (jiffies + SESSION_OLD_PSK_TIME) ?: 1;
		session->force = true;
		session->handshake.next = jiffies;
		mod_timer(&session->timer, jiffies);
	}
	spin_unlock_bh(&session->lock);
}
EXPORT_SYMBOL_GPL(handoff_session_rekey);

struct handoff_session *handoff_session_get(struct handoff_session *session)
{
	return refcount_inc_not_zero(&session->ref) ? session : NULL;
}
EXPORT_SYMBOL_GPL(handoff_session_get);

static void session_free(struct rcu_head *rcu)
{
	struct handoff_session *session = container_of(rcu, struct handoff_session, rcu);

	dst_cache_destroy(&session->cache);
	kfree_sensitive(session);
}

void handoff_session_put(struct handoff_session *session)
{
	/* @rcu is free again: the table's reference goes only with retire(). */
	if (session && refcount_dec_and_test(&session->ref))
		call_rcu(&session->rcu, session_free);
}
EXPORT_SYMBOL_GPL(handoff_session_put);

/* Room enough for any message of its kind, so that one skb is not a page. */
static u32 bound(const struct wire_msg *msg)
{
	switch (msg->type) {
	case WIRE_HEARTBEAT:
		return 1024;
	case WIRE_HANDOFF:
		return 256 + msg->handoff.data_len;
	case WIRE_HEAD:
		return 256 + msg->head.data_len;
	}
	return 256;
}

int session_transmit(struct handoff_session *session, const struct wire_msg *msg,
		     u32 room, u32 pad, u32 hash)
{
	struct handoff_control *control = session->control;
	struct handoff_keypair *kp;
	struct sk_buff *skb;
	u32 len, size;
	u64 counter;

	if (READ_ONCE(session->dead))
		return -ESHUTDOWN;
	kp = rcu_dereference(session->keys[KEYS_CURRENT]);
	if (!kp || keypair_expired(kp)) {
		control_count(control, CONTROL_TX_NOKEY);
		return -ENOTCONN;
	}

	pad = pad > session_overhead(session) ? pad - session_overhead(session) : 0;
	size = max(pad, bound(msg));
	skb = datagram_alloc(SEAL_OVERHEAD + size);
	if (!skb) {
		control_count(control, CONTROL_TX_NOMEM);
		return -ENOMEM;
	}
	len = wire_encode(skb->data + SEAL_HEADER_LEN, size, msg);
	if (!len) {
		control_count(control, CONTROL_TX_INVALID);
		kfree_skb(skb);
		return -EINVAL;
	}
	if (len > room) {
		control_count(control, CONTROL_TX_TOOBIG);
		kfree_skb(skb);
		return -EMSGSIZE;
	}
	if (pad > len)
		len = wire_pad(skb->data + SEAL_HEADER_LEN, size, len, pad);

	counter = atomic64_inc_return(&kp->counter) - 1;
	if (counter >= SEAL_REJECT_AFTER) {
		control_count(control, CONTROL_TX_NOKEY);
		kfree_skb(skb);
		return -ENOTCONN;
	}
	skb_put(skb, SEAL_OVERHEAD + len);
	seal_close(skb->data, len, kp->remote_index, counter, kp->tx);
	return datagram_send(session, skb, &kp->local, hash);
}

int handoff_session_send(struct handoff_session *session,
			 const struct wire_msg *msg, u32 hash)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = session_transmit(session, msg, handoff_session_room(session), 0, hash);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}
EXPORT_SYMBOL_GPL(handoff_session_send);

static struct handoff_keypair *keypair_by_index(struct handoff_session *session, u32 index)
{
	unsigned int i;

	for (i = 0; i < __KEYS_MAX; i++) {
		struct handoff_keypair *kp = rcu_dereference(session->keys[i]);

		if (kp && kp->local_index == index)
			return kp;
	}
	return NULL;
}

static bool window_accept(struct handoff_keypair *kp, u64 counter)
{
	bool ok;

	spin_lock(&kp->lock);
	ok = seal_window_accept(&kp->window, counter);
	spin_unlock(&kp->lock);
	return ok;
}

/* Is this datagram what it says?  The reason to count, or -1. */
static int verify(struct handoff_session *session, struct handoff_keypair *kp,
		  const struct control_packet *packet, const u8 *header,
		  const u8 *sealed, u32 len, u8 *scratch)
{
	if (!kp)
		return CONTROL_RX_INDEX;
	if (keypair_expired(kp))
		return CONTROL_RX_EXPIRED;
	if (!seal_open(scratch, sealed, len, header, kp->rx))
		return CONTROL_RX_AUTH;
	/* Only now: the window and the counters are for what is authentic. */
	if (!nf_inet_addr_cmp(&session->peer.addr, &packet->source))
		return CONTROL_RX_SOURCE;
	if (!window_accept(kp, get_unaligned_be64(header + 8)))
		return CONTROL_RX_REPLAY;
	return -1;
}

static void dispatch(struct handoff_session *session, const u8 *bytes, u32 len,
		     struct wire_msg *msg)
{
	const struct handoff_session_ops *ops;

	while (len) {
		u32 used = wire_decode(bytes, len, msg);

		if (!used) {
			control_count(session->control, CONTROL_RX_MALFORMED);
			return;
		}
		bytes += used;
		len -= used;
		if (!msg->type) {
			control_count(session->control, CONTROL_RX_UNKNOWN);
			continue;
		}
		if (msg->type == WIRE_HEARTBEAT) {
			handoff_heartbeat_receive(session, &msg->heartbeat);
			continue;
		}
		ops = session_ops(session);
		if (ops)
			ops->receive(session->net, session, msg);
		else
			control_count(session->control, CONTROL_RX_NOROLE);
	}
}

void session_receive(struct handoff_session *session,
		     const struct control_packet *packet, const u8 *header,
		     u32 index, const u8 *sealed, u32 len, u8 *scratch,
		     struct wire_msg *msg)
{
	struct handoff_keypair *kp = keypair_by_index(session, index);
	int why = verify(session, kp, packet, header, sealed, len, scratch);

	if (why >= 0) {
		control_count(session->control, why);
		return;
	}
	control_count(session->control, CONTROL_RX);
	WRITE_ONCE(session->heard, jiffies);
	if (handshake_confirm(session, kp))
		handoff_heartbeat_send(session, 0);
	dispatch(session, scratch, len - CRYPTO_TAG_LEN, msg);
}

u32 handoff_session_path_mtu(const struct handoff_session *session)
{
	u32 path = READ_ONCE(session->pmtu.path), route = READ_ONCE(session->dst_mtu);

	return route ? min(path, route) : path;
}
EXPORT_SYMBOL_GPL(handoff_session_path_mtu);

u32 handoff_session_room(const struct handoff_session *session)
{
	u32 mtu = handoff_session_path_mtu(session), overhead = session_overhead(session);

	return mtu > overhead ? mtu - overhead : 0;
}
EXPORT_SYMBOL_GPL(handoff_session_room);

bool handoff_session_is_up(const struct handoff_session *session)
{
	return READ_ONCE(session->up);
}
EXPORT_SYMBOL_GPL(handoff_session_is_up);

const char *handoff_session_state(const struct handoff_session *session)
{
	if (READ_ONCE(session->up))
		return "up";
	return READ_ONCE(session->was_up) ? "down" : "handshake";
}
EXPORT_SYMBOL_GPL(handoff_session_state);

void handoff_session_fingerprint(const struct handoff_session *session, u8 out[8])
{
	struct handoff_session *s = (struct handoff_session *)session;
	u8 digest[CRYPTO_HASH_LEN];
	struct crypto_hash hash;

	crypto_hash_init(&hash);
	spin_lock_bh(&s->lock);
	crypto_hash_update(&hash, s->psk, sizeof(s->psk));
	spin_unlock_bh(&s->lock);
	crypto_hash_final(&hash, digest);
	memcpy(out, digest, FINGERPRINT_LEN);
}
EXPORT_SYMBOL_GPL(handoff_session_fingerprint);

const struct handoff_endpoint *handoff_session_peer(const struct handoff_session *session)
{
	return &session->peer;
}
EXPORT_SYMBOL_GPL(handoff_session_peer);
