// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "handoff/noise.h"
#include "tests/attack/channel.h"

#define TRIES		8
#define ANSWERED	(NS / 2)

#define RESPONSE_LEN		(CHANNEL_INIT_LEN + NOISE_MAC_LEN)
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

struct channel me;

const char * const channel_names[__WIRE_TYPE_MAX] = {
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

void channel_parse_address(const char *text, u8 addr[16], bool *ipv6)
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
	struct sockaddr_in6 at6 = { .sin6_family = AF_INET6, .sin6_port = htons(CHANNEL_PORT) };
	struct sockaddr_in at4 = { .sin_family = AF_INET, .sin_port = htons(CHANNEL_PORT) };

	memcpy(&at6.sin6_addr, me.own, 16);
	memcpy(&at4.sin_addr, me.own, 4);
	me.fd = socket(me.ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
	if (me.fd < 0 || bind(me.fd, me.ipv6 ? (void *)&at6 : (void *)&at4,
			      me.ipv6 ? sizeof(at6) : sizeof(at4)))
		die("binding to port %d: %m", CHANNEL_PORT);
}

void channel_open(bool front, const char *own, const char *other, const char *keyfile)
{
	me.front = front;
	channel_parse_address(own, me.own, &me.ipv6);
	channel_parse_address(other, me.other, &me.ipv6);
	read_key(keyfile);
	open_socket();
}

void channel_send(const u8 *bytes, u32 len)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = htons(CHANNEL_PORT) };
	struct sockaddr_in to4 = { .sin_family = AF_INET, .sin_port = htons(CHANNEL_PORT) };

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
	put_unaligned_be16(CHANNEL_PORT, p->front_port);
	put_unaligned_be16(CHANNEL_PORT, p->back_port);
	memcpy(p->front, front, 16);
	memcpy(p->back, back, 16);
}

/* Fill a datagram with an INIT; @noise is where the handshake stands then. */
static void make_init(struct noise *noise, u8 *datagram, const struct prologue *prologue,
		      u32 index, u64 ticket)
{
	u8 payload[CHANNEL_HANDSHAKE];

	put_unaligned_be32(index, payload);
	put_unaligned_be64(ticket, payload + 4);
	noise_init(noise, prologue, sizeof(*prologue), me.psk);
	seal_header_write(datagram, SEAL_INIT, 0, 0);
	if (!noise_write_init(noise, datagram + SEAL_HEADER_LEN, payload, sizeof(payload)))
		die("no key pair");
}

/* The next datagram within @ns; 0: none. */
static u32 receive_datagram(u8 *bytes, long long ns)
{
	struct pollfd fd = { .fd = me.fd, .events = POLLIN };
	ssize_t len;

	if (ns < 0 || poll(&fd, 1, ns / (NS / 1000)) <= 0)
		return 0;
	len = recv(me.fd, bytes, CHANNEL_DATAGRAM_MAX, 0);
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
}

void channel_put(const u8 *payload, u32 len)
{
	struct datagram_out *out = me.hold ? &me.held[me.held_count] : &me.last;

	if (!me.keyed)
		die("no keys yet");
	if (me.hold && ++me.held_count == CHANNEL_HELD_MAX)
		die("too much is held");
	memcpy(out->bytes + SEAL_HEADER_LEN, payload, len);
	out->len = SEAL_OVERHEAD + len;
	seal_close(out->bytes, len, me.remote_index, me.counter++, me.tx);
	if (!me.hold)
		channel_send(out->bytes, out->len);
	me.hold = false;
}

void channel_say(struct wire_msg *msg)
{
	u8 payload[CHANNEL_DATAGRAM_MAX - SEAL_OVERHEAD];
	u32 len;

	msg->flow = me.flow;
	len = wire_encode(payload, sizeof(payload), msg);
	if (!len)
		die("%s: not a message that can be said", channel_names[msg->type]);
	channel_put(payload, len);
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
	channel_say(&msg);
	me.hold = hold;
	me.beat_next = now() + CHANNEL_BEAT;
}

