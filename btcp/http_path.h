/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A path as nginx's $uri has it, so that a rule matches exactly what the server will serve.
 */
#ifndef BTCP_HTTP_PATH_H
#define BTCP_HTTP_PATH_H

#include "btcp/pure.h"

/**
 * http_path_normalise() - decode each %XX once, merge slashes, remove dot segments (RFC 3986
 * 5.2.4, 6.2.2)
 * @out: room for @len bytes; may be @path itself
 * @path: the path as sent; a query or fragment behind it is left out
 * @len: bytes in @path
 *
 * As in nginx, a decoded slash or dot counts as one that was sent; a decoded '?', '#' or '%' is an
 * ordinary byte.
 *
 * Context: any; pure.
 * Return: bytes in @out (1 to @len); -EINVAL where the answer is 400: no leading slash, above the
 * root, %00, a bad %.
 */
int http_path_normalise(u8 *out, const u8 *path, u32 len);

#endif /* BTCP_HTTP_PATH_H */
