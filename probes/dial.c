/* SPDX-License-Identifier: MIT */
/*
 * Which destinations can be dialled from one source address and port, and how often?
 *
 * The rules, as the kernel has them today:
 *  1. A connection is a 4-tuple: source and destination, address and port. One that exists, from
 *     SYN_SENT on, cannot exist twice: EADDRNOTAVAIL (__inet_check_established()). v4 and mapped
 *     v6 are one space.
 *  2. Hence one source port dials any number of destinations, if several sockets may hold it:
 *     each is bound with SO_REUSEADDR, or each with SO_REUSEPORT (socket(7)); see the probe
 *     `bind`.
 *  3. A refused 4-tuple leaves the socket bound; another destination may be tried at once.
 *  4. Without bind(), or with bind(ip:0) and IP_BIND_ADDRESS_NO_PORT (ip(7)), the port is chosen
 *     in connect(), per 4-tuple: two sockets get one and the same port for two destinations.
 *  5. connect() takes only ports that nobody holds explicitly, on whatever address
 *     (__inet_hash_connect(): a bucket that came from connect() alone). Even ports come first.
 *  6. bind(ip:0) without that option reserves the port for all destinations: the number of
 *     connections is then the number of ports (ip_local_port_range, ip-sysctl).
 *  7. A connect() that fails keeps an explicit port and gives up one of the kernel's choice;
 *     connect(AF_UNSPEC) likewise.
 *  8. UDP has no such rule: two sockets may connect from one port to one peer, the newer
 *     receives.
 *  9. Users do not matter to a 4-tuple; a device does if the first socket has it and the second
 *     has not (inet_sk_bound_dev_eq()). MPTCP's subflows share the space of TCP.
 */
#include <errno.h>

#include "probe/probe.h"
#include "states.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"
/* A listener at q for every destination. */
#define V4_LISTENER "l tcp4 bind any:q listen; "
#define V6_LISTENER "l tcp6 bind any:q listen; "

