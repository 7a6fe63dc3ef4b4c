/* SPDX-License-Identifier: MIT */
/*
 * Can two programs, as they are, share a port: in which order, and who receives? Can each be
 * restarted?
 *
 * recipes_data.c has what the programs do before bind(), with sources; recipes_cases.c puts them in
 * pairs and restarts them; recipes_table.c prints the tables. What they say, in sentences:
 *  1. SO_REUSEADDR, which nearly every server sets, lets a server start over what the former one
 *     left, if that one had set it too; it never lets two of them listen
 * (inet_csk_bind_conflict()). Those who do not set it wait for a minute (Python's TCPServer,
 * gen_tcp, socat).
 *  2. SO_REUSEPORT lets two programs of one user listen, whether they know of each other or not. If
 *     their addresses are the same they share by hash (reuseport_select_sock()); if not, IPv4 goes
 *     to the IPv4 socket and the rest to the dual-stack one, in any order (compute_score()).
 *  3. One program with it and one without are refused in both orders, and so are two users.
 *  4. SO_REUSEADDR|SO_REUSEPORT given as one name is SO_REUSEPORT. For a Go listener, which has
 *     SO_REUSEADDR already, that is both; for a Go dialler or UDP socket it is SO_REUSEPORT alone.
 *  5. For UDP SO_REUSEADDR is enough to share, across users, and the newer socket of those that fit
 *     equally takes everything (udp_lib_lport_inuse(), udp4_lib_lookup2()); but an IPv6 socket with
 *     SO_REUSEPORT stands in line behind the older ones (udp_lib_get_port()). PHP sets it unasked,
 *     nginx for UDP without reuseport, and Node's cluster after bind().
 *  6. mDNS responders share by SO_REUSEADDR; who sets SO_REUSEPORT as well loses nothing by it.
 *     Multicast reaches all of them, and unicast only one.
 *  7. A client that wants a port of its own is refused beside a listener on it, unless both have
 *     SO_REUSEPORT. With SO_REUSEADDR on both it depends on who is bound first.
 */
#include <string.h>

