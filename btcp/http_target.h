/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The request target in its four forms (RFC 9112 3.2), and the authority (host and port) in it and
 * in Host.
 */
#ifndef BTCP_HTTP_TARGET_H
#define BTCP_HTTP_TARGET_H

#include "btcp/pure.h"

/**
 * struct http_span - a part of the head
 * @off: where it begins, in bytes from the start of the buffer
 * @len: its length in bytes; what absence means is told at each span
 */
struct http_span {
	u16 off;
	u16 len;
};

/**
 * http_authority_parse() - split "host", "host:port", "[v6]:port"; refuse what is no such thing
 * @s: bytes, not terminated
 * @len: bytes in @s
 * @host_len: result: the host is the first so many bytes of @s: without port and without one
 *	trailing dot, with the brackets of an IPv6 literal; never 0
 * @has_port: result: whether a port of at least one digit follows
 *
 * User information ("user@") is refused, as RFC 9110 4.2.4 advises for http.
 *
 * Context: any; pure.
 * Return: false if it is not an authority with a host.
 */
bool http_authority_parse(const u8 *s, u32 len, u32 *host_len, bool *has_port);

/**
 * http_target_parse() - find path and host in a request target
 * @buf: the buffer that all spans point into
 * @method: the method, which decides what forms are allowed
 * @target: the target; its bytes are already known to be neither white space nor control bytes
 * @path: result: the path as sent, without query and fragment; len 0 if there is none (CONNECT,
 *	"OPTIONS *")
 * @host: result: the authority's host, as http_authority_parse() has it; len 0 if the target names
 *	none
 *
 * Context: any; pure.
 * Return: false if it has none of the four forms, or one that the method does not allow.
 */
bool http_target_parse(const u8 *buf, struct http_span method, struct http_span target,
		       struct http_span *path, struct http_span *host);

#endif /* BTCP_HTTP_TARGET_H */
