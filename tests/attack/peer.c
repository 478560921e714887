// SPDX-License-Identifier: GPL-2.0
/*
 * A peer that has a key: the control channel's protocol, spoken by a program,
 * so that it can say what our modules never would.
 *
 * usage: peer front|back OWN-ADDRESS PEER-ADDRESS KEYFILE STEP…
 *
 * Both ports are 7689.  While it waits for anything it sends a heartbeat a
 * second, once it has keys, and answers probes.  Steps, in order:
 *
 *   init             front: INIT until there is a RESPONSE; "keys", or "no keys"
 *                    after some tries, and then the program ends
 *   answer           back: RESPONSE to the next INIT; "keys"
 *   flow:ID,CLIENT,PORT,VIP,PORT,SERVER,PORT    what the next messages are about
 *   handoff:TEXT     HANDOFF one-shot, the head being TEXT with \r and \n
 *   head:TEXT        HEAD from offset 0
 *   ack nak:WHY segment:fin|rst closed:WHY query alive reset
 *   hold             the next message is sealed, and sent by "release"
 *   release          what is held, in the order of its counters
 *   again            the last datagram once more
 *   expect:TYPE      the next message of this kind ("expect:nak", …) within 5 s,
 *                    shown with what it says; others in between are shown, too
 *   none:TYPE        no such message for two heartbeats
 *   garble:SEED,N    N messages that are sealed well and say anything at all
 *   await:FILE touch:FILE print:TEXT
 *   inits:FILE,N,FROM,TO,MAC   N INITs with tickets of no use, as FROM would
 *                    have sent them to TO, into a capture (nothing is sent)
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "handoff/noise.h"
#include "handoff/seal.h"
#include "handoff/wire.h"
#include "tests/attack/frame.h"

#define PORT		7689
#define DATAGRAM_MAX	9300
#define HELD_MAX	64
#define TRIES		8
#define WAIT		5.0
#define BEAT		1.0

#define HANDSHAKE_PAYLOAD	12
#define HANDSHAKE_LEN		NOISE_MSG_LEN(HANDSHAKE_PAYLOAD)
#define INIT_LEN		(SEAL_HEADER_LEN + HANDSHAKE_LEN)
#define RESPONSE_LEN		(INIT_LEN + NOISE_MAC_LEN)
#define TICKET_LEN		(SEAL_HEADER_LEN + NOISE_MAC_LEN)

/* As handoff/ has it; docs/protocol.md says what it binds. */
struct prologue {
	char label[24];
	u8 version;
	u8 family;
	u8 front_port[2];
	u8 back_port[2];
	u8 zero[2];
	u8 front[16];
	u8 back[16];
};

struct datagram_out {
	u8 bytes[DATAGRAM_MAX];
	u32 len;
};

static struct {
	bool front;
	bool ipv6;
	int fd;
	u8 own[16];
	u8 other[16];
	u8 psk[CRYPTO_KEY_LEN];
	u64 ticket;
	bool keyed;
	u8 tx[CRYPTO_KEY_LEN];
	u8 rx[CRYPTO_KEY_LEN];
	u32 local_index;
	u32 remote_index;
	u64 counter;
	struct seal_window window;
	double beat_next;
	struct wire_flow flow;
	bool hold;
	struct datagram_out held[HELD_MAX];
	u32 held_count;
	struct datagram_out last;
} me;

static const char * const names[__WIRE_TYPE_MAX] = {
	[WIRE_HEARTBEAT] = "heartbeat",
	[WIRE_HANDOFF] = "handoff",
	[WIRE_HEAD] = "head",
	[WIRE_HANDOFF_ACK] = "ack",
	[WIRE_HANDOFF_NAK] = "nak",
	[WIRE_SEGMENT] = "segment",
	[WIRE_CLOSED] = "closed",
	[WIRE_QUERY] = "query",
	[WIRE_ALIVE] = "alive",
	[WIRE_RESET] = "reset",
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void parse_address(const char *text, u8 addr[16], bool *ipv6)
{
	memset(addr, 0, 16);
	*ipv6 = strchr(text, ':');
	if (inet_pton(*ipv6 ? AF_INET6 : AF_INET, text, addr) != 1)
		die("%s: not an address", text);
}

static void read_key(const char *path)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	u32 bits = 0, have = 0, n = 0;
	char text[64] = "";
	const char *p, *at;
	FILE *f = fopen(path, "r");

	if (!f || !fgets(text, sizeof(text), f))
		die("%s: %m", path);
	fclose(f);
	for (p = text; *p && n < sizeof(me.psk); p++) {
		at = strchr(digits, *p);
		if (!at)
			break;
		bits = bits << 6 | (u32)(at - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			me.psk[n++] = bits >> have;
		}
	}
	if (n != sizeof(me.psk))
		die("%s: not a key", path);
}

