// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "btcp/backend/frontend.h"
#include "btcp/backend/profile.h"

static void frontend_free(struct btcp_frontend *frontend)
{
	handoff_session_put(frontend->session);
	handoff_stats_clean(&frontend->stats);
	kfree(frontend->key_path);
	kvfree(frontend);
}

static void frontend_close(struct btcp_frontend *frontend)
{
	lockdep_assert_held(&frontend->bnet->config);
	if (frontend->closed)
		return;
	frontend->closed = true;
	handoff_session_close(frontend->session);
}

struct btcp_frontend *btcp_frontend_add(struct btcp_backend_net *bnet, const char *name,
					const struct handoff_endpoint *addr,
					const struct handoff_endpoint *control,
					const u8 key[32], struct btcp_grants *grants,
					struct netlink_ext_ack *extack)
{
	struct btcp_frontend *frontend;
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
	if (handoff_stats_init(&frontend->stats, btcp_frontend_stats_table,
			       __BTCP_FRONTEND_STAT_MAX))
		goto free;

	/* Hooks before the session: a HANDOFF may come as soon as that is open. */
	err = btcp_backend_hook(bnet);
	if (err) {
		NL_SET_ERR_MSG(extack, "the netfilter hooks cannot be registered");
		goto stats;
	}
	frontend->session = handoff_session_open(bnet->net, HANDOFF_BACKEND, control,
						 key, extack);
	if (IS_ERR(frontend->session)) {
		err = PTR_ERR(frontend->session);
		goto unhook;
	}
	/* Ours beyond close(): flows' readers follow the pointer until the end. */
	handoff_session_get(frontend->session);
	err = handoff_sysfs_add(&frontend->sysfs, bnet->net, &frontend->stats,
				btcp_frontend_state, frontend, "frontend:%s", name);
	if (err) {
		NL_SET_ERR_MSG(extack, "the frontend cannot be shown in sysfs");
		goto session;
	}

	rcu_assign_pointer(frontend->grants, grants);
	list_add_tail_rcu(&frontend->list, &bnet->frontends);
	bnet->frontend_count++;
	return frontend;

session:
	frontend_close(frontend);
	handoff_session_put(frontend->session);
unhook:
	if (list_empty(&bnet->frontends))
		btcp_backend_unhook(bnet);
stats:
	handoff_stats_clean(&frontend->stats);
free:
	kvfree(frontend);
	return ERR_PTR(err);
}

struct btcp_frontend *btcp_frontend_find(struct btcp_backend_net *bnet, const char *name)
{
	struct btcp_frontend *frontend;

	lockdep_assert_held(&bnet->config);
	list_for_each_entry(frontend, &bnet->frontends, list)
		if (!strcmp(frontend->name, name))
			return frontend;
	return NULL;
}

int btcp_frontend_set_grants(struct btcp_frontend *frontend, struct btcp_grants *grants)
{
	struct btcp_grants *old = btcp_frontend_grants(frontend);

	/* The configuration's reference comes and goes with the grants. */
	if (!old && grants && !btcp_frontend_get(frontend))
		return -EBUSY;
	rcu_assign_pointer(frontend->grants, grants);
	if (old)
		kfree_rcu(old, rcu);
	if (old && !grants)
		btcp_frontend_put(frontend);
	return 0;
}

const char *btcp_frontend_state(void *priv)
{
	struct btcp_frontend *frontend = priv;

	if (btcp_frontend_deleting(frontend))
		return "deleting";
	return handoff_session_state(frontend->session);
}

struct btcp_frontend *btcp_frontend_granted(struct btcp_backend_net *bnet,
					    const struct handoff_session *session,
					    const struct handoff_endpoint *vip,
					    struct btcp_grant **grant)
{
	struct btcp_frontend *frontend;
	unsigned int i;

