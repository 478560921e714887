// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <netlink/msg.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

enum {
	PREF,
	DEFAULT,
	PATH,
	POOL,
};

#define GIVEN(seen, which) ((seen) & 1U << (which))

static const struct keyword rule_keywords[] = {
	[PREF] = { "pref", parse_u32, BTCP_A_PREF, .max = UINT_MAX },
	[DEFAULT] = { "default", parse_flag, BTCP_A_DEFAULT },
	[PATH] = { "path", parse_string, BTCP_A_PATH, .min = 1, .max = BTCP_PATTERN_LEN },
	[POOL] = { "pool", parse_name, BTCP_A_POOL, KEYWORD_NEEDED },
	{ "host", parse_unsupported },
	{ "method", parse_unsupported },
	{ "header", parse_unsupported },
	{ "cookie", parse_unsupported },
	{ "src", parse_unsupported },
	{ "sni", parse_unsupported },
	{ "alpn", parse_unsupported },
	{}
};

static int add_check(unsigned int seen, struct nl_msg *msg)
{
	if (GIVEN(seen, PATH))
		return GIVEN(seen, DEFAULT) ?
		       fail(STATUS_SYNTAX, "rule: the default rule takes no condition") : STATUS_OK;
	if (GIVEN(seen, PREF))
		return fail(STATUS_SYNTAX, "pref: a rule without conditions takes none");
	return GIVEN(seen, DEFAULT) ? STATUS_OK : request_put(msg, BTCP_A_DEFAULT, NULL, 0);
}

static int set_check(unsigned int seen)
{
	if (!GIVEN(seen, PREF) == !GIVEN(seen, DEFAULT))
		return fail(STATUS_SYNTAX, "rule: say which, by pref N or by default");
	if (GIVEN(seen, DEFAULT) && GIVEN(seen, PATH))
		return fail(STATUS_SYNTAX, "rule: the default rule takes no condition");
	if (!GIVEN(seen, PATH) && !GIVEN(seen, POOL))
		return fail(STATUS_SYNTAX, "rule: nothing to set");
	return STATUS_OK;
}

static int del_check(unsigned int seen)
{
	if (GIVEN(seen, PATH) || GIVEN(seen, POOL))
		return fail(STATUS_SYNTAX, "rule: del takes pref N or default, nothing more");
	if (!GIVEN(seen, PREF) == !GIVEN(seen, DEFAULT))
		return fail(STATUS_SYNTAX, "rule: say which, by pref N or by default");
	return STATUS_OK;
}

int rule_change(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	bool add = !strcmp(command->verb, "add");
	unsigned int seen = 0;
	int status;

	status = args_name(args, "service", BTCP_A_SERVICE, msg) ?:
		 args_keywords(args, rule_keywords, add, msg, &seen);
	if (!status)
		status = add ? add_check(seen, msg) :
			 !strcmp(command->verb, "set") ? set_check(seen) : del_check(seen);
	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

struct rules {
	const char *service;	/* the only one wanted; NULL: all */
	bool found;
};

static void rule_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct rules *rules = arg;

	if (!tb[BTCP_A_SERVICE] || !tb[BTCP_A_POOL] ||
	    (rules->service && strcmp(nla_get_string(tb[BTCP_A_SERVICE]), rules->service)))
		return;
	if (tb[BTCP_A_DELETING] && print_options.save)
		return;
	rules->found = true;
	print_object_begin("rule add");
	print_string("service", NULL, nla_get_string(tb[BTCP_A_SERVICE]));
	if (tb[BTCP_A_DEFAULT])
		print_flag("default", "default");
	else if (tb[BTCP_A_PREF])
		print_unsigned("pref", "pref", nla_get_u32(tb[BTCP_A_PREF]));
	if (tb[BTCP_A_PATH])
		print_string("path", "path", nla_get_string(tb[BTCP_A_PATH]));
	print_string("pool", "pool", nla_get_string(tb[BTCP_A_POOL]));
	print_condition(tb);
	print_stats(first, len);
	print_object_end();
}

static void service_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct rules *rules = arg;

	(void)first;
	(void)len;
	if (tb[BTCP_A_NAME] && !strcmp(nla_get_string(tb[BTCP_A_NAME]), rules->service))
		rules->found = true;
}

int rule_show(const struct command *command, struct args *args)
{
	struct rules rules = {};
	int status;

	status = args_optional_name(args, "service", &rules.service);
	if (status)
		return status;
	print_begin();
	status = request_dump(command, request_new(command->cmd), rule_answer, &rules);
	print_end();
	/* No rules: because there are none, or because there is no such service? */
	if (!status && rules.service && !rules.found)
		status = request_dump(command, request_new(BTCP_CMD_SERVICE_GET), service_answer,
				      &rules);
	if (!status && rules.service && !rules.found)
		return fail(STATUS_NO, "service \"%s\": there is none", rules.service);
	return status;
}
