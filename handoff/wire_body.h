/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each kind of message says behind its header and its flow's name, for
 * wire.c only.  What it may say is judged in one place, wire_body_valid(), for
 * both directions: nothing is sent that would not be taken.  Pure.
 */
#ifndef _HANDOFF_WIRE_BODY_H
#define _HANDOFF_WIRE_BODY_H

#include "handoff/wire.h"
#include "handoff/wire_cursor.h"

/* Bytes of the fields before the data */
#define WIRE_HANDOFF_LEN	42
#define WIRE_HEAD_LEN		6

/**
 * wire_body_put() - write a body
 * @o: where to; full if there was not enough room
 * @msg: valid
 */
void wire_body_put(struct wire_out *o, const struct wire_msg *msg);

/**
 * wire_body_get() - read a body
 * @i: all of it, and nothing else; empty if that was not enough
 * @msg: its @type is known; the union is filled, data pointers point into @i
 */
void wire_body_get(struct wire_in *i, struct wire_msg *msg);

/**
 * wire_body_valid() - is every field in its range?
 * @msg: to be sent, or received
 *
 * Return: false, too, for a type that is not known.
 */
bool wire_body_valid(const struct wire_msg *msg);

#endif /* _HANDOFF_WIRE_BODY_H */
