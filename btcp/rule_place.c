// SPDX-License-Identifier: GPL-2.0
#include "btcp/rule_place.h"

static u32 copy(u8 *to, const u8 *from, u32 len)
{
	memcpy(to, from, len);
	return len;
}

/* What must stand at the end is looked for from the end. */
static u32 copy_pattern(u8 *to, const struct rule_condition *c)
{
	u32 i;

	if (c->how != PATTERN_SUFFIX)
		return copy(to, c->text, c->len);
	for (i = 0; i < c->len; i++)
		to[i] = c->text[c->len - 1 - i];
	return c->len;
}

u32 rule_place_addr(u8 *key, const u8 *addr, u32 len, u32 bits)
{
	u32 i;

	key[0] = len;
	for (i = 0; i < bits / 4; i++)
		key[1 + i] = i % 2 ? addr[i / 2] & 15 : addr[i / 2] >> 4;
	return 1 + i;
}

static void place_host(struct rule_place *place, const struct rule_condition *host,
		       const struct rule_condition *path)
{
	place->map = RULE_MAP_HOST;
	if (host) {
		if (host->how == PATTERN_SUFFIX)
			place->map = RULE_MAP_DOMAIN;
		place->len = copy_pattern(place->key, host);
	}
	if (path) {
		place->sub = path->how == PATTERN_SUFFIX ? RULE_END : RULE_FRONT;
		place->sub_len = copy_pattern(place->sub_key, path);
	}
}

void rule_place(struct rule_place *place, const struct rule *rule, u32 i)
{
	const struct rule_condition *c = &rule->condition[i];

	place->sub = RULE_ALONE;
	place->len = 0;
	place->sub_len = 0;
	switch (c->kind) {
	case RULE_HOST:
	case RULE_PATH:
		place_host(place, rule_find(rule, RULE_HOST), rule_find(rule, RULE_PATH));
		return;
	case RULE_SNI:
		place->map = c->how == PATTERN_SUFFIX ? RULE_MAP_SNI_DOMAIN : RULE_MAP_SNI;
		place->len = copy_pattern(place->key, c);
		return;
	case RULE_METHOD:
		place->map = RULE_MAP_METHOD;
		break;
	case RULE_SRC:
		place->map = RULE_MAP_SRC;
		place->len = rule_place_addr(place->key, c->text, c->len, c->how);
		return;
	case RULE_ALPN:
		place->map = RULE_MAP_ALPN;
		break;
	case RULE_HEADER:
	case RULE_COOKIE:
		place->map = c->kind == RULE_HEADER ? RULE_MAP_HEADER : RULE_MAP_COOKIE;
		place->sub = RULE_FRONT;
		place->len = copy(place->key, c->text, c->name_len);
		place->sub_len = copy(place->sub_key, c->text + c->name_len, c->len);
		return;
	}
	place->len = copy(place->key, c->text, c->len);
}
