// SPDX-License-Identifier: GPL-2.0
#include "btcp/maglev.h"
#include "unit.h"

#define KEYS	100000

static u8 slot[MAGLEV_SLOTS], other[MAGLEV_SLOTS];

/* As good as a hash of the number (splitmix64) */
static u64 hash_of(u64 n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15ULL;
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31;
}

static void fill(u8 *table, const u32 *name, const u32 *weight, u32 count)
{
	struct maglev_member member[MAGLEV_MEMBERS];
	u32 i;

	for (i = 0; i < count; i++)
		member[i] = (struct maglev_member){
			.hash = hash_of(name[i]),
			.weight = weight ? weight[i] : 1,
		};
	maglev_fill(table, member, count);
}

/* Whose each key is, with nothing else to do; -1 where none is to be had */
static int own(const u8 *table, u64 key, u32 count, int gone)
{
	struct maglev_load now[MAGLEV_MEMBERS];
	bool moved;
	int chosen;
	u32 i;

	for (i = 0; i < count; i++)
		now[i] = (struct maglev_load){ .weight = (int)i != gone };
	chosen = maglev_choose(table, key, now, count, 125, &moved);
	assert_false(moved);
	return chosen;
}

static void number(u32 *name, u32 count)
{
	while (count--)
		name[count] = count;
}

static void maglev_fill__shares(void **state)
{
	static const struct {
		const char *label;
		u32 count;
		u32 weight[4];	/* and so on from the first again */
		double within;
	} rows[] = {
		{ "one", 1, { 1, 1, 1, 1 }, 0 },
		{ "two", 2, { 1, 1, 1, 1 }, 0.001 },
		{ "ten", 10, { 1, 1, 1, 1 }, 0.001 },
		{ "ten, the weights great", 10, { 65535, 65535, 65535, 65535 }, 0.001 },
		{ "three to one", 2, { 3, 1, 3, 1 }, 0.001 },
		{ "different", 8, { 1, 2, 3, 10 }, 0.01 },
		{ "most there can be", 128, { 1, 1, 1, 1 }, 0.01 },
		{ "most, different", 128, { 1, 2, 3, 4 }, 0.02 },
		{ "one without", 4, { 1, 0, 1, 1 }, 0.001 },
	};
	u32 name[MAGLEV_MEMBERS], weight[MAGLEV_MEMBERS], has[MAGLEV_MEMBERS], i, r, all;

	(void)state;
	number(name, MAGLEV_MEMBERS);
	for (r = 0; r < ARRAY_SIZE(rows); r++) {
		all = 0;
		for (i = 0; i < rows[r].count; i++)
			all += weight[i] = rows[r].weight[i % 4];
		fill(slot, name, weight, rows[r].count);
		memset(has, 0, sizeof(has));
		for (i = 0; i < MAGLEV_SLOTS; i++) {
			assert_row(rows[r].label, slot[i] < rows[r].count);
			has[slot[i]]++;
		}
		for (i = 0; i < rows[r].count; i++) {
			double due = (double)MAGLEV_SLOTS * weight[i] / all;

			assert_row(rows[r].label, has[i] >= due * (1 - rows[r].within) - 1);
			assert_row(rows[r].label, has[i] <= due * (1 + rows[r].within) + 1);
		}
	}
}

/* One front-end may have been told of them in another order. */
static void maglev_fill__order_does_not_matter(void **state)
{
	static const u32 name[] = { 0, 1, 2, 3, 4, 5, 6 }, weight[] = { 1, 2, 3, 4, 5, 6, 7 };
	static const u32 name2[] = { 3, 6, 0, 5, 1, 2, 4 }, weight2[] = { 4, 7, 1, 6, 2, 3, 5 };
	u32 i;

	(void)state;
	fill(slot, name, weight, 7);
	fill(other, name2, weight2, 7);
	for (i = 0; i < MAGLEV_SLOTS; i++)
		assert_int_equal(name[slot[i]], name2[other[i]]);
}

/* Out of the configuration, so that the table is another one. */
static void maglev_fill__one_of_ten_removed(void **state)
{
	u32 name[10], rest[9], gone, i, n, moved, most = 0;
	u64 sum = 0;

	(void)state;
	number(name, 10);
	fill(slot, name, NULL, 10);
	for (gone = 0; gone < 10; gone++) {
		for (i = 0, n = 0; i < 10; i++)
			if (i != gone)
				rest[n++] = i;
		fill(other, rest, NULL, 9);
		moved = 0;
		for (i = 0; i < KEYS; i++) {
			int before = own(slot, hash_of(i), 10, -1);
			int after = rest[own(other, hash_of(i), 9, -1)];

			assert_true(after != (int)gone);
			moved += before != after;
		}
		sum += moved;
		most = max_t(u32, most, moved);
	}
	printf("of %u keys move %u, at most %u; the least possible are %u\n", KEYS,
	       (u32)(sum / 10), most, KEYS / 10);
	assert_true(most * 10 <= 15 * (KEYS / 10));
}

