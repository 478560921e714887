// SPDX-License-Identifier: GPL-2.0
/* A line that is read means the same when it is written down as it was read. */
#include <stdio.h>

#include "btcp/content_line.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct content_line line, again;
	u8 *text, *room, *more;
	const char *error;
	u32 len = 0, i;

	if (size > 5000)
		return 0;
	text = fuzz_copy(data, size);
	room = malloc(size + 1);
	error = content_line_read(&line, text, size, room);
	if (error) {
		CHECK(strlen(error) > 10);
		goto out;
	}
	CHECK(line.host_len && line.path_len && line.pool_len && line.path[0] == '/');
	CHECK(line.host_len + line.path_len + line.pool_len + 2 <= size);
	/* Decoded bytes may be blanks: written as they must be. */
	more = malloc(3 * size + 2);
	memcpy(more, line.host, line.host_len);
	len = line.host_len;
	more[len++] = ' ';
	for (i = 0; i < line.path_len; i++)
		len += line.path[i] == '/' ? (more[len] = '/', 1) :
		       sprintf((char *)more + len, "%%%02x", line.path[i]);
	more[len++] = ' ';
	memcpy(more + len, line.pool, line.pool_len);
	len += line.pool_len;
	free(text);
	text = fuzz_copy(more, len);
	free(more);
	more = malloc(len);
	CHECK(!content_line_read(&again, text, len, more));
	CHECK(again.host_len == line.host_len && !memcmp(again.host, line.host, line.host_len));
	CHECK(again.path_len == line.path_len && !memcmp(again.path, line.path, line.path_len));
	free(more);
out:
	free(room);
	free(text);
	return 0;
}
