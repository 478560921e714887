/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests as they are put together, and answers as they are taken apart: all
 * that needs no kernel.
 */
#ifndef BTCPCTL_REQUEST_H
#define BTCPCTL_REQUEST_H

#include <stdbool.h>
#include <linux/types.h>
#include <netlink/attr.h>

struct nl_msg;

struct command;

/**
 * request_taker - who is given requests that change something, instead of the kernel
 *
 * As request_change(); NULL: nobody.
 */
extern int (*request_taker)(const struct command *command, struct nl_msg *msg);

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

/**
 * answer_parse() - the attributes of an answer
 * @tb: BTCP_A_MAX + 1 pointers, set; of repeated ones to the last
 * @first: as passed to answer_fn
 * @len: as passed to answer_fn
 *
 * Return: 0, or not if it is malformed.
 */
int answer_parse(struct nlattr **tb, struct nlattr *first, int len);

#endif /* BTCPCTL_REQUEST_H */