	list_for_each_entry_rcu(frontend, &bnet->frontends, list) {
		struct btcp_grants *grants = rcu_dereference(frontend->grants);

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
static struct btcp_frontend *first_of(struct btcp_backend_net *bnet,
				      const struct handoff_session *session)
{
	struct btcp_frontend *frontend;

	list_for_each_entry_rcu(frontend, &bnet->frontends, list)
		if (frontend->session == session)
			return frontend;
	return NULL;
}

u8 btcp_frontend_refused(struct btcp_backend_net *bnet,
			 const struct handoff_session *session, u64 id)
{
	struct btcp_frontend *frontend = first_of(bnet, session);
	u64 entry;

	if (!frontend)
		return 0;
	entry = READ_ONCE(frontend->refused[id & (BTCP_REFUSED_MAX - 1)]);
	return entry >> 8 == (id & (U64_MAX >> 8)) ? entry & 0xff : 0;
}

void btcp_frontend_remember(struct btcp_backend_net *bnet,
			    const struct handoff_session *session, u64 id, u8 nak)
{
	struct btcp_frontend *frontend = first_of(bnet, session);

	if (frontend)
		WRITE_ONCE(frontend->refused[id & (BTCP_REFUSED_MAX - 1)], id << 8 | nak);
}

void btcp_frontend_refuse(struct btcp_backend_net *bnet,
			  const struct handoff_session *session, u64 id, u8 nak)
{
	struct btcp_frontend *frontend = first_of(bnet, session);

	static_assert(BTCP_STAT_NAK_ADMIN - BTCP_STAT_NAK_GRANT ==
		      WIRE_NAK_ADMIN - WIRE_NAK_GRANT);

	btcp_count(bnet, BTCP_STAT_HANDOFF_REFUSALS);
	btcp_count(bnet, BTCP_STAT_NAK_GRANT + nak - WIRE_NAK_GRANT);
	if (!frontend)
		return;
	handoff_stats_inc(&frontend->stats, BTCP_FRONTEND_STAT_HANDOFF_REFUSALS);
	btcp_frontend_remember(bnet, session, id, nak);
}

void btcp_frontend_put(struct btcp_frontend *frontend)
{
	struct btcp_backend_net *bnet = frontend->bnet;

	/* Closing the session sleeps and needs the genl lock. */
	if (refcount_dec_and_test(&frontend->ref))
		schedule_work(&bnet->reap);
}

void btcp_frontend_reap(struct btcp_backend_net *bnet)
{
	struct btcp_frontend *frontend, *next;
	LIST_HEAD(gone);

	lockdep_assert_held(&bnet->config);
	list_for_each_entry_safe(frontend, next, &bnet->frontends, list) {
		if (refcount_read(&frontend->ref))
			continue;
		/* Readers still go on from here: link the dead by other means. */
		list_del_rcu(&frontend->list);
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
	if (list_empty(&bnet->frontends))
		btcp_backend_unhook(bnet);
}

void btcp_frontend_reap_work(struct work_struct *work)
{
	struct btcp_backend_net *bnet = container_of(work, struct btcp_backend_net, reap);

	genl_lock();
	mutex_lock(&bnet->config);
	btcp_frontend_reap(bnet);
	mutex_unlock(&bnet->config);
	genl_unlock();
}

void btcp_frontends_going(struct btcp_backend_net *bnet)
{
	struct btcp_frontend *frontend;
	struct wire_msg *msg;

	lockdep_assert_held(&bnet->config);
	msg = kzalloc(sizeof(*msg), GFP_KERNEL);
	if (!msg)
		return;
	list_for_each_entry(frontend, &bnet->frontends, list) {
		memset(msg, 0, sizeof(*msg));
		msg->type = WIRE_HEARTBEAT;
		local_bh_disable();
		rcu_read_lock();
		btcp_profile_fill(bnet->net, frontend->session, &msg->heartbeat);
		handoff_session_send(frontend->session, msg, 0);
		rcu_read_unlock();
		local_bh_enable();
	}
	kfree(msg);
}

void btcp_frontends_close(struct btcp_backend_net *bnet)
{
	struct btcp_frontend *frontend;

	lockdep_assert_held(&bnet->config);
	list_for_each_entry(frontend, &bnet->frontends, list) {
		btcp_frontend_set_grants(frontend, NULL);
		frontend_close(frontend);
	}
}

void btcp_frontends_free(struct btcp_backend_net *bnet)
{
	struct btcp_frontend *frontend, *next;

	list_for_each_entry_safe(frontend, next, &bnet->frontends, list) {
		WARN_ON_ONCE(refcount_read(&frontend->ref));
		list_del(&frontend->list);
		handoff_sysfs_del(&frontend->sysfs);
		frontend_free(frontend);
	}
	bnet->frontend_count = 0;
}
