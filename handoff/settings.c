// SPDX-License-Identifier: GPL-2.0
/*
 * The table of limits and timeouts, and their netlink face.
 */
#include <linux/minmax.h>
#include <net/sock.h>

#include "handoff/net.h"
#include "handoff/netlink.h"
#include "handoff/settings_nl.h"
#include "handoff/transaction.h"

/**
 * struct setting - one row
 * @name: as btcpctl has it
 * @unit: what the value counts
 * @help: one sentence
 * @init: default
 * @min: least value allowed
 * @max: greatest
 */
struct setting {
	const char *name;
	const char *unit;
	const char *help;
	u32 init;
	u32 min;
	u32 max;
};

#define MS_A_DAY (24 * 3600 * MSEC_PER_SEC)

static const struct setting limits[__HANDOFF_LIMIT_MAX] = {
	[HANDOFF_LIMIT_FLOWS] = {
		"flows", "flows", "connections a role may have; beyond, new ones are refused",
		1 << 20, 1, 1 << 26 },
	[HANDOFF_LIMIT_HALF_OPEN] = {
		"half_open", "connections",
		"connections not handed off yet; beyond, SYN cookies, and the oldest goes",
		64 << 10, 1, 1 << 24 },
	[HANDOFF_LIMIT_HALF_OPEN_CLIENT] = {
		"half_open_client", "connections", "the same, of one client address",
		1024, 1, 1 << 24 },
	[HANDOFF_LIMIT_SYN_BACKLOG] = {
		"syn_backlog", "SYNs",
		"SYNs kept until their ACK comes; beyond, SYN cookies; 0: always",
		16 << 10, 0, 1 << 24 },
	[HANDOFF_LIMIT_QUEUE] = {
		"queue", "packets", "packets of one flow that may wait for its hand-off",
		64, 1, 4096 },
	[HANDOFF_LIMIT_QUEUE_TOTAL] = {
		"queue_total", "bytes", "memory of all packets that wait for a hand-off or a hole",
		256 << 20, 64 << 10, 1 << 30 },
	[HANDOFF_LIMIT_HEAD] = {
		"head", "bytes", "length of a request head; beyond: 431, or an alert",
		64 << 10, 1024, 64 << 10 },
	[HANDOFF_LIMIT_HEAD_TOTAL] = {
		"head_total", "bytes", "memory of all heads being collected",
		64 << 20, 64 << 10, 1 << 30 },
	[HANDOFF_LIMIT_HEAD_CLIENT] = {
		"head_client", "bytes", "the same, of one client address",
		4 << 20, 128 << 10, 1 << 30 },
	[HANDOFF_LIMIT_ONE_SHOT] = {
		"one_shot", "bytes", "head bytes sent with the hand-off itself; 0: always staged",
		64 << 10, 0, 64 << 10 },
	[HANDOFF_LIMIT_SESSIONS] = {
		"sessions", "sessions", "control sessions with other hosts",
		1024, 1, 1 << 16 },
	[HANDOFF_LIMIT_SERVICES] = {
		"services", "services", "services of a front-end",
		1024, 1, 1 << 16 },
	[HANDOFF_LIMIT_BACKENDS] = {
		"backends", "back-ends", "back-ends of a front-end",
		4096, 1, 1 << 16 },
	[HANDOFF_LIMIT_POOLS] = {
		"pools", "pools", "pools of a front-end",
		4096, 1, 1 << 16 },
	[HANDOFF_LIMIT_CONTENT] = {
		"content", "entries", "entries of one service's content",
		2 << 20, 1, 1 << 26 },
	[HANDOFF_LIMIT_RULES] = {
		"rules", "rules", "rules of one service",
		256 << 10, 1, 1 << 22 },
	[HANDOFF_LIMIT_FRONTENDS] = {
		"frontends", "front-ends", "front-ends a back-end accepts hand-offs from",
		1024, 1, 1 << 16 },
	[HANDOFF_LIMIT_HEARTBEAT_DOWN] = {
		"heartbeat_down", "heartbeats", "missed heartbeats that take a peer down",
		3, 1, 100 },
	[HANDOFF_LIMIT_HEARTBEAT_UP] = {
		"heartbeat_up", "heartbeats", "heartbeats that bring a peer up again",
		2, 1, 100 },
	[HANDOFF_LIMIT_HASH_LOAD] = {
		"hash_load", "percent",
		"of its share of a pool's connections, that a back-end chosen by hash may have",
		125, 100, 10000 },
	[HANDOFF_LIMIT_LARD_LOW] = {
		"lard_low", "connections", "that are little to do for a back-end, by policy lard",
		25, 1, 1 << 20 },
	[HANDOFF_LIMIT_LARD_HIGH] = {
		"lard_high", "connections", "that are much; twice as many are too much",
		65, 1, 1 << 20 },
	[HANDOFF_LIMIT_PERSIST] = {
		"persist", "clients", "clients whose back-end is remembered, for persistence",
		256 << 10, 1, 1 << 24 },
	[HANDOFF_LIMIT_STRAY_RATE] = {
		"stray_rate", "RSTs a second", "RSTs sent to packets that belong to no flow",
		100, 0, 1 << 20 },
};

