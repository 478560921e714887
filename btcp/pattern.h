/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a rule's condition is compared with: a text, and where it must stand. Patterns are written
 * with a star, read by path_pattern.h and host_pattern.h, and kept without it.
 */
#ifndef BTCP_PATTERN_H
#define BTCP_PATTERN_H

#include "btcp/pure.h"

#define PATTERN_MAX	255	/* bytes as written, the star included */

/**
 * enum pattern_kind - where the text must stand
 * @PATTERN_EXACT: it is all there is
 * @PATTERN_PREFIX: in front: "/img/" and a star
 * @PATTERN_SUFFIX: at the end: "*.jpg"
 */
enum pattern_kind {
	PATTERN_EXACT,
	PATTERN_PREFIX,
	PATTERN_SUFFIX,
};

/**
 * struct pattern - a parsed pattern
 * @kind: enum pattern_kind
 * @len: bytes in @text
 * @text: what must be equal: the pattern without its star; not terminated
 */
struct pattern {
	u8 kind;
	u8 len;
	u8 text[PATTERN_MAX];
};

/**
 * pattern_match() - does a string satisfy a pattern?
 * @kind: enum pattern_kind
 * @text: the pattern's text
 * @text_len: bytes in @text
 * @s: the string
 * @len: bytes in @s; 0 (it is not there) matches no pattern
 *
 * Context: any; pure.
 */
bool pattern_match(u8 kind, const u8 *text, u32 text_len, const u8 *s, u32 len);

/**
 * pattern_print() - a pattern as it was written
 * @kind: enum pattern_kind
 * @text: the pattern's text
 * @len: bytes in @text, less than PATTERN_MAX if there is a star to add
 * @out: room for PATTERN_MAX + 1 bytes; terminated
 *
 * Context: any; pure.
 * Return: bytes written, without the terminator.
 */
u32 pattern_print(u8 kind, const u8 *text, u32 len, char *out);

#endif /* BTCP_PATTERN_H */
