// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/netlink.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"
#include "handoff/settings.h"

/* Between a rule and the next one, if the operator gives no pref. */
#define PREF_STEP	10

static struct front_service *find_service(struct front_net *fn,
					  struct genl_info *info, int *err)
{
	char name[BTCP_NAME_LEN + 1];
	struct front_service *service;

	*err = handoff_nl_name(info, BTCP_A_SERVICE, "a rule needs its service's name", name);
	if (*err)
		return NULL;
	service = front_service_find(fn, name);
	if (!service)
		*err = front_nl_refuse(info, BTCP_A_SERVICE, -ENOENT,
				       "there is no such service");
	return service;
}

static struct front_rule *at_pref(const struct front_rules *rules, u32 pref)
{
	unsigned int i;

	for (i = 0; i < rules->count; i++)
		if (rules->rule[i]->pref == pref)
			return rules->rule[i];
	return NULL;
}

/* The rule that SET and DEL name. */
static struct front_rule *find_rule(const struct front_service *service,
				    struct genl_info *info, int *err)
{
	const struct front_rules *rules = front_service_rules(service);
	struct front_rule *rule;

	if (!info->attrs[BTCP_A_PREF] == !info->attrs[BTCP_A_DEFAULT]) {
		*err = front_nl_refuse(info, BTCP_A_PREF, -EINVAL,
				       "which rule: pref N or default?");
		return NULL;
	}
	if (info->attrs[BTCP_A_DEFAULT]) {
		rule = rules->fallback;
		if (!rule)
			*err = front_nl_refuse(info, BTCP_A_DEFAULT, -ENOENT,
					       "the service has no default rule");
		return rule;
	}
	rule = at_pref(rules, nla_get_u32(info->attrs[BTCP_A_PREF]));
	if (!rule)
		*err = front_nl_refuse(info, BTCP_A_PREF, -ENOENT,
				       "the service has no rule of that pref");
	return rule;
}

static int read_path(struct genl_info *info, struct front_rule *rule)
{
	const struct nlattr *attr = info->attrs[BTCP_A_PATH];
	const char *refusal;

	if (!attr)
		return 0;
	refusal = path_pattern_parse(&rule->path, nla_data(attr), strlen(nla_data(attr)));
	if (refusal)
		return front_nl_refuse(info, BTCP_A_PATH, -EINVAL, refusal);
	rule->has_path = true;
	return 0;
}

static int read_pool(struct front_net *fn, struct genl_info *info,
		     struct front_rule *rule)
{
	char name[BTCP_NAME_LEN + 1];
	int err;

	err = handoff_nl_name(info, BTCP_A_POOL, "a rule needs a pool", name);
	if (err)
		return err;
	rule->pool = front_pool_find(fn, name);
	if (!rule->pool)
		return front_nl_refuse(info, BTCP_A_POOL, -ENOENT, "there is no such pool");
	return 0;
}

static int read_pref(const struct front_rules *rules, struct genl_info *info,
		     struct front_rule *rule)
{
	u32 highest;

	if (!rule->has_path) {
		if (info->attrs[BTCP_A_PREF])
			return front_nl_refuse(info, BTCP_A_PREF, -EINVAL,
					       "a rule without conditions is the default and takes no pref");
		if (rules->fallback)
			return front_nl_refuse(info, BTCP_A_DEFAULT, -EEXIST,
					       "the service has a default rule already");
		return 0;
	}
	if (info->attrs[BTCP_A_DEFAULT])
		return front_nl_refuse(info, BTCP_A_DEFAULT, -EINVAL,
				       "the default rule has no conditions");
	if (info->attrs[BTCP_A_PREF]) {
		rule->pref = nla_get_u32(info->attrs[BTCP_A_PREF]);
		if (at_pref(rules, rule->pref))
			return front_nl_refuse(info, BTCP_A_PREF, -EEXIST,
					       "the service has a rule of that pref already");
		return 0;
	}
	highest = rules->count ? rules->rule[rules->count - 1]->pref : 0;
	if (highest > U32_MAX - PREF_STEP)
		return front_nl_refuse(info, 0, -ERANGE, "no pref is left above the highest");
	rule->pref = highest + PREF_STEP;
	return 0;
}

