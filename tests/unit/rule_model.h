/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a rule is, said a second time and naively: strings as an operator and a client write them,
 * compared one rule after the other. Rules and requests are drawn from few words, so that they
 * meet.
 */
#ifndef TESTS_RULE_MODEL_H
#define TESTS_RULE_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MODEL_PAIRS	2
#define MODEL_LINES	6

#define MODEL_COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct model_rule - a rule as it is written; NULL: no such condition
 * @pref: its place
 * @host: "a.b" or "*.b"
 * @path: "/a", "/a*" or "*a"
 * @method: as sent
 * @src: the client's first @bits bits; @src_len 0: none
 * @src_len: 4 or 16
 * @bits: of @src
 * @header: "name=value" in lower case
 * @cookie: "name=value"
 */
struct model_rule {
	uint32_t pref;
	const char *host;
	const char *path;
	const char *method;
	uint8_t src[16];
	uint32_t src_len;
	uint32_t bits;
	const char *header[MODEL_PAIRS];
	const char *cookie[MODEL_PAIRS];
};

/**
 * struct model_request - what is asked; NULL: it is not there
 * @host: in lower case
 * @path: in its normal form
 * @method: of it
 * @client: @client_len bytes
 * @client_len: 4 or 16
 * @header: "name=value" in lower case
 * @cookie: "name=value"
 */
struct model_request {
	const char *host;
	char path[64];
	const char *method;
	uint8_t client[16];
	uint32_t client_len;
	const char *header[MODEL_LINES];
	const char *cookie[MODEL_LINES];
};

static const char * const model_hosts[] = {
	"a.example", "b.example", "example", "x.a.example", "y.x.a.example", "aa.example",
	"a.test", "test", "[fd00::1]", "10.2.0.1",
};

static const char * const model_domains[] = {
	"*.example", "*.a.example", "*.test", "*.x.a.example",
};

static const char * const model_paths[] = {
	"/", "/a", "/a/", "/a/b", "/ab", "/a/b/c", "/b", "/b/c.jpg", "/a.jpg", "/A", "/c/d/e/f",
};

static const char * const model_path_patterns[] = {
	"/*", "/a*", "/a/*", "/a/b*", "/a/b/*", "/b/*", "/c/d/e/*", "/A*",
	"*.jpg", "*jpg", "*/", "*b", "*/c", "*.png",
};

static const char * const model_methods[] = { "GET", "POST", "PUT", "DELETE", "OPTIONS" };

static const char * const model_headers[] = {
	"x-a=1", "x-a=2", "x-a=", "x-b=1", "x-b=hello world", "x=1", "x-aa=1", "accept=*/*",
};

static const char * const model_cookies[] = { "s=1", "s=2", "s=", "t=1", "S=1", "u=a b" };

/* Of few addresses, so that prefixes meet them */
static inline void model_addr(uint8_t *addr, uint32_t len, uint32_t random)
{
	memset(addr, 0, 16);
	addr[0] = len == 4 ? 10 : 0xfd;
	addr[1] = random & 0x81;
	addr[2] = random >> 8 & 0xc0;
	addr[len - 1] = random >> 16 & 3;
}

static inline bool model_ends(const char *s, const char *end)
{
	size_t len = strlen(s), end_len = strlen(end);

	return len >= end_len && !strcmp(s + len - end_len, end);
}

static inline bool model_host(const char *pattern, const char *host)
{
	if (!host)
		return false;
	if (pattern[0] != '*')
		return !strcmp(pattern, host);
	return strlen(host) > strlen(pattern + 1) && model_ends(host, pattern + 1);
}

static inline bool model_path(const char *pattern, const char *path)
{
	size_t len = strlen(pattern);

	if (!path[0])
		return false;
	if (pattern[0] == '*')
		return model_ends(path, pattern + 1);
	if (pattern[len - 1] == '*')
		return !strncmp(path, pattern, len - 1);
	return !strcmp(pattern, path);
}

static inline bool model_src(const struct model_rule *rule, const struct model_request *request)
{
	uint32_t i;

	if (rule->src_len != request->client_len)
		return false;
	for (i = 0; i < rule->bits; i++)
		if ((rule->src[i / 8] ^ request->client[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static inline bool model_has(const char * const *list, const char *pair)
{
	uint32_t i;

	for (i = 0; i < MODEL_LINES; i++)
		if (list[i] && !strcmp(list[i], pair))
			return true;
	return false;
}

static inline bool model_matches(const struct model_rule *rule,
				 const struct model_request *request)
{
	uint32_t i;

	if (rule->host && !model_host(rule->host, request->host))
		return false;
	if (rule->path && !model_path(rule->path, request->path))
		return false;
	if (rule->method && strcmp(rule->method, request->method))
		return false;
	if (rule->src_len && !model_src(rule, request))
		return false;
	for (i = 0; i < MODEL_PAIRS; i++)
		if ((rule->header[i] && !model_has(request->header, rule->header[i])) ||
		    (rule->cookie[i] && !model_has(request->cookie, rule->cookie[i])))
			return false;
	return true;
}

#endif /* TESTS_RULE_MODEL_H */
