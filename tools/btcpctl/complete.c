// SPDX-License-Identifier: GPL-2.0
/*
 * What may stand where a command line ends, for the shell: read off the usages in the table of
 * commands, and off the kernel where a name belongs.
 *
 * In a usage, small letters are words to be typed, capitals stand for values; a|b without blanks
 * is a choice of values.
 */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "btcpctl.h"
#include "nl.h"
#include "print.h"

#define TOKENS_MAX	64
#define DEPTH_MAX	8

/**
 * struct token - one word of a usage
 * @word: as it stands there, without the brackets around it
 * @repeat: its group may be typed again and again
 * @inner: belongs behind what stands before it, and nowhere else
 */
struct token {
	char word[64];
	bool repeat;
	bool inner;
};

/**
 * struct line - what was typed
 * @last: the word to be completed, maybe empty
 * @token: the command's usage
 * @count: of @token
 */
struct line {
	const char *last;
	struct token token[TOKENS_MAX];
	int count;
};

static bool is_keyword(const struct token *token)
{
	return islower((unsigned char)*token->word) && !strchr(token->word, '|');
}

static void offer(const struct line *line, const char *prefix, const char *word)
{
	char whole[NAME_MAX + 2];

	snprintf(whole, sizeof(whole), "%s%s", prefix, word);
	if (!strncmp(whole, line->last, strlen(line->last)))
		puts(whole);
}

/* One word; brackets that it opens are its own: ADDR[:PORT] */
static size_t word_len(const char *usage)
{
	size_t len, open = 0;

	for (len = 0; usage[len] && usage[len] != ' '; len++) {
		if (strchr("[{", usage[len]))
			open++;
		else if (strchr("]}", usage[len]) && !open--)
			break;
	}
	return len;
}

/* "..." speaks for all that stands before it in its brackets */
static void cut(struct line *line, const char *usage)
{
	int group[DEPTH_MAX] = {}, depth = 0;
	bool after_or = false;
	struct token *token;
	size_t len;

	for (; *usage; usage += len) {
		token = &line->token[line->count];
		len = 1;
		if (strchr("[{", *usage)) {
			if (depth < DEPTH_MAX - 1)
				group[++depth] = line->count;
		} else if (strchr("]}", *usage)) {
			depth -= depth > 0;
		} else if (*usage != ' ') {
			len = word_len(usage);
			if (!strncmp(usage, "...", len)) {
				for (int i = group[depth]; i < line->count; i++)
					line->token[i].repeat = true;
			} else if (len > 1 || *usage != '|') {
				snprintf(token->word, sizeof(token->word), "%.*s", (int)len, usage);
				token->inner = depth > 1 || (depth && !after_or &&
							     line->count > group[depth]);
				line->count += line->count < TOKENS_MAX - 1;
			}
			after_or = len == 1 && *usage == '|';
		}
	}
}

static void name_answer(struct nlattr **tb, struct nlattr *first, int len, void *arg)
{
	(void)first;
	(void)len;
	if (tb[BTCP_A_NAME])
		offer(arg, "", nla_get_string(tb[BTCP_A_NAME]));
}

/* The names of a noun's objects; of what is no noun there are none */
static void offer_names(struct line *line, const char *noun)
{
	const struct command *show = commands;

	while (show->noun && strcmp(show->noun, noun))
		show++;
	if (show->noun && show->verb && !strcmp(show->verb, "show"))
		request_dump(show, request_new(show->cmd), name_answer, line);
}

/* The namespaces that ip netns knows */
static void offer_netns(const struct line *line)
{
	DIR *folder = opendir("/var/run/netns");
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			offer(line, "", entry->d_name);
	if (folder)
		closedir(folder);
}

static void offer_value(struct line *line, const struct command *command, const char *value,
			const char *keyword)
{
	char noun[64] = "", choices[64], *choice, *rest = choices;

	if (!strcmp(value, "FILE")) {
		/* No object has such a name: the shell knows files best. */
		puts("<file>");
		return;
	}
	if (strchr(value, '|')) {
		strcpy(choices, value);
		while ((choice = strsep(&rest, "|{}")))
			if (islower((unsigned char)*choice))
				offer(line, "", choice);
		return;
	}
	for (size_t i = 0; value[i]; i++) {
		noun[i] = tolower((unsigned char)value[i]);
		noun[i + 1] = '\0';
	}
	if (keyword)
		offer_names(line, keyword);
	else if (strcmp(value, "NAME"))
		offer_names(line, noun);
	else if (strcmp(command->verb ?: "", "add"))
		offer_names(line, command->noun);
}

