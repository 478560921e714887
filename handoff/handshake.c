// SPDX-License-Identifier: GPL-2.0
/*
 * From nothing, or from old keys, to new ones.
 *
 *	front-end				back-end
 *	timer: wanted
 *	work: initiate()
 *	  INIT -------------------------------> softirq: verify under the PSK,
 *						refuse what was seen, mailbox
 *						work: respond(): next keys
 *	softirq: verify the MAC, <------------- RESPONSE
 *	mailbox
 *	work: finish(): current keys
 *	  DATA (heartbeat) -------------------> softirq: keys_confirm():
 *						next become current
 *
 * What is replayed stops at the first verification: each INIT carries its
 * sender's life (@boot) and a stamp that only grows in it, and must be newer
 * than all seen of that life.  An INIT of a life not seen before may be a
 * replay, too; then it yields next keys that nobody can ever prove, and the
 * current ones stay.  No clock but the monotonic one is involved.
 */
#include <linux/ktime.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "handoff/control_receive.h"
#include "handoff/datagram.h"
#include "handoff/session_priv.h"

#define INIT_INTERVAL	(HZ / 20)	/* between two INITs taken from one peer */

static struct workqueue_struct *workqueue;

/* What both sides must mean alike; hashed, never sent. */
struct prologue {
	char label[24];
	u8 version;
	u8 family;
	__be16 front_port;
	__be16 back_port;
	__be16 zero;
	union nf_inet_addr front;
	union nf_inet_addr back;
};

static_assert(sizeof(struct prologue) == 64);

struct init_payload {
	u32 index;
	u64 boot;
	u64 stamp;
};

static void put_init(u8 *buf, const struct init_payload *p)
{
	put_unaligned_be32(p->index, buf);
	put_unaligned_be64(p->boot, buf + 4);
	put_unaligned_be64(p->stamp, buf + 12);
}

static void get_init(const u8 *buf, struct init_payload *p)
{
	p->index = get_unaligned_be32(buf);
	p->boot = get_unaligned_be64(buf + 4);
	p->stamp = get_unaligned_be64(buf + 12);
}

/* @local and @port are ours. */
static void make_prologue(struct prologue *p, const struct handoff_session *session,
			  const union nf_inet_addr *local, __be16 port)
{
	bool front = session->role == HANDOFF_FRONTEND;

	memset(p, 0, sizeof(*p));
	strscpy(p->label, "btcp control channel", sizeof(p->label));
	p->version = WIRE_VERSION;
	p->family = session->peer.family;
	p->front = front ? *local : session->peer.addr;
	p->front_port = front ? port : session->peer.port;
	p->back = front ? session->peer.addr : *local;
	p->back_port = front ? session->peer.port : port;
}

static void send_datagram(struct handoff_session *session, const union nf_inet_addr *local,
			  const u8 *datagram, u32 len)
{
	struct sk_buff *skb = datagram_alloc(len);

	if (!skb) {
		control_count(session->control, CONTROL_TX_NOMEM);
		return;
	}
	skb_put_data(skb, datagram, len);
	local_bh_disable();
	rcu_read_lock();
	datagram_send(session, skb, local, session->id);
	rcu_read_unlock();
	local_bh_enable();
}

static u64 new_stamp(struct handoff_control *control)
{
	/* Never twice the same, however fast this is called. */
	s64 now = ktime_get_ns(), last = atomic64_read(&control->stamp);

	do {
		now = max(now, last + 1);
	} while (!atomic64_try_cmpxchg(&control->stamp, &last, now));
	return now;
}

