/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of a command line into netlink attributes, by table.
 *
 * Every parser returns STATUS_OK, or STATUS_SYNTAX having said which word was
 * wrong and why.
 */
#ifndef BTCPCTL_ARGS_H
#define BTCPCTL_ARGS_H

#include <stdbool.h>
#include <linux/types.h>

struct nl_msg;

/**
 * struct args - the words not yet read
 * @count: how many
 * @word: the next one
 */
struct args {
	int count;
	char **word;
};

enum keyword_flags {
	KEYWORD_REPEAT = 1,	/* may be given more than once */
	KEYWORD_NEEDED = 2,	/* must be given where an object is added */
};

/**
 * struct keyword - one word of an object's grammar
 * @word: the keyword, may be typed shortened
 * @parse: reads what follows it and writes the attribute
 * @attr: enum btcp_attr
 * @flags: enum keyword_flags
 * @min: least number
 * @max: greatest number
 * @choices: the words allowed, in the order of the kernel's enum; NULL ends
 */
struct keyword {
	const char *word;
	int (*parse)(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
	int attr;
	unsigned int flags;
	unsigned int min;
	unsigned int max;
	const char *const *choices;
};

/**
 * match() - find a word, whole or shortened, in a list
 * @word: as typed
 * @index: set to where it was found
 * @count: length of the list
 * @name: the list's i-th word
 * @list: what @name reads from
 * @what: what the list holds, for the sentence
 *
 * A whole word is never ambiguous; the same name may stand in the list twice.
 */
int match(const char *word, int *index, int count,
	  const char *(*name)(const void *list, int i), const void *list, const char *what);

/** args_next() - take the next word, NULL if there is none (nothing is said) */
const char *args_next(struct args *args);

/** args_peek() - is the next word this keyword, whole or shortened? */
bool args_peek(const struct args *args, const char *keyword);

/** args_end() - refuse words that are left over */
int args_end(const struct args *args);

/**
 * args_name() - take an object's name as an attribute
 * @args: words
 * @what: the object, for the sentence
 * @attr: enum btcp_attr
 * @msg: gets it
 */
int args_name(struct args *args, const char *what, int attr, struct nl_msg *msg);

/**
 * args_optional_name() - take the name that a show command may have
 * @args: words, at most this one left
 * @what: the object, for the sentence
 * @name: set, NULL if there is none
 */
int args_optional_name(struct args *args, const char *what, const char **name);

/**
 * args_keywords() - read keywords to the end
 * @args: words
 * @table: grammar, ended by a NULL word; at most 32
 * @add: an object is added, what is KEYWORD_NEEDED must be there
 * @msg: gets the attributes
 * @seen: set to a bit for each line of the table that was given; may be NULL
 */
int args_keywords(struct args *args, const struct keyword *table, bool add,
		  struct nl_msg *msg, unsigned int *seen);

/** parse_unsigned() - a decimal number within bounds, without a sign */
int parse_unsigned(const char *what, const char *word, unsigned long long min,
		   unsigned long long max, unsigned long long *value);

/* For keyword tables */
int parse_name(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_u32(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_choice(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_string(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_flag(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_port(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_address(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_prefix(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_endpoint(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
int parse_endpoint_port_optional(struct args *args, const struct keyword *keyword,
				 struct nl_msg *msg);
/* A key that may not be read is passed over: nothing comes of it */
extern bool parse_key_unread;
/** parse_key() - read a key file; in key.c */
int parse_key(struct args *args, const struct keyword *keyword, struct nl_msg *msg);
/** parse_unsupported() - what is in the grammar, but not yet in the kernel */
int parse_unsupported(struct args *args, const struct keyword *keyword, struct nl_msg *msg);

/**
 * put_endpoint() - the address and port of a nest that the caller has opened
 * @what: the keyword, for the sentence
 * @word: ADDR:PORT, or ADDR alone if @port_optional
 * @port_optional: the port may be left out
 * @msg: gets ADDR and PORT
 */
int put_endpoint(const char *what, const char *word, bool port_optional, struct nl_msg *msg);

#endif /* BTCPCTL_ARGS_H */
