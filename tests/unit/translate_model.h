/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The translation once more, slowly and by other means, for the unit tests and the fuzzer: bytes
 * are moved one by one, and the checksum is summed over the whole header.
 */
#ifndef TESTS_TRANSLATE_MODEL_H
#define TESTS_TRANSLATE_MODEL_H

#include "btcp/translate.h"

static inline u16 model_checksum(const u8 *bytes, u32 len)
{
	u32 sum = 0, i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : bytes[i] << 8;
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	return 0xffff - sum;
}

static inline void model_add(u8 *bytes, u32 delta)
{
	u64 value = 0;
	int i;

	for (i = 0; i < 4; i++)
		value = value * 256 + bytes[i];
	value += delta;
	for (i = 3; i >= 0; i--, value /= 256)
		bytes[i] = value % 256;
}

static inline void model_window(u8 *tcp, u32 from, u32 to)
{
	u64 bytes = (u64)(tcp[14] * 256 + tcp[15]) << from;

	if (tcp[13] & 2)
		return;
	bytes >>= to;
	if (bytes > 65535)
		bytes = 65535;
	tcp[14] = bytes / 256;
	tcp[15] = bytes % 256;
}

/* Returns whether the options ended in a bad length. */
static inline bool model_options(u8 *tcp, u32 len, const struct btcp_translation *t, bool out)
{
	bool ack = tcp[13] & 16;
	u32 i = 20, j;

	while (i < len && tcp[i] != 0) {
		u8 *o = tcp + i;

		if (o[0] == 1) {
			i++;
			continue;
		}
		if (i + 1 == len || o[1] < 2 || i + o[1] > len)
			return true;
		if (o[0] == 8 && o[1] == 10 && out)
			model_add(o + 2, t->ts_delta);
		if (o[0] == 8 && o[1] == 10 && !out && ack && (o[6] || o[7] || o[8] || o[9]))
			model_add(o + 6, 0 - t->ts_delta);
		if (o[0] == 5 && !out && o[1] > 2 && o[1] % 8 == 2)
			for (j = 2; j < o[1]; j += 4)
				model_add(o + j, 0 - t->seq_delta);
		i += o[1];
	}
	return false;
}

static inline bool model_out(u8 *tcp, u32 len, const struct btcp_translation *t)
{
	if (len < 20)
		return true;
	model_add(tcp + 4, t->seq_delta);
	model_window(tcp, t->backend_wscale, t->promised_wscale);
	return model_options(tcp, len, t, true);
}

static inline bool model_in(u8 *tcp, u32 len, const struct btcp_translation *t)
{
	if (len < 20)
		return true;
	if (tcp[13] & 16)
		model_add(tcp + 8, 0 - t->seq_delta);
	model_window(tcp, t->client_wscale, t->assumed_wscale);
	return model_options(tcp, len, t, false);
}

#endif /* TESTS_TRANSLATE_MODEL_H */
