/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The small change of HTTP fields: character classes, comparing without case, comma-separated
 * lists.
 */
#ifndef BTCP_HTTP_FIELD_H
#define BTCP_HTTP_FIELD_H

#include "btcp/pure.h"

/**
 * http_lower_byte() - lower-case an ASCII letter; other bytes stay
 * @c: byte
 *
 * Context: any; pure.
 */
static inline u8 http_lower_byte(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/**
 * http_is_token() - is this a non-empty token (RFC 9110 5.6.2): a method, a field name, a list
 * member?
 * @s: bytes, not terminated
 * @len: bytes in @s
 *
 * Context: any; pure.
 */
bool http_is_token(const u8 *s, u32 len);

/**
 * http_lower() - lower-case ASCII letters, for a matcher that compares hosts; other bytes stay
 * @dst: @len bytes; may be @src
 * @src: bytes, not terminated
 * @len: bytes in @src
 *
 * Context: any; pure.
 */
void http_lower(u8 *dst, const u8 *src, u32 len);

/**
 * http_is() - compare without ASCII case
 * @s: bytes, not terminated
 * @len: bytes in @s
 * @word: what to compare with: terminated and already in lower case
 *
 * Context: any; pure.
 */
bool http_is(const u8 *s, u32 len, const char *word);

/**
 * http_same() - compare without ASCII case
 * @s: bytes, not terminated
 * @lower_case: what to compare with: as many bytes, already in lower case
 * @len: bytes in both
 *
 * Context: any; pure.
 */
bool http_same(const u8 *s, const u8 *lower_case, u32 len);

/**
 * http_list_next() - walk the members of a comma-separated list (RFC 9110 5.6.1), empty ones left
 * out
 * @list: a field's value
 * @len: bytes in @list
 * @pos: where to go on, in bytes from @list; 0 to begin
 * @off: result: where the member begins, in bytes from @list
 * @member_len: result: its length in bytes, without white space around it
 *
 * Quoted strings are not understood, since Connection and Upgrade have none.
 *
 * Context: any; pure.
 * Return: whether there was another member.
 */
bool http_list_next(const u8 *list, u32 len, u32 *pos, u32 *off, u32 *member_len);

/**
 * http_list_has() - does a comma-separated list hold this token, compared without case?
 * @list: a field's value
 * @len: bytes in @list
 * @word: the token: terminated and in lower case
 *
 * Context: any; pure.
 */
bool http_list_has(const u8 *list, u32 len, const char *word);

#endif /* BTCP_HTTP_FIELD_H */
