/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the front-end keeps for one network namespace.  Who holds what, and how
 * it ends: docs/concurrency.md.
 */
#ifndef _BTCP_FRONTEND_NET_H
#define _BTCP_FRONTEND_NET_H

#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "btcp/frontend/stat.h"
#include "handoff/sysfs.h"
#include "handoff/table.h"

struct front_backlog;

/**
 * struct front_rate - so many a second, told cheaply
 * @second: the second @count is of
 * @count: events in it
 */
struct front_rate {
	unsigned long second;
	atomic_t count;
};

/**
 * enum front_stage - how an object stands to the transaction, see stage.h
 * @FRONT_STANDS: it is not in it, or there is none
 * @FRONT_KEPT: it was there, and will be
 * @FRONT_FRESH: it will be: only the transaction's own requests see it
 */
enum front_stage {
	FRONT_STANDS,
	FRONT_KEPT,
	FRONT_FRESH,
};

/**
 * struct front_staged - what a transaction has, in the order in which it came
 * @services: struct front_service
 * @backends: struct front_backend
 * @pools: struct front_pool
 */
struct front_staged {
	struct list_head services;
	struct list_head backends;
	struct list_head pools;
};

/**
 * struct front_net - one namespace's front-end
 * @net: namespace
 * @table: its flows
 * @vips: (address, port) to service; RCU, written under @config
 * @config: serialises what the genl lock does, in a form lockdep can assert
 * @services: struct front_service, deleted ones too until reaped; @config
 * @backends: struct front_backend, likewise; also read under RCU
 * @backends_shown: struct front_backend, all, in the order in which they are told; @config
 * @pools: struct front_pool; @config
 * @stage: see stage.h; @config
 * @staging: the request that is being handled is a transaction's; @config
 * @published: changes while a transaction takes the place of what there was, written under
 *	@config
 * @reapable: services and back-ends without references
 * @reap: frees them
 * @serial: of the last service, pool or back-end that was made; @config
 * @persist: struct persist_entry, see persist.h
 * @persist_sweep: forgets those whose time is over
 * @generation: changes whenever a promise may have to change
 * @last_id: of the last hand-off; begins at the wall clock in nanoseconds, so
 *	no id is used twice even over a restart
 * @backlog: who is not handed off yet; from the first service on, constant then
 * @openings: how many, until the last of their memory is gone
 * @head_bytes: their buffers
 * @queue_bytes: memory of the packets that wait in them
 * @key: for sequence numbers, timestamps and the backlog's clients
 * @cookie_key: for SYN cookies
 * @cookies: one was sent, at @cookie_sent or not much more than a second later;
 *	READ_ONCE and WRITE_ONCE, by anyone, as is that
 * @cookie_sent: jiffies
 * @strays: RSTs to strays
 * @icmp: ICMP errors sent
 * @stats: totals
 * @sysfs: /sys/class/btcp/frontend
 * @hooked: the netfilter hooks are there; @config
 * @dying: the namespace or the role is going; the control channel's callbacks
 *	do nothing any more
 */
struct front_net {
	struct net *net;
	struct handoff_table table;
	struct rhashtable vips;
	struct mutex config;	/* inside the genl lock */
	struct list_head services;
	struct list_head backends;
	struct list_head backends_shown;
	struct list_head pools;
	struct front_staged stage;
	bool staging;
	seqlock_t published;
	struct llist_head reapable;
	struct work_struct reap;
	u32 serial;
	struct rhashtable persist;
	struct delayed_work persist_sweep;
	atomic_t generation;
	atomic64_t last_id;
	struct front_backlog *backlog;
	atomic_t openings;
	atomic_long_t head_bytes;
	atomic_long_t queue_bytes;
	siphash_key_t key;
	siphash_key_t cookie_key;
	bool cookies;
	unsigned long cookie_sent;
	struct front_rate strays;
	struct front_rate icmp;
	struct handoff_stats stats;
	struct handoff_sysfs sysfs;
	bool hooked;
	bool dying;
};

extern unsigned int front_net_id;

/* Our own, so that the role's end can wait for what is queued. */
extern struct workqueue_struct *front_workqueue;

/**
 * front_net() - this module's part of a namespace
 * @net: namespace
 *
 * Context: any, while @net lives.
 */
static inline struct front_net *front_net(const struct net *net)
{
	return net_generic(net, front_net_id);
}

/**
 * front_count() - count one in the namespace's totals
 * @fn: namespace
 * @which: counter
 *
 * Context: any.
 */
static inline void front_count(struct front_net *fn, enum front_stat which)
{
	handoff_stats_inc(&fn->stats, which);
}

/**
 * front_rate_allow() - may this still be done this second?
 * @rate: embedded, zero
 * @limit: times a second
 *
 * Exact only as far as cheapness allows: two CPUs may both begin a second.
 *
 * Context: any.
 */
bool front_rate_allow(struct front_rate *rate, u32 limit);

/**
 * front_stage_sees() - does the request that is being handled know of an object?
 * @fn: namespace
 * @stage: the object's
 *
 * A transaction begins with nothing; all others see what requests see.
 *
 * Context: @config held.
 */
static inline bool front_stage_sees(const struct front_net *fn, enum front_stage stage)
{
	lockdep_assert_held(&fn->config);
	return fn->staging ? stage != FRONT_STANDS : stage != FRONT_FRESH;
}

/**
 * front_net_serial() - a number for a service, pool or back-end
 * @fn: namespace
 *
 * Tells it from every other of its kind, earlier ones too.
 *
 * Context: @config held.
 * Return: not 0, which is nobody's.
 */
static inline u32 front_net_serial(struct front_net *fn)
{
	lockdep_assert_held(&fn->config);
	return ++fn->serial ?: ++fn->serial;
}

/**
 * front_net_promise_changed() - promises are to be computed again
 * @fn: namespace
 *
 * Context: any.
 */
static inline void front_net_promise_changed(struct front_net *fn)
{
	atomic_inc(&fn->generation);
}

/**
 * front_net_reap() - an object's last reference went
 * @fn: namespace
 * @node: in the object; see struct front_reapable
 *
 * Context: any.
 */
void front_net_reap(struct front_net *fn, struct llist_node *node);

/**
 * struct front_reapable - what services and back-ends begin with
 * @node: once unreferenced
 * @unlink: out of its list, @config held; who reads that under RCU may still
 *	see it
 * @destroy: drop what it holds, and free it; @config held, a grace period
 *	passed since
 */
struct front_reapable {
	struct llist_node node;
	void (*unlink)(struct front_reapable *object);
	void (*destroy)(struct front_net *fn, struct front_reapable *object);
};

#endif /* _BTCP_FRONTEND_NET_H */
