// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/sock.h>

#include "btcp/backend/frontend.h"
#include "btcp/backend/frontend_nl.h"
#include "btcp/backend/profile.h"
#include "btcp/backend/role.h"
#include "btcp/backend/stage.h"
#include "handoff/netlink.h"
#include "handoff/transaction.h"
#include "handoff/wire.h"

static const char no_name[] = "a frontend needs a name";

static bool is_vip(const struct nlattr *attr)
{
	return nla_type(attr) == BTCP_A_VIP;
}

/* Two VIPs on one local port are allowed: a tuple in use refuses by itself. */
static int parse_vip(const struct nlattr *attr, struct back_grants *grants,
		     struct netlink_ext_ack *extack)
{
	struct back_grant *grant = &grants->grant[grants->count];
	unsigned int i;
	int err;

	err = handoff_nl_endpoint(attr, 0, &grant->vip, &grant->local_port, extack);
	if (err)
		return err;
	for (i = 0; i < grants->count; i++) {
		if (!handoff_endpoint_equal(&grants->grant[i].vip, &grant->vip))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr, "this vip is named twice");
		return -EINVAL;
	}
	spin_lock_init(&grant->lock);
	grants->count++;
	return 0;
}

/* NULL if the request names none. */
static struct back_grants *parse_vips(struct genl_info *info)
{
	struct back_grants *grants;
	unsigned int count = 0;
	struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		count += is_vip(attr);
	if (!count)
		return NULL;
	if (count > BTCP_VIPS_MAX) {
		NL_SET_ERR_MSG(info->extack, "a frontend may have at most 64 vips");
		return ERR_PTR(-EINVAL);
	}
	grants = kzalloc(struct_size(grants, grant, count), GFP_KERNEL_ACCOUNT);
	if (!grants)
		return ERR_PTR(-ENOMEM);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (!is_vip(attr))
			continue;
		err = parse_vip(attr, grants, info->extack);
		if (err) {
			kfree(grants);
			return ERR_PTR(err);
		}
	}
	return grants;
}

/* struct ports - what a heartbeat has to tell of */
struct ports {
	unsigned int count;
	struct {
		__be16 port;
		u8 family;
	} of[WIRE_SERVERS_MAX];
};

static bool add_port(struct ports *ports, const struct back_grant *grant)
{
	unsigned int i;

	for (i = 0; i < ports->count; i++)
		if (ports->of[i].port == grant->local_port &&
		    ports->of[i].family == grant->vip.family)
			return true;
	if (i == ARRAY_SIZE(ports->of))
		return false;
	ports->of[i].port = grant->local_port;
	ports->of[i].family = grant->vip.family;
	ports->count++;
	return true;
}

static bool add_ports(struct ports *ports, const struct back_grants *grants)
{
	unsigned int i;

	for (i = 0; grants && i < grants->count; i++)
		if (!add_port(ports, &grants->grant[i]))
			return false;
	return true;
}

/* What counts: of a transaction only what that has. */
static const struct back_grants *grants_of(const struct back_frontend *frontend, bool staging)
{
	if (staging)
		return frontend->next ? frontend->next->grants : NULL;
	return back_frontend_grants(frontend);
}

/*
 * A front-end takes a port that no heartbeat names for one where nobody
 * listens.  Frontends with the same control channel share its heartbeats.
 * @but: the frontend whose grants are to be replaced, or NULL
 */
static int check_ports(struct back_net *bnet, const struct back_frontend *but,
		       const struct handoff_endpoint *control,
		       const struct back_grants *grants, struct genl_info *info)
{
	bool staging = handoff_transaction_of(info);
	struct back_frontend *frontend;
	struct ports ports = {};
	bool fit;

	static_assert(WIRE_SERVERS_MAX == 32);	/* the sentence below says so */

	fit = add_ports(&ports, grants);
	list_for_each_entry(frontend, &bnet->frontends, list) {
		if (frontend == but ||
		    !handoff_endpoint_equal(handoff_session_peer(frontend->session), control))
			continue;
		fit = fit && add_ports(&ports, grants_of(frontend, staging));
	}
	if (fit)
		return 0;
	NL_SET_ERR_MSG(info->extack,
		       "the vips of one front-end may end at no more than 32 local ports, IPv4 and IPv6 counted separately");
	return -EINVAL;
}

/* The control channel is at the frontend's address unless told otherwise. */
static int parse_peer(struct genl_info *info, struct handoff_endpoint *addr,
		      struct handoff_endpoint *control)
{
	int err;

