// SPDX-License-Identifier: GPL-2.0
/*
 * Weighted round robin, smooth: weights 5, 1, 1 give a a b a c a a, not
 * a a a a a b c.  In each round every eligible member gains its weight, the
 * richest is picked and pays what all have gained.
 */
#include "btcp/frontend/pool.h"

static struct front_member *pick(struct front_pool *pool, struct front_members *members,
				 const struct front_choice *choice)
{
	struct front_member *best = NULL;
	unsigned int i;
	s64 total = 0;

	spin_lock_bh(&pool->lock);
	for (i = 0; i < members->count; i++) {
		struct front_member *member = &members->member[i];
		u32 weight = front_member_weight(member, choice);

		if (!weight) {
			/* Who comes back is not to be owed for its absence. */
			member->current_weight = 0;
			continue;
		}
		member->current_weight += weight;
		total += weight;
		if (!best || member->current_weight > best->current_weight)
			best = member;
	}
	if (best)
		best->current_weight -= total;
	spin_unlock_bh(&pool->lock);
	return best;
}

const struct front_policy front_policy_wrr = {
	.name = "wrr",
	.pick = pick,
};
