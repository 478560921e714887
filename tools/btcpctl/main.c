// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "btcpctl.h"
#include "config.h"
#include "print.h"

/*
 * All there is.  Where a noun has a show, it stands first: it is what the noun
 * alone does.
 */
const struct command commands[] = {
	{ "service", "show", service_show, BTCP_CMD_SERVICE_GET, "[NAME]" },
	{ "service", "add", service_change, BTCP_CMD_SERVICE_NEW,
	  "NAME vip ADDR:PORT [vip ADDR:PORT ...] [proto http|tls|tcp] [requests once|first] [admin up|drain] [persist PREFIXLEN timeout SEC]",
	},
	{ "service", "set", service_change, BTCP_CMD_SERVICE_SET,
	  "NAME [vip ADDR:PORT ...] [proto http|tls|tcp] [requests once|first|auto] [admin up|drain] [persist off|PREFIXLEN timeout SEC]",
	},
	{ "service", "del", service_del, BTCP_CMD_SERVICE_DEL, "NAME" },

	{ "backend", "show", backend_show, BTCP_CMD_BACKEND_GET, "[NAME]" },
	{ "backend", "add", backend_change, BTCP_CMD_BACKEND_NEW,
	  "NAME addr ADDR:PORT [addr ADDR6:PORT] [control ADDR[:PORT]] [weight N] [maxflows N] [slowstart SEC] [admin up|drain|down] key FILE",
	},
	{ "backend", "set", backend_change, BTCP_CMD_BACKEND_SET,
	  "NAME [addr ADDR:PORT ...] [control ADDR[:PORT]] [weight N] [maxflows N] [slowstart SEC] [admin up|drain|down [deadline SEC]] [health up|down] [key FILE]",
	},
	{ "backend", "del", backend_del, BTCP_CMD_BACKEND_DEL, "NAME" },

	{ "pool", "show", pool_show, BTCP_CMD_POOL_GET, "[NAME]" },
	{ "pool", "add", pool_change, BTCP_CMD_POOL_NEW,
	  "NAME [policy wrr|lc|maglev|lard] [hash url|host|client|{header|cookie} N] [backend B [weight N] ...]",
	},
	{ "pool", "set", pool_change, BTCP_CMD_POOL_SET,
	  "NAME [policy wrr|lc|maglev|lard] [hash url|host|client|{header|cookie} N] [backend B [weight N] ...]",
	},
	{ "pool", "del", pool_del, BTCP_CMD_POOL_DEL, "NAME" },

	{ "member", "show", member_show, BTCP_CMD_POOL_GET, "[POOL]" },
	{ "member", "add", member_change, BTCP_CMD_MEMBER_NEW, "POOL BACKEND [weight N]" },
	{ "member", "set", member_change, BTCP_CMD_MEMBER_SET, "POOL BACKEND weight N" },
	{ "member", "del", member_change, BTCP_CMD_MEMBER_DEL, "POOL BACKEND" },

	{ "rule", "show", rule_show, BTCP_CMD_RULE_GET, "[SERVICE]" },
	{ "rule", "add", rule_change, BTCP_CMD_RULE_NEW,
	  "SERVICE [pref N] [host HOST] [path PATH] [method M] [header N=V ...] [cookie N=V ...] [src PREFIX] [sni HOST] [alpn P] pool NAME",
	},
	{ "rule", "set", rule_change, BTCP_CMD_RULE_SET,
	  "SERVICE {pref N | default} [host HOST] [path PATH] [method M] [header N=V ...] [cookie N=V ...] [src PREFIX] [sni HOST] [alpn P] [pool NAME]",
	},
	{ "rule", "del", rule_change, BTCP_CMD_RULE_DEL, "SERVICE {pref N | default}" },
	{ "rule", "test", rule_test, BTCP_CMD_RULE_TEST,
	  "SERVICE [client ADDR] [host HOST] [path TARGET] [method M] [header N=V ...] [cookie N=V ...] [sni HOST] [alpn P]",
	},

	{ "content", "show", content_show, BTCP_CMD_CONTENT_GET, "[SERVICE]" },
	{ "content", "load", content_load, BTCP_CMD_CONTENT_BEGIN, "SERVICE FILE" },
	{ "content", "del", content_del, BTCP_CMD_CONTENT_DEL, "SERVICE" },

	{ "frontend", "show", frontend_show, BTCP_CMD_FRONTEND_GET, "[NAME]" },
	{ "frontend", "add", frontend_change, BTCP_CMD_FRONTEND_NEW,
	  "NAME addr ADDR [control ADDR[:PORT]] {vip ADDR:PORT [port LOCALPORT] ...} key FILE",
	},
	{ "frontend", "set", frontend_change, BTCP_CMD_FRONTEND_SET,
	  "NAME [addr ADDR] [control ADDR[:PORT]] [vip ADDR:PORT [port LOCALPORT] ...] [key FILE]",
	},
	{ "frontend", "del", frontend_del, BTCP_CMD_FRONTEND_DEL, "NAME" },

	{ "control", "show", control_show, BTCP_CMD_CONTROL_GET, "" },
	{ "control", "set", control_set, BTCP_CMD_CONTROL_SET, "[local ADDR] [port N]" },
	{ "limit", "show", settings_show, BTCP_CMD_LIMIT_GET, "[NAME]" },
	{ "limit", "set", settings_set, BTCP_CMD_LIMIT_SET, "NAME VALUE" },
	{ "timeout", "show", settings_show, BTCP_CMD_TIMEOUT_GET, "[NAME]" },
	{ "timeout", "set", settings_set, BTCP_CMD_TIMEOUT_SET, "NAME DURATION" },

	{ "flow", "show", flow_show, BTCP_CMD_FLOW_GET,
	  "[service S] [backend B] [client ADDR]" },
	{ "monitor", NULL, monitor, BTCP_CMD_UNSPEC, "" },
	{ "stats", "show", stats_show, BTCP_CMD_STATS_GET, "" },
	{ "metrics", NULL, metrics, BTCP_CMD_UNSPEC, "" },
	{ "key", "gen", key_gen, BTCP_CMD_UNSPEC, "" },
	{ "save", NULL, save, BTCP_CMD_UNSPEC, "" },
	{ "check", NULL, config_check, BTCP_CMD_UNSPEC, "FILE" },
	{ "restore", NULL, config_restore, BTCP_CMD_TRANSACTION_BEGIN, "FILE" },
	{ "doctor", NULL, doctor, BTCP_CMD_UNSPEC, "" },
	{ "complete", NULL, complete, BTCP_CMD_UNSPEC, "[--] [WORD ...]" },
	{}
};

