// SPDX-License-Identifier: GPL-2.0
#include "btcp/content.h"
#include "unit.h"

static u64 word_of(u64 n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15ULL;
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31;
}

static struct content_hash hash_of(u64 n)
{
	return (struct content_hash){ { word_of(2 * n), word_of(2 * n + 1) } };
}

struct entry {
	struct content_hash hash;
	u16 value;
};

/* As the kernel makes it; the memory is exactly as much, so that a byte too many is seen. */
static void *make(struct content *content, const struct entry *entry, u32 count, u32 room)
{
	void *memory = calloc(1, content_size(room));
	u32 i;

	content_init(content, memory, room);
	for (i = 0; i < count; i++)
		assert_true(content_announce(content, &entry[i].hash));
	content_settle(content);
	for (i = 0; i < count; i++)
		content_put(content, &entry[i].hash, entry[i].value);
	return memory;
}

static void content_find__each_and_no_other(void **state)
{
	static const u32 counts[] = { 0, 1, 2, 3, 4, 5, 8, 9, 63, 64, 65, 1000, 100000 };
	static struct entry entry[100000];
	struct content_hash other;
	struct content content;
	void *memory;
	u32 i, n, c;

	(void)state;
	for (c = 0; c < ARRAY_SIZE(counts); c++) {
		n = counts[c];
		for (i = 0; i < n; i++)
			entry[i] = (struct entry){ hash_of(i), (u16)(i * 7) };
		memory = make(&content, entry, n, n);
		assert_int_equal(content_repeated(&content, 0, content.count), 0);
		for (i = 0; i < n; i++)
			assert_int_equal(content_find(&content, &entry[i].hash), (u16)(i * 7));
		for (i = n; i < 2 * n + 10; i++) {
			other = hash_of(i);
			assert_int_equal(content_find(&content, &other), -1);
		}
		/* Half of a hash is not enough, either one. */
		for (i = 0; i < n; i += 1 + n / 100) {
			other = entry[i].hash;
			other.word[1] ^= 1;
			assert_int_equal(content_find(&content, &other), -1);
			other = entry[i].hash;
			other.word[0] ^= 1;
			assert_int_equal(content_find(&content, &other), -1);
		}
		if (n)
			assert_false(content_announce(&content, &entry[0].hash));
		free(memory);
	}
}

/* Hashes are even; but even if all fell into one group, each would be found. */
static void content_find__all_in_one_group(void **state)
{
	static const u64 front[] = { 0, ~0ULL << 32 };
	struct entry entry[100];
	struct content content;
	void *memory;
	u32 i, f;

	(void)state;
	for (f = 0; f < ARRAY_SIZE(front); f++) {
		for (i = 0; i < 100; i++)
			entry[i] = (struct entry){ { { front[f] | i, 0 } }, i };
		memory = make(&content, entry, 100, 100);
		for (i = 0; i < 100; i++)
			assert_int_equal(content_find(&content, &entry[i].hash), i);
		free(memory);
	}
}

static void content_repeated__the_first_counts(void **state)
{
	struct entry entry[60];
	struct content content;
	void *memory;
	u32 i;

	(void)state;
	/* Each of ten 6 times, and of other values. */
	for (i = 0; i < 60; i++)
		entry[i] = (struct entry){ hash_of(i % 10), i };
	memory = make(&content, entry, 60, 60);
	assert_int_equal(content_repeated(&content, 0, 60), 50);
	assert_int_equal(content_repeated(&content, 0, 30) + content_repeated(&content, 30, 60),
			 50);
	for (i = 0; i < 10; i++)
		assert_int_equal(content_find(&content, &entry[i].hash), i);
	free(memory);
}

static void content_announce__fewer_than_there_can_be(void **state)
{
	struct entry entry[10];
	struct content content;
	void *memory;
	u32 i;

	(void)state;
	for (i = 0; i < 10; i++)
		entry[i] = (struct entry){ hash_of(i), i };
	memory = make(&content, entry, 10, 1000);
	assert_int_equal(content.count, 10);
	assert_int_equal(content_repeated(&content, 0, 10), 0);
	for (i = 0; i < 10; i++)
		assert_int_equal(content_find(&content, &entry[i].hash), i);
	free(memory);
}

static void content_size__a_million(void **state)
{
	(void)state;
	printf("%.1f MB for a million entries\n", content_size(1000000) / 1e6);
	assert_true(content_size(1000000) <= 24000000);
	/* As many as there can be at all. */
	assert_true(content_size(~0U) / 18 >= ~0U);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_find__each_and_no_other),
		cmocka_unit_test(content_find__all_in_one_group),
		cmocka_unit_test(content_repeated__the_first_counts),
		cmocka_unit_test(content_announce__fewer_than_there_can_be),
		cmocka_unit_test(content_size__a_million),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
