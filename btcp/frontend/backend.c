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
	    READ_ONCE(backend->stage) == FRONT_FRESH ||
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
		if (!backend->deleting && front_stage_sees(fn, backend->stage) &&
		    !strcmp(backend->name, name))
			return backend;
	return NULL;
}

static void drop_next(struct front_backend *backend)
{
	if (!backend->next)
		return;
	kfree(backend->next->key_path);
	kfree_sensitive(backend->next);
	backend->next = NULL;
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
	list_del(&backend->shown);
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

static int add_sysfs(struct front_backend *backend)
{
	return handoff_sysfs_add(&backend->sysfs, backend->fn->net, &backend->stats,
				 front_backend_state, backend, "backend:%s", backend->name);
}

/* A transaction may have another back-end of a name that is in use until then. */
static bool name_in_use(const struct front_net *fn, const char *name)
{
	const struct front_backend *backend;

	list_for_each_entry(backend, &fn->backends, list)
		if (!backend->deleting && !strcmp(backend->name, name))
			return true;
	return false;
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
	err = name_in_use(fn, config->name) ? 0 : add_sysfs(backend);
	if (err)
		goto close;
	INIT_LIST_HEAD(&backend->staged);
	if (fn->staging) {
		backend->stage = FRONT_FRESH;
		list_add_tail(&backend->staged, &fn->stage.backends);
	}
	list_add_tail(&backend->shown, &fn->backends_shown);
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

struct front_backend *front_backend_standing(struct front_net *fn,
					     const struct front_backend_config *config)
{
	struct front_backend *backend;

	lockdep_assert_held(&fn->config);
	list_for_each_entry(backend, &fn->backends, list)
		if (!backend->deleting && backend->stage == FRONT_STANDS &&
		    !strcmp(backend->name, config->name) &&
		    handoff_endpoint_equal(&backend->endpoint[0].endpoint, &config->endpoint[0]) &&
		    handoff_endpoint_equal(&backend->endpoint[1].endpoint, &config->endpoint[1]) &&
		    handoff_endpoint_equal(handoff_session_peer(backend->session),
					   &config->control))
			return backend;
	return NULL;
}

void front_backend_keep(struct front_backend *backend, struct front_backend_next *next)
{
	struct front_net *fn = backend->fn;

	lockdep_assert_held(&fn->config);
	backend->next = next;
	WRITE_ONCE(backend->stage, FRONT_KEPT);
	list_add_tail(&backend->staged, &fn->stage.backends);
}

void front_backend_publish(struct front_backend *backend)
{
	struct front_backend_next *next = backend->next;
	u8 admin = backend->admin;
	u32 weight;

	if (!next) {
		WRITE_ONCE(backend->stage, FRONT_STANDS);
		return;
	}
	weight = backend->weight;
	WRITE_ONCE(backend->weight, next->weight);
	next->weight = weight;
	WRITE_ONCE(backend->maxflows, next->maxflows);
	WRITE_ONCE(backend->slowstart, next->slowstart);
	WRITE_ONCE(backend->admin, next->admin);
	next->admin = admin;
}

static void settle_kept(struct front_backend *backend, struct front_backend_next *next)
{
	/* A drain that goes on keeps its deadline. */
	if (backend->admin != next->admin || next->deadline)
		front_backend_set_admin(backend, backend->admin, next->deadline);
	handoff_session_rekey(backend->session, next->key);
	swap(backend->key_path, next->key_path);
	WRITE_ONCE(backend->stage, FRONT_STANDS);
	drop_next(backend);
}

void front_backend_settle(struct front_backend *backend)
{
	lockdep_assert_held(&backend->fn->config);
	if (backend->next) {
		settle_kept(backend, backend->next);
		return;
	}
	if (!backend->sysfs.device && add_sysfs(backend))
		pr_warn("backend %s is not shown in sysfs: no memory\n", backend->name);
	front_backend_changed(backend);
}

void front_backend_unstage(struct front_backend *backend)
{
	lockdep_assert_held(&backend->fn->config);
	if (backend->stage == FRONT_FRESH) {
		front_backend_forget_deadline(backend);
		front_backend_delete(backend);
		return;
	}
	drop_next(backend);
	WRITE_ONCE(backend->stage, FRONT_STANDS);
}
