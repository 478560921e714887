// SPDX-License-Identifier: GPL-2.0
/*
 * The index against rules tried one after the other: what a client sends goes through the parser
 * of heads, what an operator writes through that of conditions; the model sees both as they are
 * meant. RULE_REQUESTS sets how many requests are compared.
 */
#include <stdarg.h>

#include "btcp/rule_draft.h"
#include "btcp/rule_index.h"
#include "edit.h"
#include "rule_model.h"
#include "unit.h"

#define REQUESTS	1000000
#define RULES_MAX	256

static u32 seed = 20260812;

static u32 below(u32 n)
{
	return unit_random(&seed) % n;
}

/* Once in @n times, one of the words */
#define MAYBE(n, words)	(below(n) ? NULL : ANY(words))
#define ANY(words)	((words)[below(MODEL_COUNT(words))])

/* A rule in both worlds */
struct both {
	struct model_rule model;
	struct rule *rule;
};

/* A version of the index, and what it should be */
struct version {
	struct rule_index index;
	struct both *list[RULES_MAX];
	u32 count;
};

static struct rule *make_rule(const struct model_rule *m)
{
	static struct rule_draft draft;
	struct rule *rule;
	u32 i;

	rule_draft_init(&draft);
#define TEXT(kind, text) \
	do { \
		if (text) \
			assert_null(rule_draft_text(&draft, kind, text, strlen(text))); \
	} while (0)
	TEXT(RULE_HOST, m->host);
	TEXT(RULE_PATH, m->path);
	TEXT(RULE_METHOD, m->method);
	if (m->src_len)
		assert_null(rule_draft_src(&draft, m->src, m->src_len, m->bits));
	for (i = 0; i < MODEL_PAIRS; i++)
		TEXT(RULE_HEADER, m->header[i]);
	for (i = 0; i < MODEL_PAIRS; i++)
		TEXT(RULE_COOKIE, m->cookie[i]);
#undef TEXT
	rule = malloc(rule_draft_size(&draft));
	rule_draft_finish(&draft, rule);
	rule->pref = m->pref;
	return rule;
}

static void random_src(struct model_rule *m)
{
	u32 i;

	m->src_len = below(2) ? 4 : 16;
	m->bits = 8 + below(8 * m->src_len - 7);
	model_addr(m->src, m->src_len, unit_random(&seed));
	for (i = m->bits; i < 8 * m->src_len; i++)
		m->src[i / 8] &= ~(0x80 >> i % 8);
}

static struct both *random_rule(u32 pref)
{
	struct both *both = calloc(1, sizeof(*both));
	struct model_rule *m = &both->model;
	u32 i;

	m->pref = pref;
	do {
		m->host = below(4) ? MAYBE(3, model_domains) ?: ANY(model_hosts) : NULL;
		m->path = below(4) ? MAYBE(3, model_paths) ?: ANY(model_path_patterns) : NULL;
		m->method = MAYBE(6, model_methods);
		if (!below(8))
			random_src(m);
		for (i = 0; i < MODEL_PAIRS; i++) {
			m->header[i] = MAYBE(8, model_headers);
			m->cookie[i] = MAYBE(12, model_cookies);
		}
	} while (!m->host && !m->path && !m->method && !m->src_len && !m->header[0] &&
		 !m->header[1] && !m->cookie[0] && !m->cookie[1]);
	both->rule = make_rule(m);
	return both;
}

static bool pref_is_taken(const struct version *v, u32 pref)
{
	u32 i;

	for (i = 0; i < v->count; i++)
		if (v->list[i]->model.pref == pref)
			return true;
	return false;
}

static int add(struct version *v, struct trie_edit *edit)
{
	struct both *both;
	u32 pref;
	int err;

	do
		pref = below(10000);
	while (pref_is_taken(v, pref));
	both = random_rule(pref);
	err = rule_index_add(&v->index, edit, both->rule);
	v->list[v->count++] = both;
	return err;
}

static int drop(struct version *v, struct trie_edit *edit, struct both **dropped)
{
	u32 i = below(v->count);
	int err = rule_index_remove(&v->index, edit, v->list[i]->rule);

	*dropped = v->list[i];
	v->list[i] = v->list[--v->count];
	return err;
}

