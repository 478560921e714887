/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake's first half: SYN in, SYN/ACK out.
 */
#ifndef _BTCP_FRONTEND_LISTEN_H
#define _BTCP_FRONTEND_LISTEN_H

#include "btcp/frontend/opening.h"

/**
 * front_listen_syn() - a SYN to a service, for a tuple that has no flow
 * @fn: namespace
 * @service: the service
 * @h: the SYN, its checksum verified
 *
 * Context: softirq, RCU read side.
 */
void front_listen_syn(struct front_net *fn, struct front_service *service,
		      const struct handoff_headers *h);

/**
 * front_listen_again() - the SYN came again: so does the SYN/ACK
 * @o: in SYN_RECV
 *
 * Context: BH off, flow's lock held.
 */
void front_listen_again(struct front_opening *o);

#endif /* _BTCP_FRONTEND_LISTEN_H */
