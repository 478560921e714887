// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "btcp/backend/frontend.h"

static void frontend_free(struct back_frontend *frontend)
{
	handoff_session_put(frontend->session);
	handoff_stats_clean(&frontend->stats);
	kfree(frontend->key_path);
	kvfree(frontend);
}

static void frontend_close(struct back_frontend *frontend)
{
	lockdep_assert_held(&frontend->bnet->config);
	if (frontend->closed)
		return;
	frontend->closed = true;
	handoff_session_close(frontend->session);
}

struct back_frontend *back_frontend_add(struct back_net *bnet, const char *name,
					const struct handoff_endpoint *addr,
					const struct handoff_endpoint *control,
					const u8 key[32], struct back_grants *grants,
					struct netlink_ext_ack *extack)
{
	struct back_frontend *frontend;
	int err = -ENOMEM;

	lockdep_assert_held(&bnet->config);
	frontend = kvzalloc(sizeof(*frontend), GFP_KERNEL_ACCOUNT);
	if (!frontend)
		return ERR_PTR(-ENOMEM);
	frontend->bnet = bnet;
	strscpy(frontend->name, name, sizeof(frontend->name));
	frontend->addr = addr->addr;
	frontend->family = addr->family;
	refcount_set(&frontend->ref, 1);
	if (handoff_stats_init(&frontend->stats, back_frontend_stats_table,
			       __BACK_FRONTEND_STAT_MAX))
		goto free;

	frontend->session = handoff_session_open(bnet->net, HANDOFF_BACKEND, control,
						 key, extack);
	if (IS_ERR(frontend->session)) {
		err = PTR_ERR(frontend->session);
		goto stats;
	}
	/* Ours beyond close(): flows' readers follow the pointer until the end. */
	handoff_session_get(frontend->session);
	err = handoff_sysfs_add(&frontend->sysfs, bnet->net, &frontend->stats,
				back_frontend_state, frontend, "frontend:%s", name);
	if (err) {
		NL_SET_ERR_MSG(extack, "the frontend cannot be shown in sysfs");
		goto session;
	}

	rcu_assign_pointer(frontend->grants, grants);
	list_add_tail(&frontend->shown, &bnet->shown);
	list_add_tail_rcu(&frontend->list, &bnet->frontends);
	bnet->frontend_count++;
	return frontend;

session:
	frontend_close(frontend);
	handoff_session_put(frontend->session);
stats:
	handoff_stats_clean(&frontend->stats);
free:
	kvfree(frontend);
	return ERR_PTR(err);
}

struct back_frontend *back_frontend_find(struct back_net *bnet, const char *name)
{
	struct back_frontend *frontend;

	lockdep_assert_held(&bnet->config);
	list_for_each_entry(frontend, &bnet->frontends, list)
		if (!strcmp(frontend->name, name))
			return frontend;
	return NULL;
}

bool back_frontend_has_peer(const struct back_frontend *frontend,
			    const struct handoff_endpoint *addr,
			    const struct handoff_endpoint *control)
{
	return frontend->family == addr->family &&
	       !memcmp(&frontend->addr, &addr->addr, sizeof(addr->addr)) &&
	       handoff_endpoint_equal(handoff_session_peer(frontend->session), control);
}

int back_frontend_set_grants(struct back_frontend *frontend, struct back_grants *grants)
{
	struct back_grants *old = back_frontend_grants(frontend);

	/* The configuration's reference comes and goes with the grants. */
	if (!old && grants && !back_frontend_get(frontend))
		return -EBUSY;
	rcu_assign_pointer(frontend->grants, grants);
	if (old)
		kfree_rcu(old, rcu);
	if (old && !grants)
		back_frontend_put(frontend);
	return 0;
}

const char *back_frontend_state(void *priv)
{
	struct back_frontend *frontend = priv;

	if (back_frontend_deleting(frontend))
		return "deleting";
	return handoff_session_state(frontend->session);
}

struct back_frontend *back_frontend_granted(struct back_net *bnet,
					    const struct handoff_session *session,
					    const struct handoff_endpoint *vip,
					    struct back_grant **grant)
{
	struct back_frontend *frontend;
	unsigned int i;

	list_for_each_entry_rcu(frontend, &bnet->frontends, list) {
		struct back_grants *grants = rcu_dereference(frontend->grants);

		if (frontend->session != session || !grants)
			continue;
		for (i = 0; i < grants->count; i++) {
			if (!handoff_endpoint_equal(&grants->grant[i].vip, vip))
				continue;
			*grant = &grants->grant[i];
			return frontend;
		}
	}
	return NULL;
}

