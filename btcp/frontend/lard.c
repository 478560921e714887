// SPDX-License-Identifier: GPL-2.0
/*
 * Locality-aware request distribution, see btcp/lard.h: equal requests go to who has the
 * answer in its cache, unless that has too much to do.  Load is what the back-ends
 * report, and what was given to them since.
 */
#include <linux/ktime.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/pool.h"
#include "btcp/lard.h"
#include "handoff/settings.h"

/* Targets that share one share their back-ends: so memory has an end. */
#define SLOTS	16384

static_assert(FRONT_MEMBERS_MAX <= LARD_MEMBERS);

static void count(struct front_pool *pool, u64 before, u64 after)
{
	u32 had = lard_size(before), has = lard_size(after);

	if (had && has > had)
		front_count(pool->fn, FRONT_STAT_LARD_ADDED);
	else if (has < had)
		front_count(pool->fn, FRONT_STAT_LARD_REMOVED);
	else if (had)
		front_count(pool->fn, FRONT_STAT_LARD_MOVED);
}

static struct front_member *pick(struct front_pool *pool, struct front_members *members,
				 const struct front_choice *choice)
{
	u64 *slot = (u64 *)members->table + choice->key % SLOTS;
	u64 before = READ_ONCE(*slot), after = before;
	struct lard_node now[FRONT_MEMBERS_MAX];
	const struct lard_terms terms = {
		.low = handoff_limit(pool->fn->net, HANDOFF_LIMIT_LARD_LOW),
		.high = handoff_limit(pool->fn->net, HANDOFF_LIMIT_LARD_HIGH),
		.keep = handoff_timeout(pool->fn->net, HANDOFF_TIMEOUT_LARD) / HZ,
		.now = ktime_get_seconds(),
	};
	unsigned int i;
	int chosen;

	for (i = 0; i < members->count; i++) {
		now[i].weight = front_member_weight(&members->member[i], choice);
		now[i].load = min_t(u64, front_backend_connections(members->member[i].backend),
				    U32_MAX);
	}
	chosen = lard_choose(&after, now, members->count, choice->key >> 32, &terms);
	/* If another CPU was faster the next request sees what it did; this one is served, too. */
	if (!choice->peek && after != before && cmpxchg64(slot, before, after) == before)
		count(pool, before, after);
	return chosen < 0 ? NULL : &members->member[chosen];
}

const struct front_policy front_policy_lard = {
	.name = "lard",
	.hashes = true,
	.room = SLOTS * sizeof(u64),
	.pick = pick,
};
