/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The request head, kept in the pieces it came in until TCP has it.
 */
#ifndef _BTCP_BACKEND_HEAD_H
#define _BTCP_BACKEND_HEAD_H

#include "btcp/backend/net.h"

/**
 * struct back_head - a head; all its fields are guarded by its flow's lock
 * @chunks: struct back_chunk, in order
 * @len: bytes it has in all; constant
 * @have: bytes in @chunks, in one piece from its start
 */
struct back_head {
	struct list_head chunks;
	u32 len;
	u32 have;
};

/**
 * struct back_chunk - a piece of a head
 * @list: in struct back_head's @chunks
 * @offset: of @data in the head
 * @len: bytes
 * @data: they
 */
struct back_chunk {
	struct list_head list;
	u32 offset;
	u32 len;
	u8 data[];
};

/**
 * back_head_init() - nothing is here yet
 * @head: embedded
 * @len: bytes it will have
 */
void back_head_init(struct back_head *head, u32 len);

/**
 * back_head_add() - keep a piece that continues what is there
 * @bnet: namespace
 * @head: its flow is locked, or not in the table yet
 * @offset: of @data in the head
 * @data: bytes; those already here are passed over
 * @len: how many
 *
 * Context: BH off.
 * Return: the new piece; NULL if there was nothing new; ERR_PTR: -ENOENT
 *	(bytes before it are missing), -EINVAL (beyond the head's length),
 *	-ENOSPC (limit head_total), -ENOMEM.
 */
struct back_chunk *back_head_add(struct back_net *bnet, struct back_head *head,
				 u32 offset, const u8 *data, u32 len);

/**
 * back_head_clean() - free all pieces
 * @bnet: namespace
 * @head: its flow is locked, or nobody else has it
 *
 * Context: any.
 */
void back_head_clean(struct back_net *bnet, struct back_head *head);

#endif /* _BTCP_BACKEND_HEAD_H */
