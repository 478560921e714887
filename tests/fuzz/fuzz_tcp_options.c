// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever was read can be written, and is read again as it was.
 */
#include "btcp/tcp_options.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct tcp_options_seen seen, again;
	u8 *opt = fuzz_copy(data, size), out[TCP_OPTIONS_MAX];
	u32 len;

	tcp_options_parse(&seen, opt, size);
	free(opt);
	CHECK(seen.wscale <= TCP_WSCALE_MAX);
	len = tcp_options_build(out, &seen);
	CHECK(len % 4 == 0 && len <= 20);

	opt = fuzz_copy(out, len);
	tcp_options_parse(&again, opt, len);
	free(opt);
	CHECK(!again.malformed);
	seen.malformed = false;
	CHECK(!memcmp(&seen, &again, sizeof(seen)));
	return 0;
}
