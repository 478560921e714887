// SPDX-License-Identifier: GPL-2.0
/*
 * Weighted least connections: who has the fewest for its weight, with the one to
 * come.  Among equals it goes round.
 */
#include "btcp/frontend/backend.h"
#include "btcp/frontend/pool.h"

/* Whose turn it would be, were all equal. */
static u32 first(struct front_members *members, const struct front_choice *choice)
{
	u32 turn = choice->peek ? atomic_read(&members->turn) :
				  atomic_fetch_inc(&members->turn);

	return members->count ? turn % members->count : 0;
}

static struct front_member *pick(struct front_pool *pool, struct front_members *members,
				 const struct front_choice *choice)
{
	u32 at = first(members, choice), least_weight = 0;
	struct front_member *best = NULL;
	u64 least = 0;
	unsigned int i;

	for (i = 0; i < members->count; i++, at = at + 1 < members->count ? at + 1 : 0) {
		struct front_member *member = &members->member[at];
		u32 weight = front_member_weight(member, choice);
		u64 load = front_backend_connections(member->backend) + 1;

		if (!weight || (best && load * least_weight >= least * weight))
			continue;
		best = member;
		least = load;
		least_weight = weight;
	}
	return best;
}

const struct front_policy front_policy_lc = {
	.name = "lc",
	.pick = pick,
};
