// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "btcp/content_line.h"
#include "unit.h"

static void content_line_read__table(void **state)
{
	static const struct {
		const char *text;
		const char *said;	/* <host><path><pool>, or a part of the sentence */
	} rows[] = {
		{ "www.example /a/b.html one", "<www.example></a/b.html><one>" },
		{ "WWW.Example. //a/./c/../%62 one", "<www.example></a/b><one>" },
		{ "\t www.example  /a\t one \t", "<www.example></a><one>" },
		{ "[FD00::1] / a-b.c_d", "<[fd00::1]></><a-b.c_d>" },
		{ "10.0.0.1 /%3fa=b one", "<10.0.0.1></?a=b><one>" },
		{ "x /caf\xc3\xa9 one", "<x></caf\xc3\xa9><one>" },
		{ "", "not HOST PATH POOL" },
		{ " ", "not HOST PATH POOL" },
		{ "www.example", "not HOST PATH POOL" },
		{ "www.example /a", "not HOST PATH POOL" },
		{ "www.example /a ", "not HOST PATH POOL" },
		{ "www.example /a one two", "not HOST PATH POOL" },
		{ "a@b /a one", "host is neither" },
		{ "*.example /a one", "host has a '*'" },
		{ "www.example:80 /a one", "host has a port" },
		{ "www.example: /a one", "host has a port" },
		{ "www.example a one", "path does not begin" },
		{ "www.example /.. one", "path does not begin" },
		{ "www.example /%zz one", "path does not begin" },
		{ "www.example /%00 one", "path does not begin" },
		{ "www.example /a?b one", "path has a query" },
		{ "www.example /a#b one", "path has a query" },
		{ "www.example /a\r one", "path holds a control" },
	};
	struct content_line line;
	const char *error;
	char said[128];
	u8 *text, *room;
	u32 i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		len = strlen(rows[i].text);
		/* Exactly as long, so that a byte too many is seen. */
		text = memcpy(malloc(len + !len), rows[i].text, len);
		room = malloc(len + !len);
		error = content_line_read(&line, text, len, room);
		if (rows[i].said[0] == '<') {
			assert_row(rows[i].text, !error);
			snprintf(said, sizeof(said), "<%.*s><%.*s><%.*s>", line.host_len,
				 line.host, line.path_len, line.path, line.pool_len, line.pool);
			assert_string_equal(said, rows[i].said);
		} else {
			assert_row(rows[i].text, error && strstr(error, rows[i].said));
		}
		free(text);
		free(room);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_line_read__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
