// SPDX-License-Identifier: GPL-2.0
#include <netlink/msg.h>

#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

/* The kernel filters: a hundred thousand flows need not come here for one. */
static const struct keyword flow_keywords[] = {
	{ "service", parse_name, BTCP_A_SERVICE },
	{ "backend", parse_name, BTCP_A_BACKEND },
	{ "client", parse_address, BTCP_A_ADDR },
	{}
};

static const struct {
	int attr;
	const char *word;
} references[] = {
	{ BTCP_A_SERVICE, "service" },
	{ BTCP_A_BACKEND, "backend" },
	{ BTCP_A_FRONTEND, "frontend" },
};

static const struct {
	int attr;
	const char *key;
	const char *word;
} ends[] = {
	{ BTCP_A_CLIENT, "client", "client" },
	{ BTCP_A_VIP, "vip", "vip" },
	{ BTCP_A_ENDPOINT, "server", "server" },
};

static void flow_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	(void)first;
	(void)len;
	(void)arg;
	print_object_begin("");
	for (int i = 0; i < 3; i++)
		if (tb[ends[i].attr])
			print_endpoint_object(ends[i].key, ends[i].word, tb[ends[i].attr]);
	for (int i = 0; i < 3; i++)
		if (tb[references[i].attr])
			print_string(references[i].word, references[i].word,
				     nla_get_string(tb[references[i].attr]));
	if (tb[BTCP_A_ROLE])
		print_string("role", "role", nla_get_string(tb[BTCP_A_ROLE]));
	if (tb[BTCP_A_STATE])
		print_string("state", "state", nla_get_string(tb[BTCP_A_STATE]));
	if (tb[BTCP_A_AGE])
		print_duration("age_ms", "age", nla_get_u32(tb[BTCP_A_AGE]));
	if (tb[BTCP_A_IDLE])
		print_duration("idle_ms", "idle", nla_get_u32(tb[BTCP_A_IDLE]));
	if (tb[BTCP_A_PACKETS])
		print_unsigned("packets", "packets", nla_get_u64(tb[BTCP_A_PACKETS]));
	if (tb[BTCP_A_FLOW_ID])
		print_unsigned("id", "id", nla_get_u64(tb[BTCP_A_FLOW_ID]));
	print_object_end();
}

int flow_show(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	int status;

	status = args_keywords(args, flow_keywords, false, msg, NULL);
	if (status) {
		request_free(msg);
		return status;
	}
	print_begin();
	status = request_dump(command, msg, flow_answer, NULL);
	print_end();
	return status;
}
