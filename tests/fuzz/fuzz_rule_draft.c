// SPDX-License-Identifier: GPL-2.0
/*
 * The first byte is the kind, the rest the condition. One that is accepted is printed so that it
 * means the same when it is read again; one that is refused has its sentence, and leaves nothing.
 */
#include "btcp/rule_draft.h"
#include "fuzz.h"

static bool same(const struct rule_condition *a, const struct rule_condition *b)
{
	return a->kind == b->kind && a->how == b->how && a->name_len == b->name_len &&
	       a->len == b->len && !memcmp(a->text, b->text, a->name_len + a->len);
}

static void check_src(struct rule_draft *draft, const u8 *text, size_t len)
{
	const char *error;

	if (len != 5 && len != 17)
		return;
	error = rule_draft_src(draft, text + 1, len - 1, text[0]);
	CHECK(!error == (draft->count == 1));
	CHECK(error || draft->condition[0].how <= 8 * (len - 1));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct rule_draft draft, again;
	char printed[RULE_PRINT_MAX];
	struct rule *rule;
	const char *error;
	u8 *text, kind;

	if (!size)
		return 0;
	kind = data[0] % RULE_KINDS;
	text = fuzz_copy(data + 1, size - 1);
	rule_draft_init(&draft);
	if (kind == RULE_SRC) {
		check_src(&draft, text, size - 1);
		goto out;
	}
	error = rule_draft_text(&draft, kind, (const char *)text, size - 1);
	CHECK(!error == (draft.count == 1));
	if (error) {
		CHECK(strlen(error) > 10 && !draft.used);
		goto out;
	}
	rule = malloc(rule_draft_size(&draft));
	rule_draft_finish(&draft, rule);
	CHECK(same(&rule->condition[0], &draft.condition[0]));
	rule_condition_print(&rule->condition[0], printed);
	CHECK(strlen(printed) < RULE_PRINT_MAX);
	rule_draft_init(&again);
	/* What is printed is text for a terminal, and for a line of a file. */
	for (u32 i = 0; printed[i]; i++)
		CHECK((u8)printed[i] >= 0x20 || printed[i] == '\t');
	CHECK(!rule_draft_text(&again, kind, printed, strlen(printed)));
	CHECK(same(&again.condition[0], &rule->condition[0]));
	free(rule);
out:
	free(text);
	return 0;
}
