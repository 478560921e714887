// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_cookie.h"
#include "btcp/http_field.h"
#include "btcp/rule.h"

const struct rule_condition *rule_find(const struct rule *rule, u8 kind)
{
	u32 i;

	for (i = 0; i < rule->count; i++)
		if (rule->condition[i].kind == kind)
			return &rule->condition[i];
	return NULL;
}

static bool pattern_holds(const struct rule_condition *c, const u8 *s, u32 len)
{
	return pattern_match(c->how, c->text, c->len, s, len);
}

static bool is_in(const struct rule_condition *prefix, const u8 *addr, u32 len)
{
	u32 bytes = prefix->how / 8, bits = prefix->how % 8;

	if (len != prefix->len || memcmp(addr, prefix->text, bytes))
		return false;
	return !bits || !((addr[bytes] ^ prefix->text[bytes]) >> (8 - bits));
}

static bool is_offered(const struct rule_condition *c, const u8 *list, u32 len)
{
	u32 pos = 0;

	while (pos < len && list[pos] < len - pos) {
		if (list[pos] == c->len && !memcmp(list + pos + 1, c->text, c->len))
			return true;
		pos += 1 + list[pos];
	}
	return false;
}

static bool is_value(const struct rule_condition *c, const u8 *value, u32 len)
{
	return len == c->len && !memcmp(value, c->text + c->name_len, len);
}

static bool has_line(const struct rule_condition *c, const struct rule_request *request)
{
	u32 i;

	for (i = 0; i < request->lines; i++) {
		const struct http_line *line = &request->line[i];

		if (line->name_len == c->name_len &&
		    http_same(line->name, c->text, c->name_len) &&
		    is_value(c, line->value, line->value_len))
			return true;
	}
	return false;
}

static bool has_cookie(const struct rule_condition *c, const struct rule_request *request)
{
	struct http_cookie cookie;
	u32 i, pos;

	for (i = 0; i < request->lines; i++) {
		const struct http_line *line = &request->line[i];

		if (!http_is(line->name, line->name_len, "cookie"))
			continue;
		pos = 0;
		while (http_cookie_next(line->value, line->value_len, &pos, &cookie))
			if (cookie.name_len == c->name_len &&
			    !memcmp(cookie.name, c->text, c->name_len) &&
			    is_value(c, cookie.value, cookie.value_len))
				return true;
	}
	return false;
}

static bool holds(const struct rule_condition *c, const struct rule_request *request)
{
	switch (c->kind) {
	case RULE_HOST:
		return pattern_holds(c, request->host, request->host_len);
	case RULE_SNI:
		return pattern_holds(c, request->sni, request->sni_len);
	case RULE_PATH:
		return pattern_holds(c, request->path, request->path_len);
	case RULE_METHOD:
		return pattern_holds(c, request->method, request->method_len);
	case RULE_SRC:
		return is_in(c, request->client, request->client_len);
	case RULE_ALPN:
		return is_offered(c, request->alpn, request->alpn_len);
	case RULE_HEADER:
		return has_line(c, request);
	case RULE_COOKIE:
		return has_cookie(c, request);
	default:
		return false;
	}
}

bool rule_matches(const struct rule *rule, const struct rule_request *request)
{
	u32 i;

	for (i = 0; i < rule->count; i++)
		if (!holds(&rule->condition[i], request))
			return false;
	return true;
}
