/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The checksum of a packet whose header was translated where it lies.
 */
#ifndef _BTCP_BACKEND_CHECKSUM_H
#define _BTCP_BACKEND_CHECKSUM_H

#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "btcp/translate.h"

/**
 * back_checksum_update() - after btcp_translate_in(), _out() or _quoted()
 * @skb: packet
 * @check: TCP's checksum, or that of the ICMP error
 * @diff: what the translating function returned
 *
 * A partial checksum covers the pseudo header only, where nothing changed.  A
 * complete one is the device's sum over the packet as it was.
 */
static inline void back_checksum_update(struct sk_buff *skb, __sum16 *check, u32 diff)
{
	u16 old = ntohs((__force __be16)*check);

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return;
	*check = (__force __sum16)htons(btcp_csum_apply(old, diff));
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}

#endif /* _BTCP_BACKEND_CHECKSUM_H */
