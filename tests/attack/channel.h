/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control channel as a program speaks it: its socket, its handshake, its keys.
 */
#ifndef _TESTS_ATTACK_CHANNEL_H
#define _TESTS_ATTACK_CHANNEL_H

#include "handoff/noise.h"
#include "handoff/seal.h"
#include "handoff/wire.h"
#include "tests/attack/common.h"

#define CHANNEL_PORT		7689
#define CHANNEL_DATAGRAM_MAX	9300
#define CHANNEL_HELD_MAX	64
#define CHANNEL_WAIT		(5 * NS)
#define CHANNEL_BEAT		NS
#define CHANNEL_HANDSHAKE	12	/* payload of its messages: an index, a ticket */
#define CHANNEL_INIT_LEN	(SEAL_HEADER_LEN + NOISE_MSG_LEN(CHANNEL_HANDSHAKE))

/**
 * struct datagram_out - a sealed one
 * @bytes: from the header on
 * @len: of them
 */
struct datagram_out {
	u8 bytes[CHANNEL_DATAGRAM_MAX];
	u32 len;
};

/**
 * struct channel - this program's end
 * @front: the front-end's; else the back-end's
 * @ipv6: family of both addresses
 * @fd: the socket
 * @own: address, network byte order, the first 4 bytes for IPv4
 * @other: the peer's
 * @psk: from the key file
 * @ticket: the peer's newest, for the next INIT
 * @keyed: the following are there
 * @tx: key to seal with
 * @rx: key to open with
 * @local_index: the peer's datagrams carry it
 * @remote_index: ours do
 * @counter: of the next datagram
 * @window: of the peer's counters
 * @beat_next: when a heartbeat is due, as now() has it
 * @flow: what the next messages are about
 * @hold: the next datagram is to be held
 * @held: those held
 * @held_count: of them
 * @last: the last one sent
 */
struct channel {
	bool front;
	bool ipv6;
	int fd;
	u8 own[16];
	u8 other[16];
	u8 psk[CRYPTO_KEY_LEN];
	u64 ticket;
	bool keyed;
	u8 tx[CRYPTO_KEY_LEN];
	u8 rx[CRYPTO_KEY_LEN];
	u32 local_index;
	u32 remote_index;
	u64 counter;
	struct seal_window window;
	long long beat_next;
	struct wire_flow flow;
	bool hold;
	struct datagram_out held[CHANNEL_HELD_MAX];
	u32 held_count;
	struct datagram_out last;
};

extern struct channel me;

/* By WIRE_* */
extern const char * const channel_names[__WIRE_TYPE_MAX];

/**
 * channel_parse_address() - ends the program if it is none
 * @text: of either family
 * @addr: filled
 * @ipv6: set to its family
 */
void channel_parse_address(const char *text, u8 addr[16], bool *ipv6);

/**
 * channel_open() - begin; ends the program if it cannot
 * @front: as the front-end
 * @own: address
 * @other: the peer's
 * @keyfile: as btcpctl's
 */
void channel_open(bool front, const char *own, const char *other, const char *keyfile);

/**
 * channel_init() - as the front-end: INIT until there is a RESPONSE
 *
 * Return: false after some tries.
 */
bool channel_init(void);

/**
 * channel_answer() - as the back-end: RESPONSE to INITs until the keys of one are used
 *
 * Return: false if none came.
 */
bool channel_answer(void);

/**
 * channel_send() - send bytes as they are
 * @bytes: of a datagram
 * @len: of them
 */
void channel_send(const u8 *bytes, u32 len);

/**
 * channel_put() - seal, and send or hold
 * @payload: of a datagram
 * @len: of it
 */
void channel_put(const u8 *payload, u32 len);

/**
 * channel_say() - the same with a message
 * @msg: its flow is filled in
 */
void channel_say(struct wire_msg *msg);

/**
 * channel_pump() - take what comes and show it, with a heartbeat now and then
 * @ns: for so long
 * @type: or until there was a message of this type; 0: none
 *
 * Return: there was one.
 */
bool channel_pump(long long ns, u8 type);

/**
 * channel_stale_init() - an INIT with a ticket of no use
 * @datagram: CHANNEL_INIT_LEN bytes, filled
 * @front: as the front-end with this address would send it
 * @back: to this one
 * @ipv6: their family
 * @n: index of it
 */
void channel_stale_init(u8 *datagram, const u8 *front, const u8 *back, bool ipv6, u32 n);

#endif /* _TESTS_ATTACK_CHANNEL_H */
