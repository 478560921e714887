// SPDX-License-Identifier: GPL-2.0
/*
 * What would stop this host from working, and the command that mends it: of what breaks such
 * clusters, all that one host can see of itself.
 */
#include "doctor.h"

#include <netlink/msg.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "host.h"
#include "nl.h"

static const char *const counter_names[COUNTERS][2] = {
	[RX_VERSION] = { "control", "control_rx_version" },
	[INIT_PSK] = { "control", "control_init_psk" },
	[HANDOFFS] = { "backend", "handoffs" },
	[NO_CLIENT_ACK] = { "backend", "no_client_ack" },
};

char *words(const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		exit(fail(STATUS_REFUSED, "out of memory"));
	va_end(ap);
	return text;
}

void found(struct examined *e, char *what, char *mend)
{
	e->findings++;
	print_object_begin("");
	if (print_options.json) {
		print_string("what", NULL, what);
		print_string("mend", NULL, mend);
	} else {
		print_text("%s\n    %s", what, mend);
	}
	print_object_end();
	free(what);
	free(mend);
}

bool place_of(struct nlattr *nest, struct place *place)
{
	struct nlattr *tb[BTCP_A_MAX + 1];

	if (!answer_nest(nest, tb) || !tb[BTCP_A_ADDR] || !tb[BTCP_A_PORT])
		return false;
	place->addr = nla_data(tb[BTCP_A_ADDR]);
	place->len = nla_len(tb[BTCP_A_ADDR]);
	place->port = ntohs(nla_get_u16(tb[BTCP_A_PORT]));
	place->local_port = tb[BTCP_A_LOCAL_PORT] ? ntohs(nla_get_u16(tb[BTCP_A_LOCAL_PORT])) :
						    place->port;
	format_endpoint(nest, place->text);
	format_address(tb[BTCP_A_ADDR], place->alone);
	return true;
}

const void *anywhere(bool v6)
{
	static const unsigned char six[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const unsigned char four[4] = { 192, 0, 2, 1 };

	return v6 ? six : four;
}

void check_drops(struct examined *e, const char *what, struct packet packet)
{
	char mend[FIREWALL_MEND];

	if (firewall_drops(&packet, mend))
		found(e, words("%s: the firewall drops them", what), words("%s", mend));
}

/* Nothing authentic is heard; the state is the session's */
static void tell_silence(struct examined *e, const char *what, const char *name,
			 const struct place *control, const char *state)
{
	char interface[IF_NAMESIZE];

	if (strcmp(state, "down") && strcmp(state, "handshake"))
		return;
	if (!host_route(control->addr, control->len, interface))
		found(e, words("%s \"%s\": no route to %s", what, name, control->alone),
		      words("ip route add %s/%zu via ROUTER", control->alone, 8 * control->len));
	else
		found(e, words("%s \"%s\" (%s): nothing authentic comes from %s, UDP port %u%s%s",
			       what, name, state, control->alone, control->port,
			       e->counter[INIT_PSK] ? "; somebody has another key" : "",
			       e->counter[RX_VERSION] ? "; somebody speaks another version" : ""),
		      words("on %s: btcpctl doctor", control->alone));
}

bool check_silence(struct examined *e, const char *what, struct nlattr **tb, struct place *control)
{
	if (!tb[BTCP_A_NAME] || !tb[BTCP_A_STATE] || tb[BTCP_A_DELETING] || !tb[BTCP_A_CONTROL] ||
	    !place_of(tb[BTCP_A_CONTROL], control))
		return false;
	e->peers[is_v6(control)]++;
	tell_silence(e, what, nla_get_string(tb[BTCP_A_NAME]), control,
		     nla_get_string(tb[BTCP_A_STATE]));
	return true;
}

static void control_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	struct examined *e = arg;

	(void)first;
	(void)len;
	if (tb[BTCP_A_PORT])
		e->port = ntohs(nla_get_u16(tb[BTCP_A_PORT]));
}

static void stats_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	const char *role = tb[BTCP_A_ROLE] ? nla_get_string(tb[BTCP_A_ROLE]) : "";
	struct nlattr *stat, *inner[BTCP_A_MAX + 1];
	struct examined *e = arg;

	for (stat = answer_next(NULL, first, len, BTCP_A_STAT); stat;
	     stat = answer_next(stat, first, len, BTCP_A_STAT)) {
		if (!answer_nest(stat, inner) || !inner[BTCP_A_NAME] || !inner[BTCP_A_VALUE])
			continue;
		for (int i = 0; i < COUNTERS; i++)
			if (!strcmp(role, counter_names[i][0]) &&
			    !strcmp(nla_get_string(inner[BTCP_A_NAME]), counter_names[i][1]))
				e->counter[i] = nla_get_u64(inner[BTCP_A_VALUE]);
	}
}

static void check_control(struct examined *e)
{
	struct packet packet = { .proto = "udp", .port = e->port, .tracked = true };

	for (int v6 = 0; v6 < 2; v6++) {
		packet.v6 = v6;
		if (e->peers[v6])
			check_drops(e, "packets of the control channel", packet);
		/* With peers the module has it. */
		else if (!e->peers[!v6] && host_port_taken(v6 ? 16 : 4, e->port))
			found(e,
			      words("UDP port %u, the control channel's, is another program's",
				    e->port),
			      words("btcpctl control set port %u", e->port + 1));
	}
}

static void check_counters(struct examined *e)
{
	long used = host_number("/proc/sys/net/netfilter/nf_conntrack_count");
	long most = host_number("/proc/sys/net/netfilter/nf_conntrack_max");

	/* A single client may vanish; many do not. */
	if (e->counter[NO_CLIENT_ACK] * 10 > e->counter[HANDOFFS])
		found(e,
		      words("of %llu clients %llu acknowledged nothing: answers may be filtered",
			    e->counter[HANDOFFS], e->counter[NO_CLIENT_ACK]),
		      words("on routers to clients: sysctl -w net.ipv4.conf.all.rp_filter=2"));
	if (most > 0 && used > most - most / 10)
		found(e, words("conntrack is nearly full: %ld of %ld", used, most),
		      words("sysctl -w net.netfilter.nf_conntrack_max=%ld", 2 * most));
}

static const struct {
	__u8 cmd;
	answer_fn answer;
} questions[] = {
	{ BTCP_CMD_CONTROL_GET, control_answer },
	{ BTCP_CMD_STATS_GET, stats_answer },
	{ BTCP_CMD_SERVICE_GET, examine_service },
	{ BTCP_CMD_RULE_GET, examine_rule },
	{ BTCP_CMD_POOL_GET, examine_pool },
	{ BTCP_CMD_BACKEND_GET, examine_backend },
	{ BTCP_CMD_FRONTEND_GET, examine_frontend },
};

int doctor(const struct command *command, struct args *args)
{
	struct examined e = { .services = json_object() };
	int status = args_end(args) ?: request_privileged(command);

	if (status)
		return status;
	/* What this host is not, it has none of. */
	request_role_optional = true;
	print_begin();
	for (size_t i = 0; !status && i < ARRAY_SIZE(questions); i++)
		status = request_dump(command, request_new(questions[i].cmd),
				      questions[i].answer, &e);
	request_role_optional = false;
	if (!status) {
		examine_routing(&e);
		check_control(&e);
		check_counters(&e);
	}
	print_end();
	json_decref(e.services);
	return status ?: e.findings ? STATUS_NO : STATUS_OK;
}
