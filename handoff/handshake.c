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
 * What is replayed stops at the first verification.  Each INIT carries a ticket,
 * a number that the responder made up and takes once; the RESPONSE brings the
 * next one.  Who has none that is good (either side began anew, or a RESPONSE
 * was lost) is told it by TICKET instead, and tries again.  So an INIT recorded
 * at any time is worth nothing later, whatever has been restarted or forgotten
 * since, and no clock is involved.
 */
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "handoff/control_receive.h"
#include "handoff/datagram.h"
#include "handoff/session_priv.h"

#define TICKETS_A_SECOND	1000

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

/* Of INIT and RESPONSE alike: the sender's index; the ticket used, the next one */
static void put_payload(u8 buf[HANDSHAKE_PAYLOAD], u32 index, u64 ticket)
{
	put_unaligned_be32(index, buf);
	put_unaligned_be64(ticket, buf + 4);
}

static u32 get_index(const u8 buf[HANDSHAKE_PAYLOAD])
{
	return get_unaligned_be32(buf);
}

static u64 get_ticket(const u8 buf[HANDSHAKE_PAYLOAD])
{
	return get_unaligned_be64(buf + 4);
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

/* Front-end, work: send an INIT. */
static void initiate(struct handoff_session *session)
{
	struct handshake *hs = &session->handshake;
	u8 datagram[HANDSHAKE_INIT_LEN], payload[HANDSHAKE_PAYLOAD];
	u8 psk[CRYPTO_KEY_LEN], mac_key[CRYPTO_KEY_LEN];
	struct handoff_endpoint own;
	struct prologue prologue;
	u32 index;

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
	index = keys_new_index(session);
	spin_unlock_bh(&session->lock);
	put_payload(payload, index, hs->ticket);

	make_prologue(&prologue, session, &hs->local, own.port);
	noise_init(&hs->noise, &prologue, sizeof(prologue), psk);
	seal_header_write(datagram, SEAL_INIT, 0, 0);
	if (noise_write_init(&hs->noise, datagram + SEAL_HEADER_LEN, payload,
			     sizeof(payload))) {
		noise_response_key(&hs->noise, psk, mac_key);
		spin_lock_bh(&session->lock);
		hs->index = index;
		memcpy(hs->mac_key, mac_key, sizeof(mac_key));
		spin_unlock_bh(&session->lock);
		send_datagram(session, &hs->local, datagram, sizeof(datagram));
	}
	memzero_explicit(mac_key, sizeof(mac_key));
	memzero_explicit(psk, sizeof(psk));
}

static void tell_reborn(struct handoff_session *session)
{
	const struct handoff_session_ops *ops;

	local_bh_disable();
	rcu_read_lock();
	ops = session_ops(session);
	if (ops && ops->reborn)
		ops->reborn(session->net, session);
	rcu_read_unlock();
	local_bh_enable();
	control_count(session->control, CONTROL_REBORN);
}

/* Front-end, work: the RESPONSE to our INIT, its MAC verified. */
static void finish(struct handoff_session *session, const struct mailbox *mail)
{
	struct handshake *hs = &session->handshake;
	u8 payload[HANDSHAKE_PAYLOAD];
	struct handoff_keypair *kp;
	bool ok, reborn;
	u32 index, id;

	spin_lock_bh(&session->lock);
	index = hs->index;
	hs->index = 0;
	spin_unlock_bh(&session->lock);
	if (!index)
		return;

	ok = noise_read_response(&hs->noise, mail->msg, payload, sizeof(payload));
	kp = ok ? keypair_alloc(session, &hs->local, hs->psk_serial) : NULL;
	if (kp) {
		noise_split(&hs->noise, kp->tx, kp->rx);
		kp->local_index = index;
		kp->remote_index = get_index(payload);
		hs->ticket = get_ticket(payload);
	} else {
		control_count(session->control,
			      ok ? CONTROL_TX_NOMEM : CONTROL_RESPONSE_AUTH);
	}
	noise_wipe(&hs->noise);
	if (!kp)
		return;

	/* A session's index is its own all its life: another one is another session. */
	id = kp->remote_index >> KEYS_INDEX_BITS;
	reborn = session->peer_id && session->peer_id != id;
	session->peer_id = id;
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
	if (reborn)
		tell_reborn(session);
}

/* Back-end, work: the INIT in the mailbox, once more and to the end. */
static void respond(struct handoff_session *session, const struct mailbox *mail)
{
	u8 datagram[HANDSHAKE_RESPONSE_LEN], payload[HANDSHAKE_PAYLOAD];
	u8 psk[CRYPTO_KEY_LEN], mac_key[CRYPTO_KEY_LEN];
	struct handoff_keypair *kp;
	struct prologue prologue;
	struct noise noise;
	bool ok = false;

	if (!keys_get_psk(session, mail->psk_serial, psk))
		return;
	kp = keypair_alloc(session, &mail->local, mail->psk_serial);
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
		kp->remote_index = get_index(payload);
		noise_response_key(&noise, psk, mac_key);
		put_payload(payload, kp->local_index, mail->ticket);
		seal_header_write(datagram, SEAL_RESPONSE, kp->remote_index, 0);
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

/*
 * Front-end, work: our INIT was not taken for want of a ticket, and here is one.
 * A second one in a row waits for the timer: nobody is to keep us busy.
 */
static void try_again(struct handoff_session *session, u64 ticket)
{
	struct handshake *hs = &session->handshake;
	u32 index;

	spin_lock_bh(&session->lock);
	index = hs->index;
	hs->index = 0;
	if (index)
		hs->next = jiffies + HANDSHAKE_ANSWER_TIME;
	spin_unlock_bh(&session->lock);
	if (!index)
		return;
	hs->ticket = ticket;
	hs->tries--;	/* with the same PSK */
	if (!hs->told)
		initiate(session);
	hs->told = true;
}

static void handshake_work(struct work_struct *work)
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
	else if (mail.type == SEAL_TICKET)
		try_again(session, mail.ticket);
	if (start) {
		session->handshake.told = false;
		initiate(session);
	}
}

/*
 * Take an INIT that verified, if its ticket is good.  Returns the counter that
 * says why not, or 0; @ticket is the one that is good now.
 */
static int take_init(struct handoff_session *session, u32 serial,
		     const struct control_packet *packet, const u8 *msg, u64 *ticket)
{
	struct mailbox *mail = &session->mailbox;
	int why = 0;

	spin_lock(&session->lock);
	/* Whom its RESPONSE is on the way to is not to be told to try again. */
	if (!memcmp(mail->msg, msg, HANDSHAKE_MSG_LEN)) {
		why = CONTROL_INIT_REPLAY;
	} else if (*ticket != session->ticket) {
		why = CONTROL_INIT_TICKET;
	} else if (!session->dead) {
		session->ticket = get_random_u64();
		mail->type = SEAL_INIT;
		mail->ticket = session->ticket;
		mail->psk_serial = serial;
		mail->local = packet->local;
		mail->port = packet->port;
		memcpy(mail->msg, msg, HANDSHAKE_MSG_LEN);
		queue_work(workqueue, &session->work);
	}
	*ticket = session->ticket;
	spin_unlock(&session->lock);
	return why;
}

static void say_ticket(struct handoff_session *session, const union nf_inet_addr *local,
		       u32 index, u64 ticket, const u8 key[CRYPTO_KEY_LEN])
{
	u8 datagram[HANDSHAKE_TICKET_LEN];

	seal_header_write(datagram, SEAL_TICKET, index, ticket);
	noise_response_mac(key, datagram, SEAL_HEADER_LEN, datagram + SEAL_HEADER_LEN);
	send_datagram(session, local, datagram, sizeof(datagram));
}

/* Is this INIT made with that PSK?  Then it is taken, or answered, or counted. */
static bool try_init(struct handoff_session *session, u32 serial,
		     const struct control_packet *packet, const u8 *msg)
{
	u8 psk[CRYPTO_KEY_LEN], payload[HANDSHAKE_PAYLOAD], mac_key[CRYPTO_KEY_LEN];
	struct prologue prologue;
	struct noise noise;
	u64 ticket;
	int why;
	bool ok;

	if (!keys_get_psk(session, serial, psk))
		return false;
	make_prologue(&prologue, session, &packet->local, packet->port);
	noise_init(&noise, &prologue, sizeof(prologue), psk);
	ok = noise_read_init(&noise, msg, payload, sizeof(payload));
	if (!ok)
		goto out;

	ticket = get_ticket(payload);
	why = take_init(session, serial, packet, msg, &ticket);
	/* Where it went to is checked already: the prologue says so. */
	if (why == CONTROL_INIT_TICKET && !___ratelimit(&session->tickets, __func__))
		why = CONTROL_INIT_RATELIMITED;
	if (why == CONTROL_INIT_TICKET) {
		noise_response_key(&noise, psk, mac_key);
		say_ticket(session, &packet->local, get_index(payload), ticket, mac_key);
		memzero_explicit(mac_key, sizeof(mac_key));
	}
	if (why)
		control_count(session->control, why);
out:
	noise_wipe(&noise);
	memzero_explicit(psk, sizeof(psk));
	return ok;
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

void handshake_receive_answer(struct handoff_session *session,
			      const struct control_packet *packet,
			      const struct seal_header *header, const u8 *datagram, u32 len)
{
	u32 covered = len - NOISE_MAC_LEN;
	struct handshake *hs = &session->handshake;
	u8 key[CRYPTO_KEY_LEN], mac[NOISE_MAC_LEN];
	int why = 0;

	spin_lock(&session->lock);
	if (hs->index == header->index)
		memcpy(key, hs->mac_key, sizeof(key));
	else
		why = CONTROL_RX_INDEX;
	spin_unlock(&session->lock);
	if (why)
		goto drop;

	noise_response_mac(key, datagram, covered, mac);
	memzero_explicit(key, sizeof(key));
	if (!crypto_equal(mac, datagram + covered, sizeof(mac)))
		why = CONTROL_RESPONSE_AUTH;
	else if (!nf_inet_addr_cmp(&session->peer.addr, &packet->source))
		why = CONTROL_RX_SOURCE;
	if (why)
		goto drop;

	spin_lock(&session->lock);
	if (!session->dead) {
		session->mailbox.type = header->type;
		session->mailbox.ticket = header->counter;
		memcpy(session->mailbox.msg, datagram + SEAL_HEADER_LEN,
		       covered - SEAL_HEADER_LEN);
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

void handshake_init(struct handoff_session *session)
{
	INIT_WORK(&session->work, handshake_work);
	session->handshake.next = jiffies;
	session->ticket = get_random_u64();
	ratelimit_state_init(&session->tickets, HZ, TICKETS_A_SECOND);
	/* Say nothing of it: there is a counter. */
	ratelimit_set_flags(&session->tickets, RATELIMIT_MSG_ON_RELEASE);
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
