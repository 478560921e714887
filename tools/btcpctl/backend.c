// SPDX-License-Identifier: GPL-2.0
#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

static const struct keyword backend_keywords[] = {
	{ "addr", parse_endpoint, BTCP_A_ENDPOINT, KEYWORD_REPEAT | KEYWORD_NEEDED },
	{ "control", parse_endpoint_port_optional, BTCP_A_CONTROL },
	{ "weight", parse_u32, BTCP_A_WEIGHT, .max = BTCP_WEIGHT_MAX },
	{ "admin", parse_choice, BTCP_A_ADMIN, .choices = admin_choices },
	{ "key", parse_key, BTCP_A_KEY, KEYWORD_NEEDED },
	{ "maxflows", parse_unsupported },
	{ "slowstart", parse_unsupported },
	{ "deadline", parse_unsupported },
	{ "health", parse_unsupported },
	{}
};

int backend_change(const struct command *command, struct args *args)
{
	return change_named(command, args, backend_keywords);
}

int backend_del(const struct command *command, struct args *args)
{
	return del_named(command, args);
}

/* What it has to do, which only a kernel tells */
static void print_load(struct nlattr **tb)
{
	if (tb[BTCP_A_FLOWS])
		print_unsigned("flows", "flows", nla_get_u32(tb[BTCP_A_FLOWS]));
	if (tb[BTCP_A_OTHER_FLOWS])
		print_unsigned("other_flows", "others", nla_get_u32(tb[BTCP_A_OTHER_FLOWS]));
	if (tb[BTCP_A_QUEUE])
		print_unsigned("queue", "queue", nla_get_u32(tb[BTCP_A_QUEUE]));
	if (tb[BTCP_A_QUEUE_MAX])
		print_unsigned("queue_max", "of", nla_get_u32(tb[BTCP_A_QUEUE_MAX]));
	if (tb[BTCP_A_BUSY])
		print_flag("busy", "busy");
}

static void backend_print(struct nlattr **tb, struct nlattr *first, int len)
{
	struct nlattr *addr;

	print_object_begin("backend add");
	print_string("name", NULL, nla_get_string(tb[BTCP_A_NAME]));
	print_array_begin("addrs");
	for (addr = answer_next(NULL, first, len, BTCP_A_ENDPOINT); addr;
	     addr = answer_next(addr, first, len, BTCP_A_ENDPOINT)) {
		print_item_begin();
		print_endpoint("addr", addr);
		print_item_end();
	}
	print_array_end();
	if (tb[BTCP_A_CONTROL])
		print_endpoint_object("control", "control", tb[BTCP_A_CONTROL]);
	if (tb[BTCP_A_WEIGHT])
		print_unsigned("weight", "weight", nla_get_u32(tb[BTCP_A_WEIGHT]));
	if (tb[BTCP_A_ADMIN])
		print_choice("admin", "admin", admin_choices, nla_get_u8(tb[BTCP_A_ADMIN]));
	print_key(tb);
	print_condition(tb);
	print_load(tb);
	print_stats(first, len);
	print_object_end();
}

int backend_show(const struct command *command, struct args *args)
{
	return show_named(command, args, backend_print);
}