static void open_socket(void)
{
	struct sockaddr_in6 at6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	struct sockaddr_in at4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	memcpy(&at6.sin6_addr, me.own, 16);
	memcpy(&at4.sin_addr, me.own, 4);
	me.fd = socket(me.ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
	if (me.fd < 0 || bind(me.fd, me.ipv6 ? (void *)&at6 : (void *)&at4,
			      me.ipv6 ? sizeof(at6) : sizeof(at4)))
		die("binding to port %d: %m", PORT);
}

static void send_datagram(const u8 *bytes, u32 len)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	struct sockaddr_in to4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	memcpy(&to6.sin6_addr, me.other, 16);
	memcpy(&to4.sin_addr, me.other, 4);
	if (sendto(me.fd, bytes, len, 0, me.ipv6 ? (void *)&to6 : (void *)&to4,
		   me.ipv6 ? sizeof(to6) : sizeof(to4)) < 0)
		fprintf(stderr, "sending: %m\n");
}

static void make_prologue(struct prologue *p, const u8 *front, const u8 *back, bool ipv6)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->label, "btcp control channel");
	p->version = WIRE_VERSION;
	p->family = ipv6 ? 10 : 2;	/* NFPROTO_IPV6, NFPROTO_IPV4 */
	put_unaligned_be16(PORT, p->front_port);
	put_unaligned_be16(PORT, p->back_port);
	memcpy(p->front, front, 16);
	memcpy(p->back, back, 16);
}

/* Fill a datagram with an INIT; @noise is where the handshake stands then. */
static void make_init(struct noise *noise, u8 *datagram, const struct prologue *prologue,
		      u32 index, u64 ticket)
{
	u8 payload[HANDSHAKE_PAYLOAD];

	put_unaligned_be32(index, payload);
	put_unaligned_be64(ticket, payload + 4);
	noise_init(noise, prologue, sizeof(*prologue), me.psk);
	seal_header_write(datagram, SEAL_INIT, 0, 0);
	if (!noise_write_init(noise, datagram + SEAL_HEADER_LEN, payload, sizeof(payload)))
		die("no key pair");
}

/* The next datagram within @seconds; 0: none. */
static u32 receive_datagram(u8 *bytes, double seconds)
{
	struct pollfd fd = { .fd = me.fd, .events = POLLIN };
	ssize_t len;

	if (seconds < 0 || poll(&fd, 1, seconds * 1000) <= 0)
		return 0;
	len = recv(me.fd, bytes, DATAGRAM_MAX, 0);
	return len > 0 ? len : 0;
}

static void new_keys(struct noise *noise, u32 local, u32 remote)
{
	noise_split(noise, me.front ? me.tx : me.rx, me.front ? me.rx : me.tx);
	me.local_index = local;
	me.remote_index = remote;
	me.counter = 0;
	memset(&me.window, 0, sizeof(me.window));
	me.keyed = true;
	me.beat_next = now();
	printf("keys\n");
}

static void put_datagram(const u8 *payload, u32 len)
{
	struct datagram_out *out = me.hold ? &me.held[me.held_count] : &me.last;

	if (!me.keyed)
		die("no keys yet");
	if (me.hold && ++me.held_count == HELD_MAX)
		die("too much is held");
	memcpy(out->bytes + SEAL_HEADER_LEN, payload, len);
	out->len = SEAL_OVERHEAD + len;
	seal_close(out->bytes, len, me.remote_index, me.counter++, me.tx);
	if (!me.hold)
		send_datagram(out->bytes, out->len);
	me.hold = false;
}

