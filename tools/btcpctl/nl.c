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

/* What an attribute is called on the command line, to name it in a refusal */
static const struct {
	const char *word;
	enum { BYTES, STRING, NUMBER, PORT, ADDRESS, PREFIX, ENDPOINT, MEMBER, VALUE } kind;
} attributes[BTCP_A_MAX + 1] = {
	[BTCP_A_NAME] = { NULL, STRING },	/* the noun's own */
	[BTCP_A_ADDR] = { "addr", ADDRESS },
	[BTCP_A_PORT] = { "port", PORT },
	[BTCP_A_LOCAL_PORT] = { "port", PORT },
	[BTCP_A_VIP] = { "vip", ENDPOINT },
	[BTCP_A_ENDPOINT] = { "addr", ENDPOINT },
	[BTCP_A_CONTROL] = { "control", ENDPOINT },
	[BTCP_A_CLIENT] = { "client", ENDPOINT },
	[BTCP_A_MEMBER] = { "backend", MEMBER },
	[BTCP_A_SERVICE] = { "service", STRING },
	[BTCP_A_BACKEND] = { "backend", STRING },
	[BTCP_A_FRONTEND] = { "frontend", STRING },
	[BTCP_A_POOL] = { "pool", STRING },
	[BTCP_A_KEY] = { "key", BYTES },
	[BTCP_A_KEY_PATH] = { "key", STRING },
	[BTCP_A_WEIGHT] = { "weight", NUMBER },
	[BTCP_A_ADMIN] = { "admin", NUMBER },
	[BTCP_A_PROTO] = { "proto", NUMBER },
	[BTCP_A_REQUESTS] = { "requests", NUMBER },
	[BTCP_A_POLICY] = { "policy", STRING },
	[BTCP_A_PREF] = { "pref", NUMBER },
	[BTCP_A_DEFAULT] = { "default", BYTES },
	[BTCP_A_PATH] = { "path", STRING },
	[BTCP_A_HOST] = { "host", STRING },
	[BTCP_A_METHOD] = { "method", STRING },
	[BTCP_A_HEADER] = { "header", STRING },
	[BTCP_A_COOKIE] = { "cookie", STRING },
	[BTCP_A_SRC] = { "src", PREFIX },
	[BTCP_A_SNI] = { "sni", STRING },
	[BTCP_A_ALPN] = { "alpn", STRING },
	[BTCP_A_HASH] = { "hash", NUMBER },
	[BTCP_A_HASH_NAME] = { "hash", STRING },
	[BTCP_A_FILE] = { "content", STRING },
	[BTCP_A_CONTENT] = { "content", STRING },
	[BTCP_A_VALUE] = { NULL, VALUE },
	[BTCP_A_HEALTH] = { "health", NUMBER },
	[BTCP_A_MAXFLOWS] = { "maxflows", NUMBER },
	[BTCP_A_SLOWSTART] = { "slowstart", NUMBER },
	[BTCP_A_DEADLINE] = { "deadline", NUMBER },
	[BTCP_A_PERSIST] = { "persist", NUMBER },
	[BTCP_A_PERSIST_TIMEOUT] = { "timeout", NUMBER },
};

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

bool request_role_optional;
struct request_lines request_lines;

static int no_module(const struct command *command)
{
	return fail(STATUS_REFUSED, "%s: the kernel module is not loaded: modprobe %s",
		    command->noun, noun_find(command->noun)->module);
}

/* The attribute that begins @offset bytes into the request, or NULL */
static struct nlattr *attr_at(struct nlmsghdr *request, __u32 offset)
{
	struct nlattr *attr = (struct nlattr *)((char *)request + offset);

	if (offset < NLMSG_HDRLEN + GENL_HDRLEN || offset > request->nlmsg_len ||
	    !nla_ok(attr, request->nlmsg_len - offset) || nla_type(attr) > BTCP_A_MAX)
		return NULL;
	return attr;
}

/* The string of a request of our own making, which is why it ends */
static const char *request_string(struct nlmsghdr *request, int type)
{
	struct nlattr *attr = nlmsg_find_attr(request, GENL_HDRLEN, type);

	return attr ? nla_get_string(attr) : NULL;
}

/* A name is the noun's own, but for those of members */
static const char *word_of(const struct exchange *x, struct nlattr *attr)
{
	if (attributes[nla_type(attr)].word)
		return attributes[nla_type(attr)].word;
	if (nla_type(attr) == BTCP_A_NAME &&
	    (!strcmp(x->command->noun, "member") ||
	     attr != nlmsg_find_attr(x->request, GENL_HDRLEN, BTCP_A_NAME)))
		return "backend";
	return x->command->noun;
}

