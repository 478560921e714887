// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "handoff/pmtu.h"

#define PROBE_INTERVAL	(HZ / 4)
#define PROBE_TRIES	3
#define CONFIRM_TRIES	5	/* what worked is not given up for a lossy minute */
#define CONFIRM_TIME	(5 * HZ)
#define RAISE_TIME	(60 * HZ)

/* Where a size between what works and what does not is most likely the one. */
#define USUAL_MTU	1500

static void search(struct handoff_pmtu *pmtu, u16 high)
{
	pmtu->searching = true;
	pmtu->high = high;
	pmtu->fresh = true;
	pmtu->doubt = pmtu->path > pmtu->base;
	pmtu->probe = 0;
}

static void settle(struct handoff_pmtu *pmtu, unsigned long now)
{
	pmtu->searching = false;
	pmtu->probe = 0;
	pmtu->next = now + CONFIRM_TIME;
	pmtu->raise = now + RAISE_TIME;
}

void handoff_pmtu_init(struct handoff_pmtu *pmtu, bool ipv6)
{
	u16 base = ipv6 ? PMTU_BASE_V6 : PMTU_BASE_V4;

	*pmtu = (struct handoff_pmtu){
		.base = base,
		.path = base,
		.high = base,
		.next = jiffies,
	};
}

/* The route says something new, at first or by itself or by ICMP. */
static void take_route(struct handoff_pmtu *pmtu, u16 route, unsigned long now)
{
	pmtu->limit = route;
	pmtu->path = min(pmtu->path, route);
	if (route > pmtu->path)
		search(pmtu, route);
	else
		settle(pmtu, now);
	pmtu->next = now;
}

/* The size being probed does not pass. */
static void refuse(struct handoff_pmtu *pmtu)
{
	u16 size = pmtu->probe;

	/* It did once: the path has changed, and swallows what is big. */
	if (size <= pmtu->path) {
		pmtu->path = min(pmtu->base, pmtu->limit);
		search(pmtu, max_t(u16, size - 1, pmtu->path));
	} else {
		pmtu->high = size - 1;
	}
	pmtu->fresh = false;
	pmtu->probe = 0;
}

static u16 choose(struct handoff_pmtu *pmtu)
{
	bool fresh = pmtu->fresh;

	pmtu->fresh = false;
	if (fresh)
		return pmtu->high;
	/* A route that changed may have become narrower at the same time. */
	if (pmtu->doubt) {
		pmtu->doubt = false;
		return pmtu->path;
	}
	if (pmtu->path < USUAL_MTU && pmtu->high > USUAL_MTU)
		return USUAL_MTU;
	return pmtu->path + (pmtu->high - pmtu->path + 1) / 2;
}

u16 handoff_pmtu_tick(struct handoff_pmtu *pmtu, u32 route, unsigned long now)
{
	u16 limit = min_t(u32, route, PMTU_MAX);

	if (limit != pmtu->limit)
		take_route(pmtu, limit, now);
	if (time_before(now, pmtu->next))
		return 0;

	if (pmtu->probe && pmtu->tries >= (pmtu->probe > pmtu->path ? PROBE_TRIES :
								      CONFIRM_TRIES))
		refuse(pmtu);
	if (!pmtu->probe) {
		if (pmtu->searching && pmtu->high <= pmtu->path)
			settle(pmtu, now);
		else if (!pmtu->searching && time_after_eq(now, pmtu->raise) &&
			 pmtu->path < pmtu->limit)
			search(pmtu, pmtu->limit);

		if (pmtu->searching)
			pmtu->probe = choose(pmtu);
		else if (pmtu->path > pmtu->base && time_after_eq(now, pmtu->next))
			pmtu->probe = pmtu->path;
		else
			pmtu->next = now + CONFIRM_TIME;
		pmtu->tries = 0;
	}
	if (!pmtu->probe)
		return 0;
	pmtu->tries++;
	pmtu->next = now + PROBE_INTERVAL;
	return pmtu->probe;
}

void handoff_pmtu_acked(struct handoff_pmtu *pmtu, u16 size, unsigned long now)
{
	if (!pmtu->probe || size < pmtu->probe)
		return;
	pmtu->path = max(pmtu->path, min(size, pmtu->limit));
	pmtu->high = max(pmtu->high, pmtu->path);
	pmtu->probe = 0;
	if (!pmtu->searching)
		pmtu->next = now + CONFIRM_TIME;
	else if (pmtu->high <= pmtu->path)
		settle(pmtu, now);
	else
		pmtu->next = now;
}
