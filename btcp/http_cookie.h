/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pairs of a Cookie field (RFC 6265 4.2).
 */
#ifndef BTCP_HTTP_COOKIE_H
#define BTCP_HTTP_COOKIE_H

#include "btcp/pure.h"

/**
 * struct http_cookie - one pair
 * @name: as sent; never empty
 * @value: as sent, quotes and all, without white space around it
 * @name_len: bytes in @name
 * @value_len: bytes in @value; may be 0
 */
struct http_cookie {
	const u8 *name;
	const u8 *value;
	u32 name_len;
	u32 value_len;
};

/**
 * http_cookie_next() - walk the pairs of a Cookie line
 * @field: the line's value
 * @len: bytes in @field
 * @pos: where to go on, in bytes from @field; 0 to begin
 * @cookie: result; points into @field
 *
 * White space around names and values is left out; what has no name or no '=' is passed over.
 *
 * Context: any; pure.
 * Return: whether there was another pair.
 */
bool http_cookie_next(const u8 *field, u32 len, u32 *pos, struct http_cookie *cookie);

#endif /* BTCP_HTTP_COOKIE_H */
