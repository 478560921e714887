/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Generic netlink family "btcp": configuration and state of TCP hand-off.
 *
 * One flat attribute space (BTCP_A_*), lists as repeated nests.  Every request
 * names one object; NEW creates it (-EEXIST if it is there), SET replaces what
 * is given and leaves the rest, DEL removes it, GET with NLM_F_DUMP lists all
 * (no privilege, but for FLOW).  Everything is per network namespace.
 *
 *   SERVICE_*   NAME, VIP{ADDR,PORT}..., PROTO, REQUESTS, ADMIN, PERSIST and
 *               PERSIST_TIMEOUT
 *               GET adds STAT{...}...
 *   BACKEND_*   NAME, ENDPOINT{ADDR,PORT}... (one a family), CONTROL{ADDR,PORT},
 *               WEIGHT, MAXFLOWS, SLOWSTART, ADMIN with or without DEADLINE, HEALTH,
 *               KEY (32 bytes, never returned), KEY_PATH
 *               GET adds STATE, LISTENING, FLOWS, OTHER_FLOWS, QUEUE, QUEUE_MAX, BUSY,
 *               SHARE, KEY_FINGERPRINT, PATH_MTU, STAT...
 *   POOL_*      NAME, POLICY, HASH, HASH_NAME, MEMBER{NAME,WEIGHT}...
 *   MEMBER_*    POOL, NAME (of the back-end), WEIGHT
 *   RULE_*      SERVICE, PREF or DEFAULT, HOST, PATH, METHOD, HEADER..., COOKIE...,
 *               SRC{ADDR,PREFIX_LEN}, SNI, ALPN, POOL
 *   RULE_TEST   SERVICE, ADDR (client), HOST, PATH (as sent), METHOD, HEADER...,
 *               COOKIE..., SNI, ALPN;  answers PROTO, the rule as RULE_GET does and
 *               BACKEND, which is not there if none is usable; only PROTO if no rule
 *               matches.  If content does: PROTO, SERVICE, POOL, BACKEND and its FILE
 *   CONTENT_*   SERVICE;  BEGIN: VALUE (entries to come, at most), FILE; ADD: CONTENT..., as
 *               often as needed; COMMIT: it takes the place of what was there.  By one
 *               socket; another BEGIN forgets what was not committed.
 *               GET tells FILE, VALUE (entries), REPEATED
 *   FRONTEND_*  NAME, ADDR, CONTROL{ADDR,PORT}, VIP{ADDR,PORT,LOCAL_PORT}...,
 *               KEY, KEY_PATH;  GET adds STATE, KEY_FINGERPRINT, STAT...
 *   CONTROL_*   (GET, SET)  ADDR, PORT: the control channel's own address
 *   LIMIT_*     (GET, SET)  NAME, VALUE;  GET adds HELP, UNIT
 *   TIMEOUT_*   (GET, SET)  NAME, VALUE (ms);  GET adds HELP, UNIT
 *   FLOW_GET    filters SERVICE, BACKEND, ADDR (client); answers CLIENT{ADDR,
 *               PORT}, VIP{ADDR,PORT}, ENDPOINT{ADDR,PORT}, ROLE, STATE, ...
 *   STATS_GET   ROLE, STAT{NAME,VALUE,HELP,GAUGE}...
 *   EVENT       (to the multicast group "events", never asked for) ROLE, OBJECT, NAME, STATE
 *
 *   TRANSACTION_*  BEGIN, then what there is to be: any NEW, CONTENT_BEGIN, ADD and COMMIT,
 *               CONTROL_SET, LIMIT_SET, TIMEOUT_SET, by the same socket, beginning with
 *               nothing and the defaults; COMMIT: that is the configuration now, and what was
 *               not named is deleted.  ABORT, or the socket's end: nothing has changed.  It
 *               cannot be committed once a request of it was refused.  Meanwhile all others
 *               are refused (-EBUSY) what changes anything, but for BACKEND_SET
 *
 * Ports are big-endian (NLA_BE16), all else is in host order.  An address is
 * 4 or 16 bytes, big-endian; its length tells the family.
 */
#ifndef _UAPI_LINUX_BTCP_H
#define _UAPI_LINUX_BTCP_H

#define BTCP_GENL_NAME		"btcp"
#define BTCP_GENL_VERSION	1
#define BTCP_GENL_EVENTS	"events"	/* multicast group; needs CAP_NET_ADMIN */

#define BTCP_NAME_LEN		32	/* [A-Za-z0-9][A-Za-z0-9._-]{0,31} */
#define BTCP_KEY_LEN		32
#define BTCP_KEY_PATH_LEN	4095
#define BTCP_FILE_LEN		4095
#define BTCP_CONTENT_LINE_LEN	4400	/* a path of 4,096 bytes, with host and pool */
#define BTCP_FINGERPRINT_LEN	8
#define BTCP_PATTERN_LEN	255
#define BTCP_PAIR_LEN		511	/* NAME=VALUE of a header or cookie, 255 each */
#define BTCP_HASH_NAME_LEN	64	/* name of a header or cookie that is hashed */
#define BTCP_VIPS_MAX		64	/* a service or a frontend may name */
#define BTCP_WEIGHT_MAX		65535
#define BTCP_CONTROL_PORT	7689

