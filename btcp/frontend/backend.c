// SPDX-License-Identifier: GPL-2.0
#include <linux/rculist.h>
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "handoff/netlink.h"

/* IP and TCP headers without options: what an MSS leaves of an MTU. */
#define HEADERS_V4	40
#define HEADERS_V6	60

struct front_profile front_backend_profile(const struct front_backend *backend, u8 family)
{
	struct front_endpoint *endpoint = front_backend_endpoint(backend, family);
	u32 headers = family == NFPROTO_IPV6 ? HEADERS_V6 : HEADERS_V4;
	struct front_profile profile = { };
	u32 mtu;

	if (!endpoint->endpoint.family)
		return profile;
	profile = front_profile_unpack(atomic64_read(&endpoint->profile));
	mtu = handoff_session_path_mtu(backend->session);
	if (mtu > headers && profile.mss > mtu - headers)
		profile.mss = mtu - headers;
	return profile;
}

bool front_backend_usable(const struct front_backend *backend, u8 family)
{
	struct front_endpoint *endpoint = front_backend_endpoint(backend, family);

	if (READ_ONCE(backend->admin) != BTCP_ADMIN_UP || READ_ONCE(backend->deleting) ||
	    READ_ONCE(backend->going) || READ_ONCE(backend->sick) ||
	    !endpoint->endpoint.family)
		return false;
	return front_profile_unpack(atomic64_read(&endpoint->profile)).listening &&
	       handoff_session_is_up(backend->session);
}

const char *front_backend_state(void *arg)
{
	struct front_backend *backend = arg;

	if (backend->admin == BTCP_ADMIN_DOWN)
		return "down";
	if (!handoff_session_is_up(backend->session))
		return handoff_session_state(backend->session);
	if (backend->admin == BTCP_ADMIN_DRAIN)
		return "drain";
	if (READ_ONCE(backend->going))
		return "going";
	if (READ_ONCE(backend->sick))
		return "sick";
	if (front_backend_usable(backend, NFPROTO_IPV4) ||
	    front_backend_usable(backend, NFPROTO_IPV6))
		return "up";
	return "closed";
}

void front_backend_changed(struct front_backend *backend)
{
	bool usable;

	spin_lock_bh(&backend->lock);
	usable = front_backend_usable(backend, NFPROTO_IPV4) ||
		 front_backend_usable(backend, NFPROTO_IPV6);
	if (usable != backend->usable) {
		backend->usable = usable;
		if (usable)
			WRITE_ONCE(backend->since, jiffies);
		front_count(backend->fn, usable ? FRONT_STAT_BACKEND_UPS :
						  FRONT_STAT_BACKEND_DOWNS);
		handoff_stats_inc(&backend->stats, usable ? FRONT_BACKEND_UPS :
							    FRONT_BACKEND_DOWNS);
		/* Under the lock, so that the last one heard is how it is. */
		handoff_nl_event(backend->fn->net, HANDOFF_FRONTEND, "backend", backend->name,
				 front_backend_state(backend));
	}
	spin_unlock_bh(&backend->lock);
	front_net_promise_changed(backend->fn);
}

/* The work holds a reference; a work that is queued already holds its own. */
static void end_flows(struct front_backend *backend)
{
	if (!front_backend_get(backend))
		return;
	if (!queue_work(front_workqueue, &backend->lost))
		front_backend_put(backend->fn, backend);
}

void front_backend_session_state(struct front_net *fn,
				 const struct handoff_session *session, bool up)
{
	struct front_backend *backend;

	list_for_each_entry_rcu(backend, &fn->backends, list) {
		if (backend->session != session)
			continue;
		front_backend_changed(backend);
		if (!up)
			end_flows(backend);
	}
}

void front_backend_reborn(struct front_net *fn, const struct handoff_session *session)
{
	struct front_backend *backend;

	list_for_each_entry_rcu(backend, &fn->backends, list) {
		if (backend->session != session)
			continue;
		WRITE_ONCE(backend->reborn, true);
		end_flows(backend);
	}
}

static void lost_work(struct work_struct *work)
{
	struct front_backend *backend = container_of(work, struct front_backend, lost);
	bool reborn = READ_ONCE(backend->reborn);

	/* Cleared only if seen: who sets it queues us again. */
	if (reborn)
		WRITE_ONCE(backend->reborn, false);
	/* It may be back by now: a moment's silence is no death. */
	if (reborn || front_backend_is_lost(backend))
		backend->end_flows(backend);
	front_backend_put(backend->fn, backend);
}

static void deadline_work(struct work_struct *work)
{
	struct front_backend *backend = container_of(to_delayed_work(work),
						     struct front_backend, deadline);

	/* Also for those who are on the way to it: see front_backend_is_lost(). */
	WRITE_ONCE(backend->drained, true);
	backend->end_flows(backend);
	front_backend_put(backend->fn, backend);
}

