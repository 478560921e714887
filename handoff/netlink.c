// SPDX-License-Identifier: GPL-2.0
/*
 * The family, and the way from a command to the role that handles it.
 *
 * Not parallel_ops: the genl lock is held in every handler, doit and dumpit,
 * and while a role registers.  That makes it the lock of the configuration,
 * and unregistering a wait for the role's handlers.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/ipv6.h>

#include "handoff/net.h"
#include "handoff/netlink.h"
#include "handoff/settings_nl.h"
#include "handoff/transaction.h"
#include "include/compat.h"

static const struct handoff_nl_role *roles[__HANDOFF_ROLE_MAX];
static unsigned int roles_generation;

static const char * const role_names[__HANDOFF_ROLE_MAX] = {
	[HANDOFF_FRONTEND] = "frontend",
	[HANDOFF_BACKEND] = "backend",
};

static struct genl_family family;

/* NLA_POLICY_MAX() keeps its bound in a signed 16 bits; 6.1 wants these writable. */
static struct netlink_range_validation weight_range = { .max = BTCP_WEIGHT_MAX };
static struct netlink_range_validation maxflows_range = { .max = BTCP_MAXFLOWS_MAX };
static struct netlink_range_validation seconds_range = { .max = BTCP_SECONDS_MAX };

static const struct nla_policy policy[BTCP_A_MAX + 1] = {
	[BTCP_A_NAME]		= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_ADDR]		= { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[BTCP_A_PORT]		= { .type = NLA_BE16 },
	[BTCP_A_LOCAL_PORT]	= { .type = NLA_BE16 },
	[BTCP_A_VIP]		= { .type = NLA_NESTED },
	[BTCP_A_ENDPOINT]	= { .type = NLA_NESTED },
	[BTCP_A_CONTROL]	= { .type = NLA_NESTED },
	[BTCP_A_CLIENT]		= { .type = NLA_NESTED },
	[BTCP_A_MEMBER]		= { .type = NLA_NESTED },
	[BTCP_A_SERVICE]	= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_BACKEND]	= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_POOL]		= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_FRONTEND]	= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_KEY]		= NLA_POLICY_EXACT_LEN(BTCP_KEY_LEN),
	[BTCP_A_KEY_PATH]	= { .type = NLA_NUL_STRING, .len = BTCP_KEY_PATH_LEN },
	[BTCP_A_WEIGHT]		= NLA_POLICY_FULL_RANGE(NLA_U32, &weight_range),
	[BTCP_A_ADMIN]		= NLA_POLICY_MAX(NLA_U8, BTCP_ADMIN_MAX),
	[BTCP_A_REQUESTS]	= NLA_POLICY_MAX(NLA_U8, BTCP_REQUESTS_MAX),
	[BTCP_A_PROTO]		= NLA_POLICY_MAX(NLA_U8, BTCP_PROTO_MAX),
	[BTCP_A_POLICY]		= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_PREF]		= { .type = NLA_U32 },
	[BTCP_A_DEFAULT]	= { .type = NLA_FLAG },
	[BTCP_A_PATH]		= { .type = NLA_NUL_STRING, .len = BTCP_PATTERN_LEN },
	[BTCP_A_HOST]		= { .type = NLA_NUL_STRING, .len = BTCP_PATTERN_LEN },
	[BTCP_A_METHOD]		= { .type = NLA_NUL_STRING, .len = BTCP_PATTERN_LEN },
	[BTCP_A_HEADER]		= { .type = NLA_NUL_STRING, .len = BTCP_PAIR_LEN },
	[BTCP_A_COOKIE]		= { .type = NLA_NUL_STRING, .len = BTCP_PAIR_LEN },
	[BTCP_A_SRC]		= { .type = NLA_NESTED },
	[BTCP_A_PREFIX_LEN]	= { .type = NLA_U8 },
	[BTCP_A_SNI]		= { .type = NLA_NUL_STRING, .len = BTCP_PATTERN_LEN },
	[BTCP_A_ALPN]		= { .type = NLA_NUL_STRING, .len = BTCP_PATTERN_LEN },
	[BTCP_A_HASH]		= NLA_POLICY_MAX(NLA_U8, BTCP_HASH_MAX),
	[BTCP_A_HASH_NAME]	= { .type = NLA_NUL_STRING, .len = BTCP_HASH_NAME_LEN },
	[BTCP_A_FILE]		= { .type = NLA_NUL_STRING, .len = BTCP_FILE_LEN },
	[BTCP_A_CONTENT]	= { .type = NLA_NUL_STRING, .len = BTCP_CONTENT_LINE_LEN },
	[BTCP_A_VALUE]		= { .type = NLA_U64 },
	[BTCP_A_HEALTH]		= NLA_POLICY_MAX(NLA_U8, BTCP_HEALTH_MAX),
	[BTCP_A_MAXFLOWS]	= NLA_POLICY_FULL_RANGE(NLA_U32, &maxflows_range),
	[BTCP_A_SLOWSTART]	= NLA_POLICY_FULL_RANGE(NLA_U32, &seconds_range),
	[BTCP_A_PERSIST]	= NLA_POLICY_MAX(NLA_U8, 128),
	[BTCP_A_PERSIST_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &seconds_range),
	[BTCP_A_DEADLINE]	= NLA_POLICY_FULL_RANGE(NLA_U32, &seconds_range),
};

