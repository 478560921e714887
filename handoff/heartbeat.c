// SPDX-License-Identifier: GPL-2.0
#include "handoff/datagram.h"
#include "handoff/heartbeat.h"
#include "handoff/net.h"
#include "handoff/session_priv.h"
#include "handoff/transport.h"

/* Some part of @time, so that hosts started together do not stay in step. */
static unsigned long jitter(unsigned long time)
{
	return get_random_u32_below(time / 8 + 1);
}

static void tell_state(struct handoff_session *session, bool up)
{
	const struct handoff_session_ops *ops = session_ops(session);

	if (ops)
		ops->state(session->net, session, up);
}

void handoff_heartbeat_send(struct handoff_session *session, u16 probe)
{
	const struct handoff_session_ops *ops = session_ops(session);
	struct wire_msg msg = { .type = WIRE_HEARTBEAT };

	lockdep_assert_in_softirq();
	msg.heartbeat.probe = probe;
	spin_lock(&session->lock);
	msg.heartbeat.probed = session->probed;
	session->probed = 0;
	spin_unlock(&session->lock);
	if (ops)
		ops->fill_heartbeat(session->net, session, &msg.heartbeat);
	transport_send(session, &msg, handoff_session_room(session), probe);
}

/* Did this one bring the session up? */
static bool count_beat(struct handoff_session *session)
{
	unsigned long interval = handoff_timeout(session->net, HANDOFF_TIMEOUT_HEARTBEAT);
	u32 enough = handoff_limit(session->net, HANDOFF_LIMIT_HEARTBEAT_UP);
	unsigned long now = jiffies;

	lockdep_assert_held(&session->lock);
	if (session->up)
		return false;
	/* Answers to probes come in between: they are no sign of stability. */
	if (session->beats && time_before(now, session->beat_counted + interval / 2))
		return false;
	session->beat_counted = now;
	session->beats++;
	if (session->was_up && session->beats < enough)
		return false;
	WRITE_ONCE(session->was_up, true);
	handoff_pmtu_init(&session->pmtu, session_v6(session));
	WRITE_ONCE(session->up, true);
	return true;
}

void handoff_heartbeat_receive(struct handoff_session *session,
			       const struct wire_heartbeat *heartbeat)
{
	const struct handoff_session_ops *ops = session_ops(session);
	bool up;

	lockdep_assert_in_softirq();
	spin_lock(&session->lock);
	session->probed = max(session->probed, heartbeat->probe);
	if (heartbeat->probed)
		handoff_pmtu_acked(&session->pmtu, heartbeat->probed, jiffies);
	up = count_beat(session);
	if (up || heartbeat->probed)
		mod_timer(&session->timer, jiffies);
	spin_unlock(&session->lock);

	/* What it tells first, so that who comes up is known already. */
	if (ops)
		ops->heartbeat(session->net, session, heartbeat);
	else
		control_count(session->control, CONTROL_RX_NOROLE);
	if (up)
		tell_state(session, true);
	if (heartbeat->probe)
		handoff_heartbeat_send(session, 0);
}

/* So long a silence takes a peer down. */
static unsigned long patience_of(struct net *net)
{
	unsigned long interval = handoff_timeout(net, HANDOFF_TIMEOUT_HEARTBEAT);

	return handoff_limit(net, HANDOFF_LIMIT_HEARTBEAT_DOWN) * interval + interval / 4;
}

unsigned long handoff_session_late(struct net *net)
{
	/* The timer, which drops keys, may come a second later. */
	return max_t(unsigned long, patience_of(net), 2 * KEYS_LATE_TIME) + HANDSHAKE_ANSWER_TIME;
}
EXPORT_SYMBOL_GPL(handoff_session_late);

/* Is the peer silent for too long? */
static bool went_down(struct handoff_session *session, unsigned long patience)
{
	lockdep_assert_held(&session->lock);
	if (!session->up || time_before(jiffies, READ_ONCE(session->heard) + patience))
		return false;
	WRITE_ONCE(session->up, false);
	session->beats = 0;
	return true;
}

/* Ask for new keys if it is time to. */
static void want_keys(struct handoff_session *session, unsigned long interval)
{
	struct handshake *hs = &session->handshake;
	/* Less and less often, lest no answer from far away be in time for any. */
	unsigned int tries = min(READ_ONCE(hs->tries), 8U);
	unsigned long retry = min_t(unsigned long, interval << tries, HANDSHAKE_ANSWER_TIME);

	lockdep_assert_held(&session->lock);
	if (session->role != HANDOFF_FRONTEND ||
	    !keys_wanted(session, interval + interval / 2) ||
	    time_before(jiffies, hs->next))
		return;
	hs->next = jiffies + retry - jitter(retry);
	handshake_start(session);
}

static unsigned long earlier(unsigned long a, unsigned long b)
{
	return time_before(a, b) ? a : b;
}

void handoff_heartbeat_timer(struct timer_list *timer)
{
	struct handoff_session *session = from_timer(session, timer, timer);
	unsigned long interval = handoff_timeout(session->net, HANDOFF_TIMEOUT_HEARTBEAT);
	unsigned long patience = patience_of(session->net);
	unsigned long now = jiffies, next;
	bool down, beat = false;
	u16 probe = 0;

	rcu_read_lock();
	datagram_refresh_mtu(session);

	spin_lock(&session->lock);
	if (session->dead)
		goto unlock;
	keys_expire(session, patience);
	want_keys(session, interval);
	down = went_down(session, patience);

	/* Not later than a retry of the handshake would be due. */
	next = now + min_t(unsigned long, interval, HANDSHAKE_ANSWER_TIME);
	if (time_after_eq(now, session->beat_next)) {
		session->beat_next = now + interval - jitter(interval);
		beat = rcu_access_pointer(session->keys[KEYS_CURRENT]);
	}
	next = earlier(next, session->beat_next);
	if (session->up) {
		if (session->dst_mtu)
			probe = handoff_pmtu_tick(&session->pmtu, session->dst_mtu, now);
		if (time_after(session->pmtu.next, now))
			next = earlier(next, session->pmtu.next);
		next = earlier(next, READ_ONCE(session->heard) + patience);
	}
	if (session->role == HANDOFF_FRONTEND && time_after(session->handshake.next, now))
		next = earlier(next, session->handshake.next);
	mod_timer(&session->timer, time_after(next, now) ? next : now + 1);
	spin_unlock(&session->lock);

	if (down)
		tell_state(session, false);
	if (beat)
		handoff_heartbeat_send(session, 0);
	if (probe)
		handoff_heartbeat_send(session, probe);
	rcu_read_unlock();
	return;

unlock:
	spin_unlock(&session->lock);
	rcu_read_unlock();
}
