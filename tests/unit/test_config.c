// SPDX-License-Identifier: GPL-2.0
/*
 * btcpctl check: what it finds in a configuration, and what order a kernel is given it in.
 */
#include <fcntl.h>
#include <stdio.h>
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

bool request_role_optional;
struct request_lines request_lines;

/* There is no kernel: whoever asks one has failed. */
int request_ask(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg)
{
	(void)msg;
	(void)answer;
	(void)arg;
	return (fail)(STATUS_REFUSED, "%s: a kernel was asked", command->noun);
}

int request_change(const struct command *command, struct nl_msg *msg)
{
	return request_taker ? request_taker(command, msg) : request_ask(command, msg, NULL, NULL);
}

int request_changes(const struct change *change, size_t count, const char *file)
{
	(void)count;
	(void)file;
	return request_ask(change->command, NULL, NULL, NULL);
}

int request_dump(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg)
{
	return request_ask(command, msg, answer, arg);
}

int request_listen(const struct command *command, void (*ready)(void), answer_fn answer,
		   void (*lost)(void))
{
	(void)ready;
	(void)lost;
	return request_ask(command, NULL, answer, NULL);
}

int request_privileged(const struct command *command)
{
	return request_ask(command, NULL, NULL, NULL);
}

#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	key_file("key", KEY "\n", 0600);
	key_file("good", "www.example /a one\nwww.example\t/b  two\n", 0600);
	key_file("bad", "# URLs\n\nwww.example /a one\nwww.example /b three\n", 0600);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "key", "good", "bad", "saved" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

/* A @ stands for the folder here, too */
static void save_file(const char *text)
{
	char path[128], whole[4096], *to = whole;

	for (; *text; text++)
		to = *text == '@' ? stpcpy(to, folder) : (*to = *text, to + 1);
	*to = '\0';
	snprintf(path, sizeof(path), "%s/saved", folder);
	unlink(path);
	key_file("saved", whole, 0600);
}

#define RICH \
	"control set local 10.2.0.2 port 7689\n" \
	"limit set flows 1000 # not many\n" \
	"timeout set closing 1s\n" \
	"backend add be1 addr 10.2.0.3:80 addr [fd00::3]:80 control 10.2.0.3:7689 key @/key\n" \
	"backend add be2 addr 10.2.0.4:80 weight 3 maxflows 5 admin drain key '@/key'\n" \
	"pool add one policy maglev hash cookie sid backend be1 weight 2 \\\n" \
	"\tbackend be2\n" \
	"pool add two\n" \
	"member add two be2\n" \
	"service add www vip 10.2.0.100:80 vip [fd00::100]:80 requests once\n" \
	"service add tls vip 10.2.0.100:443 proto tls persist 24 timeout 9\n" \
	"rule add www pref 10 host a.example path '/img/*' pool two\n" \
	"rule add www path /b pool two\n" \
	"rule add www default pool one\n" \
	"rule add tls default pool one\n" \
	"content load www @/good\n" \
	"frontend add fe addr 10.2.0.2 vip 10.2.0.100:80 port 8080 key @/key\n"

static void check__finds_nothing(void **state)
{
	(void)state;
	save_file(RICH);
	assert_int_equal(run("check @/saved", NULL), STATUS_OK);
	assert_string_equal(err, "");
	assert_string_equal(out, "");
	assert_int_equal(run("check -", "# nothing at all\n"), STATUS_OK);
	assert_string_equal(err, "");
}

static void check__in_any_order(void **state)
{
	(void)state;
	assert_int_equal(run("check -",
			     "rule add www pool one\nmember add one be1\npool add one\n"
			     "service add www vip 10.2.0.100:80\n"
			     "backend add be1 addr 10.2.0.3:80 key /dev/null\n"),
			 STATUS_NO);
	assert_non_null(strstr(err, "<stdin>:5: key"));
	save_file("rule add www pool one\nmember add one be1\npool add one\n"
		  "service add www vip 10.2.0.100:80\n"
		  "backend add be1 addr 10.2.0.3:80 key @/key\n");
	assert_int_equal(run("check @/saved", NULL), STATUS_OK);
}