/* Not to be had for a while: its keys go to all others, nobody else's move. */
static void maglev_choose__one_of_ten_gone(void **state)
{
	u32 name[10], gone, i, moved, gained[10];

	(void)state;
	number(name, 10);
	fill(slot, name, NULL, 10);
	for (gone = 0; gone < 10; gone++) {
		moved = 0;
		memset(gained, 0, sizeof(gained));
		for (i = 0; i < KEYS; i++) {
			int before = own(slot, hash_of(i), 10, -1);
			int after = own(slot, hash_of(i), 10, gone);

			assert_true(after >= 0 && after != (int)gone);
			if (before == (int)gone) {
				gained[after]++;
				moved++;
			} else {
				assert_int_equal(before, after);
			}
		}
		assert_true(moved * 100 <= 105 * (KEYS / 10));
		for (i = 0; i < 10; i++)
			assert_true(i == gone || (gained[i] * 9 > moved * 7 / 10 &&
						  gained[i] * 9 < moved * 13 / 10));
	}
}

/* All ask for the same, and nobody ever leaves. */
static void maglev_choose__a_hot_key(void **state)
{
	static const u32 name[] = { 0, 1, 2, 3 }, weight[] = { 1, 1, 2, 4 };
	u32 load[4] = {}, n, i, percent;
	bool moved, any = false;

	(void)state;
	fill(slot, name, weight, 4);
	for (percent = 100; percent <= 400; percent += 75) {
		memset(load, 0, sizeof(load));
		for (n = 1; n <= 4000; n++) {
			struct maglev_load now[4];
			int chosen;

			for (i = 0; i < 4; i++)
				now[i] = (struct maglev_load){ weight[i], load[i] };
			chosen = maglev_choose(slot, 4711, now, 4, percent, &moved);
			assert_in_range(chosen, 0, 3);
			any |= moved;
			assert_int_equal(moved, chosen != own(slot, 4711, 4, -1));
			load[chosen]++;
			/* At most its share, rounded up. */
			assert_true(load[chosen] <= MAGLEV_FEW ||
				    (load[chosen] - 1) * 100 * 8 < percent * n * weight[chosen]);
		}
	}
	assert_true(any);
}

static void maglev_choose__few_are_no_load(void **state)
{
	static const u32 name[] = { 0, 1, 2, 3 };
	struct maglev_load now[4];
	int first = -1, chosen;
	bool moved;
	u32 n, i;

	(void)state;
	fill(slot, name, NULL, 4);
	for (n = 0; n < MAGLEV_FEW; n++) {
		memset(now, 0, sizeof(now));
		for (i = 0; i < 4; i++)
			now[i].weight = 1;
		if (first >= 0)
			now[first].load = n;
		chosen = maglev_choose(slot, 99, now, 4, 100, &moved);
		assert_false(moved);
		assert_true(first < 0 || chosen == first);
		first = chosen;
	}
}

/* Nobody; who has no slot since it weighs next to nothing; who has too many, but is alone */
static void maglev_choose__last_resorts(void **state)
{
	static const u32 name[] = { 0, 1, 2 }, weight[] = { 65535, 65535, 1 };
	struct maglev_load now[3] = {};
	bool moved;
	u32 i;

	(void)state;
	fill(slot, name, weight, 3);
	for (i = 0; i < MAGLEV_SLOTS; i++)
		assert_true(slot[i] != 2);
	assert_int_equal(maglev_choose(slot, 1, now, 3, 125, &moved), -1);
	assert_int_equal(maglev_choose(slot, 1, now, 0, 125, &moved), -1);
	now[2] = (struct maglev_load){ 1, 1000000 };
	assert_int_equal(maglev_choose(slot, 1, now, 3, 100, &moved), 2);
	now[2] = (struct maglev_load){ 1, 1000000 };
	now[1] = (struct maglev_load){ 65535, 10 };
	assert_int_equal(maglev_choose(slot, 1, now, 3, 125, &moved), 1);
	memset(now, 0, sizeof(now));
	now[1] = (struct maglev_load){ 65535, 10000000 };
	assert_int_equal(maglev_choose(slot, 1, now, 3, 100, &moved), 1);
}

/* Table of a pool whose members had no weight when it was made. */
static void maglev_fill__no_weight(void **state)
{
	static const u32 name[] = { 0, 1 }, weight[] = { 0, 0 };
	struct maglev_load now[] = { { 1, 0 }, { 1, 0 } };
	bool moved;

	(void)state;
	memset(slot, 0, sizeof(slot));
	fill(slot, name, weight, 2);
	assert_int_equal(maglev_choose(slot, 5, now, 2, 125, &moved), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maglev_fill__shares),
		cmocka_unit_test(maglev_fill__order_does_not_matter),
		cmocka_unit_test(maglev_fill__one_of_ten_removed),
		cmocka_unit_test(maglev_fill__no_weight),
		cmocka_unit_test(maglev_choose__one_of_ten_gone),
		cmocka_unit_test(maglev_choose__a_hot_key),
		cmocka_unit_test(maglev_choose__few_are_no_load),
		cmocka_unit_test(maglev_choose__last_resorts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
