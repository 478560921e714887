// SPDX-License-Identifier: GPL-2.0
/*
 * Weighted round robin, smooth: weights 5, 1, 1 give a a b a c a a, not
 * a a a a a b c.  In each round every eligible member gains its weight, the
 * richest is picked and pays what all have gained.
 */
#include "btcp/frontend/pool.h"

/* What a member has with this round's gain; who comes back is not owed for its absence. */
static s64 wealth(const struct front_member *member, u32 weight)
{
	return weight ? member->current_weight + weight : 0;
}

static struct front_member *pick(struct front_pool *pool, struct front_members *members,
				 const struct front_choice *choice)
{
	struct front_member *best = NULL;
	s64 total = 0, most = 0;
	unsigned int i;

	spin_lock_bh(&pool->lock);
	for (i = 0; i < members->count; i++) {
		struct front_member *member = &members->member[i];
		u32 weight = front_member_weight(member, choice);
		s64 now = wealth(member, weight);

		if (weight && (!best || now > most)) {
			best = member;
			most = now;
		}
		total += weight;
		if (!choice->peek)
			member->current_weight = now;
	}
	if (best && !choice->peek)
		best->current_weight -= total;
	spin_unlock_bh(&pool->lock);
	return best;
}

const struct front_policy front_policy_wrr = {
	.name = "wrr",
	.pick = pick,
};
