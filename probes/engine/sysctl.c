/* SPDX-License-Identifier: MIT */
/*
 * What are the knobs of the present network namespace? Reading and writing /proc/sys/net.
 *
 * The kernel shows below that path the knobs of the calling thread's namespace. A write is refused
 * in a namespace that was not made here, so that no mistake of a caller reaches the host's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/netns.h"
#include "engine/sandbox.h"

#define ROOT "/proc/sys/net/"
enum { PATH_SIZE = 256, VALUE_MAX = 1024, READ_MAX = 64 << 10 };

/* A name that starts with one of these says where it belongs; any other is below ipv4. */
static const char *const branches[] = {"core", "ipv4",      "ipv6", "mptcp",
				       "sctp", "netfilter", "unix", "vsock"};

static bool starts_with(const char *path, const char *component)
{
	size_t len = strlen(component);

	return strncmp(path, component, len) == 0 && path[len] == '/';
}

static bool names_branch(const char *path)
{
	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
		if (starts_with(path, branches[i]))
			return true;
	}
	return false;
}

/* Is every component there, and none that leads elsewhere? */
static bool well_formed(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 0 || strncmp(path, ".", len) == 0 || strncmp(path, "..", len) == 0)
			return false;
		if (!path[len])
			return true;
		path += len + 1;
	}
}

/* net.core.somaxconn, core/somaxconn and tcp_tw_reuse to a path. As in sysctl(8), a name with
 * slashes keeps its dots: devices may have them. */
static int resolve(const char *name, char path[PATH_SIZE], struct ft_err *err)
{
	char tail[PATH_SIZE];
	const char *rest = tail, *branch;
	bool dots = !strchr(name, '/');
	int len = snprintf(tail, sizeof(tail), "%s", name);

	for (char *c = tail; dots && *c; c++) {
		if (*c == '.')
			*c = '/';
	}
	if (len < 0 || (size_t)len >= sizeof(tail) || !well_formed(tail))
		return ft_err_set(err, -EINVAL, "sysctl '%.80s': not a name below " ROOT, name);
	if (starts_with(tail, "net"))
		rest += strlen("net/");
	branch = rest != tail || names_branch(tail) ? "" : "ipv4/";
	len = snprintf(path, PATH_SIZE, ROOT "%s%s", branch, rest);
	if (len < 0 || len >= PATH_SIZE)
		return ft_err_set(err, -EINVAL, "sysctl '%.80s': longer than any name", name);
	return 0;
}

/* The errors of open(2), read(2) and write(2) as this module's few. */
static int translate(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
		return -ENOENT;
	case EPERM:
	case EROFS:
	case EACCES:
		return -EACCES;
	case ERANGE:
	case EINVAL:
		return -EINVAL;
	default:
		return -number;
	}
}

static int report(struct ft_err *err, const char *verb, const char *name, int number)
{
	int code = translate(number);

	if (code == -ENOENT)
		return ft_err_set(err, code, "sysctl %s: this kernel has none of that name", name);
	if (number == EROFS)
		return ft_err_set(err, code,
				  "sysctl %s: /proc/sys is mounted read-only (as containers do): "
				  "mount it writable or leave the container",
				  name);
	if (code == -EACCES)
		return ft_err_set(err, code, "%s sysctl %s: refused, it is not the namespace's own",
				  verb, name);
	return ft_err_errno(err, code, "%s sysctl %s", verb, name);
}

int ft_sysctl_put(const char *name, const char *value, struct ft_err *err)
{
	char path[PATH_SIZE], text[VALUE_MAX];
	size_t len = strlen(value);
	ssize_t written;
	int fd, number, code = resolve(name, path, err);

	if (code)
		return code;
	if (len >= sizeof(text))
		return ft_err_set(err, -EINVAL, "write sysctl %s: a value of %zu bytes", name, len);
	memcpy(text, value, len);
	text[len] = '\n'; /* so that an empty value is written too: ip_local_reserved_ports */
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return report(err, "write", name, errno);
	written = write(fd, text, len + 1);
	number = written < 0 ? errno : 0;
	close(fd);
	return number ? report(err, "write", name, number) : 0;
}

int ft_sysctl_write(const char *name, const char *value, struct ft_err *err)
{
	char text[VALUE_MAX], path[PATH_SIZE];
	size_t len = strlen(value);
	int code = resolve(name, path, err);

	if (code)
		return code;
	if (len >= sizeof(text))
		return ft_err_set(err, -EINVAL, "write sysctl %s: a value of %zu bytes", name, len);
	if (!ft_netns_is_ours())
		return ft_err_set(err, -EPERM,
				  "write sysctl %s: refused, the present network namespace is not "
				  "one that was made for cases (--here changes nothing)",
				  name);
	for (size_t i = 0; i <= len; i++)
		text[i] = value[i] == '_' ? ' ' : value[i];
	return ft_sysctl_put(name, text, err);
}

int ft_sysctl_read(const char *name, struct ft_text *out, struct ft_err *err)
{
	char path[PATH_SIZE], bytes[4096];
	size_t total = 0, start = out->len;
	int fd, number = 0, code = resolve(name, path, err);

	if (code)
		return code;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return report(err, "read", name, errno);
	while (total < READ_MAX) {
		ssize_t len = read(fd, bytes, sizeof(bytes));

		number = len < 0 ? errno : 0;
		if (len <= 0)
			break;
		ft_text_bytes(out, bytes, (size_t)len);
		total += (size_t)len;
	}
	close(fd);
	if (number)
		return report(err, "read", name, number);
	if (out->len > start && out->bytes[out->len - 1] == '\n')
		out->bytes[--out->len] = '\0';
	return 0;
}
