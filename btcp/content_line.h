/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of what content load reads: HOST PATH POOL, with blanks between.
 */
#ifndef BTCP_CONTENT_LINE_H
#define BTCP_CONTENT_LINE_H

#include "btcp/pure.h"

/**
 * struct content_line - what it says
 * @host: as requests are looked up by: in lower case, without one trailing dot
 * @path: likewise: as http_path_normalise() leaves it
 * @pool: as written
 * @host_len: bytes in @host
 * @path_len: bytes in @path
 * @pool_len: bytes in @pool
 */
struct content_line {
	const u8 *host;
	const u8 *path;
	const u8 *pool;
	u32 host_len;
	u32 path_len;
	u32 pool_len;
};

/**
 * content_line_read() - read a line
 * @line: result; points into @text and @room
 * @text: the line, without its end; need not be terminated
 * @len: bytes in @text
 * @room: @len bytes
 *
 * Context: any; pure.
 * Return: NULL, or a sentence that says what is wrong, fit for extack.
 */
const char *content_line_read(struct content_line *line, const u8 *text, u32 len, u8 *room);

#endif /* BTCP_CONTENT_LINE_H */
