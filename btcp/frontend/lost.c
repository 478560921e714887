// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/backend.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/handover.h"
#include "btcp/frontend/lost.h"

static int end_one(struct handoff_flow *f, void *arg)
{
	struct front_flow *flow = front_flow_of(f);
	struct front_backend *backend = arg;
	struct front_opening *o;

	spin_lock_bh(&f->lock);
	o = flow->opening;
	if (f->dead) {
		/* nothing is left to end */
	} else if (f->state == FRONT_FLOW_HANDING_OFF && o && o->backend == backend) {
		front_backend_count_lost(backend);
		front_handover_backend_lost(o);
	} else if (flow->backend == backend && !o) {
		if (f->state != FRONT_FLOW_TIME_WAIT)
			front_backend_count_lost(backend);
		front_close_reset(backend->fn, flow);
	}
	spin_unlock_bh(&f->lock);
	return 0;
}

void front_lost_backend(struct front_backend *backend)
{
	/* What its walk misses the idle timeout or the client's next packet finds. */
	handoff_table_walk(&backend->fn->table, end_one, backend);
}
