// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <net/udp_tunnel.h>

#include "handoff/control_receive.h"
#include "handoff/control_socket.h"

static struct socket *open_socket(struct handoff_control *control, u8 family,
				  struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = control,
		.encap_type = 1,
		.encap_rcv = control_receive,
		.encap_err_lookup = control_receive_error,
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

	lockdep_assert_held(&control->lock);
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

	lockdep_assert_held(&control->lock);
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

int control_socket_reopen(struct handoff_control *control, struct netlink_ext_ack *extack)
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

void control_socket_close(struct handoff_control *control)
{
	unsigned int i;

	for (i = 0; i < HANDOFF_CONTROL_FAMILIES; i++)
		close_socket(control, i);
}