	memset(addr, 0, sizeof(*addr));
	if (!info->attrs[BTCP_A_ADDR]) {
		NL_SET_ERR_MSG(info->extack, "a frontend needs addr");
		return -EINVAL;
	}
	err = handoff_nl_addr(info->attrs[BTCP_A_ADDR], &addr->addr, &addr->family,
			      info->extack);
	if (err)
		return err;
	*control = *addr;
	control->port = htons(BTCP_CONTROL_PORT);
	if (!info->attrs[BTCP_A_CONTROL])
		return 0;
	return handoff_nl_endpoint(info->attrs[BTCP_A_CONTROL], htons(BTCP_CONTROL_PORT),
				   control, NULL, info->extack);
}

static int set_key_path(struct back_frontend *frontend, const struct nlattr *attr)
{
	char *path;

	if (!attr)
		return 0;
	path = nla_strdup(attr, GFP_KERNEL_ACCOUNT);
	if (!path)
		return -ENOMEM;
	kfree(frontend->key_path);
	frontend->key_path = path;
	return 0;
}

/* A deleted frontend whose flows still run may be added again as it was. */
static int revive(struct back_frontend *frontend, const struct handoff_endpoint *addr,
		  const struct handoff_endpoint *control, struct back_grants *grants,
		  struct genl_info *info)
{
	if (!back_frontend_deleting(frontend)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BTCP_A_NAME],
				    "a frontend of this name exists");
		return -EEXIST;
	}
	if (!back_frontend_has_peer(frontend, addr, control)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BTCP_A_NAME],
				    "a frontend of this name is being deleted, and its flows still run to another address");
		return -EBUSY;
	}
	if (back_frontend_set_grants(frontend, grants)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BTCP_A_NAME],
				    "a frontend of this name is just being deleted, try again");
		return -EBUSY;
	}
	handoff_session_rekey(frontend->session, nla_data(info->attrs[BTCP_A_KEY]));
	return 0;
}

static struct back_frontend *add(struct back_net *bnet, const char *name,
				 const struct handoff_endpoint *addr,
				 const struct handoff_endpoint *control,
				 struct back_grants *grants, struct genl_info *info)
{
	struct back_frontend *frontend;
	int err = back_role_hook(bnet);

	if (err) {
		NL_SET_ERR_MSG(info->extack, "the netfilter hooks cannot be registered");
		return ERR_PTR(err);
	}
	frontend = back_frontend_add(bnet, name, addr, control,
				     nla_data(info->attrs[BTCP_A_KEY]), grants, info->extack);
	/* Nothing is seen for nothing. */
	if (IS_ERR(frontend))
		back_role_reap(bnet);
	return frontend;
}

static int new(struct back_net *bnet, struct genl_info *info)
{
	struct handoff_endpoint addr, control;
	struct back_frontend *frontend;
	char name[BTCP_NAME_LEN + 1];
	struct back_grants *grants;
	int err;

	err = handoff_nl_name(info, BTCP_A_NAME, no_name, name);
	if (err)
		return err;
	err = parse_peer(info, &addr, &control);
	if (err)
		return err;
	if (!info->attrs[BTCP_A_KEY]) {
		NL_SET_ERR_MSG(info->extack, "a frontend needs a key");
		return -EINVAL;
	}
	grants = parse_vips(info);
	if (IS_ERR(grants))
		return PTR_ERR(grants);
	if (!grants) {
		NL_SET_ERR_MSG(info->extack, "a frontend needs at least one vip");
		return -EINVAL;
	}

	/* Those whose last flow has just gone need not be in the way. */
	back_role_reap(bnet);
	frontend = back_frontend_find(bnet, name);
	err = check_ports(bnet, frontend, &control, grants, info);
	if (!err && handoff_transaction_of(info)) {
		err = back_stage_add(bnet, name, &addr, &control, grants, info);
		if (!err)
			return 0;
	} else if (err) {
		/* refused with a sentence of its own */
	} else if (frontend) {
		err = revive(frontend, &addr, &control, grants, info);
	} else if (bnet->frontend_count >= handoff_transaction_limit(bnet->net,
							 HANDOFF_LIMIT_FRONTENDS)) {
		NL_SET_ERR_MSG(info->extack, "the limit on frontends is reached");
		err = -ENOSPC;
	} else {
		frontend = add(bnet, name, &addr, &control, grants, info);
		err = PTR_ERR_OR_ZERO(frontend);
	}
	if (err) {
		kfree(grants);
		return err;
	}
	/* Without its path a frontend works; it only cannot be saved. */
	return set_key_path(frontend, info->attrs[BTCP_A_KEY_PATH]);
}

int back_frontend_nl_new(struct sk_buff *skb, struct genl_info *info)
{
	struct back_net *bnet = back_net(genl_info_net(info));
	int err;

	mutex_lock(&bnet->config);
	err = new(bnet, info);
	mutex_unlock(&bnet->config);
	return err;
}

static struct back_frontend *find(struct back_net *bnet, struct genl_info *info)
{
	struct back_frontend *frontend;
	char name[BTCP_NAME_LEN + 1];
	int err;