static void put_message(struct wire_msg *msg)
{
	u8 payload[DATAGRAM_MAX - SEAL_OVERHEAD];
	u32 len;

	msg->flow = me.flow;
	len = wire_encode(payload, sizeof(payload), msg);
	if (!len)
		die("%s: not a message that can be said", names[msg->type]);
	put_datagram(payload, len);
}

static void beat(u16 probed)
{
	struct wire_msg msg = { .type = WIRE_HEARTBEAT };
	bool hold = me.hold;

	msg.heartbeat.probed = probed;
	if (!me.front) {
		msg.heartbeat.count = 1;
		msg.heartbeat.server[0] = (struct wire_server){
			.port = 80, .ipv6 = me.ipv6, .listening = true, .window = 65535,
			.mss = 1460, .wscale = 7, .backlog_max = 4096,
			.options = WIRE_OPT_SACK | WIRE_OPT_TIMESTAMP | WIRE_OPT_WSCALE,
		};
	}
	me.hold = false;
	put_message(&msg);
	me.hold = hold;
	me.beat_next = now() + BEAT;
}

static void show(const struct wire_msg *msg)
{
	if (msg->type == WIRE_HEARTBEAT)
		return;
	printf("%s", names[msg->type]);
	switch (msg->type) {
	case WIRE_HANDOFF_ACK:
		printf(" %s", msg->ack.standing ? "standing" : "waiting");
		break;
	case WIRE_HANDOFF_NAK:
		printf(" %u", msg->nak.reason);
		break;
	case WIRE_SEGMENT:
		printf(" %s", msg->segment.flags & WIRE_RST ? "rst" : "fin");
		break;
	case WIRE_CLOSED:
		printf(" %u", msg->closed.why);
		break;
	}
	printf(" flow %llu\n", (unsigned long long)msg->flow.id);
}

/* Messages of a datagram of ours; is one of them of this type? */
static bool take_messages(const u8 *bytes, u32 len, u8 type)
{
	struct wire_msg msg;
	bool found = false;
	u32 used;

	while (len) {
		used = wire_decode(bytes, len, &msg);
		if (!used) {
			printf("malformed\n");
			return found;
		}
		bytes += used;
		len -= used;
		show(&msg);
		if (msg.type == WIRE_HEARTBEAT && msg.heartbeat.probe)
			beat(msg.heartbeat.probe);
		found |= msg.type == type;
	}
	return found;
}

/* Take what comes for so long, or until there was a message of this type. */
static bool pump(double seconds, u8 type)
{
	double until = now() + seconds;
	u8 bytes[DATAGRAM_MAX];
	struct seal_header header;
	u32 len;

	for (;;) {
		double left = until - now();

		if (left < 0)
			return false;
		if (me.keyed && now() >= me.beat_next)
			beat(0);
		if (me.keyed && me.beat_next - now() < left)
			left = me.beat_next - now();
		len = receive_datagram(bytes, left > 0 ? left : 0);
		if (len < SEAL_OVERHEAD)
			continue;
		seal_header_read(bytes, &header);
		if (header.type != SEAL_DATA || !me.keyed || header.index != me.local_index)
			continue;
		len -= SEAL_HEADER_LEN;
		if (!seal_open(bytes + SEAL_HEADER_LEN, bytes + SEAL_HEADER_LEN, len, bytes,
			       me.rx)) {
			printf("forged\n");
			continue;
		}
		if (!seal_window_accept(&me.window, header.counter)) {
			printf("replayed\n");
			continue;
		}
		if (take_messages(bytes + SEAL_HEADER_LEN, len - CRYPTO_TAG_LEN, type))
			return true;
	}
}

/* -- steps --------------------------------------------------------------- */

/* Is this the answer to the INIT with this index and key? */
static bool answers(const u8 *datagram, u32 len, u8 type, u32 index, const u8 *key)
{
	u32 covered = len - NOISE_MAC_LEN;
	u8 mac[NOISE_MAC_LEN];

	if (len != (type == SEAL_TICKET ? TICKET_LEN : RESPONSE_LEN) || datagram[0] != type ||
	    get_unaligned_be32(datagram + 4) != index)
		return false;
	noise_response_mac(key, datagram, covered, mac);
	return !memcmp(mac, datagram + covered, sizeof(mac));
}

