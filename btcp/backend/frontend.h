/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frontend: a front-end as the back-end knows it, with its grants: which
 * VIPs it may hand off, and on which local port their connections end.
 *
 * A frontend is a counted object: 1 for the configuration until it is
 * deleted, 1 for each flow.  Deleting takes its grants at once; it stays in
 * the list, shown as deleting, and keeps its session, until its last flow is
 * gone.
 */
#ifndef _BTCP_BACKEND_FRONTEND_H
#define _BTCP_BACKEND_FRONTEND_H

#include <linux/btcp.h>
#include <linux/refcount.h>

#include "btcp/backend/net.h"
#include "handoff/session.h"

#define BTCP_REFUSED_MAX	1024	/* a power of two */

/**
 * struct btcp_learned - what a SYN/ACK caught told of TCP on a grant's port
 * @at: jiffies; it is believed for a while only, since an operator may change
 *	settings that TCP then never gets a chance to show
 * @valid: there was one
 * @offered: WIRE_OPT_* that the SYN offered
 * @options: WIRE_OPT_* that it agreed to
 * @wscale: its shift, if it agreed
 * @window: unscaled
 * @mss: 0 if it named none
 */
struct btcp_learned {
	unsigned long at;
	bool valid;
	u8 offered;
	u8 options;
	u8 wscale;
	u16 window;
	u16 mss;
};

/**
 * struct btcp_grant - a VIP that a front-end may hand off
 * @vip: constant
 * @local_port: big-endian; where its connections end; constant
 * @lock: of @learned, BH off
 * @learned: see there
 */
struct btcp_grant {
	struct handoff_endpoint vip;
	__be16 local_port;
	spinlock_t lock;	/* of @learned */
	struct btcp_learned learned;
};

/**
 * struct btcp_grants - all grants of a frontend, replaced as a whole
 * @rcu: frees it
 * @count: of @grant
 * @grant: they
 */
struct btcp_grants {
	struct rcu_head rcu;
	unsigned int count;
	struct btcp_grant grant[];
};

/**
 * struct btcp_frontend - one frontend; @config is its namespace's
 * @list: in the namespace's frontends; @config, RCU for readers
 * @bnet: namespace
 * @name: constant
 * @addr: the front-end's address
 * @family: of @addr
 * @session: the control channel to it; constant, and kept in memory by
 *	handoff_session_get() as long as the frontend
 * @closed: handoff_session_close() was called; @config
 * @grants: NULL: it is being deleted; @config, RCU for readers
 * @gone: in the list of those about to be freed
 * @ref: see above
 * @stats: by enum btcp_frontend_stat
 * @sysfs: frontend:NAME
 * @key_path: where the key was read from, or NULL; @config
 * @refused: hand-offs refused lately, id << 8 | enum wire_nak, found by the
 *	id's low bits: a late copy of one must not be taken after all, when the
 *	front-end has long gone to the next back-end
 */
struct btcp_frontend {
	struct list_head list;
	struct list_head gone;
	struct btcp_backend_net *bnet;
	char name[BTCP_NAME_LEN + 1];
	union nf_inet_addr addr;
	u8 family;
	bool closed;
	struct handoff_session *session;
	struct btcp_grants __rcu *grants;
	refcount_t ref;
	struct handoff_stats stats;
	struct handoff_sysfs sysfs;
	char *key_path;
	u64 refused[BTCP_REFUSED_MAX];
};

/**
 * btcp_frontend_add() - a new frontend, in the list, with an open session
 * @bnet: namespace
 * @name: its name, not in use
 * @addr: the front-end's address, with the family; the port is ignored
 * @control: its control channel
 * @key: 32 bytes
 * @grants: its grants; the frontend's on success
 * @extack: gets the sentence of a refusal
 *
 * Context: process context, genl lock and @config held.
 * Return: the frontend or ERR_PTR.
 */
struct btcp_frontend *btcp_frontend_add(struct btcp_backend_net *bnet, const char *name,
					const struct handoff_endpoint *addr,
					const struct handoff_endpoint *control,
					const u8 key[32], struct btcp_grants *grants,
					struct netlink_ext_ack *extack);

/**
 * btcp_frontend_find() - by name
 * @bnet: namespace
 * @name: name
 *
 * Context: process context, genl lock and @config held.
 * Return: the frontend, even one being deleted, or NULL.
 */
struct btcp_frontend *btcp_frontend_find(struct btcp_backend_net *bnet, const char *name);

