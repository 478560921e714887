// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/health.h"
#include "btcp/frontend/lost.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/service.h"
#include "handoff/transaction.h"

static struct front_backend *find(struct front_net *fn, struct genl_info *info,
				  int *err)
{
	char name[BTCP_NAME_LEN + 1];
	struct front_backend *backend;

	*err = handoff_nl_name(info, BTCP_A_NAME, "a back-end's name is needed", name);
	if (*err)
		return NULL;
	backend = front_backend_find(fn, name);
	if (!backend)
		*err = front_nl_refuse(info, BTCP_A_NAME, -ENOENT, "there is no such back-end");
	return backend;
}

/* BIP would forward to itself, until no hop is left. */
static bool is_vip(struct front_net *fn, const struct handoff_endpoint *endpoint)
{
	bool found;

	rcu_read_lock();
	found = rhashtable_lookup(&fn->vips, endpoint, front_vip_params);
	rcu_read_unlock();
	return found;
}

static int read_endpoints(struct front_net *fn, struct genl_info *info,
			  struct front_backend_config *config)
{
	const struct nlattr *attr;
	int err, rem;

	front_nl_each(attr, info, rem) {
		struct handoff_endpoint endpoint;
		struct handoff_endpoint *slot;

		if (nla_type(attr) != BTCP_A_ENDPOINT)
			continue;
		err = handoff_nl_endpoint(attr, 0, &endpoint, NULL, info->extack);
		if (err)
			return err;
		slot = &config->endpoint[endpoint.family == NFPROTO_IPV6];
		if (slot->family) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a back-end has one address a family");
			return -EINVAL;
		}
		if (is_vip(fn, &endpoint)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "this address and port are a service's VIP");
			return -EADDRINUSE;
		}
		*slot = endpoint;
		/* Unless told otherwise the channel goes to the first address. */
		if (!config->control.family) {
			config->control = endpoint;
			config->control.port = htons(BTCP_CONTROL_PORT);
		}
	}
	if (!config->control.family)
		return front_nl_refuse(info, 0, -EINVAL, "a back-end needs an address");
	if (!info->attrs[BTCP_A_CONTROL])
		return 0;
	return handoff_nl_endpoint(info->attrs[BTCP_A_CONTROL], htons(BTCP_CONTROL_PORT),
				   &config->control, NULL, info->extack);
}

static int read_config(struct front_net *fn, struct genl_info *info,
		       struct front_backend_config *config)
{
	int err;

	err = handoff_nl_name(info, BTCP_A_NAME, "a back-end's name is needed", config->name);
	if (err)
		return err;
	if (!info->attrs[BTCP_A_KEY])
		return front_nl_refuse(info, 0, -EINVAL, "a back-end needs a key");
	err = read_endpoints(fn, info, config);
	if (err)
		return err;
	config->key = nla_data(info->attrs[BTCP_A_KEY]);
	if (info->attrs[BTCP_A_KEY_PATH])
		config->key_path = nla_data(info->attrs[BTCP_A_KEY_PATH]);
	return 0;
}

static int check_deadline(struct genl_info *info)
{
	const struct nlattr *admin = info->attrs[BTCP_A_ADMIN];

	if (info->attrs[BTCP_A_DEADLINE] &&
	    (!admin || nla_get_u8(admin) != BTCP_ADMIN_DRAIN))
		return front_nl_refuse(info, BTCP_A_DEADLINE, -EINVAL,
				       "only admin drain has a deadline");
	return 0;
}

/* What is given; the rest stays. */
static void apply(struct front_backend *backend, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[BTCP_A_WEIGHT]) {
		WRITE_ONCE(backend->weight, nla_get_u32(attrs[BTCP_A_WEIGHT]));
		front_pools_weigh(backend);
	}
	if (attrs[BTCP_A_MAXFLOWS])
		WRITE_ONCE(backend->maxflows, nla_get_u32(attrs[BTCP_A_MAXFLOWS]));
	if (attrs[BTCP_A_SLOWSTART])
		WRITE_ONCE(backend->slowstart, nla_get_u32(attrs[BTCP_A_SLOWSTART]));
	if (attrs[BTCP_A_HEALTH])
		front_backend_set_sick(backend,
				       nla_get_u8(attrs[BTCP_A_HEALTH]) == BTCP_HEALTH_DOWN);
	if (attrs[BTCP_A_ADMIN])
		front_backend_set_admin(backend, nla_get_u8(attrs[BTCP_A_ADMIN]),
					attrs[BTCP_A_DEADLINE] ?
					nla_get_u32(attrs[BTCP_A_DEADLINE]) : 0);
}

