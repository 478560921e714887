/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept while a connection is taken over: from the HANDOFF until this
 * host's TCP has acknowledged the whole head, or has the connection if there is
 * no head.
 *
 * It belongs to the flow.  Its timer is armed all that time and holds a
 * reference to the flow: who takes it off the flow and can still delete the
 * timer frees it; if the timer is already running, the timer finds itself
 * taken off, and frees it.
 */
#ifndef _BTCP_BACKEND_ACCEPT_H
#define _BTCP_BACKEND_ACCEPT_H

#include <linux/timer.h>

#include "btcp/backend/flow.h"
#include "btcp/backend/head.h"

/**
 * struct back_accept - what is kept until the connection stands
 * @flow: its flow; constant
 * @timer: injects again what TCP did not answer
 * @interval: jiffies until the next time; doubled each time
 * @started: jiffies of the HANDOFF
 * @head: the head
 * @acked: bytes of it that TCP has acknowledged; under the flow's lock
 * @handed: the whole head was given to TCP at least once: no other back-end
 *	may get it any more
 * @backdated: the request socket was told of the round trip
 * @staged: HANDOFF_ACK is wanted for the SYN/ACK
 * @syn_window: and so on: see struct wire_handoff
 * @mss: likewise
 * @options: likewise
 * @client_wscale: likewise
 * @promised_wscale: likewise
 * @promised_window: likewise
 * @ack_window: likewise
 * @syn_tsval: likewise
 * @front_tsval: likewise
 * @ack_tsval: likewise
 * @srtt_us: likewise
 */
struct back_accept {
	struct back_flow *flow;
	struct timer_list timer;
	unsigned long interval;
	unsigned long started;
	struct back_head head;
	u32 acked;
	bool handed;
	bool backdated;
	bool staged;
	u8 options;
	u8 client_wscale;
	u8 promised_wscale;
	u16 syn_window;
	u16 mss;
	u16 promised_window;
	u16 ack_window;
	u32 syn_tsval;
	u32 front_tsval;
	u32 ack_tsval;
	u32 srtt_us;
};

/**
 * back_accept_alloc() - what a HANDOFF says, kept
 * @flow: its flow, not in the table yet
 * @handoff: the HANDOFF; the bytes it brings are the caller's to add
 *
 * Context: any; GFP_ATOMIC.
 * Return: for back_replay_arm() or back_accept_free(); NULL without memory.
 */
struct back_accept *back_accept_alloc(struct back_flow *flow,
				      const struct wire_handoff *handoff);

/**
 * back_accept_free() - the end of it
 * @bnet: namespace
 * @accept: off its flow, its timer not armed
 *
 * Context: any.
 */
void back_accept_free(struct back_net *bnet, struct back_accept *accept);

/**
 * back_accept_refuse() - the connection will not be taken
 * @bnet: namespace
 * @flow: flow, locked
 * @nak: enum wire_nak
 *
 * The caller says so, after unlocking, with back_say_flow_nak().
 *
 * Return: true if it was not over yet.
 */
bool back_accept_refuse(struct back_net *bnet, struct back_flow *flow,
			u8 nak);

/**
 * back_accept_drop() - forget what was kept
 * @bnet: namespace
 * @flow: flow, locked; it may have none
 *
 * Context: BH off, RCU read side.
 */
void back_accept_drop(struct back_net *bnet, struct back_flow *flow);

/**
 * back_accept_stands() - this host's TCP has the connection, and the whole head
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_HEAD, locked
 *
 * The caller says so, after unlocking, with back_say_ack().
 *
 * Context: BH off, RCU read side.
 * Return: false if the flow is out of the table.
 */
bool back_accept_stands(struct back_net *bnet, struct back_flow *flow);

/**
 * back_accept_end() - a flow is over without both FINs, whether it stood or not
 * @bnet: namespace
 * @flow: flow, locked
 * @why: see back_flow_end()
 *
 * Context: BH off, RCU read side.
 * Return: true if it was not over yet.
 */
bool back_accept_end(struct back_net *bnet, struct back_flow *flow, u8 why);

#endif /* _BTCP_BACKEND_ACCEPT_H */
