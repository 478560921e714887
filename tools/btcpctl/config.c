// SPDX-License-Identifier: GPL-2.0
#include "config.h"

#include <linux/genetlink.h>
#include <netlink/msg.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"

#define KEY_MAX 256	/* bytes of what names an object: two names, or a word and an address */

/* In the order in which a kernel can take them */
static const struct {
	const char *noun;
	const char *verb;
} taken[] = {
	{ "control", "set" }, { "limit", "set" }, { "timeout", "set" }, { "backend", "add" },
	{ "pool", "add" }, { "member", "add" }, { "service", "add" }, { "rule", "add" },
	{ "content", "load" }, { "frontend", "add" },
};

static size_t rank_of(const struct command *command)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(taken) && (strcmp(taken[i].noun, command->noun) ||
					 strcmp(taken[i].verb, command->verb ?: "")))
		i++;
	return i;
}

bool config_takes(const struct command *command)
{
	return rank_of(command) < ARRAY_SIZE(taken);
}

static void *checked(void *memory)
{
	if (!memory)
		exit(fail(STATUS_REFUSED, "out of memory"));
	return memory;
}

static struct config *reading;	/* what take() appends to */

static int take(const struct command *command, struct nl_msg *msg)
{
	struct nlmsghdr *request = nlmsg_hdr(msg);
	struct change *change;

	if (reading->count == reading->room) {
		reading->room = reading->room ? 2 * reading->room : 64;
		reading->change = checked(realloc(reading->change,
						  reading->room * sizeof(*reading->change)));
	}
	change = &reading->change[reading->count++];
	*change = (struct change){ .command = command, .line = fail_line() };
	change->request = checked(malloc(request->nlmsg_len));
	memcpy(change->request, request, request->nlmsg_len);
	request_free(msg);
	if (request_lines.count) {
		size_t size = request_lines.count * sizeof(*request_lines.number);

		change->lines = request_lines;
		change->lines.file = checked(strdup(request_lines.file));
		change->lines.number = memcpy(checked(malloc(size)), request_lines.number, size);
	}
	return STATUS_OK;
}

/**
 * struct defined - that there is an object
 * @line: where
 * @key: what names it
 */
struct defined {
	unsigned int line;
	char key[];
};

/**
 * struct check - a configuration, looked through
 * @config: it
 * @objects: struct defined, as a tree of search.h
 * @change: what is being looked at
 * @status: enum status
 */
struct check {
	const struct config *config;
	void *objects;
	const struct change *change;
	int status;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct defined *)a)->key, ((const struct defined *)b)->key);
}

static struct defined *object_new(unsigned int line, const char *kind, const char *name)
{
	struct defined *object = checked(malloc(sizeof(*object) + KEY_MAX));

	object->line = line;
	snprintf(object->key, KEY_MAX, "%s \"%s\"", kind, name);
	return object;
}

static void define(struct check *check, const char *kind, const char *name)
{
	struct defined *object = object_new(check->change->line, kind, name);
	struct defined **found = checked(tsearch(object, &check->objects, compare));

	if (*found == object)
		return;
	check->status = fail(STATUS_SYNTAX, "%s: it is in line %u already", object->key,
			     (*found)->line);
	free(object);
}

static void refer(struct check *check, const char *kind, const char *name)
{
	struct defined *object = object_new(0, kind, name);

	if (!tfind(object, &check->objects, compare))
		check->status = fail(STATUS_SYNTAX, "%s: no line adds it", object->key);
	free(object);
}

typedef void (*attr_fn)(struct check *check, struct nlattr **tb, struct nlattr *attr);

static void each(struct check *check, struct nlattr **tb, int type, attr_fn call)
{
	struct nlattr *first = nlmsg_attrdata(check->change->request, GENL_HDRLEN), *attr;
	const struct request_lines *lines = &check->change->lines;
	int len = nlmsg_attrlen(check->change->request, GENL_HDRLEN);
	unsigned int i = 0;

	for (attr = answer_next(NULL, first, len, type); attr;
	     attr = answer_next(attr, first, len, type), i++) {
		if (type == BTCP_A_CONTENT && i < lines->count)
			fail_where(lines->file, lines->number[i]);
		call(check, tb, attr);
	}
}

/* A word with the name that it is about: its rules, its members */
static const char *kind_of(char *text, const char *format, struct nlattr *name)
{
	snprintf(text, KEY_MAX / 2, format, nla_get_string(name));
	return text;
}

static void define_vip(struct check *check, struct nlattr **tb, struct nlattr *attr)
{
	char text[ENDPOINT_TEXT];

	(void)tb;
	define(check, "vip", format_endpoint(attr, text));
}

static void define_member(struct check *check, struct nlattr **tb, struct nlattr *attr)
{
	struct nlattr *inner[BTCP_A_MAX + 1];
	char kind[KEY_MAX / 2];

	if (answer_nest(attr, inner) && inner[BTCP_A_NAME])
		define(check, kind_of(kind, "pool \"%s\" backend", tb[BTCP_A_NAME]),
		       nla_get_string(inner[BTCP_A_NAME]));
}

static void refer_member(struct check *check, struct nlattr **tb, struct nlattr *attr)
{
	struct nlattr *inner[BTCP_A_MAX + 1];

	(void)tb;
	if (answer_nest(attr, inner) && inner[BTCP_A_NAME])
		refer(check, "backend", nla_get_string(inner[BTCP_A_NAME]));
}

