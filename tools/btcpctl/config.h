/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration: the commands of a file, understood and checked, but not sent.
 */
#ifndef BTCPCTL_CONFIG_H
#define BTCPCTL_CONFIG_H

#include <stddef.h>

#include "nl.h"

/**
 * struct config - a file's commands as requests
 * @file: for sentences
 * @change: requests; each object's stand behind those that it refers to, and else as in the file
 * @count: of @change
 * @room: for so many
 */
struct config {
	const char *file;
	struct change *change;
	size_t count;
	size_t room;
};

/**
 * config_read() - understand a file, and look whether its objects are there and there once
 * @config: to be filled; to be given to config_free() in any case
 * @path: the file, "-" for standard input
 * @dry: nothing is to come of it: a key that may not be read is no fault
 *
 * Asks no kernel.
 * Return: enum status; each fault has been told, with its line.
 */
int config_read(struct config *config, const char *path, bool dry);

/**
 * config_free() - forget it, and the keys in it
 * @config: from config_read()
 */
void config_free(struct config *config);

/**
 * config_takes() - has a configuration commands of this kind?
 * @command: command
 *
 * Only those that say what there is: not those that ask, nor those that change what they must
 * find there.
 */
bool config_takes(const struct command *command);

#endif /* BTCPCTL_CONFIG_H */
