// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/genetlink.h>

#include "btcp/backend/profile.h"
#include "btcp/backend/role.h"
#include "btcp/backend/stage.h"
#include "handoff/netlink.h"
#include "handoff/transaction.h"

static int refuse(struct genl_info *info, int err, const char *sentence)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[BTCP_A_NAME]);
	if (info->extack)
		info->extack->_msg = sentence;
	return err;
}

static unsigned int count_staged(const struct back_net *bnet)
{
	const struct back_frontend_next *next;
	unsigned int n = 0;

	list_for_each_entry(next, &bnet->staged, list)
		n++;
	return n;
}

/* Those of one session have one key. */
static bool key_differs(const struct back_net *bnet, const struct handoff_session *session,
			const u8 *key)
{
	const struct back_frontend_next *next;

	list_for_each_entry(next, &bnet->staged, list)
		if (next->frontend->session == session && memcmp(next->key, key, BTCP_KEY_LEN))
			return true;
	return false;
}

static void free_next(struct back_frontend_next *next)
{
	kfree(next->grants);
	kfree(next->key_path);
	kfree_sensitive(next);
}

static struct back_frontend_next *alloc_next(struct genl_info *info)
{
	const struct nlattr *path = info->attrs[BTCP_A_KEY_PATH];
	struct back_frontend_next *next = kzalloc(sizeof(*next), GFP_KERNEL);

	if (!next)
		return NULL;
	memcpy(next->key, nla_data(info->attrs[BTCP_A_KEY]), sizeof(next->key));
	if (path) {
		next->key_path = nla_strdup(path, GFP_KERNEL_ACCOUNT);
		if (!next->key_path) {
			free_next(next);
			return NULL;
		}
	}
	return next;
}

/* It holds the configuration's reference, and nothing may be handed off by it. */
static struct back_frontend *make(struct back_net *bnet, const char *name,
				  const struct handoff_endpoint *addr,
				  const struct handoff_endpoint *control, const u8 *key,
				  struct back_grants *none, struct netlink_ext_ack *extack)
{
	struct back_frontend *frontend;
	int err = back_role_hook(bnet);

	if (err) {
		NL_SET_ERR_MSG(extack, "the netfilter hooks cannot be registered");
		return ERR_PTR(err);
	}
	frontend = back_frontend_add(bnet, name, addr, control, key, none, extack);
	if (IS_ERR(frontend))
		back_role_reap(bnet);
	return frontend;
}

static bool is_there(const struct back_frontend *frontend)
{
	return frontend && !back_frontend_deleting(frontend);
}

/* The frontend itself: as it is, brought back, or new. */
static int find_or_make(struct back_net *bnet, struct back_frontend_next *next, const char *name,
			const struct handoff_endpoint *addr,
			const struct handoff_endpoint *control, struct genl_info *info)
{
	struct back_frontend *frontend = back_frontend_find(bnet, name);
	struct back_grants *none;
	int err = 0;

	if (frontend && !back_frontend_has_peer(frontend, addr, control))
		return refuse(info, -EBUSY, is_there(frontend) ?
			      "addr and control of a frontend cannot change: give it another name" :
			      "a frontend of this name is being deleted, and its flows still run to another address");
	if (frontend && key_differs(bnet, frontend->session, next->key))
		return refuse(info, -EINVAL,
			      "another object with this control address has another key");
	next->frontend = frontend;
	if (is_there(frontend))
		return 0;

	next->fresh = true;
	none = kzalloc(sizeof(*none), GFP_KERNEL_ACCOUNT);
	if (!none)
		return -ENOMEM;
	if (frontend) {
		if (back_frontend_set_grants(frontend, none))
			err = refuse(info, -EBUSY,
				     "a frontend of this name is just being deleted, try again");
	} else {
		frontend = make(bnet, name, addr, control, next->key, none, info->extack);
		err = PTR_ERR_OR_ZERO(frontend);
		next->frontend = frontend;
	}
	if (err)
		kfree(none);
	return err;
}

int back_stage_add(struct back_net *bnet, const char *name, const struct handoff_endpoint *addr,
		   const struct handoff_endpoint *control, struct back_grants *grants,
		   struct genl_info *info)
{
	struct back_frontend *frontend = back_frontend_find(bnet, name);
	struct back_frontend_next *next;
	int err;

	lockdep_assert_held(&bnet->config);
	if (frontend && frontend->next)
		return refuse(info, -EEXIST, "a frontend of this name exists");
	if (count_staged(bnet) >= handoff_transaction_limit(bnet->net, HANDOFF_LIMIT_FRONTENDS))
		return refuse(info, -ENOSPC, "the limit on frontends is reached");
	next = alloc_next(info);
	if (!next)
		return -ENOMEM;
	err = find_or_make(bnet, next, name, addr, control, info);
	if (err) {
		free_next(next);
		return err;
	}
	next->grants = grants;
	next->frontend->next = next;
	list_add_tail(&next->list, &bnet->staged);
	return 0;
}

bool back_stage_is_fresh(const struct back_frontend *frontend)
{
	lockdep_assert_held(&frontend->bnet->config);
	return frontend->next && frontend->next->fresh;
}

static bool same_grants(const struct back_grants *a, const struct back_grants *b)
{
	unsigned int i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!handoff_endpoint_equal(&a->grant[i].vip, &b->grant[i].vip) ||
		    a->grant[i].local_port != b->grant[i].local_port)
			return false;
	return true;
}

static void settle(struct back_net *bnet, struct back_frontend_next *next)
{
	struct back_frontend *frontend = next->frontend;

	frontend->next = NULL;
	handoff_session_rekey(frontend->session, next->key);
	swap(frontend->key_path, next->key_path);
	list_move_tail(&frontend->shown, &bnet->shown);
	/* What was learned of its ports need not be forgotten then. */
	if (!same_grants(back_frontend_grants(frontend), next->grants)) {
		/* It has some: that cannot fail. */
		WARN_ON_ONCE(back_frontend_set_grants(frontend, next->grants));
		next->grants = NULL;
		back_profile_tell(frontend);
	}
}

void back_stage_commit(struct back_net *bnet)
{
	struct back_frontend_next *next, *after;
	struct back_frontend *frontend;

	lockdep_assert_held(&bnet->config);
	list_for_each_entry(frontend, &bnet->frontends, list) {
		if (frontend->next || back_frontend_deleting(frontend))
			continue;
		back_frontend_set_grants(frontend, NULL);
		back_profile_tell(frontend);
	}
	list_for_each_entry_safe(next, after, &bnet->staged, list) {
		list_del(&next->list);
		settle(bnet, next);
		free_next(next);
	}
	back_role_reap(bnet);
}

void back_stage_abort(struct back_net *bnet)
{
	struct back_frontend_next *next, *after;

	lockdep_assert_held(&bnet->config);
	if (list_empty(&bnet->staged))
		return;
	list_for_each_entry_safe(next, after, &bnet->staged, list) {
		list_del(&next->list);
		next->frontend->next = NULL;
		if (next->fresh)
			back_frontend_set_grants(next->frontend, NULL);
		free_next(next);
	}
	back_role_reap(bnet);
}
