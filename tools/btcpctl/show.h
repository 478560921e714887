/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every show has in common: a list of named objects, all or one.
 */
#ifndef BTCPCTL_SHOW_H
#define BTCPCTL_SHOW_H

#include "nl.h"

struct args;
struct command;
struct keyword;

/**
 * show_named() - list the objects of a noun, or the one that is named
 * @command: the show command
 * @args: [NAME]
 * @print: prints one object
 *
 * Return: enum status, STATUS_NO if there is none of that name.
 */
int show_named(const struct command *command, struct args *args,
	       void (*print)(struct nlattr **tb, struct nlattr *first, int len));

/**
 * change_named() - add or set an object: its name, then keywords
 * @command: the command; its verb tells whether what is needed must be there
 * @args: words
 * @table: keywords
 */
int change_named(const struct command *command, struct args *args, const struct keyword *table);

/**
 * del_named() - delete an object
 * @command: the command
 * @args: NAME
 */
int del_named(const struct command *command, struct args *args);

/** print_key() - a key's file, as configuration */
void print_key(struct nlattr **tb);
/** print_condition() - state, fingerprint and the rest that peers have */
void print_condition(struct nlattr **tb);

extern const char *const admin_choices[];

#endif /* BTCPCTL_SHOW_H */