/* One port for the kernel's choice, even as connect() prefers it. */
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
#define TWO_PORTS "sysctl ip_local_port_range=40000_40001; "

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Two sockets on one source: all flags, source and destinations equal or not. */
	V4_LISTENER "a tcp4 " FLAGS " bind {any,lo}:p connect lo:q; b tcp4 " FLAGS
	" bind {any,lo,lo2}:p connect {lo,lo2}:q",
	V6_LISTENER "a tcp6 " FLAGS " bind {any,lo}:p connect lo:q; b tcp6 " FLAGS
	" bind {any,lo,lo2}:p connect {lo,lo2}:q",
	/* v4 and mapped v6 on one source, both ways round. */
	V6_LISTENER "a tcp4 " FLAGS " bind {any,lo}:p connect lo:q; b tcp6 " FLAGS
	" bind {any,any4,lo4}:p connect {lo4,lo}:q",
	V6_LISTENER "a tcp6 " FLAGS " bind {any,any4,lo4}:p connect lo4:q; b tcp4 " FLAGS
	" bind {any,lo}:p connect {lo,lo2}:q",
	/* The same, both bound before either dials. */
	V4_LISTENER "a tcp4 " FLAGS " bind {any,lo}:p; b tcp4 " FLAGS " bind {any,lo}:p; "
	"a connect lo:q; b connect {lo,lo2}:q",

	/* Rules 1 to 3, said in full. */
	V4_LISTENER "a tcp4 " SHARE " bind lo:p; b tcp4 {1} bind lo:p; c tcp4 {1} bind lo:p; "
	"a connect lo:q; b connect lo2:q; c connect lo:q; c connect lo3:q"
	" => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL c.connect.2=ok>l",
	V6_LISTENER "a tcp6 " SHARE " bind lo:p; b tcp6 {1} bind lo:p; c tcp6 {1} bind lo:p; "
	"a connect lo:q; b connect lo2:q; c connect lo:q; c connect lo3:q"
	" => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL c.connect.2=ok>l",
	V4_LISTENER "m tcp4 bind lo:r listen; a tcp4 " SHARE " bind lo:p; b tcp4 {1} bind lo:p; "
	"a connect lo:q; b connect lo:r => a.connect=ok>l b.connect=ok>m",
	V6_LISTENER "c tcp4 " SHARE " bind lo:p connect lo:q; d tcp6 {1} bind lo4:p connect lo4:q"
	" => c.connect=ok>l d.bind=ok d.connect=EADDRNOTAVAIL",
	/* Both flags asked for as one name, which Go code does, are SO_REUSEPORT. */
	V4_LISTENER "a tcp4 reuseaddr|reuseport bind lo:p connect lo:q; "
	"b tcp4 {reuseaddr|reuseport,reuseport} bind lo:p connect lo2:q => a.connect=ok>l "
	"b.connect=ok>l",
	V4_LISTENER "a tcp4 reuseaddr|reuseport bind lo:p connect lo:q; b tcp4 reuseaddr bind lo:p"
	" => a.connect=ok>l b.bind=EADDRINUSE",
	/* The server's side counts too: the way back of a connection is no new connection. */
	"l tcp4 reuseaddr bind lo:q listen; c tcp4 reuseaddr bind lo:p connect lo:q; l accept s; "
	"l close; m tcp4 reuseaddr bind lo:p; d tcp4 reuseaddr bind lo:q connect lo:p"
	" => d.bind=ok d.connect=EADDRNOTAVAIL",
	/* Dialled again: a reset leaves nothing, a close leaves TIME_WAIT (see linger). */
	V4_LISTENER "a tcp4 reuseaddr bind lo:p connect lo:q linger=0 close; b tcp4 " FLAGS
	" bind lo:p connect lo:q => b.bind=ok b.connect=ok>l",
	/* A socket that is connected cannot be connected again. */
	V4_LISTENER "a tcp4 bind lo:p connect lo:q connect lo2:q"
	" => a.connect=ok a.connect.2=EISCONN",
	/* One destination twice if the first is bound to a device, not the other way round. */
	V4_LISTENER "a tcp4 reuseaddr bindtodevice=lo bind lo:p connect lo:q; "
	"b tcp4 reuseaddr bind lo:p begin lo:q => b.begin=ok",
	V4_LISTENER "a tcp4 reuseaddr bind lo:p connect lo:q; "
	"b tcp4 reuseaddr bindtodevice=lo bind lo:p begin lo:q => b.begin=EADDRNOTAVAIL",
	/* Another source address makes another 4-tuple. */
	V4_LISTENER "c tcp4 bind lo:p connect lo:q; d tcp4 bind lo2:p connect lo:q"
	" => c.connect=ok>l d.connect=ok>l",
	/* Devices, and whose the sockets are: a 4-tuple asks for the first, not for the second. */
	V4_LISTENER "a tcp4 " SHARE " {,bindtodevice=lo} bind {any,lo}:p connect lo:q; "
	"b tcp4 {1} {,bindtodevice=lo,bindtodevice=eth} bind {any,lo}:p begin {lo,lo2}:q",
	V4_LISTENER "as 1000 a tcp4 " SHARE " bind lo:p connect lo:q; as {1000,1001} b tcp4 " SHARE
	" bind lo:p connect {lo,lo2}:q",
	/* Whatever state the first connection is in, from one source to the same and others. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", "reuseaddr", "{lo,any}")
	"n {1} reuseaddr bind {lo,any}:q connect {lo,lo2}:p",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", "reuseaddr", "{lo,any}")
	"n {1} reuseaddr bind {lo,any}:q connect {lo,lo2}:p",
	/* ... and from its other end back, where l's flags are those of s, too. */
	FT_LIVING("{tcp4,tcp6} reuseport", "{1}", "", "", "lo")
	"n {1} reuseport bind lo:p connect lo:q",
	FT_LEFT("{tcp4,tcp6} reuseport", "{1}", "", "", "lo")
	"n {1} reuseport bind lo:p connect lo:q",
	/* MPTCP and TCP are one space, too. */
	"l {tcp4,mptcp4} bind any:q listen; a {tcp4,mptcp4} {reuseaddr,reuseport} bind {any,lo}:p "
	"connect lo:q; b {tcp4,mptcp4} {3} bind lo:p connect {lo,lo2}:q",

	/* Over the veth pair, from both ends. */
	"l@peer tcp4 bind any:q listen; a tcp4 reuseaddr bind {any,eth}:p connect peer:q; "
	"b tcp4 reuseaddr bind {1}:p connect peer:q => a.connect=ok>l b.connect=EADDRNOTAVAIL",

	/* Rule 4: ports of the kernel's choice. e1 twice is the same port twice. */
	V4_LISTENER "a tcp4 {bind_address_no_port bind lo:0,bind lo:0} connect lo:q; "
	"b tcp4 reuseaddr bind {lo,lo2}:e1 connect lo2:q",
	ONE_PORT V4_LISTENER "a tcp4 {,bind_address_no_port bind lo:0} connect lo:q; "
	"b tcp4 {,bind_address_no_port bind lo:0} connect lo2:q; c tcp4 {1} connect lo:q"
	" => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL",
	ONE_PORT V4_LISTENER "a tcp4 reuseaddr bind lo:0 connect lo:q; b tcp4 reuseaddr "
	"{,bind_address_no_port bind lo:0} connect lo2:q; c tcp4 reuseaddr bind lo:0"
	" => a.connect=ok>l b.connect=EADDRNOTAVAIL c.bind=EADDRINUSE",
	ONE_PORT V6_LISTENER "a tcp6 connect lo:q; b tcp6 connect lo2:q; c tcp6 connect lo:q"
	" => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL",
	TWO_PORTS V4_LISTENER "a tcp4 connect lo:q; look lo:40000; look lo:40001; "
	"b tcp4 connect lo:q; c tcp4 connect lo:q => a.connect=ok(lo:40000)>l look=ESTABLISHED "
	"look.2=none b.connect=ok(lo:40001)>l c.connect=EADDRNOTAVAIL",
	TWO_PORTS V4_LISTENER "a tcp4 bind lo:0; look lo:40001; b tcp4 bind lo:0; "
	"c tcp4 bind lo:0; a connect lo:q; b connect lo:q"
	" => look=BOUND a.bind=ok b.bind=ok c.bind=EADDRINUSE a.connect=ok>l b.connect=ok>l",
	/* The socket's own range, within that of the namespace. */
	V4_LISTENER "a tcp4 local_port_range=40000-40000 connect lo:q; b tcp4 "
	"local_port_range=40000-40000 connect lo2:q; c tcp4 local_port_range=40000-40000 connect "
	"lo:q"
	" => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL",
	/* Rule 5: who takes a port from the kernel's choice, on an address of no dialler. */
	ONE_PORT V4_LISTENER "x tcp4 " FLAGS " bind {127.0.0.5,any}:40000 {,listen}; "
	"c tcp4 connect lo:q"
	" => x.bind=ok c.connect=EADDRNOTAVAIL",
	ONE_PORT V4_LISTENER "c tcp4 connect lo:q; x tcp4 bind 127.0.0.5:40000; "
	"d tcp4 connect lo2:q; x close; f tcp4 connect lo2:q"
	" => c.connect=ok>l x.bind=ok d.connect=EADDRNOTAVAIL f.connect=ok>l",
	ONE_PORT V4_LISTENER "c tcp4 connect lo:q; x tcp4 " FLAGS " bind lo:40000; "
	"d tcp4 connect lo2:q",
	"sysctl ip_local_reserved_ports=40000; a tcp4 bind lo:40000 => a.bind=ok",
	/* An explicit port is no obstacle for the flags of an ephemeral one, and vice versa. */
	V4_LISTENER "a tcp4 " FLAGS " connect lo:q; b tcp4 " FLAGS " bind lo:e1 connect lo2:q",

	/* Rule 7: what a refused connect() leaves. Nobody listens at r. */
	"a tcp4 " FLAGS " bind lo:p connect lo:r; b tcp4 " FLAGS " bind lo:p",
	"a tcp4 bind lo:0 connect lo:r; b tcp4 bind lo:e1 => a.connect=ECONNREFUSED b.bind=ok",
	"a tcp4 connect lo:r; a connect lo:r; m tcp4 bind lo:r listen; a connect lo:r"
	" => a.connect=ECONNREFUSED a.connect.2=ECONNREFUSED a.connect.3=ok>m",
	V4_LISTENER "a tcp4 bind {lo:p,lo:0,any:p} connect lo:q disconnect connect lo2:q",
	V4_LISTENER "a tcp4 bind lo:p connect lo:q disconnect; b tcp4 bind lo:p => "
	"b.bind=EADDRINUSE",
	V4_LISTENER "a tcp4 bind lo:0 connect lo:q disconnect; b tcp4 bind lo:e1 => b.bind=ok",
	V4_LISTENER "a tcp4 bind lo:p connect lo:q disconnect bind lo:p => a.bind.2=EINVAL",
	V4_LISTENER "a tcp4 connect lo:q disconnect bind lo:p connect lo:q"
	" => a.bind=ok a.connect.2=ok>l",
	/* 0.0.0.0 as a destination is this host. */
	"l tcp4 bind lo:q listen; a tcp4 connect any:q => a.connect=ok>l",

	/* Go's net.Dialer with a LocalAddr, plain and with a Control that sets flags before bind();
	 * the dialled socket gets TCP_NODELAY when it is connected. */
	V4_LISTENER "a tcp4 bind lo:p connect lo:q nodelay; b tcp4 bind lo:p"
	" => a.connect=ok>l b.bind=EADDRINUSE",
	V4_LISTENER "a tcp4 {reuseaddr,reuseport} bind lo:p connect lo:q nodelay; "
	"b tcp4 {1} bind lo:p connect lo2:q nodelay; c tcp4 {1} bind lo:p connect lo:q"
	" => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL",
	/* Raw calls: socket, bind, connect beside socket, bind, listen, accept. */
	"l tcp4 bind lo:q listen; a tcp4 bind lo:p connect lo:q; l accept s; a send; s recv"
	" => a.connect=ok>l l.accept=ok a.send=ok s.recv=1",

	/* Rule 8. */
	"a udp4 " FLAGS " bind {any,lo}:p connect lo:q; b udp4 " FLAGS " bind {any,lo}:p connect "
	"lo:q; c udp4 bind lo:q send lo:p; b close; c send lo:p",
	"a udp4 reuseaddr bind lo:p connect lo:q; b udp4 reuseaddr bind lo:p connect lo:q; "
	"d udp4 bind lo:q; d send lo:p => a.connect=ok b.connect=ok d.send=ok>b",
	"a udp6 {reuseaddr,reuseport} bind lo:p connect lo:q; b udp6 {1} bind lo:p connect lo:r; "
	"c udp6 bind lo:q send lo:p; d udp6 bind lo:r send lo:p => c.send=ok>a d.send=ok>b",
	ONE_PORT "a udp4 bind lo:0; b udp4 connect lo:q => a.bind=ok b.connect=EAGAIN",
	NULL,
};

