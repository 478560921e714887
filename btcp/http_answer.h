/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The front-end's own answers. They are a function of status and method alone, so that the segment
 * can be built again, byte for byte, whenever the client retransmits, instead of being kept.
 */
#ifndef BTCP_HTTP_ANSWER_H
#define BTCP_HTTP_ANSWER_H

#include "btcp/pure.h"

#define HTTP_ANSWER_MAX		512	/* bytes; fits every MSS from 536 on */

/**
 * http_answer_build() - write a complete response
 * @out: where to
 * @size: bytes at @out; HTTP_ANSWER_MAX always suffices
 * @status: 400, 404, 408, 431 or 503
 * @head_only: the request's method was HEAD: no body, but the Content-Length it would have had
 *	(RFC 9110 9.3.2)
 *
 * Context: any; pure.
 * Return: bytes written; 0 for another status or too small a buffer.
 */
u32 http_answer_build(u8 *out, u32 size, u16 status, bool head_only);

#endif /* BTCP_HTTP_ANSWER_H */
