// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

/* As enum btcp_proto, enum btcp_requests and enum btcp_admin, but that a service is never down */
static const char *const proto_choices[] = { "http", "tls", "tcp", NULL };
static const char *const requests_choices[] = { "auto", "once", "first", NULL };
static const char *const service_admin[] = { "up", "drain", NULL };

static int parse_requests(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	if (args->count && !strcmp(args->word[0], "each"))
		return fail(STATUS_SYNTAX,
			    "%s each: not supported by this version of the kernel module",
			    keyword->word);
	return parse_choice(args, keyword, msg);
}

static const struct keyword timeout_keyword = {
	"timeout", parse_u32, BTCP_A_PERSIST_TIMEOUT, .min = 1, .max = BTCP_SECONDS_MAX
};

/* PREFIXLEN timeout SEC, or off */
static int parse_persist(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = args_next(args);
	unsigned long long bits = 0;
	int status = STATUS_OK;
	__u8 byte;

	if (!word)
		return fail(STATUS_SYNTAX, "%s: its value is missing", keyword->word);
	if (strcmp(word, "off"))
		status = parse_unsigned(keyword->word, word, keyword->min, keyword->max, &bits);
	byte = bits;
	if (!status)
		status = request_put(msg, keyword->attr, &byte, sizeof(byte));
	if (status || !bits)
		return status;
	if (!args_peek(args, timeout_keyword.word))
		return fail(STATUS_SYNTAX, "%s: its timeout is missing", keyword->word);
	args_next(args);
	return parse_u32(args, &timeout_keyword, msg);
}

static const struct keyword service_keywords[] = {
	{ "vip", parse_endpoint, BTCP_A_VIP, KEYWORD_REPEAT | KEYWORD_NEEDED },
	{ "proto", parse_choice, BTCP_A_PROTO, .choices = proto_choices },
	{ "requests", parse_requests, BTCP_A_REQUESTS, .choices = requests_choices },
	{ "admin", parse_choice, BTCP_A_ADMIN, .choices = service_admin },
	{ "persist", parse_persist, BTCP_A_PERSIST, .min = 1, .max = 128 },
	{}
};

int service_change(const struct command *command, struct args *args)
{
	return change_named(command, args, service_keywords);
}

int service_del(const struct command *command, struct args *args)
{
	return del_named(command, args);
}

static void service_print(struct nlattr **tb, struct nlattr *first, int len)
{
	struct nlattr *vip;

	print_object_begin("service add");
	print_string("name", NULL, nla_get_string(tb[BTCP_A_NAME]));
	print_array_begin("vips");
	for (vip = answer_next(NULL, first, len, BTCP_A_VIP); vip;
	     vip = answer_next(vip, first, len, BTCP_A_VIP)) {
		print_item_begin();
		print_endpoint("vip", vip);
		print_item_end();
	}
	print_array_end();
	if (tb[BTCP_A_PROTO])
		print_choice("proto", "proto", proto_choices, nla_get_u8(tb[BTCP_A_PROTO]));
	if (tb[BTCP_A_REQUESTS])
		print_choice("requests", "requests", requests_choices,
			     nla_get_u8(tb[BTCP_A_REQUESTS]));
	if (tb[BTCP_A_ADMIN])
		print_choice("admin", "admin", service_admin, nla_get_u8(tb[BTCP_A_ADMIN]));
	if (tb[BTCP_A_PERSIST] && tb[BTCP_A_PERSIST_TIMEOUT]) {
		print_unsigned("persist", "persist", nla_get_u8(tb[BTCP_A_PERSIST]));
		print_unsigned("persist_timeout", "timeout",
			       nla_get_u32(tb[BTCP_A_PERSIST_TIMEOUT]));
	}
	print_condition(tb);
	print_stats(first, len);
	print_object_end();
}

int service_show(const struct command *command, struct args *args)
{
	return show_named(command, args, service_print);
}
