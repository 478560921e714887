// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_cookie.h"
#include "btcp/http_field.h"
#include "btcp/rule_index.h"
#include "btcp/rule_place.h"

/*
 * So many rules under one host and path, which every request has, cost less than a look at each of
 * its header lines.
 */
#define FEW	8

/**
 * struct rule_leaf - what a key leads to
 * @leaf: its key is behind @rule
 * @sub: tries of what comes with the key
 * @count: of @rule
 * @rule: that are filed under the key alone, by pref
 */
struct rule_leaf {
	struct trie_leaf leaf;
	struct trie_node *sub[RULE_SUBS];
	u32 count;
	const struct rule *rule[];
};

static const struct rule_leaf *leaf_of(const struct trie_leaf *leaf)
{
	return (const struct rule_leaf *)leaf;
}

static const struct rule_leaf *find(const struct trie_node *root, const u8 *key, u32 len)
{
	return leaf_of(trie_get(root, key, len));
}

static u32 neighbours(const struct rule_index *index, const struct rule_place *p)
{
	const struct rule_leaf *leaf = find(index->root[p->map], p->key, p->len);

	if (leaf && p->sub != RULE_ALONE)
		leaf = find(leaf->sub[p->sub], p->sub_key, p->sub_len);
	return leaf ? leaf->count : 0;
}

/* Under the first key that few share; if there is none, under the one that the fewest do. */
static void choose(const struct rule_index *index, struct rule *rule, struct rule_place *p)
{
	u32 i, n, best = 0, least = ~0U;

	for (i = 0; i < rule->count; i++) {
		rule_place(p, rule, i);
		n = neighbours(index, p);
		if (n < least) {
			least = n;
			best = i;
		}
		if (least < FEW)
			break;
	}
	rule->filed = best;
	rule_place(p, rule, best);
}

/* A leaf of this key, which takes over @old's tries and has room for @count rules. */
static struct rule_leaf *leaf_alloc(struct trie_edit *edit, const u8 *key, u32 len,
				    const struct rule_leaf *old, u32 count)
{
	struct rule_leaf *leaf;
	u32 i;

	leaf = trie_alloc(edit, sizeof(*leaf) + count * sizeof(*leaf->rule) + len);
	if (!leaf)
		return NULL;
	leaf->leaf.node.map = 0;
	leaf->leaf.node.at = len;
	leaf->leaf.key = memcpy(&leaf->rule[count], key, len);
	for (i = 0; i < RULE_SUBS; i++)
		leaf->sub[i] = old ? old->sub[i] : NULL;
	leaf->count = count;
	return leaf;
}

static struct rule_leaf *leaf_copy(struct trie_edit *edit, const u8 *key, u32 len,
				   const struct rule_leaf *old)
{
	u32 count = old ? old->count : 0;
	struct rule_leaf *leaf = leaf_alloc(edit, key, len, old, count);

	if (leaf && count)
		memcpy(leaf->rule, old->rule, count * sizeof(*old->rule));
	return leaf;
}

