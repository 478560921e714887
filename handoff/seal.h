/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sealed datagram: its header, its counter and the window that tells a
 * late datagram from a replayed one.
 *
 *    0      1         2          4                8
 *    | type | version | reserved | receiver index | counter |
 *
 * 16 bytes, big-endian, in clear; they are the AEAD's associated data.  The
 * receiver chose the index in the handshake; it is 0 in INIT.  The counter is
 * the nonce in DATA, the ticket in TICKET, else 0.  Pure.
 */
#ifndef _HANDOFF_SEAL_H
#define _HANDOFF_SEAL_H

#include "handoff/crypto.h"

#define SEAL_VERSION		1
#define SEAL_HEADER_LEN		16
#define SEAL_OVERHEAD		(SEAL_HEADER_LEN + CRYPTO_TAG_LEN)

/* Datagrams one key may seal: a handshake is due, and the end. */
#define SEAL_REKEY_AFTER	0x10000000000ULL
#define SEAL_REJECT_AFTER	0x1000000000000ULL

/* Bits of the replay window; one word of them is always being cleared. */
#define SEAL_WINDOW_BITS	4096
#define SEAL_WINDOW_WORDS	(SEAL_WINDOW_BITS / 64)
#define SEAL_WINDOW		(SEAL_WINDOW_BITS - 64)

enum seal_type {
	SEAL_INIT = 1,		/* the handshake's first message, front-end to back-end */
	SEAL_RESPONSE,		/* its second */
	SEAL_DATA,		/* sealed messages */
	SEAL_TICKET,		/* instead of RESPONSE: try again, with this ticket */
};

/**
 * struct seal_header - in host order
 * @type: enum seal_type; others are refused by the reader's caller
 * @version: SEAL_VERSION
 * @reserved: 0
 * @index: names the key at the receiver
 * @counter: nonce, or ticket
 */
struct seal_header {
	u8 type;
	u8 version;
	u16 reserved;
	u32 index;
	u64 counter;
};

/**
 * struct seal_window - which counters were seen
 * @next: one above the highest seen, 0: none yet
 * @mark: @next when the window last aged
 * @floor: @next when it aged the time before; nothing below is taken
 * @bits: ring of those below @next
 *
 * The owner serialises the access.
 */
struct seal_window {
	u64 next;
	u64 mark;
	u64 floor;
	u64 bits[SEAL_WINDOW_WORDS];
};

/**
 * seal_header_write() - to the wire
 * @buf: SEAL_HEADER_LEN bytes, filled
 * @type: enum seal_type
 * @index: host order
 * @counter: host order
 *
 * Context: any.
 */
void seal_header_write(u8 *buf, u8 type, u32 index, u64 counter);

/**
 * seal_header_read() - from the wire
 * @buf: SEAL_HEADER_LEN bytes
 * @header: filled
 *
 * Context: any.
 */
void seal_header_read(const u8 *buf, struct seal_header *header);

/**
 * seal_close() - seal a datagram where it lies
 * @datagram: header, then @len bytes of payload, then CRYPTO_TAG_LEN of room
 * @len: bytes of payload
 * @index: the receiver's
 * @counter: never used before with @key
 * @key: of this direction
 *
 * Context: any but hard interrupt.
 */
void seal_close(u8 *datagram, u32 len, u32 index, u64 counter,
		const u8 key[CRYPTO_KEY_LEN]);

/**
 * seal_open() - open a datagram
 * @payload: filled; may be @sealed
 * @sealed: what follows the header
 * @len: bytes of it, at least CRYPTO_TAG_LEN
 * @header: the datagram's first SEAL_HEADER_LEN bytes
 * @key: of this direction
 *
 * Context: any but hard interrupt.
 * Return: true if it is authentic; @payload holds @len - CRYPTO_TAG_LEN bytes.
 */
bool seal_open(u8 *payload, const u8 *sealed, u32 len, const u8 *header,
	       const u8 key[CRYPTO_KEY_LEN]);

/**
 * seal_window_accept() - note the counter of an authentic datagram
 * @window: of its key
 * @counter: its counter
 *
 * Context: any; the caller serialises.
 * Return: false if it was seen before, or is too old to tell.
 */
bool seal_window_accept(struct seal_window *window, u64 counter);

/**
 * seal_window_age() - some time has passed
 * @window: of a key
 *
 * What is later than two calls of this, by the counters that came before the
 * first, is too old from now on.
 *
 * Context: any; the caller serialises.
 */
void seal_window_age(struct seal_window *window);

#endif /* _HANDOFF_SEAL_H */
