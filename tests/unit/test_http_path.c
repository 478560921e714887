// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_path.h"
#include "unit.h"

#define BAD	NULL

static void http_path_normalise__table(void **state)
{
	static const struct {
		const char *path;
		const char *uri;	/* BAD: 400 */
	} rows[] = {
		{ "/", "/" },
		{ "/a/b", "/a/b" },
		{ "/a/b/", "/a/b/" },
		{ "/a%20b", "/a b" },
		{ "/%41%4a%4A", "/AJJ" },
		{ "/%2541", "/%41" },
		{ "/%25", "/%" },
		{ "/a%3fb", "/a?b" },
		{ "/a%23b", "/a#b" },
		{ "/a%2fb", "/a/b" },
		{ "/a/%2Fb", "/a/b" },
		{ "//", "/" },
		{ "///a//b///", "/a/b/" },
		{ "/.", "/" },
		{ "/./", "/" },
		{ "/a/.", "/a/" },
		{ "/a/./b", "/a/b" },
		{ "/a/..", "/" },
		{ "/a/../", "/" },
		{ "/a/b/..", "/a/" },
		{ "/a/b/../c", "/a/c" },
		{ "/a/b/../../c", "/c" },
		{ "/a//../b", "/b" },
		{ "/a/%2e%2E/b", "/b" },
		{ "/a/.%2e%2fb", "/b" },
		{ "/a/%2e", "/a/" },
		{ "/...", "/..." },
		{ "/.a", "/.a" },
		{ "/..a/", "/..a/" },
		{ "/a./b../", "/a./b../" },
		{ "/a?b/../c", "/a" },
		{ "/a/..?b", "/" },
		{ "/a#b", "/a" },
		{ "/.%3f", "/.?" },
		{ "/\xc3\xa4%C3%A4", "/\xc3\xa4\xc3\xa4" },
		{ "/%01", "/\x01" },
		{ "", BAD },
		{ "a", BAD },
		{ "%2fa", BAD },
		{ "/..", BAD },
		{ "/../a", BAD },
		{ "/a/../..", BAD },
		{ "/a/../../b", BAD },
		{ "/./..", BAD },
		{ "//..", BAD },
		{ "/%2e%2e/", BAD },
		{ "/%00", BAD },
		{ "/a%", BAD },
		{ "/a%4", BAD },
		{ "/a%4?1", BAD },
		{ "/a%g1", BAD },
		{ "/a%1g", BAD },
		{ "/a%%20", BAD },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 len = strlen(rows[i].path);
		u8 *in = malloc(len + !len), *out = malloc(len + !len);
		int n;

		memcpy(in, rows[i].path, len);
		n = http_path_normalise(out, in, len);
		if (rows[i].uri == BAD) {
			assert_row(rows[i].path, n == -EINVAL);
		} else {
			assert_row(rows[i].path, n == (int)strlen(rows[i].uri));
			assert_row(rows[i].path, !memcmp(out, rows[i].uri, n));
			assert_row(rows[i].path, http_path_normalise(in, in, len) == n);
			assert_row(rows[i].path, !memcmp(in, out, n));
		}
		free(in);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_path_normalise__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
