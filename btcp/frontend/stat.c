// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/stat.h"

#define NAK(reason)	(FRONT_STAT_NAK + (reason))

const struct handoff_counter front_counters[__FRONT_STAT_MAX] = {
	[FRONT_STAT_CONNECTIONS] = {
		"connections", "handshakes finished with clients" },
	[FRONT_STAT_HANDOFFS] = {
		"handoffs", "connections that a back-end has taken over" },
	[FRONT_STAT_HANDOFF_FAILURES] = {
		"handoff_failures", "tries to hand off that a back-end refused or did not answer" },
	[FRONT_STAT_FORWARDED_PACKETS] = {
		"forwarded_packets", "packets of clients forwarded to back-ends" },
	[FRONT_STAT_FORWARDED_BYTES] = {
		"forwarded_bytes", "bytes of these packets, IP headers included" },
	[FRONT_STAT_RELAYED_FIN] = {
		"relayed_fin", "FINs of back-ends sent to clients" },
	[FRONT_STAT_RELAYED_RST] = {
		"relayed_rst", "RSTs of back-ends sent to clients" },
	[FRONT_STAT_ABORTED] = {
		"aborted", "connections that the client reset before their hand-off" },
	[FRONT_STAT_HANDOFF_RETRIES] = {
		"handoff_retries", "hand-off messages repeated for want of an answer" },
	[FRONT_STAT_HANDOFF_NEXT] = {
		"handoff_next", "hand-offs tried with another back-end of the pool" },
	[FRONT_STAT_HANDOFF_NO_BACKEND] = {
		"handoff_no_backend", "requests whose pool had no usable back-end at all" },
	[FRONT_STAT_HANDOFF_SILENT] = {
		"handoff_silent", "clients reset because a back-end left a request unanswered" },
	[FRONT_STAT_HANDOFF_LATE] = {
		"handoff_late", "answers to hand-offs given up before, answered with a reset" },
	[FRONT_STAT_HANDOFF_BAD_ACK] = {
		"handoff_bad_ack", "answers with other sequence numbers than the connection's" },
	[FRONT_STAT_STAGED] = {
		"staged", "hand-offs whose head followed in messages of its own" },

	[FRONT_STAT_ANSWER_400] = {
		"answer_400", "requests answered 400: not a request this front-end may route" },
	[FRONT_STAT_ANSWER_404] = {
		"answer_404", "requests answered 404: no rule matched" },
	[FRONT_STAT_ANSWER_408] = {
		"answer_408", "requests answered 408: the head was not there in time" },
	[FRONT_STAT_ANSWER_431] = {
		"answer_431", "requests answered 431: the head was too long" },
	[FRONT_STAT_ANSWER_503] = {
		"answer_503", "requests answered 503: no back-end could take the connection" },
	[FRONT_STAT_CLOSED_EARLY] = {
		"closed_early", "connections closed without an answer: no request came" },
	[FRONT_STAT_HTTP2_PREFACE] = {
		"http2_preface", "connections that began with HTTP/2: given to the default rule" },
	[FRONT_STAT_TLS_NO_HELLO] = {
		"tls_no_hello", "TLS connections without ClientHello: given to the default rule" },
	[FRONT_STAT_TLS_MALFORMED] = {
		"tls_malformed", "bad ClientHellos: given to the default rule" },
	[FRONT_STAT_TLS_NO_SNI] = {
		"tls_no_sni", "ClientHellos without a server name" },
	[FRONT_STAT_TLS_ECH] = {
		"tls_ech", "ClientHellos with ECH, real or GREASE: routed by the outer name" },
	[FRONT_STAT_FIRST_BYTES] = {
		"first_bytes", "TCP connections handed off before the client has said anything" },
	[FRONT_STAT_REFUSED_NO_RULE] = {
		"refused_no_rule", "TLS and TCP connections refused: no rule matched" },
	[FRONT_STAT_REFUSED_LATE] = {
		"refused_late", "TLS connections refused: the ClientHello was not there in time" },
	[FRONT_STAT_REFUSED_TOO_LONG] = {
		"refused_too_long", "TLS connections refused: the ClientHello was too long" },
	[FRONT_STAT_REFUSED_NO_BACKEND] = {
		"refused_no_backend", "TLS and TCP connections refused: no back-end took them" },
	[FRONT_STAT_HASH_MOVED] = {
		"hash_moved", "requests whose hash's back-end had more than limit hash_load" },
	[FRONT_STAT_LARD_ADDED] = {
		"lard_added", "targets given one more back-end: theirs had too much to do" },
	[FRONT_STAT_LARD_MOVED] = {
		"lard_moved", "targets given another back-end in place of one of theirs" },
	[FRONT_STAT_LARD_REMOVED] = {
		"lard_removed", "targets that lost a back-end: what they have suffices" },
	[FRONT_STAT_PERSIST_HITS] = {
		"persist_hits", "connections sent where their client's last one had gone" },
	[FRONT_STAT_PERSIST_MOVED] = {
		"persist_moved", "clients sent elsewhere: their back-end could not take them" },
	[FRONT_STAT_PERSIST_FULL] = {
		"persist_full", "clients not remembered at limit persist, or without memory" },
	[FRONT_STAT_ONCE_UNTOUCHED] = {
		"once_untouched", "heads that requests once had to leave as they are" },

	[FRONT_STAT_SYN_FLOWS] = {
		"syn_dropped_flows", "SYNs dropped at limit flows" },
	[FRONT_STAT_SYN_MEMORY] = {
		"syn_dropped_memory", "SYNs dropped without memory" },
	[FRONT_STAT_SYN_DRAINING] = {
		"syn_draining", "SYNs to a service that takes nothing new" },
	[FRONT_STAT_SYN_GOING] = {
		"syn_going", "SYNs dropped while the front-end was going away" },
	[FRONT_STAT_SYN_TWICE] = {
		"syn_twice", "copies of a SYN that came while the first was being answered" },
	[FRONT_STAT_SYN_NO_BACKEND] = {
		"syn_no_backend", "SYNs answered while the service had no usable back-end" },
	[FRONT_STAT_SYN_TIME_WAIT] = {
		"syn_time_wait", "SYNs that began a connection anew on a tuple in TIME_WAIT" },
	[FRONT_STAT_SYNACK_RETRANSMITS] = {
		"synack_retransmits", "SYN/ACKs sent again" },
	[FRONT_STAT_HANDSHAKE_TIMEOUT] = {
		"handshake_timeout", "handshakes the client did not finish" },
	[FRONT_STAT_HANDSHAKE_BAD_ACK] = {
		"handshake_bad_ack", "ACKs of something never sent, before the hand-off" },
	[FRONT_STAT_SENDING_FAILED] = {
		"sending_failed", "packets to clients that the network stack refused" },

	[FRONT_STAT_COOKIES_SENT] = {
		"cookies_sent", "SYNs answered by a cookie: the backlog was full" },
	[FRONT_STAT_COOKIES_ACCEPTED] = {
		"cookies_accepted", "connections begun by a packet with a valid cookie" },
	[FRONT_STAT_COOKIES_FAILED] = {
		"cookies_failed", "strays that came while cookies were good, and had none" },
	[FRONT_STAT_COOKIES_NO_ROOM] = {
		"cookies_no_room", "packets with a valid cookie and no place for it" },
	[FRONT_STAT_EVICTED_HALF_OPEN] = {
		"evicted_half_open", "oldest connections, ended for others at limit half_open" },
	[FRONT_STAT_EVICTED_CLIENT] = {
		"evicted_client", "the same at limit half_open_client" },
	[FRONT_STAT_EVICTED_HEAD_TOTAL] = {
		"evicted_head_total", "the same at limit head_total" },
	[FRONT_STAT_EVICTED_HEAD_CLIENT] = {
		"evicted_head_client", "the same at limit head_client" },

	[FRONT_STAT_BAD_CHECKSUM] = {
		"bad_checksum", "packets of clients dropped for a wrong TCP checksum" },
	[FRONT_STAT_BAD_FLAGS] = {
		"bad_flags", "packets of clients dropped for senseless TCP flags" },
	[FRONT_STAT_BAD_SEQUENCE] = {
		"bad_sequence", "packets dropped for a sequence number out of the window" },
	[FRONT_STAT_CHALLENGE_ACK] = {
		"challenge_ack", "packets out of place answered with an ACK (RFC 5961)" },
	[FRONT_STAT_CHALLENGE_LIMITED] = {
		"challenge_ack_limited", "packets out of place not answered: another just was" },
	[FRONT_STAT_RETRANSMITTED] = {
		"retransmitted", "segments of clients with nothing new in them" },
	[FRONT_STAT_OUT_OF_ORDER] = {
		"out_of_order", "segments of a head kept until the hole before them is filled" },
	[FRONT_STAT_QUEUED] = {
		"queued", "packets that waited for their hand-off" },
	[FRONT_STAT_QUEUE_FULL] = {
		"queue_full", "packets dropped at limit queue; they come again" },
	[FRONT_STAT_QUEUE_TOTAL] = {
		"queue_total_full", "packets dropped at limit queue_total; they come again" },
	[FRONT_STAT_HEAD_TOTAL] = {
		"head_total_full", "segments dropped at limit head_total; they come again" },
	[FRONT_STAT_HEAD_CLIENT] = {
		"head_client_full", "segments dropped at limit head_client; they come again" },
	[FRONT_STAT_HEAD_MEMORY] = {
		"head_memory", "segments dropped without memory; they come again" },
	[FRONT_STAT_SWALLOWED] = {
		"swallowed", "packets that came behind the front-end's own answer" },
	[FRONT_STAT_DEAD_FLOW] = {
		"dead_flow", "packets that met their flow while it was ending" },

	[FRONT_STAT_STRAYS] = {
		"strays", "packets to a service that belong to no connection" },
	[FRONT_STAT_STRAY_RST] = {
		"stray_rst", "RSTs sent to these, and to bad ACKs in a handshake" },
	[FRONT_STAT_STRAY_RST_LIMITED] = {
		"stray_rst_limited", "RSTs not sent to either, at limit stray_rate" },
	[FRONT_STAT_RESETTING_RST] = {
		"resetting_rst", "RSTs sent to clients whose back-end is gone" },
	[FRONT_STAT_RESETTING_SILENT] = {
		"resetting_silent", "packets of such clients that call for no RST" },
	[FRONT_STAT_PROVOKED] = {
		"provoked", "packets sent to make such clients tell their state" },

	[FRONT_STAT_TTL_EXPIRED] = {
		"ttl_expired", "packets not forwarded: their hop limit was used up" },
	[FRONT_STAT_TOO_BIG] = {
		"too_big", "packets not forwarded: bigger than the path to the back-end" },
	[FRONT_STAT_NO_ROUTE] = {
		"no_route", "packets not forwarded: no route to the back-end" },
	[FRONT_STAT_FORWARD_MEMORY] = {
		"forward_memory", "packets not forwarded without memory" },
	[FRONT_STAT_FRAGMENTED] = {
		"fragmented", "packets forwarded in fragments, as they allowed" },
	[FRONT_STAT_ICMP_SENT] = {
		"icmp_sent", "ICMP errors sent to clients" },
	[FRONT_STAT_ICMP_LIMITED] = {
		"icmp_limited", "ICMP errors not sent to clients, at limit stray_rate" },
	[FRONT_STAT_ICMP_FORWARDED] = {
		"icmp_forwarded", "ICMP errors about a connection forwarded to its back-end" },
	[FRONT_STAT_ICMP_BAD] = {
		"icmp_bad", "ICMP errors about a connection dropped for a wrong checksum" },

	[FRONT_STAT_FOREIGN_SESSION] = {
		"foreign_session", "messages about a flow by a peer that does not have it" },
	[FRONT_STAT_UNKNOWN_FLOW] = {
		"unknown_flow", "messages about a flow that is not there any more" },
	[FRONT_STAT_UNEXPECTED_MESSAGE] = {
		"unexpected_message", "messages that make no sense in the flow's state" },
	[FRONT_STAT_QUERIES] = {
		"queries", "questions to back-ends whether an idle flow still lives" },
	[FRONT_STAT_IDLE_UNANSWERED] = {
		"idle_unanswered", "idle flows forgotten because the back-end did not say" },
	[FRONT_STAT_IDLE_UNKNOWN] = {
		"idle_unknown", "flows forgotten because the back-end does not have them" },
	[FRONT_STAT_BACKEND_LOST] = {
		"backend_lost", "flows reset because their back-end died or was taken down" },
	[FRONT_STAT_DRAIN_ENDED] = {
		"drain_ended", "flows reset because the deadline of a drain had come" },
	[FRONT_STAT_FAMILY_SKIPPED] = {
		"family_skipped", "back-ends passed over: no address of the client's family" },
	[FRONT_STAT_BUSY_SKIPPED] = {
		"busy_skipped", "back-ends passed over: accept queue full, or short of memory" },
	[FRONT_STAT_FULL_SKIPPED] = {
		"full_skipped", "back-ends passed over: they have their maxflows" },
	[FRONT_STAT_BACKEND_UPS] = {
		"backend_ups", "times that a back-end became usable" },
	[FRONT_STAT_BACKEND_DOWNS] = {
		"backend_downs", "times that a back-end ceased to be usable" },

	[FRONT_STAT_NAK] = {
		"nak_unknown", "hand-offs refused for a reason not known here" },
	[NAK(WIRE_NAK_GRANT)] = {
		"nak_grant", "hand-offs refused: the VIP is not granted to this front-end" },
	[NAK(WIRE_NAK_TUPLE)] = {
		"nak_tuple", "hand-offs refused: the back-end has a connection with these ports" },
	[NAK(WIRE_NAK_CLOSED)] = {
		"nak_closed", "hand-offs refused: nothing listens on the port" },
	[NAK(WIRE_NAK_SYNACK)] = {
		"nak_synack", "hand-offs refused: no SYN/ACK, so the accept queue may be full" },
	[NAK(WIRE_NAK_OPTIONS)] = {
		"nak_options", "hand-offs refused: TCP options promised cannot be honoured" },
	[NAK(WIRE_NAK_LIMIT)] = {
		"nak_limit", "hand-offs refused: the back-end is at its limit" },
	[NAK(WIRE_NAK_MEMORY)] = {
		"nak_memory", "hand-offs refused: the back-end is out of memory" },
	[NAK(WIRE_NAK_ROUTE)] = {
		"nak_route", "hand-offs refused: the back-end has no route to the client" },
	[NAK(WIRE_NAK_OLD)] = {
		"nak_old", "hand-offs refused: the back-end took the message for a late copy" },
	[NAK(WIRE_NAK_ADMIN)] = {
		"nak_admin", "hand-offs refused: the back-end is going away" },

	[FRONT_STAT_HALF_OPEN] = {
		"half_open", "connections that are not handed off yet", true },
	[FRONT_STAT_ACTIVE_FLOWS] = {
		"active_flows", "connections, without those in TIME_WAIT", true },
	[FRONT_STAT_TIME_WAIT] = {
		"time_wait", "connections that have ended, remembered for late packets", true },
	[FRONT_STAT_PERSIST_CLIENTS] = {
		"persist_clients", "clients whose back-end is remembered", true },
};

