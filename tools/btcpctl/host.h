/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What doctor asks of the host around the modules.  Addresses are in network byte order, 4 or
 * 16 bytes; ports in host order.  What cannot be found out is as it should be.
 */
#ifndef BTCPCTL_HOST_H
#define BTCPCTL_HOST_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct host_place - where an address is
 * @interface: its name
 * @loopback: nothing comes in there
 * @up: whether it is up
 */
struct host_place {
	char interface[IF_NAMESIZE];
	bool loopback;
	bool up;
};

/**
 * host_has() - is an address this host's own, and where?
 * @addr: address
 * @len: its bytes
 * @place: set to the best of its places: up before down, others before loopback
 */
bool host_has(const void *addr, size_t len, struct host_place *place);

/**
 * host_network_of() - the interface in whose network an address is
 * @addr: address
 * @len: its bytes
 * @interface: IF_NAMESIZE bytes, set
 *
 * Return: false if it is in none.
 */
bool host_network_of(const void *addr, size_t len, char *interface);

/**
 * host_route() - the interface through which packets to an address leave
 * @addr: address
 * @len: its bytes
 * @interface: IF_NAMESIZE bytes, set
 *
 * Return: false if there is no route.
 */
bool host_route(const void *addr, size_t len, char *interface);

/** host_mtu() - of an interface, in bytes; 0: not known */
unsigned int host_mtu(const char *interface);

/** host_merges() - does an interface merge packets so that they cannot be sent on (LRO)? */
bool host_merges(const char *interface);

/** host_number() - what a file of the kernel holds, -1: nothing */
long host_number(const char *path);

/**
 * host_listens() - does a server listen on a TCP port?
 * @len: 4: for IPv4, 16: for IPv6
 * @port: port
 */
bool host_listens(size_t len, unsigned int port);

/**
 * host_port_taken() - is a UDP port in use?
 * @len: 4: of IPv4, 16: of IPv6
 * @port: port
 */
bool host_port_taken(size_t len, unsigned int port);

#endif /* BTCPCTL_HOST_H */
