/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A service: one or more VIPs with their rules.
 *
 * A deleted service loses its VIPs at once; it stays in the list, shown as
 * deleting, until its last flow ends.
 */
#ifndef _BTCP_FRONTEND_SERVICE_H
#define _BTCP_FRONTEND_SERVICE_H

#include <linux/btcp.h>
#include <linux/rbtree.h>

#include "btcp/frontend/net.h"
#include "btcp/frontend/profile.h"
#include "handoff/tuple.h"

struct front_rule;
struct front_content;
struct front_content_load;
struct front_rules;
struct front_service;

/**
 * struct front_vip - one address and port of a service
 * @node: in front_net.vips
 * @endpoint: the key; constant
 * @service: constant; RCU readers take a reference before they keep it
 * @list: in the service's list
 * @rcu: frees it
 */
struct front_vip {
	struct rhash_head node;
	struct handoff_endpoint endpoint;
	struct front_service *service;
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * struct front_promise - what the service may promise, computed now and then
 * @profile: packed struct front_profile
 * @generation: the namespace's when it was computed
 * @computed: jiffies
 */
struct front_promise {
	atomic64_t profile;
	int generation;
	unsigned long computed;
};

/**
 * struct front_service - a service
 * @reapable: at the end
 * @list: in front_net.services; @config
 * @ref: 1 for the configuration, 1 for each flow
 * @fn: namespace
 * @name: constant
 * @serial: from front_net_serial()
 * @vips: struct front_vip; @config
 * @vip_count: of them; @config
 * @rules: never NULL, empty once it is deleted; RCU, written under @config
 * @load: content under way, or NULL; @config
 * @by_pref: struct front_rule, all but the default; @config
 * @proto: enum btcp_proto; READ_ONCE
 * @requests: enum btcp_requests, as configured; of proto http; READ_ONCE
 * @admin: enum btcp_admin; READ_ONCE
 * @persist: bits of a client's address that make it the same client, an IPv4
 *	address has at most 32; 0: no persistence; READ_ONCE
 * @persist_timeout: seconds it is remembered after its last connection; READ_ONCE
 * @deleting: written under @config; READ_ONCE
 * @promise: IPv4, IPv6
 * @stats: counters
 * @sysfs: service:NAME
 */
struct front_service {
	struct front_reapable reapable;
	struct list_head list;
	refcount_t ref;
	struct front_net *fn;
	char name[BTCP_NAME_LEN + 1];
	u32 serial;
	struct list_head vips;
	unsigned int vip_count;
	struct front_rules __rcu *rules;
	struct front_content_load *load;
	struct rb_root by_pref;
	u8 proto;
	u8 requests;
	u8 admin;
	u8 persist;
	u32 persist_timeout;
	bool deleting;
	struct front_promise promise[2];
	struct handoff_stats stats;
	struct handoff_sysfs sysfs;
};

extern const struct rhashtable_params front_vip_params;

/**
 * front_service_at() - the service that has a VIP
 * @fn: namespace
 * @tuple: its server is looked up
 *
 * Context: RCU read side.
 * Return: the service, perhaps with its last reference gone, or NULL.
 */
struct front_service *front_service_at(struct front_net *fn,
				       const struct handoff_tuple *tuple);

/**
 * front_service_get() - keep a service
 * @service: found under RCU or @config
 *
 * Context: any.
 * Return: false if its last reference is gone.
 */
static inline bool front_service_get(struct front_service *service)
{
	return refcount_inc_not_zero(&service->ref);
}

/**
 * front_service_put() - give it back
 * @fn: namespace
 * @service: service, or NULL
 *
 * Context: any.
 */
static inline void front_service_put(struct front_net *fn,
				     struct front_service *service)
{
	if (service && refcount_dec_and_test(&service->ref))
		front_net_reap(fn, &service->reapable.node);
}

/**
 * front_service_promise() - what any back-end of a service would agree to
 * @service: service
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * That of the usable back-ends; if there is none, of those ever heard of; if
 * there is none of these, something plain: the answer will be 503.
 *
 * Context: RCU read side.
 * Return: @listening tells whether some back-end is usable.
 */
struct front_profile front_service_promise(struct front_service *service, u8 family);

/**
 * front_service_find() - by name, not the deleted ones
 * @fn: namespace
 * @name: name
 *
 * Context: @config held.
 * Return: the service or NULL.
 */
struct front_service *front_service_find(struct front_net *fn, const char *name);

/**
 * front_service_new() - create a service without VIPs
 * @fn: namespace
 * @name: its name
 *
 * Context: process context; @config held.
 * Return: the service, or ERR_PTR(-ENOMEM) or what sysfs said.
 */
struct front_service *front_service_new(struct front_net *fn, const char *name);

/**
 * front_service_set_vips() - replace a service's VIPs, all or nothing
 * @service: service
 * @endpoints: @count of them, each different, none another service's
 * @count: at most BTCP_VIPS_MAX
 *
 * Context: process context; @config held.
 * Return: 0, -ENOMEM or what the table said.
 */
int front_service_set_vips(struct front_service *service,
			   const struct handoff_endpoint *endpoints, unsigned int count);

/**
 * front_service_rules() - a service's rules, for those who may change them
 * @service: service
 *
 * Context: @config held.
 */
struct front_rules *front_service_rules(const struct front_service *service);

/**
 * front_service_change_rule() - put a rule in, or in place of another, or take
 *	one out
 * @service: service
 * @old: one of its rules, or NULL
 * @new: becomes the service's, or NULL; see front_rules_edit()
 *
 * Context: process context; @config held.
 * Return: 0 or -ENOMEM: then nothing changed.
 */
int front_service_change_rule(struct front_service *service, struct front_rule *old,
			      struct front_rule *new);

/**
 * front_service_set_content() - replace the content
 * @service: service
 * @content: the service's from now on, if it is; or NULL
 *
 * Context: process context; @config held.
 * Return: 0 or -ENOMEM; then nothing changed.
 */
int front_service_set_content(struct front_service *service, struct front_content *content);

/**
 * front_service_delete() - no new connections; forgotten with the last flow
 * @service: service
 *
 * Context: process context; @config held.
 */
void front_service_delete(struct front_service *service);

#endif /* _BTCP_FRONTEND_SERVICE_H */
