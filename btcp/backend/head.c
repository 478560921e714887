// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/backend/head.h"
#include "handoff/settings.h"

/*
 * The memory of one piece is bounded by a message, that of all by a limit: what
 * it really takes, since a head may come in very small pieces.
 */
static bool charge(struct back_net *bnet, u32 len)
{
	u32 limit = handoff_limit(bnet->net, HANDOFF_LIMIT_HEAD_TOTAL);

	if (atomic_add_return(len, &bnet->head_bytes) <= limit)
		return true;
	atomic_sub(len, &bnet->head_bytes);
	return false;
}

void back_head_init(struct back_head *head, u32 len)
{
	INIT_LIST_HEAD(&head->chunks);
	head->len = len;
	head->have = 0;
}

struct back_chunk *back_head_add(struct back_net *bnet, struct back_head *head,
				 u32 offset, const u8 *data, u32 len)
{
	struct back_chunk *chunk;
	u32 known, size;

	if (offset > head->len || len > head->len - offset)
		return ERR_PTR(-EINVAL);
	if (offset > head->have)
		return ERR_PTR(-ENOENT);
	known = head->have - offset;
	if (len <= known)
		return NULL;
	data += known;
	len -= known;

	size = struct_size(chunk, data, len);
	if (!charge(bnet, size))
		return ERR_PTR(-ENOSPC);
	chunk = kmalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	if (!chunk) {
		atomic_sub(size, &bnet->head_bytes);
		return ERR_PTR(-ENOMEM);
	}
	chunk->offset = head->have;
	chunk->len = len;
	memcpy(chunk->data, data, len);
	list_add_tail(&chunk->list, &head->chunks);
	head->have += len;
	return chunk;
}

void back_head_clean(struct back_net *bnet, struct back_head *head)
{
	struct back_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &head->chunks, list) {
		atomic_sub(struct_size(chunk, data, chunk->len), &bnet->head_bytes);
		kfree(chunk);
	}
	INIT_LIST_HEAD(&head->chunks);
	head->have = 0;
}