static void step_init(void)
{
	u8 datagram[INIT_LEN], answer[DATAGRAM_MAX], payload[HANDSHAKE_PAYLOAD];
	u8 key[CRYPTO_KEY_LEN];
	struct prologue prologue;
	struct noise noise;
	u32 index, len, try;
	double until;

	make_prologue(&prologue, me.own, me.other, me.ipv6);
	for (try = 0; try < TRIES; try++) {
		getrandom(&index, sizeof(index), 0);
		make_init(&noise, datagram, &prologue, index, me.ticket);
		noise_response_key(&noise, me.psk, key);
		send_datagram(datagram, sizeof(datagram));
		for (until = now() + 0.5; now() < until;) {
			len = receive_datagram(answer, until - now());
			if (answers(answer, len, SEAL_TICKET, index, key)) {
				me.ticket = get_unaligned_be64(answer + 8);
				break;
			}
			if (!answers(answer, len, SEAL_RESPONSE, index, key) ||
			    !noise_read_response(&noise, answer + SEAL_HEADER_LEN, payload,
						 sizeof(payload)))
				continue;
			me.ticket = get_unaligned_be64(payload + 4);
			new_keys(&noise, index, get_unaligned_be32(payload));
			beat(0);
			return;
		}
	}
	printf("no keys\n");
	exit(1);
}

static void step_answer(void)
{
	u8 datagram[DATAGRAM_MAX], payload[HANDSHAKE_PAYLOAD], key[CRYPTO_KEY_LEN];
	double until = now() + 3 * WAIT;
	struct prologue prologue;
	struct noise noise;
	u32 index, remote, len;

	make_prologue(&prologue, me.other, me.own, me.ipv6);
	while (now() < until) {
		len = receive_datagram(datagram, until - now());
		if (len != INIT_LEN || datagram[0] != SEAL_INIT)
			continue;
		noise_init(&noise, &prologue, sizeof(prologue), me.psk);
		if (!noise_read_init(&noise, datagram + SEAL_HEADER_LEN, payload,
				     sizeof(payload)))
			continue;
		remote = get_unaligned_be32(payload);
		noise_response_key(&noise, me.psk, key);
		getrandom(&index, sizeof(index), 0);
		memset(payload, 0, sizeof(payload));
		put_unaligned_be32(index, payload);
		seal_header_write(datagram, SEAL_RESPONSE, remote, 0);
		if (!noise_write_response(&noise, datagram + SEAL_HEADER_LEN, payload,
					  sizeof(payload)))
			die("no key pair");
		noise_response_mac(key, datagram, INIT_LEN, datagram + INIT_LEN);
		send_datagram(datagram, RESPONSE_LEN);
		new_keys(&noise, index, remote);
		return;
	}
	printf("no keys\n");
	exit(1);
}

static void step_flow(char *text)
{
	char *field[7], *p = text;
	bool ipv6;
	int i;

	for (i = 0; i < 7; i++) {
		field[i] = strsep(&p, ",");
		if (!field[i])
			die("flow: id, client, port, VIP, port, server, port");
	}
	me.flow.id = strtoull(field[0], NULL, 0);
	parse_address(field[1], me.flow.client, &me.flow.ipv6);
	me.flow.client_port = atoi(field[2]);
	parse_address(field[3], me.flow.vip, &ipv6);
	me.flow.vip_port = atoi(field[4]);
	parse_address(field[5], me.flow.server, &ipv6);
	me.flow.server_port = atoi(field[6]);
}

static u32 unescape(const char *text, u8 *out)
{
	u32 len = 0;

	for (; *text; text++) {
		if (text[0] == '\\' && (text[1] == 'r' || text[1] == 'n'))
			out[len++] = *++text == 'r' ? '\r' : '\n';
		else
			out[len++] = *text;
	}
	return len;
}

static void step_handoff(const char *text)
{
	u8 head[1000];
	u32 len = unescape(text, head);
	struct wire_msg msg = {
		.type = WIRE_HANDOFF,
		.handoff = {
			.client_isn = 1000, .syn_window = 64240, .mss = 1460,
			.front_isn = 5000000, .promised_window = 8192,
			.ack_window = 64240, .head_len = len, .data_len = len, .data = head,
		},
	};

	put_message(&msg);
}

