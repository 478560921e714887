/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of doctor share: what is known so far, and how a fault is told.
 */
#ifndef BTCPCTL_DOCTOR_H
#define BTCPCTL_DOCTOR_H

#include <arpa/inet.h>
#include <jansson.h>
#include <stdbool.h>

#include "firewall.h"
#include "print.h"
#include "request.h"

/* Counters whose value says that something is wrong */
enum doctor_counter {
	RX_VERSION,
	INIT_PSK,
	HANDOFFS,
	NO_CLIENT_ACK,
	COUNTERS,
};

/**
 * struct examined - what was found, and what later checks need
 * @findings: how many
 * @counter: by the enum above
 * @port: the control channel's
 * @peers: that are configured, with IPv4 and with IPv6
 * @services: by name, what their requests are and which pools their rules name
 */
struct examined {
	unsigned int findings;
	unsigned long long counter[COUNTERS];
	unsigned int port;
	unsigned int peers[2];
	json_t *services;
};

/**
 * struct place - an endpoint of an answer
 * @addr: network byte order
 * @len: its bytes
 * @port: host byte order
 * @local_port: of a grant, where it ends
 * @text: as typed
 * @alone: the address alone
 */
struct place {
	const void *addr;
	size_t len;
	unsigned int port;
	unsigned int local_port;
	char text[ENDPOINT_TEXT];
	char alone[INET6_ADDRSTRLEN];
};

/** place_of() - a nest of ADDR, PORT and maybe LOCAL_PORT; false: it is none */
bool place_of(struct nlattr *nest, struct place *place);

/** is_v6() - is it an IPv6 address? */
static inline bool is_v6(const struct place *place)
{
	return place->len == sizeof(struct in6_addr);
}

/** anywhere() - an address that stands for any client: nobody has it (RFC 5737, RFC 3849) */
const void *anywhere(bool v6);

/** words() - text, to be given to found() or to be freed */
char *words(const char *format, ...) __printf(1, 2);

/**
 * found() - tell a fault
 * @e: counts it
 * @what: one line, from words(); is freed
 * @mend: the command, from words(); is freed
 */
void found(struct examined *e, char *what, char *mend);

/**
 * check_drops() - does the firewall drop this?
 * @e: as found() has it
 * @what: the packets, for the sentence
 * @packet: one of them
 */
void check_drops(struct examined *e, const char *what, struct packet packet);

/**
 * check_silence() - is a peer heard?
 * @e: as found() has it
 * @what: "backend" or "frontend"
 * @tb: its attributes
 * @control: set to where its control channel is
 *
 * Return: false if it is not one to be looked at any further.
 */
bool check_silence(struct examined *e, const char *what, struct nlattr **tb,
		   struct place *control);

/*
 * What is done with each answer, as answer_fn has it: of a front-end services before rules; of a
 * back-end after them, since a front-end on the same host may have a VIP.
 */
void examine_service(struct nlattr **tb, struct nlattr *first, int len, void *arg);
void examine_rule(struct nlattr **tb, struct nlattr *first, int len, void *arg);
void examine_pool(struct nlattr **tb, struct nlattr *first, int len, void *arg);
void examine_backend(struct nlattr **tb, struct nlattr *first, int len, void *arg);
void examine_frontend(struct nlattr **tb, struct nlattr *first, int len, void *arg);
/** examine_routing() - services with their rules, when all are known */
void examine_routing(struct examined *e);

#endif /* BTCPCTL_DOCTOR_H */
