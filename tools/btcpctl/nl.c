// SPDX-License-Identifier: GPL-2.0
#include "nl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "btcpctl.h"
#include "print.h"
#include "refusal.h"

bool request_role_optional;
struct request_lines request_lines;

static int no_module(const struct command *command)
{
	return fail(STATUS_REFUSED, "%s: the kernel module is not loaded: modprobe %s",
		    command->noun, noun_find(command->noun)->module);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	(void)from;
	refused_by(arg, error);
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->done = true;
	return NL_STOP;
}

/* A dump that fails half way says so in its last message. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *answer = nlmsg_hdr(msg);
	struct exchange *x = arg;
	int error = 0;

	if (nlmsg_datalen(answer) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(answer), sizeof(error));
	if (error < 0)
		refused(x, -error, answer, sizeof(error));
	x->done = true;
	return NL_STOP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *header = genlmsg_hdr(nlmsg_hdr(msg));
	struct nlattr *tb[BTCP_A_MAX + 1];
	struct exchange *x = arg;
	struct nlattr *first;
	int len;

	if (!genlmsg_valid_hdr(nlmsg_hdr(msg), 0))
		return NL_SKIP;
	first = genlmsg_attrdata(header, 0);
	len = genlmsg_attrlen(header, 0);
	if (x->answer && !answer_parse(tb, first, len))
		x->answer(tb, first, len, x->arg);
	return NL_OK;
}

/* One for the life of the program: a batch of ten thousand looks up the family once. */
static struct nl_sock *sock;
static int family;

static int sock_open(const struct command *command)
{
	int on = 1, error;

	if (sock)
		return STATUS_OK;
	sock = nl_socket_alloc();
	if (!sock)
		return fail(STATUS_REFUSED, "out of memory");
	error = genl_connect(sock);
	if (error) {
		fail(STATUS_REFUSED, "generic netlink: %s", nl_geterror(error));
		goto err;
	}
	/* Without the second the kernel would send a refused key back to us. */
	if (setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on))) {
		fail(STATUS_REFUSED, "netlink socket: %s", strerror(errno));
		goto err;
	}
	nl_socket_set_buffer_size(sock, 1 << 20, 0);
	family = genl_ctrl_resolve(sock, BTCP_GENL_NAME);
	if (family < 0) {
		no_module(command);
		goto err;
	}
	return STATUS_OK;
err:
	nl_socket_free(sock);
	sock = NULL;
	return STATUS_REFUSED;
}

int request_open(const struct command *command, int *fd, int *number, __u32 *port)
{
	int status = sock_open(command);

	if (status)
		return status;
	*fd = nl_socket_get_fd(sock);
	*number = family;
	*port = nl_socket_get_local_port(sock);
	return STATUS_OK;
}

static int request_exchange(struct exchange *x, struct nl_msg *msg)
{
	int status = sock_open(x->command), error;
	struct nl_cb *cb;

	if (status)
		return status;
	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb)
		return fail(STATUS_REFUSED, "out of memory");
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);

	x->request = nlmsg_hdr(msg);
	x->request->nlmsg_type = family;
	error = nl_send_auto(sock, msg);
	while (error >= 0 && !x->done) {
		error = nl_recvmsgs(sock, cb);
		if (error == -NLE_DUMP_INTR) {
			warn("%s: changed while it was listed; the list may be incomplete",
			     x->command->noun);
			error = 0;
		}
	}
	nl_cb_put(cb);
	if (!x->done)
		return fail(STATUS_REFUSED, "netlink: %s", nl_geterror(error));
	return x->status;
}

int request_ask(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg)
{
	struct exchange x = { .command = command, .answer = answer, .arg = arg };
	int status;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	status = request_exchange(&x, msg);
	request_free(msg);
	return status;
}

int request_change(const struct command *command, struct nl_msg *msg)
{
	return request_taker ? request_taker(command, msg) : request_ask(command, msg, NULL, NULL);
}

int request_dump(const struct command *command, struct nl_msg *msg, answer_fn answer, void *arg)
{
	struct exchange x = { .command = command, .answer = answer, .arg = arg };
	int status;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	status = request_exchange(&x, msg);
	request_free(msg);
	return status;
}

int request_listen(const struct command *command, void (*ready)(void), answer_fn answer,
		   void (*lost)(void))
{
	struct exchange x = { .command = command, .answer = answer };
	int status = sock_open(command), group, error;

	if (status)
		return status;
	group = genl_ctrl_resolve_grp(sock, BTCP_GENL_NAME, BTCP_GENL_EVENTS);
	if (group < 0)
		return fail(STATUS_REFUSED, "%s: %s", command->noun, refusal_sentence(EOPNOTSUPP));
	error = nl_socket_add_membership(sock, group);
	if (error)
		return fail(STATUS_REFUSED, "%s: %s", command->noun, nl_geterror(error));
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_valid, &x);
	ready();
	for (;;) {
		error = nl_recvmsgs_default(sock);
		/* What the kernel says as ENOBUFS */
		if (error == -NLE_NOMEM)
			lost();
		else if (error < 0 && error != -NLE_INTR)
			return fail(STATUS_REFUSED, "netlink: %s", nl_geterror(error));
	}
}

int request_privileged(const struct command *command)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	/* No glibc function, and libcap is too much for one bit. */
	if (syscall(SYS_capget, &header, data) ||
	    !(data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)))
		return fail(STATUS_REFUSED, "%s: %s", command->noun, refusal_not_permitted);
	return STATUS_OK;
}
