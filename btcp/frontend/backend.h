/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A back-end: a server as the front-end knows it.  What its TCP would agree to
 * and how it fares comes with the heartbeats of its session (health.h); BIP's
 * cached route to it is here.
 */
#ifndef _BTCP_FRONTEND_BACKEND_H
#define _BTCP_FRONTEND_BACKEND_H

#include <linux/btcp.h>
#include <net/dst_cache.h>

#include "btcp/frontend/net.h"
#include "btcp/frontend/profile.h"
#include "handoff/session.h"

/**
 * struct front_endpoint - a back-end's address in one family
 * @endpoint: family 0: it has none; constant
 * @profile: packed struct front_profile, from the last heartbeat
 * @route: to it, per CPU: the only place a route is kept, so that none
 *	outlives its device
 * @beat_counted: jiffies, when @beats became what it is; the back-end's @lock,
 *	and READ_ONCE for the next two
 * @queue: connections that wait to be accepted, by the last heartbeat
 * @queue_max: the most that may
 * @busy: its accept queue is full, or it is short of memory: nothing new if
 *	another can take it; READ_ONCE
 * @beats: heartbeats in a row that found a listener again; @lock
 * @listened: somebody has listened before; @lock
 * @full: the accept queue was full, and is not half empty yet; @lock
 */
struct front_endpoint {
	struct handoff_endpoint endpoint;
	atomic64_t profile;
	struct dst_cache route;
	unsigned long beat_counted;
	u32 queue;
	u32 queue_max;
	bool busy;
	u8 beats;
	bool listened;
	bool full;
};

/**
 * struct front_backend_next - what a transaction has for a back-end that is there
 * @weight: as of struct front_backend; what it was before, once it is published
 * @maxflows: likewise
 * @slowstart: likewise
 * @admin: likewise; what it was before, once it is published
 * @deadline: of a drain, in seconds; 0: none
 * @key: 32 bytes
 * @key_path: or NULL
 */
struct front_backend_next {
	u32 weight;
	u32 maxflows;
	u32 slowstart;
	u8 admin;
	u32 deadline;
	u8 key[BTCP_KEY_LEN];
	char *key_path;
};

/**
 * struct front_backend - a back-end
 * @reapable: at the end
 * @list: in front_net.backends; written under @config, read under RCU
 * @shown: in front_net.backends_shown; @config
 * @ref: 1 for the configuration, 1 for each flow, 1 for each opening that asks it,
 *	1 for @lost while it is queued, 1 for @deadline likewise
 * @fn: namespace
 * @name: constant
 * @endpoint: IPv4, IPv6
 * @session: constant; closed when the back-end is destroyed
 * @key_path: where its key came from, or NULL; @config
 * @serial: from front_net_serial()
 * @members: pools it is in; @config
 * @weight: READ_ONCE
 * @maxflows: the most @load may be, 0: no limit; READ_ONCE
 * @slowstart: seconds until a back-end that became usable has all its weight; READ_ONCE
 * @load: connections it has or is being asked to take, those in TIME_WAIT left
 *	out; for policies, and @maxflows
 * @others: connections that other front-ends have on its host, by the last
 *	heartbeat; READ_ONCE
 * @lock: of what heartbeats change, BH off
 * @usable: it was, when front_backend_changed() looked last; @lock
 * @since: jiffies, when it became usable; READ_ONCE
 * @sick: somebody outside has found so; READ_ONCE
 * @admin: enum btcp_admin; READ_ONCE
 * @drained: the deadline of its drain has passed; READ_ONCE
 * @deadline_at: jiffies, if @deadline is pending; @config
 * @going: the back-end said that it takes nothing new; READ_ONCE
 * @deleting: written under @config; READ_ONCE
 * @reborn: its flows are to end although it is there; READ_ONCE
 * @stage: enum front_stage; written under @config; READ_ONCE
 * @staged: in front_net.stage; @config
 * @next: if it is in a transaction and was there, else NULL; @config
 * @lost: calls @end_flows: its session went down, or its admin state did
 * @deadline: of a drain: calls @end_flows
 * @end_flows: see struct front_backend_config; constant
 * @stats: counters
 * @sysfs: backend:NAME
 */
