// SPDX-License-Identifier: GPL-2.0
/*
 * Sealing and opening, and the replay window of RFC 6479: a ring of words, of
 * which those that the window leaves behind are cleared as it moves.
 */
#include "handoff/seal.h"

void seal_header_write(u8 *buf, u8 type, u32 index, u64 counter)
{
	buf[0] = type;
	buf[1] = SEAL_VERSION;
	put_unaligned_be16(0, buf + 2);
	put_unaligned_be32(index, buf + 4);
	put_unaligned_be64(counter, buf + 8);
}

void seal_header_read(const u8 *buf, struct seal_header *header)
{
	header->type = buf[0];
	header->version = buf[1];
	header->reserved = get_unaligned_be16(buf + 2);
	header->index = get_unaligned_be32(buf + 4);
	header->counter = get_unaligned_be64(buf + 8);
}

void seal_close(u8 *datagram, u32 len, u32 index, u64 counter,
		const u8 key[CRYPTO_KEY_LEN])
{
	u8 *payload = datagram + SEAL_HEADER_LEN;

	seal_header_write(datagram, SEAL_DATA, index, counter);
	crypto_seal(payload, payload, len, datagram, SEAL_HEADER_LEN, counter, key);
}

bool seal_open(u8 *payload, const u8 *sealed, u32 len, const u8 *header,
	       const u8 key[CRYPTO_KEY_LEN])
{
	if (len < CRYPTO_TAG_LEN)
		return false;
	return crypto_open(payload, sealed, len, header, SEAL_HEADER_LEN,
			   get_unaligned_be64(header + 8), key);
}

bool seal_window_accept(struct seal_window *window, u64 counter)
{
	u64 word = counter / 64, bit = 1ULL << (counter % 64);
	u64 *at = &window->bits[word % SEAL_WINDOW_WORDS];

	if (counter >= SEAL_REJECT_AFTER || counter < window->floor)
		return false;
	if (window->next > SEAL_WINDOW && counter < window->next - SEAL_WINDOW)
		return false;
	if (counter >= window->next) {
		/* Words entered for the first time; all of them after a big leap. */
		u64 from = window->next ? (window->next - 1) / 64 + 1 : 0;

		if (word >= SEAL_WINDOW_WORDS && from <= word - SEAL_WINDOW_WORDS)
			from = word - SEAL_WINDOW_WORDS + 1;
		for (; from <= word; from++)
			window->bits[from % SEAL_WINDOW_WORDS] = 0;
		window->next = counter + 1;
	}
	if (*at & bit)
		return false;
	*at |= bit;
	return true;
}

void seal_window_age(struct seal_window *window)
{
	window->floor = window->mark;
	window->mark = window->next;
}