static void step_head(const char *text)
{
	u8 head[1000];
	struct wire_msg msg = { .type = WIRE_HEAD };

	msg.head.data_len = unescape(text, head);
	msg.head.data = head;
	put_message(&msg);
}

static void step_segment(const char *which)
{
	struct wire_msg msg = { .type = WIRE_SEGMENT };

	msg.segment.flags = WIRE_ACK | (strcmp(which, "rst") ? WIRE_FIN : WIRE_RST);
	put_message(&msg);
}

static void step_simple(u8 type, const char *argument)
{
	struct wire_msg msg = { .type = type };

	if (type == WIRE_HANDOFF_NAK)
		msg.nak.reason = atoi(argument);
	else if (type == WIRE_CLOSED)
		msg.closed.why = atoi(argument);
	else if (type == WIRE_HANDOFF_ACK)
		msg.ack.standing = true;
	put_message(&msg);
}

/* A message of any kind with any body, often enough one that can be read. */
static void garble_one(void)
{
	u8 payload[1200];
	u32 len, at = 0;

	do {
		u32 body = random_below(random_below(8) ? 120 : 500);

		len = WIRE_HEADER_LEN + body;
		if (at + len > sizeof(payload))
			break;
		random_fill(payload + at, len);
		payload[at] = random_below(__WIRE_TYPE_MAX + 1);
		put_unaligned_be16(body, payload + at + 2);
		/* A flow that may be there, by its names */
		if (body >= 16 && random_below(4)) {
			u8 *f = payload + at + WIRE_HEADER_LEN;

			put_unaligned_be64(me.flow.id, f);
			f[8] = me.flow.ipv6;
			put_unaligned_be16(me.flow.client_port, f + 10);
			put_unaligned_be16(me.flow.vip_port, f + 12);
			put_unaligned_be16(me.flow.server_port, f + 14);
			if (body >= 28 && !me.flow.ipv6) {
				memcpy(f + 16, me.flow.client, 4);
				memcpy(f + 20, me.flow.vip, 4);
				memcpy(f + 24, me.flow.server, 4);
			}
		}
		at += len;
	} while (!random_below(3));
	if (!random_below(8))
		at -= random_below(at);
	put_datagram(payload, at);
}

static void step_garble(const char *text)
{
	char *end;
	u64 seed = strtoull(text, &end, 0), i, count = strtoull(end + 1, NULL, 0);

	random_seed(seed);
	for (i = 0; i < count; i++) {
		garble_one();
		if (i % 16 == 0)
			pump(0, 0);
	}
}

static u8 type_of(const char *name)
{
	u8 type;

	for (type = WIRE_HEARTBEAT; type < __WIRE_TYPE_MAX; type++)
		if (!strcmp(names[type], name))
			return type;
	die("no message is called %s", name);
}

static void step_release(void)
{
	u32 i;

	for (i = 0; i < me.held_count; i++)
		send_datagram(me.held[i].bytes, me.held[i].len);
	me.held_count = 0;
}

/* -- a recording that never was -------------------------------------------- */

static void write_frame(FILE *f, const u8 *mac, const u8 *from, const u8 *to, bool ipv6,
			const u8 *payload, u32 len)
{
	u8 frame[14 + 40 + 8] = { 0 };
	u32 ip = ipv6 ? 40 : 20, size = 14 + ip + 8 + len;
	u32 record[4] = { 0, 0, size, size };
	u8 *at = frame + 14;

	memcpy(frame, mac, 6);
	put_unaligned_be16(ipv6 ? 0x86dd : 0x0800, frame + 12);
	at[0] = ipv6 ? 0x60 : 0x45;
	at[ipv6 ? 6 : 9] = 17;
	memcpy(at + (ipv6 ? 8 : 12), from, ipv6 ? 16 : 4);
	memcpy(at + (ipv6 ? 24 : 16), to, ipv6 ? 16 : 4);
	put_unaligned_be16(PORT, at + ip);
	put_unaligned_be16(PORT, at + ip + 2);
	put_unaligned_be16(8 + len, at + ip + 4);
	if (fwrite(record, sizeof(record), 1, f) != 1 ||
	    fwrite(frame, 14 + ip + 8, 1, f) != 1 || fwrite(payload, len, 1, f) != 1)
		die("writing: %m");
}

