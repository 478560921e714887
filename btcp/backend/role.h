/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The role in a namespace, as a whole: its hooks, its beginning and its end.
 */
#ifndef _BTCP_BACKEND_ROLE_H
#define _BTCP_BACKEND_ROLE_H

struct back_net;

/**
 * back_role_hook() - see every packet of this namespace from now on
 * @bnet: namespace
 *
 * Only once something is configured: until then the module costs nothing.
 *
 * Context: process context, @config held.
 * Return: 0 or a negative errno.
 */
int back_role_hook(struct back_net *bnet);

/**
 * back_role_reap() - free the frontends without references; without any left
 *	the hooks go, too
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void back_role_reap(struct back_net *bnet);

/**
 * back_role_setup() - the flows' cache and the namespaces, at init
 *
 * Return: 0 or a negative errno.
 */
int back_role_setup(void);

/** back_role_teardown() - the opposite; ends every flow */
void back_role_teardown(void);

#endif /* _BTCP_BACKEND_ROLE_H */