enum btcp_cmd {
	BTCP_CMD_UNSPEC,

	/* The front-end's objects: btcp_frontend.ko */
	BTCP_CMD_SERVICE_NEW,
	BTCP_CMD_SERVICE_SET,
	BTCP_CMD_SERVICE_DEL,
	BTCP_CMD_SERVICE_GET,
	BTCP_CMD_BACKEND_NEW,
	BTCP_CMD_BACKEND_SET,
	BTCP_CMD_BACKEND_DEL,
	BTCP_CMD_BACKEND_GET,
	BTCP_CMD_POOL_NEW,
	BTCP_CMD_POOL_SET,
	BTCP_CMD_POOL_DEL,
	BTCP_CMD_POOL_GET,
	BTCP_CMD_MEMBER_NEW,
	BTCP_CMD_MEMBER_SET,
	BTCP_CMD_MEMBER_DEL,
	BTCP_CMD_RULE_NEW,
	BTCP_CMD_RULE_SET,
	BTCP_CMD_RULE_DEL,
	BTCP_CMD_RULE_GET,
	BTCP_CMD_RULE_TEST,
	BTCP_CMD_CONTENT_BEGIN,
	BTCP_CMD_CONTENT_ADD,
	BTCP_CMD_CONTENT_COMMIT,
	BTCP_CMD_CONTENT_DEL,
	BTCP_CMD_CONTENT_GET,

	/* The back-end's objects: btcp_backend.ko */
	BTCP_CMD_FRONTEND_NEW,
	BTCP_CMD_FRONTEND_SET,
	BTCP_CMD_FRONTEND_DEL,
	BTCP_CMD_FRONTEND_GET,

	/* What both have: handoff.ko */
	BTCP_CMD_CONTROL_SET,
	BTCP_CMD_CONTROL_GET,
	BTCP_CMD_LIMIT_SET,
	BTCP_CMD_LIMIT_GET,
	BTCP_CMD_TIMEOUT_SET,
	BTCP_CMD_TIMEOUT_GET,
	BTCP_CMD_FLOW_GET,
	BTCP_CMD_STATS_GET,
	BTCP_CMD_EVENT,

	/* The whole configuration anew, all or nothing */
	BTCP_CMD_TRANSACTION_BEGIN,
	BTCP_CMD_TRANSACTION_COMMIT,
	BTCP_CMD_TRANSACTION_ABORT,

	__BTCP_CMD_MAX,
	BTCP_CMD_MAX = __BTCP_CMD_MAX - 1
};

