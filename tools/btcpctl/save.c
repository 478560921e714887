// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration as commands, each noun after those it refers to.
 */
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

/* A member is saved with its pool. */
static const char *const saved[] = {
	"control", "limit", "timeout", "backend", "pool", "service", "rule", "content", "frontend",
	NULL
};

int save(const struct command *command, struct args *args)
{
	int status = args_end(args) ?: request_privileged(command);

	if (status)
		return status;
	/* A host is a front-end, a back-end or both: what it is not, it has none of. */
	request_role_optional = true;
	print_options.json = false;
	print_options.save = true;
	for (int i = 0; !status && saved[i]; i++) {
		const struct command *show = commands;
		struct args none = {};

		while (strcmp(show->noun, saved[i]))
			show++;
		status = show->run(show, &none);
	}
	print_options.save = false;
	request_role_optional = false;
	return status;
}