static void step_inits(char *text)
{
	static const u32 head[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1 };
	char *file = strsep(&text, ","), *count = strsep(&text, ","),
	     *from = strsep(&text, ","), *to = strsep(&text, ",");
	u8 front[16], back[16], mac[6], datagram[INIT_LEN];
	struct prologue prologue;
	struct noise noise;
	bool ipv6;
	FILE *f;
	u32 i;

	if (!text || sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2,
			    mac + 3, mac + 4, mac + 5) != 6)
		die("inits: file, number, from, to, MAC address");
	parse_address(from, front, &ipv6);
	parse_address(to, back, &ipv6);
	make_prologue(&prologue, front, back, ipv6);
	f = fopen(file, "a");
	if (!f)
		die("%s: %m", file);
	if (!ftell(f) && fwrite(head, sizeof(head), 1, f) != 1)
		die("%s: %m", file);
	for (i = 0; i < (u32)atoi(count); i++) {
		make_init(&noise, datagram, &prologue, 4 + i, i);
		write_frame(f, mac, front, back, ipv6, datagram, sizeof(datagram));
	}
	fclose(f);
}

static void step(char *text)
{
	char *argument = strchr(text, ':');
	static const struct { const char *name; u8 type; } simple[] = {
		{ "ack", WIRE_HANDOFF_ACK }, { "nak", WIRE_HANDOFF_NAK },
		{ "closed", WIRE_CLOSED }, { "query", WIRE_QUERY },
		{ "alive", WIRE_ALIVE }, { "reset", WIRE_RESET },
	};
	size_t i;

	if (argument)
		*argument++ = '\0';
	else
		argument = text + strlen(text);
	for (i = 0; i < ARRAY_SIZE(simple); i++) {
		if (!strcmp(text, simple[i].name)) {
			step_simple(simple[i].type, argument);
			return;
		}
	}
	if (!strcmp(text, "init")) {
		step_init();
	} else if (!strcmp(text, "answer")) {
		step_answer();
	} else if (!strcmp(text, "flow")) {
		step_flow(argument);
	} else if (!strcmp(text, "handoff")) {
		step_handoff(argument);
	} else if (!strcmp(text, "head")) {
		step_head(argument);
	} else if (!strcmp(text, "segment")) {
		step_segment(argument);
	} else if (!strcmp(text, "hold")) {
		me.hold = true;
	} else if (!strcmp(text, "release")) {
		step_release();
	} else if (!strcmp(text, "again")) {
		send_datagram(me.last.bytes, me.last.len);
	} else if (!strcmp(text, "garble")) {
		step_garble(argument);
	} else if (!strcmp(text, "expect")) {
		if (!pump(WAIT, type_of(argument))) {
			printf("no %s\n", argument);
			exit(1);
		}
	} else if (!strcmp(text, "none")) {
		if (pump(2 * BEAT, type_of(argument))) {
			printf("unwanted %s\n", argument);
			exit(1);
		}
	} else if (!strcmp(text, "await")) {
		while (access(argument, F_OK))
			pump(0.05, 0);
	} else if (!strcmp(text, "touch")) {
		fclose(fopen(argument, "w"));
	} else if (!strcmp(text, "print")) {
		printf("%s\n", argument);
	} else if (!strcmp(text, "inits")) {
		step_inits(argument);
	} else {
		die("%s: not one of the steps", text);
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 5)
		die("usage: peer front|back OWN-ADDRESS PEER-ADDRESS KEYFILE STEP...");
	setvbuf(stdout, NULL, _IOLBF, 0);
	me.front = !strcmp(argv[1], "front");
	parse_address(argv[2], me.own, &me.ipv6);
	parse_address(argv[3], me.other, &me.ipv6);
	read_key(argv[4]);
	open_socket();
	for (i = 5; i < argc; i++)
		step(argv[i]);
	return 0;
}
