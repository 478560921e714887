// SPDX-License-Identifier: GPL-2.0
/*
 * The input is the stream, its length seeds the pieces. Whatever the pieces, the outcome is the
 * same; what is read lies in the room, and is in the form that rules compare.
 */
#include "btcp/tls_hello.h"
#include "fuzz.h"

static void check_read(const struct tls_hello *h, const u8 *buf)
{
	u8 *room = malloc(h->len);
	struct rule_request r;
	u32 pos = 0;
	int has;

	has = tls_hello_read(&r, h, buf, room);
	CHECK(has == -EINVAL || !(has & ~TLS_HELLO_HAS_ECH));
	CHECK(has >= 0 || (!r.sni_len && !r.alpn_len));
	if (r.sni_len) {
		CHECK(r.sni >= room && r.sni + r.sni_len <= room + h->len && r.sni_len <= 255);
		for (u32 i = 0; i < r.sni_len; i++) {
			CHECK(r.sni[i] > ' ' && r.sni[i] < 0x7f);
			CHECK(r.sni[i] < 'A' || r.sni[i] > 'Z');
		}
		CHECK(r.sni[r.sni_len - 1] != '.');
	}
	if (r.alpn_len) {
		CHECK(r.alpn >= room && r.alpn + r.alpn_len <= room + h->len);
		while (pos < r.alpn_len) {
			CHECK(r.alpn[pos]);
			pos += 1 + r.alpn[pos];
		}
		CHECK(pos == r.alpn_len);
	}
	CHECK(!r.host_len && !r.path_len && !r.method_len && !r.lines && !r.client_len);
	free(room);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct tls_hello whole, parts;
	u32 seed = size, n = 0;
	u8 *buf = fuzz_copy(data, size);

	tls_hello_init(&whole);
	tls_hello_parse(&whole, buf, size);
	CHECK(whole.pos <= size && whole.pos <= TLS_HELLO_MAX_RAW);
	if (whole.result == TLS_HELLO_DONE) {
		CHECK(whole.len >= 4 && whole.len <= TLS_HELLO_MAX_LEN && whole.len < whole.pos);
		check_read(&whole, buf);
	}
	CHECK(whole.result == TLS_HELLO_MORE || whole.pos);

	tls_hello_init(&parts);
	while (n < size) {
		u8 *part;

		seed = seed * 1103515245 + 12345;
		n += 1 + (seed >> 16) % (1 + size % 64);
		n = n < size ? n : size;
		part = fuzz_copy(buf, n);
		tls_hello_parse(&parts, part, n);
		free(part);
		if (parts.result != TLS_HELLO_MORE)
			break;
	}
	CHECK(!memcmp(&whole, &parts, sizeof(whole)));
	free(buf);
	return 0;
}
