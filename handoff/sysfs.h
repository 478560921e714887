/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/class/btcp: a device an object, `statistics/` below it and, where the
 * object has one, `state`.  Tagged with the network namespace.
 */
#ifndef _HANDOFF_SYSFS_H
#define _HANDOFF_SYSFS_H

#include <linux/device.h>
#include <net/net_namespace.h>

#include "handoff/stats.h"

/**
 * struct handoff_sysfs - an object's place in sysfs, embedded in the object
 * @device: NULL until handoff_sysfs_add() succeeded
 */
struct handoff_sysfs {
	struct device *device;
};

/**
 * handoff_sysfs_add() - show an object
 * @sysfs: embedded in the object
 * @net: namespace
 * @stats: what statistics/ shows; lives until handoff_sysfs_del()
 * @state: called for the file `state`, with @priv; NULL: no such file.
 *	Process context; returns a static string
 * @priv: for @state
 * @fmt: the name below /sys/class/btcp, "service:%s"
 *
 * Context: process context, may sleep.
 * Return: 0 or a negative errno (-EEXIST, -ENOMEM).
 */
__printf(6, 7)
int handoff_sysfs_add(struct handoff_sysfs *sysfs, struct net *net,
		      struct handoff_stats *stats,
		      const char *(*state)(void *priv), void *priv,
		      const char *fmt, ...);

/**
 * handoff_sysfs_del() - hide it; when this returns nobody reads it any more
 * @sysfs: added or not
 *
 * Context: process context, may sleep.
 */
void handoff_sysfs_del(struct handoff_sysfs *sysfs);

/**
 * handoff_sysfs_setup() - the class, at module init
 *
 * Return: 0 or a negative errno.
 */
int handoff_sysfs_setup(void);

/** handoff_sysfs_teardown() - the opposite */
void handoff_sysfs_teardown(void);

#endif /* _HANDOFF_SYSFS_H */
