// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of conditions make rules, an empty line ends them, and what is behind it is a request's
 * head: the index finds what is found by trying one rule after the other, after rules were taken
 * out again, too. A condition is a digit for its kind and its text, up to a '|' or the line's end.
 */
#include "btcp/http_cookie.h"
#include "btcp/rule_draft.h"
#include "btcp/rule_index.h"
#include "fuzz.h"
#include "tests/unit/edit.h"

#define RULES_MAX	64

static struct rule *rule[RULES_MAX];
static u32 count;

static void read_condition(struct rule_draft *draft, u32 *last, const u8 *text, size_t len)
{
	u32 kind = len ? text[0] % RULE_KINDS : 0;

	/* A kind that cannot be there twice must not be. */
	if (!len || kind < *last || (kind == *last && draft->count && kind < RULE_HEADER))
		return;
	if (kind != RULE_SRC) {
		if (!rule_draft_text(draft, kind, (const char *)text + 1, len - 1))
			*last = kind;
	} else if (len == 6 && !rule_draft_src(draft, text + 2, 4, text[1])) {
		*last = kind;
	}
}

static void read_rule(struct rule_index *index, const u8 *line, size_t len)
{
	static struct rule_draft draft;
	struct trie_edit edit = edit_begin();
	u32 last = 0;
	size_t n;

	rule_draft_init(&draft);
	for (; len; line += n, len -= n) {
		for (n = 0; n < len && line[n] != '|'; n++)
			;
		read_condition(&draft, &last, line, n);
		n += n < len;
	}
	if (!draft.count || count == RULES_MAX)
		return;
	rule[count] = malloc(rule_draft_size(&draft));
	rule_draft_finish(&draft, rule[count]);
	/* Now from below, now from above. */
	rule[count]->pref = count % 2 ? count : 1000 - count;
	CHECK(!rule_index_add(index, &edit, rule[count]));
	edit_done(&edit);
	count++;
}

static void compare(const struct rule_index *index, const struct rule_request *request)
{
	const struct rule *want = NULL;
	u32 i;

	for (i = 0; i < count; i++)
		if (rule_matches(rule[i], request) && (!want || rule[i]->pref < want->pref))
			want = rule[i];
	CHECK(rule_index_match(index, request) == want);
}

static void check_cookies(const struct http_line *line)
{
	struct http_cookie cookie;
	u32 pos = 0, before;

	for (before = pos; http_cookie_next(line->value, line->value_len, &pos, &cookie);
	     before = pos) {
		CHECK(pos > before && pos <= line->value_len);
		CHECK(cookie.name_len && !memchr(cookie.name, '=', cookie.name_len));
		CHECK(!memchr(cookie.name, ';', cookie.name_len));
		CHECK(!memchr(cookie.value, ';', cookie.value_len));
		CHECK(cookie.name >= line->value && cookie.name + cookie.name_len < cookie.value);
		CHECK(cookie.value + cookie.value_len <= line->value + line->value_len);
	}
}

static void ask(struct rule_index *index, const u8 *text, size_t len)
{
	u8 client[4] = { 10, 0, len >> 8, len };
	struct rule_request request;
	struct http_head head;
	void *room;
	u32 i, size;

	http_head_init(&head);
	if (http_head_parse(&head, text, len) != HTTP_HEAD_DONE)
		return;
	size = rule_request_room(&head);
	room = malloc(size + !size);
	if (!rule_request_read(&request, &head, text, room)) {
		CHECK(request.lines == head.lines);
		for (i = 0; i < request.lines; i++)
			check_cookies(&request.line[i]);
		request.client = client;
		request.client_len = sizeof(client);
		compare(index, &request);
		/* An upgrade's protocols do for a ClientHello's. */
		request.sni = request.host;
		request.sni_len = request.host_len;
		request.alpn = text + head.upgrade.off;
		request.alpn_len = head.upgrade.len;
		compare(index, &request);
		for (i = 0; count && i < 3; i++) {
			struct trie_edit edit = edit_begin();
			u32 which = count / 2;
			struct rule *gone = rule[which];

			count--;
			rule[which] = rule[count];
			CHECK(!rule_index_remove(index, &edit, gone));
			edit_done(&edit);
			free(gone);
			compare(index, &request);
		}
	}
	free(room);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *text = fuzz_copy(data, size);
	struct rule_index index = { };
	struct trie_edit edit = edit_begin();
	size_t at = 0, n;

	for (; at < size && text[at] != '\n'; at += n + (at + n < size)) {
		for (n = 0; at + n < size && text[at + n] != '\n'; n++)
			;
		read_rule(&index, text + at, n);
	}
	if (at < size)
		ask(&index, text + at + 1, size - at - 1);
	CHECK(index.count == count);
	rule_index_clear(&index, &edit);
	edit_done(&edit);
	CHECK(!edit_nodes);
	while (count)
		free(rule[--count]);
	free(text);
	return 0;
}
