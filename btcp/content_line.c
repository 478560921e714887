// SPDX-License-Identifier: GPL-2.0
#include "btcp/content_line.h"
#include "btcp/http_field.h"
#include "btcp/http_path.h"
#include "btcp/http_target.h"

/**
 * struct cursor - where reading goes on
 * @text: the rest
 * @len: bytes in @text
 */
struct cursor {
	const u8 *text;
	u32 len;
};

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *c)
{
	while (c->len && is_blank(*c->text)) {
		c->text++;
		c->len--;
	}
}

/* The next word, or one of length 0. */
static struct cursor next_word(struct cursor *c)
{
	struct cursor word;

	skip_blanks(c);
	word.text = c->text;
	while (c->len && !is_blank(*c->text)) {
		c->text++;
		c->len--;
	}
	word.len = c->text - word.text;
	return word;
}

static const char *read_host(struct content_line *line, const struct cursor *word, u8 *room)
{
	bool has_port;
	u32 i;

	for (i = 0; i < word->len; i++)
		if (word->text[i] == '*')
			return "host has a '*': content is for a host exactly";
	if (!http_authority_parse(word->text, word->len, &line->host_len, &has_port))
		return "host is neither a name nor an address in brackets";
	if (has_port || word->text[word->len - 1] == ':')
		return "host has a port: hosts are compared without theirs";
	http_lower(room, word->text, line->host_len);
	line->host = room;
	return NULL;
}

static const char *read_path(struct content_line *line, const struct cursor *word, u8 *room)
{
	int len;
	u32 i;

	for (i = 0; i < word->len; i++) {
		if (word->text[i] == '?' || word->text[i] == '#')
			return "path has a query or a fragment, which is not looked at";
		if (word->text[i] < 0x20 || word->text[i] == 0x7f)
			return "path holds a control byte";
	}
	len = http_path_normalise(room, word->text, word->len);
	if (len < 0)
		return "path does not begin with '/', is above the root, or has a bad %";
	line->path = room;
	line->path_len = len;
	return NULL;
}

const char *content_line_read(struct content_line *line, const u8 *text, u32 len, u8 *room)
{
	struct cursor rest = { text, len };
	struct cursor host = next_word(&rest), path = next_word(&rest), pool = next_word(&rest);
	const char *error;

	skip_blanks(&rest);
	if (!pool.len || rest.len)
		return "not HOST PATH POOL";
	error = read_host(line, &host, room);
	if (!error)
		error = read_path(line, &path, room + line->host_len);
	line->pool = pool.text;
	line->pool_len = pool.len;
	return error;
}
