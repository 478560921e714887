/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The primitives that the handshake and the sealing stand on: the kernel's
 * crypto library, or, in the unit tests, another implementation of the same
 * functions, so that the protocol itself can be tested where it is cheap.
 */
#ifndef _HANDOFF_CRYPTO_H
#define _HANDOFF_CRYPTO_H

#include "btcp/pure.h"

#define CRYPTO_KEY_LEN		32	/* of the AEAD, of the DH, of a PSK */
#define CRYPTO_HASH_LEN		32
#define CRYPTO_BLOCK_LEN	64	/* of the hash, for HMAC */
#define CRYPTO_TAG_LEN		16

#ifdef __KERNEL__

#include <crypto/blake2s.h>
#include <crypto/chacha20poly1305.h>
#include <crypto/curve25519.h>
#include <crypto/algapi.h>	/* crypto_memneq() */
#include <linux/random.h>

struct crypto_hash {
	struct blake2s_state state;
};

static inline void crypto_hash_init(struct crypto_hash *hash)
{
	blake2s_init(&hash->state, CRYPTO_HASH_LEN);
}

static inline void crypto_hash_init_key(struct crypto_hash *hash, const u8 key[CRYPTO_KEY_LEN])
{
	blake2s_init_key(&hash->state, CRYPTO_HASH_LEN, key, CRYPTO_KEY_LEN);
}

static inline void crypto_hash_update(struct crypto_hash *hash, const void *data, u32 len)
{
	blake2s_update(&hash->state, data, len);
}

/* Also wipes @hash. */
static inline void crypto_hash_final(struct crypto_hash *hash, u8 out[CRYPTO_HASH_LEN])
{
	blake2s_final(&hash->state, out);
}

/* @dst has room for @len + CRYPTO_TAG_LEN bytes and may be @src. */
static inline void crypto_seal(u8 *dst, const u8 *src, u32 len, const void *ad,
			       u32 ad_len, u64 nonce, const u8 key[CRYPTO_KEY_LEN])
{
	chacha20poly1305_encrypt(dst, src, len, ad, ad_len, nonce, key);
}

/* @len includes the tag; @dst has room for the rest and may be @src. */
static inline bool crypto_open(u8 *dst, const u8 *src, u32 len, const void *ad,
			       u32 ad_len, u64 nonce, const u8 key[CRYPTO_KEY_LEN])
{
	return chacha20poly1305_decrypt(dst, src, len, ad, ad_len, nonce, key);
}

/* False if the result would be known to anyone (a point of small order). */
static inline bool crypto_dh(u8 out[CRYPTO_KEY_LEN], const u8 secret[CRYPTO_KEY_LEN],
			     const u8 public[CRYPTO_KEY_LEN])
{
	return curve25519(out, secret, public);
}

static inline bool crypto_dh_public(u8 public[CRYPTO_KEY_LEN],
				    const u8 secret[CRYPTO_KEY_LEN])
{
	return curve25519_generate_public(public, secret);
}

static inline void crypto_dh_secret(u8 secret[CRYPTO_KEY_LEN])
{
	curve25519_generate_secret(secret);
}

static inline bool crypto_equal(const void *a, const void *b, u32 len)
{
	return !crypto_memneq(a, b, len);
}

static inline void crypto_wipe(void *p, u32 len)
{
	memzero_explicit(p, len);
}

#else /* userspace: tests/unit/crypto_shim.c */

struct crypto_hash {
	void *context;
};

void crypto_hash_init(struct crypto_hash *hash);
void crypto_hash_init_key(struct crypto_hash *hash, const u8 key[CRYPTO_KEY_LEN]);
void crypto_hash_update(struct crypto_hash *hash, const void *data, u32 len);
void crypto_hash_final(struct crypto_hash *hash, u8 out[CRYPTO_HASH_LEN]);
void crypto_seal(u8 *dst, const u8 *src, u32 len, const void *ad, u32 ad_len,
		 u64 nonce, const u8 key[CRYPTO_KEY_LEN]);
bool crypto_open(u8 *dst, const u8 *src, u32 len, const void *ad, u32 ad_len,
		 u64 nonce, const u8 key[CRYPTO_KEY_LEN]);
bool crypto_dh(u8 out[CRYPTO_KEY_LEN], const u8 secret[CRYPTO_KEY_LEN],
	       const u8 public[CRYPTO_KEY_LEN]);
bool crypto_dh_public(u8 public[CRYPTO_KEY_LEN], const u8 secret[CRYPTO_KEY_LEN]);
void crypto_dh_secret(u8 secret[CRYPTO_KEY_LEN]);
bool crypto_equal(const void *a, const void *b, u32 len);
void crypto_wipe(void *p, u32 len);

#endif /* __KERNEL__ */

#endif /* _HANDOFF_CRYPTO_H */
