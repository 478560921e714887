// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/siphash.h>

#include "btcp/frontend/backlog.h"
#include "handoff/settings.h"

struct front_backlog *front_backlog_new(void)
{
	struct front_backlog *backlog = kvzalloc(sizeof(*backlog), GFP_KERNEL);
	unsigned int i;

	if (!backlog)
		return NULL;
	for (i = 0; i < FRONT_BACKLOG_LINES; i++) {
		spin_lock_init(&backlog->line[i].lock);
		INIT_LIST_HEAD(&backlog->line[i].silent);
		INIT_LIST_HEAD(&backlog->line[i].speaking);
	}
	for (i = 0; i < FRONT_BACKLOG_CLIENTS; i++) {
		INIT_LIST_HEAD(&backlog->client[i].silent);
		INIT_LIST_HEAD(&backlog->client[i].speaking);
	}
	return backlog;
}

u16 front_backlog_client(const struct front_net *fn, const struct handoff_tuple *tuple)
{
	u64 address = 0;

	memcpy(&address, &tuple->client, tuple->family == NFPROTO_IPV4 ? 4 : 8);
	return siphash_1u64(address, &fn->key) % FRONT_BACKLOG_CLIENTS;
}

bool front_backlog_client_full(struct front_net *fn, u16 client)
{
	return READ_ONCE(fn->backlog->client[client].count) >=
	       handoff_limit(fn->net, HANDOFF_LIMIT_HALF_OPEN_CLIENT);
}

bool front_backlog_all_full(struct front_net *fn)
{
	return atomic_read(&fn->backlog->half_open) >=
	       handoff_limit(fn->net, HANDOFF_LIMIT_HALF_OPEN);
}

static bool syns_full(struct front_net *fn)
{
	return atomic_read(&fn->backlog->syns) >=
	       handoff_limit(fn->net, HANDOFF_LIMIT_SYN_BACKLOG);
}

bool front_backlog_full(struct front_net *fn, const struct handoff_tuple *tuple)
{
	return syns_full(fn) || front_backlog_all_full(fn) ||
	       front_backlog_client_full(fn, front_backlog_client(fn, tuple));
}

/* Exact, however many CPUs come at once. */
static bool reserve(atomic_t *count, u32 limit)
{
	if (atomic_inc_return(count) <= limit)
		return true;
	atomic_dec(count);
	return false;
}

static bool file(struct front_net *fn, struct front_backlog_entry *entry)
{
	struct front_backlog_client *client = &fn->backlog->client[entry->client];
	struct front_backlog_line *line = front_backlog_line(fn, entry->client);
	bool ok;

	spin_lock(&line->lock);
	ok = !front_backlog_client_full(fn, entry->client);
	if (ok) {
		WRITE_ONCE(client->count, client->count + 1);
		list_add_tail(&entry->by_client, &client->silent);
		list_add_tail(&entry->by_age, &line->silent);
	}
	spin_unlock(&line->lock);
	return ok;
}

bool front_backlog_enter(struct front_net *fn, struct front_backlog_entry *entry,
			 const struct handoff_tuple *tuple, bool proven)
{
	struct front_backlog *backlog = fn->backlog;

	entry->since = jiffies;
	entry->client = front_backlog_client(fn, tuple);
	entry->proven = proven;
	if (!reserve(&backlog->half_open, handoff_limit(fn->net, HANDOFF_LIMIT_HALF_OPEN)))
		return false;
	if (!proven &&
	    !reserve(&backlog->syns, handoff_limit(fn->net, HANDOFF_LIMIT_SYN_BACKLOG)))
		goto half_open;
	if (!file(fn, entry))
		goto syns;
	handoff_stats_add(&fn->stats, FRONT_STAT_HALF_OPEN, 1);
	return true;

syns:
	if (!proven)
		atomic_dec(&backlog->syns);
half_open:
	atomic_dec(&backlog->half_open);
	return false;
}

void front_backlog_proved(struct front_net *fn, struct front_backlog_entry *entry)
{
	if (entry->proven)
		return;
	entry->proven = true;
	atomic_dec(&fn->backlog->syns);
}

/* To the end of another list, as one that has just come. */
static void refile(struct front_net *fn, struct front_backlog_entry *entry, bool speaking)
{
	struct front_backlog_client *client = &fn->backlog->client[entry->client];
	struct front_backlog_line *line = front_backlog_line(fn, entry->client);

	spin_lock(&line->lock);
	if (!list_empty(&entry->by_age)) {
		entry->since = jiffies;
		list_move_tail(&entry->by_age, speaking ? &line->speaking : &line->silent);
		list_move_tail(&entry->by_client, speaking ? &client->speaking : &client->silent);
	}
	spin_unlock(&line->lock);
}

void front_backlog_speaks(struct front_net *fn, struct front_backlog_entry *entry)
{
	refile(fn, entry, true);
}

void front_backlog_answered(struct front_net *fn, struct front_backlog_entry *entry)
{
	refile(fn, entry, false);
}

static void unfile(const struct front_backlog_line *line, struct front_backlog_entry *entry)
{
	lockdep_assert_held(&line->lock);
	list_del_init(&entry->by_age);
	list_del_init(&entry->by_client);
}

void front_backlog_keep(struct front_net *fn, struct front_backlog_entry *entry)
{
	struct front_backlog_line *line = front_backlog_line(fn, entry->client);

	spin_lock(&line->lock);
	unfile(line, entry);
	spin_unlock(&line->lock);
}

void front_backlog_leave(struct front_net *fn, struct front_backlog_entry *entry)
{
	struct front_backlog_client *client = &fn->backlog->client[entry->client];
	struct front_backlog_line *line = front_backlog_line(fn, entry->client);

	front_backlog_proved(fn, entry);
	spin_lock(&line->lock);
	unfile(line, entry);
	WRITE_ONCE(client->count, client->count - 1);
	spin_unlock(&line->lock);
	atomic_dec(&fn->backlog->half_open);
	handoff_stats_add(&fn->stats, FRONT_STAT_HALF_OPEN, -1);
}
