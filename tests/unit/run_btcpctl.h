/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands of btcpctl, each in a process of its own, and what they said. The test has included
 * its main.c.
 */
#ifndef RUN_BTCPCTL_H
#define RUN_BTCPCTL_H

static char folder[32] = "/tmp/test_btcpctl.XXXXXX";
static char out[16384], err[16384];	/* what the last command said */

static void slurp(int fd, char *text, size_t size)
{
	ssize_t len = pread(fd, text, size - 1, 0);

	text[len < 0 ? 0 : len] = '\0';
	close(fd);
}

static int temporary(const char *text)
{
	char name[] = "/tmp/test_btcpctl.out.XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	return fd;
}

/* Words are parted by one blank, a last one may be empty; a @ stands for the folder of keys */
static int run(const char *line, const char *input)
{
	int in_fd = temporary(input ?: ""), out_fd = temporary(""), err_fd = temporary("");
	static char copy[32768];
	char *argv[2048] = { "btcpctl" };
	int argc = 1, status;
	char *to = copy;
	pid_t pid;

	for (const char *c = line; *c; c++) {
		if (to == copy || to[-1] == '\0')
			argv[argc++] = to;
		if (*c == '@')
			to = stpcpy(to, folder);
		else
			*to++ = *c == ' ' ? '\0' : *c;
	}
	*to = '\0';
	if (to > copy && to[-1] == '\0')
		argv[argc++] = to;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(in_fd, 0);
		dup2(out_fd, 1);
		dup2(err_fd, 2);
		exit(btcpctl_main(argc, argv));
	}
	close(in_fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	slurp(out_fd, out, sizeof(out));
	slurp(err_fd, err, sizeof(err));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void key_file(const char *name, const char *text, mode_t mode)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

#endif /* RUN_BTCPCTL_H */