const struct noun nouns[] = {
	{ "service", "btcp_frontend", "VIPs with their rules",
	  "proto: what connections are read as, to tell which rule they meet.  http, the default;\n"
	  "tls: by the ClientHello's server name (sni) and protocols (alpn), nothing is decrypted;\n"
	  "tcp: anything else; who is silent for timeout first_bytes lets the server speak first.\n"
	  "requests: once ends the connection after one response, first lets later requests\n"
	  "follow the first; auto, the default, is first with one pool and once with several.\n"
	  "persist: a client's next connection goes where its last one went, if that was not\n"
	  "longer ago than SEC and the back-end can take it; clients are one if PREFIXLEN bits\n"
	  "of their addresses are, of an IPv4 address at most 32.\n"
	  "An IPv6 address with a port stands in brackets: [fd00::100]:80\n" },
	{ "backend", "btcp_frontend", "servers, as the front-end knows them",
	  "One addr of each family.  control: where its control channel is, if not there.\n"
	  "weight 0: nothing new.  drain: nothing new, and after SEC what is left is reset;\n"
	  "down: live flows are reset now.  health: what a checker outside has found; down:\n"
	  "nothing new; not saved.  maxflows: the most connections it may have, 0: no limit.\n"
	  "slowstart: who becomes usable has all its weight only after SEC, and less before.\n"
	  "FILE holds what btcpctl key gen printed; use one for each pair of hosts.\n" },
	{ "pool", "btcp_frontend", "ordered sets of back-ends",
	  "set replaces all members if it names any; see member for single ones.\n"
	  "A member's weight replaces its back-end's.\n"
	  "wrr: in turn, by weight.  lc: who has the fewest connections for its weight.\n"
	  "maglev: equal requests go to one back-end, from every front-end, unless that has more\n"
	  "than limit hash_load of its share; hash says of what: url (the default: host and path\n"
	  "without the query), host, client, or the first header or cookie N; the client's\n"
	  "address stands in for what a request does not have.\n"
	  "lard: likewise to the one that had the last, and to more if it has too much to do: see\n"
	  "limit lard_low, limit lard_high, timeout lard.\n" },
	{ "member", "btcp_frontend", "a pool's back-ends, one by one", NULL },
	{ "rule", "btcp_frontend", "which requests go to which pool",
	  "All conditions of a rule must hold; header and cookie may be there more than once.\n"
	  "HOST: www.example.com, or '*.example.com' (one or more labels before it); without\n"
	  "case, port and one trailing dot.\n"
	  "PATH: /a (just this), '/img/*' (what begins so), '*.jpg' (what ends so); decoded,\n"
	  "slashes merged, dot segments removed, without the query.\n"
	  "header, cookie: any of that name with this value.  PREFIX: ADDR/LEN or ADDR.\n"
	  "Lowest pref first, omitted: the highest + 10.  A rule without a condition is the\n"
	  "service's default and takes no pref.  No rule matched: 404.  set replaces what it\n"
	  "names, all headers if it names one, and leaves the rest.\n"
	  "sni, alpn: of a service of proto tls, which has only these and src; sni is like host,\n"
	  "alpn is one of the protocols offered.  proto tcp has only src.\n"
	  "test tells the rule, pool and back-end of a request, and advances no scheduler;\n"
	  "TARGET is the path as a client sends it.\n" },
	{ "content", "btcp_frontend", "which pool has each of many URLs",
	  "FILE has a line HOST PATH POOL for each, compared exactly, in the form that rules see;\n"
	  "# begins a comment.  Of lines with the same host and path the first counts.  Rules come\n"
	  "first, then content, then the default.  load replaces what was there as a whole, or\n"
	  "nothing; up to limit content lines.  save writes the file's name: keep the file.\n" },
	{ "frontend", "btcp_backend", "front-ends, as the back-end knows them",
	  "vip is a grant: only these may be handed off, and only to LOCALPORT (the VIP's if\n"
	  "omitted).  set replaces all grants if it names any.\n"
	  "FILE holds what btcpctl key gen printed; use one for each pair of hosts.\n" },
	{ "control", "btcp_frontend (or btcp_backend)", "the control channel's own address",
	  "Default: the route's address and UDP port 7689.\n" },
	{ "limit", "btcp_frontend (or btcp_backend)", "how much of everything there may be",
	  "VALUE is a plain number, in the unit that show names.\n" },
	{ "timeout", "btcp_frontend (or btcp_backend)", "how long everything may take",
	  "DURATION is a number with ms, s, min or h behind it; a plain one is seconds.\n"
	  "JSON has milliseconds.\n" },
	{ "flow", "btcp_frontend (or btcp_backend)", "client connections",
	  "Needs CAP_NET_ADMIN in the network namespace.\n" },
	{ "monitor", "btcp_frontend (or btcp_backend)", "tell what happens, as it happens",
	  "A line each time that a back-end becomes usable or ceases to be, with its state; in\n"
	  "JSON an object a line.  What was lost because nobody read it in time is told, too.\n"
	  "Needs CAP_NET_ADMIN in the network namespace.\n" },
	{ "stats", "btcp_frontend (or btcp_backend)", "this host's counters, and what each means",
	  "-s shows those of each service, backend or frontend with its show.\n" },
	{ "metrics", "btcp_frontend (or btcp_backend)", "the same in Prometheus' text format",
	  "For node_exporter's textfile collector; docs/contrib has a unit that feeds it.  Names\n"
	  "are btcp_ROLE_COUNTER_total, without _total if it may fall; of objects they begin with\n"
	  "btcp_frontend_service, btcp_frontend_backend or btcp_backend_frontend, and the object\n"
	  "is in the label service, backend or frontend.\n" },
	{ "key", NULL, "keys of the control channel",
	  "gen prints 32 random bytes in base64: (umask 077; btcpctl key gen > FILE)\n" },
	{ "save", "btcp_frontend (or btcp_backend)",
	  "print the configuration as commands, for restore",
	  "Keys are saved as the paths of their files.  Needs CAP_NET_ADMIN.\n" },
	{ "check", NULL, "look for faults in a saved configuration",
	  "FILE, or - for standard input, holds what save prints: the commands that add objects,\n"
	  "load content, and set limits, timeouts and the control channel's address, in any\n"
	  "order.  Told is what is not understood, what refers to an object that no line adds,\n"
	  "and what is added twice, each with its line; the status is then 3.  Needs neither\n"
	  "module nor privilege.\n" },
	{ "restore", "btcp_frontend (or btcp_backend)",
	  "replace the whole configuration by a saved one, all or nothing",
	  "FILE is as check has it, and is checked first.  What it does not name is deleted or\n"
	  "has its default; what it has, and is there, goes on: sessions, connections, counters.\n"
	  "Each request sees all of the old configuration or all of the new.  If anything is\n"
	  "refused, the line is told and nothing has changed.  Needs CAP_NET_ADMIN.\n" },
	{ "doctor", "btcp_frontend (or btcp_backend)", "what would stop this host from working",
	  "A line for each fault, and one with the command that mends it, here or where it says.\n"
	  "Looked at are the VIPs' places, routes, rp_filter, MTUs, the control channel, servers,\n"
	  "peers, rules, pools, and as far as can be seen nftables, IPVS and conntrack.  The\n"
	  "status is 3 if there is a fault.  Needs CAP_NET_ADMIN in the network namespace.\n" },
	{ "complete", NULL, "what may come where these words end, for a shell's completion",
	  "The last WORD is the one to complete, maybe empty.  <file>: the name of a file.\n" },
	{}
};

