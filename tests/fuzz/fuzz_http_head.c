// SPDX-License-Identifier: GPL-2.0
/*
 * The first byte seeds the pieces, the rest is the stream. Whatever the pieces, the outcome is the
 * same, every span lies in the head, and the lines that were counted are the lines one can walk.
 */
#include "btcp/http_head.h"
#include "fuzz.h"

static void check_span(const struct http_head *h, struct http_span span)
{
	CHECK(span.off + span.len <= h->head_len);
}

static void check_done(const struct http_head *h, const u8 *buf)
{
	u32 pos = 0, lines = 0, hosts = 0;
	struct http_line line;

	CHECK(h->head_len >= 16 && !memcmp(buf + h->head_len - 4, "\r\n\r\n", 4));
	CHECK(!memchr(buf, '\0', h->head_len));
	CHECK(h->method.len && h->target.len);
	check_span(h, h->method);
	check_span(h, h->target);
	check_span(h, h->path);
	check_span(h, h->host);
	check_span(h, h->connection);
	check_span(h, h->upgrade);
	check_span(h, h->length);
	check_span(h, h->encoding);
	check_span(h, h->expect);
	CHECK(!h->path.len || buf[h->path.off] == '/');
	CHECK(!h->host.len || h->host.len == 1 || buf[h->host.off + h->host.len - 1] != '.');

	while (http_head_next_line(h, buf, &pos, &line)) {
		lines++;
		CHECK(line.name >= buf + h->fields && line.name_len);
		CHECK(line.name[line.name_len] == ':');
		CHECK(line.value > line.name + line.name_len);
		CHECK(line.value + line.value_len + 2 <= buf + h->head_len);
		hosts += line.name_len == 4 && !strncasecmp((const char *)line.name, "host", 4);
	}
	CHECK(lines == h->lines && lines <= HTTP_HEAD_MAX_LINES);
	CHECK(hosts == (h->flags & HTTP_HEAD_HAS_HOST ? 1 : 0));
	CHECK(hosts || !h->minor);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct http_head whole, parts;
	u32 seed, len, n = 0;
	u8 *buf;

	if (!size)
		return 0;
	seed = data[0];
	len = size - 1;
	buf = fuzz_copy(data + 1, len);
	http_head_init(&whole);
	http_head_parse(&whole, buf, len);
	CHECK((whole.result == HTTP_HEAD_REFUSED) == (whole.reason != HTTP_REASON_NONE));
	if (whole.result == HTTP_HEAD_DONE)
		check_done(&whole, buf);
	if (whole.result == HTTP_HEAD_PREFACE)
		CHECK(whole.head_len == HTTP_PREFACE_LEN);

	http_head_init(&parts);
	while (n < len) {
		u8 *part;

		seed = seed * 1103515245 + 12345;
		n += 1 + (seed >> 16) % (1 + data[0] % 64);
		n = n < len ? n : len;
		part = fuzz_copy(buf, n);
		http_head_parse(&parts, part, n);
		free(part);
		if (parts.result != HTTP_HEAD_MORE)
			break;
	}
	CHECK(!memcmp(&whole, &parts, sizeof(whole)));
	free(buf);
	return 0;
}