static void show(const struct wire_msg *msg)
{
	if (msg->type == WIRE_HEARTBEAT)
		return;
	printf("%s", channel_names[msg->type]);
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

/* Open a datagram with our keys, in place; returns how long its payload is, 0: not for us. */
static u32 open_sealed(u8 *bytes, u32 len)
{
	struct seal_header header;

	if (len < SEAL_OVERHEAD)
		return 0;
	seal_header_read(bytes, &header);
	if (header.type != SEAL_DATA || !me.keyed || header.index != me.local_index)
		return 0;
	len -= SEAL_HEADER_LEN;
	if (!seal_open(bytes + SEAL_HEADER_LEN, bytes + SEAL_HEADER_LEN, len, bytes, me.rx)) {
		printf("forged\n");
		return 0;
	}
	if (!seal_window_accept(&me.window, header.counter)) {
		printf("replayed\n");
		return 0;
	}
	return len - CRYPTO_TAG_LEN;
}

/* Take what comes for so long, or until there was a message of this type. */
bool channel_pump(long long ns, u8 type)
{
	long long until = now() + ns;
	u8 bytes[CHANNEL_DATAGRAM_MAX];
	u32 len;

	for (;;) {
		long long left = until - now();

		if (left < 0)
			return false;
		if (me.keyed && now() >= me.beat_next)
			beat(0);
		if (me.keyed && me.beat_next - now() < left)
			left = me.beat_next - now();
		len = receive_datagram(bytes, left > 0 ? left : 0);
		len = open_sealed(bytes, len);
		if (!len)
			continue;
		if (take_messages(bytes + SEAL_HEADER_LEN, len, type))
			return true;
	}
}

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

bool channel_init(void)
{
	u8 datagram[CHANNEL_INIT_LEN], answer[CHANNEL_DATAGRAM_MAX], payload[CHANNEL_HANDSHAKE];
	u8 key[CRYPTO_KEY_LEN];
	struct prologue prologue;
	struct noise noise;
	u32 index, len, try;
	long long until;

	make_prologue(&prologue, me.own, me.other, me.ipv6);
	for (try = 0; try < TRIES; try++) {
		getrandom(&index, sizeof(index), 0);
		make_init(&noise, datagram, &prologue, index, me.ticket);
		noise_response_key(&noise, me.psk, key);
		channel_send(datagram, sizeof(datagram));
		for (until = now() + ANSWERED; now() < until;) {
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
			printf("keys\n");
			beat(0);
			return true;
		}
	}
	return false;
}

static void answer_init(u8 *datagram)
{
	u8 payload[CHANNEL_HANDSHAKE], key[CRYPTO_KEY_LEN];
	struct prologue prologue;
	struct noise noise;
	u32 index, remote;

	make_prologue(&prologue, me.other, me.own, me.ipv6);
	noise_init(&noise, &prologue, sizeof(prologue), me.psk);
	if (!noise_read_init(&noise, datagram + SEAL_HEADER_LEN, payload, sizeof(payload)))
		return;
	remote = get_unaligned_be32(payload);
	noise_response_key(&noise, me.psk, key);
	getrandom(&index, sizeof(index), 0);
	memset(payload, 0, sizeof(payload));
	put_unaligned_be32(index, payload);
	seal_header_write(datagram, SEAL_RESPONSE, remote, 0);
	if (!noise_write_response(&noise, datagram + SEAL_HEADER_LEN, payload, sizeof(payload)))
		die("no key pair");
	noise_response_mac(key, datagram, CHANNEL_INIT_LEN, datagram + CHANNEL_INIT_LEN);
	channel_send(datagram, RESPONSE_LEN);
	new_keys(&noise, index, remote);
}

/* A front-end that was not answered at once may have begun anew: its keys are those it uses. */
bool channel_answer(void)
{
	long long until = now() + 3 * CHANNEL_WAIT;
	u8 datagram[CHANNEL_DATAGRAM_MAX];
	u32 len;

	while (now() < until) {
		len = receive_datagram(datagram, until - now());
		if (len == CHANNEL_INIT_LEN && datagram[0] == SEAL_INIT) {
			answer_init(datagram);
			continue;
		}
		len = open_sealed(datagram, len);
		if (len) {
			printf("keys\n");
			take_messages(datagram + SEAL_HEADER_LEN, len, 0);
			return true;
		}
	}
	return false;
}

void channel_stale_init(u8 *datagram, const u8 *front, const u8 *back, bool ipv6, u32 n)
{
	struct prologue prologue;
	struct noise noise;

	make_prologue(&prologue, front, back, ipv6);
	make_init(&noise, datagram, &prologue, 4 + n, n);
}
