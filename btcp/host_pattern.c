// SPDX-License-Identifier: GPL-2.0
#include "btcp/host_pattern.h"
#include "btcp/http_field.h"
#include "btcp/http_target.h"

const char *host_pattern_parse(struct pattern *p, const char *text, size_t len)
{
	const u8 *s = (const u8 *)text;
	u32 star, host_len, i;
	bool has_port;

	if (!len)
		return "host pattern is empty";
	if (len > PATTERN_MAX)
		return "host pattern is longer than 255 bytes";
	star = len > 2 && s[0] == '*' && s[1] == '.' ? 1 : 0;
	for (i = star; i < len; i++)
		if (s[i] == '*')
			return "host pattern has a '*' that is not its first label";

	/* The star stands for the labels before the dot, the rest is a name of its own. */
	if (!http_authority_parse(s + 2 * star, len - 2 * star, &host_len, &has_port))
		return "host pattern is neither a name nor an address in brackets";
	host_len += 2 * star;
	if (has_port || s[len - 1] == ':')
		return "host pattern has a port: hosts are compared without theirs";
	if (star && s[2] == '[')
		return "host pattern has a '*' before an address";

	p->kind = star ? PATTERN_SUFFIX : PATTERN_EXACT;
	p->len = host_len - star;
	http_lower(p->text, s + star, p->len);
	return NULL;
}
