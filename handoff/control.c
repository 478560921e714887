// SPDX-License-Identifier: GPL-2.0
/*
 * What a namespace has of the control channel: counters, its own address, and
 * the order in which all of it comes and goes.
 */
#include <linux/random.h>

#include "handoff/control_receive.h"
#include "handoff/control_socket.h"
#include "handoff/net.h"
#include "handoff/session_priv.h"
#include "include/uapi/linux/btcp.h"

#define C(name, help) { name, help, false }

static const struct handoff_counter counters[__CONTROL_STAT_MAX] = {
	[CONTROL_RX] = C("control_rx",
		"authentic datagrams received"),
	[CONTROL_TX] = C("control_tx",
		"datagrams sent"),
	[CONTROL_SESSIONS] = { "control_sessions", "sessions with other hosts", true },
	[CONTROL_HANDSHAKES] = C("control_handshakes",
		"keys agreed on with a peer"),
	[CONTROL_REBORN] = C("control_reborn",
		"peers that began anew before they were missed"),
	[CONTROL_RX_SHORT] = C("control_rx_short",
		"too short to be one of ours"),
	[CONTROL_RX_LONG] = C("control_rx_long",
		"longer than any of ours"),
	[CONTROL_RX_VERSION] = C("control_rx_version",
		"of another protocol, or another version of it"),
	[CONTROL_RX_TYPE] = C("control_rx_type",
		"of no known kind, or of the wrong length for it"),
	[CONTROL_RX_INDEX] = C("control_rx_index",
		"for keys that this host does not have (any more)"),
	[CONTROL_RX_AUTH] = C("control_rx_auth",
		"forged or damaged: not sealed with the key it names"),
	[CONTROL_RX_REPLAY] = C("control_rx_replay",
		"authentic, but seen before or too late"),
	[CONTROL_RX_EXPIRED] = C("control_rx_expired",
		"for keys that are too old"),
	[CONTROL_RX_SOURCE] = C("control_rx_source",
		"authentic, but from an address that is not the peer's"),
	[CONTROL_RX_MALFORMED] = C("control_rx_malformed",
		"authentic, but no message can be read in it"),
	[CONTROL_RX_UNKNOWN] = C("control_rx_unknown",
		"messages of a kind this version does not know"),
	[CONTROL_RX_NOROLE] = C("control_rx_norole",
		"messages for a role whose module is not loaded"),
	[CONTROL_RX_NESTED] = C("control_rx_nested",
		"came while another was being received on this CPU"),
	[CONTROL_INIT_PEER] = C("control_init_peer",
		"key exchanges begun by an address that is no front-end of this host"),
	[CONTROL_INIT_PSK] = C("control_init_psk",
		"key exchanges with another key, or between other addresses or ports"),
	[CONTROL_INIT_REPLAY] = C("control_init_replay",
		"copies of the last key exchange that was taken"),
	[CONTROL_INIT_TICKET] = C("control_init_ticket",
		"key exchanges without a ticket that is good, answered with one"),
	[CONTROL_INIT_RATELIMITED] = C("control_init_ratelimited",
		"key exchanges without a ticket that is good, too many to answer"),
	[CONTROL_RESPONSE_AUTH] = C("control_response_auth",
		"answers to a key exchange that were forged, or not to ours"),
	[CONTROL_ICMP] = C("control_icmp",
		"ICMP errors about our datagrams, believed"),
	[CONTROL_ICMP_IGNORED] = C("control_icmp_ignored",
		"ICMP errors that quote nothing we could have sent"),
	[CONTROL_TX_NOKEY] = C("control_tx_nokey",
		"not sent: no key agreed on with the peer"),
	[CONTROL_TX_NOMEM] = C("control_tx_nomem",
		"not sent: no memory"),
	[CONTROL_TX_NOROUTE] = C("control_tx_noroute",
		"not sent: no route from our address to the peer"),
	[CONTROL_TX_TOOBIG] = C("control_tx_toobig",
		"not sent: bigger than the path's MTU"),
	[CONTROL_TX_INVALID] = C("control_tx_invalid",
		"not sent: not a valid message, which is a fault of this module"),
};

void handoff_control_get(struct net *net, struct handoff_endpoint *local)
{
	struct handoff_control *control = &handoff_net(net)->control;

	spin_lock_bh(&control->local_lock);
	*local = control->local;
	spin_unlock_bh(&control->local_lock);
}

static void set_local(struct handoff_control *control,
		      const struct handoff_endpoint *local)
{
	spin_lock_bh(&control->local_lock);
	control->local = *local;
	spin_unlock_bh(&control->local_lock);
}

int handoff_control_set(struct net *net, const struct handoff_endpoint *local,
			struct netlink_ext_ack *extack)
{
	struct handoff_control *control = &handoff_net(net)->control;
	struct handoff_endpoint old;
	struct handoff_session *session;
	int err, bucket;

	if (!local->port) {
		NL_SET_ERR_MSG(extack, "the control channel's port cannot be 0");
		return -EINVAL;
	}
	mutex_lock(&control->lock);
	handoff_control_get(net, &old);
	set_local(control, local);
	/* Old and new may overlap, so that the new one cannot be tried first. */
	err = control_socket_reopen(control, extack);
	if (err) {
		set_local(control, &old);
		if (control_socket_reopen(control, NULL))
			pr_warn("control channel: lost its socket, set its address again\n");
	} else {
		hash_for_each(control->by_id, bucket, session, by_id) {
			spin_lock_bh(&session->lock);
			handshake_hurry(session);
			spin_unlock_bh(&session->lock);
		}
	}
	mutex_unlock(&control->lock);
	return err;
}

struct handoff_stats *handoff_control_stats(struct net *net)
{
	return &handoff_net(net)->control.stats;
}

int handoff_control_init(struct net *net)
{
	struct handoff_control *control = &handoff_net(net)->control;

	control->net = net;
	mutex_init(&control->lock);
	spin_lock_init(&control->local_lock);
	control->local.port = htons(BTCP_CONTROL_PORT);
	hash_init(control->by_id);
	hash_init(control->by_peer);
	control->seed = get_random_u32();
	return handoff_stats_init(&control->stats, counters, ARRAY_SIZE(counters));
}

void handoff_control_clean(struct net *net)
{
	struct handoff_control *control = &handoff_net(net)->control;

	/* The roles' namespaces go first, and close what they opened. */
	WARN_ON(control->count);
	mutex_lock(&control->lock);
	control_socket_close(control);
	mutex_unlock(&control->lock);
	handoff_stats_clean(&control->stats);
	mutex_destroy(&control->lock);
}

int handoff_control_setup(void)
{
	int err = control_receive_setup();

	if (err)
		return err;
	err = handshake_setup();
	if (err)
		control_receive_teardown();
	return err;
}

void handoff_control_teardown(void)
{
	handshake_teardown();
	control_receive_teardown();
	/*
	 * The end of a session is two callbacks, the second called from the
	 * first: this waits for that, the barrier at module exit for the other.
	 */
	rcu_barrier();
}
