/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of a service, found by what a request has, not by trying one after the other.
 *
 * Each rule is filed once, under a key taken from its conditions: the host with the path, or a
 * server name, a method, a client's prefix, a protocol, a header or cookie with its value. A
 * request is looked up under all keys that it has; what is found there is only then compared in
 * full, and the lowest pref wins. So the cost is that of the keys of the request.
 *
 * As with the tries it consists of, a change makes a new version.
 */
#ifndef BTCP_RULE_INDEX_H
#define BTCP_RULE_INDEX_H

#include "btcp/pure.h"
#include "btcp/rule.h"
#include "btcp/rule_place.h"
#include "btcp/trie.h"

/**
 * struct rule_index - one version; all zero: no rules
 * @root: of the tries
 * @count: rules
 */
struct rule_index {
	struct trie_node *root[RULE_MAPS];
	u32 count;
};

/**
 * rule_index_add() - make the next version, with a rule more
 * @index: the version, replaced by the next
 * @edit: change
 * @rule: has a condition, and a pref that no other has; @rule->filed is set
 *
 * Context: as @edit's alloc.
 * Return: 0 or -ENOMEM; then the change is to be given up, and @index is of no use.
 */
int rule_index_add(struct rule_index *index, struct trie_edit *edit, struct rule *rule);

/**
 * rule_index_remove() - make the next version, without a rule
 * @index: the version, replaced by the next
 * @edit: change
 * @rule: one of its rules
 *
 * Context: as @edit's alloc.
 * Return: 0 or -ENOMEM; then the change is to be given up, and @index is of no use.
 */
int rule_index_remove(struct rule_index *index, struct trie_edit *edit, const struct rule *rule);

/**
 * rule_index_clear() - make the next version, without any rule; cannot fail
 * @index: the version, replaced by the next
 * @edit: change
 *
 * Context: any; pure. Linear in the nodes there are.
 */
void rule_index_clear(struct rule_index *index, struct trie_edit *edit);

/**
 * rule_index_match() - the rule of the lowest pref all of whose conditions hold
 * @index: a version
 * @request: what is asked
 *
 * Context: any; pure; for a reader, RCU read side.
 * Return: the rule or NULL.
 */
const struct rule *rule_index_match(const struct rule_index *index,
				    const struct rule_request *request);

#endif /* BTCP_RULE_INDEX_H */
