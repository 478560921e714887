// SPDX-License-Identifier: GPL-2.0
#include "show.h"

#include <netlink/msg.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"

const char *const admin_choices[] = { "up", "drain", "down", NULL };

struct listing {
	const char *name;	/* the only one wanted; NULL: all */
	bool found;
	void (*print)(struct nlattr **tb, struct nlattr *first, int len);
};

static void show_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct listing *listing = arg;

	if (!tb[BTCP_A_NAME] ||
	    (listing->name && strcmp(nla_get_string(tb[BTCP_A_NAME]), listing->name)))
		return;
	/* It lives on for its flows only: restoring it would be an error. */
	if (tb[BTCP_A_DELETING] && print_options.save)
		return;
	listing->found = true;
	listing->print(tb, first, len);
}

int show_named(const struct command *command, struct args *args,
	       void (*print)(struct nlattr **tb, struct nlattr *first, int len))
{
	struct listing listing = { .print = print };
	int status;

	status = args_optional_name(args, command->noun, &listing.name);
	if (status)
		return status;
	print_begin();
	status = request_dump(command, request_new(command->cmd), show_answer, &listing);
	print_end();
	if (!status && listing.name && !listing.found)
		return fail(STATUS_NO, "%s \"%s\": there is none", command->noun, listing.name);
	return status;
}

int change_named(const struct command *command, struct args *args, const struct keyword *table)
{
	bool add = !strcmp(command->verb, "add");
	struct nl_msg *msg = request_new(command->cmd);
	unsigned int seen;
	int status;

	status = args_name(args, command->noun, BTCP_A_NAME, msg);
	if (!status)
		status = args_keywords(args, table, add, msg, &seen);
	if (!status && !add && !seen)
		status = fail(STATUS_SYNTAX, "%s: nothing to set", command->noun);
	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

int del_named(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	int status;

	status = args_name(args, command->noun, BTCP_A_NAME, msg) ?: args_end(args);
	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

void print_key(struct nlattr **tb)
{
	if (tb[BTCP_A_KEY_PATH])
		print_string("key", "key", nla_get_string(tb[BTCP_A_KEY_PATH]));
}

void print_condition(struct nlattr **tb)
{
	__u8 listening;

	print_state_begin();
	if (tb[BTCP_A_STATE])
		print_string("state", "state", nla_get_string(tb[BTCP_A_STATE]));
	if (tb[BTCP_A_LISTENING]) {
		listening = nla_get_u8(tb[BTCP_A_LISTENING]);
		if (print_options.json) {
			print_array_begin("listening");
			if (listening & 1)
				print_string(NULL, NULL, "ipv4");
			if (listening & 2)
				print_string(NULL, NULL, "ipv6");
			print_array_end();
		} else {
			print_string("listening", "listening",
				     (listening & 3) == 3 ? "ipv4,ipv6" :
				     listening & 1 ? "ipv4" : listening & 2 ? "ipv6" : "no");
		}
	}
	if (tb[BTCP_A_PATH_MTU])
		print_unsigned("path_mtu", "mtu", nla_get_u32(tb[BTCP_A_PATH_MTU]));
	if (tb[BTCP_A_KEY_FINGERPRINT])
		print_hex("fingerprint", "fingerprint", nla_data(tb[BTCP_A_KEY_FINGERPRINT]),
			  nla_len(tb[BTCP_A_KEY_FINGERPRINT]));
	if (tb[BTCP_A_DELETING])
		print_flag("deleting", "deleting");
}
