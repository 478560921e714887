// SPDX-License-Identifier: GPL-2.0
/*
 * cost_rule_index RULES - what cost.sh counts the instructions of: look-ups among so many rules,
 * 70 % with host and path prefix, 20 % with an exact path, 5 % with a suffix, 5 % with a header, a
 * cookie, a client's address or a method. Requests meet rules in the same shares, and have the
 * lines that a browser sends. Ten rules are chosen so that every kind is among them: what is to be
 * seen is what numbers cost.
 */
#include <stdio.h>
#include <stdlib.h>

#include "btcp/rule_draft.h"
#include "btcp/rule_index.h"
#include "edit.h"

#define LOOKUPS	1000

static void need(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "cost_rule_index: %s\n", what);
		exit(1);
	}
}

static void put(struct rule_draft *draft, u8 kind, const char *format, u32 i)
{
	char text[128];
	int len = snprintf(text, sizeof(text), format, i);

	need(!rule_draft_text(draft, kind, text, len), text);
}

/* Numbers far apart, each once: where words differ first is not where they were made */
static u32 scatter(u32 i)
{
	return i * 2654435761U;
}

/* The number of the @i-th of @rules rules */
static u32 number_of(u32 i, u32 rules)
{
	static const u32 ten[] = { 0, 1, 2, 3, 7, 9, 19, 39, 59, 79 };

	return rules == ARRAY_SIZE(ten) ? ten[i] : i;
}

/* Which rule the @i-th look-up is to meet, of ten: by the shares that more have */
static u32 number_of_ten(u32 i)
{
	u32 part = i % 20;

	if (part < 14)
		return number_of(part % 4, 10);
	if (part < 18)
		return number_of(4, 10);
	return number_of(part == 18 ? 5 : 6 + i / 20 % 4, 10);
}

/* The conditions of rule number @i */
static void write_rule(struct rule_draft *draft, u32 i)
{
	u8 addr[4] = { 10, i >> 16, i >> 8, i };

	rule_draft_init(draft);
	switch (i % 10 < 9 ? i % 10 : i % 20) {
	default:
		put(draft, RULE_HOST, "site-%x.example.com", scatter(i / 64));
		put(draft, RULE_PATH, "/app/%x/*", scatter(i));
		break;
	case 7:
	case 8:
		put(draft, RULE_PATH, "/static/%x/index.html", scatter(i));
		break;
	case 9:
		put(draft, RULE_PATH, "*-%x.jpg", scatter(i));
		break;
	case 19:
		switch (i / 20 % 4) {
		case 0:
			put(draft, RULE_HEADER, "X-Tenant=tenant-%x", scatter(i));
			break;
		case 1:
			put(draft, RULE_COOKIE, "session=%x", scatter(i));
			break;
		case 2:
			need(!rule_draft_src(draft, addr, 4, 32), "src");
			break;
		case 3:
			put(draft, RULE_PATH, "/api/%x/*", scatter(i));
			put(draft, RULE_METHOD, "DELETE", 0);
			break;
		}
	}
}

static void add(struct rule_index *index, u32 i)
{
	static struct rule_draft draft;
	struct trie_edit edit = edit_begin();
	struct rule *rule;

	write_rule(&draft, i);
	rule = malloc(rule_draft_size(&draft));
	rule_draft_finish(&draft, rule);
	rule->pref = 10 * (i + 1);
	need(!rule_index_add(index, &edit, rule), "no memory");
	edit_done(&edit);
}

/* A request for rule number @i */
static u32 write_request(char *text, u32 i, u8 *addr)
{
	u32 word = scatter(i);
	bool other = i % 20 == 19, host = i % 10 < 7;
	u32 kind = i / 20 % 4;
	char path[64];

	memcpy(addr, (u8[]){ 10, i >> 16, i >> 8, i }, 4);
	if (host)
		sprintf(path, "/app/%x/users/list?page=3", word);
	else if (i % 10 < 9)
		sprintf(path, "/static/%x/index.html", word);
	else if (!other)
		sprintf(path, "/pictures/holiday-%x.jpg", word);
	else
		sprintf(path, "/api/%x/users/list?page=3", word);
	return sprintf(text,
		       "%s %s HTTP/1.1\r\nHost: site-%x.example.com\r\n"
		       "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101\r\n"
		       "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
		       "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\n"
		       "Connection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\n"
		       "Cookie: theme=dark; session=%x; lang=en\r\nX-Tenant: tenant-%x\r\n\r\n",
		       other && kind == 3 ? "DELETE" : "GET", path, host ? scatter(i / 64) : 0,
		       other && kind == 1 ? word : 1, other && !kind ? word : 1);
}

int main(int argc, char **argv)
{
	u32 rules = argc > 1 ? strtoul(argv[1], NULL, 0) : 10, i;
	static struct rule_index index;
	static u64 room[256];

	for (i = 0; i < rules; i++)
		add(&index, number_of(i, rules));
	for (i = 0; i < LOOKUPS; i++) {
		u32 which = rules == 10 ? number_of_ten(i) : (u64)i * rules / LOOKUPS;
		struct rule_request request;
		const struct rule *rule;
		struct http_head head;
		char text[1024];
		u8 addr[4];
		u32 len;

		len = write_request(text, which, addr);
		http_head_init(&head);
		need(http_head_parse(&head, (u8 *)text, len) == HTTP_HEAD_DONE, text);
		need(rule_request_room(&head) <= sizeof(room), "room");
		need(!rule_request_read(&request, &head, (u8 *)text, room), text);
		request.client = addr;
		request.client_len = 4;
		rule = rule_index_match(&index, &request);
		need(rule && rule->pref == 10 * (which + 1), text);
	}
	printf("%u %u\n", rules, LOOKUPS);
	return 0;
}