struct front_backend {
	struct front_reapable reapable;
	struct list_head list;
	struct list_head shown;
	refcount_t ref;
	struct front_net *fn;
	char name[BTCP_NAME_LEN + 1];
	struct front_endpoint endpoint[2];
	struct handoff_session *session;
	char *key_path;
	u32 serial;
	unsigned int members;
	u32 weight;
	u32 maxflows;
	u32 slowstart;
	atomic_t load;
	u32 others;
	spinlock_t lock;	/* of what heartbeats change */
	bool usable;
	unsigned long since;
	bool sick;
	u8 admin;
	bool drained;
	unsigned long deadline_at;
	bool going;
	bool deleting;
	bool reborn;
	u8 stage;
	struct list_head staged;
	struct front_backend_next *next;
	struct work_struct lost;
	struct delayed_work deadline;
	void (*end_flows)(struct front_backend *backend);
	struct handoff_stats stats;
	struct handoff_sysfs sysfs;
};

/**
 * struct front_backend_config - what a new back-end is made of
 * @name: its name
 * @endpoint: IPv4, IPv6; family 0: none
 * @control: the peer's control address and port
 * @key: 32 bytes
 * @key_path: or NULL
 * @end_flows: it is lost: its flows are to end.  May sleep
 */
struct front_backend_config {
	char name[BTCP_NAME_LEN + 1];
	struct handoff_endpoint endpoint[2];
	struct handoff_endpoint control;
	const u8 *key;
	const char *key_path;
	void (*end_flows)(struct front_backend *backend);
};

/**
 * front_backend_endpoint() - its address in one family
 * @backend: back-end
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Context: any.
 * Return: never NULL; its family may be 0.
 */
static inline struct front_endpoint *
front_backend_endpoint(const struct front_backend *backend, u8 family)
{
	return (struct front_endpoint *)&backend->endpoint[family == NFPROTO_IPV6];
}

/**
 * front_backend_get() - keep a back-end
 * @backend: found under RCU or @config
 *
 * Context: any.
 * Return: false if its last reference is gone.
 */
static inline bool front_backend_get(struct front_backend *backend)
{
	return refcount_inc_not_zero(&backend->ref);
}

/**
 * front_backend_put() - give it back
 * @fn: namespace
 * @backend: back-end, or NULL
 *
 * Context: any.
 */
static inline void front_backend_put(struct front_net *fn,
				     struct front_backend *backend)
{
	if (backend && refcount_dec_and_test(&backend->ref))
		front_net_reap(fn, &backend->reapable.node);
}

/**
 * front_backend_is_full() - has it as many connections as it may?
 * @backend: back-end
 *
 * Context: any.
 */
static inline bool front_backend_is_full(const struct front_backend *backend)
{
	u32 max = READ_ONCE(backend->maxflows);

	return max && atomic_read(&backend->load) >= max;
}

/**
 * front_backend_load() - a connection more
 * @backend: back-end
 *
 * Context: any.
 * Return: false if it is full.
 */
static inline bool front_backend_load(struct front_backend *backend)
{
	u32 max = READ_ONCE(backend->maxflows);
	int load = atomic_read(&backend->load);

	do {
		if (max && load >= max)
			return false;
	} while (!atomic_try_cmpxchg(&backend->load, &load, load + 1));
	return true;
}

/**
 * front_backend_unload() - one less
 * @backend: back-end
 *
 * Context: any.
 */
static inline void front_backend_unload(struct front_backend *backend)
{
	atomic_dec(&backend->load);
}

/**
 * front_backend_connections() - how many it has, of whatever front-end
 * @backend: back-end
 *
 * Context: any.
 * Return: our own as they are, the others' as of its last heartbeat.
 */
static inline u64 front_backend_connections(const struct front_backend *backend)
{
	return (u64)atomic_read(&backend->load) + READ_ONCE(backend->others);
}

/**
 * front_backend_profile() - what its TCP would agree to, as last heard, with
 *	an MSS that the path to it can carry
 * @backend: back-end
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Context: any.
 */
struct front_profile front_backend_profile(const struct front_backend *backend, u8 family);

/**
 * front_backend_usable() - may it be given a new connection?
 * @backend: back-end
 * @family: of the client
 *
 * Admin up, health up, session up, not going away, and something listens.
 *
 * Context: any.
 */
bool front_backend_usable(const struct front_backend *backend, u8 family);

/**
 * front_backend_is_lost() - are its flows to end?
 * @backend: back-end
 *
 * Context: any.
 */
static inline bool front_backend_is_lost(const struct front_backend *backend)
{
	return READ_ONCE(backend->admin) == BTCP_ADMIN_DOWN || READ_ONCE(backend->drained) ||
	       !handoff_session_is_up(backend->session);
}

