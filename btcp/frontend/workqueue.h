/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BTCP_FRONTEND_WORKQUEUE_H
#define _BTCP_FRONTEND_WORKQUEUE_H

#include <linux/workqueue.h>

/* Our own, so that module exit can wait for what is queued. */
extern struct workqueue_struct *front_workqueue;

#endif /* _BTCP_FRONTEND_WORKQUEUE_H */
