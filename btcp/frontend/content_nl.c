// SPDX-License-Identifier: GPL-2.0
#include <net/genetlink.h>

#include "btcp/frontend/content.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"
#include "handoff/transaction.h"

int front_nl_content_begin(struct front_net *fn, struct genl_info *info)
{
	const struct nlattr *value = info->attrs[BTCP_A_VALUE], *file = info->attrs[BTCP_A_FILE];
	struct front_content_load *load;
	struct front_service *service;
	int err;

	service = front_nl_rule_service(fn, info, &err);
	if (!service)
		return err;
	if (front_service_settings(service)->proto != BTCP_PROTO_HTTP)
		return front_nl_refuse(info, BTCP_A_SERVICE, -EINVAL,
				       "content is by host and path, which only proto http has");
	if (!value || !nla_get_u64(value))
		return front_nl_refuse(info, BTCP_A_VALUE, -EINVAL, "there is no entry in it");
	if (!file)
		return front_nl_refuse(info, 0, -EINVAL, "content needs the name of its file");
	if (nla_get_u64(value) > handoff_transaction_limit(fn->net, HANDOFF_LIMIT_CONTENT))
		return front_nl_refuse(info, BTCP_A_FILE, -ENOSPC,
				       "it has more entries than limit content");
	load = front_content_load_new(nla_get_u64(value), nla_data(file), info->snd_portid);
	if (!load)
		return -ENOMEM;
	/* Who had begun before, and never came to an end, is over. */
	front_content_load_drop(*front_service_load(service));
	*front_service_load(service) = load;
	return 0;
}

static struct front_service *find_load(struct front_net *fn, struct genl_info *info, int *err)
{
	struct front_service *service = front_nl_rule_service(fn, info, err);
	const struct front_content_load *load = service ? *front_service_load(service) : NULL;

	if (!service || (load && load->portid == info->snd_portid))
		return service;
	*err = front_nl_refuse(info, BTCP_A_SERVICE, -ECANCELED,
			       "content is being loaded by somebody else");
	return NULL;
}

static int add_line(struct front_net *fn, struct genl_info *info,
		    struct front_content_load *load, const struct nlattr *attr)
{
	char name[BTCP_NAME_LEN + 1];
	struct content_line line;
	struct front_pool *pool;
	const char *refusal;
	int err;

	NL_SET_BAD_ATTR(info->extack, attr);
	refusal = content_line_read(&line, nla_data(attr), strlen(nla_data(attr)), load->room);
	if (refusal)
		return front_nl_refuse(info, 0, -EINVAL, refusal);
	if (line.pool_len > BTCP_NAME_LEN)
		return front_nl_refuse(info, 0, -ENOENT, "there is no such pool");
	memcpy(name, line.pool, line.pool_len);
	name[line.pool_len] = '\0';
	pool = front_pool_find(fn, name);
	if (!pool)
		return front_nl_refuse(info, 0, -ENOENT, "there is no such pool");
	err = front_content_load_add(load, &line, pool);
	if (err == -ENOSPC)
		return front_nl_refuse(info, 0, err, "there are more entries than were announced");
	if (err == -E2BIG)
		return front_nl_refuse(info, 0, err, "content names more than 65,536 pools");
	return err;
}

int front_nl_content_add(struct front_net *fn, struct genl_info *info)
{
	struct front_content_load **load;
	struct front_service *service;
	const struct nlattr *attr;
	int err, rem;

	service = find_load(fn, info, &err);
	if (!service)
		return err;
	load = front_service_load(service);
	front_nl_each(attr, info, rem) {
		if (nla_type(attr) != BTCP_A_CONTENT)
			continue;
		err = add_line(fn, info, *load, attr);
		if (err) {
			front_content_load_drop(*load);
			*load = NULL;
			return err;
		}
	}
	return 0;
}

int front_nl_content_commit(struct front_net *fn, struct genl_info *info)
{
	struct front_content *content;
	struct front_service *service;
	int err;

	service = find_load(fn, info, &err);
	if (!service)
		return err;
	content = front_content_load_finish(*front_service_load(service));
	*front_service_load(service) = NULL;
	err = front_service_set_content(service, content);
	if (err)
		front_content_retire(content);
	return err;
}

int front_nl_content_del(struct front_net *fn, struct genl_info *info)
{
	struct front_service *service;
	int err;

	service = front_nl_rule_service(fn, info, &err);
	if (!service)
		return err;
	if (!front_service_rules(service)->content && !service->load)
		return front_nl_refuse(info, BTCP_A_SERVICE, -ENOENT,
				       "the service has no content");
	/* Somebody may have died while he was loading. */
	front_content_load_drop(service->load);
	service->load = NULL;
	return front_service_set_content(service, NULL);
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct front_service *service, const struct front_content *content)
{
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_CONTENT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, BTCP_A_SERVICE, service->name) ||
	    nla_put_string(skb, BTCP_A_FILE, content->file) ||
	    nla_put_u64_64bit(skb, BTCP_A_VALUE, content->map.count, BTCP_A_PAD) ||
	    nla_put_u32(skb, BTCP_A_REPEATED, content->repeated)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

void front_nl_content_get(struct front_net *fn, struct sk_buff *skb,
			  struct netlink_callback *cb)
{
	const struct front_service *service;
	long n = 0;

	list_for_each_entry(service, &fn->services, list) {
		const struct front_content *content = front_service_rules(service)->content;

		if (n++ < cb->args[0])
			continue;
		if (content && put(skb, cb, service, content))
			break;
		cb->args[0]++;
	}
}
