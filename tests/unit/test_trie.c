// SPDX-License-Identifier: GPL-2.0
/*
 * Against a list of keys. Bytes are chosen so that keys differ in either half, and begin with one
 * another often.
 */
#include "btcp/trie.h"
#include "edit.h"
#include "unit.h"

#define KEY_LEN_MAX	5
#define KEYS_MAX	4000	/* 5^0 + ... + 5^5 is 3906 */

static const u8 alphabet[] = { 0x00, 0x01, 0x10, 0x61, 0xff };

struct key {
	u8 text[KEY_LEN_MAX];
	u32 len;
};

/* A version, and what it should be */
struct version {
	struct trie_node *root;
	struct key key[KEYS_MAX];
	u32 count;
};

static u32 seed = 20260811;

static struct key random_key(u32 len_max)
{
	struct key key = { .len = unit_random(&seed) % (len_max + 1) };
	u32 i;

	for (i = 0; i < key.len; i++)
		key.text[i] = alphabet[unit_random(&seed) % sizeof(alphabet)];
	return key;
}

static bool same(const struct key *a, const struct key *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

static u32 find(const struct version *v, const struct key *key)
{
	u32 i;

	for (i = 0; i < v->count && !same(&v->key[i], key); i++)
		;
	return i;
}

static struct trie_leaf *new_leaf(struct trie_edit *edit, const struct key *key)
{
	struct trie_leaf *leaf = trie_alloc(edit, sizeof(*leaf) + key->len);

	if (!leaf)
		return NULL;
	leaf->node.at = key->len;
	leaf->key = memcpy(leaf + 1, key->text, key->len);
	return leaf;
}

static int put(struct version *v, struct trie_edit *edit, const struct key *key)
{
	struct trie_leaf *leaf = new_leaf(edit, key);
	int err = leaf ? trie_put(edit, &v->root, leaf) : -ENOMEM;

	if (!err && find(v, key) == v->count)
		v->key[v->count++] = *key;
	return err;
}

static int drop(struct version *v, struct trie_edit *edit, u32 i)
{
	struct key key = v->key[i];

	v->key[i] = v->key[--v->count];
	return trie_remove(edit, &v->root, key.text, key.len);
}

/* All keys that a string begins with, and no others, shortest first */
static void check_walk(const struct version *v, const struct key *string, bool backwards)
{
	u8 turned[KEY_LEN_MAX + 1];
	struct trie_walk walk = { .next = v->root, .len = string->len };
	const struct trie_leaf *leaf;
	u32 found = 0, want = 0, len = 0, i;

	for (i = 0; i < string->len; i++)
		turned[i] = string->text[string->len - 1 - i];
	walk.first = backwards ? turned + string->len - 1 : string->text;
	walk.step = backwards ? -1 : 1;
	if (!string->len)
		walk.first = string->text;
	while ((leaf = trie_walk_next(&walk))) {
		assert_true(!found || leaf->node.at > len);
		len = leaf->node.at;
		assert_true(len <= string->len && !memcmp(leaf->key, string->text, len));
		found++;
	}
	for (i = 0; i < v->count; i++)
		want += v->key[i].len <= string->len &&
			!memcmp(v->key[i].text, string->text, v->key[i].len);
	assert_int_equal(found, want);
}

static void check(const struct version *v)
{
	struct key string = random_key(KEY_LEN_MAX);
	const struct trie_leaf *leaf = trie_get(v->root, string.text, string.len);

	assert_int_equal(!leaf, find(v, &string) == v->count);
	if (leaf)
		assert_memory_equal(leaf->key, string.text, string.len);
	check_walk(v, &string, false);
	check_walk(v, &string, true);
}

static void trie__nothing_and_one(void **state)
{
	struct trie_edit edit = edit_begin();
	struct key key = { "ab", 2 };
	struct version v = { };

	(void)state;
	check(&v);
	assert_null(trie_get(NULL, key.text, 0));
	assert_int_equal(put(&v, &edit, &key), 0);
	assert_non_null(trie_get(v.root, key.text, 2));
	assert_null(trie_get(v.root, key.text, 1));
	check_walk(&v, &key, false);
	assert_int_equal(drop(&v, &edit, 0), 0);
	assert_null(v.root);
	edit_done(&edit);
	assert_int_equal(edit_nodes, 0);
}

/* Growing and shrinking; each change leaves the version before it as it was. */
static void trie__against_a_list(void **state)
{
	static struct version now, before;
	u32 round, i, goal = 0;

	(void)state;
	for (round = 0; round < 20000; round++) {
		struct trie_edit edit = edit_begin();
		struct key key = random_key(KEY_LEN_MAX);

		if (round % 1000 == 0)
			goal = unit_random(&seed) % 600;
		before.root = now.root;
		before.count = now.count;
		memcpy(before.key, now.key, now.count * sizeof(*now.key));
		if (now.count && unit_random(&seed) % 100 < (now.count > goal ? 80 : 20))
			assert_int_equal(drop(&now, &edit, unit_random(&seed) % now.count), 0);
		else
			assert_int_equal(put(&now, &edit, &key), 0);
		for (i = 0; i < 3; i++) {
			check(&now);
			check(&before);
		}
		edit_done(&edit);
		check(&now);
	}
	while (now.count) {
		struct trie_edit edit = edit_begin();

		assert_int_equal(drop(&now, &edit, 0), 0);
		edit_done(&edit);
	}
	assert_null(now.root);
	assert_int_equal(edit_nodes, 0);
}

/* A change that finds no memory half way is given up without a trace. */
static void trie__no_memory(void **state)
{
	static struct version now, before;
	u32 round, i, failures = 0;

	(void)state;
	for (round = 0; round < 5000; round++) {
		struct trie_edit edit = edit_begin();
		struct key key = random_key(KEY_LEN_MAX);
		int err;

		before = now;
		edit_memory = unit_random(&seed) % 8;
		if (now.count > 200 || (now.count && unit_random(&seed) % 3 == 0))
			err = drop(&now, &edit, unit_random(&seed) % now.count);
		else
			err = put(&now, &edit, &key);
		edit_memory = -1;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			edit_give_up(&edit);
			now = before;
			failures++;
		} else {
			edit_done(&edit);
		}
		for (i = 0; i < 3; i++)
			check(&now);
	}
	assert_true(failures > 100);
	while (now.count) {
		struct trie_edit edit = edit_begin();

		assert_int_equal(drop(&now, &edit, 0), 0);
		edit_done(&edit);
	}
	assert_int_equal(edit_nodes, 0);
}

/* Two changes in one, the second of what the first made: each node is freed once. */
static void trie__several_changes_at_once(void **state)
{
	struct version v = { };
	u32 round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		struct trie_edit edit = edit_begin();
		struct version before = v;

		for (i = 0; i < 20; i++) {
			struct key key = random_key(3);

			if (v.count && i % 3 == 0)
				assert_int_equal(drop(&v, &edit, 0), 0);
			else
				assert_int_equal(put(&v, &edit, &key), 0);
		}
		check(&v);
		check(&before);
		if (round % 2) {
			edit_give_up(&edit);
			v = before;
		} else {
			edit_done(&edit);
		}
		check(&v);
	}
	while (v.count) {
		struct trie_edit edit = edit_begin();

		assert_int_equal(drop(&v, &edit, 0), 0);
		edit_done(&edit);
	}
	assert_int_equal(edit_nodes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trie__nothing_and_one),
		cmocka_unit_test(trie__against_a_list),
		cmocka_unit_test(trie__no_memory),
		cmocka_unit_test(trie__several_changes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
