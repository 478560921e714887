/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rule's conditions as an operator writes them, collected until the rule can be made in one
 * piece. What could never match, or matches only by accident, is refused with a sentence.
 */
#ifndef BTCP_RULE_DRAFT_H
#define BTCP_RULE_DRAFT_H

#include "btcp/pure.h"
#include "btcp/rule.h"

#define RULE_CONDITIONS_MAX	32	/* of one rule */
#define RULE_TEXT_MAX		4096	/* bytes of their texts: so that a rule fits a message */
#define RULE_PAIR_MAX		511	/* bytes of NAME=VALUE: 255 of each */
#define RULE_PRINT_MAX		(RULE_PAIR_MAX + 1)

/**
 * struct rule_draft - conditions so far
 * @count: of @condition
 * @used: bytes in @text
 * @condition: they point into @text
 * @text: theirs
 */
struct rule_draft {
	u32 count;
	u32 used;
	struct rule_condition condition[RULE_CONDITIONS_MAX];
	u8 text[RULE_TEXT_MAX];
};

/**
 * rule_draft_init() - begin
 * @draft: need not be initialised
 *
 * Context: any; pure.
 */
void rule_draft_init(struct rule_draft *draft);

/**
 * rule_draft_text() - add a condition that is written as a text
 * @draft: draft
 * @kind: any enum rule_kind but RULE_SRC; not less than that of the condition before
 * @text: as written: a pattern, a method, a protocol, NAME=VALUE; need not be terminated
 * @len: bytes in @text
 *
 * Context: any; pure.
 * Return: NULL, or a sentence that says what is wrong, fit for extack.
 */
const char *rule_draft_text(struct rule_draft *draft, u8 kind, const char *text, size_t len);

/**
 * rule_draft_src() - add a condition on the client's address
 * @draft: draft; no condition of a greater kind is in it
 * @addr: big-endian
 * @len: 4 or 16, bytes in @addr
 * @bits: length of the prefix
 *
 * Context: any; pure.
 * Return: NULL, or a sentence that says what is wrong, fit for extack.
 */
const char *rule_draft_src(struct rule_draft *draft, const u8 *addr, u32 len, u32 bits);

/**
 * rule_draft_take() - add those conditions of a rule that are of a kind
 * @draft: draft; no condition of a greater kind is in it
 * @rule: rule
 * @kind: enum rule_kind
 *
 * Context: any; pure.
 * Return: NULL, or a sentence that says what is wrong, fit for extack.
 */
const char *rule_draft_take(struct rule_draft *draft, const struct rule *rule, u8 kind);

/**
 * rule_draft_size() - how big the rule is
 * @draft: complete
 *
 * Context: any; pure.
 * Return: bytes of struct rule with all that belongs to it.
 */
size_t rule_draft_size(const struct rule_draft *draft);

/**
 * rule_draft_finish() - make the rule
 * @draft: complete
 * @rule: room for rule_draft_size() bytes; pref is left to the caller
 *
 * Context: any; pure.
 */
void rule_draft_finish(const struct rule_draft *draft, struct rule *rule);

/**
 * rule_condition_print() - a condition as it was written; not for RULE_SRC
 * @condition: condition
 * @out: room for RULE_PRINT_MAX bytes; terminated
 *
 * Context: any; pure.
 */
void rule_condition_print(const struct rule_condition *condition, char *out);

#endif /* BTCP_RULE_DRAFT_H */