/* HOST PATH POOL */
static void refer_content(struct check *check, struct nlattr **tb, struct nlattr *attr)
{
	const char *pool = strrchr(nla_get_string(attr), ' ');
	const char *tab = strrchr(nla_get_string(attr), '\t');

	(void)tb;
	pool = tab > pool ? tab : pool;
	if (pool && strlen(pool + 1) <= BTCP_NAME_LEN)
		refer(check, "pool", pool + 1);
	else
		check->status = fail(STATUS_SYNTAX, "content: not HOST PATH POOL");
}

static void define_rule(struct check *check, struct nlattr **tb)
{
	char kind[KEY_MAX / 2], pref[16];

	if (tb[BTCP_A_DEFAULT]) {
		define(check, "the default rule of service",
		       nla_get_string(tb[BTCP_A_SERVICE]));
	} else if (tb[BTCP_A_PREF]) {
		snprintf(pref, sizeof(pref), "%u", nla_get_u32(tb[BTCP_A_PREF]));
		define(check, kind_of(kind, "service \"%s\" pref", tb[BTCP_A_SERVICE]), pref);
	}
}

static void define_all(struct check *check, __u8 cmd, struct nlattr **tb)
{
	char kind[KEY_MAX / 2];

	switch (cmd) {
	case BTCP_CMD_BACKEND_NEW:
	case BTCP_CMD_FRONTEND_NEW:
		define(check, check->change->command->noun, nla_get_string(tb[BTCP_A_NAME]));
		break;
	case BTCP_CMD_POOL_NEW:
		define(check, "pool", nla_get_string(tb[BTCP_A_NAME]));
		each(check, tb, BTCP_A_MEMBER, define_member);
		break;
	case BTCP_CMD_MEMBER_NEW:
		define(check, kind_of(kind, "pool \"%s\" backend", tb[BTCP_A_POOL]),
		       nla_get_string(tb[BTCP_A_NAME]));
		break;
	case BTCP_CMD_SERVICE_NEW:
		define(check, "service", nla_get_string(tb[BTCP_A_NAME]));
		each(check, tb, BTCP_A_VIP, define_vip);
		break;
	case BTCP_CMD_RULE_NEW:
		define_rule(check, tb);
		break;
	case BTCP_CMD_CONTENT_BEGIN:
		define(check, "content of service", nla_get_string(tb[BTCP_A_SERVICE]));
		break;
	}
}

static void refer_all(struct check *check, __u8 cmd, struct nlattr **tb)
{
	switch (cmd) {
	case BTCP_CMD_POOL_NEW:
		each(check, tb, BTCP_A_MEMBER, refer_member);
		break;
	case BTCP_CMD_MEMBER_NEW:
		refer(check, "pool", nla_get_string(tb[BTCP_A_POOL]));
		refer(check, "backend", nla_get_string(tb[BTCP_A_NAME]));
		break;
	case BTCP_CMD_RULE_NEW:
		refer(check, "service", nla_get_string(tb[BTCP_A_SERVICE]));
		refer(check, "pool", nla_get_string(tb[BTCP_A_POOL]));
		break;
	case BTCP_CMD_CONTENT_BEGIN:
		refer(check, "service", nla_get_string(tb[BTCP_A_SERVICE]));
		break;
	case BTCP_CMD_CONTENT_ADD:
		each(check, tb, BTCP_A_CONTENT, refer_content);
		break;
	}
}

static void look(struct check *check, void (*at)(struct check *check, __u8 cmd,
						 struct nlattr **tb))
{
	const struct config *config = check->config;
	struct nlattr *tb[BTCP_A_MAX + 1];

	for (size_t i = 0; i < config->count; i++) {
		struct nlmsghdr *request = config->change[i].request;

		check->change = &config->change[i];
		fail_where(config->file, check->change->line);
		answer_parse(tb, nlmsg_attrdata(request, GENL_HDRLEN),
			     nlmsg_attrlen(request, GENL_HDRLEN));
		at(check, ((struct genlmsghdr *)nlmsg_data(request))->cmd, tb);
	}
	fail_where(NULL, 0);
}

static int check_references(const struct config *config)
{
	struct check check = { .config = config };

	look(&check, define_all);
	look(&check, refer_all);
	tdestroy(check.objects, free);
	return check.status;
}

/* As taken[] has it, and within one kind as the file has it */
static int by_rank(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	size_t rank_x = rank_of(x->command), rank_y = rank_of(y->command);

	if (rank_x != rank_y)
		return rank_x < rank_y ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

int config_read(struct config *config, const char *path, bool dry)
{
	int status;

	*config = (struct config){ .file = strcmp(path, "-") ? path : "<stdin>" };
	reading = config;
	request_taker = take;
	parse_key_unread = dry;
	/* All that is wrong is told at once. */
	status = run_batch(path, true);
	parse_key_unread = false;
	request_taker = NULL;
	reading = NULL;
	/* Half a configuration has references that lead nowhere. */
	if (!status)
		status = check_references(config);
	for (size_t i = 0; i < config->count; i++)
		config->change[i].number = i;
	if (config->count)
		qsort(config->change, config->count, sizeof(*config->change), by_rank);
	return status;
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		struct change *change = &config->change[i];

		explicit_bzero(change->request, change->request->nlmsg_len);
		free(change->request);
		free((void *)change->lines.file);
		free((void *)change->lines.number);
	}
	free(config->change);
	*config = (struct config){};
}
