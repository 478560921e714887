// SPDX-License-Identifier: GPL-2.0
/*
 * In: the sockets of a namespace, and what arrives by them, up to the session
 * it is for.
 */
#include <linux/icmp.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/udp.h>
#include <net/udp_tunnel.h>

#include "handoff/net.h"
#include "handoff/session_priv.h"
#include "include/uapi/linux/btcp.h"

#define C(name, help) { name, help, false }

static const struct handoff_counter counters[__CONTROL_STAT_MAX] = {
	[CONTROL_RX] = C("control_rx",
		"authentic datagrams received"),
	[CONTROL_TX] = C("control_tx",
		"datagrams sent"),
	[CONTROL_SESSIONS] = { "control_sessions", "sessions with other hosts", true },
	[CONTROL_HANDSHAKES] = C("control_handshakes",
		"keys agreed on with a peer"),
	[CONTROL_RX_SHORT] = C("control_rx_short",
		"too short to be one of ours"),
	[CONTROL_RX_LONG] = C("control_rx_long",
		"longer than any of ours"),
	[CONTROL_RX_VERSION] = C("control_rx_version",
		"of another protocol, or another version of it"),
	[CONTROL_RX_TYPE] = C("control_rx_type",
		"of no known kind, or of the wrong length for it"),
	[CONTROL_RX_INDEX] = C("control_rx_index",
		"for keys that this host does not have (any more)"),
	[CONTROL_RX_AUTH] = C("control_rx_auth",
		"forged or damaged: not sealed with the key it names"),
	[CONTROL_RX_REPLAY] = C("control_rx_replay",
		"authentic, but seen before or too late"),
	[CONTROL_RX_EXPIRED] = C("control_rx_expired",
		"for keys that are too old"),
	[CONTROL_RX_SOURCE] = C("control_rx_source",
		"authentic, but from an address that is not the peer's"),
	[CONTROL_RX_MALFORMED] = C("control_rx_malformed",
		"authentic, but no message can be read in it"),
	[CONTROL_RX_UNKNOWN] = C("control_rx_unknown",
		"messages of a kind this version does not know"),
	[CONTROL_RX_NOROLE] = C("control_rx_norole",
		"messages for a role whose module is not loaded"),
	[CONTROL_RX_NESTED] = C("control_rx_nested",
		"came while another was being received on this CPU"),
	[CONTROL_INIT_PEER] = C("control_init_peer",
		"key exchanges begun by an address that is no front-end of this host"),
	[CONTROL_INIT_PSK] = C("control_init_psk",
		"key exchanges with another key, or between other addresses or ports"),
	[CONTROL_INIT_REPLAY] = C("control_init_replay",
		"key exchanges seen before, or older than the last"),
	[CONTROL_INIT_RATELIMITED] = C("control_init_ratelimited",
		"key exchanges that came too soon after the last"),
	[CONTROL_RESPONSE_AUTH] = C("control_response_auth",
		"answers to a key exchange that were forged, or not to ours"),
	[CONTROL_ICMP] = C("control_icmp",
		"ICMP errors about our datagrams, believed"),
	[CONTROL_ICMP_IGNORED] = C("control_icmp_ignored",
		"ICMP errors that quote nothing we could have sent"),
	[CONTROL_TX_NOKEY] = C("control_tx_nokey",
		"not sent: no key agreed on with the peer"),
	[CONTROL_TX_NOMEM] = C("control_tx_nomem",
		"not sent: no memory"),
	[CONTROL_TX_NOROUTE] = C("control_tx_noroute",
		"not sent: no route from our address to the peer"),
	[CONTROL_TX_TOOBIG] = C("control_tx_toobig",
		"not sent: bigger than the path's MTU"),
	[CONTROL_TX_INVALID] = C("control_tx_invalid",
		"not sent: not a valid message, which is a fault of this module"),
};

/*
 * Where a datagram is opened, since the skb may be shared with a packet
 * socket.  One a CPU, used with BH off, which on every kernel keeps all other
 * BH-off users of this CPU out, the real-time one included.  @busy is for the
 * one case left: a receive within a receive.
 */
struct scratch {
	bool busy;
	struct wire_msg msg;
	u8 bytes[PMTU_MAX];
};

static struct scratch __percpu *scratch;
struct workqueue_struct *handoff_control_wq;

