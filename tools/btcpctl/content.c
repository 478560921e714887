// SPDX-License-Identifier: GPL-2.0
/*
 * Content: a file of lines HOST PATH POOL, loaded in parts and committed as a whole.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "show.h"

#define PART_MAX	24000	/* bytes of lines in one request: a socket's buffer holds it */
#define PART_LINES	1024

/**
 * struct part - lines on their way to the kernel
 * @service: whose
 * @msg: request, NULL: nothing in it yet
 * @number: of each line in it, in the file
 * @count: lines in it
 * @size: bytes of these
 */
struct part {
	const char *service;
	struct nl_msg *msg;
	unsigned int number[PART_LINES];
	unsigned int count;
	size_t size;
};

static struct nl_msg *request_for(__u8 cmd, const char *service)
{
	struct nl_msg *msg = request_new(cmd);

	request_put(msg, BTCP_A_SERVICE, service, strlen(service) + 1);
	return msg;
}

static int send_part(const struct command *command, struct part *part, const char *file)
{
	int status;

	if (!part->msg)
		return STATUS_OK;
	request_lines = (struct request_lines){ file, part->number, part->count };
	status = request_change(command, part->msg);
	request_lines = (struct request_lines){};
	part->msg = NULL;
	part->count = 0;
	part->size = 0;
	return status;
}

static int add_line(const struct command *command, struct part *part, const char *file,
		    const char *line, size_t len, unsigned int number)
{
	int status = STATUS_OK;

	if (len > BTCP_CONTENT_LINE_LEN) {
		fail_where(file, number);
		return fail(STATUS_SYNTAX, "content: longer than %d bytes", BTCP_CONTENT_LINE_LEN);
	}
	if (part->count == PART_LINES || part->size + len > PART_MAX)
		status = send_part(command, part, file);
	if (status)
		return status;
	if (!part->msg)
		part->msg = request_for(BTCP_CMD_CONTENT_ADD, part->service);
	part->number[part->count++] = number;
	part->size += len + NLA_HDRLEN + NLA_ALIGNTO;
	return request_put(part->msg, BTCP_A_CONTENT, line, len + 1);
}

/* The line's length without its end; 0: nothing but blanks, or a comment */
static size_t trim(char *line, size_t len)
{
	while (len && isspace((unsigned char)line[len - 1]))
		line[--len] = '\0';
	return line[strspn(line, " \t")] == '#' ? 0 : len;
}

typedef int (*line_fn)(const struct command *command, struct part *part, const char *file,
		       const char *line, size_t len, unsigned int number);

/* Call for each line that says something; NULL: only count them */
static int each_line(const struct command *command, FILE *in, const char *file,
		     struct part *part, line_fn call, unsigned long long *count)
{
	unsigned int number = 0;
	int status = STATUS_OK;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (!status && (len = getline(&line, &size, in)) >= 0) {
		number++;
		if (memchr(line, '\0', len)) {
			fail_where(file, number);
			status = fail(STATUS_SYNTAX, "a NUL byte");
			break;
		}
		len = trim(line, len);
		*count += len > 0;
		if (len && call)
			status = call(command, part, file, line, len, number);
	}
	if (!status && ferror(in))
		status = fail(STATUS_SYNTAX, "content \"%s\": %s", file, strerror(errno));
	free(line);
	return status;
}

