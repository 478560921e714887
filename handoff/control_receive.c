// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/percpu.h>
#include <linux/udp.h>

#include "handoff/control_receive.h"
#include "handoff/session_priv.h"
#include "handoff/transport.h"

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
static void receive_datagram(struct handoff_control *control, struct sk_buff *skb, u32 offset)
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
	case SEAL_TICKET:
		if (header.type == SEAL_RESPONSE ? len != HANDSHAKE_RESPONSE_LEN || header.counter :
						   len != HANDSHAKE_TICKET_LEN)
			break;
		if (skb_copy_bits(skb, offset, buf, len))
			break;
		session = session_by_index(control, header.index);
		if (session)
			handshake_receive_answer(session, &packet, &header, buf, len);
		else
			control_count(control, CONTROL_RX_INDEX);
		return;
	case SEAL_DATA:
		session = session_by_index(control, header.index);
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
			transport_receive(session, &packet, buf, header.index, sealed,
					  len, s->bytes, &s->msg);
		s->busy = false;
		return;
	}
	control_count(control, CONTROL_RX_TYPE);
}

int control_receive(struct sock *sk, struct sk_buff *skb)
{
	struct handoff_control *control = rcu_dereference_sk_user_data(sk);

	/* What guards the scratch. */
	lockdep_assert_in_softirq();
	if (control)
		receive_datagram(control, skb, sizeof(struct udphdr));
	consume_skb(skb);
	return 0;
}

/* Did we send DATA with this index to this address? */
static bool quotes_ours(struct handoff_control *control,
			const union nf_inet_addr *addr, u32 index)
{
	struct handoff_session *session;
	unsigned int i;

	hlist_for_each_entry_rcu(session, session_peer_bucket(control, addr), by_peer) {
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
 */
int control_receive_error(struct sock *sk, struct sk_buff *skb)
{
	struct handoff_control *control = rcu_dereference_sk_user_data(sk);
	union nf_inet_addr addr = {};
	u8 buf[SEAL_HEADER_LEN];
	struct seal_header header;
	const u8 *at;
	int err = -ENOENT;

	if (!control)
		return -ENOENT;
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
	return err;
}

int control_receive_setup(void)
{
	scratch = alloc_percpu(struct scratch);
	return scratch ? 0 : -ENOMEM;
}

void control_receive_teardown(void)
{
	free_percpu(scratch);
}
