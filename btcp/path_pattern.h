/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rule's condition on the path: exact "/a", prefix "/img/" and a star, suffix "*.jpg". Compared
 * byte by byte, with case, with the path as http_path_normalise() leaves it.
 */
#ifndef BTCP_PATH_PATTERN_H
#define BTCP_PATH_PATTERN_H

#include "btcp/pattern.h"
#include "btcp/pure.h"

/**
 * path_pattern_parse() - read a pattern as an operator writes it
 * @p: result; undefined if refused
 * @text: the pattern; need not be terminated
 * @len: bytes in @text
 *
 * What could never match, because no normalised path looks like it, is refused.
 *
 * Context: any; pure.
 * Return: NULL, or a sentence that says what is wrong, fit for extack.
 */
const char *path_pattern_parse(struct pattern *p, const char *text, size_t len);

#endif /* BTCP_PATH_PATTERN_H */
