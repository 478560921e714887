/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake's first half: SYN in, SYN/ACK out.
 */
#ifndef _BTCP_FRONTEND_LISTEN_H
#define _BTCP_FRONTEND_LISTEN_H

#include "btcp/frontend/opening.h"
#include "btcp/frontend/profile.h"

struct front_service;

/*
 * Microseconds.  TCP's first timeout is 1 s while it knows nothing (RFC 6298);
 * with a first sample of this it is the same.
 */
#define FRONT_RTT_UNKNOWN	333333

/**
 * struct front_handshake - a SYN, stored or rebuilt, and what it was answered
 * @client_isn: see struct front_opening, likewise for the others
 * @syn_tsval: likewise
 * @syn_window: likewise
 * @mss: likewise
 * @client_wscale: likewise
 * @options: likewise
 * @promised_wscale: likewise
 * @promised_mss: likewise
 * @promised_window: likewise
 * @front_isn: likewise
 * @front_tsval: likewise
 * @srtt_us: likewise
 */
struct front_handshake {
	u32 client_isn;
	u32 syn_tsval;
	u16 syn_window;
	u16 mss;
	u8 client_wscale;
	u8 options;
	u8 promised_wscale;
	u16 promised_mss;
	u16 promised_window;
	u32 front_isn;
	u32 front_tsval;
	u32 srtt_us;
};

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
