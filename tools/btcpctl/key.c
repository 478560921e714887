// SPDX-License-Identifier: GPL-2.0
/*
 * Keys: 32 random bytes, in files as one line of base64.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "btcpctl.h"
#include "print.h"
#include "request.h"

#define KEY_BASE64_LEN 44	/* 4 * ((BTCP_KEY_LEN + 2) / 3), one '=' at its end */

static_assert(KEY_BASE64_LEN == 4 * ((BTCP_KEY_LEN + 2) / 3), "base64 of a key");

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void key_encode(const unsigned char *key, char *text)
{
	unsigned int bits = 0, count = 0;

	for (int i = 0; i < BTCP_KEY_LEN; i++) {
		bits = bits << 8 | key[i];
		for (count += 8; count >= 6; count -= 6)
			*text++ = digits[bits >> (count - 6) & 63];
	}
	*text++ = digits[bits << (6 - count) & 63];
	*text++ = '=';
	*text = '\0';
}

/* Strict: one spelling a key, so that a slip is never another key */
static bool key_decode(const char *text, unsigned char *key)
{
	unsigned int bits = 0, count = 0;

	for (int i = 0; i < KEY_BASE64_LEN - 1; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (!digit)
			return false;
		bits = bits << 6 | (digit - digits);
		count += 6;
		if (count >= 8) {
			count -= 8;
			*key++ = bits >> count;
		}
	}
	return text[KEY_BASE64_LEN - 1] == '=' && !(bits & ((1U << count) - 1));
}

/* The file's only line into @text, of at least KEY_BASE64_LEN + 3 bytes */
static int key_read(const char *path, char *text, size_t size)
{
	struct stat st;
	FILE *file;
	size_t len;

	file = fopen(path, "re");
	if (!file)
		return fail(STATUS_SYNTAX, "key \"%s\": %s", path, strerror(errno));
	/* A buffer of stdio's would keep the key behind our back. */
	setvbuf(file, NULL, _IONBF, 0);
	if (fstat(fileno(file), &st)) {
		fail(STATUS_SYNTAX, "key \"%s\": %s", path, strerror(errno));
		goto err;
	}
	len = fread(text, 1, size - 1, file);
	if (ferror(file)) {
		fail(STATUS_SYNTAX, "key \"%s\": %s", path, strerror(errno));
		goto err;
	}
	if (S_ISREG(st.st_mode) && st.st_mode & 0007)
		warn("warning: key \"%s\": everybody may read or change it; chmod 600 it", path);
	fclose(file);
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	text[len] = '\0';
	if (len < KEY_BASE64_LEN)
		return fail(STATUS_SYNTAX,
			    "key \"%s\": too short: not the %d characters of btcpctl key gen",
			    path, KEY_BASE64_LEN);
	if (len > KEY_BASE64_LEN)
		return fail(STATUS_SYNTAX,
			    "key \"%s\": too long: not the %d characters of btcpctl key gen",
			    path, KEY_BASE64_LEN);
	return STATUS_OK;
err:
	fclose(file);
	return STATUS_SYNTAX;
}

bool parse_key_unread;

/* A file that may not be read, and need not be; false: @given can be read, or that is a fault */
static bool pass_over(const char *given)
{
	if (!parse_key_unread || !access(given, R_OK) || errno != EACCES)
		return false;
	warn("warning: key \"%s\": not looked at, since it may not be read", given);
	return true;
}

int parse_key(struct args *args, const struct keyword *keyword, struct nl_msg *msg)
{
	const char *given = args_next(args);
	unsigned char key[BTCP_KEY_LEN];
	char text[KEY_BASE64_LEN + 64];
	char path[PATH_MAX];
	int status;

	if (!given)
		return fail(STATUS_SYNTAX, "%s: the name of its file is missing", keyword->word);
	if (pass_over(given))
		return STATUS_OK;
	if (!realpath(given, path))
		return fail(STATUS_SYNTAX, "key \"%s\": %s", given, strerror(errno));
	for (const char *c = path; *c; c++)
		if (iscntrl((unsigned char)*c))
			return fail(STATUS_SYNTAX, "key: control characters in its file's path");
	status = key_read(path, text, sizeof(text));
	if (!status && !key_decode(text, key))
		status = fail(STATUS_SYNTAX, "key \"%s\": not base64, as btcpctl key gen has it",
			      path);
	if (!status)
		status = request_put(msg, BTCP_A_KEY, key, sizeof(key));
	if (!status)
		status = request_put(msg, BTCP_A_KEY_PATH, path, strlen(path) + 1);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key, sizeof(key));
	return status;
}

int key_gen(const struct command *command, struct args *args)
{
	unsigned char key[BTCP_KEY_LEN];
	char text[KEY_BASE64_LEN + 1];
	int status = args_end(args);
	struct stat st;

	(void)command;
	if (status)
		return status;
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return fail(STATUS_REFUSED, "getrandom: %s", strerror(errno));
	if (!fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) && st.st_mode & 0007)
		warn("warning: everybody may read the file; use umask 077");
	key_encode(key, text);
	puts(text);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key, sizeof(key));
	return STATUS_OK;
}
