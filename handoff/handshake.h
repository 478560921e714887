/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake: INIT and RESPONSE, from the first byte received to keys.h.
 *
 * Softirq verifies and puts one message into the mailbox; the session's work,
 * which never runs twice at once, does all that takes long.
 */
#ifndef _HANDOFF_HANDSHAKE_H
#define _HANDOFF_HANDSHAKE_H

#include <linux/workqueue.h>

#include "handoff/noise.h"
#include "handoff/seal.h"
#include "handoff/tuple.h"

struct control_packet;
struct handoff_control;
struct handoff_session;

/* An answer may come from so far away; as often it is tried, however rare heartbeats are. */
#define HANDSHAKE_ANSWER_TIME	HZ

#define HANDSHAKE_PAYLOAD	12	/* an index and a ticket */
#define HANDSHAKE_MSG_LEN	NOISE_MSG_LEN(HANDSHAKE_PAYLOAD)
#define HANDSHAKE_INIT_LEN	(SEAL_HEADER_LEN + HANDSHAKE_MSG_LEN)
#define HANDSHAKE_RESPONSE_LEN	(HANDSHAKE_INIT_LEN + NOISE_MAC_LEN)
#define HANDSHAKE_TICKET_LEN	(SEAL_HEADER_LEN + NOISE_MAC_LEN)

/**
 * struct handshake - an INIT sent, waiting for its RESPONSE
 * @noise: the work's own
 * @local: our address in it; the work's own
 * @psk_serial: the PSK it used; the work's own
 * @tries: since the last success; the work's own
 * @ticket: the peer's, for the next INIT; 0 at first; the work's own
 * @told: it was told since the timer last asked for an INIT; the work's own
 * @index: ours, 0: none waiting; session->lock
 * @mac_key: of the RESPONSE; session->lock
 * @next: jiffies; not tried again before; session->lock
 */
struct handshake {
	struct noise noise;
	union nf_inet_addr local;
	u32 psk_serial;
	unsigned int tries;
	u64 ticket;
	bool told;
	u32 index;
	u8 mac_key[CRYPTO_KEY_LEN];
	unsigned long next;
};

/**
 * struct mailbox - one verified handshake message, from softirq to the work;
 *	session->lock.  A newer one replaces it, so nothing is ever queued
 * @type: SEAL_INIT, SEAL_RESPONSE or SEAL_TICKET, 0: empty
 * @ticket: the next one, for the RESPONSE to an INIT; or that of a TICKET
 * @psk_serial: the PSK that verified an INIT
 * @local: the address it came to
 * @port: and port, big-endian
 * @msg: the Noise message; stays there, so that a copy is known for one
 */
struct mailbox {
	u8 type;
	u64 ticket;
	u32 psk_serial;
	union nf_inet_addr local;
	__be16 port;
	u8 msg[HANDSHAKE_MSG_LEN];
};

/**
 * handshake_receive_init() - an INIT came
 * @control: namespace
 * @packet: its addresses
 * @msg: HANDSHAKE_MSG_LEN bytes, the Noise message
 *
 * Context: softirq, RCU read side.  Allocates nothing, and answers nothing, but
 * for a TICKET to what was made with the PSK.
 */
void handshake_receive_init(struct handoff_control *control,
			    const struct control_packet *packet, const u8 *msg);

/**
 * handshake_receive_answer() - a RESPONSE or a TICKET came
 * @session: that its index names
 * @packet: its addresses
 * @header: its header
 * @datagram: all of it
 * @len: HANDSHAKE_RESPONSE_LEN or HANDSHAKE_TICKET_LEN, as its type wants it
 *
 * Context: softirq, RCU read side.
 */
void handshake_receive_answer(struct handoff_session *session,
			      const struct control_packet *packet,
			      const struct seal_header *header, const u8 *datagram, u32 len);

/**
 * handshake_init() - a new session
 * @session: session
 *
 * Context: any.
 */
void handshake_init(struct handoff_session *session);

/**
 * handshake_start() - have the work send an INIT
 * @session: not dead; we are its initiator
 *
 * Context: session->lock held.
 */
void handshake_start(struct handoff_session *session);

/**
 * handshake_hurry() - make new keys as soon as possible
 * @session: session; one of which we are the responder waits for the peer
 *
 * Context: session->lock held.
 */
void handshake_hurry(struct handoff_session *session);

/**
 * handshake_forget() - wipe what a handshake under way has left
 * @session: dead, its work cancelled
 *
 * Context: session->lock held.
 */
void handshake_forget(struct handoff_session *session);

/**
 * handshake_setup() - the workqueue of all sessions, at module init
 *
 * Return: 0 or -ENOMEM.
 */
int handshake_setup(void);

/** handshake_teardown() - the opposite; no session is left */
void handshake_teardown(void);

#endif /* _HANDOFF_HANDSHAKE_H */
