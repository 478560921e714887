/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests under way, and what becomes of them if the kernel refuses.
 */
#ifndef BTCPCTL_REFUSAL_H
#define BTCPCTL_REFUSAL_H

#include <linux/netlink.h>

#include "nl.h"

/**
 * struct exchange - one request and what became of it
 * @command: whose it is
 * @request: as sent
 * @answer: called for each object
 * @arg: for @answer
 * @status: enum status
 * @done: nothing more is to come
 */
struct exchange {
	const struct command *command;
	struct nlmsghdr *request;
	answer_fn answer;
	void *arg;
	int status;
	bool done;
};

/**
 * request_open() - the socket that all requests go by, opened if it is not yet
 * @command: who needs it, for sentences
 * @fd: set
 * @number: the family's, set
 * @port: the socket's, set
 *
 * Return: enum status.
 */
int request_open(const struct command *command, int *fd, int *number, __u32 *port);

extern const char refusal_not_permitted[];

/**
 * refusal_sentence() - for what the kernel refuses before the family is asked
 * @error: errno
 */
const char *refusal_sentence(int error);

/**
 * refused() - tell a refusal as the kernel words it
 * @x: what was refused; is done, and gets its status
 * @error: errno
 * @answer: the error message, or a dump's last
 * @hdrlen: bytes of it in front of the attributes
 */
void refused(struct exchange *x, int error, struct nlmsghdr *answer, int hdrlen);

/**
 * refused_by() - the same of an error message
 * @x: what was refused
 * @error: message; its errno is not 0
 */
void refused_by(struct exchange *x, struct nlmsgerr *error);

#endif /* BTCPCTL_REFUSAL_H */
