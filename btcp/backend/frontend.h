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

#define BACK_REFUSED_MAX	1024	/* a power of two */

/**
 * struct back_learned - what a SYN/ACK caught told of TCP on a grant's port
 * @at: jiffies; it is believed for a while only, since an operator may change
 *	settings that TCP then never gets a chance to show
 * @valid: there was one
 * @offered: WIRE_OPT_* that the SYN offered
 * @options: WIRE_OPT_* that it agreed to
 * @wscale: its shift, if it agreed
 * @window: unscaled
 * @mss: 0 if it named none
 */
struct back_learned {
	unsigned long at;
	bool valid;
	u8 offered;
	u8 options;
	u8 wscale;
	u16 window;
	u16 mss;
};

/**
 * struct back_grant - a VIP that a front-end may hand off
 * @vip: constant
 * @local_port: big-endian; where its connections end; constant
 * @lock: of @learned, BH off
 * @learned: see there
 */
struct back_grant {
	struct handoff_endpoint vip;
	__be16 local_port;
	spinlock_t lock;	/* of @learned */
	struct back_learned learned;
};

/**
 * struct back_grants - all grants of a frontend, replaced as a whole
 * @rcu: frees it
 * @count: of @grant
 * @grant: they
 */
struct back_grants {
	struct rcu_head rcu;
	unsigned int count;
	struct back_grant grant[];
};

/**
 * struct back_frontend - one frontend; @config is its namespace's
 * @list: in the namespace's frontends; @config, RCU for readers
 * @shown: in back_net.shown; @config
 * @bnet: namespace
 * @name: constant
 * @addr: the front-end's address
 * @family: of @addr
 * @session: the control channel to it; constant, and kept in memory by
 *	handoff_session_get() as long as the frontend
 * @closed: handoff_session_close() was called; @config
 * @resumed: its session is up, and it was not told of its flows since; xchg
 * @telling: it is being told; the namespace's @tell work's
 * @grants: NULL: it is being deleted; @config, RCU for readers
 * @gone: in the list of those about to be freed
 * @ref: see above
 * @stats: by enum back_frontend_stat
 * @sysfs: frontend:NAME
 * @key_path: where the key was read from, or NULL; @config
 * @next: what a transaction has for it, or NULL; @config
 * @refused: hand-offs refused lately, id << 8 | enum wire_nak, found by the
 *	id's low bits: a late copy of one must not be taken after all, when the
 *	front-end has long gone to the next back-end
 */
struct back_frontend {
	struct list_head list;
	struct list_head shown;
	struct list_head gone;
	struct back_net *bnet;
	char name[BTCP_NAME_LEN + 1];
	union nf_inet_addr addr;
	u8 family;
	bool closed;
	bool resumed;
	bool telling;
	struct handoff_session *session;
	struct back_grants __rcu *grants;
	refcount_t ref;
	struct handoff_stats stats;
	struct handoff_sysfs sysfs;
	char *key_path;
	struct back_frontend_next *next;
	u64 refused[BACK_REFUSED_MAX];
};

/**
 * back_frontend_add() - a new frontend, in the list, with an open session
 * @bnet: namespace, its hooks there: a HANDOFF may come at once
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
struct back_frontend *back_frontend_add(struct back_net *bnet, const char *name,
					const struct handoff_endpoint *addr,
					const struct handoff_endpoint *control,
					const u8 key[32], struct back_grants *grants,
					struct netlink_ext_ack *extack);

/**
 * back_frontend_find() - by name
 * @bnet: namespace
 * @name: name
 *
 * Context: process context, genl lock and @config held.
 * Return: the frontend, even one being deleted, or NULL.
 */
struct back_frontend *back_frontend_find(struct back_net *bnet, const char *name);

/**
 * back_frontend_has_peer() - is it this front-end?
 * @frontend: frontend
 * @addr: a front-end's address
 * @control: its control channel
 *
 * Context: any.
 */
bool back_frontend_has_peer(const struct back_frontend *frontend,
			    const struct handoff_endpoint *addr,
			    const struct handoff_endpoint *control);

/**
 * back_frontend_set_grants() - replace the grants; brings a deleted one back
 * @frontend: frontend
 * @grants: the frontend's from now on; NULL: delete
 *
 * Context: process context, genl lock and @config held.
 * Return: 0, or -EBUSY if a deleted frontend is past bringing back.
 */
