// SPDX-License-Identifier: GPL-2.0
/*
 * Limits and timeouts: the kernel has the table, btcpctl only the units.
 */
#include <ctype.h>
#include <limits.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

static const struct {
	const char *name;
	unsigned int ms;
} units[] = {
	{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "min", 60 * 1000 }, { "h", 3600 * 1000 }
};

static bool is_timeout(const struct command *command)
{
	return !strcmp(command->noun, "timeout");
}

static int parse_duration(const char *word, unsigned long long *ms)
{
	size_t len = strspn(word, "0123456789");
	char number[16];

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(word + len, units[i].name) || !len || len >= sizeof(number))
			continue;
		snprintf(number, sizeof(number), "%.*s", (int)len, word);
		*ms = strtoull(number, NULL, 10) * units[i].ms;
		if (*ms <= UINT_MAX)
			return STATUS_OK;
	}
	return fail(STATUS_SYNTAX, "timeout \"%s\": not a duration like 300ms, 3s, 15min or 1h",
		    word);
}

int settings_set(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	unsigned long long value;
	const char *word;
	__u64 number;
	int status;

	status = args_name(args, command->noun, BTCP_A_NAME, msg);
	if (status)
		goto err;
	word = args_next(args);
	if (!word)
		status = fail(STATUS_SYNTAX, "%s: its value is missing", command->noun);
	else if (is_timeout(command))
		status = parse_duration(word, &value);
	else
		status = parse_unsigned(command->noun, word, 0, UINT_MAX, &value);
	if (!status)
		status = args_end(args);
	if (status)
		goto err;
	number = value;
	status = request_put(msg, BTCP_A_VALUE, &number, sizeof(number));
	if (status)
		goto err;
	return request_change(command, msg);
err:
	request_free(msg);
	return status;
}

static void value_print(struct nlattr **tb, const char *prefix, bool timeout)
{
	char text[DURATION_TEXT];
	__u64 value;

	if (!tb[BTCP_A_VALUE])
		return;
	value = nla_get_u64(tb[BTCP_A_VALUE]);
	print_object_begin(prefix);
	print_string("name", NULL, nla_get_string(tb[BTCP_A_NAME]));
	if (timeout)
		print_duration("ms", NULL, value);
	else
		print_unsigned("value", NULL, value);
	print_state_begin();
	if (print_options.json) {
		if (tb[BTCP_A_UNIT])
			print_string("unit", NULL, nla_get_string(tb[BTCP_A_UNIT]));
		if (tb[BTCP_A_HELP])
			print_string("help", NULL, nla_get_string(tb[BTCP_A_HELP]));
	} else if (!print_options.save && tb[BTCP_A_HELP]) {
		/* A comment, so that the line can be typed again as it is. */
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
		if (timeout)
			format_duration(value, text);
		print_text("%*s# %s", 30 - (int)strlen(nla_get_string(tb[BTCP_A_NAME])) -
			   (int)strlen(text), "", nla_get_string(tb[BTCP_A_HELP]));
		if (!timeout && tb[BTCP_A_UNIT])
			print_text(" (%s)", nla_get_string(tb[BTCP_A_UNIT]));
	}
	print_object_end();
}

static void limit_print(struct nlattr **tb, struct nlattr *first, int len)
{
	(void)first;
	(void)len;
	value_print(tb, "limit set", false);
}

static void timeout_print(struct nlattr **tb, struct nlattr *first, int len)
{
	(void)first;
	(void)len;
	value_print(tb, "timeout set", true);
}

int settings_show(const struct command *command, struct args *args)
{
	return show_named(command, args, is_timeout(command) ? timeout_print : limit_print);
}
