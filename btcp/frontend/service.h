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
 * @service: NULL: nobody's, until a transaction is committed; RCU readers take a reference
 *	before they keep it; written under @config
 * @list: in the service's list
 * @staged: whose a transaction has it, or NULL; @config
 * @staged_list: in the list of that; @config
 * @rcu: frees it
 */
struct front_vip {
	struct rhash_head node;
	struct handoff_endpoint endpoint;
	struct front_service *service;
	struct list_head list;
	struct front_service *staged;
	struct list_head staged_list;
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
 * struct front_service_settings - what is configured of it, in words
 * @proto: enum btcp_proto; READ_ONCE
 * @requests: enum btcp_requests, as configured; of proto http; READ_ONCE
 * @admin: enum btcp_admin; READ_ONCE
 * @persist: bits of a client's address that make it the same client, an IPv4
 *	address has at most 32; 0: no persistence; READ_ONCE
 * @persist_timeout: seconds it is remembered after its last connection; READ_ONCE
 */
struct front_service_settings {
	u8 proto;
	u8 requests;
	u8 admin;
	u8 persist;
	u32 persist_timeout;
};

/**
 * struct front_service_next - what a transaction has for a service; @config
 * @set: to be
 * @vips: struct front_vip, by @staged_list
 * @rules: to be; once published, what was there before
 * @by_pref: of @rules
 * @load: content under way, or NULL
 */
struct front_service_next {
	struct front_service_settings set;
	struct list_head vips;
	struct front_rules *rules;
	struct rb_root by_pref;
	struct front_content_load *load;
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
 * @rules: never NULL, empty once it is deleted; RCU, written under @config
 * @load: content under way, or NULL; @config
 * @by_pref: struct front_rule, all but the default; @config
 * @set: words
 * @deleting: written under @config; READ_ONCE
 * @stage: enum front_stage; @config
 * @staged: in front_net.stage; @config
 * @next: if it is in a transaction, else NULL; @config
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
	struct front_rules __rcu *rules;
	struct front_content_load *load;
	struct rb_root by_pref;
	struct front_service_settings set;
	bool deleting;
	u8 stage;
	struct list_head staged;
	struct front_service_next *next;
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
 * Those of the transaction, if it is one of its requests that is being handled; so with the next
 * three.
 *
 * Context: @config held.
 */
struct front_rules *front_service_rules(const struct front_service *service);

/**
 * front_service_by_pref() - the same in their order
 * @service: service
 *
 * Context: @config held.
 */
static inline struct rb_root *front_service_by_pref(struct front_service *service)
{
	return service->fn->staging ? &service->next->by_pref : &service->by_pref;
}

/**
 * front_service_settings() - what is configured of it
 * @service: service
 *
 * Context: @config held.
 */
static inline struct front_service_settings *front_service_settings(struct front_service *service)
{
	return service->fn->staging ? &service->next->set : &service->set;
}

/**
 * front_service_load() - where content under way is
 * @service: service
 *
 * Context: @config held.
 */
static inline struct front_content_load **front_service_load(struct front_service *service)
{
	return service->fn->staging ? &service->next->load : &service->load;
}

/**
 * front_service_keep() - a transaction has a service
 * @service: service, not in it yet
 *
 * It begins without VIPs, rules and content, and with the defaults.
 *
 * Context: process context; @config held.
 * Return: 0 or -ENOMEM.
 */
int front_service_keep(struct front_service *service);

/**
 * front_service_stage_vip() - a transaction has a VIP for a service
 * @service: in it
 * @endpoint: of no other service in it
 *
 * Context: process context; @config held.
 * Return: 0, -ENOMEM or what the table said.
 */
int front_service_stage_vip(struct front_service *service,
			    const struct handoff_endpoint *endpoint);

/**
 * front_service_publish() - requests see it as it is to be
 * @service: in a transaction
 *
 * Context: BH off, within @published; @config held.
 */
void front_service_publish(struct front_service *service);

/**
 * front_service_settle() - forget what it was before
 * @service: published
 *
 * Context: process context; @config held.
 */
void front_service_settle(struct front_service *service);

/**
 * front_service_unstage() - forget what a transaction had of it
 * @service: in one that was given up; gone if it was new
 *
 * Context: process context; @config held.
 */
void front_service_unstage(struct front_service *service);

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
