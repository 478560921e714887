// SPDX-License-Identifier: GPL-2.0
/*
 * What a back-end has been granted, as doctor looks at it.
 */
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "host.h"

static void check_grant(struct examined *e, const struct place *vip)
{
	struct packet packet = { .v6 = is_v6(vip), .proto = "tcp", .port = vip->local_port,
				 .tracked = true };
	struct host_place place;
	char *what;

	if (!host_listens(vip->len, vip->local_port))
		found(e, words("VIP %s: no server listens on port %u", vip->text, vip->local_port),
		      words("start the server, on port %u", vip->local_port));
	if (host_has(vip->addr, vip->len, &place) && !json_object_size(e->services))
		found(e, words("VIP %s is on %s: only a front-end may have it", vip->alone,
			       place.interface),
		      words("ip addr del %s/%zu dev %s", vip->alone, 8 * vip->len,
			    place.interface));
	what = words("connections to VIP %s, which end at port %u", vip->text, vip->local_port);
	check_drops(e, what, packet);
	free(what);
}

/* One client port to both would be one connection to the server. */
static void check_apart(struct examined *e, const char *name, struct nlattr *nest,
			struct nlattr *first, int len, const struct place *vip)
{
	struct place other;

	for (nest = answer_next(nest, first, len, BTCP_A_VIP); nest;
	     nest = answer_next(nest, first, len, BTCP_A_VIP))
		if (place_of(nest, &other) && other.len == vip->len &&
		    other.local_port == vip->local_port)
			found(e, words("frontend \"%s\": VIPs %s and %s both end at port %u", name,
				       vip->text, other.text, vip->local_port),
			      words("btcpctl frontend set %s vip %s vip %s port PORT", name,
				    vip->text, other.text));
}

static void check_return(struct examined *e, const struct place *vip, const struct place *control)
{
	char in[IF_NAMESIZE], out[IF_NAMESIZE], path[128];
	long all, one;

	if (!host_route(anywhere(is_v6(vip)), vip->len, out)) {
		found(e, words("VIP %s: no route to clients", vip->text),
		      words("ip route add %s via ROUTER", is_v6(vip) ? "::/0" : "default"));
		return;
	}
	if (is_v6(vip) || is_v6(control) || !host_route(control->addr, control->len, in) ||
	    !strcmp(in, out))
		return;
	/* The greater of both counts: 1 is strict, 2 is loose. */
	all = host_number("/proc/sys/net/ipv4/conf/all/rp_filter");
	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/rp_filter", in);
	one = host_number(path);
	if ((all > one ? all : one) == 1)
		found(e,
		      words("clients' packets come in on %s, answers leave by %s: rp_filter drops",
			    in, out),
		      words("sysctl -w net.ipv4.conf.%s.rp_filter=2", in));
}

void examine_frontend(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct examined *e = arg;
	bool seen[2] = {};
	struct place control, vip;
	struct nlattr *nest;

	if (!check_silence(e, "frontend", tb, &control))
		return;
	for (nest = answer_next(NULL, first, len, BTCP_A_VIP); nest;
	     nest = answer_next(nest, first, len, BTCP_A_VIP)) {
		if (!place_of(nest, &vip))
			continue;
		check_grant(e, &vip);
		check_apart(e, nla_get_string(tb[BTCP_A_NAME]), nest, first, len, &vip);
		if (!seen[is_v6(&vip)])
			check_return(e, &vip, &control);
		seen[is_v6(&vip)] = true;
	}
}

