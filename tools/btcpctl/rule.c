// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <netlink/msg.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

/* In the order of the tables; what is not a condition comes first */
enum {
	PREF,
	DEFAULT,
	POOL,
	CONDITIONS,	/* from here on */
};

#define GIVEN(seen, which)	((seen) & 1U << (which))
#define CONDITION(seen)		((seen) >> CONDITIONS)

#define TEXT(word, attr)	{ word, parse_string, attr, .min = 1, .max = BTCP_PATTERN_LEN }
#define PAIR(word, attr)	{ word, parse_string, attr, KEYWORD_REPEAT, 1, BTCP_PAIR_LEN }
#define TEXTS \
	TEXT("host", BTCP_A_HOST), TEXT("path", BTCP_A_PATH), TEXT("method", BTCP_A_METHOD), \
	PAIR("header", BTCP_A_HEADER), PAIR("cookie", BTCP_A_COOKIE), \
	TEXT("sni", BTCP_A_SNI), TEXT("alpn", BTCP_A_ALPN)

static const struct keyword rule_keywords[] = {
	[PREF] = { "pref", parse_u32, BTCP_A_PREF, .max = UINT_MAX },
	[DEFAULT] = { "default", parse_flag, BTCP_A_DEFAULT },
	[POOL] = { "pool", parse_name, BTCP_A_POOL, KEYWORD_NEEDED },
	TEXTS,
	{ "src", parse_prefix, BTCP_A_SRC },
	{}
};

static const struct keyword test_keywords[] = {
	{ "client", parse_address, BTCP_A_ADDR },
	TEXTS,
	{}
};

static int add_check(unsigned int seen, struct nl_msg *msg)
{
	if (CONDITION(seen))
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
	if (GIVEN(seen, DEFAULT) && CONDITION(seen))
		return fail(STATUS_SYNTAX, "rule: the default rule takes no condition");
	if (!CONDITION(seen) && !GIVEN(seen, POOL))
		return fail(STATUS_SYNTAX, "rule: nothing to set");
	return STATUS_OK;
}

static int del_check(unsigned int seen)
{
	if (CONDITION(seen) || GIVEN(seen, POOL))
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

static void print_texts(const char *key, const char *word, struct nlattr *first, int len, int attr)
{
	struct nlattr *text = answer_next(NULL, first, len, attr);

	if (!text)
		return;
	print_array_begin(key);
	for (; text; text = answer_next(text, first, len, attr))
		print_string(NULL, word, nla_get_string(text));
	print_array_end();
}

/* As rule add would have it */
static void print_rule(struct nlattr **tb, struct nlattr *first, int len)
{
	static const struct {
		int attr;
		const char *word;
	} texts[] = {
		{ BTCP_A_HOST, "host" }, { BTCP_A_PATH, "path" }, { BTCP_A_METHOD, "method" },
		{ BTCP_A_SNI, "sni" }, { BTCP_A_ALPN, "alpn" },
	};

	print_string("service", NULL, nla_get_string(tb[BTCP_A_SERVICE]));
	if (tb[BTCP_A_DEFAULT])
		print_flag("default", "default");
	else if (tb[BTCP_A_PREF])
		print_unsigned("pref", "pref", nla_get_u32(tb[BTCP_A_PREF]));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (tb[texts[i].attr])
			print_string(texts[i].word, texts[i].word,
				     nla_get_string(tb[texts[i].attr]));
	if (tb[BTCP_A_SRC])
		print_prefix("src", "src", tb[BTCP_A_SRC]);
	print_texts("headers", "header", first, len, BTCP_A_HEADER);
	print_texts("cookies", "cookie", first, len, BTCP_A_COOKIE);
	print_string("pool", "pool", nla_get_string(tb[BTCP_A_POOL]));
}

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
	print_rule(tb, first, len);
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

struct tested {
	bool matched;
	__u8 proto;	/* enum btcp_proto */
};

/* Where a request would go; if no back-end is usable, with the answer's status in its place */
static void test_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct tested *tested = arg;

	if (tb[BTCP_A_PROTO])
		tested->proto = nla_get_u8(tb[BTCP_A_PROTO]);
	if (!tb[BTCP_A_SERVICE] || !tb[BTCP_A_POOL])
		return;
	tested->matched = true;
	print_object_begin("");
	if (tb[BTCP_A_FILE]) {
		print_string("service", NULL, nla_get_string(tb[BTCP_A_SERVICE]));
		print_flag("content", "content");
		print_string("pool", "pool", nla_get_string(tb[BTCP_A_POOL]));
	} else {
		print_rule(tb, first, len);
	}
	if (tb[BTCP_A_BACKEND])
		print_string("backend", "backend", nla_get_string(tb[BTCP_A_BACKEND]));
	else if (tested->proto == BTCP_PROTO_HTTP)
		print_unsigned("status", "status", 503);
	else
		print_flag("refused", "refused");
	print_object_end();
}

int rule_test(const struct command *command, struct args *args)
{
	static const char *const answers[] = { "404", "the alert unrecognized_name", "an RST" };
	struct nl_msg *msg = request_new(command->cmd);
	struct tested tested = {};
	int status;

	status = args_name(args, "service", BTCP_A_SERVICE, msg) ?:
		 args_keywords(args, test_keywords, false, msg, NULL);
	if (status) {
		request_free(msg);
		return status;
	}
	print_begin();
	status = request_ask(command, msg, test_answer, &tested);
	print_end();
	if (!status && !tested.matched)
		return fail(STATUS_NO, "rule: none matches, the answer would be %s",
			    answers[tested.proto < ARRAY_SIZE(answers) ? tested.proto : 0]);
	return status;
}
