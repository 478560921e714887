/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rule: conditions that all must hold, and its place in the order of its service's rules.
 */
#ifndef BTCP_RULE_H
#define BTCP_RULE_H

#include "btcp/pattern.h"
#include "btcp/pure.h"
#include "btcp/rule_request.h"

/**
 * enum rule_kind - what a condition looks at
 * @RULE_HOST: the host, by pattern
 * @RULE_SNI: the server name of TLS, by pattern
 * @RULE_PATH: the path, by pattern
 * @RULE_METHOD: the method, with case
 * @RULE_SRC: the client's address, by prefix
 * @RULE_ALPN: any of the protocols that a ClientHello offers
 * @RULE_HEADER: any header line of this name, by its value
 * @RULE_COOKIE: any cookie of this name, by its value
 * @RULE_KINDS: how many kinds there are
 *
 * The last two may be there more than once in a rule. A rule's conditions stand in this order: the
 * ones that cost least to look at, and that tell most rules apart, are first.
 */
enum rule_kind {
	RULE_HOST,
	RULE_SNI,
	RULE_PATH,
	RULE_METHOD,
	RULE_SRC,
	RULE_ALPN,
	RULE_HEADER,
	RULE_COOKIE,
	RULE_KINDS,
};

/**
 * struct rule_condition - one of them
 * @text: a header's or cookie's name and, right behind it, its value; an address, big-endian; else
 *	what is compared
 * @len: bytes in @text behind the name
 * @kind: enum rule_kind
 * @how: enum pattern_kind; of RULE_SRC the prefix length in bits
 * @name_len: bytes of the name at @text; in lower case for a header; 0 for other kinds
 */
struct rule_condition {
	const u8 *text;
	u16 len;
	u8 kind;
	u8 how;
	u8 name_len;
};

/**
 * struct rule - a rule, in one piece with its texts
 * @pref: lowest first; unique among those that one index holds
 * @count: of @condition
 * @filed: rule_index.c: the condition that it is found by
 * @condition: by kind
 */
struct rule {
	u32 pref;
	u8 count;
	u8 filed;
	struct rule_condition condition[];
};

/**
 * rule_find() - the first condition of a kind
 * @rule: rule
 * @kind: enum rule_kind
 *
 * Context: any; pure.
 * Return: the condition or NULL.
 */
const struct rule_condition *rule_find(const struct rule *rule, u8 kind);

/**
 * rule_matches() - do all conditions hold?
 * @rule: rule
 * @request: what is asked
 *
 * Context: any; pure.
 */
bool rule_matches(const struct rule *rule, const struct rule_request *request);

#endif /* BTCP_RULE_H */
