/* SPDX-License-Identifier: MIT */
/*
 * What happens at the end of a range of many ports?
 *
 * A range is used to its last port, in one way or two, and then every kind of call is tried once
 * more: rules 4 to 7 of ephemeral.c at their real size. The usual range has 28,232 ports, which is
 * how many connections one destination can have from one address; a second destination shares them.
 * Descriptors may be scarcer than ports: most connections of the largest cases are closed on the
 * way, which keeps their 4-tuples; where descriptors do not suffice all the same, a case is
 * skipped.
 */
#include "ephemeral.h"

/* So many are closed at once, all of which are acknowledged in one moment: more would be too many
 * packets for a capture. */
enum { BATCH = 200 };

/* `first` of the sockets s1, s2, ... come into being by `words`, then `second` of t1, t2, ... by
 * `words2`. The first `closed` of s1, s2, ... are closed, some thousand at a time. Then come the
 * last steps, with what is expected of them. */
static const struct size {
	const char *before; /* sysctls, listeners */
	const char *words;
	unsigned first;
	unsigned closed;
	const char *words2;
	unsigned second;
	const char *last;
	bool full;
} sizes[] = {
#define RANGE(high) "sysctl ip_local_port_range=32768_" #high "; "
/* What is closed stays for ten minutes, however busy the machine is. */
#define LONG "sysctl tcp_fin_timeout=600; "
#define LISTENER "l tcp4 bind any:q listen=60000; "
	/* connect(): to one destination as often as there are ports, to another as often again */
	{RANGE(33667) LISTENER, "tcp4 connect lo:q", 900, 0, NULL, 0,
	 "w tcp4 connect lo:q; x tcp4 bind lo:0; y tcp4 connect lo2:q; z udp4 connect lo:q"
	 " => s900.connect=ok>l w.connect=EADDRNOTAVAIL x.bind=EADDRINUSE y.connect=ok>l"
	 " z.connect=ok",
	 false},
	{RANGE(33167) LISTENER, "tcp4 connect lo:q", 400, 0, "tcp4 connect lo2:q", 400,
	 "w tcp4 connect lo2:q; x tcp4 connect lo:q; y tcp4 connect lo3:q"
	 " => s400.connect=ok>l t400.connect=ok>l w.connect=EADDRNOTAVAIL x.connect=EADDRNOTAVAIL"
	 " y.connect=ok>l",
	 false},
	{RANGE(33167) "l tcp6 bind any:q listen=60000; ", "tcp6 connect lo:q", 400, 0,
	 "tcp4 connect lo:q", 400,
	 "w tcp6 connect lo:q; x tcp4 connect lo:q; y tcp6 connect lo2:q"
	 " => s400.connect=ok>l t400.connect=ok>l w.connect=EADDRNOTAVAIL x.connect=EADDRNOTAVAIL"
	 " y.connect=ok>l",
	 false},
	/* bind() to port 0 takes each port from all destinations */
	{RANGE(33667) LISTENER, "tcp4 bind lo:0 connect lo:q", 900, 0, NULL, 0,
	 "w tcp4 bind lo:0; x tcp4 listen; y tcp4 connect lo2:q; z tcp4 bind lo2:0"
	 " => s900.connect=ok>l w.bind=EADDRINUSE x.listen=EADDRINUSE y.connect=EADDRNOTAVAIL"
	 " z.bind=ok",
	 false},
	{RANGE(33167) LISTENER, "tcp4 bind_address_no_port bind lo:0 connect lo:q", 400, 0,
	 "tcp4 bind_address_no_port bind lo:0 connect lo2:q", 400,
	 "w tcp4 bind_address_no_port bind lo:0 connect lo:q; x tcp4 connect lo3:q"
	 " => t400.connect=ok>l w.bind=ok w.connect=EADDRNOTAVAIL x.connect=ok>l",
	 false},
	/* the one takes the even ports, the other the odd ones, and neither is in the other's way
	 */
	{RANGE(33567) LISTENER, "tcp4 connect lo:q", 400, 0, "tcp4 bind lo:0", 400,
	 "w tcp4 connect lo:q; x tcp4 bind lo:0; y tcp4 connect lo2:q"
	 " => t400.bind=ok w.connect=EADDRNOTAVAIL x.bind=EADDRINUSE y.connect=ok>l",
	 false},
	/* sharing begins when the range ends */
	{"sysctl ip_autobind_reuse=1; " RANGE(33167), "tcp4 reuseaddr bind lo:0", 400, 0,
	 "tcp4 reuseaddr bind lo:0", 100,
	 "w tcp4 bind lo:0 => s400.bind=ok t100.bind=ok w.bind=EADDRINUSE", false},
	{RANGE(33167), "tcp4 reuseaddr bind lo:0", 400, 0, "tcp4 reuseaddr bind lo2:0", 400,
	 "w tcp4 reuseaddr bind lo:0; x tcp4 reuseaddr bind any:0"
	 " => t400.bind=ok w.bind=EADDRINUSE x.bind=EADDRINUSE",
	 false},
	/* UDP: EAGAIN where it was not asked for a port; with SO_REUSEADDR there is no end */
	{RANGE(33667), "udp4 connect lo:q", 900, 0, NULL, 0,
	 "w udp4 connect lo:q; x udp4 send lo:q; y udp4 bind lo:0; z tcp4 bind lo:0"
	 " => s900.connect=ok w.connect=EAGAIN x.send=EAGAIN y.bind=EADDRINUSE z.bind=ok",
	 false},
	{RANGE(32967), "udp4 reuseaddr bind lo:0", 300, 0, "udp4 bind lo:0", 0,
	 "w udp4 reuseaddr bind lo:0 => s300.bind=ok w.bind=ok", false},
	/* what is closed holds its 4-tuple, not its port */
	{RANGE(33167) LISTENER, "tcp4 connect lo:q", 400, 400, "tcp4 connect lo2:q", 400,
	 "w tcp4 connect lo:q; x tcp4 bind lo:0"
	 " => t400.connect=ok>l w.connect=EADDRNOTAVAIL x.bind=EADDRINUSE",
	 false},
	/* a port that is bound by number is one less, whoever has it */
	{RANGE(33167) LISTENER "b tcp4 bind lo3:33000; ", "tcp4 connect lo:q", 399, 0, NULL, 0,
	 "w tcp4 connect lo:q; x tcp4 bind lo2:0; y tcp4 bind lo:33000"
	 " => s399.connect=ok>l w.connect=EADDRNOTAVAIL x.bind=ok y.bind=ok",
	 false},

	/* 28,233 connections to one destination. When the even ports are gone, connect() tries all
	 * of them before each odd one, 14,116 look-ups; with a range of its own a socket does not.
	 */
	{LONG RANGE(60999) LISTENER, "tcp4 connect lo:q", 14116, 14116,
	 "tcp4 local_port_range=32768-60999 connect lo:q", 14116,
	 "w tcp4 connect lo:q; x tcp4 connect lo2:q; y tcp4 bind lo:0"
	 " => s14116.connect=ok>l t14116.connect=ok>l w.connect=EADDRNOTAVAIL x.connect=ok>l"
	 " y.bind=EADDRINUSE",
	 true},
	/* ... and to two: half of them each, and none is refused */
	{LONG RANGE(60999) LISTENER, "tcp4 connect lo:q", 14116, 12000, "tcp4 connect lo2:q", 14116,
	 "w tcp4 connect lo:q; x tcp4 connect lo2:q; y tcp4 connect lo3:q"
	 " => s14116.connect=ok>l t14116.connect=ok>l w.connect=ok>l x.connect=ok>l"
	 " y.connect=ok>l",
	 true},
	{RANGE(36767) LISTENER, "tcp4 connect lo:q", 4000, 0, "tcp4 connect lo2:q", 4000,
	 "w tcp4 connect lo:q; x tcp4 connect lo2:q; y tcp4 connect lo3:q"
	 " => s4000.connect=ok>l t4000.connect=ok>l w.connect=EADDRNOTAVAIL"
	 " x.connect=EADDRNOTAVAIL y.connect=ok>l",
	 true},
	{RANGE(36767) LISTENER, "tcp4 bind lo:0 connect lo:q", 4000, 0, NULL, 0,
	 "w tcp4 bind lo:0; x tcp4 connect lo2:q"
	 " => s4000.connect=ok>l w.bind=EADDRINUSE x.connect=EADDRNOTAVAIL",
	 true},
	{RANGE(36767) LISTENER, "tcp4 bind_address_no_port bind lo:0 connect lo:q", 4000, 0,
	 "tcp4 bind_address_no_port bind lo:0 connect lo2:q", 2000,
	 "w tcp4 bind_address_no_port bind lo:0 connect lo:q; x tcp4 bind lo:0"
	 " => t2000.connect=ok>l w.connect=EADDRNOTAVAIL x.bind=EADDRINUSE",
	 true},
	{RANGE(36767), "udp4 connect lo:q", 4000, 0, NULL, 0,
	 "w udp4 connect lo:q; x udp4 bind lo:0"
	 " => s4000.connect=ok w.connect=EAGAIN x.bind=EADDRINUSE",
	 true},
	{RANGE(36767) LISTENER, "tcp4 connect lo:q", 2000, 0, "tcp4 bind lo:0", 2000,
	 "w tcp4 connect lo:q; x tcp4 bind lo:0"
	 " => t2000.bind=ok w.connect=EADDRNOTAVAIL x.bind=EADDRINUSE",
	 true},
};

static void print_size(const struct size *size, struct ft_text *out)
{
	unsigned closed = 0;

	ft_text_str(out, size->before);
	for (unsigned i = 1; i <= size->first; i++) {
		ft_text_printf(out, "s%u %s; ", i, size->words);
		if (i % BATCH && i != size->first)
			continue;
		for (; closed < size->closed && closed < i; closed++)
			ft_text_printf(out, "s%u close; ", closed + 1);
	}
	for (unsigned i = 1; i <= size->second; i++)
		ft_text_printf(out, "t%u %s; ", i, size->words2);
	ft_text_str(out, size->last);
}

int ft_ephemeral_sizes(struct ft_job *job, struct ft_err *err)
{
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (unsigned i = 0; rc == 0 && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i].full && job->extent != FT_EXTENT_FULL)
			continue;
		ft_text_clear(&text);
		print_size(&sizes[i], &text);
		rc = ft_ephemeral_add(job, &text, "probe ephemeral sizes", i + 1, err);
	}
	ft_text_fini(&text);
	return rc;
}
