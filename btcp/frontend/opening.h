/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The opening: what a connection needs from its SYN until it is handed off (or
 * answered by the front-end itself), and not a moment longer, so that a
 * forwarded flow stays small.
 *
 * References: 1 for the flow that points to it, 1 while its timer is pending
 * or its function runs, 1 for who goes on with it after giving up the flow's
 * lock.  It holds 1 reference to its flow.  All its fields are guarded by the
 * flow's lock, but for those constant from the SYN on.
 */
#ifndef _BTCP_FRONTEND_OPENING_H
#define _BTCP_FRONTEND_OPENING_H

#include <linux/skbuff.h>
#include <linux/timer.h>

#include "btcp/frontend/backlog.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/policy.h"
#include "btcp/http_head.h"
#include "btcp/tcp_options.h"
#include "btcp/tls_hello.h"
#include "handoff/packet.h"

struct front_pool;
struct front_proto;

/*
 * Microseconds.  TCP's first timeout is 1 s while it knows nothing (RFC 6298);
 * with a first sample of this it is the same.
 */
#define FRONT_RTT_UNKNOWN	333333

/* At which limit the bytes of a head found no place. */
enum front_starved {
	FRONT_STARVED_NOT,
	FRONT_STARVED_TOTAL,	/* head_total */
	FRONT_STARVED_CLIENT,	/* head_client */
};

/**
 * struct front_handshake - a SYN, stored or rebuilt from a cookie, and what it was answered
 * @client_isn: the client's initial sequence number
 * @syn_tsval: its TSval
 * @syn_window: its window
 * @mss: its MSS option, 0: none
 * @client_wscale: its shift
 * @options: WIRE_OPT_*: promised to the client
 * @promised_wscale: shift of our SYN/ACK
 * @promised_mss: MSS of it
 * @promised_window: window of it
 * @front_isn: our initial sequence number
 * @front_tsval: the one TSval we use
 * @srtt_us: round trip, 0: unknown until the client's ACK
 *
 * In host byte order.
 */
struct front_handshake {
	u32 client_isn;
	u32 syn_tsval;
	u16 syn_window;
	u16 mss;
	u8 client_wscale;
	u8 options;
	u8 promised_wscale;
	u16 promised_mss;
	u16 promised_window;
	u32 front_isn;
	u32 front_tsval;
	u32 srtt_us;
};

/**
 * struct front_opening - the short-lived part of a connection
 * @flow: whose; counted
 * @fn: namespace
 * @ref: see above
 * @timer: the one timer
 * @timeout: what it means, as who armed it last said
 * @backlog: its place there
 * @proto: what its bytes are read as; constant
 *
 * @syn: the SYN and what it was answered; constant but for its round trip
 *
 * @synack_ns: when the SYN/ACK was sent, CLOCK_MONOTONIC
 * @resent: it was sent more than once, so no round trip can be told (Karn)
 * @retries: of whatever the state retransmits
 * @ack_window: window of the stored ACK, as on the wire
 * @ack_tsval: its TSval
 * @ts_recent: the client's newest TSval: what we echo
 * @challenged: @challenge was sent
 * @challenge: when the last packet out of place was answered, jiffies
 *
 * @buf: bytes from the client from its ISN + 1 on, in one piece
 * @size: allocated
 * @len: there
 * @starved: the limit at which bytes were left out
 * @acked: of them acknowledged to the client: ours to deliver from now on
 * @end: the greatest offset the client has shown, its FIN counted
 * @http: @proto's parser, or
 * @tls: this one
 * @head: enum front_head
 * @head_len: bytes of the head once it is done: what is behind them may go as the
 *	packets it came in, unless it was acknowledged
 * @queue: segments not (wholly) in @buf: those beyond a hole while the state is
 *	HEAD, those that wait for the switch when it is HANDING_OFF
 *
 * @pool: the rule's, counted
 * @backend: being asked, counted
 * @once: of proto http: after one response the connection is to end
 * @choice: who has refused
 * @id: of this try; 0: none is under way
 * @started: of this try, jiffies
 * @staged: the head follows in HEAD messages
 * @head_sent: head bytes may have reached this back-end
 * @flushing: the switch is under way
 * @have: head bytes the back-end has told it has
 * @sent: head bytes sent in HEAD messages
 *
 * @status: of our own answer, 0: a FIN only
 * @head_only: the answer has no body
 * @answer_acked: the client has all of it
 * @received: ANSWERING: bytes of the client in one piece, its FIN counted
 * @fin_received: the client's FIN is among them
 */