static int begin(const struct command *command, const char *service, const char *file,
		 unsigned long long count)
{
	struct nl_msg *msg = request_for(BTCP_CMD_CONTENT_BEGIN, service);
	__u64 value = count;
	int status;

	status = request_put(msg, BTCP_A_FILE, file, strlen(file) + 1) ?:
		 request_put(msg, BTCP_A_VALUE, &value, sizeof(value));
	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

static void tell_repeated(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	const char *service = arg;

	(void)first;
	(void)len;
	if (tb[BTCP_A_SERVICE] && !strcmp(nla_get_string(tb[BTCP_A_SERVICE]), service) &&
	    tb[BTCP_A_REPEATED] && nla_get_u32(tb[BTCP_A_REPEATED]))
		warn("content: %u lines repeat an earlier one's host and path, which counts",
		     nla_get_u32(tb[BTCP_A_REPEATED]));
}

static int load(const struct command *command, const char *service, FILE *in, const char *file)
{
	struct part part = { .service = service };
	unsigned long long count = 0, again = 0;
	int status;

	status = each_line(command, in, file, &part, NULL, &count);
	if (!status && !count)
		return fail(STATUS_SYNTAX, "content \"%s\": not one line in it", file);
	rewind(in);
	if (!status)
		status = begin(command, service, file, count);
	if (!status)
		status = each_line(command, in, file, &part, add_line, &again);
	if (!status)
		status = send_part(command, &part, file);
	else if (part.msg)
		request_free(part.msg);
	if (!status)
		status = request_change(command, request_for(BTCP_CMD_CONTENT_COMMIT, service));
	if (!status && !request_taker)
		status = request_dump(command, request_new(BTCP_CMD_CONTENT_GET), tell_repeated,
				      (void *)service);
	return status;
}

int content_load(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	const char *service, *given;
	char path[PATH_MAX];
	FILE *in;
	int status;

	service = args->count ? args->word[0] : NULL;
	/* Only to have the name checked. */
	status = args_name(args, "service", BTCP_A_SERVICE, msg);
	request_free(msg);
	if (status)
		return status;
	given = args_next(args);
	if (!given)
		return fail(STATUS_SYNTAX, "content: the name of its file is missing");
	status = args_end(args);
	if (status)
		return status;
	if (!realpath(given, path))
		return fail(STATUS_SYNTAX, "content \"%s\": %s", given, strerror(errno));
	for (const char *c = path; *c; c++)
		if (iscntrl((unsigned char)*c))
			return fail(STATUS_SYNTAX,
				    "content: control characters in its file's path");
	in = fopen(path, "re");
	if (!in)
		return fail(STATUS_SYNTAX, "content \"%s\": %s", path, strerror(errno));
	status = load(command, service, in, path);
	fclose(in);
	return status;
}

int content_del(const struct command *command, struct args *args)
{
	struct nl_msg *msg = request_new(command->cmd);
	int status = args_name(args, "service", BTCP_A_SERVICE, msg) ?: args_end(args);

	if (status) {
		request_free(msg);
		return status;
	}
	return request_change(command, msg);
}

struct wanted {
	const char *service;	/* NULL: all */
	bool found;
};

static void content_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct wanted *wanted = arg;

	(void)first;
	(void)len;
	if (!tb[BTCP_A_SERVICE] || !tb[BTCP_A_FILE] || !tb[BTCP_A_VALUE] ||
	    (wanted->service && strcmp(nla_get_string(tb[BTCP_A_SERVICE]), wanted->service)))
		return;
	wanted->found = true;
	print_object_begin("content load");
	print_string("service", NULL, nla_get_string(tb[BTCP_A_SERVICE]));
	print_string("file", NULL, nla_get_string(tb[BTCP_A_FILE]));
	print_state_begin();
	print_unsigned("entries", "entries", nla_get_u64(tb[BTCP_A_VALUE]));
	if (tb[BTCP_A_REPEATED])
		print_unsigned("repeated", "repeated", nla_get_u32(tb[BTCP_A_REPEATED]));
	print_object_end();
}

int content_show(const struct command *command, struct args *args)
{
	struct wanted wanted = {};
	int status;

	status = args_optional_name(args, "service", &wanted.service);
	if (status)
		return status;
	print_begin();
	status = request_dump(command, request_new(command->cmd), content_answer, &wanted);
	print_end();
	if (!status && wanted.service && !wanted.found)
		return fail(STATUS_NO, "content of service \"%s\": there is none", wanted.service);
	return status;
}
