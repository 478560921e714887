// SPDX-License-Identifier: GPL-2.0
/*
 * A datagram of messages: whatever was read lies within it, can be written,
 * and is read again as it was.
 */
#include "handoff/wire.h"
#include "fuzz.h"

static const u8 *data_of(struct wire_msg *m, u32 *len)
{
	const u8 *data = NULL;

	*len = 0;
	if (m->type == WIRE_HANDOFF) {
		data = m->handoff.data;
		*len = m->handoff.data_len;
		m->handoff.data = NULL;
	} else if (m->type == WIRE_HEAD) {
		data = m->head.data;
		*len = m->head.data_len;
		m->head.data = NULL;
	}
	return data;
}

static void check_again(struct wire_msg *msg)
{
	struct wire_msg again;
	u32 len, n, m;
	const u8 *a, *b;
	u8 *copy = malloc(0x11000);

	len = wire_encode(copy, 0x11000, msg);
	CHECK(len);
	CHECK(wire_decode(copy, len, &again) == len);
	a = data_of(msg, &n);
	b = data_of(&again, &m);
	CHECK(n == m);
	CHECK(!n || !memcmp(a, b, n));
	CHECK(!memcmp(msg, &again, sizeof(again)));
	free(copy);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *buf = fuzz_copy(data, size);
	const u8 *at = buf;
	u32 len = size;

	while (len) {
		struct wire_msg msg;
		const u8 *bytes;
		u32 n, used = wire_decode(at, len, &msg);

		if (!used)
			break;
		CHECK(used >= WIRE_HEADER_LEN && used <= len);
		if (msg.type) {
			struct wire_msg view = msg;

			bytes = data_of(&view, &n);
			CHECK(!n || (bytes >= at && bytes + n <= at + used));
			check_again(&msg);
		}
		at += used;
		len -= used;
	}
	free(buf);
	return 0;
}
