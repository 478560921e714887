/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lost back-end: its session went down, or it was taken down.  What is being
 * handed off to it may find another; what it has is reset.
 */
#ifndef _BTCP_FRONTEND_LOST_H
#define _BTCP_FRONTEND_LOST_H

struct front_backend;

/**
 * front_lost_backend() - end all flows of a back-end
 * @backend: dead, or taken down; the caller's reference holds it
 *
 * Context: process context, may sleep.
 */
void front_lost_backend(struct front_backend *backend);

#endif /* _BTCP_FRONTEND_LOST_H */
