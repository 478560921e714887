// SPDX-License-Identifier: GPL-2.0
/*
 * btcpctl without a kernel: what it refuses to understand, and that an object's
 * show says what its add said.  Each command runs in a process of its own.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

/* Before cmocka, which has a macro fail() */
#define main btcpctl_main
#include "tools/btcpctl/main.c"
#undef main
#include "tools/btcpctl/nl.h"
#include "unit.h"
#include "run_btcpctl.h"

/**
 * struct kernel - what stands in for it, shared with the processes of commands
 * @len: bytes in @message, 0: it has no object
 * @message: the last change, which is answered to every question
 */
static struct kernel {
	int len;
	char message[64 * 1024];
} *kernel;

bool request_role_optional;
struct request_lines request_lines;

int request_change(const struct command *command, struct nl_msg *msg)
{
	(void)command;
	kernel->len = nlmsg_hdr(msg)->nlmsg_len;
	memcpy(kernel->message, nlmsg_hdr(msg), kernel->len);
	request_free(msg);
	return STATUS_OK;
}

/* restore's, which needs a real one */
int request_changes(const struct change *change, size_t count, const char *file)
{
	(void)change;
	(void)count;
	(void)file;
	return STATUS_REFUSED;
}

int request_ask(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg)
{
	return request_dump(command, msg, answer, arg);
}

int request_dump(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg)
{
	struct nlmsghdr *header = (struct nlmsghdr *)kernel->message;
	__u8 asked = genlmsg_hdr(nlmsg_hdr(msg))->cmd;
	struct nlattr *tb[BTCP_A_MAX + 1];
	struct genlmsghdr *genl;
	int status = STATUS_OK;

	(void)command;
	request_free(msg);
	if (!kernel->len)
		return status;
	genl = genlmsg_hdr(header);
	/* save and metrics ask for every kind of object, and there is but one */
	if (request_role_optional && genl->cmd != asked - 3)
		return status;
	assert_int_equal(answer_parse(tb, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0)), 0);
	answer(tb, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), arg);
	return status;
}

int request_listen(const struct command *command, void (*ready)(void), answer_fn answer,
		   void (*lost)(void))
{
	struct nl_msg *msg = request_new(BTCP_CMD_EVENT);
	struct nlattr *tb[BTCP_A_MAX + 1], *first;
	int len;

	(void)command;
	nla_put_string(msg, BTCP_A_ROLE, "frontend");
	nla_put_string(msg, BTCP_A_OBJECT, "backend");
	nla_put_string(msg, BTCP_A_NAME, "be1");
	nla_put_string(msg, BTCP_A_STATE, "up");
	first = genlmsg_attrdata(genlmsg_hdr(nlmsg_hdr(msg)), 0);
	len = genlmsg_attrlen(genlmsg_hdr(nlmsg_hdr(msg)), 0);
	ready();
	assert_int_equal(answer_parse(tb, first, len), 0);
	answer(tb, first, len, NULL);
	lost();
	request_free(msg);
	return STATUS_OK;
}

int request_privileged(const struct command *command)
{
	(void)command;
	return STATUS_OK;
}

#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="	/* 0, 1, 2 ... 31 */