static u32 position(const struct rule_leaf *leaf, u32 pref)
{
	u32 low = 0, high = leaf ? leaf->count : 0;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (leaf->rule[middle]->pref < pref)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct rule_leaf *leaf_with(struct trie_edit *edit, const u8 *key, u32 len,
				   const struct rule_leaf *old, const struct rule *rule)
{
	u32 count = old ? old->count : 0, i = position(old, rule->pref);
	struct rule_leaf *leaf = leaf_alloc(edit, key, len, old, count + 1);

	if (!leaf)
		return NULL;
	if (count) {
		memcpy(leaf->rule, old->rule, i * sizeof(*old->rule));
		memcpy(leaf->rule + i + 1, old->rule + i, (count - i) * sizeof(*old->rule));
	}
	leaf->rule[i] = rule;
	return leaf;
}

static struct rule_leaf *leaf_without(struct trie_edit *edit, const u8 *key, u32 len,
				      const struct rule_leaf *old, const struct rule *rule)
{
	struct rule_leaf *leaf = leaf_alloc(edit, key, len, old, old->count - 1);
	u32 i = position(old, rule->pref);

	if (!leaf)
		return NULL;
	memcpy(leaf->rule, old->rule, i * sizeof(*old->rule));
	memcpy(leaf->rule + i, old->rule + i + 1, (leaf->count - i) * sizeof(*old->rule));
	return leaf;
}

typedef struct rule_leaf *(*change)(struct trie_edit *edit, const u8 *key, u32 len,
				    const struct rule_leaf *old, const struct rule *rule);

static int put(struct trie_edit *edit, struct trie_node **root, struct rule_leaf *leaf)
{
	if (!leaf)
		return -ENOMEM;
	if (leaf->count || leaf->sub[RULE_FRONT] || leaf->sub[RULE_END])
		return trie_put(edit, root, &leaf->leaf);
	/* It is not wanted after all. */
	trie_retire(edit, &leaf->leaf.node);
	return trie_remove(edit, root, leaf->leaf.key, leaf->leaf.node.at);
}

static int apply(struct rule_index *index, struct trie_edit *edit, const struct rule_place *p,
		 const struct rule *rule, change how)
{
	struct trie_node **root = &index->root[p->map];
	const struct rule_leaf *old = find(*root, p->key, p->len);
	struct rule_leaf *leaf;
	int err;

	if (p->sub == RULE_ALONE)
		return put(edit, root, how(edit, p->key, p->len, old, rule));

	leaf = leaf_copy(edit, p->key, p->len, old);
	if (!leaf)
		return -ENOMEM;
	old = find(leaf->sub[p->sub], p->sub_key, p->sub_len);
	err = put(edit, &leaf->sub[p->sub], how(edit, p->sub_key, p->sub_len, old, rule));
	return err ? err : put(edit, root, leaf);
}

int rule_index_add(struct rule_index *index, struct trie_edit *edit, struct rule *rule)
{
	struct rule_place p;

	choose(index, rule, &p);
	index->count++;
	return apply(index, edit, &p, rule, leaf_with);
}

int rule_index_remove(struct rule_index *index, struct trie_edit *edit, const struct rule *rule)
{
	struct rule_place p;

	rule_place(&p, rule, rule->filed);
	index->count--;
	return apply(index, edit, &p, rule, leaf_without);
}

/*
 * The list of stale nodes is the queue: each one's children go to its end, until there are none
 * left to look at.
 */
void rule_index_clear(struct rule_index *index, struct trie_edit *edit)
{
	struct trie_node *node = NULL, *first = NULL, **tail = &first;
	struct trie_node *const *child;
	u32 i, count;

	for (i = 0; i < RULE_MAPS; i++) {
		if (index->root[i]) {
			*tail = index->root[i];
			tail = &(*tail)->stale;
		}
	}
	*tail = NULL;
	for (node = first; node; node = node->stale) {
		if (node->map) {
			count = trie_children(node, &child);
		} else {
			child = leaf_of((struct trie_leaf *)node)->sub;
			count = RULE_SUBS;
		}
		for (i = 0; i < count; i++) {
			if (child[i]) {
				*tail = child[i];
				tail = &(*tail)->stale;
			}
		}
		*tail = NULL;
	}
	*tail = edit->stale;
	edit->stale = first;
	memset(index, 0, sizeof(*index));
}

/**
 * struct search - a look-up under way
 * @request: what is asked
 * @best: the rule of the lowest pref so far
 */
struct search {
	const struct rule_request *request;
	const struct rule *best;
};

static void try_rules(struct search *s, const struct rule_leaf *leaf)
{
	u32 i;

	for (i = 0; leaf && i < leaf->count; i++) {
		const struct rule *rule = leaf->rule[i];

		if (s->best && rule->pref >= s->best->pref)
			return;
		if (rule_matches(rule, s->request)) {
			s->best = rule;
			return;
		}
	}
}

static struct trie_walk forwards(const struct trie_node *root, const u8 *text, u32 len)
{
	return (struct trie_walk){ .next = root, .first = text, .len = len, .step = 1 };
}

static struct trie_walk backwards(const struct trie_node *root, const u8 *text, u32 len)
{
	return (struct trie_walk){ .next = root, .first = text + len - 1, .len = len, .step = -1 };
}

static void try_prefixes(struct search *s, struct trie_walk walk)
{
	const struct trie_leaf *leaf;

	while ((leaf = trie_walk_next(&walk)))
		try_rules(s, leaf_of(leaf));
}

static void try_host(struct search *s, const struct rule_leaf *leaf)
{
	const struct rule_request *r = s->request;

	if (!leaf)
		return;
	try_rules(s, leaf);
	if (!r->path_len)
		return;
	try_prefixes(s, forwards(leaf->sub[RULE_FRONT], r->path, r->path_len));
	try_prefixes(s, backwards(leaf->sub[RULE_END], r->path, r->path_len));
}

static void try_hosts(struct search *s, const struct rule_index *index)
{
	const struct rule_request *r = s->request;
	const struct trie_leaf *leaf;
	struct trie_walk walk;

	try_host(s, find(index->root[RULE_MAP_HOST], (const u8 *)"", 0));
	if (!r->host_len)
		return;
	try_host(s, find(index->root[RULE_MAP_HOST], r->host, r->host_len));
	walk = backwards(index->root[RULE_MAP_DOMAIN], r->host, r->host_len);
	while ((leaf = trie_walk_next(&walk)))
		try_host(s, leaf_of(leaf));
}

static void try_tls(struct search *s, const struct rule_index *index)
{
	const struct rule_request *r = s->request;
	const struct trie_node *alpn = index->root[RULE_MAP_ALPN];
	u32 pos = 0;

	if (r->sni_len) {
		try_rules(s, find(index->root[RULE_MAP_SNI], r->sni, r->sni_len));
		try_prefixes(s, backwards(index->root[RULE_MAP_SNI_DOMAIN], r->sni, r->sni_len));
	}
	while (alpn && pos < r->alpn_len && r->alpn[pos] < r->alpn_len - pos) {
		try_rules(s, find(alpn, r->alpn + pos + 1, r->alpn[pos]));
		pos += 1 + r->alpn[pos];
	}
}

static void try_client(struct search *s, const struct trie_node *root)
{
	const struct rule_request *r = s->request;
	u8 key[RULE_ADDR_KEY_MAX];
	u32 len;

	if (!root || !r->client_len)
		return;
	len = rule_place_addr(key, r->client, r->client_len, 8 * r->client_len);
	try_prefixes(s, forwards(root, key, len));
}

/* What is filed under a name, and under this value of it. */
static void try_value(struct search *s, const struct trie_leaf *name, const u8 *value, u32 len)
{
	if (name)
		try_rules(s, find(leaf_of(name)->sub[RULE_FRONT], value, len));
}

static void try_cookies(struct search *s, const struct trie_node *names,
			const struct http_line *line)
{
	struct http_cookie cookie;
	u32 pos = 0;

	while (http_cookie_next(line->value, line->value_len, &pos, &cookie))
		try_value(s, trie_get(names, cookie.name, cookie.name_len), cookie.value,
			  cookie.value_len);
}

static void try_lines(struct search *s, const struct trie_node *headers,
		      const struct trie_node *cookies)
{
	const struct rule_request *r = s->request;
	u32 i;

	for (i = 0; (headers || cookies) && i < r->lines; i++) {
		const struct http_line *line = &r->line[i];

		try_value(s, trie_get_caseless(headers, line->name, line->name_len), line->value,
			  line->value_len);
		if (cookies && http_is(line->name, line->name_len, "cookie"))
			try_cookies(s, cookies, line);
	}
}

const struct rule *rule_index_match(const struct rule_index *index,
				    const struct rule_request *request)
{
	struct search s = { .request = request };

	try_hosts(&s, index);
	try_tls(&s, index);
	if (request->method_len)
		try_rules(&s, find(index->root[RULE_MAP_METHOD], request->method,
				   request->method_len));
	try_client(&s, index->root[RULE_MAP_SRC]);
	try_lines(&s, index->root[RULE_MAP_HEADER], index->root[RULE_MAP_COOKIE]);
	return s.best;
}
