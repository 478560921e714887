/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "requests once": edit a head so that the server ends the connection after one response. The
 * length must not change, since every later byte already has its sequence number.
 */
#ifndef BTCP_HTTP_ONCE_H
#define BTCP_HTTP_ONCE_H

#include "btcp/http_head.h"
#include "btcp/pure.h"

/**
 * enum http_once_result - what was done
 * @HTTP_ONCE_NOTHING: the server will close anyway: "Connection: close", or HTTP/1.0 without
 *	keep-alive
 * @HTTP_ONCE_CONNECTION: keep-alive became close
 * @HTTP_ONCE_VERSION: HTTP/1.1 became HTTP/1.0
 * @HTTP_ONCE_SQUEEZED: white space and lines without meaning made room for "Connection: close";
 *	offsets moved
 * @HTTP_ONCE_UNTOUCHED: left as it is: Upgrade, CONNECT, or a chunked body with no room; later
 *	requests may follow
 */
enum http_once_result {
	HTTP_ONCE_NOTHING,
	HTTP_ONCE_CONNECTION,
	HTTP_ONCE_VERSION,
	HTTP_ONCE_SQUEEZED,
	HTTP_ONCE_UNTOUCHED,
};

/**
 * http_once_edit() - edit a complete head in place, at unchanged length
 * @buf: the buffer that @h was parsed from; nothing behind the head is touched
 * @h: a head whose result was HTTP_HEAD_DONE; of it only head_len is valid afterwards
 *
 * Route first: the offsets in @h may have moved. Editing twice is harmless if @h is parsed anew in
 * between.
 *
 * Context: any; pure. Linear in the head.
 * Return: enum http_once_result (RFC 9112 9.3, 9.6).
 */
enum http_once_result http_once_edit(u8 *buf, const struct http_head *h);

#endif /* BTCP_HTTP_ONCE_H */
