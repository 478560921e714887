/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backlog: who is not handed off yet, oldest first.
 *
 * Three limits: of SYNs whose ACK has not come (syn_backlog), of all (half_open)
 * and of one client (half_open_client).  At any of them a SYN is not kept but
 * answered with a cookie (cookie.h); whoever then proves by its ACK that it is
 * there gets the place of the oldest (evict.h).  So neither forged SYNs nor
 * silent clients keep others out.
 *
 * Everybody is filed by age and by client as long as he may be evicted: not any
 * more from the hand-off on, since a request may be under way then.  A client is
 * the hash of an address, for IPv6 of its /64.
 *
 * An entry is in the files only while its owner holds a reference for it.
 */
#ifndef _BTCP_FRONTEND_BACKLOG_H
#define _BTCP_FRONTEND_BACKLOG_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "btcp/frontend/net.h"

/* So that their locks are hardly ever asked for by two at once. */
#define FRONT_BACKLOG_LINES	16
#define FRONT_BACKLOG_CLIENTS	4096

/**
 * struct front_backlog_line - some of the entries
 * @lock: of the lists here and of every client that hashes here; taken with BH
 *	off, inside a flow's lock, never two at once
 * @silent: those without bytes of a head in memory, oldest first
 * @speaking: those with, likewise
 */
struct front_backlog_line {
	spinlock_t lock;	/* of the lists and of clients' */
	struct list_head silent;
	struct list_head speaking;
} ____cacheline_aligned_in_smp;

/**
 * struct front_backlog_client - those of one client; its line's lock
 * @silent: as in a line
 * @speaking: likewise
 * @count: how many, those counted that cannot be evicted; read with READ_ONCE
 * @head_bytes: of their buffers; without the lock
 */
struct front_backlog_client {
	struct list_head silent;
	struct list_head speaking;
	u32 count;
	atomic_t head_bytes;
};

/**
 * struct front_backlog - a namespace's
 * @half_open: entries there are
 * @syns: of them, those whose client has not proved that it is there
 * @line: by hash of the client
 * @client: likewise
 */
struct front_backlog {
	atomic_t half_open;
	atomic_t syns;
	struct front_backlog_line line[FRONT_BACKLOG_LINES];
	struct front_backlog_client client[FRONT_BACKLOG_CLIENTS];
};

/**
 * struct front_backlog_entry - one who is not handed off
 * @by_age: in its line; empty: not to be evicted
 * @by_client: in its client's
 * @since: jiffies when it came to where it is in both; the line's lock
 * @client: index of its client; constant
 * @proven: under the flow's lock: not one of @syns
 */
struct front_backlog_entry {
	struct list_head by_age;
	struct list_head by_client;
	unsigned long since;
	u16 client;
	bool proven;
};

/**
 * front_backlog_new() - the backlog of a namespace
 *
 * Context: process context, may sleep.
 * Return: an empty one, for kvfree(); NULL without memory.
 */
struct front_backlog *front_backlog_new(void);

/**
 * front_backlog_client() - the index of a client
 * @fn: namespace
 * @tuple: a connection of his
 *
 * Context: any.
 */
u16 front_backlog_client(const struct front_net *fn, const struct handoff_tuple *tuple);

/**
 * front_backlog_line() - the line of a client
 * @fn: namespace
 * @client: index
 *
 * Context: any.
 */
static inline struct front_backlog_line *front_backlog_line(const struct front_net *fn, u16 client)
{
	return &fn->backlog->line[client % FRONT_BACKLOG_LINES];
}

/**
 * front_backlog_client_full() - is there no place for one more of a client's?
 * @fn: namespace
 * @client: index
 *
 * Context: any.
 */
bool front_backlog_client_full(struct front_net *fn, u16 client);

/**
 * front_backlog_all_full() - is there no place for anybody?
 * @fn: namespace
 *
 * Context: any.
 */
bool front_backlog_all_full(struct front_net *fn);

/**
 * front_backlog_full() - has a SYN to be answered with a cookie?
 * @fn: namespace
 * @tuple: its
 *
 * Context: any.
 */
bool front_backlog_full(struct front_net *fn, const struct handoff_tuple *tuple);

/**
 * front_backlog_enter() - one more
 * @fn: namespace
 * @entry: embedded, in no file yet
 * @tuple: the connection's
 * @proven: the client has shown a cookie
 *
 * Context: BH off, flow's lock held.
 * Return: false at a limit.
 */
bool front_backlog_enter(struct front_net *fn, struct front_backlog_entry *entry,
			 const struct handoff_tuple *tuple, bool proven);

/**
 * front_backlog_proved() - the handshake is finished
 * @fn: namespace
 * @entry: entry
 *
 * Context: BH off, flow's lock held.
 */
void front_backlog_proved(struct front_net *fn, struct front_backlog_entry *entry);

/**
 * front_backlog_speaks() - it has bytes of a head from now on
 * @fn: namespace
 * @entry: entry
 *
 * Context: BH off, flow's lock held.
 */
void front_backlog_speaks(struct front_net *fn, struct front_backlog_entry *entry);

/**
 * front_backlog_answered() - its answer is under way, its bytes are gone
 * @fn: namespace
 * @entry: entry
 *
 * Context: BH off, flow's lock held.
 */
void front_backlog_answered(struct front_net *fn, struct front_backlog_entry *entry);

/**
 * front_backlog_keep() - it is not to be evicted any more
 * @fn: namespace
 * @entry: entry
 *
 * Context: BH off, flow's lock held.
 */
void front_backlog_keep(struct front_net *fn, struct front_backlog_entry *entry);

/**
 * front_backlog_leave() - one less
 * @fn: namespace
 * @entry: one that front_backlog_enter() has let in
 *
 * Context: BH off, flow's lock held.
 */
void front_backlog_leave(struct front_net *fn, struct front_backlog_entry *entry);

#endif /* _BTCP_FRONTEND_BACKLOG_H */
