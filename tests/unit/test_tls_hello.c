// SPDX-License-Identifier: GPL-2.0
/*
 * The hellos of real clients are the fuzzer's seeds, in CORPUS; what no client sends is built here.
 */
#include <stdio.h>

#include "btcp/tls_hello.h"
#include "unit.h"

#define RAW_MAX	(TLS_HELLO_MAX_RAW + 4096)

/**
 * struct bytes - some, without a spare one, so that the sanitizer sees the first read beyond
 * @at: the first; malloc()ed
 * @len: how many
 */
struct bytes {
	u8 *at;
	u32 len;
};

static struct bytes bytes(const void *from, u32 len)
{
	struct bytes b = { malloc(len + !len), len };

	memcpy(b.at, from, len);
	return b;
}

static struct bytes captured(const char *name)
{
	static u8 all[RAW_MAX];
	char path[256];
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), CORPUS "/%s", name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("no %s", path);
	len = fread(all, 1, sizeof(all), file);
	fclose(file);
	return bytes(all, len);
}

/* The message, as it is in one record or in several. */
static struct bytes joined(struct bytes raw)
{
	static u8 all[RAW_MAX];
	u32 pos = 0, n, have = 0;

	while (pos < raw.len) {
		n = get_unaligned_be16(raw.at + pos + 3);
		memcpy(all + have, raw.at + pos + 5, n);
		have += n;
		pos += 5 + n;
	}
	return bytes(all, have);
}

static struct bytes records(struct bytes message, u32 size)
{
	static u8 all[6 * RAW_MAX];
	u32 pos, n, len = 0;

	for (pos = 0; pos < message.len; pos += n) {
		n = min_t(u32, size, message.len - pos);
		memcpy(all + len, "\x16\x03\x01", 3);
		put_unaligned_be16(n, all + len + 3);
		memcpy(all + len + 5, message.at + pos, n);
		len += 5 + n;
	}
	return bytes(all, len);
}

static enum tls_hello_result parse(struct tls_hello *h, struct bytes raw)
{
	tls_hello_init(h);
	return tls_hello_parse(h, raw.at, raw.len);
}

/* Return: as tls_hello_read(). The request points into what is kept until the next call. */
static int read_hello(struct rule_request *request, struct bytes raw)
{
	static u8 *room;
	struct tls_hello h;

	assert_int_equal(parse(&h, raw), TLS_HELLO_DONE);
	free(room);
	room = malloc(h.len);
	return tls_hello_read(request, &h, raw.at, room);
}

static bool is(const u8 *text, u32 len, const char *expected)
{
	return len == strlen(expected) && (!len || !memcmp(text, expected, len));
}

static const struct {
	const char *name;
	const char *sni;
	const char *alpn;	/* its list, or how it begins */
} clients[] = {
	{ "openssl-tls13", "www.example.com", "\x02h2\x08http/1.1" },
	{ "openssl-tls12", "www.example.com", "" },	/* sent as WWW.Example.com. */
	{ "openssl-tls10", "a.example", "" },
	{ "openssl-no-sni", "", "" },
	{ "openssl-2k", "pq.example.com", "\xc8p000x" },
	{ "curl", "curl.example.com", "\x02h2\x08http/1.1" },
};

static void check_client(unsigned int i, struct bytes raw)
{
	const char *name = clients[i].name, *alpn = clients[i].alpn;
	struct rule_request r;
	struct tls_hello h;

	assert_row(name, parse(&h, raw) == TLS_HELLO_DONE);
	assert_row(name, h.pos == raw.len);
	assert_row(name, read_hello(&r, raw) == 0);
	assert_row(name, is(r.sni, r.sni_len, clients[i].sni));
	assert_row(name, !r.alpn_len == !*alpn);
	assert_row(name, r.alpn_len >= strlen(alpn));
	assert_row(name, !*alpn || !memcmp(r.alpn, alpn, strlen(alpn)));
	assert_row(name, !r.host_len && !r.path_len && !r.method_len && !r.lines && !r.client_len);
}

static void tls_hello_read__knows_real_clients(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(clients); i++) {
		struct bytes raw = captured(clients[i].name);

		check_client(i, raw);
		free(raw.at);
	}
}

