/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be changed of a TCP packet that it is wrong afterwards, or nearly right.
 */
#ifndef _TESTS_ATTACK_MUTATION_H
#define _TESTS_ATTACK_MUTATION_H

#include "tests/attack/common.h"

#define FRAME_MAX	1514
#define LAYER3		14
#define TCP_MIN		20
#define V4_MIN		20
#define V6_MIN		40

/*
 * An Ethernet frame with a TCP packet, whole at least as far as TCP_MIN. The sums and lengths come
 * last, so what is to be wrong with them is only noted here.
 */
struct frame {
	size_t len;
	size_t tcp;		/* where it begins */
	bool ipv6;
	bool spoil_ip_sum;
	bool spoil_tcp_sum;
	bool fragment;		/* is to be sent in fragments */
	bool truncate;		/* its end is not to be sent */
	int add_to_length;	/* of IP */
	u8 data[FRAME_MAX];
};

struct mutation {
	const char *name;
	void (*make)(struct frame *p);
	unsigned long made;
};

extern struct mutation mutations[];
extern const size_t mutation_count;

static inline u8 *tcp(struct frame *p)
{
	return p->data + p->tcp;
}

static inline size_t tcp_len(const struct frame *p)
{
	return p->len - p->tcp;
}

/* Of its header, as far as it says so and has it. */
static inline size_t tcp_header(struct frame *p)
{
	size_t len = (tcp(p)[12] >> 4) * 4;

	if (len > tcp_len(p))
		len = tcp_len(p);
	return len < TCP_MIN ? TCP_MIN : len;
}

#endif /* _TESTS_ATTACK_MUTATION_H */