int front_nl_rule_new(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	struct front_rules *rules;
	struct front_rule *rule;
	int err;

	service = find_service(fn, info, &err);
	if (!service)
		return err;
	rules = front_service_rules(service);
	if (rules->count >= handoff_limit(fn->net, HANDOFF_LIMIT_RULES))
		return front_nl_refuse(info, BTCP_A_SERVICE, -ENOSPC, "limit rules is reached");
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	err = read_path(info, rule);
	if (!err)
		err = read_pool(fn, info, rule);
	if (!err)
		err = read_pref(rules, info, rule);
	if (!err)
		err = front_service_change_rule(service, NULL, rule);
	if (err)
		kfree(rule);
	return err;
}

int front_nl_rule_set(struct front_net *fn, struct genl_info *info)
{
	struct front_rule *old, *rule;
	struct front_service *service;
	int err;

	service = find_service(fn, info, &err);
	if (!service)
		return err;
	old = find_rule(service, info, &err);
	if (!old)
		return err;
	if (info->attrs[BTCP_A_PATH] && !old->has_path)
		return front_nl_refuse(info, BTCP_A_PATH, -EINVAL,
				       "the default rule has no conditions");
	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	rule->pref = old->pref;
	rule->pool = old->pool;
	rule->has_path = old->has_path;
	rule->path = old->path;
	err = read_path(info, rule);
	if (!err && info->attrs[BTCP_A_POOL])
		err = read_pool(fn, info, rule);
	if (!err)
		err = front_service_change_rule(service, old, rule);
	if (err)
		kfree(rule);
	return err;
}

int front_nl_rule_del(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	struct front_rule *rule;
	int err;

	service = find_service(fn, info, &err);
	if (!service)
		return err;
	rule = find_rule(service, info, &err);
	if (!rule)
		return err;
	return front_service_change_rule(service, rule, NULL);
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct front_service *service, const struct front_rule *rule)
{
	char path[PATH_PATTERN_MAX + 1];
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_RULE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (rule->has_path)
		path_pattern_print(&rule->path, path);
	if (nla_put_string(skb, BTCP_A_SERVICE, service->name) ||
	    nla_put_string(skb, BTCP_A_POOL, rule->pool->name) ||
	    (rule->has_path ? nla_put_u32(skb, BTCP_A_PREF, rule->pref) ||
			      nla_put_string(skb, BTCP_A_PATH, path) :
			      nla_put_flag(skb, BTCP_A_DEFAULT))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* args[1]: the next rule of this service; the default comes last. */
static int put_all(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct front_service *service)
{
	const struct front_rules *rules = front_service_rules(service);
	unsigned int count = rules->count + !!rules->fallback;

	for (; cb->args[1] < count; cb->args[1]++) {
		const struct front_rule *rule = cb->args[1] < rules->count ?
					       rules->rule[cb->args[1]] : rules->fallback;

		if (put(skb, cb, service, rule))
			return -EMSGSIZE;
	}
	return 0;
}

void front_nl_rule_get(struct front_net *fn, struct sk_buff *skb,
		       struct netlink_callback *cb)
{
	const struct nlattr *filter = handoff_nl_dump_attrs(cb)[BTCP_A_SERVICE];
	const struct front_service *service;
	long n = 0;

	list_for_each_entry(service, &fn->services, list) {
		if (n++ < cb->args[0])
			continue;
		if (!service->deleting && (!filter || !nla_strcmp(filter, service->name)) &&
		    put_all(skb, cb, service))
			break;
		cb->args[0]++;
		cb->args[1] = 0;
	}
}
