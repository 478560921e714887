// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"
#include "btcp/http_target.h"
#include "btcp/tls_hello.h"

#define RECORD_HEADER	5	/* type, version (2), length (2) */
#define RECORD_MAX	16384	/* bytes in a record: RFC 8446 5.1 */
#define MESSAGE_HEADER	4	/* type, length (3) */
#define RANDOM_LEN	32
#define SESSION_ID_MAX	32
#define NAME_MAX_LEN	255

enum { HANDSHAKE = 22, CLIENT_HELLO = 1, HOST_NAME = 0 };
enum { EXT_SERVER_NAME = 0, EXT_ALPN = 16, EXT_ECH = 0xfe0d };

void tls_hello_init(struct tls_hello *h)
{
	memset(h, 0, sizeof(*h));
}

static enum tls_hello_result finish(struct tls_hello *h, u32 looked_at,
				    enum tls_hello_result result)
{
	h->pos = looked_at;
	h->result = result;
	return result;
}

/*
 * The record's header, or what is there of it: each byte is judged as soon as it can be, so that
 * who speaks something else and waits for an answer need not wait for a timeout.
 */
static enum tls_hello_result record_header(struct tls_hello *h, const u8 *buf, u32 len)
{
	const u8 *r = buf + h->pos;
	u32 n = len - h->pos;

	if (r[0] != HANDSHAKE)
		return finish(h, h->pos + 1, TLS_HELLO_OTHER);
	/* 3.0 to 3.4 are in use; the second number is to be ignored. */
	if (n > 1 && r[1] != 3)
		return finish(h, h->pos + 2, TLS_HELLO_OTHER);
	if (n < RECORD_HEADER)
		return TLS_HELLO_MORE;
	h->left = get_unaligned_be16(r + 3);
	h->pos += RECORD_HEADER;
	if (!h->left || h->left > RECORD_MAX)
		return finish(h, h->pos, TLS_HELLO_OTHER);
	return TLS_HELLO_MORE;
}

static enum tls_hello_result message_header(struct tls_hello *h, u8 byte)
{
	h->pos++;
	h->left--;
	if (!h->have++)
		return byte == CLIENT_HELLO ? TLS_HELLO_MORE : finish(h, h->pos, TLS_HELLO_OTHER);
	h->len = h->len << 8 | byte;
	if (h->have < MESSAGE_HEADER)
		return TLS_HELLO_MORE;
	h->len += MESSAGE_HEADER;
	return h->len > TLS_HELLO_MAX_LEN ? finish(h, h->pos, TLS_HELLO_TOO_LONG) : TLS_HELLO_MORE;
}

enum tls_hello_result tls_hello_parse(struct tls_hello *h, const u8 *buf, u32 len)
{
	/* What lies beyond may not decide anything, or the result would depend on the pieces. */
	u32 limit = min_t(u32, len, TLS_HELLO_MAX_RAW), n;

	while (h->result == TLS_HELLO_MORE && h->pos < limit) {
		if (!h->left) {
			if (record_header(h, buf, limit) != TLS_HELLO_MORE || !h->left)
				break;
		} else if (h->have < MESSAGE_HEADER) {
			message_header(h, buf[h->pos]);
		} else {
			n = min_t(u32, h->len - h->have, min_t(u32, h->left, limit - h->pos));
			h->pos += n;
			h->left -= n;
			h->have += n;
		}
		if (h->result == TLS_HELLO_MORE && h->have >= MESSAGE_HEADER && h->have == h->len)
			h->result = TLS_HELLO_DONE;
	}
	if (h->result == TLS_HELLO_MORE && limit == TLS_HELLO_MAX_RAW)
		return finish(h, limit, TLS_HELLO_TOO_LONG);
	return h->result;
}

/* The message in one piece: the records were found good, so their headers are just left out. */
static void join(const struct tls_hello *h, const u8 *buf, u8 *room)
{
	u32 have = 0, pos = 0, n;

	while (have < h->len) {
		n = min_t(u32, get_unaligned_be16(buf + pos + 3), h->len - have);
		pos += RECORD_HEADER;
		memcpy(room + have, buf + pos, n);
		pos += n;
		have += n;
	}
}

/**
 * struct cursor - what is left to read of something
 * @at: first byte
 * @len: bytes
 */
struct cursor {
	u8 *at;
	u32 len;
};

static bool skip(struct cursor *c, u32 len)
{
	if (len > c->len)
		return false;
	c->at += len;
	c->len -= len;
	return true;
}

static bool number(struct cursor *c, u32 bytes, u32 *value)
{
	u8 *at = c->at;

	if (!skip(c, bytes))
		return false;
	*value = bytes == 1 ? at[0] : get_unaligned_be16(at);
	return true;
}

/* What stands behind its own length. */
static bool vector(struct cursor *c, u32 length_bytes, struct cursor *inner)
{
	u32 len;

	if (!number(c, length_bytes, &len))
		return false;
	inner->at = c->at;
	inner->len = len;
	return skip(c, len);
}

/* RFC 6066 3: a list with one host name in it is all that anybody has ever sent. */
static bool server_name(struct rule_request *r, struct cursor c)
{
	struct cursor list, name;
	bool has_port;
	u32 type;

	if (r->sni || !vector(&c, 2, &list) || c.len || !number(&list, 1, &type) ||
	    type != HOST_NAME || !vector(&list, 2, &name) || list.len || name.len > NAME_MAX_LEN)
		return false;
	if (!name.len || name.at[0] == '[' || name.at[name.len - 1] == ':' ||
	    !http_authority_parse(name.at, name.len, &r->sni_len, &has_port) || has_port)
		return false;
	http_lower(name.at, name.at, r->sni_len);
	r->sni = name.at;
	return true;
}

static bool alpn(struct rule_request *r, struct cursor c)
{
	struct cursor list, name;

	if (r->alpn || !vector(&c, 2, &list) || c.len || !list.len)
		return false;
	r->alpn = list.at;
	r->alpn_len = list.len;
	while (list.len)
		if (!vector(&list, 1, &name) || !name.len)
			return false;
	return true;
}

static bool extensions(struct rule_request *r, struct cursor list, int *has)
{
	struct cursor data;
	bool good = true;
	u32 type;

	while (good && list.len) {
		if (!number(&list, 2, &type) || !vector(&list, 2, &data))
			return false;
		switch (type) {
		case EXT_SERVER_NAME:
			good = server_name(r, data);
			break;
		case EXT_ALPN:
			good = alpn(r, data);
			break;
		case EXT_ECH:
			*has |= TLS_HELLO_HAS_ECH;
			break;
		}
	}
	return good;
}

static bool client_hello(struct rule_request *r, struct cursor c, int *has)
{
	struct cursor session, ciphers, compressions, list;

	if (!skip(&c, MESSAGE_HEADER + sizeof(u16) + RANDOM_LEN) ||
	    !vector(&c, 1, &session) || session.len > SESSION_ID_MAX ||
	    !vector(&c, 2, &ciphers) || !ciphers.len || ciphers.len % 2 ||
	    !vector(&c, 1, &compressions) || !compressions.len)
		return false;
	/* None at all: older than extensions are. */
	return !c.len || (vector(&c, 2, &list) && !c.len && extensions(r, list, has));
}

int tls_hello_read(struct rule_request *request, const struct tls_hello *h, const u8 *buf,
		   u8 *room)
{
	struct cursor message = { .at = room, .len = h->len };
	int has = 0;

	memset(request, 0, sizeof(*request));
	join(h, buf, room);
	if (client_hello(request, message, &has))
		return has;
	memset(request, 0, sizeof(*request));
	return -EINVAL;
}