static const struct handoff_nl_command *find_command(const struct handoff_nl_role *role, u8 cmd)
{
	unsigned int i;

	for (i = 0; role && i < role->count; i++)
		if (role->commands[i].cmd == cmd)
			return &role->commands[i];
	return NULL;
}

static const struct handoff_nl_command *command(u8 cmd, struct netlink_ext_ack *extack)
{
	enum handoff_role role = cmd >= BTCP_CMD_FRONTEND_NEW ? HANDOFF_BACKEND :
								HANDOFF_FRONTEND;
	const struct handoff_nl_command *c = find_command(roles[role], cmd);

	if (!c && role == HANDOFF_BACKEND)
		NL_SET_ERR_MSG(extack, "this host is no back-end yet: modprobe btcp_backend");
	else if (!c)
		NL_SET_ERR_MSG(extack, "this host is no front-end yet: modprobe btcp_frontend");
	return c;
}

static int role_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct handoff_nl_command *c = command(info->genlhdr->cmd, info->extack);

	return c ? c->doit(skb, info) : -EOPNOTSUPP;
}

static int role_change(struct sk_buff *skb, struct genl_info *info)
{
	return handoff_transaction_do(skb, info, role_doit);
}

static int control_set(struct sk_buff *skb, struct genl_info *info)
{
	return handoff_transaction_do(skb, info, handoff_control_nl_set);
}

static int limit_set(struct sk_buff *skb, struct genl_info *info)
{
	return handoff_transaction_do(skb, info, handoff_settings_nl_limit_set);
}

static int timeout_set(struct sk_buff *skb, struct genl_info *info)
{
	return handoff_transaction_do(skb, info, handoff_settings_nl_timeout_set);
}

static int role_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	const struct handoff_nl_command *c = command(hdr->cmd, cb->extack);

	return c ? c->dumpit(skb, cb) : -EOPNOTSUPP;
}

/* args[0] is the role; the rest is the role's. */
static int flow_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err;

	for (; cb->args[0] < __HANDOFF_ROLE_MAX; cb->args[0]++) {
		const struct handoff_nl_role *role = roles[cb->args[0]];

		if (!role)
			continue;
		err = role->flows(skb, cb);
		if (err < 0)
			return skb->len ? skb->len : err;
		memset(&cb->args[1], 0, sizeof(cb->args) - sizeof(cb->args[0]));
	}
	return skb->len;
}

