// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/frontend/isn.h"
#include "btcp/frontend/listen.h"
#include "btcp/frontend/proto.h"
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

u8 front_listen_agree(const struct tcp_options_seen *syn, const struct front_profile *profile)
{
	return ((syn->sack_ok ? WIRE_OPT_SACK : 0) | (syn->has_ts ? WIRE_OPT_TIMESTAMP : 0) |
		(syn->has_wscale ? WIRE_OPT_WSCALE : 0)) & profile->options;
}

static void read_syn(const struct front_net *fn, struct front_handshake *syn,
		     const struct handoff_headers *h, const struct front_profile *profile)
{
	struct tcp_options_seen seen;

	tcp_options_parse(&seen, (const u8 *)(h->tcp + 1), h->hdrlen - sizeof(*h->tcp));
	*syn = (struct front_handshake){
		.client_isn = ntohl(h->tcp->seq),
		.syn_tsval = seen.tsval,
		.syn_window = ntohs(h->tcp->window),
		.mss = seen.mss,
		.options = front_listen_agree(&seen, profile),
		.promised_mss = profile->mss,
		.promised_window = profile->window,
		.front_isn = front_isn(fn, &h->tuple),
		.front_tsval = front_tsval(fn, &h->tuple),
	};
	if (syn->options & WIRE_OPT_WSCALE) {
		syn->client_wscale = seen.wscale;
		syn->promised_wscale = profile->wscale;
	}
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

/* From the insertion on others find the flow; they wait for its lock. */
static int begin(struct front_net *fn, struct front_flow *flow,
		 const struct front_handshake *syn, bool proven)
{
	struct front_opening *o;
	int err;

	lockdep_assert_held(&flow->flow.lock);
	o = front_opening_alloc(fn, flow, proven);
	if (IS_ERR(o))
		return PTR_ERR(o);
	o->syn = *syn;
	o->synack_ns = ktime_get_ns();
	o->proto = front_proto_of(READ_ONCE(flow->service->set.proto));
	if (o->proto->init)
		o->proto->init(o);
	o->resent = proven;
	o->ts_recent = syn->syn_tsval;
	err = handoff_table_insert(&fn->table, &flow->flow);
	if (err) {
		front_opening_detach(o);
		return err;
	}
	front_flow_count(fn, flow);
	if (!proven)
		send_synack(o);
	front_opening_arm(o, retransmit_delay(o), timeout);
	return 0;
}

struct front_flow *front_listen_open(struct front_net *fn, struct front_service *service,
				     const struct handoff_tuple *tuple,
				     const struct front_handshake *syn, bool proven)
{
	struct front_flow *flow;
	int err;

	/* Deleted this moment. */
	if (!front_service_get(service))
		return ERR_PTR(-ENOENT);
	flow = new_flow(fn, service, tuple);
	if (!flow) {
		front_service_put(fn, service);
		return ERR_PTR(-ENOMEM);
	}
	spin_lock_bh(&flow->flow.lock);
	err = begin(fn, flow, syn, proven);
	spin_unlock_bh(&flow->flow.lock);
	handoff_flow_put(&fn->table, &flow->flow);
	return err ? ERR_PTR(err) : flow;
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
	case -ENOENT:
		front_count(fn, FRONT_STAT_SYN_DRAINING);
		break;
	case -ESHUTDOWN:
		front_count(fn, FRONT_STAT_SYN_GOING);
		break;
	default:
		front_count(fn, FRONT_STAT_SYN_MEMORY);
		break;
	}
}

/* A service that takes nothing new, or no flow for it: a cookie would not help. */
static bool refused(struct front_net *fn, const struct front_service *service)
{
	if (READ_ONCE(fn->dying))
		front_count(fn, FRONT_STAT_SYN_GOING);
	else if (READ_ONCE(service->set.admin) != BTCP_ADMIN_UP)
		front_count(fn, FRONT_STAT_SYN_DRAINING);
	else if (atomic_read(&fn->table.count) >= handoff_limit(fn->net, HANDOFF_LIMIT_FLOWS))
		front_count(fn, FRONT_STAT_SYN_FLOWS);
	else
		return false;
	return true;
}

bool front_listen_syn(struct front_net *fn, struct front_service *service,
		      const struct handoff_headers *h)
{
	struct front_handshake syn;
	struct front_profile profile;
	struct front_flow *flow;

	if (refused(fn, service))
		return true;
	/* Without a back-end the client is to hear 503, not silence. */
	profile = front_service_promise(service, h->tuple.family);
	if (!profile.listening)
		front_count(fn, FRONT_STAT_SYN_NO_BACKEND);
	if (front_backlog_full(fn, &h->tuple))
		return false;
	read_syn(fn, &syn, h, &profile);
	flow = front_listen_open(fn, service, &h->tuple, &syn, false);
	if (flow == ERR_PTR(-EUSERS))
		return false;
	if (IS_ERR(flow))
		count_refusal(fn, PTR_ERR(flow));
	return true;
}