static const struct setting timeouts[__HANDOFF_TIMEOUT_MAX] = {
	[HANDOFF_TIMEOUT_HEARTBEAT] = {
		"heartbeat", "ms", "from one heartbeat to the next; alike on both hosts",
		1000, 100, 60 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_REKEY] = {
		"rekey", "ms", "how old keys become; half as much again, and they are refused",
		120 * MSEC_PER_SEC, 1000, 3600 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_OLD_KEY] = {
		"old_key", "ms", "how long a replaced key is good, if the new one is not used",
		3600 * MSEC_PER_SEC, 1000, 3600 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_SYNACK] = {
		"synack", "ms", "until the SYN/ACK is sent again, doubled each time",
		1000, 100, 60 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_HEAD] = {
		"head", "ms", "until the request head must be complete; beyond: 408, or an alert",
		10 * MSEC_PER_SEC, 100, 3600 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_FIRST_BYTES] = {
		"first_bytes", "ms",
		"silence of a client of proto tcp, after which its server may speak first",
		50, 0, 3600 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_TRY] = {
		"try", "ms", "one try to hand off",
		300, 10, 60 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_HANDOFF] = {
		"handoff", "ms", "all tries to hand off",
		3 * MSEC_PER_SEC, 100, 600 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_IDLE] = {
		"idle", "ms", "silence after which the back-end is asked whether the flow lives",
		900 * MSEC_PER_SEC, 1000, MS_A_DAY },
	[HANDOFF_TIMEOUT_CLOSING] = {
		"closing", "ms", "silence after one side has closed",
		60 * MSEC_PER_SEC, 1000, MS_A_DAY },
	[HANDOFF_TIMEOUT_TIME_WAIT] = {
		"time_wait", "ms", "how long a closed flow is remembered",
		60 * MSEC_PER_SEC, 1000, 600 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_ANSWER] = {
		"answer", "ms", "how long what a client still sends is swallowed after an answer",
		2000, 100, 60 * MSEC_PER_SEC },
	[HANDOFF_TIMEOUT_LARD] = {
		"lard", "ms", "how long a target keeps more than one back-end, by policy lard",
		20 * MSEC_PER_SEC, 1000, MS_A_DAY },
};

void handoff_settings_init(struct handoff_settings *settings)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		settings->limit[i] = limits[i].init;
	for (i = 0; i < ARRAY_SIZE(timeouts); i++)
		settings->timeout[i] = timeouts[i].init;
}

void handoff_settings_replace(struct net *net, const struct handoff_settings *settings)
{
	struct handoff_settings *to = &handoff_net(net)->settings;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		WRITE_ONCE(to->limit[i], settings->limit[i]);
	for (i = 0; i < ARRAY_SIZE(timeouts); i++)
		WRITE_ONCE(to->timeout[i], settings->timeout[i]);
}

u32 handoff_limit(struct net *net, enum handoff_limit which)
{
	return READ_ONCE(handoff_net(net)->settings.limit[which]);
}
EXPORT_SYMBOL_GPL(handoff_limit);

unsigned long handoff_timeout(struct net *net, enum handoff_timeout which)
{
	u32 ms = READ_ONCE(handoff_net(net)->settings.timeout[which]);

	return max(msecs_to_jiffies(ms), 1UL);
}
EXPORT_SYMBOL_GPL(handoff_timeout);

static int set_value(struct genl_info *info, const struct setting *table,
		     unsigned int count, u32 *values)
{
	struct nlattr *name = info->attrs[BTCP_A_NAME];
	struct nlattr *value = info->attrs[BTCP_A_VALUE];
	unsigned int i;
	u64 v;

	if (!name || !value) {
		NL_SET_ERR_MSG(info->extack, "a name and a value are needed");
		return -EINVAL;
	}
	v = nla_get_u64(value);
	for (i = 0; i < count; i++) {
		if (nla_strcmp(name, table[i].name))
			continue;
		if (v < table[i].min) {
			NL_SET_ERR_MSG_ATTR(info->extack, value, "value is too small");
			return -ERANGE;
		}
		if (v > table[i].max) {
			NL_SET_ERR_MSG_ATTR(info->extack, value, "value is too great");
			return -ERANGE;
		}
		WRITE_ONCE(values[i], v);
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, name, "there is no setting of this name");
	return -ENOENT;
}

static int dump_table(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		      const struct setting *table, unsigned int count,
		      const u32 *values)
{
	void *hdr;

	for (; cb->args[0] < count; cb->args[0]++) {
		const struct setting *row = &table[cb->args[0]];

		hdr = handoff_nl_new(skb, cb, cmd);
		if (!hdr)
			break;
		if (nla_put_string(skb, BTCP_A_NAME, row->name) ||
		    nla_put_u64_64bit(skb, BTCP_A_VALUE,
				      READ_ONCE(values[cb->args[0]]), BTCP_A_PAD) ||
		    nla_put_string(skb, BTCP_A_UNIT, row->unit) ||
		    nla_put_string(skb, BTCP_A_HELP, row->help)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}

static struct handoff_settings *settings_of(struct genl_info *info)
{
	struct handoff_transaction *t = handoff_transaction_of(info);

	return t ? &t->settings : &handoff_net(genl_info_net(info))->settings;
}

int handoff_settings_nl_limit_set(struct sk_buff *skb, struct genl_info *info)
{
	struct handoff_settings *s = settings_of(info);

	return set_value(info, limits, ARRAY_SIZE(limits), s->limit);
}

int handoff_settings_nl_limit_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct handoff_settings *s = &handoff_net(sock_net(skb->sk))->settings;

	return dump_table(skb, cb, BTCP_CMD_LIMIT_GET, limits, ARRAY_SIZE(limits), s->limit);
}

int handoff_settings_nl_timeout_set(struct sk_buff *skb, struct genl_info *info)
{
	struct handoff_settings *s = settings_of(info);

	return set_value(info, timeouts, ARRAY_SIZE(timeouts), s->timeout);
}

int handoff_settings_nl_timeout_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct handoff_settings *s = &handoff_net(sock_net(skb->sk))->settings;

	return dump_table(skb, cb, BTCP_CMD_TIMEOUT_GET, timeouts, ARRAY_SIZE(timeouts),
			  s->timeout);
}