const struct handoff_counter front_service_counters[__FRONT_SERVICE_STAT_MAX] = {
	[FRONT_SERVICE_CONNECTIONS] = {
		"connections", "handshakes finished with clients" },
	[FRONT_SERVICE_HANDOFFS] = {
		"handoffs", "connections that a back-end has taken over" },
	[FRONT_SERVICE_HANDOFF_FAILURES] = {
		"handoff_failures", "tries to hand off that a back-end refused or did not answer" },
	[FRONT_SERVICE_ANSWERS] = {
		"answers", "requests that the front-end answered itself" },
	[FRONT_SERVICE_ACTIVE_FLOWS] = {
		"active_flows", "connections, without those in TIME_WAIT", true },
};

const struct handoff_counter front_backend_counters[__FRONT_BACKEND_STAT_MAX] = {
	[FRONT_BACKEND_HANDOFFS] = {
		"handoffs", "connections that this back-end has taken over" },
	[FRONT_BACKEND_HANDOFF_FAILURES] = {
		"handoff_failures", "hand-offs that it refused or did not answer" },
	[FRONT_BACKEND_UPS] = {
		"ups", "times that it became usable" },
	[FRONT_BACKEND_DOWNS] = {
		"downs", "times that it ceased to be usable" },
	[FRONT_BACKEND_ACTIVE_FLOWS] = {
		"active_flows", "connections it has, without those in TIME_WAIT", true },
};
