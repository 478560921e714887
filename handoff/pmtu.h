/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How big a packet reaches the peer unfragmented, found by probing (RFC 8899):
 * heartbeats padded to a size, which the peer tells having received.
 *
 * Until the first answer the base size is taken.  The route's MTU is tried
 * first, since it is nearly always right; then it is searched for by halves.
 * What was found is confirmed every few seconds, so that a path that has
 * become narrower is noticed, and a wider one looked for every minute.
 *
 * The state machine only: it neither sends nor locks, its caller does.
 */
#ifndef _HANDOFF_PMTU_H
#define _HANDOFF_PMTU_H

#include <linux/types.h>

#define PMTU_BASE_V4	1200
#define PMTU_BASE_V6	1280
#define PMTU_MAX	9216	/* the biggest probe, and so the biggest datagram */

/**
 * struct handoff_pmtu - sizes are bytes of IP packet
 * @base: taken to work
 * @path: known to work, or @base
 * @high: not known not to work
 * @limit: what the route said when @high was set
 * @probe: being probed, 0: nothing
 * @tries: probes of that size sent
 * @searching: @path may still be less than what works
 * @fresh: the search begins: try @high itself
 * @doubt: and if that fails, make sure of @path before going on
 * @next: jiffies, when to act
 * @raise: jiffies, when to look for more
 */
struct handoff_pmtu {
	u16 base;
	u16 path;
	u16 high;
	u16 limit;
	u16 probe;
	u8 tries;
	bool searching;
	bool fresh;
	bool doubt;
	unsigned long next;
	unsigned long raise;
};

/**
 * handoff_pmtu_init() - nothing is known
 * @pmtu: all overwritten
 * @ipv6: family of the path
 *
 * Context: any; the caller serialises, as for all of these.
 */
void handoff_pmtu_init(struct handoff_pmtu *pmtu, bool ipv6);

/**
 * handoff_pmtu_tick() - what to do now
 * @pmtu: state
 * @route: the route's MTU, bytes
 * @now: jiffies
 *
 * Return: size of the probe to send, or 0.  @pmtu->next tells when to ask again.
 */
u16 handoff_pmtu_tick(struct handoff_pmtu *pmtu, u32 route, unsigned long now);

/**
 * handoff_pmtu_acked() - the peer received a probe
 * @pmtu: state
 * @size: of that probe, from an authentic heartbeat
 * @now: jiffies
 */
void handoff_pmtu_acked(struct handoff_pmtu *pmtu, u16 size, unsigned long now);

#endif /* _HANDOFF_PMTU_H */