/**
 * front_backend_count_lost() - one of its flows ends, since it is lost
 * @backend: back-end
 *
 * Context: any.
 */
static inline void front_backend_count_lost(const struct front_backend *backend)
{
	front_count(backend->fn, READ_ONCE(backend->drained) ? FRONT_STAT_DRAIN_ENDED :
							       FRONT_STAT_BACKEND_LOST);
}

/**
 * front_backend_state() - for show and sysfs
 * @backend: struct front_backend
 *
 * Context: process context.
 * Return: "up", "drain", "down", "handshake", "going", "sick" (says a checker),
 *	"closed" (nothing listens).
 */
const char *front_backend_state(void *backend);

/**
 * front_backend_reborn() - a session's peer knows nothing of its flows any more
 * @fn: namespace
 * @session: session
 *
 * Context: BH off, RCU read side.
 */
void front_backend_reborn(struct front_net *fn, const struct handoff_session *session);

/**
 * front_backend_changed() - something that usability depends on has changed
 * @backend: back-end
 *
 * Context: any but hard interrupt; takes backend->lock.
 */
void front_backend_changed(struct front_backend *backend);

/**
 * front_backend_session_state() - a session went up or down
 * @fn: namespace
 * @session: session
 * @up: which
 *
 * Context: RCU read side.
 */
void front_backend_session_state(struct front_net *fn,
				 const struct handoff_session *session, bool up);

/**
 * front_backend_find() - by name, not the deleted ones
 * @fn: namespace
 * @name: name
 *
 * Context: @config held.
 * Return: the back-end or NULL.
 */
struct front_backend *front_backend_find(struct front_net *fn, const char *name);

/**
 * front_backend_new() - create a back-end and open its session
 * @fn: namespace
 * @config: what of
 * @extack: gets the sentence of a refusal
 *
 * Context: process context; genl lock and @config held.
 * Return: the back-end or ERR_PTR.
 */
struct front_backend *front_backend_new(struct front_net *fn,
					const struct front_backend_config *config,
					struct netlink_ext_ack *extack);

/**
 * front_backend_set_admin() - up, drain, or down
 * @backend: back-end
 * @admin: enum btcp_admin; down resets its flows
 * @deadline: of a drain, in seconds: then it resets them, too; 0: none
 *
 * Context: process context, may sleep; @config held.
 */
void front_backend_set_admin(struct front_backend *backend, u8 admin, u32 deadline);

/**
 * front_backend_set_sick() - what a checker outside has found
 * @backend: back-end
 * @sick: nothing new
 *
 * Context: process context; @config held.
 */
void front_backend_set_sick(struct front_backend *backend, bool sick);

/**
 * front_backend_forget_deadline() - a drain is to have none any more
 * @backend: back-end, a deleted one, too; may lose its last reference
 *
 * Waits for one that ends flows right now.
 *
 * Context: process context, may sleep; @config held.
 */
void front_backend_forget_deadline(struct front_backend *backend);

/**
 * front_backend_standing() - one that is there, and that a transaction has not named yet
 * @fn: namespace
 * @config: as the transaction has it
 *
 * Context: @config held.
 * Return: the back-end of that name with these addresses, or NULL.
 */
struct front_backend *front_backend_standing(struct front_net *fn,
					     const struct front_backend_config *config);

/**
 * front_backend_keep() - a transaction has a back-end that is there
 * @backend: back-end, not in it yet
 * @next: what is to be; the back-end's from now on
 *
 * Context: process context; @config held.
 */
void front_backend_keep(struct front_backend *backend, struct front_backend_next *next);

/**
 * front_backend_publish() - requests see it as it is to be
 * @backend: in a transaction
 *
 * Context: BH off, within @published; @config held.
 */
void front_backend_publish(struct front_backend *backend);

/**
 * front_backend_settle() - all else of it that is to be; it is in no transaction any more
 * @backend: published
 *
 * Context: process context, may sleep; genl lock and @config held.
 */
void front_backend_settle(struct front_backend *backend);

/**
 * front_backend_unstage() - forget what a transaction had of it
 * @backend: in one that was given up, in no pool if it is new; gone then
 *
 * Context: process context; @config held.
 */
void front_backend_unstage(struct front_backend *backend);

/**
 * front_backend_delete() - nothing new; forgotten with the last flow
 * @backend: in no pool
 *
 * Context: process context; @config held.
 */
void front_backend_delete(struct front_backend *backend);

#endif /* _BTCP_FRONTEND_BACKEND_H */
