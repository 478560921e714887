/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that outsiders must not guess and that a reused tuple must not meet
 * again.
 */
#ifndef _BTCP_FRONTEND_ISN_H
#define _BTCP_FRONTEND_ISN_H

#include <linux/ktime.h>

#include "btcp/frontend/net.h"

/**
 * front_isn() - an initial sequence number (RFC 6528): a clock that ticks every
 *	64 ns, plus a keyed hash of the tuple
 * @fn: namespace
 * @tuple: the connection's
 *
 * Context: any.
 */
static inline u32 front_isn(const struct front_net *fn,
			    const struct handoff_tuple *tuple)
{
	return (u32)siphash(tuple, sizeof(*tuple), &fn->key) +
	       (u32)(ktime_get_real_ns() >> 6);
}

/**
 * front_tsval() - the one timestamp of a new connection
 * @fn: namespace
 * @tuple: the connection's
 *
 * One monotonic clock in milliseconds plus a keyed offset per pair of
 * addresses: a reused tuple meets later values than the back-ends' clocks have
 * counted up to, so it passes PAWS, and nobody learns the uptime (RFC 7323 5.4).
 *
 * Context: any.
 */
static inline u32 front_tsval(const struct front_net *fn,
			      const struct handoff_tuple *tuple)
{
	struct handoff_tuple pair = *tuple;

	pair.client_port = 0;
	pair.server_port = 0;
	/* The port bytes are free to say that this is no sequence number. */
	pair.zero[0] = 1;
	return (u32)siphash(&pair, sizeof(pair), &fn->key) +
	       (u32)div_u64(ktime_get_ns(), NSEC_PER_MSEC);
}

#endif /* _BTCP_FRONTEND_ISN_H */
