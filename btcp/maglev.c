// SPDX-License-Identifier: GPL-2.0
#include "btcp/maglev.h"

#define FREE	0xff

/* Who has this hash, member or key, goes through all slots in an order of its own. */
static u32 first_of(u64 hash)
{
	return (u32)hash % MAGLEV_SLOTS;
}

static u32 step_of(u64 hash)
{
	return (u32)(hash >> 32) % (MAGLEV_SLOTS - 1) + 1;
}

static u32 after(u32 slot, u32 step)
{
	slot += step;
	return slot < MAGLEV_SLOTS ? slot : slot - MAGLEV_SLOTS;
}

static u32 greatest_weight(const struct maglev_member *member, u32 count)
{
	u32 i, most = 0;

	for (i = 0; i < count; i++)
		most = max_t(u32, most, member[i].weight);
	return most;
}

/* By hash: whose turn it is first must not depend on the order they were named in. */
static void order(u8 *turn, const struct maglev_member *member, u32 count)
{
	u32 i, j;

	for (i = 0; i < count; i++) {
		for (j = i; j > 0 && member[turn[j - 1]].hash > member[i].hash; j--)
			turn[j] = turn[j - 1];
		turn[j] = i;
	}
}

static void take_slot(u8 *slot, struct maglev_member *member, u32 i)
{
	struct maglev_member *m = &member[i];
	u32 step = step_of(m->hash);

	while (slot[m->next] != FREE)
		m->next = after(m->next, step);
	slot[m->next] = i;
}

void maglev_fill(u8 *slot, struct maglev_member *member, u32 count)
{
	u32 most = greatest_weight(member, count), left = MAGLEV_SLOTS, i;
	u8 turn[MAGLEV_MEMBERS];

	if (!most)
		return;
	memset(slot, FREE, MAGLEV_SLOTS);
	order(turn, member, count);
	for (i = 0; i < count; i++) {
		member[i].next = first_of(member[i].hash);
		member[i].credit = 0;
	}
	/* Each turn who weighs most takes a slot, and who weighs half of it every other turn. */
	for (i = 0; left; i = i + 1 < count ? i + 1 : 0) {
		struct maglev_member *m = &member[turn[i]];

		m->credit += m->weight;
		if (m->credit < most)
			continue;
		m->credit -= most;
		take_slot(slot, member, turn[i]);
		left--;
	}
}

/**
 * struct bound - what of all connections is a member's share
 * @weight: of all members
 * @load: of all members, with the connection to come
 * @percent: see maglev_choose()
 */
struct bound {
	u64 weight;
	u64 load;
	u32 percent;
};

/* It may have its share of all, rounded up, the connection to come included. */
static bool has_room(const struct bound *all, const struct maglev_load *m)
{
	return m->load < MAGLEV_FEW ||
	       100 * all->weight * m->load < all->percent * all->load * m->weight;
}

/* Of those left, who have no slot: their weight is too small for one. */
static int without_slot(const struct bound *all, const struct maglev_load *member, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (member[i].weight && has_room(all, &member[i]))
			return i;
	return -1;
}

int maglev_choose(const u8 *slot, u64 key, struct maglev_load *member, u32 count, u32 percent,
		  bool *moved)
{
	struct bound all = { .load = 1, .percent = percent };
	u32 i, at = first_of(key), step = step_of(key), left = 0;

	*moved = false;
	for (i = 0; i < count; i++) {
		if (!member[i].weight)
			continue;
		left++;
		all.weight += member[i].weight;
		all.load += member[i].load;
	}
	for (i = 0; left && i < MAGLEV_SLOTS; i++, at = after(at, step)) {
		struct maglev_load *m = &member[slot[at]];

		if (!m->weight)
			continue;
		if (has_room(&all, m))
			return slot[at];
		/* Not to be looked at again. */
		m->weight = 0;
		left--;
		*moved = true;
	}
	return without_slot(&all, member, count);
}
