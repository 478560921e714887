// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/admit.h"
#include "btcp/backend/close.h"
#include "btcp/backend/handoff.h"
#include "btcp/backend/inject.h"
#include "btcp/backend/replay.h"
#include "btcp/backend/say.h"

/*
 * A copy of a HANDOFF that is here, or was: answer with what stands.  Another
 * one on the tuple of a flow that is over takes its place.
 */
static u8 known(struct back_net *bnet, struct handoff_session *session,
		struct back_flow *flow, const struct wire_msg *msg, bool *answered)
{
	bool same = flow->frontend->session == session, over;
	u8 state, nak;
	u32 have;

	/* The front-end has forgotten it; if TCP has, too, the tuple is free. */
	if (!same || msg->flow.id != flow->flow.id)
		back_close_if_gone(bnet, flow);
	spin_lock_bh(&flow->flow.lock);
	state = flow->flow.state;
	have = flow->accept ? flow->accept->head.have : 0;
	nak = flow->nak;
	over = state >= BACK_FLOW_TIME_WAIT;
	if (over && (!same || msg->flow.id > flow->flow.id)) {
		handoff_table_remove(&bnet->table, &flow->flow);
		spin_unlock_bh(&flow->flow.lock);
		return 0;
	}
	spin_unlock_bh(&flow->flow.lock);

	if (!same)
		return WIRE_NAK_TUPLE;
	if (msg->flow.id != flow->flow.id)
		return over ? WIRE_NAK_OLD : WIRE_NAK_TUPLE;

	back_count(bnet, BACK_STAT_REPEATED_HANDOFFS);
	*answered = true;
	if (nak)
		back_say_flow_nak(bnet, flow);
	else if (state == BACK_FLOW_HEAD)
		back_say_ack(bnet, flow, false, have);
	else if (state != BACK_FLOW_SYN && state != BACK_FLOW_ENDED)
		back_say_ack(bnet, flow, true, 0);
	if (!nak && over)
		back_say_closed(bnet, flow);
	return 0;
}

static u8 nak_of(int err)
{
	switch (err) {
	case -ENOSPC:
		return WIRE_NAK_LIMIT;
	case -ESHUTDOWN:
		return WIRE_NAK_ADMIN;
	case -EINVAL:
		return WIRE_NAK_OPTIONS;
	case -EHOSTUNREACH:
		return WIRE_NAK_ROUTE;
	default:
		return WIRE_NAK_MEMORY;
	}
}

/* What is to be kept until the connection stands; or ERR_PTR. */
static struct back_accept *prepare(struct back_net *bnet,
				   struct back_flow *flow,
				   const struct wire_handoff *handoff)
{
	struct back_accept *accept = back_accept_alloc(flow, handoff);
	struct back_chunk *chunk;

	if (!accept)
		return ERR_PTR(-ENOMEM);
	if (!handoff->data_len)
		return accept;
	chunk = back_head_add(bnet, &accept->head, 0, handoff->data, handoff->data_len);
	if (IS_ERR(chunk)) {
		back_accept_free(bnet, accept);
		return ERR_CAST(chunk);
	}
	return accept;
}

static int start(struct back_net *bnet, struct back_flow *flow,
		 const struct wire_handoff *handoff)
{
	struct back_accept *accept;
	struct dst_entry *dst;
	int err;

	/* Without one nothing reaches TCP: better said now than by a timeout. */
	dst = back_inject_route(bnet, &flow->flow.tuple);
	if (!dst)
		return -EHOSTUNREACH;
	accept = prepare(bnet, flow, handoff);
	if (IS_ERR(accept)) {
		dst_release(dst);
		return PTR_ERR(accept);
	}

	/*
	 * Locked before others can find it, so that nobody meets it half made:
	 * the timer must be armed as long as @accept is there.
	 */
	spin_lock_bh(&flow->flow.lock);
	flow->accept = accept;
	back_replay_arm(accept);
	err = handoff_table_insert(&bnet->table, &flow->flow);
	if (err) {
		back_accept_drop(bnet, flow);
	} else {
		back_flow_count(bnet, flow);
		back_replay_syn(bnet, accept, dst);
	}
	spin_unlock_bh(&flow->flow.lock);
	dst_release(dst);
	return err;
}

