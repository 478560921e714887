// SPDX-License-Identifier: GPL-2.0
/*
 * Out: the route, the path's MTU, and UDP.
 *
 * The source port carries a flow's entropy so that network cards and routers
 * can spread the load, but only a few bits of it: each port is an entry in
 * the connection tracking of every firewall on the way.
 */
#include <linux/jhash.h>
#include <linux/pkt_sched.h>
#include <linux/socket.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "handoff/datagram.h"
#include "handoff/session_priv.h"

#define SOURCE_PORTS	128
#define HEADROOM	(LL_MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr))

struct sk_buff *datagram_alloc(u32 len)
{
	struct sk_buff *skb = alloc_skb(HEADROOM + len, GFP_ATOMIC | __GFP_NOWARN);

	if (skb)
		skb_reserve(skb, HEADROOM);
	return skb;
}

static __be16 source_port(struct net *net, u32 hash)
{
	int low, high;

	inet_get_local_port_range(net, &low, &high);
	high = min(high, low + SOURCE_PORTS - 1);
	return htons(low + reciprocal_scale(jhash_1word(hash, 0), high - low + 1));
}

static struct dst_entry *lookup_v4(struct handoff_session *session, struct sock *sk,
				   union nf_inet_addr *local)
{
	struct flowi4 fl = {
		.saddr = local->ip,
		.daddr = session->peer.addr.ip,
		.fl4_dport = session->peer.port,
		.fl4_sport = inet_sk(sk)->inet_sport,
		.flowi4_proto = IPPROTO_UDP,
	};
	struct rtable *rt = ip_route_output_flow(session->net, &fl, sk);

	if (IS_ERR(rt))
		return ERR_CAST(rt);
	local->ip = fl.saddr;
	return &rt->dst;
}

static struct dst_entry *lookup_v6(struct handoff_session *session, struct sock *sk,
				   union nf_inet_addr *local)
{
	struct flowi6 fl = {
		.saddr = local->in6,
		.daddr = session->peer.addr.in6,
		.fl6_dport = session->peer.port,
		.fl6_sport = inet_sk(sk)->inet_sport,
		.flowi6_proto = IPPROTO_UDP,
	};
	struct dst_entry *dst;

	dst = ipv6_stub->ipv6_dst_lookup_flow(session->net, sk, &fl, NULL);
	if (!IS_ERR(dst))
		local->in6 = fl.saddr;
	return dst;
}

/*
 * A held route from @local, or, if that is zero, from what the route prefers,
 * which @local then is.  What is cached is for one source only, which changes
 * with the keys: another one is looked up anew.
 */
static struct dst_entry *route(struct handoff_session *session, struct sock *sk,
			       union nf_inet_addr *local)
{
	union nf_inet_addr cached = {};
	struct dst_entry *dst;

	if (session_v6(session)) {
		dst = dst_cache_get_ip6(&session->cache, &cached.in6);
	} else {
		struct rtable *rt = dst_cache_get_ip4(&session->cache, &cached.ip);

		dst = rt ? &rt->dst : NULL;
	}
	if (dst && nf_inet_addr_cmp(&cached, local))
		return dst;
	dst_release(dst);

	if (session_v6(session))
		dst = lookup_v6(session, sk, local);
	else
		dst = lookup_v4(session, sk, local);
	if (IS_ERR(dst))
		return dst;
	if (session_v6(session))
		dst_cache_set_ip6(&session->cache, dst, &local->in6);
	else
		dst_cache_set_ip4(&session->cache, dst, local->ip);
	return dst;
}

/* The socket lives as long as the RCU read side. */
static struct sock *session_sock(struct handoff_session *session)
{
	struct socket *sock;

	sock = rcu_dereference(session->control->sock[session_family(session)]);
	return sock ? sock->sk : NULL;
}

int datagram_source(struct handoff_session *session, union nf_inet_addr *local)
{
	struct handoff_endpoint own;
	struct dst_entry *dst;
	struct sock *sk;
	int err = -ENOTCONN;

	handoff_control_get(session->net, &own);
	memset(local, 0, sizeof(*local));
	if (own.family == session->peer.family) {
		*local = own.addr;
		return 0;
	}

	local_bh_disable();
	rcu_read_lock();
	sk = session_sock(session);
	if (sk) {
		dst = session_v6(session) ? lookup_v6(session, sk, local) :
					    lookup_v4(session, sk, local);
		err = PTR_ERR_OR_ZERO(dst);
		if (!err)
			dst_release(dst);
	}
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

void datagram_refresh_mtu(struct handoff_session *session)
{
	struct handoff_keypair *kp = rcu_dereference(session->keys[KEYS_CURRENT]);
	struct sock *sk = session_sock(session);
	union nf_inet_addr local;
	struct dst_entry *dst;

	lockdep_assert_in_softirq();
	if (!sk || !kp)
		return;
	local = kp->local;
	dst = route(session, sk, &local);
	if (IS_ERR(dst))
		return;
	WRITE_ONCE(session->dst_mtu, dst_mtu(dst));
	dst_release(dst);
}

int datagram_send(struct handoff_session *session, struct sk_buff *skb,
		  const union nf_inet_addr *local, u32 hash)
{
	__be16 port = source_port(session->net, hash);
	struct sock *sk = session_sock(session);
	union nf_inet_addr source = *local;
	struct dst_entry *dst;
	u32 len = skb->len + session_overhead(session) - SEAL_OVERHEAD;

	/* dst_cache is per CPU; and sending walks hooks that take other locks. */
	lockdep_assert_in_softirq();
	lockdep_assert_not_held(&session->lock);
	if (!sk) {
		kfree_skb(skb);
		return -ESHUTDOWN;
	}
	dst = route(session, sk, &source);
	if (IS_ERR(dst)) {
		control_count(session->control, CONTROL_TX_NOROUTE);
		kfree_skb(skb);
		return PTR_ERR(dst);
	}
	WRITE_ONCE(session->dst_mtu, dst_mtu(dst));
	/* IP would fragment it, or drop it without telling us. */
	if (len > dst_mtu(dst)) {
		control_count(session->control, CONTROL_TX_TOOBIG);
		dst_release(dst);
		kfree_skb(skb);
		return -EMSGSIZE;
	}

	skb->priority = TC_PRIO_CONTROL;
	control_count(session->control, CONTROL_TX);
	if (session_v6(session))
		udp_tunnel6_xmit_skb(dst, sk, skb, NULL, &source.in6,
				     &session->peer.addr.in6, 0,
				     ip6_dst_hoplimit(dst), 0, port,
				     session->peer.port, false);
	else
		udp_tunnel_xmit_skb(container_of(dst, struct rtable, dst), sk, skb, source.ip,
				    session->peer.addr.ip, 0, ip4_dst_hoplimit(dst),
				    htons(IP_DF), port, session->peer.port,
				    false, false);
	return 0;
}
