/* SPDX-License-Identifier: MIT */
/*
 * What is an error called, and which of several errors is told?
 *
 * The names come from a table of ours and not from the C library, because only glibc has one and
 * because reports must be the same wherever they were made.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Ends a text that did not fit, so that nobody takes it for the whole. */
static const char cut_mark[] = "...";

/* Appends to err->text from len on; returns the new length. */
static size_t append(struct ft_err *err, size_t len, const char *format, va_list args)
{
	size_t space = sizeof(err->text) - len;
	int more = vsnprintf(err->text + len, space, format, args);

	if (more < 0)
		return len;
	if ((size_t)more < space)
		return len + (size_t)more;
	memcpy(err->text + sizeof(err->text) - sizeof(cut_mark), cut_mark, sizeof(cut_mark));
	return sizeof(err->text) - 1;
}

__attribute__((format(printf, 3, 4))) static size_t append_f(struct ft_err *err, size_t len,
							     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	len = append(err, len, format, args);
	va_end(args);
	return len;
}

int ft_err_set(struct ft_err *err, int code, const char *format, ...)
{
	int saved = errno;
	va_list args;

	if (err && !err->code) {
		err->code = code;
		va_start(args, format);
		append(err, 0, format, args);
		va_end(args);
	}
	errno = saved;
	return code;
}

int ft_err_errno(struct ft_err *err, int code, const char *format, ...)
{
	int saved = errno;
	va_list args;

	if (err && !err->code) {
		const char *name = ft_errno_name(-code);
		size_t len;

		err->code = code;
		va_start(args, format);
		len = append(err, 0, format, args);
		va_end(args);
		if (name)
			append_f(err, len, ": %s (%s)", name, strerror(-code));
		else
			append_f(err, len, ": E#%d", -code);
	}
	errno = saved;
	return code;
}

#define NAMED(name) [name] = #name
static const char *const names[] = {
	/* clang-format off */
	NAMED(EPERM), NAMED(ENOENT), NAMED(ESRCH), NAMED(EINTR), NAMED(EIO), NAMED(ENXIO),
	NAMED(E2BIG), NAMED(ENOEXEC), NAMED(EBADF), NAMED(ECHILD), NAMED(EAGAIN), NAMED(ENOMEM),
	NAMED(EACCES), NAMED(EFAULT), NAMED(ENOTBLK), NAMED(EBUSY), NAMED(EEXIST), NAMED(EXDEV),
	NAMED(ENODEV), NAMED(ENOTDIR), NAMED(EISDIR), NAMED(EINVAL), NAMED(ENFILE),
	NAMED(EMFILE), NAMED(ENOTTY), NAMED(ETXTBSY), NAMED(EFBIG), NAMED(ENOSPC), NAMED(ESPIPE),
	NAMED(EROFS), NAMED(EMLINK), NAMED(EPIPE), NAMED(EDOM), NAMED(ERANGE), NAMED(EDEADLK),
	NAMED(ENAMETOOLONG), NAMED(ENOLCK), NAMED(ENOSYS), NAMED(ENOTEMPTY), NAMED(ELOOP),
	NAMED(ENOMSG), NAMED(EIDRM), NAMED(ECHRNG), NAMED(EL2NSYNC), NAMED(EL3HLT),
	NAMED(EL3RST), NAMED(ELNRNG), NAMED(EUNATCH), NAMED(ENOCSI), NAMED(EL2HLT), NAMED(EBADE),
	NAMED(EBADR), NAMED(EXFULL), NAMED(ENOANO), NAMED(EBADRQC), NAMED(EBADSLT),
	NAMED(EBFONT), NAMED(ENOSTR), NAMED(ENODATA), NAMED(ETIME), NAMED(ENOSR), NAMED(ENONET),
	NAMED(ENOPKG), NAMED(EREMOTE), NAMED(ENOLINK), NAMED(EADV), NAMED(ESRMNT), NAMED(ECOMM),
	NAMED(EPROTO), NAMED(EMULTIHOP), NAMED(EDOTDOT), NAMED(EBADMSG), NAMED(EOVERFLOW),
	NAMED(ENOTUNIQ), NAMED(EBADFD), NAMED(EREMCHG), NAMED(ELIBACC), NAMED(ELIBBAD),
	NAMED(ELIBSCN), NAMED(ELIBMAX), NAMED(ELIBEXEC), NAMED(EILSEQ), NAMED(ERESTART),
	NAMED(ESTRPIPE), NAMED(EUSERS), NAMED(ENOTSOCK), NAMED(EDESTADDRREQ), NAMED(EMSGSIZE),
	NAMED(EPROTOTYPE), NAMED(ENOPROTOOPT), NAMED(EPROTONOSUPPORT), NAMED(ESOCKTNOSUPPORT),
	NAMED(EOPNOTSUPP), NAMED(EPFNOSUPPORT), NAMED(EAFNOSUPPORT), NAMED(EADDRINUSE),
	NAMED(EADDRNOTAVAIL), NAMED(ENETDOWN), NAMED(ENETUNREACH), NAMED(ENETRESET),
	NAMED(ECONNABORTED), NAMED(ECONNRESET), NAMED(ENOBUFS), NAMED(EISCONN), NAMED(ENOTCONN),
	NAMED(ESHUTDOWN), NAMED(ETOOMANYREFS), NAMED(ETIMEDOUT), NAMED(ECONNREFUSED),
	NAMED(EHOSTDOWN), NAMED(EHOSTUNREACH), NAMED(EALREADY), NAMED(EINPROGRESS),
	NAMED(ESTALE), NAMED(EUCLEAN), NAMED(ENOTNAM), NAMED(ENAVAIL), NAMED(EISNAM),
	NAMED(EREMOTEIO), NAMED(EDQUOT), NAMED(ENOMEDIUM), NAMED(EMEDIUMTYPE), NAMED(ECANCELED),
	NAMED(ENOKEY), NAMED(EKEYEXPIRED), NAMED(EKEYREVOKED), NAMED(EKEYREJECTED),
	NAMED(EOWNERDEAD), NAMED(ENOTRECOVERABLE), NAMED(ERFKILL), NAMED(EHWPOISON),
	/* clang-format on */
};
#undef NAMED

enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

/* Second names of the same numbers; printed never, understood always. */
static const struct {
	const char *name;
	int number;
} second_names[] = {
	{"EDEADLOCK", EDEADLOCK},
	{"ENOTSUP", ENOTSUP},
	{"EWOULDBLOCK", EWOULDBLOCK},
};

const char *ft_errno_name(int number)
{
	return number > 0 && number < N_NAMES ? names[number] : NULL;
}

int ft_errno_number(const char *name)
{
	for (int i = 1; i < N_NAMES; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	for (size_t i = 0; i < sizeof(second_names) / sizeof(second_names[0]); i++)
		if (!strcmp(second_names[i].name, name))
			return second_names[i].number;
	return 0;
}
