/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asking the generic netlink family "btcp", and its refusals as sentences.
 */
#ifndef BTCPCTL_NL_H
#define BTCPCTL_NL_H

#include <stdbool.h>

#include "request.h"

struct command;

/* A role that is not loaded has no objects, instead of being an error */
extern bool request_role_optional;

/**
 * struct request_lines - where a request's CONTENT attributes come from
 * @file: so that a refusal can tell; NULL: from nowhere
 * @number: of each one's line
 * @count: how many
 */
struct request_lines {
	const char *file;
	const unsigned int *number;
	unsigned int count;
};

extern struct request_lines request_lines;

/**
 * struct change - a request that is sent with others
 * @command: whose it is, for sentences
 * @request: complete, but for what only a socket knows
 * @line: of the file that it comes from
 * @number: keeps what is sorted in order
 * @lines: of its CONTENT attributes
 */
struct change {
	const struct command *command;
	struct nlmsghdr *request;
	unsigned int line;
	size_t number;
	struct request_lines lines;
};

/**
 * request_change() - send a request that changes something, and free it
 * @command: whose it is, for sentences
 * @msg: request
 *
 * Return: enum status.
 */
int request_change(const struct command *command, struct nl_msg *msg);

/**
 * request_changes() - send many requests, each without waiting for the one before
 * @change: requests
 * @count: of them
 * @file: where they come from, for sentences
 *
 * Return: enum status, of the first one refused, of which alone is told; some behind it may have
 * been done.
 */
int request_changes(const struct change *change, size_t count, const char *file);

/**
 * typedef answer_fn - what is done with one object of a dump
 * @tb: its attributes by enum btcp_attr; of repeated ones the last
 * @first: its first attribute, for answer_next()
 * @len: bytes from @first
 * @arg: as passed to request_dump()
 */
typedef void (*answer_fn)(struct nlattr **tb, struct nlattr *first, int len, void *arg);

/**
 * request_ask() - send a question that has one answer, and free it
 * @command: whose it is, for sentences
 * @msg: request
 * @answer: called for the answer
 * @arg: passed to it
 *
 * Return: enum status.
 */
int request_ask(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg);

/**
 * request_dump() - send a request to list objects, and free it
 * @command: whose it is, for sentences
 * @msg: request
 * @answer: called for each object
 * @arg: passed to it
 *
 * Return: enum status.
 */
int request_dump(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg);

/**
 * request_listen() - hear what the kernel tells by itself, for ever
 * @command: whose it is, for sentences
 * @ready: called once, when nothing is missed any more
 * @answer: called for each message
 * @lost: called when some were lost
 *
 * Return: enum status, if it fails.
 */
int request_listen(const struct command *command, void (*ready)(void), answer_fn answer,
		   void (*lost)(void));

/**
 * request_privileged() - refuse those who may not change anything
 * @command: what they want, for the sentence
 *
 * For commands whose questions the kernel answers to everybody, one by one.
 * Return: enum status.
 */
int request_privileged(const struct command *command);

#endif /* BTCPCTL_NL_H */
