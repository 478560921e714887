/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The content of a service: which pool has each of many URLs, by host and path
 * exactly.  Asked behind the rules, before the default.
 *
 * It is loaded in parts, which nobody sees, and then takes the place of what
 * was there as a whole.  Of each URL only a keyed hash is kept.
 */
#ifndef _BTCP_FRONTEND_CONTENT_H
#define _BTCP_FRONTEND_CONTENT_H

#include <linux/btcp.h>
#include <linux/siphash.h>
#include <linux/workqueue.h>

#include "btcp/content.h"
#include "btcp/content_line.h"

struct front_pool;
struct rule_request;

/**
 * struct front_content - content, complete
 * @free: frees it
 * @key: of the hashes; its own, so that nobody can make URLs whose hashes meet
 * @map: from hashes to @pool
 * @memory: of @map
 * @file: where it came from
 * @repeated: entries whose URL an earlier one has, which counts
 * @pool_count: of @pool
 * @pool: each pool named, once; these count it among their rules
 */
struct front_content {
	struct rcu_work free;
	siphash_key_t key[2];
	struct content map;
	void *memory;
	char *file;
	u32 repeated;
	u32 pool_count;
	struct front_pool **pool;
};

/**
 * struct front_content_load - content under way; all @config
 * @portid: who loads it
 * @content: what is to become of it
 * @hash: of each entry so far
 * @pool: likewise: its index in @content
 * @room: for a line being read
 */
struct front_content_load {
	u32 portid;
	struct front_content *content;
	struct content_hash *hash;
	u16 *pool;
	u8 room[BTCP_CONTENT_LINE_LEN];
};

/**
 * front_content_find() - the pool that has what is asked for
 * @content: content
 * @request: what is asked
 *
 * Context: RCU read side, or @config held.
 * Return: the pool or NULL.
 */
struct front_pool *front_content_find(const struct front_content *content,
				      const struct rule_request *request);

/**
 * front_content_load_new() - begin to load
 * @count: entries there will be, at most
 * @file: where they come from
 * @portid: who loads
 *
 * Context: process context.
 * Return: for front_content_load_finish() or front_content_load_drop(); or NULL.
 */
struct front_content_load *front_content_load_new(u32 count, const char *file, u32 portid);

/**
 * front_content_load_add() - an entry
 * @load: content under way
 * @line: read into @load's room
 * @pool: that has it
 *
 * Context: process context; @config held.
 * Return: 0; -ENOSPC if there are as many as there can be; -E2BIG if it has too many
 *	pools; -ENOMEM.
 */
int front_content_load_add(struct front_content_load *load, const struct content_line *line,
			   struct front_pool *pool);

/**
 * front_content_load_finish() - all entries are there
 * @load: content under way, gone afterwards
 *
 * Context: process context; @config held.
 * Return: the content, for a service or front_content_retire().
 */
struct front_content *front_content_load_finish(struct front_content_load *load);

/**
 * front_content_load_drop() - forget it
 * @load: content under way, or NULL
 *
 * Context: process context; @config held.
 */
void front_content_load_drop(struct front_content_load *load);

/**
 * front_content_retire() - content goes
 * @content: reachable only by who is in an RCU read side, or NULL
 *
 * Context: process context; @config held.
 */
void front_content_retire(struct front_content *content);

#endif /* _BTCP_FRONTEND_CONTENT_H */
