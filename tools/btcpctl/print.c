// SPDX-License-Identifier: GPL-2.0
#include "print.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "btcpctl.h"
#include "request.h"

#define DEPTH_MAX 8	/* object, array, item ... */

struct print_options print_options;

static struct {
	const char *file;	/* in front of each sentence; NULL: none */
	unsigned int line;
	json_t *stack[DEPTH_MAX];
	unsigned int depth;
	bool first;		/* no object of this list was printed yet */
	bool blank;		/* text needs a blank before the next word */
	bool state;		/* what comes is state, not configuration */
} out;

static void say(const char *format, va_list ap)
{
	fflush(stdout);
	fputs("btcpctl: ", stderr);
	if (out.file)
		fprintf(stderr, "%s:%u: ", out.file, out.line);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

int fail(int status, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	return status;
}

void warn(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void fail_where(const char *file, unsigned int line)
{
	out.file = file;
	out.line = line;
}

unsigned int fail_line(void)
{
	return out.line;
}

static bool hidden(void)
{
	return out.state && print_options.save;
}

static void *checked(void *memory)
{
	if (!memory)
		exit(fail(STATUS_REFUSED, "out of memory"));
	return memory;
}

static void push(json_t *json)
{
	if (out.depth == DEPTH_MAX)
		abort();
	out.stack[out.depth++] = checked(json);
}

/* Put a value where we are; takes the reference */
static void add(const char *key, json_t *value)
{
	json_t *top = out.stack[out.depth - 1];

	checked(value);
	if (key)
		json_object_set_new(top, key, value);
	else
		json_array_append_new(top, value);
}

void print_begin(void)
{
	out.first = true;
	if (print_options.json)
		putchar('[');
}

void print_end(void)
{
	if (print_options.json)
		puts("]");
}

void print_line_begin(void)
{
	out.first = true;
	print_object_begin("");
}

void print_line_end(void)
{
	print_object_end();
	if (print_options.json && !print_options.pretty)
		putchar('\n');
	fflush(stdout);
}

void print_object_begin(const char *prefix)
{
	out.state = false;
	out.blank = false;
	if (print_options.json)
		push(json_object());
	else if (print_options.save)
		print_text("%s ", prefix);
}

void print_object_end(void)
{
	json_t *object;

	if (!print_options.json) {
		putchar('\n');
		return;
	}
	object = out.stack[--out.depth];
	if (!out.first)
		putchar(',');
	if (print_options.pretty)
		putchar('\n');
	out.first = false;
	json_dumpf(object, stdout, JSON_PRESERVE_ORDER |
		   (print_options.pretty ? JSON_INDENT(4) : JSON_COMPACT));
	if (print_options.pretty)
		putchar('\n');
	json_decref(object);
}

void print_state_begin(void)
{
	out.state = true;
}

/* Put an object or array where we are, and go into it: its parent keeps it */
static void down(const char *key, json_t *json)
{
	add(key, json);
	push(json);
}

void print_array_begin(const char *key)
{
	if (print_options.json)
		down(key, json_array());
}

void print_array_end(void)
{
	if (print_options.json)
		out.depth--;
}

void print_item_begin(void)
{
	if (print_options.json)
		down(NULL, json_object());
}

void print_item_end(void)
{
	print_array_end();
}

static void blank(const char *word)
{
	if (out.blank)
		putchar(' ');
	out.blank = true;
	if (word)
		printf("%s ", word);
}

/* As a shell, and a batch, would read it back */
static void quoted(const char *value)
{
	const char *c;

	for (c = value; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-/:,=@%+", *c))
			break;
	if (!*c && c != value) {
		fputs(value, stdout);
		return;
	}
	putchar('\'');
	for (c = value; *c; c++)
		if (*c == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*c);
	putchar('\'');
}

/* JSON is UTF-8; a file name need not be */
static json_t *json_text(const char *value)
{
	json_t *json = json_string(value);
	char *escaped, *to;

	if (json)
		return json;
	escaped = checked(malloc(4 * strlen(value) + 1));
	for (to = escaped; *value; value++)
		if (isascii((unsigned char)*value))
			*to++ = *value;
		else
			to += sprintf(to, "\\x%02x", (unsigned char)*value);
	*to = '\0';
	json = json_string(escaped);
	free(escaped);
	return json;
}

void print_string(const char *key, const char *word, const char *value)
{
	if (hidden())
		return;
	if (print_options.json) {
		add(key, json_text(value));
		return;
	}
	blank(word);
	quoted(value);
}

void print_unsigned(const char *key, const char *word, unsigned long long value)
{
	if (hidden())
		return;
	if (print_options.json) {
		add(key, json_integer(value));
		return;
	}
	blank(word);
	printf("%llu", value);
}

void print_hex(const char *key, const char *word, const void *data, int len)
{
	char text[2 * 64 + 1] = "";

	for (int i = 0; i < len && i < 64; i++)
		sprintf(text + 2 * i, "%02x", ((const unsigned char *)data)[i]);
	print_string(key, word, text);
}

static void print_word(const char *word)
{
	blank(NULL);
	fputs(word, stdout);
}

void print_flag(const char *key, const char *word)
{
	if (hidden())
		return;
	if (print_options.json)
		add(key, json_true());
	else
		print_word(word);
}

const char *format_duration(unsigned long long ms, char *text)
{
	if (ms % 1000)
		snprintf(text, DURATION_TEXT, "%llums", ms);
	else if (!ms || ms % (60 * 1000))
		snprintf(text, DURATION_TEXT, "%llus", ms / 1000);
	else if (ms % (3600 * 1000))
		snprintf(text, DURATION_TEXT, "%llumin", ms / (60 * 1000));
	else
		snprintf(text, DURATION_TEXT, "%lluh", ms / (3600 * 1000));
	return text;
}

void print_duration(const char *key, const char *word, unsigned long long ms)
{
	char text[DURATION_TEXT];

	if (print_options.json)
		print_unsigned(key, word, ms);
	else
		print_string(key, word, format_duration(ms, text));
}

const char *format_address(const struct nlattr *attr, char *text)
{
	int family = attr && nla_len(attr) == 16 ? AF_INET6 : AF_INET;

	if (!attr || (nla_len(attr) != 4 && nla_len(attr) != 16) ||
	    !inet_ntop(family, nla_data(attr), text, INET6_ADDRSTRLEN))
		strcpy(text, "?");
	return text;
}

const char *format_prefix(struct nlattr *nest, char *text)
{
	struct nlattr *tb[BTCP_A_MAX + 1];
	char addr[INET6_ADDRSTRLEN];

	if (!answer_nest(nest, tb) || !tb[BTCP_A_ADDR] || !tb[BTCP_A_PREFIX_LEN])
		return strcpy(text, "?");
	snprintf(text, ENDPOINT_TEXT, "%s/%u", format_address(tb[BTCP_A_ADDR], addr),
		 nla_get_u8(tb[BTCP_A_PREFIX_LEN]));
	return text;
}

const char *format_endpoint(struct nlattr *nest, char *text)
{
	struct nlattr *tb[BTCP_A_MAX + 1];
	char addr[INET6_ADDRSTRLEN];
	bool v6;

	if (!answer_nest(nest, tb) || !tb[BTCP_A_ADDR])
		return strcpy(text, "?");
	format_address(tb[BTCP_A_ADDR], addr);
	v6 = nla_len(tb[BTCP_A_ADDR]) == 16;
	if (tb[BTCP_A_PORT])
		snprintf(text, ENDPOINT_TEXT, v6 ? "[%s]:%u" : "%s:%u", addr,
			 ntohs(nla_get_u16(tb[BTCP_A_PORT])));
	else
		snprintf(text, ENDPOINT_TEXT, "%s", addr);
	return text;
}

void print_address(const char *key, const char *word, const struct nlattr *attr)
{
	char text[INET6_ADDRSTRLEN];

	print_string(key, word, format_address(attr, text));
}

void print_prefix(const char *key, const char *word, struct nlattr *nest)
{
	char text[ENDPOINT_TEXT];

	print_string(key, word, format_prefix(nest, text));
}

void print_endpoint(const char *word, struct nlattr *nest)
{
	struct nlattr *tb[BTCP_A_MAX + 1];
	char text[ENDPOINT_TEXT];

	if (hidden())
		return;
	if (!print_options.json) {
		blank(word);
		fputs(format_endpoint(nest, text), stdout);
		return;
	}
	if (!answer_nest(nest, tb))
		return;
	if (tb[BTCP_A_ADDR])
		print_address("addr", NULL, tb[BTCP_A_ADDR]);
	if (tb[BTCP_A_PORT])
		print_unsigned("port", NULL, ntohs(nla_get_u16(tb[BTCP_A_PORT])));
}

void print_endpoint_object(const char *key, const char *word, struct nlattr *nest)
{
	if (print_options.json)
		down(key, json_object());
	print_endpoint(word, nest);
	print_item_end();
}

void print_choice(const char *key, const char *word, const char *const *choices,
		  unsigned int value)
{
	unsigned int i;

	/* A newer kernel may know more than we do. */
	for (i = 0; i < value && choices[i]; i++)
		;
	if (choices[i])
		print_string(key, word, choices[i]);
	else
		print_unsigned(key, word, value);
}

void print_stats(struct nlattr *first, int len)
{
	struct nlattr *tb[BTCP_A_MAX + 1], *stat;

	if (print_options.json)
		down("statistics", json_object());
	else if (!print_options.statistics || print_options.save)
		return;
	for (stat = answer_next(NULL, first, len, BTCP_A_STAT); stat;
	     stat = answer_next(stat, first, len, BTCP_A_STAT)) {
		if (!answer_nest(stat, tb) || !tb[BTCP_A_NAME] || !tb[BTCP_A_VALUE])
			continue;
		if (!print_options.json)
			printf("\n    %-24s %llu", nla_get_string(tb[BTCP_A_NAME]),
			       (unsigned long long)nla_get_u64(tb[BTCP_A_VALUE]));
		else
			print_unsigned(nla_get_string(tb[BTCP_A_NAME]), NULL,
				       nla_get_u64(tb[BTCP_A_VALUE]));
	}
	print_array_end();
}

void print_text(const char *format, ...)
{
	va_list ap;

	if (print_options.json)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}