const struct noun *noun_find(const char *name)
{
	const struct noun *noun = nouns;

	while (noun->name && strcmp(noun->name, name))
		noun++;
	return noun;
}

static const char *noun_name(const void *list, int i)
{
	return ((const struct noun *)list)[i].name;
}

/* Verbs of other nouns are NULL: match() passes them over */
struct verbs {
	const char *noun;
};

static const char *verb_name(const void *list, int i)
{
	const struct verbs *verbs = list;

	return strcmp(commands[i].noun, verbs->noun) ? NULL : commands[i].verb;
}

static bool is_help(const struct args *args)
{
	return args->count == 1 && !strcmp(args->word[0], "help") && !request_taker;
}

static int obey(const struct command *command, struct args *args)
{
	if (request_taker && !config_takes(command))
		return fail(STATUS_SYNTAX,
			    "%s%s%s: not in a configuration, which only says what there is",
			    command->noun, command->verb ? " " : "", command->verb ?: "");
	return command->run(command, args);
}

int run_command(struct args *args)
{
	int status, i, count = ARRAY_SIZE(nouns) - 1;
	const char *word = args_next(args);
	const struct command *command;
	struct verbs verbs;

	if (!word || (!strcmp(word, "help") && !request_taker)) {
		help(NULL, NULL);
		return word ? STATUS_OK : STATUS_SYNTAX;
	}
	status = match(word, &i, count, noun_name, nouns, "object; see btcpctl help");
	if (status)
		return status;
	verbs.noun = nouns[i].name;
	if (is_help(args)) {
		help(verbs.noun, NULL);
		return STATUS_OK;
	}
	command = commands;
	while (strcmp(command->noun, verbs.noun))
		command++;
	if (!command->verb)
		return obey(command, args);
	if (args->count) {
		count = ARRAY_SIZE(commands) - 1;
		status = match(args->word[0], &i, count, verb_name, &verbs, "command here");
		if (status)
			return status;
		args_next(args);
		command = &commands[i];
	} else if (strcmp(command->verb, "show")) {
		help(verbs.noun, NULL);
		return STATUS_SYNTAX;
	}
	if (is_help(args)) {
		help(verbs.noun, command->verb);
		return STATUS_OK;
	}
	return obey(command, args);
}

