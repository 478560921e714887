// SPDX-License-Identifier: GPL-2.0
#include "host.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TCP_LISTEN_STATE	0x0a	/* as /proc/net/tcp has it */

static int family_of(size_t len)
{
	return len == sizeof(struct in6_addr) ? AF_INET6 : AF_INET;
}

/* The address in it, NULL if it is of another family */
static const void *addr_of(const struct sockaddr *sockaddr, size_t len)
{
	if (!sockaddr || sockaddr->sa_family != family_of(len))
		return NULL;
	if (len == sizeof(struct in6_addr))
		return &((const struct sockaddr_in6 *)sockaddr)->sin6_addr;
	return &((const struct sockaddr_in *)sockaddr)->sin_addr;
}

static int rank(const struct host_place *place)
{
	return 2 * place->up + !place->loopback;
}

bool host_has(const void *addr, size_t len, struct host_place *place)
{
	struct ifaddrs *all, *i;
	bool found = false;

	if (getifaddrs(&all))
		return false;
	for (i = all; i; i = i->ifa_next) {
		const void *own = addr_of(i->ifa_addr, len);
		struct host_place at = {
			.up = i->ifa_flags & IFF_UP,
			.loopback = i->ifa_flags & IFF_LOOPBACK,
		};

		if (!own || memcmp(own, addr, len) || (found && rank(&at) <= rank(place)))
			continue;
		snprintf(at.interface, sizeof(at.interface), "%s", i->ifa_name);
		*place = at;
		found = true;
	}
	freeifaddrs(all);
	return found;
}

static bool same_network(const unsigned char *a, const unsigned char *b,
			 const unsigned char *mask, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((a[i] ^ b[i]) & mask[i])
			return false;
	return true;
}

bool host_network_of(const void *addr, size_t len, char *interface)
{
	struct ifaddrs *all, *i;
	bool found = false;

	if (getifaddrs(&all))
		return false;
	for (i = all; i && !found; i = i->ifa_next) {
		const void *own = addr_of(i->ifa_addr, len), *mask;

		if (!own || i->ifa_flags & IFF_LOOPBACK || !memcmp(own, addr, len))
			continue;
		mask = addr_of(i->ifa_netmask, len);
		if (!mask || !same_network(own, addr, mask, len))
			continue;
		snprintf(interface, IF_NAMESIZE, "%s", i->ifa_name);
		found = true;
	}
	freeifaddrs(all);
	return found;
}

static int on_route(struct nl_msg *msg, void *arg)
{
	struct nlattr *oif = nlmsg_find_attr(nlmsg_hdr(msg), sizeof(struct rtmsg), RTA_OIF);
	const struct rtmsg *route = nlmsg_data(nlmsg_hdr(msg));
	unsigned int *index = arg;

	if (oif && route->rtm_type == RTN_UNICAST)
		*index = nla_get_u32(oif);
	return NL_OK;
}

bool host_route(const void *addr, size_t len, char *interface)
{
	struct rtmsg route = { .rtm_family = family_of(len), .rtm_dst_len = 8 * len };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);
	struct nl_sock *sock = nl_socket_alloc();
	unsigned int index = 0;

	if (!sock || !msg || nl_connect(sock, NETLINK_ROUTE) ||
	    nlmsg_append(msg, &route, sizeof(route), NLMSG_ALIGNTO) ||
	    nla_put(msg, RTA_DST, len, addr))
		goto out;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_route, &index);
	if (nl_send_auto(sock, msg) >= 0)
		while (nl_recvmsgs_default(sock) > 0 && !index)
			;
out:
	nl_socket_free(sock);
	nlmsg_free(msg);
	return index && if_indextoname(index, interface);
}

/* Ask about an interface; false: it does not say */
static bool ask(const char *interface, unsigned long what, struct ifreq *request)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error;

	if (sock < 0)
		return false;
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", interface);
	error = ioctl(sock, what, request);
	close(sock);
	return !error;
}

unsigned int host_mtu(const char *interface)
{
	struct ifreq request = {};

	return ask(interface, SIOCGIFMTU, &request) ? request.ifr_mtu : 0;
}

bool host_merges(const char *interface)
{
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };
	struct ifreq request = { .ifr_data = (char *)&flags };

	return ask(interface, SIOCETHTOOL, &request) && flags.data & ETH_FLAG_LRO;
}

long host_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

static bool listens(const char *path, unsigned int port)
{
	FILE *file = fopen(path, "re");
	unsigned int local, state;
	bool found = false;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, " %*u: %*32[0-9A-F]:%x %*[^ ] %x", &local, &state) == 2 &&
			local == port && state == TCP_LISTEN_STATE;
	if (file)
		fclose(file);
	return found;
}

bool host_listens(size_t len, unsigned int port)
{
	/* A server on [::] may take IPv4, too, and does not say there whether it does. */
	return listens("/proc/net/tcp6", port) || (len == 4 && listens("/proc/net/tcp", port));
}

bool host_port_taken(size_t len, unsigned int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	int sock = socket(family_of(len), SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
	bool taken;

	if (sock < 0)
		return false;
	if (len == 4) {
		taken = bind(sock, (struct sockaddr *)&four, sizeof(four)) && errno == EADDRINUSE;
	} else {
		setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		taken = bind(sock, (struct sockaddr *)&six, sizeof(six)) && errno == EADDRINUSE;
	}
	close(sock);
	return taken;
}
