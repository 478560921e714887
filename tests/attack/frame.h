/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the attackers of the control channel need: captured packets to begin with, and a way past
 * the kernel's own idea of who may send what.
 */
#ifndef _TESTS_ATTACK_FRAME_H
#define _TESTS_ATTACK_FRAME_H

#include "btcp/pure.h"
#include "tests/attack/common.h"

#define FRAME_MAX	1514
#define PAYLOAD_MAX	12000

/**
 * struct link - an interface to send whole Ethernet frames by
 * @fd: packet socket
 * @sent: frames
 */
struct link {
	int fd;
	u64 sent;
};

/**
 * struct side - one end of a datagram
 * @mac: address on the link
 * @addr: network byte order, the first 4 bytes for IPv4
 * @port: host order
 */
struct side {
	u8 mac[6];
	u8 addr[16];
	u16 port;
};

/**
 * struct datagram - one over UDP
 * @ipv6: the addresses' family
 * @from: source
 * @to: destination
 * @len: bytes of @payload
 * @payload: what UDP carries
 */
struct datagram {
	bool ipv6;
	struct side from;
	struct side to;
	u32 len;
	u8 payload[PAYLOAD_MAX];
};

/**
 * link_open() - an interface of this namespace; ends the program if it cannot
 * @link: filled
 * @name: of the interface
 */
void link_open(struct link *link, const char *name);

/**
 * link_send() - one frame, as it is
 * @link: interface
 * @frame: from the Ethernet header on
 * @len: bytes of it, up to FRAME_MAX
 */
void link_send(struct link *link, const u8 *frame, u32 len);

/**
 * capture_read() - go through a pcap file of Ethernet frames
 * @path: of the file; ends the program if it is none
 * @each: called with each frame that was captured whole
 * @arg: for @each
 */
void capture_read(const char *path, void (*each)(void *arg, const u8 *frame, u32 len),
		  void *arg);

/**
 * datagram_parse() - take a captured frame apart
 * @datagram: filled
 * @frame: from the Ethernet header on
 * @len: bytes of it
 *
 * Return: false if it is not a whole UDP datagram.
 */
bool datagram_parse(struct datagram *datagram, const u8 *frame, u32 len);

/**
 * datagram_send() - send one, in fragments if it is long
 * @link: interface
 * @datagram: what
 * @mtu: of an IP packet; at most 1500
 */
void datagram_send(struct link *link, const struct datagram *datagram, u32 mtu);

#endif /* _TESTS_ATTACK_FRAME_H */