/**
 * btcp_frontend_set_grants() - replace the grants; brings a deleted one back
 * @frontend: frontend
 * @grants: the frontend's from now on; NULL: delete
 *
 * Context: process context, genl lock and @config held.
 * Return: 0, or -EBUSY if a deleted frontend is past bringing back.
 */
int btcp_frontend_set_grants(struct btcp_frontend *frontend, struct btcp_grants *grants);

/**
 * btcp_frontend_deleting() - is it?
 * @frontend: frontend
 *
 * Context: any.
 */
static inline bool btcp_frontend_deleting(const struct btcp_frontend *frontend)
{
	return !rcu_access_pointer(frontend->grants);
}

/**
 * btcp_frontend_grants() - its grants, for those who may change them
 * @frontend: frontend
 *
 * Context: process context, @config held.
 * Return: the grants, NULL if it is being deleted.
 */
static inline struct btcp_grants *btcp_frontend_grants(const struct btcp_frontend *frontend)
{
	return rcu_dereference_protected(frontend->grants,
					 lockdep_is_held(&frontend->bnet->config));
}

/**
 * btcp_frontend_state() - for show and sysfs
 * @frontend: frontend, or a pointer to one as sysfs has it
 *
 * Return: "deleting" or the session's state.
 */
const char *btcp_frontend_state(void *frontend);

/**
 * btcp_frontend_granted() - whose is this VIP?
 * @bnet: namespace
 * @session: the asking front-end's
 * @vip: VIP
 * @grant: result: the grant, as long as the RCU read side
 *
 * Context: RCU read side.
 * Return: the frontend, or NULL: not granted over this session.
 */
struct btcp_frontend *btcp_frontend_granted(struct btcp_backend_net *bnet,
					    const struct handoff_session *session,
					    const struct handoff_endpoint *vip,
					    struct btcp_grant **grant);

/**
 * btcp_frontend_refused() - was this hand-off refused before?
 * @bnet: namespace
 * @session: the front-end's
 * @id: the flow's
 *
 * Context: RCU read side.
 * Return: enum wire_nak, or 0.
 */
u8 btcp_frontend_refused(struct btcp_backend_net *bnet,
			 const struct handoff_session *session, u64 id);

/**
 * btcp_frontend_remember() - a hand-off is not to begin, whatever still comes
 * @bnet: namespace
 * @session: the front-end's
 * @id: the flow's
 * @nak: enum wire_nak, the answer to late copies
 *
 * Context: RCU read side.
 */
void btcp_frontend_remember(struct btcp_backend_net *bnet,
			    const struct handoff_session *session, u64 id, u8 nak);

/**
 * btcp_frontend_refuse() - remember that a hand-off was refused, and count
 * @bnet: namespace
 * @session: the front-end's
 * @id: the flow's
 * @nak: enum wire_nak
 *
 * Context: RCU read side.
 */
void btcp_frontend_refuse(struct btcp_backend_net *bnet,
			  const struct handoff_session *session, u64 id, u8 nak);

/**
 * btcp_frontend_get() - keep a frontend beyond the RCU read side
 * @frontend: found under RCU
 *
 * Return: false if its last reference is gone.
 */
static inline bool btcp_frontend_get(struct btcp_frontend *frontend)
{
	return refcount_inc_not_zero(&frontend->ref);
}

/**
 * btcp_frontend_put() - drop a reference
 * @frontend: frontend
 *
 * Context: any; the rest is done by a work.
 */
void btcp_frontend_put(struct btcp_frontend *frontend);

/**
 * btcp_frontend_reap() - free the frontends without references
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void btcp_frontend_reap(struct btcp_backend_net *bnet);

/**
 * btcp_frontend_reap_work() - the same, as a work
 * @work: struct btcp_backend_net's @reap
 */
void btcp_frontend_reap_work(struct work_struct *work);

/**
 * btcp_frontends_going() - tell every front-end that the role is going away
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void btcp_frontends_going(struct btcp_backend_net *bnet);

/**
 * btcp_frontends_close() - delete all frontends and close their sessions
 * @bnet: namespace whose flows were killed
 *
 * Context: process context, genl lock and @config held.
 */
void btcp_frontends_close(struct btcp_backend_net *bnet);

/**
 * btcp_frontends_free() - the end of all frontends
 * @bnet: namespace without flows, hooks or readers
 *
 * Context: process context.
 */
void btcp_frontends_free(struct btcp_backend_net *bnet);

#endif /* _BTCP_BACKEND_FRONTEND_H */
