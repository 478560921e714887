/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two cursors that refuse to leave their buffer, for the files that write and
 * read messages: every byte goes through one of them, so that no message's own
 * code counts bytes.
 *
 * Who runs out of room, or of bytes, sets a flag and goes on without effect:
 * it is looked at once, at the end.  Pure.
 */
#ifndef _HANDOFF_WIRE_CURSOR_H
#define _HANDOFF_WIRE_CURSOR_H

#include "btcp/pure.h"

/**
 * struct wire_out - where to write
 * @at: the next byte
 * @end: behind the last
 * @full: something did not fit, and nothing was written since
 */
struct wire_out {
	u8 *at;
	u8 *end;
	bool full;
};

/**
 * struct wire_in - where to read
 * @at: the next byte
 * @end: behind the last
 * @empty: something was not there; all that was read since is 0
 */
struct wire_in {
	const u8 *at;
	const u8 *end;
	bool empty;
};

/* @len bytes to write to, or NULL. */
static inline u8 *reserve(struct wire_out *o, u32 len)
{
	u8 *at = o->at;

	if (o->full || (size_t)(o->end - at) < len) {
		o->full = true;
		return NULL;
	}
	o->at += len;
	return at;
}

static inline void put8(struct wire_out *o, u8 v)
{
	u8 *at = reserve(o, 1);

	if (at)
		*at = v;
}

static inline void put16(struct wire_out *o, u16 v)
{
	u8 *at = reserve(o, 2);

	if (at)
		put_unaligned_be16(v, at);
}

static inline void put32(struct wire_out *o, u32 v)
{
	u8 *at = reserve(o, 4);

	if (at)
		put_unaligned_be32(v, at);
}

static inline void put64(struct wire_out *o, u64 v)
{
	u8 *at = reserve(o, 8);

	if (at)
		put_unaligned_be64(v, at);
}

static inline void put_bytes(struct wire_out *o, const u8 *bytes, u32 len)
{
	u8 *at = reserve(o, len);

	if (at && len)
		memcpy(at, bytes, len);
}

/* @len bytes to read, or NULL. */
static inline const u8 *take(struct wire_in *i, u32 len)
{
	const u8 *at = i->at;

	if (i->empty || (size_t)(i->end - at) < len) {
		i->empty = true;
		return NULL;
	}
	i->at += len;
	return at;
}

static inline u8 get8(struct wire_in *i)
{
	const u8 *at = take(i, 1);

	return at ? *at : 0;
}

static inline u16 get16(struct wire_in *i)
{
	const u8 *at = take(i, 2);

	return at ? get_unaligned_be16(at) : 0;
}

static inline u32 get32(struct wire_in *i)
{
	const u8 *at = take(i, 4);

	return at ? get_unaligned_be32(at) : 0;
}

static inline u64 get64(struct wire_in *i)
{
	const u8 *at = take(i, 8);

	return at ? get_unaligned_be64(at) : 0;
}

static inline void get_bytes(struct wire_in *i, u8 *bytes, u32 len)
{
	const u8 *at = take(i, len);

	if (at)
		memcpy(bytes, at, len);
}

#endif /* _HANDOFF_WIRE_CURSOR_H */
