/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The head of an HTTP/1 request, read from a buffer that grows (RFC 9112). The parser keeps
 * nothing but offsets, so the buffer may move between calls; it looks at no byte twice to find a
 * line's end, so that a head which arrives byte by byte costs no more than one that arrives whole.
 */
#ifndef BTCP_HTTP_HEAD_H
#define BTCP_HTTP_HEAD_H

#include "btcp/http_target.h"
#include "btcp/pure.h"

#define HTTP_HEAD_MAX_LEN	65536	/* bytes, from the first to the end of the empty line */
#define HTTP_HEAD_MAX_LINES	128	/* header lines, without request line and the empty line */
#define HTTP_HEAD_MAX_EMPTY	4	/* empty lines tolerated before the request line */
#define HTTP_PREFACE_LEN	24	/* RFC 9113 3.4 */

/**
 * enum http_head_result - what a call of the parser found
 * @HTTP_HEAD_MORE: no fault so far, and no end; call again when there are more bytes
 * @HTTP_HEAD_DONE: a complete, acceptable head; what lies behind its head_len is body
 * @HTTP_HEAD_PREFACE: an HTTP/2 connection preface of HTTP_PREFACE_LEN bytes; no span is set
 * @HTTP_HEAD_REFUSED: to be answered with http_head_status() of the head's reason
 */
enum http_head_result {
	HTTP_HEAD_MORE,
	HTTP_HEAD_DONE,
	HTTP_HEAD_PREFACE,
	HTTP_HEAD_REFUSED,
};

/**
 * enum http_head_reason - why a head is refused; an index for counters
 * @HTTP_REASON_NONE: it is not
 * @HTTP_REASON_NUL: a zero byte
 * @HTTP_REASON_BARE_CR: CR without LF
 * @HTTP_REASON_BARE_LF: LF without CR
 * @HTTP_REASON_EMPTY_LINES: too many empty lines before the request line
 * @HTTP_REASON_REQUEST_LINE: not "method SP target SP version"
 * @HTTP_REASON_VERSION: HTTP/0.9, or no HTTP/1.x
 * @HTTP_REASON_TARGET: a target of no known form, or not for this method
 * @HTTP_REASON_OBS_FOLD: a header line that begins with white space
 * @HTTP_REASON_FIELD_NAME: no colon, no name, white space before the colon, or no token
 * @HTTP_REASON_NO_HOST: HTTP/1.1 without Host
 * @HTTP_REASON_TWO_HOSTS: more than one Host
 * @HTTP_REASON_BAD_HOST: Host empty, or not a host with an optional port
 * @HTTP_REASON_TOO_LONG: more than HTTP_HEAD_MAX_LEN bytes (431)
 * @HTTP_REASON_TOO_MANY_LINES: more than HTTP_HEAD_MAX_LINES (431)
 * @HTTP_REASON_COUNT: how many there are
 */
enum http_head_reason {
	HTTP_REASON_NONE,
	HTTP_REASON_NUL,
	HTTP_REASON_BARE_CR,
	HTTP_REASON_BARE_LF,
	HTTP_REASON_EMPTY_LINES,
	HTTP_REASON_REQUEST_LINE,
	HTTP_REASON_VERSION,
	HTTP_REASON_TARGET,
	HTTP_REASON_OBS_FOLD,
	HTTP_REASON_FIELD_NAME,
	HTTP_REASON_NO_HOST,
	HTTP_REASON_TWO_HOSTS,
	HTTP_REASON_BAD_HOST,
	HTTP_REASON_TOO_LONG,
	HTTP_REASON_TOO_MANY_LINES,
	HTTP_REASON_COUNT,
};

/* Which header lines were there; a span alone cannot tell an empty value from none. */
#define HTTP_HEAD_HAS_HOST		0x01
#define HTTP_HEAD_HAS_CONNECTION	0x02
#define HTTP_HEAD_HAS_UPGRADE		0x04
#define HTTP_HEAD_HAS_LENGTH		0x08	/* Content-Length */
#define HTTP_HEAD_HAS_ENCODING		0x10	/* Transfer-Encoding */
#define HTTP_HEAD_HAS_EXPECT		0x20
/* More lines of that name than the one whose value was kept. */
#define HTTP_HEAD_MANY(has)		((has) << 8)

