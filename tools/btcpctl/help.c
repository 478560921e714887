// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "btcpctl.h"

static void help_all(void)
{
	puts("Usage: btcpctl [OPTIONS] OBJECT [COMMAND ...]\n"
	     "       btcpctl [OPTIONS] [-force] -batch FILE\n"
	     "\n"
	     "OBJECT may be, and OBJECT help tells more:");
	for (const struct noun *noun = nouns; noun->name; noun++)
		printf("  %-10s %s\n", noun->name, noun->help);
	puts("\n"
	     "OPTIONS:\n"
	     "  -j[son]         answer in JSON; -p[retty]: indented\n"
	     "  -s[tatistics]   show each object's counters, too\n"
	     "  -n[etns] NAME   work in this network namespace\n"
	     "  -b[atch] FILE   read commands, one a line, - is standard input; stop at the\n"
	     "                  first error unless -f[orce]\n"
	     "  -V[ersion]\n"
	     "\n"
	     "show is what an OBJECT alone does; words may be shortened while unambiguous.\n"
	     "Exit status: 0 done, 1 not understood, 2 refused by the kernel,\n"
	     "3 the answer is no: no such object, or a fault was found.");
}

void help(const char *noun, const char *verb)
{
	const char *lead = "Usage:";

	if (!noun) {
		help_all();
		return;
	}
	for (const struct command *command = commands; command->noun; command++) {
		if (strcmp(command->noun, noun) ||
		    (verb && strcmp(command->verb, verb)))
			continue;
		printf("%-6s btcpctl %s%s%s%s%s\n", lead, noun, command->verb ? " " : "",
		       command->verb ?: "", *command->usage ? " " : "", command->usage);
		lead = "";
	}
	if (noun_find(noun)->notes)
		printf("\n%s", noun_find(noun)->notes);
}