static unsigned int count_backends(const struct front_net *fn)
{
	const struct front_backend *backend;
	unsigned int n = 0;

	list_for_each_entry(backend, &fn->backends, list)
		n += front_stage_sees(fn, backend->stage);
	return n;
}

/* Those of one session have one key. */
static bool key_differs(const struct front_net *fn, const struct handoff_session *session,
			const u8 *key)
{
	const struct front_backend *backend;

	list_for_each_entry(backend, &fn->stage.backends, staged)
		if (backend->session == session &&
		    !(backend->next ? !memcmp(backend->next->key, key, BTCP_KEY_LEN) :
				      handoff_session_has_key(backend->session, key)))
			return true;
	return false;
}

static u32 number(struct genl_info *info, int attr, u32 otherwise)
{
	return info->attrs[attr] ? nla_get_u32(info->attrs[attr]) : otherwise;
}

/* A transaction has one that is there: what it does not say has its default. */
static int keep(struct front_net *fn, struct genl_info *info,
		const struct front_backend_config *config)
{
	struct front_backend *backend = front_backend_standing(fn, config);
	struct front_backend_next *next;

	if (key_differs(fn, backend->session, config->key))
		return front_nl_refuse(info, 0, -EINVAL,
				       "another object with this control address has another key");
	next = kzalloc(sizeof(*next), GFP_KERNEL);
	if (!next)
		return -ENOMEM;
	next->weight = number(info, BTCP_A_WEIGHT, 1);
	next->maxflows = number(info, BTCP_A_MAXFLOWS, 0);
	next->slowstart = number(info, BTCP_A_SLOWSTART, 0);
	next->deadline = number(info, BTCP_A_DEADLINE, 0);
	next->admin = info->attrs[BTCP_A_ADMIN] ? nla_get_u8(info->attrs[BTCP_A_ADMIN]) :
						  BTCP_ADMIN_UP;
	memcpy(next->key, config->key, sizeof(next->key));
	if (config->key_path) {
		next->key_path = kstrdup(config->key_path, GFP_KERNEL);
		if (!next->key_path) {
			kfree_sensitive(next);
			return -ENOMEM;
		}
	}
	front_backend_keep(backend, next);
	return 0;
}

int front_nl_backend_new(struct front_net *fn, struct genl_info *info)
{
	struct front_backend_config config = { .end_flows = front_lost_backend };
	struct front_backend *backend;
	int err;

	err = read_config(fn, info, &config);
	if (!err)
		err = check_deadline(info);
	if (err)
		return err;
	if (front_backend_find(fn, config.name))
		return front_nl_refuse(info, BTCP_A_NAME, -EEXIST,
				       "there is a back-end of that name already");
	if (count_backends(fn) >= handoff_transaction_limit(fn->net, HANDOFF_LIMIT_BACKENDS))
		return front_nl_refuse(info, BTCP_A_NAME, -ENOSPC, "limit backends is reached");
	if (fn->staging && front_backend_standing(fn, &config))
		return keep(fn, info, &config);
	/* Refusals by the control channel set their own sentence. */
	backend = front_backend_new(fn, &config, info->extack);
	if (IS_ERR(backend))
		return PTR_ERR(backend);
	apply(backend, info);
	return 0;
}

