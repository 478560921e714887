/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What handoff.ko keeps for one network namespace.
 */
#ifndef _HANDOFF_NET_H
#define _HANDOFF_NET_H

#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "handoff/control.h"
#include "handoff/settings.h"

struct handoff_transaction;

/**
 * struct handoff_net - one namespace
 * @settings: limits and timeouts
 * @control: the control channel: sockets, sessions (owned by control.c)
 * @transaction: under way, or NULL; genl lock
 */
struct handoff_net {
	struct handoff_settings settings;
	struct handoff_control control;
	struct handoff_transaction *transaction;
};

extern unsigned int handoff_net_id;

/**
 * handoff_net() - this module's part of a namespace
 * @net: namespace
 *
 * Context: any, while @net lives.
 */
static inline struct handoff_net *handoff_net(struct net *net)
{
	return net_generic(net, handoff_net_id);
}

#endif /* _HANDOFF_NET_H */
