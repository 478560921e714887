/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking a connection over: from the HANDOFF until this host's TCP has
 * acknowledged the whole head.
 *
 * struct back_accept lives as long as that, and belongs to the flow.  Its
 * timer is armed all that time and holds a reference to the flow: who takes
 * it off the flow and can still delete the timer frees it; if the timer is
 * already running, the timer finds itself taken off, and frees it.
 */
#ifndef _BTCP_BACKEND_ACCEPT_H
#define _BTCP_BACKEND_ACCEPT_H

#include <linux/timer.h>

#include "btcp/backend/flow.h"

struct handoff_segment;

/**
 * struct back_accept - what is kept until the connection stands
 * @flow: its flow; constant
 * @timer: injects again what TCP did not answer
 * @interval: jiffies until the next time; doubled each time
 * @started: jiffies of the HANDOFF
 * @chunks: struct back_chunk, the head in order; under the flow's lock, as
 *	are the next two
 * @have: bytes in @chunks
 * @acked: bytes of them that TCP has acknowledged
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
 * @ack_tsval: likewise
 * @srtt_us: likewise
 */
struct back_accept {
	struct back_flow *flow;
	struct timer_list timer;
	unsigned long interval;
	unsigned long started;
	struct list_head chunks;
	u32 have;
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
	u32 ack_tsval;
	u32 srtt_us;
};

/**
 * back_accept_handoff() - a HANDOFF came
 * @bnet: namespace
 * @session: from whom
 * @tuple: the flow's key here
 * @msg: the HANDOFF
 *
 * Context: softirq, RCU read side.
 */
void back_accept_handoff(struct back_net *bnet, struct handoff_session *session,
			 const struct handoff_tuple *tuple, const struct wire_msg *msg);

/**
 * back_accept_head() - a HEAD came
 * @bnet: namespace
 * @flow: flow of that name and session
 * @head: the HEAD
 *
 * Context: softirq, RCU read side.
 */
void back_accept_head(struct back_net *bnet, struct back_flow *flow,
		      const struct wire_head *head);

/**
 * back_accept_ack() - inject the stored ACK and what is here of the head
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_HEAD, locked, with its @accept
 *
 * Context: BH off.
 */
void back_accept_ack(struct back_net *bnet, struct back_flow *flow);

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

#endif /* _BTCP_BACKEND_ACCEPT_H */
