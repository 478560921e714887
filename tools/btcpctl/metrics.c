// SPDX-License-Identifier: GPL-2.0
/*
 * All counters in Prometheus' text format.  A name tells whose view it is and of what:
 * btcp_frontend_handoffs_total are the front-end's, btcp_frontend_backend_handoffs_total those
 * of each of its back-ends, and btcp_backend_frontend_handoffs_total what a back-end counts for
 * each front-end.  Under one name together, their sum would mean nothing.
 */
#include <jansson.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

#define METRIC_NAME	128	/* bytes; a counter's name in sysfs is shorter by far */

/* Families by name, in the order of their first samples; all of one are printed together. */
static json_t *families;

static json_t *checked(json_t *json)
{
	if (!json)
		exit(fail(STATUS_REFUSED, "out of memory"));
	return json;
}

static json_t *family_of(const char *name, const char *help, bool gauge)
{
	json_t *family = json_object_get(families, name);

	if (family)
		return family;
	family = checked(json_pack("{s:s, s:b, s:[]}", "help", help, "gauge", gauge, "samples"));
	if (json_object_set_new(families, name, family))
		checked(NULL);
	return family;
}

/**
 * struct subject - whose figures they are
 * @prefix: of the names
 * @label: the kind of object; NULL: a role's totals
 * @name: the object
 */
struct subject {
	const char *prefix;
	const char *label;
	const char *name;
};

static void add(const struct subject *subject, const char *figure, const char *help, bool gauge,
		unsigned long long value)
{
	size_t len = strlen(subject->prefix);
	json_t *samples, *sample;
	char name[METRIC_NAME];

	/* The control channel's counters say whose they are in front. */
	if (!strncmp(figure, subject->prefix, len) && figure[len] == '_')
		figure += len + 1;
	snprintf(name, sizeof(name), "btcp_%s_%s%s", subject->prefix, figure,
		 gauge ? "" : "_total");
	samples = json_object_get(family_of(name, help, gauge), "samples");
	sample = json_pack("{s:s?, s:s?, s:I}", "label", subject->label, "name", subject->name,
			   "value", (json_int_t)value);
	if (json_array_append_new(samples, checked(sample)))
		checked(NULL);
}

static void add_stats(const struct subject *subject, struct nlattr *first, int len)
{
	struct nlattr *stat, *tb[BTCP_A_MAX + 1];

	for (stat = answer_next(NULL, first, len, BTCP_A_STAT); stat;
	     stat = answer_next(stat, first, len, BTCP_A_STAT))
		if (answer_nest(stat, tb) && tb[BTCP_A_NAME] && tb[BTCP_A_VALUE])
			add(subject, nla_get_string(tb[BTCP_A_NAME]),
			    tb[BTCP_A_HELP] ? nla_get_string(tb[BTCP_A_HELP]) : "?",
			    tb[BTCP_A_GAUGE], nla_get_u64(tb[BTCP_A_VALUE]));
}

static void role_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct subject subject = {};

	(void)arg;
	if (!tb[BTCP_A_ROLE])
		return;
	subject.prefix = nla_get_string(tb[BTCP_A_ROLE]);
	add_stats(&subject, first, len);
}

/* What show tells of an object beside its counters, and a graph has a use for */
static const struct {
	int attr;
	const char *figure;
	const char *help;
} gauges[] = {
	{ BTCP_A_WEIGHT, "weight", "its share of new connections; 0: none" },
	{ BTCP_A_OTHER_FLOWS, "other_flows", "connections it has of other front-ends, as it told" },
	{ BTCP_A_QUEUE, "accept_queue", "connections that its server has not accepted yet" },
	{ BTCP_A_QUEUE_MAX, "accept_queue_max", "the most of these that there may be" },
	{ BTCP_A_PATH_MTU, "path_mtu_bytes", "the biggest packet on the way there" },
};

static void object_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct subject *subject = arg;

	/* It lives on for its flows only, and a new one may have its name. */
	if (!tb[BTCP_A_NAME] || tb[BTCP_A_DELETING])
		return;
	subject->name = nla_get_string(tb[BTCP_A_NAME]);
	if (tb[BTCP_A_STATE])
		add(subject, "up", "whether its state is up", true,
		    !strcmp(nla_get_string(tb[BTCP_A_STATE]), "up"));
	for (size_t i = 0; i < ARRAY_SIZE(gauges); i++)
		if (tb[gauges[i].attr])
			add(subject, gauges[i].figure, gauges[i].help, true,
			    nla_get_u32(tb[gauges[i].attr]));
	add_stats(subject, first, len);
}

/* A quote ends a label's value, but none of a help text */
static void print_escaped(const char *text, bool quote)
{
	for (; *text; text++)
		if (*text == '\n')
			fputs("\\n", stdout);
		else if (*text == '\\' || (quote && *text == '"'))
			printf("\\%c", *text);
		else
			putchar(*text);
}

static void print_family(const char *name, json_t *family)
{
	json_t *sample;
	size_t i;

	printf("# HELP %s ", name);
	print_escaped(json_string_value(json_object_get(family, "help")), false);
	printf("\n# TYPE %s %s\n", name,
	       json_is_true(json_object_get(family, "gauge")) ? "gauge" : "counter");
	json_array_foreach(json_object_get(family, "samples"), i, sample) {
		const char *label = json_string_value(json_object_get(sample, "label"));

		fputs(name, stdout);
		if (label) {
			printf("{%s=\"", label);
			print_escaped(json_string_value(json_object_get(sample, "name")), true);
			fputs("\"}", stdout);
		}
		printf(" %llu\n", (unsigned long long)
		       json_integer_value(json_object_get(sample, "value")));
	}
}

static const struct {
	__u8 cmd;
	struct subject subject;
} objects[] = {
	{ BTCP_CMD_SERVICE_GET, { "frontend_service", "service" } },
	{ BTCP_CMD_BACKEND_GET, { "frontend_backend", "backend" } },
	{ BTCP_CMD_FRONTEND_GET, { "backend_frontend", "frontend" } },
};

int metrics(const struct command *command, struct args *args)
{
	int status = args_end(args);
	const char *name;
	json_t *family;

	if (status)
		return status;
	families = checked(json_object());
	status = request_dump(command, request_new(BTCP_CMD_STATS_GET), role_answer, NULL);
	/* A host is a front-end, a back-end or both: what it is not, it has none of. */
	request_role_optional = true;
	for (size_t i = 0; !status && i < ARRAY_SIZE(objects); i++) {
		struct subject subject = objects[i].subject;

		status = request_dump(command, request_new(objects[i].cmd), object_answer,
				      &subject);
	}
	request_role_optional = false;
	/* All or nothing: what is missing from the middle nobody would notice. */
	if (!status)
		json_object_foreach(families, name, family)
			print_family(name, family);
	json_decref(families);
	return status;
}