static void free_both(struct both *both)
{
	if (both)
		free(both->rule);
	free(both);
}

/* What a client sends, in ways that mean the same */
struct sent {
	u8 text[2048];
	u32 len;
	struct http_head head;
	struct rule_request request;
	u64 room[512];
};

static void say(struct sent *sent, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	sent->len += vsprintf((char *)sent->text + sent->len, format, ap);
	va_end(ap);
}

/* Letters in either case */
static const char *any_case(const char *word)
{
	static char out[64];
	u32 i;

	for (i = 0; word[i]; i++)
		out[i] = below(2) && word[i] >= 'a' && word[i] <= 'z' ? word[i] - 32 : word[i];
	out[i] = '\0';
	return out;
}

static void say_path(struct sent *sent, const char *path)
{
	const char *first = path;

	for (; *path; path++) {
		if (path > first && !below(12))
			say(sent, "%%%02x", *path);
		else
			say(sent, "%c", *path);
		if (*path == '/' && !below(8))
			say(sent, below(2) ? "/" : below(2) ? "./" : "z/../");
	}
	say(sent, below(4) ? "" : "?x=/a/b.jpg");
}

static void say_host(struct sent *sent, const char *host)
{
	say(sent, "%s", any_case(host));
	/* A dot behind an address in brackets is no host. */
	if (host[0] != '[' && !below(4))
		say(sent, ".");
	if (!below(3))
		say(sent, ":%u", below(65536));
}

static void say_request_line(struct sent *sent, const struct model_request *m, u32 minor,
			     bool absolute)
{
	say(sent, "%s ", m->method);
	if (!m->path[0]) {
		say(sent, "*");
	} else {
		if (absolute) {
			say(sent, "HTTP://");
			say_host(sent, m->host);
		}
		say_path(sent, m->path);
	}
	say(sent, " HTTP/1.%u\r\n", minor);
}

static void say_pair(struct sent *sent, const char *pair)
{
	const char *value = strchr(pair, '=');
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)(value - pair), pair);
	say(sent, "%s:%s%s%s\r\n", any_case(name), below(4) ? " " : below(2) ? "" : "\t ",
	    value + 1, below(4) ? "" : " ");
}

static void say_cookies(struct sent *sent, const struct model_request *m)
{
	bool open = false;
	u32 i;

	for (i = 0; i < MODEL_LINES; i++) {
		if (!m->cookie[i])
			continue;
		say(sent, "%s%s", open ? below(2) ? ";" : "; " : "Cookie: ", m->cookie[i]);
		open = below(3);
		if (!open)
			say(sent, "\r\n");
	}
	if (open)
		say(sent, "\r\n");
}

static void random_request(struct model_request *m, struct sent *sent)
{
	u32 i, minor = below(8) ? 1 : 0;
	bool absolute;

	memset(m, 0, sizeof(*m));
	m->method = ANY(model_methods);
	if (minor || below(2))
		m->host = ANY(model_hosts);
	if (strcmp(m->method, "OPTIONS") || below(2))
		snprintf(m->path, sizeof(m->path), "%s%s", ANY(model_paths),
			 below(3) ? "" : below(2) ? "b" : "x.jpg");
	m->client_len = below(2) ? 4 : 16;
	model_addr(m->client, m->client_len, unit_random(&seed));
	for (i = 0; i < MODEL_LINES; i++) {
		m->header[i] = MAYBE(3, model_headers);
		m->cookie[i] = MAYBE(6, model_cookies);
	}

	sent->len = 0;
	absolute = m->host && m->path[0] && !below(6);
	say_request_line(sent, m, minor, absolute);
	if (absolute && (minor || below(2)))
		say(sent, "Host: other.test\r\n");
	if (m->host && !absolute) {
		say(sent, "Host: ");
		say_host(sent, m->host);
		say(sent, "\r\n");
	}
	for (i = 0; i < MODEL_LINES; i++)
		if (m->header[i])
			say_pair(sent, m->header[i]);
	say_cookies(sent, m);
	say(sent, "\r\n");

	http_head_init(&sent->head);
	if (http_head_parse(&sent->head, sent->text, sent->len) != HTTP_HEAD_DONE)
		fail_msg("%s: %s", http_head_reason_name(sent->head.reason), sent->text);
	assert_true(rule_request_room(&sent->head) <= sizeof(sent->room));
	assert_int_equal(rule_request_read(&sent->request, &sent->head, sent->text,
					   sent->room), 0);
	sent->request.client = m->client;
	sent->request.client_len = m->client_len;
}

