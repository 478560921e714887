// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"
#include "btcp/trie.h"

#define SAME	(~0U)	/* of two keys without a difference */

struct trie_branch {
	struct trie_node node;
	struct trie_node *child[];
};

static struct trie_branch *branch_of(const struct trie_node *node)
{
	return (struct trie_branch *)node;
}

static struct trie_leaf *leaf_of(const struct trie_node *node)
{
	return (struct trie_leaf *)node;
}

/* The bit that stands for half-byte @at of a key, which is in @byte. */
static u32 half_bit(u8 byte, u32 at)
{
	return 2U << (at % 2 ? byte & 15 : byte >> 4);
}

static u32 bit_of(const u8 *key, u32 len, u32 at)
{
	return at / 2 < len ? half_bit(key[at / 2], at) : 1;
}

static u32 index_of(const struct trie_node *node, u32 bit)
{
	return hweight32(node->map & (bit - 1));
}

/* The child of a branch that a half-byte leads to, or NULL. */
static struct trie_node *child_of(const struct trie_node *node, u32 bit)
{
	return node->map & bit ? branch_of(node)->child[index_of(node, bit)] : NULL;
}

void *trie_alloc(struct trie_edit *edit, size_t size)
{
	struct trie_node *node = edit->alloc(size);

	if (!node)
		return NULL;
	node->stale = NULL;
	node->fresh = edit->fresh;
	edit->fresh = node;
	return node;
}

void trie_retire(struct trie_edit *edit, struct trie_node *node)
{
	node->stale = edit->stale;
	edit->stale = node;
}

static struct trie_branch *branch_alloc(struct trie_edit *edit, u32 map, u32 at)
{
	struct trie_branch *branch;

	branch = trie_alloc(edit, sizeof(*branch) + hweight32(map) * sizeof(*branch->child));
	if (branch) {
		branch->node.map = map;
		branch->node.at = at;
	}
	return branch;
}

/* @old with a child more, in its place by the bit of @at that leads to it. */
static struct trie_branch *branch_with(struct trie_edit *edit, struct trie_branch *old, u32 bit,
				       struct trie_node *child)
{
	u32 i = index_of(&old->node, bit), count = hweight32(old->node.map);
	struct trie_branch *branch = branch_alloc(edit, old->node.map | bit, old->node.at);

	if (!branch)
		return NULL;
	memcpy(branch->child, old->child, i * sizeof(*old->child));
	branch->child[i] = child;
	memcpy(branch->child + i + 1, old->child + i, (count - i) * sizeof(*old->child));
	trie_retire(edit, &old->node);
	return branch;
}

static struct trie_branch *branch_without(struct trie_edit *edit, struct trie_branch *old, u32 bit)
{
	u32 i = index_of(&old->node, bit), count = hweight32(old->node.map);
	struct trie_branch *branch = branch_alloc(edit, old->node.map & ~bit, old->node.at);

	if (!branch)
		return NULL;
	memcpy(branch->child, old->child, i * sizeof(*old->child));
	memcpy(branch->child + i, old->child + i + 1, (count - i - 1) * sizeof(*old->child));
	trie_retire(edit, &old->node);
	return branch;
}

/* Put a copy of the branch at @where in its place; NULL: no memory. */
static struct trie_branch *own(struct trie_edit *edit, struct trie_node **where)
{
	struct trie_branch *old = branch_of(*where), *copy;

	copy = branch_alloc(edit, old->node.map, old->node.at);
	if (!copy)
		return NULL;
	memcpy(copy->child, old->child, hweight32(old->node.map) * sizeof(*old->child));
	trie_retire(edit, &old->node);
	*where = &copy->node;
	return copy;
}

/* The half-byte in which two keys first differ. */
static u32 difference(const u8 *a, u32 a_len, const u8 *b, u32 b_len)
{
	u32 i, len = min_t(u32, a_len, b_len);

	for (i = 0; i < len && a[i] == b[i]; i++)
		;
	if (i == len)
		return a_len == b_len ? SAME : 2 * i;
	return 2 * i + !((a[i] ^ b[i]) >> 4);
}

/* A leaf that has as much in common with the key as any. */
static const struct trie_leaf *nearest(const struct trie_node *node, const u8 *key, u32 len)
{
	while (node->map)
		node = child_of(node, bit_of(key, len, node->at)) ?: branch_of(node)->child[0];
	return leaf_of(node);
}

