// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <linux/log2.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/tcp.h>

#include "btcp/backend/profile.h"
#include "btcp/backend/socket.h"
#include "handoff/packet.h"

/* What was seen is believed so long; an operator may turn things meanwhile. */
#define LEARNED_FOR	(60 * HZ)
/* Local addresses asked for a listener on one of them. */
#define ADDRS_MAX	64

/**
 * struct place - where a granted port's clients come in
 * @net: namespace
 * @client: somebody there: the front-end, for want of a client
 * @family: of the granted VIP
 * @port: local port, big-endian
 * @dst: the route there, held; NULL: none, or @client is of another family
 * @ifindex: its device, or 0
 */
struct place {
	struct net *net;
	union nf_inet_addr client;
	u8 family;
	__be16 port;
	struct dst_entry *dst;
	int ifindex;
};

static struct sock *listener_at(const struct place *place, const union nf_inet_addr *addr)
{
	return back_socket_listener(place->net, &place->client, addr, place->port,
				    place->family, place->ifindex);
}

static struct sock *listener_on_v4(const struct place *place, struct net_device *dev,
				   int *left)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	struct sock *sk = NULL;

	if (!in_dev)
		return NULL;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		union nf_inet_addr addr = { .ip = ifa->ifa_local };

		if (sk || --*left < 0)
			break;
		sk = listener_at(place, &addr);
	}
	return sk;
}

static struct sock *listener_on_v6(const struct place *place, struct net_device *dev,
				   int *left)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	struct sock *sk = NULL;

	if (!idev)
		return NULL;
	list_for_each_entry_rcu(ifa, &idev->addr_list, if_list) {
		union nf_inet_addr addr = { .in6 = ifa->addr };

		if (sk || --*left < 0)
			break;
		sk = listener_at(place, &addr);
	}
	return sk;
}

/*
 * On any address, or on one: which of ours the front-end will rewrite to is
 * not known before the first hand-off, and without a listener there is none.
 */
static struct sock *find_listener(const struct place *place)
{
	union nf_inet_addr any = {};
	int left = ADDRS_MAX;
	struct net_device *dev;
	struct sock *sk;

	sk = listener_at(place, &any);
	if (sk)
		return sk;
	for_each_netdev_rcu(place->net, dev) {
		if (dev->flags & IFF_LOOPBACK)
			continue;
		sk = place->family == NFPROTO_IPV4 ? listener_on_v4(place, dev, &left) :
						     listener_on_v6(place, dev, &left);
		if (sk || left < 0)
			return sk;
	}
	return NULL;
}

static u32 metric(const struct place *place, int which)
{
	return place->dst ? dst_metric(place->dst, which) : 0;
}

static u16 advertised_mss(const struct place *place, const struct sock *sk)
{
	u16 user = sk ? READ_ONCE(tcp_sk(sk)->rx_opt.user_mss) : 0;
	u32 mss;

	if (place->dst)
		mss = tcp_dst_advmss(place->dst);
	else	/* Ethernet's */
		mss = ETH_DATA_LEN - sizeof(struct tcphdr) -
		      (place->family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr));
	return min_t(u32, user ? min_t(u32, user, mss) : mss, U16_MAX);
}

/* The two halves of tcp_select_initial_window(), which 6.12 does not export. */

static u16 initial_window(struct net *net, u32 space, u32 clamp, u32 mss, u32 init)
{
	u32 window;

	space = min(space, clamp);
	if (space > mss)
		space = rounddown(space, mss);
	window = min_t(u32, space, U16_MAX);
	if (READ_ONCE(net->ipv4.sysctl_tcp_workaround_signed_windows))
		window = min_t(u32, space, MAX_TCP_WINDOW);
	return init ? min(window, init * mss) : window;
}

static u8 window_scale(struct net *net, u32 space, u32 clamp)
{
	space = max_t(u32, space, READ_ONCE(net->ipv4.sysctl_tcp_rmem[2]));
	space = max_t(u32, space, READ_ONCE(sysctl_rmem_max));
	space = min(space, clamp);
	return space ? clamp_t(int, ilog2(space) - 15, 0, TCP_WSCALE_MAX) : 0;
}

/* As tcp_openreq_init_rwin() does for a SYN to this listener. */
static void fill_window(const struct place *place, const struct sock *sk,
			struct wire_server *server)
{
	u32 space = max(tcp_full_space(sk), 0), init = metric(place, RTAX_INITRWND);
	u32 clamp = READ_ONCE(tcp_sk(sk)->window_clamp) ?: metric(place, RTAX_WINDOW);
	u32 mss = max_t(u32, server->mss, TCP_MIN_MSS), shorter;

	/* The application has set its buffer: no more will be had. */
	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK && (!clamp || clamp > space))
		clamp = space;
	if (!clamp)
		clamp = U16_MAX << TCP_WSCALE_MAX;
	space = max(space, init * mss);
	/* Whole segments: with and without timestamps that differs. */
	shorter = mss - TCPOLEN_TSTAMP_ALIGNED;
	server->window = min(initial_window(place->net, space, clamp, mss, init),
			     initial_window(place->net, space, clamp, shorter, init));
	server->wscale = window_scale(place->net, space, clamp);
}

static void fill_settings(struct net *net, struct wire_server *server)
{
	if (READ_ONCE(net->ipv4.sysctl_tcp_sack))
		server->options |= WIRE_OPT_SACK;
	if (READ_ONCE(net->ipv4.sysctl_tcp_timestamps))
		server->options |= WIRE_OPT_TIMESTAMP;
	if (READ_ONCE(net->ipv4.sysctl_tcp_window_scaling))
		server->options |= WIRE_OPT_WSCALE;
	else
		server->wscale = 0;
}

