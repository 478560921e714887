// SPDX-License-Identifier: GPL-2.0
#include "btcp/content.h"

#define A_GROUP		4	/* entries in one, at the most on average */
#define BITS_MAX	31

static u32 bits_for(u32 count)
{
	u32 bits = 0;

	while (bits < BITS_MAX && (u64)A_GROUP << bits < count)
		bits++;
	return bits;
}

size_t content_size(u32 count)
{
	return (size_t)count * (sizeof(struct content_hash) + sizeof(u16)) +
	       (sizeof(u32) << bits_for(count));
}

void content_init(struct content *content, void *memory, u32 count)
{
	content->count = 0;
	content->room = count;
	content->bits = bits_for(count);
	content->hash = memory;
	content->end = (u32 *)(content->hash + count);
	content->value = (u16 *)(content->end + (1U << content->bits));
}

static u32 group_of(const struct content *content, const struct content_hash *hash)
{
	/* In two steps: there may be one group, and so no bit. */
	return hash->word[0] >> 1 >> (63 - content->bits);
}

static u32 begin_of(const struct content *content, u32 group)
{
	return group ? content->end[group - 1] : 0;
}

static bool same(const struct content_hash *a, const struct content_hash *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

bool content_announce(struct content *content, const struct content_hash *hash)
{
	if (content->count == content->room)
		return false;
	content->count++;
	content->end[group_of(content, hash)]++;
	return true;
}

void content_settle(struct content *content)
{
	u32 i, at = 0;

	for (i = 0; i < 1U << content->bits; i++) {
		u32 has = content->end[i];

		/* Where it begins: it ends there as soon as it has its entries. */
		content->end[i] = at;
		at += has;
	}
}

void content_put(struct content *content, const struct content_hash *hash, u16 value)
{
	u32 at = content->end[group_of(content, hash)]++;

	content->hash[at] = *hash;
	content->value[at] = value;
}

/* The first entry of a hash, or that behind its group. */
static u32 first_of(const struct content *content, const struct content_hash *hash, u32 *end)
{
	u32 group = group_of(content, hash), at = begin_of(content, group);

	*end = content->end[group];
	while (at < *end && !same(&content->hash[at], hash))
		at++;
	return at;
}

u32 content_repeated(const struct content *content, u32 from, u32 to)
{
	u32 i, end, n = 0;

	for (i = from; i < to; i++)
		n += first_of(content, &content->hash[i], &end) != i;
	return n;
}

int content_find(const struct content *content, const struct content_hash *hash)
{
	u32 end, at = first_of(content, hash, &end);

	return at < end ? content->value[at] : -1;
}