static int put_stat(struct sk_buff *skb, const struct handoff_stats *stats, unsigned int which)
{
	const struct handoff_counter *counter = &stats->table[which];
	struct nlattr *nest = nla_nest_start(skb, BTCP_A_STAT);

	if (!nest || nla_put_string(skb, BTCP_A_NAME, counter->name) ||
	    nla_put_u64_64bit(skb, BTCP_A_VALUE, handoff_stats_read(stats, which),
			      BTCP_A_PAD) ||
	    nla_put_string(skb, BTCP_A_HELP, counter->help) ||
	    (counter->gauge && nla_put_flag(skb, BTCP_A_GAUGE)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* One message: as many counters as fit, at least one, or nothing at all. */
static bool dump_stats(struct sk_buff *skb, struct netlink_callback *cb,
		       const char *role, const struct handoff_stats *stats)
{
	long first = cb->args[1];
	void *hdr;

	hdr = handoff_nl_new(skb, cb, BTCP_CMD_STATS_GET);
	if (!hdr)
		return false;
	if (nla_put_string(skb, BTCP_A_ROLE, role))
		goto cancel;
	for (; cb->args[1] < stats->count; cb->args[1]++) {
		unsigned char *end = skb_tail_pointer(skb);

		if (put_stat(skb, stats, cb->args[1])) {
			nlmsg_trim(skb, end);
			break;
		}
	}
	if (cb->args[1] == first)
		goto cancel;
	genlmsg_end(skb, hdr);
	return cb->args[1] == stats->count;

cancel:
	genlmsg_cancel(skb, hdr);
	return false;
}

/* args[0]: roles, then the control channel; args[1]: the next counter. */
static int stats_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);

	for (; cb->args[0] <= __HANDOFF_ROLE_MAX; cb->args[0]++, cb->args[1] = 0) {
		const struct handoff_stats *stats;
		const char *name = "control";

		if (cb->args[0] == __HANDOFF_ROLE_MAX) {
			stats = handoff_control_stats(net);
		} else if (roles[cb->args[0]]) {
			stats = roles[cb->args[0]]->stats(net);
			name = role_names[cb->args[0]];
		} else {
			continue;
		}
		if (!dump_stats(skb, cb, name, stats))
			break;
	}
	return skb->len;
}

#define ROLE_SET(c) { .cmd = BTCP_CMD_##c, .doit = role_change, .flags = GENL_UNS_ADMIN_PERM }
#define ROLE_GET(c) { .cmd = BTCP_CMD_##c, .dumpit = role_dumpit }

static const struct genl_ops ops[] = {
	ROLE_SET(SERVICE_NEW), ROLE_SET(SERVICE_SET), ROLE_SET(SERVICE_DEL),
	ROLE_GET(SERVICE_GET),
	ROLE_SET(BACKEND_NEW), ROLE_SET(BACKEND_SET), ROLE_SET(BACKEND_DEL),
	ROLE_GET(BACKEND_GET),
	ROLE_SET(POOL_NEW), ROLE_SET(POOL_SET), ROLE_SET(POOL_DEL),
	ROLE_GET(POOL_GET),
	ROLE_SET(MEMBER_NEW), ROLE_SET(MEMBER_SET), ROLE_SET(MEMBER_DEL),
	ROLE_SET(RULE_NEW), ROLE_SET(RULE_SET), ROLE_SET(RULE_DEL),
	ROLE_GET(RULE_GET),
	{ .cmd = BTCP_CMD_RULE_TEST, .doit = role_doit },
	ROLE_SET(CONTENT_BEGIN), ROLE_SET(CONTENT_ADD), ROLE_SET(CONTENT_COMMIT),
	ROLE_SET(CONTENT_DEL), ROLE_GET(CONTENT_GET),
	ROLE_SET(FRONTEND_NEW), ROLE_SET(FRONTEND_SET), ROLE_SET(FRONTEND_DEL),
	ROLE_GET(FRONTEND_GET),
	{ .cmd = BTCP_CMD_CONTROL_SET, .doit = control_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = BTCP_CMD_CONTROL_GET, .dumpit = handoff_control_nl_get },
	{ .cmd = BTCP_CMD_LIMIT_SET, .doit = limit_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = BTCP_CMD_LIMIT_GET, .dumpit = handoff_settings_nl_limit_get },
	{ .cmd = BTCP_CMD_TIMEOUT_SET, .doit = timeout_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = BTCP_CMD_TIMEOUT_GET, .dumpit = handoff_settings_nl_timeout_get },
	{ .cmd = BTCP_CMD_FLOW_GET, .dumpit = flow_dumpit,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = BTCP_CMD_STATS_GET, .dumpit = stats_dumpit },
	{ .cmd = BTCP_CMD_TRANSACTION_BEGIN, .doit = handoff_transaction_nl_begin,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = BTCP_CMD_TRANSACTION_COMMIT, .doit = handoff_transaction_nl_commit,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = BTCP_CMD_TRANSACTION_ABORT, .doit = handoff_transaction_nl_abort,
	  .flags = GENL_UNS_ADMIN_PERM },
};

static const struct genl_multicast_group groups[] = {
	{ .name = BTCP_GENL_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

static struct genl_family family __ro_after_init = {
	.name = BTCP_GENL_NAME,
	.version = BTCP_GENL_VERSION,
	.maxattr = BTCP_A_MAX,
	.policy = policy,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.resv_start_op = __BTCP_CMD_MAX,
};

void handoff_nl_register(enum handoff_role role, const struct handoff_nl_role *r)
{
	genl_lock();
	roles[role] = r;
	roles_generation++;
	genl_unlock();
}
EXPORT_SYMBOL_GPL(handoff_nl_register);

void handoff_nl_unregister(enum handoff_role role)
{
	struct net *net;

	genl_lock();
	/* A transaction goes on without it, but not to its end. */
	down_read(&net_rwsem);
	for_each_net(net)
		if (handoff_net(net)->transaction)
			roles[role]->abort(net);
	up_read(&net_rwsem);
	roles[role] = NULL;
	roles_generation++;
	genl_unlock();
}
EXPORT_SYMBOL_GPL(handoff_nl_unregister);

unsigned int handoff_nl_roles(void)
{
	return roles_generation;
}

void handoff_nl_roles_commit(struct net *net)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (roles[i])
			roles[i]->commit(net);
}

void handoff_nl_roles_abort(struct net *net)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (roles[i])
			roles[i]->abort(net);
}

struct nlattr **handoff_nl_dump_attrs(struct netlink_callback *cb)
{
	return compat_dump_attrs(cb);
}
EXPORT_SYMBOL_GPL(handoff_nl_dump_attrs);

void *handoff_nl_new(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &family, NLM_F_MULTI, cmd);
}
EXPORT_SYMBOL_GPL(handoff_nl_new);

