// SPDX-License-Identifier: GPL-2.0
/*
 * What all messages have in common: the header, the flow's name, padding.
 */
#include "handoff/wire.h"
#include "handoff/wire_body.h"

/* Of a flow's flag byte; the other bits are zero when sent, ignored when read. */
#define FLOW_IPV6	0x01

/* Bytes, as put_flow() writes them */
#define FLOW_LEN(ipv6)	(16 + 3 * ((ipv6) ? 16 : 4))

static void put_flow(struct wire_out *o, const struct wire_flow *f)
{
	u32 len = f->ipv6 ? 16 : 4;

	put64(o, f->id);
	put8(o, f->ipv6 ? FLOW_IPV6 : 0);
	put8(o, 0);
	put16(o, f->client_port);
	put16(o, f->vip_port);
	put16(o, f->server_port);
	put_bytes(o, f->client, len);
	put_bytes(o, f->vip, len);
	put_bytes(o, f->server, len);
}

static void get_flow(struct wire_in *i, struct wire_flow *f)
{
	u32 len;

	f->id = get64(i);
	f->ipv6 = get8(i) & FLOW_IPV6;
	get8(i);
	f->client_port = get16(i);
	f->vip_port = get16(i);
	f->server_port = get16(i);
	len = f->ipv6 ? 16 : 4;
	get_bytes(i, f->client, len);
	get_bytes(i, f->vip, len);
	get_bytes(i, f->server, len);
}

u32 wire_encode(u8 *buf, u32 room, const struct wire_msg *msg)
{
	struct wire_out o = { .at = buf, .end = buf + room };
	u32 len;

	if (!wire_body_valid(msg))
		return 0;

	put8(&o, msg->type);
	put8(&o, 0);
	put16(&o, 0);
	if (msg->type != WIRE_HEARTBEAT)
		put_flow(&o, &msg->flow);
	wire_body_put(&o, msg);

	len = o.at - buf;
	if (o.full || len - WIRE_HEADER_LEN > 0xffff)
		return 0;
	put_unaligned_be16(len - WIRE_HEADER_LEN, buf + 2);
	return len;
}

u32 wire_decode(const u8 *buf, u32 len, struct wire_msg *msg)
{
	struct wire_in i;
	u32 body;

	if (len < WIRE_HEADER_LEN)
		return 0;
	body = get_unaligned_be16(buf + 2);
	if (body > len - WIRE_HEADER_LEN)
		return 0;
	i = (struct wire_in){
		.at = buf + WIRE_HEADER_LEN,
		.end = buf + WIRE_HEADER_LEN + body,
	};

	/* Also the bytes that a shorter address leaves, for they are hashed. */
	memset(msg, 0, sizeof(*msg));
	if (!buf[0] || buf[0] >= __WIRE_TYPE_MAX)
		return WIRE_HEADER_LEN + body;
	msg->type = buf[0];
	if (msg->type != WIRE_HEARTBEAT)
		get_flow(&i, &msg->flow);
	wire_body_get(&i, msg);

	if (i.empty || !wire_body_valid(msg))
		return 0;
	return WIRE_HEADER_LEN + body;
}

u32 wire_pad(u8 *buf, u32 room, u32 len, u32 padded)
{
	if (padded < len || padded > room || padded - WIRE_HEADER_LEN > 0xffff)
		return 0;
	memset(buf + len, 0, padded - len);
	put_unaligned_be16(padded - WIRE_HEADER_LEN, buf + 2);
	return padded;
}

static u32 data_room(u32 room, u32 fields)
{
	if (room <= fields)
		return 0;
	return min_t(u32, room - fields, 0xffff - (fields - WIRE_HEADER_LEN));
}

u32 wire_handoff_room(u32 room, bool ipv6)
{
	return data_room(room, WIRE_HEADER_LEN + FLOW_LEN(ipv6) + WIRE_HANDOFF_LEN);
}
EXPORT_SYMBOL_GPL(wire_handoff_room);

u32 wire_head_room(u32 room, bool ipv6)
{
	return data_room(room, WIRE_HEADER_LEN + FLOW_LEN(ipv6) + WIRE_HEAD_LEN);
}
EXPORT_SYMBOL_GPL(wire_head_room);
