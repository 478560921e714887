/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nftables would do with a packet, as far as its rules tell: it is followed through the base
 * chains that it meets.  Where a rule asks what is not known here, or leads to another chain, the
 * packet gets the benefit of the doubt.
 */
#ifndef BTCPCTL_FIREWALL_H
#define BTCPCTL_FIREWALL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct packet - one that comes in, and begins a connection
 * @v6: IPv6
 * @proto: "tcp" or "udp"
 * @daddr: where to, as text; NULL: not known
 * @port: destination
 * @tracked: by conntrack
 */
struct packet {
	bool v6;
	const char *proto;
	const char *daddr;
	unsigned int port;
	bool tracked;
};

#define FIREWALL_MEND	256	/* bytes of a command */

/**
 * firewall_drops() - is it dropped on its way in?
 * @packet: it
 * @mend: FIREWALL_MEND bytes, set to the command that lets it in
 */
bool firewall_drops(const struct packet *packet, char *mend);

/**
 * firewall_rewrites() - does it get another destination?
 * @packet: it
 * @mend: FIREWALL_MEND bytes, set to the command that keeps it as it is
 */
bool firewall_rewrites(const struct packet *packet, char *mend);

#endif /* BTCPCTL_FIREWALL_H */