int netns_enter(const char *name)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), strchr(name, '/') ? "%s" : "/var/run/netns/%s", name) >=
	    (int)sizeof(path))
		return fail(STATUS_SYNTAX, "-netns: the name is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(STATUS_SYNTAX, "-netns \"%s\": %s", name, strerror(errno));
	if (setns(fd, CLONE_NEWNET)) {
		fail(STATUS_REFUSED, "-netns \"%s\": %s", name, strerror(errno));
		close(fd);
		return STATUS_REFUSED;
	}
	close(fd);
	return STATUS_OK;
}

/* In the order in which a letter that several begin with is theirs */
const char *const options[] = {
	"json", "pretty", "netns", "statistics", "force", "batch", "Version", "help", NULL
};

const char *option_of(const char *word)
{
	const char *name = word + 1 + (word[1] == '-');

	for (int i = 0; *name && options[i]; i++)
		if (!strncmp(options[i], name, strlen(name)))
			return options[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct args args = { argc - 1, argv + 1 };
	const char *batch = NULL, *netns = NULL;
	bool force = false;
	int status;

	while (args.count && args.word[0][0] == '-' && args.word[0][1]) {
		const char *word = args_next(&args), *option = option_of(word);

		if (!option)
			return fail(STATUS_SYNTAX, "\"%s\": no such option; see btcpctl help",
				    word);
		if ((!strcmp(option, "netns") || !strcmp(option, "batch")) && !args.count)
			return fail(STATUS_SYNTAX, "-%s: its value is missing", option);

		if (!strcmp(option, "json"))
			print_options.json = true;
		else if (!strcmp(option, "pretty"))
			print_options.pretty = true;
		else if (!strcmp(option, "statistics"))
			print_options.statistics = true;
		else if (!strcmp(option, "force"))
			force = true;
		else if (!strcmp(option, "netns"))
			netns = args_next(&args);
		else if (!strcmp(option, "batch"))
			batch = args_next(&args);
		else if (!strcmp(option, "Version"))
			return puts("btcpctl " BTCPCTL_VERSION) < 0;
		else
			return help(NULL, NULL), STATUS_OK;
	}
	if (netns) {
		status = netns_enter(netns);
		if (status)
			return status;
	}
	if (batch)
		status = args_end(&args) ?: run_batch(batch, force);
	else
		status = run_command(&args);
	if (fflush(stdout) || ferror(stdout))
		return fail(STATUS_REFUSED, "standard output: %s", strerror(errno));
	return status;
}