/* Each cut, with what is known at the cut kept over it; and every byte by itself. */
static void tls_hello_parse__whatever_the_segments(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(clients); i++) {
		struct bytes raw = captured(clients[i].name);
		struct tls_hello whole, h, slow;

		parse(&whole, raw);
		tls_hello_init(&slow);
		for (u32 n = 0; n < raw.len; n++) {
			struct bytes part = bytes(raw.at, n);

			assert_row(clients[i].name, parse(&h, part) == TLS_HELLO_MORE);
			assert_row(clients[i].name,
				   tls_hello_parse(&slow, part.at, n) == TLS_HELLO_MORE);
			free(part.at);
			assert_row(clients[i].name,
				   tls_hello_parse(&h, raw.at, raw.len) == TLS_HELLO_DONE);
			assert_row(clients[i].name, !memcmp(&h, &whole, sizeof(h)));
		}
		tls_hello_parse(&slow, raw.at, raw.len);
		assert_row(clients[i].name, !memcmp(&slow, &whole, sizeof(slow)));
		free(raw.at);
	}
}

static void tls_hello_parse__whatever_the_records(void **state)
{
	static const u32 sizes[] = { 1, 2, 3, 4, 5, 7, 64, 100, 512, 1500 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(clients); i++) {
		struct bytes raw = captured(clients[i].name), message = joined(raw);

		for (unsigned int s = 0; s < ARRAY_SIZE(sizes); s++) {
			struct bytes again = records(message, sizes[s]);

			check_client(i, again);
			for (u32 n = 0; n < again.len; n++) {
				struct tls_hello h;

				tls_hello_init(&h);
				assert_row(clients[i].name,
					   tls_hello_parse(&h, again.at, n) == TLS_HELLO_MORE);
			}
			free(again.at);
		}
		free(message.at);
		free(raw.at);
	}
}

/* What comes with the hello, in its record or behind it, is not looked at. */
static void tls_hello_parse__ends_with_the_message(void **state)
{
	struct bytes raw = captured("openssl-tls13"), message = joined(raw), more, again;
	struct tls_hello h;

	(void)state;
	more = bytes(raw.at, raw.len);
	more.at = realloc(more.at, raw.len + 3);
	memcpy(more.at + raw.len, "GET", 3);
	more.len += 3;
	assert_int_equal(parse(&h, more), TLS_HELLO_DONE);
	assert_int_equal(h.pos, raw.len);

	message.at = realloc(message.at, message.len + 3);
	memcpy(message.at + message.len, "\x0b\0\0", 3);
	message.len += 3;
	again = records(message, 16384);
	assert_int_equal(parse(&h, again), TLS_HELLO_DONE);
	assert_int_equal(h.pos, raw.len);
	free(more.at);
	free(again.at);
	free(message.at);
	free(raw.at);
}

