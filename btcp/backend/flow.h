/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow: one connection taken over, and its states.
 *
 * Two sequence spaces meet here.  Everything a flow remembers is in that of
 * the wire, which is the front-end's; only @t knows the local TCP's.
 */
#ifndef _BTCP_BACKEND_FLOW_H
#define _BTCP_BACKEND_FLOW_H

#include "btcp/backend/frontend.h"
#include "btcp/backend/net.h"
#include "btcp/tcp_seq.h"
#include "btcp/translate.h"
#include "handoff/table.h"
#include "handoff/wire.h"

struct back_accept;

enum back_flow_state {
	BACK_FLOW_SYN,		/* SYN injected, SYN/ACK awaited */
	BACK_FLOW_HEAD,		/* SYN/ACK caught, the head not acknowledged yet */
	BACK_FLOW_LIVE,		/* stands; translated both ways */
	BACK_FLOW_CLOSING,	/* likewise; at least one side has sent its FIN */
	BACK_FLOW_TIME_WAIT,	/* both FINs acknowledged; late packets still pass */
	BACK_FLOW_ENDED,	/* refused or reset; what TCP says is swallowed */
	__BACK_FLOW_STATE_MAX,
};

enum back_flow_event {
	BACK_FLOW_SYNACK,	/* TCP's SYN/ACK was caught and is usable */
	BACK_FLOW_STANDS,	/* TCP acknowledged the whole head */
	BACK_FLOW_FIN,		/* a FIN was seen, either way */
	BACK_FLOW_CLOSED,	/* both FINs are acknowledged */
	BACK_FLOW_END,		/* refused, reset, killed, or found dead */
	__BACK_FLOW_EVENT_MAX,
};

/* struct back_flow @flags; written under the lock */
#define BACK_FLOW_FIN_OUT	0x001	/* the local TCP sent its FIN: @fin_out */
#define BACK_FLOW_FIN_OUT_ACKED	0x002
#define BACK_FLOW_FIN_IN	0x004	/* the client sent its FIN: @fin_in */
#define BACK_FLOW_FIN_IN_ACKED	0x008
#define BACK_FLOW_RST_OUT	0x010	/* the client is owed an RST */
#define BACK_FLOW_RST_IN	0x020	/* the client sent an RST; TCP judges it */
#define BACK_FLOW_TOLD		0x040	/* the front-end acknowledged CLOSED */
#define BACK_FLOW_COUNTED	0x080	/* in the gauges */
#define BACK_FLOW_CHECKED	0x100	/* did the client acknowledge anything? */

#define BACK_FLOW_CHECK		(3 * HZ)	/* asked so long after the hand-off */
#define BACK_FLOW_AGAIN		HZ		/* CLOSED, unless it was acknowledged */

/**
 * struct back_flow - a connection taken over
 * @flow: key, lock, state, reference count
 * @t: the translation; constant since BACK_FLOW_HEAD, all zero before
 * @flags: BACK_FLOW_FIN_OUT ...; under the lock
 * @nak: enum wire_nak, why it was refused; 0: it was not
 * @why: enum wire_closed_why, once it is over
 * @snd_nxt: behind the highest byte sent to the client; WRITE_ONCE
 * @snd_una: the client's latest acknowledgment; WRITE_ONCE
 * @rcv_nxt: TCP's latest acknowledgment; WRITE_ONCE
 * @fin_out: sequence number of the local FIN
 * @fin_in: sequence number of the client's FIN
 * @client_isn: of the stored SYN; constant
 * @front_isn: of the front-end's SYN/ACK; constant
 * @vip_port: big-endian; constant
 * @tries: how often CLOSED was said
 * @last: jiffies of the last packet either way, coarse; WRITE_ONCE
 * @until: jiffies; when a flow in TIME_WAIT or ENDED is forgotten
 * @frontend: whose it is; constant, counted
 * @accept: what is needed until it stands; under the lock
 * @vip: the address the client knows; constant
 */
