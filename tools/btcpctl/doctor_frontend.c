// SPDX-License-Identifier: GPL-2.0
/*
 * A front-end's VIPs, services, pools and back-ends, as doctor looks at them.
 */
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "host.h"

/* IPVS has services of its own in /proc/net/ip_vs: TCP 0A020064:0050 rr */
static bool is_ipvs(const struct place *vip)
{
	FILE *file = fopen("/proc/net/ip_vs", "re");
	const unsigned char *a = vip->addr;
	char wanted[64] = "", line[256];
	bool known = false;

	for (size_t i = 0; i < vip->len; i++)
		sprintf(wanted + strlen(wanted), is_v6(vip) && i && i % 2 == 0 ? ":%02x" : "%02X",
			a[i]);
	sprintf(wanted + strlen(wanted), ":%04X", vip->port);
	while (file && !known && fgets(line, sizeof(line), file)) {
		char *at = line, *to = line;

		/* An IPv6 address stands in brackets */
		for (; *at; at++)
			if (*at != '[' && *at != ']')
				*to++ = *at;
		*to = '\0';
		known = !strncmp(line, "TCP  ", 5) &&
			!strncasecmp(line + 5, wanted, strlen(wanted));
	}
	if (file)
		fclose(file);
	return known;
}

/* Of several IPv6 addresses a host speaks from the one that is most like its peer's. */
static const char *deprecated(const struct place *vip)
{
	return is_v6(vip) ? " preferred_lft 0" : "";
}

static void check_local(struct examined *e, const struct place *vip)
{
	char network[IF_NAMESIZE] = "lo";
	struct host_place place;
	bool known;

	known = host_network_of(vip->addr, vip->len, network);
	if (!host_has(vip->addr, vip->len, &place)) {
		found(e, words("VIP %s is not an address of this host: fine for a standby only",
			       vip->alone),
		      words("ip addr add %s/%zu dev %s%s", vip->alone, 8 * vip->len, network,
			    deprecated(vip)));
		return;
	}
	if (!place.up)
		found(e, words("VIP %s is on %s, which is down", vip->alone, place.interface),
		      words("ip link set dev %s up", place.interface));
	/* Nobody answers for it: neighbour discovery does not look at other interfaces. */
	if (is_v6(vip) && place.loopback && known)
		found(e, words("VIP %s is on %s, and is looked for on %s", vip->alone,
			       place.interface, network),
		      words("ip addr add %s/128 dev %s%s", vip->alone, network, deprecated(vip)));
	if (!place.loopback && host_merges(place.interface))
		found(e, words("%s merges packets that are to be forwarded (LRO)", place.interface),
		      words("ethtool -K %s lro off", place.interface));
}

static void check_vip(struct examined *e, const struct place *vip)
{
	struct packet packet = { .v6 = is_v6(vip), .proto = "tcp", .daddr = vip->alone,
				 .port = vip->port };
	char mend[FIREWALL_MEND], *what;

	check_local(e, vip);
	what = words("packets to VIP %s, which are untracked here", vip->text);
	check_drops(e, what, packet);
	free(what);
	packet.tracked = true;
	if (firewall_rewrites(&packet, mend))
		found(e, words("VIP %s: the firewall rewrites its destination (DNAT)", vip->text),
		      words("%s", mend));
	if (is_ipvs(vip))
		found(e, words("VIP %s belongs to IPVS, too", vip->text),
		      words("ipvsadm -D -t %s", vip->text));
}

void examine_service(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct examined *e = arg;
	struct nlattr *nest;
	struct place vip;
	json_t *service;

	if (!tb[BTCP_A_NAME] || tb[BTCP_A_DELETING])
		return;
	for (nest = answer_next(NULL, first, len, BTCP_A_VIP); nest;
	     nest = answer_next(nest, first, len, BTCP_A_VIP))
		if (place_of(nest, &vip))
			check_vip(e, &vip);
	service = json_pack("{s:i, s:{}}", "requests",
			    tb[BTCP_A_REQUESTS] ? nla_get_u8(tb[BTCP_A_REQUESTS]) : 0, "pools");
	json_object_set_new(e->services, nla_get_string(tb[BTCP_A_NAME]), service);
}

void examine_rule(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct examined *e = arg;
	json_t *service;

	(void)first;
	(void)len;
	if (!tb[BTCP_A_SERVICE] || !tb[BTCP_A_POOL] || tb[BTCP_A_DELETING])
		return;
	service = json_object_get(e->services, nla_get_string(tb[BTCP_A_SERVICE]));
	json_object_set_new(json_object_get(service, "pools"), nla_get_string(tb[BTCP_A_POOL]),
			    json_true());
}

void examine_pool(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	(void)first;
	(void)len;
	if (tb[BTCP_A_NAME] && !tb[BTCP_A_MEMBER] && !tb[BTCP_A_DELETING])
		found(arg, words("pool \"%s\" has no back-end", nla_get_string(tb[BTCP_A_NAME])),
		      words("btcpctl member add %s BACKEND", nla_get_string(tb[BTCP_A_NAME])));
}

void examine_routing(struct examined *e)
{
	const char *name;
	json_t *service;

	json_object_foreach(e->services, name, service) {
		size_t pools = json_object_size(json_object_get(service, "pools"));

		if (!pools)
			found(e, words("service \"%s\" has no rule: nothing of it goes anywhere",
				       name),
			      words("btcpctl rule add %s pool POOL", name));
		else if (pools > 1 && json_integer_value(json_object_get(service, "requests")) ==
			 BTCP_REQUESTS_FIRST)
			found(e,
			      words("service \"%s\": later requests get the first one's pool",
				    name),
			      words("btcpctl service set %s requests auto", name));
	}
}

/*
 * Where clients' packets come in there may be room for more than the way to a back-end has.  No
 * link is narrower than another by less than a VLAN's tag: what looks so is a search for the path's
 * MTU that an outage has thrown back, for a minute at most.
 */
#define LEAST_DIFFERENCE	4	/* bytes */

static void check_mtu(struct examined *e, const char *name, const struct place *control,
		      unsigned int path)
{
	char in[IF_NAMESIZE], out[IF_NAMESIZE];

	if (!host_route(anywhere(is_v6(control)), control->len, in) ||
	    !host_route(control->addr, control->len, out) || !path ||
	    path + LEAST_DIFFERENCE > host_mtu(in))
		return;
	found(e,
	      words("backend \"%s\": packets over %u bytes do not get there; clients send up to %u",
		    name, path, host_mtu(in)),
	      host_mtu(out) <= path ? words("ip link set dev %s mtu %u", out, host_mtu(in)) :
				      words("ip link set dev %s mtu %u", in, path));
}

void examine_backend(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct examined *e = arg;
	const char *name, *state;
	struct nlattr *endpoint;
	struct place place;

	if (!check_silence(e, "backend", tb, &place))
		return;
	name = nla_get_string(tb[BTCP_A_NAME]);
	state = nla_get_string(tb[BTCP_A_STATE]);
	if (!strcmp(state, "up") && tb[BTCP_A_PATH_MTU])
		check_mtu(e, name, &place, nla_get_u32(tb[BTCP_A_PATH_MTU]));
	endpoint = answer_next(NULL, first, len, BTCP_A_ENDPOINT);
	if (!strcmp(state, "closed") && endpoint && place_of(endpoint, &place))
		found(e, words("backend \"%s\": nothing listens on %s", name, place.text),
		      words("on %s: start the server, on port %u", place.alone, place.port));
}