/* Front-end, work: send an INIT. */
static void initiate(struct handoff_session *session)
{
	struct handshake *hs = &session->handshake;
	u8 datagram[HANDSHAKE_INIT_LEN], payload[HANDSHAKE_PAYLOAD];
	u8 psk[CRYPTO_KEY_LEN], mac_key[CRYPTO_KEY_LEN];
	struct handoff_endpoint own;
	struct init_payload init;
	struct prologue prologue;

	if (datagram_source(session, &hs->local)) {
		control_count(session->control, CONTROL_TX_NOROUTE);
		return;
	}
	handoff_control_get(session->net, &own);

	/* The new PSK first, in turns with the old one while there is one. */
	hs->psk_serial = READ_ONCE(session->psk_serial) - hs->tries++ % 2;
	if (!keys_get_psk(session, hs->psk_serial, psk)) {
		hs->psk_serial = READ_ONCE(session->psk_serial);
		if (!keys_get_psk(session, hs->psk_serial, psk))
			return;
	}

	spin_lock_bh(&session->lock);
	hs->index = 0;
	init.index = keys_new_index(session);
	spin_unlock_bh(&session->lock);
	init.boot = session->control->boot;
	init.stamp = new_stamp(session->control);
	put_init(payload, &init);

	make_prologue(&prologue, session, &hs->local, own.port);
	noise_init(&hs->noise, &prologue, sizeof(prologue), psk);
	seal_header_write(datagram, SEAL_INIT, 0, 0);
	if (noise_write_init(&hs->noise, datagram + SEAL_HEADER_LEN, payload,
			     sizeof(payload))) {
		noise_response_key(&hs->noise, psk, mac_key);
		spin_lock_bh(&session->lock);
		hs->index = init.index;
		memcpy(hs->mac_key, mac_key, sizeof(mac_key));
		spin_unlock_bh(&session->lock);
		send_datagram(session, &hs->local, datagram, sizeof(datagram));
	}
	memzero_explicit(mac_key, sizeof(mac_key));
	memzero_explicit(psk, sizeof(psk));
}

/* Front-end, work: the RESPONSE to our INIT, its MAC verified. */
static void finish(struct handoff_session *session, const struct mailbox *mail)
{
	struct handshake *hs = &session->handshake;
	u8 payload[HANDSHAKE_PAYLOAD];
	struct handoff_keypair *kp;
	u32 index;
	bool ok;

	spin_lock_bh(&session->lock);
	index = hs->index;
	hs->index = 0;
	spin_unlock_bh(&session->lock);
	if (!index)
		return;

	ok = noise_read_response(&hs->noise, mail->msg, payload, sizeof(payload));
	kp = ok ? keypair_alloc(&hs->local, hs->psk_serial) : NULL;
	if (kp) {
		noise_split(&hs->noise, kp->tx, kp->rx);
		kp->local_index = index;
		kp->remote_index = get_unaligned_be32(payload);
	} else {
		control_count(session->control,
			      ok ? CONTROL_TX_NOMEM : CONTROL_RESPONSE_AUTH);
	}
	noise_wipe(&hs->noise);
	if (!kp)
		return;

	hs->tries = 0;
	spin_lock_bh(&session->lock);
	keys_use(session, kp);
	session->force = false;
	WRITE_ONCE(session->heard, jiffies);
	/* The timer sends the heartbeat that proves the keys to the peer. */
	session->beat_next = jiffies;
	mod_timer(&session->timer, jiffies);
	spin_unlock_bh(&session->lock);
	control_count(session->control, CONTROL_HANDSHAKES);
}

