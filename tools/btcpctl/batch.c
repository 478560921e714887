// SPDX-License-Identifier: GPL-2.0
/*
 * Commands from a file: one a line, # begins a comment where a word could, and
 * quotes and backslashes are a shell's.  A backslash at a line's end goes on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"

#define WORDS_MAX 1024	/* in one command */

/* One word, its quotes taken away in place; NULL: a quote is not closed */
static char *cut_word(char *from, char **next)
{
	char *to = from, quote = '\0';

	for (; *from && (quote || !strchr(" \t", *from)); from++) {
		if (quote && *from == quote)
			quote = '\0';
		else if (!quote && (*from == '\'' || *from == '"'))
			quote = *from;
		else if (*from == '\\' && from[1] && quote != '\'')
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*next = *from ? from + 1 : from;
	*to = '\0';
	return quote ? NULL : to;
}

static int run_line(char *line)
{
	struct args args = {};
	char *words[WORDS_MAX];

	args.word = words;
	for (;;) {
		char *word = line + strspn(line, " \t");

		if (!*word || *word == '#')
			break;
		if (args.count == WORDS_MAX)
			return fail(STATUS_SYNTAX, "more than %d words", WORDS_MAX);
		if (!cut_word(word, &line))
			return fail(STATUS_SYNTAX, "a quote is not closed");
		words[args.count++] = word;
	}
	return args.count ? run_command(&args) : STATUS_OK;
}

/* Append to what an earlier line began; false: this line, too, goes on */
static bool line_complete(char **whole, char *line, ssize_t len)
{
	size_t old = *whole ? strlen(*whole) : 0;
	bool complete = true;
	char *grown;

	if (len && line[len - 1] == '\n')
		line[--len] = '\0';
	if (len && line[len - 1] == '\\' && !(len > 1 && line[len - 2] == '\\')) {
		line[--len] = '\0';
		complete = false;
	}
	grown = realloc(*whole, old + strlen(line) + 1);
	if (!grown)
		exit(fail(STATUS_REFUSED, "out of memory"));
	strcpy(grown + old, line);
	*whole = grown;
	return complete;
}

int run_batch(const char *path, bool force)
{
	bool standard = !strcmp(path, "-");
	unsigned int number = 0, began = 0;
	char *line = NULL, *whole = NULL;
	int status, first = STATUS_OK;
	size_t size = 0;
	ssize_t len;
	FILE *file;

	file = standard ? stdin : fopen(path, "re");
	if (!file)
		return fail(STATUS_SYNTAX, "\"%s\": %s", path, strerror(errno));
	while ((len = getline(&line, &size, file)) >= 0) {
		number++;
		if (!whole)
			began = number;
		fail_where(standard ? "<stdin>" : path, began);
		if (strlen(line) != (size_t)len) {
			status = fail(STATUS_SYNTAX, "a NUL byte");
		} else if (line_complete(&whole, line, len)) {
			status = run_line(whole);
			free(whole);
			whole = NULL;
		} else {
			continue;
		}
		first = first ?: status;
		if (first && !force)
			break;
	}
	if (len < 0 && whole) {
		status = run_line(whole);
		first = first ?: status;
	}
	fail_where(NULL, 0);
	if (ferror(file))
		first = first ?: fail(STATUS_SYNTAX, "\"%s\": %s", path, strerror(errno));
	free(whole);
	free(line);
	if (!standard)
		fclose(file);
	return first;
}
