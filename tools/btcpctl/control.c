// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netlink/msg.h>

#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

static const struct keyword control_keywords[] = {
	{ "local", parse_address, BTCP_A_ADDR },
	{ "port", parse_port, BTCP_A_PORT },
	{}
};

int control_set(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	unsigned int seen;
	int status;

	status = args_keywords(args, control_keywords, false, msg, &seen);
	if (!status && !seen)
		status = fail(STATUS_SYNTAX, "control: nothing to set");
	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

static void control_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	(void)first;
	(void)len;
	(void)arg;
	print_object_begin("control set");
	if (tb[BTCP_A_ADDR])
		print_address("local", "local", tb[BTCP_A_ADDR]);
	if (tb[BTCP_A_PORT])
		print_unsigned("port", "port", ntohs(nla_get_u16(tb[BTCP_A_PORT])));
	print_object_end();
}

int control_show(const struct command *command, struct args *args)
{
	int status = args_end(args);

	if (status)
		return status;
	print_begin();
	status = request_dump(command, request_new(command->cmd), control_answer, NULL);
	print_end();
	return status;
}
