/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ClientHello of TLS, read from a buffer that grows, whatever TCP segments and TLS records
 * (RFC 8446 5.1) it comes in. While it grows only its frame is looked at; what it says is read once
 * it is complete. Nothing is decrypted: it is sent in clear.
 */
#ifndef BTCP_TLS_HELLO_H
#define BTCP_TLS_HELLO_H

#include "btcp/pure.h"
#include "btcp/rule_request.h"

#define TLS_HELLO_MAX_LEN	16384	/* bytes of the message, its own header included */
#define TLS_HELLO_MAX_RAW	65536	/* bytes of the records that it comes in */

/**
 * enum tls_hello_result - what a call of the parser found
 * @TLS_HELLO_MORE: no fault so far, and no end; call again when there are more bytes
 * @TLS_HELLO_DONE: a complete message, in good frames
 * @TLS_HELLO_OTHER: no ClientHello: SSLv2, garbage, another protocol
 * @TLS_HELLO_TOO_LONG: longer than TLS_HELLO_MAX_LEN, or in records of more than TLS_HELLO_MAX_RAW
 */
enum tls_hello_result {
	TLS_HELLO_MORE,
	TLS_HELLO_DONE,
	TLS_HELLO_OTHER,
	TLS_HELLO_TOO_LONG,
};

/* What tls_hello_read() has seen besides */
#define TLS_HELLO_HAS_ECH	0x01	/* encrypted_client_hello, or GREASE that looks like it */

/**
 * struct tls_hello - a ClientHello being read, or read; embedded once for each connection
 * @pos: the first byte not yet looked at; once the result is final, behind the byte that made it so
 * @left: parser: bytes of the record under way that lie behind @pos
 * @have: bytes of the message that lie before @pos
 * @len: bytes of the message; complete once there are 4 of them
 * @result: enum tls_hello_result of the last call; every result but TLS_HELLO_MORE is final
 */
struct tls_hello {
	u32 pos;
	u32 left;
	u32 have;
	u32 len;
	u8 result;
};

/**
 * tls_hello_init() - begin to read
 * @h: need not be initialised
 *
 * Context: any; pure.
 */
void tls_hello_init(struct tls_hello *h);

/**
 * tls_hello_parse() - read on
 * @h: initialised by tls_hello_init(), or left by an earlier call
 * @buf: the connection's first bytes; begins with all bytes that earlier calls saw, unchanged
 * @len: bytes in @buf; not less than before; may go beyond the message
 *
 * The result depends on the bytes alone, not on the pieces they came in.
 *
 * Context: any; pure. Linear in the bytes added since the last call.
 * Return: enum tls_hello_result, also kept in @h.
 */
enum tls_hello_result tls_hello_parse(struct tls_hello *h, const u8 *buf, u32 len);

/**
 * tls_hello_read() - take a request from a ClientHello
 * @request: result; points into @room; the client is left to the caller
 * @h: its result was TLS_HELLO_DONE
 * @buf: its buffer
 * @room: @h->len bytes
 *
 * Of a name only what could be a host counts: one that is none makes the message malformed. ECH's
 * server name is the outer one, since that is what can be read.
 *
 * Context: any; pure. Linear in the message.
 * Return: TLS_HELLO_HAS_*, or -EINVAL if the message contradicts itself; then nothing is in
 *	@request.
 */
int tls_hello_read(struct rule_request *request, const struct tls_hello *h, const u8 *buf,
		   u8 *room);

#endif /* BTCP_TLS_HELLO_H */
