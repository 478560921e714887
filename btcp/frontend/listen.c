// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/frontend/isn.h"
#include "btcp/frontend/listen.h"
#include "btcp/frontend/service.h"
#include "handoff/settings.h"

/* One less than Linux: half a minute of a client that is gone is enough. */
#define SYNACK_RETRIES	4

static void send_synack(struct front_opening *o)
{
	front_opening_send(o, 0, 0, TCPHDR_SYN | TCPHDR_ACK, NULL, 0);
}

static unsigned long retransmit_delay(const struct front_opening *o)
{
	return handoff_timeout(o->fn->net, HANDOFF_TIMEOUT_SYNACK) << o->retries;
}

void front_listen_again(struct front_opening *o)
{
	o->resent = true;
	front_count(o->fn, FRONT_STAT_SYNACK_RETRANSMITS);
	send_synack(o);
}

/* The ACK did not come. */
static void timeout(struct front_opening *o)
{
	if (o->retries++ >= SYNACK_RETRIES) {
		/* Nothing was promised that an RST would have to take back. */
		front_count(o->fn, FRONT_STAT_HANDSHAKE_TIMEOUT);
		front_opening_end(o);
		return;
	}
	front_listen_again(o);
	front_opening_arm(o, retransmit_delay(o), timeout);
}

/* What to promise: what the client offers and every back-end agrees to. */
static void promise(struct front_opening *o, const struct tcp_options_seen *syn,
		    const struct front_profile *profile)
{
	if (syn->sack_ok)
		o->options |= WIRE_OPT_SACK;
	if (syn->has_ts)
		o->options |= WIRE_OPT_TIMESTAMP;
	if (syn->has_wscale)
		o->options |= WIRE_OPT_WSCALE;
	o->options &= profile->options;
	if (o->options & WIRE_OPT_WSCALE) {
		o->client_wscale = syn->wscale;
		o->promised_wscale = profile->wscale;
	}
	o->promised_mss = profile->mss;
	o->promised_window = profile->window;
}

static void store_syn(struct front_opening *o, const struct handoff_headers *h,
		      const struct front_profile *profile)
{
	struct tcp_options_seen syn;

	tcp_options_parse(&syn, (const u8 *)(h->tcp + 1), h->hdrlen - sizeof(*h->tcp));
	o->client_isn = ntohl(h->tcp->seq);
	o->syn_window = ntohs(h->tcp->window);
	o->mss = syn.mss;
	o->syn_tsval = syn.tsval;
	o->ts_recent = syn.tsval;
	promise(o, &syn, profile);
	o->front_isn = front_isn(o->fn, &h->tuple);
	o->front_tsval = front_tsval(o->fn, &h->tuple);
	o->synack_ns = ktime_get_ns();
}

static struct front_flow *new_flow(struct front_net *fn,
				   struct front_service *service,
				   const struct handoff_tuple *tuple)
{
	struct handoff_flow *flow = handoff_flow_alloc(&fn->table, tuple, 0);

	if (!flow)
		return NULL;
	flow->state = FRONT_FLOW_SYN_RECV;
	front_flow_of(flow)->service = service;
	front_flow_of(flow)->born = jiffies;
	front_flow_of(flow)->seen = jiffies;
	return front_flow_of(flow);
}

static void count_refusal(struct front_net *fn, int err)
{
	switch (err) {
	case -ENOSPC:
		front_count(fn, FRONT_STAT_SYN_FLOWS);
		break;
	case -EEXIST:
		/* Another CPU was faster with it. */
		front_count(fn, FRONT_STAT_SYN_TWICE);
		break;
	case -ESHUTDOWN:
		front_count(fn, FRONT_STAT_SYN_GOING);
		break;
	default:
		front_count(fn, FRONT_STAT_SYN_MEMORY);
		break;
	}
}

static void begin(struct front_net *fn, struct front_flow *flow,
		  const struct handoff_headers *h, const struct front_profile *profile)
{
	struct front_opening *o = front_opening_alloc(fn, flow);
	int err;

	if (!o) {
		front_count(fn, FRONT_STAT_SYN_MEMORY);
		return;
	}
	store_syn(o, h, profile);

	/* From the insertion on others find the flow: they wait for the lock. */
	spin_lock_bh(&flow->flow.lock);
	err = handoff_table_insert(&fn->table, &flow->flow);
	if (err) {
		count_refusal(fn, err);
		front_opening_detach(o);
	} else {
		front_flow_count(fn, flow);
		send_synack(o);
		front_opening_arm(o, retransmit_delay(o), timeout);
	}
	spin_unlock_bh(&flow->flow.lock);
}

void front_listen_syn(struct front_net *fn, struct front_service *service,
		      const struct handoff_headers *h)
{
	struct front_profile profile;
	struct front_flow *flow;
	int full;

	if (READ_ONCE(fn->dying)) {
		front_count(fn, FRONT_STAT_SYN_GOING);
		return;
	}
	if (READ_ONCE(service->admin) != BTCP_ADMIN_UP) {
		front_count(fn, FRONT_STAT_SYN_DRAINING);
		return;
	}
	full = front_opening_admit(fn, &h->tuple);
	if (full >= 0) {
		front_count(fn, full);
		return;
	}
	/* Without a back-end the client is to hear 503, not silence. */
	profile = front_service_promise(service, h->tuple.family);
	if (!profile.listening)
		front_count(fn, FRONT_STAT_SYN_NO_BACKEND);

	/* Deleted this moment. */
	if (!front_service_get(service)) {
		front_count(fn, FRONT_STAT_SYN_DRAINING);
		return;
	}
	flow = new_flow(fn, service, &h->tuple);
	if (!flow) {
		front_count(fn, FRONT_STAT_SYN_MEMORY);
		front_service_put(fn, service);
		return;
	}
	begin(fn, flow, h, &profile);
	handoff_flow_put(&fn->table, &flow->flow);
}
