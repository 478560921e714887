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

/* 6.4: class_create() lost its module argument, ns_type and namespace() const */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define compat_class_create(name)	class_create(THIS_MODULE, name)
#else
#define compat_class_create(name)	class_create(name)
#endif

#endif /* _BTCP_COMPAT_H */