static const struct both *naive(const struct version *v, const struct model_request *m)
{
	const struct both *best = NULL;
	u32 i;

	for (i = 0; i < v->count; i++)
		if ((!best || v->list[i]->model.pref < best->model.pref) &&
		    model_matches(&v->list[i]->model, m))
			best = v->list[i];
	return best;
}

/* Returns whether some rule matched */
static bool compare(const struct version *v, const struct model_request *m,
		    const struct sent *sent)
{
	const struct both *want = naive(v, m);
	const struct rule *got = rule_index_match(&v->index, &sent->request);

	if (got != (want ? want->rule : NULL))
		fail_msg("of %u rules: want %d, got %d, for %s", v->count,
			 want ? (int)want->model.pref : -1, got ? (int)got->pref : -1, sent->text);
	return got;
}

static void clear(struct version *v)
{
	struct trie_edit edit = edit_begin();
	u32 i;

	rule_index_clear(&v->index, &edit);
	edit_done(&edit);
	for (i = 0; i < v->count; i++)
		free_both(v->list[i]);
	memset(v, 0, sizeof(*v));
	assert_int_equal(edit_nodes, 0);
}

/* Changes come between the requests; each is asked of the version before it, too. */
static void rule_index_match__against_one_after_the_other(void **state)
{
	const char *text = getenv("RULE_REQUESTS");
	u32 requests = text ? strtoul(text, NULL, 0) : REQUESTS, done = 0, matched = 0;
	static struct version now, before;
	struct model_request m;
	static struct sent sent;

	(void)state;
	while (done < requests) {
		struct trie_edit edit = edit_begin();
		u32 goal = 1 + below(1U << below(9)), i;
		struct both *dropped = NULL;

		while (now.count < goal) {
			struct trie_edit filling = edit_begin();

			assert_int_equal(add(&now, &filling), 0);
			edit_done(&filling);
		}
		before = now;
		if (now.count > 1 && below(2))
			assert_int_equal(drop(&now, &edit, &dropped), 0);
		else if (now.count < RULES_MAX)
			assert_int_equal(add(&now, &edit), 0);
		for (i = 0; i < 100; i++, done++) {
			random_request(&m, &sent);
			matched += compare(&now, &m, &sent);
			compare(&before, &m, &sent);
		}
		edit_done(&edit);
		free_both(dropped);
		random_request(&m, &sent);
		compare(&now, &m, &sent);
		if (now.count == RULES_MAX || !below(8))
			clear(&now);
	}
	/* Neither nothing nor everything */
	assert_in_range(matched, done / 4, done / 10 * 9);
	clear(&now);
	print_message("%u requests, %u of them matched\n", done, matched);
}

/* A change that finds no memory half way leaves the version before as it was. */
static void rule_index__no_memory(void **state)
{
	static struct version now, before;
	struct model_request m;
	static struct sent sent;
	u32 round, failures = 0;

	(void)state;
	for (round = 0; round < 2000; round++) {
		struct trie_edit edit = edit_begin();
		struct both *dropped = NULL;
		int err;

		before = now;
		edit_memory = below(12);
		err = now.count == RULES_MAX || (now.count && below(3) == 0) ?
			drop(&now, &edit, &dropped) : add(&now, &edit);
		edit_memory = -1;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			edit_give_up(&edit);
			if (!dropped)
				free_both(now.list[now.count - 1]);
			now = before;
			failures++;
		} else {
			edit_done(&edit);
			free_both(dropped);
		}
		random_request(&m, &sent);
		compare(&now, &m, &sent);
	}
	assert_true(failures > 100);
	while (now.count) {
		struct trie_edit edit = edit_begin();
		struct both *dropped;

		assert_int_equal(drop(&now, &edit, &dropped), 0);
		edit_done(&edit);
		free_both(dropped);
	}
	assert_int_equal(edit_nodes, 0);
	assert_int_equal(now.index.count, 0);
}

