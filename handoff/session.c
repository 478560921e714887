// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: their existence, how they are found, and whom they tell.
 */
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "handoff/control_socket.h"
#include "handoff/heartbeat.h"
#include "handoff/net.h"
#include "handoff/session_priv.h"
#include "handoff/transaction.h"

static const struct handoff_session_ops __rcu *roles[__HANDOFF_ROLE_MAX];

const struct handoff_session_ops *session_ops(const struct handoff_session *session)
{
	/* Who asks for them is about to call them, and they may send. */
	lockdep_assert_not_held(&session->lock);
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

struct hlist_head *session_peer_bucket(struct handoff_control *control,
				       const union nf_inet_addr *addr)
{
	u32 hash = jhash2(addr->all, ARRAY_SIZE(addr->all), control->seed);

	return &control->by_peer[hash_min(hash, HASH_BITS(control->by_peer))];
}

struct handoff_session *session_by_index(struct handoff_control *control, u32 index)
{
	struct handoff_session *session;
	u32 id = index >> KEYS_INDEX_BITS;

	hash_for_each_possible_rcu(control->by_id, session, by_id, id)
		if (session->id == id)
			return session;
	return NULL;
}

static struct handoff_session *find_by_peer(struct handoff_control *control,
					    enum handoff_role role,
					    const struct handoff_endpoint *peer)
{
	struct handoff_session *session;

	lockdep_assert_held(&control->lock);
	hlist_for_each_entry(session, session_peer_bucket(control, &peer->addr), by_peer)
		if (session->role == role && handoff_endpoint_equal(&session->peer, peer))
			return session;
	return NULL;
}

static bool id_taken(struct handoff_control *control, u32 id)
{
	struct handoff_session *session;

	lockdep_assert_held(&control->lock);
	hash_for_each_possible(control->by_id, session, by_id, id)
		if (session->id == id)
			return true;
	return false;
}

static struct handoff_session *alloc_session(struct handoff_control *control,
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
	handshake_init(session);
	timer_setup(&session->timer, handoff_heartbeat_timer, 0);
	session->heard = jiffies;
	session->beat_next = jiffies;
	handoff_pmtu_init(&session->pmtu, session_v6(session));
	do {
		/* 0 is the index of an INIT, so no session's id. */
		session->id = get_random_u32() >> KEYS_INDEX_BITS;
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
	session = find_by_peer(control, role, peer);
	if (session) {
		if (!keys_psk_is(session, key)) {
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

	if (control->count >= handoff_transaction_limit(net, HANDOFF_LIMIT_SESSIONS)) {
		NL_SET_ERR_MSG(extack, "as many control sessions as limit sessions allows");
		err = -ENOSPC;
		goto unlock;
	}
	err = control_socket_get(control, peer->family, extack);
	if (err)
		goto unlock;
	session = alloc_session(control, role, peer, key);
	if (!session) {
		NL_SET_ERR_MSG(extack, "no memory for a control session");
		control_socket_put(control, peer->family);
		err = -ENOMEM;
		goto unlock;
	}

	session->users = 1;
	refcount_inc(&session->ref);	/* the table's was alloc_session()'s */
	control->count++;
	handoff_stats_inc(&control->stats, CONTROL_SESSIONS);
	hash_add_rcu(control->by_id, &session->by_id, session->id);
	hlist_add_head_rcu(&session->by_peer, session_peer_bucket(control, &peer->addr));
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
	keys_forget(session);
	handshake_forget(session);
	spin_unlock_bh(&session->lock);
	dst_cache_reset_now(&session->cache);
	handoff_session_put(session);
}

static void kill_session(struct handoff_session *session)
{
	struct handoff_control *control = session->control;

	lockdep_assert_held(&control->lock);
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

		kill_session(session);
		control_socket_put(control, family);
	}
	mutex_unlock(&control->lock);
	handoff_session_put(session);
}
EXPORT_SYMBOL_GPL(handoff_session_close);

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

const struct handoff_endpoint *handoff_session_peer(const struct handoff_session *session)
{
	return &session->peer;
}
EXPORT_SYMBOL_GPL(handoff_session_peer);
