// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"
#include "btcp/http_path.h"
#include "btcp/rule_request.h"

u32 rule_request_room(const struct http_head *head, bool lines)
{
	return (lines ? head->lines * sizeof(struct http_line) : 0) +
	       head->host.len + head->path.len;
}

int rule_request_read(struct rule_request *request, const struct http_head *head, const u8 *buf,
		      bool lines, void *room)
{
	struct http_line *line = room;
	u8 *text = room;
	int path_len = 0;
	u32 pos = 0;

	memset(request, 0, sizeof(*request));
	request->method = buf + head->method.off;
	request->method_len = head->method.len;

	if (lines) {
		while (http_head_next_line(head, buf, &pos, &line[request->lines]))
			request->lines++;
		request->line = line;
		text += request->lines * sizeof(*line);
	}

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
