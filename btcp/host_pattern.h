/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rule's condition on the host, or on a server name of TLS: exact, or "*.example.com", which is
 * any name with one or more labels before ".example.com". Compared in lower case, without port and
 * without one trailing dot.
 */
#ifndef BTCP_HOST_PATTERN_H
#define BTCP_HOST_PATTERN_H

#include "btcp/pattern.h"
#include "btcp/pure.h"

/**
 * host_pattern_parse() - read a pattern as an operator writes it
 * @p: result, in lower case and without a trailing dot; undefined if refused
 * @text: the pattern; need not be terminated
 * @len: bytes in @text
 *
 * Context: any; pure.
 * Return: NULL, or a sentence that says what is wrong, fit for extack.
 */
const char *host_pattern_parse(struct pattern *p, const char *text, size_t len);

#endif /* BTCP_HOST_PATTERN_H */
