/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The replayed handshake: SYN, then ACK and head, as the client sent them to
 * the front-end; and again, until this host's TCP has answered each, or time
 * is up.
 */
#ifndef _BTCP_BACKEND_REPLAY_H
#define _BTCP_BACKEND_REPLAY_H

#include "btcp/backend/accept.h"

/**
 * back_replay_arm() - from now on until it is dropped, see that it comes to an
 *	end
 * @accept: its flow is locked, and points to it
 *
 * Context: BH off.
 */
void back_replay_arm(struct back_accept *accept);

/**
 * back_replay_syn() - inject the stored SYN
 * @bnet: namespace
 * @accept: its flow is locked, in BACK_FLOW_SYN
 * @dst: from back_inject_route()
 *
 * Context: BH off.
 */
void back_replay_syn(struct back_net *bnet, struct back_accept *accept,
		     const struct dst_entry *dst);

/**
 * back_replay_ack() - inject the stored ACK and what is here of the head
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_HEAD, locked, with its @accept
 *
 * Context: BH off.
 */
void back_replay_ack(struct back_net *bnet, struct back_flow *flow);

/**
 * back_replay_look() - there is no head that TCP would acknowledge, and the
 *	server may have nothing to say: look soon whether there is a connection
 * @accept: its flow is locked, in BACK_FLOW_HEAD
 *
 * Context: BH off.
 */
void back_replay_look(struct back_accept *accept);

/**
 * back_replay_chunk() - inject a piece of the head
 * @bnet: namespace
 * @accept: its flow is locked, in BACK_FLOW_HEAD
 * @chunk: the piece
 *
 * Context: BH off.
 */
void back_replay_chunk(struct back_net *bnet, struct back_accept *accept,
		       const struct back_chunk *chunk);

#endif /* _BTCP_BACKEND_REPLAY_H */
