// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "btcpctl.h"
#include "print.h"
#include "request.h"

int match(const char *word, int *index, int count,
	  const char *(*name)(const void *list, int i), const void *list, const char *what)
{
	size_t len = strlen(word);
	int found = -1;

	for (int i = 0; i < count && len; i++) {
		const char *candidate = name(list, i);

		if (!candidate || strncmp(candidate, word, len))
			continue;
		if (!candidate[len]) {
			*index = i;
			return STATUS_OK;
		}
		if (found >= 0 && strcmp(name(list, found), candidate))
			return fail(STATUS_SYNTAX, "\"%s\" may be %s or %s", word,
				    name(list, found), candidate);
		found = i;
	}
	if (found < 0)
		return fail(STATUS_SYNTAX, "\"%s\": no such %s", word, what);
	*index = found;
	return STATUS_OK;
}

const char *args_next(struct args *args)
{
	if (!args->count)
		return NULL;
	args->count--;
	return *args->word++;
}

bool args_peek(const struct args *args, const char *keyword)
{
	return args->count && args->word[0][0] &&
	       !strncmp(keyword, args->word[0], strlen(args->word[0]));
}

int args_end(const struct args *args)
{
	if (args->count)
		return fail(STATUS_SYNTAX, "\"%s\": nothing more was expected", args->word[0]);
	return STATUS_OK;
}

static int check_name(const char *what, const char *name)
{
	size_t len;

	if (!name)
		return fail(STATUS_SYNTAX, "%s: its name is missing", what);
	len = strlen(name);
	if (!len || len > BTCP_NAME_LEN)
		return fail(STATUS_SYNTAX, "%s \"%s\": a name has 1 to %d characters", what, name,
			    BTCP_NAME_LEN);
	for (size_t i = 0; i < len; i++)
		if (!isascii(name[i]) || !(isalnum(name[i]) || (i && strchr("._-", name[i]))))
			return fail(STATUS_SYNTAX,
				    "%s \"%s\": a name has letters, digits and, not in front, . _ -",
				    what, name);
	return STATUS_OK;
}

int args_name(struct args *args, const char *what, int attr, struct nl_msg *msg)
{
	const char *name = args_next(args);
	int status = check_name(what, name);

	return status ?: request_put(msg, attr, name, strlen(name) + 1);
}

int args_optional_name(struct args *args, const char *what, const char **name)
{
	*name = args_next(args);
	return (*name ? check_name(what, *name) : STATUS_OK) ?: args_end(args);
}

static const char *keyword_name(const void *list, int i)
{
	return ((const struct keyword *)list)[i].word;
}

int args_keywords(struct args *args, const struct keyword *table, bool add,
		  struct nl_msg *msg, unsigned int *seen)
{
	unsigned int given = 0;
	int status, count = 0;

	while (table[count].word)
		count++;
	while (args->count) {
		int i;

		status = match(args->word[0], &i, count, keyword_name, table, "keyword here");
		if (status)
			return status;
		if (given & 1U << i && !(table[i].flags & KEYWORD_REPEAT))
			return fail(STATUS_SYNTAX, "%s: given twice", table[i].word);
		given |= 1U << i;
		args_next(args);
		status = table[i].parse(args, &table[i], msg);
		if (status)
			return status;
	}
	for (int i = 0; add && i < count; i++)
		if (table[i].flags & KEYWORD_NEEDED && !(given & 1U << i))
			return fail(STATUS_SYNTAX, "%s: missing", table[i].word);
	if (seen)
		*seen = given;
	return STATUS_OK;
}

/* The word behind a keyword; NULL after having said that there is none */
static const char *value_of(struct args *args, const struct keyword *keyword)
{
	const char *word = args_next(args);

	if (!word)
		fail(STATUS_SYNTAX, "%s: its value is missing", keyword->word);
	return word;
}

int parse_unsigned(const char *what, const char *word, unsigned long long min,
		   unsigned long long max, unsigned long long *value)
{
	unsigned long long sum = 0;
	const char *c;

	for (c = word; isdigit((unsigned char)*c); c++) {
		unsigned int digit = *c - '0';

		if (sum > (max - digit) / 10 || digit > max)
			break;
		sum = sum * 10 + digit;
	}
	if (c == word || *c || sum < min)
		return fail(STATUS_SYNTAX, "%s \"%s\": not a number from %llu to %llu", what, word,
			    min, max);
	*value = sum;
	return STATUS_OK;
}

int parse_name(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	return args_name(args, keyword->word, keyword->attr, msg);
}

int parse_u32(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = value_of(args, keyword);
	unsigned long long value;
	__u32 number;
	int status;

	if (!word)
		return STATUS_SYNTAX;
	status = parse_unsigned(keyword->word, word, keyword->min, keyword->max, &value);
	if (status)
		return status;
	number = value;
	return request_put(msg, keyword->attr, &number, sizeof(number));
}

static const char *choice_name(const void *list, int i)
{
	return ((const char *const *)list)[i];
}

int parse_choice(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = value_of(args, keyword);
	int status, i, count = 0;
	__u8 value;

	if (!word)
		return STATUS_SYNTAX;
	while (keyword->choices[count])
		count++;
	status = match(word, &i, count, choice_name, keyword->choices, keyword->word);
	if (status)
		return status;
	value = i;
	return request_put(msg, keyword->attr, &value, sizeof(value));
}