int back_frontend_set_grants(struct back_frontend *frontend, struct back_grants *grants);

/**
 * back_frontend_deleting() - is it?
 * @frontend: frontend
 *
 * Context: any.
 */
static inline bool back_frontend_deleting(const struct back_frontend *frontend)
{
	return !rcu_access_pointer(frontend->grants);
}

/**
 * back_frontend_grants() - its grants, for those who may change them
 * @frontend: frontend
 *
 * Context: process context, @config held.
 * Return: the grants, NULL if it is being deleted.
 */
static inline struct back_grants *back_frontend_grants(const struct back_frontend *frontend)
{
	return rcu_dereference_protected(frontend->grants,
					 lockdep_is_held(&frontend->bnet->config));
}

/**
 * back_frontend_state() - for show and sysfs
 * @frontend: frontend, or a pointer to one as sysfs has it
 *
 * Return: "deleting" or the session's state.
 */
const char *back_frontend_state(void *frontend);

/**
 * back_frontend_granted() - whose is this VIP?
 * @bnet: namespace
 * @session: the asking front-end's
 * @vip: VIP
 * @grant: result: the grant, as long as the RCU read side
 *
 * Context: RCU read side.
 * Return: the frontend, or NULL: not granted over this session.
 */
struct back_frontend *back_frontend_granted(struct back_net *bnet,
					    const struct handoff_session *session,
					    const struct handoff_endpoint *vip,
					    struct back_grant **grant);

/**
 * back_frontend_refused() - was this hand-off refused before?
 * @bnet: namespace
 * @session: the front-end's
 * @id: the flow's
 *
 * Context: RCU read side.
 * Return: enum wire_nak, or 0.
 */
u8 back_frontend_refused(struct back_net *bnet,
			 const struct handoff_session *session, u64 id);

/**
 * back_frontend_remember() - a hand-off is not to begin, whatever still comes
 * @bnet: namespace
 * @session: the front-end's
 * @id: the flow's
 * @nak: enum wire_nak, the answer to late copies
 *
 * Context: RCU read side.
 */
void back_frontend_remember(struct back_net *bnet,
			    const struct handoff_session *session, u64 id, u8 nak);

/**
 * back_frontend_refuse() - remember that a hand-off was refused, and count
 * @bnet: namespace
 * @session: the front-end's
 * @id: the flow's
 * @nak: enum wire_nak
 *
 * Context: RCU read side.
 */
void back_frontend_refuse(struct back_net *bnet,
			  const struct handoff_session *session, u64 id, u8 nak);

/**
 * back_frontend_get() - keep a frontend beyond the RCU read side
 * @frontend: found under RCU
 *
 * Return: false if its last reference is gone.
 */
static inline bool back_frontend_get(struct back_frontend *frontend)
{
	return refcount_inc_not_zero(&frontend->ref);
}

/**
 * back_frontend_put() - drop a reference
 * @frontend: frontend
 *
 * Context: any; the rest is done by a work.
 */
void back_frontend_put(struct back_frontend *frontend);

/**
 * back_frontends_reap() - free the frontends without references
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void back_frontends_reap(struct back_net *bnet);

/**
 * back_frontends_close() - delete all frontends and close their sessions
 * @bnet: namespace whose flows were killed
 *
 * Context: process context, genl lock and @config held.
 */
void back_frontends_close(struct back_net *bnet);

/**
 * back_frontends_free() - the end of all frontends
 * @bnet: namespace without flows, hooks or readers
 *
 * Context: process context.
 */
void back_frontends_free(struct back_net *bnet);

/**
 * back_frontend_resumed() - a session is up, perhaps again
 * @bnet: namespace
 * @session: session
 *
 * Whatever the front-end had to say of flows meanwhile was lost, so it is told
 * which there are.
 *
 * Context: softirq, RCU read side.
 */
void back_frontend_resumed(struct back_net *bnet, const struct handoff_session *session);

/**
 * back_frontends_to_tell() - those resumed since the last time are @telling now
 * @bnet: namespace
 *
 * Context: the @tell work.
 */
void back_frontends_to_tell(struct back_net *bnet);

#endif /* _BTCP_BACKEND_FRONTEND_H */
