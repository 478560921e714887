// SPDX-License-Identifier: GPL-2.0
/*
 * compare_http_path SOCKET [TARGETS [SEED]] - ask an nginx that answers with its $uri, and see
 * whether our path is the same for each of so many generated targets, those refused included.
 * nginx.sh starts it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "btcp/http_head.h"
#include "btcp/http_path.h"

#define TARGETS		100000
#define TARGET_MAX	400
#define HEAD_MAX	(TARGET_MAX + 64)

static u32 seed = 1;

static u32 below(u32 n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static const char * const plain[] = {
	"/", "/", "/", "/", ".", "..", "...", "a", "b", "index.html", "//", "/./", "/../", "/.",
	"/..", "~", "+", ";x=1", ":", "@", "*", "\\", "&", "=", "%2e", "%2E", "%2f", "%2F", "%61",
	"%7e", "%25", "%25%32%65", "%252e", "%3f", "%3F", "%23", "%2b", "%20", "%0a", "%7f", "%ff",
	"%5c", "\xc3\xa4",
};

static const char * const rare[] = {
	"?", "#", "?a=/../b", "#c/", "%00", "%", "%4", "%zz", "%g1", "%%",
};

/* A target that a request line may hold */
static u32 make_target(char *out)
{
	u32 parts = below(14), n = 0, i;

	if (!below(20))
		n = sprintf(out, below(2) ? "http://x" : "HTTP://x.example:80");
	if (!n || below(4))
		out[n++] = '/';
	else if (below(2))
		out[n++] = '?';
	else
		return n;
	for (i = 0; i < parts; i++) {
		u32 kind = below(40);

		if (kind < 30)
			n += sprintf(out + n, "%s", plain[below(ARRAY_SIZE(plain))]);
		else if (kind < 35)
			n += sprintf(out + n, "%%%02x", 1 + below(255));
		else if (kind < 39)
			out[n++] = below(2) ? '!' + below(94) : 0x80 + below(128);
		else if (!below(2))
			n += sprintf(out + n, "%s", rare[below(ARRAY_SIZE(rare))]);
	}
	return n;
}

/* What we make of it: the length of the path, or minus the status */
static int ours(u8 *out, const char *text, u32 len)
{
	struct http_head head;
	int n;

	http_head_init(&head);
	if (http_head_parse(&head, (const u8 *)text, len) != HTTP_HEAD_DONE)
		return -http_head_status(head.reason);
	n = http_path_normalise(out, (const u8 *)text + head.path.off, head.path.len);
	return n < 0 ? -400 : n;
}

static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror(path);
		exit(1);
	}
	return fd;
}

/* What nginx makes of it, likewise; the connection is closed behind a refusal */
static int theirs(const char *path, u8 *out, const char *text, u32 len)
{
	static int fd = -1;
	char answer[4096], *body, *length;
	ssize_t n, got = 0;
	int status;

	if (fd < 0)
		fd = dial(path);
	if (write(fd, text, len) != (ssize_t)len) {
		perror("write");
		exit(1);
	}
	do {
		n = read(fd, answer + got, sizeof(answer) - 1 - got);
		if (n <= 0)
			break;
		got += n;
		answer[got] = '\0';
		body = strstr(answer, "\r\n\r\n");
		length = strstr(answer, "Content-Length: ");
	} while (!body || !length || answer + got < body + 4 + atoi(length + 16));
	if (n <= 0 || sscanf(answer, "HTTP/1.1 %d", &status) != 1) {
		fprintf(stderr, "no answer to %.*s\n", len, text);
		exit(1);
	}
	if (status != 200) {
		close(fd);
		fd = -1;
		return -status;
	}
	memcpy(out, body + 4, atoi(length + 16));
	return atoi(length + 16);
}

int main(int argc, char **argv)
{
	u32 targets = argc > 2 ? strtoul(argv[2], NULL, 0) : TARGETS, refused = 0, same = 0, i;
	char text[HEAD_MAX], target[TARGET_MAX];
	u8 a[HEAD_MAX], b[4096];

	if (argc < 2)
		return 1;
	seed = argc > 3 ? strtoul(argv[3], NULL, 0) : seed;
	for (i = 0; i < targets; i++) {
		u32 len = make_target(target), n;
		int us, they;

		n = snprintf(text, sizeof(text), "GET %.*s HTTP/1.1\r\nHost: x\r\n\r\n", len,
			     target);
		us = ours(a, text, n);
		they = theirs(argv[1], b, text, n);
		if (us != they || (us > 0 && memcmp(a, b, us))) {
			printf("target '%.*s':\n  ours  %d %.*s\n  nginx %d %.*s\n", len, target,
			       us, us > 0 ? us : 0, a, they, they > 0 ? they : 0, b);
			return 1;
		}
		refused += us < 0;
		same += us == (int)len && !memcmp(a, target, len);
	}
	printf("%u targets, no difference; %u refused, %u left as they were\n", targets, refused,
	       same);
	/* Many must have been worth looking at. */
	return targets > 1000 && (refused < targets / 100 || refused + same > targets / 2);
}