/* Nothing is known of the tuple.  Return: 0, -EEXIST if that has changed. */
static int take(struct back_net *bnet, struct handoff_session *session,
		const struct handoff_tuple *tuple, const struct wire_msg *msg, u8 *nak)
{
	struct back_frontend *frontend;
	struct back_flow *flow;
	int err = -ENOMEM;

	/* Refused before: the front-end may have gone elsewhere, so again. */
	*nak = back_frontend_refused(bnet, session, msg->flow.id);
	if (*nak) {
		back_count(bnet, BACK_STAT_REPEATED_HANDOFFS);
		back_say_nak(bnet, session, &msg->flow, *nak);
		*nak = 0;
		return 0;
	}
	*nak = back_admit(bnet, session, tuple, msg, &frontend);
	if (*nak)
		return 0;
	flow = back_flow_alloc(bnet, frontend, tuple, msg);
	if (flow) {
		err = start(bnet, flow, &msg->handoff);
		handoff_flow_put(&bnet->table, &flow->flow);
	}
	if (err == -EEXIST)
		return err;
	if (err)
		*nak = nak_of(err);
	return 0;
}

void back_handoff(struct back_net *bnet, struct handoff_session *session,
		  const struct handoff_tuple *tuple, const struct wire_msg *msg)
{
	struct back_flow *flow = back_flow_lookup(bnet, tuple);
	bool answered = false;
	u8 nak = 0;

	if (flow)
		nak = known(bnet, session, flow, msg, &answered);
	/* Another CPU was faster, likely with a copy: that one will be answered. */
	if (answered || (!nak && take(bnet, session, tuple, msg, &nak) == -EEXIST))
		return;
	if (!nak)
		return;
	/* ... and what we took for a stranger's may have been its work. */
	flow = back_flow_lookup(bnet, tuple);
	if (flow && flow->flow.id == msg->flow.id && flow->frontend->session == session)
		return;
	back_frontend_refuse(bnet, session, msg->flow.id, nak);
	back_say_nak(bnet, session, &msg->flow, nak);
}

void back_handoff_head(struct back_net *bnet, struct back_flow *flow,
		       const struct wire_head *head)
{
	struct back_accept *accept;
	struct back_chunk *chunk;
	bool caught;
	u32 have;

	spin_lock_bh(&flow->flow.lock);
	accept = flow->accept;
	if (!accept) {
		spin_unlock_bh(&flow->flow.lock);
		/* It stands: the answer was lost. */
		if (back_flow_state(flow) < BACK_FLOW_ENDED)
			back_say_ack(bnet, flow, true, 0);
		return;
	}
	caught = flow->flow.state == BACK_FLOW_HEAD;
	chunk = back_head_add(bnet, &accept->head, head->offset, head->data, head->data_len);
	if (chunk == ERR_PTR(-ENOENT))
		back_count(bnet, BACK_STAT_HEAD_GAPS);
	else if (chunk == ERR_PTR(-EINVAL))
		back_count(bnet, BACK_STAT_BAD_MESSAGE);
	else if (IS_ERR(chunk))
		back_count(bnet, BACK_STAT_HEAD_NO_ROOM);
	/* Before the SYN/ACK it could not be translated: then it just waits. */
	if (!IS_ERR_OR_NULL(chunk) && caught)
		back_replay_chunk(bnet, accept, chunk);
	have = accept->head.have;
	spin_unlock_bh(&flow->flow.lock);
	if (caught)
		back_say_ack(bnet, flow, false, have);
}