int trie_put(struct trie_edit *edit, struct trie_node **root, struct trie_leaf *leaf)
{
	const u8 *key = leaf->key;
	u32 len = leaf->node.at, at, bit;
	struct trie_node **where = root;
	const struct trie_leaf *near;
	struct trie_branch *branch;

	leaf->node.map = 0;
	if (!*root) {
		*root = &leaf->node;
		return 0;
	}
	near = nearest(*root, key, len);
	at = difference(near->key, near->node.at, key, len);

	/* Down to where the difference shows: no branch before it can lack a child for the key. */
	while ((*where)->map && (*where)->at < at) {
		branch = own(edit, where);
		if (!branch)
			return -ENOMEM;
		where = &branch->child[index_of(&branch->node, bit_of(key, len, branch->node.at))];
	}
	if (at == SAME) {
		trie_retire(edit, *where);
		*where = &leaf->node;
		return 0;
	}
	bit = bit_of(key, len, at);
	if ((*where)->map && (*where)->at == at) {
		branch = branch_with(edit, branch_of(*where), bit, &leaf->node);
	} else {
		u32 other = bit_of(near->key, near->node.at, at);

		branch = branch_alloc(edit, bit | other, at);
		if (branch) {
			branch->child[bit > other] = &leaf->node;
			branch->child[bit < other] = *where;
		}
	}
	if (!branch)
		return -ENOMEM;
	*where = &branch->node;
	return 0;
}

int trie_remove(struct trie_edit *edit, struct trie_node **root, const u8 *key, u32 len)
{
	struct trie_node **where = root, *child;
	struct trie_branch *branch;
	u32 bit;

	if (!(*root)->map) {
		trie_retire(edit, *root);
		*root = NULL;
		return 0;
	}
	for (;;) {
		branch = branch_of(*where);
		bit = bit_of(key, len, branch->node.at);
		child = child_of(&branch->node, bit);
		if (!child->map)
			break;
		branch = own(edit, where);
		if (!branch)
			return -ENOMEM;
		where = &branch->child[index_of(&branch->node, bit)];
	}
	trie_retire(edit, child);
	if (hweight32(branch->node.map) == 2) {
		*where = branch->child[!index_of(&branch->node, bit)];
		trie_retire(edit, &branch->node);
		return 0;
	}
	branch = branch_without(edit, branch, bit);
	if (!branch)
		return -ENOMEM;
	*where = &branch->node;
	return 0;
}

struct trie_leaf *trie_get(const struct trie_node *root, const u8 *key, u32 len)
{
	struct trie_leaf *leaf;

	while (root && root->map)
		root = child_of(root, bit_of(key, len, root->at));
	if (!root)
		return NULL;
	leaf = leaf_of(root);
	return leaf->node.at == len && !memcmp(leaf->key, key, len) ? leaf : NULL;
}

struct trie_leaf *trie_get_caseless(const struct trie_node *root, const u8 *key, u32 len)
{
	struct trie_leaf *leaf;

	while (root && root->map) {
		u32 byte = root->at / 2;

		root = child_of(root, byte < len ? half_bit(http_lower_byte(key[byte]), root->at) :
						   1);
	}
	if (!root)
		return NULL;
	leaf = leaf_of(root);
	return leaf->node.at == len && http_same(key, leaf->key, len) ? leaf : NULL;
}

static bool begins_with(const struct trie_walk *walk, const struct trie_leaf *leaf)
{
	u32 len = leaf->node.at, i;

	if (len > walk->len)
		return false;
	if (walk->step == 1)
		return !memcmp(walk->first, leaf->key, len);
	for (i = 0; i < len; i++)
		if (walk->first[walk->step * (int)i] != leaf->key[i])
			return false;
	return true;
}

const struct trie_leaf *trie_walk_next(struct trie_walk *walk)
{
	const struct trie_node *node = walk->next;
	const struct trie_leaf *leaf = NULL;

	for (; node && !leaf; node = walk->next) {
		s32 byte = node->at / 2;

		walk->next = NULL;
		if (!node->map) {
			leaf = leaf_of(node);
			break;
		}
		if (byte < (s32)walk->len)
			walk->next = child_of(node, half_bit(walk->first[walk->step * byte],
							     node->at));
		if (node->map & 1)
			leaf = leaf_of(branch_of(node)->child[0]);
	}
	if (!leaf)
		return NULL;
	/* If the string does not begin with this, it does not with what begins with this. */
	if (!begins_with(walk, leaf)) {
		walk->next = NULL;
		return NULL;
	}
	return leaf;
}

u32 trie_children(const struct trie_node *node, struct trie_node *const **child)
{
	*child = branch_of(node)->child;
	return hweight32(node->map);
}
