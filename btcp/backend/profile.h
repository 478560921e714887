/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The profile: what this host's TCP would agree to, so that front-ends promise
 * clients no more than that.  Guessed from its settings as the kernel reckons,
 * corrected by each SYN/ACK caught.
 */
#ifndef _BTCP_BACKEND_PROFILE_H
#define _BTCP_BACKEND_PROFILE_H

#include "btcp/backend/flow.h"
#include "btcp/tcp_options.h"

/**
 * back_profile_fill() - struct handoff_session_ops: load and profile
 * @net: namespace
 * @session: to whom the heartbeat goes
 * @heartbeat: filled: load, whose it is, and one entry for each granted port and family
 *
 * Context: BH off, RCU read side.
 */
void back_profile_fill(struct net *net, struct handoff_session *session,
		       struct wire_heartbeat *heartbeat);

/**
 * back_profile_tell() - a heartbeat now, not when it is due
 * @frontend: whose grants have changed, or whose session will end
 *
 * Until the front-end knows, it hands off here what nobody takes any more.
 *
 * Context: process context, genl lock and @config held.
 */
void back_profile_tell(struct back_frontend *frontend);

/**
 * back_profile_tell_all() - the same to every front-end: the role is going away
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void back_profile_tell_all(struct back_net *bnet);

/**
 * back_profile_learn() - a SYN/ACK was caught
 * @bnet: namespace
 * @flow: whose
 * @offered: WIRE_OPT_* of the SYN it answers
 * @seen: its options
 * @window: its window
 *
 * Context: BH off, RCU read side; @flow may be locked.
 */
void back_profile_learn(struct back_net *bnet, struct back_flow *flow,
			u8 offered, const struct tcp_options_seen *seen, u16 window);

#endif /* _BTCP_BACKEND_PROFILE_H */
