// SPDX-License-Identifier: GPL-2.0
#include "btcp/host_pattern.h"
#include "btcp/http_field.h"
#include "btcp/path_pattern.h"
#include "btcp/rule_draft.h"

#define METHOD_MAX	32	/* bytes */

static const char too_many[] = "a rule has at most 32 conditions";
static const char too_long[] = "a rule has at most 4096 bytes of conditions";

void rule_draft_init(struct rule_draft *draft)
{
	draft->count = 0;
	draft->used = 0;
}

static const char *append(struct rule_draft *draft, const struct rule_condition *condition,
			  const u8 *text)
{
	u32 len = condition->name_len + condition->len;
	struct rule_condition *c;

	if (draft->count == RULE_CONDITIONS_MAX)
		return too_many;
	if (len > RULE_TEXT_MAX - draft->used)
		return too_long;
	c = &draft->condition[draft->count++];
	*c = *condition;
	c->text = memcpy(draft->text + draft->used, text, len);
	draft->used += len;
	return NULL;
}

static const char *append_pattern(struct rule_draft *draft, u8 kind, const char *text, size_t len)
{
	struct pattern pattern;
	const char *error;

	error = kind == RULE_PATH ? path_pattern_parse(&pattern, text, len) :
				    host_pattern_parse(&pattern, text, len);
	if (!error && kind == RULE_SNI && pattern.text[0] == '[')
		error = "a server name of TLS is no address";
	if (error)
		return error;
	return append(draft, &(struct rule_condition){
		.kind = kind,
		.how = pattern.kind,
		.len = pattern.len,
	}, pattern.text);
}

static bool has_control(const u8 *s, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if ((s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
			return true;
	return false;
}

static const char *check_method(const u8 *s, u32 len)
{
	if (len > METHOD_MAX)
		return "method is longer than 32 bytes";
	return http_is_token(s, len) ? NULL : "method holds what no method can, or nothing";
}

static const char *check_alpn(const u8 *s, u32 len)
{
	if (!len || len > PATTERN_MAX)
		return "alpn is a protocol's name of 1 to 255 bytes";
	return has_control(s, len) ? "alpn holds a control byte" : NULL;
}

static const char *append_exact(struct rule_draft *draft, u8 kind, const u8 *s, u32 len)
{
	const char *error = kind == RULE_METHOD ? check_method(s, len) : check_alpn(s, len);

	if (error)
		return error;
	return append(draft, &(struct rule_condition){
		.kind = kind,
		.how = PATTERN_EXACT,
		.len = len,
	}, s);
}

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

/* What no value that was read from a head is like. */
static const char *check_value(u8 kind, const u8 *s, u32 len)
{
	u32 i;

	if (len > PATTERN_MAX)
		return "value is longer than 255 bytes";
	if (has_control(s, len))
		return "value holds a control byte";
	for (i = 0; i < len; i++)
		if (kind == RULE_COOKIE && s[i] == ';')
			return "value holds a ';', which ends a cookie";
	if (len && (is_blank(s[0]) || is_blank(s[len - 1])))
		return "value begins or ends with white space, which is left out before comparing";
	return NULL;
}

static const char *append_pair(struct rule_draft *draft, u8 kind, const u8 *s, u32 len)
{
	u8 pair[2 * PATTERN_MAX];
	const char *error;
	u32 name;

	for (name = 0; name < len && s[name] != '='; name++)
		;
	if (name == len)
		return "not NAME=VALUE";
	if (name > PATTERN_MAX)
		return "name is longer than 255 bytes";
	if (!http_is_token(s, name))
		return "name holds what no name can, or nothing";
	error = check_value(kind, s + name + 1, len - name - 1);
	if (error)
		return error;
	memcpy(pair, s, name);
	if (kind == RULE_HEADER)
		http_lower(pair, s, name);
	memcpy(pair + name, s + name + 1, len - name - 1);
	return append(draft, &(struct rule_condition){
		.kind = kind,
		.how = PATTERN_EXACT,
		.name_len = name,
		.len = len - name - 1,
	}, pair);
}

const char *rule_draft_text(struct rule_draft *draft, u8 kind, const char *text, size_t len)
{
	const u8 *s = (const u8 *)text;

	switch (kind) {
	case RULE_HOST:
	case RULE_SNI:
	case RULE_PATH:
		return append_pattern(draft, kind, text, len);
	case RULE_METHOD:
	case RULE_ALPN:
		return append_exact(draft, kind, s, len);
	default:
		return append_pair(draft, kind, s, len);
	}
}

const char *rule_draft_src(struct rule_draft *draft, const u8 *addr, u32 len, u32 bits)
{
	u32 i;

	if (bits > 8 * len)
		return "prefix is longer than the address";
	for (i = bits; i < 8 * len; i++)
		if (addr[i / 8] & 0x80 >> i % 8)
			return "address has bits set beyond its prefix";
	return append(draft, &(struct rule_condition){
		.kind = RULE_SRC,
		.how = bits,
		.len = len,
	}, addr);
}

const char *rule_draft_take(struct rule_draft *draft, const struct rule *rule, u8 kind)
{
	const char *error = NULL;
	u32 i;

	for (i = 0; !error && i < rule->count; i++)
		if (rule->condition[i].kind == kind)
			error = append(draft, &rule->condition[i], rule->condition[i].text);
	return error;
}

size_t rule_draft_size(const struct rule_draft *draft)
{
	return sizeof(struct rule) + draft->count * sizeof(struct rule_condition) + draft->used;
}

void rule_draft_finish(const struct rule_draft *draft, struct rule *rule)
{
	u8 *text = (u8 *)&rule->condition[draft->count];
	u32 i;

	rule->count = draft->count;
	rule->filed = 0;
	memcpy(text, draft->text, draft->used);
	for (i = 0; i < draft->count; i++) {
		rule->condition[i] = draft->condition[i];
		rule->condition[i].text = text + (draft->condition[i].text - draft->text);
	}
}

void rule_condition_print(const struct rule_condition *condition, char *out)
{
	u32 name = condition->name_len;

	if (condition->kind < RULE_HEADER) {
		pattern_print(condition->how, condition->text, condition->len, out);
		return;
	}
	memcpy(out, condition->text, name);
	out[name++] = '=';
	memcpy(out + name, condition->text + condition->name_len, condition->len);
	out[name + condition->len] = '\0';
}
