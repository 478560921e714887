// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/role.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"
#include "handoff/transaction.h"

/**
 * struct vips - the VIPs of a request
 * @count: of @endpoint
 * @endpoint: they
 */
struct vips {
	unsigned int count;
	struct handoff_endpoint endpoint[BTCP_VIPS_MAX];
};

/* Deleted ones, too: their last flows are still forwarded there. */
static bool is_backend(const struct front_net *fn,
		       const struct handoff_endpoint *endpoint)
{
	const struct front_backend *backend;

	lockdep_assert_held(&fn->config);
	list_for_each_entry(backend, &fn->backends, list)
		if (handoff_endpoint_equal(&front_backend_endpoint(backend,
								   endpoint->family)->endpoint,
					   endpoint))
			return true;
	return false;
}

static int check_vip(struct front_net *fn, const struct front_service *service,
		     const struct vips *vips, const struct handoff_endpoint *endpoint,
		     const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct front_vip *vip;
	unsigned int i;
	bool taken;

	for (i = 0; i < vips->count; i++) {
		if (handoff_endpoint_equal(&vips->endpoint[i], endpoint)) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "this VIP is named twice");
			return -EINVAL;
		}
	}
	if (is_backend(fn, endpoint)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this address and port are a back-end's");
		return -EADDRINUSE;
	}
	rcu_read_lock();
	vip = rhashtable_lookup(&fn->vips, endpoint, front_vip_params);
	taken = vip && (fn->staging ? !!vip->staged : vip->service != service);
	rcu_read_unlock();
	if (taken) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this VIP belongs to another service");
		return -EADDRINUSE;
	}
	return 0;
}

static int read_vips(struct front_net *fn, const struct front_service *service,
		     struct genl_info *info, struct vips *vips)
{
	const struct nlattr *attr;
	int err, rem;

	front_nl_each(attr, info, rem) {
		struct handoff_endpoint endpoint;

		if (nla_type(attr) != BTCP_A_VIP)
			continue;
		if (vips->count == BTCP_VIPS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a service has at most 64 VIPs");
			return -E2BIG;
		}
		err = handoff_nl_endpoint(attr, 0, &endpoint, NULL, info->extack);
		if (!err)
			err = check_vip(fn, service, vips, &endpoint, attr, info->extack);
		if (err)
			return err;
		vips->endpoint[vips->count++] = endpoint;
	}
	return 0;
}

static int check_admin(struct genl_info *info)
{
	if (info->attrs[BTCP_A_ADMIN] &&
	    nla_get_u8(info->attrs[BTCP_A_ADMIN]) == BTCP_ADMIN_DOWN)
		return front_nl_refuse(info, BTCP_A_ADMIN, -EINVAL,
				       "a service can be up or drain, not down");
	return 0;
}

static int check_persist(struct genl_info *info)
{
	const struct nlattr *bits = info->attrs[BTCP_A_PERSIST];
	const struct nlattr *timeout = info->attrs[BTCP_A_PERSIST_TIMEOUT];

	if (!bits != !timeout && !(bits && !nla_get_u8(bits)))
		return front_nl_refuse(info, bits ? BTCP_A_PERSIST : BTCP_A_PERSIST_TIMEOUT,
				       -EINVAL, "persistence is a prefix length and a timeout");
	if (timeout && !nla_get_u32(timeout))
		return front_nl_refuse(info, BTCP_A_PERSIST_TIMEOUT, -EINVAL,
				       "a timeout is at least a second");
	return 0;
}

static u8 given(struct genl_info *info, int attr, u8 otherwise)
{
	return info->attrs[attr] ? nla_get_u8(info->attrs[attr]) : otherwise;
}

