/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the index files a rule: the keys that are made of its conditions.
 */
#ifndef BTCP_RULE_PLACE_H
#define BTCP_RULE_PLACE_H

#include "btcp/pure.h"
#include "btcp/rule.h"

/**
 * enum rule_map - what the keys of a trie are
 * @RULE_MAP_HOST: hosts; "" for rules that have a condition on the path, but none on the host
 * @RULE_MAP_DOMAIN: what is behind the star of a host, from its end
 * @RULE_MAP_SNI: server names
 * @RULE_MAP_SNI_DOMAIN: what is behind the star of a server name, from its end
 * @RULE_MAP_METHOD: methods
 * @RULE_MAP_SRC: clients' prefixes
 * @RULE_MAP_ALPN: protocols
 * @RULE_MAP_HEADER: names of headers
 * @RULE_MAP_COOKIE: names of cookies
 * @RULE_MAPS: how many there are
 */
enum rule_map {
	RULE_MAP_HOST,
	RULE_MAP_DOMAIN,
	RULE_MAP_SNI,
	RULE_MAP_SNI_DOMAIN,
	RULE_MAP_METHOD,
	RULE_MAP_SRC,
	RULE_MAP_ALPN,
	RULE_MAP_HEADER,
	RULE_MAP_COOKIE,
	RULE_MAPS,
};

/**
 * enum rule_sub - what a leaf's own tries are keyed by
 * @RULE_FRONT: how a path begins; or a header's or cookie's value
 * @RULE_END: how a path ends, from its end
 * @RULE_SUBS: how many there are
 * @RULE_ALONE: none: the leaf's key is all
 */
enum rule_sub {
	RULE_FRONT,
	RULE_END,
	RULE_SUBS,
	RULE_ALONE = RULE_SUBS,
};

#define RULE_ADDR_KEY_MAX	(1 + 2 * 16)

/**
 * struct rule_place - where a rule is filed
 * @map: enum rule_map
 * @sub: enum rule_sub: which trie of the leaf there
 * @len: bytes in @key
 * @sub_len: bytes in @sub_key
 * @key: in the first trie
 * @sub_key: in the second
 */
struct rule_place {
	u32 map;
	u32 sub;
	u32 len;
	u32 sub_len;
	u8 key[PATTERN_MAX];
	u8 sub_key[PATTERN_MAX];
};

/**
 * rule_place() - where a rule is filed by one of its conditions
 * @place: result
 * @rule: rule
 * @i: which condition; those on host and path are one
 *
 * Context: any; pure.
 */
void rule_place(struct rule_place *place, const struct rule *rule, u32 i);

/**
 * rule_place_addr() - a prefix, or a whole address, as a key: a byte for each whole half-byte
 * @key: result, at most RULE_ADDR_KEY_MAX bytes
 * @addr: big-endian
 * @len: 4 or 16, bytes in @addr
 * @bits: length of the prefix
 *
 * Context: any; pure.
 * Return: bytes in @key.
 */
u32 rule_place_addr(u8 *key, const u8 *addr, u32 len, u32 bits);

#endif /* BTCP_RULE_PLACE_H */
