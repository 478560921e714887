// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netlink/msg.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

static const struct keyword port_keyword = { "port", parse_port, BTCP_A_LOCAL_PORT };

/* vip ADDR:PORT [port LOCALPORT] */
static int parse_grant(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = args_next(args);
	struct nlattr *nest;
	int status;

	if (!word)
		return fail(STATUS_SYNTAX, "%s: its value is missing", keyword->word);
	status = request_nest(msg, keyword->attr, &nest);
	if (!status)
		status = put_endpoint(keyword->word, word, false, msg);
	if (!status && args_peek(args, port_keyword.word)) {
		args_next(args);
		status = parse_port(args, &port_keyword, msg);
	}
	if (!status)
		nla_nest_end(msg, nest);
	return status;
}

static const struct keyword frontend_keywords[] = {
	{ "addr", parse_address, BTCP_A_ADDR, KEYWORD_NEEDED },
	{ "control", parse_endpoint_port_optional, BTCP_A_CONTROL },
	{ "vip", parse_grant, BTCP_A_VIP, KEYWORD_REPEAT | KEYWORD_NEEDED },
	{ "key", parse_key, BTCP_A_KEY, KEYWORD_NEEDED },
	{}
};

int frontend_change(const struct command *command, struct args *args)
{
	return change_named(command, args, frontend_keywords);
}

int frontend_del(const struct command *command, struct args *args)
{
	return del_named(command, args);
}

static void frontend_print(struct nlattr **tb, struct nlattr *first, int len)
{
	struct nlattr *vip, *inner[BTCP_A_MAX + 1];

	print_object_begin("frontend add");
	print_string("name", NULL, nla_get_string(tb[BTCP_A_NAME]));
	if (tb[BTCP_A_ADDR])
		print_address("addr", "addr", tb[BTCP_A_ADDR]);
	if (tb[BTCP_A_CONTROL])
		print_endpoint_object("control", "control", tb[BTCP_A_CONTROL]);
	print_array_begin("vips");
	for (vip = answer_next(NULL, first, len, BTCP_A_VIP); vip;
	     vip = answer_next(vip, first, len, BTCP_A_VIP)) {
		print_item_begin();
		print_endpoint("vip", vip);
		if (answer_nest(vip, inner) && inner[BTCP_A_LOCAL_PORT])
			print_unsigned("local_port", "port",
				       ntohs(nla_get_u16(inner[BTCP_A_LOCAL_PORT])));
		print_item_end();
	}
	print_array_end();
	print_key(tb);
	print_condition(tb);
	print_stats(first, len);
	print_object_end();
}

int frontend_show(const struct command *command, struct args *args)
{
	return show_named(command, args, frontend_print);
}
