// SPDX-License-Identifier: GPL-2.0
#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

static const char *const health_choices[] = { "up", "down", NULL };

static const struct keyword backend_keywords[] = {
	{ "addr", parse_endpoint, BTCP_A_ENDPOINT, KEYWORD_REPEAT | KEYWORD_NEEDED },
	{ "control", parse_endpoint_port_optional, BTCP_A_CONTROL },
	{ "weight", parse_u32, BTCP_A_WEIGHT, .max = BTCP_WEIGHT_MAX },
	{ "admin", parse_choice, BTCP_A_ADMIN, .choices = admin_choices },
	{ "key", parse_key, BTCP_A_KEY, KEYWORD_NEEDED },
	{ "maxflows", parse_u32, BTCP_A_MAXFLOWS, .max = BTCP_MAXFLOWS_MAX },
	{ "slowstart", parse_u32, BTCP_A_SLOWSTART, .max = BTCP_SECONDS_MAX },
	{ "deadline", parse_u32, BTCP_A_DEADLINE, .min = 1, .max = BTCP_SECONDS_MAX },
	{ "health", parse_choice, BTCP_A_HEALTH, .choices = health_choices },
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

/* What 0 switches off is not worth a word */
static void print_setting(const char *name, const struct nlattr *attr)
{
	if (attr && (nla_get_u32(attr) || print_options.json))
		print_unsigned(name, name, nla_get_u32(attr));
}

/* What a checker has said, and what passes by itself: neither is saved */
static void print_course(struct nlattr **tb)
{
	if (tb[BTCP_A_HEALTH] && (nla_get_u8(tb[BTCP_A_HEALTH]) || print_options.json))
		print_choice("health", "health", health_choices, nla_get_u8(tb[BTCP_A_HEALTH]));
	if (tb[BTCP_A_DEADLINE])
		print_unsigned("deadline", "deadline", nla_get_u32(tb[BTCP_A_DEADLINE]));
	if (tb[BTCP_A_SHARE])
		print_unsigned("share", "share", nla_get_u8(tb[BTCP_A_SHARE]));
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
	print_setting("maxflows", tb[BTCP_A_MAXFLOWS]);
	print_setting("slowstart", tb[BTCP_A_SLOWSTART]);
	if (tb[BTCP_A_ADMIN])
		print_choice("admin", "admin", admin_choices, nla_get_u8(tb[BTCP_A_ADMIN]));
	print_key(tb);
	print_condition(tb);
	print_course(tb);
	print_load(tb);
	print_stats(first, len);
	print_object_end();
}

int backend_show(const struct command *command, struct args *args)
{
	return show_named(command, args, backend_print);
}
