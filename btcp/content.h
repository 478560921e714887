/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where each of a million URLs is: a map from keyed hashes of 128 bits to small numbers, made at
 * once and never changed.
 *
 * The hashes lie sorted by their leading bits, and an index of these says where each group begins.
 * Since keyed hashes are even, a group has few members however many there are. Nothing else is
 * kept: some 20 bytes an entry, where nodes and links would be thrice that.
 */
#ifndef BTCP_CONTENT_H
#define BTCP_CONTENT_H

#include "btcp/pure.h"

/**
 * struct content_hash - of a host with a path
 * @word: two keyed hashes, with different keys
 */
struct content_hash {
	u64 word[2];
};

/**
 * struct content - the map
 * @count: entries announced, and after content_settle() expected
 * @bits: leading bits that make a group
 * @end: where each group ends, while it is filled where the next entry goes; one a group
 * @hash: @room of them
 * @value: likewise
 * @room: entries there can be
 */
struct content {
	u32 count;
	u32 room;
	u32 bits;
	u32 *end;
	struct content_hash *hash;
	u16 *value;
};

/**
 * content_size() - memory that a map needs
 * @count: entries
 *
 * Context: any; pure.
 * Return: bytes.
 */
size_t content_size(u32 count);

/**
 * content_init() - begin a map
 * @content: map
 * @memory: content_size() bytes, all zero, aligned for 64 bits; lives as long as the map
 * @count: entries there can be
 *
 * Context: any; pure.
 */
void content_init(struct content *content, void *memory, u32 count);

/**
 * content_announce() - an entry is to come
 * @content: map
 * @hash: of it
 *
 * Context: any; pure.
 * Return: false if there are as many as there can be.
 */
bool content_announce(struct content *content, const struct content_hash *hash);

/**
 * content_settle() - all entries have been announced
 * @content: map
 *
 * Context: any; pure. Linear in the number of groups.
 */
void content_settle(struct content *content);

/**
 * content_put() - put an entry in
 * @content: settled
 * @hash: announced
 * @value: of it
 *
 * Of entries with equal hashes the first that was put is found.
 *
 * Context: any; pure.
 */
void content_put(struct content *content, const struct content_hash *hash, u16 value);

/**
 * content_repeated() - entries that have been put before, under the same hash
 * @content: all that were announced have been put
 * @from: first entry to look at, by its place
 * @to: behind the last
 *
 * Context: any; pure.
 */
u32 content_repeated(const struct content *content, u32 from, u32 to);

/**
 * content_find() - the value of a hash
 * @content: all that were announced have been put
 * @hash: of what is asked for
 *
 * Context: any; pure; for a reader, RCU read side.
 * Return: the value, or -1.
 */
int content_find(const struct content *content, const struct content_hash *hash);

#endif /* BTCP_CONTENT_H */
