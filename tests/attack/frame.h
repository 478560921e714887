/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all attackers need: captured packets to begin with, a way past the
 * kernel's own idea of who may send what, and a random number that can be
 * had again.
 */
#ifndef _TESTS_ATTACK_FRAME_H
#define _TESTS_ATTACK_FRAME_H

#include "btcp/pure.h"

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

/**
 * checksum_add() - sum 16-bit words, for the Internet checksum
 * @sum: so far
 * @bytes: to add
 * @len: of them
 *
 * Return: the new sum, to be folded by checksum_fold().
 */
u32 checksum_add(u32 sum, const u8 *bytes, u32 len);

/**
 * checksum_fold() - the checksum of a sum
 * @sum: from checksum_add()
 *
 * Return: host order.
 */
u16 checksum_fold(u32 sum);

/**
 * random_seed() - begin
 * @seed: the same one gives the same numbers
 */
void random_seed(u64 seed);

/**
 * random_below() - a number from 0 to @limit - 1
 * @limit: not 0
 */
u32 random_below(u32 limit);

/**
 * random_fill() - random bytes
 * @bytes: filled
 * @len: of them
 */
void random_fill(u8 *bytes, u32 len);

/**
 * die() - end the program
 * @why: printf's
 */
void __attribute__((noreturn, format(printf, 1, 2))) die(const char *why, ...);

#endif /* _TESTS_ATTACK_FRAME_H */
