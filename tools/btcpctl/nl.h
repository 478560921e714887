/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the generic netlink family "btcp", and its refusals as sentences.
 */
#ifndef BTCPCTL_NL_H
#define BTCPCTL_NL_H

#include <stdbool.h>
#include <linux/types.h>
#include <netlink/attr.h>

struct command;
struct nl_msg;

/* A role that is not loaded has no objects, instead of being an error */
extern bool request_role_optional;

/**
 * request_new() - an empty request
 * @cmd: enum btcp_cmd
 *
 * Needs no kernel: the family's number is filled in when it is sent.
 * Return: to be given to request_change(), request_dump() or request_free();
 * ends the program if there is no memory.
 */
struct nl_msg *request_new(__u8 cmd);

/**
 * request_free() - forget a request that will not be sent, with the key in it
 * @msg: from request_new()
 */
void request_free(struct nl_msg *msg);

/**
 * request_put() - append an attribute
 * @msg: request
 * @attr: enum btcp_attr
 * @data: its bytes, may be NULL if there are none
 * @len: how many
 *
 * Return: enum status, STATUS_SYNTAX if it does not fit any more.
 */
int request_put(struct nl_msg *msg, int attr, const void *data, int len);

/**
 * request_nest() - open a nest, to be closed by nla_nest_end()
 * @msg: request
 * @attr: enum btcp_attr
 * @nest: set
 *
 * Return: enum status.
 */
int request_nest(struct nl_msg *msg, int attr, struct nlattr **nest);

/**
 * request_change() - send a request that changes something, and free it
 * @command: whose it is, for sentences
 * @msg: request
 *
 * Return: enum status.
 */
int request_change(const struct command *command, struct nl_msg *msg);

/**
 * typedef answer_fn - what is done with one object of a dump
 * @tb: its attributes by enum btcp_attr; of repeated ones the last
 * @first: its first attribute, for answer_next()
 * @len: bytes from @first
 * @arg: as passed to request_dump()
 */
typedef void (*answer_fn)(struct nlattr **tb, struct nlattr *first, int len, void *arg);

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
 * answer_nest() - the attributes of a nest
 * @nest: one
 * @tb: BTCP_A_MAX + 1 pointers, set
 *
 * Return: false if it is malformed.
 */
bool answer_nest(struct nlattr *nest, struct nlattr **tb);

/**
 * answer_next() - the next of repeated attributes
 * @pos: the one before, NULL for the first
 * @first: as passed to answer_fn
 * @len: as passed to answer_fn
 * @attr: enum btcp_attr
 *
 * Return: NULL behind the last.
 */
struct nlattr *answer_next(struct nlattr *pos, struct nlattr *first, int len, int attr);

#endif /* BTCPCTL_NL_H */