/* One host and path for all, told apart by a header: they do not stand in one row. */
static void rule_index__many_of_one_path(void **state)
{
	static struct rule *rule[5000];
	struct rule_index index = { };
	struct http_line line = { .name = (const u8 *)"X-Tenant", .name_len = 8 };
	struct rule_request request = {
		.host = (const u8 *)"a", .host_len = 1, .path = (const u8 *)"/api/x", .path_len = 6,
		.line = &line, .lines = 1,
	};
	struct trie_edit edit;
	char value[16], pair[32];
	u32 i, filed[RULE_KINDS] = { };

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rule); i++) {
		struct model_rule m = {
			.pref = i, .host = "a", .path = "/api/*", .header = { pair },
		};

		snprintf(pair, sizeof(pair), "X-Tenant=%u", i);
		rule[i] = make_rule(&m);
		edit = edit_begin();
		assert_int_equal(rule_index_add(&index, &edit, rule[i]), 0);
		edit_done(&edit);
		filed[rule[i]->condition[rule[i]->filed].kind]++;
	}
	assert_true(filed[RULE_HEADER] > ARRAY_SIZE(rule) - 20);
	for (i = 0; i < ARRAY_SIZE(rule); i++) {
		line.value = (const u8 *)value;
		line.value_len = snprintf(value, sizeof(value), "%u", i);
		assert_ptr_equal(rule_index_match(&index, &request), rule[i]);
	}
	edit = edit_begin();
	rule_index_clear(&index, &edit);
	edit_done(&edit);
	for (i = 0; i < ARRAY_SIZE(rule); i++)
		free(rule[i]);
	assert_int_equal(edit_nodes, 0);
}

/* TLS has no model: a name, a wildcard, a protocol. */
static void rule_index__tls(void **state)
{
	static const struct {
		const char *sni;
		const char *alpn;
		int pref;
	} rows[] = {
		{ "a.example", "", 1 }, { "b.a.example", "", 2 }, { "example", "", -1 },
		{ "other", "\2h2", 3 }, { "a.example", "\2h2", 1 }, { "", "\10http/1.1\2h2", 3 },
		{ "", "\3h2c", -1 },
	};
	static struct rule_draft draft;
	struct rule_index index = { };
	struct trie_edit edit = edit_begin();
	struct rule *rule[3];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rule); i++) {
		static const char * const text[] = { "a.example", "*.example", "h2" };

		rule_draft_init(&draft);
		assert_null(rule_draft_text(&draft, i < 2 ? RULE_SNI : RULE_ALPN, text[i],
					    strlen(text[i])));
		rule[i] = malloc(rule_draft_size(&draft));
		rule_draft_finish(&draft, rule[i]);
		rule[i]->pref = i + 1;
		assert_int_equal(rule_index_add(&index, &edit, rule[i]), 0);
	}
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_request request = {
			.sni = (const u8 *)rows[i].sni, .sni_len = strlen(rows[i].sni),
			.alpn = (const u8 *)rows[i].alpn, .alpn_len = strlen(rows[i].alpn),
		};
		const struct rule *got = rule_index_match(&index, &request);

		assert_row(rows[i].sni, (got ? (int)got->pref : -1) == rows[i].pref);
	}
	for (i = 0; i < ARRAY_SIZE(rule); i++)
		assert_int_equal(rule_index_remove(&index, &edit, rule[i]), 0);
	edit_done(&edit);
	for (i = 0; i < ARRAY_SIZE(rule); i++)
		free(rule[i]);
	assert_int_equal(edit_nodes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_index_match__against_one_after_the_other),
		cmocka_unit_test(rule_index__no_memory),
		cmocka_unit_test(rule_index__many_of_one_path),
		cmocka_unit_test(rule_index__tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
