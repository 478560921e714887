// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"
#include "btcp/http_path.h"
#include "btcp/rule_request.h"

u32 rule_request_room(const struct http_head *head)
{
	return head->lines * sizeof(struct http_line) + head->host.len + head->path.len;
}

int rule_request_read(struct rule_request *request, const struct http_head *head, const u8 *buf,
		      void *room)
{
	struct http_line *line = room;
	int path_len = 0;
	u32 pos = 0;
	u8 *text;

	memset(request, 0, sizeof(*request));
	request->method = buf + head->method.off;
	request->method_len = head->method.len;

	request->line = line;
	while (http_head_next_line(head, buf, &pos, &line[request->lines]))
		request->lines++;

	text = (u8 *)&line[request->lines];
	http_lower(text, buf + head->host.off, head->host.len);
	request->host = text;
	request->host_len = head->host.len;
	text += head->host.len;

	if (head->path.len)
		path_len = http_path_normalise(text, buf + head->path.off, head->path.len);
	if (path_len < 0)
		return path_len;
	request->path = text;
	request->path_len = path_len;
	return 0;
}
