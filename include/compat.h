/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels this builds for, and nowhere else.
 * Where Debian backports within one version, probe the header, not the number.
 */
#ifndef _BTCP_COMPAT_H
#define _BTCP_COMPAT_H

#include <linux/version.h>
#include <linux/device/class.h>
#include <linux/module.h>
#include <net/genetlink.h>

/* 6.12: asm/unaligned.h became linux/unaligned.h */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* 6.5: GSO's functions moved out of netdevice.h and skbuff.h */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.2: a class's namespace() may not change the device */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define compat_class_device		struct device
#else
#define compat_class_device		const struct device
#endif

/* 6.7: a dump's attributes moved into an embedded struct genl_info */
static inline struct nlattr **compat_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif /* _BTCP_COMPAT_H */