/* Back-end, work: the INIT in the mailbox, once more and to the end. */
static void respond(struct handoff_session *session, const struct mailbox *mail)
{
	u8 datagram[HANDSHAKE_RESPONSE_LEN], payload[HANDSHAKE_PAYLOAD];
	u8 psk[CRYPTO_KEY_LEN], mac_key[CRYPTO_KEY_LEN];
	struct handoff_keypair *kp;
	struct init_payload init;
	struct prologue prologue;
	struct noise noise;
	bool ok = false;

	if (!keys_get_psk(session, mail->psk_serial, psk))
		return;
	kp = keypair_alloc(&mail->local, mail->psk_serial);
	if (!kp) {
		control_count(session->control, CONTROL_TX_NOMEM);
		goto out;
	}
	spin_lock_bh(&session->lock);
	kp->local_index = keys_new_index(session);
	spin_unlock_bh(&session->lock);

	make_prologue(&prologue, session, &mail->local, mail->port);
	noise_init(&noise, &prologue, sizeof(prologue), psk);
	if (noise_read_init(&noise, mail->msg, payload, sizeof(payload))) {
		get_init(payload, &init);
		kp->remote_index = init.index;
		noise_response_key(&noise, psk, mac_key);
		memset(payload, 0, sizeof(payload));
		put_unaligned_be32(kp->local_index, payload);
		seal_header_write(datagram, SEAL_RESPONSE, init.index, 0);
		ok = noise_write_response(&noise, datagram + SEAL_HEADER_LEN, payload,
					  sizeof(payload));
	}
	if (ok) {
		noise_response_mac(mac_key, datagram, HANDSHAKE_INIT_LEN,
				   datagram + HANDSHAKE_INIT_LEN);
		noise_split(&noise, kp->rx, kp->tx);
		spin_lock_bh(&session->lock);
		keys_offer(session, kp);
		spin_unlock_bh(&session->lock);
		send_datagram(session, &mail->local, datagram, sizeof(datagram));
	} else {
		kfree_sensitive(kp);
	}
	noise_wipe(&noise);
	memzero_explicit(mac_key, sizeof(mac_key));
out:
	memzero_explicit(psk, sizeof(psk));
}

void handshake_work(struct work_struct *work)
{
	struct handoff_session *session = container_of(work, struct handoff_session, work);
	struct mailbox mail;
	bool start;

	spin_lock_bh(&session->lock);
	mail = session->mailbox;
	session->mailbox.type = 0;
	start = session->initiate;
	session->initiate = false;
	spin_unlock_bh(&session->lock);

	if (mail.type == SEAL_INIT)
		respond(session, &mail);
	else if (mail.type == SEAL_RESPONSE)
		finish(session, &mail);
	if (start)
		initiate(session);
}

/*
 * Take note of an INIT that verified.  Returns the counter that says why it is
 * not wanted, or 0.
 */
static int note_init(struct handoff_session *session, const struct init_payload *init)
{
	struct seen_boot *at = NULL, *oldest = session->seen;
	unsigned int i;

	lockdep_assert_held(&session->lock);
	for (i = 0; i < HANDSHAKE_SEEN; i++) {
		struct seen_boot *seen = &session->seen[i];

		if (seen->boot == init->boot && seen->stamp)
			at = seen;
		if (!seen->stamp || (oldest->stamp && time_before(seen->used, oldest->used)))
			oldest = seen;
	}
	if (at && init->stamp <= at->stamp)
		return CONTROL_INIT_REPLAY;
	if (session->init_next && time_before(jiffies, session->init_next))
		return CONTROL_INIT_RATELIMITED;
	if (!at)
		at = oldest;
	at->boot = init->boot;
	at->stamp = init->stamp;
	at->used = jiffies;
	session->init_next = (jiffies + INIT_INTERVAL) ?: 1;
	return 0;
}

