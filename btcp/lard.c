// SPDX-License-Identifier: GPL-2.0
#include "btcp/lard.h"

/**
 * struct place - a set taken apart
 * @member: indexes
 * @count: of them
 * @changed: the second of the last change
 */
struct place {
	u32 member[LARD_SET];
	u32 count;
	u32 changed;
};

static void unpack(struct place *place, u64 set, u32 count)
{
	u32 i;

	place->count = 0;
	place->changed = set >> 32;
	for (i = 0; i < LARD_SET; i++) {
		u32 byte = set >> 8 * i & 0xff;

		if (byte && byte <= count)
			place->member[place->count++] = byte - 1;
	}
}

static u64 pack(const struct place *place)
{
	u64 set = (u64)place->changed << 32;
	u32 i;

	for (i = 0; i < place->count; i++)
		set |= (u64)(place->member[i] + 1) << 8 * i;
	return set;
}

u32 lard_size(u64 set)
{
	struct place place;

	unpack(&place, set, LARD_MEMBERS);
	return place.count;
}

/* Has @a less to do than @b for its weight, with one more?  Who is not to be had has most. */
static bool less(const struct lard_node *a, const struct lard_node *b)
{
	if (!a->weight || !b->weight)
		return a->weight && !b->weight;
	return (a->load + 1ULL) * b->weight < (b->load + 1ULL) * a->weight;
}

static u32 least_of_all(const struct lard_node *node, u32 count, u32 first)
{
	u32 best = first % count, i;

	for (i = 1; i < count; i++) {
		u32 at = (first + i) % count;

		if (less(&node[at], &node[best]))
			best = at;
	}
	return best;
}

/* Both are places in place->member. */
static void ends_of_set(const struct place *place, const struct lard_node *node, u32 *least,
			u32 *most)
{
	u32 i;

	*least = 0;
	*most = 0;
	for (i = 1; i < place->count; i++) {
		if (less(&node[place->member[i]], &node[place->member[*least]]))
			*least = i;
		/* Of equals the older one stays. */
		if (!less(&node[place->member[i]], &node[place->member[*most]]))
			*most = i;
	}
}

static u32 greatest_weight(const struct lard_node *node, u32 count)
{
	u32 weight = 0, i;

	for (i = 0; i < count; i++)
		weight = max_t(u32, weight, node[i].weight);
	return weight;
}

/* What a member of the greatest weight would have to do to be as busy; weight is not 0. */
static u64 load_of(const struct lard_node *node, u32 greatest)
{
	return (u64)node->load * greatest / node->weight;
}

static bool overloaded(const struct lard_node *own, const struct lard_node *idlest, u32 greatest,
		       const struct lard_terms *terms)
{
	u64 load;

	if (!own->weight)
		return true;
	load = load_of(own, greatest);
	return load >= 2ULL * terms->high ||
	       (load > terms->high && load_of(idlest, greatest) < terms->low);
}

static bool has(const struct place *place, u32 member)
{
	u32 i;

	for (i = 0; i < place->count; i++)
		if (place->member[i] == member)
			return true;
	return false;
}

static void drop(struct place *place, u32 at)
{
	for (place->count--; at < place->count; at++)
		place->member[at] = place->member[at + 1];
}

int lard_choose(u64 *set, const struct lard_node *node, u32 count, u32 first,
		const struct lard_terms *terms)
{
	u32 idlest, greatest, least = 0, most = 0, chosen;
	bool changed = false;
	struct place place;

	greatest = greatest_weight(node, count);
	if (!greatest)
		return -1;
	idlest = least_of_all(node, count, first);
	unpack(&place, *set, count);
	ends_of_set(&place, node, &least, &most);
	chosen = place.count ? place.member[least] : idlest;

	if (!place.count || overloaded(&node[chosen], &node[idlest], greatest, terms))
		chosen = idlest;
	/* Before it grows, lest what has just been added go at once. */
	if (place.count > 1 && terms->now - place.changed > terms->keep &&
	    place.member[most] != chosen) {
		drop(&place, most);
		changed = true;
	}
	if (!has(&place, chosen)) {
		if (place.count == LARD_SET)
			drop(&place, most);
		place.member[place.count++] = chosen;
		changed = true;
	}
	if (changed) {
		place.changed = terms->now;
		*set = pack(&place);
	}
	return chosen;
}
