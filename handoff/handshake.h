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

/* Initiators' lives remembered, so that none of their INITs counts twice */
#define HANDSHAKE_SEEN		8

/* An INIT's payload: index, boot, stamp.  A RESPONSE's: index, and padding. */
#define HANDSHAKE_PAYLOAD	20
#define HANDSHAKE_MSG_LEN	NOISE_MSG_LEN(HANDSHAKE_PAYLOAD)
#define HANDSHAKE_INIT_LEN	(SEAL_HEADER_LEN + HANDSHAKE_MSG_LEN)
#define HANDSHAKE_RESPONSE_LEN	(HANDSHAKE_INIT_LEN + NOISE_MAC_LEN)

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
