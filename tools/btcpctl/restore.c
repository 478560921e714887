// SPDX-License-Identifier: GPL-2.0
/*
 * A saved configuration, looked through or put in place of the one there is.
 */
#include "args.h"
#include "btcpctl.h"
#include "config.h"
#include "print.h"

static int file_of(const struct command *command, struct args *args, const char **file)
{
	*file = args_next(args);
	if (!*file)
		return fail(STATUS_SYNTAX, "%s: the name of its file is missing", command->noun);
	return args_end(args);
}

int config_check(const struct command *command, struct args *args)
{
	struct config config;
	const char *file;
	int status = file_of(command, args, &file);

	if (status)
		return status;
	status = config_read(&config, file, true);
	config_free(&config);
	return status ? STATUS_NO : STATUS_OK;
}
