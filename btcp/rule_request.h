/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rules look at, in the form in which they compare it.
 */
#ifndef BTCP_RULE_REQUEST_H
#define BTCP_RULE_REQUEST_H

#include "btcp/http_head.h"
#include "btcp/pure.h"

/**
 * struct rule_request - what is asked, and by whom
 * @host: in lower case, without port and one trailing dot
 * @path: as http_path_normalise() leaves it
 * @method: as sent
 * @line: the header lines, @lines of them
 * @client: the client's address, big-endian
 * @sni: the server name of a ClientHello, in lower case, without a trailing dot
 * @alpn: a ClientHello's ProtocolNameList (RFC 7301 3.1) without the length in front: protocols,
 *	each behind its length in a byte
 * @host_len: bytes in @host; 0: there is none (HTTP/1.0, TLS)
 * @path_len: bytes in @path; 0: there is none (CONNECT, "OPTIONS *", TLS)
 * @method_len: bytes in @method; 0: there is none (TLS)
 * @lines: how many header lines
 * @client_len: 4, 16, or 0: it is not known
 * @sni_len: bytes in @sni; 0: there is none
 * @alpn_len: bytes in @alpn; 0: there is none
 */
struct rule_request {
	const u8 *host;
	const u8 *path;
	const u8 *method;
	const struct http_line *line;
	const u8 *client;
	const u8 *sni;
	const u8 *alpn;
	u32 host_len;
	u32 path_len;
	u32 method_len;
	u32 lines;
	u32 client_len;
	u32 sni_len;
	u32 alpn_len;
};

/**
 * rule_request_room() - what rule_request_read() needs
 * @head: a head whose result was HTTP_HEAD_DONE
 *
 * Context: any; pure.
 * Return: bytes, perhaps 0.
 */
u32 rule_request_room(const struct http_head *head);

/**
 * rule_request_read() - take a request from its head
 * @request: result; points into @buf and @room; client, SNI and ALPN are left to the caller
 * @head: a head whose result was HTTP_HEAD_DONE
 * @buf: its buffer
 * @room: rule_request_room() bytes, aligned for pointers
 *
 * Context: any; pure. Linear in the head.
 * Return: 0; -EINVAL if the path is one whose answer is 400.
 */
int rule_request_read(struct rule_request *request, const struct http_head *head, const u8 *buf,
		      void *room);

#endif /* BTCP_RULE_REQUEST_H */