struct front_backend *front_backend_find(struct front_net *fn, const char *name)
{
	struct front_backend *backend;

	lockdep_assert_held(&fn->config);
	list_for_each_entry(backend, &fn->backends, list)
		if (!backend->deleting && !strcmp(backend->name, name))
			return backend;
	return NULL;
}

static void free_backend(struct front_backend *backend)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(backend->endpoint); i++)
		dst_cache_destroy(&backend->endpoint[i].route);
	handoff_stats_clean(&backend->stats);
	kfree(backend->key_path);
	kfree(backend);
}

static void unlink_backend(struct front_reapable *object)
{
	struct front_backend *backend = container_of(object, struct front_backend, reapable);

	lockdep_assert_held(&backend->fn->config);
	list_del_rcu(&backend->list);
}

static void destroy(struct front_net *fn, struct front_reapable *object)
{
	struct front_backend *backend = container_of(object, struct front_backend, reapable);

	lockdep_assert_held(&fn->config);
	WARN_ON_ONCE(atomic_read(&backend->load));
	handoff_session_close(backend->session);
	free_backend(backend);
}

static int init_backend(struct front_backend *backend,
			const struct front_backend_config *config)
{
	int err, i;

	for (i = 0; i < ARRAY_SIZE(backend->endpoint); i++) {
		backend->endpoint[i].endpoint = config->endpoint[i];
		err = dst_cache_init(&backend->endpoint[i].route, GFP_KERNEL);
		if (err)
			return err;
	}
	if (config->key_path) {
		backend->key_path = kstrdup(config->key_path, GFP_KERNEL);
		if (!backend->key_path)
			return -ENOMEM;
	}
	return handoff_stats_init(&backend->stats, front_backend_counters,
				  __FRONT_BACKEND_STAT_MAX);
}

struct front_backend *front_backend_new(struct front_net *fn,
					const struct front_backend_config *config,
					struct netlink_ext_ack *extack)
{
	struct front_backend *backend;
	int err;

	lockdep_assert_held(&fn->config);
	backend = kzalloc(sizeof(*backend), GFP_KERNEL);
	if (!backend)
		return ERR_PTR(-ENOMEM);
	backend->reapable.unlink = unlink_backend;
	backend->reapable.destroy = destroy;
	backend->fn = fn;
	backend->weight = 1;
	backend->end_flows = config->end_flows;
	backend->serial = front_net_serial(fn);
	refcount_set(&backend->ref, 1);
	spin_lock_init(&backend->lock);
	INIT_WORK(&backend->lost, lost_work);
	INIT_DELAYED_WORK(&backend->deadline, deadline_work);
	strscpy(backend->name, config->name, sizeof(backend->name));
	err = init_backend(backend, config);
	if (err)
		goto free;

	backend->session = handoff_session_open(fn->net, HANDOFF_FRONTEND, &config->control,
						config->key, extack);
	if (IS_ERR(backend->session)) {
		err = PTR_ERR(backend->session);
		goto free;
	}
	err = handoff_sysfs_add(&backend->sysfs, fn->net, &backend->stats,
				front_backend_state, backend, "backend:%s", config->name);
	if (err)
		goto close;
	list_add_tail_rcu(&backend->list, &fn->backends);
	return backend;

close:
	handoff_session_close(backend->session);
free:
	free_backend(backend);
	return ERR_PTR(err);
}

void front_backend_forget_deadline(struct front_backend *backend)
{
	lockdep_assert_held(&backend->fn->config);
	if (cancel_delayed_work_sync(&backend->deadline))
		front_backend_put(backend->fn, backend);
}

void front_backend_set_admin(struct front_backend *backend, u8 admin, u32 deadline)
{
	lockdep_assert_held(&backend->fn->config);
	front_backend_forget_deadline(backend);
	WRITE_ONCE(backend->drained, false);
	WRITE_ONCE(backend->admin, admin);
	front_backend_changed(backend);
	if (admin == BTCP_ADMIN_DOWN)
		end_flows(backend);
	if (!deadline || !front_backend_get(backend))
		return;
	backend->deadline_at = jiffies + deadline * HZ;
	queue_delayed_work(front_workqueue, &backend->deadline, deadline * HZ);
}

void front_backend_set_sick(struct front_backend *backend, bool sick)
{
	lockdep_assert_held(&backend->fn->config);
	WRITE_ONCE(backend->sick, sick);
	front_backend_changed(backend);
}

void front_backend_delete(struct front_backend *backend)
{
	lockdep_assert_held(&backend->fn->config);
	WRITE_ONCE(backend->deleting, true);
	front_backend_changed(backend);
	/* The name is free from now on. */
	handoff_sysfs_del(&backend->sysfs);
	front_backend_put(backend->fn, backend);
}
