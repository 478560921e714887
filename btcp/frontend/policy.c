// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/string.h>

#include "btcp/frontend/policy.h"

static const struct front_policy * const policies[] = {
	&front_policy_wrr,
	&front_policy_lc,
	&front_policy_maglev,
	&front_policy_lard,
};

const struct front_policy *front_policy_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++)
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	return NULL;
}
