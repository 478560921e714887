// SPDX-License-Identifier: GPL-2.0
#include "request.h"

#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "btcpctl.h"
#include "print.h"

#define REQUEST_MAX (64 * 1024)	/* bytes; a service of 64 VIPs needs 2,000 */

int (*request_taker)(const struct command *command, struct nl_msg *msg);

/* An answer with an attribute shorter than this is dropped before anybody reads it */
static struct nla_policy answer_policy[BTCP_A_MAX + 1] = {
	[BTCP_A_NAME] = { .type = NLA_STRING },
	[BTCP_A_ADDR] = { .minlen = 4, .maxlen = 16 },
	[BTCP_A_PORT] = { .type = NLA_U16 },
	[BTCP_A_LOCAL_PORT] = { .type = NLA_U16 },
	[BTCP_A_VIP] = { .type = NLA_NESTED },
	[BTCP_A_ENDPOINT] = { .type = NLA_NESTED },
	[BTCP_A_CONTROL] = { .type = NLA_NESTED },
	[BTCP_A_CLIENT] = { .type = NLA_NESTED },
	[BTCP_A_MEMBER] = { .type = NLA_NESTED },
	[BTCP_A_SERVICE] = { .type = NLA_STRING },
	[BTCP_A_BACKEND] = { .type = NLA_STRING },
	[BTCP_A_FRONTEND] = { .type = NLA_STRING },
	[BTCP_A_POOL] = { .type = NLA_STRING },
	[BTCP_A_KEY_PATH] = { .type = NLA_STRING },
	[BTCP_A_KEY_FINGERPRINT] = { .minlen = BTCP_FINGERPRINT_LEN },
	[BTCP_A_WEIGHT] = { .type = NLA_U32 },
	[BTCP_A_ADMIN] = { .type = NLA_U8 },
	[BTCP_A_REQUESTS] = { .type = NLA_U8 },
	[BTCP_A_PROTO] = { .type = NLA_U8 },
	[BTCP_A_POLICY] = { .type = NLA_STRING },
	[BTCP_A_PREF] = { .type = NLA_U32 },
	[BTCP_A_PATH] = { .type = NLA_STRING },
	[BTCP_A_HOST] = { .type = NLA_STRING },
	[BTCP_A_METHOD] = { .type = NLA_STRING },
	[BTCP_A_HEADER] = { .type = NLA_STRING },
	[BTCP_A_COOKIE] = { .type = NLA_STRING },
	[BTCP_A_SRC] = { .type = NLA_NESTED },
	[BTCP_A_PREFIX_LEN] = { .type = NLA_U8 },
	[BTCP_A_SNI] = { .type = NLA_STRING },
	[BTCP_A_ALPN] = { .type = NLA_STRING },
	[BTCP_A_HASH] = { .type = NLA_U8 },
	[BTCP_A_HASH_NAME] = { .type = NLA_STRING },
	[BTCP_A_FILE] = { .type = NLA_STRING },
	[BTCP_A_REPEATED] = { .type = NLA_U32 },
	[BTCP_A_FLOWS] = { .type = NLA_U32 },
	[BTCP_A_OTHER_FLOWS] = { .type = NLA_U32 },
	[BTCP_A_QUEUE] = { .type = NLA_U32 },
	[BTCP_A_QUEUE_MAX] = { .type = NLA_U32 },
	[BTCP_A_HEALTH] = { .type = NLA_U8 },
	[BTCP_A_MAXFLOWS] = { .type = NLA_U32 },
	[BTCP_A_SLOWSTART] = { .type = NLA_U32 },
	[BTCP_A_SHARE] = { .type = NLA_U8 },
	[BTCP_A_DEADLINE] = { .type = NLA_U32 },
	[BTCP_A_OBJECT] = { .type = NLA_STRING },
	[BTCP_A_PERSIST] = { .type = NLA_U8 },
	[BTCP_A_PERSIST_TIMEOUT] = { .type = NLA_U32 },
	[BTCP_A_STATE] = { .type = NLA_STRING },
	[BTCP_A_ROLE] = { .type = NLA_STRING },
	[BTCP_A_VALUE] = { .type = NLA_U64 },
	[BTCP_A_HELP] = { .type = NLA_STRING },
	[BTCP_A_UNIT] = { .type = NLA_STRING },
	[BTCP_A_STAT] = { .type = NLA_NESTED },
	[BTCP_A_PATH_MTU] = { .type = NLA_U32 },
	[BTCP_A_LISTENING] = { .type = NLA_U8 },
	[BTCP_A_FLOW_ID] = { .type = NLA_U64 },
	[BTCP_A_AGE] = { .type = NLA_U32 },
	[BTCP_A_IDLE] = { .type = NLA_U32 },
	[BTCP_A_PACKETS] = { .type = NLA_U64 },
};

/* The last one freed: to clear so much memory for each of many rules takes longer than the rest. */
static struct nl_msg *spare;

static struct nl_msg *take_spare(void)
{
	struct nl_msg *msg = spare;

	if (!msg)
		return nlmsg_alloc_size(REQUEST_MAX);
	spare = NULL;
	nlmsg_hdr(msg)->nlmsg_len = NLMSG_HDRLEN;
	return msg;
}

struct nl_msg *request_new(__u8 cmd)
{
	struct nl_msg *msg = take_spare();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0, 0, cmd,
				 BTCP_GENL_VERSION)) {
		fail(STATUS_REFUSED, "out of memory");
		exit(STATUS_REFUSED);
	}
	return msg;
}

void request_free(struct nl_msg *msg)
{
	/* There may be a key in it. */
	explicit_bzero(nlmsg_data(nlmsg_hdr(msg)), nlmsg_datalen(nlmsg_hdr(msg)));
	if (spare)
		nlmsg_free(msg);
	else
		spare = msg;
}

static int too_long(void)
{
	return fail(STATUS_SYNTAX, "the command is too long; add the rest by further commands");
}

int request_put(struct nl_msg *msg, int attr, const void *data, int len)
{
	return nla_put(msg, attr, len, data) ? too_long() : STATUS_OK;
}

int request_nest(struct nl_msg *msg, int attr, struct nlattr **nest)
{
	*nest = nla_nest_start(msg, attr);
	return *nest ? STATUS_OK : too_long();
}

bool answer_nest(struct nlattr *nest, struct nlattr **tb)
{
	return !nla_parse_nested(tb, BTCP_A_MAX, nest, answer_policy);
}

struct nlattr *answer_next(struct nlattr *pos, struct nlattr *first, int len, int attr)
{
	int rem = len;

	if (pos) {
		rem -= (char *)pos - (char *)first;
		pos = nla_next(pos, &rem);
	} else {
		pos = first;
	}
	while (nla_ok(pos, rem) && nla_type(pos) != attr)
		pos = nla_next(pos, &rem);
	return nla_ok(pos, rem) ? pos : NULL;
}

int answer_parse(struct nlattr **tb, struct nlattr *first, int len)
{
	return nla_parse(tb, BTCP_A_MAX, first, len, answer_policy);
}