	err = handoff_nl_name(info, BTCP_A_NAME, no_name, name);
	if (err)
		return ERR_PTR(err);
	frontend = back_frontend_find(bnet, name);
	if (!frontend || back_frontend_deleting(frontend)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[BTCP_A_NAME],
				    "there is no frontend of this name");
		return ERR_PTR(-ENOENT);
	}
	return frontend;
}

static int set(struct back_net *bnet, struct genl_info *info)
{
	struct back_frontend *frontend = find(bnet, info);
	struct back_grants *grants;
	int err;

	if (IS_ERR(frontend))
		return PTR_ERR(frontend);
	/* Live flows speak over this session: it cannot become another. */
	if (info->attrs[BTCP_A_ADDR] || info->attrs[BTCP_A_CONTROL]) {
		NL_SET_ERR_MSG(info->extack,
			       "addr and control of a frontend cannot be changed: delete it and add it again");
		return -EINVAL;
	}
	grants = parse_vips(info);
	if (IS_ERR(grants))
		return PTR_ERR(grants);
	err = check_ports(bnet, frontend, handoff_session_peer(frontend->session),
			  grants, info);
	if (!err)
		err = set_key_path(frontend, info->attrs[BTCP_A_KEY_PATH]);
	if (err) {
		kfree(grants);
		return err;
	}
	if (info->attrs[BTCP_A_KEY])
		handoff_session_rekey(frontend->session, nla_data(info->attrs[BTCP_A_KEY]));
	return grants ? back_frontend_set_grants(frontend, grants) : 0;
}

int back_frontend_nl_set(struct sk_buff *skb, struct genl_info *info)
{
	struct back_net *bnet = back_net(genl_info_net(info));
	int err;

	mutex_lock(&bnet->config);
	err = set(bnet, info);
	mutex_unlock(&bnet->config);
	return err;
}

int back_frontend_nl_del(struct sk_buff *skb, struct genl_info *info)
{
	struct back_net *bnet = back_net(genl_info_net(info));
	struct back_frontend *frontend;

	mutex_lock(&bnet->config);
	frontend = find(bnet, info);
	if (!IS_ERR(frontend)) {
		back_frontend_set_grants(frontend, NULL);
		/* Else it would hear of it by silence, and its clients with it. */
		back_profile_tell(frontend);
		/* Without flows it is gone when the command returns. */
		back_role_reap(bnet);
	}
	mutex_unlock(&bnet->config);
	/* What it points to may be gone; only the error is looked at. */
	return IS_ERR(frontend) ? PTR_ERR(frontend) : 0;
}

static int put_frontend(struct sk_buff *skb, struct back_frontend *frontend)
{
	int len = frontend->family == NFPROTO_IPV4 ? 4 : 16;
	u8 fingerprint[BTCP_FINGERPRINT_LEN];
	struct back_grants *grants;
	unsigned int i;

	handoff_session_fingerprint(frontend->session, fingerprint);
	if (nla_put_string(skb, BTCP_A_NAME, frontend->name) ||
	    nla_put(skb, BTCP_A_ADDR, len, &frontend->addr) ||
	    handoff_nl_put_endpoint(skb, BTCP_A_CONTROL,
				    handoff_session_peer(frontend->session), 0) ||
	    nla_put(skb, BTCP_A_KEY_FINGERPRINT, sizeof(fingerprint), fingerprint) ||
	    nla_put_string(skb, BTCP_A_STATE, back_frontend_state(frontend)) ||
	    (frontend->key_path &&
	     nla_put_string(skb, BTCP_A_KEY_PATH, frontend->key_path)) ||
	    (back_frontend_deleting(frontend) && nla_put_flag(skb, BTCP_A_DELETING)))
		return -EMSGSIZE;
	grants = back_frontend_grants(frontend);
	for (i = 0; grants && i < grants->count; i++)
		if (handoff_nl_put_endpoint(skb, BTCP_A_VIP, &grants->grant[i].vip,
					    grants->grant[i].local_port))
			return -EMSGSIZE;
	return handoff_nl_put_stats(skb, &frontend->stats);
}

/* args[0]: how many have been told of */
int back_frontend_nl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct back_net *bnet = back_net(sock_net(skb->sk));
	struct back_frontend *frontend;
	long i = 0;
	void *hdr;

	mutex_lock(&bnet->config);
	list_for_each_entry(frontend, &bnet->shown, shown) {
		if (i++ < cb->args[0])
			continue;
		if (back_stage_is_fresh(frontend)) {
			cb->args[0] = i;
			continue;
		}
		hdr = handoff_nl_new(skb, cb, BTCP_CMD_FRONTEND_GET);
		if (!hdr)
			break;
		if (put_frontend(skb, frontend)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[0] = i;
	}
	mutex_unlock(&bnet->config);
	/* Not even one fits: say so, rather than that there is none. */
	return skb->len ? skb->len : cb->args[0] < i ? -EMSGSIZE : 0;
}
