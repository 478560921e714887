// SPDX-License-Identifier: GPL-2.0
#include <linux/siphash.h>
#include <net/tcp.h>

#include "btcp/frontend/cookie.h"
#include "btcp/frontend/evict.h"
#include "btcp/frontend/isn.h"
#include "btcp/frontend/listen.h"
#include "btcp/frontend/service.h"
#include "btcp/frontend/stray.h"
#include "btcp/syn_cookie.h"

/* How long a cookie is good at the most, and is looked for. */
#define LIFETIME	((SYN_COOKIE_AGE_MAX + 1) * SYN_COOKIE_PERIOD)

/* Segments of a client's first flight (RFC 6928): room for more is of no use yet. */
#define FIRST_FLIGHT	10

/* What a client takes that names no MSS (RFC 9293 3.7.1). */
#define MSS_DEFAULT_V4	536
#define MSS_DEFAULT_V6	1220

static u32 period_now(void)
{
	return (u32)ktime_get_seconds() / SYN_COOKIE_PERIOD;
}

static u32 offset_of(const struct front_net *fn, const struct handoff_tuple *tuple)
{
	return siphash(tuple, sizeof(*tuple), &fn->cookie_key);
}

static u32 mac_of(const struct front_net *fn, const struct handoff_tuple *tuple,
		  u32 client_isn, u32 period, u8 options)
{
	const struct {
		struct handoff_tuple tuple;
		u32 client_isn;
		u32 period;
		u32 options;
	} all = { *tuple, client_isn, period, options };

	return siphash(&all, sizeof(all), &fn->cookie_key);
}

static u16 window_of(const struct front_profile *profile)
{
	return min_t(u32, profile->window, FIRST_FLIGHT * profile->mss);
}

/* Without timestamps there is no room for the other options. */
static void remember(struct syn_cookie *c, const struct handoff_tuple *tuple,
		     const struct tcp_options_seen *syn, const struct front_profile *profile)
{
	u8 options = front_listen_agree(syn, profile);

	memset(c, 0, sizeof(*c));
	c->mss = syn->mss ?: tuple->family == NFPROTO_IPV4 ? MSS_DEFAULT_V4 : MSS_DEFAULT_V6;
	if (!(options & WIRE_OPT_TIMESTAMP))
		return;
	c->has_ts = true;
	c->sack_ok = options & WIRE_OPT_SACK;
	c->has_wscale = options & WIRE_OPT_WSCALE;
	if (c->has_wscale) {
		c->client_wscale = syn->wscale;
		c->promised_wscale = profile->wscale;
	}
}

/* When is written once a second, so that the cache line is everybody's. */
static void note_sent(struct front_net *fn)
{
	unsigned long now = jiffies;

	front_count(fn, FRONT_STAT_COOKIES_SENT);
	if (!READ_ONCE(fn->cookies) || time_after(now, READ_ONCE(fn->cookie_sent) + HZ)) {
		WRITE_ONCE(fn->cookie_sent, now);
		WRITE_ONCE(fn->cookies, true);
	}
}

static bool any_sent(const struct front_net *fn)
{
	return READ_ONCE(fn->cookies) &&
	       time_before(jiffies, READ_ONCE(fn->cookie_sent) + (LIFETIME + 1) * HZ);
}

static void read_options(struct tcp_options_seen *seen, const struct handoff_headers *h)
{
	tcp_options_parse(seen, (const u8 *)(h->tcp + 1), h->hdrlen - sizeof(*h->tcp));
}

void front_cookie_syn(struct front_net *fn, struct front_service *service,
		      const struct handoff_headers *h)
{
	struct front_profile profile = front_service_promise(service, h->tuple.family);
	u32 client_isn = ntohl(h->tcp->seq), period = period_now(), mac;
	bool ipv6 = h->tuple.family == NFPROTO_IPV6;
	struct tcp_options_seen options = { .mss = profile.mss };
	struct handoff_segment segment = {
		.ack = client_isn + 1,
		.window = window_of(&profile),
		.flags = TCPHDR_SYN | TCPHDR_ACK,
	};
	struct tcp_options_seen syn;
	struct syn_cookie c;

	read_options(&syn, h);
	remember(&c, &h->tuple, &syn, &profile);
	mac = mac_of(fn, &h->tuple, client_isn, period, syn_cookie_options(&c));
	segment.seq = syn_cookie_isn(&c, ipv6, client_isn, offset_of(fn, &h->tuple), mac, period);
	if (c.has_ts) {
		options.has_ts = true;
		options.tsval = syn_cookie_tsval(&c, front_tsval(fn, &h->tuple));
		options.tsecr = syn.tsval;
		options.sack_ok = c.sack_ok;
		options.has_wscale = c.has_wscale;
		options.wscale = c.promised_wscale;
	}
	segment.options_len = tcp_options_build(segment.options, &options);
	note_sent(fn);
	if (handoff_packet_send(fn->net, &h->tuple, &segment))
		front_count(fn, FRONT_STAT_SENDING_FAILED);
}

