/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map from byte strings to leaves, which can be asked for all keys that a string begins with. A
 * look-up's time depends on the string and on where keys differ along it, hardly on how many there
 * are.
 *
 * A version never changes: a change makes the next one, which shares with it all but the nodes on
 * the way to what changed. So readers need nothing but the root of a version, and the nodes that
 * only old versions have are freed when no reader can be in these any more.
 *
 * It is a Patricia trie (Morrison, 1968) with a branch for each half-byte in which keys differ,
 * whose children are counted by the bits of a map instead of having 16 places.
 */
#ifndef BTCP_TRIE_H
#define BTCP_TRIE_H

#include "btcp/pure.h"

#define TRIE_KEY_MAX	1024	/* bytes */

/**
 * struct trie_node - what branches and leaves begin with
 * @fresh: next in struct trie_edit.fresh
 * @stale: next in struct trie_edit.stale; not looked at by readers, who may still be here
 * @map: of a branch: the children there are, bit 0 for the key that ends here, bit 1 + n for those
 *	that go on with half-byte n; 0: it is a leaf
 * @at: of a branch: the half-byte looked at, counted from the key's start; of a leaf: bytes in its
 *	key
 */
struct trie_node {
	struct trie_node *fresh;
	struct trie_node *stale;
	u32 map;
	u32 at;
};

/**
 * struct trie_leaf - what a key leads to; the caller's, who embeds it in front
 * @node: @node.map is 0, @node.at the bytes in @key
 * @key: lives as long as the leaf
 */
struct trie_leaf {
	struct trie_node node;
	const u8 *key;
};

/**
 * struct trie_edit - a change under way, of one or several tries
 * @alloc: memory for a node, NULL if there is none
 * @fresh: nodes made for it; to be freed if it is given up
 * @stale: nodes that only versions before it have; to be freed, once it is done, when these have no
 *	readers any more
 *
 * A node can be on both lists, if it was made and replaced within one change; so only one of them
 * is to be walked.
 */
struct trie_edit {
	void *(*alloc)(size_t size);
	struct trie_node *fresh;
	struct trie_node *stale;
};

/**
 * struct trie_walk - a walk over the keys that a string begins with, shortest first
 * @next: where to go on; to begin, the root
 * @first: the string's first byte
 * @len: bytes in the string
 * @step: from one byte to the next: 1, or -1 for a string that is read from its end
 */
struct trie_walk {
	const struct trie_node *next;
	const u8 *first;
	u32 len;
	int step;
};

/**
 * trie_alloc() - memory for a leaf
 * @edit: change
 * @size: bytes
 *
 * Context: as @edit's alloc.
 * Return: the node, of which only the links are set, or NULL.
 */
void *trie_alloc(struct trie_edit *edit, size_t size);

/**
 * trie_retire() - a node is not used by the next version
 * @edit: change
 * @node: node
 *
 * Context: any; pure.
 */
void trie_retire(struct trie_edit *edit, struct trie_node *node);

/**
 * trie_put() - add a leaf, or replace the one of the same key, which is retired
 * @edit: change
 * @root: of the version; replaced by that of the next. NULL: no keys
 * @leaf: from trie_alloc(), complete; its key has at most TRIE_KEY_MAX bytes
 *
 * Context: as @edit's alloc.
 * Return: 0 or -ENOMEM; then the change is to be given up, and @root is of no use.
 */
int trie_put(struct trie_edit *edit, struct trie_node **root, struct trie_leaf *leaf);

/**
 * trie_remove() - take the leaf of a key out, and retire it
 * @edit: change
 * @root: of the version, replaced by that of the next
 * @key: a key that is there
 * @len: bytes in @key
 *
 * Context: as @edit's alloc.
 * Return: 0 or -ENOMEM; then the change is to be given up, and @root is of no use.
 */
int trie_remove(struct trie_edit *edit, struct trie_node **root, const u8 *key, u32 len);

/**
 * trie_get() - the leaf of a key
 * @root: of a version
 * @key: key
 * @len: bytes in @key
 *
 * Context: any; pure; for a reader, RCU read side.
 * Return: the leaf or NULL.
 */
struct trie_leaf *trie_get(const struct trie_node *root, const u8 *key, u32 len);

/**
 * trie_get_caseless() - the leaf of a key, whatever the case of its ASCII letters
 * @root: of a version of a trie whose keys are in lower case
 * @key: key
 * @len: bytes in @key
 *
 * Context: any; pure; for a reader, RCU read side.
 * Return: the leaf or NULL.
 */
struct trie_leaf *trie_get_caseless(const struct trie_node *root, const u8 *key, u32 len);

/**
 * trie_walk_next() - the next key that the string begins with
 * @walk: begun by setting all its fields
 *
 * Context: any; pure; for a reader, RCU read side.
 * Return: its leaf, or NULL when there are no more.
 */
const struct trie_leaf *trie_walk_next(struct trie_walk *walk);

/**
 * trie_children() - a node's children, for who frees a whole version
 * @node: node
 * @child: result: the first
 *
 * Context: any; pure.
 * Return: how many there are; 0 for a leaf.
 */
u32 trie_children(const struct trie_node *node, struct trie_node *const **child);

#endif /* BTCP_TRIE_H */
