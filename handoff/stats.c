// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "handoff/stats.h"

int handoff_stats_init(struct handoff_stats *stats,
		       const struct handoff_counter *table, unsigned int count)
{
	stats->table = table;
	stats->count = count;
	stats->value = __alloc_percpu(count * sizeof(u64), sizeof(u64));
	return stats->value ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(handoff_stats_init);

void handoff_stats_clean(struct handoff_stats *stats)
{
	free_percpu(stats->value);
	stats->value = NULL;
}
EXPORT_SYMBOL_GPL(handoff_stats_clean);

u64 handoff_stats_read(const struct handoff_stats *stats, unsigned int which)
{
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats->value, cpu)[which]);
	/*
	 * A gauge's +1 and -1 may be on two CPUs, and read between them: what
	 * would be less than nothing is nothing.
	 */
	if (stats->table[which].gauge && sum < 0)
		sum = 0;
	return sum;
}
EXPORT_SYMBOL_GPL(handoff_stats_read);
