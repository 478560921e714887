/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locality-aware request distribution with replication (LARD/R, ASPLOS '98): equal requests go to
 * the back-end that had the last of them, whose cache has the answer, and to another only if that
 * has much to do while somebody has little, or has far too much.  That other one then has the
 * answer, too: a target has a set of back-ends, which shrinks again when nothing was added to it
 * for a while.
 *
 * A set is one word, so that it can be read and replaced whole: in its lower half up to four
 * members, each by its index + 1 in a byte, in its upper half the second of its last change.
 */
#ifndef BTCP_LARD_H
#define BTCP_LARD_H

#include "btcp/pure.h"

#define LARD_MEMBERS	128
#define LARD_SET	4	/* members of one */

/**
 * struct lard_node - how a member is at the moment
 * @weight: 0: it is not to be had
 * @load: connections it has
 */
struct lard_node {
	u32 weight;
	u32 load;
};

/**
 * struct lard_terms - what is much and little
 * @low: so few connections are little to do, for a member of the greatest weight
 * @high: and more than so many much; twice as many are too much
 * @keep: seconds that a set stays as it is before it shrinks
 * @now: the time in seconds; may wrap
 */
struct lard_terms {
	u32 low;
	u32 high;
	u32 keep;
	u32 now;
};

/**
 * lard_choose() - who gets this one?
 * @set: the target's, 0: it has none yet; replaced
 * @node: members
 * @count: of them, at most LARD_MEMBERS
 * @first: among equals the first from here on has it
 * @terms: see there
 *
 * Context: any; pure.
 * Return: the member, or -1 if none is to be had: then @set stays as it is.
 */
int lard_choose(u64 *set, const struct lard_node *node, u32 count, u32 first,
		const struct lard_terms *terms);

/**
 * lard_size() - how many members has a set?
 * @set: a set
 *
 * Context: any; pure.
 */
u32 lard_size(u64 set);

#endif /* BTCP_LARD_H */