static const char *const full[] = {
	/* All flags of both, every address of the source, in every state of the first. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "n {1} " FLAGS
	" bind {lo,any,lo2}:q connect {lo,lo2}:p",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "n {1} " FLAGS
	" bind {lo,any,lo2}:q connect {lo,lo2}:p",
	/* v4 and mapped v6 in every state, both ways round. */
	FT_LIVING("tcp6", "tcp4", "", "{reuseaddr,reuseport}", "{lo,any}") "n tcp6 "
	"{reuseaddr,reuseport} bind {lo4,any4,any}:q connect {lo4,lo}:p",
	FT_LEFT("tcp6", "tcp4", "", "{reuseaddr,reuseport}", "{lo,any}") "n tcp6 "
	"{reuseaddr,reuseport} bind {lo4,any4,any}:q connect {lo4,lo}:p",
	/* Three sources and three destinations. */
	V4_LISTENER "a tcp4 " SHARE " bind {any,lo}:p connect lo:q; b tcp4 " SHARE
	" bind {any,lo}:p connect {lo,lo2}:q; c tcp4 " SHARE " bind {any,lo}:p connect {lo,lo2}:q",
	/* MPTCP and devices with all flags. */
	V6_LISTENER "a {tcp6,mptcp6} " FLAGS " bind {any,lo}:p connect lo:q; b {tcp6,mptcp6} "
	FLAGS " bind {any,lo}:p connect {lo,lo2}:q",
	V6_LISTENER "a tcp6 " SHARE " {,bindtodevice=lo} bind {any,lo}:p connect lo:q; "
	"b tcp6 " SHARE " {,bindtodevice=lo,bindtodevice=eth} bind {any,lo}:p begin {lo,lo2}:q",
	NULL,
};
/* clang-format on */