static void tls_hello_parse__judges_frames(void **state)
{
#define ROW(text, result, pos)	{ text, sizeof(text) - 1, result, pos }
	static const struct {
		const char *text;
		u32 len;
		enum tls_hello_result result;
		u32 pos;	/* of what is not MORE */
	} rows[] = {
		ROW("", TLS_HELLO_MORE, 0),
		ROW("\x16", TLS_HELLO_MORE, 0),
		ROW("\x16\x03", TLS_HELLO_MORE, 0),
		ROW("\x16\x03\x01\x00\x01\x01", TLS_HELLO_MORE, 0),
		ROW("\x16\x03\x09\x00\x01\x01\x16\x03\x01\x00", TLS_HELLO_MORE, 0),
		/* SSLv2, and SSLv2 that offers TLS */
		ROW("\x80\x2e\x01\x00\x02\x00\x15", TLS_HELLO_OTHER, 1),
		ROW("\x80\x2e\x01\x03\x01\x00\x15", TLS_HELLO_OTHER, 1),
		ROW("GET / HTTP/1.1\r\n\r\n", TLS_HELLO_OTHER, 1),
		ROW("SSH-2.0-OpenSSH_9.2\r\n", TLS_HELLO_OTHER, 1),
		ROW("\n", TLS_HELLO_OTHER, 1),
		ROW("\x15\x03\x01\x00\x02\x02\x28", TLS_HELLO_OTHER, 1),	/* an alert */
		ROW("\x17\x03\x03\x00\x01\x01", TLS_HELLO_OTHER, 1),
		ROW("\x16\x02\x01\x00\x01\x01", TLS_HELLO_OTHER, 2),
		ROW("\x16\x16", TLS_HELLO_OTHER, 2),
		ROW("\x16\x03\x01\x00\x00\x16", TLS_HELLO_OTHER, 5),
		ROW("\x16\x03\x01\x40\x01\x01", TLS_HELLO_OTHER, 5),
		ROW("\x16\x03\x01\xff\xff\x01", TLS_HELLO_OTHER, 5),
		/* ServerHello */
		ROW("\x16\x03\x01\x00\x04\x02\x00\x00\x01", TLS_HELLO_OTHER, 6),
		ROW("\x16\x03\x01\x00\x04\x01\x00\x3f\xfc", TLS_HELLO_MORE, 0),
		ROW("\x16\x03\x01\x00\x04\x01\x00\x3f\xfd", TLS_HELLO_TOO_LONG, 9),
		ROW("\x16\x03\x01\x00\x04\x01\xff\xff\xff", TLS_HELLO_TOO_LONG, 9),
		ROW("\x16\x03\x01\x00\x02\x01\x00\x16\x03\x01\x00\x02\xff\xff",
		    TLS_HELLO_TOO_LONG, 14),
		ROW("\x16\x03\x01\x00\x04\x01\x00\x00\x00", TLS_HELLO_DONE, 9),
		/* The second record is none. */
		ROW("\x16\x03\x01\x00\x01\x01\x17\x03\x01\x00\x01", TLS_HELLO_OTHER, 7),
		ROW("\x16\x03\x01\x00\x01\x01\x16\x04", TLS_HELLO_OTHER, 8),
		ROW("\x16\x03\x01\x00\x01\x01\x16\x03\x01\x00\x00", TLS_HELLO_OTHER, 11),
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tls_hello h, slow;
		struct bytes raw = bytes(rows[i].text, rows[i].len);

		assert_row(rows[i].text, parse(&h, raw) == rows[i].result);
		assert_row(rows[i].text, rows[i].result == TLS_HELLO_MORE || h.pos == rows[i].pos);
		tls_hello_init(&slow);
		for (u32 n = 1; n <= raw.len; n++) {
			struct bytes part = bytes(raw.at, n);

			tls_hello_parse(&slow, part.at, n);
			free(part.at);
		}
		assert_row(rows[i].text, !memcmp(&h, &slow, sizeof(h)));
		free(raw.at);
	}
}

/* -- what a message says ------------------------------------------------------------------- */

/* Version and random; with a session, a cipher and a compression */
#define START	"\003\00301234567890123456789012345678901"
#define FRONT	START "\0\0\002\023\001\001\0"

static struct bytes hello(const char *body, u32 body_len, const char *extensions, u32 len)
{
	static u8 all[RAW_MAX];
	u32 message_len = body_len + (extensions ? 2 + len : 0), at = 4;

	all[0] = 1;
	all[1] = message_len >> 16;
	put_unaligned_be16(message_len, all + 2);
	memcpy(all + at, body, body_len);
	at += body_len;
	if (extensions) {
		put_unaligned_be16(len, all + at);
		memcpy(all + at + 2, extensions, len);
		at += 2 + len;
	}
	return bytes(all, at);
}

#define SNI_A		"\0\0\0\016\0\014\0\0\011a.example"
#define ALPN_H2		"\0\x10\0\x05\0\x03\x02h2"
#define GREASE		"\x1a\x1a\0\0"

