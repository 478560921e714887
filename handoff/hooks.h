/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A role's netfilter hooks in one namespace, and what must run before them.
 *
 * Priorities are of our own: netfilter puts a hook of equal priority before
 * those already there, so none is shared with conntrack or its confirm.
 */
#ifndef _HANDOFF_HOOKS_H
#define _HANDOFF_HOOKS_H

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>

/* Behind defragmentation (-400), before raw (-300) and conntrack (-200). */
#define HANDOFF_HOOK_FIRST	(-350)
/* Behind all but what asks to be the very last, as conntrack's confirm does. */
#define HANDOFF_HOOK_LAST	(NF_IP_PRI_LAST - 1)

/**
 * handoff_hooks_add() - see packets from now on, fragments put together
 * @net: namespace
 * @ops: hooks of both families, static
 * @count: of them
 *
 * Context: process context, may sleep; the caller serialises.
 * Return: 0 or a negative errno, and then nothing was added.
 */
int handoff_hooks_add(struct net *net, const struct nf_hook_ops *ops, unsigned int count);

/**
 * handoff_hooks_del() - the opposite
 * @net: namespace
 * @ops: as added
 * @count: of them
 *
 * Packets may be in the hooks until a grace period has passed.
 *
 * Context: process context, may sleep; the caller serialises.
 */
void handoff_hooks_del(struct net *net, const struct nf_hook_ops *ops, unsigned int count);

#endif /* _HANDOFF_HOOKS_H */
