/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family "btcp", one for all modules: handoff.ko owns it
 * and passes each command to the role that registered for it.
 *
 * All doit handlers run under the genl lock, which so is the lock of the
 * configuration: configuration objects are written only there, and read under
 * RCU everywhere else.
 */
#ifndef _HANDOFF_NETLINK_H
#define _HANDOFF_NETLINK_H

#include <net/genetlink.h>
#include <linux/btcp.h>

#include "handoff/session.h"
#include "handoff/stats.h"
#include "handoff/tuple.h"

/**
 * struct handoff_nl_command - how a role handles one command
 * @cmd: enum btcp_cmd
 * @doit: NEW, SET, DEL; genl lock held, may sleep
 * @dumpit: GET; genl lock held, may sleep.  cb->args are the handler's;
 *	handoff_nl_dump_attrs() gives the request's attributes
 */
struct handoff_nl_command {
	u8 cmd;
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
};

/**
 * struct handoff_nl_role - what a role brings to the family; needs no owner,
 *	since unregistering waits for its handlers
 * @commands: @count of them
 * @count: how many
 * @stats: the role's totals in a namespace
 * @flows: dump the role's flows into @skb; as dumpit, args[1..] are its own
 * @commit: what a transaction has of the role's objects is there from now on, what it has
 *	not is deleted; genl lock held, may sleep
 * @abort: forget what a transaction has, if anything; genl lock held, may sleep
 */
struct handoff_nl_role {
	const struct handoff_nl_command *commands;
	unsigned int count;
	struct handoff_stats *(*stats)(struct net *net);
	int (*flows)(struct sk_buff *skb, struct netlink_callback *cb);
	void (*commit)(struct net *net);
	void (*abort)(struct net *net);
};

/**
 * handoff_nl_register() - a role's commands work from now on
 * @role: which
 * @ops: static
 *
 * Context: process context, module init.
 */
void handoff_nl_register(enum handoff_role role, const struct handoff_nl_role *ops);

/**
 * handoff_nl_unregister() - the opposite; none of its handlers runs any more
 * @role: which
 *
 * Context: process context, module exit, may sleep.
 */
void handoff_nl_unregister(enum handoff_role role);

/**
 * handoff_nl_roles() - a number that changes when a role comes or goes
 *
 * Context: process context, genl lock held.
 */
unsigned int handoff_nl_roles(void);

/**
 * handoff_nl_roles_commit() - have each role commit a transaction
 * @net: namespace
 *
 * Context: process context, genl lock held.
 */
void handoff_nl_roles_commit(struct net *net);

/**
 * handoff_nl_roles_abort() - have each role forget one
 * @net: namespace
 *
 * Context: process context, genl lock held.
 */
void handoff_nl_roles_abort(struct net *net);

/**
 * handoff_nl_dump_attrs() - the attributes of a dump request
 * @cb: as passed to dumpit
 *
 * Return: array indexed by enum btcp_attr.
 */
struct nlattr **handoff_nl_dump_attrs(struct netlink_callback *cb);

/**
 * handoff_nl_new() - begin one message of a dump
 * @skb: the dump's
 * @cb: the dump's
 * @cmd: enum btcp_cmd
 *
 * Return: for genlmsg_end() or genlmsg_cancel(), NULL if there is no room.
 */
void *handoff_nl_new(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/**
 * handoff_nl_reply() - begin the answer to a command that is no dump
 * @info: request
 * @hdr: result, for genlmsg_end()
 *
 * Return: for genlmsg_reply() or nlmsg_free(), NULL if there is no memory.
 */
struct sk_buff *handoff_nl_reply(struct genl_info *info, void **hdr);

/**
 * handoff_nl_event() - tell whoever listens that an object's state is another
 * @net: namespace
 * @role: whose object it is
 * @object: what it is, "backend"
 * @name: its name
 * @state: as shown
 *
 * Who is too slow is told by netlink that something was lost; without memory so is
 * everybody.
 *
 * Context: any but hard interrupt.
 */
void handoff_nl_event(struct net *net, enum handoff_role role, const char *object,
		      const char *name, const char *state);

/**
 * handoff_nl_name() - read a name, refusing what is not one
 * @info: request
 * @attr: BTCP_A_NAME, BTCP_A_POOL ...
 * @missing: the sentence if it is not there, a literal
 * @name: BTCP_NAME_LEN + 1 bytes, filled
 *
 * Return: 0 or -EINVAL with its sentence.
 */
int handoff_nl_name(struct genl_info *info, int attr, const char *missing,
		    char *name);

/**
 * handoff_nl_addr() - read an address
 * @attr: BTCP_A_ADDR
 * @addr: filled, unused bytes zero
 * @family: filled
 * @extack: gets the sentence: 4 or 16 bytes; not unspecified, multicast,
 *	broadcast or link-local
 *
 * Return: 0 or -EINVAL.
 */
int handoff_nl_addr(const struct nlattr *attr, union nf_inet_addr *addr,
		    u8 *family, struct netlink_ext_ack *extack);

/**
 * handoff_nl_endpoint() - read a nest of ADDR and PORT
 * @nest: BTCP_A_VIP, BTCP_A_ENDPOINT, BTCP_A_CONTROL
 * @port: big-endian; taken where PORT is missing, 0: it may not be missing
 * @endpoint: filled
 * @local_port: filled with LOCAL_PORT or the port, big-endian; or NULL
 * @extack: gets the sentence
 *
 * Return: 0 or -EINVAL.
 */
int handoff_nl_endpoint(const struct nlattr *nest, __be16 port,
			struct handoff_endpoint *endpoint, __be16 *local_port,
			struct netlink_ext_ack *extack);

/**
 * handoff_nl_put_endpoint() - write a nest of ADDR and PORT
 * @skb: message
 * @attr: the nest's attribute
 * @endpoint: what
 * @local_port: big-endian, written if it differs from the port; 0: none
 *
 * Return: 0 or -EMSGSIZE.
 */
int handoff_nl_put_endpoint(struct sk_buff *skb, int attr,
			    const struct handoff_endpoint *endpoint,
			    __be16 local_port);

/**
 * handoff_nl_put_stats() - write counters as STAT nests
 * @skb: message
 * @stats: counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int handoff_nl_put_stats(struct sk_buff *skb, const struct handoff_stats *stats);

/**
 * handoff_nl_setup() - register the family, at module init
 *
 * Return: 0 or a negative errno.
 */
int handoff_nl_setup(void);

/** handoff_nl_teardown() - the opposite */
void handoff_nl_teardown(void);

#endif /* _HANDOFF_NETLINK_H */
