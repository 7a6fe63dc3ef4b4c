/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, on what, and what to do about it: the one error idiom.
 *
 * A function that can fail returns 0 or a negative errno and fills a struct ft_err that its
 * caller owns. The first error wins: a later ft_err_set() on a filled struct changes nothing, so
 * clean-up code may fail without hiding the cause. Only the programs' main files print.
 */
#ifndef FT_BASE_ERR_H
#define FT_BASE_ERR_H

struct ft_err {
	int code;       /* 0 while nothing failed, else a negative errno */
	char text[600]; /* one sentence, complete, without a final newline */
};

/* Empties err. For where every case passes: `= {0}` would clear all of the text each time. */
static inline void ft_err_clear(struct ft_err *err)
{
	err->code = 0;
	err->text[0] = '\0';
}

/* Fills err unless it is filled already (or NULL). Returns code, so that a caller can write
 * `return ft_err_set(err, -EINVAL, "...")`. code is a negative errno. */
int ft_err_set(struct ft_err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As ft_err_set(), and appends ": ERRNAME (text of errno)"; code is a negative errno. */
int ft_err_errno(struct ft_err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The header name of an errno ("EADDRINUSE"), NULL for a number that has none. The number is
 * positive. Where two names share a number the one POSIX lists first is given (EAGAIN,
 * EOPNOTSUPP). */
const char *ft_errno_name(int number);

/* The positive number of an errno name (ENOTSUP and EWOULDBLOCK included), 0 if unknown. */
int ft_errno_number(const char *name);

#endif