struct hlist_head *control_peer_bucket(struct handoff_control *control,
				       const union nf_inet_addr *addr)
{
	u32 hash = jhash2(addr->all, ARRAY_SIZE(addr->all), control->seed);

	return &control->by_peer[hash_min(hash, HASH_BITS(control->by_peer))];
}

/* RCU read side */
static struct handoff_session *find_by_index(struct handoff_control *control, u32 index)
{
	struct handoff_session *session;
	u32 id = index >> INDEX_BITS;

	hash_for_each_possible_rcu(control->by_id, session, by_id, id)
		if (session->id == id)
			return session;
	return NULL;
}

static void packet_of(struct sk_buff *skb, struct control_packet *packet)
{
	memset(packet, 0, sizeof(*packet));
	packet->port = udp_hdr(skb)->dest;
	if (skb->protocol == htons(ETH_P_IP)) {
		packet->family = NFPROTO_IPV4;
		packet->source.ip = ip_hdr(skb)->saddr;
		packet->local.ip = ip_hdr(skb)->daddr;
	} else {
		packet->family = NFPROTO_IPV6;
		packet->source.in6 = ipv6_hdr(skb)->saddr;
		packet->local.in6 = ipv6_hdr(skb)->daddr;
	}
}

/*
 * @offset is that of our header in @skb.  Header and handshakes are read from
 * a copy on the stack, DATA from where it lies if that is in one piece.
 */
static void receive(struct handoff_control *control, struct sk_buff *skb, u32 offset)
{
	u8 buf[HANDSHAKE_RESPONSE_LEN];
	u32 len = skb->len - offset;
	struct handoff_session *session;
	struct control_packet packet;
	struct seal_header header;
	struct scratch *s;
	const u8 *sealed;

	if (skb->len < offset + SEAL_OVERHEAD ||
	    skb_copy_bits(skb, offset, buf, SEAL_HEADER_LEN)) {
		control_count(control, CONTROL_RX_SHORT);
		return;
	}
	seal_header_read(buf, &header);
	if (header.version != SEAL_VERSION || header.reserved) {
		control_count(control, CONTROL_RX_VERSION);
		return;
	}
	packet_of(skb, &packet);

	switch (header.type) {
	case SEAL_INIT:
		if (len != HANDSHAKE_INIT_LEN || header.index || header.counter ||
		    skb_copy_bits(skb, offset, buf, len))
			break;
		handshake_receive_init(control, &packet, buf + SEAL_HEADER_LEN);
		return;
	case SEAL_RESPONSE:
		if (len != HANDSHAKE_RESPONSE_LEN || header.counter ||
		    skb_copy_bits(skb, offset, buf, len))
			break;
		session = find_by_index(control, header.index);
		if (session)
			handshake_receive_response(session, &packet, header.index, buf);
		else
			control_count(control, CONTROL_RX_INDEX);
		return;
	case SEAL_DATA:
		session = find_by_index(control, header.index);
		if (!session) {
			control_count(control, CONTROL_RX_INDEX);
			return;
		}
		len -= SEAL_HEADER_LEN;
		if (len > sizeof(s->bytes)) {
			control_count(control, CONTROL_RX_LONG);
			return;
		}
		s = this_cpu_ptr(scratch);
		if (s->busy) {
			control_count(control, CONTROL_RX_NESTED);
			return;
		}
		s->busy = true;
		sealed = skb_header_pointer(skb, offset + SEAL_HEADER_LEN, len, s->bytes);
		if (sealed)
			session_receive(session, &packet, buf, header.index, sealed,
					len, s->bytes, &s->msg);
		s->busy = false;
		return;
	}
	control_count(control, CONTROL_RX_TYPE);
}

/* skb->data is at the UDP header, whose checksum was verified. */
static int encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct handoff_control *control;

	local_bh_disable();
	rcu_read_lock();
	control = rcu_dereference_sk_user_data(sk);
	if (control)
		receive(control, skb, sizeof(struct udphdr));
	rcu_read_unlock();
	local_bh_enable();
	consume_skb(skb);
	return 0;
}

