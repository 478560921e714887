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

/* The older of the first ones of a line's lists, or NULL. */
static struct front_opening *first(struct front_backlog_line *line, bool speaking,
				   const struct front_flow *except)
{
	struct front_backlog_entry *a, *b = NULL;

	lockdep_assert_held(&line->lock);
	list_for_each_entry(a, &line->speaking, by_age)
		if (opening_of(a)->flow != except)
			break;
	if (list_entry_is_head(a, &line->speaking, by_age))
		a = NULL;
	if (!speaking)
		b = list_first_entry_or_null(&line->silent, struct front_backlog_entry, by_age);
	if (a && b)
		return opening_of(time_before(a->since, b->since) ? a : b);
	return opening_of(a ?: b);
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
		o = first(line, speaking, except);
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
	o = first(oldest, speaking, except);
	if (o)
		front_opening_get(o);
	spin_unlock_bh(&oldest->lock);
	return o;
}

static struct front_opening *get_oldest_of_client(struct front_net *fn, u16 client)
{
	struct front_backlog_line *line = front_backlog_line(fn, client);
	struct front_opening *o;

	spin_lock_bh(&line->lock);
	o = opening_of(list_first_entry_or_null(&fn->backlog->client[client].entries,
						struct front_backlog_entry, by_client));
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
			o = get_oldest_of_client(fn, client);
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

bool front_evict_head(struct front_net *fn, const struct front_flow *except)
{
	unsigned int i;

	for (i = 0; i < EVICTIONS_MAX; i++) {
		struct front_opening *o = get_oldest(fn, true, except);

		if (!o)
			return false;
		if (evict(o, FRONT_STAT_EVICTED_HEAD_TOTAL))
			return true;
	}
	return false;
}
