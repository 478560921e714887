// SPDX-License-Identifier: GPL-2.0
/*
 * The words of the Noise specification, one function each: MixHash, MixKey,
 * MixKeyAndHash, EncryptAndHash, DecryptAndHash, Split.  A payload key is
 * used once, with nonce 0, since each message mixes a new one before it.
 */
#include "handoff/noise.h"

static const char protocol[] = "Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s";
static const char response_label[] = "btcp response";

struct hmac {
	struct crypto_hash hash;
	u8 outer[CRYPTO_BLOCK_LEN];
};

static void hmac_init(struct hmac *hmac, const u8 key[CRYPTO_HASH_LEN])
{
	u8 inner[CRYPTO_BLOCK_LEN];
	u32 i;

	for (i = 0; i < CRYPTO_BLOCK_LEN; i++) {
		u8 byte = i < CRYPTO_HASH_LEN ? key[i] : 0;

		inner[i] = byte ^ 0x36;
		hmac->outer[i] = byte ^ 0x5c;
	}
	crypto_hash_init(&hmac->hash);
	crypto_hash_update(&hmac->hash, inner, sizeof(inner));
	crypto_wipe(inner, sizeof(inner));
}

static void hmac_final(struct hmac *hmac, u8 out[CRYPTO_HASH_LEN])
{
	u8 digest[CRYPTO_HASH_LEN];

	crypto_hash_final(&hmac->hash, digest);
	crypto_hash_init(&hmac->hash);
	crypto_hash_update(&hmac->hash, hmac->outer, sizeof(hmac->outer));
	crypto_hash_update(&hmac->hash, digest, sizeof(digest));
	crypto_hash_final(&hmac->hash, out);
	crypto_wipe(digest, sizeof(digest));
	crypto_wipe(hmac->outer, sizeof(hmac->outer));
}

/* HKDF(@ck, @input), the first @count outputs; @out[0] may be @ck. */
static void hkdf(const u8 ck[CRYPTO_HASH_LEN], const u8 *input, u32 len,
		 u8 *const out[], u8 count)
{
	u8 temp[CRYPTO_HASH_LEN], last[CRYPTO_HASH_LEN];
	struct hmac hmac;
	u8 n;

	hmac_init(&hmac, ck);
	crypto_hash_update(&hmac.hash, input, len);
	hmac_final(&hmac, temp);
	for (n = 1; n <= count; n++) {
		hmac_init(&hmac, temp);
		if (n > 1)
			crypto_hash_update(&hmac.hash, last, sizeof(last));
		crypto_hash_update(&hmac.hash, &n, 1);
		hmac_final(&hmac, last);
		memcpy(out[n - 1], last, sizeof(last));
	}
	crypto_wipe(temp, sizeof(temp));
	crypto_wipe(last, sizeof(last));
}

static void mix_hash(struct noise *noise, const void *data, u32 len)
{
	struct crypto_hash hash;

	crypto_hash_init(&hash);
	crypto_hash_update(&hash, noise->h, sizeof(noise->h));
	crypto_hash_update(&hash, data, len);
	crypto_hash_final(&hash, noise->h);
}

static void mix_key(struct noise *noise, const u8 input[CRYPTO_KEY_LEN])
{
	u8 *const out[] = { noise->ck, noise->k };

	hkdf(noise->ck, input, CRYPTO_KEY_LEN, out, 2);
}

static void mix_key_and_hash(struct noise *noise, const u8 input[CRYPTO_KEY_LEN])
{
	u8 temp[CRYPTO_HASH_LEN];
	u8 *const out[] = { noise->ck, temp, noise->k };

	hkdf(noise->ck, input, CRYPTO_KEY_LEN, out, 3);
	mix_hash(noise, temp, sizeof(temp));
	crypto_wipe(temp, sizeof(temp));
}

static void encrypt_and_hash(struct noise *noise, u8 *out, const u8 *payload, u32 len)
{
	crypto_seal(out, payload, len, noise->h, sizeof(noise->h), 0, noise->k);
	mix_hash(noise, out, len + CRYPTO_TAG_LEN);
}

static bool decrypt_and_hash(struct noise *noise, const u8 *in, u8 *payload, u32 len)
{
	if (!crypto_open(payload, in, len + CRYPTO_TAG_LEN, noise->h,
			 sizeof(noise->h), 0, noise->k))
		return false;
	mix_hash(noise, in, len + CRYPTO_TAG_LEN);
	return true;
}

