// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_answer.h"

static const char *phrase(u16 status)
{
	switch (status) {
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 408:
		return "Request Timeout";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	default:
		return NULL;
	}
}

u32 http_answer_build(u8 *out, u32 size, u16 status, bool head_only)
{
	const char *words = phrase(status);
	char body[64];
	int body_len, len;

	if (!words)
		return 0;
	body_len = snprintf(body, sizeof(body), "%u %s\n", status, words);
	/*
	 * No Date: a retransmitted segment must not differ. no-store: caches may keep a 404 by
	 * default (RFC 9110 15.1), but ours speaks of this moment's rules, not of the content.
	 */
	len = snprintf((char *)out, size,
		       "HTTP/1.1 %u %s\r\n"
		       "Content-Type: text/plain\r\n"
		       "Content-Length: %d\r\n"
		       "Cache-Control: no-store\r\n"
		       "Connection: close\r\n"
		       "\r\n"
		       "%s",
		       status, words, body_len, head_only ? "" : body);
	return len > 0 && (u32)len < size ? len : 0;
}
