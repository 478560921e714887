/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The UDP sockets of a namespace, one a family, open while a session needs it.
 */
#ifndef _HANDOFF_CONTROL_SOCKET_H
#define _HANDOFF_CONTROL_SOCKET_H

#include "handoff/control.h"

/**
 * control_socket_get() - open a family's socket, or share it
 * @control: namespace
 * @family: NFPROTO_*
 * @extack: gets the sentence of a refusal
 *
 * Context: process context; control->lock held.
 * Return: 0 or a negative errno.
 */
int control_socket_get(struct handoff_control *control, u8 family,
		       struct netlink_ext_ack *extack);

/**
 * control_socket_put() - the opposite
 * @control: namespace
 * @family: NFPROTO_*
 *
 * Context: process context; control->lock held; may sleep.
 */
void control_socket_put(struct handoff_control *control, u8 family);

/**
 * control_socket_reopen() - close what is open and open it anew
 * @control: namespace; its own address is the one to bind to
 * @extack: gets the sentence of a refusal
 *
 * Context: process context, may sleep; control->lock held.
 * Return: 0 or a negative errno; some sockets may be missing then.
 */
int control_socket_reopen(struct handoff_control *control,
			  struct netlink_ext_ack *extack);

/**
 * control_socket_close() - the end of them, whoever still needs one
 * @control: namespace
 *
 * Context: process context, may sleep; control->lock held.
 */
void control_socket_close(struct handoff_control *control);

#endif /* _HANDOFF_CONTROL_SOCKET_H */
