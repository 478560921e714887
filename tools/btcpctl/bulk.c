// SPDX-License-Identifier: GPL-2.0
/*
 * Many requests, of which only the last of each sending asks for an answer: the kernel takes one
 * after the other, and tells those that it refuses.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "btcpctl.h"
#include "print.h"
#include "refusal.h"

#define BYTES_MAX	(32 * 1024)	/* but for one that is longer: what a socket takes */
#define COUNT_MAX	256		/* all of which may be refused: what it holds */

/**
 * struct bulk - requests, some under way
 * @change: all there are
 * @count: of @change
 * @file: where they come from
 * @fd: socket
 * @family: the kernel's number for ours
 * @port: the socket's
 * @status: enum status
 */
struct bulk {
	const struct change *change;
	size_t count;
	const char *file;
	int fd;
	int family;
	__u32 port;
	int status;
};

/* Those from @first on, as many as go at once; returns where to go on */
static size_t send_some(struct bulk *bulk, size_t first)
{
	struct iovec vector[COUNT_MAX];
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr message = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel), .msg_iov = vector
	};
	struct nlmsghdr *request = NULL;
	size_t len = 0, i;
	ssize_t sent;

	for (i = first; i < bulk->count && i - first < COUNT_MAX; i++) {
		if (len && len + bulk->change[i].request->nlmsg_len > BYTES_MAX)
			break;
		request = bulk->change[i].request;
		request->nlmsg_type = bulk->family;
		request->nlmsg_flags = NLM_F_REQUEST;
		request->nlmsg_seq = i;
		request->nlmsg_pid = bulk->port;
		/* Made of attributes only, so its length needs no padding. */
		vector[i - first] = (struct iovec){ request, request->nlmsg_len };
		len += request->nlmsg_len;
	}
	request->nlmsg_flags |= NLM_F_ACK;
	message.msg_iovlen = i - first;
	do {
		sent = sendmsg(bulk->fd, &message, 0);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		bulk->status = fail(STATUS_REFUSED, "netlink: %s", strerror(errno));
	return i;
}

/* One answer: of the first one refused it is told why */
static void answered(struct bulk *bulk, struct nlmsghdr *answer)
{
	struct nlmsgerr *error = (struct nlmsgerr *)NLMSG_DATA(answer);
	const struct change *change = &bulk->change[answer->nlmsg_seq];
	struct exchange x = { .command = change->command, .request = change->request };

	if (!error->error || bulk->status)
		return;
	fail_where(bulk->file, change->line);
	request_lines = change->lines;
	refused_by(&x, error);
	request_lines = (struct request_lines){};
	fail_where(NULL, 0);
	bulk->status = STATUS_REFUSED;
}

/* Until the one of this number is answered */
static int receive(struct bulk *bulk, size_t last)
{
	char buffer[32 * 1024] __attribute__((aligned(NLMSG_ALIGNTO)));

	for (;;) {
		ssize_t len = recv(bulk->fd, buffer, sizeof(buffer), 0);
		struct nlmsghdr *answer = (struct nlmsghdr *)buffer;

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return fail(STATUS_REFUSED, "netlink: %s", strerror(errno));
		for (; NLMSG_OK(answer, len); answer = NLMSG_NEXT(answer, len)) {
			if (answer->nlmsg_type != NLMSG_ERROR || answer->nlmsg_seq > last)
				continue;
			answered(bulk, answer);
			if (answer->nlmsg_seq == last)
				return bulk->status;
		}
	}
}

int request_changes(const struct change *change, size_t count, const char *file)
{
	struct bulk bulk = { .change = change, .count = count, .file = file };

	if (count)
		bulk.status = request_open(change->command, &bulk.fd, &bulk.family, &bulk.port);
	for (size_t next = 0; next < count && !bulk.status;) {
		next = send_some(&bulk, next);
		if (!bulk.status)
			bulk.status = receive(&bulk, next - 1);
	}
	return bulk.status;
}
