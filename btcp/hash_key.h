/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a request is hashed by a pool that sends equal requests to one back-end.
 */
#ifndef BTCP_HASH_KEY_H
#define BTCP_HASH_KEY_H

#include <linux/btcp.h>

#include "btcp/pure.h"
#include "btcp/rule_request.h"

#define HASH_PIECES	2

/**
 * struct hash_piece - a part of the key
 * @text: bytes; points into the request
 * @len: bytes in @text
 */
struct hash_piece {
	const u8 *text;
	u32 len;
};

/**
 * hash_key_find() - find it
 * @piece: result; what is not needed has a @len of 0
 * @request: request
 * @hash: enum btcp_hash
 * @name: of BTCP_HASH_HEADER, in lower case, or of BTCP_HASH_COOKIE
 * @name_len: bytes in @name
 *
 * Of a URL that is host and path, as rules see them, without the query; of a header the first line
 * of that name, of a cookie the first one. The client's address stands in for what is not there.
 *
 * Context: any; pure.
 */
void hash_key_find(struct hash_piece piece[HASH_PIECES], const struct rule_request *request,
		   u8 hash, const u8 *name, u32 name_len);

#endif /* BTCP_HASH_KEY_H */
