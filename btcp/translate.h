/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The back-end's TCP speaks of its own sequence numbers, timestamps and window scale; the client
 * was promised the front-end's. Here one header is carried from one into the other, with the
 * change of its checksum.
 */
#ifndef BTCP_TRANSLATE_H
#define BTCP_TRANSLATE_H

#include "btcp/pure.h"

/**
 * struct btcp_translation - what lies between the wire and the back-end's TCP; constant once the
 * SYN/ACK was caught
 * @seq_delta: the front-end's ISN minus the back-end's
 * @ts_delta: the front-end's constant TSval minus the TSval of the back-end's SYN/ACK; 0 without
 *	timestamps
 * @promised_wscale: by what the client shifts the windows it reads; 0 if scaling was not agreed
 * @backend_wscale: by what the back-end's TCP shifts the windows that it writes; 0 if it offered
 *	none
 * @client_wscale: by what the client shifts the windows that it writes; 0 if scaling was not
 *	agreed
 * @assumed_wscale: by what the back-end's TCP shifts the windows that it reads: @client_wscale, or
 *	0 if it offered none
 */
struct btcp_translation {
	u32 seq_delta;
	u32 ts_delta;
	u8 promised_wscale;
	u8 backend_wscale;
	u8 client_wscale;
	u8 assumed_wscale;
};

/*
 * What the translating functions return: the change of the header's one's complement sum in the
 * low 16 bits, as a number in host byte order, and this flag: the options ended in a bad length
 * and the rest was left alone.
 */
#define BTCP_TRANSLATE_MALFORMED	0x10000u

/**
 * btcp_translate_out() - from the back-end's TCP to the client: sequence number, TSval, window
 * (not on a SYN)
 * @tcp: the header with its options, in network byte order, writable, at any alignment
 * @hdrlen: its length in bytes, options included: the data offset times 4, as far as it is there
 * @t: the flow's
 *
 * Ports, addresses and the checksum field are the caller's. Nothing outside @hdrlen is read or
 * written; below 20 bytes nothing is done and the flag returned.
 *
 * Context: any; pure; no lock: what it reads of @t is constant.
 * Return: change of the sum, BTCP_TRANSLATE_MALFORMED. RFC 9293 3.1, RFC 7323.
 */
u32 btcp_translate_out(u8 *tcp, u32 hdrlen, const struct btcp_translation *t);

/**
 * btcp_translate_in() - from the client to the back-end's TCP: acknowledgment, SACK blocks, TSecr
 * @tcp: the header with its options, in network byte order, writable, at any alignment
 * @hdrlen: its length in bytes, options included
 * @t: the flow's
 *
 * Acknowledgment and TSecr mean something with the ACK flag only, and a TSecr of 0 means none:
 * these are left alone. SACK blocks are always carried over, D-SACK included.
 *
 * Context: any; pure; no lock: what it reads of @t is constant.
 * Return: change of the sum, BTCP_TRANSLATE_MALFORMED. RFC 9293 3.1, RFC 2018, RFC 2883, RFC 7323
 * 3.2.
 */
u32 btcp_translate_in(u8 *tcp, u32 hdrlen, const struct btcp_translation *t);

/**
 * btcp_translate_quoted() - a header that an ICMP error quotes, as the back-end's TCP once sent it
 * @tcp: the quoted header: ports and sequence number at least; network byte order, writable
 * @len: how much of it is quoted, in bytes; below 8 nothing is done and the flag returned
 * @t: the flow's
 *
 * TCP looks at the sequence number and at nothing else there. The quoted checksum is left stale:
 * often it is cut off, and nobody can check it without the payload. The change is that of the ICMP
 * checksum.
 *
 * Context: any; pure.
 * Return: change of the sum, BTCP_TRANSLATE_MALFORMED. RFC 792, RFC 5927 4.1.
 */
u32 btcp_translate_quoted(u8 *tcp, u32 len, const struct btcp_translation *t);

/**
 * btcp_csum_apply() - update a checksum by a change of the sum it covers
 * @check: the checksum field, read as a big-endian number
 * @diff: what the translating functions returned; the flag is ignored
 *
 * Context: any; pure.
 * Return: the new checksum, likewise a number. RFC 1624, equation 3.
 */
u16 btcp_csum_apply(u16 check, u32 diff);

/**
 * btcp_csum_wsum() - the change as the kernel's csum_replace_by_diff() and its kin take it
 * @diff: what the translating functions returned; the flag is dropped
 *
 * The header is not part of the pseudo header: give inet_proto_csum_replace_by_diff() pseudohdr =
 * false, so that it leaves a partial checksum as it is.
 *
 * Return: the change in memory byte order.
 */
static inline __wsum btcp_csum_wsum(u32 diff)
{
	u8 raw[2] = { (u8)(diff >> 8), (u8)diff };
	u16 word;

	memcpy(&word, raw, sizeof(word));
	return (__force __wsum)(u32)word;
}

#endif /* BTCP_TRANSLATE_H */