static int setup(void **state)
{
	(void)state;
	kernel = mmap(NULL, sizeof(*kernel), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (kernel == MAP_FAILED || !mkdtemp(folder))
		return -1;
	key_file("good", KEY "\n", 0600);
	key_file("bare", KEY, 0600);
	key_file("open", KEY "\n", 0644);
	key_file("empty", "", 0600);
	key_file("short", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\n", 0600);
	key_file("long", KEY KEY "\n", 0600);
	key_file("twice", KEY "\n" KEY "\n", 0600);
	key_file("letters", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGx!dHh8=\n", 0600);
	key_file("pad", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A\n", 0600);
	key_file("tail", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", 0600);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {
		"good", "bare", "open", "empty", "short", "long", "twice", "letters", "pad", "tail"
	};
	char path[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static void run__not_understood(void **state)
{
	static const struct {
		const char *line;
		const char *sentence;	/* or a part of it */
	} rows[] = {
		{ "nonsense", "\"nonsense\": no such object" },
		{ "s", "\"s\" may be service or stats" },
		{ "-x", "\"-x\": no such option" },
		{ "-batch", "-batch: its value is missing" },
		{ "-batch @/none", "No such file" },
		{ "-batch - service", "\"service\": nothing more was expected" },
		{ "-netns no-such-namespace service", "\"no-such-namespace\": No such file" },
		{ "service fly", "\"fly\": no such command" },
		{ "service add", "service: its name is missing" },
		{ "service add -x", "service \"-x\": a name" },
		{ "service add a/b", "service \"a/b\": a name" },
		{ "service add x23456789012345678901234567890123", "1 to 32 characters" },
		{ "service add www", "vip: missing" },
		{ "service add www vip", "vip: its value is missing" },
		{ "service add www vip 10.2.0.100", "vip \"10.2.0.100\": not ADDRESS:PORT" },
		{ "service add www vip 10.2.0.256:80", "not an IPv4 or IPv6 address" },
		{ "service add www vip example.com:80", "not an IPv4 or IPv6 address" },
		{ "service add www vip fd00::100:80", "not ADDRESS:PORT" },
		{ "service add www vip [fd00::100]", "not ADDRESS:PORT" },
		{ "service add www vip [fd00::100", "a bracket is not closed" },
		{ "service add www vip [fd00::100]80", "not [ADDRESS]:PORT" },
		{ "service add www vip [10.2.0.100]:80", "brackets are for IPv6" },
		{ "service add www vip [fd00::100%eth0]:80", "not an IPv4 or IPv6 address" },
		{ "service add www vip 10.2.0.100:", "vip \"\": not a number from 1 to 65535" },
		{ "service add www vip 10.2.0.100:0", "vip \"0\": not a number" },
		{ "service add www vip 10.2.0.100:65536", "vip \"65536\": not a number" },
		{ "service add www vip 10.2.0.100:-1", "vip \"-1\": not a number" },
		{ "service add www vip 10.2.0.100:http", "vip \"http\": not a number" },
		{ "service add www vip 1.2.3.4:80 requests never", "\"never\": no such requests" },
		{ "service add www vip 1.2.3.4:80 requests each", "not supported by this version" },
		{ "service add www vip 1.2.3.4:80 proto udp", "\"udp\": no such proto" },
		{ "service add www vip 1.2.3.4:80 proto", "proto: its value is missing" },
		{ "service add www vip 1.2.3.4:80 admin down", "\"down\": no such admin" },
		{ "service add www vip 1.2.3.4:80 colour red", "\"colour\": no such keyword" },
		{ "service set www", "service: nothing to set" },
		{ "service del", "service: its name is missing" },
		{ "service del www now", "\"now\": nothing more was expected" },
		{ "service show a b", "\"b\": nothing more was expected" },
		{ "backend add be1 addr 10.2.0.3:80", "key: missing" },
		{ "backend add be1 key @/good", "addr: missing" },
		{ "backend set be1 weight", "weight: its value is missing" },
		{ "backend set be1 weight 65536", "\"65536\": not a number from 0 to 65535" },
		{ "backend set be1 weight -1", "weight \"-1\": not a number" },
		{ "backend set be1 weight 1x", "weight \"1x\": not a number" },
		{ "backend set be1 weight 4294967297", "not a number" },
		{ "backend set be1 weight 18446744073709551617", "not a number" },
		{ "backend set be1 weight 1 weight 2", "weight: given twice" },
		{ "backend set be1 admin sideways", "\"sideways\": no such admin" },
		{ "backend set be1 health sick", "\"sick\": no such health" },
		{ "backend set be1 maxflows 67108865", "not a number from 0 to 67108864" },
		{ "backend set be1 slowstart 1min", "slowstart \"1min\": not a number" },
		{ "backend set be1 admin drain deadline 0", "not a number from 1 to 86400" },
		{ "service set www persist", "persist: its value is missing" },
		{ "service set www persist 0 timeout 1", "not a number from 1 to 128" },
		{ "service set www persist 129 timeout 1", "not a number from 1 to 128" },
		{ "service set www persist 24", "persist: its timeout is missing" },
		{ "service set www persist 24 timeout", "timeout: its value is missing" },
		{ "service set www persist 24 timeout 0", "not a number from 1 to 86400" },
		{ "service set www persist off timeout 1", "\"timeout\": no such keyword" },
		{ "backend set be1 control", "control: its value is missing" },
		{ "backend set be1 control 10.2.0:1", "not an IPv4 or IPv6 address" },
		{ "backend set be1 key", "key: the name of its file is missing" },
		{ "backend set be1 key @/none", "none\": No such file" },
		{ "backend set be1 key @", "Is a directory" },
		{ "backend set be1 key @/empty", "too short" },
		{ "backend set be1 key @/short", "too short" },
		{ "backend set be1 key @/long", "too long" },
		{ "backend set be1 key @/twice", "too long" },
		{ "backend set be1 key @/letters", "not base64" },
		{ "backend set be1 key @/pad", "not base64" },
		{ "backend set be1 key @/tail", "not base64" },
		{ "pool add all backend", "backend: its name is missing" },
		{ "pool add all backend be1 weight x", "weight \"x\": not a number" },
		{ "pool add all weight 3", "\"weight\": no such keyword" },
		{ "content load", "service: its name is missing" },
		{ "content load www", "the name of its file is missing" },
		{ "content load www /none", "content \"/none\": No such file" },
		{ "content load www /dev/null", "not one line in it" },
		{ "pool add all hash path", "\"path\": no such hash" },
		{ "pool add all hash header", "hash: its value is missing" },
		{ "pool add all hash c", "\"c\" may be client or cookie" },
		{ "member add all", "backend: its name is missing" },
		{ "member set all be1", "weight: missing" },
		{ "member del all be1 weight 1", "\"weight\": nothing more" },
		{ "rule add www", "pool: missing" },
		{ "rule add www pref 10 pool all", "pref: a rule without conditions takes none" },
		{ "rule add www default path /a pool all", "takes no condition" },
		{ "rule add www path  pool all", "path \"\": 1 to 255 characters" },
		{ "rule add www path /\t pool all", "path: control characters" },
		{ "rule add www host a host b pool all", "host: given twice" },
		{ "rule add www header x= header pool all", "\"all\": no such keyword" },
		{ "rule add www h a pool all", "\"h\" may be host or header" },
		{ "rule add www src 10.0.0.0/33 pool all", "\"33\": not a number from 0 to 32" },
		{ "rule add www src fd00::/129 pool all", "\"129\": not a number from 0 to 128" },
		{ "rule add www src 10.0.0.0/ pool all", "src \"\": not a number" },
		{ "rule add www src /8 pool all", "src \"\": not an IPv4 or IPv6 address" },
		{ "rule add www src net/8 pool all", "src \"net\": not an IPv4 or IPv6 address" },
		{ "rule add www src 1111111111111111111111111111111111111111111111/8 pool all",
		  "not an IPv4 or IPv6 prefix" },
		{ "rule add www default src 10.0.0.0/8 pool all", "takes no condition" },
		{ "rule add www pref 10 default pool all", "pref: a rule without conditions" },
		{ "rule set www default host a", "takes no condition" },
		{ "rule del www pref 10 host a", "nothing more" },
		{ "rule test", "service: its name is missing" },
		{ "rule test www pool all", "\"pool\": no such keyword" },
		{ "rule test www client 10.0.0.0/8", "not an IPv4 or IPv6 address" },
		{ "rule test www path", "path: its value is missing" },
		{ "rule add www pref 4294967296 path /a pool all", "not a number" },
		{ "rule set www pool all", "say which" },
		{ "rule set www pref 10", "nothing to set" },
		{ "rule set www default pref 10 pool all", "say which" },
		{ "rule del www", "say which" },
		{ "rule del www pref 10 pool all", "nothing more" },
		{ "frontend add fe addr 10.2.0.2:80", "not an IPv4 or IPv6 address" },
		{ "frontend add fe addr 10.2.0.2 key @/good", "vip: missing" },
		{ "frontend add fe addr 10.2.0.2 vip 1.2.3.4:80 port 0 key @/good", "port \"0\"" },
		{ "frontend add fe port 80", "\"port\": no such keyword" },
		{ "control set", "control: nothing to set" },
		{ "control set local here", "not an IPv4 or IPv6 address" },
		{ "limit set flows", "limit: its value is missing" },
		{ "limit set flows many", "limit \"many\": not a number" },
		{ "limit set flows 1 2", "\"2\": nothing more was expected" },
		{ "timeout set head 3parsecs", "not a duration" },
		{ "timeout set head ms", "not a duration" },
		{ "timeout set head 99999999999999999999s", "not a duration" },
		{ "timeout set head 4294968s", "not a duration" },
		{ "flow show client nobody", "not an IPv4 or IPv6 address" },
		{ "flow show colour red", "\"colour\": no such keyword" },
		{ "stats show more", "\"more\": nothing more was expected" },
		{ "key gen twice", "\"twice\": nothing more was expected" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		kernel->len = 0;
		assert_row(rows[i].line, run(rows[i].line, NULL) == STATUS_SYNTAX);
		assert_row(rows[i].line, !strncmp(err, "btcpctl: ", 9));
		assert_row(rows[i].line, strstr(err, rows[i].sentence));
		assert_row(rows[i].line, err[strlen(err) - 1] == '\n');
		assert_row(rows[i].line, !*out);
		assert_row(rows[i].line, !kernel->len);
	}
}

static void run__show_says_what_add_said(void **state)
{
	static const struct {
		const char *add;
		const char *show;
		const char *text;
	} rows[] = {
		{ "service add www vip 10.2.0.100:80", "service show www",
		  "www vip 10.2.0.100:80\n" },
		{ "ser a www v 10.2.0.100:80 vip [fd00::100]:8080 req once adm drain", "service",
		  "www vip 10.2.0.100:80 vip [fd00::100]:8080 requests once admin drain\n" },
		{ "service add www proto http vip 10.2.0.100:80", "service sh",
		  "www vip 10.2.0.100:80 proto http\n" },
		{ "service add www vip 10.2.0.100:443 pro tls", "service",
		  "www vip 10.2.0.100:443 proto tls\n" },
		{ "service add www proto tcp vip 10.2.0.100:25 admin drain", "service",
		  "www vip 10.2.0.100:25 proto tcp admin drain\n" },
		{ "backend add b addr 10.2.0.3:80 addr [FD00::3]:80 control 10.3.0.3 w 0 k @/good",
		  "backend show b",
		  "b addr 10.2.0.3:80 addr [fd00::3]:80 control 10.3.0.3 weight 0 key @/good\n" },
		{ "backend add be1 addr 10.2.0.3:80 control [fd00::3]:99 admin down key @/bare",
		  "backend", "be1 addr 10.2.0.3:80 control [fd00::3]:99 admin down key @/bare\n" },
		{ "backend set be1 control fd00::3", "backend", "be1 control fd00::3\n" },
		{ "backend set be1 slow 30 maxf 100 adm drain dead 5 he down", "backend",
		  "be1 maxflows 100 slowstart 30 admin drain health down deadline 5\n" },
		{ "backend set be1 maxflows 0 slowstart 0 health up", "backend", "be1\n" },
		{ "service add www vip 1.2.3.4:80 persist 64 timeout 300", "service",
		  "www vip 1.2.3.4:80 persist 64 timeout 300\n" },
		{ "service add www vip 1.2.3.4:80 per 24 t 1 admin up", "service",
		  "www vip 1.2.3.4:80 admin up persist 24 timeout 1\n" },
		{ "pool add all policy wrr backend be1 weight 65535 backend be2", "pool",
		  "all policy wrr backend be1 weight 65535 backend be2\n" },
		{ "pool add all policy maglev hash header X-User backend be1", "pool",
		  "all policy maglev hash header X-User backend be1\n" },
		{ "pool add all policy maglev ha url", "pool show all",
		  "all policy maglev hash url\n" },
		{ "pool add all policy lc backend be1", "pool", "all policy lc backend be1\n" },
		{ "pool add all backend be1 weight 3 backend be2", "member show all",
		  "all be1 weight 3\nall be2\n" },
		{ "rule add www pref 4294967295 path /img/* pool img", "rule show www",
		  "www pref 4294967295 path '/img/*' pool img\n" },
		{ "rule add www path /it's pool img", "rule", "www path '/it'\\''s' pool img\n" },
		{ "rule add www path /a.b pool img", "rule", "www path /a.b pool img\n" },
		{ "rule add www pool all", "rule", "www default pool all\n" },
		{ "rule add www cookie s=1 cookie t='2' hea x-a= header x-b=c,d pool all", "rule",
		  "www header x-a= header x-b=c,d cookie s=1 cookie 't='\\''2'\\''' pool all\n" },
		{ "rule add www m GET ho *.example path /a sn a al h2 src ::/0 pool all", "rule",
		  "www host '*.example' path /a method GET sni a alpn h2 src ::/0 pool all\n" },
		{ "rule add www pref 1 src FD00::1 pool all", "rule",
		  "www pref 1 src fd00::1/128 pool all\n" },
		{ "rule add www pref 1 src 0.0.0.0/0 pool all", "rule test www host a",
		  "www pref 1 src 0.0.0.0/0 pool all status 503\n" },
		{ "rule add www default pool all", "rule", "www default pool all\n" },
		{ "frontend add fe addr fd00::2 vip 10.2.0.100:80 p 8080 v [fd::1]:80 k @/good",
		  "frontend",
		  "fe addr fd00::2 vip 10.2.0.100:80 port 8080 vip [fd::1]:80 key @/good\n" },
		{ "frontend set fe control [fd00::9]", "frontend", "fe control fd00::9\n" },
		{ "control set local 10.2.0.2 port 7690", "control", "local 10.2.0.2 port 7690\n" },
		{ "limit set flows 4294967295", "limit show flows", "flows 4294967295\n" },
		{ "timeout set try 300ms", "timeout", "try 300ms\n" },
		{ "timeout set try 3", "timeout", "try 3s\n" },
		{ "timeout set try 90s", "timeout", "try 90s\n" },
		{ "timeout set idle 15min", "timeout", "idle 15min\n" },
		{ "timeout set idle 24h", "timeout", "idle 24h\n" },
		{ "timeout set idle 0", "timeout", "idle 0s\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char expected[512], *to = expected;

		for (const char *c = rows[i].text; *c; c++)
			if (*c == '@')
				to = stpcpy(to, folder);
			else
				*to++ = *c;
		*to = '\0';
		kernel->len = 0;
		assert_row(rows[i].add, run(rows[i].add, NULL) == STATUS_OK);
		assert_row(rows[i].add, !*err && !*out && kernel->len);
		assert_row(rows[i].show, run(rows[i].show, NULL) == STATUS_OK);
		assert_string_equal(out, expected);
	}
}

static void run__rule_test_matches_nothing(void **state)
{
	(void)state;
	kernel->len = 0;
	assert_int_equal(run("rule test www path /a", NULL), STATUS_NO);
	assert_string_equal(out, "");
	assert_non_null(strstr(err, "none matches"));
	assert_int_equal(run("-j rule test www path /a", NULL), STATUS_NO);
	assert_string_equal(out, "[]\n");
}

/* What is told by the stand-in: that it listens, an event, that some were lost */
static void run__monitor(void **state)
{
	static const char event[] =
		"{\"role\":\"frontend\",\"object\":\"backend\",\"name\":\"be1\",\"state\":\"up\"}";

	(void)state;
	assert_int_equal(run("monitor", NULL), STATUS_OK);
	assert_string_equal(out, "listening\nfrontend backend be1 state up\nlost\n");
	assert_int_equal(run("-j monitor", NULL), STATUS_OK);
	assert_string_equal(strtok(out, "\n"), "{\"monitor\":\"listening\"}");
	assert_string_equal(strtok(NULL, "\n"), event);
	assert_string_equal(strtok(NULL, "\n"), "{\"monitor\":\"lost\"}");
	assert_int_equal(run("monitor all", NULL), STATUS_SYNTAX);
}

static void run__no_such_object(void **state)
{
	static const char *const rows[] = {
		"service show x", "backend show x", "pool show x", "member show x", "rule show x",
		"frontend show x", "limit show x", "timeout show x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		kernel->len = 0;
		assert_row(rows[i], run(rows[i], NULL) == STATUS_NO);
		assert_row(rows[i], strstr(err, "\"x\": there is none"));
	}
}

static void run__help_everywhere(void **state)
{
	(void)state;
	assert_int_equal(run("help", NULL), STATUS_OK);
	assert_non_null(strstr(out, "OBJECT"));
	assert_int_equal(run("-V", NULL), STATUS_OK);
	assert_int_equal(run("key", NULL), STATUS_SYNTAX);
	for (const struct noun *noun = nouns; noun->name; noun++) {
		char line[128];

		snprintf(line, sizeof(line), "%s help", noun->name);
		assert_row(line, run(line, NULL) == STATUS_OK);
		assert_row(line, !strncmp(out, "Usage: btcpctl ", 15));
	}
	for (const struct command *command = commands; command->noun; command++) {
		char line[128];

		if (!command->verb)
			continue;
		snprintf(line, sizeof(line), "%s %s help", command->noun, command->verb);
		assert_row(line, run(line, NULL) == STATUS_OK);
		assert_row(line, strstr(out, command->usage));
	}
}

#define JSON_VIP "{\"addr\":\"fd::1\",\"port\":80}"
#define JSON_REST "\"requests\":\"first\",\"statistics\":{}"
#define JSON_SERVICE "[{\"name\":\"w\",\"vips\":[" JSON_VIP "]," JSON_REST "}]\n"

static void run__json(void **state)
{
	(void)state;
	kernel->len = 0;
	assert_int_equal(run("-j service", NULL), STATUS_OK);
	assert_string_equal(out, "[]\n");
	run("service add w vip [fd::1]:80 requests first", NULL);
	assert_int_equal(run("-j service", NULL), STATUS_OK);
	assert_string_equal(out, JSON_SERVICE);
	run("rule add www path /\xff pool all", NULL);
	assert_int_equal(run("-j rule", NULL), STATUS_OK);
	assert_non_null(strstr(out, "\"path\":\"/\\\\xff\""));
	run("timeout set try 300ms", NULL);
	assert_int_equal(run("-json timeout", NULL), STATUS_OK);
	assert_string_equal(out, "[{\"name\":\"try\",\"ms\":300}]\n");
}

static void run__batch(void **state)
{
	static const struct {
		const char *options;
		const char *input;
		int status;
		const char *sentence;
	} rows[] = {
		{ "-batch -", "", STATUS_OK, "" },
		{ "-batch -", "# nothing\n\n   \t# but comments\n", STATUS_OK, "" },
		{ "-batch -", "pool add 'all' \"backend\" be\\1 # here, too\n", STATUS_OK, "" },
		{ "-batch -", "pool add \\\n\tall\\\n backend be1", STATUS_OK, "" },
		{ "-batch -", "\npool add all backend 'be1\n", STATUS_SYNTAX,
		  "btcpctl: <stdin>:2: a quote is not closed\n" },
		{ "-batch -", "fly\nwalk\n", STATUS_SYNTAX,
		  "btcpctl: <stdin>:1: \"fly\": no such object; see btcpctl help\n" },
		{ "-force -batch -", "fly\npool add \\\n x y\nwalk", STATUS_SYNTAX,
		  "btcpctl: <stdin>:1: \"fly\": no such object; see btcpctl help\n"
		  "btcpctl: <stdin>:2: \"y\": no such keyword here\n"
		  "btcpctl: <stdin>:4: \"walk\": no such object; see btcpctl help\n" },
		{ "-force -b -", "pool show x\nfly\n", STATUS_NO,
		  "btcpctl: <stdin>:1: pool \"x\": there is none\n"
		  "btcpctl: <stdin>:2: \"fly\": no such object; see btcpctl help\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		kernel->len = 0;
		assert_row(rows[i].input, run(rows[i].options, rows[i].input) == rows[i].status);
		assert_string_equal(err, rows[i].sentence);
	}
}

static void save__is_a_batch(void **state)
{
	char saved[sizeof(out)];

	(void)state;
	run("rule add www pref 7 path /it's/* pool img", NULL);
	assert_int_equal(run("save", NULL), STATUS_OK);
	assert_string_equal(out, "rule add www pref 7 path '/it'\\''s/*' pool img\n");
	strcpy(saved, out);
	kernel->len = 0;
	assert_int_equal(run("-batch -", saved), STATUS_OK);
	assert_int_equal(run("save", NULL), STATUS_OK);
	assert_string_equal(out, saved);
}

static void key__gen_is_taken_back(void **state)
{
	char first[sizeof(out)];

	(void)state;
	assert_int_equal(run("key gen", NULL), STATUS_OK);
	assert_int_equal(strlen(out), 45);
	strcpy(first, out);
	key_file("good", first, 0600);
	assert_int_equal(run("backend set be1 key @/good", NULL), STATUS_OK);
	assert_string_equal(err, "");
	assert_int_equal(run("key gen", NULL), STATUS_OK);
	assert_string_not_equal(out, first);
}

static void key__bytes(void **state)
{
	struct nlattr *key;

	(void)state;
	assert_int_equal(run("backend set be1 key @/bare", NULL), STATUS_OK);
	key = nlmsg_find_attr((struct nlmsghdr *)kernel->message, GENL_HDRLEN, BTCP_A_KEY);
	assert_non_null(key);
	assert_int_equal(nla_len(key), BTCP_KEY_LEN);
	for (int i = 0; i < BTCP_KEY_LEN; i++)
		assert_int_equal(((unsigned char *)nla_data(key))[i], i);
}

static void key__world_readable_warns(void **state)
{
	(void)state;
	kernel->len = 0;
	assert_int_equal(run("backend set be1 key @/open", NULL), STATUS_OK);
	assert_non_null(strstr(err, "warning: key"));
	assert_true(kernel->len);
}

static void request__may_be_long(void **state)
{
	static char line[32768] = "pool add all";

	(void)state;
	for (int i = 0; i < 1000; i++)
		strcat(line, " backend x2345678901234567890");
	kernel->len = 0;
	assert_int_equal(run(line, NULL), STATUS_OK);
	assert_true(kernel->len > 1000 * 24);
}

/* Not that there were such names, but who reads this must not be led astray by one */
static void metrics__are_escaped(void **state)
{
	static const char told[] =
		"# HELP btcp_frontend_backend_up whether its state is up\n"
		"# TYPE btcp_frontend_backend_up gauge\n"
		"btcp_frontend_backend_up{backend=\"\\\"b\\\\c\\n\"} 0\n"
		"# HELP btcp_frontend_backend_ups_total a \"word\", a \\\\ and\\na line\n"
		"# TYPE btcp_frontend_backend_ups_total counter\n"
		"btcp_frontend_backend_ups_total{backend=\"\\\"b\\\\c\\n\"} 18446744073709551615\n";
	struct nl_msg *msg = request_new(BTCP_CMD_BACKEND_NEW);
	struct nlattr *stat;

	(void)state;
	nla_put_string(msg, BTCP_A_NAME, "\"b\\c\n");
	nla_put_string(msg, BTCP_A_STATE, "closed");
	stat = nla_nest_start(msg, BTCP_A_STAT);
	nla_put_string(msg, BTCP_A_NAME, "ups");
	nla_put_u64(msg, BTCP_A_VALUE, 18446744073709551615ULL);
	nla_put_string(msg, BTCP_A_HELP, "a \"word\", a \\ and\na line");
	nla_nest_end(msg, stat);
	kernel->len = nlmsg_hdr(msg)->nlmsg_len;
	memcpy(kernel->message, nlmsg_hdr(msg), kernel->len);
	request_free(msg);
	assert_int_equal(run("metrics", NULL), STATUS_OK);
	assert_string_equal(err, "");
	assert_string_equal(out, told);
}

static void doctor__without_a_cluster(void **state)
{
	(void)state;
	assert_int_equal(run("service add www vip 192.0.2.77:80 vip 127.0.0.1:81", NULL),
			 STATUS_OK);
	assert_int_equal(run("doctor", NULL), STATUS_NO);
	assert_non_null(strstr(out, "VIP 192.0.2.77 is not an address of this host"));
	assert_non_null(strstr(out, "\n    ip addr add 192.0.2.77/32 dev "));
	assert_null(strstr(out, "127.0.0.1 is"));
	assert_non_null(strstr(out, "\n    btcpctl rule add www pool POOL\n"));
	assert_int_equal(run("pool add all", NULL), STATUS_OK);
	assert_int_equal(run("-j doctor", NULL), STATUS_NO);
	assert_non_null(strstr(out, "{\"what\":\"pool \\\"all\\\" has no back-end\",\"mend\":\""));
	assert_int_equal(run("pool add all backend be1", NULL), STATUS_OK);
	assert_int_equal(run("doctor", NULL), STATUS_OK);
	assert_string_equal(out, "");
}

static void complete__by_usage_and_kernel(void **state)
{
	static const struct {
		const char *line;
		const char *offered;
	} rows[] = {
		{ "s", "service stats save " },
		{ "service ", "show add set del help " },
		{ "service s", "show set " },
		{ "se ", "show add set del help " },
		{ "help", "help " },
		{ "nonsense ", "" },
		{ "s ", "" },
		{ "service fly ", "" },
		{ "service add ", "" },
		{ "service add www ", "vip proto requests admin persist " },
		{ "service add www vip ", "" },
		{ "service add www vip 1.2.3.4:80 p", "proto persist " },
		{ "service add www pro t", "tls tcp " },
		{ "service add www proto tls pro", "" },
		{ "service add www persist 24 t", "timeout " },
		{ "service set www persist ", "off " },
		{ "pool add all hash ", "url host client header cookie " },
		{ "pool add all hash header ", "policy backend " },
		{ "pool add all hash header X p", "policy " },
		{ "pool add all backend ", "be1 " },
		{ "pool add all backend be1 ", "policy hash backend weight " },
		{ "backend add ", "" },
		{ "backend set ", "be1 " },
		{ "backend set b", "be1 " },
		{ "backend set x", "" },
		{ "-j backend del ", "be1 " },
		{ "-n no-such-namespace backend del ", "" },
		{ "-f", "-force " },
		{ "-batch ", "<file> " },
		{ "backend add be2 addr 1.2.3.4:80 key ", "<file> " },
		{ "member add all ", "be1 " },
		{ "flow show backend ", "be1 " },
		{ "flow show client ", "" },
		{ "rule del www ", "pref default " },
		{ "frontend add fe addr 1.2.3.4 control 1.2.3.4:1 ", "vip key " },
		{ "frontend add fe vip 1.2.3.4:80 p", "port " },
		{ "content load www ", "<file> " },
		{ "save ", "" },
	};

	(void)state;
	assert_int_equal(run("backend add be1 addr 1.2.3.4:80 key @/good", NULL), STATUS_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[256];

		snprintf(line, sizeof(line), "complete -- %s", rows[i].line);
		assert_int_equal(run(line, NULL), STATUS_OK);
		for (char *c = out; *c; c++)
			*c = *c == '\n' ? ' ' : *c;
		if (strcmp(out, rows[i].offered))
			fail_msg("\"%s\": offered \"%s\"", rows[i].line, out);
	}
}

/* What a usage has, the command takes: "its value is missing", not "no such keyword" */
static void complete__what_is_offered_is_taken(void **state)
{
	int taken = 0;

	(void)state;
	for (const struct command *c = commands; c->noun; c++) {
		char line[256], offered[1024], *keyword, *rest = offered;
		const char *names = strncmp(c->usage, "POOL BACKEND", 12) ? "x" : "x y";

		if (!c->verb || (!isupper((unsigned char)*c->usage) && *c->usage != '['))
			continue;
		if (*c->usage == '[')
			names = "";
		snprintf(line, sizeof(line), "complete -- %s %s %s%s", c->noun, c->verb, names,
			 *names ? " " : "");
		assert_int_equal(run(line, NULL), STATUS_OK);
		strcpy(offered, out);
		while ((keyword = strsep(&rest, "\n")) && *keyword) {
			snprintf(line, sizeof(line), "%s %s %s%s%s", c->noun, c->verb, names,
				 *names ? " " : "", keyword);
			run(line, NULL);
			if (strstr(err, "no such keyword") || strstr(err, "nothing more"))
				fail_msg("%s: %s", line, err);
			taken++;
		}
	}
	assert_true(taken > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doctor__without_a_cluster),
		cmocka_unit_test(complete__by_usage_and_kernel),
		cmocka_unit_test(complete__what_is_offered_is_taken),
		cmocka_unit_test(metrics__are_escaped),
		cmocka_unit_test(run__not_understood),
		cmocka_unit_test(run__show_says_what_add_said),
		cmocka_unit_test(run__rule_test_matches_nothing),
		cmocka_unit_test(run__no_such_object),
		cmocka_unit_test(run__monitor),
		cmocka_unit_test(run__help_everywhere),
		cmocka_unit_test(run__json),
		cmocka_unit_test(run__batch),
		cmocka_unit_test(save__is_a_batch),
		cmocka_unit_test(key__bytes),
		cmocka_unit_test(key__world_readable_warns),
		cmocka_unit_test(key__gen_is_taken_back),
		cmocka_unit_test(request__may_be_long),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
