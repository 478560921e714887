// SPDX-License-Identifier: GPL-2.0
#include "btcp/path_pattern.h"
#include "unit.h"

static void path_pattern_parse__accepts(void **state)
{
	static const struct {
		const char *text;
		enum pattern_kind kind;
		const char *rest;
	} rows[] = {
		{ "/", PATTERN_EXACT, "/" },
		{ "/a", PATTERN_EXACT, "/a" },
		{ "/a/", PATTERN_EXACT, "/a/" },
		{ "/...", PATTERN_EXACT, "/..." },
		{ "/100%", PATTERN_EXACT, "/100%" },
		{ "/a b", PATTERN_EXACT, "/a b" },
		{ "/\xc3\xa4", PATTERN_EXACT, "/\xc3\xa4" },
		{ "/*", PATTERN_PREFIX, "/" },
		{ "/img/*", PATTERN_PREFIX, "/img/" },
		{ "/img*", PATTERN_PREFIX, "/img" },
		{ "/.*", PATTERN_PREFIX, "/." },
		{ "/a/..*", PATTERN_PREFIX, "/a/.." },
		{ "*.jpg", PATTERN_SUFFIX, ".jpg" },
		{ "*/", PATTERN_SUFFIX, "/" },
		{ "*..", PATTERN_SUFFIX, ".." },
		{ "*./a", PATTERN_SUFFIX, "./a" },
	};
	char printed[PATTERN_MAX + 1];
	struct pattern p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = strlen(rows[i].text);

		assert_row(rows[i].text, !path_pattern_parse(&p, rows[i].text, len));
		assert_row(rows[i].text, p.kind == rows[i].kind);
		assert_row(rows[i].text, p.len == strlen(rows[i].rest));
		assert_row(rows[i].text, !memcmp(p.text, rows[i].rest, p.len));
		assert_row(rows[i].text, pattern_print(p.kind, p.text, p.len, printed) == len);
		assert_string_equal(printed, rows[i].text);
	}
}

static void path_pattern_parse__refuses_with_a_sentence(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{ "", "path pattern is empty" },
		{ "a", "path pattern begins neither with '/' nor with '*'" },
		{ "img/*", "path pattern begins neither with '/' nor with '*'" },
		{ "*", "path pattern is a lone '*': write '/*' for every path" },
		{ "*a*", "path pattern holds more than one '*'" },
		{ "/a**", "path pattern holds more than one '*'" },
		{ "/a*b", "path pattern has a '*' in the middle: it may only be first or last" },
		{ "/a\tb", "path pattern holds a control byte" },
		{ "/a\x7f", "path pattern holds a control byte" },
		{ "/a?b", "path pattern holds '?' or '#': query and fragment are not matched" },
		{ "/a#b", "path pattern holds '?' or '#': query and fragment are not matched" },
		{ "/a%20b", "path pattern holds a %XX: write the byte it stands for" },
		{ "//", "path pattern holds '//', which is merged before matching" },
		{ "/a//*", "path pattern holds '//', which is merged before matching" },
		{ "*//a", "path pattern holds '//', which is merged before matching" },
		{ "/.", "path pattern holds a '.' or '..', which is removed before matching" },
		{ "/a/../b", "path pattern holds a '.' or '..', which is removed before matching" },
		{ "/a/./*", "path pattern holds a '.' or '..', which is removed before matching" },
		{ "*/..", "path pattern holds a '.' or '..', which is removed before matching" },
	};
	struct pattern p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *error = path_pattern_parse(&p, rows[i].text, strlen(rows[i].text));

		assert_row(rows[i].text, error);
		assert_string_equal(error, rows[i].error);
	}
}

static void path_pattern_parse__limit(void **state)
{
	char text[PATTERN_MAX + 1];
	struct pattern p;

	(void)state;
	memset(text, '/', 1);
	memset(text + 1, 'a', sizeof(text) - 1);
	assert_null(path_pattern_parse(&p, text, PATTERN_MAX));
	assert_true(pattern_match(p.kind, p.text, p.len, (u8 *)text, PATTERN_MAX));
	assert_string_equal(path_pattern_parse(&p, text, PATTERN_MAX + 1),
			    "path pattern is longer than 255 bytes");
}

static void pattern_match__table(void **state)
{
	static const struct {
		const char *pattern;
		const char *path;
		bool match;
	} rows[] = {
		{ "/a", "/a", true },
		{ "/a", "/A", false },
		{ "/a", "/a/", false },
		{ "/a", "/ab", false },
		{ "/a", "/", false },
		{ "/*", "/", true },
		{ "/*", "/a", true },
		{ "/*", "", false },
		{ "/img/*", "/img/", true },
		{ "/img/*", "/img/a/b", true },
		{ "/img/*", "/img", false },
		{ "/img/*", "/imgs/", false },
		{ "/img/*", "/a/img/", false },
		{ "*.jpg", "/a.jpg", true },
		{ "*.jpg", "/.jpg", true },
		{ "*.jpg", "/a.JPG", false },
		{ "*.jpg", "/a.jpg/", false },
		{ "*.jpg", "jpg", false },
		{ "*/", "/", true },
	};
	struct pattern p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_null(path_pattern_parse(&p, rows[i].pattern, strlen(rows[i].pattern)));
		assert_row(rows[i].path, pattern_match(p.kind, p.text, p.len,
						       (const u8 *)rows[i].path,
						       strlen(rows[i].path)) == rows[i].match);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_pattern_parse__accepts),
		cmocka_unit_test(path_pattern_parse__refuses_with_a_sentence),
		cmocka_unit_test(path_pattern_parse__limit),
		cmocka_unit_test(pattern_match__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