struct back_flow {
	struct handoff_flow flow;
	struct btcp_translation t;
	u16 flags;
	u8 nak;
	u8 why;
	u32 snd_nxt;
	u32 snd_una;
	u32 rcv_nxt;
	u32 fin_out;
	u32 fin_in;
	u32 client_isn;
	u32 front_isn;
	__be16 vip_port;
	u8 tries;
	unsigned long last;
	unsigned long until;
	struct back_frontend *frontend;
	struct back_accept *accept;
	union nf_inet_addr vip;
};

/* Three cache lines; a debugging kernel's locks are bigger. */
#if !defined(CONFIG_PREEMPT_RT) && !defined(CONFIG_DEBUG_SPINLOCK) && \
	!defined(CONFIG_DEBUG_LOCK_ALLOC)
static_assert(sizeof(struct back_flow) <= 192);
#endif

/**
 * back_flow_state() - a flow's state, for a reader without its lock
 * @flow: flow
 *
 * Pairs with the release in back_flow_step(): who sees BACK_FLOW_HEAD or
 * later sees the translation, too.
 *
 * Context: RCU read side.
 */
static inline u8 back_flow_state(const struct back_flow *flow)
{
	/* pairs with back_flow_step() */
	return smp_load_acquire(&flow->flow.state);
}

/**
 * back_flow_touch() - a packet passed
 * @flow: flow
 *
 * Writes only now and then: two CPUs must not fight for the cache line.
 *
 * Context: RCU read side, no lock needed.
 */
static inline void back_flow_touch(struct back_flow *flow)
{
	if (jiffies - READ_ONCE(flow->last) > HZ / 8)
		WRITE_ONCE(flow->last, jiffies);
}

/**
 * back_flow_advance() - move a sequence number forward, never back
 * @seq: of a flow
 * @to: where to
 *
 * Context: RCU read side, no lock needed: a race loses one packet's advance.
 */
static inline void back_flow_advance(u32 *seq, u32 to)
{
	if (tcp_seq_after(to, READ_ONCE(*seq)))
		WRITE_ONCE(*seq, to);
}

/**
 * back_flow_alloc() - a flow for a HANDOFF
 * @bnet: namespace
 * @frontend: whose; a reference is taken
 * @tuple: its key
 * @msg: the HANDOFF
 *
 * Context: BH off, RCU read side.
 * Return: the flow in BACK_FLOW_SYN, one reference, not in the table; or NULL.
 */
struct back_flow *back_flow_alloc(struct back_net *bnet,
				  struct back_frontend *frontend,
				  const struct handoff_tuple *tuple,
				  const struct wire_msg *msg);

/**
 * back_flow_count() - a flow came into the table: into the gauges, too
 * @bnet: namespace
 * @flow: flow, locked
 */
void back_flow_count(struct back_net *bnet, struct back_flow *flow);

/**
 * back_flow_step() - something happened to a flow
 * @bnet: namespace
 * @flow: flow, locked
 * @event: what
 *
 * Return: true if the state changed; false if the event means nothing in
 *	this state, or left it as it is, or the flow is out of the table.
 */
bool back_flow_step(struct back_net *bnet, struct back_flow *flow,
		    enum back_flow_event event);

/**
 * back_flow_end() - a flow is over without both FINs
 * @bnet: namespace
 * @flow: flow, locked, that stood; else see back_accept_end()
 * @why: enum wire_closed_why; 0 for a flow that is refused
 *
 * It is remembered for as long as copies of its messages may arrive.  The
 * caller tells the front-end after unlocking.
 *
 * Return: true if it was not over yet.
 */
bool back_flow_end(struct back_net *bnet, struct back_flow *flow,
		   u8 why);

/**
 * back_flow_lookup() - find a flow
 * @bnet: namespace
 * @tuple: its key
 *
 * Context: RCU read side.
 */
struct back_flow *back_flow_lookup(struct back_net *bnet,
				   const struct handoff_tuple *tuple);

/**
 * back_flow_release() - struct handoff_table_ops
 * @table: table
 * @flow: without references
 */
void back_flow_release(struct handoff_table *table, struct handoff_flow *flow);

/**
 * back_flow_state_name() - for show
 * @state: enum back_flow_state
 */
const char *back_flow_state_name(u8 state);

#endif /* _BTCP_BACKEND_FLOW_H */