/* Did we send DATA with this index to this address? */
static bool quotes_ours(struct handoff_control *control,
			const union nf_inet_addr *addr, u32 index)
{
	struct handoff_session *session;
	unsigned int i;

	hlist_for_each_entry_rcu(session, control_peer_bucket(control, addr), by_peer) {
		if (!nf_inet_addr_cmp(&session->peer.addr, addr))
			continue;
		for (i = 0; i < __KEYS_MAX; i++) {
			struct handoff_keypair *kp = rcu_dereference(session->keys[i]);

			if (kp && kp->remote_index == index)
				return true;
		}
	}
	return false;
}

/*
 * An ICMP error quotes a packet of ours: is it one?  Only then it may lower
 * the route's MTU.  Its index is what someone off the path cannot know; ICMP
 * that quotes too little of it is not needed, since the probes find out.
 *
 * The network header is at the quoted IP header, the transport header at UDP.
 */
static int encap_err_lookup(struct sock *sk, struct sk_buff *skb)
{
	struct handoff_control *control;
	union nf_inet_addr addr = {};
	u8 buf[SEAL_HEADER_LEN];
	struct seal_header header;
	const u8 *at;
	int err = -ENOENT;

	rcu_read_lock();
	control = rcu_dereference_sk_user_data(sk);
	if (!control)
		goto out;
	if (sk->sk_family == AF_INET)
		addr.ip = ip_hdr(skb)->daddr;
	else
		addr.in6 = ipv6_hdr(skb)->daddr;
	at = skb_header_pointer(skb, skb_transport_offset(skb) + sizeof(struct udphdr),
				sizeof(buf), buf);
	if (at) {
		seal_header_read(at, &header);
		if (header.type == SEAL_DATA && header.version == SEAL_VERSION &&
		    quotes_ours(control, &addr, header.index))
			err = 0;
	}
	control_count(control, err ? CONTROL_ICMP_IGNORED : CONTROL_ICMP);
out:
	rcu_read_unlock();
	return err;
}

static struct socket *open_socket(struct handoff_control *control, u8 family,
				  struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = control,
		.encap_type = 1,
		.encap_rcv = encap_rcv,
		.encap_err_lookup = encap_err_lookup,
	};
	struct udp_port_cfg cfg = {
		.family = family == NFPROTO_IPV6 ? AF_INET6 : AF_INET,
		.use_udp_checksums = true,
		.use_udp6_tx_checksums = true,
		.use_udp6_rx_checksums = true,
		.ipv6_v6only = true,
	};
	struct handoff_endpoint local;
	struct socket *sock;
	int err;

	handoff_control_get(control->net, &local);
	cfg.local_udp_port = local.port;
	if (local.family == NFPROTO_IPV6 && family == NFPROTO_IPV6)
		cfg.local_ip6 = local.addr.in6;
	else if (local.family == family)
		cfg.local_ip = local.addr.in;

	err = udp_sock_create(control->net, &cfg, &sock);
	if (err) {
		if (err == -EADDRINUSE)
			NL_SET_ERR_MSG(extack,
				       "control channel: the port is in use by another program");
		else if (err == -EADDRNOTAVAIL)
			NL_SET_ERR_MSG(extack,
				       "control channel: the address is not one of this host");
		else
			NL_SET_ERR_MSG(extack, "control channel: the socket cannot be opened");
		return ERR_PTR(err);
	}
	setup_udp_tunnel_sock(control->net, sock, &tunnel);
	return sock;
}

/* Waits for all who have the socket, or what it leads to, in hand. */
static void close_socket(struct handoff_control *control, unsigned int i)
{
	struct socket *sock = rcu_dereference_protected(control->sock[i],
							lockdep_is_held(&control->lock));

	if (!sock)
		return;
	RCU_INIT_POINTER(control->sock[i], NULL);
	synchronize_net();
	udp_tunnel_sock_release(sock);
	/* A receiver may have read sk_user_data just before the release. */
	synchronize_net();
}

int control_socket_get(struct handoff_control *control, u8 family,
		       struct netlink_ext_ack *extack)
{
	unsigned int i = family == NFPROTO_IPV6;
	struct socket *sock;

	lockdep_assert_held(&control->lock);
	if (!control->users[i]) {
		sock = open_socket(control, family, extack);
		if (IS_ERR(sock))
			return PTR_ERR(sock);
		rcu_assign_pointer(control->sock[i], sock);
	}
	control->users[i]++;
	return 0;
}

