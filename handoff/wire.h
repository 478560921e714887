/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire format: what the two roles say to each other inside the sealed
 * channel.  Pure: no skb, no allocation, no locks; the same file in the
 * kernel, in the unit tests and under the fuzzer.
 *
 * A datagram's sealed payload is one or more messages, each
 *
 *    0      1      2      4
 *    | type | zero | len  | body (len bytes) |
 *
 * All numbers are big-endian.  A type that is not known is skipped by its
 * length, bytes behind the fields that are known are ignored: that is how
 * version N talks to N - 1.  Every message but HEARTBEAT begins with the
 * flow it is about (struct wire_flow).
 */
#ifndef _HANDOFF_WIRE_H
#define _HANDOFF_WIRE_H

#include "btcp/pure.h"

#define WIRE_VERSION		1
#define WIRE_HEADER_LEN		4
#define WIRE_MSG_MAX		1400	/* a message without its data never exceeds this */
#define WIRE_SERVERS_MAX	32	/* entries one heartbeat may carry */

enum wire_type {
	WIRE_HEARTBEAT = 1,
	WIRE_HANDOFF,		/* front-end to back-end: take this connection */
	WIRE_HEAD,		/* front-end to back-end: more of a big head, or a staged one */
	WIRE_HANDOFF_ACK,	/* back-end to front-end: the SYN/ACK, rewritten */
	WIRE_HANDOFF_NAK,	/* back-end to front-end: no, and why; final */
	WIRE_SEGMENT,		/* back-end to front-end: send this FIN or RST to the client */
	WIRE_CLOSED,		/* back-end to front-end: over; echoed as acknowledgement */
	WIRE_QUERY,		/* front-end to back-end: does this flow live? */
	WIRE_ALIVE,		/* back-end to front-end: it does (else CLOSED) */
	WIRE_RESET,		/* either: end this flow with an RST on your side */
	__WIRE_TYPE_MAX,
};

/**
 * struct wire_flow - the flow a message is about, as the front-end names it
 * @id: given by the front-end, never reused while it is up
 * @client: client address, network byte order; IPv4: the first 4 bytes, the others zero
 * @vip: VIP, likewise
 * @server: the back-end's address the client's packets are rewritten to
 * @client_port: host order
 * @vip_port: host order
 * @server_port: host order
 * @ipv6: the addresses' family
 *
 * @client and @server are the flow's tuple at the back-end, @client and @vip
 * that at the front-end: either finds it in its own table.
 */
struct wire_flow {
	u64 id;
	u8 client[16];
	u8 vip[16];
	u8 server[16];
	u16 client_port;
	u16 vip_port;
	u16 server_port;
	bool ipv6;
};

/* TCP options as bits, in HANDOFF and profiles */
#define WIRE_OPT_SACK		0x01
#define WIRE_OPT_TIMESTAMP	0x02
#define WIRE_OPT_WSCALE		0x04

/**
 * struct wire_handoff - HANDOFF: the initial TCP state (claims 1d, 5, 12)
 * @client_isn: sequence number of the stored SYN
 * @syn_window: its window, unscaled
 * @mss: its MSS option, 0 if it had none
 * @options: WIRE_OPT_*: what the front-end promised the client, so what the
 *	replayed SYN may offer
 * @client_wscale: the client's own shift
 * @promised_wscale: the shift the front-end's SYN/ACK announced
 * @syn_tsval: TSval of the stored SYN
 * @front_isn: the front-end's initial sequence number
 * @front_tsval: the one TSval the front-end used (design §8, Timestamps)
 * @promised_window: window of the front-end's SYN/ACK
 * @srtt_us: round trip front-end to client, microseconds, 0: unknown
 * @ack_window: window of the stored ACK, as on the wire
 * @ack_tsval: TSval of the stored ACK
 * @staged: the head follows in HEAD messages once HANDOFF_ACK came
 * @head_len: bytes of head the front-end will hand over in all
 * @data_len: bytes of it in this message, 0 if @staged, else from its start
 * @data: they
 */
