/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The key exchange: Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s (Noise rev. 34).
 *
 *	-> psk, e	noise_write_init()	noise_read_init()
 *	<- e, ee	noise_write_response()	noise_read_response()
 *	split		noise_split()
 *
 * psk0 means that the first message's payload is sealed under the shared key
 * alone: reading it costs hashing and one AEAD, but no curve arithmetic, so
 * that softirq can refuse a stranger before anything is allocated or queued.
 *
 * The second message, on the other hand, can only be judged after a DH.  So
 * it gets a MAC of our own behind it, which is no part of Noise: keyed by the
 * PSK and covering the transcript, noise_response_mac().
 *
 * Pure: the same file in the kernel and in the unit tests.
 */
#ifndef _HANDOFF_NOISE_H
#define _HANDOFF_NOISE_H

#include "handoff/crypto.h"

#define NOISE_MAC_LEN		16

/* Bytes of a message that carries a payload of @len bytes */
#define NOISE_MSG_LEN(len)	(CRYPTO_KEY_LEN + (len) + CRYPTO_TAG_LEN)

/**
 * struct noise - a handshake in progress; secret, to be wiped by noise_wipe()
 * @h: hash of all that was said
 * @ck: chaining key
 * @k: key of the next payload
 * @secret: our ephemeral, once generated
 * @public: and its public half
 * @peer: the peer's ephemeral, once read
 * @has_secret: @secret and @public were set by the caller (tests with known
 *	answers); else they are generated when first needed
 */
struct noise {
	u8 h[CRYPTO_HASH_LEN];
	u8 ck[CRYPTO_HASH_LEN];
	u8 k[CRYPTO_KEY_LEN];
	u8 secret[CRYPTO_KEY_LEN];
	u8 public[CRYPTO_KEY_LEN];
	u8 peer[CRYPTO_KEY_LEN];
	bool has_secret;
};

/**
 * noise_init() - begin, on either side
 * @noise: all overwritten
 * @prologue: what both sides must agree on
 * @len: bytes of it
 * @psk: the shared key
 *
 * Context: any.
 */
void noise_init(struct noise *noise, const void *prologue, u32 len,
		const u8 psk[CRYPTO_KEY_LEN]);

/**
 * noise_write_init() - the initiator's message
 * @noise: from noise_init()
 * @msg: NOISE_MSG_LEN(@len) bytes, filled
 * @payload: what to carry
 * @len: bytes of it
 *
 * Context: process context, unless the secret is there (may wait for entropy).
 * Return: false if the ephemeral key is unusable.
 */
bool noise_write_init(struct noise *noise, u8 *msg, const u8 *payload, u32 len);

/**
 * noise_read_init() - the responder reads the initiator's message
 * @noise: from noise_init()
 * @msg: NOISE_MSG_LEN(@len) bytes
 * @payload: @len bytes, filled
 * @len: bytes the payload must have
 *
 * Context: any but hard interrupt; no curve arithmetic.
 * Return: false if it was not made with this PSK and prologue.
 */
bool noise_read_init(struct noise *noise, const u8 *msg, u8 *payload, u32 len);

/**
 * noise_write_response() - the responder's message
 * @noise: after noise_read_init()
 * @msg: NOISE_MSG_LEN(@len) bytes, filled
 * @payload: what to carry
 * @len: bytes of it
 *
 * Context: as noise_write_init().
 * Return: false if a key is unusable.
 */
bool noise_write_response(struct noise *noise, u8 *msg, const u8 *payload, u32 len);

/**
 * noise_read_response() - the initiator reads the responder's message
 * @noise: after noise_write_init(); of no more use if this fails
 * @msg: NOISE_MSG_LEN(@len) bytes
 * @payload: @len bytes, filled
 * @len: bytes the payload must have
 *
 * Context: any but hard interrupt; expensive.
 * Return: false if it is no answer to our message.
 */
bool noise_read_response(struct noise *noise, const u8 *msg, u8 *payload, u32 len);

/**
 * noise_split() - the transport keys, at the end
 * @noise: after both messages; still to be wiped
 * @initiator: filled: seals what the initiator sends
 * @responder: filled: seals what the responder sends
 *
 * Context: any.
 */
void noise_split(struct noise *noise, u8 initiator[CRYPTO_KEY_LEN],
		 u8 responder[CRYPTO_KEY_LEN]);

/**
 * noise_response_key() - the key of the MAC behind the response
 * @noise: after the first message, before the second
 * @psk: the shared key
 * @key: filled
 *
 * It covers the transcript, so a MAC answers one first message only.
 *
 * Context: any.
 */
void noise_response_key(const struct noise *noise, const u8 psk[CRYPTO_KEY_LEN],
			u8 key[CRYPTO_KEY_LEN]);

/**
 * noise_response_mac() - the MAC behind the response
 * @key: from noise_response_key()
 * @msg: the response with its datagram header
 * @len: bytes of it
 * @mac: filled
 *
 * Context: any.
 */
void noise_response_mac(const u8 key[CRYPTO_KEY_LEN], const void *msg, u32 len,
			u8 mac[NOISE_MAC_LEN]);

/**
 * noise_wipe() - forget the secrets
 * @noise: any
 *
 * Context: any.
 */
void noise_wipe(struct noise *noise);

#endif /* _HANDOFF_NOISE_H */
