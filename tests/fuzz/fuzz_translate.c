// SPDX-License-Identifier: GPL-2.0
/*
 * Twelve bytes of translation, then a header. Both ways against the slow model, with the checksum;
 * and what went out as sequence number comes back as acknowledgment.
 */
#include "btcp/translate.h"
#include "fuzz.h"
#include "tests/unit/translate_model.h"

static void compare(const u8 *header, u32 len, const struct btcp_translation *t, bool out)
{
	u8 *got = fuzz_copy(header, len), *want = fuzz_copy(header, len);
	bool malformed;
	u32 diff;

	if (len >= 20) {
		memset(got + 16, 0, 2);
		put_unaligned_be16(model_checksum(got, len), got + 16);
	}
	diff = out ? btcp_translate_out(got, len, t) : btcp_translate_in(got, len, t);
	malformed = out ? model_out(want, len, t) : model_in(want, len, t);
	CHECK(!!(diff & BTCP_TRANSLATE_MALFORMED) == malformed);
	if (len >= 20) {
		u16 check = btcp_csum_apply(get_unaligned_be16(got + 16), diff);

		memset(got + 16, 0, 2);
		memset(want + 16, 0, 2);
		/* A sum of nothing but zeros is the one that has two checksums. */
		CHECK(check == model_checksum(want, len) ||
		      (check == 0 && model_checksum(want, len) == 0xffff) ||
		      (check == 0xffff && model_checksum(want, len) == 0));
	}
	CHECK(!memcmp(got, want, len));
	free(got);
	free(want);
}

static void round_trip(const u8 *header, u32 len, const struct btcp_translation *t)
{
	u8 *out = fuzz_copy(header, len), *in = fuzz_copy(header, len);

	btcp_translate_out(out, len, t);
	memcpy(in + 8, out + 4, 4);
	in[13] |= 0x10;
	btcp_translate_in(in, len, t);
	CHECK(!memcmp(in + 8, header + 4, 4));

	btcp_translate_quoted(out, 8, t);
	CHECK(!memcmp(out, header, 8));
	free(out);
	free(in);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct btcp_translation t;

	if (size < 12)
		return 0;
	t = (struct btcp_translation){
		.seq_delta = get_unaligned_be32(data),
		.ts_delta = get_unaligned_be32(data + 4),
		.promised_wscale = data[8] % 15,
		.backend_wscale = data[9] % 15,
		.client_wscale = data[10] % 15,
		.assumed_wscale = data[11] % 15,
	};
	compare(data + 12, size - 12, &t, true);
	compare(data + 12, size - 12, &t, false);
	if (size - 12 >= 20)
		round_trip(data + 12, size - 12, &t);
	return 0;
}
