/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Consistent hashing with a table (Maglev, NSDI '16): each member fills the slots in an order of
 * its own, by turns, so that its share is that of its weight, and hardly a slot changes hands when
 * another member comes or goes.
 *
 * Who is not to be had at the moment keeps its slots: a key that meets one goes on to others, in an
 * order of its own, until it meets somebody who is, and comes back as soon as the first is there
 * again. So does a key whose member has more than its share of the load ("Consistent Hashing with
 * Bounded Loads", SODA '18).
 */
#ifndef BTCP_MAGLEV_H
#define BTCP_MAGLEV_H

#include "btcp/pure.h"

#define MAGLEV_SLOTS	16381	/* a prime: any step meets them all */
#define MAGLEV_MEMBERS	128	/* shares are then exact to about a hundredth */
#define MAGLEV_FEW	8	/* so many connections are no load, whatever others have */

/**
 * struct maglev_member - who may fill slots
 * @hash: of what tells this member from others on every front-end: its name
 * @weight: 0: no slots
 * @next: maglev_fill()'s: the slot it wants next
 * @credit: likewise: what it has gained, and not used, by turns
 */
struct maglev_member {
	u64 hash;
	u32 weight;
	u32 next;
	u32 credit;
};

/**
 * struct maglev_load - how a member is at the moment
 * @weight: 0: it is not to be had
 * @load: connections it has
 */
struct maglev_load {
	u32 weight;
	u32 load;
};

/**
 * maglev_fill() - make the table
 * @slot: MAGLEV_SLOTS bytes: which member has each; left as it is if none has a weight
 * @member: they, in any order
 * @count: of them, at most MAGLEV_MEMBERS
 *
 * The slots a member gets depend on hashes and weights alone, not on the order of @member.
 *
 * Context: any; pure. Some milliseconds.
 */
void maglev_fill(u8 *slot, struct maglev_member *member, u32 count);

/**
 * maglev_choose() - whose is this key?
 * @slot: of maglev_fill()
 * @key: hash of what is asked for
 * @member: how each is now, in the order that @slot was filled from; used up
 * @count: of them
 * @percent: so much of its share of all connections a member may have, at least 100
 * @moved: result: the key's own member had too many
 *
 * Context: any; pure.
 * Return: the member, or -1 if none is to be had.
 */
int maglev_choose(const u8 *slot, u64 key, struct maglev_load *member, u32 count, u32 percent,
		  bool *moved);

#endif /* BTCP_MAGLEV_H */