struct sk_buff *handoff_nl_reply(struct genl_info *info, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	/* An empty message has room for its header. */
	*hdr = genlmsg_put_reply(skb, info, &family, 0, info->genlhdr->cmd);
	return skb;
}
EXPORT_SYMBOL_GPL(handoff_nl_reply);

void handoff_nl_event(struct net *net, enum handoff_role role, const char *object,
		      const char *name, const char *state)
{
	struct sk_buff *skb;
	void *hdr;

	if (!genl_has_listeners(&family, net, 0))
		return;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		goto lost;
	hdr = genlmsg_put(skb, 0, 0, &family, 0, BTCP_CMD_EVENT);
	if (!hdr || nla_put_string(skb, BTCP_A_ROLE, role_names[role]) ||
	    nla_put_string(skb, BTCP_A_OBJECT, object) ||
	    nla_put_string(skb, BTCP_A_NAME, name) ||
	    nla_put_string(skb, BTCP_A_STATE, state)) {
		nlmsg_free(skb);
		goto lost;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&family, net, skb, 0, 0, GFP_ATOMIC);
	return;

lost:
	genl_set_err(&family, net, 0, 0, -ENOBUFS);
}
EXPORT_SYMBOL_GPL(handoff_nl_event);

int handoff_nl_name(struct genl_info *info, int attr, const char *missing,
		    char *name)
{
	const struct nlattr *nla = info->attrs[attr];
	const char *c;

	if (!nla) {
		/* The macro wants a literal: ours is one, at the caller. */
		do_trace_netlink_extack(missing);
		if (info->extack)
			info->extack->_msg = missing;
		return -EINVAL;
	}
	nla_strscpy(name, nla, BTCP_NAME_LEN + 1);
	for (c = name; *c; c++)
		if (!isalnum(*c) && (c == name || !strchr("._-", *c)))
			break;
	if (*c || c == name) {
		NL_SET_ERR_MSG_ATTR(info->extack, nla,
				    "a name is 1 to 32 of A-Z, a-z, 0-9, '.', '_' and '-', and begins with a letter or digit");
		return -EINVAL;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_nl_name);

static const char *addr_refusal(const union nf_inet_addr *addr, u8 family)
{
	if (family == NFPROTO_IPV4) {
		if (ipv4_is_zeronet(addr->ip))
			return "address is unspecified";
		if (ipv4_is_multicast(addr->ip) || ipv4_is_lbcast(addr->ip))
			return "address is not unicast";
		if (ipv4_is_linklocal_169(addr->ip))
			return "address is link-local";
		return NULL;
	}
	if (ipv6_addr_any(&addr->in6))
		return "address is unspecified";
	if (ipv6_addr_is_multicast(&addr->in6))
		return "address is not unicast";
	if (ipv6_addr_type(&addr->in6) & IPV6_ADDR_LINKLOCAL)
		return "address is link-local";
	if (ipv6_addr_v4mapped(&addr->in6))
		return "address is an IPv4-mapped one: write it as IPv4";
	return NULL;
}

int handoff_nl_addr(const struct nlattr *attr, union nf_inet_addr *addr,
		    u8 *family, struct netlink_ext_ack *extack)
{
	const char *refusal;

	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		*family = NFPROTO_IPV4;
		break;
	case sizeof(struct in6_addr):
		*family = NFPROTO_IPV6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	memcpy(addr, nla_data(attr), nla_len(attr));
	refusal = addr_refusal(addr, *family);
	if (refusal) {
		NL_SET_BAD_ATTR(extack, attr);
		if (extack)
			extack->_msg = refusal;
		return -EINVAL;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_nl_addr);

int handoff_nl_endpoint(const struct nlattr *nest, __be16 port,
			struct handoff_endpoint *endpoint, __be16 *local_port,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[BTCP_A_LOCAL_PORT + 1];
	int err;

	memset(endpoint, 0, sizeof(*endpoint));
	err = nla_parse_nested(tb, BTCP_A_LOCAL_PORT, nest, policy, extack);
	if (err)
		return err;
	if (!tb[BTCP_A_ADDR]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "an address is needed");
		return -EINVAL;
	}
	err = handoff_nl_addr(tb[BTCP_A_ADDR], &endpoint->addr, &endpoint->family, extack);
	if (err)
		return err;
	endpoint->port = tb[BTCP_A_PORT] ? nla_get_be16(tb[BTCP_A_PORT]) : port;
	if (!endpoint->port) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a port from 1 to 65535 is needed");
		return -EINVAL;
	}
	if (!local_port)
		return 0;
	*local_port = endpoint->port;
	if (tb[BTCP_A_LOCAL_PORT])
		*local_port = nla_get_be16(tb[BTCP_A_LOCAL_PORT]);
	if (!*local_port) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a local port is 1 to 65535");
		return -EINVAL;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_nl_endpoint);

int handoff_nl_put_endpoint(struct sk_buff *skb, int attr,
			    const struct handoff_endpoint *endpoint,
			    __be16 local_port)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int len = endpoint->family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
						     sizeof(struct in6_addr);

	if (!nest || nla_put(skb, BTCP_A_ADDR, len, &endpoint->addr) ||
	    nla_put_be16(skb, BTCP_A_PORT, endpoint->port) ||
	    (local_port && local_port != endpoint->port &&
	     nla_put_be16(skb, BTCP_A_LOCAL_PORT, local_port)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_nl_put_endpoint);

int handoff_nl_put_stats(struct sk_buff *skb, const struct handoff_stats *stats)
{
	unsigned int i;

	for (i = 0; i < stats->count; i++)
		if (put_stat(skb, stats, i))
			return -EMSGSIZE;
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_nl_put_stats);

int __init handoff_nl_setup(void)
{
	return genl_register_family(&family);
}

void handoff_nl_teardown(void)
{
	genl_unregister_family(&family);
}
