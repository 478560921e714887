// SPDX-License-Identifier: GPL-2.0
/*
 * cost_content ENTRIES - what cost.sh counts the instructions of: look-ups among so many entries,
 * every other of something that is not there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "btcp/content.h"

#define LOOKUPS	2000

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

int main(int argc, char **argv)
{
	u32 entries = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000, i;
	void *memory = calloc(1, content_size(entries));
	struct content_hash hash;
	struct content content;

	if (!memory)
		return 1;
	content_init(&content, memory, entries);
	for (i = 0; i < entries; i++) {
		hash = hash_of(i);
		content_announce(&content, &hash);
	}
	content_settle(&content);
	for (i = 0; i < entries; i++) {
		hash = hash_of(i);
		content_put(&content, &hash, i);
	}
	for (i = 0; i < LOOKUPS; i++) {
		u32 which = (u64)i * entries / LOOKUPS + (i & 1 ? entries : 0);

		hash = hash_of(which);
		if (content_find(&content, &hash) != (i & 1 ? -1 : (u16)which))
			return 1;
	}
	printf("%u %u\n", entries, LOOKUPS);
	return 0;
}