#include "recipes.h"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Rule 1: Python's socketserver, and http.server, which sets SO_REUSEADDR. */
	"l tcp4 {,reuseaddr} bind any:p listen; c tcp4 connect lo:p; l accept s; s close; "
	"c close; l close; n tcp4 {1} bind any:p listen",
	"l tcp4 bind any:p listen; c tcp4 connect lo:p; l accept s; s close; c close; l close; "
	"n tcp4 {,reuseaddr} bind any:p => n.bind=EADDRINUSE",
	"l tcp4 reuseaddr bind any:p listen; c tcp4 connect lo:p; l accept s; s close; c close; "
	"l close; n tcp4 reuseaddr bind any:p listen => n.bind=ok n.listen=ok",
	"l {tcp4,tcp6} reuseaddr bind any:p listen; n {1} reuseaddr bind any:p"
	" => n.bind=EADDRINUSE",
	/* Rules 2 and 3: nginx and HAProxy on one port; HAProxy's default hides a conflict. */
	"h tcp4 reuseaddr reuseport bind any:p listen; n tcp4 reuseaddr bind any:p"
	" => n.bind=EADDRINUSE",
	"n tcp4 reuseaddr bind any:p listen; h tcp4 reuseaddr reuseport bind any:p"
	" => h.bind=EADDRINUSE",
	"h tcp4 reuseaddr reuseport bind any:p listen; "
	"n tcp4 reuseaddr reuseport bind any:p listen steer={0,1}; c tcp4 connect lo:p"
	" => n.listen=ok c.connect=ok>h|n",
	"h tcp4 reuseaddr reuseport bind any:p listen; "
	"as 1000 n tcp4 reuseaddr reuseport bind any:p => n.bind=EADDRINUSE",
	/* Dual-stack beside IPv4: Go by go-reuseport, and nginx. */
	"g tcp6 v6only=0 reuseaddr reuseport bind any:p listen; "
	"n tcp4 reuseaddr reuseport bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p"
	" => c.connect=ok>n d.connect=ok>g",
	"n tcp4 reuseaddr reuseport bind any:p listen; "
	"g tcp6 v6only=0 reuseaddr reuseport bind any:p listen; c tcp4 connect lo:p; "
	"d tcp6 connect lo:p => c.connect=ok>n d.connect=ok>g",
	/* Go's net.Listen("0.0.0.0") is dual-stack: it is in the way of an IPv6 server. */
	"g tcp6 v6only=0 reuseaddr bind any:p listen; n tcp6 reuseaddr v6only bind any:p"
	" => n.bind=EADDRINUSE",
	"g tcp4 reuseaddr bind any:p listen; n tcp6 reuseaddr v6only bind any:p listen"
	" => n.listen=ok",
	/* Apache's first two buckets are no group: the IPv4 one takes all of IPv4. */
	"a tcp6 reuseaddr reuseport v6only=0 bind any:p listen; "
	"b tcp4 reuseaddr reuseport bind any:p listen; c tcp4 connect lo:p; d tcp4 connect lo:p; "
	"f tcp6 connect lo:p => c.connect=ok>b d.connect=ok>b f.connect=ok>a",
	/* Rule 4. */
	"m tcp4 bind any:q listen; "
	"l tcp6 v6only=0 reuseaddr reuseaddr|reuseport bind any:p listen; "
	"d tcp4 reuseaddr|reuseport bind any:p connect lo:q => d.bind=ok d.connect=ok>m",
	"u udp6 v6only=0 reuseaddr|reuseport bind any:p; m udp6 reuseaddr bind any:p"
	" => m.bind=EADDRINUSE",
	/* Rule 5: Node with reuseAddr takes over from PHP and from a cluster, not from a plain
	 * socket. */
	"h udp4 reuseaddr bind any:p; n udp4 reuseaddr bind any:p; c udp4 send lo:p"
	" => n.bind=ok c.send=ok>n",
	"h udp4 bind any:p reuseaddr; n udp4 reuseaddr bind any:p; c udp4 send lo:p"
	" => n.bind=ok c.send=ok>n",
	"h udp4 bind any:p; n udp4 reuseaddr bind any:p => n.bind=EADDRINUSE",
	"h udp6 reuseaddr bind any:p; n udp6 reuseaddr reuseport bind any:p; c udp6 send lo:p"
	" => n.bind=ok c.send=ok>h",
	"as 1000 h udp4 reuseaddr bind any:p; as 2000 n udp4 reuseaddr bind any:p; "
	"c udp4 send lo:p => n.bind=ok c.send=ok>n",
	/* Rule 6: avahi beside systemd-resolved. */
	"r udp4 bind any:p reuseaddr add_membership=224.0.0.251@lo; a udp4 bind any:p; "
	"a reuseaddr reuseport; a bind any:p; a add_membership=224.0.0.251@lo; "
	"c udp4 multicast_if=lo send 224.0.0.251:p; d udp4 send lo:p"
	" => a.bind=EADDRINUSE a.bind.2=ok c.send=ok>r,a d.send=ok>a",
	/* Rule 7. */
	"m tcp4 bind any:q listen; l tcp4 reuseaddr bind any:p listen; "
	"d tcp4 {,reuseaddr} bind any:p => d.bind=EADDRINUSE",
	"m tcp4 bind any:q listen; d tcp4 reuseaddr bind any:p connect lo:q; "
	"l tcp4 reuseaddr bind any:p listen => d.connect=ok>m l.listen=ok",
	/* TCP and UDP have ports of their own. */
	"a {tcp4,tcp6} bind any:p listen; b {udp4,udp6} bind any:p => b.bind=ok",
	NULL,
};
/* clang-format on */

static int add(void *arg, const struct ft_recipe_case *about, const char *text, struct ft_err *err)
{
	struct ft_job *job = arg;

	(void)about;
	return ft_job_add(job, text, strlen(text), "probe recipes", (unsigned)job->n + 1, err);
}

static int generate(struct ft_job *job, struct ft_err *err)
{
	int rc = ft_recipes_cases(add, job, err);

	if (rc == 0 && job->extent == FT_EXTENT_FULL)
		rc = ft_recipes_more(add, job, err);
	return rc;
}

static const struct ft_probe probe = {
	.name = "recipes",
	.question = "Which programs, as they are, can share a port or be restarted, who receives?",
	.matrices = matrices,
	.generate = generate,
	.table = &ft_recipes_table,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}