static bool open_cookie(const struct front_net *fn, const struct handoff_headers *h,
			const struct tcp_options_seen *seen, struct syn_cookie *c)
{
	u32 isn = ntohl(h->tcp->ack_seq) - 1, client_isn = ntohl(h->tcp->seq) - 1;
	u32 offset = offset_of(fn, &h->tuple), period = period_now(), mac;
	bool ipv6 = h->tuple.family == NFPROTO_IPV6;
	int age;

	memset(c, 0, sizeof(*c));
	if (seen->has_ts) {
		/* An echo of nothing that we can have said. */
		if (front_tsval(fn, &h->tuple) - seen->tsecr > (LIFETIME + 1) * MSEC_PER_SEC)
			return false;
		syn_cookie_read_tsecr(c, seen->tsecr);
	}
	age = syn_cookie_age(isn, client_isn, offset, period);
	if (age < 0)
		return false;
	mac = mac_of(fn, &h->tuple, client_isn, period - age, syn_cookie_options(c));
	return syn_cookie_open(c, ipv6, isn, client_isn, offset, mac);
}

/*
 * The echo tells when the SYN/ACK was sent, a little too early.  If it was this
 * packet's sender that took its time, that is too long; what TCP believes then
 * is mended by the next sample.
 */
static u32 round_trip(const struct front_net *fn, const struct handoff_headers *h,
		      const struct tcp_options_seen *seen)
{
	u32 ms;

	if (!seen->has_ts)
		return FRONT_RTT_UNKNOWN;
	ms = front_tsval(fn, &h->tuple) - seen->tsecr;
	return clamp_t(u32, ms, 1, MSEC_PER_SEC) * USEC_PER_MSEC;
}

static void rebuild(const struct front_net *fn, struct front_handshake *syn,
		    const struct handoff_headers *h, const struct tcp_options_seen *seen,
		    const struct syn_cookie *c, const struct front_profile *profile)
{
	*syn = (struct front_handshake){
		.client_isn = ntohl(h->tcp->seq) - 1,
		/* Not before this one was sent, as far as anybody can tell. */
		.syn_tsval = seen->tsval,
		.syn_window = min_t(u32, ntohs(h->tcp->window) << c->client_wscale, U16_MAX),
		.mss = c->mss,
		.client_wscale = c->client_wscale,
		.options = (c->has_ts ? WIRE_OPT_TIMESTAMP : 0) |
			   (c->sack_ok ? WIRE_OPT_SACK : 0) |
			   (c->has_wscale ? WIRE_OPT_WSCALE : 0),
		.promised_wscale = c->promised_wscale,
		.promised_mss = profile->mss,
		.promised_window = window_of(profile),
		.front_isn = ntohl(h->tcp->ack_seq) - 1,
		.front_tsval = seen->tsecr,
		.srtt_us = round_trip(fn, h, seen),
	};
}

static struct front_flow *begin(struct front_net *fn, struct front_service *service,
				const struct handoff_headers *h,
				const struct tcp_options_seen *seen, const struct syn_cookie *c)
{
	struct front_profile profile = front_service_promise(service, h->tuple.family);
	struct front_handshake syn;

	if (READ_ONCE(fn->dying) || !front_evict_for(fn, &h->tuple))
		return ERR_PTR(-EUSERS);
	rebuild(fn, &syn, h, seen, c, &profile);
	return front_listen_open(fn, service, &h->tuple, &syn, true);
}

struct front_flow *front_cookie_flow(struct front_net *fn, struct front_service *service,
				     const struct handoff_headers *h)
{
	struct tcp_options_seen seen;
	struct front_flow *flow;
	struct syn_cookie c;

	if (!h->tcp->ack || h->tcp->syn || h->tcp->rst || !any_sent(fn))
		return ERR_PTR(-ENOENT);
	read_options(&seen, h);
	if (!open_cookie(fn, h, &seen, &c)) {
		front_count(fn, FRONT_STAT_COOKIES_FAILED);
		return ERR_PTR(-ENOENT);
	}
	flow = begin(fn, service, h, &seen, &c);
	if (!IS_ERR(flow)) {
		front_count(fn, FRONT_STAT_COOKIES_ACCEPTED);
		return flow;
	}
	/* Another CPU was faster, with another packet of the same client. */
	if (flow == ERR_PTR(-EEXIST)) {
		flow = front_flow_find(fn, &h->tuple);
		return flow ?: ERR_PTR(-EAGAIN);
	}
	/*
	 * Silence: the client sends again what it sent.  But it is not to wait
	 * for a flow, of which there will hardly be one soon, or for a service.
	 */
	front_count(fn, FRONT_STAT_COOKIES_NO_ROOM);
	if (flow == ERR_PTR(-ENOSPC) || flow == ERR_PTR(-ENOENT))
		front_stray_reset(fn, h);
	return ERR_PTR(-EAGAIN);
}
