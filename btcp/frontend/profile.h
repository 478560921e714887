/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a back-end's TCP would agree to on one port, as its heartbeats tell,
 * and the common ground of several of them, which is what a front-end may
 * promise to a client.
 *
 * Kept as one 64-bit word, so that the datapath reads it whole without a lock
 * while a heartbeat replaces it.
 */
#ifndef _BTCP_FRONTEND_PROFILE_H
#define _BTCP_FRONTEND_PROFILE_H

#include <linux/types.h>

/**
 * struct front_profile - a TCP's properties
 * @known: the rest means something
 * @listening: something listens on the port
 * @options: WIRE_OPT_*
 * @wscale: shift, if WIRE_OPT_WSCALE
 * @window: initial window, unscaled
 * @mss: MSS to announce
 */
struct front_profile {
	bool known;
	bool listening;
	u8 options;
	u8 wscale;
	u16 window;
	u16 mss;
};

static inline u64 front_profile_pack(const struct front_profile *p)
{
	return (u64)p->known | (u64)p->listening << 1 | (u64)p->options << 8 |
	       (u64)p->wscale << 16 | (u64)p->window << 32 | (u64)p->mss << 48;
}

static inline struct front_profile front_profile_unpack(u64 word)
{
	return (struct front_profile){
		.known = word & 1,
		.listening = word & 2,
		.options = word >> 8,
		.wscale = word >> 16,
		.window = word >> 32,
		.mss = word >> 48,
	};
}

/**
 * front_profile_meet() - narrow a promise to what another back-end agrees to
 * @promise: narrowed
 * @other: the back-end's
 */
static inline void front_profile_meet(struct front_profile *promise,
				      const struct front_profile *other)
{
	promise->known = true;
	promise->listening |= other->listening;
	promise->options &= other->options;
	/* A scale above a back-end's own would promise windows it rounds away. */
	promise->wscale = min(promise->wscale, other->wscale);
	promise->window = min(promise->window, other->window);
	promise->mss = min(promise->mss, other->mss);
}

#endif /* _BTCP_FRONTEND_PROFILE_H */