/**
 * struct http_head - a head being read, or read; embedded once for each connection
 * @pos: parser: the first byte not yet looked at
 * @line: parser: where the current line begins
 * @head_len: length in bytes up to and including the empty line; 0 until done; the preface's
 *	length after a preface
 * @fields: where the first header line begins; 0 until the request line was read
 * @flags: HTTP_HEAD_HAS_*, HTTP_HEAD_MANY() of them
 * @lines: header lines so far
 * @minor: the version's second number: 0 for HTTP/1.0, 1 for HTTP/1.1
 * @empty: parser: empty lines skipped before the request line
 * @result: enum http_head_result of the last call; every result but HTTP_HEAD_MORE is final
 * @reason: enum http_head_reason
 * @method: the method; never empty once the request line was read
 * @target: the whole request target, likewise
 * @path: the path as sent, for http_path_normalise(); len 0: none (CONNECT, "OPTIONS *")
 * @host: the target's authority, else Host's; without port and one trailing dot, case as sent; len
 *	0: none (HTTP/1.0)
 * @connection: value of the first Connection line
 * @upgrade: value of the first Upgrade line
 * @length: value of the first Content-Length line
 * @encoding: value of the first Transfer-Encoding line
 * @expect: value of the first Expect line
 *
 * All offsets and lengths are bytes in the caller's buffer. Values are without the white space
 * around them.
 */
struct http_head {
	u32 pos;
	u32 line;
	u32 head_len;
	u32 fields;
	u16 flags;
	u8 lines;
	u8 minor;
	u8 empty;
	u8 result;
	u8 reason;
	struct http_span method;
	struct http_span target;
	struct http_span path;
	struct http_span host;
	struct http_span connection;
	struct http_span upgrade;
	struct http_span length;
	struct http_span encoding;
	struct http_span expect;
};

/**
 * struct http_line - one header line of a complete head
 * @name: its name, as sent
 * @name_len: bytes in @name
 * @value: its value, without the white space around it
 * @value_len: bytes in @value; may be 0
 */
struct http_line {
	const u8 *name;
	const u8 *value;
	u32 name_len;
	u32 value_len;
};

/**
 * http_head_init() - begin to read a head
 * @h: the head; need not be initialised
 *
 * Context: any; pure.
 */
void http_head_init(struct http_head *h);

/**
 * http_head_parse() - read on
 * @h: initialised by http_head_init(), or left by an earlier call
 * @buf: the connection's first bytes; begins with all bytes that earlier calls saw, unchanged
 * @len: bytes in @buf; not less than before; may go beyond the head
 *
 * The result depends on the bytes alone, not on the pieces they came in. After HTTP_HEAD_REFUSED
 * fields may be partly set.
 *
 * Context: any; pure. Linear in the bytes added since the last call, plus the length of the line
 * under way once.
 * Return: enum http_head_result, also kept in @h.
 */
enum http_head_result http_head_parse(struct http_head *h, const u8 *buf, u32 len);

/**
 * http_head_status() - the status to answer a refused head with
 * @reason: the head's
 *
 * Context: any; pure.
 * Return: 400, or 431 (RFC 6585 5); 0 for HTTP_REASON_NONE.
 */
u16 http_head_status(enum http_head_reason reason);

/**
 * http_head_reason_name() - a reason as a word for traces and tests
 * @reason: any value
 *
 * Context: any; pure.
 */
const char *http_head_reason_name(enum http_head_reason reason);

/**
 * http_head_next_line() - walk the header lines of a complete head
 * @h: a head whose result was HTTP_HEAD_DONE
 * @buf: its buffer
 * @pos: where to go on; 0 to begin
 * @line: result; points into @buf
 *
 * Context: any; pure.
 * Return: whether there was another line.
 */
bool http_head_next_line(const struct http_head *h, const u8 *buf, u32 *pos,
			 struct http_line *line);

/**
 * http_head_method_is() - compare the method, which is case-sensitive (RFC 9110 9.1)
 * @h: a head whose request line was read
 * @buf: its buffer
 * @method: what to compare with, terminated
 *
 * Context: any; pure.
 */
bool http_head_method_is(const struct http_head *h, const u8 *buf, const char *method);

#endif /* BTCP_HTTP_HEAD_H */
