// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/netlink.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/proto.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"
#include "btcp/rule_draft.h"
#include "handoff/transaction.h"

/* Between a rule and the next one, if the operator gives no pref. */
#define PREF_STEP	10
/* Where a dump goes on when all rules but the default are told. */
#define BEHIND_ALL	(U32_MAX + 1L)

static const u8 attr_of[RULE_KINDS] = {
	[RULE_HOST]	= BTCP_A_HOST,
	[RULE_SNI]	= BTCP_A_SNI,
	[RULE_PATH]	= BTCP_A_PATH,
	[RULE_METHOD]	= BTCP_A_METHOD,
	[RULE_SRC]	= BTCP_A_SRC,
	[RULE_ALPN]	= BTCP_A_ALPN,
	[RULE_HEADER]	= BTCP_A_HEADER,
	[RULE_COOKIE]	= BTCP_A_COOKIE,
};

static const struct nla_policy src_policy[BTCP_A_PREFIX_LEN + 1] = {
	[BTCP_A_ADDR]		= { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[BTCP_A_PREFIX_LEN]	= { .type = NLA_U8 },
};

struct front_service *front_nl_rule_service(struct front_net *fn, struct genl_info *info,
					    int *err)
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

static struct front_rule *at_pref(struct front_service *service, u32 pref)
{
	struct front_rule *rule = front_rule_from(front_service_by_pref(service), pref);

	return rule && rule->rule.pref == pref ? rule : NULL;
}

/* The rule that SET and DEL name. */
static struct front_rule *find_rule(struct front_service *service, struct genl_info *info, int *err)
{
	struct front_rule *rule;

	if (!info->attrs[BTCP_A_PREF] == !info->attrs[BTCP_A_DEFAULT]) {
		*err = front_nl_refuse(info, BTCP_A_PREF, -EINVAL,
				       "which rule: pref N or default?");
		return NULL;
	}
	if (info->attrs[BTCP_A_DEFAULT]) {
		rule = front_service_rules(service)->fallback;
		if (!rule)
			*err = front_nl_refuse(info, BTCP_A_DEFAULT, -ENOENT,
					       "the service has no default rule");
		return rule;
	}
	rule = at_pref(service, nla_get_u32(info->attrs[BTCP_A_PREF]));
	if (!rule)
		*err = front_nl_refuse(info, BTCP_A_PREF, -ENOENT,
				       "the service has no rule of that pref");
	return rule;
}

static int refuse(struct genl_info *info, const struct nlattr *attr, const char *sentence)
{
	NL_SET_BAD_ATTR(info->extack, attr);
	return front_nl_refuse(info, 0, -EINVAL, sentence);
}

static int read_src(struct genl_info *info, struct rule_draft *draft, const struct nlattr *nest)
{
	struct nlattr *tb[BTCP_A_PREFIX_LEN + 1];
	const struct nlattr *addr;
	const char *refusal;
	u32 bits;
	int err;

	err = nla_parse_nested(tb, BTCP_A_PREFIX_LEN, nest, src_policy, info->extack);
	if (err)
		return err;
	addr = tb[BTCP_A_ADDR];
	if (!addr || (nla_len(addr) != sizeof(struct in_addr) &&
		      nla_len(addr) != sizeof(struct in6_addr)))
		return refuse(info, nest, "an address has 4 or 16 bytes");
	bits = tb[BTCP_A_PREFIX_LEN] ? nla_get_u8(tb[BTCP_A_PREFIX_LEN]) : 8 * nla_len(addr);
	refusal = rule_draft_src(draft, nla_data(addr), nla_len(addr), bits);
	return refusal ? refuse(info, nest, refusal) : 0;
}

int front_nl_rule_conditions(struct genl_info *info, struct rule_draft *draft, u8 kind)
{
	const struct nlattr *attr;
	const char *refusal;
	int err = 0, rem;

	front_nl_each(attr, info, rem) {
		if (nla_type(attr) != attr_of[kind])
			continue;
		if (kind == RULE_SRC) {
			err = read_src(info, draft, attr);
		} else {
			refusal = rule_draft_text(draft, kind, nla_data(attr),
						  strlen(nla_data(attr)));
			err = refusal ? refuse(info, attr, refusal) : 0;
		}
		if (err)
			break;
	}
	return err;
}

/* What is given of a kind, else what the rule had. */
static int draft_rule(struct genl_info *info, struct rule_draft *draft,
		      const struct front_rule *old)
{
	const char *refusal;
	int err = 0;
	u8 kind;

	rule_draft_init(draft);
	for (kind = 0; !err && kind < RULE_KINDS; kind++) {
		if (info->attrs[attr_of[kind]] || !old) {
			err = front_nl_rule_conditions(info, draft, kind);
			continue;
		}
		refusal = rule_draft_take(draft, &old->rule, kind);
		if (refusal)
			err = front_nl_refuse(info, 0, -EINVAL, refusal);
	}
	return err;
}

/* A rule with its conditions; pref and pool are to be set. */
static struct front_rule *read_rule(struct genl_info *info, const struct front_rule *old)
{
	struct rule_draft *draft = kmalloc(sizeof(*draft), GFP_KERNEL);
	struct front_rule *rule = NULL;
	int err;

	if (!draft)
		return ERR_PTR(-ENOMEM);
	err = draft_rule(info, draft, old);
	if (!err) {
		rule = kzalloc(offsetof(struct front_rule, rule) + rule_draft_size(draft),
			       GFP_KERNEL);
		if (rule)
			rule_draft_finish(draft, &rule->rule);
		else
			err = -ENOMEM;
	}
	kfree(draft);
	return err ? ERR_PTR(err) : rule;
}

/* What its service will never see is better refused than never matched. */
static int check_proto(struct front_service *service, struct genl_info *info,
		       const struct front_rule *rule)
{
	const struct front_proto *proto = front_proto_of(front_service_settings(service)->proto);
	u8 kind;

	if (front_proto_knows(proto, &rule->rule, &kind))
		return 0;
	return front_nl_refuse(info, attr_of[kind], -EINVAL, proto->no_condition);
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

static int read_pref(struct front_service *service, struct genl_info *info,
		     struct front_rule *rule)
{
	const struct front_rule *last;
	u32 highest;

	if (!rule->rule.count) {
		if (info->attrs[BTCP_A_PREF])
			return front_nl_refuse(info, BTCP_A_PREF, -EINVAL,
					       "a rule without conditions is the default and takes no pref");
		if (front_service_rules(service)->fallback)
			return front_nl_refuse(info, BTCP_A_DEFAULT, -EEXIST,
					       "the service has a default rule already");
		return 0;
	}
	if (info->attrs[BTCP_A_DEFAULT])
		return front_nl_refuse(info, BTCP_A_DEFAULT, -EINVAL,
				       "the default rule has no conditions");
	if (info->attrs[BTCP_A_PREF]) {
		rule->rule.pref = nla_get_u32(info->attrs[BTCP_A_PREF]);
		if (at_pref(service, rule->rule.pref))
			return front_nl_refuse(info, BTCP_A_PREF, -EEXIST,
					       "the service has a rule of that pref already");
		return 0;
	}
	last = front_rule_last(front_service_by_pref(service));
	highest = last ? last->rule.pref : 0;
	if (highest > U32_MAX - PREF_STEP)
		return front_nl_refuse(info, 0, -ERANGE, "no pref is left above the highest");
	rule->rule.pref = highest + PREF_STEP;
	return 0;
}

int front_nl_rule_new(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	struct front_rule *rule;
	int err;

	service = front_nl_rule_service(fn, info, &err);
	if (!service)
		return err;
	if (front_service_rules(service)->index.count >=
	    handoff_transaction_limit(fn->net, HANDOFF_LIMIT_RULES))
		return front_nl_refuse(info, BTCP_A_SERVICE, -ENOSPC, "limit rules is reached");
	rule = read_rule(info, NULL);
	if (IS_ERR(rule))
		return PTR_ERR(rule);
	err = check_proto(service, info, rule);
	if (!err)
		err = read_pool(fn, info, rule);
	if (!err)
		err = read_pref(service, info, rule);
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
	int err = 0;

	service = front_nl_rule_service(fn, info, &err);
	if (!service)
		return err;
	old = find_rule(service, info, &err);
	if (!old)
		return err;
	rule = read_rule(info, old);
	if (IS_ERR(rule))
		return PTR_ERR(rule);
	rule->rule.pref = old->rule.pref;
	rule->pool = old->pool;
	if (!old->rule.count && rule->rule.count)
		err = front_nl_refuse(info, BTCP_A_DEFAULT, -EINVAL,
				      "the default rule has no conditions");
	if (!err)
		err = check_proto(service, info, rule);
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

	service = front_nl_rule_service(fn, info, &err);
	if (!service)
		return err;
	rule = find_rule(service, info, &err);
	if (!rule)
		return err;
	return front_service_change_rule(service, rule, NULL);
}

static int put_condition(struct sk_buff *skb, const struct rule_condition *condition)
{
	char text[RULE_PRINT_MAX];
	struct nlattr *nest;

	if (condition->kind != RULE_SRC) {
		rule_condition_print(condition, text);
		return nla_put_string(skb, attr_of[condition->kind], text);
	}
	nest = nla_nest_start(skb, BTCP_A_SRC);
	if (!nest || nla_put(skb, BTCP_A_ADDR, condition->len, condition->text) ||
	    nla_put_u8(skb, BTCP_A_PREFIX_LEN, condition->how))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int front_nl_rule_put(struct sk_buff *skb, const struct front_service *service,
		      const struct front_rule *rule)
{
	unsigned int i;

	if (nla_put_string(skb, BTCP_A_SERVICE, service->name) ||
	    nla_put_string(skb, BTCP_A_POOL, rule->pool->name) ||
	    (rule->rule.count ? nla_put_u32(skb, BTCP_A_PREF, rule->rule.pref) :
				nla_put_flag(skb, BTCP_A_DEFAULT)))
		return -EMSGSIZE;
	for (i = 0; i < rule->rule.count; i++)
		if (put_condition(skb, &rule->rule.condition[i]))
			return -EMSGSIZE;
	return 0;
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct front_service *service, const struct front_rule *rule)
{
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_RULE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (front_nl_rule_put(skb, service, rule)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* args[1]: no rule of a lower pref is left; the default comes last. */
static int put_all(struct sk_buff *skb, struct netlink_callback *cb,
		   struct front_service *service)
{
	const struct front_rule *fallback = front_service_rules(service)->fallback;
	struct front_rule *rule = NULL;

	if (cb->args[1] < BEHIND_ALL)
		rule = front_rule_from(front_service_by_pref(service), cb->args[1]);
	while (rule) {
		if (put(skb, cb, service, rule))
			return -EMSGSIZE;
		cb->args[1] = rule->rule.pref + 1L;
		rule = front_rule_next(rule);
	}
	cb->args[1] = BEHIND_ALL;
	return fallback ? put(skb, cb, service, fallback) : 0;
}

void front_nl_rule_get(struct front_net *fn, struct sk_buff *skb,
		       struct netlink_callback *cb)
{
	const struct nlattr *filter = handoff_nl_dump_attrs(cb)[BTCP_A_SERVICE];
	struct front_service *service;
	long n = 0;

	list_for_each_entry(service, &fn->services, list) {
		if (n++ < cb->args[0])
			continue;
		if (front_stage_sees(fn, service->stage) && !service->deleting &&
		    (!filter || !nla_strcmp(filter, service->name)) &&
		    put_all(skb, cb, service))
			break;
		cb->args[0]++;
		cb->args[1] = 0;
	}
}
