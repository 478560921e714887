// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "btcp/frontend/content.h"
#include "btcp/frontend/pool.h"
#include "btcp/rule_request.h"

/* Entries between which others may run. */
#define SLICE	4096

/* Of host and path each, so that no bytes can move from one to the other. */
static struct content_hash hash_of(const struct front_content *content, const u8 *host,
				   u32 host_len, const u8 *path, u32 path_len)
{
	struct content_hash hash;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hash.word); i++) {
		const siphash_key_t *key = &content->key[i];

		hash.word[i] = siphash_2u64(siphash(host, host_len, key),
					    siphash(path, path_len, key), key);
	}
	return hash;
}

struct front_pool *front_content_find(const struct front_content *content,
				      const struct rule_request *request)
{
	struct content_hash hash;
	int found;

	if (!request->host_len || !request->path_len)
		return NULL;
	hash = hash_of(content, request->host, request->host_len, request->path,
		       request->path_len);
	found = content_find(&content->map, &hash);
	return found < 0 ? NULL : content->pool[found];
}

static void free_content(struct front_content *content)
{
	kvfree(content->memory);
	kvfree(content->pool);
	kfree(content->file);
	kfree(content);
}

static void free_work(struct work_struct *work)
{
	free_content(container_of(to_rcu_work(work), struct front_content, free));
}

static struct front_content *alloc_content(u32 count, const char *file)
{
	struct front_content *content = kzalloc(sizeof(*content), GFP_KERNEL);

	if (!content)
		return NULL;
	INIT_RCU_WORK(&content->free, free_work);
	get_random_bytes(content->key, sizeof(content->key));
	content->memory = kvzalloc(content_size(count), GFP_KERNEL);
	content->file = kstrdup(file, GFP_KERNEL);
	if (!content->memory || !content->file) {
		free_content(content);
		return NULL;
	}
	content_init(&content->map, content->memory, count);
	return content;
}

static void free_load(struct front_content_load *load)
{
	kvfree(load->hash);
	kvfree(load->pool);
	kfree(load);
}

struct front_content_load *front_content_load_new(u32 count, const char *file, u32 portid)
{
	struct front_content_load *load = kzalloc(sizeof(*load), GFP_KERNEL);

	if (!load)
		return NULL;
	load->portid = portid;
	load->hash = kvmalloc_array(count, sizeof(*load->hash), GFP_KERNEL);
	load->pool = kvmalloc_array(count, sizeof(*load->pool), GFP_KERNEL);
	if (load->hash && load->pool)
		load->content = alloc_content(count, file);
	if (!load->content) {
		free_load(load);
		return NULL;
	}
	return load;
}

/* There is room for a power of two of them, and it is full at each. */
static int name_pool(struct front_content *content, struct front_pool *pool)
{
	struct front_pool **more;
	u32 n = content->pool_count;

	if (n > U16_MAX)
		return -E2BIG;
	if (!n || is_power_of_2(n)) {
		more = kvmalloc_array(n ? 2 * n : 1, sizeof(*more), GFP_KERNEL);
		if (!more)
			return -ENOMEM;
		if (n)
			memcpy(more, content->pool, array_size(n, sizeof(*more)));
		kvfree(content->pool);
		content->pool = more;
	}
	content->pool[content->pool_count++] = pool;
	pool->rules++;
	return n;
}

/* Lines of one pool often stand together. */
static int index_of(const struct front_content_load *load, struct front_pool *pool)
{
	struct front_content *content = load->content;
	u32 i, n = content->map.count;

	if (n && content->pool[load->pool[n - 1]] == pool)
		return load->pool[n - 1];
	for (i = 0; i < content->pool_count; i++)
		if (content->pool[i] == pool)
			return i;
	return name_pool(content, pool);
}

int front_content_load_add(struct front_content_load *load, const struct content_line *line,
			   struct front_pool *pool)
{
	struct content *map = &load->content->map;
	struct content_hash hash;
	int index;

	lockdep_assert_held(&pool->fn->config);
	if (map->count == map->room)
		return -ENOSPC;
	index = index_of(load, pool);
	if (index < 0)
		return index;
	hash = hash_of(load->content, line->host, line->host_len, line->path, line->path_len);
	load->hash[map->count] = hash;
	load->pool[map->count] = index;
	content_announce(map, &hash);
	return 0;
}

struct front_content *front_content_load_finish(struct front_content_load *load)
{
	struct front_content *content = load->content;
	struct content *map = &content->map;
	u32 i;

	content_settle(map);
	for (i = 0; i < map->count; i++) {
		content_put(map, &load->hash[i], load->pool[i]);
		if (i % SLICE == 0)
			cond_resched();
	}
	for (i = 0; i < map->count; i += min_t(u32, SLICE, map->count - i)) {
		content->repeated += content_repeated(map, i,
						      i + min_t(u32, SLICE, map->count - i));
		cond_resched();
	}
	free_load(load);
	return content;
}

static void unname_pools(struct front_content *content)
{
	u32 i;

	for (i = 0; i < content->pool_count; i++)
		content->pool[i]->rules--;
}

void front_content_load_drop(struct front_content_load *load)
{
	if (!load)
		return;
	unname_pools(load->content);
	free_content(load->content);
	free_load(load);
}

void front_content_retire(struct front_content *content)
{
	if (!content)
		return;
	unname_pools(content);
	queue_rcu_work(front_workqueue, &content->free);
}
