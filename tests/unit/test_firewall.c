// SPDX-License-Identifier: GPL-2.0
/*
 * What nft's rules say of a packet.  In nft's place is a script that prints a ruleset; since that
 * is read once, each case runs in a process of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/btcpctl/firewall.h"
#include "unit.h"

static const struct packet vip = { false, "tcp", "10.2.0.100", 80, false };
static const struct packet vip6 = { true, "tcp", "fd00::100", 80, false };
static const struct packet server = { false, "tcp", NULL, 80, true };
static const struct packet control = { false, "udp", NULL, 7689, true };

static char folder[32] = "/tmp/test_firewall.XXXXXX";

#define COMPARE(op, left, right) \
	"{\"match\":{\"op\":\"" op "\",\"left\":" left ",\"right\":" right "}},"
#define MATCH(left, right)	COMPARE("==", left, right)
#define UNLIKE(left, right)	COMPARE("!=", left, right)
#define VMAP(key, pairs)	"{\"vmap\":{\"key\":" key ",\"data\":{\"set\":[" pairs "]}}}"
#define PAYLOAD(proto, field)	"{\"payload\":{\"protocol\":\"" proto "\",\"field\":\"" field "\"}}"
#define META(key)		"{\"meta\":{\"key\":\"" key "\"}}"
#define STATE			"{\"ct\":{\"key\":\"state\"}}"
#define ACCEPT			"{\"accept\":null}"
#define DROP			"{\"drop\":null}"

#define IN(family)		"\"family\":\"" family "\",\"table\":\"t\""

/* The script prints one chain, with one rule in it */
static void put_rules(const char *chain, const char *rule)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/nft", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\ncat <<'END'\n{\"nftables\":[{\"metainfo\":{}},\n");
	fprintf(file, "{\"chain\":{%s,\"name\":\"c\",\"handle\":1,%s}},\n", IN("inet"), chain);
	fprintf(file, "{\"rule\":{%s,\"chain\":\"c\",\"handle\":7,\"expr\":[%s]}},\n", IN("inet"),
		rule);
	fprintf(file, "{\"rule\":{%s,\"chain\":\"c\",\"handle\":8,\"expr\":[%s]}}\n", IN("ip"),
		DROP);
	fprintf(file, "]}\nEND\n");
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
}

