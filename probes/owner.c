/* SPDX-License-Identifier: MIT */
/*
 * Can another user take or join the port of a server, and does he get what clients send?
 *
 * s is the server of user 1000; x is somebody else's: user 2000's, or root's. The rules:
 *  1. A port has no owner, each socket has one: the user that called socket(), or accept() for
 *     what was accepted, until fchown(). seteuid() between socket() and bind() changes nothing
 *     (sk_uid, sock_graft(), sockfs_setattr()).
 *  2. A socket without flags, bound or listening, is shared with nobody: neither its address nor
 *     the wildcard over it, by no flag of x (inet_csk_bind_conflict(), udp_lib_lport_inuse()).
 *  3. SO_REUSEPORT shares between sockets of one user; root is no exception, in neither direction
 *     (socket(7), da5e36308d9f). What is left of a connection counts as its acceptor's: another
 *     user's orphan refuses the successor, a TIME_WAIT asks for no user (6.17: e84a4927a404;
 *     before, an orphan was root's).
 *  4. SO_REUSEADDR asks for no user. TCP: whoever listens first has the port, the other may only
 *     stay bound beside him and dial out of it. UDP: the newer, the more specific, and the one
 *     connected to the client get the datagrams (socket(7)).
 *  5. The port's reuseport record, which grants without a look at the owners, has the user in it,
 *     not the device; and a record of [::] that is v6only grants [::] that is not. x makes the
 *     record himself by a socket that meets none of the server's (sk_reuseport_match()). UDP has
 *     no record; there the newest socket that meets x and shares with him grants
 *     (udp_lib_lport_inuse()).
 *  6. Ports below ip_unprivileged_port_start, which is 1024, take CAP_NET_BIND_SERVICE in the
 *     namespace's user namespace. Only bind() asks, before any conflict (__inet_bind(), ip-sysctl,
 *     capabilities(7)).
 *  7. Sockets of different devices share a port whatever their flags and users. Anybody may bind
 *     to a device once (5.7: c427bfec18f2), for more he needs CAP_NET_RAW (socket(7)). Nothing is
 *     checked when the device changes, and a UDP socket sheds its device by connect(AF_UNSPEC),
 *     which takes no privilege (__udp_disconnect()).
 *  8. IP_FREEBIND takes no privilege, IP_TRANSPARENT takes CAP_NET_RAW or CAP_NET_ADMIN (ip(7));
 *     neither shares anything.
 *
 * The attacks, and what stops them:
 *   the same address, a wildcard over it, an address under a wildcard, the other family:
 *	rule 2 without flags, rule 3 with SO_REUSEPORT, listening with SO_REUSEADDR (rule 4)
 *   between bind() and listen(), or asleep beside the server until it restarts: rules 2 and 3;
 *	nothing with SO_REUSEADDR
 *   during a restart, the listener closed and the next one not yet bound: nothing, the port is
 *	free; over connections that are left: rule 2 by their flags, rule 3 with SO_REUSEPORT
 *   by a record of his own (rule 5), whatever the server's flags: nothing if the server has one
 *	family only, from whose other he comes, listens where the server has not yet, and has the
 *	port when it restarts; nothing if it is bound to a device, then he even gets its clients
 *	at once; who has the wildcards of both families, without a device, leaves no room
 *   a datagram server: rules 2 and 3; nothing with SO_REUSEADDR, or with a device; a server on
 *	one address leaves the port to him when it restarts (rule 5)
 *   a privileged port: rule 6 stops everybody without the capability, whatever the flags
 *
 * `as UID` takes root, or newuidmap with a range in /etc/subuid: elsewhere these cases are skipped.
 */
#include <string.h>

#include "owner.h"
#include "probe/probe.h"
#include "reports/record.h"

/* ---- is he in, and what does he get? ---- */

enum { NOBODY = UINT16_MAX };

static uint16_t find_socket(const struct ft_case *c, const char *name)
{
	for (size_t i = 0; i < c->names->n_sockets; i++)
		if (strcmp(c->names->socket[i], name) == 0)
			return (uint16_t)i;
	return NOBODY;
}

/* Did its last call that takes a port succeed? */
static bool is_in(const struct ft_record *record, uint16_t socket)
{
	bool in = false;

	for (size_t i = 0; i < record->n_results; i++) {
		const struct ft_result *result = &record->results[i];
		const struct ft_step *step = record->c->steps[result->step];
		uint8_t op = step->words[result->word].op;

		if (step->subject == socket && (op == FT_OP_BIND || op == FT_OP_LISTEN))
			in = result->end == FT_END_OK;
	}
	return in;
}

static bool has_got(const struct ft_record *record, const struct ft_got *got, uint16_t socket)
{
	for (uint32_t i = 0; got->known && i < got->n; i++)
		if (record->got[got->first + i] == socket)
			return true;
	return false;
}

/* A case has an attacker if one of its sockets is called x, beside a server s. */
static void examine(struct ft_record *record)
{
	uint16_t x = find_socket(record->c, "x");
	unsigned sent = 0, got = 0;

	if (x == NOBODY || find_socket(record->c, "s") == NOBODY)
		return;
	for (size_t i = 0; i < record->n_tuples; i++) {
		sent += record->tuples[i].by != x;
		got += has_got(record, &record->tuples[i].to, x);
	}
	record->measured = ft_record_text_begin(record);
	ft_text_printf(&record->text, "x is %s, and gets %u of %u",
		       is_in(record, x) ? "on the port" : "kept out", got, sent);
	ft_record_text_end(record);
}

static const struct ft_probe probe = {
	.name = "owner",
	.question = "Can another user take or join the port of a server, and does he receive?",
	.matrices = ft_owner_matrices,
	.full = ft_owner_full,
	.examine = examine,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}
