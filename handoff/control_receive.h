/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In: what arrives by the sockets, up to the session it is for.  What is not
 * authentic changes nothing but a counter.
 */
#ifndef _HANDOFF_CONTROL_RECEIVE_H
#define _HANDOFF_CONTROL_RECEIVE_H

#include <linux/netfilter.h>
#include <linux/types.h>

struct sk_buff;
struct sock;

/**
 * struct control_packet - where a datagram came from and to
 * @source: its source address
 * @local: its destination address
 * @port: its destination port, big-endian
 * @family: NFPROTO_*
 */
struct control_packet {
	union nf_inet_addr source;
	union nf_inet_addr local;
	__be16 port;
	u8 family;
};

/**
 * control_receive() - a datagram came: the socket's encap_rcv
 * @sk: socket, its sk_user_data the namespace's struct handoff_control
 * @skb: datagram, consumed; skb->data is at the UDP header, whose checksum was
 *	verified
 *
 * Context: softirq, RCU read side.
 * Return: 0.
 */
int control_receive(struct sock *sk, struct sk_buff *skb);

/**
 * control_receive_error() - is this ICMP error about a datagram of ours: the
 *	socket's encap_err_lookup
 * @sk: socket
 * @skb: the error; network header at the quoted IP header, transport header at
 *	the quoted UDP header
 *
 * Context: softirq, RCU read side.
 * Return: 0: it may lower the route's MTU; -ENOENT: it is made up.
 */
int control_receive_error(struct sock *sk, struct sk_buff *skb);

/**
 * control_receive_setup() - the buffers to open datagrams in, at module init
 *
 * Return: 0 or -ENOMEM.
 */
int control_receive_setup(void);

/** control_receive_teardown() - the opposite; no socket is left */
void control_receive_teardown(void);

#endif /* _HANDOFF_CONTROL_RECEIVE_H */
