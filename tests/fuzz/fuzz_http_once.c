// SPDX-License-Identifier: GPL-2.0
/*
 * An edited head is as long as before and still a head for the same request; unless it was left
 * untouched no keep-alive remains, and what is no matter of the connection says what it said.
 */
#include "btcp/http_field.h"
#include "btcp/http_once.h"
#include "fuzz.h"

static bool is(const struct http_line *line, const char *name)
{
	return http_is(line->name, line->name_len, name);
}

/* The next line that the edit must keep. */
static bool next_kept(const struct http_head *h, const u8 *buf, u32 *pos, struct http_line *line)
{
	while (http_head_next_line(h, buf, pos, line))
		if (!is(line, "connection") && !is(line, "accept") && !is(line, "keep-alive") &&
		    !is(line, "proxy-connection") && !is(line, "expect"))
			return true;
	return false;
}

static void check_lines(const struct http_head *h, const u8 *buf,
			const struct http_head *old_h, const u8 *old)
{
	u32 pos = 0, old_pos = 0;
	struct http_line line, old_line;

	while (next_kept(old_h, old, &old_pos, &old_line)) {
		CHECK(next_kept(h, buf, &pos, &line));
		CHECK(line.name_len == old_line.name_len);
		CHECK(!memcmp(line.name, old_line.name, line.name_len));
		CHECK(line.value_len == old_line.value_len);
		CHECK(!memcmp(line.value, old_line.value, line.value_len));
	}
	CHECK(!next_kept(h, buf, &pos, &line));
}

static void check_closes(const struct http_head *h, const u8 *buf)
{
	struct http_line line;
	bool closes = !h->minor;
	u32 pos = 0;

	while (http_head_next_line(h, buf, &pos, &line)) {
		if (!is(&line, "connection"))
			continue;
		CHECK(!http_list_has(line.value, line.value_len, "keep-alive"));
		closes |= http_list_has(line.value, line.value_len, "close");
	}
	CHECK(closes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *old = fuzz_copy(data, size), *buf = fuzz_copy(data, size);
	enum http_once_result result;
	struct http_head h, again;

	http_head_init(&h);
	if (http_head_parse(&h, buf, size) != HTTP_HEAD_DONE)
		goto out;
	result = http_once_edit(buf, &h);
	if (result == HTTP_ONCE_UNTOUCHED || result == HTTP_ONCE_NOTHING)
		CHECK(!memcmp(buf, old, size));
	CHECK(!memcmp(buf + h.head_len, old + h.head_len, size - h.head_len));

	http_head_init(&again);
	CHECK(http_head_parse(&again, buf, size) == HTTP_HEAD_DONE);
	CHECK(again.head_len == h.head_len && again.fields == h.fields);
	CHECK(again.minor == (result == HTTP_ONCE_VERSION ? 0 : h.minor));
	CHECK(!memcmp(buf, old, h.target.off + h.target.len));
	check_lines(&again, buf, &h, old);
	if (result != HTTP_ONCE_UNTOUCHED) {
		check_closes(&again, buf);
		CHECK(http_once_edit(buf, &again) == HTTP_ONCE_NOTHING);
	}
out:
	free(old);
	free(buf);
	return 0;
}
