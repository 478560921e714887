/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake's first half: SYN in, SYN/ACK out.
 */
#ifndef _BTCP_FRONTEND_LISTEN_H
#define _BTCP_FRONTEND_LISTEN_H

#include "btcp/frontend/opening.h"
#include "btcp/frontend/profile.h"

struct front_service;

/**
 * front_listen_agree() - what the client offers and every back-end agrees to
 * @syn: the client's options
 * @profile: the back-ends'
 *
 * Context: any.
 * Return: WIRE_OPT_*
 */
u8 front_listen_agree(const struct tcp_options_seen *syn, const struct front_profile *profile);

/**
 * front_listen_open() - begin a flow, in SYN_RECV
 * @fn: namespace
 * @service: whose VIP it is
 * @tuple: its
 * @syn: the SYN, and what it is answered
 * @proven: it was answered, by a cookie, which has come back
 *
 * Context: softirq, RCU read side, no flow's lock held.
 * Return: the flow, which anybody may end; or ERR_PTR: -EUSERS (a limit of the
 *	backlog), -ENOSPC (limit flows), -EEXIST, -ENOMEM, -ENOENT (the service
 *	was deleted), -ESHUTDOWN.
 */
struct front_flow *front_listen_open(struct front_net *fn, struct front_service *service,
				     const struct handoff_tuple *tuple,
				     const struct front_handshake *syn, bool proven);

/**
 * front_listen_syn() - a SYN to a service, for a tuple that has no flow
 * @fn: namespace
 * @service: the service
 * @h: the SYN, its checksum verified
 *
 * Context: softirq, RCU read side.
 * Return: false if it has to be answered by a cookie.
 */
bool front_listen_syn(struct front_net *fn, struct front_service *service,
		      const struct handoff_headers *h);

/**
 * front_listen_again() - the SYN came again: so does the SYN/ACK
 * @o: in SYN_RECV
 *
 * Context: BH off, flow's lock held.
 */
void front_listen_again(struct front_opening *o);

#endif /* _BTCP_FRONTEND_LISTEN_H */
