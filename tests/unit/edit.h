/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of tries as the kernel makes them: memory that may run out, and what becomes of the
 * nodes of a change that is done, or given up.
 */
#ifndef TESTS_EDIT_H
#define TESTS_EDIT_H

#include <stdlib.h>

#include "btcp/trie.h"

/* So many nodes may still be had; negative: any number */
static long edit_memory = -1;
static size_t edit_nodes;	/* how many there are */

static inline void *edit_alloc(size_t size)
{
	if (!edit_memory)
		return NULL;
	edit_memory -= edit_memory > 0;
	edit_nodes++;
	return malloc(size);
}

static inline struct trie_edit edit_begin(void)
{
	return (struct trie_edit){ .alloc = edit_alloc };
}

/* Nobody is in an old version any more. */
static inline void edit_done(struct trie_edit *edit)
{
	struct trie_node *node, *next;

	for (node = edit->stale; node; node = next) {
		next = node->stale;
		free(node);
		edit_nodes--;
	}
}

static inline void edit_give_up(struct trie_edit *edit)
{
	struct trie_node *node, *next;

	for (node = edit->fresh; node; node = next) {
		next = node->fresh;
		free(node);
		edit_nodes--;
	}
}

#endif /* TESTS_EDIT_H */