static void tls_hello_read__judges_messages(void **state)
{
#define EXTENSIONS(label, text, has, sni, alpn) \
	{ label, FRONT, sizeof(FRONT) - 1, text, sizeof(text) - 1, has, sni, alpn }
#define BAD(label, text) EXTENSIONS(label, text, -EINVAL, "", "")
#define BODY(label, text, has) { label, text, sizeof(text) - 1, NULL, 0, has, "", "" }
	static const struct {
		const char *label;
		const char *body;
		u32 body_len;
		const char *extensions;
		u32 len;
		int has;
		const char *sni;
		const char *alpn;
	} rows[] = {
		BODY("no extensions", FRONT, 0),
		EXTENSIONS("an empty list of them", "", 0, "", ""),
		EXTENSIONS("sni", SNI_A, 0, "a.example", ""),
		EXTENSIONS("alpn", ALPN_H2, 0, "", "\x02h2"),
		EXTENSIONS("all, in any order", GREASE ALPN_H2 "\0\x2b\0\x03\x02\x03\x04" SNI_A, 0,
			   "a.example", "\x02h2"),
		EXTENSIONS("ech", SNI_A "\xfe\x0d\0\x04\0\x01\x02\x03", TLS_HELLO_HAS_ECH,
			   "a.example", ""),
		EXTENSIONS("upper case, a dot behind", "\0\0\0\010\0\006\0\0\003A.B", 0, "a.b", ""),
		EXTENSIONS("a dot behind", "\0\0\0\011\0\007\0\0\004a.b.", 0, "a.b", ""),
		EXTENSIONS("an address", "\0\0\0\015\0\013\0\0\01010.2.0.1", 0, "10.2.0.1", ""),
		EXTENSIONS("two alpn protocols", "\0\x10\0\x07\0\x05\x02h2\x01x", 0, "",
			   "\x02h2\x01x"),

		BAD("sni twice", SNI_A SNI_A),
		BAD("alpn twice", ALPN_H2 ALPN_H2),
		BAD("sni without a byte", "\0\0\0\0"),
		BAD("sni's list is empty", "\0\0\0\x02\0\0"),
		BAD("an empty name", "\0\0\0\x05\0\x03\0\0\0"),
		BAD("a name of another type", "\0\0\0\006\0\004\001\0\001a"),
		BAD("two names", "\0\0\0\012\0\010\0\0\001a\0\0\001b"),
		BAD("a byte behind the list", "\0\0\0\007\0\004\0\0\001ab"),
		BAD("a list longer than its extension", "\0\0\0\006\0\005\0\0\001a"),
		BAD("a name longer than its list", "\0\0\0\006\0\004\0\0\002a"),
		BAD("a port", "\0\0\0\011\0\007\0\0\004a:80"),
		BAD("a colon", "\0\0\0\007\0\005\0\0\002a:"),
		BAD("brackets", "\0\0\0\012\0\010\0\0\005[::1]"),
		BAD("NUL in a name", "\0\0\0\010\0\006\0\0\003a\0b"),
		BAD("a slash in a name", "\0\0\0\010\0\006\0\0\003a/b"),
		BAD("an empty label", "\0\0\0\011\0\007\0\0\004a..b"),
		BAD("only a dot", "\0\0\0\x06\0\x04\0\0\x01."),
		BAD("alpn's list is empty", "\0\x10\0\x02\0\0"),
		BAD("an empty protocol", "\0\x10\0\x04\0\x02\x01x\0"),
		BAD("a protocol longer than its list", "\0\x10\0\x04\0\x02\x02x"),
		BAD("a byte behind the protocols", "\0\x10\0\x05\0\x02\x01xy"),
		BAD("half an extension's type", SNI_A "\0"),
		BAD("half an extension's length", SNI_A "\x1a\x1a\0"),
		BAD("an extension longer than all", SNI_A "\x1a\x1a\0\x01"),

		BODY("nothing", "", -EINVAL),
		BODY("half a random", "\003\0030123456789", -EINVAL),
		BODY("no ciphers", START "\0\0\0\001\0", -EINVAL),
		BODY("half a cipher", START "\0\0\003\023\001\023\001\0", -EINVAL),
		BODY("no compression", START "\0\0\002\023\001\0", -EINVAL),
		BODY("a session of 33 bytes",
		     START "\041012345678901234567890123456789012\0\002\023\001\001\0",
		     -EINVAL),
		BODY("half a length of extensions", FRONT "\0", -EINVAL),
		BODY("extensions that are not there", FRONT "\0\x01", -EINVAL),
		BODY("a byte behind the extensions", FRONT "\0\0\0", -EINVAL),
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *label = rows[i].label;
		struct bytes message = hello(rows[i].body, rows[i].body_len, rows[i].extensions,
					     rows[i].len);
		u32 sizes[] = { 16384, 3 };

		for (unsigned int s = 0; s < ARRAY_SIZE(sizes); s++) {
			struct bytes raw = records(message, sizes[s]);
			struct rule_request r;

			assert_row(label, read_hello(&r, raw) == rows[i].has);
			assert_row(label, is(r.sni, r.sni_len, rows[i].sni));
			assert_row(label, is(r.alpn, r.alpn_len, rows[i].alpn));
			free(raw.at);
		}
		free(message.at);
	}
}