int parse_string(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = value_of(args, keyword);
	size_t len;

	if (!word)
		return STATUS_SYNTAX;
	len = strlen(word);
	if (len < keyword->min || len > keyword->max)
		return fail(STATUS_SYNTAX, "%s \"%s\": %u to %u characters", keyword->word, word,
			    keyword->min, keyword->max);
	/* One object is one line in what show and save print. */
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)word[i]))
			return fail(STATUS_SYNTAX, "%s: control characters are not allowed",
				    keyword->word);
	return request_put(msg, keyword->attr, word, len + 1);
}

int parse_flag(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	(void)args;
	return request_put(msg, keyword->attr, NULL, 0);
}

static int put_port(const char *what, const char *word, int attr, struct nl_msg *msg)
{
	unsigned long long value;
	int status = parse_unsigned(what, word, 1, 65535, &value);
	__be16 port;

	if (status)
		return status;
	port = htons(value);
	return request_put(msg, attr, &port, sizeof(port));
}

int parse_port(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = value_of(args, keyword);

	return word ? put_port(keyword->word, word, keyword->attr, msg) : STATUS_SYNTAX;
}

static int put_address(const char *what, const char *word, struct nl_msg *msg)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, word, &v4) == 1)
		return request_put(msg, BTCP_A_ADDR, &v4, sizeof(v4));
	if (inet_pton(AF_INET6, word, &v6) == 1)
		return request_put(msg, BTCP_A_ADDR, &v6, sizeof(v6));
	return fail(STATUS_SYNTAX, "%s \"%s\": not an IPv4 or IPv6 address", what, word);
}

int parse_address(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = value_of(args, keyword);

	return word ? put_address(keyword->word, word, msg) : STATUS_SYNTAX;
}

/* ADDR/LEN; ADDR alone is one address */
int parse_prefix(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *word = value_of(args, keyword), *slash = word ? strchr(word, '/') : NULL;
	unsigned long long bits;
	char addr[INET6_ADDRSTRLEN];
	struct nlattr *nest;
	int status = STATUS_OK;
	__u8 len;

	if (!word)
		return STATUS_SYNTAX;
	bits = strchr(word, ':') ? 128 : 32;
	if (slash)
		status = parse_unsigned(keyword->word, slash + 1, 0, bits, &bits);
	if (status)
		return status;
	len = bits;
	if (snprintf(addr, sizeof(addr), "%.*s", slash ? (int)(slash - word) : (int)strlen(word),
		     word) >= (int)sizeof(addr))
		return fail(STATUS_SYNTAX, "%s \"%s\": not an IPv4 or IPv6 prefix", keyword->word,
			    word);
	status = request_nest(msg, keyword->attr, &nest) ?: put_address(keyword->word, addr, msg) ?:
		 request_put(msg, BTCP_A_PREFIX_LEN, &len, sizeof(len));
	if (!status)
		nla_nest_end(msg, nest);
	return status;
}

/*
 * A colon parts the port only from an IPv4 address or behind a bracket: that
 * fd00::3:80 be an address of its own is why brackets were invented.
 */
int put_endpoint(const char *what, const char *word, bool port_optional, struct nl_msg *msg)
{
	char addr[INET6_ADDRSTRLEN + 1];
	const char *start = word, *end, *port = NULL;
	int status;

	if (*word == '[') {
		start = word + 1;
		end = strchr(start, ']');
		if (!end)
			return fail(STATUS_SYNTAX, "%s \"%s\": a bracket is not closed", what,
				    word);
		if (end[1] == ':')
			port = end + 2;
		else if (end[1])
			return fail(STATUS_SYNTAX, "%s \"%s\": not [ADDRESS]:PORT", what, word);
		if (!memchr(start, ':', end - start))
			return fail(STATUS_SYNTAX, "%s \"%s\": brackets are for IPv6", what, word);
	} else {
		end = strchr(word, ':');
		if (end && !strchr(end + 1, ':'))
			port = end + 1;
		else
			end = word + strlen(word);
	}
	if (!port && !port_optional)
		return fail(STATUS_SYNTAX, "%s \"%s\": not ADDRESS:PORT, nor [ADDRESS]:PORT", what,
			    word);
	if ((size_t)(end - start) >= sizeof(addr))
		return fail(STATUS_SYNTAX, "%s \"%s\": not an IPv4 or IPv6 address", what, word);
	memcpy(addr, start, end - start);
	addr[end - start] = '\0';
	status = put_address(what, addr, msg);
	if (!status && port)
		status = put_port(what, port, BTCP_A_PORT, msg);
	return status;
}

static int put_nest(struct args *args, const struct keyword *keyword, bool port_optional,
		    struct nl_msg *msg)
{
	const char *word = value_of(args, keyword);
	struct nlattr *nest;
	int status;

	if (!word)
		return STATUS_SYNTAX;
	status = request_nest(msg, keyword->attr, &nest);
	if (!status)
		status = put_endpoint(keyword->word, word, port_optional, msg);
	if (!status)
		nla_nest_end(msg, nest);
	return status;
}

int parse_endpoint(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	return put_nest(args, keyword, false, msg);
}

int parse_endpoint_port_optional(struct args *args, const struct keyword *keyword,
				 struct nl_msg *msg)
{
	return put_nest(args, keyword, true, msg);
}

int parse_unsupported(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	(void)args;
	(void)msg;
	return fail(STATUS_SYNTAX, "%s: not supported by this version of the kernel module",
		    keyword->word);
}
