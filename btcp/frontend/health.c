// SPDX-License-Identifier: GPL-2.0
#include <linux/rculist.h>

#include "btcp/frontend/health.h"
#include "handoff/settings.h"

/*
 * Nobody listened, and somebody does now: is that to be believed?  Answers to
 * probes come in between the heartbeats: they are no sign of stability.
 */
static bool settled(const struct front_backend *backend, struct front_endpoint *endpoint)
{
	struct net *net = backend->fn->net;
	unsigned long interval = handoff_timeout(net, HANDOFF_TIMEOUT_HEARTBEAT);

	lockdep_assert_held(&backend->lock);
	if (!endpoint->listened) {
		endpoint->listened = true;
		return true;
	}
	if (endpoint->beats && time_before(jiffies, endpoint->beat_counted + interval / 2))
		return false;
	endpoint->beat_counted = jiffies;
	return ++endpoint->beats >= handoff_limit(net, HANDOFF_LIMIT_HEARTBEAT_UP);
}

static bool hear_profile(struct front_backend *backend, struct front_endpoint *endpoint,
			 const struct wire_server *server)
{
	u64 word = atomic64_read(&endpoint->profile);
	struct front_profile profile = front_profile_unpack(word);

	lockdep_assert_held(&backend->lock);
	/* Of a port that nobody has open it can tell nothing: what was known is kept. */
	if (!server || !server->listening || !server->window || !server->mss) {
		endpoint->beats = 0;
		profile.listening = false;
	} else {
		profile = (struct front_profile){
			.known = true,
			.listening = profile.listening || settled(backend, endpoint),
			.options = server->options,
			.wscale = server->options & WIRE_OPT_WSCALE ? server->wscale : 0,
			.window = server->window,
			.mss = server->mss,
		};
	}
	if (word == front_profile_pack(&profile))
		return false;
	atomic64_set(&endpoint->profile, front_profile_pack(&profile));
	return true;
}

/*
 * A full accept queue drops SYNs, so that a hand-off there ends in a refusal after a
 * while.  Full once, it has to be half empty before it is believed.
 */
static void hear_load(struct front_backend *backend, struct front_endpoint *endpoint,
		      const struct wire_server *server)
{
	u32 queue = server ? server->backlog : 0;
	u32 max = server ? server->backlog_max : 0;

	lockdep_assert_held(&backend->lock);
	WRITE_ONCE(endpoint->queue, queue);
	WRITE_ONCE(endpoint->queue_max, max);
	if (queue >= max(max, 1U))
		endpoint->full = true;
	else if (queue <= max / 2)
		endpoint->full = false;
	WRITE_ONCE(endpoint->busy, endpoint->full || (server && server->pressure));
}

static const struct wire_server *find_server(const struct wire_heartbeat *heartbeat,
					     const struct handoff_endpoint *endpoint)
{
	bool ipv6 = endpoint->family == NFPROTO_IPV6;
	unsigned int i;

	for (i = 0; i < heartbeat->count; i++)
		if (heartbeat->server[i].port == ntohs(endpoint->port) &&
		    heartbeat->server[i].ipv6 == ipv6)
			return &heartbeat->server[i];
	return NULL;
}

static bool hear(struct front_backend *backend, const struct wire_heartbeat *heartbeat)
{
	u32 all = heartbeat->active_flows, ours = heartbeat->yours;
	bool changed = backend->going != heartbeat->going;
	unsigned int i;

	spin_lock_bh(&backend->lock);
	for (i = 0; i < ARRAY_SIZE(backend->endpoint); i++) {
		struct front_endpoint *endpoint = &backend->endpoint[i];
		const struct wire_server *server;

		if (!endpoint->endpoint.family)
			continue;
		server = find_server(heartbeat, &endpoint->endpoint);
		changed |= hear_profile(backend, endpoint, server);
		hear_load(backend, endpoint, server);
	}
	WRITE_ONCE(backend->going, heartbeat->going);
	/* It reads its two sums one after the other. */
	WRITE_ONCE(backend->others, all > ours ? all - ours : 0);
	spin_unlock_bh(&backend->lock);
	return changed;
}

void front_health_heartbeat(struct front_net *fn, const struct handoff_session *session,
			    const struct wire_heartbeat *heartbeat)
{
	struct front_backend *backend;

	list_for_each_entry_rcu(backend, &fn->backends, list)
		if (backend->session == session && hear(backend, heartbeat))
			front_backend_changed(backend);
}

u32 front_health_share(const struct front_backend *backend)
{
	unsigned long ramp = READ_ONCE(backend->slowstart) * (unsigned long)HZ;
	unsigned long age = jiffies - READ_ONCE(backend->since);

	if (age >= ramp)
		return FRONT_SHARE_ALL;
	return max(FRONT_SHARE_ALL * age / ramp, 1UL);
}
