/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a pool picks one of its members: one small file a policy.
 */
#ifndef _BTCP_FRONTEND_POLICY_H
#define _BTCP_FRONTEND_POLICY_H

#include <linux/types.h>

struct front_member;
struct front_members;
struct front_pool;

/* Back-ends one connection is offered to, at the most. */
#define FRONT_TRIES_MAX	16

/**
 * struct front_choice - for whom a member is picked, and who is out
 * @family: the client's
 * @tried: serials of back-ends that have refused this connection
 * @peek: who would be picked: nothing is to change, nor to be counted
 * @spare: somebody is not busy: who is, is out
 * @tried_count: of them
 * @members: whom the first pick is of, belonging to the rules that named the pool; NULL: whom
 *	the pool has by now; RCU, so for the same read side only
 * @stick: serial of the back-end that the client had before, or 0
 * @key: hash of what the pool's policy goes by, see front_pool_key()
 */
struct front_choice {
	u8 family;
	bool peek;
	bool spare;
	u8 tried_count;
	u32 tried[FRONT_TRIES_MAX];
	u32 stick;
	struct front_members *members;
	u64 key;
};

/**
 * struct front_policy - a scheduler
 * @name: as configured
 * @hashes: goes by &front_choice.key
 * @room: bytes it needs as &front_members.table
 * @prepare: fill &front_members.table from members and weights, while it may
 *	be in use; NULL: nothing to do.  Process context, @config and genl lock held
 * @pick: choose among the eligible members; NULL if there is none.  RCU read
 *	side, BH off; may be called on all CPUs at once
 */
struct front_policy {
	const char *name;
	bool hashes;
	size_t room;
	void (*prepare)(struct front_members *members);
	struct front_member *(*pick)(struct front_pool *pool, struct front_members *members,
				     const struct front_choice *choice);
};

extern const struct front_policy front_policy_wrr;
extern const struct front_policy front_policy_lc;
extern const struct front_policy front_policy_maglev;
extern const struct front_policy front_policy_lard;

/**
 * front_policy_find() - by name
 * @name: name
 *
 * Return: the policy or NULL.
 */
const struct front_policy *front_policy_find(const char *name);

#endif /* _BTCP_FRONTEND_POLICY_H */
