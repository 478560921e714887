/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rule's condition on the path: exact "/a", prefix "/img/" and a star, suffix "*.jpg". Compared
 * byte by byte, with case, with the path as http_path_normalise() leaves it.
 */
#ifndef BTCP_PATH_PATTERN_H
#define BTCP_PATH_PATTERN_H

#include "btcp/pure.h"

#define PATH_PATTERN_MAX	255	/* bytes as written, the star included */

enum path_pattern_kind {
	PATH_EXACT,
	PATH_PREFIX,
	PATH_SUFFIX,
};

/**
 * struct path_pattern - a parsed pattern
 * @kind: enum path_pattern_kind
 * @len: bytes in @text
 * @text: what must be equal: the pattern without its star; not terminated
 */
struct path_pattern {
	u8 kind;
	u8 len;
	u8 text[PATH_PATTERN_MAX];
};

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
const char *path_pattern_parse(struct path_pattern *p, const char *text, size_t len);

/**
 * path_pattern_match() - does a path satisfy the pattern?
 * @p: a parsed pattern
 * @path: as http_path_normalise() left it
 * @len: bytes in @path; 0 (no path: CONNECT, "OPTIONS *") matches no pattern
 *
 * Context: any; pure.
 */
bool path_pattern_match(const struct path_pattern *p, const u8 *path, u32 len);

/**
 * path_pattern_print() - the pattern as it was written
 * @p: a parsed pattern
 * @out: room for PATH_PATTERN_MAX + 1 bytes; terminated
 *
 * Context: any; pure.
 * Return: bytes written, without the terminator.
 */
u32 path_pattern_print(const struct path_pattern *p, char *out);

#endif /* BTCP_PATH_PATTERN_H */
