/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the first bytes of a connection are read as, to tell where it belongs: one small file a
 * protocol.
 */
#ifndef _BTCP_FRONTEND_PROTO_H
#define _BTCP_FRONTEND_PROTO_H

#include <linux/btcp.h>
#include <linux/types.h>

#include "handoff/settings.h"

struct front_opening;
struct rule;
struct rule_request;

/**
 * enum front_head - what is known of a connection's head
 * @FRONT_HEAD_MORE: not enough yet
 * @FRONT_HEAD_DONE: enough to route it
 * @FRONT_HEAD_REFUSED: to be answered with &front_opening.status
 */
enum front_head {
	FRONT_HEAD_MORE,
	FRONT_HEAD_DONE,
	FRONT_HEAD_REFUSED,
};

/**
 * struct front_proto - a protocol
 * @conditions: BIT(enum rule_kind): what a rule may ask for
 * @no_condition: the sentence for a rule that asks for more
 * @timeout: how long the head may take
 * @server_first: then the connection is routed all the same: it may be the server that speaks
 *	first.  Else it is refused
 * @http: its refusals are answers of HTTP, and counted as such
 * @init: the opening is new; NULL: nothing to do
 * @read: bytes came into &front_opening.buf, or all that will ever come is there.  Sets
 *	&front_opening.head_len if that is enough, &front_opening.status if it is refused
 * @route: find the pool, by front_proto_route(); the head may be edited then.  Returns 0, or the
 *	status of a refusal
 * @answer: write what a refusal is answered with, by &front_opening.status; at most
 *	HTTP_ANSWER_MAX bytes, each time the same; returns how many.  NULL: an RST
 *
 * All are called with BH off, RCU read side, flow's lock held.
 */
struct front_proto {
	u16 conditions;
	const char *no_condition;
	enum handoff_timeout timeout;
	bool server_first;
	bool http;
	void (*init)(struct front_opening *o);
	enum front_head (*read)(struct front_opening *o, bool fin);
	int (*route)(struct front_opening *o);
	u32 (*answer)(const struct front_opening *o, u8 *buf);
};

extern const struct front_proto front_proto_http;
extern const struct front_proto front_proto_tls;
extern const struct front_proto front_proto_tcp;

/**
 * front_proto_of() - by number
 * @proto: enum btcp_proto
 *
 * Context: any.
 */
const struct front_proto *front_proto_of(u8 proto);

/**
 * front_proto_knows() - may a service of this protocol have this rule?
 * @proto: protocol
 * @rule: rule
 * @kind: result if not: the enum rule_kind of what it does not know; or NULL
 *
 * Context: any.
 */
bool front_proto_knows(const struct front_proto *proto, const struct rule *rule, u8 *kind);

/**
 * front_proto_route() - the rules tell to which pool the connection belongs
 * @o: opening; keeps it
 * @request: what is asked; who asks is filled in here
 *
 * Context: as the calls of struct front_proto.
 * Return: 0, or the status of a refusal.
 */
int front_proto_route(struct front_opening *o, struct rule_request *request);

/**
 * front_proto_default() - all that is known of the connection is who the client is, and that what
 *	he says is not to be understood: the default rule gets it, if there is one
 * @o: opening
 *
 * Context: as the calls of struct front_proto.
 * Return: as front_proto_route().
 */
int front_proto_default(struct front_opening *o);

#endif /* _BTCP_FRONTEND_PROTO_H */