/* Is this INIT made with that PSK?  Then it is either taken or counted. */
static bool try_init(struct handoff_session *session, u32 serial,
		     const struct control_packet *packet, const u8 *msg)
{
	u8 psk[CRYPTO_KEY_LEN], payload[HANDSHAKE_PAYLOAD];
	struct init_payload init;
	struct prologue prologue;
	struct noise noise;
	int refused;
	bool ok;

	if (!keys_get_psk(session, serial, psk))
		return false;
	make_prologue(&prologue, session, &packet->local, packet->port);
	noise_init(&noise, &prologue, sizeof(prologue), psk);
	ok = noise_read_init(&noise, msg, payload, sizeof(payload));
	noise_wipe(&noise);
	memzero_explicit(psk, sizeof(psk));
	if (!ok)
		return false;

	get_init(payload, &init);
	spin_lock(&session->lock);
	refused = note_init(session, &init);
	if (!refused && !session->dead) {
		session->mailbox.type = SEAL_INIT;
		session->mailbox.psk_serial = serial;
		session->mailbox.local = packet->local;
		session->mailbox.port = packet->port;
		memcpy(session->mailbox.msg, msg, HANDSHAKE_MSG_LEN);
		queue_work(workqueue, &session->work);
	}
	spin_unlock(&session->lock);
	if (refused)
		control_count(session->control, refused);
	return true;
}

void handshake_receive_init(struct handoff_control *control,
			    const struct control_packet *packet, const u8 *msg)
{
	struct handoff_session *session;
	bool peer = false;
	u32 serial;

	hlist_for_each_entry_rcu(session, session_peer_bucket(control, &packet->source),
				 by_peer) {
		if (session->role != HANDOFF_BACKEND ||
		    session->peer.family != packet->family ||
		    !nf_inet_addr_cmp(&session->peer.addr, &packet->source))
			continue;
		peer = true;
		serial = READ_ONCE(session->psk_serial);
		if (try_init(session, serial, packet, msg) ||
		    try_init(session, serial - 1, packet, msg))
			return;
	}
	control_count(control, peer ? CONTROL_INIT_PSK : CONTROL_INIT_PEER);
}

void handshake_receive_response(struct handoff_session *session,
				const struct control_packet *packet, u32 index,
				const u8 *datagram)
{
	struct handshake *hs = &session->handshake;
	u8 key[CRYPTO_KEY_LEN], mac[NOISE_MAC_LEN];
	int why = 0;

	spin_lock(&session->lock);
	if (hs->index == index)
		memcpy(key, hs->mac_key, sizeof(key));
	else
		why = CONTROL_RX_INDEX;
	spin_unlock(&session->lock);
	if (why)
		goto drop;

	noise_response_mac(key, datagram, HANDSHAKE_INIT_LEN, mac);
	memzero_explicit(key, sizeof(key));
	if (!crypto_equal(mac, datagram + HANDSHAKE_INIT_LEN, sizeof(mac)))
		why = CONTROL_RESPONSE_AUTH;
	else if (!nf_inet_addr_cmp(&session->peer.addr, &packet->source))
		why = CONTROL_RX_SOURCE;
	if (why)
		goto drop;

	spin_lock(&session->lock);
	if (!session->dead) {
		session->mailbox.type = SEAL_RESPONSE;
		memcpy(session->mailbox.msg, datagram + SEAL_HEADER_LEN, HANDSHAKE_MSG_LEN);
		queue_work(workqueue, &session->work);
	}
	spin_unlock(&session->lock);
	return;
drop:
	control_count(session->control, why);
}

void handshake_start(struct handoff_session *session)
{
	lockdep_assert_held(&session->lock);
	session->initiate = true;
	queue_work(workqueue, &session->work);
}

void handshake_hurry(struct handoff_session *session)
{
	lockdep_assert_held(&session->lock);
	session->force = true;
	session->handshake.next = jiffies;
	mod_timer(&session->timer, jiffies);
}

void handshake_forget(struct handoff_session *session)
{
	lockdep_assert_held(&session->lock);
	noise_wipe(&session->handshake.noise);
	memzero_explicit(session->handshake.mac_key, CRYPTO_KEY_LEN);
}

int handshake_setup(void)
{
	/* Not bound to the CPU that receives: a curve25519 takes its time. */
	workqueue = alloc_workqueue("handoff_control", WQ_UNBOUND, 0);
	return workqueue ? 0 : -ENOMEM;
}

void handshake_teardown(void)
{
	destroy_workqueue(workqueue);
}
