/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is written: answers as text or JSON from one call, and sentences.
 *
 * Text is a line for each object, as the add command would be typed, then its
 * state.  JSON is an array of objects, each written as soon as it is complete,
 * so that a long list needs no memory.
 */
#ifndef BTCPCTL_PRINT_H
#define BTCPCTL_PRINT_H

#include <stdbool.h>
#include <netlink/attr.h>

#include "btcpctl.h"

/**
 * struct print_options - how answers look
 * @json: as JSON instead of text
 * @pretty: JSON with line ends and indentation
 * @statistics: text with the counters of each object
 * @save: text as btcpctl commands, without state
 */
struct print_options {
	bool json;
	bool pretty;
	bool statistics;
	bool save;
};

extern struct print_options print_options;

/**
 * fail() - say what is wrong, on standard error
 * @status: enum status
 * @format: the sentence, without name and line end
 *
 * Return: @status.
 */
int fail(int status, const char *format, ...) __printf(2, 3);

/** warn() - like fail(), where nothing is refused */
void warn(const char *format, ...) __printf(1, 2);

/**
 * fail_where() - name file and line in front of each sentence from now on
 * @file: file; NULL: no more
 * @line: line
 */
void fail_where(const char *file, unsigned int line);

/** fail_line() - the line that is named now */
unsigned int fail_line(void);

/** print_begin() - begin a list of objects */
void print_begin(void);
/** print_end() - end it */
void print_end(void);
/** print_line_begin() - begin an object that is in no list, a line of its own */
void print_line_begin(void);
/** print_line_end() - end it; whoever reads has it now */
void print_line_end(void);

/**
 * print_object_begin() - begin one object of the list
 * @prefix: what btcpctl save puts before it
 */
void print_object_begin(const char *prefix);
/** print_object_end() - end it, and its line */
void print_object_end(void);

/** print_state_begin() - what follows, to the object's end, is no configuration */
void print_state_begin(void);

/** print_array_begin() - begin an array of JSON; text shows its items in a row */
void print_array_begin(const char *key);
/** print_array_end() - end it */
void print_array_end(void);
/** print_item_begin() - begin an object in an array */
void print_item_begin(void);
/** print_item_end() - end it */
void print_item_end(void);

/*
 * One value: @key in JSON, or NULL for an array's bare item; in text @word
 * before it, or NULL for none.
 */
void print_string(const char *key, const char *word, const char *value);
void print_unsigned(const char *key, const char *word, unsigned long long value);
void print_hex(const char *key, const char *word, const void *data, int len);
/** print_flag() - true in JSON, the word alone in text */
void print_flag(const char *key, const char *word);
/** print_duration() - milliseconds in JSON, with a unit in text */
void print_duration(const char *key, const char *word, unsigned long long ms);
/** print_address() - BTCP_A_ADDR */
void print_address(const char *key, const char *word, const struct nlattr *attr);
/** print_prefix() - a nest of ADDR and PREFIX_LEN, as ADDR/LEN */
void print_prefix(const char *key, const char *word, struct nlattr *nest);
/** print_endpoint() - addr and port into the current object of JSON; ADDR:PORT in text */
void print_endpoint(const char *word, struct nlattr *nest);
/** print_endpoint_object() - the same as an object of its own */
void print_endpoint_object(const char *key, const char *word, struct nlattr *nest);
/** print_choice() - the name of an enum's value */
void print_choice(const char *key, const char *word, const char *const *choices,
		  unsigned int value);
/** print_stats() - the STAT nests of an object */
void print_stats(struct nlattr *first, int len);
/** print_text() - only in text: what makes columns and comments */
void print_text(const char *format, ...) __printf(1, 2);

/** format_address() - BTCP_A_ADDR as text, into INET6_ADDRSTRLEN bytes */
const char *format_address(const struct nlattr *attr, char *text);
/** format_prefix() - a nest of ADDR and PREFIX_LEN as text, into ENDPOINT_TEXT bytes */
const char *format_prefix(struct nlattr *nest, char *text);
/** format_endpoint() - a nest of ADDR and PORT as text, into ENDPOINT_TEXT bytes */
const char *format_endpoint(struct nlattr *nest, char *text);
#define ENDPOINT_TEXT 64
/** format_duration() - as timeout set takes it, into DURATION_TEXT bytes */
const char *format_duration(unsigned long long ms, char *text);
#define DURATION_TEXT 32

#endif /* BTCPCTL_PRINT_H */
