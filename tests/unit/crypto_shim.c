// SPDX-License-Identifier: GPL-2.0
/*
 * handoff/crypto.h on OpenSSL: a second implementation of the primitives, so
 * that the tests of the protocol do not rest on the one it runs on.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "handoff/crypto.h"

struct context {
	EVP_MD_CTX *md;
	EVP_MAC_CTX *mac;
};

static void check(int ok)
{
	if (ok <= 0)
		abort();
}

void crypto_hash_init(struct crypto_hash *hash)
{
	struct context *c = calloc(1, sizeof(*c));

	c->md = EVP_MD_CTX_new();
	check(EVP_DigestInit_ex(c->md, EVP_blake2s256(), NULL));
	hash->context = c;
}

void crypto_hash_init_key(struct crypto_hash *hash, const u8 key[CRYPTO_KEY_LEN])
{
	struct context *c = calloc(1, sizeof(*c));
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "BLAKE2SMAC", NULL);
	OSSL_PARAM none[] = { OSSL_PARAM_construct_end() };

	c->mac = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	check(EVP_MAC_init(c->mac, key, CRYPTO_KEY_LEN, none));
	hash->context = c;
}

void crypto_hash_update(struct crypto_hash *hash, const void *data, u32 len)
{
	struct context *c = hash->context;

	check(c->md ? EVP_DigestUpdate(c->md, data, len) : EVP_MAC_update(c->mac, data, len));
}

void crypto_hash_final(struct crypto_hash *hash, u8 out[CRYPTO_HASH_LEN])
{
	struct context *c = hash->context;
	size_t len;

	if (c->md)
		check(EVP_DigestFinal_ex(c->md, out, NULL));
	else
		check(EVP_MAC_final(c->mac, out, &len, CRYPTO_HASH_LEN));
	EVP_MD_CTX_free(c->md);
	EVP_MAC_CTX_free(c->mac);
	free(c);
	hash->context = NULL;
}

static EVP_CIPHER_CTX *aead(const u8 *key, u64 nonce, const void *ad, u32 ad_len, int seal)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	u8 iv[12] = { 0 };
	int len;

	put_unaligned_le64(nonce, iv + 4);
	check(EVP_CipherInit_ex(c, EVP_chacha20_poly1305(), NULL, key, iv, seal));
	check(EVP_CipherUpdate(c, NULL, &len, ad, ad_len));
	return c;
}

void crypto_seal(u8 *dst, const u8 *src, u32 len, const void *ad, u32 ad_len,
		 u64 nonce, const u8 key[CRYPTO_KEY_LEN])
{
	EVP_CIPHER_CTX *c = aead(key, nonce, ad, ad_len, 1);
	int n;

	check(EVP_CipherUpdate(c, dst, &n, src, len));
	check(EVP_CipherFinal_ex(c, dst + n, &n));
	check(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG_LEN, dst + len));
	EVP_CIPHER_CTX_free(c);
}

bool crypto_open(u8 *dst, const u8 *src, u32 len, const void *ad, u32 ad_len,
		 u64 nonce, const u8 key[CRYPTO_KEY_LEN])
{
	EVP_CIPHER_CTX *c;
	u8 tag[CRYPTO_TAG_LEN];
	bool ok;
	int n;

	if (len < CRYPTO_TAG_LEN)
		return false;
	len -= CRYPTO_TAG_LEN;
	memcpy(tag, src + len, sizeof(tag));
	c = aead(key, nonce, ad, ad_len, 0);
	check(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG_LEN, tag));
	check(EVP_CipherUpdate(c, dst, &n, src, len));
	ok = EVP_CipherFinal_ex(c, dst + n, &n) > 0;
	EVP_CIPHER_CTX_free(c);
	return ok;
}

bool crypto_dh(u8 out[CRYPTO_KEY_LEN], const u8 secret[CRYPTO_KEY_LEN],
	       const u8 public[CRYPTO_KEY_LEN])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret,
						     CRYPTO_KEY_LEN);
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, public,
						     CRYPTO_KEY_LEN);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
	size_t len = CRYPTO_KEY_LEN;
	bool ok;

	check(EVP_PKEY_derive_init(c));
	check(EVP_PKEY_derive_set_peer(c, peer));
	ok = EVP_PKEY_derive(c, out, &len) > 0;
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(key);
	return ok;
}

bool crypto_dh_public(u8 public[CRYPTO_KEY_LEN], const u8 secret[CRYPTO_KEY_LEN])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret,
						     CRYPTO_KEY_LEN);
	size_t len = CRYPTO_KEY_LEN;

	check(EVP_PKEY_get_raw_public_key(key, public, &len));
	EVP_PKEY_free(key);
	return true;
}

void crypto_dh_secret(u8 secret[CRYPTO_KEY_LEN])
{
	check(RAND_bytes(secret, CRYPTO_KEY_LEN));
}

bool crypto_equal(const void *a, const void *b, u32 len)
{
	return !CRYPTO_memcmp(a, b, len);
}

void crypto_wipe(void *p, u32 len)
{
	OPENSSL_cleanse(p, len);
}
