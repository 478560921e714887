// SPDX-License-Identifier: GPL-2.0
/*
 * A device's counters are attributes made at handoff_sysfs_add() from the
 * object's own table, so that a counter is named in one place only.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "handoff/sysfs.h"
#include "include/compat.h"

/**
 * struct counter_attr - the file of one counter
 * @attr: what sysfs wants
 * @which: index into the object's table
 */
struct counter_attr {
	struct device_attribute attr;
	unsigned int which;
};

/**
 * struct sysfs_object - a device with its attributes; freed with the device
 * @dev: first reference is ours, until handoff_sysfs_del()
 * @net: the namespace it is tagged with; outlives the device's files
 * @stats: the object's
 * @state: for the file `state`, or NULL
 * @priv: for @state
 * @statistics: the group
 * @groups: it, NULL-terminated
 * @counters: attributes of @statistics, one a counter
 * @list: pointers to them, NULL-terminated
 */
struct sysfs_object {
	struct device dev;
	struct net *net;
	struct handoff_stats *stats;
	const char *(*state)(void *priv);
	void *priv;
	struct attribute_group statistics;
	const struct attribute_group *groups[3];
	struct counter_attr *counters;
	struct attribute **list;
};

static struct sysfs_object *to_object(const struct device *dev)
{
	return container_of(dev, struct sysfs_object, dev);
}

static ssize_t counter_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct counter_attr *c = container_of(attr, struct counter_attr, attr);

	return sysfs_emit(buf, "%llu\n",
			  handoff_stats_read(to_object(dev)->stats, c->which));
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct sysfs_object *object = to_object(dev);

	return sysfs_emit(buf, "%s\n", object->state(object->priv));
}
static DEVICE_ATTR_RO(state);

static struct attribute *state_attrs[] = { &dev_attr_state.attr, NULL };
static const struct attribute_group state_group = { .attrs = state_attrs };

static void object_release(struct device *dev)
{
	struct sysfs_object *object = to_object(dev);

	kfree(object->counters);
	kfree(object->list);
	kfree(object);
}

static int make_attributes(struct sysfs_object *object)
{
	const struct handoff_stats *stats = object->stats;
	unsigned int i;

	object->counters = kcalloc(stats->count, sizeof(*object->counters), GFP_KERNEL);
	object->list = kcalloc(stats->count + 1, sizeof(*object->list), GFP_KERNEL);
	if (!object->counters || !object->list)
		return -ENOMEM;
	for (i = 0; i < stats->count; i++) {
		struct counter_attr *c = &object->counters[i];

		sysfs_attr_init(&c->attr.attr);
		c->attr.attr.name = stats->table[i].name;
		c->attr.attr.mode = 0444;
		c->attr.show = counter_show;
		c->which = i;
		object->list[i] = &c->attr.attr;
	}
	object->statistics.name = "statistics";
	object->statistics.attrs = object->list;
	object->groups[0] = &object->statistics;
	if (object->state)
		object->groups[1] = &state_group;
	return 0;
}

static const void *object_namespace(compat_class_device *dev)
{
	return to_object(dev)->net;
}

/* Not made by class_create(): the tag must be known when the class's own folder is made. */
static struct class btcp_class = {
	.name = "btcp",
	.ns_type = &net_ns_type_operations,
	.namespace = object_namespace,
};

int handoff_sysfs_add(struct handoff_sysfs *sysfs, struct net *net,
		      struct handoff_stats *stats,
		      const char *(*state)(void *priv), void *priv,
		      const char *fmt, ...)
{
	struct sysfs_object *object;
	va_list args;
	char *name;
	int err;

	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	object->net = net;
	object->stats = stats;
	object->state = state;
	object->priv = priv;
	device_initialize(&object->dev);
	object->dev.class = &btcp_class;
	object->dev.release = object_release;
	object->dev.groups = object->groups;

	err = make_attributes(object);
	if (err)
		goto put;
	va_start(args, fmt);
	name = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	err = name ? dev_set_name(&object->dev, "%s", name) : -ENOMEM;
	kfree(name);
	if (err)
		goto put;
	/* Names belong to namespaces and come and go by the thousand. */
	dev_set_uevent_suppress(&object->dev, 1);
	err = device_add(&object->dev);
	if (err)
		goto put;
	sysfs->device = &object->dev;
	return 0;

put:
	put_device(&object->dev);
	return err;
}
EXPORT_SYMBOL_GPL(handoff_sysfs_add);

void handoff_sysfs_del(struct handoff_sysfs *sysfs)
{
	if (!sysfs->device)
		return;
	/* Waits for readers of its files: they use the object's counters. */
	device_unregister(sysfs->device);
	sysfs->device = NULL;
}
EXPORT_SYMBOL_GPL(handoff_sysfs_del);

int handoff_sysfs_setup(void)
{
	return class_register(&btcp_class);
}

void handoff_sysfs_teardown(void)
{
	class_unregister(&btcp_class);
}
