// SPDX-License-Identifier: GPL-2.0
#include "btcp/hash_key.h"
#include "unit.h"

#define LINES "User-Agent: x\r\nX-User: one\r\nx-USER: two\r\nX-Empty:\r\nCookie: a=b; id=7\r\nCookie: id=8\r\n"

static void hash_key_find__table(void **state)
{
	static const struct {
		const char *label;
		const char *target;
		u8 hash;
		const char *name;
		const char *key;	/* the pieces, with a bar behind each */
	} rows[] = {
		{ "url", "/img/1.jpg", BTCP_HASH_URL, "", "www.example|/img/1.jpg|" },
		{ "url as rules see it", "/a/..//%69mg/1.jpg", BTCP_HASH_URL, "",
		  "www.example|/img/1.jpg|" },
		{ "url without its query", "/img?a=1", BTCP_HASH_URL, "", "www.example|/img|" },
		{ "url, absolute", "http://Other.:80/img", BTCP_HASH_URL, "", "other|/img|" },
		{ "host", "/img", BTCP_HASH_HOST, "", "www.example||" },
		{ "client", "/img", BTCP_HASH_CLIENT, "", "\x0a\x01\x02\x03||" },
		{ "header, the first", "/", BTCP_HASH_HEADER, "x-user", "one||" },
		{ "header that is not there", "/", BTCP_HASH_HEADER, "x-use",
		  "\x0a\x01\x02\x03||" },
		{ "header that is empty", "/", BTCP_HASH_HEADER, "x-empty",
		  "\x0a\x01\x02\x03||" },
		{ "cookie, the first", "/", BTCP_HASH_COOKIE, "id", "7||" },
		{ "cookie, with case", "/", BTCP_HASH_COOKIE, "ID", "\x0a\x01\x02\x03||" },
		{ "a header is no cookie", "/", BTCP_HASH_COOKIE, "x-user", "\x0a\x01\x02\x03||" },
	};
	struct hash_piece piece[HASH_PIECES];
	static const u8 client[] = { 10, 1, 2, 3 };
	struct rule_request request;
	char text[512], key[128];
	struct http_head head;
	u64 room[64];
	u32 i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		len = sprintf(text, "GET %s HTTP/1.1\r\nHost: WWW.Example:80\r\n" LINES "\r\n",
			      rows[i].target);
		http_head_init(&head);
		assert_row(rows[i].label,
			   http_head_parse(&head, (u8 *)text, len) == HTTP_HEAD_DONE);
		assert_row(rows[i].label, rule_request_room(&head) <= sizeof(room));
		assert_row(rows[i].label, !rule_request_read(&request, &head, (u8 *)text, room));
		request.client = client;
		request.client_len = sizeof(client);
		hash_key_find(piece, &request, rows[i].hash, (const u8 *)rows[i].name,
			      strlen(rows[i].name));
		sprintf(key, "%.*s|%.*s|", piece[0].len, piece[0].text, piece[1].len,
			piece[1].text);
		assert_string_equal(key, rows[i].key);
	}
}

/* No head is known: of an HTTP/2 preface there is nothing but who sent it. */
static void hash_key_find__nothing_but_the_client(void **state)
{
	static const u8 client[16] = { 0xfd, [15] = 1 };
	struct rule_request request = { .client = client, .client_len = 16 };
	struct hash_piece piece[HASH_PIECES];
	u8 hash;

	(void)state;
	for (hash = 0; hash <= BTCP_HASH_MAX; hash++) {
		hash_key_find(piece, &request, hash, (const u8 *)"a", 1);
		assert_ptr_equal(piece[0].text, client);
		assert_int_equal(piece[0].len, 16);
		assert_int_equal(piece[1].len, 0);
	}
	/* "CONNECT" and "OPTIONS *" have a host, TLS its name. */
	request.sni = (const u8 *)"www.example";
	request.sni_len = 11;
	hash_key_find(piece, &request, BTCP_HASH_URL, NULL, 0);
	assert_ptr_equal(piece[0].text, request.sni);
	assert_int_equal(piece[1].len, 0);
	request.host = (const u8 *)"other.example";
	request.host_len = 13;
	hash_key_find(piece, &request, BTCP_HASH_URL, NULL, 0);
	assert_ptr_equal(piece[0].text, request.host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_key_find__table),
		cmocka_unit_test(hash_key_find__nothing_but_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
