// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <net/tcp.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/close.h"
#include "btcp/backend/inject.h"
#include "btcp/backend/say.h"
#include "btcp/backend/sweep.h"
#include "handoff/packet.h"
#include "handoff/settings.h"

#define CLOSED_TRIES	5	/* unless the front-end acknowledged it */

/*
 * Once, some seconds after the hand-off: what we send under the VIP's address
 * may be taken for spoofed on its way.
 */
static void check_client(struct back_net *bnet, struct back_flow *flow)
{
	u32 una = READ_ONCE(flow->snd_una);
	bool first;

	spin_lock_bh(&flow->flow.lock);
	first = !(flow->flags & BACK_FLOW_CHECKED);
	WRITE_ONCE(flow->flags, flow->flags | BACK_FLOW_CHECKED);
	spin_unlock_bh(&flow->flow.lock);
	if (first && una == flow->front_isn + 1 && READ_ONCE(flow->snd_nxt) != una)
		back_count(bnet, BACK_STAT_NO_CLIENT_ACK);
}

/* Silence alone says nothing; the socket does (a WebSocket may be silent). */
static void expired_live(struct back_net *bnet, struct back_flow *flow,
			 enum handoff_timeout which)
{
	unsigned long timeout = handoff_timeout(bnet->net, which);
	unsigned long due = READ_ONCE(flow->last) + timeout;

	check_client(bnet, flow);
	/* Packets do not move @expires, only @last. */
	if (!(READ_ONCE(flow->flags) & BACK_FLOW_RST_IN) && time_before(jiffies, due)) {
		WRITE_ONCE(flow->flow.expires, due);
		return;
	}
	if (back_close_if_gone(bnet, flow))
		return;
	spin_lock_bh(&flow->flow.lock);
	if (flow->flow.state < BACK_FLOW_TIME_WAIT) {
		/* TCP did not believe that RST. */
		WRITE_ONCE(flow->flags, flow->flags & ~BACK_FLOW_RST_IN);
		WRITE_ONCE(flow->flow.expires, jiffies + timeout);
	}
	spin_unlock_bh(&flow->flow.lock);
}

static void expired_over(struct back_net *bnet, struct back_flow *flow)
{
	unsigned long now = jiffies, next;
	bool say = false;

	spin_lock_bh(&flow->flow.lock);
	if (time_after_eq(now, flow->until)) {
		if (!(flow->flags & BACK_FLOW_TOLD))
			back_count(bnet, BACK_STAT_CLOSED_UNANSWERED);
		handoff_table_remove(&bnet->table, &flow->flow);
		spin_unlock_bh(&flow->flow.lock);
		return;
	}
	next = flow->until;
	if (!(flow->flags & BACK_FLOW_TOLD) && flow->tries < CLOSED_TRIES) {
		flow->tries++;
		say = true;
		if (time_before(now + BACK_FLOW_AGAIN, next))
			next = now + BACK_FLOW_AGAIN;
	}
	WRITE_ONCE(flow->flow.expires, next);
	spin_unlock_bh(&flow->flow.lock);

	if (say)
		back_say_closed(bnet, flow);
}

void back_sweep_expired(struct handoff_table *table, struct handoff_flow *base)
{
	struct back_net *bnet = container_of(table, struct back_net, table);
	struct back_flow *flow = container_of(base, struct back_flow, flow);

	switch (back_flow_state(flow)) {
	case BACK_FLOW_SYN:
	case BACK_FLOW_HEAD:
		break;	/* they have a timer of their own */
	case BACK_FLOW_LIVE:
		expired_live(bnet, flow, HANDOFF_TIMEOUT_IDLE);
		break;
	case BACK_FLOW_CLOSING:
		expired_live(bnet, flow, HANDOFF_TIMEOUT_CLOSING);
		break;
	default:
		expired_over(bnet, flow);
	}
}

void back_sweep_kill(struct handoff_table *table, struct handoff_flow *base)
{
	struct back_net *bnet = container_of(table, struct back_net, table);
	struct back_flow *flow = container_of(base, struct back_flow, flow);
	bool nak = false, ended = false;

	spin_lock_bh(&base->lock);
	if (flow->accept && !flow->accept->handed) {
		/* TCP never had the whole head: another back-end may. */
		nak = back_accept_refuse(bnet, flow, WIRE_NAK_ADMIN);
	} else if (base->state < BACK_FLOW_TIME_WAIT) {
		ended = back_accept_end(bnet, flow, WIRE_CLOSED_ADMIN);
	}
	if (nak || ended) {
		back_count(bnet, BACK_STAT_KILLED_FLOWS);
		back_inject_rst(bnet, &base->tuple, READ_ONCE(flow->rcv_nxt));
	}
	spin_unlock_bh(&base->lock);

	if (nak)
		back_say_flow_nak(bnet, flow);
	if (!ended)
		return;
	back_close_reset_client(bnet, flow);
	back_say_closed(bnet, flow);
}

static int tell(struct handoff_flow *base, void *arg)
{
	struct back_flow *flow = container_of(base, struct back_flow, flow);
	enum back_flow_state state = back_flow_state(flow);

	if (flow->frontend->telling && state >= BACK_FLOW_LIVE && state < BACK_FLOW_TIME_WAIT)
		back_say_alive(arg, flow);
	return 0;
}

void back_sweep_tell(struct work_struct *work)
{
	struct back_net *bnet = container_of(work, struct back_net, tell);

	back_frontends_to_tell(bnet);
	handoff_table_walk(&bnet->table, tell, bnet);
}

static int kill_accept(struct handoff_flow *base, void *arg)
{
	struct back_net *bnet = arg;

	back_sweep_kill(&bnet->table, base);
	return 0;
}

void back_sweep_accepts(struct back_net *bnet)
{
	/* Missed by the drain's walk, or in their timer just now. */
	while (atomic_read(&bnet->accepts)) {
		handoff_table_walk(&bnet->table, kill_accept, bnet);
		msleep(20);
	}
}
