// SPDX-License-Identifier: GPL-2.0
/*
 * Pools, and their members one by one.
 */
#include <linux/genetlink.h>
#include <netlink/msg.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

static const struct keyword weight_keyword = {
	"weight", parse_u32, BTCP_A_WEIGHT, .max = BTCP_WEIGHT_MAX
};

/* backend B [weight N]: the weight is the member's, so it belongs in its nest */
static int parse_member(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	struct nlattr *nest;
	int status;

	status = request_nest(msg, keyword->attr, &nest);
	if (!status)
		status = args_name(args, keyword->word, BTCP_A_NAME, msg);
	if (!status && args_peek(args, weight_keyword.word)) {
		args_next(args);
		status = parse_u32(args, &weight_keyword, msg);
	}
	if (!status)
		nla_nest_end(msg, nest);
	return status;
}

static const char *const hashes[] = { "url", "host", "client", "header", "cookie", NULL };

static const struct keyword hash_name_keyword = {
	"hash", parse_string, BTCP_A_HASH_NAME, .min = 1, .max = BTCP_HASH_NAME_LEN
};

static bool is_named(__u8 hash)
{
	return hash == BTCP_HASH_HEADER || hash == BTCP_HASH_COOKIE;
}

/* hash url|host|client|header N|cookie N */
static int parse_hash(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	struct nlattr *hash;
	int status;

	status = parse_choice(args, keyword, msg);
	if (status)
		return status;
	hash = nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, keyword->attr);
	return hash && is_named(nla_get_u8(hash)) ? parse_string(args, &hash_name_keyword, msg) :
						    STATUS_OK;
}

static const struct keyword pool_keywords[] = {
	{ "policy", parse_string, BTCP_A_POLICY, .min = 1, .max = BTCP_NAME_LEN },
	{ "hash", parse_hash, BTCP_A_HASH, .choices = hashes },
	{ "backend", parse_member, BTCP_A_MEMBER, KEYWORD_REPEAT },
	{}
};

int pool_change(const struct command *command, struct args *args)
{
	return change_named(command, args, pool_keywords);
}

int pool_del(const struct command *command, struct args *args)
{
	return del_named(command, args);
}

static void print_hash(struct nlattr **tb)
{
	__u8 hash = tb[BTCP_A_HASH] ? nla_get_u8(tb[BTCP_A_HASH]) : __BTCP_HASH_MAX;

	if (hash >= __BTCP_HASH_MAX)
		return;
	print_string("hash", "hash", hashes[hash]);
	if (tb[BTCP_A_HASH_NAME])
		print_string("hash_name", NULL, nla_get_string(tb[BTCP_A_HASH_NAME]));
}

static void pool_print(struct nlattr **tb, struct nlattr *first, int len)
{
	struct nlattr *member, *inner[BTCP_A_MAX + 1];

	print_object_begin("pool add");
	print_string("name", NULL, nla_get_string(tb[BTCP_A_NAME]));
	if (tb[BTCP_A_POLICY])
		print_string("policy", "policy", nla_get_string(tb[BTCP_A_POLICY]));
	print_hash(tb);
	print_array_begin("members");
	for (member = answer_next(NULL, first, len, BTCP_A_MEMBER); member;
	     member = answer_next(member, first, len, BTCP_A_MEMBER)) {
		if (!answer_nest(member, inner) || !inner[BTCP_A_NAME])
			continue;
		print_item_begin();
		print_string("backend", "backend", nla_get_string(inner[BTCP_A_NAME]));
		if (inner[BTCP_A_WEIGHT])
			print_unsigned("weight", "weight", nla_get_u32(inner[BTCP_A_WEIGHT]));
		print_item_end();
	}
	print_array_end();
	print_condition(tb);
	print_stats(first, len);
	print_object_end();
}

int pool_show(const struct command *command, struct args *args)
{
	return show_named(command, args, pool_print);
}

int member_change(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	struct keyword keywords[] = { weight_keyword, {} };
	int status;

	/* Only set is there for the weight. */
	if (!strcmp(command->verb, "set"))
		keywords[0].flags = KEYWORD_NEEDED;
	status = args_name(args, "pool", BTCP_A_POOL, msg) ?:
		 args_name(args, "backend", BTCP_A_NAME, msg);
	if (!status)
		status = strcmp(command->verb, "del") ?
			 args_keywords(args, keywords, true, msg, NULL) : args_end(args);
	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

/* The same answers as pool show's, a line a member */
static void member_print(struct nlattr **tb, struct nlattr *first, int len)
{
	struct nlattr *member, *inner[BTCP_A_MAX + 1];

	for (member = answer_next(NULL, first, len, BTCP_A_MEMBER); member;
	     member = answer_next(member, first, len, BTCP_A_MEMBER)) {
		if (!answer_nest(member, inner) || !inner[BTCP_A_NAME])
			continue;
		print_object_begin("member add");
		print_string("pool", NULL, nla_get_string(tb[BTCP_A_NAME]));
		print_string("backend", NULL, nla_get_string(inner[BTCP_A_NAME]));
		if (inner[BTCP_A_WEIGHT])
			print_unsigned("weight", "weight", nla_get_u32(inner[BTCP_A_WEIGHT]));
		print_object_end();
	}
}

int member_show(const struct command *command, struct args *args)
{
	struct command pools = *command;

	/* What there is none of is the pool. */
	pools.noun = "pool";
	return show_named(&pools, args, member_print);
}