static int set_key(struct front_backend *backend, struct genl_info *info)
{
	const struct nlattr *path = info->attrs[BTCP_A_KEY_PATH];
	char *copy = NULL;

	if (path) {
		copy = nla_strdup(path, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	if (info->attrs[BTCP_A_KEY])
		handoff_session_rekey(backend->session, nla_data(info->attrs[BTCP_A_KEY]));
	if (copy) {
		kfree(backend->key_path);
		backend->key_path = copy;
	}
	return 0;
}

int front_nl_backend_set(struct front_net *fn, struct genl_info *info)
{
	struct front_backend *backend;
	int err;

	backend = find(fn, info, &err);
	if (!backend)
		return err;
	if (info->attrs[BTCP_A_ENDPOINT])
		return front_nl_refuse(info, BTCP_A_ENDPOINT, -EOPNOTSUPP,
				       "a back-end's address cannot change: delete and add it");
	if (info->attrs[BTCP_A_CONTROL])
		return front_nl_refuse(info, BTCP_A_CONTROL, -EOPNOTSUPP,
				       "a back-end's control address cannot change: delete and add it");
	err = check_deadline(info);
	if (!err)
		err = set_key(backend, info);
	if (err)
		return err;
	apply(backend, info);
	return 0;
}

int front_nl_backend_del(struct front_net *fn, struct genl_info *info)
{
	struct front_backend *backend;
	int err;

	backend = find(fn, info, &err);
	if (!backend)
		return err;
	if (backend->members)
		return front_nl_refuse(info, BTCP_A_NAME, -EBUSY,
				       "the back-end is a member of a pool: delete it from the pool first");
	front_backend_delete(backend);
	return 0;
}

static int put_endpoints(struct sk_buff *skb, const struct front_backend *backend)
{
	u8 listening = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(backend->endpoint); i++) {
		const struct front_endpoint *endpoint = &backend->endpoint[i];

		if (!endpoint->endpoint.family)
			continue;
		if (handoff_nl_put_endpoint(skb, BTCP_A_ENDPOINT, &endpoint->endpoint, 0))
			return -EMSGSIZE;
		if (front_profile_unpack(atomic64_read(&endpoint->profile)).listening)
			listening |= 1 << i;
	}
	return nla_put_u8(skb, BTCP_A_LISTENING, listening);
}

/* One queue is told: that of the family where more are waiting. */
static int put_load(struct sk_buff *skb, const struct front_backend *backend)
{
	const struct front_endpoint *v4 = &backend->endpoint[0], *v6 = &backend->endpoint[1];
	const struct front_endpoint *longer;

	longer = !v4->endpoint.family || READ_ONCE(v6->queue) > READ_ONCE(v4->queue) ? v6 : v4;
	if (nla_put_u32(skb, BTCP_A_FLOWS, atomic_read(&backend->load)) ||
	    nla_put_u32(skb, BTCP_A_OTHER_FLOWS, READ_ONCE(backend->others)) ||
	    nla_put_u32(skb, BTCP_A_QUEUE, READ_ONCE(longer->queue)) ||
	    nla_put_u32(skb, BTCP_A_QUEUE_MAX, READ_ONCE(longer->queue_max)))
		return -EMSGSIZE;
	return READ_ONCE(v4->busy) || READ_ONCE(v6->busy) ? nla_put_flag(skb, BTCP_A_BUSY) : 0;
}

/* How many whole seconds a drain still has, 0: no deadline. */
static u32 time_left(const struct front_backend *backend)
{
	long left = backend->deadline_at - jiffies;

	return delayed_work_pending(&backend->deadline) ? max(left / HZ, 1L) : 0;
}

static int put_settings(struct sk_buff *skb, const struct front_backend *backend)
{
	u32 share = front_health_share(backend) * 100 / FRONT_SHARE_ALL, left = time_left(backend);

	if (nla_put_u32(skb, BTCP_A_WEIGHT, backend->weight) ||
	    nla_put_u32(skb, BTCP_A_MAXFLOWS, backend->maxflows) ||
	    nla_put_u32(skb, BTCP_A_SLOWSTART, backend->slowstart) ||
	    nla_put_u8(skb, BTCP_A_ADMIN, backend->admin) ||
	    nla_put_u8(skb, BTCP_A_HEALTH, backend->sick ? BTCP_HEALTH_DOWN : BTCP_HEALTH_UP) ||
	    (left && nla_put_u32(skb, BTCP_A_DEADLINE, left)) ||
	    (share < 100 && nla_put_u8(skb, BTCP_A_SHARE, share)))
		return -EMSGSIZE;
	return 0;
}

static int put_session(struct sk_buff *skb, const struct handoff_session *session)
{
	u8 fingerprint[BTCP_FINGERPRINT_LEN];

	handoff_session_fingerprint(session, fingerprint);
	if (handoff_nl_put_endpoint(skb, BTCP_A_CONTROL, handoff_session_peer(session), 0) ||
	    nla_put(skb, BTCP_A_KEY_FINGERPRINT, sizeof(fingerprint), fingerprint) ||
	    nla_put_u32(skb, BTCP_A_PATH_MTU, handoff_session_path_mtu(session)))
		return -EMSGSIZE;
	return 0;
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       struct front_backend *backend)
{
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_BACKEND_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, BTCP_A_NAME, backend->name) ||
	    put_endpoints(skb, backend) ||
	    put_load(skb, backend) ||
	    put_session(skb, backend->session) ||
	    put_settings(skb, backend) ||
	    (backend->key_path &&
	     nla_put_string(skb, BTCP_A_KEY_PATH, backend->key_path)) ||
	    nla_put_string(skb, BTCP_A_STATE, front_backend_state(backend)) ||
	    (backend->deleting && nla_put_flag(skb, BTCP_A_DELETING)) ||
	    handoff_nl_put_stats(skb, &backend->stats)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

void front_nl_backend_get(struct front_net *fn, struct sk_buff *skb,
			  struct netlink_callback *cb)
{
	struct front_backend *backend;
	long n = 0;

	list_for_each_entry(backend, &fn->backends_shown, shown) {
		if (n++ < cb->args[0])
			continue;
		if (front_stage_sees(fn, backend->stage) && put(skb, cb, backend))
			break;
		cb->args[0]++;
	}
}
