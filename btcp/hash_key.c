// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_cookie.h"
#include "btcp/http_field.h"
#include "btcp/hash_key.h"

/* Of TLS it is the server name. */
static struct hash_piece host(const struct rule_request *r)
{
	if (r->host_len)
		return (struct hash_piece){ r->host, r->host_len };
	return (struct hash_piece){ r->sni, r->sni_len };
}

static struct hash_piece header(const struct rule_request *r, const u8 *name, u32 len)
{
	u32 i;

	for (i = 0; i < r->lines; i++)
		if (r->line[i].name_len == len && http_same(r->line[i].name, name, len))
			return (struct hash_piece){ r->line[i].value, r->line[i].value_len };
	return (struct hash_piece){};
}

static struct hash_piece cookie(const struct rule_request *r, const u8 *name, u32 len)
{
	struct http_cookie c;
	u32 i, pos;

	for (i = 0; i < r->lines; i++) {
		const struct http_line *line = &r->line[i];

		if (!http_is(line->name, line->name_len, "cookie"))
			continue;
		pos = 0;
		while (http_cookie_next(line->value, line->value_len, &pos, &c))
			if (c.name_len == len && !memcmp(c.name, name, len))
				return (struct hash_piece){ c.value, c.value_len };
	}
	return (struct hash_piece){};
}

void hash_key_find(struct hash_piece piece[HASH_PIECES], const struct rule_request *request,
		   u8 hash, const u8 *name, u32 name_len)
{
	memset(piece, 0, HASH_PIECES * sizeof(*piece));
	switch (hash) {
	case BTCP_HASH_URL:
		piece[1] = (struct hash_piece){ request->path, request->path_len };
		fallthrough;
	case BTCP_HASH_HOST:
		piece[0] = host(request);
		break;
	case BTCP_HASH_HEADER:
		piece[0] = header(request, name, name_len);
		break;
	case BTCP_HASH_COOKIE:
		piece[0] = cookie(request, name, name_len);
		break;
	}
	if (!piece[0].len && !piece[1].len)
		piece[0] = (struct hash_piece){ request->client, request->client_len };
}