/* d1..dn dial n destinations from lo:p, each by a socket of its own; then one of them once more.
 * The destinations are 127.1.0.1 and on, all of which are this host (RFC 1122, 3.2.1.3 (g)). */
static void print_sweep(unsigned n, const char *flag, struct ft_text *out)
{
	ft_text_str(out, "l tcp4 bind any:q listen=20000");
	for (unsigned i = 1; i <= n; i++)
		ft_text_printf(out, "; d%u tcp4 %s bind lo:p connect 127.1.%u.%u:q", i, flag,
			       i / 250, i % 250 + 1);
	ft_text_printf(out, "; z tcp4 %s bind lo:p connect 127.1.0.2:q", flag);
	ft_text_printf(out,
		       " => d1.connect=ok>l d%u.connect=ok>l d%u.connect=ok>l z.bind=ok"
		       " z.connect=EADDRNOTAVAIL",
		       n / 2 + 1, n);
}

static int generate(struct ft_job *job, struct ft_err *err)
{
	static const struct {
		unsigned n;
		const char *flag;
	} sweeps[] = {
		{2, "reuseaddr"},    {10, "reuseaddr"},   {100, "reuseaddr"},
		{1000, "reuseaddr"}, {2, "reuseport"},    {10, "reuseport"},
		{100, "reuseport"},  {1000, "reuseport"}, {10000, "reuseaddr"},
	};
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (unsigned i = 0; rc == 0 && i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
		if (sweeps[i].n > 1000 && job->extent != FT_EXTENT_FULL)
			continue;
		ft_text_clear(&text);
		print_sweep(sweeps[i].n, sweeps[i].flag, &text);
		if (text.failed)
			rc = ft_err_set(err, -ENOMEM, "no memory for a sweep of %u", sweeps[i].n);
		else
			rc = ft_job_add(job, ft_text_get(&text), text.len, "probe dial sweep",
					i + 1, err);
	}
	ft_text_fini(&text);
	return rc;
}

static const struct ft_probe probe = {
	.name = "dial",
	.question = "Which destinations can be dialled from one source port, and how often?",
	.matrices = matrices,
	.full = full,
	.generate = generate,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}
