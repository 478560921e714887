/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The role in a namespace, as a whole: its hooks, its beginning and its end.
 */
#ifndef _BTCP_FRONTEND_ROLE_H
#define _BTCP_FRONTEND_ROLE_H

struct front_net;

/**
 * front_role_hook() - the first service came: hooks are needed
 * @fn: namespace
 *
 * Context: process context; @config held.
 * Return: 0 or a negative errno.
 */
int front_role_hook(struct front_net *fn);

/**
 * front_role_setup() - namespaces from now on have a front-end
 *
 * Context: module init.
 * Return: 0 or a negative errno.
 */
int front_role_setup(void);

/** front_role_teardown() - end all flows and forget all objects, everywhere */
void front_role_teardown(void);

#endif /* _BTCP_FRONTEND_ROLE_H */
