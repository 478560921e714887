// SPDX-License-Identifier: GPL-2.0
#include "handoff/wire.h"
#include "unit.h"

#define BUF 4096

static const u8 data[] = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n";

static void fill_flow(struct wire_flow *f, bool ipv6)
{
	u32 i, len = ipv6 ? 16 : 4;

	f->id = 0x0123456789abcdef;
	f->ipv6 = ipv6;
	f->client_port = 40000;
	f->vip_port = 80;
	f->server_port = 8080;
	for (i = 0; i < len; i++) {
		f->client[i] = 1 + i;
		f->vip[i] = 101 + i;
		f->server[i] = 201 + i;
	}
}

/* One message of each type, with every field different from its default. */
static void fill(struct wire_msg *m, u8 type, bool ipv6)
{
	u32 i;

	memset(m, 0, sizeof(*m));
	m->type = type;
	if (type != WIRE_HEARTBEAT)
		fill_flow(&m->flow, ipv6);
	switch (type) {
	case WIRE_HEARTBEAT:
		m->heartbeat.probe = 1500;
		m->heartbeat.probed = 1400;
		m->heartbeat.active_flows = 70000;
		m->heartbeat.yours = 66000;
		m->heartbeat.going = true;
		m->heartbeat.count = WIRE_SERVERS_MAX;
		for (i = 0; i < WIRE_SERVERS_MAX; i++)
			m->heartbeat.server[i] = (struct wire_server){
				.port = 8000 + i, .ipv6 = i & 1, .listening = i & 2,
				.pressure = i & 4,
				.options = i % 8, .wscale = i % 15, .window = 65000 + i,
				.mss = 1400 + i, .backlog = 100000 + i, .backlog_max = 200000 + i,
			};
		break;
	case WIRE_HANDOFF:
		m->handoff = (struct wire_handoff){
			.client_isn = 0x11111111, .syn_window = 0x2222, .mss = 1460,
			.options = 7, .client_wscale = 14, .promised_wscale = 5,
			.syn_tsval = 0x33333333, .front_isn = 0x44444444,
			.front_tsval = 0x55555555,
			.promised_window = 0x6666, .srtt_us = 123456, .ack_window = 0x7777,
			.ack_tsval = 0x88888888, .head_len = 70000,
			.data_len = sizeof(data), .data = data,
		};
		break;
	case WIRE_HEAD:
		m->head = (struct wire_head){
			.offset = 65536, .data_len = sizeof(data), .data = data,
		};
		break;
	case WIRE_HANDOFF_ACK:
		m->ack = (struct wire_handoff_ack){
			.standing = true, .have = 77777, .seq = 0x11111111, .ack = 0x22222222,
		};
		break;
	case WIRE_HANDOFF_NAK:
		m->nak.reason = WIRE_NAK_LIMIT;
		break;
	case WIRE_SEGMENT:
		m->segment = (struct wire_segment){
			.flags = WIRE_FIN | WIRE_ACK, .has_ts = true, .seq = 0x11111111,
			.ack = 0x22222222, .window = 0x3333, .tsval = 0x44444444,
			.tsecr = 0x55555555,
		};
		break;
	case WIRE_CLOSED:
		m->closed = (struct wire_closed){
			.why = WIRE_CLOSED_RST, .reset = true, .linger_ms = 60000,
			.seq = 0x89abcdef, .ack = 0x01234567,
		};
		break;
	}
}

static const u8 **data_of(struct wire_msg *m, u16 *len)
{
	switch (m->type) {
	case WIRE_HANDOFF:
		*len = m->handoff.data_len;
		return &m->handoff.data;
	case WIRE_HEAD:
		*len = m->head.data_len;
		return &m->head.data;
	}
	return NULL;
}

static void assert_same(const struct wire_msg *expected, struct wire_msg *got)
{
	u16 len;
	const u8 **bytes = data_of(got, &len);

	assert_int_equal(got->type, expected->type);
	if (bytes) {
		assert_memory_equal(*bytes, data, len);
		*bytes = data;
	}
	assert_memory_equal(got, expected, sizeof(*got));
}