/* @service is NULL if it is to be created. */
static int check_proto(const struct front_service *service, struct genl_info *info)
{
	u8 proto = given(info, BTCP_A_PROTO, service ? service->set.proto : BTCP_PROTO_HTTP);
	u8 requests = given(info, BTCP_A_REQUESTS,
			    service ? service->set.requests : BTCP_REQUESTS_AUTO);
	struct front_rule *rule;

	if (proto == BTCP_PROTO_HTTP)
		return 0;
	if (requests != BTCP_REQUESTS_AUTO)
		return front_nl_refuse(info, BTCP_A_REQUESTS, -EINVAL,
				       "only of proto http can requests be told apart");
	if (!service || proto == service->set.proto)
		return 0;
	if (service->load || front_service_rules(service)->content)
		return front_nl_refuse(info, BTCP_A_PROTO, -EBUSY,
				       "the service has content, which only proto http can have");
	for (rule = front_rule_from(&service->by_pref, 0); rule; rule = front_rule_next(rule))
		if (!front_proto_knows(front_proto_of(proto), &rule->rule, NULL))
			return front_nl_refuse(info, BTCP_A_PROTO, -EBUSY,
					       "a rule of the service has a condition that this proto does not know");
	return 0;
}

static void apply(struct front_service_settings *set, struct genl_info *info)
{
	if (info->attrs[BTCP_A_PROTO])
		WRITE_ONCE(set->proto, nla_get_u8(info->attrs[BTCP_A_PROTO]));
	if (info->attrs[BTCP_A_REQUESTS])
		WRITE_ONCE(set->requests, nla_get_u8(info->attrs[BTCP_A_REQUESTS]));
	if (info->attrs[BTCP_A_ADMIN])
		WRITE_ONCE(set->admin, nla_get_u8(info->attrs[BTCP_A_ADMIN]));
	if (info->attrs[BTCP_A_PERSIST_TIMEOUT])
		WRITE_ONCE(set->persist_timeout,
			   nla_get_u32(info->attrs[BTCP_A_PERSIST_TIMEOUT]));
	if (info->attrs[BTCP_A_PERSIST])
		WRITE_ONCE(set->persist, nla_get_u8(info->attrs[BTCP_A_PERSIST]));
}

static struct front_service *find(struct front_net *fn, struct genl_info *info,
				  int *err)
{
	char name[BTCP_NAME_LEN + 1];
	struct front_service *service;

	*err = handoff_nl_name(info, BTCP_A_NAME, "a service's name is needed", name);
	if (*err)
		return NULL;
	service = front_service_find(fn, name);
	if (!service)
		*err = front_nl_refuse(info, BTCP_A_NAME, -ENOENT, "there is no such service");
	return service;
}

/* A service that a transaction has not named yet. */
static struct front_service *standing(struct front_net *fn, const char *name)
{
	struct front_service *service;

	list_for_each_entry(service, &fn->services, list)
		if (service->stage == FRONT_STANDS && !service->deleting &&
		    !strcmp(service->name, name))
			return service;
	return NULL;
}

static int no_hooks(struct genl_info *info, int err)
{
	return front_nl_refuse(info, 0, err, "the netfilter hooks cannot be registered");
}

static int no_service(struct genl_info *info, int err)
{
	return front_nl_refuse(info, 0, err, "the service cannot be created");
}

static int no_vips(struct genl_info *info, int err)
{
	return front_nl_refuse(info, 0, err, "the VIPs cannot be added");
}

static int create(struct front_net *fn, struct genl_info *info, const char *name,
		  const struct vips *vips)
{
	struct front_service *service;
	int err;

	err = front_role_hook(fn);
	if (err)
		return no_hooks(info, err);
	service = front_service_new(fn, name);
	if (IS_ERR(service))
		return no_service(info, PTR_ERR(service));
	apply(&service->set, info);
	/* Last: from here on packets find it. */
	err = front_service_set_vips(service, vips->endpoint, vips->count);
	if (err) {
		front_service_delete(service);
		return no_vips(info, err);
	}
	return 0;
}

/* In a transaction, the one that is there stays; what fails is undone with all of it. */
static int stage(struct front_net *fn, struct genl_info *info, const char *name,
		 const struct vips *vips)
{
	struct front_service *service = standing(fn, name);
	unsigned int i;
	int err;

	err = front_role_hook(fn);
	if (err)
		return no_hooks(info, err);
	if (!service)
		service = front_service_new(fn, name);
	if (IS_ERR(service))
		return no_service(info, PTR_ERR(service));
	err = front_service_keep(service);
	if (err) {
		if (service->stage == FRONT_FRESH)
			front_service_delete(service);
		return err;
	}
	apply(&service->next->set, info);
	for (i = 0; !err && i < vips->count; i++)
		err = front_service_stage_vip(service, &vips->endpoint[i]);
	return err ? no_vips(info, err) : 0;
}

