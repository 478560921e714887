// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/module.h>

#include "handoff/control_receive.h"
#include "handoff/datagram.h"
#include "handoff/heartbeat.h"
#include "handoff/session_priv.h"
#include "handoff/transport.h"

/* Room enough for any message of its kind, so that one skb is not a page. */
static u32 most_bytes(const struct wire_msg *msg)
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

/* One source port a flow: whatever spreads flows over paths keeps its order. */
static u32 entropy(const struct handoff_session *session, const struct wire_msg *msg)
{
	const struct wire_flow *flow = &msg->flow;

	if (msg->type == WIRE_HEARTBEAT)
		return session->id;
	return jhash(flow->client, sizeof(flow->client),
		     (u32)flow->client_port << 16 | flow->vip_port);
}

int transport_send(struct handoff_session *session, const struct wire_msg *msg,
		   u32 room, u32 pad)
{
	struct handoff_control *control = session->control;
	struct handoff_keypair *kp;
	struct sk_buff *skb;
	u32 len, size;
	u64 counter;

	lockdep_assert_in_softirq();
	if (READ_ONCE(session->dead))
		return -ESHUTDOWN;
	kp = rcu_dereference(session->keys[KEYS_CURRENT]);
	if (!kp || keypair_expired(kp)) {
		control_count(control, CONTROL_TX_NOKEY);
		return -ENOTCONN;
	}

	pad = pad > session_overhead(session) ? pad - session_overhead(session) : 0;
	size = max(pad, most_bytes(msg));
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
	return datagram_send(session, skb, &kp->local, entropy(session, msg));
}

int handoff_session_send(struct handoff_session *session, const struct wire_msg *msg)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = transport_send(session, msg, handoff_session_room(session), 0);
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
	unsigned long age;
	bool ok;

	spin_lock(&kp->lock);
	age = jiffies - kp->aged;
	if (age >= KEYS_LATE_TIME) {
		seal_window_age(&kp->window);
		if (age >= 2 * KEYS_LATE_TIME)
			seal_window_age(&kp->window);
		kp->aged = jiffies;
	}
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

/*
 * Does a message under these keys tell that the peer hears us?  Stragglers under
 * the previous ones tell so only while the first under the current may be on its way.
 */
static bool proves_life(struct handoff_session *session, const struct handoff_keypair *kp)
{
	struct handoff_keypair *current_kp = rcu_dereference(session->keys[KEYS_CURRENT]);

	return kp != rcu_access_pointer(session->keys[KEYS_PREVIOUS]) ||
	       (current_kp && time_before(jiffies, current_kp->born + HANDSHAKE_ANSWER_TIME));
}

void transport_receive(struct handoff_session *session,
		       const struct control_packet *packet, const u8 *header,
		       u32 index, const u8 *sealed, u32 len, u8 *scratch,
		       struct wire_msg *msg)
{
	struct handoff_keypair *kp = keypair_by_index(session, index);
	int why = verify(session, kp, packet, header, sealed, len, scratch);

	lockdep_assert_in_softirq();
	if (why >= 0) {
		control_count(session->control, why);
		return;
	}
	control_count(session->control, CONTROL_RX);
	if (proves_life(session, kp))
		WRITE_ONCE(session->heard, jiffies);
	if (keys_confirm(session, kp))
		handoff_heartbeat_send(session, 0);
	dispatch(session, scratch, len - CRYPTO_TAG_LEN, msg);
}
