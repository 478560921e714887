/* SPDX-License-Identifier: GPL-2.0 */
/*
 * btcpctl: the commands, as main.c's table lists them.
 *
 * A command reads all its words into one netlink request before it speaks to
 * the kernel, so that what is not understood changes nothing and can be told
 * without a module.
 */
#ifndef BTCPCTL_H
#define BTCPCTL_H

#include <stdbool.h>
#include <linux/btcp.h>
#include <linux/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#ifndef __printf
#define __printf(format, first) __attribute((__format__(__printf__, format, first)))
#endif

struct args;

/**
 * enum status - exit statuses, part of the interface
 * @STATUS_OK: done
 * @STATUS_SYNTAX: not understood
 * @STATUS_REFUSED: the kernel refused, or its module is missing
 * @STATUS_NO: the answer is no
 */
enum status {
	STATUS_OK,
	STATUS_SYNTAX,
	STATUS_REFUSED,
	STATUS_NO,
};

/**
 * struct command - one line of the table
 * @noun: the object
 * @verb: what is done with it; NULL: the noun is the whole command
 * @run: does it and returns enum status, having said what was wrong
 * @cmd: enum btcp_cmd that @run sends, if it sends one
 * @usage: the words behind the verb, as BNF
 */
struct command {
	const char *noun;
	const char *verb;
	int (*run)(const struct command *command, struct args *args);
	__u8 cmd;
	const char *usage;
};

/**
 * struct noun - what the commands of one noun have in common
 * @name: as in struct command
 * @module: that brings it, as one would type it behind modprobe; NULL: none
 * @help: one line
 * @notes: more, below the usage; NULL: nothing more to say
 */
struct noun {
	const char *name;
	const char *module;
	const char *help;
	const char *notes;
};

extern const struct command commands[];	/* ends with a NULL noun */
extern const struct noun nouns[];	/* ends with a NULL name */
extern const char *const options[];	/* ends with NULL */

int service_change(const struct command *command, struct args *args);
int service_del(const struct command *command, struct args *args);
int service_show(const struct command *command, struct args *args);
int backend_change(const struct command *command, struct args *args);
int backend_del(const struct command *command, struct args *args);
int backend_show(const struct command *command, struct args *args);
int pool_change(const struct command *command, struct args *args);
int pool_del(const struct command *command, struct args *args);
int pool_show(const struct command *command, struct args *args);
int member_change(const struct command *command, struct args *args);
int member_show(const struct command *command, struct args *args);
int rule_change(const struct command *command, struct args *args);
int rule_show(const struct command *command, struct args *args);
int rule_test(const struct command *command, struct args *args);
int content_load(const struct command *command, struct args *args);
int content_del(const struct command *command, struct args *args);
int content_show(const struct command *command, struct args *args);
int frontend_change(const struct command *command, struct args *args);
int frontend_del(const struct command *command, struct args *args);
int frontend_show(const struct command *command, struct args *args);
int control_set(const struct command *command, struct args *args);
int control_show(const struct command *command, struct args *args);
int settings_set(const struct command *command, struct args *args);
int settings_show(const struct command *command, struct args *args);
int flow_show(const struct command *command, struct args *args);
int monitor(const struct command *command, struct args *args);
int stats_show(const struct command *command, struct args *args);
int metrics(const struct command *command, struct args *args);
int key_gen(const struct command *command, struct args *args);
int config_restore(const struct command *command, struct args *args);
int config_check(const struct command *command, struct args *args);
int save(const struct command *command, struct args *args);
int doctor(const struct command *command, struct args *args);
int complete(const struct command *command, struct args *args);

/**
 * noun_find() - a noun's line, by its whole name
 * @name: as in struct command
 */
const struct noun *noun_find(const char *name);

/**
 * option_of() - an option, whole or shortened
 * @word: as typed, with one minus or two
 *
 * Return: its whole name, one of options[]; NULL: there is none.
 */
const char *option_of(const char *word);

/**
 * netns_enter() - work in another network namespace from now on
 * @name: as ip netns has it, or the path of a file
 *
 * Return: enum status.
 */
int netns_enter(const char *name);

/**
 * run_command() - do what the words say
 * @args: noun, verb and the rest
 *
 * Return: enum status.
 */
int run_command(struct args *args);

/**
 * run_batch() - do what the lines of a file say
 * @path: the file, "-" for standard input
 * @force: go on behind an error
 *
 * Return: enum status, the first one that was not STATUS_OK.
 */
int run_batch(const char *path, bool force);

/**
 * help() - print the usage of everything, of a noun or of one verb
 * @noun: whole name, NULL: the list of nouns
 * @verb: whole name, NULL: all verbs of @noun
 */
void help(const char *noun, const char *verb);

#endif /* BTCPCTL_H */
