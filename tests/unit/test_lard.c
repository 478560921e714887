// SPDX-License-Identifier: GPL-2.0
#include "btcp/lard.h"
#include "unit.h"

#define SET(a, b, c, d)	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24)
#define AT(second)	((u64)(second) << 32)

static const struct lard_terms terms = { .low = 25, .high = 65, .keep = 20, .now = 1000 };

/* Members are numbered from 1 in sets, from 0 in what is chosen. */
static void lard_choose__by_load(void **state)
{
	static const struct {
		const char *label;
		struct lard_node node[3];
		u64 set;
		int chosen;
		u64 after;
	} rows[] = {
		{ "a new target: who has least", { { 1, 5 }, { 1, 3 }, { 1, 4 } }, 0,
		  1, SET(2, 0, 0, 0) | AT(1000) },
		{ "for its weight", { { 4, 5 }, { 1, 3 }, { 1, 4 } }, 0,
		  0, SET(1, 0, 0, 0) | AT(1000) },
		{ "its own, whoever has less", { { 1, 65 }, { 1, 0 }, { 1, 0 } },
		  SET(1, 0, 0, 0) | AT(1), 0, SET(1, 0, 0, 0) | AT(1) },
		{ "much, and somebody has little", { { 1, 66 }, { 1, 30 }, { 1, 24 } },
		  SET(1, 0, 0, 0) | AT(1), 2, SET(1, 3, 0, 0) | AT(1000) },
		{ "much, but nobody has little", { { 1, 129 }, { 1, 30 }, { 1, 25 } },
		  SET(1, 0, 0, 0) | AT(1), 0, SET(1, 0, 0, 0) | AT(1) },
		{ "too much", { { 1, 130 }, { 1, 100 }, { 1, 99 } },
		  SET(1, 0, 0, 0) | AT(1), 2, SET(1, 3, 0, 0) | AT(1000) },
		{ "too much, but nobody has less", { { 1, 130 }, { 1, 140 }, { 1, 150 } },
		  SET(1, 0, 0, 0) | AT(1), 0, SET(1, 0, 0, 0) | AT(1) },
		{ "a light one has much sooner", { { 1, 17 }, { 4, 24 }, { 4, 30 } },
		  SET(1, 0, 0, 0) | AT(1), 1, SET(1, 2, 0, 0) | AT(1000) },
		{ "the least of its set", { { 1, 9 }, { 1, 7 }, { 1, 0 } },
		  SET(1, 2, 0, 0) | AT(990), 1, SET(1, 2, 0, 0) | AT(990) },
		{ "not for longer than it was", { { 1, 9 }, { 1, 7 }, { 1, 0 } },
		  SET(1, 2, 0, 0) | AT(980), 1, SET(1, 2, 0, 0) | AT(980) },
		{ "then the most loaded goes", { { 1, 9 }, { 1, 7 }, { 1, 0 } },
		  SET(1, 2, 0, 0) | AT(979), 1, SET(2, 0, 0, 0) | AT(1000) },
		{ "of equals the newer", { { 1, 7 }, { 1, 7 }, { 1, 0 } },
		  SET(1, 2, 0, 0) | AT(1), 0, SET(1, 0, 0, 0) | AT(1000) },
		{ "one that is away is replaced", { { 0, 0 }, { 1, 7 }, { 1, 6 } },
		  SET(1, 0, 0, 0) | AT(1), 2, SET(1, 3, 0, 0) | AT(1000) },
		{ "and gone when it stays away", { { 0, 0 }, { 1, 7 }, { 1, 6 } },
		  SET(1, 3, 0, 0) | AT(900), 2, SET(3, 0, 0, 0) | AT(1000) },
		{ "nobody is there", { { 0, 0 }, { 0, 7 }, { 0, 6 } },
		  SET(1, 0, 0, 0) | AT(1), -1, SET(1, 0, 0, 0) | AT(1) },
		{ "a member that is no more", { { 1, 5 }, { 1, 3 }, { 1, 4 } },
		  SET(9, 0, 0, 0) | AT(1), 1, SET(2, 0, 0, 0) | AT(1000) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		u64 set = rows[i].set;

		assert_row(rows[i].label,
			   lard_choose(&set, rows[i].node, 3, 0, &terms) == rows[i].chosen);
		assert_row(rows[i].label, set == rows[i].after);
	}
}

static void lard_choose__among_equals_from_the_first(void **state)
{
	static const struct lard_node node[] = {
		{ 1, 2 }, { 1, 2 }, { 1, 2 }, { 1, 2 }, { 1, 3 },
	};

	(void)state;
	for (u32 first = 0; first < 20; first++) {
		u64 set = 0;

		assert_int_equal(lard_choose(&set, node, 5, first, &terms),
				 first % 5 == 4 ? 0 : first % 5);
	}
}

/* A target that is asked for without end gets four, and no fifth, and gives them back. */
static void lard_choose__a_set_grows_and_shrinks(void **state)
{
	struct lard_terms at = terms;
	struct lard_node node[6];
	u64 set = 0;
	u32 i;

	(void)state;
	/* The clock's last seconds before it wraps */
	at.now = -2U;
	for (i = 0; i < 6; i++)
		node[i] = (struct lard_node){ .weight = 3 };
	for (i = 0; i < 6 * 130; i++, at.now += !(i % 100)) {
		int chosen = lard_choose(&set, node, 6, 0, &at);

		assert_in_range(chosen, 0, 5);
		node[chosen].load++;
		assert_in_range(lard_size(set), 1, LARD_SET);
	}
	assert_int_equal(lard_size(set), LARD_SET);
	for (i = 0; i < 6; i++)
		node[i].load = 1;
	for (i = LARD_SET; i > 1; i--) {
		assert_int_equal(lard_size(set), i);
		at.now += at.keep + 1;
		lard_choose(&set, node, 6, 0, &at);
	}
	assert_int_equal(lard_size(set), 1);
	at.now += at.keep + 1;
	lard_choose(&set, node, 6, 0, &at);
	assert_int_equal(lard_size(set), 1);
}

/**
 * struct cache - a back-end's, least recently used goes first
 * @page: they, the newest first
 */
struct cache {
	u32 page[64];
};

static bool hit(struct cache *cache, u32 page)
{
	bool found;
	u32 i;

	for (i = 0; i < 63 && cache->page[i] != page; i++)
		;
	found = cache->page[i] == page;
	memmove(cache->page + 1, cache->page, i * sizeof(*cache->page));
	cache->page[0] = page;
	return found;
}

/* What it is for: a working set twice as big as a cache, four back-ends, some requests at once. */
static void lard_choose__caches_add_up(void **state)
{
	static struct cache by_turn[4], by_lard[4];
	static u64 set[129];
	u32 hits_turn = 0, hits_lard = 0, seed = 1, queue[40] = { 0 };
	struct lard_node node[4] = { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 1, 0 } };

	(void)state;
	for (u32 i = 0; i < 20000; i++) {
		struct lard_terms at = terms;
		u32 page;
		int chosen;

		seed = seed * 1664525 + 1013904223;
		page = 1 + (seed >> 8) % 128;
		at.now = i / 1000;
		/* Forty are under way, the oldest ends. */
		if (i >= 40)
			node[queue[i % 40]].load--;
		chosen = lard_choose(&set[page], node, 4, page, &at);
		assert_in_range(chosen, 0, 3);
		queue[i % 40] = chosen;
		node[chosen].load++;
		hits_lard += hit(&by_lard[chosen], page);
		hits_turn += hit(&by_turn[i % 4], page);
	}
	/* Round robin: each cache meets all of it, and has half. */
	assert_in_range(hits_turn, 20000 * 45 / 100, 20000 * 55 / 100);
	assert_in_range(hits_lard, 20000 * 95 / 100, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lard_choose__by_load),
		cmocka_unit_test(lard_choose__among_equals_from_the_first),
		cmocka_unit_test(lard_choose__a_set_grows_and_shrinks),
		cmocka_unit_test(lard_choose__caches_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