/* Token e: with a PSK in the pattern the public key is mixed into the key, too. */
static void mix_ephemeral(struct noise *noise, const u8 public[CRYPTO_KEY_LEN])
{
	mix_hash(noise, public, CRYPTO_KEY_LEN);
	mix_key(noise, public);
}

static bool write_ephemeral(struct noise *noise, u8 *msg)
{
	if (!noise->has_secret) {
		crypto_dh_secret(noise->secret);
		noise->has_secret = true;
	}
	if (!crypto_dh_public(noise->public, noise->secret))
		return false;
	memcpy(msg, noise->public, CRYPTO_KEY_LEN);
	mix_ephemeral(noise, noise->public);
	return true;
}

static void read_ephemeral(struct noise *noise, const u8 *msg)
{
	memcpy(noise->peer, msg, CRYPTO_KEY_LEN);
	mix_ephemeral(noise, noise->peer);
}

/* Token ee */
static bool mix_dh(struct noise *noise)
{
	u8 shared[CRYPTO_KEY_LEN];
	bool ok = crypto_dh(shared, noise->secret, noise->peer);

	if (ok)
		mix_key(noise, shared);
	crypto_wipe(shared, sizeof(shared));
	return ok;
}

void noise_init(struct noise *noise, const void *prologue, u32 len,
		const u8 psk[CRYPTO_KEY_LEN])
{
	struct crypto_hash hash;

	memset(noise, 0, sizeof(*noise));
	/* The name is longer than a hash, so its hash stands for it. */
	crypto_hash_init(&hash);
	crypto_hash_update(&hash, protocol, sizeof(protocol) - 1);
	crypto_hash_final(&hash, noise->h);
	memcpy(noise->ck, noise->h, sizeof(noise->ck));
	mix_hash(noise, prologue, len);
	mix_key_and_hash(noise, psk);
}

bool noise_write_init(struct noise *noise, u8 *msg, const u8 *payload, u32 len)
{
	if (!write_ephemeral(noise, msg))
		return false;
	encrypt_and_hash(noise, msg + CRYPTO_KEY_LEN, payload, len);
	return true;
}

bool noise_read_init(struct noise *noise, const u8 *msg, u8 *payload, u32 len)
{
	read_ephemeral(noise, msg);
	return decrypt_and_hash(noise, msg + CRYPTO_KEY_LEN, payload, len);
}

bool noise_write_response(struct noise *noise, u8 *msg, const u8 *payload, u32 len)
{
	if (!write_ephemeral(noise, msg) || !mix_dh(noise))
		return false;
	encrypt_and_hash(noise, msg + CRYPTO_KEY_LEN, payload, len);
	return true;
}

bool noise_read_response(struct noise *noise, const u8 *msg, u8 *payload, u32 len)
{
	read_ephemeral(noise, msg);
	return mix_dh(noise) &&
	       decrypt_and_hash(noise, msg + CRYPTO_KEY_LEN, payload, len);
}

void noise_split(struct noise *noise, u8 initiator[CRYPTO_KEY_LEN],
		 u8 responder[CRYPTO_KEY_LEN])
{
	u8 *const out[] = { initiator, responder };

	hkdf(noise->ck, NULL, 0, out, 2);
}

void noise_response_key(const struct noise *noise, const u8 psk[CRYPTO_KEY_LEN],
			u8 key[CRYPTO_KEY_LEN])
{
	struct crypto_hash hash;

	crypto_hash_init_key(&hash, psk);
	crypto_hash_update(&hash, response_label, sizeof(response_label) - 1);
	crypto_hash_update(&hash, noise->h, sizeof(noise->h));
	crypto_hash_final(&hash, key);
}

void noise_response_mac(const u8 key[CRYPTO_KEY_LEN], const void *msg, u32 len,
			u8 mac[NOISE_MAC_LEN])
{
	u8 digest[CRYPTO_HASH_LEN];
	struct crypto_hash hash;

	crypto_hash_init_key(&hash, key);
	crypto_hash_update(&hash, msg, len);
	crypto_hash_final(&hash, digest);
	memcpy(mac, digest, NOISE_MAC_LEN);
}

void noise_wipe(struct noise *noise)
{
	crypto_wipe(noise, sizeof(*noise));
}
