/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: per CPU, named once, shown in sysfs, netlink and `btcpctl stats`
 * from the same table.
 */
#ifndef _HANDOFF_STATS_H
#define _HANDOFF_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct handoff_counter - what one counter is called and means
 * @name: as in sysfs
 * @help: one sentence for the operator
 * @gauge: it may fall
 */
struct handoff_counter {
	const char *name;
	const char *help;
	bool gauge;
};

/**
 * struct handoff_stats - one object's counters
 * @table: names, @count of them; static
 * @count: how many
 * @value: per CPU, @count each; gauges may be negative on one CPU
 */
struct handoff_stats {
	const struct handoff_counter *table;
	unsigned int count;
	u64 __percpu *value;
};

/**
 * handoff_stats_init() - allocate counters, all zero
 * @stats: embedded in the object
 * @table: names, must outlive @stats
 * @count: how many
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int handoff_stats_init(struct handoff_stats *stats,
		       const struct handoff_counter *table, unsigned int count);

/**
 * handoff_stats_clean() - free them; nobody counts any more
 * @stats: initialised, or all zero
 */
void handoff_stats_clean(struct handoff_stats *stats);

/**
 * handoff_stats_read() - one counter over all CPUs
 * @stats: initialised
 * @which: index into its table
 *
 * Context: any.
 */
u64 handoff_stats_read(const struct handoff_stats *stats, unsigned int which);

/**
 * handoff_stats_add() - count
 * @stats: initialised
 * @which: index into its table
 * @by: how much; negative only for a gauge
 *
 * Context: any.
 */
static inline void handoff_stats_add(struct handoff_stats *stats,
				     unsigned int which, s64 by)
{
	this_cpu_add(stats->value[which], by);
}

/**
 * handoff_stats_inc() - count one
 * @stats: initialised
 * @which: index into its table
 *
 * Context: any.
 */
static inline void handoff_stats_inc(struct handoff_stats *stats, unsigned int which)
{
	handoff_stats_add(stats, which, 1);
}

#endif /* _HANDOFF_STATS_H */
