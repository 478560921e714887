// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel refused, as a sentence that names what was typed.
 */
#include "refusal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

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

const char refusal_not_permitted[] =
	"not permitted: needs CAP_NET_ADMIN in this network namespace";

const char *refusal_sentence(int error)
{
	switch (error) {
	case EPERM:
		return refusal_not_permitted;
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
 * libnl 3.7 does not know extended acks, so the attributes behind the error (or behind the end of
 * a dump) are read here.
 */
void refused(struct exchange *x, int error, struct nlmsghdr *answer, int hdrlen)
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
		sentence = refusal_sentence(error);

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

void refused_by(struct exchange *x, struct nlmsgerr *error)
{
	struct nlmsghdr *answer = (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN);
	int hdrlen = sizeof(*error);

	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		hdrlen += error->msg.nlmsg_len - NLMSG_HDRLEN;
	refused(x, -error->error, answer, hdrlen);
}