struct front_opening {
	struct front_flow *flow;
	struct front_net *fn;
	refcount_t ref;
	struct timer_list timer;
	void (*timeout)(struct front_opening *o);
	struct front_backlog_entry backlog;
	const struct front_proto *proto;

	struct front_handshake syn;

	u64 synack_ns;
	bool resent;
	u8 retries;
	u16 ack_window;
	u32 ack_tsval;
	u32 ts_recent;
	bool challenged;
	unsigned long challenge;

	u8 *buf;
	u32 size;
	u32 len;
	enum front_starved starved;
	u32 acked;
	u32 end;
	union {
		struct http_head http;
		struct tls_hello tls;
	};
	u8 head;
	u32 head_len;
	struct sk_buff_head queue;

	struct front_pool *pool;
	struct front_backend *backend;
	bool once;
	struct front_choice choice;
	u64 id;
	unsigned long started;
	bool staged;
	bool head_sent;
	bool flushing;
	u32 have;
	u32 sent;

	u16 status;
	bool head_only;
	bool fin_received;
	bool answer_acked;
	u32 received;
};

/**
 * struct front_place - where a segment lies in the client's sequence space
 * @start: offset of its first byte from the client's ISN + 1
 * @end: offset behind its last, a FIN counted
 * @fin: it has one
 *
 * Offsets are small signed numbers: who is out of the window is turned away
 * before they are used for anything.
 */
struct front_place {
	s32 start;
	s32 end;
	bool fin;
};

/**
 * front_opening_place() - where a packet lies
 * @o: opening
 * @h: the packet's headers
 *
 * Context: any.
 */
static inline struct front_place front_opening_place(const struct front_opening *o,
						     const struct handoff_headers *h)
{
	struct front_place p = { .fin = h->tcp->fin };

	p.start = (s32)(ntohl(h->tcp->seq) - (o->syn.client_isn + 1));
	p.end = p.start + h->payload_len + p.fin;
	return p;
}

/**
 * front_opening_in_window() - is a segment within what the client may send?
 * @o: opening
 * @place: the segment's
 *
 * Context: flow's lock held.
 */
bool front_opening_in_window(const struct front_opening *o, const struct front_place *place);

/**
 * front_opening_alloc() - begin a connection
 * @fn: namespace
 * @flow: not in the table yet; points to the opening from now on
 * @proven: its client has shown a cookie
 *
 * Counts as half-open until it is detached.
 *
 * Context: BH off, flow's lock held.
 * Return: the opening, or ERR_PTR: -ENOMEM, -EUSERS at a limit of the backlog.
 */
struct front_opening *front_opening_alloc(struct front_net *fn,
					  struct front_flow *flow, bool proven);

/**
 * front_opening_detach() - the flow does without it from now on
 * @o: its flow's
 *
 * The caller must have the RCU read side for its flow, which may lose its last
 * reference, and must not touch @o any more unless it has one of its own.
 *
 * Context: BH off, RCU read side, flow's lock held.
 */
void front_opening_detach(struct front_opening *o);

/**
 * front_opening_end() - the flow ends before it was handed off
 * @o: its flow's; as for front_opening_detach()
 *
 * Says nothing to anybody.
 *
 * Context: BH off, RCU read side, flow's lock held.
 */
void front_opening_end(struct front_opening *o);

/**
 * front_opening_get() - keep it beyond the flow's lock
 * @o: opening, its flow's
 *
 * Context: flow's lock held, or that of its line in the backlog.
 */
static inline void front_opening_get(struct front_opening *o)
{
	refcount_inc(&o->ref);
}

/**
 * front_opening_forget_backend() - it does not ask this back-end any more
 * @o: opening
 *
 * Context: any.
 */
void front_opening_forget_backend(struct front_opening *o);

/**
 * front_opening_put() - drop a reference
 * @o: opening
 *
 * Context: BH off, RCU read side.
 */
void front_opening_put(struct front_opening *o);

/**
 * front_opening_arm() - set the timer, anew if it is set already
 * @o: opening
 * @delay: jiffies
 * @timeout: called then, BH off, RCU read side, flow's lock held; @o may be
 *	gone when it returns.  Not called once the timer was set anew, or @o
 *	detached
 *
 * Context: BH off, flow's lock held, @o not detached.
 */