/* Ends with 1 if that is so, 2 if the command to mend it is another */
static int asked(bool (*question)(const struct packet *packet, char *mend),
		 const struct packet *packet, const char *command)
{
	char mend[FIREWALL_MEND] = "";
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		status = question(packet, mend);
		_exit(status && strcmp(mend, command) ? 2 : status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define INPUT(policy) \
	"\"type\":\"filter\",\"hook\":\"input\",\"prio\":0,\"policy\":\"" policy "\""
#define NAT		"\"type\":\"nat\",\"hook\":\"prerouting\",\"prio\":-100,\"policy\":\"accept\""

static void firewall_drops__what_it_is_sure_of(void **state)
{
	static const struct {
		const char *chain;
		const char *rule;
		bool vip, vip6, server, control;	/* dropped? */
	} rows[] = {
		{ INPUT("accept"), "", false, false, false, false },
		{ INPUT("drop"), "", true, true, true, true },
		{ INPUT("accept"), DROP, true, true, true, true },
		{ INPUT("accept"), "{\"reject\":{}}", true, true, true, true },
		{ INPUT("drop"), MATCH(PAYLOAD("tcp", "dport"), "80") ACCEPT,
		  false, false, false, true },
		{ INPUT("drop"), MATCH(PAYLOAD("tcp", "dport"), "{\"set\":[22,80]}") ACCEPT,
		  false, false, false, true },
		{ INPUT("drop"), MATCH(PAYLOAD("tcp", "dport"), "{\"set\":[22,443]}") ACCEPT,
		  true, true, true, true },
		{ INPUT("drop"), MATCH(PAYLOAD("udp", "dport"), "{\"range\":[7000,8000]}") ACCEPT,
		  true, true, true, false },
		{ INPUT("drop"), MATCH(PAYLOAD("th", "dport"),
				       "{\"set\":[80,{\"range\":[7689,7689]}]}") ACCEPT,
		  false, false, false, false },
		{ INPUT("accept"), UNLIKE(PAYLOAD("tcp", "dport"), "22") DROP,
		  true, true, true, true },
		{ INPUT("drop"),
		  MATCH(STATE, "\"new\"") MATCH(PAYLOAD("tcp", "dport"), "80") ACCEPT,
		  true, true, false, true },
		{ INPUT("drop"), MATCH(STATE, "[\"established\",\"related\"]") ACCEPT,
		  true, true, true, false },
		{ INPUT("drop"), MATCH(STATE, "{\"set\":[\"new\",\"untracked\"]}") ACCEPT,
		  false, false, false, false },
		{ INPUT("accept"), MATCH(STATE, "\"invalid\"") DROP, false, false, false, false },
		{ INPUT("accept"), MATCH(STATE, "\"untracked\"") DROP, true, true, false, false },
		{ INPUT("drop"), MATCH(META("iifname"), "\"lo\"") ACCEPT, true, true, true, true },
		/* It may be that one */
		{ INPUT("drop"), MATCH(META("iifname"), "\"eth0\"") ACCEPT,
		  false, false, false, false },
		{ INPUT("accept"), MATCH(META("iifname"), "\"eth0\"") DROP,
		  false, false, false, false },
		{ INPUT("drop"), MATCH(META("nfproto"), "\"ipv4\"") ACCEPT,
		  false, true, false, false },
		{ INPUT("drop"), MATCH(META("l4proto"), "{\"set\":[\"tcp\",\"icmp\"]}") ACCEPT,
		  false, false, false, true },
		{ INPUT("drop"), MATCH(PAYLOAD("ip", "daddr"), "\"10.2.0.100\"") ACCEPT,
		  false, true, false, false },
		{ INPUT("drop"), MATCH(PAYLOAD("ip", "daddr"), "\"10.2.0.101\"") ACCEPT,
		  true, true, false, false },
		{ INPUT("drop"), MATCH(PAYLOAD("ip", "saddr"), "\"10.9.0.0\"") ACCEPT,
		  false, true, false, false },
		{ INPUT("drop"), MATCH(PAYLOAD("tcp", "dport"), "\"@allowed\"") ACCEPT,
		  false, false, false, true },
		{ INPUT("drop"), "{\"jump\":{\"target\":\"x\"}}", false, false, false, false },
		{ INPUT("accept"), "{\"limit\":{\"rate\":1,\"per\":\"second\"}}," DROP,
		  false, false, false, false },
		{ INPUT("accept"), "{\"counter\":{\"packets\":0,\"bytes\":0}}," DROP,
		  true, true, true, true },
		{ INPUT("drop"), VMAP(STATE, "[\"established\"," ACCEPT "],[\"invalid\"," DROP "]"),
		  true, true, true, false },
		{ INPUT("accept"), VMAP(STATE, "[\"new\"," DROP "],[\"untracked\"," ACCEPT "]"),
		  false, false, true, true },
		{ INPUT("drop"), VMAP(PAYLOAD("th", "dport"), "[80," ACCEPT "],[22," DROP "]"),
		  false, false, false, true },
		{ INPUT("drop"), VMAP(META("iifname"), "[\"eth1\",{\"jump\":{}}]"),
		  false, false, false, false },
		{ "\"type\":\"filter\",\"hook\":\"forward\",\"prio\":0,\"policy\":\"drop\"", "",
		  false, false, false, false },
		{ "\"type\":\"filter\",\"hook\":\"prerouting\",\"prio\":0,\"policy\":\"drop\"", "",
		  true, true, true, true },
		{ "\"prio\":0", DROP, false, false, false, false },
	};
	static const char tcp[] = "nft insert rule inet t c tcp dport 80 accept";
	static const char udp[] = "nft insert rule inet t c udp dport 7689 accept";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_rules(rows[i].chain, rows[i].rule);
		assert_row(rows[i].rule, asked(firewall_drops, &vip, tcp) == rows[i].vip);
		assert_row(rows[i].rule, asked(firewall_drops, &vip6, tcp) == rows[i].vip6);
		assert_row(rows[i].rule, asked(firewall_drops, &server, tcp) == rows[i].server);
		assert_row(rows[i].rule, asked(firewall_drops, &control, udp) == rows[i].control);
	}
}

static void firewall_rewrites__what_it_is_sure_of(void **state)
{
	static const struct {
		const char *chain;
		const char *rule;
		bool vip;
	} rows[] = {
		{ NAT, "{\"dnat\":{\"addr\":\"10.2.0.3\"}}", true },
		{ NAT, MATCH(PAYLOAD("tcp", "dport"), "80") "{\"redirect\":{}}", true },
		{ NAT, MATCH(PAYLOAD("tcp", "dport"), "443") "{\"redirect\":{}}", false },
		{ NAT, MATCH(PAYLOAD("ip", "saddr"), "\"10.0.0.1\"") "{\"dnat\":{}}", false },
		{ NAT, ACCEPT, false },
		{ INPUT("accept"), "{\"dnat\":{}}", false },
	};

	static const char command[] = "nft delete rule inet t c handle 7";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_rules(rows[i].chain, rows[i].rule);
		assert_row(rows[i].rule, asked(firewall_rewrites, &vip, command) == rows[i].vip);
	}
}

static int setup(void **state)
{
	char path[512];

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s:%s", folder, getenv("PATH"));
	return setenv("PATH", path, 1);
}

static int teardown(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/nft", folder);
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(firewall_drops__what_it_is_sure_of),
		cmocka_unit_test(firewall_rewrites__what_it_is_sure_of),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