struct wire_handoff {
	u32 client_isn;
	u16 syn_window;
	u16 mss;
	u8 options;
	u8 client_wscale;
	u8 promised_wscale;
	bool staged;
	u32 syn_tsval;
	u32 front_isn;
	u32 front_tsval;
	u16 promised_window;
	u32 srtt_us;
	u16 ack_window;
	u32 ack_tsval;
	u32 head_len;
	u16 data_len;
	const u8 *data;
};

/**
 * struct wire_head - HEAD: bytes of the head that did not fit into HANDOFF
 * @offset: of @data in the head
 * @data_len: bytes
 * @data: they
 */
struct wire_head {
	u32 offset;
	u16 data_len;
	const u8 *data;
};

/**
 * struct wire_handoff_ack - HANDOFF_ACK
 * @standing: the back-end's TCP has acknowledged the whole head (or, with
 *	@head_len 0, the handshake): the front-end may forward.  Not set: the
 *	SYN/ACK was caught, HEAD messages from @have on are wanted
 * @have: bytes of the head received in one piece from its start; not if @standing
 * @seq: of the SYN/ACK, rewritten to the front-end's state (its ISN)
 * @ack: of the SYN/ACK (the client's ISN + 1)
 */
struct wire_handoff_ack {
	bool standing;
	u32 have;
	u32 seq;
	u32 ack;
};

enum wire_nak {
	WIRE_NAK_GRANT = 1,	/* this VIP was not granted to this front-end */
	WIRE_NAK_TUPLE,		/* the tuple is in use, or its SYN got a bare ACK */
	WIRE_NAK_CLOSED,	/* RST to the SYN: nothing listens */
	WIRE_NAK_SYNACK,	/* no SYN/ACK in time: accept queue full, dropped */
	WIRE_NAK_OPTIONS,	/* promised options cannot be honoured */
	WIRE_NAK_LIMIT,		/* the back-end's own limit on flows */
	WIRE_NAK_MEMORY,	/* no memory */
	WIRE_NAK_ROUTE,		/* no route to the client */
	WIRE_NAK_OLD,		/* a late copy: that flow has ended */
	WIRE_NAK_ADMIN,		/* the role is going away */
	__WIRE_NAK_MAX,
};

/**
 * struct wire_nak_msg - HANDOFF_NAK, final
 * @reason: enum wire_nak, or one of a later version
 */
struct wire_nak_msg {
	u8 reason;
};

#define WIRE_FIN	0x01
#define WIRE_RST	0x04
#define WIRE_ACK	0x10

/**
 * struct wire_segment - SEGMENT: a control packet for the client, in the
 *	front-end's sequence space (claims 7, 15, 16)
 * @flags: WIRE_FIN, WIRE_RST, WIRE_ACK
 * @has_ts: carry the timestamp option
 * @seq: sequence number
 * @ack: acknowledgement number
 * @window: as on the wire
 * @tsval: if @has_ts
 * @tsecr: if @has_ts
 */
struct wire_segment {
	u8 flags;
	bool has_ts;
	u32 seq;
	u32 ack;
	u16 window;
	u32 tsval;
	u32 tsecr;
};

enum wire_closed_why {
	WIRE_CLOSED_FIN = 1,	/* both sides' FINs acknowledged */
	WIRE_CLOSED_RST,
	WIRE_CLOSED_UNKNOWN,	/* answer to QUERY: no such flow */
	WIRE_CLOSED_TIMEOUT,
	WIRE_CLOSED_ADMIN,
	__WIRE_CLOSED_MAX,
};

/**
 * struct wire_closed - CLOSED
 * @why: enum wire_closed_why, or one of a later version
 * @reset: the client is to be reset; here again, since SEGMENT may be lost and
 *	nobody repeats an RST
 * @linger_ms: how long the back-end's own TIME_WAIT lasts from now
 * @seq: of the RST, in the front-end's sequence space
 * @ack: likewise
 */