static unsigned int count_services(const struct front_net *fn)
{
	const struct front_service *service;
	unsigned int n = 0;

	list_for_each_entry(service, &fn->services, list)
		n += front_stage_sees(fn, service->stage);
	return n;
}

int front_nl_service_new(struct front_net *fn, struct genl_info *info)
{
	char name[BTCP_NAME_LEN + 1];
	struct vips *vips;
	int err;

	err = handoff_nl_name(info, BTCP_A_NAME, "a service's name is needed", name);
	if (!err)
		err = check_admin(info);
	if (!err)
		err = check_persist(info);
	if (!err)
		err = check_proto(NULL, info);
	if (err)
		return err;
	if (front_service_find(fn, name))
		return front_nl_refuse(info, BTCP_A_NAME, -EEXIST,
				       "there is a service of that name already");
	if (count_services(fn) >= handoff_transaction_limit(fn->net, HANDOFF_LIMIT_SERVICES))
		return front_nl_refuse(info, BTCP_A_NAME, -ENOSPC, "limit services is reached");

	vips = kzalloc(sizeof(*vips), GFP_KERNEL);
	if (!vips)
		return -ENOMEM;
	err = read_vips(fn, NULL, info, vips);
	if (!err && !vips->count)
		err = front_nl_refuse(info, 0, -EINVAL, "a service needs a VIP");
	if (!err)
		err = fn->staging ? stage(fn, info, name, vips) : create(fn, info, name, vips);
	kfree(vips);
	return err;
}

int front_nl_service_set(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	struct vips *vips;
	int err;

	service = find(fn, info, &err);
	if (!service)
		return err;
	err = check_admin(info);
	if (!err)
		err = check_persist(info);
	if (!err)
		err = check_proto(service, info);
	if (err)
		return err;
	vips = kzalloc(sizeof(*vips), GFP_KERNEL);
	if (!vips)
		return -ENOMEM;
	err = read_vips(fn, service, info, vips);
	if (!err && vips->count) {
		err = front_service_set_vips(service, vips->endpoint, vips->count);
		if (err)
			front_nl_refuse(info, 0, err, "the VIPs cannot be replaced");
	}
	if (!err)
		apply(&service->set, info);
	kfree(vips);
	return err;
}

int front_nl_service_del(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	int err;

	service = find(fn, info, &err);
	if (!service)
		return err;
	front_service_delete(service);
	return 0;
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct front_service *service)
{
	const struct front_vip *vip;
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_SERVICE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, BTCP_A_NAME, service->name) ||
	    nla_put_u8(skb, BTCP_A_PROTO, service->set.proto) ||
	    nla_put_u8(skb, BTCP_A_REQUESTS, service->set.requests) ||
	    nla_put_u8(skb, BTCP_A_ADMIN, service->set.admin) ||
	    (service->set.persist &&
	     (nla_put_u8(skb, BTCP_A_PERSIST, service->set.persist) ||
	      nla_put_u32(skb, BTCP_A_PERSIST_TIMEOUT, service->set.persist_timeout))) ||
	    (service->deleting && nla_put_flag(skb, BTCP_A_DELETING)))
		goto cancel;
	list_for_each_entry(vip, &service->vips, list)
		if (handoff_nl_put_endpoint(skb, BTCP_A_VIP, &vip->endpoint, 0))
			goto cancel;
	if (handoff_nl_put_stats(skb, &service->stats))
		goto cancel;
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

void front_nl_service_get(struct front_net *fn, struct sk_buff *skb,
			  struct netlink_callback *cb)
{
	const struct front_service *service;
	long n = 0;

	list_for_each_entry(service, &fn->services, list) {
		if (n++ < cb->args[0])
			continue;
		if (front_stage_sees(fn, service->stage) && put(skb, cb, service))
			break;
		cb->args[0]++;
	}
}