/* A copy that ends where it ends, for the sanitizer. */
static u32 decode(const u8 *buf, u32 len, struct wire_msg *m, u8 **copy)
{
	*copy = malloc(len + !len);
	memcpy(*copy, buf, len);
	return wire_decode(*copy, len, m);
}

static void wire__round_trip(void **state)
{
	struct wire_msg m, got;
	u8 buf[BUF], *copy;
	u32 type, len;
	int ipv6;

	(void)state;
	for (ipv6 = 0; ipv6 < 2; ipv6++) {
		for (type = 1; type < __WIRE_TYPE_MAX; type++) {
			fill(&m, type, ipv6);
			len = wire_encode(buf, sizeof(buf), &m);
			assert_true(len >= WIRE_HEADER_LEN);
			assert_int_equal(decode(buf, len, &got, &copy), len);
			assert_same(&m, &got);
			free(copy);
		}
	}
}

static void wire_encode__takes_exactly_its_room(void **state)
{
	u8 buf[BUF], *exact;
	struct wire_msg m;
	u32 type, len, room;

	(void)state;
	for (type = 1; type < __WIRE_TYPE_MAX; type++) {
		fill(&m, type, true);
		len = wire_encode(buf, sizeof(buf), &m);
		assert_true(len - sizeof(data) <= WIRE_MSG_MAX);
		for (room = 0; room <= len; room++) {
			exact = malloc(room + !room);
			assert_int_equal(wire_encode(exact, room, &m), room == len ? len : 0);
			free(exact);
		}
	}
}

static void wire_decode__refuses_what_is_cut_off(void **state)
{
	struct wire_msg m, got;
	u8 buf[BUF], *copy;
	u32 type, len, cut;

	(void)state;
	for (type = 1; type < __WIRE_TYPE_MAX; type++) {
		fill(&m, type, type & 1);
		len = wire_encode(buf, sizeof(buf), &m);
		for (cut = 0; cut < len; cut++) {
			assert_int_equal(decode(buf, cut, &got, &copy), 0);
			free(copy);
			/* With a length that agrees, the fields are missing. */
			if (cut < WIRE_HEADER_LEN)
				continue;
			copy = malloc(cut);
			memcpy(copy, buf, cut);
			put_unaligned_be16(cut - WIRE_HEADER_LEN, copy + 2);
			assert_int_equal(wire_decode(copy, cut, &got), 0);
			free(copy);
		}
	}
}

static void wire_decode__ignores_what_is_behind(void **state)
{
	struct wire_msg m, got;
	u8 buf[BUF];
	u32 type, len;

	(void)state;
	for (type = 1; type < __WIRE_TYPE_MAX; type++) {
		fill(&m, type, false);
		len = wire_encode(buf, sizeof(buf), &m);
		memset(buf + len, 0xff, 9);
		/* Another message's bytes, or a later version's fields. */
		assert_int_equal(wire_decode(buf, len + 9, &got), len);
		assert_same(&m, &got);
		put_unaligned_be16(len + 9 - WIRE_HEADER_LEN, buf + 2);
		assert_int_equal(wire_decode(buf, len + 9, &got), len + 9);
		assert_same(&m, &got);
	}
}

static void wire_decode__takes_longer_and_more_servers(void **state)
{
	u8 buf[BUF] = { WIRE_HEARTBEAT, 0 };
	struct wire_msg got;
	u32 n, count = 40, entry = 21, len = WIRE_HEADER_LEN + 16 + count * entry;

	(void)state;
	put_unaligned_be16(len - WIRE_HEADER_LEN, buf + 2);
	buf[17] = count;
	buf[18] = entry;
	for (n = 0; n < count; n++)
		put_unaligned_be16(1000 + n, buf + WIRE_HEADER_LEN + 16 + n * entry);
	assert_int_equal(wire_decode(buf, len, &got), len);
	assert_int_equal(got.heartbeat.count, WIRE_SERVERS_MAX);
	for (n = 0; n < WIRE_SERVERS_MAX; n++)
		assert_int_equal(got.heartbeat.server[n].port, 1000 + n);
	buf[18] = 17;
	assert_int_equal(wire_decode(buf, len, &got), 0);
	buf[17] = 0;
	assert_int_equal(wire_decode(buf, len, &got), len);
}