static void check__finds(void **state)
{
	static const struct {
		const char *more;	/* behind RICH, from line 18 on */
		const char *sentence;
	} rows[] = {
		{ "rule add www pref 11 path /x pool three\n",
		  "saved:18: pool \"three\": no line adds it" },
		{ "rule add wwww pref 11 path /x pool one\n",
		  "saved:18: service \"wwww\": no line adds it" },
		{ "\npool add three backend be1 backend be3\n",
		  "saved:19: backend \"be3\": no line adds it" },
		{ "member add three be1\n", "saved:18: pool \"three\": no line adds it" },
		{ "member add two be3\n", "saved:18: backend \"be3\": no line adds it" },
		{ "content load nobody @/good\n", "service \"nobody\": no line adds it" },
		{ "service add more vip 10.2.0.101:80\ncontent load more @/bad\n",
		  "bad:4: pool \"three\": no line adds it" },
		{ "content load www @/good\n",
		  "saved:18: content of service \"www\": it is in line 16 already" },
		{ "backend add be1 addr 10.2.0.5:80 key @/key\n",
		  "saved:18: backend \"be1\": it is in line 4 already" },
		{ "pool add two\n", "saved:18: pool \"two\": it is in line 8 already" },
		{ "service add www vip 10.2.0.101:80\n",
		  "saved:18: service \"www\": it is in line 10 already" },
		{ "service add more vip 10.2.0.100:80\n",
		  "saved:18: vip \"10.2.0.100:80\": it is in line 10 already" },
		{ "frontend add fe addr 10.2.0.7 vip 10.2.0.100:80 key @/key\n",
		  "saved:18: frontend \"fe\": it is in line 17 already" },
		{ "member add one be2\n",
		  "saved:18: pool \"one\" backend \"be2\": it is in line 6 already" },
		{ "pool add three backend be1 backend be1\n",
		  "saved:18: pool \"three\" backend \"be1\": it is in line 18 already" },
		{ "rule add www pref 10 path /y pool one\n",
		  "saved:18: service \"www\" pref \"10\": it is in line 12 already" },
		{ "rule add www pool two\n",
		  "saved:18: the default rule of service \"www\": it is in line 14 already" },
		{ "rule add www pref x path /y pool one\n", "saved:18: pref \"x\": not a number" },
		{ "nonsense\nrule fly\n", "saved:19: \"fly\": no such command" },
		{ "pool add 'x\n", "saved:18: a quote is not closed" },
		{ "backend add be9 addr 10.2.0.3:80 key @/none\n", "none\": No such file" },
		{ "backend show\n", "saved:18: backend show: not in a configuration" },
		{ "backend\n", "saved:18: backend show: not in a configuration" },
		{ "pool set two policy lc\n", "saved:18: pool set: not in a configuration" },
		{ "rule del www pref 10\n", "saved:18: rule del: not in a configuration" },
		{ "key gen\n", "saved:18: key gen: not in a configuration" },
		{ "save\n", "saved:18: save: not in a configuration" },
		{ "check @/saved\n", "saved:18: check: not in a configuration" },
		{ "restore @/saved\n", "saved:18: restore: not in a configuration" },
		{ "help\n", "saved:18: \"help\": no such object" },
		{ "pool help\n", "saved:18: \"help\": no such command" },
	};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text), "%s%s", RICH, rows[i].more);
		save_file(text);
		assert_int_equal(run("check @/saved", NULL), STATUS_NO);
		if (!strstr(err, rows[i].sentence))
			print_error("%s: %s", rows[i].more, err);
		assert_non_null(strstr(err, rows[i].sentence));
		assert_string_equal(out, "");
	}
}

/* A configuration is not taken apart line by line: all that is wrong is told. */
static void check__tells_every_fault(void **state)
{
	(void)state;
	assert_int_equal(run("check -", "pool add\nfly\npool add x backend\n"), STATUS_NO);
	assert_non_null(strstr(err, "<stdin>:1: pool: its name is missing"));
	assert_non_null(strstr(err, "<stdin>:2: \"fly\""));
	assert_non_null(strstr(err, "<stdin>:3: backend: its name is missing"));
	assert_int_equal(run("check -", "pool add x backend a\npool add x backend b\n"), STATUS_NO);
	assert_non_null(strstr(err, "<stdin>:2: pool \"x\": it is in line 1 already"));
	assert_non_null(strstr(err, "<stdin>:1: backend \"a\""));
	assert_non_null(strstr(err, "<stdin>:2: backend \"b\""));
}

static void check__not_understood(void **state)
{
	(void)state;
	assert_int_equal(run("check", NULL), STATUS_SYNTAX);
	assert_int_equal(run("check a b", NULL), STATUS_SYNTAX);
	assert_int_equal(run("check @/no", NULL), STATUS_NO);
	assert_non_null(strstr(err, "No such file"));
}

static const char *name_at(const struct config *config, size_t i)
{
	struct nlattr *name = nlmsg_find_attr(config->change[i].request, GENL_HDRLEN, BTCP_A_NAME);

	return name ? nla_get_string(name) : "";
}

/* What is referred to comes first; else as in the file. */
static void read__order(void **state)
{
	static const char *const nouns[] = {
		"limit", "backend", "backend", "pool", "pool", "member", "service"
	};
	static const char *const names[] = { "flows", "b", "a", "y", "x", "a", "s" };
	struct config config;
	char path[128];

	(void)state;
	save_file("service add s vip 10.2.0.100:80\nmember add y a\npool add y\n"
		  "backend add b addr 10.2.0.4:80 key @/key\npool add x backend b\n"
		  "backend add a addr 10.2.0.3:80 key @/key\nlimit set flows 9\n");
	snprintf(path, sizeof(path), "%s/saved", folder);
	assert_int_equal(config_read(&config, path, false), STATUS_OK);
	assert_int_equal(config.count, ARRAY_SIZE(nouns));
	for (size_t i = 0; i < ARRAY_SIZE(nouns); i++) {
		assert_string_equal(config.change[i].command->noun, nouns[i]);
		assert_string_equal(name_at(&config, i), names[i]);
	}
	assert_int_equal(config.change[0].line, 7);
	assert_int_equal(config.change[6].line, 1);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check__finds_nothing),
		cmocka_unit_test(check__in_any_order),
		cmocka_unit_test(check__finds),
		cmocka_unit_test(check__tells_every_fault),
		cmocka_unit_test(check__not_understood),
		cmocka_unit_test(read__order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
