// SPDX-License-Identifier: GPL-2.0
#include <netlink/msg.h>

#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

static void stats_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	const char *role = tb[BTCP_A_ROLE] ? nla_get_string(tb[BTCP_A_ROLE]) : "?";
	struct nlattr *stat, *inner[BTCP_A_MAX + 1];

	(void)arg;
	for (stat = answer_next(NULL, first, len, BTCP_A_STAT); stat;
	     stat = answer_next(stat, first, len, BTCP_A_STAT)) {
		const char *name, *help;
		__u64 value;

		if (!answer_nest(stat, inner) || !inner[BTCP_A_NAME] || !inner[BTCP_A_VALUE])
			continue;
		name = nla_get_string(inner[BTCP_A_NAME]);
		help = inner[BTCP_A_HELP] ? nla_get_string(inner[BTCP_A_HELP]) : "";
		value = nla_get_u64(inner[BTCP_A_VALUE]);

		print_object_begin("");
		if (print_options.json) {
			print_string("role", NULL, role);
			print_string("name", NULL, name);
			print_unsigned("value", NULL, value);
			print_string("type", NULL, inner[BTCP_A_GAUGE] ? "gauge" : "counter");
			print_string("help", NULL, help);
		} else {
			print_text("%-8s %-28s %14llu  %s", role, name,
				   (unsigned long long)value, help);
		}
		print_object_end();
	}
}

int stats_show(const struct command *command, struct args *args)
{
	int status = args_end(args);

	if (status)
		return status;
	print_begin();
	status = request_dump(command, request_new(command->cmd), stats_answer, NULL);
	print_end();
	return status;
}
