/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arithmetic on sequence numbers (RFC 9293 3.4) and windows (RFC 7323 2.3). Sequence numbers live
 * on a circle: "before" means by less than half of it.
 */
#ifndef BTCP_TCP_SEQ_H
#define BTCP_TCP_SEQ_H

#include "btcp/pure.h"

/**
 * tcp_seq_before() - a < b on the circle
 * @a: host byte order
 * @b: host byte order
 */
static inline bool tcp_seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * tcp_seq_after() - a > b on the circle
 * @a: host byte order
 * @b: host byte order
 */
static inline bool tcp_seq_after(u32 a, u32 b)
{
	return tcp_seq_before(b, a);
}

/**
 * tcp_seq_between() - low <= seq <= high on the circle
 * @seq: host byte order
 * @low: host byte order
 * @high: host byte order, not before @low
 */
static inline bool tcp_seq_between(u32 seq, u32 low, u32 high)
{
	return high - low >= seq - low;
}

/**
 * tcp_seq_min() - the earlier of two
 * @a: host byte order
 * @b: host byte order
 */
static inline u32 tcp_seq_min(u32 a, u32 b)
{
	return tcp_seq_before(a, b) ? a : b;
}

/**
 * tcp_seq_max() - the later of two
 * @a: host byte order
 * @b: host byte order
 */
static inline u32 tcp_seq_max(u32 a, u32 b)
{
	return tcp_seq_before(a, b) ? b : a;
}

/**
 * tcp_window_rescale() - the same window under another scale, never a larger one
 * @window: the header's window field, host byte order, unscaled
 * @from: the scale it was written under (at most 14)
 * @to: the scale its reader will apply (at most 14)
 *
 * Normally @to is not above @from: a left shift and a clamp. Only a back-end that negotiates no
 * scale at all, under a promised one, needs the right shift; rounding down there promises a few
 * bytes less, never more.
 *
 * Return: the field for the reader; at most 65535.
 */
static inline u16 tcp_window_rescale(u16 window, u8 from, u8 to)
{
	if (to > from)
		return window >> (to - from);
	return min_t(u32, (u32)window << (from - to), 0xffff);
}

#endif /* BTCP_TCP_SEQ_H */
