-- SPDX-License-Identifier: GPL-2.0
-- For wrk: each request on a connection of its own, for any of so many objects.
--
-- usage: wrk … -s objects.lua URL -- PREFIX COUNT SEED

local prefix, count

function init(args)
	prefix, count = args[1], tonumber(args[2])
	math.randomseed(tonumber(args[3]))
	wrk.headers["Host"] = "cached.example"
	wrk.headers["Connection"] = "close"
end

function request()
	return wrk.format("GET", prefix .. math.random(count))
end