/* What was refused, as it was typed: pool "x" */
static void describe(const struct exchange *x, struct nlattr *attr, char *text, size_t size)
{
	const char *word = word_of(x, attr);
	struct nlattr *tb[BTCP_A_MAX + 1];
	char value[ENDPOINT_TEXT];
	const char *string;

	switch (attributes[nla_type(attr)].kind) {
	case STRING:
		snprintf(text, size, "%s \"%s\"", word, nla_get_string(attr));
		return;
	case NUMBER:
		if (nla_len(attr) == 1)
			snprintf(text, size, "%s", word);
		else
			snprintf(text, size, "%s %llu", word,
				 nla_len(attr) == 4 ? nla_get_u32(attr) :
				 (unsigned long long)nla_get_u64(attr));
		return;
	case VALUE:
		string = request_string(x->request, BTCP_A_NAME) ?: "?";
		if (strcmp(x->command->noun, "timeout"))
			snprintf(value, sizeof(value), "%llu",
				 (unsigned long long)nla_get_u64(attr));
		else
			format_duration(nla_get_u64(attr), value);
		snprintf(text, size, "%s \"%s\" %s", word, string, value);
		return;
	case PORT:
		snprintf(text, size, "%s %u", word, ntohs(nla_get_u16(attr)));
		return;
	case ADDRESS:
		snprintf(text, size, "%s %s", word, format_address(attr, value));
		return;
	case PREFIX:
		snprintf(text, size, "%s %s", word, format_prefix(attr, value));
		return;
	case ENDPOINT:
		snprintf(text, size, "%s %s", word, format_endpoint(attr, value));
		return;
	case MEMBER:
		if (!answer_nest(attr, tb) || !tb[BTCP_A_NAME])
			break;
		snprintf(text, size, "%s \"%s\"", word, nla_get_string(tb[BTCP_A_NAME]));
		return;
	case BYTES:
		string = request_string(x->request, BTCP_A_KEY_PATH);
		if (nla_type(attr) != BTCP_A_KEY || !string)
			break;
		snprintf(text, size, "%s \"%s\"", word, string);
		return;
	}
	snprintf(text, size, "%s", word);
}

/* Which line it is that was refused */
static void tell_line(const struct exchange *x, struct nlattr *refused)
{
	struct nlattr *first = nlmsg_attrdata(x->request, GENL_HDRLEN), *attr = NULL;
	int len = nlmsg_attrlen(x->request, GENL_HDRLEN);

	if (!request_lines.file || nla_type(refused) != BTCP_A_CONTENT)
		return;
	for (unsigned int i = 0; i < request_lines.count; i++) {
		attr = answer_next(attr, first, len, BTCP_A_CONTENT);
		if (attr == refused)
			fail_where(request_lines.file, request_lines.number[i]);
	}
}

static const char not_permitted[] =
	"not permitted: needs CAP_NET_ADMIN in this network namespace";

/* For what the kernel refuses before the family is asked */
static const char *sentence_of(int error)
{
	switch (error) {
	case EPERM:
		return not_permitted;
	case EOPNOTSUPP:
		return "the kernel module is older than btcpctl and does not know this";
	case EEXIST:
		return "exists already";
	case ENOENT:
		return "there is none";
	}
	return strerror(error);
}

/*
 * A refusal as the kernel words it.  libnl 3.7 does not know extended acks, so
 * the attributes behind the error (or behind the end of a dump) are read here.
 */
static void refused(struct exchange *x, int error, struct nlmsghdr *answer, int hdrlen)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};
	const char *sentence = NULL, *name;
	struct nlattr *attr = NULL;
	char what[BTCP_KEY_PATH_LEN + 64];

	x->done = true;
	if (error == EOPNOTSUPP && request_role_optional)
		return;
	x->status = STATUS_REFUSED;
	if (answer->nlmsg_flags & NLM_F_ACK_TLVS &&
	    nlmsg_datalen(answer) > (int)NLMSG_ALIGN(hdrlen))
		nla_parse(tb, NLMSGERR_ATTR_MAX,
			  (struct nlattr *)((char *)nlmsg_data(answer) + NLMSG_ALIGN(hdrlen)),
			  nlmsg_datalen(answer) - NLMSG_ALIGN(hdrlen), NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		sentence = nla_get_string(tb[NLMSGERR_ATTR_MSG]);
	if (tb[NLMSGERR_ATTR_OFFS] && nla_len(tb[NLMSGERR_ATTR_OFFS]) == 4)
		attr = attr_at(x->request, nla_get_u32(tb[NLMSGERR_ATTR_OFFS]));

	if (!sentence)
		sentence = sentence_of(error);

	/* Without a culprit the object itself is named. */
	name = request_string(x->request, BTCP_A_NAME);
	if (attr) {
		tell_line(x, attr);
		describe(x, attr, what, sizeof(what));
		fail(STATUS_REFUSED, "%s: %s", what, sentence);
	} else if (name && error != EPERM) {
		fail(STATUS_REFUSED, "%s \"%s\": %s", x->command->noun, name, sentence);
	} else {
		fail(STATUS_REFUSED, "%s: %s", x->command->noun, sentence);
	}
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct nlmsghdr *answer = (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN);
	int hdrlen = sizeof(*error);

	(void)from;
	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		hdrlen += error->msg.nlmsg_len - NLMSG_HDRLEN;
	refused(arg, -error->error, answer, hdrlen);
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
		return fail(STATUS_REFUSED, "%s: %s", command->noun, sentence_of(EOPNOTSUPP));
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
		return fail(STATUS_REFUSED, "%s: %s", command->noun, not_permitted);
	return STATUS_OK;
}
