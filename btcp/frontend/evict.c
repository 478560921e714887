// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/backlog.h"
#include "btcp/frontend/evict.h"
#include "btcp/frontend/opening.h"

/* For one packet: more than one when a limit was lowered, or who was found has just gone. */
#define EVICTIONS_MAX	64

static struct front_opening *opening_of(struct front_backlog_entry *entry)
{
	return entry ? container_of(entry, struct front_opening, backlog) : NULL;
}

static struct front_backlog_entry *first(const struct list_head *list, bool by_client,
					 const struct front_flow *except)
{
	struct list_head *at;

	list_for_each(at, list) {
		struct front_backlog_entry *entry =
			by_client ? list_entry(at, struct front_backlog_entry, by_client) :
				    list_entry(at, struct front_backlog_entry, by_age);

		if (opening_of(entry)->flow != except)
			return entry;
	}
	return NULL;
}

static struct front_opening *older(struct front_backlog_entry *a, struct front_backlog_entry *b)
{
	if (a && b)
		return opening_of(time_before(a->since, b->since) ? a : b);
	return opening_of(a ?: b);
}

/* Of those @speaking, or of all, whoever was there first; or NULL. */
static struct front_opening *oldest_of_line(struct front_backlog_line *line, bool speaking,
					    const struct front_flow *except)
{
	lockdep_assert_held(&line->lock);
	return older(first(&line->speaking, false, except),
		     speaking ? NULL : first(&line->silent, false, except));
}

/* The caller has a reference then. */
static struct front_opening *get_oldest(struct front_net *fn, bool speaking,
					const struct front_flow *except)
{
	struct front_backlog_line *oldest = NULL, *line;
	unsigned long since = 0;
	struct front_opening *o;
	unsigned int i;

	for (i = 0; i < FRONT_BACKLOG_LINES; i++) {
		line = &fn->backlog->line[i];
		spin_lock_bh(&line->lock);
		o = oldest_of_line(line, speaking, except);
		if (o && (!oldest || time_before(o->backlog.since, since))) {
			oldest = line;
			since = o->backlog.since;
		}
		spin_unlock_bh(&line->lock);
	}
	if (!oldest)
		return NULL;
	/* If that one has just gone, the next one is old enough. */
	spin_lock_bh(&oldest->lock);
	o = oldest_of_line(oldest, speaking, except);
	if (o)
		front_opening_get(o);
	spin_unlock_bh(&oldest->lock);
	return o;
}

static struct front_opening *get_oldest_of_client(struct front_net *fn, u16 index, bool speaking,
						  const struct front_flow *except)
{
	struct front_backlog_client *client = &fn->backlog->client[index];
	struct front_backlog_line *line = front_backlog_line(fn, index);
	struct front_opening *o;

	spin_lock_bh(&line->lock);
	o = older(first(&client->speaking, true, except),
		  speaking ? NULL : first(&client->silent, true, except));
	if (o)
		front_opening_get(o);
	spin_unlock_bh(&line->lock);
	return o;
}

/* Consumes the reference.  False: it is being handed off by now, or has ended. */
static bool evict(struct front_opening *o, enum front_stat why)
{
	struct front_flow *flow = o->flow;
	bool mine;

	spin_lock_bh(&flow->flow.lock);
	mine = flow->opening == o && !flow->flow.dead &&
	       flow->flow.state != FRONT_FLOW_HANDING_OFF;
	if (mine) {
		front_count(o->fn, why);
		/* To the others nothing was promised, or their answer was sent. */
		if (flow->flow.state == FRONT_FLOW_HEAD)
			front_opening_reset(o);
		front_opening_end(o);
	}
	spin_unlock_bh(&flow->flow.lock);
	front_opening_put(o);
	return mine;
}

bool front_evict_for(struct front_net *fn, const struct handoff_tuple *tuple)
{
	u16 client = front_backlog_client(fn, tuple);
	enum front_stat why;
	unsigned int i;

	for (i = 0; i < EVICTIONS_MAX; i++) {
		struct front_opening *o;

		if (front_backlog_client_full(fn, client)) {
			why = FRONT_STAT_EVICTED_CLIENT;
			o = get_oldest_of_client(fn, client, false, NULL);
		} else if (front_backlog_all_full(fn)) {
			why = FRONT_STAT_EVICTED_HALF_OPEN;
			o = get_oldest(fn, false, NULL);
		} else {
			return true;
		}
		if (!o)
			return false;
		evict(o, why);
	}
	return false;
}

bool front_evict_head(struct front_net *fn, const struct front_flow *except,
		      enum front_starved why)
{
	bool of_client = why == FRONT_STARVED_CLIENT;
	u16 client = front_backlog_client(fn, &except->flow.tuple);
	unsigned int i;

	for (i = 0; i < EVICTIONS_MAX; i++) {
		struct front_opening *o = of_client ?
					  get_oldest_of_client(fn, client, true, except) :
					  get_oldest(fn, true, except);

		if (!o)
			return false;
		if (evict(o, of_client ? FRONT_STAT_EVICTED_HEAD_CLIENT :
					 FRONT_STAT_EVICTED_HEAD_TOTAL))
			return true;
	}
	return false;
}