void front_opening_arm(struct front_opening *o, unsigned long delay,
		       void (*timeout)(struct front_opening *o));

/**
 * front_opening_send() - a segment to the client
 * @o: opening
 * @seq: sequence number, from our ISN
 * @ack: client's bytes to acknowledge, from its ISN + 1
 * @flags: TCPHDR_*
 * @payload: bytes
 * @len: of them
 *
 * Context: BH off, flow's lock held.
 */
void front_opening_send(struct front_opening *o, u32 seq, u32 ack, u8 flags,
			const void *payload, u32 len);

/**
 * front_opening_ack() - acknowledge what is acknowledged, again
 * @o: opening
 *
 * Context: as front_opening_send().
 */
void front_opening_ack(struct front_opening *o);

/**
 * front_opening_challenge() - answer a packet out of place with an ACK (RFC 5961)
 * @o: opening
 *
 * Only now and then: who sends such packets in a client's name is not to send
 * it as many ACKs, and two who contradict one another are to come to an end.
 *
 * Context: as front_opening_send().
 */
void front_opening_challenge(struct front_opening *o);

/**
 * front_opening_ack_all() - acknowledge the whole buffer: it is ours to deliver
 * @o: opening
 *
 * Context: as front_opening_send().
 */
void front_opening_ack_all(struct front_opening *o);

/**
 * front_opening_reset() - reset the client, in a way its TCP accepts
 * @o: opening
 *
 * Context: as front_opening_send().
 */
void front_opening_reset(struct front_opening *o);

/**
 * front_opening_grow() - room for more bytes
 * @o: opening
 * @len: bytes the buffer must hold in all
 *
 * Context: BH off, flow's lock held.
 * Return: false, counted, if there is no memory or a limit is reached.
 */
bool front_opening_grow(struct front_opening *o, u32 len);

/**
 * front_opening_forget_buffer() - the bytes are not needed any more
 * @o: opening
 *
 * Context: BH off, flow's lock held.
 */
void front_opening_forget_buffer(struct front_opening *o);

/**
 * front_opening_queue() - keep a packet until later
 * @o: opening
 * @skb: packet; the opening's if true is returned
 * @place: its
 * @sorted: by sequence number, else as they come
 *
 * Context: BH off, flow's lock held.
 * Return: false, counted, at a limit.
 */
bool front_opening_queue(struct front_opening *o, struct sk_buff *skb,
			 const struct front_place *place, bool sorted);

/**
 * struct front_queued - what is noted of a packet in an opening's queue
 * @place: its
 * @charge: bytes of limit queue_total; pulling headers may change @truesize
 */
struct front_queued {
	struct front_place place;
	unsigned int charge;
};

/**
 * front_opening_queued() - where a queued packet lies
 * @skb: in an opening's queue
 *
 * Context: flow's lock held.
 */
static inline const struct front_place *front_opening_queued(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct front_queued) > sizeof(skb->cb));
	return &((struct front_queued *)skb->cb)->place;
}

/**
 * front_opening_unlink() - a packet does not wait any more
 * @o: opening
 * @skb: packet; the caller's from now on
 * @queue: the opening's, or one that its packets were moved to
 *
 * Context: flow's lock held, or @queue the caller's own.
 */
void front_opening_unlink(struct front_opening *o, struct sk_buff *skb,
			  struct sk_buff_head *queue);

/**
 * front_opening_dequeue() - the first that waits
 * @o: opening
 * @queue: as for front_opening_unlink()
 *
 * Context: as for front_opening_unlink().
 * Return: the packet, the caller's from now on, or NULL.
 */
static inline struct sk_buff *front_opening_dequeue(struct front_opening *o,
						    struct sk_buff_head *queue)
{
	struct sk_buff *skb = skb_peek(queue);

	if (skb)
		front_opening_unlink(o, skb, queue);
	return skb;
}

/**
 * front_opening_setup() - the cache, at module init
 *
 * Return: 0 or -ENOMEM.
 */
int front_opening_setup(void);

/** front_opening_teardown() - the opposite; no opening is left */
void front_opening_teardown(void);

#endif /* _BTCP_FRONTEND_OPENING_H */