static void wire_decode__skips_unknown_types(void **state)
{
	static const u8 types[] = { 0, __WIRE_TYPE_MAX, 200, 255 };
	struct wire_msg got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types); i++) {
		u8 buf[] = { types[i], 0, 0, 3, 1, 2, 3, 4 };

		assert_int_equal(wire_decode(buf, sizeof(buf), &got), 7);
		assert_int_equal(got.type, 0);
		assert_int_equal(wire_decode(buf, 6, &got), 0);
	}
}

static void wire_encode__refuses_what_is_out_of_range(void **state)
{
	struct wire_msg m;
	u8 buf[BUF];

	(void)state;
#define REFUSED(kind, change)						\
	do {								\
		fill(&m, kind, false);					\
		assert_true(wire_encode(buf, sizeof(buf), &m));		\
		m.change;						\
		assert_row(#change, !wire_encode(buf, sizeof(buf), &m));	\
	} while (0)

	REFUSED(WIRE_QUERY, type = 0);
	REFUSED(WIRE_QUERY, type = __WIRE_TYPE_MAX);
	REFUSED(WIRE_HEARTBEAT, heartbeat.count = WIRE_SERVERS_MAX + 1);
	REFUSED(WIRE_HEARTBEAT, heartbeat.server[31].wscale = 15);
	REFUSED(WIRE_HEARTBEAT, heartbeat.server[31].options = 8);
	REFUSED(WIRE_HANDOFF, handoff.options = 0x80);
	REFUSED(WIRE_HANDOFF, handoff.client_wscale = 15);
	REFUSED(WIRE_HANDOFF, handoff.promised_wscale = 15);
	REFUSED(WIRE_HANDOFF, handoff.head_len = sizeof(data) - 1);
	REFUSED(WIRE_HANDOFF, handoff.staged = true);
	REFUSED(WIRE_HANDOFF, handoff.data = NULL);
	REFUSED(WIRE_HEAD, head.offset = 0xffffffff);
	REFUSED(WIRE_HEAD, head.data = NULL);
	REFUSED(WIRE_HANDOFF_NAK, nak.reason = 0);
	REFUSED(WIRE_SEGMENT, segment.flags = 0);
	REFUSED(WIRE_SEGMENT, segment.flags = WIRE_ACK);
	REFUSED(WIRE_SEGMENT, segment.flags = WIRE_FIN | WIRE_RST);
	REFUSED(WIRE_SEGMENT, segment.flags = WIRE_FIN | 0x02);
	REFUSED(WIRE_CLOSED, closed.why = 0);
#undef REFUSED
}

/* What the encoder would not write does not come in from elsewhere either. */
static void wire_decode__refuses_what_is_out_of_range(void **state)
{
	struct wire_msg m, got;
	u8 buf[BUF];
	u32 len, flow = WIRE_HEADER_LEN + 28;

	(void)state;
#define REFUSED(kind, offset, value)					\
	do {								\
		fill(&m, kind, false);					\
		len = wire_encode(buf, sizeof(buf), &m);		\
		assert_int_equal(wire_decode(buf, len, &got), len);	\
		buf[offset] = value;					\
		assert_row(#kind ", " #offset, !wire_decode(buf, len, &got)); \
	} while (0)

	REFUSED(WIRE_HEARTBEAT, WIRE_HEADER_LEN + 16 + 4, 15);
	REFUSED(WIRE_HANDOFF, flow + 9, 15);
	REFUSED(WIRE_HANDOFF, flow + 10, 15);
	REFUSED(WIRE_HANDOFF, flow + 11, 1);
	REFUSED(WIRE_HANDOFF, flow + 40, 0xff);
	REFUSED(WIRE_HEAD, flow + 4, 0xff);
	REFUSED(WIRE_HANDOFF_NAK, flow, 0);
	REFUSED(WIRE_SEGMENT, flow, 0x02);
	REFUSED(WIRE_CLOSED, flow, 0);
#undef REFUSED
}

/* A version later than ours may know more of them; what it says is still said. */
static void wire_decode__takes_reasons_it_does_not_know(void **state)
{
	struct wire_msg m, got;
	u8 buf[BUF];
	u32 len;

	(void)state;
	fill(&m, WIRE_HANDOFF_NAK, false);
	m.nak.reason = __WIRE_NAK_MAX;
	len = wire_encode(buf, sizeof(buf), &m);
	assert_int_equal(wire_decode(buf, len, &got), len);
	assert_int_equal(got.nak.reason, __WIRE_NAK_MAX);

	fill(&m, WIRE_CLOSED, true);
	m.closed.why = __WIRE_CLOSED_MAX;
	len = wire_encode(buf, sizeof(buf), &m);
	assert_int_equal(wire_decode(buf, len, &got), len);
	assert_int_equal(got.closed.why, __WIRE_CLOSED_MAX);
}

static void wire_pad__changes_the_length_only(void **state)
{
	struct wire_msg m, got;
	u8 buf[BUF];
	u32 len;

	(void)state;
	fill(&m, WIRE_HEARTBEAT, false);
	len = wire_encode(buf, sizeof(buf), &m);
	assert_int_equal(wire_pad(buf, sizeof(buf), len, len - 1), 0);
	assert_int_equal(wire_pad(buf, sizeof(buf), len, sizeof(buf) + 1), 0);
	assert_int_equal(wire_pad(buf, sizeof(buf), len, len), len);
	assert_int_equal(wire_pad(buf, sizeof(buf), len, sizeof(buf)), sizeof(buf));
	assert_int_equal(wire_decode(buf, sizeof(buf), &got), sizeof(buf));
	assert_same(&m, &got);
}

static void wire_room__is_what_fits(void **state)
{
	static u8 bytes[0x10000], buf[0x11000];
	struct wire_msg m;
	u32 room, fits;
	int ipv6;

	(void)state;
	for (ipv6 = 0; ipv6 < 2; ipv6++) {
		for (room = 0; room < 0x10100; room += room < 200 || room > 0xff00 ? 1 : 97) {
			fits = wire_handoff_room(room, ipv6);
			fill(&m, WIRE_HANDOFF, ipv6);
			m.handoff.data = bytes;
			m.handoff.data_len = fits;
			if (fits)
				assert_true(wire_encode(buf, room, &m));
			m.handoff.data_len = fits + 1;
			if (fits < 0xffff)
				assert_false(wire_encode(buf, room, &m));

			fits = wire_head_room(room, ipv6);
			fill(&m, WIRE_HEAD, ipv6);
			m.head.data = bytes;
			m.head.data_len = fits;
			if (fits)
				assert_true(wire_encode(buf, room, &m));
			m.head.data_len = fits + 1;
			if (fits < 0xffff)
				assert_false(wire_encode(buf, room, &m));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wire__round_trip),
		cmocka_unit_test(wire_encode__takes_exactly_its_room),
		cmocka_unit_test(wire_decode__refuses_what_is_cut_off),
		cmocka_unit_test(wire_decode__ignores_what_is_behind),
		cmocka_unit_test(wire_decode__takes_longer_and_more_servers),
		cmocka_unit_test(wire_decode__skips_unknown_types),
		cmocka_unit_test(wire_encode__refuses_what_is_out_of_range),
		cmocka_unit_test(wire_decode__refuses_what_is_out_of_range),
		cmocka_unit_test(wire_decode__takes_reasons_it_does_not_know),
		cmocka_unit_test(wire_pad__changes_the_length_only),
		cmocka_unit_test(wire_room__is_what_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