enum btcp_attr {
	BTCP_A_UNSPEC,
	BTCP_A_PAD,
	BTCP_A_NAME,		/* string: the object's own name */
	BTCP_A_ADDR,		/* binary, 4 or 16 bytes */
	BTCP_A_PORT,		/* be16 */
	BTCP_A_LOCAL_PORT,	/* be16: where a granted VIP ends on the back-end */
	BTCP_A_VIP,		/* nest, repeated: ADDR, PORT [, LOCAL_PORT] */
	BTCP_A_ENDPOINT,	/* nest, repeated: ADDR, PORT of a server */
	BTCP_A_CONTROL,		/* nest: ADDR [, PORT] of the peer's control channel */
	BTCP_A_CLIENT,		/* nest: ADDR, PORT */
	BTCP_A_MEMBER,		/* nest, repeated: NAME [, WEIGHT] */
	BTCP_A_SERVICE,		/* string: a service referred to */
	BTCP_A_BACKEND,		/* string: a back-end referred to */
	BTCP_A_POOL,		/* string: a pool referred to */
	BTCP_A_KEY,		/* binary, 32 bytes; only towards the kernel */
	BTCP_A_KEY_PATH,	/* string: the absolute path KEY was read from */
	BTCP_A_KEY_FINGERPRINT,	/* binary, 8 bytes */
	BTCP_A_WEIGHT,		/* u32, 0 to BTCP_WEIGHT_MAX */
	BTCP_A_ADMIN,		/* u8, enum btcp_admin */
	BTCP_A_REQUESTS,	/* u8, enum btcp_requests */
	BTCP_A_POLICY,		/* string: "wrr", "lc", "maglev", "lard" */
	BTCP_A_PREF,		/* u32 */
	BTCP_A_DEFAULT,		/* flag: the rule without conditions */
	BTCP_A_PATH,		/* string: /a, /img/STAR or STAR.jpg */
	BTCP_A_STATE,		/* string */
	BTCP_A_ROLE,		/* string: "frontend" or "backend" */
	BTCP_A_VALUE,		/* u64 */
	BTCP_A_HELP,		/* string */
	BTCP_A_UNIT,		/* string */
	BTCP_A_GAUGE,		/* flag: STAT may fall */
	BTCP_A_STAT,		/* nest, repeated: NAME, VALUE [, HELP, GAUGE] */
	BTCP_A_PATH_MTU,	/* u32, bytes */
	BTCP_A_LISTENING,	/* u8: who listens on the port: bit 0 v4, bit 1 v6 */
	BTCP_A_FLOW_ID,		/* u64 */
	BTCP_A_AGE,		/* u32, ms since the flow began */
	BTCP_A_IDLE,		/* u32, ms since the last packet */
	BTCP_A_PACKETS,		/* u64 */
	BTCP_A_DELETING,	/* flag: deleted, but its flows still run */
	BTCP_A_FRONTEND,	/* string: a frontend referred to */
	BTCP_A_HOST,		/* string: www.example.com or STAR.example.com */
	BTCP_A_METHOD,		/* string, with case */
	BTCP_A_HEADER,		/* string, repeated: NAME=VALUE */
	BTCP_A_COOKIE,		/* string, repeated: NAME=VALUE */
	BTCP_A_SRC,		/* nest: ADDR, PREFIX_LEN of clients */
	BTCP_A_PREFIX_LEN,	/* u8, bits */
	BTCP_A_SNI,		/* string: as HOST, of a ClientHello */
	BTCP_A_ALPN,		/* string: a protocol that a ClientHello offers */
	BTCP_A_HASH,		/* u8, enum btcp_hash */
	BTCP_A_HASH_NAME,	/* string: of the header or cookie */
	BTCP_A_FILE,		/* string: the absolute path that content was read from */
	BTCP_A_CONTENT,		/* string, repeated: HOST PATH POOL */
	BTCP_A_REPEATED,	/* u32: entries whose URL an earlier one has */
	BTCP_A_FLOWS,		/* u32: connections that it has, of this front-end */
	BTCP_A_OTHER_FLOWS,	/* u32: and of others, as it told */
	BTCP_A_QUEUE,		/* u32: connections not accepted yet, the longer queue */
	BTCP_A_QUEUE_MAX,	/* u32: the most there may be */
	BTCP_A_BUSY,		/* flag: passed over if another back-end is not */
	BTCP_A_HEALTH,		/* u8, enum btcp_health: what a checker outside has found */
	BTCP_A_MAXFLOWS,	/* u32: the most FLOWS may be, 0: no limit */
	BTCP_A_SLOWSTART,	/* u32, s: until a back-end that is usable again has its weight */
	BTCP_A_SHARE,		/* u8, percent of its weight that it has; not there if all */
	BTCP_A_DEADLINE,	/* u32, s: of a drain; then live flows are reset */
	BTCP_A_PERSIST,		/* u8: bits of a client's address, 0: off */
	BTCP_A_PERSIST_TIMEOUT,	/* u32, s: from a client's last connection */
	BTCP_A_OBJECT,		/* string: what kind of object NAME is */
	BTCP_A_PROTO,		/* u8, enum btcp_proto */

	__BTCP_A_MAX,
	BTCP_A_MAX = __BTCP_A_MAX - 1
};

enum btcp_admin {
	BTCP_ADMIN_UP,
	BTCP_ADMIN_DRAIN,	/* nothing new */
	BTCP_ADMIN_DOWN,	/* back-ends only: live flows are reset */
	__BTCP_ADMIN_MAX,
	BTCP_ADMIN_MAX = __BTCP_ADMIN_MAX - 1
};

enum btcp_health {
	BTCP_HEALTH_UP,
	BTCP_HEALTH_DOWN,	/* nothing new */
	__BTCP_HEALTH_MAX,
	BTCP_HEALTH_MAX = __BTCP_HEALTH_MAX - 1
};

#define BTCP_MAXFLOWS_MAX	(1U << 26)
#define BTCP_SECONDS_MAX	86400	/* of a slow start, a deadline, a persistence */

/* What policies maglev and lard go by */
enum btcp_hash {
	BTCP_HASH_URL,		/* host and path, without the query */
	BTCP_HASH_HOST,
	BTCP_HASH_CLIENT,
	BTCP_HASH_HEADER,	/* HASH_NAME: its first line of that name */
	BTCP_HASH_COOKIE,	/* HASH_NAME: its first cookie of that name */
	__BTCP_HASH_MAX,
	BTCP_HASH_MAX = __BTCP_HASH_MAX - 1
};

/* What a service's connections are read as, to tell which rule they meet */
enum btcp_proto {
	BTCP_PROTO_HTTP,
	BTCP_PROTO_TLS,		/* by its ClientHello: SNI, ALPN, SRC */
	BTCP_PROTO_TCP,		/* anything else, the server may speak first: SRC */
	__BTCP_PROTO_MAX,
	BTCP_PROTO_MAX = __BTCP_PROTO_MAX - 1
};

enum btcp_requests {
	BTCP_REQUESTS_AUTO,	/* once with several pools, first with one */
	BTCP_REQUESTS_ONCE,
	BTCP_REQUESTS_FIRST,
	__BTCP_REQUESTS_MAX,
	BTCP_REQUESTS_MAX = __BTCP_REQUESTS_MAX - 1
};

#endif /* _UAPI_LINUX_BTCP_H */