static void tls_hello_read__names_of_255_bytes(void **state)
{
	(void)state;
	for (u32 len = 255; len <= 256; len++) {
		char extensions[9 + 256] = { };
		struct bytes message, raw;
		struct rule_request r;

		put_unaligned_be16(len + 5, extensions + 2);
		put_unaligned_be16(len + 3, extensions + 4);
		put_unaligned_be16(len, extensions + 7);
		memset(extensions + 9, 'n', len);
		message = hello(FRONT, sizeof(FRONT) - 1, extensions, 9 + len);
		raw = records(message, 16384);
		assert_int_equal(read_hello(&r, raw), len == 255 ? 0 : -EINVAL);
		assert_int_equal(r.sni_len, len == 255 ? 255 : 0);
		free(message.at);
		free(raw.at);
	}
}

/* A key share of a post-quantum group is over a kilobyte; a hello may have 16. */
static void tls_hello_read__as_long_as_allowed(void **state)
{
	static char extensions[TLS_HELLO_MAX_LEN];
	const u32 longest = TLS_HELLO_MAX_LEN - 4 - (sizeof(FRONT) - 1) - 2;
	const u32 lengths[] = { 1800, longest };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(lengths); i++) {
		u32 len = lengths[i] - (sizeof(SNI_A) - 1);
		struct bytes message, raw;
		struct rule_request r;

		memcpy(extensions, "\0\x33", 2);
		put_unaligned_be16(len - 4, extensions + 2);
		memset(extensions + 4, 'k', len - 4);
		memcpy(extensions + len, SNI_A, sizeof(SNI_A) - 1);
		message = hello(FRONT, sizeof(FRONT) - 1, extensions, lengths[i]);
		for (u32 size = 2; size <= 16384; size *= 8) {
			raw = records(message, size);
			assert_int_equal(read_hello(&r, raw), 0);
			assert_true(is(r.sni, r.sni_len, "a.example"));
			free(raw.at);
		}
		assert_true(i == 0 || message.len == TLS_HELLO_MAX_LEN);
		free(message.at);
	}
}

/* Of one byte each: the message is in order, what it comes in is not. */
static void tls_hello_parse__too_many_records(void **state)
{
	static char extensions[TLS_HELLO_MAX_LEN];
	struct bytes message = hello(FRONT, sizeof(FRONT) - 1, extensions, 15000), raw;
	struct tls_hello h;

	(void)state;
	raw = records(message, 1);
	assert_true(raw.len > TLS_HELLO_MAX_RAW);
	assert_int_equal(parse(&h, raw), TLS_HELLO_TOO_LONG);
	assert_int_equal(h.pos, TLS_HELLO_MAX_RAW);
	tls_hello_init(&h);
	assert_int_equal(tls_hello_parse(&h, raw.at, TLS_HELLO_MAX_RAW - 1), TLS_HELLO_MORE);
	assert_int_equal(tls_hello_parse(&h, raw.at, TLS_HELLO_MAX_RAW), TLS_HELLO_TOO_LONG);
	free(message.at);
	free(raw.at);
}

/* Each byte of a real hello, in turn, says something else: all that comes of it is in bounds. */
static void tls_hello_read__each_byte_wrong(void **state)
{
	static const u8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct bytes raw = captured("openssl-tls13");
	u32 refused = 0;

	(void)state;
	for (u32 at = 9; at < raw.len; at++) {
		for (unsigned int v = 0; v < ARRAY_SIZE(values) + 2; v++) {
			u8 was = raw.at[at];
			struct rule_request r;

			raw.at[at] = v < ARRAY_SIZE(values) ? values[v] :
				     was + (v == ARRAY_SIZE(values) ? 1 : -1);
			if (read_hello(&r, raw) < 0) {
				refused++;
				assert_int_equal(r.sni_len + r.alpn_len, 0);
			}
			assert_true(r.sni_len <= 255 && r.alpn_len < raw.len);
			raw.at[at] = was;
		}
	}
	assert_true(refused > 100);
	free(raw.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_hello_read__knows_real_clients),
		cmocka_unit_test(tls_hello_parse__whatever_the_segments),
		cmocka_unit_test(tls_hello_parse__whatever_the_records),
		cmocka_unit_test(tls_hello_parse__ends_with_the_message),
		cmocka_unit_test(tls_hello_parse__judges_frames),
		cmocka_unit_test(tls_hello_read__judges_messages),
		cmocka_unit_test(tls_hello_read__names_of_255_bytes),
		cmocka_unit_test(tls_hello_read__as_long_as_allowed),
		cmocka_unit_test(tls_hello_parse__too_many_records),
		cmocka_unit_test(tls_hello_read__each_byte_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
