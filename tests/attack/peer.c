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
 *   answer           back: RESPONSE to INITs until the keys of one are used; "keys"
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
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/attack/channel.h"

static void need_keys(bool there)
{
	if (there)
		return;
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
	channel_parse_address(field[1], me.flow.client, &me.flow.ipv6);
	me.flow.client_port = atoi(field[2]);
	channel_parse_address(field[3], me.flow.vip, &ipv6);
	me.flow.vip_port = atoi(field[4]);
	channel_parse_address(field[5], me.flow.server, &ipv6);
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

	channel_say(&msg);
}

static void step_head(const char *text)
{
	u8 head[1000];
	struct wire_msg msg = { .type = WIRE_HEAD };

	msg.head.data_len = unescape(text, head);
	msg.head.data = head;
	channel_say(&msg);
}

static void step_segment(const char *which)
{
	struct wire_msg msg = { .type = WIRE_SEGMENT };

	msg.segment.flags = WIRE_ACK | (strcmp(which, "rst") ? WIRE_FIN : WIRE_RST);
	channel_say(&msg);
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
	channel_say(&msg);
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
	channel_put(payload, at);
}

static void step_garble(const char *text)
{
	char *end;
	u64 seed = strtoull(text, &end, 0), i, count = strtoull(end + 1, NULL, 0);

	random_seed(seed);
	for (i = 0; i < count; i++) {
		garble_one();
		if (i % 16 == 0)
			channel_pump(0, 0);
	}
}

static u8 type_of(const char *name)
{
	u8 type;

	for (type = WIRE_HEARTBEAT; type < __WIRE_TYPE_MAX; type++)
		if (!strcmp(channel_names[type], name))
			return type;
	die("no message is called %s", name);
}

static void step_release(void)
{
	u32 i;

	for (i = 0; i < me.held_count; i++)
		channel_send(me.held[i].bytes, me.held[i].len);
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
	put_unaligned_be16(CHANNEL_PORT, at + ip);
	put_unaligned_be16(CHANNEL_PORT, at + ip + 2);
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
	u8 front[16], back[16], mac[6], datagram[CHANNEL_INIT_LEN];
	bool ipv6;
	FILE *f;
	u32 i;

	if (!text || sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2,
			    mac + 3, mac + 4, mac + 5) != 6)
		die("inits: file, number, from, to, MAC address");
	channel_parse_address(from, front, &ipv6);
	channel_parse_address(to, back, &ipv6);
	f = fopen(file, "a");
	if (!f)
		die("%s: %m", file);
	if (!ftell(f) && fwrite(head, sizeof(head), 1, f) != 1)
		die("%s: %m", file);
	for (i = 0; i < (u32)atoi(count); i++) {
		channel_stale_init(datagram, front, back, ipv6, i);
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
		need_keys(channel_init());
	} else if (!strcmp(text, "answer")) {
		need_keys(channel_answer());
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
		channel_send(me.last.bytes, me.last.len);
	} else if (!strcmp(text, "garble")) {
		step_garble(argument);
	} else if (!strcmp(text, "expect")) {
		if (!channel_pump(CHANNEL_WAIT, type_of(argument))) {
			printf("no %s\n", argument);
			exit(1);
		}
	} else if (!strcmp(text, "none")) {
		if (channel_pump(2 * CHANNEL_BEAT, type_of(argument))) {
			printf("unwanted %s\n", argument);
			exit(1);
		}
	} else if (!strcmp(text, "await")) {
		while (access(argument, F_OK))
			channel_pump(NS / 20, 0);
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
	channel_open(!strcmp(argv[1], "front"), argv[2], argv[3], argv[4]);
	for (i = 5; i < argc; i++)
		step(argv[i]);
	return 0;
}
