/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake's first half: SYN in, SYN/ACK out.
 */
#ifndef _BTCP_FRONTEND_LISTEN_H
#define _BTCP_FRONTEND_LISTEN_H

#include "btcp/frontend/opening.h"

/**
 * btcp_listen_syn() - a SYN to a service, for a tuple that has no flow
 * @fn: namespace
 * @service: the service
 * @h: the SYN, its checksum verified
 *
 * Context: softirq, RCU read side.
 */
void btcp_listen_syn(struct btcp_frontend_net *fn, struct btcp_service *service,
		     const struct handoff_headers *h);

/**
 * btcp_listen_again() - the SYN came again: so does the SYN/ACK
 * @o: in SYN_RECV
 *
 * Context: BH off, flow's lock held.
 */
void btcp_listen_again(struct btcp_opening *o);

/**
 * btcp_listen_timeout() - the ACK did not come
 * @o: in SYN_RECV
 *
 * Context: BH off, RCU read side, flow's lock held.
 */
void btcp_listen_timeout(struct btcp_opening *o);

#endif /* _BTCP_FRONTEND_LISTEN_H */