void control_socket_put(struct handoff_control *control, u8 family)
{
	unsigned int i = family == NFPROTO_IPV6;

	lockdep_assert_held(&control->lock);
	if (!--control->users[i])
		close_socket(control, i);
}

void handoff_control_get(struct net *net, struct handoff_endpoint *local)
{
	struct handoff_control *control = &handoff_net(net)->control;

	spin_lock_bh(&control->local_lock);
	*local = control->local;
	spin_unlock_bh(&control->local_lock);
}

static void set_local(struct handoff_control *control,
		      const struct handoff_endpoint *local)
{
	spin_lock_bh(&control->local_lock);
	control->local = *local;
	spin_unlock_bh(&control->local_lock);
}

/* Close what is open and open it with the address that is set now. */
static int reopen(struct handoff_control *control, struct netlink_ext_ack *extack)
{
	struct socket *sock;
	unsigned int i;

	for (i = 0; i < HANDOFF_CONTROL_FAMILIES; i++)
		close_socket(control, i);
	for (i = 0; i < HANDOFF_CONTROL_FAMILIES; i++) {
		if (!control->users[i])
			continue;
		sock = open_socket(control, i ? NFPROTO_IPV6 : NFPROTO_IPV4, extack);
		if (IS_ERR(sock))
			return PTR_ERR(sock);
		rcu_assign_pointer(control->sock[i], sock);
	}
	return 0;
}

int handoff_control_set(struct net *net, const struct handoff_endpoint *local,
			struct netlink_ext_ack *extack)
{
	struct handoff_control *control = &handoff_net(net)->control;
	struct handoff_endpoint old;
	struct handoff_session *session;
	int err, bucket;

	if (!local->port) {
		NL_SET_ERR_MSG(extack, "the control channel's port cannot be 0");
		return -EINVAL;
	}
	mutex_lock(&control->lock);
	handoff_control_get(net, &old);
	set_local(control, local);
	/* Old and new may overlap, so that the new one cannot be tried first. */
	err = reopen(control, extack);
	if (err) {
		set_local(control, &old);
		if (reopen(control, NULL))
			pr_warn("control channel: lost its socket, set its address again\n");
	} else {
		hash_for_each(control->by_id, bucket, session, by_id) {
			spin_lock_bh(&session->lock);
			session->force = true;
			session->handshake.next = jiffies;
			mod_timer(&session->timer, jiffies);
			spin_unlock_bh(&session->lock);
		}
	}
	mutex_unlock(&control->lock);
	return err;
}

struct handoff_stats *handoff_control_stats(struct net *net)
{
	return &handoff_net(net)->control.stats;
}

int handoff_control_init(struct net *net)
{
	struct handoff_control *control = &handoff_net(net)->control;

	control->net = net;
	mutex_init(&control->lock);
	spin_lock_init(&control->local_lock);
	control->local.port = htons(BTCP_CONTROL_PORT);
	hash_init(control->by_id);
	hash_init(control->by_peer);
	control->seed = get_random_u32();
	get_random_bytes(&control->boot, sizeof(control->boot));
	atomic64_set(&control->stamp, 0);
	return handoff_stats_init(&control->stats, counters, ARRAY_SIZE(counters));
}

void handoff_control_clean(struct net *net)
{
	struct handoff_control *control = &handoff_net(net)->control;
	unsigned int i;

	/* The roles' namespaces go first, and close what they opened. */
	WARN_ON(control->count);
	mutex_lock(&control->lock);
	for (i = 0; i < HANDOFF_CONTROL_FAMILIES; i++)
		close_socket(control, i);
	mutex_unlock(&control->lock);
	handoff_stats_clean(&control->stats);
	mutex_destroy(&control->lock);
}

int handoff_control_setup(void)
{
	scratch = alloc_percpu(struct scratch);
	if (!scratch)
		return -ENOMEM;
	/* Not bound to the CPU that receives: a curve25519 takes its time. */
	handoff_control_wq = alloc_workqueue("handoff_control", WQ_UNBOUND, 0);
	if (!handoff_control_wq) {
		free_percpu(scratch);
		return -ENOMEM;
	}
	return 0;
}

void handoff_control_teardown(void)
{
	destroy_workqueue(handoff_control_wq);
	free_percpu(scratch);
	/*
	 * The end of a session is two callbacks, the second called from the
	 * first: this waits for that, the barrier at module exit for the other.
	 */
	rcu_barrier();
}
