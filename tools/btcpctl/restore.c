// SPDX-License-Identifier: GPL-2.0
/*
 * A saved configuration, looked through or put in place of the one there is.
 */
#include <string.h>

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

static int transact(const struct command *command, __u8 cmd)
{
	return request_change(command, request_new(cmd));
}

/* What a commit refuses is the control channel's address: the line that sets it */
static unsigned int control_line(const struct config *config)
{
	unsigned int line = 0;

	for (size_t i = 0; i < config->count; i++)
		if (!strcmp(config->change[i].command->noun, "control"))
			line = config->change[i].line;
	return line;
}

int config_restore(const struct command *command, struct args *args)
{
	struct config config;
	const char *file;
	int status = file_of(command, args, &file);

	if (status)
		return status;
	status = config_read(&config, file, false);
	if (!status)
		status = transact(command, BTCP_CMD_TRANSACTION_BEGIN);
	if (status)
		goto free;
	status = request_changes(config.change, config.count, config.file);
	if (!status) {
		fail_where(control_line(&config) ? config.file : NULL, control_line(&config));
		status = transact(command, BTCP_CMD_TRANSACTION_COMMIT);
		fail_where(NULL, 0);
	}
	if (status)
		transact(command, BTCP_CMD_TRANSACTION_ABORT);
free:
	config_free(&config);
	return status;
}