static void fill_learned(struct back_grant *grant, struct wire_server *server)
{
	struct back_learned learned;

	spin_lock_bh(&grant->lock);
	learned = grant->learned;
	spin_unlock_bh(&grant->lock);
	if (!learned.valid || time_after(jiffies, learned.at + LEARNED_FOR))
		return;
	server->options &= ~(learned.offered & ~learned.options);
	server->window = min(server->window, learned.window);
	if (learned.options & WIRE_OPT_WSCALE)
		server->wscale = learned.wscale;
	if (learned.mss)
		server->mss = min(server->mss, learned.mss);
}

static void fill_server(struct back_net *bnet, struct back_frontend *frontend,
			struct back_grant *grant, struct wire_server *server)
{
	struct place place = {
		.net = bnet->net,
		.family = grant->vip.family,
		.port = grant->local_port,
	};
	struct sock *sk;

	if (frontend->family == place.family) {
		place.client = frontend->addr;
		place.dst = handoff_route(bnet->net, place.family, &place.client, NULL);
	}
	if (place.dst)
		place.ifindex = place.dst->dev->ifindex;

	sk = find_listener(&place);
	server->listening = sk;
	server->mss = advertised_mss(&place, sk);
	if (sk) {
		server->backlog = READ_ONCE(sk->sk_ack_backlog);
		server->backlog_max = READ_ONCE(sk->sk_max_ack_backlog);
		/* TCP's own, or that of the control group of who listens. */
		server->pressure = tcp_under_memory_pressure(sk);
		fill_window(&place, sk, server);
	}
	fill_settings(bnet->net, server);
	fill_learned(grant, server);
	dst_release(place.dst);
}

/* Several VIPs may end on one port. */
static bool told(const struct wire_heartbeat *heartbeat, u16 port, bool ipv6)
{
	unsigned int i;

	for (i = 0; i < heartbeat->count; i++)
		if (heartbeat->server[i].port == port && heartbeat->server[i].ipv6 == ipv6)
			return true;
	return false;
}

static void fill_frontend(struct back_net *bnet, struct back_frontend *frontend,
			  struct wire_heartbeat *heartbeat)
{
	struct back_grants *grants = rcu_dereference(frontend->grants);
	unsigned int i;

	for (i = 0; grants && i < grants->count; i++) {
		struct back_grant *grant = &grants->grant[i];
		bool ipv6 = grant->vip.family == NFPROTO_IPV6;
		u16 port = ntohs(grant->local_port);
		struct wire_server *server;

		if (told(heartbeat, port, ipv6))
			continue;
		/* More are refused, but may seem to be there while they change. */
		if (heartbeat->count == WIRE_SERVERS_MAX)
			return;
		server = &heartbeat->server[heartbeat->count++];
		memset(server, 0, sizeof(*server));
		server->port = port;
		server->ipv6 = ipv6;
		fill_server(bnet, frontend, grant, server);
	}
}

void back_profile_fill(struct net *net, struct handoff_session *session,
		       struct wire_heartbeat *heartbeat)
{
	struct back_net *bnet = back_net(net);
	struct back_frontend *frontend;

	heartbeat->active_flows = handoff_stats_read(&bnet->stats, BACK_STAT_ACTIVE_FLOWS);
	heartbeat->going = READ_ONCE(bnet->going);
	heartbeat->yours = 0;
	heartbeat->count = 0;
	list_for_each_entry_rcu(frontend, &bnet->frontends, list) {
		if (frontend->session != session)
			continue;
		heartbeat->yours += handoff_stats_read(&frontend->stats,
						       BACK_FRONTEND_STAT_ACTIVE_FLOWS);
		fill_frontend(bnet, frontend, heartbeat);
	}
}

void back_profile_tell(struct back_frontend *frontend)
{
	struct net *net = frontend->bnet->net;
	struct wire_msg *msg;

	lockdep_assert_held(&frontend->bnet->config);
	msg = kzalloc(sizeof(*msg), GFP_KERNEL);
	if (!msg)
		return;
	msg->type = WIRE_HEARTBEAT;
	local_bh_disable();
	rcu_read_lock();
	back_profile_fill(net, frontend->session, &msg->heartbeat);
	handoff_session_send(frontend->session, msg);
	rcu_read_unlock();
	local_bh_enable();
	kfree(msg);
}

void back_profile_tell_all(struct back_net *bnet)
{
	struct back_frontend *frontend;

	list_for_each_entry(frontend, &bnet->frontends, list)
		back_profile_tell(frontend);
}

void back_profile_learn(struct back_net *bnet, struct back_flow *flow,
			u8 offered, const struct tcp_options_seen *seen, u16 window)
{
	const struct handoff_endpoint vip = {
		.addr = flow->vip,
		.port = flow->vip_port,
		.family = flow->flow.tuple.family,
	};
	const struct back_learned learned = {
		.at = jiffies,
		.valid = true,
		.offered = offered,
		.options = (seen->sack_ok ? WIRE_OPT_SACK : 0) |
			   (seen->has_ts ? WIRE_OPT_TIMESTAMP : 0) |
			   (seen->has_wscale ? WIRE_OPT_WSCALE : 0),
		.wscale = seen->wscale,
		.window = window,
		.mss = seen->mss,
	};
	struct back_grant *grant;

	if (!back_frontend_granted(bnet, flow->frontend->session, &vip, &grant))
		return;
	spin_lock_bh(&grant->lock);
	grant->learned = learned;
	spin_unlock_bh(&grant->lock);
}