/* Several may share a session; the first one keeps the record for all. */
static struct back_frontend *first_of(struct back_net *bnet,
				      const struct handoff_session *session)
{
	struct back_frontend *frontend;

	list_for_each_entry_rcu(frontend, &bnet->frontends, list)
		if (frontend->session == session)
			return frontend;
	return NULL;
}

u8 back_frontend_refused(struct back_net *bnet,
			 const struct handoff_session *session, u64 id)
{
	struct back_frontend *frontend = first_of(bnet, session);
	u64 entry;

	if (!frontend)
		return 0;
	entry = READ_ONCE(frontend->refused[id & (BACK_REFUSED_MAX - 1)]);
	return entry >> 8 == (id & (U64_MAX >> 8)) ? entry & 0xff : 0;
}

void back_frontend_remember(struct back_net *bnet,
			    const struct handoff_session *session, u64 id, u8 nak)
{
	struct back_frontend *frontend = first_of(bnet, session);

	if (frontend)
		WRITE_ONCE(frontend->refused[id & (BACK_REFUSED_MAX - 1)], id << 8 | nak);
}

void back_frontend_refuse(struct back_net *bnet,
			  const struct handoff_session *session, u64 id, u8 nak)
{
	struct back_frontend *frontend = first_of(bnet, session);

	static_assert(BACK_STAT_NAK_ADMIN - BACK_STAT_NAK_GRANT ==
		      WIRE_NAK_ADMIN - WIRE_NAK_GRANT);

	back_count(bnet, BACK_STAT_HANDOFF_REFUSALS);
	back_count(bnet, BACK_STAT_NAK_GRANT + nak - WIRE_NAK_GRANT);
	if (!frontend)
		return;
	handoff_stats_inc(&frontend->stats, BACK_FRONTEND_STAT_HANDOFF_REFUSALS);
	back_frontend_remember(bnet, session, id, nak);
}

void back_frontend_put(struct back_frontend *frontend)
{
	struct back_net *bnet = frontend->bnet;

	/* Closing the session sleeps and needs the genl lock. */
	if (refcount_dec_and_test(&frontend->ref))
		schedule_work(&bnet->reap);
}

void back_frontend_resumed(struct back_net *bnet, const struct handoff_session *session)
{
	struct back_frontend *frontend;

	list_for_each_entry_rcu(frontend, &bnet->frontends, list) {
		if (frontend->session != session)
			continue;
		xchg(&frontend->resumed, true);
		schedule_work(&bnet->tell);
	}
}

void back_frontends_to_tell(struct back_net *bnet)
{
	struct back_frontend *frontend;

	rcu_read_lock();
	list_for_each_entry_rcu(frontend, &bnet->frontends, list)
		frontend->telling = xchg(&frontend->resumed, false);
	rcu_read_unlock();
}

void back_frontends_reap(struct back_net *bnet)
{
	struct back_frontend *frontend, *next;
	LIST_HEAD(gone);

	lockdep_assert_held(&bnet->config);
	list_for_each_entry_safe(frontend, next, &bnet->frontends, list) {
		if (refcount_read(&frontend->ref))
			continue;
		/* Readers still go on from here: link the dead by other means. */
		list_del_rcu(&frontend->list);
		list_del(&frontend->shown);
		list_add(&frontend->gone, &gone);
		bnet->frontend_count--;
	}
	if (!list_empty(&gone))
		synchronize_net();	/* one for all of them */
	list_for_each_entry_safe(frontend, next, &gone, gone) {
		handoff_sysfs_del(&frontend->sysfs);
		frontend_close(frontend);
		frontend_free(frontend);
	}
}

void back_frontends_close(struct back_net *bnet)
{
	struct back_frontend *frontend;

	lockdep_assert_held(&bnet->config);
	list_for_each_entry(frontend, &bnet->frontends, list) {
		back_frontend_set_grants(frontend, NULL);
		frontend_close(frontend);
	}
}

void back_frontends_free(struct back_net *bnet)
{
	struct back_frontend *frontend, *next;

	list_for_each_entry_safe(frontend, next, &bnet->frontends, list) {
		WARN_ON_ONCE(refcount_read(&frontend->ref));
		list_del(&frontend->list);
		handoff_sysfs_del(&frontend->sysfs);
		frontend_free(frontend);
	}
	bnet->frontend_count = 0;
}