/* The first place of a keyword in the usage, whole or shortened; -1: it has none */
static int find(const struct line *line, const char *word)
{
	int found = -1;

	for (int i = 0; i < line->count && *word; i++) {
		const struct token *token = &line->token[i];

		if (!is_keyword(token) || strncmp(token->word, word, strlen(word)))
			continue;
		if (!strcmp(token->word, word))
			return i;
		if (found < 0)
			found = i;
	}
	return found;
}

/* As often as the usage has them, and what is inner only at its place */
static void offer_keywords(const struct line *line, const int *given, int at)
{
	for (int i = 0; i < line->count; i++) {
		int first, before = 0;
		bool repeat = false;

		first = find(line, line->token[i].word);
		if (!is_keyword(&line->token[i]) || first != i)
			continue;
		if (line->token[i].inner && i != at)
			continue;
		for (int j = i; j < line->count; j++) {
			if (strcmp(line->token[i].word, line->token[j].word))
				continue;
			before++;
			repeat |= line->token[j].repeat;
		}
		if (repeat || given[i] < before)
			offer(line, "", line->token[i].word);
	}
}

static void complete_words(struct line *line, const struct command *command, struct args *args)
{
	int given[TOKENS_MAX] = {}, at = 0, keyword = -1;

	cut(line, command->usage);
	for (;;) {
		bool value = at < line->count && !is_keyword(&line->token[at]);
		/* Only some choices have a value behind them. */
		bool optional = value && at && keyword >= 0 && at > keyword + 1;

		if (!args->count) {
			if (value)
				offer_value(line, command, line->token[at].word,
					    keyword >= 0 ? line->token[keyword].word : NULL);
			if (!value || optional)
				offer_keywords(line, given, at);
			return;
		}
		if (value && !(optional && find(line, args->word[0]) >= 0)) {
			at++;
		} else {
			keyword = find(line, args->word[0]);
			if (keyword < 0)
				return;
			given[keyword]++;
			at = keyword + 1;
		}
		args_next(args);
	}
}

static const char *noun_name(int i)
{
	return nouns[i].name;
}

static const char *verb_name(int i)
{
	return commands[i].verb ?: "";
}

/* A whole word, or the only one that it begins; -1: neither */
static int meant(const char *word, const char *noun, int count, const char *(*name)(int i))
{
	int found = -1;

	for (int i = 0; i < count; i++) {
		if (noun && strcmp(commands[i].noun, noun))
			continue;
		if (!strcmp(name(i), word))
			return i;
		if (strncmp(name(i), word, strlen(word)))
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

static int count_commands(void)
{
	int count = 0;

	while (commands[count].noun)
		count++;
	return count;
}

static void complete_command(struct line *line, struct args *args)
{
	const struct command *command = commands;
	int i, count = 0;

	while (nouns[count].name)
		count++;
	if (!args->count) {
		for (i = 0; i < count; i++)
			offer(line, "", nouns[i].name);
		offer(line, "", "help");
		return;
	}
	i = meant(args_next(args), NULL, count, noun_name);
	if (i < 0)
		return;
	while (strcmp(command->noun, nouns[i].name))
		command++;
	if (command->verb && !args->count) {
		for (; command->noun && !strcmp(command->noun, nouns[i].name); command++)
			offer(line, "", command->verb);
		offer(line, "", "help");
		return;
	}
	if (command->verb) {
		i = meant(args_next(args), command->noun, count_commands(), verb_name);
		if (i < 0)
			return;
		command = &commands[i];
	}
	complete_words(line, command, args);
}

/* Options come first; true: the last word is one, or its value */
static bool complete_option(struct line *line, struct args *args)
{
	while (args->count && args->word[0][0] == '-') {
		const char *option = option_of(args_next(args));
		bool netns = option && !strcmp(option, "netns");

		if (!netns && !(option && !strcmp(option, "batch")))
			continue;
		if (!args->count && netns)
			offer_netns(line);
		else if (!args->count)
			puts("<file>");
		if (!args->count || (netns && netns_enter(args->word[0])))
			return true;
		args_next(args);
	}
	if (args->count || line->last[0] != '-')
		return false;
	for (int i = 0; options[i]; i++)
		offer(line, "-", options[i]);
	return true;
}

int complete(const struct command *command, struct args *args)
{
	struct line line = { .last = "" };

	(void)command;
	/* Lest a word that is typed, help, be taken for one to this command */
	if (args->count && !strcmp(args->word[0], "--"))
		args_next(args);
	if (args->count)
		line.last = args->word[--args->count];
	request_role_optional = true;
	if (!complete_option(&line, args))
		complete_command(&line, args);
	request_role_optional = false;
	return STATUS_OK;
}
