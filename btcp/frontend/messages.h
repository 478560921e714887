/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What back-ends say over the control channel.
 */
#ifndef _BTCP_FRONTEND_MESSAGES_H
#define _BTCP_FRONTEND_MESSAGES_H

#include "handoff/session.h"

extern const struct handoff_session_ops front_messages_ops;

#endif /* _BTCP_FRONTEND_MESSAGES_H */