struct wire_closed {
	u8 why;
	bool reset;
	u32 linger_ms;
	u32 seq;
	u32 ack;
};

/**
 * struct wire_server - what a heartbeat tells of one port of the back-end
 * @port: local port, host order
 * @ipv6: of which family
 * @listening: something listens there
 * @options: WIRE_OPT_* its TCP would agree to
 * @wscale: the shift its SYN/ACK would announce
 * @window: its initial window, unscaled
 * @mss: the MSS it would announce
 * @backlog: connections waiting to be accepted
 * @backlog_max: the most that may
 * @pressure: whoever listens is short of memory for its connections
 */
struct wire_server {
	u16 port;
	bool ipv6;
	bool listening;
	bool pressure;
	u8 options;
	u8 wscale;
	u16 window;
	u16 mss;
	u32 backlog;
	u32 backlog_max;
};

/**
 * struct wire_heartbeat - HEARTBEAT, both ways, and the probe of the path MTU
 * @probe: IP packet size this datagram was padded to, 0: not a probe
 * @probed: size of the biggest probe received since the last heartbeat sent
 * @active_flows: at the sender
 * @yours: of them, those that the receiver handed off (0 from a front-end)
 * @going: the sender's role is going away: send nothing new
 * @count: entries in @server
 * @server: the back-end's ports (none from a front-end)
 */
struct wire_heartbeat {
	u16 probe;
	u16 probed;
	u32 active_flows;
	u32 yours;
	bool going;
	u8 count;
	struct wire_server server[WIRE_SERVERS_MAX];
};

/**
 * struct wire_msg - one message, decoded
 * @type: enum wire_type
 * @flow: not for HEARTBEAT
 */
struct wire_msg {
	u8 type;
	struct wire_flow flow;
	union {
		struct wire_heartbeat heartbeat;
		struct wire_handoff handoff;
		struct wire_head head;
		struct wire_handoff_ack ack;
		struct wire_nak_msg nak;
		struct wire_segment segment;
		struct wire_closed closed;
	};
};

/**
 * wire_encode() - write one message
 * @buf: where to
 * @room: bytes there
 * @msg: what; its data pointers are copied from
 *
 * Context: any; touches nothing but its arguments.
 * Return: bytes written, or 0 if @room is too small or @msg is not valid.
 */
u32 wire_encode(u8 *buf, u32 room, const struct wire_msg *msg);

/**
 * wire_decode() - read the first message of a buffer
 * @buf: the rest of a datagram's payload
 * @len: bytes there
 * @msg: filled; its data pointers point into @buf.  @msg->type is 0 for a
 *	message of unknown type, which is to be skipped
 *
 * Context: any; touches nothing but its arguments.
 * Return: bytes consumed, or 0 if what is there is no message (truncated,
 *	a length beyond the buffer, a field out of its range): the rest of
 *	the datagram is to be dropped and counted.
 */
u32 wire_decode(const u8 *buf, u32 len, struct wire_msg *msg);

/**
 * wire_pad() - make a message longer without changing what it says
 * @buf: a message, from wire_encode(); the only one there
 * @room: bytes at @buf
 * @len: its length now, bytes
 * @padded: and then
 *
 * Context: any; touches nothing but its arguments.
 * Return: @padded, or 0 if it is less than @len or more than fits.
 */
u32 wire_pad(u8 *buf, u32 room, u32 len, u32 padded);

/**
 * wire_handoff_room() - head bytes that fit beside HANDOFF's own fields
 * @room: bytes a message may have
 * @ipv6: family of the flow
 *
 * Return: bytes of data, 0 if none fit.
 */
u32 wire_handoff_room(u32 room, bool ipv6);

/**
 * wire_head_room() - head bytes that fit beside HEAD's own fields
 * @room: bytes a message may have
 * @ipv6: family of the flow
 *
 * Return: bytes of data, 0 if none fit.
 */
u32 wire_head_room(u32 room, bool ipv6);

#endif /* _HANDOFF_WIRE_H */
