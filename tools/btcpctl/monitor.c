// SPDX-License-Identifier: GPL-2.0
/*
 * Events, as they happen.
 */
#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

static const char *text_of(const struct nlattr *attr)
{
	return attr ? nla_get_string(attr) : "?";
}

static void print_event(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	(void)first;
	(void)len;
	(void)arg;
	if (!tb[BTCP_A_OBJECT])
		return;
	print_line_begin();
	print_string("role", NULL, text_of(tb[BTCP_A_ROLE]));
	print_string("object", NULL, text_of(tb[BTCP_A_OBJECT]));
	print_string("name", NULL, text_of(tb[BTCP_A_NAME]));
	print_string("state", "state", text_of(tb[BTCP_A_STATE]));
	print_line_end();
}

static void print_word(const char *word)
{
	print_line_begin();
	print_string("monitor", NULL, word);
	print_line_end();
}

/* So that a script knows what it will not miss */
static void print_ready(void)
{
	print_word("listening");
}

static void print_lost(void)
{
	print_word("lost");
}

int monitor(const struct command *command, struct args *args)
{
	int status = args_end(args) ?: request_privileged(command);

	return status ?: request_listen(command, print_ready, print_event, print_lost);
}
