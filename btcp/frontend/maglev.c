// SPDX-License-Identifier: GPL-2.0
/*
 * Consistent hashing with bounded load, see btcp/maglev.h: equal requests go to
 * one back-end, the same from every front-end, unless that has too much to do.
 */
#include <linux/siphash.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/pool.h"
#include "btcp/maglev.h"
#include "handoff/settings.h"

static_assert(FRONT_MEMBERS_MAX <= MAGLEV_MEMBERS);

/* So that preparing cannot fail.  The genl lock guards it for all namespaces. */
static struct {
	struct maglev_member member[MAGLEV_MEMBERS];
	u8 slot[MAGLEV_SLOTS];
} scratch;

/* Not secret, since every front-end has to come to the same table. */
static u64 hash_of(const struct front_backend *backend)
{
	static const siphash_key_t key;

	return siphash(backend->name, strlen(backend->name), &key);
}

/* The table may be in use: each byte is at any time a member's. */
static void prepare(struct front_members *members)
{
	unsigned int i;

	for (i = 0; i < members->count; i++)
		scratch.member[i] = (struct maglev_member){
			.hash = hash_of(members->member[i].backend),
			.weight = front_member_configured_weight(&members->member[i]),
		};
	memset(scratch.slot, 0, sizeof(scratch.slot));
	maglev_fill(scratch.slot, scratch.member, members->count);
	for (i = 0; i < MAGLEV_SLOTS; i++)
		WRITE_ONCE(members->table[i], scratch.slot[i]);
}

static struct front_member *pick(struct front_pool *pool, struct front_members *members,
				 const struct front_choice *choice)
{
	struct maglev_load now[FRONT_MEMBERS_MAX];
	unsigned int i;
	bool moved;
	int chosen;

	for (i = 0; i < members->count; i++) {
		now[i].weight = front_member_weight(&members->member[i], choice);
		now[i].load = atomic_read(&members->member[i].backend->load);
	}
	chosen = maglev_choose(members->table, choice->key, now, members->count,
			       handoff_limit(pool->fn->net, HANDOFF_LIMIT_HASH_LOAD), &moved);
	if (moved && !choice->peek)
		front_count(pool->fn, FRONT_STAT_HASH_MOVED);
	return chosen < 0 ? NULL : &members->member[chosen];
}

const struct front_policy front_policy_maglev = {
	.name = "maglev",
	.hashes = true,
	.room = MAGLEV_SLOTS,
	.prepare = prepare,
	.pick = pick,
};
